"""What was written down of a review."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from crmcore.checks import is_count, is_id, utc
from crmcore.events import DomainEvent


@attrs.frozen(kw_only=True)
class RecordedFacts:
    """What was written down of a review: how many facts were new, and what has changed.

    Attributes:
        as_of: The day of the review.
        by: Who had it written down.
        at: When, as an instant.
        stages: How many new facts there are of stages.
        tiers: How many of tiers.
        scores: How many of scores.
        kpis: How many of KPIs.
        events: The customers whose stage or tier differs from the one that held before, by
            customer; nothing of whoever was judged for the first time.

    .. versionadded:: 0.1.0
    """

    as_of: date
    by: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    stages: int = attrs.field(validator=is_count)
    tiers: int = attrs.field(validator=is_count)
    scores: int = attrs.field(validator=is_count)
    kpis: int = attrs.field(validator=is_count)
    events: tuple[DomainEvent, ...] = ()

    @property
    def total(self) -> int:
        """How many facts were new; 0 where all of them were written down before."""
        return self.stages + self.tiers + self.scores + self.kpis

    def __str__(self) -> str:
        """Say on one line what was written down."""
        parts = f"{self.stages} stages, {self.tiers} tiers, {self.scores} scores, {self.kpis} KPIs"
        changed = f"{len(self.events)} {'change' if len(self.events) == 1 else 'changes'}"
        return f"{self.by} recorded the review as of {self.as_of}: {parts}, {changed}"
