"""Limits: how far the values of a process wander by themselves.

A process that nothing disturbs still gives another value every month. How far such values lie
apart is seen from neighbours, because a change of the process comes between few neighbours
only, while it would blow up a standard deviation of all of them.

Sources:
    W. A. Shewhart, Economic Control of Quality of Manufactured Product, 1931: limits at three
    standard deviations.
    D. J. Wheeler, Understanding Variation, 1993, and Making Sense of Data, 2003: the chart of
    single values and moving ranges, with its factors.
    D. B. Laney, "Improved Control Charts for Attributes", Quality Engineering 14(4), 2002: the
    same for shares and rates that rest on different numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
from functools import reduce
from typing import Final, Self

import attrs

from crmcore.checks import at_least, decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined

FEWEST: Final = 12
ROUNDED: Final = Context(prec=28)
EXACT: Final = Context(prec=130)

# Of two independent normal values the range is 1.128 standard deviations on average, and 0.954
# in half of all cases; it strays by 0.8525 itself. 3 / 1.128 = 2.660 and 3 / 0.954 = 3.145 are
# three standard deviations of the values; (1.128 + 3 · 0.8525) / 1.128 and the same over 0.954
# are three of the ranges, as Wheeler rounds them.
_TO_LIMIT: Final = {False: Decimal("2.660"), True: Decimal("3.145")}
_TO_RANGE_LIMIT: Final = {False: Decimal("3.268"), True: Decimal("3.865")}
_SIGMAS: Final = 3
_MOST_DIGITS: Final = 60


@attrs.frozen(kw_only=True)
class Limits:
    """Within which bounds the values of a process lie while nothing disturbs it.

    Attributes:
        centre: The mean of the baseline, or its median; of shares and rates that of all cases
            together.
        sigma: How far a value strays, a third of the way from the centre to a limit that
            nothing cuts off.
        low: The lower natural limit, no lower than a value can be.
        high: The upper natural limit, no higher than a value can be.
        moving_range: How far neighbours lie apart, on average or in the middle, in the unit of
            the values; of shares and rates in standard deviations of what chance alone
            brings.
        range_limit: The upper limit of a single moving range, in the same unit.
        n: How many values the baseline has.

    .. versionadded:: 0.1.0
    """

    centre: Decimal
    sigma: Decimal = attrs.field(validator=at_least(0))
    low: Decimal
    high: Decimal
    moving_range: Decimal
    range_limit: Decimal
    n: int


@attrs.frozen(kw_only=True)
class Bounds:
    """What the values cannot be below, and what not above; None where there is no such bound."""

    lower: Decimal | None = None
    upper: Decimal | None = attrs.field(default=None)

    @upper.validator
    def _is_above_lower(
        self, attribute: attrs.Attribute[Decimal | None], value: Decimal | None
    ) -> None:
        if value is not None and self.lower is not None and value <= self.lower:
            raise InvalidValueError(
                attribute.name, value, f"be above the lower bound, {self.lower}"
            )

    @classmethod
    def of(cls, lower: Decimal | int | None, upper: Decimal | int | None) -> Self:
        """Return the bounds as finite decimals."""
        return cls(
            lower=None if lower is None else exact(lower, "lower"),
            upper=None if upper is None else exact(upper, "upper"),
        )

    def admit(self, value: Decimal) -> Decimal:
        """Return a value, and refuse one that no value can be.

        Raises:
            InvalidValueError: If it is beyond a bound.
        """
        if self.lower is not None and value < self.lower:
            rule = f"be at least the lower bound, {self.lower}"
            raise InvalidValueError("values", value, rule)
        if self.upper is not None and value > self.upper:
            raise InvalidValueError("values", value, f"be at most the upper bound, {self.upper}")
        return value

    def limits(
        self, centre: Decimal, moving_range: Decimal, n: int, *, scale: Decimal, median: bool
    ) -> Limits:
        """Return the limits around a centre, of a value whose moving ranges are in *scale*."""
        half = ROUNDED.multiply(ROUNDED.multiply(_TO_LIMIT[median], moving_range), scale)
        low, high = ROUNDED.subtract(centre, half), ROUNDED.add(centre, half)
        return Limits(
            centre=centre,
            sigma=ROUNDED.divide(half, Decimal(_SIGMAS)),
            low=low if self.lower is None else max(low, self.lower),
            high=high if self.upper is None else min(high, self.upper),
            moving_range=moving_range,
            range_limit=ROUNDED.multiply(_TO_RANGE_LIMIT[median], moving_range),
            n=n,
        )


def natural_limits(
    values: Iterable[Decimal | int | None],
    *,
    median: bool = False,
    fewest: int = FEWEST,
    lower: Decimal | int | None = None,
    upper: Decimal | int | None = None,
) -> Limits | Undefined:
    """Return within which bounds the values of a process lie while nothing disturbs it.

    The centre is the mean, the limits lie 2.66 mean moving ranges from it, and a moving range
    is above its limit at 3.268 mean moving ranges. With *median* the centre is the median and
    the factors are 3.145 and 3.865 of the median moving range, which a few wild values cannot
    move.

    Args:
        values: The values of a baseline in the order of time; None where one is missing.
        median: Whether to reckon with medians in the place of means.
        fewest: How many values are needed, and half as many moving ranges.
        lower: What no value can be below, as a share cannot be below 0.
        upper: What no value can be above.

    Returns:
        The limits, or why there are none, where there are too few values or neighbours.

    Raises:
        InvalidValueError: If *values* are no numbers in a row, *upper* is not above *lower*, a
            value is beyond one of them, or *fewest* is below 2.

    .. versionadded:: 0.1.0
    """
    if fewest < 2:  # noqa: PLR2004 - of one value there is no range
        raise InvalidValueError("fewest", fewest, "be at least 2")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        rule = "be numbers in a row; limits of a KPI's series are those of its chart"
        raise InvalidValueError("values", values, rule)
    bounds = Bounds.of(lower, upper)
    row = [None if value is None else bounds.admit(exact(value, "values")) for value in values]
    known = [value for value in row if value is not None]
    moving_range = typical_range(len(known), moving_ranges(row), median=median, fewest=fewest)
    if isinstance(moving_range, Undefined):
        return moving_range
    centre = middle(known, median=median)
    return bounds.limits(centre, moving_range, len(known), scale=Decimal(1), median=median)


def exact(value: Decimal | int, field: str) -> Decimal:
    """Return a number as a finite decimal, of as many digits as a quotient of decimals has."""
    return decimal(value, field, digits=_MOST_DIGITS)


def typical_range(
    values: int, ranges: Iterable[Decimal | None], *, median: bool, fewest: int = FEWEST
) -> Decimal | Undefined:
    """Return the middle of the moving ranges of so many values, or why that would tell nothing."""
    known = [each for each in ranges if each is not None]
    if values < fewest or len(known) < fewest // 2:
        return Undefined(Reason.TOO_FEW, _too_few(values, len(known), fewest))
    return middle(known, median=median)


def _too_few(values: int, ranges: int, fewest: int) -> Phrase:
    return Phrase(
        f"a baseline needs {fewest} values and {fewest // 2} pairs of neighbours, and has "
        f"{values} and {ranges}",
        f"基线需要{fewest}个值和{fewest // 2}对相邻值，现有{values}个值和{ranges}对",
    )


def moving_ranges(row: Sequence[Decimal | None]) -> list[Decimal | None]:
    """Return how far each value lies from the one before; None where one of the two is missing."""
    pairs = zip([None, *row], row, strict=False)
    return [
        None if before is None or value is None else ROUNDED.subtract(value, before).copy_abs()
        for before, value in pairs
    ]


def middle(values: Sequence[Decimal], *, median: bool) -> Decimal:
    """Return the mean or the median, rounded once."""
    if median:
        ordered, half = sorted(values), len(values) // 2
        values = ordered[half : half + 1] if len(values) % 2 else ordered[half - 1 : half + 1]
    return ROUNDED.divide(total_of(values), Decimal(len(values)))


def total_of(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    return reduce(EXACT.add, values, Decimal(0))
