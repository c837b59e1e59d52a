"""What is handed to a tally, looked at before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError

from ._measure import Measure


def by_name(measures: object) -> dict[str, Measure]:
    """Return measures in the order of their names."""
    if not isinstance(measures, Mapping):
        raise InvalidValueError("measures", measures, "be measures by name, as {'sales': ...}")
    if not measures:
        raise InvalidValueError("measures", {}, "name at least one measure")
    for name, measure in measures.items():
        if not isinstance(name, str):
            raise InvalidValueError("measures", name, "be measures by names, which are text")
        if not isinstance(measure, Measure):
            raise InvalidValueError(f"measures[{name!r}]", measure, "be a measure")
    return dict(sorted(measures.items()))


def mapping(name: str, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what is given by name; nothing where it is None."""
    if given is not None and not isinstance(given, Mapping):
        raise InvalidValueError(name, given, "be given by name, as a mapping")
    return given or {}


def row_of(periods: object) -> tuple[Period, ...]:
    """Return periods in order, each once."""
    found = (periods,) if isinstance(periods, Period) else periods
    row = tuple(found) if isinstance(found, Iterable) else (found,)
    for period in row:
        if not isinstance(period, Period):
            raise InvalidValueError("periods", period, "be a Period, such as Period.month(1998, 1)")
    if not row:
        raise InvalidValueError("periods", (), "hold at least one period")
    return tuple(sorted(set(row)))


def names_of(by: object) -> tuple[str, ...]:
    """Return the names of dimensions."""
    names = (by,) if isinstance(by, str) else by
    row: tuple[Any, ...] = tuple(names) if isinstance(names, Iterable) else (names,)
    for name in row:
        if not isinstance(name, str):
            rule = "be the name of a dimension, such as team, or names of some"
            raise InvalidValueError("by", name, rule)
    if len(set(row)) < len(row):
        raise InvalidValueError("by", row, "name each dimension once")
    return row
