"""The trend: a KPI over its periods, with its interval and its target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ._canvas import Sheet, drawing, plain, to_svg
from ._colours import ACCENT, ALERT, GRID

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MISSING: Final = float("nan")


@attrs.frozen(kw_only=True)
class Trend:
    """A KPI over its periods.

    Attributes:
        key: The word for the KPI.
        periods: The names of the periods.
        numbers: The values; None where undefined.
        lows: The lower ends of the intervals; None where there is none.
        highs: The upper ends of the intervals; None where there is none.
        target: The number to reach, if there is a goal.
        is_share: Whether the numbers are fractions to show as percentages.
    """

    key: str
    periods: tuple[str, ...]
    numbers: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
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
        axes.plot(xs, numbers, color=ACCENT, lw=1.6, solid_capstyle="round", clip_on=False)
        alone = [x for x in xs if _stands_alone(numbers, x)]
        axes.plot(alone, [numbers[x] for x in alone], "o", color=ACCENT, ms=3.5, clip_on=False)
        if trend.target is not None:
            target = _scaled([trend.target], trend)[0]
            axes.axhline(target, color=ALERT, lw=1, ls=(0, (4, 3)))
        _label(axes, trend)
        return to_svg(axes, description)


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
