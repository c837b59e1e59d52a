"""Values whose type no field tells: each is written with its kind, where JSON has none.

======================  =====================================================
a value                 is written as
======================  =====================================================
None, text, yes or no   as it is
a whole number          as it is; ``{"int": "…"}`` beyond 2^53
a float                 ``{"float": "0.1"}``
a decimal               ``{"decimal": "1.50"}``
a date                  ``{"date": "2026-09-30"}``
a datetime              ``{"datetime": "2026-09-30T12:00:00+00:00"}``
money                   ``{"money": {"amount": "1.50", "currency": "EUR"}}``
what is undefined       ``{"undefined": "no_data"}``
a set, a tuple          ``{"set": […]}``, ``{"list": […]}``
======================  =====================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any, Final

from crmcore.errors import InvalidValueError
from crmcore.kernel import Money, Undefined

from ._collections import Reader, read_each
from ._faulty import refused
from ._scalars import read_date, read_decimal, read_float
from ._undefined import write_undefined

_EXACT: Final = 2**53
_LONGEST_FLOAT: Final = 30
_LONGEST_DATETIME: Final = 40
_RULE: Final = 'be a value, or a table that tells its kind, such as {"decimal": "1.50"}'


def write_typed(value: object) -> Any:  # noqa: ANN401 - plain data
    """Return plain data for a value of any kind that the table above names."""
    if isinstance(value, Enum):
        return write_typed(value.value)
    for kind, word, write in _KINDS:
        if isinstance(value, kind):
            data = write(value)
            return data if word is None else {word: data}
    raise InvalidValueError("value", type(value).__name__, "be a scalar, or a set or tuple of them")


def _int(value: int) -> object:
    return value if abs(value) <= _EXACT else {"int": str(value)}


def _instant(value: datetime) -> str:
    return (value if value.utcoffset() is None else value.astimezone(UTC)).isoformat()


def _money(value: Money) -> dict[str, str]:
    return {"amount": str(value.amount), "currency": value.currency}


def _set(value: AbstractSet[object]) -> list[Any]:
    return sorted(map(write_typed, value), key=lambda data: json.dumps(data, sort_keys=True))


# The first that applies is taken: yes is a number to Python, and an instant a day.
_KINDS: Final[tuple[tuple[Any, str | None, Callable[[Any], Any]], ...]] = (
    ((str, bool, type(None)), None, lambda value: value),
    (int, None, _int),
    (float, "float", repr),
    (Decimal, "decimal", str),
    (datetime, "datetime", _instant),
    (date, "date", date.isoformat),
    (Money, "money", _money),
    (Undefined, None, write_undefined),
    (AbstractSet, "set", _set),
    ((tuple, list), "list", lambda value: [*map(write_typed, value)]),
)


def read_typed(read_money: Reader, read_undefined: Reader, data: object) -> object:
    """Read a value of a kind that it tells itself.

    Args:
        read_money: Reads an amount of money.
        read_undefined: Reads what is undefined.
        data: The data.
    """
    read = partial(read_typed, read_money, read_undefined)
    if isinstance(data, Mapping):
        if "undefined" in data:
            return read_undefined(data)
        tables: dict[str, Reader] = {
            **_TABLES,
            "money": read_money,
            "set": lambda items: frozenset(read_each(read, items)),
            "list": lambda items: tuple(read_each(read, items)),
        }
        if len(data) == 1:
            [(word, held)] = data.items()
            if word in tables:
                found: object = tables[word](held)
                return found
    elif not isinstance(data, list | tuple):
        return data
    raise refused(data, _RULE)


def _read_number(data: object) -> Decimal:
    if not isinstance(data, str):
        raise refused(data, "be a number as text")
    return read_decimal(data)


def _read_int(data: object) -> int:
    number = _read_number(data)
    if number != number.to_integral_value():
        raise refused(data, "be a whole number as text")
    return int(number)


def _read_float(data: object) -> float:
    if isinstance(data, str) and len(data) <= _LONGEST_FLOAT:
        with suppress(ValueError):
            return read_float(float(data))
    raise refused(data, "be a number as text")


def _read_datetime(data: object) -> datetime:
    """Read a datetime with a zone or without one, as it was."""
    if isinstance(data, str) and len(data) <= _LONGEST_DATETIME:
        with suppress(ValueError):
            return datetime.fromisoformat(data)
    raise refused(data, "be a datetime such as 2026-09-30T12:00:00+00:00")


_TABLES: Final[dict[str, Reader]] = {
    "int": _read_int,
    "float": _read_float,
    "decimal": _read_number,
    "date": read_date,
    "datetime": _read_datetime,
}
