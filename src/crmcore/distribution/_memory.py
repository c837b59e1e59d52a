"""Memories: where a newcomer begins, and what a memory must not contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from crmcore.errors import Fault, UnknownNameError

from ._arrival import Held
from ._presence import absence
from ._share import Share, Start


def starting_level(shares: Sequence[Share], start: Start, today: date | None) -> Fraction:
    """Return the level at which a newcomer starts, among those who are there today.

    Holidays do not count as being away; where nobody is there, all count.
    """
    if start is Start.ZERO:
        return Fraction(0)
    present = shares
    if today is not None:
        present = [share for share in shares if absence(share, today, ()) is None] or shares
    if start is Start.LOWEST:
        return min(share.level for share in present)
    counted = sum(share.counted for share in present)
    return counted / sum((Fraction(share.weight) for share in present), Fraction(0))


def repeated(keys: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each member who has more than one share."""
    for key, count in Counter(keys).items():
        if count > 1:
            yield Fault(f"members.{key}", f"takes part {count} times; give it one share")


def contradictions(shares: Sequence[Share], held: Sequence[Held]) -> Iterator[Fault]:
    """Yield what is wrong with members and what they hold, taken together."""
    known = [share.id for share in shares]
    if not known:
        yield Fault("shares", "name at least one member")
    yield from repeated(known)
    if len({key for one in held for key in one.ids}) < sum(len(one.ids) for one in held):
        counts = Counter(key for one in held for key in one.ids)
        for key in sorted(key for key, count in counts.items() if count > 1):
            yield Fault(f"held.{key}", f"is held {counts[key]} times; keep one")
    for member in sorted({one.member for one in held} - set(known)):
        yield Fault("held", str(UnknownNameError("member", member, known)))
