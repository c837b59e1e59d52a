"""The rules by which values tell that something has happened."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.signals import ChartKind, ControlChart, Limits, Rule, Signal

if TYPE_CHECKING:
    from tests.signals.conftest import Draw, Months

# A baseline with the centre 100 and moving ranges of 6: sigma is 5.32, the limits lie at 84.04
# and 115.96, half-way to them is 7.98, and a range is too large above 19.608.
CALM = [103, 97] * 6
FIRST = Period.month(2024, 1).start


def of(chart: ControlChart, rule: Rule) -> list[Signal]:
    """Return the signals by one rule."""
    return [signal for signal in chart.signals if signal.rule is rule]


def test_a_calm_process_tells_nothing(draw: Draw) -> None:
    """A baseline that wanders around its centre has limits and no signal."""
    chart = draw(CALM)

    assert isinstance(chart.limits, Limits)
    assert chart.limits.centre == 100
    assert chart.limits.low == Decimal("84.04")
    assert chart.signals == ()


@pytest.mark.parametrize(
    ("value", "sides"),
    [("115.97", [True]), ("84.03", [False]), ("115.96", []), ("84.04", [])],
)
def test_a_value_outside_the_limits_is_a_signal(
    draw: Draw, months: Months, value: str, sides: list[bool]
) -> None:
    """Beyond a limit is outside; on it is not."""
    found = of(draw([*CALM, Decimal(value)]), Rule.OUTSIDE)

    assert [signal.is_high for signal in found] == sides
    assert all(signal.periods == months(13)[-1:] for signal in found)


def test_eight_in_a_row_are_a_signal(draw: Draw, months: Months) -> None:
    """Seven values above the centre are luck; the eighth makes one signal, which then grows."""
    seven, eight, nine = (draw([*CALM, *[101] * count]) for count in (7, 8, 9))

    assert of(seven, Rule.RUN) == []
    assert [signal.periods for signal in of(eight, Rule.RUN)] == [months(20)[12:]]
    assert [signal.periods for signal in of(nine, Rule.RUN)] == [months(21)[12:]]
    assert of(nine, Rule.RUN)[0].words == Phrase(
        "2025-01 to 2025-09: 9 values in a row are above the centre, 100",
        "2025-01至2025-09：连续9个值高于中心线100",
    )


def test_a_value_on_the_centre_ends_a_run(draw: Draw) -> None:
    """It lies on neither side, so that four before and four after it are no eight."""
    assert of(draw([*CALM, *[99] * 4, 100, *[99] * 4]), Rule.RUN) == []
    assert len(of(draw([*CALM, *[99] * 8, 100, *[99] * 8]), Rule.RUN)) == 2


def test_a_missing_value_neither_ends_a_run_nor_lengthens_it(draw: Draw, months: Months) -> None:
    """Eight values with a gap among them are eight in a row; seven and a gap are seven."""
    eight = draw([*CALM, *[101] * 4, None, *[101] * 4])
    seven = draw([*CALM, *[101] * 4, None, *[101] * 3])

    assert [signal.periods for signal in of(eight, Rule.RUN)] == [
        (*months(21)[12:16], *months(21)[17:])
    ]
    assert of(seven, Rule.RUN) == []


@pytest.mark.parametrize(
    ("tail", "places"),
    [
        ([108, 109, 110, 100], [(12, 13, 14)]),
        ([108, 100, 110, 109], [(12, 14, 15)]),
        ([100, 108, 110, 109], [(13, 14, 15)]),
        ([108, 100, 110, 100, 109], []),
        ([Decimal("107.98"), 110, 110, 100], []),
        ([108, 108, 92, 92], []),
        ([92, 91, 100, 90], [(12, 13, 15)]),
        ([108, 108, None, 108], [(12, 13, 15)]),
        ([108, 108, 108, 100, 108, 108], [(12, 13, 14, 16, 17)]),
        ([108, 108, 108, 100, 100, 100, 108, 108, 108], [(12, 13, 14), (18, 19, 20)]),
    ],
)
def test_three_of_four_nearer_the_limit_are_a_signal(
    draw: Draw, months: Months, tail: list[int | None], places: list[tuple[int, ...]]
) -> None:
    """Of four values in a row three lie more than half-way to the same limit, to 107.98 or 92.02.

    Half-way itself is as near to the centre. Fours that share values make one signal.
    """
    chart = draw([*CALM, *tail])

    row = months(12 + len(tail))
    found = [signal.periods for signal in of(chart, Rule.NEAR_LIMIT)]
    assert found == [tuple(row[place] for place in each) for each in places]


def test_a_jump_is_a_signal(draw: Draw, months: Months) -> None:
    """Within the limits, from 90 to 110 is further than neighbours lie apart by chance."""
    up, down = draw([*CALM, 90, 110]), draw([*CALM, 110, 90])

    assert [signal.is_high for signal in of(up, Rule.JUMP)] == [True]
    assert of(up, Rule.JUMP)[0].periods == months(14)[-2:]
    assert str(of(up, Rule.JUMP)[0]) == (
        "2025-02: the value rises from 90 to 110, further than by chance"
    )
    assert [signal.is_high for signal in of(down, Rule.JUMP)] == [False]
    assert of(down, Rule.JUMP)[0].words.zh == "2025-02：数值由110降至90，超出相邻值的正常差距"
    assert of(draw([*CALM, 90, None, 110]), Rule.JUMP) == []
    assert of(draw([*CALM, 90, Decimal("109.608")]), Rule.JUMP) == []
    assert len(of(draw([*CALM, 90, Decimal("109.609")]), Rule.JUMP)) == 1


def test_a_signal_speaks_both_languages(draw: Draw) -> None:
    """Each names the period, the value and the limit."""
    found = draw([*CALM, 120, 80, 92, 91]).signals

    assert [signal.words for signal in found if signal.rule is Rule.OUTSIDE] == [
        Phrase("2025-01: 120 is above the upper limit, 115.96", "2025-01：120高于上控制限115.96"),
        Phrase("2025-02: 80 is below the lower limit, 84.04", "2025-02：80低于下控制限84.04"),
    ]
    assert [signal.words for signal in found if signal.rule is Rule.NEAR_LIMIT] == [
        Phrase(
            "2025-02 to 2025-04: 3 of 3 values in a row are nearer the lower limit than the centre",
            "2025-02至2025-04：连续3个值中有3个更靠近下控制限而非中心线",
        )
    ]


def test_limits_of_exactly_nothing_work(draw: Draw) -> None:
    """After a year without a complaint one complaint is a signal, and none is none."""
    quiet, loud = draw([0] * 20, lower=0), draw([*[0] * 12, 1], lower=0)

    assert quiet.signals == ()
    assert {signal.rule for signal in loud.signals} == {Rule.OUTSIDE, Rule.JUMP}


@given(
    st.lists(st.one_of(st.none(), st.integers(80, 120)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_input_does_not_matter(
    months_values: list[int | None], chance: random.Random
) -> None:
    """A mapping filled in another order gives the same chart."""
    values = [*CALM, *months_values]
    days = [Grain.DAY.period(Grain.DAY.after(FIRST, place)) for place in range(len(values))]
    pairs = list(zip(days, values, strict=True))

    shuffled = chance.sample(pairs, len(pairs))

    told = {"subject": "complaints:all", "name": Phrase("complaints", "投诉")}
    assert ControlChart.of(dict(shuffled), **told) == ControlChart.of(dict(pairs), **told)  # type: ignore[arg-type]


def by_hand(values: list[int | None], limits: Limits) -> dict[Rule, set[tuple[int, int]]]:
    """Return for each rule the places it tells of and their sides, by looking at each window."""
    seen = [(place, value) for place, value in enumerate(values) if value is not None]
    side = {place: (value > limits.centre) - (value < limits.centre) for place, value in seen}
    near = {
        place: side[place]
        for place, value in seen
        if abs(value - limits.centre) > Decimal("1.5") * limits.sigma
    }
    told: dict[Rule, set[tuple[int, int]]] = {rule: set() for rule in Rule}
    told[Rule.OUTSIDE] = {
        (place, side[place]) for place, value in seen if not limits.low <= value <= limits.high
    }
    for first in range(len(seen)):
        eight = [place for place, _ in seen[first : first + 8]]
        four = [place for place, _ in seen[first : first + 4]]
        for way in (1, -1):
            if len(eight) == 8 and all(side[place] == way for place in eight):
                told[Rule.RUN] |= {(place, way) for place in eight}
            far = {(place, way) for place in four if near.get(place) == way}
            if len(far) >= 3:
                told[Rule.NEAR_LIMIT] |= far
    return told


@given(st.lists(st.one_of(st.none(), st.integers(82, 118)), max_size=40))
def test_rules_find_what_every_window_shows(tail: list[int | None]) -> None:
    """Looking at each eight and each four by hand finds the same values on the same sides."""
    values = [*CALM, *tail]
    days = [Grain.DAY.period(Grain.DAY.after(FIRST, place)) for place in range(len(values))]
    chart = ControlChart.of(
        dict(zip(days, values, strict=True)),
        subject="complaints:all",
        name=Phrase("complaints", "投诉"),
    )

    assert isinstance(chart.limits, Limits)
    expected = by_hand(values, chart.limits)
    for rule in (Rule.OUTSIDE, Rule.RUN, Rule.NEAR_LIMIT):
        found = {
            (days.index(period), 1 if signal.is_high else -1)
            for signal in of(chart, rule)
            for period in signal.periods
        }
        assert found == expected[rule]


def test_undefined_values_keep_their_reason(draw: Draw) -> None:
    """A missing month says why it is missing."""
    why = Undefined(Reason.SUPPRESSED)

    chart = draw([*CALM, why, None], kind=ChartKind.XMR_MEDIAN)

    assert chart.points[12].value == why
    assert chart.points[13].value == Undefined(Reason.NO_DATA)
