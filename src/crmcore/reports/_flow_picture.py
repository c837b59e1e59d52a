"""The flow: where everybody stood at some moments, and who went where in between."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ._canvas import Sheet, box, drawing, plain, to_svg, width_of
from ._colours import STAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STEPS: Final = 24
_BAR: Final = 0.05  # half of a bar's width
_GAP: Final = 0.025  # of everybody lies between two bars of a column
_LINE: Final = 0.05  # of everybody is what a line of text takes up


@attrs.frozen(kw_only=True)
class Moment:
    """Where everybody stood at one moment, and who moved on from there.

    Attributes:
        name: The name of the moment.
        counts: How many stood in each stage, in the order of the stages.
        moves: How many went from a stage of this moment to one of the next.
    """

    name: str
    counts: tuple[tuple[str, int], ...]
    moves: tuple[tuple[str, str, int], ...] = ()


def draw_flow(moments: Sequence[Moment], *, labels: Mapping[str, str], description: str) -> str:
    """Draw how customers flow from stage to stage, from one moment to the next."""
    total = max(1, *(sum(count for _, count in moment.counts) for moment in moments))
    gap = _GAP * total
    side = 0.2 + 0.075 * max(width_of(f"{label} {total:,}") for label in labels.values())
    with drawing(Sheet(key="flow", width=10, height=4.0, left=side, right=side)) as axes:
        for x, moment in enumerate(moments):
            feet = _feet(moment, gap)
            for name, count in moment.counts:
                if count:
                    axes.add_patch(box(x - _BAR, feet[name], 2 * _BAR, count, STAGES[name]))
            if x + 1 < len(moments):
                for band in _bands(moment, feet, _feet(moments[x + 1], gap)):
                    _draw_band(axes, x, band)
        last = len(moments) - 1
        _names(axes, moments[last], labels, gap=gap, total=total, x=last, outwards=1)
        _names(axes, moments[0], labels, gap=gap, total=total, x=0, outwards=-1)
        axes.set_xticks(range(len(moments)), [moment.name for moment in moments])
        axes.set_yticks([])
        plain(axes, without=("left", "bottom"))
        axes.set_xlim(-_BAR, last + _BAR)
        axes.set_ylim(-gap / 2, total + gap * (len(labels) - 1))
        return to_svg(axes, description)


def _feet(moment: Moment, gap: float) -> dict[str, float]:
    """Return where the bar of each stage begins; the first stage lies on top."""
    feet: dict[str, float] = {}
    level = 0.0
    for name, count in reversed(moment.counts):
        feet[name] = level
        level += count + (gap if count else 0)
    return feet


@attrs.frozen(kw_only=True)
class _Band:
    """Those who went from one stage to another between two moments."""

    before: str
    after: str
    start: float
    stop: float
    count: int


def _bands(
    moment: Moment, left: Mapping[str, float], right: Mapping[str, float]
) -> Iterator[_Band]:
    """Yield the bands from bottom to top, none of them over another on either side."""
    out, into = dict(left), dict(right)
    order = {name: place for place, (name, _) in enumerate(reversed(moment.counts))}
    for before, after, count in sorted(moment.moves, key=lambda m: (order[m[0]], order[m[1]])):
        start, stop = out[before], into[after]
        yield _Band(before=before, after=after, start=start, stop=stop, count=count)
        out[before] += count
        into[after] += count


def _draw_band(axes: Axes, x: int, band: _Band) -> None:
    ts = [step / _STEPS for step in range(_STEPS + 1)]
    low = [band.start + (band.stop - band.start) * t * t * (3 - 2 * t) for t in ts]
    axes.fill_between(
        [x + _BAR + (1 - 2 * _BAR) * t for t in ts],
        low,
        [level + band.count for level in low],
        color=STAGES[band.before],
        alpha=0.25 if band.before == band.after else 0.6,
        lw=0,
    )


def _names(
    axes: Axes,
    moment: Moment,
    labels: Mapping[str, str],
    *,
    gap: float,
    total: float,
    x: int,
    outwards: int,
) -> None:
    """Write stages and counts beside a column, none over another."""
    feet = _feet(moment, gap)
    below = -math.inf
    for name, count in reversed(moment.counts):
        if not count:
            continue
        below = max(feet[name] + count / 2, below + _LINE * total)
        axes.annotate(
            f"{labels[name]} {count:,}",
            (x + outwards * (_BAR + 0.03), below),
            ha="left" if outwards > 0 else "right",
            va="center",
            annotation_clip=False,
        )
