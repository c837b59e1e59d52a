"""Tiers: service classes with a level to enter and a lower one to leave.

A single limit makes customers near it flap: gold today, silver tomorrow. Here every tier has
two. Whoever reaches the level to *enter* moves up at once, to the highest tier entered.
Whoever falls below the level to *leave* moves down, to the highest tier not left, but not
before a minimum stay. Between the two levels nothing changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final

import attrs

from crmcore.checks import at_least, decimal, is_id
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, Phrase

_FEATURES: Final = (
    "contacts",
    "earlier_spend",
    "frequency",
    "mean_spend",
    "recent_contacts",
    "recent_frequency",
    "recent_spend",
    "spend",
)


def is_feature(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    """Want the name of a feature that grows with a customer's weight."""
    if value not in _FEATURES:
        raise UnknownNameError(attribute.name, value, _FEATURES)


@attrs.frozen(kw_only=True)
class Tier:
    """A service class.

    Attributes:
        name: The name that is written down with a customer.
        enter: The level at which a customer enters, in the unit of the policy's feature.
        leave: The level below which a customer leaves again, at most *enter*.
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

    @leave.validator
    def _is_not_above_enter(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value > self.enter:
            rule = f"not be above {self.enter}, at which tier {self.name!r} is entered"
            raise InvalidValueError(attribute.name, value, rule)


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


def _tiers(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple(tiers)


@attrs.frozen(kw_only=True)
class TierPolicy:
    """The tiers of a company, and how a customer moves between them.

    Attributes:
        feature: The name of the feature that decides, such as ``recent_spend``.
        tiers: The tiers, the lowest first. The lowest takes everybody else and has no
            levels. Each other one is entered above the level at which the one below it is
            entered, and left at that level or above it.
        minimum_days: How many days a customer stays in a tier at least before moving down.

    .. versionadded:: 0.1.0
    """

    feature: str = attrs.field(default="recent_spend", validator=is_feature)
    tiers: tuple[Tier, ...] = attrs.field(converter=_tiers)
    minimum_days: int = attrs.field(default=0, validator=at_least(0))

    @tiers.validator
    def _are_in_order(
        self, attribute: attrs.Attribute[tuple[Tier, ...]], value: tuple[Tier, ...]
    ) -> None:
        if not value:
            raise InvalidValueError(attribute.name, value, "name at least one tier")
        faults = list(_faults(value))
        if faults:
            raise FaultsError("tiers", faults)

    def step(
        self, current: str, features: CustomerFeatures, *, since: date | None = None
    ) -> TierChange | None:
        """Return the move that a customer in the tier *current* makes, if one is due.

        Where the feature has no value, nobody moves.

        Args:
            current: The name of the customer's tier.
            features: What is known of the customer, as of the day of the move.
            since: The day on which the customer entered the tier; None if long ago.

        Raises:
            UnknownNameError: If there is no such tier.
        """
        place = self._places.get(current)
        if place is None:
            raise UnknownNameError("tier", current, self._places)
        value: Decimal | int | None = getattr(features, self.feature)
        if value is None:
            return None
        after = max(place, self._highest(self._enter, value))
        if after == place:
            if value >= self._leave[place] or not place:
                return None
            if since is not None and (features.as_of - since).days < self.minimum_days:
                return None
            after = self._highest(self._leave[:place], value)
        return TierChange(
            customer=features.customer,
            day=features.as_of,
            before=current,
            after=self.tiers[after].name,
            feature=self.feature,
            value=Decimal(value),
            level=self._enter[after] if after > place else self._leave[place],
        )

    def replay(self, features: Iterable[CustomerFeatures]) -> TierHistory:
        """Return the tiers of one customer over the checkpoints at which *features* were taken.

        Args:
            features: The customer's features at each checkpoint, in any order.

        Raises:
            InvalidValueError: If there are none, two of one day, or those of two customers.
        """
        taken = _one_course(features)
        tier, since = self.tiers[0].name, None
        changes: list[TierChange] = []
        for checkpoint in taken:
            change = self.step(tier, checkpoint, since=since)
            if change is not None:
                changes.append(change)
                tier, since = change.after, change.day
        return TierHistory(
            customer=taken[0].customer,
            initial=self.tiers[0].name,
            since=taken[0].as_of,
            as_of=taken[-1].as_of,
            changes=changes,
        )

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {tier.name: place for place, tier in enumerate(self.tiers)}

    @cached_property
    def _enter(self) -> tuple[Decimal, ...]:
        return tuple(tier.enter for tier in self.tiers)

    @cached_property
    def _leave(self) -> tuple[Decimal, ...]:
        return tuple(tier.leave for tier in self.tiers)

    @staticmethod
    def _highest(levels: Sequence[Decimal], value: Decimal | int) -> int:
        """Return the highest tier whose level is reached, the lowest if none is."""
        return max(0, bisect_right(levels, value) - 1)


def _faults(tiers: tuple[Tier, ...]) -> Iterator[Fault]:
    lowest = tiers[0]
    if lowest.enter or lowest.leave:
        what = f"{lowest.name!r} is the lowest tier and takes everybody else"
        yield Fault("tiers[0].enter", f"{what}; leave both levels at 0")
    counts = Counter(tier.name for tier in tiers)
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield Fault("tiers", f"{counts[name]} tiers are called {name!r}; give each its own name")
    for place, (lower, tier) in enumerate(pairwise(tiers), start=1):
        level = f"{lower.enter}, at which {lower.name!r} below it is entered"
        if tier.enter <= lower.enter:
            problem = f"{tier.name!r} is entered at {tier.enter}, which must be above {level}"
            yield Fault(f"tiers[{place}].enter", problem)
        elif tier.leave < lower.enter:
            what = f"{tier.name!r} is left below {tier.leave}, which overlaps {lower.name!r}"
            yield Fault(f"tiers[{place}].leave", f"{what}: it must be at least {level}")


def _one_course(features: Iterable[CustomerFeatures]) -> list[CustomerFeatures]:
    taken = sorted(features, key=lambda checkpoint: checkpoint.as_of)
    if not taken:
        raise InvalidValueError("features", taken, "hold at least one checkpoint")
    for before, after in pairwise(taken):
        if before.customer != after.customer:
            both = f"{before.customer!r} and {after.customer!r}"
            raise InvalidValueError("features", both, "be those of one customer")
        if before.as_of == after.as_of:
            raise InvalidValueError("features", str(after.as_of), "hold each day once")
    return taken


def _day(change: TierChange) -> date:
    return change.day
