"""Continuity: how much of today a plan leaves as it is."""

from __future__ import annotations

import attrs

from crmcore.checks import between

from ._kinds import is_flag

_MOST_MOVES = 10_000_000


@attrs.frozen(kw_only=True)
class Continuity:
    """How much of today a plan leaves as it is, beside what each change costs.

    A move is *voluntary* that takes an item from a member who could keep it. Whoever holds
    more today than the limit of hours or the conflicts allow could keep what is dearest to
    change, as much as goes together; the rest must move.

    Attributes:
        most_moves: How many voluntary moves there may be; None for any number. With 0 only
            what must move moves, even where something stays uncovered for that.
        first: Whether continuity comes before points: as much is covered as can be, as little
            changes hands for that as can be, and only then do points count. How much a change
            weighs is what it costs. Such a plan may cost more points than today's state.

    .. versionadded:: 0.1.0
    """

    most_moves: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(0, _MOST_MOVES))
    )
    first: bool = attrs.field(default=False, validator=is_flag)
