"""Pictures of a review: trends, the map of segments, the flow of stages, the workload.

Each takes plain numbers and words, so that it can be drawn, and looked at, by itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ._canvas import ACCENT, ALERT, FAINT, GRID, INK, PALETTE, box, drawing, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS: Final = 3
_SCORES: Final = range(1, 6)
_STEPS: Final = 24
_FILLED: Final = 0.85
_LONG: Final = 1000


@attrs.frozen(kw_only=True)
class Panel:
    """One trend: a KPI over its periods.

    Attributes:
        title: How people call the KPI.
        periods: The names of the periods.
        numbers: The values; None where undefined.
        lows: The lower ends of the intervals; None where there is none.
        highs: The upper ends of the intervals; None where there is none.
        target: The number to reach, if there is a goal.
        is_share: Whether the numbers are fractions to show as percentages.
    """

    title: str
    periods: tuple[str, ...]
    numbers: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    target: float | None = None
    is_share: bool = False


def kpi_trends(panels: Sequence[Panel], *, description: str) -> str:
    """Draw small multiples of trends, with their intervals and targets."""
    rows = max(1, math.ceil(len(panels) / _COLUMNS))
    with drawing(10, 1.8 * rows) as figure:
        grid = figure.subplots(rows, _COLUMNS, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place < len(panels):
                _trend(axes, panels[place])
            else:
                axes.set_axis_off()
        return to_svg(figure, description)


def _trend(axes: Axes, panel: Panel) -> None:
    missing = float("nan")
    factor = 100.0 if panel.is_share else 1.0
    xs = range(len(panel.numbers))

    def scaled(values: Sequence[float | None]) -> list[float]:
        return [missing if value is None else value * factor for value in values]

    ys = scaled(panel.numbers)
    axes.fill_between(xs, scaled(panel.lows), scaled(panel.highs), color=ACCENT, alpha=0.15, lw=0)
    axes.plot(xs, ys, color=ACCENT, lw=1.6, solid_capstyle="round")
    if panel.target is not None:
        axes.axhline(panel.target * factor, color=ALERT, lw=1, ls=(0, (4, 3)))
    known = [(x, y) for x, y in zip(xs, ys, strict=True) if not math.isnan(y)]
    if known:
        x, y = known[-1]
        axes.plot([x], [y], "o", color=ACCENT, ms=4)
        axes.annotate(
            _shown(y, is_share=panel.is_share),
            (x, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            fontweight="bold",
            color=ACCENT,
        )
    axes.set_title(panel.title, wrap=True, fontsize=8.5)
    axes.grid(axis="y", color=GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    last = len(panel.periods) - 1
    ticks = sorted({0, last // 2, last})
    axes.set_xticks(ticks, [panel.periods[tick] for tick in ticks])
    axes.set_xlim(-0.3, last + max(1.0, 0.16 * last))
    axes.locator_params(axis="y", nbins=4)
    if not known:
        axes.set_yticks([])


def _shown(number: float, *, is_share: bool) -> str:
    if is_share:
        return f"{number:.1f} %"
    return f"{number:,.0f}" if abs(number) >= _LONG else f"{number:.4g}"


@attrs.frozen(kw_only=True)
class MapCell:
    """One cell of the map: the customers with a recency and a frequency score.

    Attributes:
        r: The recency score, 1 to 5.
        f: The frequency score, 1 to 5.
        counts: How many customers of the cell are in each segment.
    """

    r: int
    f: int
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many customers it has."""
        return sum(count for _, count in self.counts)


def segment_map(
    cells: Sequence[MapCell],
    *,
    labels: Mapping[str, str],
    axes_labels: tuple[str, str],
    description: str,
) -> str:
    """Draw the grid of recency by frequency, each cell filled by the segments of its customers.

    The side of a square grows with the square root of its customers, so that its area tells
    how many they are; within it the segments share the width.
    """
    largest = max((cell.total for cell in cells), default=1)
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(labels)}
    with drawing(10, 4.6) as figure:
        axes = figure.subplots()
        for cell in cells:
            side = max(0.08, 0.94 * math.sqrt(cell.total / largest))
            left, bottom = cell.r - side / 2, cell.f - side / 2
            for name, count in cell.counts:
                width = side * count / cell.total
                axes.add_patch(box(left, bottom, width, side, colours[name]))
                left += width
            axes.annotate(
                f"{cell.total:,}",
                (cell.r + 0.47, cell.f - 0.46),
                ha="right",
                va="bottom",
                fontsize=7.5,
                color="white" if side > _FILLED else INK,
            )
        for edge in range(1, 7):
            axes.axhline(edge - 0.5, color=GRID, lw=0.8, zorder=0)
            axes.axvline(edge - 0.5, color=GRID, lw=0.8, zorder=0)
        axes.set_xlim(0.5, 5.5)
        axes.set_ylim(0.5, 5.5)
        axes.set_aspect(0.62)
        axes.set_xticks(list(_SCORES))
        axes.set_yticks(list(_SCORES))
        axes.tick_params(length=0)
        for side_name in ("left", "bottom"):
            axes.spines[side_name].set_visible(False)
        axes.set_xlabel(axes_labels[0])
        axes.set_ylabel(axes_labels[1])
        handles = [box(0, 0, 1, 1, colours[name]) for name in labels]
        figure.legend(
            handles,
            list(labels.values()),
            loc="outside right center",
            handlelength=1,
            handleheight=1,
        )
        return to_svg(figure, description)


@attrs.frozen(kw_only=True)
class Column:
    """Where everybody stood at one moment, and who moved on from there.

    Attributes:
        name: The name of the moment.
        counts: How many stood in each stage, in the order of the stages.
        moves: How many went from a stage of this moment to one of the next.
    """

    name: str
    counts: tuple[tuple[str, int], ...]
    moves: tuple[tuple[str, str, int], ...] = ()


def stage_flow(columns: Sequence[Column], *, labels: Mapping[str, str], description: str) -> str:
    """Draw how customers flow from stage to stage, moment by moment."""
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(labels)}
    total = max((sum(count for _, count in column.counts) for column in columns), default=1) or 1
    gap = 0.025 * total
    with drawing(10, 4.2) as figure:
        axes = figure.subplots()
        for x, column in enumerate(columns):
            foot = _feet(column, gap)
            for name, count in column.counts:
                if count:
                    axes.add_patch(box(x - 0.05, foot[name], 0.1, count, colours[name]))
            if x + 1 < len(columns):
                _bands(axes, x, column, foot, _feet(columns[x + 1], gap), colours)
        _stage_names(axes, columns, labels, gap, total)
        axes.set_xticks(range(len(columns)), [column.name for column in columns])
        axes.set_yticks([])
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.set_xlim(-0.2, len(columns) - 1 + 0.75)
        axes.set_ylim(-gap, total + gap * len(labels))
        return to_svg(figure, description)


def _feet(column: Column, gap: float) -> dict[str, float]:
    feet: dict[str, float] = {}
    level = 0.0
    for name, count in reversed(column.counts):
        feet[name] = level
        level += count + (gap if count else 0)
    return feet


def _bands(
    axes: Axes,
    x: int,
    column: Column,
    left: Mapping[str, float],
    right: Mapping[str, float],
    colours: Mapping[str, str],
) -> None:
    out, into = dict(left), dict(right)
    ts = [step / _STEPS for step in range(_STEPS + 1)]
    ease = [t * t * (3 - 2 * t) for t in ts]
    order = {name: place for place, (name, _) in enumerate(reversed(column.counts))}
    for before, after, count in sorted(column.moves, key=lambda m: (order[m[0]], order[m[1]])):
        start, stop = out[before], into[after]
        out[before] += count
        into[after] += count
        low = [start + (stop - start) * e for e in ease]
        axes.fill_between(
            [x + 0.05 + 0.9 * t for t in ts],
            low,
            [value + count for value in low],
            color=colours[before],
            alpha=0.22 if before == after else 0.5,
            lw=0,
        )


def _stage_names(
    axes: Axes, columns: Sequence[Column], labels: Mapping[str, str], gap: float, total: float
) -> None:
    feet = _feet(columns[-1], gap)
    least = 0.045 * total
    below = -math.inf
    for name, count in reversed(columns[-1].counts):
        if not count:
            continue
        level = max(feet[name] + count / 2, below + least)
        below = level
        axes.annotate(
            f"{labels[name]}  {count:,}",
            (len(columns) - 1 + 0.08, level),
            va="center",
            fontsize=8,
            annotation_clip=False,
        )


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


def workload(loads: Sequence[Load], *, words: tuple[str, str, str], description: str) -> str:
    """Draw each member's workload before (hollow) and after (filled), and the full week."""
    before, after, share = words
    with drawing(10, 0.9 + 0.27 * max(1, len(loads))) as figure:
        axes = figure.subplots()
        axes.axvspan(80, 95, color=GRID, alpha=0.6, lw=0, zorder=0)
        axes.axvline(100, color=ALERT, lw=1, ls=(0, (4, 3)), zorder=0)
        for y, load in enumerate(loads):
            ends = [100 * value for value in (load.before, load.after) if value is not None]
            axes.plot(ends, [y] * len(ends), color=FAINT, lw=2, solid_capstyle="round", zorder=1)
            if load.before is not None:
                axes.plot([100 * load.before], [y], "o", mfc="white", mec=FAINT, ms=7, zorder=2)
            if load.after is not None:
                colour = ALERT if load.after > 1 else ACCENT
                axes.plot([100 * load.after], [y], "o", color=colour, ms=7, zorder=3)
        axes.plot([], [], "o", mfc="white", mec=FAINT, ms=7, label=before)
        axes.plot([], [], "o", color=ACCENT, ms=7, label=after)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        axes.set_yticks(range(len(loads)), [load.name for load in loads])
        axes.set_ylim(len(loads) - 0.4, -0.6)
        axes.set_xlim(left=0)
        axes.set_xlabel(share)
        axes.grid(axis="x", color=GRID, lw=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(length=0)
        axes.spines["left"].set_visible(False)
        return to_svg(figure, description)
