"""What customers do who buy at a rate of their own and leave after a purchase, on plain numbers.

Somebody buys at random, at a rate that nobody knows: the rate is gamma distributed with a shape
*shape* and a scale of time. After each purchase he or she leaves for good with a probability *p*
that is beta distributed with parameters *a* and *b*. Models that differ in when somebody may
leave first (BG/NBD: not before the first repeat purchase; MBG/NBD: at once) lead to the same
functions with other arguments. Time *t* enters by ``u = t / scale`` alone.

The easy case is a sum. The number of purchases that somebody would make who never left is
negative binomial, and whoever makes ``k`` of them has stayed through ``0, 1, …, k - 1``:

    expected = Σ P(k purchases) · Σ_{j < k} P(stays through j)

Every term is positive, so nothing cancels, and nothing is singular where *a* is 1. It takes about
as many terms as purchases are to be expected.

Where these are many, the same number is an integral over *p* of ``(1 - (1 + p u)^-shape) / p``
under the beta distribution. On the scale of ``y = log(p / (1 - p))`` it is smooth from end to
end, and there the trapezoidal rule gains digits in proportion to its points. Two complications:

1. A beta distribution with *a* or *b* near 0 has an endless tail. Beyond the last place at
   which something happens the step is made to grow exponentially.
2. Its constant is a quotient of huge numbers. It is found by the same rule on the same points,
   so that errors of rounding cancel.

Sources:
    P. S. Fader, B. G. S. Hardie and K. L. Lee, "'Counting Your Customers' the Easy Way: An
    Alternative to the Pareto/NBD Model", Marketing Science 24(2), 2005: equations 4, 8, 9, 10.
    E. P. Batislam, M. Denizel and A. Filiztekin, "Empirical validation and comparison of models
    for customer base analysis", International Journal of Research in Marketing 24(3), 2007.
    L. N. Trefethen and J. A. C. Weideman, "The Exponentially Convergent Trapezoidal Rule",
    SIAM Review 56(3), 2014.
    H. Takahasi and M. Mori, "Double Exponential Formulas for Numerical Integration",
    Publications of the RIMS 9(3), 1974: the growing step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Final

_MOST_TERMS = 300.0  # of the sum; beyond it the integral is faster
_FARTHEST: Final = 1e200  # u beyond it is taken for it
_TINY = 1e-17  # a part of a sum that a float does not hold
_SMALL = 1e-14  # a term of a sum that may be among the last
_FINEST = 0.2  # a step on the scale of log-odds, where the beta distribution is wide
_STEPS_IN_SPREAD = 0.6  # a step, by the spread of the beta distribution where it is narrow
_NARROWEST = 1e-7  # a step; where the spread is less, the probability is as good as known
_MARGIN = 3.0  # how far from where something happens the step begins to grow
_MOSTLY = 0.9  # so much less than 1 is that the rest has nearly all digits of a float
_SETTLED = 1e-15
_AGREE = 1e-12  # by so much two ways to the same number may differ
_LOG_2: Final = math.log(2)
_NEVER = -1e12  # the logarithm of what is 0, also by all the factors of a million steps


def ratio(t: float, scale: float) -> float:
    """Return ``t / scale``, or a huge number where that is beyond a float."""
    return min(t / scale, _FARTHEST)


def log_rate_factor(shape: float, alpha: float, t_x: float, age: float) -> float:
    """Return how much less probable silence since the last purchase is for the living, as a log.

    It is ``shape · log((alpha + age) / (alpha + t_x))``, and 0 where there was no silence.
    """
    return shape * math.log1p((age - t_x) / (alpha + t_x))


def logistic(log_odds: float) -> float:
    """Return the probability with these log-odds; it is 0 where they are beyond a float."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def expected_purchases(shape: float, a: float, b: float, u: float) -> float:
    """Return how many purchases are expected of somebody who is alive.

    Args:
        shape: The shape of the distribution of the rate.
        a: The first parameter of the distribution of leaving.
        b: The second; it has grown by 1 for each time that somebody stayed.
        u: The length of time, by the scale of the rate.

    Complexity:
        ``O(n)`` steps where *n* purchases are expected, and some 100 to 500 at most.
    """
    mean = shape * u
    if mean + 8 * math.sqrt(mean * (1 + u)) + 36 * (1 + u) < _MOST_TERMS:
        return _by_sum(shape, a, b, u)
    return _by_integral(shape, a, b, u)


def _by_sum(shape: float, a: float, b: float, u: float) -> float:
    """Return the expected purchases as a sum over how many there would be without leaving."""
    z = u / (1 + u)
    probable = math.exp(-shape * math.log1p(u))  # of k purchases
    stays = 1.0  # through k purchases
    stayed = 0.0  # through 0, 1, …, k - 1
    total = 0.0
    both = a + b
    k = 0.0
    while True:
        stayed += stays
        stays *= (b + k) / (both + k)
        probable *= (shape + k) * z / (k + 1.0)
        k += 1.0
        term = probable * stayed
        total += term
        if term <= _SMALL * total:
            # What is left is less than a geometric series: `stayed` grows by 1 / k at most.
            growth = max(z, (shape + k) * z / (k + 1)) * (k + 1) / k
            if growth < 1 and term * growth <= _TINY * (1 - growth) * total:
                return total


def _by_integral(shape: float, a: float, b: float, u: float) -> float:
    """Return the expected purchases as an integral over the probability of leaving."""
    # Between these log-odds something happens: left of them whoever leaves so seldom is as if
    # nobody left, right of them whoever comes once leaves.
    left = min(-math.log(u) - max(0.0, math.log(shape)), -math.log(max(b, 1.0))) - _MARGIN
    right = math.log(max(a, 1.0)) + _MARGIN
    mode = math.log(a) - math.log(b)
    start = min(max(mode, left), right)
    spread = math.sqrt(1 / a + 1 / b)
    step = max(min(_FINEST, _STEPS_IN_SPREAD * spread), _NARROWEST)

    total = weights = 0.0
    for direction, begin in ((step, 0), (-step, 1)):
        k = begin
        while True:
            s = start + k * direction
            before, behind = math.exp(left - s), math.exp(s - right)
            log_odds = s - before + behind
            log_p, log_weight = _beta(a, b, mode, log_odds)
            weight = math.exp(log_weight) * (1 + before + behind)
            often = u * math.exp(log_p)
            lost, part = shape * often, weight
            if often > _TINY or lost > _TINY:
                part *= -math.expm1(-shape * math.log1p(often)) / lost
            weights += weight
            total += part
            if weight <= _TINY * weights and part <= _TINY * total:
                break
            k += 1
    return shape * u * (total / weights)


def _beta(a: float, b: float, mode: float, log_odds: float) -> tuple[float, float]:
    """Return log p, and the log-density of a beta distribution by that at its mode.

    Both are on the scale of log-odds. Near the mode the parts of the density nearly cancel, so
    there they are formed of what they differ by.
    """
    log_p, log_stay = _logs(log_odds)
    off = log_odds - mode
    if abs(off) < 1:
        rise = a * math.log1p(b / (a + b) * math.expm1(-off))
        return log_p, -rise - b * math.log1p(a / (a + b) * math.expm1(off))
    log_mean, log_rest = _logs(mode)
    return log_p, a * (log_p - log_mean) + b * (log_stay - log_rest)


def _logs(log_odds: float) -> tuple[float, float]:
    """Return the logarithms of a probability and of its complement."""
    small = math.log1p(math.exp(-abs(log_odds)))
    return (-small, -log_odds - small) if log_odds > 0 else (log_odds - small, -small)


def expected_after(shape: float, a: float, b: float, u: float, most: int) -> list[float]:
    """Return the expected purchases of those who have made 0, 1, …, *most* of them before.

    Each purchase adds 1 to the *shape* and to *b*. Three neighbours are tied by

        γ E(x-1) = ρ u β E(x+1) / (γ + 1) + k E(x) - u (γ - ρ),
        ρ = shape + x,  β = b + x,  γ = a + b + x - 1,  k = (a - 1)(1 + u) + β - 1 - ρ u,

    which follows from the derivative of ``p^(a-1) (1 - p)^(β-1) (1 + p u)^-ρ``. So a few of them
    tell the others, downwards where *u* is small and upwards where it is large. In the wrong
    direction errors grow; whether they did is seen at the end, and then nothing is returned.

    Complexity:
        That of `expected_purchases` a few times, and ``O(most)``.
    """

    def alone(x: int) -> float:
        return expected_purchases(shape + x, a, b + x, u)

    first, slope = (a - 1) * (1 + u) + (b - 1) - shape * u, 1 - u  # k(x) = first + slope x
    both, excess = a + b - 1, u * (a + b - 1 - shape)
    if first + slope * (most // 4) > 0 > slope:
        return []  # too few would be told by others
    if u <= 1:
        higher, here = alone(most), alone(most - 1)
        found = [higher, here]
        for x in range(most - 1, 1, -1):
            above = (shape + x) * (b + x) * u / (both + x + 1) * higher
            higher, here = here, (above + (first + slope * x) * here - excess) / (both + x)
            found.append(here)
        found = [*found, alone(0)][::-1]
        told, check = found[1], alone(1)
    else:
        lower, here = alone(1), alone(2)
        found = [alone(0), lower, here]
        for x in range(2, most):
            k = first + slope * x
            above = ((both + x) * lower - k * here + excess) * (both + x + 1)
            lower = here
            here = alone(x + 1) if k > 0 else above / ((shape + x) * (b + x) * u)
            found.append(here)
        told, check = here, alone(most)
    return found if abs(told - check) <= _AGREE * check else []


def probabilities(shape: float, a: float, b: float, u: float, most: int) -> Iterator[float]:
    """Yield how probable 0, 1, …, *most* purchases are of somebody who is alive.

    Somebody makes ``k`` of them who never leaves and would make ``k``, or who leaves after the
    ``k``-th of more: positive terms again.

    Complexity:
        ``O(most)``.
    """
    counts = list(_counts(shape, u, most + 1))
    at_least = list(accumulate(reversed(counts[:-1]), initial=_tail(shape, u, counts)))
    stays = 1.0
    yield counts[0]
    for k in range(1, most + 1):
        leaves = stays * a / (a + b + (k - 1))
        stays *= (b + (k - 1)) / (a + b + (k - 1))
        yield stays * counts[k] + leaves * at_least[most + 1 - k]


def _counts(shape: float, u: float, most: int) -> Iterator[float]:
    """Yield how probable 0, 1, …, *most* purchases are of somebody who never leaves."""
    z = u / (1 + u)
    log = max(-shape * math.log1p(u), _NEVER)
    exponent = math.floor(log / _LOG_2)  # apart from the digits, so that it may be anything
    digits = math.exp(log - exponent * _LOG_2)
    for k in range(1, most + 2):
        yield math.ldexp(digits, exponent)
        digits, more = math.frexp(digits * ((shape + (k - 1)) / k * z))
        exponent += more


def _tail(shape: float, u: float, counts: Sequence[float]) -> float:
    """Return how probable at least *k* purchases are of somebody who never leaves.

    This is a regularised incomplete beta function.

    Args:
        shape: The shape of the distribution of the rate.
        u: The length of time, by the scale of the rate.
        counts: How probable 0, 1, …, *k* of them are.
    """
    k = len(counts) - 1
    fewer = math.fsum(counts[:-1])
    if fewer < _MOSTLY:
        return 1 - fewer
    z = u / (1 + u)
    if z * (k + shape + 2) > k + 1:  # beyond it the fraction takes its time
        return _tail_of_rare(shape, k, 1 / (1 + u))
    return counts[-1] * _continued_fraction(shape, k, z)


def _tail_of_rare(shape: float, k: int, rest: float) -> float:
    """Return the tail where hardly anybody buys, and those who do buy without end.

    All is in proportion to the shape, which is small. So the difference to 1 is formed of its
    logarithm, by a series in powers of ``k · rest``.
    """
    log = shape * math.log(rest) + math.fsum(math.log1p(shape / i) for i in range(1, k))
    power, more, n = 1.0, 0.0, 0
    while abs(power) > _TINY:
        n += 1
        power *= (n - k) / n * rest
        more += shape / (shape + n) * power
    return -math.expm1(log) - math.exp(log) * more


def _continued_fraction(shape: float, k: int, z: float) -> float:
    """Return the tail by its first term, where it falls: Lentz's way through the fraction.

    Sources:
        W. H. Press et al., Numerical Recipes, 3rd edition, 2007: 6.4.
    """
    above = 1.0
    below = value = 1 / (1 - (k + shape) * z / (k + 1))
    change, m = 0.0, 1
    while abs(change - 1) > _SETTLED:
        for part in (
            m * (shape - m) * z / ((k + 2 * m - 1) * (k + 2 * m)),
            -(k + m) * (k + shape + m) * z / ((k + 2 * m) * (k + 2 * m + 1)),
        ):
            below = 1 / (1 + part * below)
            above = 1 + part / above
            change = above * below
            value *= change
        m += 1
    return value


def course(  # noqa: PLR0917 - numbers in, numbers out
    shape: float, alpha: float, a: float, b: float, age: float, rng: Random, *, at_once: bool
) -> tuple[int, float]:
    """Return how often somebody who is made up buys again until an age, and when last.

    Args:
        shape: The shape of the distribution of the rate.
        alpha: Its scale.
        a: The first parameter of the distribution of leaving.
        b: The second.
        age: Until when.
        rng: The source of chance.
        at_once: Whether the first purchase is followed by a chance to leave, too.

    Complexity:
        ``O(n)`` for *n* purchases.
    """
    rate = rng.gammavariate(shape, 1 / alpha)
    leaving = rng.betavariate(a, b)
    x, t_x = 0, 0.0
    if rate == 0 or (at_once and rng.random() < leaving):
        return x, t_x
    while (at := t_x + rng.expovariate(rate)) <= age:
        x, t_x = x + 1, at
        if rng.random() < leaving:
            break
    return x, t_x
