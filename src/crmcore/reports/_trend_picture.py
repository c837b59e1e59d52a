"""The trend: a KPI over its periods, with its interval, its natural limits and its target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ._canvas import Sheet, drawing, plain, to_svg
from ._colours import ACCENT, ALERT, FAINT, GRID

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MISSING: Final = float("nan")


@attrs.frozen
class Mark:
    """What a value is marked with that tells of a change.

    Attributes:
        is_high: Whether it lies above the centre; its triangle then points upwards.
        is_worse: Whether that is a change for the worse, which is filled; None where it is
            neither better nor worse.
    """

    is_high: bool
    is_worse: bool | None


@attrs.frozen(kw_only=True)
class Trend:
    """A KPI over its periods.

    Attributes:
        key: The word for the KPI.
        periods: The names of the periods.
        numbers: The values; None where undefined.
        lows: The lower ends of the intervals; None where there is none.
        highs: The upper ends of the intervals; None where there is none.
        naturals: The lower natural limits, the centres and the upper ones; None where there are
            none.
        marks: How the values are marked; None for most of them.
        target: The number to reach, if there is a goal.
        is_share: Whether the numbers are fractions to show as percentages.
    """

    key: str
    periods: tuple[str, ...]
    numbers: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    naturals: tuple[tuple[float | None, ...], tuple[float | None, ...], tuple[float | None, ...]]
    marks: tuple[Mark | None, ...]
    target: float | None = None
    is_share: bool = False


def draw_trend(trend: Trend, description: str) -> str:
    """Draw a trend."""
    size = Sheet(key=trend.key, width=3.3, height=1.45, left=0.58, right=0.12)
    with drawing(size) as axes:
        xs = range(len(trend.numbers))
        numbers = _scaled(trend.numbers, trend)
        lows, highs = _scaled(trend.lows, trend), _scaled(trend.highs, trend)
        if not all(map(math.isnan, lows)):
            axes.fill_between(xs, lows, highs, color=ACCENT, alpha=0.18, lw=0)
        _draw_naturals(axes, trend)
        axes.plot(xs, numbers, color=ACCENT, lw=1.6, solid_capstyle="round", clip_on=False)
        alone = [x for x in xs if _stands_alone(numbers, x)]
        axes.plot(alone, [numbers[x] for x in alone], "o", color=ACCENT, ms=3.5, clip_on=False)
        _draw_marks(axes, trend, numbers)
        if trend.target is not None:
            target = _scaled([trend.target], trend)[0]
            axes.axhline(target, color=ALERT, lw=1, ls=(0, (4, 3)))
        _label(axes, trend)
        return to_svg(axes, description)


def _draw_naturals(axes: Axes, trend: Trend) -> None:
    """Draw thin lines within which the values wander by themselves, and a dotted centre."""
    xs = range(len(trend.numbers))
    for row, style in zip(trend.naturals, ("-", ":", "-"), strict=True):
        line = _scaled(row, trend)
        if not all(map(math.isnan, line)):
            axes.plot(xs, line, color=FAINT, lw=0.8, ls=style, drawstyle="steps-mid")


def _draw_marks(axes: Axes, trend: Trend, numbers: Sequence[float]) -> None:
    for x, mark in enumerate(trend.marks):
        if mark is None or math.isnan(numbers[x]):
            continue
        edge = FAINT if mark.is_worse is None else ALERT if mark.is_worse else ACCENT
        axes.plot(
            [x],
            [numbers[x]],
            "^" if mark.is_high else "v",
            color=edge,
            markerfacecolor=edge if mark.is_worse else "white",
            ms=5.5,
            mew=1.1,
            clip_on=False,
        )


def _scaled(numbers: Sequence[float | None], trend: Trend) -> list[float]:
    factor = 100.0 if trend.is_share else 1.0
    return [_MISSING if number is None else number * factor for number in numbers]


def _stands_alone(numbers: Sequence[float], x: int) -> bool:
    """Say whether a number is the last one known, or has no neighbour to be joined with."""
    if math.isnan(numbers[x]):
        return False
    after = numbers[x + 1 :]
    if all(map(math.isnan, after)):
        return True
    return math.isnan(after[0]) and (x == 0 or math.isnan(numbers[x - 1]))


def _label(axes: Axes, trend: Trend) -> None:
    plain(axes)
    axes.grid(axis="y", color=GRID, lw=0.7)
    last = len(trend.periods) - 1
    ticks = sorted({0, last // 2, last})
    axes.set_xticks(ticks, [trend.periods[tick] for tick in ticks])
    if last:  # the first and the last name keep within the picture
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
    axes.set_xlim(-0.3, last + 0.3)
    axes.margins(y=0.12)
    known = [number for number in _scaled(trend.numbers, trend) if not math.isnan(number)]
    if not known:
        axes.set_yticks([])
        return
    low, high = axes.dataLim.intervaly
    if low == high:
        axes.set_ylim(low - 1, high + 1)
    axes.locator_params(axis="y", nbins=3, steps=[1, 2, 2.5, 5, 10])
    unit = " %" if trend.is_share else ""
    axes.yaxis.set_major_formatter(lambda number, _: f"{_read(number)}{unit}")


def _read(number: float) -> str:
    """Return the number of a tick as people read it."""
    shown = f"{number:,.10g}".replace("-", "−")
    return shown if shown != "−0" else "0"
