"""Claims: who may have whom, every rule that is broken, and from when it would be possible."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.customers import Cause, Customer, Ownership, OwnershipId, OwnershipRole
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId, Reason, TeamId, Undefined
from crmcore.organization import Member, SkillLevel
from crmcore.plans import MoveKind
from crmcore.pools import Claim, ClaimLimits, ClaimRule, Pool, Refusal, Register

if TYPE_CHECKING:
    from tests.pools.conftest import Company

# Histories are costly to make up, and these rules are simple.
FEWER = settings(max_examples=50)

DAY = timedelta(days=1)
AUGUST_30 = datetime(2026, 8, 30, 4, tzinfo=UTC)  # a Sunday, noon in Shanghai
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
NORTHWIND, CONTOSO = CustomerId("northwind"), CustomerId("contoso")
WEI, LIN = MemberId("wei"), MemberId("lin")


def pool(**terms: Any) -> Pool:  # noqa: ANN401 - fields of a pool
    """Return a pool in Shanghai."""
    return Pool(**{"name": "open", "zone": "Asia/Shanghai"} | terms)


def ask(
    company: Company,
    of: Pool,
    member: MemberId = WEI,
    *,
    at: datetime = AUGUST_30,
    cause: Cause = Cause.CLAIM,
) -> Claim | Refusal:
    """Let a member ask for Northwind."""
    return of.claim(company.register(), customer=NORTHWIND, member=member, at=at, cause=cause)


def refused(answer: Claim | Refusal) -> list[tuple[ClaimRule, str]]:
    """Return what speaks against it."""
    assert isinstance(answer, Refusal), answer
    return [(objection.rule, str(objection)) for objection in answer.objections]


# Accepted


def test_a_claim_yields_the_move_and_the_ownership(company: Company) -> None:
    """What is allowed says what to write: nobody had the customer, Wei has it from now on."""
    company.owns("lin", "northwind", LONG_AGO, LONG_AGO + DAY)

    claim = ask(company, pool())

    assert isinstance(claim, Claim)
    assert str(claim) == "wei may have northwind from the pool open"
    (move,) = claim.moves
    assert (move.customer, move.from_member, move.to_member) == ("northwind", None, "wei")
    assert move.reason.kind is MoveKind.CLAIMED
    assert not move.reason.kind.is_forced
    assert str(move) == "customer:northwind: nobody → wei (claimed from the pool: open)"
    held = claim.ownership
    assert (held.customer, held.member, held.since) == ("northwind", "wei", AUGUST_30)
    assert (held.until, held.role, held.cause) == (None, OwnershipRole.OWNER, Cause.CLAIM)
    assert claim.as_of == date(2026, 8, 30)
    assert claim.after == "o-1"


def test_two_claims_of_one_customer_have_one_id(company: Company) -> None:
    """So a store can take only one of them; after another owner the id is another."""
    by_wei, by_lin = ask(company, pool()), ask(company, pool(), LIN)
    company.owns("lin", "northwind", LONG_AGO, LONG_AGO + DAY)
    later = ask(company, pool())

    assert isinstance(by_wei, Claim)
    assert isinstance(by_lin, Claim)
    assert isinstance(later, Claim)
    assert by_wei.ownership.id == by_lin.ownership.id != later.ownership.id
    assert by_wei.fingerprint != by_lin.fingerprint


# One rule at a time


def test_a_customer_who_is_owned_is_not_to_be_had(company: Company) -> None:
    """The refusal says by whom and since when."""
    company.owns("lin", "northwind", LONG_AGO)

    answer = ask(company, pool())

    assert refused(answer) == [(ClaimRule.OWNED, "lin owns northwind since 2025-01-01")]
    assert isinstance(answer, Refusal)
    assert answer.possible_from is None


def test_a_customer_who_is_promised_is_not_to_be_had(company: Company) -> None:
    """An ownership that begins later stands in the way already."""
    company.owns("lin", "northwind", AUGUST_30 + 2 * DAY)

    answer = ask(company, pool())

    assert refused(answer) == [(ClaimRule.RESERVED, "lin is to own northwind from 2026-09-01 on")]


def test_a_collaborator_stands_in_nobodys_way(company: Company) -> None:
    """Only owners count."""
    company.owns("lin", "northwind", LONG_AGO, role=OwnershipRole.COLLABORATOR)

    assert isinstance(ask(company, pool(limits=ClaimLimits(owned=1)), LIN), Claim)


def test_a_customer_out_of_use_is_not_to_be_had(company: Company) -> None:
    """Archived customers are in no pool; until then they are."""
    company.customers[0] = Customer(id=NORTHWIND, name="Northwind", archived_at=AUGUST_30)

    before, then = ask(company, pool(), at=AUGUST_30 - DAY), ask(company, pool())

    assert isinstance(before, Claim)
    assert refused(then) == [(ClaimRule.ARCHIVED, "northwind is out of use since 2026-08-30")]


@pytest.mark.parametrize(
    ("market", "why"), [("DE", "fails: market is DE"), (None, "is unknown: market is missing")]
)
def test_a_customer_of_another_pool_is_not_to_be_had(
    company: Company, market: str | None, why: str
) -> None:
    """Whom the pool surely is for, it offers; the refusal says what was found."""
    company.facts["northwind"] = {"market": market}

    ((rule, message),) = refused(ask(company, pool(scope=F.market == "CN")))

    assert rule is ClaimRule.NOT_IN_POOL
    assert message.startswith(
        f"northwind is not one of the customers of open, as the condition {why}"
    )


def test_who_has_left_may_have_nobody(company: Company) -> None:
    """From the first day on which the member no longer belongs to the department."""
    company.member("chen", left_on=date(2026, 8, 30))
    chen = MemberId("chen")

    before, then = ask(company, pool(), chen, at=AUGUST_30 - DAY), ask(company, pool(), chen)

    assert isinstance(before, Claim)
    assert refused(then) == [(ClaimRule.LEFT, "chen has left on 2026-08-30")]


def test_who_is_away_may_have_somebody_once_back(company: Company) -> None:
    """Leave in two pieces that touch is one leave."""
    leave = [
        Period(date(2026, 8, 24), date(2026, 8, 31)),
        Period(date(2026, 8, 31), date(2026, 9, 3)),
    ]
    company.member("chen", leave=leave)

    answer = ask(company, pool(), MemberId("chen"))

    assert refused(answer) == [(ClaimRule.AWAY, "chen is away and back on 2026-09-03")]
    assert isinstance(answer, Refusal)
    assert answer.possible_from == date(2026, 9, 3)


@pytest.mark.parametrize(("grade", "is_let"), [(2, True), (1, False), (None, False)])
def test_who_may_claim_is_a_condition(
    company: Company,
    grade: int | None,
    is_let: bool,  # noqa: FBT001
) -> None:
    """Only members for whom it surely holds may; facts and the member's own fields count."""
    company.member("chen", team="key-accounts", skills=[SkillLevel("Mandarin", 4)])
    company.member_facts |= {"wei": {"grade": 3}, "chen": {"grade": grade}}
    who = (F.grade >= 2) & (F.team == "key-accounts") & F.skills.has("Mandarin")

    by_chen, by_wei = ask(company, pool(who=who), MemberId("chen")), ask(company, pool(who=who))

    assert isinstance(by_chen, Claim) is is_let
    assert is_let or [rule for rule, _ in refused(by_chen)] == [ClaimRule.NOT_ELIGIBLE]
    ((_, message),) = refused(by_wei)
    assert message == (
        "wei may not claim from open, as the condition fails: "
        "team is sales, other than key-accounts"
    )


def test_skills_are_wanted_at_a_level(company: Company) -> None:
    """The refusal says which level is wanted and which is there; all of them are told."""
    company.member("chen", skills=[SkillLevel("Mandarin", 2), SkillLevel("English", 5)])
    wanted = {"negotiation": 1, "Mandarin": 3, "English": 5}
    of = pool(skills=[SkillLevel(skill, level) for skill, level in wanted.items()])

    answer = ask(company, of, MemberId("chen"))

    assert refused(answer) == [
        (ClaimRule.SKILL, "the pool open wants Mandarin at level 3; chen has level 2"),
        (ClaimRule.SKILL, "the pool open wants negotiation at level 1; chen lacks it"),
    ]
    assert isinstance(answer, Refusal)
    assert [(o.found, o.limit) for o in answer.objections] == [(2, 3), (0, 1)]
    assert [objection.message.zh for objection in answer.objections] == [
        "公海open要求技能Mandarin达到3级，chen现为2级",
        "公海open要求技能negotiation达到1级，chen不具备",
    ]


def test_a_member_must_be_able_to_serve_the_customer(company: Company) -> None:
    """Language, region and needs of the customer count, unless the pool says they do not."""
    company.customers[0] = Customer(
        id=NORTHWIND, name="Northwind", language="de", region="north", needs=["tax"]
    )
    company.member("chen", languages=["zh", "en"], regions=["south"])
    company.member("dora", languages=["de"], skills=[SkillLevel("tax", 1)])

    answer = ask(company, pool(), MemberId("chen"))

    assert refused(answer) == [
        (ClaimRule.SKILL, "northwind wants tax at level 1; chen lacks it"),
        (ClaimRule.LANGUAGE, "northwind wants de; chen speaks en, zh"),
        (ClaimRule.REGION, "northwind is in north; chen serves south"),
    ]
    assert isinstance(ask(company, pool(), MemberId("dora")), Claim)
    assert isinstance(ask(company, pool(serves=False), MemberId("chen")), Claim)
    assert "no language that is recorded" in str(ask(company, pool()))


# Limits


def test_a_limit_of_customers_held_and_owned(company: Company) -> None:
    """Those of the pool and all of them are counted apart, and only while they are owned."""
    for place, market in enumerate(["CN", "CN", "DE", "CN"]):
        company.customer(f"c-{place}")
        company.facts[f"c-{place}"] = {"market": market}
        ended = AUGUST_30 if place == 3 else None
        company.owns("wei", f"c-{place}", LONG_AGO, ended, cause=Cause.MANUAL)
    company.owns("wei", "contoso", AUGUST_30 + DAY)
    company.facts["northwind"] = {"market": "CN"}
    scope = F.market == "CN"

    answer = ask(company, pool(scope=scope, limits=ClaimLimits(held=2, owned=3)))

    assert refused(answer) == [
        (ClaimRule.HELD_LIMIT, "wei owns 2 customers of open, and at most 2 are allowed"),
        (ClaimRule.OWNED_LIMIT, "wei owns 3 customers in all, and at most 3 are allowed"),
    ]
    assert isinstance(ask(company, pool(scope=scope, limits=ClaimLimits(held=3, owned=4))), Claim)


def test_customers_who_have_bought_may_take_no_place(company: Company) -> None:
    """What counts is stated; who is not known to have bought counts."""
    for name, bought in (("c-1", True), ("c-2", False), ("c-3", None)):
        company.customer(name)
        company.facts[name] = {"bought": bought}
        company.owns("wei", name, LONG_AGO, cause=Cause.MANUAL)
    limits = ClaimLimits(held=2, counting=F.bought.is_false())
    at_limit = ask(company, pool(limits=limits))
    company.facts["northwind"] = {"bought": True}

    takes_no_place = ask(company, pool(limits=limits))

    assert [rule for rule, _ in refused(at_limit)] == [ClaimRule.HELD_LIMIT]
    assert isinstance(takes_no_place, Claim)


def test_claims_are_counted_by_day_and_week_of_the_zone(company: Company) -> None:
    """In Shanghai a new day, and on Monday a new week, begins at 16:00 UTC of the day before."""
    for place, at in enumerate(
        [
            datetime(2026, 8, 23, 15, 59, tzinfo=UTC),  # Sunday of the week before
            datetime(2026, 8, 23, 16, 0, tzinfo=UTC),  # Monday
            datetime(2026, 8, 29, 16, 0, tzinfo=UTC),  # Sunday, today
        ]
    ):
        company.customer(f"c-{place}")
        company.owns("wei", f"c-{place}", at, at + timedelta(hours=1))
    company.customer("given")
    company.owns("wei", "given", AUGUST_30 - timedelta(hours=1), cause=Cause.MANUAL)

    answer = ask(company, pool(limits=ClaimLimits(per_day=1, per_week=2)))

    assert refused(answer) == [
        (
            ClaimRule.DAY_LIMIT,
            "wei has claimed 1 on 2026-08-30, and at most 1 are allowed: from 2026-08-31",
        ),
        (
            ClaimRule.WEEK_LIMIT,
            (
                "wei has claimed 2 in the week of 2026-08-30, and at most 2 are allowed: "
                "from 2026-08-31"
            ),
        ),
    ]
    assert isinstance(ask(company, pool(limits=ClaimLimits(per_day=2, per_week=3))), Claim)


# Intervals


def test_the_last_owner_waits_for_full_days(company: Company) -> None:
    """Given up on 30 August, with 30 full days: again from 30 September."""
    company.owns("wei", "northwind", LONG_AGO, AUGUST_30)
    of = pool(previous_owner_days=30)

    answer = ask(company, of, at=AUGUST_30 + 5 * DAY)

    assert refused(answer) == [
        (
            ClaimRule.PREVIOUS_OWNER,
            (
                "wei owned northwind until 2026-08-30 and may have it again after 30 full days: "
                "from 2026-09-30"
            ),
        )
    ]
    assert isinstance(answer, Refusal)
    assert answer.possible_from == date(2026, 9, 30)
    assert (answer.objections[0].found, answer.objections[0].limit) == (4, 30)
    assert isinstance(ask(company, of, LIN, at=AUGUST_30 + 5 * DAY), Claim)
    assert isinstance(ask(company, of, at=datetime(2026, 9, 29, 16, tzinfo=UTC)), Claim)
    assert isinstance(ask(company, of, at=datetime(2026, 9, 29, 15, 59, tzinfo=UTC)), Refusal)


@pytest.mark.parametrize(("every", "is_let"), [(False, True), (True, False)])
def test_two_members_may_be_kept_from_passing_a_customer_to_and_fro(
    company: Company,
    every: bool,  # noqa: FBT001
    is_let: bool,  # noqa: FBT001
) -> None:
    """With the stricter interval a stop-over at a colleague's does not help."""
    company.owns("wei", "northwind", LONG_AGO, AUGUST_30 - 9 * DAY)
    company.owns("lin", "northwind", AUGUST_30 - 8 * DAY, AUGUST_30 - 7 * DAY)

    answer = ask(company, pool(previous_owner_days=30, every_former_owner=every))

    assert isinstance(answer, Claim) is is_let


@pytest.mark.parametrize(
    ("known_since", "owned", "first"),
    [
        (None, True, date(2026, 9, 2)),
        (date(2026, 8, 29), False, date(2026, 9, 1)),
        (date(2026, 8, 29), True, date(2026, 9, 2)),
        (date(2026, 8, 20), False, None),
        (None, False, None),
    ],
)
def test_a_customer_who_is_new_in_the_pool_waits(
    company: Company,
    known_since: date | None,
    owned: bool,  # noqa: FBT001
    first: date | None,
) -> None:
    """For two full days nobody may claim whom somebody gave up, or who is new to the company."""
    company.customers[0] = Customer(id=NORTHWIND, name="Northwind", known_since=known_since)
    if owned:
        company.owns("lin", "northwind", LONG_AGO, AUGUST_30)

    answer = ask(company, pool(waiting_days=2))

    assert isinstance(answer, Claim) is (first is None)
    if isinstance(answer, Refusal):
        assert answer.rules == (ClaimRule.WAITING,)
        assert answer.possible_from == first
        assert f"waits for 2 full days: from {first}" in str(answer)


def test_at_the_end_of_the_calendar_an_interval_ends_with_it(company: Company) -> None:
    """No day lies behind 9999-12-31."""
    end = datetime(9999, 12, 30, 4, tzinfo=UTC)
    company.owns("wei", "northwind", LONG_AGO, end)

    answer = ask(company, pool(previous_owner_days=30, waiting_days=30), at=end)

    assert isinstance(answer, Refusal)
    assert answer.possible_from == date.max


# All of them together


def test_all_broken_rules_are_told_together(company: Company) -> None:
    """The first day is the one on which nothing of it stands in the way, leave included."""
    company.member("chen", leave=[Period(date(2026, 9, 30), date(2026, 10, 8))])
    company.owns("chen", "northwind", LONG_AGO, AUGUST_30)
    company.customer("other")
    company.owns("chen", "other", AUGUST_30)
    of = pool(previous_owner_days=30, waiting_days=3, limits=ClaimLimits(per_day=1))

    answer = ask(company, of, MemberId("chen"))

    assert isinstance(answer, Refusal)
    assert answer.rules == (ClaimRule.WAITING, ClaimRule.PREVIOUS_OWNER, ClaimRule.DAY_LIMIT)
    assert answer.possible_from == date(2026, 10, 8)
    assert str(answer) == (
        "chen may not have northwind: northwind came to the pool on 2026-08-30 and waits for 3 "
        "full days: from 2026-09-03; chen owned northwind until 2026-08-30 and may have it again "
        "after 30 full days: from 2026-09-30; chen has claimed 1 on 2026-08-30, and at most 1 "
        "are allowed: from 2026-08-31; possible from 2026-10-08"
    )
    assert answer.wording.zh == (
        "northwind于2026-08-30进入公海，须满3天后方可领取：2026-09-03起；"
        "chen于2026-08-30前为northwind的负责人，须满30天后方可再次领取：2026-09-30起；"
        "chen在2026-08-30已领取1个，上限为1个：2026-08-31起；2026-10-08起可领取"
    )


def test_who_leaves_before_the_first_day_will_never_have_it(company: Company) -> None:
    """A first day behind the last one of the member is none."""
    company.member("chen", left_on=date(2026, 9, 30))
    company.owns("chen", "northwind", LONG_AGO, AUGUST_30)

    answer = ask(company, pool(previous_owner_days=30), MemberId("chen"))

    assert isinstance(answer, Refusal)
    assert answer.possible_from is None


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.CLAIM])
def test_the_same_rules_hold_for_every_way(company: Company, cause: Cause) -> None:
    """By hand, in a batch, with an import: only waiting and pace are about claims alone."""
    company.customers[0] = Customer(id=NORTHWIND, name="Northwind", language="de")
    company.owns("wei", "northwind", LONG_AGO, AUGUST_30)
    company.owns("wei", "contoso", AUGUST_30)
    of = pool(
        who=F.team == "key-accounts",
        skills=[SkillLevel("tax", 1)],
        limits=ClaimLimits(held=1, owned=1, per_day=1, per_week=1),
        previous_owner_days=5,
        waiting_days=5,
    )

    claimed, given = ask(company, of), ask(company, of, cause=cause)

    assert isinstance(claimed, Refusal)
    assert isinstance(given, Refusal)
    about_claims = {ClaimRule.WAITING, ClaimRule.DAY_LIMIT, ClaimRule.WEEK_LIMIT}
    assert set(claimed.rules) == set(given.rules) | about_claims
    assert about_claims.isdisjoint(given.rules)


# Several at once


def test_a_batch_counts_what_it_has_granted(company: Company) -> None:
    """Of three wishes with a limit of two a day, those that the pool offers first are granted."""
    for name, value in (("c-1", 5), ("c-2", 9), ("c-3", None), ("c-4", 9)):
        company.customer(name)
        company.facts[name] = {"value": value}
    of = pool(priority=["-value"], limits=ClaimLimits(per_day=2, held=2, owned=2, per_week=2))
    wishes = [(CustomerId(f"c-{place}"), WEI) for place in (3, 1, 4, 2)]

    answers = of.claim_all(company.register(), wishes, at=AUGUST_30)

    assert [(answer.customer, isinstance(answer, Claim)) for answer in answers] == [
        ("c-2", True),
        ("c-4", True),
        ("c-1", False),
        ("c-3", False),
    ]
    assert isinstance(answers[2], Refusal)
    assert answers[2].rules == (
        ClaimRule.HELD_LIMIT,
        ClaimRule.OWNED_LIMIT,
        ClaimRule.DAY_LIMIT,
        ClaimRule.WEEK_LIMIT,
    )


def test_a_batch_given_by_hand_is_no_claim(company: Company) -> None:
    """Limits a day do not count what a manager gives; limits of what is held do."""
    of = pool(limits=ClaimLimits(per_day=1, held=2))
    company.customer("fabrikam")
    wishes = [(CustomerId(name), WEI) for name in ("northwind", "contoso", "fabrikam")]

    answers = of.claim_all(company.register(), wishes, at=AUGUST_30, cause=Cause.MANUAL)

    granted = [answer for answer in answers if isinstance(answer, Claim)]
    assert [claim.customer for claim in granted] == ["contoso", "fabrikam"]
    assert {claim.ownership.cause for claim in granted} == {Cause.MANUAL}


# What is offered


def test_customers_are_offered_in_the_order_of_the_pool(company: Company) -> None:
    """By value, the highest first, then by the day since which they are known, then by id."""
    rows = [("c-1", 5, 3), ("c-2", 9, 2), ("c-3", 9, 1), ("c-4", None, 1), ("c-5", 5, 3)]
    company.customers.clear()
    for name, value, day in rows:
        company.customer(name, known_since=date(2026, 1, day))
        company.facts[name] = {"value": value}
    company.customer("owned")
    company.owns("lin", "owned", LONG_AGO)
    of = pool(priority=["-value", "known_since"])

    offers = of.offers(company.register(), at=AUGUST_30)

    assert offers == ("c-3", "c-2", "c-1", "c-5", "c-4")


def test_a_member_is_offered_what_the_member_may_claim(company: Company) -> None:
    """Whom the member may not have is left out, and the rest may be claimed at once."""
    company.owns("wei", "northwind", LONG_AGO, AUGUST_30)
    register, of = company.register(), pool(previous_owner_days=30)

    assert of.offers(register, at=AUGUST_30, member=WEI) == ("contoso",)
    assert of.offers(register, at=AUGUST_30, member=LIN) == ("contoso", "northwind")


def test_what_cannot_be_put_in_an_order_is_refused(company: Company) -> None:
    """A number and a text have no order."""
    company.facts |= {"northwind": {"value": 3}, "contoso": {"value": "high"}}

    with pytest.raises(FaultsError, match="must be of one type, and is number, text"):
        pool(priority=["value"]).offers(company.register(), at=AUGUST_30)


# What is refused


def test_all_unknown_names_are_told_at_once(company: Company) -> None:
    """Slips of the pen come back with the nearest names, and doubles are told too."""
    wishes = [
        (CustomerId("nordwind"), MemberId("weii")),
        (CONTOSO, WEI),
        (CONTOSO, LIN),
    ]

    with pytest.raises(FaultsError) as told:
        pool().claim_all(company.register(), wishes, at=AUGUST_30)

    assert [str(fault) for fault in told.value.faults] == [
        "customer: unknown customer 'nordwind'; did you mean 'northwind'?",
        "member: unknown member 'weii'; did you mean 'wei'?",
        "customer 'contoso': is wished for 2 times; say who is to have it",
    ]


def test_a_naive_instant_is_refused(company: Company) -> None:
    """Whose day it is depends on a zone."""
    naive = datetime(2026, 8, 30)  # noqa: DTZ001 - naive on purpose

    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        ask(company, pool(), at=naive)
    with pytest.raises(InvalidValueError, match="at must carry a time zone"):
        pool().offers(company.register(), at=naive)


def test_an_unknown_cause_is_refused(company: Company) -> None:
    """A word that is no cause gets the nearest."""
    with pytest.raises(UnknownNameError, match="unknown cause 'claims'; did you mean 'claim'"):
        ask(company, pool(), cause=cast("Cause", "claims"))


def test_facts_of_members_that_nobody_has_are_refused(company: Company) -> None:
    """A condition that nobody could ever meet is a slip of the pen."""
    with pytest.raises(FaultsError, match="unknown fact of members 'taem'; did you mean 'team'"):
        ask(company, pool(who=F.taem == "sales"))


def test_offers_ask_for_a_member_who_is_known(company: Company) -> None:
    """A slip of the pen offers nothing, it is refused."""
    with pytest.raises(FaultsError, match="unknown member 'way'"):
        pool().offers(company.register(), at=AUGUST_30, member=MemberId("way"))


# Properties

TODAY = date(2026, 3, 1)


def _noon(day: int) -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) + day * DAY


@st.composite
def situations(draw: st.DrawFn) -> tuple[Pool, dict[str, Any]]:
    """A pool whose rules pass with time, and what has happened until today."""
    members = [
        Member(
            id=name,
            name=name,
            team=TeamId("sales"),
            weekly_hours=38,
            leave=draw(
                st.lists(
                    st.builds(
                        lambda start, days: Period(
                            TODAY + start * DAY, TODAY + (start + days) * DAY
                        ),
                        st.integers(-3, 30),
                        st.integers(1, 9),
                    ),
                    max_size=2,
                )
            ),
        )
        for name in (WEI, LIN)
    ]
    names = [CustomerId(f"c-{place}") for place in range(5)]
    ownerships = []
    for name in names:
        begin = draw(st.integers(-20, -1))
        ownerships.append(
            Ownership(
                id=OwnershipId(f"o-{name}"),
                customer=name,
                member=draw(st.sampled_from([WEI, LIN])),
                since=_noon(begin),
                until=_noon(draw(st.integers(begin, 0))) + timedelta(hours=-1, days=1)
                if draw(st.integers(0, 3))
                else None,
                cause=draw(st.sampled_from([Cause.CLAIM, Cause.MANUAL])),
            )
        )
    of = pool(
        zone=draw(st.sampled_from(["Asia/Shanghai", "America/New_York"])),
        previous_owner_days=draw(st.integers(0, 20)),
        every_former_owner=draw(st.booleans()),
        waiting_days=draw(st.integers(0, 9)),
        limits=ClaimLimits(
            per_day=draw(st.none() | st.integers(1, 2)),
            per_week=draw(st.none() | st.integers(1, 2)),
            held=draw(st.none() | st.integers(1, 3)),
        ),
    )
    customers = [Customer(id=name, name=name) for name in names]
    return of, {"customers": customers, "members": members, "ownerships": ownerships}


@given(situations())
@FEWER
def test_the_first_possible_day_is_the_first_on_which_it_is_allowed(
    situation: tuple[Pool, dict[str, Any]],
) -> None:
    """Asking every day at noon, the claim is refused up to that day and then allowed."""
    of, records = situation
    register = Register(**records)
    asked = _noon(2)
    for name in (CustomerId("c-0"), CustomerId("c-1")):
        answer = of.claim(register, customer=name, member=WEI, at=asked)

        if isinstance(answer, Refusal) and answer.possible_from is not None:
            allowed = (
                at.date()
                for at in (asked + place * DAY for place in range(60))
                if isinstance(of.claim(register, customer=name, member=WEI, at=at), Claim)
            )
            assert next(allowed) == answer.possible_from


@given(situations())
@FEWER
def test_what_is_offered_is_what_may_be_claimed(situation: tuple[Pool, dict[str, Any]]) -> None:
    """Asking for each customer alone gives the same as asking for the offers."""
    of, records = situation
    register = Register(**records)

    offers = of.offers(register, at=_noon(2), member=WEI)

    alone = [
        customer.id
        for customer in records["customers"]
        if isinstance(of.claim(register, customer=customer.id, member=WEI, at=_noon(2)), Claim)
    ]
    assert list(offers) == alone
    assert set(offers) <= set(of.offers(register, at=_noon(2)))


@given(st.data(), situations())
@FEWER
def test_the_order_of_wishes_and_records_does_not_matter(
    data: st.DataObject, situation: tuple[Pool, dict[str, Any]]
) -> None:
    """The same wishes in another order get the same answers."""
    of, records = situation
    wishes = [
        (customer.id, data.draw(st.sampled_from([WEI, LIN]))) for customer in records["customers"]
    ]
    shuffled: dict[str, Any] = {
        name: data.draw(st.permutations(rows)) for name, rows in records.items()
    }

    one = of.claim_all(Register(**records), wishes, at=_noon(2))
    other = of.claim_all(Register(**shuffled), data.draw(st.permutations(wishes)), at=_noon(2))

    assert one == other
    assert len(one) == len(wishes)


@given(situations())
@FEWER
def test_a_batch_is_as_good_as_claiming_one_after_the_other(
    situation: tuple[Pool, dict[str, Any]],
) -> None:
    """Writing down each claim before the next is asked gives the same answers."""
    of, records = situation
    wishes = [(customer.id, WEI) for customer in records["customers"]]

    at_once = of.claim_all(Register(**records), wishes, at=_noon(2))

    ownerships = list(records["ownerships"])
    for customer, member in wishes:
        register = Register(**records | {"ownerships": ownerships})
        answer = of.claim(register, customer=customer, member=member, at=_noon(2))
        if isinstance(answer, Claim):
            ownerships.append(answer.ownership)
        assert answer in at_once


@pytest.mark.parametrize("nothing", [float("nan"), Decimal("NaN"), Undefined(Reason.NO_DATA), None])
@pytest.mark.parametrize("priority", ["value", "-value"])
def test_who_lacks_a_fact_is_offered_last(company: Company, nothing: object, priority: str) -> None:
    """What is no number, or undefined, is missing, as it is for criteria."""
    company.customer("adatum")
    company.facts |= {"adatum": {"value": nothing}, "contoso": {"value": 2}}
    company.facts["northwind"] = {"value": Decimal("0.5")}

    offered = pool(priority=[priority]).offers(company.register(), at=AUGUST_30)

    known = ("northwind", "contoso") if priority == "value" else ("contoso", "northwind")
    assert offered == (*known, "adatum")


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ({1}, {2}, "must be what can be put in an order, and is set"),
        ({}, {}, "must be what can be put in an order, and is dict"),
        (AUGUST_30, AUGUST_30.replace(tzinfo=None), "and is instant, instant without a zone"),
        (AUGUST_30, AUGUST_30.date(), "must be of one type, and is date, instant"),
    ],
    ids=str,
)
def test_what_has_no_order_gives_none(
    company: Company, one: object, other: object, message: str
) -> None:
    """Sets, mappings, and instants beside what is none, cannot say who is offered first."""
    company.facts |= {"northwind": {"value": one}, "contoso": {"value": other}}

    with pytest.raises(FaultsError, match=message):
        pool(priority=["value"]).offers(company.register(), at=AUGUST_30)


def test_what_is_no_id_is_told(company: Company) -> None:
    """Records, numbers and nothing are no ids, and all of them are told at once."""
    with pytest.raises(FaultsError) as refused:
        pool().claim(
            company.register(), customer=cast("Any", 5), member=cast("Any", None), at=AUGUST_30
        )

    assert [str(fault) for fault in refused.value.faults] == [
        "customer: must be the id of a customer (got 5)",
        "member: must be the id of a member (got None)",
    ]


@pytest.mark.parametrize("wish", ["northwind", ("northwind",), ("northwind", "wei", "lin"), None])
def test_wishes_are_pairs(company: Company, wish: object) -> None:
    """Whose wish it is belongs to each of them."""
    with pytest.raises(InvalidValueError, match="wishes must be pairs of the ids of a customer"):
        pool().claim_all(company.register(), cast("Any", [wish]), at=AUGUST_30)


def test_what_is_no_register_is_refused() -> None:
    """The records are checked before they are handed in."""
    with pytest.raises(InvalidValueError, match="register must be a Register"):
        pool().offers(cast("Any", {}), at=AUGUST_30)


def test_causes_are_taken_as_they_are_written_down(company: Company) -> None:
    """The word of a cause is the cause."""
    by_import = ask(company, pool(), cause=cast("Any", "import"))

    assert isinstance(by_import, Claim)
    assert by_import.cause is Cause.IMPORT


def test_facts_of_another_type_are_told_with_their_customers(company: Company) -> None:
    """All of them at once, so that the feed can be mended."""
    company.facts |= {name: {"spend": "much"} for name in ("northwind", "contoso")}

    with pytest.raises(FaultsError) as refused:
        pool(scope=F.spend < 3).offers(company.register(), at=AUGUST_30)

    assert [str(fault) for fault in refused.value.faults] == [
        "customer 'contoso': spend must be comparable with 3 (got 'much')",
        "customer 'northwind': spend must be comparable with 3 (got 'much')",
    ]
