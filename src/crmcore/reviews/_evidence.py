"""Evidence: records of kinds that the store does not keep, and the KPIs that they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

import attrs

from crmcore.calendar import WorkCalendar
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, SOURCES, Catalogue, Kpi, KpiTally
from crmcore.policies import Policy

Progress = Callable[[int, "int | None", Phrase], None]

STORED: Final = frozenset({"customers", "interactions", "members", "purchases"})
_SHOWN: Final = (
    "retention_rate",
    "churn_rate",
    "repeat_rate",
    "purchase_frequency",
    "amount_growth",
    "customer_base",
    "customers_kept",
    "new_customers",
    "acquisition_rate",
    "sales",
    "sales_growth",
    "orders",
)
_PUBLISHED: Final = "published_on"
_ACTIVE_DAYS: Final = "active_days"
_STEP: Final = 5000
_RESPONDED: Final = "responded_at"
_AUTOMATIC: Final = "answered_automatically"


@attrs.frozen(kw_only=True)
class Evidence:
    """What was handed in beside the store, and which KPIs are computed.

    Attributes:
        records: The records of each kind, by the names of `crmcore.kpis.SOURCES`.
        kpis: The definitions of what is computed: those that every review shows, then the
            others by code.
        always: The ids of those that are shown even where they have no value in any month.
        known: All definitions that a goal may name.
        parameters: What the company states of what definitions leave to it.
        calendars: Working hours, by the names that definitions call them.
    """

    records: Mapping[str, Iterable[object]]
    kpis: tuple[Kpi, ...]
    always: frozenset[str]
    known: Catalogue
    parameters: Mapping[str, int | Decimal]
    calendars: Mapping[str, WorkCalendar]

    @classmethod
    def of(
        cls,
        records: Mapping[str, Iterable[object]],
        *,
        policy: Policy,
        goals: Iterable[str] = (),
        catalogue: Iterable[Kpi] = CATALOGUE,
        parameters: Mapping[str, int | Decimal] | None = None,
        calendars: Mapping[str, WorkCalendar] | None = None,
    ) -> Evidence:
        """Return what can be computed of these records and of those in the store.

        Args:
            records: The records of each kind.
            policy: May bring definitions of its own.
            goals: The KPIs that goals are about, by id or code.
            catalogue: What is computed where its records were handed in.
            parameters: What the company states, but for what the policy does.
            calendars: Working hours by name.

        Raises:
            UnknownNameError: If there is no such kind of records, or no such KPI.
            InvalidValueError: If records of a kind that the store keeps were handed in, what
                the policy says is stated again, or two definitions clash.
        """
        _refuse_strange(records, parameters or {})
        offered = tuple(catalogue)
        known = Catalogue(CATALOGUE).with_own(offered).with_own(policy.kpis)
        always = {*(known.kpi(name).id for name in goals), *(each.id for each in policy.kpis)}
        asked = {each.id for each in offered}
        there = {*STORED, *records}

        def is_wanted(name: str) -> bool:
            sources = sources_of(known, name)
            told = name in asked and not sources.isdisjoint(records)
            return sources <= there and (told or name in always)

        further = dict.fromkeys(each.id for each in known if each.id not in _SHOWN)
        names = [*_SHOWN, *filter(is_wanted, further)]
        return cls(
            records=records,
            kpis=tuple(each for name in names for each in known.versions(name)),
            always=frozenset({*_SHOWN, *always}),
            known=known,
            parameters={**(parameters or {}), _ACTIVE_DAYS: policy.active_days},
            calendars=calendars or {},
        )

    def tally(self, policy: Policy) -> KpiTally:
        """Return what counts the KPIs."""
        return KpiTally(
            self.kpis,
            zone=policy.zone,
            currency=policy.currency,
            parameters=self.parameters,
            calendars=self.calendars,
        )

    def counts(self, source: str) -> bool:
        """Say whether some KPI counts records of a kind."""
        return any(source in each.measure.sources for each in self.kpis)

    def missing(self, kpi: str) -> tuple[str, ...]:
        """Return the kinds of records that a KPI needs and that nobody handed in."""
        return tuple(sorted(sources_of(self.known, kpi) - STORED - self.records.keys()))

    def read(
        self, into: KpiTally, *, at: datetime, as_of: date, progress: Progress
    ) -> datetime | None:
        """Count what was known when the day *as_of* began, at the instant *at*.

        Returns:
            The instant of the first record; None where there are none. Numbers from outside
            may tell of times long before anything was recorded, and do not count here.
        """
        first: datetime | None = None
        for name in sorted(self.records):
            source = SOURCES[name]
            what = Phrase(f"reading {source.name.en}", f"读取{source.name.zh}")
            known = known_before(self.records[name], name, at=at, as_of=as_of)
            count = 0
            for count, record in enumerate(into.passing(known, name), start=1):
                moment = getattr(record, str(source.day))
                if isinstance(moment, datetime) and (first is None or moment < first):
                    first = moment
                if count % _STEP == 0:
                    progress(count, None, what)
            progress(count, count, what)
        return first


def sources_of(known: Catalogue, kpi: str) -> frozenset[str]:
    """Return the kinds of records that the definitions of a KPI count."""
    return frozenset(str(source) for each in known.versions(kpi) for source in each.measure.sources)


def _refuse_strange(
    records: Mapping[str, Iterable[object]], parameters: Mapping[str, object]
) -> None:
    for name in records:
        if name in STORED:
            rule = "hold no records of a kind that the store keeps"
            raise InvalidValueError("evidence", name, rule)
        if name not in SOURCES:
            raise UnknownNameError("source", name, SOURCES.keys() - STORED)
    if _ACTIVE_DAYS in parameters:
        rule = f"leave {_ACTIVE_DAYS} to the policy, which says it"
        raise InvalidValueError("parameters", parameters[_ACTIVE_DAYS], rule)


def known_before(
    records: Iterable[object], source: str, *, at: datetime, as_of: date
) -> Iterator[object]:
    """Yield the records of what had happened when a day began, as they were known then.

    What has happened to a record since is taken back: a request that was solved on the day or
    later was open when it began. Only for when something is due a later instant may be known.
    """
    kind: Any = SOURCES[source].record
    path = str(SOURCES[source].day)
    for record in records:
        if not isinstance(record, kind):
            rule = f"hold records of the class {kind.__name__} under {source!r}"
            raise InvalidValueError("evidence", type(record).__name__, rule)
        moment = getattr(record, path)
        published = getattr(record, _PUBLISHED, moment)
        if not (_is_before(moment, at, as_of) and _is_before(published, at, as_of)):
            continue
        later = {name: None for name in _events(kind) if _is_after(getattr(record, name), at)}
        yield _without(record, later) if later else record


def _is_before(moment: date, at: datetime, as_of: date) -> bool:
    return moment < (at if isinstance(moment, datetime) else as_of)


def _is_after(moment: datetime | None, at: datetime) -> bool:
    return moment is not None and moment >= at


@cache
def _events(kind: type[Any]) -> tuple[str, ...]:
    """Return the fields of a record that say when something happened to it, if it has."""
    return tuple(
        field.name
        for field in attrs.fields(kind)
        if field.name.endswith("_at") and "due" not in field.name and field.default is None
    )


def _without(record: Any, later: dict[str, Any]) -> object:  # noqa: ANN401 - any record
    """Return a record without what happened to it later, and what is only said of that."""
    if _RESPONDED in later and hasattr(record, _AUTOMATIC):
        later[_AUTOMATIC] = False
    return attrs.evolve(record, **later)
