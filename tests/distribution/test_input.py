"""What is refused, and that all faults are told together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from crmcore.calendar import Grain
from crmcore.codec import from_json, to_json
from crmcore.distribution import (
    Arrival,
    CatchUp,
    Desk,
    Held,
    Limit,
    Need,
    Rota,
    Share,
)
from crmcore.errors import CrmError, FaultsError, InvalidValueError
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member, SkillLevel

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)
ANN, BO = (
    Member(id=MemberId(name), name=name.title(), team=TeamId("care"), weekly_hours=Decimal(38))
    for name in ("ann", "bo")
)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (0, "weight must be above 0 and at most 1000000; whoever takes nothing has no share"),
        (-1, "weight must be above 0"),
        ("NaN", "weight must be finite"),
        ("Infinity", "weight must be finite"),
        (0.5, "weight must be a decimal, an integer or text, not a float"),
        (10**7, "weight must be above 0 and at most 1000000"),
        ("0.0000001", "weight must have at most 6 digits after the point"),
        ("much", "weight must be a decimal number"),
    ],
)
def test_a_weight_is_a_positive_decimal_of_sensible_size(weight: Any, message: str) -> None:  # noqa: ANN401 - whatever comes
    """Zero, negative, endless and absurd weights are refused, and floats as well."""
    with pytest.raises(InvalidValueError, match=message):
        Share(member=ANN, weight=weight)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Limit, "limit must name items, hours or both"),
        (lambda: Limit(items=-1), "items must be between 0 and 1000000"),
        (lambda: Limit(hours=-1), "hours must be between 0 and 1000000"),
        (lambda: Limit(hours=Decimal("0.001")), "hours must be hours that are a whole number"),
        (lambda: CatchUp.capped(-1), "most must be between 0 and 1000000"),
        (lambda: Share(member=ANN, weekdays=[0]), "weekdays must be between 1 and 7"),
        (lambda: Share(member=ANN, weekdays=cast("Any", [1, "2"])), "to Sunday .got '2'"),
        (lambda: Share(member=ANN, weekdays=cast("Any", [True])), "to Sunday .got True"),
        (lambda: Share(member=ANN, weekdays=cast("Any", 1)), "to Sunday .got 1"),
        (lambda: Share(member=ANN, weekdays=[]), "weekdays must name a day; whoever takes nothing"),
        (lambda: Share(member=ANN, limits=cast("Any", Limit(items=1))), "limits must list limits"),
        (
            lambda: Need(skills=cast("Any", [SkillLevel("tax", 1), "it"])),
            "skills must .* .got 'it'",
        ),
        (lambda: Need(skills=cast("Any", SkillLevel("tax", 1))), "skills must list levels"),
        (lambda: Share(member=ANN, counted=-1), "counted must be between 0 and 10000"),
        (lambda: Share(member=ANN, given=10**25), "given must be between 0 and 10000"),
        (lambda: Arrival(id="", at=MONDAY), "id must not be empty"),
        (lambda: Arrival(id="c", at=datetime(2026, 1, 1)), "at must carry a time zone"),  # noqa: DTZ001
        (lambda: Arrival(id="c", at=MONDAY, hours=-1), "hours must be between 0 and 10000"),
        (lambda: Arrival(id="c", at=MONDAY, hours=Decimal("0.001")), "hours must be hours that"),
        (
            lambda: Held(member=MemberId("ann"), day=MONDAY, ids=[]),
            "day must be a day, not an instant",
        ),
        (
            lambda: Held(member=MemberId("ann"), day=MONDAY.date(), ids="c-1"),
            "ids must be a list of ids",
        ),
        (lambda: Rota.of([ANN], zone="Europe/Berln"), "did you mean 'Europe/Berlin'"),
        (lambda: Rota(shares=[Share(member=ANN)], holidays=[MONDAY]), "holidays must be a day"),
        (lambda: Rota(shares=[Share(member=ANN)], seen=datetime(2026, 1, 1)), "seen must carry"),  # noqa: DTZ001
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object], message: str) -> None:
    """Each record refuses what it cannot be, and says what would be right."""
    with pytest.raises(CrmError, match=message):
        make()


WRONG: Any = "ann"
NUMBERS: Any = [1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Share(member=WRONG), "member must be a Member"),
        (lambda: Share(member=ANN, limits=[WRONG]), "limits must list limits"),
        (lambda: Arrival(id="c", at=MONDAY, need=WRONG), "need must be a Need"),
        (lambda: Need(skills=[WRONG]), "skills must list levels of skills"),
        (lambda: Rota.of([WRONG]), "members must list members"),
        (lambda: Rota(shares=[WRONG]), "shares must list shares"),
        (lambda: Rota(shares=[Share(member=ANN)], held=[WRONG]), "held must list what is held"),
        (lambda: Rota(shares=[Share(member=ANN)], catch_up=WRONG), "catch_up must be a CatchUp"),
        (lambda: Limit(items=1, per=WRONG), "per must be a Grain"),
        (lambda: Held(member=WRONG, day=MONDAY.date(), ids=NUMBERS), "ids must list ids"),
    ],
)
def test_what_a_rota_is_built_of_is_checked(make: Callable[[], object], message: str) -> None:
    """What is no member, limit, need or policy is refused where it is put."""
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_all_faults_of_a_rota_are_told_together() -> None:
    """Wrong weights, weights of nobody and members that come twice, in one message."""
    with pytest.raises(FaultsError) as refused:
        Rota.of([ANN, BO, ANN], weights={"ann": -1, "boo": 2, "bo": "NaN"})

    assert [str(fault) for fault in refused.value.faults] == [
        "weights.boo: unknown member 'boo'; did you mean 'bo'?",
        (
            "weights.ann: weight must be above 0 and at most 1000000; "
            "whoever takes nothing has no share (got '-1')"
        ),
        "weights.bo: weight must be finite (got 'NaN')",
        "members.ann: takes part 2 times; give it one share",
    ]


def test_a_memory_that_contradicts_itself_is_refused() -> None:
    """What is held twice, or by somebody who takes no part, is named."""
    held = [
        Held(member=MemberId("ann"), day=date(2026, 9, 1), ids=["c-1", "c-2"]),
        Held(member=MemberId("anna"), day=date(2026, 9, 2), ids=["c-2", "c-3"]),
    ]

    with pytest.raises(FaultsError) as refused:
        Rota(shares=[Share(member=ANN), Share(member=ANN)], held=held)

    assert [str(fault) for fault in refused.value.faults] == [
        "members.ann: takes part 2 times; give it one share",
        "held.c-2: is held 2 times; keep one",
        "held: unknown member 'anna'; did you mean 'ann'?",
    ]


def test_time_does_not_run_backwards() -> None:
    """An arrival before the last one is refused; nobody can be given something in the past."""
    rota = Rota.of([ANN, BO], zone=ZoneInfo("Europe/Berlin"))
    _, rota = rota.assign(Arrival(id="c-1", at=MONDAY))

    with pytest.raises(
        InvalidValueError, match=r"at must not be before 2026-09-28T09:00:00\+00:00, when the last"
    ):
        rota.assign(Arrival(id="c-2", at=MONDAY - timedelta(seconds=1)))


def test_all_faults_of_a_batch_are_told_and_nothing_is_given() -> None:
    """Arrivals of the past and arrivals that contradict each other are told together."""
    _, rota = Rota.of([ANN, BO]).assign(Arrival(id="c-1", at=MONDAY))
    batch = [
        Arrival(id="late", at=MONDAY - timedelta(days=1)),
        Arrival(id="two", at=MONDAY, hours=Decimal(1)),
        Arrival(id="two", at=MONDAY, hours=Decimal(2)),
        Arrival(id="later", at=MONDAY - timedelta(days=2)),
    ]

    with pytest.raises(FaultsError) as refused:
        rota.distribute(batch)

    last = "before 2026-09-28T09:00:00+00:00, when the last arrival was given out"
    assert [str(fault) for fault in refused.value.faults] == [
        "arrival two: two different arrivals have this id at 2026-09-28T09:00:00+00:00; keep one",
        f"arrival later: it is of 2026-09-26T09:00:00+00:00, {last}",
        f"arrival late: it is of 2026-09-27T09:00:00+00:00, {last}",
    ]


def test_only_arrivals_are_given_out() -> None:
    """Ids without an instant are refused, row by row."""
    batch: Any = ["c-1", Arrival(id="c-2", at=MONDAY), None]

    with pytest.raises(FaultsError, match=r"row 1: must be an Arrival \(got str\)") as refused:
        Rota.of([ANN]).distribute(batch)

    assert [fault.path for fault in refused.value.faults] == ["row 1", "row 3"]


@pytest.mark.parametrize("what", ["release", "take_back"])
def test_what_nobody_holds_cannot_be_released(what: str) -> None:
    """An id that is not held is refused by a rota and by a desk."""
    rota = Rota.of([ANN])

    for owner in (rota, Desk(rota)):
        with pytest.raises(InvalidValueError, match="id must be the id of an arrival that some"):
            getattr(owner, what)("c-1")


def test_a_rota_is_written_down_and_read_again() -> None:
    """The whole memory goes through JSON and comes out equal."""
    limits = [Limit(items=3, per=Grain.DAY), Limit(hours=Decimal("7.5"))]
    shares = [Share(member=ANN, weight="1.25", limits=limits), Share(member=BO, weekdays=[1, 2])]
    rota = Rota(
        shares=shares, zone="Asia/Shanghai", holidays=[date(2026, 10, 1)], catch_up=CatchUp.full()
    )
    done = rota.hand_out([f"c-{n}" for n in range(5)], at=MONDAY, hours=Decimal("0.5"))

    again = from_json(Rota, to_json(done.rota))

    assert again == done.rota
    later = MONDAY + timedelta(hours=1)
    assert again.hand_out(["n-1", "n-2"], at=later) == done.rota.hand_out(["n-1", "n-2"], at=later)


ROTA = Rota.of([ANN, BO])
FIRST = Arrival(id="c-1", at=MONDAY)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Rota.of(cast("Any", ANN)), "members must list members"),
        (lambda: Rota.of([ANN], weights=cast("Any", [1])), "weights must be a mapping from ids"),
        (lambda: Rota.of([ANN], weights=cast("Any", {5: 1})), "weights.5: unknown member '5'"),
        (lambda: Rota(shares=cast("Any", None)), "shares must list shares"),
        (lambda: Rota(shares=[Share(member=ANN)], held=cast("Any", 5)), "held must list what"),
        (
            lambda: Rota(shares=[Share(member=ANN)], holidays=cast("Any", MONDAY.date())),
            "holidays must list days, also a single one",
        ),
        (lambda: ROTA.hand_out("c-1", at=MONDAY), "ids must be a list of ids, also of a single"),
        (lambda: ROTA.hand_out(cast("Any", ["c", 1]), at=MONDAY), "ids must list ids, which are"),
        (lambda: ROTA.hand_out([], at=MONDAY.replace(tzinfo=None)), "at must carry a time zone"),
        (
            lambda: ROTA.hand_out(["c"], at=MONDAY, hours=cast("Any", 0.1)),
            "text, not a float",
        ),
        (
            lambda: ROTA.hand_out(["c"], at=MONDAY, hours=cast("Any", "x")),
            "hours must be a decimal number",
        ),
        (lambda: ROTA.distribute(cast("Any", FIRST)), "arrivals must be a list of arrivals"),
        (lambda: ROTA.assign(cast("Any", "c-1")), "arrival must be an Arrival, as Arrival"),
        (lambda: Desk(ROTA).assign(cast("Any", None)), "must be an Arrival, .* .got None"),
        (lambda: ROTA.assign(FIRST, to=cast("Any", ANN)), "to must be the id of a member"),
        (lambda: ROTA.share(cast("Any", None)), "unknown member 'None'"),
        (lambda: ROTA.joined_by(cast("Any", ANN)), "share must be a Share, as Share"),
        (lambda: ROTA.with_terms(cast("Any", ANN)), "share must be a Share, .* .got Member"),
        (lambda: Desk(cast("Any", [ANN])), "rota must be a Rota, such as Rota.of"),
    ],
)
def test_what_is_no_rota_no_arrival_and_no_list_is_refused(
    call: Callable[[], object], message: str
) -> None:
    """A single text is no list of letters, and a member is no share."""
    with pytest.raises(CrmError, match=message):
        call()
