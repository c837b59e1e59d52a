"""Presence: leave, days off, and what is made up for on return."""

from __future__ import annotations

import weakref
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from crmcore.calendar import Period
from crmcore.distribution import (
    Arrival,
    CatchUp,
    Desk,
    Need,
    Outcome,
    Rota,
    Share,
    SkipReason,
)
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member, SkillLevel

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HOLIDAYS = Period(date(2026, 9, 29), date(2026, 10, 1))  # Tuesday and Wednesday


def member(name: str, *leave: Period, left_on: date | None = None, skill: str = "") -> Member:
    """Make a member, who may be away or have a skill."""
    skills = [SkillLevel(skill, 3)] if skill else []
    return Member(
        id=MemberId(name),
        name=name.title(),
        team=TeamId("care"),
        weekly_hours=Decimal(38),
        leave=leave,
        left_on=left_on,
        skills=skills,
    )


def takers(rota: Rota, *at: datetime) -> list[str | None]:
    """Return who takes arrivals at these instants."""
    batch = [Arrival(id=f"c-{n:03}", at=each) for n, each in enumerate(at)]
    return [decision.member for decision in rota.distribute(batch).decisions]


def test_nobody_is_given_anything_on_leave() -> None:
    """Leave begins with its first day, and whoever was away is back on the day of its end."""
    rota = Rota.of([member("ann", HOLIDAYS), member("bo")])

    assert takers(rota, *(MONDAY + n * DAY for n in range(4))) == ["ann", "bo", "bo", "ann"]


def test_whoever_has_left_gets_nothing() -> None:
    """From the day on which a member left, all goes to the others."""
    rota = Rota.of([member("ann", left_on=date(2026, 9, 29)), member("bo")])

    assert takers(rota, MONDAY, MONDAY + DAY, MONDAY + 2 * DAY) == ["ann", "bo", "bo"]


def test_days_of_the_week_are_kept() -> None:
    """Whoever takes arrivals on Mondays alone is passed over on Tuesday."""
    rota = Rota(shares=[Share(member=member("ann"), weekdays=[1]), Share(member=member("bo"))])

    assert takers(rota, MONDAY, MONDAY + DAY, MONDAY + 7 * DAY) == ["ann", "bo", "ann"]


def test_on_a_holiday_nobody_takes_anything() -> None:
    """What arrives on a holiday stays undistributed, and says so."""
    rota = Rota(shares=[Share(member=member("ann"))], holidays=[date(2026, 10, 1)])

    done = rota.hand_out(["c-1"], at=datetime(2026, 10, 1, 9, tzinfo=UTC))

    assert [one.why.wording.en for one in done.undistributed] == [
        "nobody may take it; skipped: ann (2026-10-01 is a holiday)"
    ]


def test_days_begin_in_the_stated_zone() -> None:
    """At 17:00 UTC it is the next day in Shanghai, where leave has begun."""
    evening = datetime(2026, 9, 28, 17, tzinfo=UTC)
    team = [member("ann", HOLIDAYS), member("bo")]

    assert takers(Rota.of(team), evening) == ["ann"]
    assert takers(Rota.of(team, zone="Asia/Shanghai"), evening) == ["bo"]


@pytest.mark.parametrize(
    ("catch_up", "after_return"),
    [
        (CatchUp.none(), ["ann", "bo", "ann", "bo", "ann", "bo"]),
        (CatchUp.capped(2), ["ann", "ann", "ann", "bo", "ann", "bo"]),
        (CatchUp.full(), ["ann", "ann", "ann", "ann", "ann", "bo"]),
    ],
)
def test_return_from_leave_follows_the_stated_policy(
    catch_up: CatchUp, after_return: list[str]
) -> None:
    """Bo took five while Ann was away: Ann makes up for none, for two at most, or for all."""
    rota = Rota.of([member("bo"), member("ann", HOLIDAYS)], catch_up=catch_up)
    while_away = [MONDAY + DAY] * 5
    later = [MONDAY + 3 * DAY] * 6

    assert takers(rota, *while_away, *later)[5:] == after_return


def test_whoever_was_ahead_before_the_leave_is_no_further_behind() -> None:
    """A member who had more than its share before the leave is not made to have more still."""
    ahead = Share(member=member("ann", HOLIDAYS), counted=9)
    rota = Rota(shares=[ahead, Share(member=member("bo"))])

    done = rota.hand_out(["c-1", "c-2"], at=MONDAY + DAY)

    assert [share.counted for share in done.rota.shares] == [9, 2]


def test_nothing_is_owed_from_before_the_leave_either() -> None:
    """Without catching up, whoever returns is level with the others, whatever was owed."""
    behind = Share(member=member("ann", HOLIDAYS), weight=2)
    rota = Rota(shares=[Share(member=member("bo"), counted=5), behind])

    done = rota.hand_out(["c-1"], at=MONDAY + DAY)

    assert [share.counted for share in done.rota.shares] == [6, 10]


def test_only_what_the_member_could_have_taken_counts_as_missed() -> None:
    """Ann was away while arrivals came that she cannot take: she has missed nothing."""
    team = [member("ann", HOLIDAYS), member("bo", skill="chess"), member("cy")]
    chess = Need(skills=[SkillLevel("chess", 1)])
    desk = Desk(Rota.of(team))
    for n in range(9):
        desk.assign(Arrival(id=f"a-{n}", at=MONDAY + DAY, need=chess))
    desk.assign(Arrival(id="b", at=MONDAY + DAY))

    counted = [share.counted for share in desk.rota.shares]

    assert counted == [0, 9, 1]


def test_a_rota_that_is_kept_in_the_middle_of_a_leave_goes_on_alike() -> None:
    """Whether the memory is handed on each day or not, the same is decided."""
    rota = Rota.of([member("ann", HOLIDAYS), member("bo"), member("cy")])
    desk = Desk(rota)

    for day in range(6):
        for n in range(4):
            arrival = Arrival(id=f"c-{day}-{n}", at=MONDAY + day * DAY)
            decision, rota = rota.assign(arrival)
            assert desk.assign(arrival) == decision

    assert desk.rota == rota


def test_what_is_taken_back_during_a_leave_is_owed() -> None:
    """An item that is taken back from whoever is away leaves its level one lower."""
    desk = Desk(Rota.of([member("ann", HOLIDAYS), member("bo")]))
    desk.assign(Arrival(id="c-1", at=MONDAY))
    for n in range(3):
        desk.assign(Arrival(id=f"d-{n}", at=MONDAY + DAY))

    desk.take_back("c-1")

    assert [share.counted for share in desk.rota.shares] == [1, 3]


def test_several_reasons_of_absence_are_told_apart() -> None:
    """Whoever has left, is on leave, or does not work that day is skipped for that reason."""
    shares = [
        Share(member=member("ann", left_on=date(2026, 9, 1))),
        Share(member=member("bo", Period(date(2026, 9, 28), date(2026, 10, 5)))),
        Share(member=member("cy"), weekdays=[6, 7]),
        Share(member=member("di"), weight=Decimal("0.5")),
    ]

    decision, _ = Rota(shares=shares).assign(Arrival(id="c-1", at=MONDAY))

    assert [(skip.member, skip.reason, skip.wording.en) for skip in decision.why.skipped] == [
        ("ann", SkipReason.LEFT, "left on 2026-09-01"),
        ("bo", SkipReason.AWAY, "on leave, back on 2026-10-05"),
        ("cy", SkipReason.AWAY, "takes nothing on Mondays"),
    ]
    assert decision.why.skipped[2].wording.zh == "周一不接收"


def test_with_everyone_away_arrivals_are_listed() -> None:
    """Nobody gets what nobody can take: it is listed, and no default hides it."""
    rota = Rota.of([member("ann", HOLIDAYS), member("bo", HOLIDAYS)])

    done = rota.hand_out(["c-1", "c-2"], at=MONDAY + DAY)

    assert [one.arrival.id for one in done.undistributed] == ["c-1", "c-2"]
    assert {one.outcome for one in done.decisions} == {Outcome.NOBODY}
    assert done.rota.shares == rota.shares
    assert done.rota.held == ()


def test_the_last_day_of_the_calendar_ends() -> None:
    """Where it is the calendar's last day already, arrivals are given out as ever."""
    rota = Rota.of([member("ann"), member("bo")], zone="Asia/Shanghai")
    late = datetime(9999, 12, 30, 20, tzinfo=UTC)

    assert takers(rota, late, late) == ["ann", "bo"]


def test_what_was_missed_is_known_however_much_else_is_wanted() -> None:
    """Thousands of other needs come between, and only what they want is forgotten."""
    team = [member("ann", HOLIDAYS, skill="tax"), member("bo", skill="tax")]
    tax = Need(skills=[SkillLevel("tax", 1)])
    desk, again = Desk(Rota.of(team)), Desk(Rota.of(team))
    rare = Need(language="l-0")
    remembered = weakref.ref(rare)

    for n in range(10):
        for each in (desk, again):
            each.assign(Arrival(id=f"t-{n}", at=MONDAY + DAY, need=tax))
    desk.assign(Arrival(id="l-0", at=MONDAY + DAY, need=rare))
    del rare
    for n in range(1, 4100):
        desk.assign(Arrival(id=f"l-{n}", at=MONDAY + DAY, need=Need(language=f"l-{n}")))
    back = Arrival(id="back", at=MONDAY + 3 * DAY, need=tax)

    assert desk.assign(back).why == again.assign(back).why
    assert desk.rota == again.rota
    assert desk.rota.share("ann").counted == 10
    assert remembered() is None
