"""Charts: baselines that stay, processes that change, and the two judgements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Direction
from crmcore.signals import Assurance, ChartKind, ControlChart, Limits, Rule, Variation

if TYPE_CHECKING:
    from tests.signals.conftest import Draw, Months

# The centre is 100, the limits are 84.04 and 115.96.
CALM = [103, 97] * 6
NEW_HOTLINE = Phrase("the hotline is open at night", "热线夜间开放")


@given(st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6)), max_size=20))
def test_later_values_never_move_the_limits(draw: Draw, tail: list[int | None]) -> None:
    """Whatever comes after the baseline, its limits and what was told so far stay."""
    before, after = draw(CALM), draw([*CALM, *tail])

    assert after.limits == before.limits
    assert after.points[:12] == before.points
    assert [point.is_baseline for point in after.points] == [True] * 12 + [False] * len(tail)


def test_missing_values_are_no_part_of_a_baseline(draw: Draw, months: Months) -> None:
    """The baseline goes on until it has its twelve values; the ranges are those of neighbours."""
    chart = draw([103, 97, None, *CALM[:10], 500, 500])

    assert isinstance(chart.limits, Limits)
    assert chart.limits.n == 12
    assert chart.limits.moving_range == 6
    assert chart.points[12].is_baseline
    assert [signal.periods for signal in chart.signals if signal.rule is Rule.OUTSIDE] == [
        months(15)[13:14],
        months(15)[14:15],
    ]


def test_a_month_that_is_left_out_is_a_missing_one(months: Months) -> None:
    """A mapping without a month does not make neighbours of those around it."""
    row = months(14)
    values = dict(zip(row, [*CALM, 500, 100], strict=True))
    del values[row[12]]

    chart = ControlChart.of(values, subject="calls:all", name=Phrase("calls", "来电"))

    assert chart.points[-1].moving_range is None
    assert chart.signals == ()


def test_a_baseline_may_be_a_stretch_of_days(draw: Draw, months: Months) -> None:
    """The limits of the second year judge the first one too."""
    second_year = Period(date(2025, 1, 1), date(2026, 1, 1))

    chart = draw([*[130] * 12, *CALM], baseline=second_year)

    assert isinstance(chart.limits, Limits)
    assert chart.limits.centre == 100
    assert [point.is_baseline for point in chart.points] == [False] * 12 + [True] * 12
    outside = [signal.periods[0] for signal in chart.signals if signal.rule is Rule.OUTSIDE]
    assert outside == list(months(12))


def test_a_month_must_lie_within_the_stated_days(draw: Draw) -> None:
    """Days that end in the middle of December, or begin in that of January, leave that month."""
    for days in (
        Period(date(2024, 1, 1), date(2024, 12, 15)),
        Period(date(2024, 1, 2), date(2025, 1, 1)),
    ):
        chart = draw(CALM, baseline=days)

        assert chart.limits == Undefined(Reason.TOO_FEW)


@pytest.mark.parametrize("year", [2024, 2030])
def test_a_baseline_that_is_too_short_gives_no_limits(draw: Draw, year: int) -> None:
    """Eleven values in the stated days are refused with the reason, and so are none."""
    chart = draw([*CALM[:11], None, 500], baseline=Period(date(year, 1, 1), date(year + 1, 1, 1)))

    assert chart.limits == Undefined(Reason.TOO_FEW)
    assert chart.signals == ()
    assert chart.variation == Undefined(Reason.TOO_FEW)


def test_a_short_baseline_is_refused(draw: Draw) -> None:
    """Limits of fewer than twelve values would be guesses."""
    with pytest.raises(InvalidValueError, match="baseline must be at least 12 values"):
        draw(CALM, baseline=11)


def test_a_changed_process_has_limits_of_its_own(draw: Draw) -> None:
    """From the stated day on a new baseline begins, and no rule looks across that day."""
    values = [*CALM, *[50, 54] * 6, 60]

    chart = draw(values, changes={date(2025, 1, 1): NEW_HOTLINE})

    assert [point.limits.centre for point in chart.points if isinstance(point.limits, Limits)] == [
        *[100] * 12,
        *[52] * 13,
    ]
    assert chart.points[12].moving_range is None
    assert chart.changes == ((date(2025, 1, 1), NEW_HOTLINE),)
    assert chart.signals == ()
    assert draw(values).signals != ()


def test_a_changed_process_waits_for_its_baseline(draw: Draw) -> None:
    """The old limits say nothing of it, and eleven values are not enough for new ones."""
    chart = draw([*CALM, *[50] * 11], changes={date(2025, 1, 1): NEW_HOTLINE})

    assert isinstance(chart.points[11].limits, Limits)
    assert chart.limits == Undefined(Reason.TOO_FEW)
    assert chart.variation == Undefined(Reason.TOO_FEW)
    assert chart.assurance == Undefined(Reason.NOT_APPLICABLE)
    assert str(chart).startswith("late deliveries: there are too few observations: a baseline")


def test_the_month_of_a_change_still_counts_as_before(draw: Draw) -> None:
    """A day in the middle of January leaves January with the old process."""
    chart = draw([*CALM, *[50] * 13], changes={date(2025, 1, 15): NEW_HOTLINE})

    assert [point.is_baseline for point in chart.points] == [True] * 12 + [False] + [True] * 12


def test_a_stretch_of_days_is_the_baseline_of_the_first_process_only(draw: Draw) -> None:
    """After a change the first twelve values are the baseline again."""
    chart = draw(
        [*CALM, *CALM, *[50] * 13],
        baseline=Period(date(2025, 1, 1), date(2026, 1, 1)),
        changes={date(2026, 1, 1): NEW_HOTLINE},
    )

    assert [point.is_baseline for point in chart.points] == [
        *[False] * 12,
        *[True] * 24,
        False,
    ]


@pytest.mark.parametrize(
    ("direction", "target", "value", "expected"),
    [
        (Direction.LOWER, None, 120, Variation.CONCERN),
        (Direction.LOWER, None, 80, Variation.IMPROVEMENT),
        (Direction.HIGHER, None, 120, Variation.IMPROVEMENT),
        (Direction.HIGHER, None, 80, Variation.CONCERN),
        (Direction.HIGHER, None, 110, Variation.COMMON_CAUSE),
        (Direction.TARGET, None, 120, Variation.CHANGE),
        (Direction.TARGET, 125, 120, Variation.IMPROVEMENT),
        (Direction.TARGET, 100, 120, Variation.CONCERN),
        (Direction.TARGET, (70, 85), 80, Variation.IMPROVEMENT),
        (Direction.TARGET, (90, 110), 80, Variation.CONCERN),
        (Direction.TARGET, (90, 110), 120, Variation.CONCERN),
        (Direction.TARGET, (70, 130), 120, Variation.CHANGE),
    ],
)
def test_variation_is_judged_by_the_direction(
    draw: Draw,
    direction: Direction,
    target: int | tuple[int, int] | None,
    value: int,
    expected: Variation,
) -> None:
    """The same value is good news or bad; where the target is best, by how near to it it is."""
    chart = draw([*CALM, value, None], direction=direction, target=target)

    assert chart.variation is expected


def test_a_jump_back_is_no_improvement(draw: Draw) -> None:
    """After one wild month the usual value is a change, and neither better nor worse."""
    chart = draw([*CALM, 130, 100], direction=Direction.LOWER)

    assert chart.variation is Variation.CHANGE
    assert [signal.rule for signal in chart.latest_signals] == [Rule.JUMP]


def test_a_process_without_values_tells_nothing(draw: Draw) -> None:
    """Months that are all missing have no latest value."""
    chart = draw([None] * 3)

    assert chart.latest is None
    assert chart.latest_signals == ()
    assert chart.variation == Undefined(Reason.NO_DATA)


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        (Direction.HIGHER, 84, Assurance.ALWAYS),
        (Direction.HIGHER, Decimal("84.04"), Assurance.ALWAYS),
        (Direction.HIGHER, 85, Assurance.SOMETIMES),
        (Direction.HIGHER, Decimal("115.96"), Assurance.SOMETIMES),
        (Direction.HIGHER, 116, Assurance.NEVER),
        (Direction.LOWER, 116, Assurance.ALWAYS),
        (Direction.LOWER, Decimal("115.96"), Assurance.ALWAYS),
        (Direction.LOWER, 100, Assurance.SOMETIMES),
        (Direction.LOWER, 84, Assurance.NEVER),
        (Direction.LOWER, 0, Assurance.NEVER),
        (Direction.TARGET, 100, Assurance.SOMETIMES),
        (Direction.TARGET, 120, Assurance.NEVER),
        (Direction.TARGET, (80, 120), Assurance.ALWAYS),
        (Direction.TARGET, (80, 110), Assurance.SOMETIMES),
        (Direction.TARGET, (0, 80), Assurance.NEVER),
    ],
)
def test_assurance_compares_the_target_with_the_limits(
    draw: Draw,
    direction: Direction,
    target: Decimal | int | tuple[int, int],
    expected: Assurance,
) -> None:
    """A process is as good as its limits, 84.04 to 115.96; a value on the target meets it."""
    assert draw(CALM, direction=direction, target=target).assurance is expected


def test_a_target_of_exactly_nothing_can_be_met(draw: Draw) -> None:
    """A year without a complaint always meets the target of none."""
    chart = draw([0] * 12, lower=0, target=0)

    assert chart.assurance is Assurance.ALWAYS
    assert chart.target == (None, Decimal(0))


def test_a_target_without_limits_is_undecided(draw: Draw) -> None:
    """Nobody knows what a process does of which there are too few values."""
    assert draw([5] * 3, target=3).assurance == Undefined(Reason.TOO_FEW)


def test_a_chart_reads_as_a_few_lines(draw: Draw) -> None:
    """The name, the limits and each signal have a line."""
    assert str(draw([*CALM, 120])) == (
        "late deliveries: 100, naturally 84.04 to 115.96\n"
        "  2025-01: the value rises from 97 to 120, further than by chance\n"
        "  2025-01: 120 is above the upper limit, 115.96"
    )

    assert str(draw([0, 1] * 6, lower=0)) == "late deliveries: 0.5, naturally 0 to 3.16"


def test_a_chart_can_be_hashed(draw: Draw) -> None:
    """Equal charts are one in a set."""
    assert len({draw(CALM), draw(CALM), draw([*CALM, 120])}) == 2


def test_what_is_no_chart_is_refused(draw: Draw, months: Months) -> None:
    """No values, periods that overlap, a target the wrong way round, and numbers of no kind."""
    told = {"subject": "calls:all", "name": Phrase("calls", "来电")}
    quarter = Period(date(2024, 1, 1), date(2024, 4, 1))

    with pytest.raises(InvalidValueError, match="values must hold at least one period"):
        ControlChart.of({}, **told)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="values must be of separate periods"):
        ControlChart.of({months(2)[1]: 3, quarter: 4}, **told)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="target must have its lower end first"):
        draw(CALM, target=(3, 2))
    with pytest.raises(InvalidValueError, match="values must be a count and what it is of or per"):
        draw([3] * 12, kind=ChartKind.P)
    with pytest.raises(InvalidValueError, match="values must be one number"):
        draw([(3, 10)] * 12, kind=ChartKind.XMR)
    with pytest.raises(InvalidValueError, match="values must be a count and what it is of or per"):
        draw([(3, 10)] * 12 + [(3, 10, 1)], kind=ChartKind.U)
    with pytest.raises(InvalidValueError, match="values must be at least the lower bound, 0"):
        draw([*CALM, -1], lower=0)
    with pytest.raises(InvalidValueError, match="values must be at most the upper bound, 2"):
        draw([(5, 2)] * 12, kind=ChartKind.U, upper=2)


@pytest.mark.parametrize("baseline", [12.5, True, "1998"])
def test_a_baseline_is_a_number_of_values_or_a_period(draw: Draw, baseline: object) -> None:
    """Nothing else tells which values the limits rest on."""
    with pytest.raises(InvalidValueError, match="baseline must be at least 12 values, or a period"):
        draw(CALM, baseline=baseline)
