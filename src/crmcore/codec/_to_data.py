"""Plain data from objects."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import attrs

from crmcore import notation
from crmcore.checks import utc
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Undefined
from crmcore.measures import Measure

from ._measures import write_measure
from ._typed import write_typed
from ._undefined import write_undefined

Data: TypeAlias = Any
Writer: TypeAlias = Callable[[Any], Data]


def to_data(value: Any) -> Data:  # noqa: ANN401 - whatever it is
    """Return *value* as plain data: dictionaries, lists, text, numbers, booleans and None.

    Records become tables of their fields, enumerations their words, exact numbers text,
    instants ISO 8601 text in UTC, and criteria what `crmcore.notation.to_data` says. The type
    of a record is not told: whoever reads it knows what to read it as. Only where a field may
    hold anything, being of type ``object``, a value is written with its kind.

    Raises:
        InvalidValueError: If something in it has no plain form, such as NaN or a function.

    .. versionadded:: 0.1.0
    """
    kind: Any = type(value)
    return _writer(kind)(value)


def to_json(value: object) -> str:
    """Return *value* as canonical JSON: sorted names, no blanks, one text for one value.

    Raises:
        InvalidValueError: If something in it has no plain form.

    .. versionadded:: 0.1.0
    """
    return _text(to_data(value))


def _text(data: Data) -> str:
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


@cache
def _writer(cls: type[Any]) -> Writer:
    for base, write in _WRITERS:
        if issubclass(cls, base):
            return write
    if attrs.has(cls):
        fields = [
            (str(field.alias), field.name, _field_writer(field))
            for field in attrs.fields(cls)
            if field.init
        ]
        return lambda value: {alias: write(getattr(value, name)) for alias, name, write in fields}
    rule = "be a record, or plain data, or a collection of these"
    raise InvalidValueError("value", cls.__name__, rule)


def _field_writer(field: attrs.Attribute[Any]) -> Writer:
    """Return how a field is written; values of type ``object`` are written with their kinds."""
    if field.type in {object, "object"}:
        return write_typed
    if field.type in {tuple[object, ...], "tuple[object, ...]"}:
        return lambda values: [*map(write_typed, values)]
    return to_data


def _as_it_is(value: Data) -> Data:
    return value


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise InvalidValueError("value", value, "be finite")
    return value


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _instant(value: datetime) -> str:
    return utc(value, "value").isoformat().removesuffix("+00:00") + "Z"


def _table(value: Mapping[Any, Any]) -> dict[str, Data]:
    return {_name(key): to_data(item) for key, item in value.items()}


def _name(key: object) -> str:
    name = to_data(key)
    if not isinstance(name, str):
        raise InvalidValueError("key", key, "be text, a word, a day or an exact number")
    return name


def _list(value: tuple[Any, ...] | list[Any]) -> list[Data]:
    return [to_data(item) for item in value]


def _column(value: array[Any]) -> list[Data]:
    """Return the numbers of a column; NaN, where a column has none, as None."""
    return [None if item != item else to_data(item) for item in value]  # noqa: PLR0124


def _set(value: AbstractSet[Any]) -> list[Data]:
    return sorted(_list(list(value)), key=_text)


# The first that applies is taken: an instant is a day too, and a word is text.
_WRITERS: tuple[tuple[type[Any], Writer], ...] = (
    (Criterion, notation.to_data),
    (Measure, lambda value: write_measure(to_data, value)),
    (Undefined, write_undefined),
    (Enum, lambda value: to_data(value.value)),
    (str, str),
    (bool, _as_it_is),
    (int, _as_it_is),
    (float, _float),
    (type(None), _as_it_is),
    (Decimal, str),
    (Fraction, _fraction),
    (datetime, _instant),
    (date, date.isoformat),
    (Mapping, _table),
    (tuple, _list),
    (list, _list),
    (array, _column),
    (AbstractSet, _set),
)
