"""Tier policies: a level to enter and a lower one to leave.

A single limit makes customers near it flap: gold today, silver tomorrow. Here every tier has
two. Whoever reaches the level to *enter* moves up at once, to the highest tier entered.
Whoever falls below the level to *leave* moves down, to the highest tier not left, but not
before a minimum stay. Between the two levels nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeAlias

import attrs

from crmcore.checks import at_least
from crmcore.criteria import EVERYTHING, Criterion, F, Schema, any_of
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.linting import Lint, lint

from ._tier import Tier, TierChange, TierHistory

Judges: TypeAlias = "tuple[Callable[[object], bool | None], ...]"

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


def _is_feature(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    """Want the name of a feature that grows with a customer's weight."""
    if value not in _FEATURES:
        raise UnknownNameError(attribute.name, value, _FEATURES)


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

    feature: str = attrs.field(default="recent_spend", validator=_is_feature)
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
        place = self._place(current)
        after = max(place, self._highest(self._entered, features))
        if after == place:
            if self._left[place](features) is not True:
                return None
            if since is not None and (features.as_of - since).days < self.minimum_days:
                return None
            after = next(low for low in reversed(range(place)) if not self._left[low](features))
        moved = self.tiers[max(after, place)]
        return TierChange(
            customer=features.customer,
            day=features.as_of,
            before=current,
            after=self.tiers[after].name,
            feature=self.feature,
            value=Decimal(getattr(features, self.feature)),
            level=moved.enter if after > place else moved.leave,
        )

    def entry(self, tier: str) -> Criterion:
        """Return what must hold for a customer to move up to a tier, or past it.

        Of the lowest tier it is `crmcore.criteria.EVERYTHING`.

        Raises:
            UnknownNameError: If there is no such tier.
        """
        place = self._place(tier)
        return F(self.feature) >= self.tiers[place].enter if place else EVERYTHING

    def exit(self, tier: str) -> Criterion:
        """Return what must hold for a customer to move down from a tier.

        Of the lowest tier it never holds.

        Raises:
            UnknownNameError: If there is no such tier.
        """
        place = self._place(tier)
        return F(self.feature) < self.tiers[place].leave if place else any_of()

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

    def lint(self, schema: Schema, *, as_of: date | None = None) -> tuple[Lint, ...]:
        """Return what may be wrong with the levels at which tiers are entered.

        That each level is above the one below it, a policy sees to itself. Whether a customer
        can reach it at all depends on what the feature can be.

        Args:
            schema: The features, with their bounds.
            as_of: The day of judgement; a sample day where it is left out.

        Raises:
            FaultsError: If the feature is none of the schema, or no number.
        """
        highest_first = reversed([tier.name for tier in self.tiers])
        entries = {name: self.entry(name) for name in highest_first}
        return lint(entries, schema=schema, as_of=as_of)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {tier.name: place for place, tier in enumerate(self.tiers)}

    def _place(self, tier: str) -> int:
        try:
            return self._places[tier]
        except KeyError:
            raise UnknownNameError("tier", tier, self._places) from None

    @cached_property
    def _entered(self) -> Judges:
        return tuple(self.entry(tier.name).compile(of=CustomerFeatures) for tier in self.tiers)

    @cached_property
    def _left(self) -> Judges:
        return tuple(self.exit(tier.name).compile(of=CustomerFeatures) for tier in self.tiers)

    @staticmethod
    def _highest(judges: Judges, features: CustomerFeatures) -> int:
        """Return the highest tier whose criterion holds; that of the lowest always does."""
        return next(place for place in reversed(range(len(judges))) if judges[place](features))


def _faults(tiers: tuple[Tier, ...]) -> Iterator[Fault]:
    lowest = tiers[0]
    if lowest.enter or lowest.leave:
        what = f"{lowest.name!r} is the lowest tier and takes everybody else"
        yield Fault("tiers[0].enter", f"{what}; leave both levels at 0")
    counts = Counter(tier.name for tier in tiers)
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield Fault("tiers", f"{counts[name]} tiers are called {name!r}; give each its own name")
    for place, (lower, tier) in enumerate(pairwise(tiers), start=1):
        yield from _faults_of(tier, lower, f"tiers[{place}]")


def _faults_of(tier: Tier, lower: Tier, path: str) -> Iterator[Fault]:
    entered = f"{lower.enter}, at which {lower.name!r} below it is entered"
    if tier.enter <= lower.enter:
        problem = f"{tier.name!r} is entered at {tier.enter}, which must be above {entered}"
        yield Fault(f"{path}.enter", problem)
    elif tier.leave > tier.enter:
        what = f"{tier.name!r} is left below {tier.leave}"
        yield Fault(f"{path}.leave", f"{what}, which must not be above enter, {tier.enter}")
    elif tier.leave < lower.enter:
        what = f"{tier.name!r} is left below {tier.leave}, which overlaps {lower.name!r}"
        yield Fault(f"{path}.leave", f"{what}: it must be at least {entered}")


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
