"""The tracking curve: what happened week by week, and what a model makes of it."""

from __future__ import annotations

from collections.abc import Sequence

from ._canvas import Sheet, drawing, plain, to_svg
from ._colours import ACCENT, GRID, INK


def draw_tracking(
    *, days: Sequence[str], actual: Sequence[float], expected: Sequence[float], description: str
) -> str:
    """Draw what happened as an area, and what was expected as a line over it.

    Args:
        days: The names of the days, from first to last.
        actual: What had happened until each.
        expected: What the model expects until each.
        description: What the picture shows.
    """
    with drawing(Sheet(key="tracking", width=5, height=2.9, left=0.62, right=0.15)) as axes:
        xs = range(len(days))
        axes.fill_between(xs, actual, color=ACCENT, alpha=0.18, lw=0)
        axes.plot(xs, actual, color=ACCENT, lw=1.8, solid_capstyle="round")
        axes.plot(xs, expected, color=INK, lw=1.2, ls=(0, (4, 3)))
        plain(axes)
        axes.grid(axis="y", color=GRID, lw=0.7)
        last = len(days) - 1
        ticks = sorted({0, last // 2, last})
        axes.set_xticks(ticks, [days[tick] for tick in ticks])
        axes.set_xlim(0, max(last, 1))
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="y", nbins=5)
        axes.yaxis.set_major_formatter(lambda number, _: f"{number:,.0f}")
        if last:  # the first and the last name keep within the picture
            axes.get_xticklabels()[0].set_horizontalalignment("left")
            axes.get_xticklabels()[-1].set_horizontalalignment("right")
        return to_svg(axes, description)
