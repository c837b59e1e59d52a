"""The colours of a page: each has one meaning, wherever it stands.

What is good goes from light to dark blue-green, what asks for attention is amber, what is
gone is grey. Neighbours differ in lightness, so that readers who see red and green alike
tell them apart too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

INK: Final = "#1f2933"
FAINT: Final = "#9aa5b1"
GRID: Final = "#e4e7eb"
ACCENT: Final = "#2f6f9f"
ALERT: Final = "#c2452d"
NONE: Final = "#e4e7eb"

STAGES: Final = {
    "prospect": "#d3dae0",
    "new": "#a9d6d3",
    "active": "#4fa3a5",
    "loyal": "#155e75",
    "at_risk": "#e3a32b",
    "lost": "#566270",
    "reactivated": "#8b6bb8",
}

# From the best to the worst; what stands between two is mixed of them.
_RAMP: Final = ("#155e75", "#4fa3a5", "#bfe0d2", "#f2dc9b", "#e3a32b", "#a8572b", "#566270")


def ramp(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each name, from that of the best to that of the worst."""
    last = max(1, len(names) - 1)
    return {name: _mixed(place / last) for place, name in enumerate(names)}


def _mixed(share: float) -> str:
    steps = list(pairwise(_RAMP))
    step = min(int(share * len(steps)), len(steps) - 1)
    rest = share * len(steps) - step
    low, high = (_parts(colour) for colour in steps[step])
    mixed = (round(a + (b - a) * rest) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
