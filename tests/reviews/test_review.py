"""Reviewing a department: what counts, what is judged, and that nothing hides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.allocation import Problem, Solution, Watch
from crmcore.codec import to_json
from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.errors import (
    FaultsError,
    InvalidValueError,
    MixedCurrenciesError,
    NotFoundError,
    UnknownNameError,
)
from crmcore.improvement import Severity
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Money,
    ResponsibilityId,
    TeamId,
    Undefined,
)
from crmcore.memory import MemoryStore
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Member,
    Organization,
    SkillLevel,
    Team,
)
from crmcore.policies import Policy
from crmcore.reassignment import AssignmentWeights, Pin
from crmcore.reviews import Review, review_department
from crmcore.segments import SegmentTable
from crmcore.storage import add_organization

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop, Stores

AS_OF = date(2026, 9, 30)
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
CHEN, DORA = MemberId("chen"), MemberId("dora")


def bought(customer: str, at: datetime, amount: str = "40.00", currency: str = "USD") -> Purchase:
    """Return one purchase."""
    return Purchase(
        id=PurchaseId(f"{customer} {at.isoformat()}"),
        customer=CustomerId(customer),
        at=at,
        amount=Money(amount, currency),
    )


def owned(customer: str, member: str) -> Ownership:
    """Return an ownership that lasts."""
    return Ownership(
        id=OwnershipId(f"o-{customer}-{member}"),
        customer=CustomerId(customer),
        member=MemberId(member),
        since=SINCE,
    )


def kinds(review: Review) -> set[str]:
    """Return the kinds of the findings."""
    return {finding.kind for finding in review.findings}


def test_it_says_where_each_customer_stands(review: Review) -> None:
    """Stage, tier, segment and owner follow from what each of them bought, and when."""
    standing = {
        one.customer: (
            one.features.stage,
            one.features.tier,
            one.features.segment,
            one.owner,
        )
        for one in review.judgements
    }

    assert standing == {
        "ada": ("loyal", "gold", "champions", "ben"),
        "bob": ("loyal", "silver", "champions", "ben"),
        "cy": ("at_risk", "standard", "lapsing", "dora"),
        "dee": ("active", "bronze", "newcomers", "ben"),
        "eve": ("new", "silver", "promising", None),
        "fay": ("lost", "standard", "gone", None),
        "gus": ("loyal", "gold", "champions", "dora"),
        "hal": ("at_risk", "gold", "need_attention", "ben"),
        "ivy": ("active", "standard", "regulars", None),
        "jo": ("active", "gold", "promising", None),
        "kim": ("prospect", "standard", None, None),
        "leo": ("prospect", "standard", None, None),
    }


def test_every_score_is_the_sum_of_its_ledger(review: Review) -> None:
    """No point comes from anywhere but an entry."""
    for one in review.judgements:
        assert one.score.value == sum(entry.points for entry in one.score.ledger)


def test_every_verdict_agrees_with_its_history(review: Review) -> None:
    """The stage and the tier in the features are those at which the histories end."""
    for one in review.judgements:
        assert one.features.stage == one.stages.stage
        assert one.features.tier == one.tiers.tier
        assert one.features.as_of == AS_OF


def test_every_kpi_shows_what_it_rests_on(review: Review) -> None:
    """A value is its numerator, or the ratio of its parts, of the month that it names."""
    for series in review.kpis:
        for period, value in zip(series.periods, series.values, strict=True):
            if isinstance(value, Undefined):
                continue
            assert value.period == period
            assert value.numerator is not None
            below = Decimal(1) if value.denominator is None else value.denominator
            assert abs(value.number * below - value.numerator) < Decimal("1e-20")


def test_sales_are_what_was_paid_in_the_month(shop: Shop, review: Review) -> None:
    """The KPIs count what a naive reading of the purchases counts."""
    for period, sales, orders in zip(
        review.kpi("sales").periods,
        review.kpi("sales").values,
        review.kpi("orders").values,
        strict=True,
    ):
        paid = [
            each.amount.amount
            for each in shop.purchases
            if each.at.astimezone(NEW_YORK).date() in period
        ]

        assert not isinstance(sales, Undefined)
        assert not isinstance(orders, Undefined)
        assert sales.number == sum(paid)
        assert orders.number == len(paid)


def test_every_customer_is_in_one_group_of_each_kind(review: Review) -> None:
    """Stages, tiers and segments each add up to all customers."""
    for groups in (review.stages, review.tiers, review.segments):
        assert sum(group.count for group in groups) == len(review.judgements)


def test_every_move_has_a_reason(review: Review) -> None:
    """Nothing changes hands without a word why, and nothing stays uncovered without one."""
    assert review.plan.moves
    assert all(str(move.reason) for move in review.plan.moves)
    assert all(str(left.reason) for left in review.plan.uncovered)


def test_the_plan_can_be_asked_what_if(review: Review) -> None:
    """What the two plans were made from comes with them, and makes them again."""
    plan = review.plan

    again = plan.duty_scenario.plan(), plan.customer_scenario.plan()

    assert [each.fingerprint for each in again] == [
        plan.duties.fingerprint,
        plan.customers.fingerprint,
    ]
    plan.duty_scenario.check(plan.duties)
    plan.customer_scenario.check(plan.customers)


def test_the_plan_serves_who_is_to_be_looked_after(review: Review) -> None:
    """Whoever has left gives everybody up who needs somebody; nobody is left alone."""
    after = {one.customer: one.owner for one in review.judgements}
    for move in review.plan.customers.moves:
        assert move.customer is not None
        after[move.customer] = move.to_member

    assert {who for who, owner in after.items() if owner == DORA} == {"cy"}
    assert {who for who, owner in after.items() if owner is None} == {
        "fay",
        "ivy",
        "kim",
        "leo",
    } - ({"ivy"} if after[CustomerId("ivy")] else set())


def test_two_stores_with_the_same_records_give_the_same_review(
    shop: Shop, policy: Policy, stores: Stores
) -> None:
    """Where the records are kept does not show."""
    kept = review_department(shop.into(stores()), policy=policy, as_of=AS_OF)

    assert kept == shop.review()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8)
def test_order_does_not_matter(shop: Shop, review: Review, seed: int) -> None:
    """The same records in another order give the same review, byte by byte."""
    dice = Random(seed)  # noqa: S311 - any order will do

    turned = shop.shuffled(lambda records: dice.sample(records, len(records))).review()

    assert turned == review
    assert to_json(turned.plan) == to_json(review.plan)
    assert turned.summary() == review.summary()


def test_only_what_came_before_the_day_counts(shop: Shop) -> None:
    """The day begins at midnight in the zone of the policy; what happens from then on waits."""
    midnight = datetime(2026, 9, 30, tzinfo=NEW_YORK)
    late = bought("leo", midnight - timedelta(seconds=1))
    early = bought("kim", midnight)

    found = attrs.evolve(shop, purchases=(*shop.purchases, late, early)).review()

    assert found.judgement("leo").features.days_since_last == 1
    assert found.judgement("kim").features.frequency == 0


def test_who_holds_what_is_asked_at_midnight_in_the_zone(shop: Shop) -> None:
    """Whoever takes a duty over at the beginning of the day is the one the plan is made with."""
    midnight = datetime(2026, 9, 30, tzinfo=NEW_YORK)
    handed = tuple(
        attrs.evolve(held, until=midnight) if held.member == DORA else held
        for held in shop.organization.assignments
    )
    taken = Assignment(
        id="a-5",
        responsibility=ResponsibilityId("renewals"),
        duty=Duty.RESPONSIBLE,
        member=CHEN,
        since=midnight,
    )
    organization = attrs.evolve(shop.organization, assignments=[*handed, taken])

    found = attrs.evolve(shop, organization=organization).review()

    assert taken.id in {held.id for held in found.assigned}
    assert "responsibility:renewals:responsible" not in {
        move.subject for move in found.plan.duties.moves
    }


def test_who_was_put_out_of_use_is_not_reviewed(shop: Shop) -> None:
    """Whoever is archived is judged no more, but the past stays what it was."""
    midnight = datetime(2026, 9, 30, tzinfo=NEW_YORK)
    ends = {"ada": midnight, "bob": midnight + timedelta(seconds=1)}
    customers = tuple(attrs.evolve(one, archived_at=ends.get(one.id)) for one in shop.customers)

    found = attrs.evolve(shop, customers=customers).review()

    assert "ada" not in {one.customer for one in found.judgements}
    assert found.judgement("bob").owner == "ben"
    assert "customer:ada" not in {move.subject for move in found.plan.moves}
    assert found.kpis == shop.review().kpis


def test_a_caller_who_counts_coarsely_gets_the_same(shop: Shop) -> None:
    """The decimal context of the caller changes no number of a review."""
    with localcontext(prec=3):
        found = shop.review()

    assert found == shop.review()


def test_a_department_without_customers_can_be_reviewed(shop: Shop) -> None:
    """Where there is nothing to count, nothing is made up."""
    found = attrs.evolve(shop, customers=(), purchases=(), interactions=(), ownerships=()).review()

    assert found.judgements == ()
    assert found.plan.customers.moves == ()
    assert isinstance(found.kpi("retention_rate").latest, Undefined)
    assert kinds(found) >= {"goal_without_baseline", "gap"}
    assert not kinds(found) & {"no_owner", "owner_has_left", "valued_at_risk", "no_segment"}


def test_prospects_need_nobody_of_their_own(shop: Shop) -> None:
    """Whoever has never bought stands at the beginning, in no segment, and moves to nobody."""
    found = attrs.evolve(shop, purchases=(), ownerships=()).review()

    assert {one.features.stage for one in found.judgements} == {"prospect"}
    assert {one.placement.segment for one in found.judgements} == {None}
    assert found.plan.customers.moves == ()
    assert not kinds(found) & {"no_owner", "no_segment"}


def other_department() -> Organization:
    """Return a second department, with somebody who looks after customers."""
    return Organization(
        department=Department(id=DepartmentId("trade"), name="Trade"),
        teams=[
            Team(
                id=TeamId("trade"),
                name="Trade",
                department=DepartmentId("trade"),
                looks_after_customers=True,
            )
        ],
        members=[
            Member(
                id=MemberId("zoe"),
                name="Zoe",
                team=TeamId("trade"),
                weekly_hours=Decimal(30),
            )
        ],
    )


def test_of_several_departments_one_is_named(shop: Shop, policy: Policy) -> None:
    """Its own people are planned with; what another department's people own stays there."""
    others = tuple(
        attrs.evolve(held, member=MemberId("zoe")) if held.customer == "gus" else held
        for held in shop.ownerships
    )
    store = attrs.evolve(shop, ownerships=others).into(MemoryStore())
    with store.unit_of_work() as uow:
        add_organization(uow, other_department())
        uow.commit()

    with pytest.raises(InvalidValueError, match="department must be named"):
        review_department(store, policy=policy, as_of=AS_OF)
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        review_department(store, policy=policy, as_of=SINCE, department="care")
    found = review_department(store, policy=policy, as_of=AS_OF, department="care")

    assert {member.id for member in found.organization.members} == {"anna", "ben", "chen", "dora"}
    assert found.judgement("gus").owner == "zoe"
    assert "customer:gus" not in {move.subject for move in found.plan.moves}


def test_it_finds_who_has_nobody_and_whose_owner_has_left(review: Review) -> None:
    """Findings about the book count the customers and name those first who spent most."""
    by_kind = {finding.kind: finding for finding in review.findings}

    alone = by_kind["no_owner"]
    assert alone.title.en == "3 customers to be looked after in person have no owner"
    assert alone.title.zh == "3位应有专人负责的客户没有负责人"
    assert dict(alone.evidence) == {
        "customers": "3",
        "recent spend": "510.00",
        "first of them": "jo, eve, ivy",
    }
    left = by_kind["owner_has_left"]
    assert (left.severity, left.subject) == (Severity.CRITICAL, "member:dora")
    assert left.title.en == "Dora Maar left on 2026-09-01 and still owns 2 customers"


def test_it_finds_customers_of_a_tier_who_are_at_risk(shop: Shop) -> None:
    """Whoever paid much and falls silent is told of, tier by tier."""
    at = datetime(2026, 3, 20, 16, tzinfo=UTC)
    slipping = [bought("kim", at - timedelta(days=n), "110.00") for n in (0, 20, 40)]

    found = attrs.evolve(shop, purchases=(*shop.purchases, *slipping)).review()

    risks = [finding for finding in found.findings if finding.kind == "valued_at_risk"]
    assert [risk.subject for risk in risks] == ["tier:gold", "tier:silver"]
    risk = risks[1]
    assert risk.severity is Severity.WARNING
    assert risk.title.en == "1 customer of the tier silver is at risk"
    assert risk.title.zh == "银级客户中有1位存在流失风险"


def test_it_finds_customers_in_no_segment(shop: Shop, policy: Policy) -> None:
    """A table that leaves somebody out is told; whoever never bought is in none anyway."""
    champions = policy.segments.segments[:1]
    narrow = attrs.evolve(policy, segments=SegmentTable(segments=champions, exactly_one=False))

    found = shop.review(policy=narrow)

    (lost,) = (finding for finding in found.findings if finding.kind == "no_segment")
    assert lost.title.en == "7 customers with purchases are in no segment"
    assert sum(group.count for group in found.segments) == len(found.judgements)


def test_one_customer_is_told_of_in_the_singular(shop: Shop) -> None:
    """One customer has, two customers have."""
    jo = tuple(one for one in shop.customers if one.id in {"jo", "cy"})
    cy = (owned("cy", "dora"),)

    found = attrs.evolve(shop, customers=jo, ownerships=cy).review()

    assert {"no_owner", "owner_has_left"} <= kinds(found)
    titles = {finding.kind: finding.title.en for finding in found.findings}
    assert titles["no_owner"] == "1 customer to be looked after in person has no owner"
    assert titles["owner_has_left"] == "Dora Maar left on 2026-09-01 and still owns 1 customer"


def test_who_will_leave_has_not_left(shop: Shop) -> None:
    """Until the day comes, a member has a job, and customers whom nobody misses."""
    leaving = tuple(
        attrs.evolve(member, left_on=date(2026, 12, 1)) if member.id == DORA else member
        for member in shop.organization.members
    )

    found = attrs.evolve(
        shop, organization=attrs.evolve(shop.organization, members=leaving)
    ).review()

    assert "owner_has_left" not in kinds(found)
    assert [job.member for job in found.jobs] == ["anna", "ben", "chen", "dora"]


def test_jobs_and_training_follow_the_plan(review: Review) -> None:
    """A description has the duties that the plan gives; who has left has no job."""
    duties = {
        job.member: {(duty.responsibility, duty.duty) for duty in job.duties} for job in review.jobs
    }

    assert duties == {
        "anna": {
            ("complaints", Duty.ACCOUNTABLE),
            ("complaints", Duty.RESPONSIBLE),
        },
        "ben": {("complaints", Duty.BACKUP)},
        "chen": {("renewals", Duty.RESPONSIBLE)},
    }
    assert [need.skill for need in review.training] == ["complaint handling"]


def test_pins_are_kept(shop: Shop, policy: Policy) -> None:
    """What is pinned goes where it is pinned, customers and duties alike."""
    pins = [
        Pin(member=CHEN, customer=CustomerId("dee")),
        Pin(
            member=MemberId("ben"),
            responsibility=ResponsibilityId("complaints"),
            duty=Duty.RESPONSIBLE,
        ),
    ]

    found = review_department(shop.into(MemoryStore()), policy=policy, as_of=AS_OF, pins=pins)

    moved = {move.subject: move.to_member for move in found.plan.moves}
    assert moved["customer:dee"] == "chen"
    assert "responsibility:complaints:responsible" not in moved


def test_weights_reach_the_plan(shop: Shop, policy: Policy) -> None:
    """Where a change costs more than a better fit wins, duties stay where they are."""
    held = [one for one in shop.organization.assignments if one.duty is not Duty.BACKUP]
    alone = attrs.evolve(shop, organization=attrs.evolve(shop.organization, assignments=held))
    dear = AssignmentWeights(change=100_000)

    plans = [
        review_department(alone.into(MemoryStore()), policy=policy, as_of=AS_OF, weights=weights)
        for weights in (None, dear)
    ]

    subject = "responsibility:complaints:responsible"
    moved = [{move.subject for move in found.plan.duties.moves} for found in plans]
    assert [subject in some for some in moved] == [True, False]


def test_what_a_customer_needs_is_asked_of_the_member(shop: Shop) -> None:
    """A skill that both tier and customer want is wanted at the higher level; others are added."""
    customers = tuple(
        attrs.evolve(one, needs=["negotiation", "selling"]) if one.id == "jo" else one
        for one in shop.customers
    )
    members = tuple(
        attrs.evolve(one, skills=[SkillLevel("negotiation", 1)]) if one.id == "anna" else one
        for one in shop.organization.members
    )
    organization = attrs.evolve(shop.organization, members=members)

    found = attrs.evolve(shop, customers=customers, organization=organization).review()

    moved = {move.subject: move.to_member for move in found.plan.customers.moves}
    assert moved["customer:jo"] == "chen"


def test_the_longest_id_of_a_responsibility_fits(shop: Shop) -> None:
    """Ids of 64 characters are allowed, and describing the jobs needs no longer one."""
    long = ResponsibilityId("r" * 64)
    duty = attrs.evolve(shop.organization.responsibilities[0], id=long)
    organization = attrs.evolve(
        shop.organization,
        responsibilities=[*shop.organization.responsibilities, duty],
    )

    found = attrs.evolve(shop, organization=organization).review()

    assert long in {each.responsibility for job in found.jobs for each in job.duties}


def test_an_owner_who_is_no_member_any_more_gives_way(shop: Shop) -> None:
    """Customers of somebody whom the store does not know are handed over like a leaver's."""
    found = attrs.evolve(shop, ownerships=(owned("gus", "gone"),)).review()

    move = next(move for move in found.plan.moves if move.customer == "gus")
    assert (move.from_member, move.to_member) == ("gone", "chen")


def test_months_are_as_many_as_asked_for(shop: Shop) -> None:
    """KPIs and moves between stages are shown for the last whole months, records or not."""
    few, many = shop.review(months=3), shop.review(months=36)

    assert [series.periods[0].start for series in few.kpis] == [date(2026, 6, 1)] * len(few.kpis)
    assert [flow.period.end for flow in few.flows][-1] == date(2026, 9, 1)
    assert {len(series.values) for series in many.kpis} == {36}
    assert len(many.flows) == 36
    assert many.kpi("sales").values[-3:] == few.kpi("sales").values


def test_customers_are_found_by_id(review: Review) -> None:
    """An unknown customer or KPI is refused, with the nearest that is known."""
    assert review.judgement("gus").customer == "gus"
    with pytest.raises(UnknownNameError, match="did you mean 'gus'"):
        review.judgement("guss")
    with pytest.raises(UnknownNameError, match="unknown customer 'zzz'"):
        review.judgement("zzz")
    assert review.kpi("sales").kpi.id == "sales"
    with pytest.raises(UnknownNameError, match="did you mean 'sales'"):
        review.kpi("sale")


def test_progress_is_told(shop: Shop, policy: Policy) -> None:
    """Each step says its name, how much of it is done, and of how much where that is known."""
    told: list[tuple[int, int | None, str]] = []

    review_department(
        shop.into(MemoryStore()),
        policy=policy,
        as_of=AS_OF,
        progress=lambda done, total, what: told.append((done, total, what.en)),
    )

    count = len(shop.purchases)
    assert told[:5] == [
        (count, count, "reading purchases"),
        (0, None, "valuing customers"),
        (12, 12, "judging customers"),
        (0, None, "computing KPIs"),
        (0, None, "making the plan"),
    ]


def test_a_review_takes_a_watch_and_a_solver(shop: Shop, policy: Policy) -> None:
    """Both searches are timed and may be cut short, and a solver is asked about the rest."""

    class Modest:
        def improve(self, _: Problem, solution: Solution, *, watch: Watch | None) -> Solution:
            asked.append(watch)
            return solution

    asked: list[Watch | None] = []
    store = shop.into(MemoryStore())
    plain = review_department(store, policy=policy, as_of=AS_OF)

    timed = review_department(
        store, policy=policy, as_of=AS_OF, watch=Watch(count().__next__), solver=Modest()
    )
    cut = review_department(
        store, policy=policy, as_of=AS_OF, watch=Watch(lambda: 0.0, seconds=0), solver=Modest()
    )

    assert timed.plan == plain.plan
    assert all(plan.seconds for plan in (timed.plan.duties, timed.plan.customers))
    assert cut.plan.duties.stopped
    assert all(watch is not None for watch in asked)


def test_a_long_step_is_told_of_on_the_way(shop: Shop, policy: Policy) -> None:
    """Every five thousand purchases and every thousand customers there is a word."""
    names = [CustomerId(f"c-{number:04}") for number in range(1001)]
    many = attrs.evolve(
        shop,
        customers=tuple(Customer(id=name, name=name) for name in names),
        purchases=tuple(
            bought(names[number % 5], SINCE + timedelta(hours=number)) for number in range(5001)
        ),
        interactions=(),
        ownerships=(),
    )
    told: list[tuple[int, int | None, str]] = []

    review_department(
        many.into(MemoryStore()),
        policy=policy,
        as_of=AS_OF,
        progress=lambda done, total, what: told.append((done, total, what.en)),
    )

    assert told[:4] == [
        (5000, None, "reading purchases"),
        (5001, 5001, "reading purchases"),
        (0, None, "valuing customers"),
        (1000, 1001, "judging customers"),
    ]


@pytest.mark.parametrize(("name", "most"), [("months", 1200), ("weeks", 52)])
@pytest.mark.parametrize("number", [0, -1, 1201, 1.5, "3"])
def test_a_stretch_of_nothing_and_an_absurd_one_are_refused(
    shop: Shop,
    name: str,
    most: int,
    number: Any,  # noqa: ANN401
) -> None:
    """There is nothing to plan in no weeks, and nobody plans for a century."""
    with pytest.raises(
        InvalidValueError, match=f"^{name} must be a whole number between 1 and {most} "
    ):
        shop.review(**{name: number})


def test_mixed_currencies_are_refused(shop: Shop) -> None:
    """Amounts in two currencies cannot be added, and no rate is made up."""
    foreign = bought("kim", SINCE, currency="EUR")

    with pytest.raises(MixedCurrenciesError, match="USD and EUR"):
        attrs.evolve(shop, purchases=(*shop.purchases, foreign)).review()


def test_two_owners_of_one_customer_are_refused(shop: Shop) -> None:
    """A customer whom two members own is a fault in the records, told with both."""
    twice = attrs.evolve(shop, ownerships=(owned("ada", "ben"), owned("ada", "chen")))

    with pytest.raises(FaultsError, match="both 'ben' and 'chen' own it"):
        twice.review()


def test_an_unknown_department_is_refused(shop: Shop, policy: Policy) -> None:
    """Only what is stored can be reviewed."""
    with pytest.raises(NotFoundError, match="there is no department 'car'"):
        review_department(shop.into(MemoryStore()), policy=policy, as_of=AS_OF, department="car")


def test_a_store_without_a_department_is_refused(policy: Policy) -> None:
    """There must be somebody to review."""
    with pytest.raises(InvalidValueError, match="department must be stored first"):
        review_department(MemoryStore(), policy=policy, as_of=AS_OF)


def test_who_owns_customers_and_is_no_member_is_found(shop: Shop) -> None:
    """What nobody is to be seen for does not hide, also where the plan leaves it as it is."""
    others = tuple(
        attrs.evolve(held, member=MemberId("ghost")) if held.member == "ben" else held
        for held in shop.ownerships
    )

    found = attrs.evolve(shop, ownerships=others).review()

    (finding,) = (each for each in found.findings if each.kind == "unknown_owner")
    assert finding.severity is Severity.CRITICAL
    assert finding.subject == "member:ghost"
    assert finding.title.en == "4 customers are owned by 'ghost', who is no member"
    assert finding.title.zh == "4位客户的负责人ghost不是任何部门的成员"


@pytest.mark.parametrize(
    ("missing", "title"),
    [
        ({"eve"}, "1 purchase belongs to 1 customer that is not stored, and counts nowhere"),
        (
            {"dee", "eve"},
            "3 purchases belong to 2 customers that are not stored, and count nowhere",
        ),
    ],
)
def test_purchases_of_nobody_are_found(shop: Shop, missing: set[str], title: str) -> None:
    """They are in no figure, and the review says how many there are."""
    customers = tuple(one for one in shop.customers if one.id not in missing)

    found = attrs.evolve(shop, customers=customers).review()

    (finding,) = (each for each in found.findings if each.kind == "unknown_customer")
    assert finding.title.en == title
    assert dict(finding.evidence)["first of them"] == ", ".join(sorted(missing))
    assert not missing & {one.customer for one in found.judgements}
