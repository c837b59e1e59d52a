"""Scalars from data: numbers, text, days, instants and words, each read strictly."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Final

from crmcore.checks import decimal, utc
from crmcore.errors import InvalidValueError, UnknownNameError

from ._faulty import refused

# As many as the exact sums of the library have; most fields of records allow for less.
_MOST_DIGITS: Final = 120
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(rf"{_DAY.pattern}[T ][0-9:.,]{{4,15}}(?:Z|[+-][0-9:.]{{2,15}})?")


def read_text(data: object) -> str:
    """Read text."""
    if not isinstance(data, str):
        raise refused(data, "be text")
    return data


def read_bool(data: object) -> bool:
    """Read true or false."""
    if not isinstance(data, bool):
        raise refused(data, "be true or false")
    return data


def read_int(data: object) -> int:
    """Read a whole number; 5.0 is none."""
    if not isinstance(data, int) or isinstance(data, bool):
        raise refused(data, "be a whole number")
    return data


def read_float(data: object) -> float:
    """Read a finite number."""
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        raise refused(data, "be a number")
    try:
        number = float(data)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise refused(data, "be finite")
    return number


def read_decimal(data: object) -> Decimal:
    """Read an exact number: text, a whole number, or a decimal."""
    try:
        return decimal(data, digits=_MOST_DIGITS)  # type: ignore[arg-type]  # it refuses others
    except InvalidValueError as error:
        raise refused(data, error.rule) from None


def read_fraction(data: object) -> Fraction:
    """Read a fraction, as ``1/3`` or as a decimal number."""
    if isinstance(data, str) and "/" in data:
        above, _, below = data.partition("/")
        numerator, denominator = read_decimal(above), read_decimal(below)
        if denominator:
            return Fraction(numerator) / Fraction(denominator)
        raise refused(data, "have a denominator that is not 0")
    return Fraction(read_decimal(data))


def read_date(data: object) -> date:
    """Read a day, as ``1997-01-01``."""
    if isinstance(data, date) and not isinstance(data, datetime):
        return data
    if isinstance(data, str) and _DAY.fullmatch(data):
        with suppress(ValueError):
            return date.fromisoformat(data)
    raise refused(data, "be a day such as 1997-01-01")


def read_datetime(data: object) -> datetime:
    """Read an instant, as ``1997-01-01T05:00:00Z``."""
    found: object = data
    if isinstance(data, str) and _INSTANT.fullmatch(data):
        with suppress(ValueError):
            found = datetime.fromisoformat(data)
    if not isinstance(found, datetime):
        raise refused(data, "be an instant such as 1997-01-01T05:00:00Z")
    if found.utcoffset() is None:
        raise refused(str(data), "carry a time zone, as 1997-01-01T05:00:00Z does")
    try:
        return utc(found)
    except InvalidValueError as error:
        raise refused(str(data), error.rule) from None


def read_nothing(data: object) -> None:
    """Read nothing at all."""
    if data is not None:
        raise refused(data, "be left out")


def read_word(cls: type[Enum], data: object) -> Enum:
    """Read one of an enumeration's words."""
    words = {str(member.value): member for member in cls}
    if isinstance(data, str) and data in words:
        return words[data]
    if isinstance(data, str):
        raise UnknownNameError(_spoken(cls.__name__), data, words)
    raise refused(data, f"be one of {', '.join(words)}")


def read_literal(choices: tuple[Any, ...], data: object) -> object:
    """Read one of the values that a literal type names."""
    for choice in choices:
        if type(choice) is type(data) and choice == data:
            return choice
    raise refused(data, f"be one of {', '.join(map(str, choices))}")


def _spoken(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


SCALARS: Final[dict[Any, Callable[[object], object]]] = {
    str: read_text,
    bool: read_bool,
    int: read_int,
    float: read_float,
    Decimal: read_decimal,
    Fraction: read_fraction,
    date: read_date,
    datetime: read_datetime,
    type(None): read_nothing,
}
