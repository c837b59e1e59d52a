"""Surveying a criterion: what it reads, and how large it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from crmcore.errors import InvalidValueError

from ._back_end import Arithmetic, Comparison, Function, Match
from ._operands import Scalar
from ._predicate import Predicate

# Deeper or larger criteria fail or stall on one engine or another: SQLite gives up at 50
# nested steps, Python's parser at 200, and wide conditions take query planners minutes.
MOST_NODES: Final = 256
MOST_DEPTH: Final = 16
MOST_VALUES: Final = 1000


@attrs.frozen(kw_only=True)
class _Size:
    """How large a criterion is, and what judging a record costs.

    Attributes:
        nodes: The tests, operations and joints; at most 256.
        depth: How many of them lie within each other; at most 16.
        values: The values of the longest list; at most 1,000.
        cost: The most steps that judging one record takes: one for each node, each field that
            is read and each value that is listed. Time is linear in it, and in the length of the
            texts that are searched.
    """

    nodes: int = 0
    depth: int = 0
    values: int = 0
    cost: int = 0

    def check(self) -> None:
        """Want a criterion that every engine can take.

        Raises:
            InvalidValueError: If it is nested too deep, too large, or has too long a list.
        """
        for found, most, what in (
            (self.depth, MOST_DEPTH, "be nested at most {} deep"),
            (self.nodes, MOST_NODES, "have at most {} parts"),
            (self.values, MOST_VALUES, "list at most {} values in one membership"),
        ):
            if found > most:
                raise InvalidValueError("criterion", found, what.format(most))


@attrs.frozen(kw_only=True)
class Reading:
    """What a criterion reads and how large it is."""

    fields: frozenset[str] = frozenset()
    needs_as_of: bool = False
    size: _Size = _Size()


class Survey:
    """The back end that says of each part what it reads, and how large it is."""

    def field(self, name: str) -> Reading:
        return Reading(fields=frozenset((name,)), size=_Size(cost=1))

    def literal(self, _value: Scalar) -> Reading:
        return Reading()

    def as_of(self, *, months: int, days: int) -> Reading:  # noqa: ARG002 - the shift is free
        return Reading(needs_as_of=True)

    def arithmetic(self, _op: Arithmetic, left: Reading, right: Reading) -> Reading:
        return self.all_of((left, right))

    def call(self, _function: Function, arguments: Sequence[Reading]) -> Reading:
        return self.all_of(arguments)

    def compare(self, _op: Comparison, left: Reading, right: Reading) -> Reading:
        return self.all_of((left, right))

    def is_in(self, field: Reading, values: tuple[Scalar, ...]) -> Reading:
        listed = Reading(size=_Size(values=len(values), cost=len(values)))
        return self.all_of((field, listed))

    def match(self, _op: Match, field: Reading, _text: str) -> Reading:
        return self.all_of((field,))

    def has(self, field: Reading, _text: str) -> Reading:
        return self.all_of((field,))

    def is_missing(self, field: Reading) -> Reading:
        return self.all_of((field,))

    def all_of(self, parts: Sequence[Reading]) -> Reading:
        sizes = [part.size for part in parts]
        return Reading(
            fields=frozenset().union(*(part.fields for part in parts)),
            needs_as_of=any(part.needs_as_of for part in parts),
            size=_Size(
                nodes=1 + sum(size.nodes for size in sizes),
                depth=1 + max((size.depth for size in sizes), default=0),
                values=max((size.values for size in sizes), default=0),
                cost=1 + sum(size.cost for size in sizes),
            ),
        )

    any_of = all_of

    def negate(self, part: Reading) -> Reading:
        return self.all_of((part,))

    unless = negate

    def named(self, _name: str, part: Reading) -> Reading:
        return self.all_of((part,))

    def apply(
        self, _predicate: Predicate, inputs: Sequence[Reading], _arguments: Mapping[str, Scalar]
    ) -> Reading:
        return self.all_of(inputs)
