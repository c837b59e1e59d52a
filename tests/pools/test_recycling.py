"""Recycling: which customers come back, when, by which rule, and what resets the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crmcore.activities import Channel, Direction, MatterKind
from crmcore.calendar import Period
from crmcore.criteria import F, predicate
from crmcore.customers import Cause, OwnershipRole
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId
from crmcore.plans import MoveKind
from crmcore.pools import Activity, Fate, Pool, RecycleRule, Register, Whose

if TYPE_CHECKING:
    from tests.pools.conftest import Company

CONTACT = Activity()
SILENT = RecycleRule(name="silent", days=90, resets=[CONTACT])
NORTHWIND = CustomerId("northwind")
JUNE_30 = datetime(2026, 6, 30, 12, tzinfo=UTC)
JULY_1 = date(2026, 7, 1)
DAY = timedelta(days=1)


def pool(*rules: RecycleRule, **terms: Any) -> Pool:  # noqa: ANN401 - fields of a pool
    """Return a pool in Shanghai with some rules."""
    return Pool(**{"name": "open", "zone": "Asia/Shanghai", "rules": rules or (SILENT,)} | terms)


def due(register: Register, of: Pool, as_of: date = JULY_1) -> date | None:
    """Return when Northwind goes back."""
    return of.explain(register, NORTHWIND, as_of=as_of).due


# The date


def test_the_first_day_is_the_one_after_so_many_full_days(company: Company) -> None:
    """Taken over on 30 June with 90 full days, a customer goes back on 29 September."""
    company.owns("wei", "northwind", JUNE_30)

    outlook = pool().explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == date(2026, 9, 29)
    assert outlook.last_day == date(2026, 9, 28)
    assert outlook.taken_over == date(2026, 6, 30)


def test_a_contract_ends_on_30_june(company: Company) -> None:
    """With 90 full days after the contract's end, 30 June, it is 29 September as well."""
    company.facts["northwind"] = {"contract_ends": date(2026, 6, 30)}
    company.owns("wei", "northwind", JUNE_30 - 200 * DAY)
    rule = RecycleRule(name="expired", days=90, since="contract_ends")

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == date(2026, 9, 29)
    assert outlook.deciding is not None
    assert outlook.deciding.started_by == "fact:contract_ends"


@pytest.mark.parametrize(("year", "first"), [(2027, date(2027, 3, 2)), (2028, date(2028, 3, 1))])
def test_a_leap_day_is_a_day(company: Company, year: int, first: date) -> None:
    """30 full days after 30 January end with February, or a day later without the 29th."""
    company.owns("wei", "northwind", datetime(year, 1, 30, 12, tzinfo=UTC))
    rule = RecycleRule(name="held", days=30)

    found = due(company.register(), pool(rule), date(year, 2, 1))

    assert found == first


@pytest.mark.parametrize(
    ("zone", "at", "first"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 31)),
        ("Europe/Berlin", datetime(2026, 3, 28, 22, 30, tzinfo=UTC), date(2026, 3, 30)),
        ("America/New_York", datetime(2026, 11, 1, 3, 59, tzinfo=UTC), date(2026, 11, 2)),
        ("America/New_York", datetime(2026, 11, 1, 4, 0, tzinfo=UTC), date(2026, 11, 3)),
        ("America/Santiago", datetime(2026, 9, 6, 4, 0, tzinfo=UTC), date(2026, 9, 8)),
    ],
)
def test_days_are_those_of_the_zone(company: Company, zone: str, at: datetime, first: date) -> None:
    """Where the clocks change, a day of 23 or 25 hours is one full day."""
    company.owns("wei", "northwind", at)
    rule = RecycleRule(name="held", days=1)
    there = pool(rule, zone=zone)
    register = company.register()

    assert due(register, there, first) == first
    assert there.recycle(register, as_of=first - DAY).moves == ()
    assert len(there.recycle(register, as_of=first).moves) == 1


def test_a_clock_beyond_the_calendar_never_runs_out(company: Company) -> None:
    """A contract without a real end keeps its customer."""
    company.facts["northwind"] = {"contract_ends": date(9999, 12, 30)}
    company.owns("wei", "northwind", JUNE_30)
    rule = RecycleRule(name="expired", days=90, since="contract_ends")

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due is None
    assert outlook.last_day is None
    assert "never runs out: since 9999-12-30" in str(outlook.clocks[0])


# One clock for every way


@pytest.mark.parametrize("cause", Cause)
def test_the_clock_is_the_same_for_every_way(company: Company, cause: Cause) -> None:
    """Claimed, given by hand, imported, merged, planned: the day is the same."""
    company.owns("wei", "northwind", JUNE_30, cause=cause)

    assert due(company.register(), pool()) == date(2026, 9, 29)


def test_intervals_that_touch_are_one(company: Company) -> None:
    """Whoever had the customer anyway has not taken it over anew by an import."""
    company.owns("wei", "northwind", JUNE_30, JUNE_30 + 10 * DAY)
    company.owns("wei", "northwind", JUNE_30 + 10 * DAY, cause=Cause.IMPORT)

    assert due(company.register(), pool(), date(2026, 8, 1)) == date(2026, 9, 29)


@pytest.mark.parametrize(("former", "gap"), [("lin", 0), ("wei", 1)])
def test_the_clock_starts_anew_with_an_owner(company: Company, former: str, gap: int) -> None:
    """Another owner, or the same one after a break, has all days."""
    company.owns(former, "northwind", JUNE_30 - 50 * DAY, JUNE_30 - gap * DAY)
    company.contact("wei", "northwind", JUNE_30 - 2 * DAY)
    company.owns("wei", "northwind", JUNE_30)

    assert due(company.register(), pool()) == date(2026, 9, 29)


# What resets it


@pytest.mark.parametrize(
    ("activity", "member", "channel", "direction", "counts"),
    [
        (Activity(), "wei", Channel.CALL, Direction.INBOUND, True),
        (Activity(), "lin", Channel.CALL, Direction.OUTBOUND, False),
        (Activity(), "chen", Channel.CALL, Direction.OUTBOUND, False),
        (Activity(), None, Channel.CALL, Direction.OUTBOUND, False),
        (Activity(by=Whose.HOLDERS), "chen", Channel.CALL, Direction.OUTBOUND, True),
        (Activity(by=Whose.HOLDERS), "lin", Channel.CALL, Direction.OUTBOUND, False),
        (Activity(by=Whose.HOLDERS), None, Channel.CALL, Direction.OUTBOUND, False),
        (Activity(by=Whose.ANYBODY), "lin", Channel.CALL, Direction.OUTBOUND, True),
        (Activity(by=Whose.ANYBODY), None, Channel.CALL, Direction.OUTBOUND, True),
        (Activity(channels=[Channel.VISIT]), "wei", Channel.CALL, Direction.OUTBOUND, False),
        (Activity(channels=[Channel.VISIT]), "wei", Channel.VISIT, Direction.OUTBOUND, True),
        (Activity(direction=Direction.INBOUND), "wei", Channel.CALL, Direction.OUTBOUND, False),
        (Activity(direction=Direction.INBOUND), "wei", Channel.CALL, Direction.INBOUND, True),
        (Activity(what="purchase"), "wei", Channel.CALL, Direction.OUTBOUND, False),
    ],
)
def test_only_the_stated_contacts_reset_the_clock(  # noqa: PLR0917 - one row of the table
    company: Company,
    activity: Activity,
    member: str | None,
    channel: Channel,
    direction: Direction,
    counts: bool,  # noqa: FBT001
) -> None:
    """A contact counts by who had it, on which way, and who turned to whom."""
    company.member("chen")
    company.owns("wei", "northwind", JUNE_30)
    company.owns("chen", "northwind", JUNE_30, role=OwnershipRole.COLLABORATOR)
    company.contact(member, "northwind", JUNE_30 + 10 * DAY, channel=channel, direction=direction)
    rule = RecycleRule(name="silent", days=90, resets=[activity])

    found = due(company.register(), pool(rule), date(2026, 8, 1))

    assert found == (date(2026, 10, 9) if counts else date(2026, 9, 29))


def test_a_purchase_resets_the_clock_and_a_refund_does_not(company: Company) -> None:
    """Money that went back is no purchase."""
    company.owns("wei", "northwind", JUNE_30)
    bought = company.purchase("northwind", JUNE_30 + 10 * DAY)
    company.purchase("northwind", JUNE_30 + 20 * DAY, -10)
    rule = RecycleRule(name="unsold", days=90, resets=[Activity(what="purchase")])

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=date(2026, 8, 1))

    assert outlook.due == date(2026, 10, 9)
    assert outlook.clocks[0].started_by == f"purchase:{bought}"


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        ([], date(2026, 10, 9)),
        ([MatterKind.OPPORTUNITY], date(2026, 10, 9)),
        ([MatterKind.COMPLAINT], date(2026, 9, 29)),
    ],
)
def test_a_new_opportunity_resets_the_clock(
    company: Company, kinds: list[MatterKind], first: date
) -> None:
    """What came up counts on the day on which it did, if it is of the kind."""
    company.owns("wei", "northwind", JUNE_30)
    company.matter("northwind", JUNE_30 + 10 * DAY, kind=MatterKind.OPPORTUNITY)
    activity = Activity(what="matter", kinds=kinds)
    rule = RecycleRule(name="idle", days=90, resets=[activity])

    assert due(company.register(), pool(rule), date(2026, 8, 1)) == first


def test_the_last_of_several_activities_counts(company: Company) -> None:
    """It does not matter which of the stated kinds it was."""
    company.owns("wei", "northwind", JUNE_30)
    company.purchase("northwind", JUNE_30 + 20 * DAY)
    last = company.contact("wei", "northwind", JUNE_30 + 30 * DAY)
    company.contact("lin", "northwind", JUNE_30 + 40 * DAY)
    company.matter("northwind", JUNE_30 + 10 * DAY)
    activities = [Activity(what="purchase"), Activity(), Activity(what="matter")]
    rule = RecycleRule(name="idle", days=90, resets=activities)

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=date(2026, 9, 1))

    assert outlook.due == date(2026, 10, 29)
    assert outlook.clocks[0].started_by == f"interaction:{last}"


def test_what_happens_on_the_day_comes_too_late(company: Company) -> None:
    """The day is judged as it begins: a call on that day is not known yet."""
    company.owns("wei", "northwind", JUNE_30)
    company.contact("wei", "northwind", datetime(2026, 9, 28, 16, tzinfo=UTC))
    register = company.register()

    assert due(register, pool(), date(2026, 9, 29)) == date(2026, 9, 29)
    assert due(register, pool(), date(2026, 9, 30)) == date(2026, 12, 29)


def test_an_activity_before_the_named_day_does_not_put_it_off(company: Company) -> None:
    """The clock of a contract starts with its end, or with a later activity."""
    company.facts["northwind"] = {"contract_ends": date(2026, 7, 31)}
    company.owns("wei", "northwind", JUNE_30)
    company.contact("wei", "northwind", JUNE_30 + 10 * DAY)
    rule = RecycleRule(name="expired", days=10, since="contract_ends", resets=[CONTACT])
    before = due(company.register(), pool(rule), date(2026, 8, 10))
    company.contact("wei", "northwind", datetime(2026, 8, 5, tzinfo=UTC))

    after = due(company.register(), pool(rule), date(2026, 8, 10))

    assert (before, after) == (date(2026, 8, 11), date(2026, 8, 16))


def test_a_new_owner_has_all_days_after_an_old_contract(company: Company) -> None:
    """Where the contract had ended before, the clock starts with the owner."""
    company.facts["northwind"] = {"contract_ends": datetime(2026, 1, 31, tzinfo=UTC)}
    company.owns("wei", "northwind", JUNE_30)
    rule = RecycleRule(name="expired", days=90, since="contract_ends")

    assert due(company.register(), pool(rule)) == date(2026, 9, 29)


def test_a_settled_rule_asks_no_more(company: Company) -> None:
    """Who has sold something within the days keeps the customer by that rule."""
    company.owns("wei", "northwind", JUNE_30)
    sold = company.purchase("northwind", JUNE_30 + 20 * DAY)
    rule = RecycleRule(name="unsold", days=90, settled_by=[Activity(what="purchase")])

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=date(2026, 12, 1))

    assert outlook.fate is Fate.KEPT
    assert outlook.clocks[0].settled_by == f"purchase:{sold}"
    assert str(outlook) == (
        "northwind: stays with the owner; no clock is running; unsold is settled by purchase p-1"
    )


def test_what_happens_with_the_taking_over_counts(company: Company) -> None:
    """A purchase at the very instant is one of the new owner, the one before is not."""
    company.owns("wei", "northwind", JUNE_30)
    company.purchase("northwind", JUNE_30 - timedelta(seconds=1))
    rule = RecycleRule(name="unsold", days=90, settled_by=[Activity(what="purchase")])
    before = due(company.register(), pool(rule))
    company.purchase("northwind", JUNE_30)

    after = due(company.register(), pool(rule))

    assert (before, after) == (date(2026, 9, 29), None)


# Leave


@pytest.mark.parametrize(
    ("leave", "first"),
    [
        ([(date(2026, 7, 10), date(2026, 7, 20))], date(2026, 7, 31)),
        ([(date(2026, 6, 20), date(2026, 7, 11))], date(2026, 7, 31)),
        (
            [(date(2026, 7, 1), date(2026, 7, 6)), (date(2026, 7, 4), date(2026, 7, 11))],
            date(2026, 7, 31),
        ),
        (
            [(date(2026, 7, 1), date(2026, 7, 6)), (date(2026, 7, 6), date(2026, 7, 11))],
            date(2026, 7, 31),
        ),
        ([(date(2026, 7, 21), date(2026, 7, 31))], date(2026, 7, 21)),
        ([(date(2026, 7, 20), date(2026, 7, 30))], date(2026, 7, 31)),
        ([(date(2026, 6, 1), date(2026, 6, 30))], date(2026, 7, 21)),
    ],
)
def test_days_of_leave_do_not_count(
    company: Company, leave: list[tuple[date, date]], first: date
) -> None:
    """The clock stands still while the owner is away, however the leave is written down."""
    company.member("chen", leave=[Period(*days) for days in leave])
    company.owns("chen", "northwind", JUNE_30)
    rule = RecycleRule(name="held", days=20)

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == first
    assert outlook.clocks[0].days_off == (first - date(2026, 7, 21)).days


def test_a_rule_may_go_on_during_leave(company: Company) -> None:
    """Whether leave pauses the clock is the rule's to say."""
    company.member("chen", leave=[Period(date(2026, 7, 1), date(2026, 8, 1))])
    company.owns("chen", "northwind", JUNE_30)
    rule = RecycleRule(name="held", days=20, leave_pauses=False)

    assert due(company.register(), pool(rule)) == date(2026, 7, 21)


# Which rule


GOLD = RecycleRule(name="gold", days=30, when=F.tier == "gold", resets=[CONTACT])


@pytest.mark.parametrize(
    ("tier", "rule", "first"),
    [("gold", "gold", date(2026, 7, 31)), ("silver", "silent", date(2026, 9, 29))],
)
def test_a_tier_has_a_limit_of_its_own(company: Company, tier: str, rule: str, first: date) -> None:
    """Of the rules that apply, the one that runs out first decides."""
    company.facts["northwind"] = {"tier": tier}
    company.owns("wei", "northwind", JUNE_30)

    outlook = pool(SILENT, GOLD).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == first
    assert outlook.deciding is not None
    assert outlook.deciding.rule.name == rule


def test_features_are_facts_too(company: Company) -> None:
    """A criterion reads a customer's features as well as a mapping."""
    for name, tier in ((NORTHWIND, "gold"), (CustomerId("contoso"), "silver")):
        company.facts[name] = CustomerFeatures(customer=name, as_of=JULY_1, tier=tier)
    company.owns("wei", "northwind", JUNE_30)
    outlook = pool(SILENT, GOLD).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == date(2026, 7, 31)
    assert outlook.move is None


def test_a_rule_of_which_it_is_unknown_stands_still(company: Company) -> None:
    """Nobody loses a customer because a fact is missing, and the fact is named."""
    company.facts |= {"northwind": {"tier": None}, "contoso": {"tier": "gold"}}
    company.owns("wei", "northwind", JUNE_30)
    ends = RecycleRule(name="expired", days=10, since="contract_ends")
    company.facts["contoso"]["contract_ends"] = JULY_1

    outlook = pool(GOLD, ends).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due is None
    assert outlook.deciding is None
    assert [clock.missing for clock in outlook.clocks] == [("tier",), ("contract_ends",)]
    assert str(outlook.clocks[0]) == "gold stands still, as tier is missing"


def test_the_first_of_two_rules_that_run_out_together_decides(company: Company) -> None:
    """Ties go by the order of the rules."""
    company.owns("wei", "northwind", JUNE_30)
    rules = [RecycleRule(name=name, days=5) for name in ("zeal", "care")]

    outlook = pool(*rules).explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.deciding is not None
    assert outlook.deciding.rule.name == "zeal"


# Who is exempt


def test_the_exempt_stay_and_so_do_those_who_may_be(company: Company) -> None:
    """A customer goes back only where it surely is not exempt."""
    company.customer("fabrikam")
    for name, key in (("northwind", True), ("contoso", None), ("fabrikam", False)):
        company.owns("wei", name, JUNE_30)
        company.facts[name] = {"key_account": key}
    of = pool(exempt=F.key_account.is_true())

    recycling = of.recycle(company.register(), as_of=date(2026, 12, 1))

    assert {o.customer: (o.fate.value, str(o.hindrance)) for o in recycling.outlooks} == {
        "contoso": (
            "kept",
            "perhaps exempt: unknown: key_account is missing (asked is key_account yes)",
        ),
        "fabrikam": ("recycled", "None"),
        "northwind": ("kept", "exempt: holds: key_account is yes"),
    }


def test_an_open_matter_keeps_a_customer(company: Company) -> None:
    """While a complaint is open the customer stays, and goes back once it is closed."""
    company.owns("wei", "northwind", JUNE_30)
    company.matter("northwind", JUNE_30, kind=MatterKind.MEETING)
    closed_at = datetime(2026, 10, 15, tzinfo=UTC)
    company.matter("northwind", JUNE_30, kind=MatterKind.COMPLAINT, closed_at=closed_at)
    of = pool(exempt_while_open=[MatterKind.COMPLAINT])
    register = company.register()

    before = of.explain(register, NORTHWIND, as_of=date(2026, 10, 15))
    after = of.explain(register, NORTHWIND, as_of=date(2026, 10, 16))

    assert (before.fate, before.due) == (Fate.KEPT, None)
    assert before.reason.en == "the complaint m-2 is open"
    assert after.fate is Fate.RECYCLED


@pytest.mark.parametrize(
    ("until", "first", "words"),
    [
        (date(2026, 10, 10), date(2026, 10, 10), "locked until 2026-10-10"),
        (date(2026, 8, 1), date(2026, 9, 29), None),
        (date(2026, 9, 29), date(2026, 9, 29), None),
        (None, None, "locked for good"),
    ],
)
def test_a_locked_customer_stays_until_the_lock_ends(
    company: Company, until: date | None, first: date | None, words: str | None
) -> None:
    """The clock runs on under a lock, and the customer goes back once both are over."""
    company.owns("wei", "northwind", JUNE_30)
    company.locks["northwind"] = until

    outlook = pool().explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert outlook.due == first
    assert (outlook.hindrance and outlook.hindrance.en) == words
    assert (words or "goes back") in outlook.reason.en


def test_an_ownership_that_ends_before_is_left_alone(company: Company) -> None:
    """Who gives the customer up anyway need not be relieved of it."""
    company.owns("wei", "northwind", JUNE_30, datetime(2026, 9, 28, 15, tzinfo=UTC))
    register = company.register()

    outlook = pool().explain(register, NORTHWIND, as_of=JULY_1)

    assert outlook.due is None
    assert outlook.reason.en == "its ownership ends on 2026-09-28 anyway"
    assert pool().recycle(register, as_of=date(2026, 9, 29)).outlooks == ()


def test_the_same_owner_goes_on_without_a_break(company: Company) -> None:
    """Where one interval ends and the same owner's next one begins, nothing ends."""
    autumn = datetime(2026, 8, 1, tzinfo=UTC)
    company.owns("wei", "northwind", JUNE_30, autumn)
    company.owns("wei", "northwind", autumn, autumn + 20 * DAY)
    company.owns("wei", "northwind", autumn + 20 * DAY)
    register = company.register()

    outlook = pool().explain(register, NORTHWIND, as_of=JULY_1)

    assert outlook.due == date(2026, 9, 29)
    assert len(pool().recycle(register, as_of=date(2026, 9, 29)).moves) == 1


def test_who_lost_a_customer_is_told_why_afterwards(company: Company) -> None:
    """The records of a recycling that was carried out give the warning before it again."""
    midnight = datetime(2026, 9, 28, 16, tzinfo=UTC)
    company.owns("wei", "northwind", JUNE_30, midnight)
    of = pool(warn_days=7)

    outlook = of.explain(company.register(), NORTHWIND, as_of=date(2026, 9, 28))

    assert outlook.fate is Fate.WARNED
    assert outlook.due == date(2026, 9, 29)
    company.owns("lin", "northwind", midnight)
    outlook = of.explain(company.register(), NORTHWIND, as_of=date(2026, 9, 28))
    assert outlook.due is None
    assert outlook.reason.en == "its ownership ends on 2026-09-29 anyway"


def test_whom_the_pool_is_not_for_it_does_not_recycle(company: Company) -> None:
    """Nobody's customers, those out of use and those of other pools are left out."""
    company.customer("archived", archived_at=datetime(2026, 11, 30, 16, tzinfo=UTC))
    company.customer("foreign")
    company.facts |= {"foreign": {"market": "DE"}}
    company.facts |= {name: {"market": "CN"} for name in ("northwind", "contoso", "archived")}
    for name in ("northwind", "archived", "foreign"):
        company.owns("wei", name, JUNE_30)
    of = pool(scope=F.market == "CN")
    register = company.register()

    recycling = of.recycle(register, as_of=date(2026, 12, 1))

    assert [outlook.customer for outlook in recycling.outlooks] == ["northwind"]
    reasons = {
        name: of.explain(register, CustomerId(name), as_of=date(2026, 12, 1))
        for name in ("contoso", "archived", "foreign")
    }
    assert {outlook.fate for outlook in reasons.values()} == {Fate.OUTSIDE}
    assert reasons["contoso"].reason.en == "nobody owns it"
    assert reasons["foreign"].reason.en == "it is not one of the customers of open"
    assert reasons["foreign"].member == "wei"


# Warnings and moves


def test_the_owner_is_warned_some_days_before(company: Company) -> None:
    """From the first day of warning to the last day on which a call helps."""
    company.owns("wei", "northwind", JUNE_30)
    of, register = pool(warn_days=7), company.register()

    fates = {
        day: of.explain(register, NORTHWIND, as_of=day).fate
        for day in (date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 28), date(2026, 9, 29))
    }

    assert list(fates.values()) == [Fate.KEPT, Fate.WARNED, Fate.WARNED, Fate.RECYCLED]
    outlook = of.explain(register, NORTHWIND, as_of=JULY_1)
    assert outlook.warned_from == date(2026, 9, 22)


def test_warnings_come_in_order_of_what_is_due(company: Company) -> None:
    """What is due first is told first, and what stays is told apart."""
    company.customer("fabrikam")
    company.owns("wei", "northwind", JUNE_30 + DAY)
    company.owns("wei", "contoso", JUNE_30 + 2 * DAY)
    company.owns("wei", "fabrikam", JUNE_30)

    recycling = pool(warn_days=2).recycle(company.register(), as_of=date(2026, 9, 28))

    assert [outlook.customer for outlook in recycling.warnings] == ["fabrikam", "northwind"]
    assert [outlook.customer for outlook in recycling.kept] == ["contoso"]
    assert repr(recycling) == ("<Recycling of open as of 2026-09-28: 0 recycled, 2 warned, 1 kept>")


def test_what_is_due_becomes_a_move_to_nobody(company: Company) -> None:
    """The move says who had the customer, in which version, and by which rule it goes."""
    held = company.owns("wei", "northwind", JUNE_30)
    register = company.register()

    recycling = pool().recycle(register, as_of=date(2026, 9, 29))

    (move,) = recycling.moves
    assert (move.customer, move.from_member, move.to_member) == ("northwind", "wei", None)
    assert move.expected_version == held.version
    assert move.reason.kind is MoveKind.RECYCLED
    assert move.reason.kind.is_forced
    assert str(move) == (
        "customer:northwind: wei → nobody (came back to the pool: rule silent, no contact by "
        "the owner for 90 full days, since 2026-06-30 (taken over))"
    )
    assert move.reason.wording.zh == (
        "回收至公海：规则silent，无负责人的联系满90天，自2026-06-30（接手）起"
    )
    assert recycling.cause is Cause.RECYCLE
    assert recycling.at == datetime(2026, 9, 28, 16, tzinfo=UTC)


def test_a_fingerprint_tells_recyclings_apart(company: Company) -> None:
    """The same moves of the same day have the same one, another day has another."""
    company.owns("wei", "northwind", JUNE_30)
    register = company.register()

    prints = [
        pool().recycle(register, as_of=day).fingerprint
        for day in (date(2026, 9, 29), date(2026, 9, 29), date(2026, 9, 30))
    ]

    assert prints[0] == prints[1] != prints[2]


def test_an_explanation_answers_all_four_questions(company: Company) -> None:
    """Which rule, when, what resets the clock, and what has reset it last."""
    company.member("chen", leave=[Period(date(2026, 7, 20), date(2026, 7, 25))])
    company.owns("chen", "northwind", JUNE_30)
    company.contact("chen", "northwind", datetime(2026, 7, 10, 2, tzinfo=UTC))
    held = RecycleRule(name="held", days=365, leave_pauses=False)

    outlook = pool(SILENT, held).explain(company.register(), NORTHWIND, as_of=date(2026, 8, 1))

    assert str(outlook) == (
        "northwind: stays with the owner; goes back as 2026-10-14 begins; "
        "silent (no contact by the owner for 90 full days) runs out on 2026-10-14: since "
        "2026-07-10 (contact i-1), 5 days of leave left out; reset by contact by the owner; "
        "held (held for 365 full days) runs out on 2027-07-01: since 2026-06-30 (taken over); "
        "nothing resets it but another owner"
    )
    assert outlook.wording.zh == (
        "northwind：保留；2026-10-14零时回收；"
        "silent（无负责人的联系满90天）2026-10-14到期：自2026-07-10（联系i-1）起计，不计休假5天；"
        "负责人的联系可重新计时；held（持有满365天）2027-07-01到期：自2026-06-30（接手）起计；"
        "仅更换负责人可重新计时"
    )


def test_one_day_of_leave_is_told_as_one(company: Company) -> None:
    """Numbers of one are not told in the plural."""
    company.member("chen", leave=[Period(date(2026, 7, 20), date(2026, 7, 21))])
    company.owns("chen", "northwind", JUNE_30)

    outlook = pool().explain(company.register(), NORTHWIND, as_of=JULY_1)

    assert ", 1 day of leave left out" in str(outlook)


# What is refused


def test_a_day_before_all_records_is_refused(company: Company) -> None:
    """Whoever asks for such a day has mistaken the year."""
    company.owns("wei", "northwind", JUNE_30)

    with pytest.raises(InvalidValueError, match="as_of must not be before the first ownership"):
        pool().recycle(company.register(), as_of=date(2026, 6, 29))


def test_the_first_day_of_the_records_may_be_asked_for(company: Company) -> None:
    """As that day begins nobody owns anybody yet."""
    company.owns("wei", "northwind", JUNE_30)

    outlook = pool().explain(company.register(), NORTHWIND, as_of=date(2026, 6, 30))

    assert outlook.fate is Fate.OUTSIDE


def test_an_instant_is_no_day(company: Company) -> None:
    """The day of judgement is a day."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        pool().recycle(company.register(), as_of=JUNE_30)


def test_an_unknown_customer_is_refused_with_a_suggestion(company: Company) -> None:
    """A slip of the pen comes back with the nearest name."""
    with pytest.raises(FaultsError, match="unknown customer 'nordwind'; did you mean 'northwind'"):
        pool().explain(company.register(), CustomerId("nordwind"), as_of=JULY_1)


def test_facts_that_nobody_has_are_refused_together(company: Company) -> None:
    """A rule that could never be judged is no rule; all of them are told."""
    company.facts["northwind"] = {"tier": "gold", "contract_ends": JULY_1}
    rules = [
        RecycleRule(name="gold", days=3, when=F.teir == "gold"),
        RecycleRule(name="expired", days=3, since="contract_end"),
    ]

    with pytest.raises(FaultsError) as refused:
        pool(*rules).recycle(company.register(), as_of=JULY_1)

    assert [fault.problem for fault in refused.value.faults] == [
        "unknown fact 'contract_end'; did you mean 'contract_ends'?",
        "unknown fact 'teir'; did you mean 'tier'?",
    ]


def test_facts_that_are_no_days_are_refused_together(company: Company) -> None:
    """Text is no day, and neither is an instant without a zone; every customer is named."""
    company.facts["northwind"] = {"contract_ends": "2026-06-30"}
    company.facts["contoso"] = {"contract_ends": datetime(2026, 6, 30)}  # noqa: DTZ001
    for name in ("northwind", "contoso"):
        company.owns("wei", name, JUNE_30)
    rule = RecycleRule(name="expired", days=3, since="contract_ends")

    with pytest.raises(FaultsError, match="must be a day, or an instant with its zone") as refused:
        pool(rule).recycle(company.register(), as_of=JULY_1)

    paths = [fault.path for fault in refused.value.faults]
    assert paths == ["customer 'contoso'", "customer 'northwind'"]


def test_a_company_without_customers_recycles_nobody() -> None:
    """On the first day there is nothing, and nothing is wrong with that."""
    of = pool(scope=F.tier == "gold", who=F.grade == 1)

    recycling = of.recycle(Register(customers=[], members=[]), as_of=JULY_1)

    assert recycling.outlooks == ()


@predicate("acme.is_sleeping", version="1.0", reads=["tier"])
def is_sleeping(customer: Any) -> bool:  # noqa: ANN401, ARG001 - a question that goes wrong
    """Whether the customer sleeps."""
    message = "the service is down"
    raise ConnectionError(message)


def test_a_clock_stands_still_where_a_plugin_fails(company: Company) -> None:
    """Nobody loses a customer because a plugin is broken, and the failure is told."""
    company.facts["northwind"] = {"tier": "gold"}
    company.owns("wei", "northwind", JUNE_30)
    rule = RecycleRule(name="sleeping", days=1, when=is_sleeping())

    outlook = pool(rule).explain(company.register(), NORTHWIND, as_of=date(2026, 9, 1))

    assert outlook.fate is Fate.KEPT
    assert str(outlook.clocks[0]) == (
        "sleeping stands still, as it is unknown: acme.is_sleeping failed: "
        "ConnectionError: the service is down"
    )
    assert "sleeping暂停计时：未知：acme.is_sleeping" in outlook.wording.zh


def test_facts_of_another_type_are_told_with_their_customers(company: Company) -> None:
    """All of them at once, so that the feed can be mended."""
    company.facts |= {name: {"spend": "much"} for name in ("northwind", "contoso")}
    company.owns("wei", "northwind", JUNE_30)
    company.owns("wei", "contoso", JUNE_30)
    of = pool(RecycleRule(name="small", days=1, when=F.spend < 3))

    with pytest.raises(FaultsError) as refused:
        of.recycle(company.register(), as_of=JULY_1)

    assert [str(fault) for fault in refused.value.faults] == [
        "customer 'contoso': spend must be comparable with 3 (got 'much')",
        "customer 'northwind': spend must be comparable with 3 (got 'much')",
    ]
