"""Reading what a review needs, in one read-only unit of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeAlias, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.calendar import day_in, midnight
from crmcore.calendar import zone as find_zone
from crmcore.customers import Customer, Ownership, owner_index, owners_at
from crmcore.features import Trail, collect
from crmcore.kernel import CustomerId, MemberId, Phrase
from crmcore.kpis import CreditTally, KpiTally
from crmcore.organization import Organization
from crmcore.policies import Policy
from crmcore.storage import Store, UnitOfWork, read_organization

from ._carrying import by_customer
from ._evidence import Evidence

Progress: TypeAlias = Callable[[int, "int | None", Phrase], None]
_T = TypeVar("_T")
_STEP = 5000


def silent(_: int, __: int | None, ___: Phrase) -> None:
    """Tell nobody."""


@attrs.frozen(kw_only=True)
class Records:
    """What was stored when the day of the review began.

    Attributes:
        at: The instant at which the day begins in the zone of the policy.
        organization: The department.
        elsewhere: The members of other departments.
        customers: The customers in use, by id.
        owners: Who owns each customer in use.
        kpis: What the KPIs of the department count.
        credits: What each owner of the day is credited with.
        trails: What each customer did before that day, whether in use or archived since: the
            past stays what it was.
        matters: What is open with each customer, if anything is.
        strangers: How many purchases there are, before that day, of each customer who is not
            stored, by id.
        evidence_from: The day of the first record that was handed in beside the store.
    """

    at: datetime
    organization: Organization
    elsewhere: frozenset[MemberId]
    customers: Mapping[CustomerId, Customer]
    owners: Mapping[CustomerId, Ownership]
    kpis: KpiTally
    credits: CreditTally
    trails: Mapping[CustomerId, Trail]
    matters: Mapping[CustomerId, tuple[Matter, ...]]
    strangers: Mapping[CustomerId, int]
    evidence_from: date | None = None

    @property
    def first_day(self) -> date | None:
        """The day of the first purchase or other record of all; None where there is none."""
        days = [self.evidence_from, *(trail.first_day for trail in self.trails.values())]
        return min((day for day in days if day is not None), default=None)


def read_records(
    store: Store,
    *,
    policy: Policy,
    as_of: date,
    department: str | None,
    progress: Progress,
    tenant: str,
    evidence: Evidence | None = None,
) -> Records:
    """Read everything that a review needs, as it stood when the day *as_of* began."""
    zone = find_zone(policy.zone)
    at = midnight(as_of, zone)
    evidence = evidence or Evidence.of({}, policy=policy)
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        organization = read_organization(uow, department=department)
        own = {member.id for member in organization.members}
        elsewhere = frozenset(member.id for member in uow.members.stream()) - own
        stored = {customer.id: customer for customer in uow.customers.stream(with_archived=True)}
        customers = {
            key: customer
            for key, customer in stored.items()
            if customer.archived_at is None or customer.archived_at > at
        }
        held = [one for one in uow.ownerships.stream() if one.since <= at]
        owners = owners_at(held, at)
        credits_ = CreditTally(owner_index(held), zone=policy.zone, currency=policy.currency)
        kpis = evidence.tally(policy)
        strangers: Counter[CustomerId] = Counter()
        purchases = _of_customers(_purchases(uow, at, progress), stored, strangers)
        counted = credits_.passing(kpis.passing(purchases, "purchases"))
        interactions = _interactions(uow, stored, at)
        if evidence.counts("interactions"):
            interactions = kpis.passing(interactions, "interactions")
        trails = _trails(stored, policy, counted, interactions)
        matters = by_customer(uow.matters.open(at=at))
    if evidence.counts("customers"):
        kpis.add_all(stored.values(), "customers")
    if evidence.counts("members"):
        kpis.add_all(organization.members, "members")
    first = evidence.read(kpis, at=at, as_of=as_of, progress=progress)
    return Records(
        at=at,
        organization=organization,
        elsewhere=elsewhere,
        customers=customers,
        owners={key: owned for key, owned in owners.items() if key in customers},
        kpis=kpis,
        credits=credits_,
        trails=trails,
        matters=matters,
        strangers=strangers,
        evidence_from=None if first is None else day_in(first, zone),
    )


def read_trails(
    store: Store, *, policy: Policy, as_of: date, progress: Progress, tenant: str
) -> Mapping[CustomerId, Trail]:
    """Read what each stored customer did before the day *as_of*, whether or not in use."""
    at = midnight(as_of, find_zone(policy.zone))
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        stored = {customer.id: customer for customer in uow.customers.stream(with_archived=True)}
        purchases = _of_customers(_purchases(uow, at, progress), stored, Counter())
        return _trails(stored, policy, purchases, _interactions(uow, stored, at))


def _purchases(uow: UnitOfWork, at: datetime, progress: Progress) -> Iterator[Purchase]:
    reading = Phrase("reading purchases", "读取购买记录")
    return _counted(uow.purchases.until(at), reading, progress)


def _interactions(
    uow: UnitOfWork, stored: Container[CustomerId], at: datetime
) -> Iterator[Interaction]:
    return (one for one in uow.interactions.until(at) if one.customer in stored)


def _trails(
    stored: Mapping[CustomerId, Customer],
    policy: Policy,
    purchases: Iterable[Purchase],
    interactions: Iterable[Interaction],
) -> Mapping[CustomerId, Trail]:
    return collect(
        purchases,
        zone=policy.zone,
        currency=policy.currency,
        interactions=interactions,
        customers=stored.values(),
    )


def _of_customers(
    purchases: Iterable[Purchase],
    stored: Container[CustomerId],
    strangers: Counter[CustomerId],
) -> Iterator[Purchase]:
    """Yield the purchases of customers who are stored, and count those of others."""
    for purchase in purchases:
        if purchase.customer in stored:
            yield purchase
        else:
            strangers[purchase.customer] += 1


def _counted(records: Iterable[_T], what: Phrase, progress: Progress) -> Iterator[_T]:
    """Yield the records and tell how many have passed."""
    count = 0
    for count, record in enumerate(records, start=1):
        yield record
        if count % _STEP == 0:
            progress(count, None, what)
    progress(count, count, what)
