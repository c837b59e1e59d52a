"""Intervals for what two shares differ by: of one sample (the net promoter score), or of two.

Sources:
    B. Rocks, "Interval Estimation for the 'Net Promoter Score'", The American Statistician
    70(4), 2016: the adjusted Wald interval.
    R. G. Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17(8), 1998: method 10.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from crmcore.errors import InvalidValueError

from ._interval import Interval, check_level, wilson

# Rocks adds three answers that nobody gave: 3/4 at each end, 3/2 between them.
_ADDED = 3.0
_ADDED_AT_AN_END = 0.75


def nps_interval(promoters: int, detractors: int, n: int, level: float = 0.95) -> Interval:
    """Return the adjusted Wald interval of a net promoter score, in points from −100 to 100.

    With ``p = (promoters + 3/4) / (n + 3)`` and ``d = (detractors + 3/4) / (n + 3)`` it is
    ``100 · (p − d ± z · √((p + d − (p − d)²) / (n + 3)))``, cut off at −100 and 100. The three
    answers that are added draw its middle towards 0; where the observed score would fall out
    of it, which happens near the two ends only, it is widened up to that score.

    Args:
        promoters: How many answered 9 or 10.
        detractors: How many answered 0 to 6.
        n: How many answered at all, 1 or more.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If nobody answered, or promoters and detractors are more than all.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    _check_count("promoters", promoters, n)
    if not 0 <= detractors <= n - promoters:
        rule = f"be between 0 and the {n - promoters} that are no promoters"
        raise InvalidValueError("detractors", detractors, rule)
    p = (promoters + _ADDED_AT_AN_END) / (n + _ADDED)
    d = (detractors + _ADDED_AT_AN_END) / (n + _ADDED)
    z = NormalDist().inv_cdf((1 + level) / 2)
    half = z * math.sqrt((p + d - (p - d) ** 2) / (n + _ADDED))
    observed = 100 * (promoters - detractors) / n
    return Interval(
        low=max(-100.0, min(100 * (p - d - half), observed)),
        high=min(100.0, max(100 * (p - d + half), observed)),
        level=level,
        method="adjusted Wald",
    )


def two_proportions(
    successes: int, n: int, other_successes: int, other_n: int, level: float = 0.95
) -> Interval:
    """Return the interval of one proportion minus another one of a separate sample.

    It is Newcombe's hybrid score interval, made of Wilson's intervals of the two. It stays
    within −1 and 1, and holds 0 where the two cannot be told apart; two treated groups with
    no success at all still have a width.

    Args:
        successes: How many trials of the first sample succeeded: of those who were treated.
        n: How many trials the first sample has, 1 or more.
        other_successes: How many of the second sample succeeded: of those who were not.
        other_n: How many trials the second sample has, 1 or more.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If a sample has no trials, or more successes than trials.

    .. versionadded:: 0.1.0
    """
    _check_count("successes", successes, n)
    _check_count("other_successes", other_successes, other_n, of="other_n")
    one, other = wilson(successes, n, level), wilson(other_successes, other_n, level)
    p, q = successes / n, other_successes / other_n
    return Interval(
        low=max(-1.0, p - q - math.hypot(p - one.low, other.high - q)),
        high=min(1.0, p - q + math.hypot(one.high - p, q - other.low)),
        level=level,
        method="Newcombe",
    )


def _check_count(name: str, value: int, n: int, *, of: str = "n") -> None:
    if n < 1:
        raise InvalidValueError(of, n, "be at least 1")
    if not 0 <= value <= n:
        raise InvalidValueError(name, value, f"be between 0 and {of}, {n}")
