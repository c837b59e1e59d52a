"""What may be asked of a plan: rules of the company, locks, customers apart or together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from crmcore.allocation import Watch
from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Phrase,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Interest,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.plans import MoveKind, Plan, Term
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    CustomerNeed,
    Eligibility,
    Lock,
    Pin,
    assign_customers,
    assign_responsibilities,
)
from tests.reassignment.making import DAY, holder, need

CALM = AssignmentWeights(idle=0, tolerance=Decimal(0))
SENIOR = Eligibility(
    where=F.tier == "gold",
    only=F.seniority >= 3,
    label=Phrase("a seniority of 3", "3级资历"),
)


def plan(book: Iterable[CustomerNeed], holders: Iterable[Capacity], **more: Any) -> Plan:  # noqa: ANN401
    """Plan with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def after(found: Plan, book: Iterable[CustomerNeed]) -> dict[str, str | None]:
    """Return who holds which customer after a plan."""
    held = found.simulate({f"customer:{need.customer}": need.owner for need in book})
    return {key.removeprefix("customer:"): who for key, who in held.items()}


def lock(key: str) -> Lock:
    """Lock a customer."""
    return Lock(customer=CustomerId(key))


def pin(key: str, member: str) -> Pin:
    """Pin a customer."""
    return Pin(customer=CustomerId(key), member=MemberId(member))


def ids(*keys: str) -> list[CustomerId]:
    """Return ids of customers."""
    return [CustomerId(key) for key in keys]


JUNIOR = holder("jun", facts={"seniority": 2})
CHIEF = holder("max", facts={"seniority": 3})
NEWCOMER = holder("new")


def test_a_rule_of_the_company_decides_who_may() -> None:
    """A gold customer goes to the only one who is senior, a silver one to anybody."""
    book = [need("c-1", facts={"tier": "gold"}), need("c-2", facts={"tier": "silver"}, owner="jun")]

    found = plan(book, [JUNIOR, CHIEF], rules=[SENIOR])

    assert after(found, book) == {"c-1": "max", "c-2": "jun"}
    assert found.moves[0].reason.runner_up is None


def test_a_rule_that_the_owner_breaks_forces_the_move() -> None:
    """The label of the rule is what the owner lacks."""
    book = [need("c-1", facts={"tier": "gold"}, owner="jun")]

    (move,) = plan(book, [JUNIOR, CHIEF], rules=[SENIOR]).moves

    assert (move.to_member, move.reason.kind) == ("max", MoveKind.NOT_ELIGIBLE)
    assert move.reason.rule == SENIOR.label


def test_what_is_not_known_of_a_member_does_not_permit() -> None:
    """Whoever's seniority is missing may not hold a gold customer, and that is why."""
    book = [need("c-1", facts={"tier": "gold"}, owner="new")]

    (move,) = plan(book, [NEWCOMER, CHIEF], rules=[SENIOR]).moves

    assert move.reason.rule == Phrase(
        "a seniority of 3 (seniority is missing)", "3级资历（缺少seniority）"
    )


def test_what_is_not_known_of_a_customer_does_not_permit() -> None:
    """A customer whose tier is missing goes only to whoever may hold the strictest."""
    book = [need("c-1"), need("c-2", facts={"tier": "silver"})]

    found = plan(book, [JUNIOR], rules=[SENIOR])

    (gap,) = found.uncovered
    assert gap.subject == "customer:c-1"
    assert gap.reason == Phrase(
        "1 member → none with a seniority of 3 (whether the rule is about it is unknown)",
        "1名成员 → 0名具备3级资历（无法确定该规则是否适用）",
    )


def test_a_rule_without_a_label_says_its_words() -> None:
    """The words of a rule are those of its criteria, and it may be about all customers."""
    rule = Eligibility(only=F.weekly_hours >= 20)
    part_time = holder("pia", weekly_hours=10)

    (gap,) = plan([need("c-1")], [part_time], rules=[rule]).uncovered

    assert gap.reason.en == ("1 member → none with what a rule wants: weekly_hours is 20 or more")
    assert str(SENIOR) == "where tier is gold: only to whom seniority is 3 or more"


def test_a_rule_asks_of_criteria() -> None:
    """What is no criterion is no rule, and a fact that a record has anyway is none of its own."""
    with pytest.raises(InvalidValueError, match="only must be a criterion"):
        Eligibility(only="seniority >= 3")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="facts must name each fact once, and none of cust"):
        need("c-1", facts={"value": 3})
    with pytest.raises(InvalidValueError, match="facts must name each fact once, and none of id"):
        holder("wei", facts={"team": "south"})
    with pytest.raises(InvalidValueError, match="facts must name each fact once"):
        need("c-1", facts=[("tier", "gold"), ("tier", "silver")])
    with pytest.raises(InvalidValueError, match="facts must hold text, whole or decimal numbers"):
        need("c-1", facts={"rate": 0.5})


def test_the_order_of_rules_changes_nothing() -> None:
    """Who breaks two rules lacks the same one first, whichever of them comes first."""
    adults = Eligibility(only=F.weekly_hours >= 50)
    book = [need("c-1", facts={"tier": "gold"}, owner="jun")]

    one = plan(book, [JUNIOR, CHIEF], rules=[SENIOR, adults])
    two = plan(book, [JUNIOR, CHIEF], rules=[adults, SENIOR])

    assert one == two
    assert one.uncovered


def test_facts_that_nobody_has_are_refused() -> None:
    """A rule that asks for a misspelt fact would permit nobody; the nearest one is told."""
    rule = Eligibility(where=F.tear == "gold", only=F.senority >= 3)

    with pytest.raises(FaultsError) as caught:
        plan([need("c-1", facts={"tier": "gold"})], [CHIEF], rules=[rule])

    assert [fault.problem for fault in caught.value.faults] == [
        "unknown fact 'senority'; did you mean 'seniority'?",
        "unknown fact 'tear'; did you mean 'tier'?",
    ]


def test_who_asked_for_somebody_else_gets_somebody_else() -> None:
    """The owner whom the customer does not want gives way, and says what is lacking."""
    book = [need("c-1", owner="wei", not_to=["wei"])]

    (move,) = plan(book, [holder("wei"), holder("lin")]).moves

    assert (move.to_member, move.reason.kind) == ("lin", MoveKind.NOT_ELIGIBLE)
    assert move.reason.rule == Phrase("the customer's consent", "客户的同意")


def test_a_lock_stays_whatever_is_won() -> None:
    """A customer that would move for a better fit stays where it is locked."""
    law = SkillLevel("law", 2)
    book = [need("c-1", owner="jun", skills=[law], change=0)]
    holders = [holder("jun", skills=[law]), holder("max", skills=[SkillLevel("law", 5)])]

    assert len(plan(book, holders).moves) == 1
    assert plan(book, holders, pins=[lock("c-1")]).moves == ()


def test_a_lock_admits_a_rule_that_is_broken_today() -> None:
    """What the owner breaks stays so, and is listed with the rule."""
    book = [need("c-1", owner="jun", facts={"tier": "gold"})]

    found = plan(book, [JUNIOR, CHIEF], rules=[SENIOR], pins=[lock("c-1")])

    (gap,) = found.uncovered
    assert found.moves == ()
    assert (gap.stays_with, gap.rule) == ("jun", SENIOR.label)


def test_a_lock_admits_a_limit_that_is_passed_today() -> None:
    """Whoever has more locked than the limit keeps it all, gets nothing else, and it is told."""
    book = [need("c-1", hours=40, owner="wei"), need("c-2", hours=5, owner="wei")]

    found = plan(book, [holder("wei", 30), holder("lin", 30)], pins=[lock("c-1")])

    assert after(found, book) == {"c-1": "wei", "c-2": "lin"}
    assert found.breaches == (
        Phrase(
            "40 h are locked with wei, whose limit is 33 h",
            "wei已锁定40小时的工作，而其上限为33小时",
        ),
    )
    assert found.certificate.is_optimal


def test_a_lock_admits_a_conflict_of_today() -> None:
    """Two competitors who are locked with one member stay there, and it is told."""
    book = [need("c-1", owner="wei"), need("c-2", owner="wei"), need("c-3", owner="wei")]
    rules = [Apart(ids("c-1", "c-2", "c-3"))]

    found = plan(book, [holder("wei"), holder("lin")], pins=[lock("c-1"), lock("c-2")], rules=rules)

    assert after(found, book) == {"c-1": "wei", "c-2": "wei", "c-3": "lin"}
    assert [breach.en for breach in found.breaches] == [
        "customer:c-1 and customer:c-2 are locked with wei, but should be apart"
    ]


def test_locks_that_cannot_be_kept_are_refused_together() -> None:
    """A lock needs a holder of today with hours, and no pin to somebody else."""
    book = [need("c-1"), need("c-2", owner="ann"), need("c-3", owner="wei")]

    with pytest.raises(FaultsError) as caught:
        plan(
            book,
            [holder("wei"), holder("lin")],
            pins=[lock("c-1"), lock("c-2"), lock("c-3"), lock("c-4"), pin("c-3", "lin")],
        )

    assert [str(fault) for fault in caught.value.faults] == [
        "customer:c-1: it is locked, but nobody holds it today; pin it instead",
        "customer:c-2: it is locked with 'ann', who has no hours in the plan",
        "customer:c-3: it is locked with 'wei' and pinned to 'lin'; keep one of both",
        "customer:c-4: it is locked, but it is not part of the plan",
    ]


def test_a_pin_and_a_lock_may_say_the_same() -> None:
    """What is locked with its owner may be pinned to the owner too."""
    book = [need("c-1", owner="wei")]

    assert plan(book, [holder("wei")], pins=[lock("c-1"), pin("c-1", "wei")]).moves == ()


def test_a_lock_holds_against_a_rule_for_what_is_pinned_there_too() -> None:
    """A pin to the owner who breaks a rule takes nothing from a lock that admits it."""
    book = [need("c-1", owner="wei", language="fr")]

    found = plan(book, [holder("wei")], pins=[lock("c-1"), pin("c-1", "wei")])

    (gap,) = found.uncovered
    assert found.moves == ()
    assert gap.stays_with == "wei"


def test_a_pin_does_not_inherit_a_breach() -> None:
    """A pin to today's owner who breaks a rule is refused, and what would do is told."""
    book = [need("c-1", owner="wei", language="fr")]

    with pytest.raises(FaultsError, match="'wei', who lacks language fr; lock it to leave it"):
        plan(book, [holder("wei")], pins=[pin("c-1", "wei")])


def test_pins_fit_beside_locks() -> None:
    """What is pinned must fit into the hours that locks leave."""
    book = [need("c-1", hours=30, owner="wei"), need("c-2", hours=5)]

    with pytest.raises(FaultsError, match="the pins and locks take 35 h, 33 h are the most"):
        plan(book, [holder("wei", 30)], pins=[lock("c-1"), pin("c-2", "wei")])


def test_a_flagged_customer_stays_while_its_owner_is_there() -> None:
    """The flag keeps a customer from being moved for points, and not from a leaver."""
    law = SkillLevel("law", 2)
    book = [
        need("c-1", owner="jun", skills=[law], change=0, stays=True),
        need("c-2", owner="ann", stays=True),
        need("c-3", stays=True),
    ]
    holders = [holder("jun", skills=[law]), holder("max", skills=[SkillLevel("law", 5)])]

    found = plan(book, holders)

    assert [(move.customer, move.reason.kind) for move in found.moves] == [
        ("c-2", MoveKind.LEFT),
        ("c-3", MoveKind.FIRST),
    ]


def test_customers_apart_get_different_holders() -> None:
    """Of two competitors with one owner, one moves, and says because of whom."""
    book = [need("c-1", owner="wei"), need("c-2", owner="wei", importance=2)]

    (move,) = plan(book, [holder("wei"), holder("lin")], rules=[Apart(ids("c-2", "c-1"))]).moves

    assert (move.customer, move.reason.kind) == ("c-1", MoveKind.CONFLICT)
    assert move.reason.other == "customer:c-2"


def test_a_bundle_goes_to_one_holder() -> None:
    """A household of two owners is united where that costs less, each with its own line."""
    book = [
        need("c-1", owner="wei", importance=4),
        need("c-2", owner="lin"),
        need("c-3", owner="lin", importance=2),
    ]
    rules = [Bundle(ids("c-1", "c-2", "c-3"))]

    found = plan(book, [holder("wei"), holder("lin"), holder("max")], rules=rules)

    assert set(after(found, book).values()) == {"wei"}
    assert [(m.customer, m.reason.kind, m.reason.other) for m in found.moves] == [
        ("c-2", MoveKind.TOGETHER, "customer:c-1"),
        ("c-3", MoveKind.TOGETHER, "customer:c-1"),
    ]
    assert all(move.reason.runner_up is None for move in found.moves)
    assert sum(points for _, points in found.points) * 1000 == found.certificate.value


def test_a_bundle_needs_somebody_for_all_of_it() -> None:
    """Who speaks only one of two languages holds neither part of a household."""
    book = [need("c-1", language="zh"), need("c-2", language="en")]
    both = holder("max", languages=["en", "zh"])

    found = plan(
        book,
        [holder("wei", languages=["zh"]), holder("lin", languages=["en"]), both],
        rules=[Bundle(ids("c-1", "c-2"))],
    )

    assert set(after(found, book).values()) == {"max"}


def test_a_bundle_that_moves_for_a_better_fit_says_so() -> None:
    """A household with one owner moves as one, when that pays as a whole."""
    law = [SkillLevel("law", 1)]
    book = [
        need("c-1", owner="jun", skills=law),
        need("c-2", owner="jun", skills=law, change=0, importance=3),
    ]
    holders = [holder("jun", skills=law), holder("max", skills=[SkillLevel("law", 4)])]
    cheap = attrs.evolve(CALM, change=40, valuable_change=0)

    alone = plan(book, holders, weights=cheap)
    together = plan(book, holders, weights=cheap, rules=[Bundle(ids("c-1", "c-2"))])

    assert [move.customer for move in alone.moves] == ["c-2"]
    assert [move.reason.kind for move in together.moves] == [MoveKind.BETTER_FIT] * 2


def test_a_pin_takes_the_bundle_along() -> None:
    """Where one of a household is pinned, all of it goes there; where that cannot be, it fails."""
    book = [need("c-1", owner="wei"), need("c-2", owner="wei", language="zh")]
    rules = [Bundle(ids("c-1", "c-2"))]
    holders = [holder("wei", languages=["zh"]), holder("lin", languages=["zh"]), holder("bob")]

    found = plan(book, holders, rules=rules, pins=[pin("c-1", "lin")])

    assert set(after(found, book).values()) == {"lin"}
    assert [move.reason.kind for move in found.moves] == [MoveKind.PINNED, MoveKind.TOGETHER]
    with pytest.raises(FaultsError, match="c-2: it goes to 'bob' with its bundle, who lacks lang"):
        plan(book, holders, rules=rules, pins=[pin("c-1", "bob")])
    with pytest.raises(FaultsError, match="pins or locks send its parts to 'lin' and 'wei'"):
        plan(book, holders, rules=rules, pins=[pin("c-1", "lin"), lock("c-2")])


def test_what_a_pin_takes_along_must_fit_too() -> None:
    """The hours and the rivals of the rest of a household count where one of it is pinned."""
    book = [need("c-1", hours=20), need("c-2", hours=20), need("c-3")]
    bundle = Bundle(ids("c-1", "c-2"))
    rivals = Apart(ids("c-2", "c-3"))
    holders = [holder("wei", 30), holder("lin", 50)]

    with pytest.raises(FaultsError, match="member:wei: the pins take 40 h, 33 h are the most"):
        plan(book, holders, rules=[bundle], pins=[pin("c-1", "wei")])
    with pytest.raises(FaultsError, match="c-2: it and customer:c-3 are locked with or pinned"):
        plan(book, holders, rules=[bundle, rivals], pins=[pin("c-1", "lin"), pin("c-3", "lin")])
    with pytest.raises(FaultsError, match="pinned to 'bob', who has no hours"):
        plan(book, holders, rules=[bundle], pins=[pin("c-1", "bob")])


def test_a_bundle_with_a_holder_against_a_rule_may_stay() -> None:
    """A household that nobody else may have stays with whoever has it, and is listed."""
    book = [need("c-1", owner="wei"), need("c-2", owner="wei", language="fr")]

    found = plan(book, [holder("wei"), holder("lin")], rules=[Bundle(ids("c-1", "c-2"))])

    assert found.moves == ()
    assert [gap.stays_with for gap in found.uncovered] == ["wei"]


def test_a_bundle_that_nobody_can_have_is_uncovered_as_a_whole() -> None:
    """Too many hours for anybody are too many for the household."""
    book = [need("c-1", hours=20), need("c-2", hours=20)]

    found = plan(book, [holder("wei", 30), holder("lin", 30)], rules=[Bundle(ids("c-1", "c-2"))])

    assert [gap.subject for gap in found.uncovered] == ["customer:c-1", "customer:c-2"]


def test_groups_that_make_no_sense_are_refused_together() -> None:
    """Customers who are not there, in two bundles, or apart and together, are all told."""
    book = [need(key) for key in ("c-1", "c-2", "c-3")]
    rules = [
        Apart(ids("c-1", "c-2")),
        Apart(ids("c-3", "c-9")),
        Bundle(ids("c-1", "c-2")),
        Bundle(ids("c-2", "c-3")),
    ]

    with pytest.raises(FaultsError) as caught:
        plan(book, [holder("wei")], rules=rules)

    assert [str(fault) for fault in caught.value.faults] == [
        "customer:c-9: it is to be apart, but it is not part of the plan",
        "customer:c-2: it is in more than one bundle; make one of them",
        "customer:c-1: it and customer:c-2 are to be apart, and in one bundle",
    ]


@pytest.mark.parametrize("kind", [Apart, Bundle])
def test_a_group_names_two_customers_or_more(kind: type[Apart | Bundle]) -> None:
    """One customer is no group, nor is one twice, nor a text."""
    with pytest.raises(InvalidValueError, match="customers must name two customers or more"):
        kind(ids("c-1"))
    with pytest.raises(InvalidValueError, match="customers must name two customers or more"):
        kind(ids("c-1", "c-1"))
    with pytest.raises(InvalidValueError, match="customers must list ids of customers"):
        kind("c-1")  # type: ignore[arg-type]


def test_pins_and_locks_that_should_be_apart_are_refused() -> None:
    """A competitor cannot be pinned to whom the other one is locked with."""
    book = [need("c-1", owner="wei"), need("c-2")]

    with pytest.raises(FaultsError, match="are locked with or pinned to 'wei', but must differ"):
        plan(
            book,
            [holder("wei")],
            pins=[lock("c-1"), pin("c-2", "wei")],
            rules=[Apart(ids("c-1", "c-2"))],
        )


@pytest.mark.parametrize(
    ("since", "years"),
    [
        (None, 0),
        (date(2026, 9, 30), 0),
        (date(2025, 10, 1), 0),
        (date(2025, 9, 30), 1),
        (date(2024, 2, 29), 2),
        (date(1996, 9, 30), 30),
        (date(2027, 1, 1), 0),
    ],
)
def test_years_together_are_full_years(since: date | None, years: int) -> None:
    """A year is over on its anniversary, and not a day before."""
    assert need("c-1", since=since).years(DAY) == years


@pytest.mark.parametrize(
    ("value", "since", "points"),
    [
        (10, "2026-05-01", 25),
        (10, "2025-05-01", 30),
        (10, "2024-05-01", 35),
        (10, "2021-05-01", 50),
        (10, "2001-05-01", 50),
        (99, "2026-05-01", 50),
        (99, "2025-05-01", 55),
        (99, "2024-05-01", 60),
        (99, "2001-05-01", 75),
    ],
)
def test_a_change_costs_by_value_and_by_years_together(value: int, since: str, points: int) -> None:
    """The table of the weights is what a plan counts."""
    law = [SkillLevel("law", 1)]
    book = [
        need("c-1", owner="ann", value=value, since=date.fromisoformat(since), skills=law),
        need("c-2", value=50, language="fr"),
        need("c-3", value=50, language="fr"),
    ]
    keen = holder("max", skills=law, interests=[Interest("law", 2)])
    wishful = attrs.evolve(CALM, interest=100)

    found = plan(book, [holder("ann", skills=law), keen], weights=wishful)

    (move,) = (move for move in found.moves if move.customer == "c-1")
    assert dict(move.reason.terms)[Term.CHANGE] == -points


def test_each_item_takes_minutes_beside_its_work() -> None:
    """With a quarter of an hour to keep each in mind, eight customers take two hours more."""
    book = [need(f"c-{at}", hours=1) for at in range(8)]
    mindful = attrs.evolve(CALM, item_minutes=15)

    found = plan(book, [holder("wei", 9)], weights=mindful)

    assert len(found.uncovered) == 1
    assert found.after.loads[0].hours == Decimal("8.75")


def test_a_customer_may_be_worth_more_covered_than_others() -> None:
    """Of two alike, the one whose price of being uncovered is higher is covered."""
    book = [need("c-1", hours=30), need("c-2", hours=30, uncovered=601)]

    (gap,) = plan(book, [holder("wei", 30)]).uncovered

    assert (gap.subject, gap.cost) == ("customer:c-1", Decimal(600))


def test_a_member_may_have_a_load_curve_of_its_own() -> None:
    """Somebody who never goes beyond the capacity has a limit of one."""
    book = [need("c-1", hours=16), need("c-2", hours=16)]
    strict = attrs.evolve(holder("wei", 30), curve=attrs.evolve(CALM, limit=Decimal(1)))

    assert len(plan(book, [holder("wei", 30)]).uncovered) == 0
    assert len(plan(book, [strict]).uncovered) == 1


def test_the_only_one_who_could_may_be_away() -> None:
    """Where nobody else could, whoever has no hours is named, and no slip is suspected."""
    law = [SkillLevel("law", 2)]
    away = attrs.evolve(holder("wei", skills=law), hours=Decimal(0))
    other = attrs.evolve(holder("bob"), hours=Decimal(0))

    (gap,) = plan([need("c-1", skills=law)], [away, other, holder("lin")]).uncovered

    assert gap.reason == Phrase(
        "1 member → none with law at level 2 or more → only wei could, without any hours in the "
        "plan",
        "1名成员 → 0名具备2级以上的law → 仅wei符合条件，但在方案中无可用工时",
    )


def test_hours_that_are_taken_are_not_there() -> None:
    """A project of 20 hours leaves 10; one of more hours than there are is told."""
    book = [need("c-1", hours=12)]
    busy = attrs.evolve(holder("wei", 30), taken=Decimal(20))
    over = attrs.evolve(holder("lin", 30), taken=Decimal(46))

    found = plan(book, [busy, over])

    assert [load.capacity for load in found.after.loads] == [Decimal(10)]
    assert len(found.uncovered) == 1
    assert found.breaches == (
        Phrase("16 h more are taken of lin than there are", "lin已被占用的工时超出可用工时16小时"),
    )


def test_the_lowest_peak_spreads_what_points_would_leave() -> None:
    """Ten customers of one member go half to another, though each change costs points."""
    book = [need(f"c-{at}", owner="wei") for at in range(10)]
    fair = attrs.evolve(CALM, lowest_peak=True)

    usual = plan(book, [holder("wei"), holder("lin")])
    found = plan(book, [holder("wei"), holder("lin")], weights=fair)

    assert usual.moves == ()
    assert found.after.highest == Fraction(1, 3)
    assert {move.reason.kind for move in found.moves} == {MoveKind.RELIEF}
    assert sum(points for _, points in found.points) * 1000 == found.certificate.value


def test_the_lowest_peak_leaves_nothing_uncovered_for_its_sake() -> None:
    """One customer that takes nine tenths of somebody sets the peak, and is covered."""
    book = [need("c-0", hours=27), *(need(f"c-{at}", owner="wei") for at in range(1, 4))]
    fair = attrs.evolve(CALM, lowest_peak=True)

    found = plan(book, [holder("wei"), holder("lin")], weights=fair)

    assert found.uncovered == ()
    assert found.after.highest == Fraction(9, 10)


def test_the_lowest_peak_has_time_for_what_is_left() -> None:
    """The watch of a plan holds for all its searches together."""
    ticks = iter(range(10_000))
    book = [need(f"c-{at}", owner="wei") for at in range(10)]
    fair = attrs.evolve(CALM, lowest_peak=True)

    short = plan(
        book,
        [holder("wei"), holder("lin")],
        weights=fair,
        watch=Watch(lambda: float(next(ticks)), 6.0),
    )

    assert short.stopped
    assert short.seconds is not None


def department(*members: Member, assignments: Iterable[Assignment] = ()) -> Organization:
    """Return a department with two responsibilities that nobody does both of."""
    care, service, lead = DepartmentId("care"), TeamId("service"), RoleId("lead")
    duties = [
        Responsibility(
            id=ResponsibilityId(key),
            name=key,
            role=lead,
            team=service,
            weekly_hours=Decimal(8),
            importance=importance,
            segregated_from=others,
            has_backup=False,
        )
        for key, importance, others in (("audit", 3, ["orders"]), ("orders", 2, []))
    ]
    return Organization(
        department=Department(id=care, name="Care"),
        teams=[Team(id=service, name="Service", department=care)],
        roles=[Role(id=lead, name="Lead", has_authority=True)],
        members=members,
        responsibilities=duties,
        assignments=assignments,
    )


def person(key: str, **more: Any) -> Member:  # noqa: ANN401
    """Return a member of the service team who has authority."""
    return Member(
        **{
            "id": key,
            "name": key.title(),
            "team": "service",
            "roles": ["lead"],
            "weekly_hours": 40,
            **more,
        }
    )


def does(key: str, who: str) -> Assignment:
    """Return who is responsible for what."""
    return Assignment(
        id=f"{key}-{who}",
        responsibility=ResponsibilityId(key),
        duty=Duty.RESPONSIBLE,
        member=MemberId(who),
        since=datetime(2025, 1, 1, tzinfo=UTC),
    )


def responsible(key: str) -> Lock:
    """Lock who is responsible for something."""
    return Lock(responsibility=ResponsibilityId(key), duty=Duty.RESPONSIBLE)


def test_a_rule_may_be_about_duties() -> None:
    """What is important goes to whoever is senior; whoever's facts are missing is not."""
    rule = Eligibility(where=(F.importance >= 3) & (F.duty == "responsible"), only=F.seniority >= 3)

    found = assign_responsibilities(
        department(person("wei"), person("lin")),
        as_of=DAY,
        rules=[rule],
        facts={MemberId("lin"): {"seniority": 4}},
    )

    to = {move.subject: move.to_member for move in found.moves}
    assert to["responsibility:audit:responsible"] == "lin"
    assert to["responsibility:orders:responsible"] == "wei"


def test_the_only_one_with_authority_may_be_on_leave() -> None:
    """Whoever is away all the time is named; whoever has left is not."""
    away = person("wei", leave=[Period(date(2026, 9, 1), date(2027, 1, 1))])
    gone = person("ann", left_on=date(2026, 9, 1))

    found = assign_responsibilities(department(away, gone, person("lin", roles=[])), as_of=DAY)

    assert {gap.reason.en for gap in found.uncovered if gap.duty is Duty.ACCOUNTABLE} == {
        "1 member → none with authority → only wei could, without any hours in the plan"
    }


def test_facts_about_nobody_are_refused() -> None:
    """Facts of a member who is not there are a slip."""
    with pytest.raises(FaultsError, match="facts: unknown member 'line'; did you mean 'lin'"):
        assign_responsibilities(
            department(person("lin")), as_of=DAY, facts={MemberId("line"): {"seniority": 4}}
        )


def test_a_lock_on_a_duty_admits_what_should_be_segregated() -> None:
    """One person who does both stays where it is locked, and it is told in both languages."""
    both = department(
        person("wei"), person("lin"), assignments=[does("audit", "wei"), does("orders", "wei")]
    )

    free = assign_responsibilities(both, as_of=DAY)
    found = assign_responsibilities(
        both, as_of=DAY, pins=[responsible("audit"), responsible("orders")]
    )

    assert [m.subject for m in free.moves if m.from_member] == ["responsibility:orders:responsible"]
    assert [m.subject for m in found.moves if m.from_member] == []
    assert found.breaches == (
        Phrase(
            "responsibility:audit:responsible and responsibility:orders:responsible "
            "are locked with wei, but should be apart",
            "responsibility:audit:responsible与responsibility:orders:responsible"
            "均已锁定给wei，但本应由不同的人负责",
        ),
    )


def test_a_lock_names_one_thing() -> None:
    """A lock without a duty, or with a customer beside it, is refused."""
    with pytest.raises(InvalidValueError, match="lock must name a customer, or a responsibility"):
        Lock(responsibility=ResponsibilityId("audit"))
    with pytest.raises(InvalidValueError, match="lock must name a customer, or a responsibility"):
        Lock(customer=CustomerId("c-1"), duty=Duty.BACKUP)
