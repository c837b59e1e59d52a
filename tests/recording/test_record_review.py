"""Recording reviews: what was judged is told on later days as it was judged."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.errors import AlreadyExistsError, InvalidValueError
from crmcore.events import DomainEvent
from crmcore.facts import KpiFact, KpiScope, changes
from crmcore.kernel import CustomerId, Money, Reason
from crmcore.kpis import kpi
from crmcore.lifecycle import Stage
from crmcore.measures import Count
from crmcore.memory import MemoryStore
from crmcore.organization import Organization
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.policies import Policy
from crmcore.reassignment import Capacity, assign_customers
from crmcore.recording import RecordedFacts, record_review
from crmcore.reviews import Review, apply_plan, review_department
from crmcore.storage import Capability, Store, UnitOfWork, add_organization
from crmcore.surveys import Audience, SurveyAnswer

if TYPE_CHECKING:
    from tests.recording.conftest import Fill

POLICY = Policy.default()
EVERY_STORE = pytest.mark.parametrize("store", ["memory", "sqlite", "postgresql"], indirect=True)
APRIL_1, MAY_3, JULY_1 = date(2026, 4, 1), date(2026, 5, 3), date(2026, 7, 1)


def review(store: Store, as_of: date, policy: Policy = POLICY, **options: Any) -> Review:  # noqa: ANN401
    """Return the review of the shop."""
    return review_department(store, policy=policy, as_of=as_of, months=4, **options)


def record(
    store: Store,
    as_of: date,
    policy: Policy = POLICY,
    *,
    hour: int = 6,
    **options: Any,  # noqa: ANN401
) -> RecordedFacts:
    """Review the shop and write it down on the morning of the day."""
    at = datetime(as_of.year, as_of.month, as_of.day, hour, tzinfo=UTC)
    found = review(store, as_of, policy, **options)
    return record_review(store, found, by="mia", at=at, **options)


def sell(store: Store, customer: str, day: date, amount: int = 100) -> None:
    """Keep a purchase that came in late."""
    with store.unit_of_work() as uow:
        uow.purchases.add(
            Purchase(
                id=PurchaseId(f"late {customer} {day}"),
                customer=CustomerId(customer),
                at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
                amount=Money(amount, "USD"),
            )
        )
        uow.commit()


def told(store: Store) -> list[DomainEvent]:
    """Return the events in the outbox."""
    return [one.event for one in store.outbox().read().events]


@EVERY_STORE
def test_a_score_is_told_as_it_was_given(store: Store) -> None:
    """Why the score was what it was on 3 May: the ledger is printed exactly as then."""
    then = review(store, MAY_3)
    record_review(store, then, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))
    sell(store, "ada", date(2026, 5, 2), 900)
    record(store, JULY_1)

    with store.unit_of_work(readonly=True) as uow:
        on_may_3 = uow.facts.scores.on("ada", MAY_3)
        on_may_31 = uow.facts.scores.on("ada", date(2026, 5, 31))
        before = uow.facts.scores.on("ada", date(2026, 5, 2))

    assert on_may_3 is not None
    assert on_may_3.score == then.judgement("ada").score
    assert str(on_may_3.score) == str(then.judgement("ada").score)
    assert [entry.evidence for entry in on_may_3.score.ledger] == [
        entry.evidence for entry in then.judgement("ada").score.ledger
    ]
    assert on_may_31 == on_may_3
    assert before is None


def test_the_stage_of_a_day_is_told(shop: Store) -> None:
    """Where a customer stood is what was judged last by that day."""
    for day in (JULY_1, APRIL_1, MAY_3):
        record(shop, day)

    with shop.unit_of_work(readonly=True) as uow:
        stood = {
            day: fact and fact.stage
            for day in (date(2026, 3, 31), APRIL_1, MAY_3, date(2026, 6, 30), JULY_1)
            for fact in [uow.facts.stages.on("bob", day)]
        }

    assert list(stood.values()) == [None, Stage.NEW, Stage.NEW, Stage.NEW, Stage.AT_RISK]


def test_it_is_told_when_a_customer_became_gold(shop: Store) -> None:
    """A fact tells since when; the first one that says gold tells when it was first known."""
    for day in (APRIL_1, MAY_3, JULY_1):
        record(shop, day)

    with shop.unit_of_work(readonly=True) as uow:
        course = changes(uow.facts.tiers.of("ada"))

    assert [(fact.tier, fact.since, fact.as_of) for fact in course] == [
        ("silver", date(2026, 3, 1), APRIL_1),
        ("gold", date(2026, 5, 1), MAY_3),
    ]


def test_the_owner_of_a_day_is_told(shop: Store) -> None:
    """Who owned a customer on a day stays told after a plan has been applied."""
    handover = datetime(2026, 5, 15, tzinfo=UTC)
    [wei, lin] = [
        Capacity(member=review(shop, MAY_3).organization.member(name), hours=Decimal(10))
        for name in ("wei", "lin")
    ]
    move = Move(
        customer=CustomerId("ada"),
        from_member=wei.member.id,
        to_member=lin.member.id,
        reason=MoveReason(kind=MoveKind.RELIEF),
    )
    plan = attrs.evolve(assign_customers([], [wei, lin], as_of=MAY_3), moves=(move,))

    apply_plan(shop, plan, by="mia", at=handover)

    with shop.unit_of_work(readonly=True) as uow:
        before = uow.ownerships.owner_of(CustomerId("ada"), at=datetime(2026, 5, 14, tzinfo=UTC))
        after = uow.ownerships.owner_of(CustomerId("ada"), at=handover)
        nobody = uow.ownerships.owner_of(CustomerId("cy"), at=handover)
    assert before is not None
    assert after is not None
    assert (before.member, after.member, nobody) == ("wei", "lin", None)


def test_a_figure_is_told_as_it_was_known(shop: Store) -> None:
    """What April's sales were known to be on a day, before and after a purchase came in late."""
    record(shop, MAY_3)
    sell(shop, "bob", date(2026, 4, 30), 50)
    record(shop, JULY_1)

    with shop.unit_of_work(readonly=True) as uow:
        sales = uow.facts.kpis
        in_may = sales.on("sales department:care 2026-04", date(2026, 6, 1))
        in_july = sales.on("sales department:care 2026-04", JULY_1)
        of_lin = sales.on("sales member:lin 2026-04", JULY_1)

    assert in_may is not None
    assert in_july is not None
    assert of_lin is not None
    assert [*map(int, (in_may.number or 0, in_july.number or 0, of_lin.number or 0))] == [
        80,
        130,
        50,
    ]
    assert (in_july.currency, in_july.unit, in_july.n) == ("USD", "money", 2)


def test_figures_come_out_as_the_review_has_them(store: Store) -> None:
    """Every value is there, with all that it rests on, or with the reason why there is none."""
    then = review(store, MAY_3)
    record_review(store, then, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))

    with store.unit_of_work(readonly=True) as uow:
        stored = {fact.subject: fact.value for fact in uow.facts.kpis.stream()}

    for series in then.kpis:
        for period, value in zip(series.periods, series.values, strict=True):
            found = stored[f"{series.kpi.id} department:care {period}"]
            assert found == value
            assert str(found) == str(value)
    assert len(stored) == 4 * (12 + 3 * 3)


@pytest.mark.parametrize("kpi", ["sales", "orders", "new_customers"])
def test_stored_figures_of_members_add_up(shop: Store, kpi: str) -> None:
    """In every month, the facts of members and of nobody add up to those of the department."""
    sell(shop, "cy", date(2026, 4, 2), 7)  # who has no owner
    record(shop, MAY_3)

    sums: Counter[tuple[bool, date]] = Counter()
    with shop.unit_of_work(readonly=True) as uow:
        facts = [fact for fact in uow.facts.kpis.stream() if fact.kpi == kpi]
    for fact in facts:
        is_whole = fact.scope is KpiScope.DEPARTMENT
        sums[is_whole, fact.period_start] += int(fact.number or 0)

    months = {fact.period_start for fact in facts}
    assert {fact.scope for fact in facts} == set(KpiScope)
    assert [sums[True, month] for month in months] == [sums[False, month] for month in months]
    assert sum(sums.values()) > 0


@EVERY_STORE
def test_done_twice_it_is_done_once(store: Store) -> None:
    """The second time nothing is written and nothing is told."""
    record(store, APRIL_1)
    first = record(store, JULY_1)
    events = told(store)

    again = record(store, JULY_1, hour=9)

    assert (first.stages, first.tiers, first.scores, first.kpis) == (3, 3, 3, 4 * (12 + 3 * 3))
    assert again.total == 0
    assert again.events == ()
    assert told(store) == events
    with store.unit_of_work(readonly=True) as uow:
        kept = uow.facts.stages.on("bob", JULY_1)
    assert kept is not None
    assert kept.recorded_at == datetime(2026, 7, 1, 6, tzinfo=UTC)


def test_what_was_judged_stays(store: Store) -> None:
    """Records that came in late change no judgement of a day; of that review nothing is kept."""
    record(store, MAY_3)
    sell(store, "ada", date(2026, 5, 2), 900)
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("dee"), name="Dee"))
        uow.commit()

    with pytest.raises(AlreadyExistsError, match="fact '2026-05-03-"):
        record(store, MAY_3)

    with store.unit_of_work(readonly=True) as uow:
        assert uow.facts.stages.of("dee") == ()
        assert sum(1 for _ in uow.facts.scores.stream()) == 3
    assert told(store) == []


def test_another_policy_judges_the_same_day(shop: Store) -> None:
    """Two policies give two judgements of a day; the one that was written down last holds."""
    strict = attrs.evolve(POLICY, version="2")
    record(shop, MAY_3, strict, hour=9)
    record(shop, MAY_3)

    with shop.unit_of_work(readonly=True) as uow:
        held = uow.facts.stages.on("ada", MAY_3)
        both = uow.facts.stages.of("ada")

    assert held is not None
    assert held.policy_version == "2"
    assert [fact.policy_version for fact in both] == ["1", "2"]
    assert held.fingerprint == strict.fingerprint


def test_changes_are_told(store: Store) -> None:
    """Whose stage or tier differs from what held before is told in ids and words."""
    first = record(store, APRIL_1)
    second = record(store, JULY_1)

    assert first.events == ()
    assert told(store) == list(second.events)
    assert [(one.name, one.subject, dict(one.data)["after"]) for one in second.events] == [
        ("customer.stage_changed", "customers/ada", "loyal"),
        ("customer.tier_changed", "customers/ada", "gold"),
        ("customer.stage_changed", "customers/bob", "at_risk"),
    ]
    event = second.events[-1]
    assert event.at == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert dict(event.data) == {
        "before": "new",
        "after": "at_risk",
        "since": "2026-06-01",
        "as_of": "2026-07-01",
        "policy": POLICY.fingerprint,
    }


def archive(store: Store, customer: str, at: datetime | None) -> None:
    """Put a customer out of use, or into use again."""
    with store.unit_of_work() as uow:
        found = uow.customers.get(customer, with_archived=True)
        uow.customers.save(attrs.evolve(found, archived_at=at))
        uow.commit()


def test_who_was_left_out_of_the_last_review_is_compared_with_an_earlier_one(
    shop: Store,
) -> None:
    """What held before is the customer's own latest fact, on whatever day it was judged."""
    record(shop, APRIL_1)
    archive(shop, "bob", datetime(2026, 4, 2, tzinfo=UTC))
    record(shop, MAY_3)
    archive(shop, "bob", None)

    found = record(shop, JULY_1)

    assert ("customer.stage_changed", "customers/bob") in {
        (event.name, event.subject) for event in found.events
    }


def test_the_first_customers_need_not_have_been_judged_last(shop: Store) -> None:
    """The latest day before is found also where the first customers were not judged then."""
    archive(shop, "ada", datetime(2026, 4, 15, tzinfo=UTC))
    archive(shop, "bob", datetime(2026, 4, 15, tzinfo=UTC))
    record(shop, APRIL_1)
    record(shop, MAY_3)  # Cy alone
    archive(shop, "ada", None)
    archive(shop, "bob", None)
    with shop.unit_of_work() as uow:
        for name in ("a1", "a2", "a3", "a4", "a5"):
            uow.customers.add(Customer(id=CustomerId(name), name=name))
        uow.commit()

    found = record(shop, JULY_1)

    assert {event.subject for event in found.events} == {"customers/ada", "customers/bob"}


def test_a_review_without_customers_has_figures_alone(organization: Organization) -> None:
    """Where nobody is judged, there is nothing to compare."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        add_organization(uow, organization)
        uow.commit()

    found = record(store, MAY_3)

    assert (found.stages, found.tiers, found.scores) == (0, 0, 0)
    assert found.kpis == 4 * (12 + 3)
    with store.unit_of_work(readonly=True) as uow:
        [reason] = {fact.reason for fact in uow.facts.kpis.stream()}
    assert reason is Reason.NO_DATA


def test_tenants_have_facts_of_their_own(fill: Fill, shop: Store) -> None:
    """What is judged of one tenant is not there for another."""
    fill(shop, tenant="north")

    record(shop, MAY_3, tenant="north")

    with shop.unit_of_work(readonly=True) as uow:
        assert uow.facts.stages.of("ada") == ()
    with shop.unit_of_work(readonly=True, tenant="north") as uow:
        assert len(uow.facts.stages.of("ada")) == 1


class Quiet:
    """A store that has no outbox."""

    def __init__(self, store: Store) -> None:
        """Stand before another store."""
        self.store = store
        self.capabilities = store.capabilities - {Capability.OUTBOX}

    def unit_of_work(self, **options: Any) -> UnitOfWork:  # noqa: ANN401
        """Return a unit of work."""
        return self.store.unit_of_work(**options)


def test_a_store_without_an_outbox_keeps_facts_all_the_same(shop: Store) -> None:
    """Where nobody can be told, the changes are returned to whoever records."""
    record(shop, APRIL_1)
    quiet: Any = Quiet(shop)

    found = record_review(
        quiet, review(shop, JULY_1), by="mia", at=datetime(2026, 7, 1, tzinfo=UTC)
    )

    assert found.stages == 3
    assert len(found.events) == 3
    assert told(shop) == []


class Slow(Quiet):
    """A store in which somebody else records a review right before the first commit."""

    def __init__(self, store: Store, other: Review) -> None:
        """Begin with the review that somebody else records."""
        super().__init__(store)
        self.waiting = [other]

    def unit_of_work(self, **options: Any) -> UnitOfWork:  # noqa: ANN401
        """Return a unit of work that commits late."""
        uow: Any = self.store.unit_of_work(**options)
        commit = uow.commit

        def late() -> None:
            while self.waiting:
                other = self.waiting.pop()
                record_review(self.store, other, by="lin", at=datetime(2026, 7, 1, 3, tzinfo=UTC))
            commit()

        uow.commit = late
        return uow  # type: ignore[no-any-return]


def test_of_two_who_record_at_the_same_moment_one_writes(shop: Store) -> None:
    """Whoever comes second finds the very same facts, and writes none."""
    found = review(shop, JULY_1)
    slow: Any = Slow(shop, found)

    recorded = record_review(slow, found, by="mia", at=datetime(2026, 7, 1, 6, tzinfo=UTC))

    assert recorded.total == 0
    with shop.unit_of_work(readonly=True) as uow:
        assert sum(1 for _ in uow.facts.stages.stream()) == 3


def test_what_was_recorded_reads_as_a_line(shop: Store) -> None:
    """A log can say what was done."""
    record(shop, APRIL_1)

    assert str(record(shop, JULY_1)) == (
        "mia recorded the review as of 2026-07-01: 3 stages, 3 tiers, 3 scores, 84 KPIs, 3 changes"
    )


def test_who_and_when_are_wanted(shop: Store) -> None:
    """An instant without a zone, and nobody, are refused; nothing is kept."""
    found = review(shop, MAY_3)

    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        record_review(shop, found, by="mia", at=datetime(2026, 5, 3))  # noqa: DTZ001
    with pytest.raises(InvalidValueError, match="by must not be empty"):
        record_review(shop, found, by="", at=datetime(2026, 5, 3, tzinfo=UTC))

    with shop.unit_of_work(readonly=True) as uow:
        assert next(uow.facts.kpis.stream(), None) is None


@EVERY_STORE
def test_kpis_of_records_that_were_handed_in_are_written_down(store: Store) -> None:
    """A value from answers is a fact of the department, with all that it rests on."""
    answers = [
        SurveyAnswer(
            id=f"a-{nth}",
            survey="service",
            wave="2026",
            item="overall",
            audience=Audience.CUSTOMER,
            at=datetime(2026, 4, nth + 1, 12, tzinfo=UTC),
            low=1,
            high=5,
            score=nth,
        )
        for nth in range(1, 6)
    ]
    found = review(store, MAY_3, evidence={"answers": answers})

    record_review(store, found, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))

    with store.unit_of_work(readonly=True) as uow:
        stored = [fact for fact in uow.facts.kpis.stream() if fact.kpi == "satisfaction_rate"]
    facts = sorted(stored, key=lambda fact: fact.period_start)
    assert [fact.value for fact in facts] == list(found.kpi("satisfaction_rate").values)
    assert {(fact.scope, fact.scope_id) for fact in facts} == {(KpiScope.DEPARTMENT, "care")}
    assert facts[-1].number == Decimal("0.4")


def test_each_month_has_the_version_of_its_definition(shop: Store) -> None:
    """A definition that came into force in April leaves the facts of March with the old one."""
    gross = attrs.evolve(
        kpi("orders"),
        measure=Count(source="purchases"),
        version="2",
        since=date(2026, 4, 1),
    )

    found = review(shop, MAY_3, attrs.evolve(POLICY, kpis=(gross,)))
    record_review(shop, found, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))

    with shop.unit_of_work(readonly=True) as uow:
        versions = {
            str(fact.period): fact.definition_version
            for fact in uow.facts.kpis.stream()
            if fact.kpi == "orders" and fact.scope is KpiScope.DEPARTMENT
        }
    assert versions == {"2026-01": "1", "2026-02": "1", "2026-03": "1", "2026-04": "2"}


def test_a_series_of_a_part_is_no_fact_of_the_whole(shop: Store) -> None:
    """Whose figure it is, the scope of the fact says, and nothing else."""
    series = attrs.evolve(review(shop, MAY_3).kpi("orders"), scope=(("team", "sales"),))

    with pytest.raises(InvalidValueError, match="series must be told apart by no dimension"):
        KpiFact.of(
            series,
            series.periods[0],
            scope_id="care",
            policy="p",
            policy_version="1",
            fingerprint="f",
            recorded_at=datetime(2026, 5, 3, 6, tzinfo=UTC),
        )
