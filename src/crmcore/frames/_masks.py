"""Masks on frames: which of many conditions hold, a bit for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs
import narwhals.stable.v2 as nw

# A mask is a number of 64 bits with a sign, so that the last bit stays free.
_BITS: Final = 63
# Narrow numbers are added faster; so a mask is put together from parts of 32 bits.
_BITS_OF_PART: Final = 31


@attrs.frozen
class Bit:
    """Where the bit of a condition stands.

    Attributes:
        word: The number of the mask.
        part: The number of the part in the mask.
        place: The place in the part.
    """

    word: int
    part: int
    place: int

    @classmethod
    def of(cls, number: int) -> Bit:
        """Return the bit of the condition with this number."""
        word, rest = divmod(number, _BITS)
        return cls(word, *divmod(rest, _BITS_OF_PART))


def total(terms: Sequence[nw.Expr]) -> nw.Expr:
    """Return the sum of at least one term, as a tree no deeper than need be."""
    half = len(terms) // 2
    return total(terms[:half]) + total(terms[half:]) if half else terms[0]


def counted(conditions: Mapping[int, nw.Expr]) -> dict[tuple[int, int], nw.Expr]:
    """Return the parts of the masks of conditions, by word and part.

    Args:
        conditions: The conditions by their numbers; what is unknown has no bit.
    """
    terms: defaultdict[tuple[int, int], list[nw.Expr]] = defaultdict(list)
    zero = nw.lit(0, nw.Int32)
    for number, condition in conditions.items():
        bit = Bit.of(number)
        one = nw.lit(1 << bit.place, nw.Int32)
        terms[bit.word, bit.part].append(nw.when(condition).then(one).otherwise(zero))
    return {key: total(part).cast(nw.Int64) for key, part in terms.items()}


def words(
    name: str, parts: Iterable[tuple[tuple[int, int], nw.Expr]], *, bits: int, nothing: nw.Expr
) -> dict[str, nw.Expr]:
    """Return the columns of a mask.

    Args:
        name: The name of the first column; a second is called ``name_2``, and so on.
        parts: The parts with their words and parts; what is there twice is added.
        bits: How many bits there are in all, those that are never set among them.
        nothing: A mask without any bit.
    """
    found: defaultdict[int, list[nw.Expr]] = defaultdict(list)
    for (word, part), expression in parts:
        shift = nw.lit(1 << part * _BITS_OF_PART, nw.Int64)
        found[word].append(expression * shift if part else expression)
    count = max(1, -(-bits // _BITS))
    return {
        f"{name}_{word + 1}" if word else name: total(found[word]) if word in found else nothing
        for word in range(count)
    }
