"""Times of which some have not ended yet: how many last how long.

A request that nobody has answered is no request that was answered never, nor one that can be
left out: until now it has waited, and so much is known of it. The product-limit estimator
takes it along for as long as it was seen.

Sources:
    E. L. Kaplan and P. Meier, "Nonparametric Estimation from Incomplete Observations",
    Journal of the American Statistical Association 53(282), 1958: the estimator.
    M. Greenwood, "The Natural Duration of Cancer", Reports on Public Health and Medical
    Subjects 33, 1926: its variance.
    J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data, 1980:
    the interval on the scale of ``log(−log S)``, which stays within 0 and 1.
    R. Brookmeyer and J. Crowley, "A Confidence Interval for the Median Survival Time",
    Biometrics 38(1), 1982: the interval of a quantile.
    J. P. Klein and M. L. Moeschberger, Survival Analysis, 2nd edition 2003: the mean up to a
    limit and its variance (4.5), late entry (4.6).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from numbers import Real
from statistics import NormalDist

import attrs

from crmcore.errors import InvalidValueError

from ._interval import Interval

_METHOD = "Kaplan-Meier, log-log"
# Shares that differ by less are the same share, reached by another way of rounding.
_SAME = 1e-9


@attrs.frozen(kw_only=True)
class Survival:
    """Which share of the cases lasts longer than how long.

    The share falls at the times at which cases ended, and at no other. The tuples have one
    item for each of these steps.

    Attributes:
        times: When cases ended, each time once, in rising order, in the unit that was given.
        at_risk: How many were watched before the time, and had neither ended nor got out of
            sight. Cases that have weights count as much as they weigh, here and below.
        events: How many ended at the time.
        survival: The share of all that lasts longer than the time.
        spread: The sum of ``d / (n · (n − d))`` over the steps up to the time, of *d* ends
            among *n* at risk, which is the variance of the share's logarithm. A step that
            leaves nobody, whose share has no logarithm, adds nothing to it.
        n: How many cases there were.
        since: The time from which on somebody was watched. The shares are of the cases that
            last so long; where it is above 0, nothing is known of those that do not.
        until: The longest time that was seen, ended or not; nothing is known beyond it.
        level: The confidence of the intervals, as a fraction.

    .. versionadded:: 0.1.0
    """

    times: tuple[float, ...]
    at_risk: tuple[float, ...]
    events: tuple[float, ...]
    survival: tuple[float, ...]
    spread: tuple[float, ...] = attrs.field(repr=False)
    n: float
    since: float = 0.0
    until: float
    level: float = 0.95

    @property
    def censored(self) -> float:
        """How many cases had not ended when they were last seen."""
        return max(0, self.n - sum(self.events))

    @property
    def variance(self) -> tuple[float, ...]:
        """Greenwood's variance of each share; 0 where nobody is left."""
        return tuple(
            share * share * spread if share else 0.0
            for share, spread in zip(self.survival, self.spread, strict=True)
        )

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Within which bounds each share lies.

        Where nobody is left the formula has no value; the share then lies between 0 and the
        upper bound of the step before, because it never rises.
        """
        return tuple(
            Interval(low=low, high=high, level=self.level, method=_METHOD)
            for low, high in self._bounds()
        )

    def _bounds(self) -> Iterator[tuple[float, float]]:
        """Yield the bounds of the share at each step, from the first step on."""
        z = NormalDist().inv_cdf((1 + self.level) / 2)
        high = 1.0
        for share, spread in zip(self.survival, self.spread, strict=True):
            if not share:
                yield 0.0, high
                continue
            if share == 1:  # so few of so many have ended that a float cannot tell
                yield 1.0, 1.0
                continue
            log_share = math.log(share)
            stretch = math.exp(-z * math.sqrt(spread) / log_share)
            high = math.exp(log_share / stretch)
            yield math.exp(log_share * stretch), high

    def at(self, time: float) -> float | None:
        """Return the share that lasts longer than *time*, or None outside of what was seen.

        Once nobody is left, it is 0 for ever.

        Raises:
            InvalidValueError: If *time* is no number.
        """
        if not isinstance(time, Real | Decimal) or math.isnan(time):
            raise InvalidValueError("time", time, "be a number")
        if time > self._known_until or (self.since and time < self.since):
            return None
        step = bisect_right(self.times, time)
        return self.survival[step - 1] if step else 1.0

    def quantile(self, q: float = 0.5) -> float | None:
        """Return the time within which the share *q* of the cases ends.

        It is the first time at which at most 1 − *q* are left. Where exactly as many are left
        until the next step, it is the middle between the two, so that the median of four
        ended cases is the mean of the middle two, as it always is.

        Args:
            q: The share, above 0 and below 1.

        Returns:
            The time, or None where so many have not ended within the times that were seen.

        Raises:
            InvalidValueError: If *q* is out of its range.
        """
        left = _left(q)
        return self._first(left, self.survival)

    def quantile_interval(self, q: float = 0.5) -> Interval | None:
        """Return within which bounds the time lies within which the share *q* of the cases ends.

        They are the times at which the lower and the upper bound of the share that is left
        come down to 1 − *q*.

        Args:
            q: The share, above 0 and below 1.

        Returns:
            The interval, or None where the cases that have not ended leave its upper end open.

        Raises:
            InvalidValueError: If *q* is out of its range.
        """
        left = _left(q)
        bounds = tuple(self._bounds())
        low = self._first(left, (low for low, _ in bounds))
        high = self._first(left, (high for _, high in bounds))
        if low is None or high is None:
            return None
        return Interval(low=low, high=high, level=self.level, method=_METHOD)

    def _first(self, left: float, curve: Iterable[float]) -> float | None:
        """Return where a falling curve first is at *left* or below."""
        for step, share in enumerate(curve):
            if math.isclose(share, left, rel_tol=_SAME):
                last = step + 1 == len(self.times)
                return self.times[step] if last else (self.times[step] + self.times[step + 1]) / 2
            if share < left:
                return self.times[step]
        return None

    @property
    def _known_until(self) -> float:
        return math.inf if self.survival and self.survival[-1] == 0 else self.until

    def restricted_mean(self, limit: float | None = None) -> RestrictedMean:
        """Return how long cases last on average, of which none counts for longer than *limit*.

        It is the area below the curve, and has a value where the plain mean has none because
        some cases have not ended. Two curves are compared at the same limit.

        Args:
            limit: The time up to which the cases count; the longest that was seen where it is
                not said.

        Raises:
            InvalidValueError: If the limit lies outside of what was seen.
        """
        limit = self.until if limit is None else limit
        known = isinstance(limit, Real | Decimal) and self.since < limit <= self._known_until
        if not (known and limit < math.inf):
            most = f"at most {self.until:g}, the longest that was seen"
            if self._known_until == math.inf:  # nobody is left, however long one waits
                most = "finite"
            rule = f"be above {self.since:g} and {most}"
            raise InvalidValueError("limit", limit, rule)
        limit = limit if isinstance(limit, int | float) else float(limit)
        steps = bisect_left(self.times, limit)
        edges = (self.since, *self.times[:steps], limit)
        shares = (1.0, *self.survival[:steps])
        pieces = [
            (end - start) * share
            for share, (start, end) in zip(shares, pairwise(edges), strict=True)
        ]
        variance, area = 0.0, 0.0
        for step in reversed(range(steps)):
            area += pieces[step + 1]
            left = self.at_risk[step] - self.events[step]
            if area and left:
                variance += area * area * self.events[step] / (self.at_risk[step] * left)
        mean = self.since + math.fsum(pieces)
        return RestrictedMean(
            mean=mean, variance=variance, since=self.since, limit=limit, level=self.level
        )


@attrs.frozen(kw_only=True)
class RestrictedMean:
    """How long cases last on average, of which none counts for longer than a limit.

    Attributes:
        mean: The mean time, in the unit of the times.
        variance: The variance of the mean, after Greenwood.
        since: The time that all cases last at least.
        limit: The time up to which a case counts.
        level: The confidence of the interval, as a fraction.

    .. versionadded:: 0.1.0
    """

    mean: float
    variance: float
    since: float = 0.0
    limit: float
    level: float = 0.95

    @property
    def interval(self) -> Interval:
        """Within which bounds the mean lies: as a normal variable, and not beyond the limit."""
        half = NormalDist().inv_cdf((1 + self.level) / 2) * math.sqrt(self.variance)
        return Interval(
            low=max(self.since, self.mean - half),
            high=min(self.limit, self.mean + half),
            level=self.level,
            method="restricted mean",
        )


def _left(q: float) -> float:
    if not (isinstance(q, Real | Decimal) and 0 < q < 1):
        raise InvalidValueError("q", q, "be above 0 and below 1")
    return 1 - float(q)
