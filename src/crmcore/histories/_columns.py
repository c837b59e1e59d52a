"""Columns of a table: numbers of one kind, from whatever holds numbers, checked at one go."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain, compress, islice, repeat
from operator import eq, le, lt
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

import attrs

from crmcore.checks import refusal
from crmcore.durations import TimeUnit
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnitMismatchError

if TYPE_CHECKING:
    Counts: TypeAlias = array[int]
    Numbers: TypeAlias = array[float]
else:
    # What may stand for a column in data. Only from Python 3.12 on does an array tell its kind.
    Counts = Sequence[int]
    Numbers = Sequence[float | None]

Field: TypeAlias = "attrs.Attribute[Any]"

T = TypeVar("T")

_LONGEST_ID: Final = 64


def counts(column: Iterable[int], field: Field) -> Counts:
    """Return whole numbers as a column of 64 bits; floats without a fraction are such numbers.

    Raises:
        InvalidValueError: If one of them is no whole number.
    """
    held = _bare(column, "q", field)
    if held is not None:
        return held
    values = list(column)
    try:
        return array("q", values)
    except OverflowError:
        raise refusal(field, max(values, key=abs), "fit into 64 bits") from None
    except TypeError:
        pass
    for value in values:
        if not isinstance(value, int | float) or value % 1:  # it is so of NaN and infinity too
            raise refusal(field, value, "be a whole number")
    return array("q", map(int, values))


def numbers(column: Iterable[float | None], field: Field) -> Numbers:
    """Return numbers as a column of floats; None becomes NaN.

    Raises:
        InvalidValueError: If one of them is no number.
    """
    held = _bare(column, "d", field)
    if held is not None:
        return held
    values = [math.nan if value is None else value for value in column]
    try:
        return array("d", values)
    except TypeError:
        rule = "hold nothing but numbers"
        raise refusal(field, next(v for v in values if not _is_number(v)), rule) from None
    except OverflowError:
        raise refusal(field, max(values, key=abs), "be finite") from None


def optional_numbers(column: Iterable[float | None] | None, field: Field) -> Numbers | None:
    """Return numbers as a column, or None."""
    return None if column is None else numbers(column, field)


def _is_number(value: Any) -> bool:  # noqa: ANN401 - whatever it is
    try:
        array("d", [value])
    except TypeError:
        return False
    return True


def _bare(column: object, kind: str, field: Field) -> array[Any] | None:
    """Return a copy of what holds numbers as C does; None where something else does."""
    if isinstance(column, str | bytes | bytearray) or not isinstance(column, Iterable):
        raise refusal(field, type(column).__name__, "be a column of numbers")
    try:
        view = memoryview(column)  # type: ignore[arg-type]  # what is asked
    except TypeError:
        return None
    is_wanted = view.itemsize == array(kind).itemsize and view.format in _FORMATS[kind]
    if view.ndim != 1 or not is_wanted:
        return None
    return array(kind, view.tobytes())


_FORMATS: Final = {"q": {"q", "l"}, "d": {"d"}}  # a long has 64 bits in most places


def same_length(**columns: Sequence[object] | None) -> int:
    """Return how many rows columns have.

    Raises:
        InvalidValueError: If one is longer than the first.
    """
    (first, column), *rest = columns.items()
    rows = len(column or ())
    for name, other in rest:
        if other is not None and len(other) != rows:
            raise InvalidValueError(name, len(other), f"have as many rows as {first}, {rows}")
    return rows


def ascend(keys: Sequence[str]) -> bool:
    """Say whether each key is above the one before it."""
    return all(map(lt, keys, islice(keys, 1, None)))


def are_plain_ids(ids: Sequence[str]) -> bool:
    """Say whether all are ids of plain characters; others may be ids as well."""
    if set(map(type, ids)) - {str} or not all(ids):
        return False
    text = "".join(ids)
    return (
        text.isascii()
        and text.isprintable()
        and " " not in text
        and max(map(len, ids), default=0) <= _LONGEST_ID
    )


def are_ages(frequency: Counts, last: Numbers, age: Numbers) -> bool:
    """Say whether all rows are within their bounds: 0 ≤ last ≤ age, both 0 or none."""
    return (
        all(map(le, last, age))  # no comparison with NaN is true
        and all(map(le, repeat(0), last))
        and all(map(le, repeat(0), frequency))
        and max(age, default=0) < math.inf
        and bytes(map(bool, frequency)) == bytes(map(bool, last))
    )


def are_not_negative(column: Numbers) -> bool:
    """Say whether all are finite and not below 0."""
    return all(map(le, repeat(0), column)) and max(column, default=0) < math.inf


def are_spends(spends: Numbers, frequency: Counts) -> bool:
    """Say whether all that are known are not below 0, and of somebody with repeats."""
    known = bytes(map(eq, spends, spends))  # NaN equals nothing
    bought_again = bytes(map(bool, frequency))
    return all(map(le, known, bought_again)) and are_not_negative(
        array("d", compress(spends, known))
    )


def picked(column: Any, places: Sequence[int]) -> Any:  # noqa: ANN401 - an array or a tuple
    """Return the items of a column at some places, in their order."""
    found = map(column.__getitem__, places)
    return array(column.typecode, found) if isinstance(column, array) else tuple(found)


def joined(
    columns: Sequence[Numbers | None], lengths: Sequence[int], missing: float
) -> Numbers | None:
    """Return columns one after another, some of which may be missing; None if all are."""
    if all(column is None for column in columns):
        return None
    pairs = zip(columns, lengths, strict=True)
    filled = (repeat(missing, rows) if column is None else column for column, rows in pairs)
    return array("d", chain(*filled))


def weighed(keys: Iterable[T], weights: Numbers | None) -> dict[T, float]:
    """Return what each key weighs in all; a key that weighs nothing is left out."""
    if weights is None:
        return {key: float(count) for key, count in Counter(keys).items()}
    found: dict[T, list[float]] = {}
    for key, weight in zip(keys, weights, strict=True):
        if weight:
            found.setdefault(key, []).append(weight)
    return {key: math.fsum(each) for key, each in found.items()}  # exact, whatever the order


def one_currency(found: Iterable[tuple[str | None, bool]]) -> str | None:
    """Return the one currency of spend; one that is not told is another one."""
    told = sorted({code or "" for code, has_spend in found if code or has_spend})
    if len(told) > 1:
        left, right, *_ = (code or "an unknown currency" for code in told)
        raise MixedCurrenciesError(left, right)
    return told[0] or None if told else None


class Dated(Protocol):
    """What has a unit of time, and perhaps a last day."""

    @property
    def unit(self) -> TimeUnit: ...
    @property
    def as_of(self) -> date | None: ...


Part = TypeVar("Part", bound=Dated)


def alike(parts: Sequence[Part], kind: type[Part]) -> Part:
    """Return the first, and refuse others of another kind, unit or last day."""
    for part in parts:
        if not isinstance(part, kind):
            rule = f"hold nothing but {kind.__name__}"
            raise InvalidValueError("histories", part, rule)
    first, *others = parts
    for part in others:
        if part.unit is not first.unit:
            raise UnitMismatchError(first.unit, part.unit)
        if part.as_of != first.as_of:
            rule = f"be the same for all histories, as {first.as_of} is"
            raise InvalidValueError("as_of", str(part.as_of), rule)
    return first
