"""Pages: what happened since a moment of a day, so that every decision can be explained.

A page keeps what counted and what was used when it was begun, and one entry for each thing
that was given, released or taken back since. What a decision looked like at its time is added
up only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TypeAlias

import attrs

from crmcore.kernel import MemberId

from ._arrival import Arrival
from ._meter import Meter
from ._presence import absence
from ._share import Share
from ._why import Outcome, Skip, SkipReason, Why

# The place of a member, and by how much its items counted and held, and its minutes held,
# changed; and the day on which it was given.
Entry: TypeAlias = tuple[int, int, int, int, date]

Meters: TypeAlias = Sequence[Sequence[Meter]]


def obstacles(
    share: Share, meters: Sequence[Meter], arrival: Arrival, day: date, holidays: Collection[date]
) -> Iterator[Skip]:
    """Yield every reason for which a member may not take an arrival on a day.

    This is the check of every way to be given something; *meters* show that day.
    """
    absent = absence(share, day, holidays)
    if absent is not None:
        yield absent
    for meter in meters:
        if not meter.fits(arrival.minutes):
            full = meter.says(arrival.minutes)
            yield Skip(member=share.id, reason=SkipReason.FULL, wording=full)
    for wording in arrival.need.lacks(share.member, day):
        yield Skip(member=share.id, reason=SkipReason.LACKS, wording=wording)


@attrs.frozen(kw_only=True, eq=False)
class Page:
    """A stretch of a day.

    Attributes:
        day: The day.
        holidays: The days on which nobody takes anything.
        shares: The members with their terms.
        counted: How many items counted for each when the page was begun.
        meters: What was used then.
        entries: What has happened since.
    """

    day: date
    holidays: Collection[date]
    shares: Sequence[Share]
    counted: Sequence[int]
    meters: Meters
    entries: list[Entry] = attrs.field(factory=list)

    def tell(
        self, arrival: Arrival, *, member: MemberId | None, outcome: Outcome, until: int
    ) -> Why:
        """Return why an arrival went where it went, after so many entries."""
        counted = list(self.counted)
        meters = [[meter.copied() for meter in each] for each in self.meters]
        for place, count, items, minutes, day in islice(self.entries, until):
            counted[place] += count
            for meter in meters[place]:
                meter.count(items, minutes, day)
        able: list[tuple[Share, int]] = []
        skipped: list[Skip] = []
        for place, share in enumerate(self.shares):
            found = [*obstacles(share, meters[place], arrival, self.day, self.holidays)]
            skipped += found
            if not found:
                able.append((attrs.evolve(share, counted=counted[place]), place))
        able.sort(key=lambda one: (one[0].level, one[1]))
        return Why(
            outcome=outcome,
            member=member,
            in_turn=tuple(share for share, _ in able),
            skipped=tuple(skipped),
            suggestions=tuple(arrival.need.suggestions(share.member for share in self.shares)),
        )
