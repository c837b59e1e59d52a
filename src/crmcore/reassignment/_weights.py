"""Weights: what the parts of a good assignment are worth against each other, in points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.allocation import Band, Holder
from crmcore.checks import at_least, between, decimal, is_fraction
from crmcore.errors import InvalidValueError

from ._kinds import is_flag

POINT = 1000  # searches count in thousandths of a point
_QUARTER = 15  # minutes
_MOST_POINTS = 1_000_000
_MOST_LIMIT = 10
_MOST_ITEM_MINUTES = 10_000


def points(units: int) -> Decimal:
    """Return thousandths of a point as points."""
    return Decimal(units) / POINT


def _is_limit(_: object, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
    if not 1 <= value <= _MOST_LIMIT:
        raise InvalidValueError(attribute.name, value, f"be between 1 and {_MOST_LIMIT}")


@attrs.frozen(kw_only=True)
class AssignmentWeights:
    """What an assignment is judged by. One point is one percent of fit on importance 1.

    Everything that concerns an item is multiplied by its importance. What concerns hours
    follows one curve for each member: hours up to *idle_below* of the capacity are missed
    when they are not used, from *tight_above* on they cost something, above the capacity
    they cost much, and beyond *limit* nobody is asked to go.

    What it costs to take a customer away from today's owner grows with what the customer is
    worth and with how long the two know each other: *change*, and *valuable_change* on top
    where the customer's value is above the median of the book, and *yearly_change* on top for
    each full year of today's ownership, *most_years* at most. By the defaults that is

    ======================== ========== ======== ========= ===============
    value                    first year one year two years five and more
    ======================== ========== ======== ========= ===============
    at most the median       25         30       35        50
    above the median         50         55       60        75
    ======================== ========== ======== ========= ===============

    Attributes:
        interest: Points for each step of a member's interest, from -2 to 2.
        change: Points that it costs to take an item away from whoever holds it.
        valuable_change: Points on top where the customer's value is above the median.
        yearly_change: Points on top for each full year of today's ownership.
        most_years: How many of these years count at most.
        uncovered: Points that it costs when nobody holds an item.
        uncovered_backup: Points that it costs when a responsibility has no backup.
        level_short: Percent of fit lost for each level of a skill that is lacking.
        other_team: Percent of fit lost by whoever is not of a responsibility's own team.
        idle_below: The share of the capacity that should be used at least.
        idle: Points for each quarter of an hour that is missing from that.
        tight_above: The share of the capacity from which on it gets tight.
        tight: Points for each quarter of an hour from there to the capacity.
        limit: The share of the capacity that nobody goes beyond.
        over: Points for each quarter of an hour above the capacity.
        item_minutes: Minutes that each item takes beside its own work, because it is one more
            to keep in mind; they count as hours of whoever holds it.
        lowest_peak: Whether the highest utilisation is made as low as it can be first, to
            whole percents and with as much covered; the points decide among such plans.
        dead_band: A move that wins fewer points than this is dropped.
        tolerance: Today's assignment stays when it covers as much as the best one would, and
            is within this share of the bound.

    .. versionadded:: 0.1.0
    """

    interest: int = attrs.field(default=5, validator=between(0, _MOST_POINTS))
    change: int = attrs.field(default=25, validator=between(0, _MOST_POINTS))
    valuable_change: int = attrs.field(default=25, validator=between(0, _MOST_POINTS))
    yearly_change: int = attrs.field(default=5, validator=between(0, _MOST_POINTS))
    most_years: int = attrs.field(default=5, validator=between(0, 100))
    uncovered: int = attrs.field(default=600, validator=between(1, _MOST_POINTS))
    uncovered_backup: int = attrs.field(default=150, validator=between(1, _MOST_POINTS))
    level_short: int = attrs.field(default=35, validator=between(0, 100))
    other_team: int = attrs.field(default=15, validator=between(0, 100))
    idle_below: Decimal = attrs.field(
        default=Decimal("0.80"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    idle: int = attrs.field(default=3, validator=between(0, _MOST_POINTS))
    tight_above: Decimal = attrs.field(
        default=Decimal("0.95"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    tight: int = attrs.field(default=6, validator=between(0, _MOST_POINTS))
    limit: Decimal = attrs.field(
        default=Decimal("1.10"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=_is_limit,
    )
    over: int = attrs.field(default=45, validator=between(0, _MOST_POINTS))
    item_minutes: int = attrs.field(default=0, validator=between(0, _MOST_ITEM_MINUTES))
    lowest_peak: bool = attrs.field(default=False, validator=is_flag)
    dead_band: int = attrs.field(default=1, validator=at_least(0))
    tolerance: Decimal = attrs.field(
        default=Decimal("0.001"),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a curve that goes down again.

        Raises:
            InvalidValueError: If the shares or the points do not rise.
        """
        if self.tight_above < self.idle_below:
            raise InvalidValueError(
                "tight_above", str(self.tight_above), f"be at least idle_below, {self.idle_below}"
            )
        if self.over < self.tight:
            raise InvalidValueError("over", self.over, f"be at least tight, {self.tight}")

    def holder(self, key: str, minutes: int, step: int = 1) -> Holder:
        """Return the load curve of somebody with so many minutes.

        The corners of the curve are rounded down to whole steps of so many minutes.
        """

        def at(share: Decimal) -> int:
            return int(minutes * Fraction(share)) // step * step

        corners = (0, at(self.idle_below), at(self.tight_above), at(Decimal(1)), at(self.limit))
        slopes = (-self.idle, 0, self.tight, self.over)
        bands = [
            Band(high - low, round(Fraction(slope * POINT, _QUARTER)))
            for low, high, slope in zip(corners, corners[1:], slopes, strict=False)
            if high > low
        ]
        return Holder(key, bands)
