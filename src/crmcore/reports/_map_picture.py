"""The map: the grid of recency by frequency, each cell filled by the segments in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from ._canvas import Sheet, box, drawing, plain, to_svg
from ._colours import GRID

_SCORES: Final = range(1, 6)
_STRIP: Final = 0.24  # of a cell is for its number
_ROOM: Final = (0.94, 0.72)  # the widest and the highest that a block may be
_THINNEST: Final = 0.012


@attrs.frozen(kw_only=True)
class MapCell:
    """One cell of the map: what the customers with a recency and a frequency score come to.

    Attributes:
        r: The recency score, 1 to 5.
        f: The frequency score, 1 to 5.
        shares: What each segment has of the whole map, as fractions, none below 0.
        text: What is written in the cell.
    """

    r: int
    f: int
    shares: tuple[tuple[str, float], ...]
    text: str

    @property
    def share(self) -> float:
        """What the cell has of the whole map, as a fraction."""
        return sum(share for _, share in self.shares)


def draw_map(
    cells: Sequence[MapCell],
    *,
    key: str,
    largest: float,
    colours: Mapping[str, str],
    axes_labels: tuple[str, str],
    description: str,
) -> str:
    """Draw a map.

    The sides of a block grow with the square root of its share, so that its area tells the
    share; a block of the share *largest* fills its cell. Within it the segments share the
    width.
    """
    with drawing(Sheet(key=key, width=5, height=4.1, left=0.42, bottom=0.42)) as axes:
        for cell in cells:
            side = math.sqrt(cell.share / largest)
            width, height = (max(_THINNEST, room * side) for room in _ROOM)
            left, bottom = cell.r - width / 2, cell.f - 0.5 + 0.02
            for name, share in cell.shares:
                if share > 0:
                    part = width * share / cell.share
                    axes.add_patch(box(left, bottom, part, height, colours[name]))
                    left += part
            axes.annotate(
                cell.text, (cell.r + 0.46, cell.f + 0.5 - _STRIP / 2), ha="right", va="center"
            )
        for edge in range(1, 7):
            axes.axhline(edge - 0.5, color=GRID, lw=0.8, zorder=0)
            axes.axvline(edge - 0.5, color=GRID, lw=0.8, zorder=0)
        axes.set_xlim(0.5, 5.5)
        axes.set_ylim(0.5, 5.5)
        axes.set_xticks(list(_SCORES))
        axes.set_yticks(list(_SCORES))
        plain(axes, without=("left", "bottom"))
        axes.set_xlabel(axes_labels[0])
        axes.set_ylabel(axes_labels[1])
        return to_svg(axes, description)
