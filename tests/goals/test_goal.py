"""Goals: what they ask for, and how much of the way is covered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Mode

YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)


def goal(baseline: Decimal | int | str, target: Decimal | int | str, **fields: Any) -> Goal:  # noqa: ANN401 - fields of several types
    """Return a goal for the retention rate in 1998."""
    return Goal(
        id=GoalId("g-1"),
        name="Keep more customers",
        kpi="retention_rate",
        baseline=Decimal(baseline),
        target=Decimal(target),
        **{"period": YEAR, **fields},
    )


def test_ten_percent_more_has_two_meanings() -> None:
    """From 72 %, ten per cent more is 79.2 % relatively and 82 % in points."""
    relative = Goal.relative(
        "0.10", baseline="0.72", id=GoalId("g"), name="r", kpi="retention_rate", period=YEAR
    )
    points = Goal.points(
        "0.10", baseline="0.72", id=GoalId("g"), name="p", kpi="retention_rate", period=YEAR
    )

    assert (relative.target, relative.mode) == (Decimal("0.792"), Mode.RELATIVE)
    assert (points.target, points.mode) == (Decimal("0.82"), Mode.POINTS)


def test_to_double_the_customer_base_is_a_multiple() -> None:
    """Twice 4,200 customers are 8,400."""
    double = Goal.multiple(
        2, baseline=4200, id=GoalId("g"), name="d", kpi="customer_base", period=YEAR
    )

    assert (str(double.target), double.mode) == ("8400", Mode.MULTIPLE)


@pytest.mark.parametrize(
    ("mode", "target"),
    [
        (Mode.ABSOLUTE, "0.25"),
        (Mode.RELATIVE, "100"),
        (Mode.POINTS, "80.25"),
        (Mode.MULTIPLE, "20"),
        (Mode.RANK, "0.25"),
    ],
)
def test_a_mode_reads_a_number_in_its_own_way(mode: Mode, target: str) -> None:
    """From 80: to 0.25, to a quarter more, to 0.25 more, to a quarter of it; a rank is itself."""
    assert mode.target(80, "0.25") == Decimal(target)


@pytest.mark.parametrize(
    ("baseline", "target", "current", "progress"),
    [
        (200, 0, 100, "0.5"),
        (60_000, 50_000, 59_000, "0.1"),
        ("0.72", "0.82", "0.72", "0"),
        ("0.72", "0.82", "0.82", "1"),
        ("0.72", "0.82", "0.67", "-0.5"),
        ("0.72", "0.82", "0.87", "1.5"),
    ],
)
def test_one_formula_tells_progress_in_both_directions(
    baseline: int | str, target: int | str, current: int | str, progress: str
) -> None:
    """Half of the complaints gone is half the way; it may go backwards, and beyond the target."""
    assert goal(baseline, target).progress(Decimal(current)) == Decimal(progress)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_progress_is_the_same_way_seen_in_a_mirror(
    baseline: Decimal, target: Decimal, current: Decimal
) -> None:
    """To raise a number and to lower its negative are equally far gone; 1 means met."""
    assume(baseline != target)

    progress = goal(baseline, target).progress(current)

    assert progress == goal(-baseline, -target).progress(-current)
    assert (progress >= 1) is goal(baseline, target).is_met(current)


def test_a_goal_that_asks_for_nothing_is_refused() -> None:
    """Where target and baseline are equal there is no way to measure."""
    with pytest.raises(InvalidValueError, match=r"target must differ from the baseline, 0.72"):
        goal("0.72", "0.720")


def test_ten_percent_more_than_nothing_is_refused() -> None:
    """A share of 0 is 0: such a goal has to be said in points or as a number."""
    with pytest.raises(InvalidValueError, match="target must differ from the baseline, 0"):
        Goal.relative("0.10", baseline=0, id=GoalId("g"), name="n", kpi="sales", period=YEAR)


@pytest.mark.parametrize("mode", [Mode.RELATIVE, Mode.MULTIPLE])
def test_a_share_of_less_than_nothing_is_refused(mode: Mode) -> None:
    """A tenth more than a net promoter score of -20 would be -22, and nobody wants that."""
    with pytest.raises(InvalidValueError, match=r"baseline must be 0 or more.*\(got '-20'\)"):
        mode.target(-20, "0.10")


def test_a_float_is_no_target() -> None:
    """0.1 + 0.2 is not 0.3 in floats, and a target is compared with exact numbers."""
    with pytest.raises(InvalidValueError, match="amount must be a decimal, an integer or text"):
        Mode.POINTS.target("0.72", 0.1)  # type: ignore[arg-type]


def test_a_goal_does_not_serve_itself() -> None:
    """A parent is another goal."""
    with pytest.raises(InvalidValueError, match="parent must be another goal than this one"):
        goal("0.72", "0.82", parent=GoalId("g-1"))


def test_review_days_come_once_and_in_order() -> None:
    """Whatever order they are written in, the next one is the first behind today."""
    days = (date(1998, 7, 1), date(1998, 4, 1), date(1998, 7, 1))

    assert goal("0.72", "0.82", review_days=days).review_days == (
        date(1998, 4, 1),
        date(1998, 7, 1),
    )


def test_large_numbers_stay_exact() -> None:
    """A target of many digits is not rounded: 12 digits times 13 digits has all of its 25."""
    target = Mode.MULTIPLE.target("123456789012.5", "1.000000000001")

    assert target == Decimal("123456789012.6234567890125")


@pytest.mark.parametrize("mode", list(Mode))
def test_a_measured_baseline_gives_a_target_that_a_goal_can_hold(mode: Mode) -> None:
    """A quotient has 28 digits; a twentieth more of it is rounded to as many."""
    measured = Decimal(2) / 3

    target = mode.target(measured, "1.23456789")

    assert len(target.as_tuple().digits) <= 28
    assert goal(measured, target).target == target


def test_from_the_fifth_rank_to_the_first_are_four_ranks() -> None:
    """The best of the industry in three years: on rank 3 half of the way is covered."""
    best = Goal.rank(
        1,
        baseline=5,
        id=GoalId("g"),
        name="Best of the industry",
        kpi="industry_rank",
        period=Period(date(1998, 1, 1), date(2001, 1, 1)),
    )

    assert (best.mode, str(best.target), best.is_upward) == (Mode.RANK, "1", False)
    assert best.progress(Decimal(3)) == Decimal("0.5")
    assert best.is_met(Decimal(1))


@pytest.mark.parametrize(
    ("baseline", "target", "message"),
    [
        (5, 0, "target must be a rank: 1, 2, 3 and so on .got '0'."),
        ("4.5", 1, "baseline must be a rank: 1, 2, 3 and so on .got '4.5'."),
    ],
)
def test_ranks_count_from_one(baseline: int | str, target: int, message: str) -> None:
    """There is no rank 0, and none between two ranks."""
    with pytest.raises(InvalidValueError, match=message):
        goal(baseline, target, mode=Mode.RANK)


def test_who_shares_a_goal_shares_all_of_it() -> None:
    """Sales 0.5, service 0.3, marketing 0.2: by name, and 1 in all."""
    shared = goal(
        "0.72",
        "0.80",
        contributors=[("service", "0.3"), ("sales", "0.5"), ("marketing", "0.2")],
    )

    assert [who for who, _ in shared.contributors] == ["marketing", "sales", "service"]
    assert sum(part for _, part in shared.contributors) == 1


@given(st.lists(st.integers(1, 99), min_size=1, max_size=6))
def test_shares_sum_to_one_or_are_refused(parts: list[int]) -> None:
    """Whatever is shared, all of it is: parts of a hundred that come to a hundred."""
    shares = [(f"team-{place}", Decimal(part) / 100) for place, part in enumerate(parts)]

    if sum(parts) == 100:
        assert goal("0.72", "0.80", contributors=shares).contributors == tuple(shares)
    else:
        with pytest.raises(InvalidValueError, match="contributors must have shares that sum to 1"):
            goal("0.72", "0.80", contributors=shares)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"contributors": [("a", "0.5"), ("a", "0.5")]}, "contributors must name each of them on"),
        ({"contributors": [("a", 2), ("b", -1)]}, "have shares above 0, 'b' too .got '-1'."),
        ({"contributors": [(" ", 1)]}, "contributors must "),
        ({"weight": 0}, "weight must be a fraction above 0 and up to 1 .got '0'."),
        ({"weight": "1.5"}, "weight must be a fraction above 0 and up to 1"),
        ({"base": 0}, "base must be above 0"),
        ({"revision": -1}, "revision must be at least 0"),
        ({"period": "1998"}, "period must be a Period .got '1998'."),
        ({"mode": "rank"}, "mode must be one of Mode.ABSOLUTE"),
        ({"trajectory": None}, "trajectory must be a Trajectory"),
        ({"review_days": [datetime(1998, 2, 1, tzinfo=UTC)]}, "review_days must be a day, not an"),
    ],
)
def test_what_no_goal_can_have_is_refused(fields: dict[str, Any], message: str) -> None:
    """Shares, weights and bases are above nothing, and words are not what they stand for."""
    with pytest.raises(InvalidValueError, match=message):
        goal("0.72", "0.80", **fields)


def test_a_scope_is_a_set_of_pairs() -> None:
    """In which order dimensions are named does not matter."""
    one = goal("0.72", "0.80", scope=[("region", "north"), ("channel", "web")])
    other = goal("0.72", "0.80", scope=[("channel", "web"), ("region", "north")])

    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize("current", [Decimal("NaN"), Decimal("Infinity"), 0.79])
def test_progress_is_of_a_finite_exact_number(current: Any) -> None:  # noqa: ANN401 - no decimal
    """What is no number has covered no share of the way, and has not met the target either."""
    with pytest.raises(InvalidValueError, match="current must be"):
        goal("0.72", "0.80").progress(current)
    with pytest.raises(InvalidValueError, match="current must be"):
        goal("0.72", "0.80").is_met(current)
