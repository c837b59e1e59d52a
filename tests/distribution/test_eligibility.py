"""Eligibility: one check for every way to be given something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crmcore.calendar import Period
from crmcore.criteria import Criterion, F, as_of
from crmcore.customers import Customer
from crmcore.distribution import (
    Arrival,
    Desk,
    Limit,
    Need,
    Outcome,
    Rota,
    Share,
    SkipReason,
)
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Member, SkillLevel

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)


def member(name: str, **facts: Any) -> Member:  # noqa: ANN401 - as Member takes them
    """Make a member with stated facts."""
    hours = Decimal(38)
    return Member(
        id=MemberId(name), name=name.title(), team=TeamId("care"), weekly_hours=hours, **facts
    )


WEI = member("wei", skills=[SkillLevel("negotiation", 4)], languages=["zh", "en"], regions=["east"])
LIN = member("lin", skills=[SkillLevel("negotiation", 2)], languages=["en"], roles=["senior"])
TEAM = Rota.of([WEI, LIN])


def takers(need: Need, count: int = 2) -> Sequence[str | None]:
    """Return who takes arrivals that want the same."""
    batch = [Arrival(id=f"c-{n}", at=MONDAY, need=need) for n in range(count)]
    return [decision.member for decision in TEAM.distribute(batch).decisions]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (Need(), ["wei", "lin"]),
        (Need(skills=[SkillLevel("negotiation", 2)]), ["wei", "lin"]),
        (Need(skills=[SkillLevel("negotiation", 3)]), ["wei", "wei"]),
        (Need(language="zh"), ["wei", "wei"]),
        (Need(region="west"), ["lin", "lin"]),
        (Need(region="east"), ["wei", "lin"]),
        (Need(criterion=F.roles.has("senior")), ["lin", "lin"]),
        (Need(language="zh", criterion=F.roles.has("senior")), [None, None]),
    ],
    ids=["none", "level 2", "level 3", "language", "region", "own region", "criterion", "both"],
)
def test_only_who_has_what_is_wanted_takes_turns(need: Need, expected: list[str | None]) -> None:
    """Skills, language, region and criterion are all wanted; no region of one's own means all."""
    assert takers(need) == expected


def test_what_one_need_gives_counts_for_all() -> None:
    """There is one memory: whoever got the Mandarin ones is passed over for the others."""
    zh = Need(language="zh")
    batch = [Arrival(id=f"c-{n}", at=MONDAY, need=zh if n < 2 else Need()) for n in range(5)]

    taken = [decision.member for decision in TEAM.distribute(batch).decisions]

    assert taken == ["wei", "wei", "lin", "lin", "wei"]


def test_an_unknown_criterion_permits_nothing() -> None:
    """Where it is unknown whether a criterion holds, the member may not take the arrival."""
    stays = Need(criterion=F.left_on.is_missing() | (F.left_on > date(2027, 1, 1)))
    leaves = Need(criterion=F.left_on > date(2027, 1, 1))

    assert takers(stays) == ["wei", "lin"]
    assert takers(leaves) == [None, None]


def test_a_criterion_may_depend_on_the_day() -> None:
    """Whoever leaves within a month of the day gets nothing that wants somebody who stays."""
    leaving = member("ann", left_on=date(2026, 11, 15))
    rota = Rota.of([leaving, member("bo", left_on=date(2027, 11, 15))])
    stays = Need(criterion=F.left_on.days_since(as_of) > 31)
    days = [MONDAY + timedelta(days=7 * n) for n in range(5)]

    done = rota.distribute([Arrival(id=f"c-{d:%m%d}", at=d, need=stays) for d in days])

    assert [one.member for one in done.decisions] == ["ann", "bo", "ann", "bo", "bo"]
    assert done.decisions[4].why.skipped[0].reason is SkipReason.LACKS


def test_a_customers_need_is_read_from_the_customer() -> None:
    """A customer names skills without levels, a language and a region."""
    customer = Customer(
        id=CustomerId("c-1"), name="Northwind", needs=["negotiation"], language="zh", region="east"
    )

    need = Need.of(customer)

    assert need == Need(skills=[SkillLevel("negotiation", 1)], language="zh", region="east")
    assert takers(need) == ["wei", "wei"]


def test_by_hand_counts_for_the_turn() -> None:
    """Whoever is given something by hand is passed over in turn."""
    desk = Desk(TEAM)

    by_hand = desk.assign(Arrival(id="c-1", at=MONDAY), to="lin")

    assert (by_hand.member, by_hand.outcome) == ("lin", Outcome.MANUAL)
    assert [desk.assign(Arrival(id=f"d-{n}", at=MONDAY)).member for n in range(3)] == [
        "wei",
        "wei",
        "lin",
    ]


def test_by_hand_the_same_check_is_made() -> None:
    """A manual assignment is refused for every reason that would skip the member in turn."""
    away = member("ann", leave=[Period(date(2026, 9, 28), date(2026, 10, 5))])
    rota = Rota(shares=[Share(member=away, limits=[Limit(items=0)]), *TEAM.shares])
    arrival = Arrival(id="c-1", at=MONDAY, need=Need(language="zh"))

    with pytest.raises(FaultsError, match="giving 'c-1' by hand has 3 faults") as refused:
        rota.assign(arrival, to="ann")

    decision, _ = rota.assign(arrival)
    skipped = [skip for skip in decision.why.skipped if skip.member == "ann"]
    assert [fault.problem for fault in refused.value.faults] == [s.wording.en for s in skipped]
    assert [fault.path for fault in refused.value.faults] == ["member ann"] * 3


def test_what_is_refused_by_hand_changes_nothing() -> None:
    """A refusal leaves a desk as it was, its time as well."""
    desk = Desk(TEAM)
    desk.assign(Arrival(id="c-1", at=MONDAY))
    before = desk.rota

    with pytest.raises(FaultsError):
        desk.assign(
            Arrival(id="c-2", at=MONDAY + timedelta(days=400), need=Need(language="fr")), to="wei"
        )

    assert desk.rota == before
    assert desk.assign(Arrival(id="c-3", at=MONDAY)).member == "lin"


def test_by_hand_limits_are_those_of_the_day() -> None:
    """A limit that was full yesterday does not bind today."""
    desk = Desk(Rota(shares=[Share(member=WEI, limits=[Limit(items=1)])]))
    desk.assign(Arrival(id="c-1", at=MONDAY))

    with pytest.raises(FaultsError, match="at capacity: 1 of 1 items"):
        desk.assign(Arrival(id="c-2", at=MONDAY), to="wei")
    desk.release("c-1")

    assert desk.assign(Arrival(id="c-2", at=MONDAY), to="wei").outcome is Outcome.MANUAL


def test_by_hand_to_somebody_unknown_is_refused_with_a_suggestion() -> None:
    """A slip in the name of a member is answered with the nearest name."""
    with pytest.raises(UnknownNameError, match="unknown member 'weii'; did you mean 'wei'"):
        TEAM.assign(Arrival(id="c-1", at=MONDAY), to="weii")


def test_what_somebody_holds_is_not_given_to_another_by_hand() -> None:
    """It is released or taken back first; to the same member it is the same answer."""
    _, rota = TEAM.assign(Arrival(id="c-1", at=MONDAY))

    with pytest.raises(InvalidValueError, match="to must be 'wei', who holds 'c-1'; release"):
        rota.assign(Arrival(id="c-1", at=MONDAY), to="lin")

    again, _ = rota.assign(Arrival(id="c-1", at=MONDAY), to="wei")
    assert again.outcome is Outcome.REPEATED


def test_whoever_had_it_before_comes_first() -> None:
    """The previous owner gets it back out of turn, and it counts."""
    desk = Desk(TEAM)

    back = desk.assign(Arrival(id="c-1", at=MONDAY, previous=MemberId("lin")))

    assert (back.member, back.outcome) == ("lin", Outcome.PREVIOUS)
    assert desk.assign(Arrival(id="c-2", at=MONDAY)).member == "wei"
    assert desk.assign(Arrival(id="c-3", at=MONDAY)).member == "wei"


@pytest.mark.parametrize(
    "arrival",
    [
        Arrival(id="c-1", at=MONDAY, previous=MemberId("gone")),
        Arrival(id="c-1", at=MONDAY, previous=MemberId("lin"), need=Need(language="zh")),
        Arrival(id="c-1", at=MONDAY, previous=MemberId("ann")),
        Arrival(id="c-1", at=MONDAY, previous=MemberId("bo"), hours=Decimal(2)),
    ],
    ids=["left", "lacks", "away", "full"],
)
def test_whoever_may_not_have_it_back_is_passed_over(arrival: Arrival) -> None:
    """Who has left, lacks something, is away or is full is passed over for whose turn it is."""
    away = member("ann", leave=[Period(date(2026, 9, 28), date(2026, 10, 5))])
    full = Share(member=member("bo"), limits=[Limit(hours=1)])
    rota = Rota(shares=[*TEAM.shares, Share(member=away), full])

    decision, _ = rota.assign(arrival)

    assert (decision.member, decision.outcome) == ("wei", Outcome.BY_TURN)


def test_thousands_without_a_turn_leave_the_order_as_it_should_be() -> None:
    """Whatever goes back to whoever had it before counts, and changes no other's turn."""
    desk = Desk(Rota.of([WEI, LIN, member("ann")]))
    for n in range(3000):
        desk.assign(Arrival(id=f"p-{n}", at=MONDAY, previous=MemberId("ann")))

    taken = [desk.assign(Arrival(id=f"t-{n}", at=MONDAY)).member for n in range(6001)]

    assert [taken.count(member.id) for member in (WEI, LIN)] == [3001, 3000]


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        (F.role.has("senior"), r"unknown field 'role'; did you mean 'roles'"),
        (F.weekly_hours > "many", "criterion"),
    ],
    ids=["field", "kind"],
)
def test_a_criterion_is_checked_against_the_facts_of_members(
    criterion: Criterion, message: str
) -> None:
    """A need with a criterion that cannot run over members is refused when it is built."""
    with pytest.raises(FaultsError, match=message):
        Need(criterion=criterion)


def test_only_criteria_are_criteria() -> None:
    """Text is no criterion."""
    with pytest.raises(InvalidValueError, match="criterion must be a criterion over the member"):
        Need(criterion="senior")  # type: ignore[arg-type]
