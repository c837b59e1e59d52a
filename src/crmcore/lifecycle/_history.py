"""Histories: the dated stages of a customer, and how many customers flow between stages."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId

from ._stage import Stage, StageChange


def _changes(changes: Iterable[StageChange]) -> tuple[StageChange, ...]:
    return tuple(changes)


@attrs.frozen(kw_only=True)
class StageHistory:
    """Where a customer stood from the first checkpoint to the last.

    Attributes:
        customer: Whose history it is.
        initial: The stage before the first change.
        since: The first checkpoint.
        as_of: The last checkpoint; nothing is known of later days.
        changes: The moves by day, each from the stage that the one before led to.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    initial: Stage
    since: date
    as_of: date = attrs.field()
    changes: tuple[StageChange, ...] = attrs.field(default=(), converter=_changes)

    @as_of.validator
    def _is_not_before_since(self, attribute: attrs.Attribute[date], value: date) -> None:
        if value < self.since:
            raise InvalidValueError(attribute.name, str(value), f"not be before {self.since}")

    @changes.validator
    def _is_a_course(
        self, attribute: attrs.Attribute[tuple[StageChange, ...]], value: tuple[StageChange, ...]
    ) -> None:
        stage, day = self.initial, date.min
        for change in value:
            fits = change.before is stage and change.customer == self.customer
            if not fits or change.day <= day or not self.since <= change.day <= self.as_of:
                rule = "lead on from each other, by day, between since and as_of"
                raise InvalidValueError(attribute.name, str(change), rule)
            stage, day = change.after, change.day

    @property
    def stage(self) -> Stage:
        """Where the customer stands as of the last checkpoint."""
        return self.changes[-1].after if self.changes else self.initial

    @property
    def entered(self) -> date:
        """The checkpoint at which the customer was first seen in the present stage."""
        return self.changes[-1].day if self.changes else self.since

    @property
    def days_in_stage(self) -> int:
        """How many days the customer has been in the present stage, as of the last checkpoint."""
        return (self.as_of - self.entered).days

    def stage_at(self, day: date) -> Stage:
        """Return where the customer stood as of *day*; the initial stage before all checkpoints.

        Raises:
            InvalidValueError: If the day lies after the last checkpoint.
        """
        if day > self.as_of:
            rule = f"not be after {self.as_of}, the last checkpoint of {self.customer!r}"
            raise InvalidValueError("day", str(day), rule)
        passed = bisect_right(self.changes, day, key=_day)
        return self.changes[passed - 1].after if passed else self.initial


def _day(change: StageChange) -> date:
    return change.day


@attrs.frozen
class StageFlow:
    """How many moves led from one stage to another.

    Attributes:
        before: The stage that was left.
        after: The stage that was entered.
        count: How many moves.

    .. versionadded:: 0.1.0
    """

    before: Stage
    after: Stage
    count: int


@attrs.frozen(kw_only=True)
class StageFlows:
    """The moves of many customers in a period, and how many stood where at its two ends.

    What flows in minus what flows out is the change: for every stage,
    ``opening + entered - left == closing``.

    Attributes:
        period: The period.
        opening: How many customers stood in each stage as of the first day, stage by stage.
        closing: How many stood in each stage as of the day after the last.
        flows: The moves in between, by the stage left, then by the stage entered.

    .. versionadded:: 0.1.0
    """

    period: Period
    opening: tuple[tuple[Stage, int], ...]
    closing: tuple[tuple[Stage, int], ...]
    flows: tuple[StageFlow, ...]

    def opened(self, stage: Stage) -> int:
        """Return how many customers stood in *stage* when the period began."""
        return dict(self.opening)[stage]

    def closed(self, stage: Stage) -> int:
        """Return how many customers stood in *stage* when the period had ended."""
        return dict(self.closing)[stage]

    def entered(self, stage: Stage) -> int:
        """Return how many moves led into *stage*."""
        return sum(flow.count for flow in self.flows if flow.after is stage)

    def left(self, stage: Stage) -> int:
        """Return how many moves led out of *stage*."""
        return sum(flow.count for flow in self.flows if flow.before is stage)


def flows(histories: Iterable[StageHistory], period: Period) -> StageFlows:
    """Count the moves between stages in a period.

    A change as of a day was brought about by the days before it. So a period's moves are
    those as of the days after its first day, up to and with the day on which it has ended:
    what happened in January shows as of 1 February at the latest.

    Args:
        histories: One history for each customer, in any order.
        period: The period, which must have ended by the last checkpoint of each history.

    Raises:
        InvalidValueError: If a history ends before the period does.

    .. versionadded:: 0.1.0
    """
    opening: Counter[Stage] = Counter()
    closing: Counter[Stage] = Counter()
    moves: Counter[tuple[Stage, Stage]] = Counter()
    for history in histories:
        opening[history.stage_at(period.start)] += 1
        closing[history.stage_at(period.end)] += 1
        for change in history.changes:
            if period.start < change.day <= period.end:
                moves[change.before, change.after] += 1
    return StageFlows(
        period=period,
        opening=_by_stage(opening),
        closing=_by_stage(closing),
        flows=tuple(
            StageFlow(before, after, moves[before, after])
            for before in Stage
            for after in Stage
            if moves[before, after]
        ),
    )


def _by_stage(counts: Mapping[Stage, int]) -> tuple[tuple[Stage, int], ...]:
    return tuple((stage, counts.get(stage, 0)) for stage in Stage)
