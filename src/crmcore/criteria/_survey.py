"""Surveying a criterion: what it reads, and how large it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from crmcore.errors import InvalidValueError

from ._back_end import Arithmetic, Comparison, Function, Match
from ._operands import Scalar

# Deeper or larger criteria fail or stall on one engine or another: SQLite gives up at 50
# nested steps, Python's parser at 200, and wide conditions take query planners minutes.
MOST_NODES: Final = 256
MOST_DEPTH: Final = 16
MOST_VALUES: Final = 1000


@attrs.frozen(kw_only=True)
class Reading:
    """What a criterion reads and how large it is."""

    fields: frozenset[str] = frozenset()
    needs_as_of: bool = False
    nodes: int = 0
    depth: int = 0
    values: int = 0


class Survey:
    """The back end that gives each part its `Reading`."""

    def field(self, name: str) -> Reading:
        return Reading(fields=frozenset((name,)))

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
        return attrs.evolve(self.all_of((field,)), values=len(values))

    def match(self, _op: Match, field: Reading, _text: str) -> Reading:
        return self.all_of((field,))

    def has(self, field: Reading, _text: str) -> Reading:
        return self.all_of((field,))

    def is_missing(self, field: Reading) -> Reading:
        return self.all_of((field,))

    def all_of(self, parts: Sequence[Reading]) -> Reading:
        return Reading(
            fields=frozenset().union(*(part.fields for part in parts)),
            needs_as_of=any(part.needs_as_of for part in parts),
            nodes=1 + sum(part.nodes for part in parts),
            depth=1 + max((part.depth for part in parts), default=0),
            values=max((part.values for part in parts), default=0),
        )

    any_of = all_of

    def negate(self, part: Reading) -> Reading:
        return self.all_of((part,))

    unless = negate

    def named(self, _name: str, part: Reading) -> Reading:
        return self.all_of((part,))


def survey_within_limits(reading: Reading) -> None:
    """Want a criterion that every engine can take.

    Raises:
        InvalidValueError: If it is nested too deep, too large, or has too long a list.
    """
    for found, most, what in (
        (reading.depth, MOST_DEPTH, "be nested at most {} deep"),
        (reading.nodes, MOST_NODES, "have at most {} parts"),
        (reading.values, MOST_VALUES, "list at most {} values in one membership"),
    ):
        if found > most:
            raise InvalidValueError("criterion", found, what.format(most))
