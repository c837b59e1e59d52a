"""Joining, leaving and other weights: nobody else's memory is touched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.distribution import Rota, Share, Start
from crmcore.errors import FaultsError, UnknownNameError
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)


def member(name: str, *leave: Period) -> Member:
    """Make a member of the care team."""
    return Member(
        id=MemberId(name),
        name=name.title(),
        team=TeamId("care"),
        weekly_hours=Decimal(38),
        leave=leave,
    )


def busy(**counted: int) -> Rota:
    """Members with so many items counted and given."""
    shares = [Share(member=member(m), counted=n, given=n) for m, n in counted.items()]
    return Rota(shares=shares, seen=MONDAY)


def next_of(rota: Rota, count: int) -> list[str | None]:
    """Return who takes the next arrivals."""
    ids = [f"n-{n:03}" for n in range(count)]
    return [decision.member for decision in rota.hand_out(ids, at=MONDAY).decisions]


@pytest.mark.parametrize(
    ("start", "counted"), [(Start.MEAN, 24), (Start.LOWEST, 20), (Start.ZERO, 0)]
)
def test_a_newcomer_starts_at_a_stated_level(start: Start, counted: int) -> None:
    """Ann 10 and Bo 14: a newcomer of weight 2 counts 24 (the mean), 20 (the lowest) or 0."""
    rota = busy(ann=10, bo=14).joined_by(Share(member=member("cy"), weight=2), start=start)

    assert [share.counted for share in rota.shares] == [10, 14, counted]
    assert [share.given for share in rota.shares] == [10, 14, 0]


def test_a_start_may_be_written_down() -> None:
    """The word of a start is the start; another word is not taken for the mean."""
    newcomer = Share(member=member("cy"))
    rota = busy(ann=10, bo=14)

    assert rota.joined_by(newcomer, start=cast("Any", "zero")).share("cy").counted == 0
    with pytest.raises(UnknownNameError, match="unknown start 'men'; did you mean 'mean'"):
        rota.joined_by(newcomer, start=cast("Any", "men"))


def test_a_newcomer_is_not_flooded() -> None:
    """From the mean level a newcomer takes turns with the others; from zero it takes them all."""
    rota = busy(ann=10, bo=10)
    newcomer = Share(member=member("cy"))

    assert next_of(rota.joined_by(newcomer), 6) == ["ann", "bo", "cy"] * 2
    assert next_of(rota.joined_by(newcomer, start=Start.ZERO), 6) == ["cy"] * 6


def test_a_newcomer_starts_at_whole_items_never_below_the_level() -> None:
    """The mean of 10 and 11 is rounded up, so that a newcomer never gets more than its turn."""
    rota = busy(ann=10, bo=11).joined_by(Share(member=member("cy")))

    assert rota.share("cy").counted == 11


def test_whoever_is_away_sets_no_level() -> None:
    """The levels of those who are there count; where nobody is there, those of all do."""
    away = Period(date(2026, 9, 1), date(2026, 10, 15))
    there, gone = Share(member=member("ann"), counted=30), Share(member=member("bo", away))

    some = Rota(shares=[there, gone], seen=MONDAY)
    nobody = Rota(shares=[gone], seen=MONDAY)
    newcomer = Share(member=member("cy"))

    assert some.joined_by(newcomer, start=Start.LOWEST).share("cy").counted == 30
    assert nobody.joined_by(newcomer, start=Start.LOWEST).share("cy").counted == 0


def test_before_the_first_arrival_all_start_alike() -> None:
    """Whoever joins before anything has arrived starts from nothing, as the others do."""
    rota = Rota.of([member("ann")]).joined_by(Share(member=member("bo")))

    assert rota == Rota.of([member("ann"), member("bo")])


def test_a_higher_level_of_the_newcomers_own_stands() -> None:
    """Whoever comes back with a count of its own is never put below it."""
    rota = busy(ann=3).joined_by(Share(member=member("bo"), counted=8, given=8))

    assert rota.share("bo") == Share(member=member("bo"), counted=8, given=8)


counts = st.lists(st.integers(0, 30), min_size=2, max_size=5)


@given(counts, st.sampled_from(Start))
def test_joining_and_leaving_leaves_the_others_alone(levels: list[int], start: Start) -> None:
    """Whoever joins and leaves again has changed nothing for anybody else."""
    rota = busy(**{f"m{n}": level for n, level in enumerate(levels)})

    joined = rota.joined_by(Share(member=member("new")), start=start)

    assert joined.shares[:-1] == rota.shares
    assert joined.without("new") == rota


@given(counts)
def test_leaving_does_not_reset_the_others(levels: list[int]) -> None:
    """The others go on in the order of their levels, as if nobody had left."""
    rota = busy(**{f"m{n}": level for n, level in enumerate(levels)})

    left = rota.without("m0")

    assert left.shares == rota.shares[1:]


def test_what_a_leaver_held_is_free_to_be_handed_out() -> None:
    """The ids of a leaver's customers are known before, and go to the others after."""
    done = busy(ann=0, bo=0, cy=0).hand_out([f"c-{n}" for n in range(9)], at=MONDAY)
    open_items = done.rota.held_by("ann")

    left = done.rota.without("ann").hand_out(open_items, at=MONDAY + timedelta(days=1))

    assert open_items == ("c-0", "c-3", "c-6")
    assert left.given == (("bo", 2), ("cy", 1))
    assert left.rota.held_by("cy") == ("c-2", "c-5", "c-8", "c-3")


@pytest.mark.parametrize(
    ("weight", "counted"), [("2", 20), ("1", 10), ("0.5", 5), ("0.25", 3), ("3", 30)]
)
def test_another_weight_keeps_the_level(weight: str, counted: int) -> None:
    """Twice the weight means twice the items from now on, and none to make up for."""
    rota = busy(ann=10, bo=10)

    rota = rota.with_terms(Share(member=member("ann"), weight=Decimal(weight)))

    assert rota.share("ann").counted == counted
    assert rota.share("ann").given == 10
    assert rota.shares[1] == busy(ann=10, bo=10).shares[1]


def test_newer_facts_of_a_member_change_nothing_else() -> None:
    """A member who learned a language keeps its place, weight and count."""
    rota = busy(ann=10, bo=10)
    fluent = attrs.evolve(member("ann"), languages=["zh"])

    after = rota.with_terms(Share(member=fluent))

    assert after.share("ann") == attrs.evolve(rota.share("ann"), member=fluent)


def test_nobody_joins_twice() -> None:
    """A member who takes part already is refused by name."""
    with pytest.raises(FaultsError, match=r"members\.ann: takes part 2 times; give it one share"):
        busy(ann=1).joined_by(Share(member=member("ann")))


def test_the_last_member_cannot_leave() -> None:
    """A rota without members is refused."""
    with pytest.raises(FaultsError, match="shares: name at least one member"):
        busy(ann=1).without("ann")


def test_unknown_members_get_a_suggestion() -> None:
    """Whoever takes no part is named, with the nearest who does."""
    rota = busy(ann=1, bo=1)

    with pytest.raises(UnknownNameError, match="unknown member 'anne'; did you mean 'ann'"):
        rota.without("anne")
    with pytest.raises(UnknownNameError, match="did you mean 'ann'"):
        rota.held_by("anne")
    with pytest.raises(UnknownNameError, match="did you mean 'ann'"):
        rota.with_terms(Share(member=member("anne")))
