"""The simple operands: fields, constants and the day of judgement."""

from __future__ import annotations

import keyword
import math
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from enum import Enum, unique
from typing import Final, TypeAlias

import attrs

from crmcore.calendar import months_after
from crmcore.checks import between, utc
from crmcore.errors import InvalidValueError

Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"

_LARGEST_INTEGER: Final = 2**53 - 1
_LONGEST_TEXT: Final = 256
_LONGEST_NAME: Final = 64
_MOST_DIGITS: Final = 18
_MONTHS: Final = 1200
_DAYS: Final = 36525
_EXACT: Final = Context(prec=2 * _MOST_DIGITS + 4)


@unique
class Kind(Enum):
    """What sort of values a field or a literal has; the value is how messages call it."""

    INT = "an integer"
    DECIMAL = "a decimal"
    FLOAT = "a float"
    TEXT = "text"
    BOOL = "yes or no"
    DATE = "a date"
    DATETIME = "a datetime"
    TEXTS = "a set of text"
    OTHER = "a value of another kind"

    @property
    def is_number(self) -> bool:
        """Whether it is ordered with the other kinds of numbers."""
        return self in {Kind.INT, Kind.DECIMAL, Kind.FLOAT}

    @property
    def is_ordered(self) -> bool:
        """Whether every engine puts its values in the same order."""
        return self.is_number or self in {Kind.DATE, Kind.DATETIME}


def field_name(name: object, what: str = "field") -> str:
    """Return *name* if it can be the name of a field, or of *what* else.

    Raises:
        InvalidValueError: If it is no plain identifier.
    """
    plain = isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
    # Python reads a name in its normal form, and so would mean another one than was written.
    plain = plain and unicodedata.is_normalized("NFKC", str(name))
    if not plain or str(name).startswith("_") or len(str(name)) > _LONGEST_NAME:
        rule = f"be a plain name of at most {_LONGEST_NAME} characters, such as days_since_last"
        raise InvalidValueError(what, name, rule)
    return str(name)


@attrs.frozen
class Field:
    """The value of a record's field."""

    name: str = attrs.field(converter=field_name)


@attrs.frozen
class Literal:
    """A constant.

    The kind takes part in the comparison, so that ``1``, ``1.0`` and ``True`` stay three
    different constants.
    """

    kind: Kind
    value: Scalar

    @classmethod
    def of(cls, value: object) -> Literal:  # noqa: PLR0911 - one answer for each kind
        """Return the constant with the meaning of *value*.

        Raises:
            InvalidValueError: If it has none, or is too large.
        """
        if isinstance(value, Enum) and isinstance(value, str | int | float):
            value = value.value
        if isinstance(value, bool):
            return cls(Kind.BOOL, value)
        if isinstance(value, int):
            return cls(Kind.INT, _integer(value))
        if isinstance(value, Decimal):
            return cls(Kind.DECIMAL, _decimal(value))
        if isinstance(value, float):
            return cls(Kind.FLOAT, _float(value))
        if isinstance(value, str):
            return cls(Kind.TEXT, _text(value))
        if isinstance(value, datetime):
            return cls(Kind.DATETIME, utc(value, "value"))
        if isinstance(value, date):
            return cls(Kind.DATE, value)
        raise _no_constant(value)


def _no_constant(value: object) -> InvalidValueError:
    rule = "be a number, text, yes or no, a date or a datetime"
    if value is None:
        rule += "; what is missing is asked for with is_missing()"
    elif isinstance(value, Enum):
        rule += ", or a member of a StrEnum, which equals its word"
    return InvalidValueError("value", value, rule)


def _integer(value: int) -> int:
    if abs(value) > _LARGEST_INTEGER:
        # The number itself may have a million digits and has no place in the message.
        digits = f"an integer of {value.bit_length()} bits"
        raise InvalidValueError("value", digits, "be between -(2^53 - 1) and 2^53 - 1")
    return int(value)


def _decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise InvalidValueError("value", value, "be a finite number")
    _, digits, exponent = value.as_tuple()
    # Those that the point makes necessary count too: 1E+18 has nineteen.
    most = len(digits) + max(0, int(exponent))
    if most > _MOST_DIGITS or int(exponent) < -_MOST_DIGITS:
        raise InvalidValueError("value", value, f"have at most {_MOST_DIGITS} digits")
    # One number, one constant: 1.50, 1.5 and 15E-1 are the same.
    bare = _EXACT.normalize(value) if value else Decimal(0)
    return _EXACT.quantize(bare, Decimal(1)) if int(bare.as_tuple().exponent) > 0 else bare


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise InvalidValueError("value", value, "be a finite number")
    return float(value) + 0.0  # turns -0.0 into 0.0


def _text(value: str) -> str:
    if len(value) > _LONGEST_TEXT:
        shown = value[:20] + "…"
        raise InvalidValueError("value", shown, f"have at most {_LONGEST_TEXT} characters")
    return str(value)


@attrs.frozen
class AsOf:
    """The day of judgement, to compare dates with.

    ``F.last_order < as_of.shift(months=-3)`` moves it by calendar months, and
    ``as_of - timedelta(days=90)`` by days; months come first. The day itself is handed in with
    each evaluation.
    """

    months: int = attrs.field(default=0, kw_only=True, validator=between(-_MONTHS, _MONTHS))
    days: int = attrs.field(default=0, kw_only=True, validator=between(-_DAYS, _DAYS))

    def shift(self, *, days: int = 0, months: int = 0) -> AsOf:
        """Return the day that many calendar months and days later, or earlier if negative."""
        return AsOf(months=self.months + months, days=self.days + days)

    def __add__(self, other: timedelta) -> AsOf:
        """Return the day later by whole days."""
        if not isinstance(other, timedelta):
            return NotImplemented
        if other != timedelta(days=other.days):
            raise InvalidValueError("shift", other, "be a whole number of days")
        return self.shift(days=other.days)

    def __sub__(self, other: timedelta) -> AsOf:
        """Return the day earlier by whole days."""
        if not isinstance(other, timedelta):
            return NotImplemented
        return self + -other

    def on(self, as_of: date | None) -> date:
        """Return the date that is meant when the day of judgement is *as_of*.

        Raises:
            InvalidValueError: If the day was not handed in, or the calendar ends before.
        """
        if not isinstance(as_of, date) or isinstance(as_of, datetime):
            rule = "be the date of judgement, because the criterion depends on it"
            raise InvalidValueError("as_of", as_of, rule)
        moved = months_after(as_of, self.months)
        try:
            return moved + timedelta(days=self.days)
        except OverflowError:
            rule = f"lead from {moved.isoformat()} to a day in the years 1 to 9999"
            raise InvalidValueError("days", self.days, rule) from None
