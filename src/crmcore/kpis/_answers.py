"""Answers: from what was counted to the values of KPIs, or to why there are none."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from crmcore.calendar import Period
from crmcore.criteria import Criterion
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.measures import (
    Both,
    Cumulative,
    Derived,
    Distinct,
    Measure,
    Newcomers,
    Previous,
    Ratio,
    Table,
    Value,
)
from crmcore.privacy import groups_to_hide

from ._definitions import in_force
from ._dimensions import words
from ._kpi import Kpi, Unit
from ._parameters import Stated
from ._series import KpiSeries
from ._sources import Source

Group = tuple[Hashable, ...]


def key(kpi: Kpi) -> str:
    """Return the name under which a definition is counted."""
    return f"{kpi.id}@{kpi.version}"


@attrs.frozen(kw_only=True)
class Answers:
    """What was counted, and what is to be known about it.

    Attributes:
        table: What the measures came to.
        row: The periods that are asked for.
        as_of: The day at whose beginning the values hold.
        crowds: Under which names the people were counted of whom a confidential KPI tells.
        first_days: The day of the first record of each source; None without any.
        sources: The kinds of records.
        parameters: What the company stated.
        currency: The currency of all amounts.
        where: Which customers counted.
        assumed: What was taken, of each definition, where nothing was handed in.
    """

    table: Table
    row: tuple[Period, ...]
    as_of: date
    crowds: Mapping[str, tuple[str, ...]]
    first_days: Mapping[str, date | None]
    sources: Mapping[str, Source]
    parameters: Mapping[str, Stated]
    currency: str
    where: Criterion | None
    assumed: Mapping[str, tuple[Phrase, ...]]

    def series(self, versions: Sequence[Kpi]) -> Iterator[KpiSeries]:
        """Yield the values of a KPI, given all of its definitions, for each group."""
        used = {period: in_force(versions, period.start) for period in self.row}
        last = used[self.row[-1]] or versions[0]
        former = tuple(each for each in versions if each in used.values() and each is not last)
        hidden = {period: self._hidden(kpi, period) for period, kpi in used.items()}
        for group in self.table.groups:
            yield KpiSeries(
                kpi=last,
                periods=self.row,
                values=tuple(
                    _not_defined(last, period)
                    if kpi is None
                    else self._value(kpi, period, group, hidden[period])
                    for period, kpi in used.items()
                ),
                as_of=self.as_of,
                currency=self.currency if last.unit is Unit.MONEY else None,
                stated=tuple((name, self.parameters[name]) for name in last.stated),
                where=self.where,
                scope=tuple(zip(self.table.by, map(words, group), strict=True)),
                former=former,
                assumed=self.assumed[key(last)],
            )

    def _hidden(self, kpi: Kpi | None, period: Period) -> frozenset[Group]:
        """Return the groups whose confidential figure would tell of too few people."""
        if kpi is None or not kpi.confidential:
            return frozenset()
        counts = {group: self._people(kpi, period, group) for group in self.table.groups}
        minimum = int(self.parameters["smallest_group"])
        if not self.table.by:
            return frozenset(group for group, count in counts.items() if 0 < count < minimum)
        return groups_to_hide(counts, minimum=minimum)

    def _people(self, kpi: Kpi, period: Period, group: Group) -> int:
        """Return of how many people a figure tells; a record that names nobody is one person."""
        found = [
            self.table.value(name, period=period, group=group) for name in self.crowds[key(kpi)]
        ]
        return min(
            0 if isinstance(each, Undefined) else int(each.number) + each.missing for each in found
        )

    def _value(
        self, kpi: Kpi, period: Period, group: Group, hidden: frozenset[Group]
    ) -> Value | Undefined:
        missing = self._missing(kpi, period)
        if missing is not None:
            return missing
        if group in hidden:
            return Undefined(Reason.SUPPRESSED)
        found = self.table.value(key(kpi), period=period, group=group)
        if isinstance(found, Undefined):
            return _explained(kpi, period, found)
        n = _rests_on(kpi.measure, found)
        if kpi.smallest > 1 and n < kpi.smallest:
            detail = Phrase(f"{n} of at least {kpi.smallest}", f"{n}，至少需要{kpi.smallest}")
            return Undefined(Reason.TOO_FEW, detail)
        return attrs.evolve(found, n=n, definition=kpi.id, version=kpi.version)

    def _missing(self, kpi: Kpi, period: Period) -> Undefined | None:
        """Return why a period has no value at all, if so."""
        if not period.is_complete(self.as_of):
            detail = Phrase(f"{period} at {self.as_of}", f"{period}，截至{self.as_of}")
            return Undefined(Reason.INCOMPLETE_PERIOD, detail)
        for source in sorted(map(str, kpi.measure.sources)):
            if self.where is not None and self.sources[source].customer is None:
                name = self.sources[source].name
                detail = Phrase(f"{name.en} tell no customer", f"{name.zh}不涉及客户")
                return Undefined(Reason.NOT_APPLICABLE, detail)
            missing = self._not_recorded(source, period)
            if missing is not None:
                return missing
        return None

    def _not_recorded(self, source: str, period: Period) -> Undefined | None:
        if self.sources[source].day is None:
            return None
        first = self.first_days[source]
        if first is None:
            name = self.sources[source].name
            detail = Phrase(f"no {name.en} at all", f"没有任何{name.zh}")
            return Undefined(Reason.NO_DATA, detail)
        if period.end <= first:
            detail = Phrase(f"the records begin on {first}", f"记录始于{first}")
            return Undefined(Reason.NO_DATA, detail)
        return None


def _rests_on(measure: Measure, value: Value) -> int:
    """Return on how many a value rests: on those below the line, or on those that it counts.

    A customer who bought ten times is one of whom a share of customers tells. Where amounts
    are summed, and nothing is counted, it rests on the records.
    """
    while isinstance(measure, Derived) and measure.function == "complement":
        (measure,) = measure.of
    part: Decimal | None = value.number
    if isinstance(measure, Ratio):
        measure, part = measure.denominator, value.denominator
    while isinstance(measure, Cumulative | Previous):
        measure = measure.measure
    if isinstance(measure, Both | Distinct | Newcomers) and part is not None:
        return int(part)
    return value.n


def _explained(kpi: Kpi, period: Period, found: Undefined) -> Undefined:
    """Say what was missing below the line, in the words of the definition."""
    below = kpi.denominator
    if below is None or found.reason not in {Reason.ZERO_DENOMINATOR, Reason.NO_BASE}:
        return found
    more = found.detail
    en, zh = f"{below.en}, {period}: 0", f"{period}{below.zh}：0"
    if more.en:
        en, zh = f"{below.en}, {period} ({more.en})", f"{period}{below.zh}（{more.zh}）"
    return Undefined(found.reason, Phrase(en, zh))


def _not_defined(kpi: Kpi, period: Period) -> Undefined:
    detail = Phrase(
        f"{kpi.id} was first defined after {period.start}", f"{kpi.id}在{period.start}之后才有定义"
    )
    return Undefined(Reason.NOT_APPLICABLE, detail)
