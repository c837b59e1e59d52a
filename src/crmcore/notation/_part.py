"""The parts of a parsed rule: the plain form, with the place of each part in the text."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, unique
from typing import Any

import attrs


@unique
class Sort(Enum):
    """What a part is; the value is how messages call it."""

    CRITERION = "a criterion"
    TERM = "a field, or a calculation,"
    CONSTANT = "a constant"
    DAY = "a day"


@attrs.frozen
class Part:
    """A part of a rule.

    Attributes:
        sort: What it is.
        data: Its plain form.
        start: Where it begins in the text.
        inside: The parts that it is made of, each with its path from here.
    """

    sort: Sort
    data: Any
    start: int
    inside: tuple[tuple[str, Part], ...] = ()

    def places(self, path: str) -> Iterator[tuple[str, int]]:
        """Yield the path of each part, and where it begins."""
        yield path, self.start
        for key, part in self.inside:
            yield from part.places(path + key)


def made(sort: Sort, key: str, start: int, *parts: Part, beside: tuple[Any, ...] = ()) -> Part:
    """Return the part with a key over others, and constants beside them."""
    given = [*(part.data for part in parts), *beside]
    if len(given) == 1:
        return Part(sort, {key: given[0]}, start, ((f".{key}", parts[0]),))
    inside = tuple((f".{key}[{place}]", part) for place, part in enumerate(parts))
    return Part(sort, {key: given}, start, inside)
