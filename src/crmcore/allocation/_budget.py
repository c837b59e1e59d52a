"""Budgets of searches, and what today's assignment is spared."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from crmcore.checks import at_least


def _ids(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(ids)


@attrs.frozen(kw_only=True)
class Budget:
    """How much work a search may do. It counts steps, never seconds, so it is repeatable.

    Attributes:
        nodes: How many branches a search for the proof may open.
        moves: How many improving moves a descent may carry out.

    .. versionadded:: 0.1.0
    """

    nodes: int = attrs.field(default=200, validator=at_least(0))
    moves: int = attrs.field(default=1_000_000, validator=at_least(0))


@attrs.frozen(kw_only=True)
class Incumbent:
    """What today's assignment is spared.

    A move is *voluntary* that takes an item from a holder who could keep it. Whoever holds
    more today than the limit or the conflicts allow could keep the items that are dearest to
    change, as many as go together; the others must move.

    Attributes:
        tolerance: Today's assignment stays as it is when it holds all that the new one holds
            and its cost is above the bound by at most this share of the bound.
        dead_band: A move away from today's holder is dropped when it wins less than this.
        most_moves: How many voluntary moves there may be; None for any number. With 0 only
            what must move moves, even where an item stays uncovered for that.
        first: Whether continuity comes before costs: first the items are held whose lack is
            dearest, then as little changes as can be, counted by what the changes cost, and
            only then do costs count.
        due: Items by id that have to be held by the only option they have, such as what is
            pinned. What cannot stay beside them must move.

    .. versionadded:: 0.1.0
    """

    tolerance: Fraction = attrs.field(default=Fraction(0), validator=at_least(0))
    dead_band: int = attrs.field(default=0, validator=at_least(0))
    most_moves: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(at_least(0))
    )
    first: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    due: frozenset[str] = attrs.field(default=(), converter=_ids)
