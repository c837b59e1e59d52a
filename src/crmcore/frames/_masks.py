"""Masks on frames: which of many conditions hold, a bit for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import narwhals.stable.v2 as nw

# A mask is a number of 64 bits with a sign, so that the last bit stays free.
_BITS: Final = 63
# Narrow numbers are added faster; so a mask is put together from parts of 32 bits.
_BITS_OF_PART: Final = 31


def total(terms: Sequence[nw.Expr]) -> nw.Expr:
    """Return the sum of at least one term, as a tree no deeper than need be."""
    half = len(terms) // 2
    return total(terms[:half]) + total(terms[half:]) if half else terms[0]


def masks_of(
    name: str, conditions: Mapping[int, nw.Expr], *, bits: int, none: nw.Expr
) -> dict[str, nw.Expr]:
    """Return the columns with the masks of conditions.

    Args:
        name: The name of the first column; a second is called ``name_2``, and so on.
        conditions: The conditions by their bits; what is unknown has no bit set.
        bits: How many bits there are in all, those without a condition among them.
        none: A mask without any bit.
    """
    columns = {}
    for word, first in enumerate(range(0, max(1, bits), _BITS), start=1):
        parts = [
            _part(conditions, range(part, min(part + _BITS_OF_PART, first + _BITS)), part - first)
            for part in range(first, first + _BITS, _BITS_OF_PART)
        ]
        found = [part for part in parts if part is not None]
        columns[name if word == 1 else f"{name}_{word}"] = total(found) if found else none
    return columns


def _part(conditions: Mapping[int, nw.Expr], places: range, shift: int) -> nw.Expr | None:
    """Return the bits of some places, moved to where they stand in the mask."""
    terms = [
        nw.when(conditions[place])
        .then(nw.lit(1 << (place - places.start), nw.Int32))
        .otherwise(nw.lit(0, nw.Int32))
        for place in places
        if place in conditions
    ]
    if not terms:
        return None
    part = total(terms).cast(nw.Int64)
    return part * nw.lit(1 << shift, nw.Int64) if shift else part
