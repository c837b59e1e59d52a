"""The workload: how busy each member is, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ._canvas import Sheet, drawing, plain, shortened, to_svg, width_of
from ._colours import ACCENT, ALERT, FAINT, GRID

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST: Final = 34


@attrs.frozen(kw_only=True)
class Load:
    """How busy one member is, before and after.

    Attributes:
        name: How people call the member.
        before: The share of the hours that was taken up, 1.0 for all; None where there were none.
        after: The same after the plan.
    """

    name: str
    before: float | None
    after: float | None


def draw_workload(
    loads: Sequence[Load], *, wanted: tuple[float, float], axis: str, description: str
) -> str:
    """Draw each member's workload before (hollow) and after (filled), and the full week.

    Args:
        loads: The members, from top to bottom.
        wanted: Between which shares of the hours the workload should be.
        axis: What is written along the axis.
        description: What the picture shows.
    """
    names = [shortened(load.name, _LONGEST) for load in loads]
    left = 0.3 + 0.07 * max(map(width_of, names))
    size = Sheet(
        key="workload", width=10, height=0.55 + 0.25 * len(loads), left=left, right=0.2, bottom=0.45
    )
    with drawing(size) as axes:
        axes.axvspan(100 * wanted[0], 100 * wanted[1], color=GRID, alpha=0.6, lw=0, zorder=0)
        axes.axvline(100, color=ALERT, lw=1.2, ls=(0, (4, 3)), zorder=1)
        for y, load in enumerate(loads):
            ends = [100 * value for value in (load.before, load.after) if value is not None]
            axes.plot(ends, [y] * len(ends), color=FAINT, lw=2, solid_capstyle="round", zorder=2)
            if load.before is not None:
                _dot(axes, 100 * load.before, y, face="white", edge=FAINT)
            if load.after is not None:
                colour = ALERT if load.after > 1 else ACCENT
                _dot(axes, 100 * load.after, y, face=colour, edge=colour)
        axes.set_yticks(range(len(loads)), names)
        axes.set_ylim(len(loads) - 0.5, -0.5)
        axes.set_xlim(left=0, right=max(105, axes.get_xlim()[1]))
        axes.set_xlabel(axis)
        axes.grid(axis="x", color=GRID, lw=0.7)
        axes.xaxis.set_major_formatter(lambda number, _: f"{number:.0f} %")
        plain(axes)
        axes.tick_params(axis="y", pad=8)
        return to_svg(axes, description)


def _dot(axes: Axes, x: float, y: float, *, face: str, edge: str) -> None:
    axes.plot([x], [y], "o", mfc=face, mec=edge, ms=7, zorder=3, clip_on=False)
