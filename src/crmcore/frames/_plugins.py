"""Plugin predicates on frames: by an expression of their own, or asked about distinct values.

A predicate in Python cannot be asked about a million rows. But many rows have the same values in
the few fields that it reads, and for each of these it gives one answer. So it can be asked once
for each, and the rows find their answer by a key that the engine makes of the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Final, Literal, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Predicate
from crmcore.errors import InvalidValueError

from ._native import Frame
from ._terms import Scalar, Term

PythonOnly: TypeAlias = Literal["refuse", "distinct"]
_Call: TypeAlias = "tuple[str, tuple[tuple[str, Scalar], ...]]"

_MOST: Final = 10_000


def python_only(value: str) -> PythonOnly:
    """Return what to do with predicates that have no expression of their own.

    Raises:
        InvalidValueError: If it is none of the two things that can be done.
    """
    if value == "refuse":
        return "refuse"
    if value == "distinct":
        return "distinct"
    raise InvalidValueError("python_only", value, "be 'refuse' or 'distinct'")


@attrs.frozen
class Plugins:
    """Asks plugin predicates about a frame.

    Attributes:
        frame: The frame.
        python_only: What to do with those that have no expression of their own.
        asked: The expressions of those that were asked in Python.
    """

    frame: Frame
    python_only: PythonOnly = attrs.field(converter=python_only)
    asked: dict[_Call, nw.Expr] = attrs.field(factory=dict, init=False)

    def truth(
        self, predicate: Predicate, inputs: Sequence[Term], arguments: Mapping[str, Scalar]
    ) -> nw.Expr:
        """Return what a predicate says of each row.

        Raises:
            InvalidValueError: If it has no expression of its own and is not to be asked in
                Python, or cannot be, because it reads a set or too many distinct values.
        """
        if predicate.frames is not None:
            return _own(predicate, inputs, arguments)
        if self.python_only == "refuse":
            rule = (
                'have an expression for frames; python_only="distinct" asks it in Python about '
                "the distinct values of its fields"
            )
            raise InvalidValueError("predicate", predicate.name, rule)
        call = (predicate.name, tuple(arguments.items()))
        if call not in self.asked:
            self.asked[call] = self._asked(predicate, inputs, arguments)
        return self.asked[call]

    def _asked(
        self, predicate: Predicate, inputs: Sequence[Term], arguments: Mapping[str, Scalar]
    ) -> nw.Expr:
        if any(term.kind in {"TEXTS", "OTHER"} for term in inputs):
            rule = "read no sets, whose distinct values engines do not tell, or bring an expression"
            raise InvalidValueError("predicate", predicate.name, rule)
        key = _key(inputs)
        keys: dict[bool | None, list[str]] = {True: [], False: [], None: []}
        for row in self._distinct(predicate, key, inputs):
            values = [_as_of_records(value) for value in row[1:]]
            keys[predicate.answer(values, arguments).truth].append(str(row[0]))
        truth: nw.Expr = nw.when(key.is_null()).then(
            nw.lit(value=False)
        )  # a key is never null: unknown
        for said in (True, False):
            if keys[said]:
                truth = nw.when(key.is_in(keys[said])).then(nw.lit(said)).otherwise(truth)
        return truth

    def _distinct(
        self, predicate: Predicate, key: nw.Expr, inputs: Sequence[Term]
    ) -> Sequence[tuple[object, ...]]:
        """Return the distinct values of the fields, each after its key."""
        values = [term.expression.alias(f"input_{place}") for place, term in enumerate(inputs)]
        frame = self.frame.readable.lazy().select(key.alias("key"), *values)
        rows = frame.unique().head(_MOST + 1).collect("pyarrow").rows()
        if len(rows) > _MOST:
            rule = f"be asked about at most {_MOST:,} distinct values, or bring an expression"
            raise InvalidValueError("predicate", predicate.name, rule)
        return rows


def _own(predicate: Predicate, inputs: Sequence[Term], arguments: Mapping[str, Scalar]) -> nw.Expr:
    """Return the expression that a predicate has, unknown where it is never asked."""
    expressions = [term.expression for term in inputs]
    own: nw.Expr = predicate.frames(predicate.view(expressions), **arguments)  # type: ignore[misc]
    needed = [
        ~expression.is_null()
        for expression, (_, column) in zip(expressions, predicate.reads, strict=True)
        if column is not None and not column.nullable
    ]
    return nw.when(*needed).then(own) if needed else own


def _key(inputs: Sequence[Term]) -> nw.Expr:
    """Return a text that is the same in two rows only if all values are."""
    return reduce(nw.concat_str, map(_part, inputs))


def _part(term: Term) -> nw.Expr:
    text = term.expression.cast(nw.String)
    # Its length, so that no text passes for the end of one value and the start of the next.
    length = text.str.len_chars().cast(nw.String)
    there = nw.concat_str(length, text, separator=":")
    return nw.when(~text.is_null()).then(there).otherwise(nw.lit("-"))


def _as_of_records(value: object) -> object:
    """Return a value as records have it: instants know that they are in UTC."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
