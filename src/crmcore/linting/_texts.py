"""Texts that tell apart whatever tests of a text can tell apart.

A text that is none of the words that are named is characterised by the longest start and the
longest end that it shares with the tests, and by the parts that it has. Any such text has a
plain twin: the start, the parts and the end, with a letter between them that occurs in no test.
The twin passes the same tests, so the twins of all combinations stand for all texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import floor
from string import ascii_lowercase
from typing import Final

import attrs

from ._formula import FieldAtom

_MOST: Final = 1024
_LONGEST: Final = 4096
_FIRST_RARE: Final = 0x3B1


@attrs.frozen(kw_only=True)
class Texts:
    """Samples of all texts.

    Attributes:
        named: The words that are named.
        twins: Texts that stand for all others, and a second one for each.
        is_complete: Whether every other text has a twin among them.
        is_plain: Whether all other texts are alike, because only whole words are asked for.
    """

    named: tuple[str, ...]
    twins: tuple[str, ...]
    is_complete: bool
    is_plain: bool


def texts_for(atoms: Sequence[FieldAtom], words: Iterable[str]) -> Texts:
    """Return texts that stand for all texts.

    Args:
        atoms: The tests of the text.
        words: Words that matter besides those that the tests name.
    """
    named = sorted(frozenset(words).union(*(atom.words for atom in atoms)))
    starts = sorted(frozenset().union(*(atom.starts for atom in atoms)))
    ends = sorted(frozenset().union(*(atom.ends for atom in atoms)))
    parts = sorted(frozenset().union(*(atom.parts for atom in atoms)))
    lengths = frozenset[Fraction]().union(*(atom.cuts for atom in atoms))
    letter = _unused("".join((*named, *starts, *ends, *parts)))
    count = (1 + len(starts)) * (1 + len(ends)) * 2 ** len(parts)
    choices = _choices(parts, len(parts) if count <= _MOST else 2)
    ways = islice(product(choices, ("", *starts), ("", *ends)), _MOST)
    twins = [letter.join((start, *some, end)) for some, start, end in ways]
    is_complete = count <= _MOST
    if lengths:
        is_complete = is_complete and not parts + starts + ends and max(lengths) < _LONGEST
        twins = [*twins, *_stretched(twins, letter, lengths)]
    seconds = [_padded(twin, letter, 1) for twin in twins]
    return Texts(
        named=tuple(named),
        twins=tuple(dict.fromkeys(twins + seconds)),
        is_complete=is_complete,
        is_plain=not (starts or ends or parts or lengths),
    )


def _unused(text: str) -> str:
    rare = map(chr, range(_FIRST_RARE, _FIRST_RARE + len(text) + 1))
    return next(letter for letter in chain(reversed(ascii_lowercase), rare) if letter not in text)


def _choices(parts: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(parts, count) for count in range(most + 1))


def _padded(twin: str, letter: str, count: int) -> str:
    """Return a twin that is longer by *count* letters."""
    return twin.replace(letter, letter * (1 + count), 1)


def _stretched(twins: Sequence[str], letter: str, lengths: Iterable[Fraction]) -> Iterator[str]:
    """Yield the empty text, and the twins made as long as it takes to pass each length."""
    yield ""
    for length in sorted(lengths):
        for wanted in range(floor(length) - 1, floor(length) + 3):
            for twin in twins:
                if len(twin) <= wanted <= _LONGEST:
                    yield _padded(twin, letter, wanted - len(twin))
