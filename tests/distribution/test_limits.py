"""Limits: a member at capacity is skipped, and a release gives room again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crmcore.calendar import Grain
from crmcore.distribution import Arrival, Desk, Held, Limit, Rota, Share
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def rota(*limits: Limit) -> Rota:
    """Ann with limits, and Bo without."""
    ann, bo = (
        Member(id=MemberId(name), name=name.title(), team=TeamId("care"), weekly_hours=Decimal(38))
        for name in ("ann", "bo")
    )
    return Rota(shares=[Share(member=ann, limits=limits), Share(member=bo)])


def takers(desk: Desk, count: int, at: datetime = MONDAY, hours: str = "0") -> str:
    """Return the initials of who takes so many arrivals."""
    taken = [
        desk.assign(Arrival(id=f"{at:%d}-{hours}-{n}", at=at, hours=Decimal(hours))).member
        for n in range(count)
    ]
    return "".join((member or "-")[0] for member in taken)


def test_a_member_at_capacity_is_skipped() -> None:
    """Ann holds two at most, so the rest goes to Bo."""
    assert takers(Desk(rota(Limit(items=2))), 6) == "ababbb"


def test_a_release_gives_room_again() -> None:
    """Whoever is released from an item takes turns again, from its own level."""
    desk = Desk(rota(Limit(items=1)))
    takers(desk, 4)

    desk.release("28-0-0")

    assert takers(desk, 2, MONDAY + DAY) == "ab"


def test_a_release_that_leaves_another_limit_full_gives_no_turn() -> None:
    """All limits bind: two a day and three in all."""
    desk = Desk(rota(Limit(items=2, per=Grain.DAY), Limit(items=3)))

    assert takers(desk, 5) == "ababb"
    assert takers(desk, 3, MONDAY + DAY) == "abb"
    desk.release("28-0-0")
    assert takers(desk, 1, MONDAY + DAY, "1") == "a"
    desk.release("28-0-2")
    assert takers(desk, 1, MONDAY + DAY, "2") == "b"


def test_a_limit_per_week_begins_anew_on_monday() -> None:
    """Two a week: the third goes to Ann on the Monday after."""
    desk = Desk(rota(Limit(items=2, per=Grain.WEEK)))

    assert takers(desk, 5) == "ababb"
    assert takers(desk, 2, MONDAY + 6 * DAY) == "bb"
    assert takers(desk, 4, MONDAY + 7 * DAY) == "aabb"


def test_a_release_of_an_earlier_period_gives_no_room_in_this_one() -> None:
    """What came last week does not count for this week's limit, held or released."""
    desk = Desk(rota(Limit(items=1, per=Grain.WEEK)))
    assert takers(desk, 2) + takers(desk, 1, MONDAY + 7 * DAY) == "aba"

    desk.release("28-0-0")

    assert takers(desk, 2, MONDAY + 7 * DAY, "1") == "bb"


def test_hours_limit_what_fits() -> None:
    """With three hours, Ann takes a two-hour item, is passed over for another, and takes one hour.

    Whoever is passed over keeps its turn.
    """
    desk = Desk(rota(Limit(hours=3)))

    assert takers(desk, 4, hours="2") == "abbb"
    assert takers(desk, 2, hours="1") == "ab"
    assert takers(desk, 1, hours="0") == "a"
    assert takers(desk, 2, hours="0.25") == "bb"


def test_hours_of_a_day_are_free_again_the_next_day() -> None:
    """A limit of hours per day counts what came on that day."""
    desk = Desk(rota(Limit(hours=Decimal("1.5"), per=Grain.DAY)))

    assert takers(desk, 4, hours="1") == "abbb"
    assert takers(desk, 4, MONDAY + DAY, hours="1") == "abbb"


def test_with_everyone_at_capacity_arrivals_are_listed() -> None:
    """Where all are full, an arrival is undistributed for that reason."""
    full = [Share(member=share.member, limits=[Limit(items=1)]) for share in rota().shares]

    done = Rota(shares=full).hand_out(["c-1", "c-2", "c-3"], at=MONDAY)

    (left,) = done.undistributed
    assert left.arrival.id == "c-3"
    assert str(left) == (
        "c-3: nobody may take it; skipped: ann (at capacity: 1 of 1 items), "
        "bo (at capacity: 1 of 1 items)"
    )
    assert left.why.wording.zh == ("无人可以接收；跳过：ann（已满额：1/1项）、bo（已满额：1/1项）")


def test_reasons_of_capacity_name_their_period() -> None:
    """The period of a limit is told, and the hours that do not fit."""
    desk = Desk(rota(Limit(items=1, per=Grain.DAY), Limit(hours=2, per=Grain.WEEK)))
    desk.assign(Arrival(id="c-1", at=MONDAY, hours=Decimal("1.5")))

    why = desk.assign(Arrival(id="c-2", at=MONDAY, hours=Decimal(1))).why

    assert [skip.wording.en for skip in why.skipped] == [
        "at capacity: 1 of 1 items this day",
        "at capacity: 1.50 of 2.00 h this ISO week, 1.00 h more do not fit",
    ]
    assert [skip.wording.zh for skip in why.skipped] == [
        "已满额：本日1/1项",
        "已满额：本周1.50/2.00小时，无法再容纳1.00小时",
    ]


def test_what_was_held_before_counts() -> None:
    """A rota that is built from books counts what is in them."""
    before = rota(Limit(items=2)).shares
    books = [Held(member=MemberId("ann"), day=date(2026, 9, 1), ids=["old-1", "old-2"])]

    assert takers(Desk(Rota(shares=before, held=books)), 2) == "bb"


def test_the_memory_of_limits_survives_being_handed_on() -> None:
    """One by one, with the rota handed on, limits bind as they do at a desk."""
    current = rota(Limit(items=2, per=Grain.DAY), Limit(hours=3))
    desk = Desk(current)

    for n in range(12):
        hours = Decimal(n % 3) / 2
        arrival = Arrival(id=f"c-{n}", at=MONDAY + n * timedelta(hours=5), hours=hours)
        decision, current = current.assign(arrival)
        assert desk.assign(arrival) == decision

    assert desk.rota == current


@pytest.mark.parametrize("items", [0, 1])
def test_a_limit_of_nothing_gives_nothing(items: int) -> None:
    """Somebody with a limit of 0 takes part and gets nothing."""
    assert takers(Desk(rota(Limit(items=items))), 3) == {0: "bbb", 1: "abb"}[items]
