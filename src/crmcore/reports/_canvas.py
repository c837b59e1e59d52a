"""The canvas that pictures are drawn on: one look for all, and the same bytes every time."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from crmcore.errors import MissingExtraError

try:
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle
except ImportError:
    raise MissingExtraError("crmcore.reports", "reports") from None

INK: Final = "#1f2933"
FAINT: Final = "#9aa5b1"
GRID: Final = "#e4e7eb"
ACCENT: Final = "#2f6f9f"
ALERT: Final = "#c2452d"

# Twelve hues of similar weight that stay apart for readers who see red and green alike;
# neighbours differ in lightness too.
PALETTE: Final = (
    "#2f6f9f",
    "#e0a030",
    "#4d9a78",
    "#c2604a",
    "#7f6bb0",
    "#8bb8d8",
    "#b5892b",
    "#9ccbb2",
    "#e0a899",
    "#b9addb",
    "#5f7382",
    "#cbd2d9",
)

_LOOK: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "crmcore",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.frameon": False,
}
_GROUP_ID: Final = re.compile(r'<g id="[^"]*"')
_FAMILY: Final = re.compile(r'font-family: [^;"]*(?:; ?)?')
_BOLD: Final = re.compile(r'font: (?:bold|700) ([0-9.]+px) [^;"]*')
_PLAIN: Final = re.compile(r'font: ([0-9.]+px) [^;"]*')
_HEADER: Final = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_ASIDE: Final = re.compile(r"\s*<(metadata|style)\b.*?</\1>", re.DOTALL)


@contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """Lend a figure of *width* by *height* inches in the look of the house."""
    with mpl.rc_context(_LOOK):  # type: ignore[arg-type] # the names are checked when set
        yield Figure(figsize=(width, height), layout="constrained")


def box(left: float, bottom: float, width: float, height: float, colour: str) -> Rectangle:
    """Return a filled rectangle with a thin white edge."""
    return Rectangle((left, bottom), width, height, facecolor=colour, edgecolor="white", lw=0.4)


def to_svg(figure: Figure, description: str) -> str:
    """Return the figure as an SVG element to stand in a page, described for those who cannot see.

    Text stays text, so that the page's reader brings the font; there is no date, and no name
    that another picture of the page could share.
    """
    stream = io.StringIO()
    with warnings.catch_warnings():
        # The reader's fonts draw the text, so that a glyph missing here is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    text = _ASIDE.sub("", _HEADER.sub("", stream.getvalue()))
    text = _GROUP_ID.sub("<g", text)
    text = _BOLD.sub(r"font-weight: 700; font-size: \1", _FAMILY.sub("", text))
    text = _PLAIN.sub(r"font-size: \1", text)
    label = description.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).strip()
