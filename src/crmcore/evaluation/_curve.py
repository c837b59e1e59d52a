"""Curves: how many points a number is worth, by straight lines between stated numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

import attrs

from crmcore.checks import decimal, is_a, optional_decimal, refusal
from crmcore.kernel import Phrase
from crmcore.kpis import Direction

from ._numbers import shown, to_decimal

FULL: Final = Decimal(100)
"""The points of whoever is just on target."""


@attrs.frozen(kw_only=True)
class Curve:
    """Points for a number: 0 at the threshold, 100 at the target, and a straight line between.

    Beyond the target the points stay at 100, or rise to *stretch_points* at *stretch* where
    one is stated, and no further. Below the threshold they stay at 0. Where the target is best
    they fall again behind it, to 0 at *far*.

    >>> from decimal import Decimal
    >>> from crmcore.evaluation import Curve
    >>> from crmcore.kpis import Direction
    >>> retention = Curve(threshold="0.70", target="0.80", stretch="0.84")
    >>> [str(retention.points(Decimal(rate))) for rate in ("0.65", "0.75", "0.82", "0.95")]
    ['0', '50', '110', '120']
    >>> hours = Curve(direction=Direction.LOWER, threshold=48, target=24)
    >>> [str(hours.points(Decimal(number))) for number in (60, 30, 12)]
    ['0', '75', '100']

    Attributes:
        direction: Which way the number improves.
        threshold: Where the points begin, in the unit of the number.
        target: Where there are 100 points, in the unit of the number.
        stretch: Where the points end to rise, beyond the target; at the target where it is None.
        stretch_points: The points there, above 100.
        far: Where the target is best: where the points behind it are back at 0.

    .. versionadded:: 0.1.0
    """

    direction: Direction = attrs.field(default=Direction.HIGHER, validator=is_a(Direction))
    threshold: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    target: Decimal = attrs.field(converter=attrs.Converter(decimal, takes_field=True))  # type: ignore[misc]
    stretch: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
    )
    stretch_points: Decimal = attrs.field(
        default=Decimal(120),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    far: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
    )

    @property
    def _falls(self) -> bool:
        return self.direction is Direction.LOWER

    def _beyond(self, field: attrs.Attribute[Decimal], value: Decimal, name: str) -> None:
        """Want a number further on the way of improvement than another one."""
        bound: Decimal = getattr(self, name)
        if value <= bound if not self._falls else value >= bound:
            side = "below" if self._falls else "above"
            rule = f"be {side} the {name}, {bound}, where {self.direction.label.en}"
            raise refusal(field, str(value), rule)

    @target.validator
    def _is_behind_the_threshold(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        self._beyond(field, value, "threshold")

    @stretch.validator
    def _is_behind_the_target(self, field: attrs.Attribute[Decimal], value: Decimal | None) -> None:
        if value is None:
            return
        if self.direction is Direction.TARGET:
            raise refusal(field, str(value), "be left out where the target is best")
        self._beyond(field, value, "target")

    @stretch_points.validator
    def _is_more_than_full(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value <= FULL:
            raise refusal(field, str(value), "be above 100")

    @far.validator
    def _closes_the_curve(self, field: attrs.Attribute[Decimal], value: Decimal | None) -> None:
        if (value is None) is (self.direction is Direction.TARGET):
            rule = "be stated where the target is best, and only there"
            raise refusal(field, None if value is None else str(value), rule)
        if value is not None:
            self._beyond(field, value, "target")

    @property
    def most(self) -> Decimal:
        """The most points that it gives."""
        return FULL if self.stretch is None else self.stretch_points

    @property
    def nodes(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """The numbers between which it is straight, and their points, by number."""
        found = [(self.threshold, Decimal(0)), (self.target, FULL)]
        if self.stretch is not None:
            found.append((self.stretch, self.stretch_points))
        if self.far is not None:
            found.append((self.far, Decimal(0)))
        return tuple(sorted(found))

    def points(self, number: Decimal) -> Decimal:
        """Return the points of a number, exactly where a decimal can say them."""
        nodes = self.nodes
        if number <= nodes[0][0]:
            return nodes[0][1]
        for (left, low), (right, high) in pairwise(nodes):
            if number <= right:
                way = (Fraction(number) - Fraction(left)) / (Fraction(right) - Fraction(left))
                return to_decimal(Fraction(low) + (Fraction(high) - Fraction(low)) * way)
        return nodes[-1][1]

    def range(self, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
        """Return the least and the most points of all numbers between two bounds."""
        ends = [self.points(low), self.points(high)]
        if low < self.target < high:
            ends.append(FULL)
        return min(ends), max(ends)

    @property
    def words(self) -> Phrase:
        """The curve in one clause."""
        nodes = self.nodes if not self._falls else self.nodes[::-1]
        en = ", ".join(f"{shown(points)} points at {number}" for number, points in nodes)
        zh = "，".join(f"{number}得{shown(points)}分" for number, points in nodes)
        return Phrase(en, zh)
