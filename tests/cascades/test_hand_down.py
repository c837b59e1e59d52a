"""Handing a goal down to teams and members by shares, and adding the parts up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.cascades import cascade, hand_down
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, Mode, Trajectory
from crmcore.kernel import Undefined
from crmcore.organization import Organization

MakeGoal = Callable[..., Goal]

HALVES = {"north": "0.5", "south": "0.5"}
SHARES = st.lists(st.integers(1, 999), min_size=1, max_size=7, unique=True).map(
    lambda cuts: {
        f"team-{place}": Decimal(after - before) / 1000
        for place, (before, after) in enumerate(
            zip([0, *sorted(cuts)], [*sorted(cuts), 1000], strict=True)
        )
    }
)
NUMBERS = st.decimals(-(10**12), 10**12, places=4)


def test_teams_get_their_shares(goal: MakeGoal) -> None:
    """Six tenths of 1,200 orders are 720, from six tenths of where all stand."""
    review = date(1998, 7, 1)
    front = Trajectory(points=[(review, Decimal("0.6"))])
    whole = goal("all", 1200, baseline=1000, trajectory=front, review_days=[review], version=3)

    north, south = hand_down(whole, {"south": "0.4", "north": "0.6"})

    assert [north.target, north.baseline, north.weight] == [720, 600, Decimal("0.6")]
    assert [south.target, south.baseline, south.weight] == [480, 400, Decimal("0.4")]
    assert (north.id, north.parent, north.owner) == ("all-north", "all", "north")
    assert (north.name, north.version, north.contributors) == ("Goal all, north", 0, ())
    assert (north.trajectory, north.review_days) == (whole.trajectory, whole.review_days)


def test_what_rounding_leaves_goes_to_who_loses_most(goal: MakeGoal) -> None:
    """Shares of 33.3, 33.3 and 33.4 of 100 orders are 33, 33, 34; of equals the first wins."""
    parts = hand_down(goal("all", 100), {"a": "0.333", "b": "0.333", "c": "0.334"}, digits=0)

    equals = hand_down(goal("all", 7), {"b": "0.5", "a": "0.5"}, digits=0)

    assert [part.target for part in parts] == [33, 33, 34]
    assert [(part.owner, int(part.target)) for part in equals] == [("a", 4), ("b", 3)]


@pytest.mark.parametrize("kpi", ["orders", "customer_base"])
@given(SHARES, NUMBERS, NUMBERS)
def test_parts_sum_to_the_whole(
    goal: MakeGoal, kpi: str, shares: dict[str, Decimal], baseline: Decimal, target: Decimal
) -> None:
    """To the last digit, in any context; and the cascade finds nothing wrong with it."""
    whole = goal("all", target, baseline=baseline if baseline != target else target + 1, kpi=kpi)

    with localcontext(prec=3):
        parts = hand_down(whole, shares)
        tree = cascade([whole, *parts], company="acme")

    assert tree.node("all").total == target
    assert sum(part.baseline for part in parts) == whole.baseline
    assert tree.findings == ()
    assert [node.weight for node in tree.node("all").parts] == list(shares.values())


@given(SHARES, st.integers(10**5, 10**9), st.integers(-2, 4))
def test_rounded_parts_are_less_than_a_step_off(
    goal: MakeGoal, shares: dict[str, Decimal], hundreds: int, digits: int
) -> None:
    """They sum to the whole, and each is its share rounded up or down."""
    whole = goal("all", hundreds * 100)

    parts = hand_down(whole, shares, digits=digits)

    assert sum(part.target for part in parts) == whole.target
    assert cascade([whole, *parts], company="acme").findings == ()
    for part in parts:
        assert abs(part.target - whole.target * shares[str(part.owner)]) < Decimal(10) ** -digits


@given(SHARES, st.integers(1, 10**6))
def test_a_ratio_is_the_same_for_all(goal: MakeGoal, shares: dict[str, Decimal], base: int) -> None:
    """Each has the whole target and a share of the base, so that they come to it again."""
    whole = goal("all", "0.8", kpi="retention_rate", baseline="0.7", base=base)

    parts = hand_down(whole, shares, digits=0)

    tree = cascade([whole, *parts], company="acme")
    assert {(part.baseline, part.target) for part in parts} == {(whole.baseline, whole.target)}
    assert sum(part.base or 0 for part in parts) == base
    assert (tree.node("all").total, tree.findings) == (whole.target, ())


@pytest.mark.parametrize("kpi", ["retention_rate", "historic_value", "industry_rank"])
def test_what_is_not_summed_is_handed_down_whole(goal: MakeGoal, kpi: str) -> None:
    """A quotient of customers so far and a rank are no sums, and the cascade says so."""
    whole = goal("all", 2, kpi=kpi, baseline=1)

    parts = hand_down(whole, HALVES)

    tree = cascade([whole, *parts], company="acme")
    assert [part.target for part in parts] == [2, 2]
    assert isinstance(tree.node("all").total, Undefined)
    assert [finding.kind for finding in tree.findings] == ["goal_parts_not_comparable"]


def test_teams_hand_on_to_members(goal: MakeGoal, departments: tuple[Organization, ...]) -> None:
    """The whole cascade holds together, through all levels."""
    whole = goal("all", 1000, contributors=[("sales", 1)])
    north, south = hand_down(whole, HALVES)
    members = hand_down(north, {"wei": "0.75", "eva": "0.25"}, digits=0)

    tree = cascade([whole, north, south, *members], company="acme", organizations=departments)

    assert [member.target for member in members] == [125, 375]
    assert tree.findings == ()


def test_parts_of_a_part_of_the_business_are_told_apart(goal: MakeGoal) -> None:
    """Teams of one region would be about the same, were it not said who they are."""
    region = goal("eu", 100, scope=[("region", "eu")])

    parts = hand_down(region, HALVES, dimension="team")

    assert parts[0].scope == (("region", "eu"), ("team", "north"))
    assert cascade([region, *parts], company="acme").findings == ()
    for refused in (None, "", 5):
        dimension: Any = refused
        with pytest.raises(InvalidValueError, match="dimension must be the name of a dimension"):
            hand_down(region, HALVES, dimension=dimension)
    with pytest.raises(InvalidValueError, match="dimension must be another dimension than those"):
        hand_down(region, HALVES, dimension="region")


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({"north": "0.6", "south": "0.3"}, r"shares must sum to 1 \(got '0.9'\)"),
        ({"north": "1"}, "shares must name at least two who reach the goal together"),
        ({}, "shares must name at least two"),
        ({"north": "1.2", "south": "-0.2"}, r"shares must be above 0, that of 'south' too"),
        ({"north": 0.5, "south": 0.5}, "shares must be a decimal, an integer or text, not a fl"),
        ({5: "0.5", "south": "0.5"}, r"shares must be named by ids, which are texts \(got 5\)"),
        ({"": "0.5", "south": "0.5"}, "owner must"),
        ([("north", "0.5"), ("south", "0.5")], "shares must be a mapping from ids to shares"),
    ],
)
def test_shares_make_a_whole(goal: MakeGoal, shares: Any, message: str) -> None:  # noqa: ANN401
    """Whoever hands down less or more than the goal hears what the shares sum to."""
    with pytest.raises(InvalidValueError, match=message):
        hand_down(goal("all", 100), shares)


def test_what_cannot_be_handed_down_is_refused(goal: MakeGoal) -> None:
    """No goal, a rank, an unknown KPI, and digits that leave nothing or cut the target off."""
    none: Any = "all"
    half: Any = 0.5

    with pytest.raises(InvalidValueError, match="goal must be one Goal"):
        hand_down(none, HALVES)
    with pytest.raises(InvalidValueError, match="goal must not be for a rank"):
        hand_down(goal("top", 1, baseline=3, mode=Mode.RANK), HALVES)
    with pytest.raises(UnknownNameError, match="unknown KPI 'ordres'"):
        hand_down(goal("all", 100, kpi="ordres"), HALVES)
    with pytest.raises(InvalidValueError, match=r"digits must be a whole number, or None"):
        hand_down(goal("all", 100), HALVES, digits=half)
    with pytest.raises(InvalidValueError, match=r"digits must be at least 2, as many as 1.25 has"):
        hand_down(goal("all", "1.25"), HALVES, digits=0)
    with pytest.raises(InvalidValueError, match=r"shares must leave 'south' a way to go, not 0"):
        hand_down(goal("all", 10), {"north": "0.99", "south": "0.01"}, digits=0)
