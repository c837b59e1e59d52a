"""Judgements: what a chart means for whoever wants the values to be high, or low.

Sources:
    Making Data Count, NHS England, 2018 and after: to tell of each chart its variation and its
    assurance, which are two questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum
from crmcore.kpis import Direction

from ._limits import ROUNDED, Limits, exact
from ._rules import Rule, Signal


class Variation(LabelledEnum):
    """What the latest value tells of the process.

    .. versionadded:: 0.1.0
    """

    IMPROVEMENT = "improvement", "a change for the better", "特殊原因（改善）"
    CONCERN = "concern", "a change for the worse", "特殊原因（恶化）"
    CHANGE = "change", "a change that is neither better nor worse", "特殊原因（好坏未定）"
    COMMON_CAUSE = "common_cause", "nothing but the usual variation", "普通原因波动"


class Assurance(LabelledEnum):
    """Whether the process meets its target, left as it is.

    .. versionadded:: 0.1.0
    """

    ALWAYS = "always", "the target is always met", "始终达标"
    SOMETIMES = "sometimes", "the target is met by luck and missed by luck", "时而达标时而不达标"
    NEVER = "never", "the target is never met", "无法达标"


@attrs.frozen
class Band:
    """The values that meet a target; None where one end is open."""

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def of(
        cls, target: Decimal | int | tuple[Decimal | int, Decimal | int], direction: Direction
    ) -> Band:
        """Return the values that meet the target of a KPI that improves in a direction."""
        if isinstance(target, tuple):
            low, high = (exact(end, "target") for end in target)
            if low > high:
                raise InvalidValueError("target", target, "have its lower end first")
            return cls(low, high)
        number = exact(target, "target")
        return cls(
            low=None if direction is Direction.LOWER else number,
            high=None if direction is Direction.HIGHER else number,
        )

    def assurance(self, limits: Limits) -> Assurance:
        """Say how a process with these natural limits meets the target; its ends belong to it."""
        if (self.low is not None and limits.high < self.low) or (
            self.high is not None and limits.low > self.high
        ):
            return Assurance.NEVER
        if (self.low is None or limits.low >= self.low) and (
            self.high is None or limits.high <= self.high
        ):
            return Assurance.ALWAYS
        return Assurance.SOMETIMES

    def distance(self, value: Decimal) -> Decimal:
        """Return how far a value lies from meeting the target; 0 where it meets it."""
        if self.low is not None and value < self.low:
            return ROUNDED.subtract(self.low, value)
        if self.high is not None and value > self.high:
            return ROUNDED.subtract(value, self.high)
        return Decimal(0)


def variation(
    signals: Sequence[Signal],
    value: Decimal,
    limits: Limits,
    direction: Direction,
    target: Band | None,
) -> Variation:
    """Say what signals that a value belongs to mean for whoever wants it in a direction.

    A jump tells that something happened between two values, and not whether the second of
    them is remarkable: a value that comes back from far out jumps to where it always was.
    """
    if not signals:
        return Variation.COMMON_CAUSE
    shifted = [signal for signal in signals if signal.rule is not Rule.JUMP]
    if not shifted:
        return Variation.CHANGE
    is_high = shifted[0].is_high  # of one value all say the same: its side of the centre
    if direction is not Direction.TARGET:
        is_better = is_high is (direction is Direction.HIGHER)
        return Variation.IMPROVEMENT if is_better else Variation.CONCERN
    if target is None:
        return Variation.CHANGE
    usual, now = target.distance(limits.centre), target.distance(value)
    if usual == now:
        return Variation.CHANGE
    return Variation.IMPROVEMENT if now < usual else Variation.CONCERN
