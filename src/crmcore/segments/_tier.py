"""Tiers: service classes, and in which of them a customer was when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from crmcore.checks import decimal, is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Phrase


@attrs.frozen(kw_only=True)
class Tier:
    """A service class.

    Attributes:
        name: The name that is written down with a customer.
        enter: The level at which a customer enters, in the unit of the policy's feature.
        leave: The level below which a customer leaves again; not above *enter*.
        label: How people read the name; the name itself, unless stated.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_id)
    enter: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    leave: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    label: Phrase = attrs.field(
        default=attrs.Factory(lambda self: Phrase(self.name, self.name), takes_self=True)
    )


@attrs.frozen(kw_only=True)
class TierChange:
    """A customer moved from one tier to another.

    Attributes:
        customer: Who moved.
        day: The day as of which the feature had its value.
        before: The name of the tier that the customer left.
        after: The name of the tier that the customer entered.
        feature: The feature that decided.
        value: Its value, in its own unit.
        level: The level that it reached, or fell below.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    day: date
    before: str
    after: str
    feature: str
    value: Decimal
    level: Decimal

    @property
    def is_up(self) -> bool:
        """Whether the customer moved up."""
        return self.value >= self.level

    @property
    def reason(self) -> Phrase:
        """Which level the feature crossed."""
        if self.is_up:
            return Phrase(
                f"{self.feature} is {self.value}: {self.after} is entered at {self.level}",
                f"{self.feature} 为 {self.value}：达到 {self.level} 即进入 {self.after}",
            )
        return Phrase(
            f"{self.feature} is {self.value}: {self.before} is left below {self.level}",
            f"{self.feature} 为 {self.value}：低于 {self.level} 即离开 {self.before}",
        )

    def __str__(self) -> str:
        """Say who moved when, from where to where, and why."""
        return f"{self.day} · {self.customer} · {self.before} → {self.after} · {self.reason}"


def _changes(changes: Iterable[TierChange]) -> tuple[TierChange, ...]:
    return tuple(changes)


@attrs.frozen(kw_only=True)
class TierHistory:
    """In which tier a customer was, from the first checkpoint to the last.

    Attributes:
        customer: Whose history it is.
        initial: The name of the tier before the first change.
        since: The first checkpoint.
        as_of: The last checkpoint; nothing is known of later days.
        changes: The moves, by day.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId
    initial: str
    since: date
    as_of: date
    changes: tuple[TierChange, ...] = attrs.field(default=(), converter=_changes)

    @property
    def tier(self) -> str:
        """The name of the tier as of the last checkpoint."""
        return self.changes[-1].after if self.changes else self.initial

    @property
    def entered(self) -> date:
        """The checkpoint at which the customer was first seen in the present tier."""
        return self.changes[-1].day if self.changes else self.since

    def tier_at(self, day: date) -> str:
        """Return the name of the tier as of *day*; the initial one before all checkpoints.

        Raises:
            InvalidValueError: If the day lies after the last checkpoint.
        """
        if day > self.as_of:
            rule = f"not be after {self.as_of}, the last checkpoint of {self.customer!r}"
            raise InvalidValueError("day", str(day), rule)
        passed = bisect_right(self.changes, day, key=_day)
        return self.changes[passed - 1].after if passed else self.initial


def _day(change: TierChange) -> date:
    return change.day
