"""Payout curves: which share of the promised sum a number of points earns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import attrs

from crmcore.checks import decimal, is_a, refusal
from crmcore.kernel import Phrase

from ._numbers import percent_of, to_decimal


@attrs.frozen(kw_only=True)
class PayoutCurve:
    """The share of the promised sum by points: from the threshold on, all at the target, capped.

    Between threshold, target and cap it is straight, so that a point more is always worth
    its part. Who is just below a cliff loses much for little, and works for that point
    alone; so a curve jumps at its threshold only where it declares to be a cliff.

    >>> from decimal import Decimal
    >>> from crmcore.incentives import PayoutCurve
    >>> curve = PayoutCurve(threshold=60, target=100, cap=120, at_cap="1.5")
    >>> [str(curve.share(Decimal(points))) for points in (50, 60, 90, 100, 110, 130)]
    ['0', '0', '0.75', '1', '1.25', '1.5']

    Attributes:
        threshold: The points from which something is paid.
        target: The points for which the promised sum is paid.
        cap: The points beyond which no more is paid; the target where no more than the sum is.
        at_threshold: The share that is paid at the threshold, as a fraction; above 0 only
            where *cliff* is declared.
        at_cap: The share that is paid at the cap, as a fraction, 1 or more.
        cliff: Whether the curve jumps at its threshold.

    .. versionadded:: 0.1.0
    """

    threshold: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    target: Decimal = attrs.field(
        default=Decimal(100),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    cap: Decimal = attrs.field(
        default=attrs.Factory(lambda self: self.target, takes_self=True),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    cliff: bool = attrs.field(default=False, validator=is_a(bool))
    at_threshold: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    at_cap: Decimal = attrs.field(
        default=Decimal(1),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )

    @target.validator
    def _is_above_the_threshold(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value <= self.threshold:
            raise refusal(field, str(value), f"be above the threshold, {self.threshold}")

    @cap.validator
    def _is_not_below_the_target(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value < self.target:
            raise refusal(field, str(value), f"be at least the target, {self.target}")

    @at_threshold.validator
    def _jumps_where_declared(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 <= value <= 1:
            raise refusal(field, str(value), "be a fraction between 0 and 1 (0.5, not 50)")
        if value and not self.cliff:
            raise refusal(field, str(value), "be 0, unless the jump is declared with cliff=True")
        if self.cliff and not value:
            raise refusal(field, str(value), "be above 0 where a cliff is declared")

    @at_cap.validator
    def _rises_to_the_cap(self, field: attrs.Attribute[Decimal], value: Decimal) -> None:
        if value < 1 or (value > 1 and self.cap == self.target):
            rule = "be at least 1, and 1 where the cap is the target"
            raise refusal(field, str(value), rule)

    @property
    def nodes(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """The points between which it is straight, and the shares there."""
        found = [(self.threshold, self.at_threshold), (self.target, Decimal(1))]
        if self.cap > self.target:
            found.append((self.cap, self.at_cap))
        return tuple(found)

    def share(self, points: Decimal) -> Decimal:
        """Return the share for so many points, exactly where a decimal can say it."""
        nodes = self.nodes
        if points < nodes[0][0]:
            return Decimal(0)
        for (left, low), (right, high) in pairwise(nodes):
            if points <= right:
                way = (Fraction(points) - Fraction(left)) / (Fraction(right) - Fraction(left))
                return to_decimal(Fraction(low) + (Fraction(high) - Fraction(low)) * way)
        return nodes[-1][1]

    @property
    def words(self) -> Phrase:
        """The curve in one clause."""
        parts = [(str(points), percent_of(share)) for points, share in self.nodes]
        return Phrase(
            ", ".join(f"{share} % at {points} points" for points, share in parts),
            "，".join(f"{points}分发放{share}%" for points, share in parts),
        )
