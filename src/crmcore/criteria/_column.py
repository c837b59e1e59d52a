"""Columns: the type of a field, a constant or a calculated operand, and what its values may be.

Every engine must give the same number, so no number may leave the range in which all of them are
exact. Whether one can is proved by interval arithmetic from the bounds of the fields, before
anything runs.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Context, Decimal, localcontext
from itertools import product
from typing import Any, Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError

from ._operands import Kind, Literal
from ._operators import Arithmetic, Function

Number: TypeAlias = "int | Decimal | float"

_EXACT: Final = Context(prec=100)
# Up to here a float holds every integer.
_WHOLE: Final = 2**53 - 1
_LARGEST: Final[dict[Kind, Number]] = {Kind.INT: 2**63 - 1, Kind.FLOAT: 1e300}
_FLOAT_BOUND: Final = 1e280
_MOST_DIGITS: Final = 18
_SCALE: Final = 2
_LONGEST_TEXT: Final = 2**31 - 1
_MOST_DAYS: Final = (date.max - date.min).days
_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
}
# The types that the bounds of a kind may have; the last is the one that is kept.
_TAKES: Final[dict[Kind, tuple[Any, ...]]] = {
    Kind.INT: (int,),
    Kind.DECIMAL: (int, Decimal),
    Kind.FLOAT: (int, float),
}
_ADVICE: Final = "state what its fields may be, as in Schema.bounded(visits=(0, 10_000))"


def _bound(sign: int) -> Any:  # noqa: ANN401 - an attrs default
    def bound(column: Column) -> Number | None:
        if column.kind is Kind.DECIMAL:
            return Decimal(sign * _WHOLE).scaleb(-column.places, _EXACT)
        if column.kind is Kind.FLOAT:
            return sign * _FLOAT_BOUND
        return sign * _WHOLE if column.kind is Kind.INT else None

    return attrs.Factory(bound, takes_self=True)


def _scale(column: Column) -> int | None:
    return _SCALE if column.kind is Kind.DECIMAL else None


def places_of(value: Number) -> int:
    """Return how many digits a number has after the point; none if it is no decimal."""
    return max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0


@attrs.frozen
class Column:
    """The type of an operand: its kind, and what its values may be.

    Back ends that need types carry one beside each expression: `of`, `arithmetic` and `call` say
    what comes out of an operation, and refuse what engines would not agree about.

    Attributes:
        kind: What sort of values it holds; ``kind.name`` is ``INT``, ``DECIMAL``, ``FLOAT``,
            ``TEXT``, ``BOOL``, ``DATE``, ``DATETIME``, ``TEXTS`` or ``OTHER``.
        nullable: Whether it may be missing.
        words: The allowed words of a text, sorted; empty where any text is allowed.
        scale: The digits after the point of a decimal, 2 unless stated; else None.
        low: The least number that may occur, None if it is no number. Unless stated, integers
            lie within ``2**53 - 1``, decimals too if the point is left out, floats within 1e280.
        high: The greatest number that may occur, None if it is no number.

    .. versionadded:: 0.1.0
    """

    kind: Kind
    nullable: bool = attrs.field(default=False, kw_only=True)
    words: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    scale: int | None = attrs.field(default=attrs.Factory(_scale, takes_self=True), kw_only=True)
    low: Number | None = attrs.field(default=_bound(-1), kw_only=True)
    high: Number | None = attrs.field(default=_bound(+1), kw_only=True)

    @classmethod
    def of(cls, value: object) -> Column:
        """Return the type of a constant.

        Raises:
            InvalidValueError: If it can be no constant of a criterion.
        """
        literal = Literal.of(value)
        constant = literal.value
        if isinstance(constant, str):
            return cls(Kind.TEXT, words=(constant,))
        if isinstance(constant, Decimal):
            return cls(Kind.DECIMAL, scale=places_of(constant), low=constant, high=constant)
        if literal.kind.is_number and isinstance(constant, int | float):
            return cls(literal.kind, low=constant, high=constant)
        return cls(literal.kind)

    @property
    def places(self) -> int:
        """The digits after the point of a decimal; 0 for all else."""
        return self.scale or 0

    @property
    def interval(self) -> tuple[Any, Any]:
        """The least and the greatest number that may occur; two Nones if it is no number."""
        return self.low, self.high

    def arithmetic(self, op: Arithmetic, other: Column) -> Column:
        """Return the type of its sum, difference, product or quotient with *other*.

        Raises:
            InvalidValueError: If engines would not all give the same number, or if the number may
                leave the range in which they do.
        """
        return _ARITHMETIC[op](op, self, other)

    def call(self, function: Function, others: Sequence[Column] = ()) -> Column:
        """Return the type of a function of it and, after it, of *others*.

        Raises:
            InvalidValueError: If the function does not take such operands.
        """
        return _FUNCTIONS[function](self, *others)


def _is_bound(bound: Number, takes: tuple[type, ...]) -> bool:
    if isinstance(bound, Decimal) and not bound.is_finite():
        return False
    return isinstance(bound, takes) and type(bound) is not bool and places_of(bound) < _MOST_DIGITS


def bounded(column: Column, low: Number | None, high: Number | None, *, name: str) -> Column:
    """Return the column of a field with other bounds, and as many digits as they have.

    Raises:
        InvalidValueError: If it is no number, or these are no bounds of one.
    """
    takes = _TAKES.get(column.kind)
    if takes is None:
        raise InvalidValueError(name, column.kind.value, "be a number, because it has bounds")
    stated = [bound for bound in (low, high) if bound is not None]
    for bound in stated:
        if not _is_bound(bound, takes):
            raise InvalidValueError(name, bound, f"have bounds that fit {column.kind.value}")
    places = max(column.places, *map(places_of, stated), 0)
    scale = places if column.kind is Kind.DECIMAL else None
    widest = Column(column.kind, nullable=column.nullable, scale=scale)
    least, greatest = widest.interval
    lowest = least if low is None else takes[-1](low)
    highest = greatest if high is None else takes[-1](high)
    if not least <= lowest <= highest <= greatest:
        rule = f"have bounds in order, from {least} to {greatest} at most"
        raise InvalidValueError(name, (lowest, highest), rule)
    return attrs.evolve(widest, low=lowest, high=highest)


def meeting_kind(column: Column, other: Column, what: str = "comparison") -> Kind:
    """Return the kind in which two numbers meet, which holds the values of both exactly.

    Raises:
        InvalidValueError: If one is no number, if they are a decimal and a float, or if one is
            too large for the kind.
    """
    kinds = {column.kind, other.kind}
    found = " and ".join(sorted(kind.value for kind in kinds))
    if not (column.kind.is_number and other.kind.is_number):
        raise InvalidValueError(what, found, f"be made of numbers, not of {found}")
    if kinds == {Kind.DECIMAL, Kind.FLOAT}:
        rule = 'not mix decimals with floats; write Decimal("0.5") beside decimals, 0.5 beside'
        raise InvalidValueError(what, found, f"{rule} floats")
    if kinds == {Kind.INT, Kind.FLOAT}:
        for side in (column, other):
            if side.kind is Kind.INT:
                _whole_in_a_float(what, side)
        return Kind.FLOAT
    if Kind.DECIMAL in kinds:
        places = max(column.places, other.places)
        for side in (column, other):
            _in_digits(what, side.interval, places)
        return Kind.DECIMAL
    return column.kind


def _whole_in_a_float(what: str, column: Column) -> None:
    """Want a number that is a whole one of at most 53 bits if its point is left out."""
    with localcontext(_EXACT):
        largest = max(abs(bound) for bound in column.interval) * 10**column.places
    if largest > _WHOLE:
        rule = f"be made of numbers that floats hold, up to 2^53 units; one may reach {largest:.2g}"
        raise InvalidValueError(what, column.interval, f"{rule}; {_ADVICE}")


def _in_digits(what: str, interval: tuple[Any, Any], places: int) -> None:
    largest = max(abs(Decimal(bound)) for bound in interval)
    if largest >= Decimal(10) ** (_MOST_DIGITS - places):
        rule = f"have at most {_MOST_DIGITS} digits, {places} of them after the point, and may"
        raise InvalidValueError(what, interval, f"{rule} reach {largest:.2g}; {_ADVICE}")


def _in_range(what: str, kind: Kind, interval: tuple[Any, Any], places: int) -> None:
    if kind is Kind.DECIMAL:
        _in_digits(what, interval, places)
        return
    largest = max(abs(bound) for bound in interval)
    if largest > _LARGEST[kind]:
        limit = "64 bits" if kind is Kind.INT else "1e300"
        rule = f"stay within {limit}, and may reach {Decimal(largest):.2g}; {_ADVICE}"
        raise InvalidValueError(what, interval, rule)


def _interval(op: str, kind: Kind, left: Column, right: Column) -> tuple[Any, Any]:
    """Return where the result lies; all three operations have their extremes at the corners."""
    convert: Any = {Kind.INT: int, Kind.DECIMAL: Decimal, Kind.FLOAT: float}[kind]
    with localcontext(_EXACT):
        corners = [
            _OPERATORS[op](convert(a), convert(b))
            for a, b in product(left.interval, right.interval)
        ]
    return min(corners), max(corners)


def _column(op: str, kind: Kind, left: Column, right: Column) -> Column:
    interval = _interval(op, kind, left, right)
    places = max(left.places, right.places)
    _in_range(op, kind, interval, places)
    return Column(
        kind,
        nullable=left.nullable or right.nullable,
        scale=places if kind is Kind.DECIMAL else None,
        low=interval[0],
        high=interval[1],
    )


def _sum(op: Arithmetic, left: Column, right: Column) -> Column:
    return _column(op, meeting_kind(left, right, op), left, right)


def _product(op: Arithmetic, left: Column, right: Column) -> Column:
    kinds = {left.kind, right.kind}
    if not (left.kind.is_number and right.kind.is_number):
        meeting_kind(left, right, op)
    if kinds == {Kind.INT}:
        return _column(op, Kind.INT, left, right)
    if not any(side.kind is Kind.INT and side.low == side.high for side in (left, right)):
        found = " and ".join(sorted(kind.value for kind in kinds))
        rule = "have a constant whole number on one side, unless both sides are integers"
        raise InvalidValueError(op, found, rule)
    return _column(op, (kinds - {Kind.INT}).pop(), left, right)


def _quotient(op: Arithmetic, left: Column, right: Column) -> Column:
    for side in (left, right):
        if side.kind not in {Kind.INT, Kind.DECIMAL}:
            rule = f"be made of integers and decimals, not of {side.kind.value}"
            raise InvalidValueError(op, side.kind.value, rule)
        _whole_in_a_float(op, side)
    low, high = (float(bound) for bound in right.interval)
    step = float(Decimal(1).scaleb(-right.places))
    divisors = [each for each in (low, high, -step, step) if each and low <= each <= high]
    corners = [float(a) / b for a, b in product(left.interval, divisors)]
    return Column(
        Kind.FLOAT,
        nullable=left.nullable or right.nullable or low <= 0 <= high,
        low=min(corners, default=0.0),
        high=max(corners, default=0.0),
    )


def _size(column: Column) -> Column:
    if not column.kind.is_number:
        rule = f"be asked of a number, not of {column.kind.value}"
        raise InvalidValueError("abs", column.kind.value, rule)
    low, high = column.interval
    return attrs.evolve(column, low=max(low, -high, low * 0), high=max(abs(low), abs(high)))


def _length(column: Column) -> Column:
    if column.kind is not Kind.TEXT:
        rule = f"be asked of text, not of {column.kind.value}"
        raise InvalidValueError("length", column.kind.value, rule)
    return Column(Kind.INT, nullable=column.nullable, low=0, high=_LONGEST_TEXT)


def _first_known(column: Column, other: Column) -> Column:
    if column.kind is not other.kind or column.kind in {Kind.TEXTS, Kind.OTHER}:
        found = f"{column.kind.value} and {other.kind.value}"
        rule = f"be made of one kind of value that can be compared, not of {found}"
        raise InvalidValueError("coalesce", found, rule)
    nullable = column.nullable and other.nullable
    if not column.kind.is_number:
        words = sorted({*column.words, *other.words}) if column.words and other.words else ()
        return Column(column.kind, nullable=nullable, words=tuple(words))
    meeting_kind(column, other, "coalesce")
    (low, high), (other_low, other_high) = column.interval, other.interval
    places = max(column.places, other.places)
    return Column(
        column.kind,
        nullable=nullable,
        scale=places if column.kind is Kind.DECIMAL else None,
        low=min(low, other_low),
        high=max(high, other_high),
    )


def _days_between(column: Column, other: Column) -> Column:
    for side in (column, other):
        if side.kind is not Kind.DATE:
            rule = f"count between dates, not from or to {side.kind.value}"
            raise InvalidValueError("days_between", side.kind.value, rule)
    nullable = column.nullable or other.nullable
    return Column(Kind.INT, nullable=nullable, low=-_MOST_DAYS, high=_MOST_DAYS)


_ARITHMETIC: Final[dict[Arithmetic, Callable[[Arithmetic, Column, Column], Column]]] = {
    "add": _sum,
    "sub": _sum,
    "mul": _product,
    "div": _quotient,
}
_FUNCTIONS: Final[dict[Function, Callable[..., Column]]] = {
    "abs": _size,
    "length": _length,
    "coalesce": _first_known,
    "days_between": _days_between,
}
