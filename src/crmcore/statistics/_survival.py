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
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from statistics import NormalDist

import attrs

from crmcore.errors import InvalidValueError

from ._interval import Interval, check_level

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
        at_risk: How many had neither ended nor got out of sight before the time.
        events: How many ended at the time.
        survival: The share of all that lasts longer than the time.
        spread: The sum of ``d / (n · (n − d))`` over the steps up to the time, of *d* ends
            among *n* at risk, which is the variance of the share's logarithm; infinite where
            nobody is left.
        n: How many cases there were.
        until: The longest time that was seen, ended or not; nothing is known beyond it.
        level: The confidence of the intervals, as a fraction.

    .. versionadded:: 0.1.0
    """

    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    survival: tuple[float, ...]
    spread: tuple[float, ...] = attrs.field(repr=False)
    n: int
    until: float
    level: float = 0.95

    @property
    def censored(self) -> int:
        """How many cases had not ended when they were last seen."""
        return self.n - sum(self.events)

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
            log_share = math.log(share)
            stretch = math.exp(-z * math.sqrt(spread) / log_share)
            high = math.exp(log_share / stretch)
            yield math.exp(log_share * stretch), high

    def at(self, time: float) -> float | None:
        """Return the share that lasts longer than *time*, or None beyond what was seen.

        Once nobody is left, it is 0 for ever.
        """
        if time > self.until and not (self.survival and self.survival[-1] == 0):
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


def _left(q: float) -> float:
    if not 0 < q < 1:
        raise InvalidValueError("q", q, "be above 0 and below 1")
    return 1 - q


def kaplan_meier(
    times: Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int], level: float = 0.95
) -> Survival:
    """Estimate from times, some of which have not ended yet, how many last how long.

    At each time at which cases end, the share that is left is multiplied with the share of
    those at risk that do not end. Who got out of sight at the very time at which others ended
    was at risk then.

    Args:
        times: For each case how long it was seen, 0 or more, and whether it ended then; or how
            often each such pair occurs, as a ``collections.Counter`` says it.
        level: The confidence of the intervals, as a fraction.

    Raises:
        InvalidValueError: If there is no case, a time is negative or infinite, or a count is
            no whole number of 0 or more.

    Complexity:
        O(n log n), or O(k log k) of k different pairs that were counted.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    counts: Mapping[tuple[float, bool], int]
    counts = times if isinstance(times, Mapping) else Counter(times)
    ended, seen = _by_time(counts)
    n = sum(seen.values())
    if n == 0:
        raise InvalidValueError("times", (), "hold at least one case")
    at_risk, spread, steps = n, 0.0, []
    # While nobody gets out of sight the shares are those of one count, and as exact.
    share, share_then, risk_then = 1.0, 1.0, n
    for time in sorted(seen):
        died, gone = ended.get(time, 0), seen[time]
        if died:
            left = at_risk - died
            share = share_then * left / risk_then
            spread = spread + died / (at_risk * left) if left else math.inf
            steps.append((time, at_risk, died, share, spread))
        at_risk -= gone
        if gone > died:
            share_then, risk_then = share, at_risk
    columns = tuple(zip(*steps, strict=True)) or ((),) * 5
    return Survival(
        times=columns[0],
        at_risk=columns[1],
        events=columns[2],
        survival=columns[3],
        spread=columns[4],
        n=n,
        until=max(time for time, count in seen.items() if count),
        level=level,
    )


def _by_time(
    counts: Mapping[tuple[float, bool], int],
) -> tuple[dict[float, int], dict[float, int]]:
    """Return how many cases ended at each time, and how many were last seen at it at all."""
    ended: dict[float, int] = {}
    seen: dict[float, int] = {}
    for (time, is_ended), count in counts.items():
        if not 0 <= time < math.inf:
            raise InvalidValueError("times", time, "be times of 0 or more, and finite")
        if not isinstance(count, int) or count < 0:
            rule = f"count how often {time} occurs, with a whole number of 0 or more"
            raise InvalidValueError("times", count, rule)
        seen[time] = seen.get(time, 0) + count
        if is_ended:
            ended[time] = ended.get(time, 0) + count
    return ended, seen
