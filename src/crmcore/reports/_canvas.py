"""The canvas that pictures are drawn on: one look for all, and the same bytes every time."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs

from crmcore.errors import MissingExtraError

from ._colours import FAINT, INK

try:
    import matplotlib as mpl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle
except ImportError:
    raise MissingExtraError("crmcore.reports", "reports") from None

_LOOK: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 8.0,
    "text.parse_math": False,  # a name may have two dollar signs
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
}
_GROUP_ID: Final = re.compile(r'<g id="[^"]*"')
_FAMILY: Final = re.compile(r'font-family: [^;"]*(?:; ?)?')
_BOLD: Final = re.compile(r'font: (?:bold|700) ([0-9.]+px) [^;"]*')
_PLAIN: Final = re.compile(r'font: ([0-9.]+px) [^;"]*')
_HEADER: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_ASIDE: Final = re.compile(r"\s*<(metadata|style)\b.*?</\1>", re.DOTALL)
_INDENT: Final = re.compile(r"\n\s+")
_WIDE: Final = 0x2E80  # from here on scripts are written in squares


@attrs.frozen(kw_only=True)
class Sheet:
    """The size of a picture and the margins around its axes.

    Attributes:
        key: What tells the picture from the others of its page.
        width: Its width in inches.
        height: Its height in inches.
        left: The margin on the left in inches.
        right: The margin on the right in inches.
        top: The margin at the top in inches.
        bottom: The margin at the bottom in inches.
    """

    key: str
    width: float
    height: float
    left: float = 0.1
    right: float = 0.1
    top: float = 0.1
    bottom: float = 0.25


@contextmanager
def drawing(sheet: Sheet) -> Iterator[Axes]:
    """Lend the axes of a picture in the look of the house.

    The margins are stated, not found out, so that pictures side by side are in line and
    nothing depends on the width of letters in a font that the reader may not have.
    """
    look: dict[Any, Any] = {**_LOOK, "svg.hashsalt": sheet.key}
    with mpl.rc_context(look):
        figure = Figure(figsize=(sheet.width, sheet.height))
        yield figure.add_axes(
            (
                sheet.left / sheet.width,
                sheet.bottom / sheet.height,
                (sheet.width - sheet.left - sheet.right) / sheet.width,
                (sheet.height - sheet.top - sheet.bottom) / sheet.height,
            )
        )


def plain(axes: Axes, *, without: tuple[str, ...] = ("left",)) -> None:
    """Take away what nobody needs: the marks at the ticks, and some of the edges."""
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    for side in without:
        axes.spines[side].set_visible(False)


def box(left: float, bottom: float, width: float, height: float, colour: str) -> Rectangle:
    """Return a filled rectangle with a thin white edge."""
    return Rectangle((left, bottom), width, height, facecolor=colour, edgecolor="white", lw=0.4)


def width_of(text: str) -> int:
    """Return about how wide a text is, in halves of a square letter."""
    return sum(2 if ord(letter) >= _WIDE else 1 for letter in text)


def shortened(text: str, most: int) -> str:
    """Return a text on one line, cut off with an ellipsis where it is wider than *most*."""
    line = " ".join(text.split())
    if width_of(line) <= most:
        return line
    while width_of(line) >= most:
        line = line[:-1]
    return f"{line.rstrip()}…"


def to_svg(axes: Axes, description: str) -> str:
    """Return the picture as an SVG element for a page, described for those who cannot see.

    Text stays text, so that the page's reader brings the font; there is no date, and no name
    that another picture of the page could share.
    """
    figure = axes.get_figure(root=True)
    stream = io.StringIO()
    with warnings.catch_warnings():
        # The reader's fonts draw the text, so that a glyph missing here is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)  # type: ignore[union-attr] # it has one
    text = _ASIDE.sub("", _HEADER.sub("", stream.getvalue()))
    text = _GROUP_ID.sub("<g", text)
    text = _BOLD.sub(r"font-weight: 700; font-size: \1", _FAMILY.sub("", text))
    text = _INDENT.sub("\n", _PLAIN.sub(r"font-size: \1", text))
    label = description.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).strip()
