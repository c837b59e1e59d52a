"""Recycling over histories of any kind: what always holds, and what a hand would count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.activities import (
    Channel,
    Direction,
    Interaction,
    InteractionId,
    Purchase,
    PurchaseId,
)
from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.customers import Cause, Customer, Ownership, OwnershipId
from crmcore.kernel import CustomerId, MemberId, Money, TeamId
from crmcore.organization import Member
from crmcore.pools import Activity, Fate, Pool, RecycleRule, Recycling, Register, Whose

MEMBERS = [MemberId("wei"), MemberId("lin")]
NAMES = [CustomerId(f"c-{place}") for place in range(1, 4)]
History: TypeAlias = tuple[Pool, dict[str, Any], dict[str, Any]]

# Histories are costly to make up, and these rules are simple.
FEWER = settings(max_examples=50)

DAY = timedelta(days=1)
START = date(2026, 2, 20)
HORIZON = 80


def _at(day: int, hour: int = 12) -> datetime:
    return datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + day * DAY


_days = st.integers(0, 25)
_periods = st.builds(
    lambda start, days: Period(START + start * DAY, START + (start + days) * DAY),
    st.integers(0, 60),
    st.integers(1, 15),
)
_activities = st.sampled_from(
    [Activity(), Activity(by=Whose.ANYBODY), Activity(what="purchase"), Activity(what="matter")]
)
_rules = st.lists(
    st.builds(
        RecycleRule,
        name=st.sampled_from(["a", "b", "c"]),
        days=st.integers(1, 25),
        when=st.sampled_from([F.tier == "gold", F.tier.is_present()]),
        resets=st.lists(_activities, max_size=2),
        settled_by=st.lists(_activities, max_size=1),
        since=st.sampled_from([None, "ends"]),
        leave_pauses=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda rule: rule.name,
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A pool, records of some customers and two members, and what else is known."""
    members = [
        Member(
            id=name,
            name=name,
            team=TeamId("sales"),
            weekly_hours=38,
            leave=draw(st.lists(_periods, max_size=2)),
        )
        for name in MEMBERS
    ]
    ownerships, contacts, purchases = [], [], []
    for name in NAMES:
        begins = draw(_days)
        ownerships.append(
            Ownership(
                id=OwnershipId(f"o-{name}"),
                customer=name,
                member=draw(st.sampled_from(MEMBERS)),
                since=_at(begins, draw(st.integers(0, 23))),
                until=draw(st.none() | st.integers(26, 60).map(_at)),
                cause=draw(st.sampled_from(Cause)),
            )
        )
        for place, day in enumerate(draw(st.lists(_days, max_size=3))):
            contacts.append(
                Interaction(
                    id=InteractionId(f"i-{name}-{place}"),
                    customer=name,
                    member=draw(st.sampled_from([*MEMBERS, None])),
                    at=_at(day, draw(st.integers(0, 23))),
                    channel=Channel.CALL,
                    direction=Direction.OUTBOUND,
                )
            )
        for place, day in enumerate(draw(st.lists(_days, max_size=1))):
            purchases.append(
                Purchase(
                    id=PurchaseId(f"p-{name}-{place}"),
                    customer=name,
                    at=_at(day),
                    amount=Money(1, "CNY"),
                )
            )
    records: dict[str, Any] = {
        "customers": [Customer(id=name, name=name) for name in NAMES],
        "members": members,
        "ownerships": ownerships,
        "interactions": contacts,
        "purchases": purchases,
    }
    known: dict[str, Any] = {
        "facts": {
            name: {
                "tier": draw(st.sampled_from(["gold", "silver", None])),
                "ends": draw(st.none() | st.integers(0, 40).map(lambda day: START + day * DAY)),
            }
            for name in NAMES
        },
        "locks": draw(
            st.dictionaries(
                st.sampled_from(NAMES),
                st.none() | st.integers(0, 60).map(lambda day: START + day * DAY),
                max_size=1,
            )
        ),
    }
    of = Pool(
        name="open",
        rules=draw(_rules),
        zone=draw(st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin"])),
        exempt=draw(st.sampled_from([None, F.tier == "silver"])),
        warn_days=draw(st.integers(0, 9)),
    )
    return of, records, known


def _recycled(recycling: Recycling) -> set[CustomerId]:
    return {o.customer for o in recycling.outlooks if o.fate is Fate.RECYCLED}


# After the 26th day nothing happens any more but leave, and ends of ownerships and of locks.
AS_OF = START + 27 * DAY


@given(histories())
def test_explain_names_the_first_day_on_which_it_happens(
    history: History,
) -> None:
    """The day that an owner is told is exactly the first one on which recycling takes it."""
    of, records, known = history
    register = Register(**records, **known)
    told = {name: of.explain(register, name, as_of=AS_OF).due for name in NAMES}

    taken: dict[str, date] = {}
    for day in range(HORIZON):
        recycling = of.recycle(register, as_of=AS_OF + day * DAY)
        for name in _recycled(recycling):
            taken.setdefault(name, recycling.as_of)

    last = AS_OF + HORIZON * DAY
    assert taken == {name: day for name, day in told.items() if day is not None and day < last}


@given(histories())
def test_recycling_counts_days_as_one_would_by_hand(
    history: History,
) -> None:
    """Counting full days one by one, from the last reset on, gives the same moves."""
    of, records, known = history
    register = Register(**records, **known)

    recycling = of.recycle(register, as_of=AS_OF)

    expected = {
        held.customer for held in records["ownerships"] if _goes_back(of, records, known, held)
    }
    assert _recycled(recycling) == expected


def _goes_back(of: Pool, records: dict[str, Any], known: dict[str, Any], held: Ownership) -> bool:
    """Say by hand whether an owned customer goes back on the day."""
    name, facts = held.customer, known["facts"][held.customer]
    begins = datetime.combine(AS_OF, datetime.min.time(), tzinfo=ZoneInfo(of.zone))
    if held.until is not None and held.until <= begins:
        return False
    if of.exempt is not None and facts["tier"] != "gold":
        return False
    if name in known["locks"] and (known["locks"][name] or date.max) > AS_OF:
        return False
    leave = next(m.leave for m in records["members"] if m.id == held.member)
    return any(_has_run_out(rule, of, records, held, leave, facts) for rule in of.rules)


def _has_run_out(  # noqa: PLR0917 - what a hand would lay out on a table
    rule: RecycleRule,
    of: Pool,
    records: dict[str, Any],
    held: Ownership,
    leave: tuple[Period, ...],
    facts: dict[str, Any],
) -> bool:
    def on(at: datetime) -> date:
        return at.astimezone(ZoneInfo(of.zone)).date()

    def happened(activities: tuple[Activity, ...]) -> list[date]:
        days = []
        for activity in activities:
            if activity.what == "purchase":
                found = records["purchases"]
            elif activity.what == "contact":
                found = [
                    contact
                    for contact in records["interactions"]
                    if activity.by is Whose.ANYBODY or contact.member == held.member
                ]
            else:
                found = []
            days += [on(o.at) for o in found if o.customer == held.customer and o.at >= held.since]
        return days

    if facts["tier"] is None or (
        str(rule.when) != str(F.tier.is_present()) and facts["tier"] != "gold"
    ):
        return False
    if happened(rule.settled_by) or (rule.since is not None and facts["ends"] is None):
        return False
    start = max([on(held.since), *happened(rule.resets), *([facts["ends"]] if rule.since else [])])
    full, day = 0, start + DAY
    while day < AS_OF:
        full += not (rule.leave_pauses and any(day in away for away in leave))
        day += DAY
    return full >= rule.days


@given(st.data(), histories())
@FEWER
def test_the_order_of_the_records_does_not_matter(data: st.DataObject, history: History) -> None:
    """The same records in another order give the same outlooks and moves."""
    of, records, known = history
    shuffled: dict[str, Any] = {
        name: data.draw(st.permutations(rows)) for name, rows in records.items()
    }
    turned = {name: dict(reversed(facts.items())) for name, facts in known.items()}

    one = of.recycle(Register(**records, **known), as_of=AS_OF)
    other = of.recycle(Register(**shuffled, **turned), as_of=AS_OF)

    assert one == other
    assert one.moves == other.moves
    assert one.fingerprint == other.fingerprint


@given(histories(), st.integers(0, 60))
@FEWER
def test_every_owned_customer_has_exactly_one_fate(history: History, day: int) -> None:
    """Recycled, warned or kept, each with a reason; nobody is lost and nobody comes twice."""
    of, records, known = history
    as_of = AS_OF + day * DAY
    begins = datetime.combine(as_of, datetime.min.time(), tzinfo=ZoneInfo(of.zone))

    recycling = of.recycle(Register(**records, **known), as_of=as_of)

    owned = sorted(o.customer for o in records["ownerships"] if o.lasts_at(begins))
    parts: list[Callable[[], Any]] = [
        lambda: _recycled(recycling),
        lambda: [outlook.customer for outlook in recycling.warnings],
        lambda: [outlook.customer for outlook in recycling.kept],
    ]
    assert sorted(name for part in parts for name in part()) == owned
    assert all(outlook.reason.en and outlook.reason.zh for outlook in recycling.outlooks)
    assert all(outlook.member is not None for outlook in recycling.outlooks)


@given(histories())
@FEWER
def test_a_recycled_customer_had_been_warned(
    history: History,
) -> None:
    """Where nothing happens on the way, the days of warning come before the day itself."""
    of, records, known = history
    register = Register(**records, **known)
    for name in NAMES:
        outlook = of.explain(register, name, as_of=AS_OF)
        if outlook.due is None or outlook.due == AS_OF or outlook.warned_from is None:
            continue

        eve = of.explain(register, name, as_of=outlook.due - DAY)

        assert (outlook.due - outlook.warned_from).days == of.warn_days
        assert eve.fate is (Fate.WARNED if of.warn_days else Fate.KEPT)
        assert attrs.evolve(eve, as_of=AS_OF, fate=outlook.fate) == outlook
