"""Crowds: of how many people a confidential figure tells, and which figures are withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from crmcore.criteria import Criterion, F
from crmcore.errors import InvalidValueError
from crmcore.measures import Cumulative, Distinct, Measure, Previous, Ratio

from ._kpi import Kpi
from ._sources import Source


def people(kpi: Kpi, sources: Mapping[str, Source]) -> tuple[Measure, ...]:
    """Return measures of how many people a confidential KPI tells of; the least of them counts.

    People are counted, not records: ten answers of one person are no crowd.

    Raises:
        InvalidValueError: If the records do not tell whom they are about.
    """
    return tuple(dict.fromkeys(_bases(kpi, kpi.measure, sources)))


def _bases(kpi: Kpi, measure: Measure, sources: Mapping[str, Source]) -> Iterator[Measure]:
    if isinstance(measure, Ratio):
        yield from _bases(kpi, measure.denominator, sources)
    elif isinstance(measure, Cumulative | Previous):
        for base in _bases(kpi, measure.measure, sources):
            inner: Any = base
            yield attrs.evolve(measure, measure=inner)
    elif measure.parts:
        for part in measure.parts:
            yield from _bases(kpi, part, sources)
    else:
        for source in measure.sources:
            person = sources[source or ""].person
            if person is None:
                rule = f"count records that tell whom they are about, and {source} do not"
                raise InvalidValueError("kpis", str(kpi), rule)
            yield Distinct(person, _told(measure), source=source)


def _told(atom: Measure) -> Criterion | None:
    """Return for which records an atom takes something: where its field is there, too."""
    asked: Criterion | None = getattr(atom, "where", None)
    path = getattr(atom, "field", None)
    if path is None:
        return asked
    there: Criterion = getattr(F, path.partition(".")[0]).is_present()
    return there if asked is None else asked & there
