"""Evidence: the values that a rule has read, as they are kept in a ledger.

A ledger is written down and read again, years later perhaps, and then says the same. So the
values in it are of few types: None, yes or no, whole numbers, floats, decimals, text, dates,
datetimes, amounts of money, what is undefined, and sets and tuples of these. A member of an
enumeration is kept as its word, NaN as what is missing, an aware datetime in UTC, and whatever
else there is, numbers of absurd size among them, as the text that people read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite, isnan
from typing import Any, Final

from crmcore.kernel import Money, Undefined

from ._reading import is_missing

_MOST_BITS: Final = 256
_MOST_DIGITS: Final = 100


def to_evidence(values: Iterable[object]) -> tuple[object, ...]:
    """Return values as a ledger keeps them."""
    return tuple([_kept(value) for value in values])


def _kept(value: object) -> object:
    keep = _KEEPERS.get(type(value))
    return _of_another_type(value) if keep is None else keep(value)


def _as_it_is(value: object) -> object:
    return value


def _of_another_type(value: object) -> object:
    """Return a value of a type that only derives from a known one, or of none."""
    if isinstance(value, Enum):
        return _kept(value.value)
    if is_missing(value):
        return None
    for base, make in _MAKERS:
        if isinstance(value, base):
            return _kept(make(value))
    kind = type(value)
    says_nothing = kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__
    return f"a {kind.__name__}" if says_nothing else _text(str(value))


def _text(value: str) -> str:
    """Return text that every file and database can keep."""
    found = value if value.isascii() else value.encode(errors="backslashreplace").decode()
    return found.replace("\0", "\\x00")


def _int(value: int) -> int | str:
    bits = value.bit_length()
    return value if bits <= _MOST_BITS else f"a number of {bits} bits"


def _float(value: float) -> float | str | None:
    if isnan(value):
        return None
    return value if isfinite(value) else str(value)


def _decimal(value: Decimal) -> Decimal | str | None:
    if value.is_nan():
        return None
    _, digits, exponent = value.as_tuple()
    is_short = value.is_finite() and len(digits) + abs(int(exponent)) <= _MOST_DIGITS
    return value if is_short else str(value)[:_MOST_DIGITS]


def _datetime(value: datetime) -> datetime | str:
    try:
        return value if value.utcoffset() is None else value.astimezone(UTC)
    except OverflowError:  # hours from the end of the calendar
        return value.isoformat()


_KEEPERS: Final[dict[type, Callable[[Any], object]]] = {
    type(None): _as_it_is,
    bool: _as_it_is,
    date: _as_it_is,
    Money: _as_it_is,
    Undefined: _as_it_is,
    str: _text,
    int: _int,
    float: _float,
    Decimal: _decimal,
    datetime: _datetime,
    frozenset: lambda value: frozenset(to_evidence(value)),
    tuple: to_evidence,
}
# The first that applies is taken: an instant is a day too.
_MAKERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], object]], ...]] = (
    (str, str.__str__),
    (int, int),
    (float, float),
    (Decimal, Decimal),
    (datetime, lambda value: datetime.fromisoformat(value.isoformat())),
    (date, lambda value: date(value.year, value.month, value.day)),
    ((set, frozenset), frozenset),
    ((tuple, list), tuple),
)
