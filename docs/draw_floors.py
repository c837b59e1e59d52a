"""Draw the picture of the floors from the table that the build checks imports with.

Run ``python docs/draw_floors.py`` after the table in ``pyproject.toml`` has changed; a test
compares the picture with the table.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "_static" / "floors.svg"

# Each group of floors: its colour, and one room of each of its floors.
GROUPS = {
    "edges": ("#7c5cbf", ["testing", "sql"]),
    "the main job": ("#b5487a", ["recording", "reviews", "policies", "audit", "codec"]),
    "deciding": (
        "#c2603b",
        ["reassignment", "plans", "incentives", "evaluation", "cascades", "goals"],
    ),
    "judging": ("#a8802a", ["signals", "scoring", "features"]),
    "nouns": ("#4f8a3d", ["customers", "improvement"]),
    "questions": ("#2b8a83", ["measures", "notation", "criteria"]),
    "ground": ("#4a6fa5", ["calendar", "kernel", "checks", "errors"]),
}

WIDTH, LEFT, RIGHT = 760, 126, 16
HEIGHT, GAP, TOP = 34, 8, 14
MARGIN = 4  # letters that fit beside a name in its box


def floors() -> list[list[str]]:
    """Return the rooms of each floor, the highest floor first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = contracts["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return [re.findall(r"\w+", layer) for layer in layers]


def group_of(floor: list[str]) -> str:
    """Return the name of the group that a floor belongs to."""
    return next(name for name, (_, rooms) in GROUPS.items() if set(rooms) & set(floor))


def draw() -> str:
    """Return the picture."""
    lines = []
    reach: dict[str, tuple[int, int]] = {}
    top = TOP
    for floor in floors():
        group = group_of(floor)
        if reach and group not in reach:
            top += GAP
        first, _ = reach.get(group, (top, top))
        reach[group] = first, top + HEIGHT
        # A long name gets a wider box, so that a floor with many rooms can still be read.
        free = WIDTH - LEFT - RIGHT - GAP * (len(floor) - 1)
        letters = sum(len(room) + MARGIN for room in floor)
        left = float(LEFT)
        for room in floor:
            width = free * (len(room) + MARGIN) / letters
            lines.append(_box(room, left=left, top=top, width=width, colour=GROUPS[group][0]))
            left += width + GAP
        top += HEIGHT + GAP
    lines += [_label(group, *ends) for group, ends in reach.items()]
    view = f'viewBox="0 0 {WIDTH} {top + TOP - GAP}"'
    font = 'font-family="system-ui, sans-serif" font-size="14"'
    title = "<title>The rooms of crmcore, floor by floor; imports go down</title>"
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {view} {font} role="img">'
    return "\n".join([start, title, *lines, "</svg>", ""])


def _box(room: str, *, left: float, top: int, width: float, colour: str) -> str:
    place = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}"'
    middle = f'x="{left + width / 2:.1f}" y="{top + 22}" text-anchor="middle"'
    return f'<rect {place} rx="6" fill="{colour}"/><text {middle} fill="#fff">{room}</text>'


def _label(group: str, first: int, last: int) -> str:
    place = f'x="{LEFT - 16}" y="{(first + last) / 2 + 5:.1f}" text-anchor="end"'
    return f'<text {place} fill="{GROUPS[group][0]}" font-weight="600">{group}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")
