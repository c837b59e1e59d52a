"""Dimensions: by what figures are told apart, and which records can tell it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, TypeAlias

from crmcore.errors import InvalidValueError, UnknownNameError

from ._kpi import Kpi
from ._sources import Source

Reading: TypeAlias = str | Callable[[Any], Hashable]
Dimension: TypeAlias = Reading | Mapping[str, Reading]
By: TypeAlias = str | Sequence[str] | Mapping[str, Dimension]
Readings: TypeAlias = dict[str, dict[str, Reading]]


def read_by(by: By, sources: Mapping[str, Source], known: Iterable[str]) -> Readings:
    """Return for each dimension how the records of each source that can tell it do so.

    What *by* says of further sources that are *known* is left out, so that a company can say
    once how all its records are told apart.

    Raises:
        UnknownNameError: If no records have such a field, or there are no such records.
    """
    if isinstance(by, str):
        by = (by,)
    if not isinstance(by, Mapping):
        if not isinstance(by, Sequence) or not all(isinstance(name, str) for name in by):
            rule = "be the name of a dimension, such as channel, names of some, or a mapping"
            raise InvalidValueError("by", by, rule)
        by = {name: name for name in by}
    known = {*sources, *known}
    return {name: _readings(name, told, sources, known) for name, told in by.items()}


def _readings(
    name: str, told: Dimension, sources: Mapping[str, Source], known: AbstractSet[str]
) -> dict[str, Reading]:
    if isinstance(told, Mapping):
        for source in told:
            if source not in known:
                raise UnknownNameError("source", source, known)
        return {source: reading for source, reading in told.items() if source in sources}
    if not isinstance(told, str):
        return dict.fromkeys(sources, told)
    found: dict[str, Reading] = {
        source: told for source, each in sources.items() if each.tells(told)
    }
    if not found:
        raise UnknownNameError("dimension", name, _fields(sources.values()))
    return found


def _fields(sources: Iterable[Source]) -> list[str]:
    return sorted({name for each in sources for name in dir(each.record) if name[0] != "_"})


def untold(kpi: Kpi, readings: Readings) -> tuple[str, str] | None:
    """Return a dimension and a source of a KPI whose records do not tell it, if there is one."""
    for name in sorted(readings):
        for source in sorted(map(str, kpi.measure.sources)):
            if source not in readings[name]:
                return name, source
    return None


def refuse_untold(kpis: Iterable[Kpi], readings: Readings) -> None:
    """Refuse KPIs that cannot be told apart by the dimensions.

    Raises:
        InvalidValueError: If there is one.
    """
    for kpi in kpis:
        found = untold(kpi, readings)
        if found is not None:
            name, source = found
            rule = f"be told by the {source} that {kpi} counts; say how, or leave the KPI out"
            raise InvalidValueError("by", name, rule)


def words(value: Hashable) -> str | None:
    """Return the value of a dimension as a word; None stays None."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)
