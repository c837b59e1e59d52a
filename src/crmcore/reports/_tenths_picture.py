"""The tenths: which share of a whole each tenth of the customers brings."""

from __future__ import annotations

from collections.abc import Sequence

from ._canvas import Sheet, drawing, plain, to_svg
from ._colours import ACCENT, FAINT, GRID

_HALF = 0.36  # of the place of a bar


def draw_tenths(*, values: Sequence[float], spends: Sequence[float], description: str) -> str:
    """Draw the share of each tenth in the value as a bar, and in the spend as a line across it.

    Args:
        values: The shares in the value, the largest first.
        spends: The shares in the spend, in the same order.
        description: What the picture shows.
    """
    with drawing(Sheet(key="tenths", width=5, height=2.9, left=0.5, right=0.1)) as axes:
        xs = range(1, len(values) + 1)
        axes.bar(xs, [100 * share for share in values], width=2 * _HALF, color=ACCENT, lw=0)
        for x, value, spend in zip(xs, values, spends, strict=True):
            axes.plot([x - _HALF, x + _HALF], [100 * spend] * 2, color=FAINT, lw=2.4)
            top = 100 * max(value, spend)
            axes.annotate(
                f"{100 * value:.0f} %",
                (x, top),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
        plain(axes)
        axes.grid(axis="y", color=GRID, lw=0.7)
        axes.set_xticks(list(xs))
        axes.margins(y=0.12)
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="y", nbins=5)
        axes.yaxis.set_major_formatter(lambda number, _: f"{number:.0f} %")
        return to_svg(axes, description)
