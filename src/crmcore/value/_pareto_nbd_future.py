"""What new customers of Pareto/NBD do, on plain numbers.

A customer who has bought *x* times and is alive at *T* goes on like a new one, of a population
with ``r + x`` and ``alpha + T`` for *r* and *alpha*, and ``beta + T`` for *beta*; so what is
said here of new customers is all there is to say.

Sources:
    D. C. Schmittlein, D. G. Morrison and R. Colombo, "Counting Your Customers: Who Are They
    and What Will They Do Next?", Management Science 33(1), 1987.
    P. S. Fader and B. G. S. Hardie, "A Note on Deriving the Pareto/NBD Model and Related
    Expressions", 2005: the mean and the distribution of the number of purchases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from ._pareto_nbd_mesh import CUT, rank_for, rule

_HALVINGS: Final = 40
_NO_TIME: Final = 1e-60  # by the scale: in so short a time nobody leaves
_NEXT_TO_NOTHING: Final = 1e-240  # of the way


def expected(parameters: Sequence[float], t: float) -> float:
    """Return how many purchases are expected until *t*.

    It is ``r / alpha`` by the time that a customer is expected to be there until *t*, which is
    ``beta / (s - 1) (1 - (beta / (beta + t))^(s - 1))`` and has no pole at ``s = 1``.
    """
    r, alpha, s, beta = parameters
    log = math.log1p(t / beta)
    there = beta * (-math.expm1((1 - s) * log) / (s - 1) if s != 1 else log)
    return r / alpha * there


def probabilities(parameters: Sequence[float], most: int, t: float) -> list[float]:
    """Return how probable it is that 0, 1, …, *most* purchases are made until *t*."""
    r, alpha, s, beta = parameters
    log_none = -r * math.log1p(t / alpha) - s * math.log1p(t / beta)
    log_share = math.log(t) - math.log(alpha + t) if t else -math.inf
    log_count = 0.0  # of gamma(r + k) / (gamma(r) k!)
    found = []
    for k in range(most + 1):
        if k:
            log_count += math.log((r + (k - 1)) / k)
        alive = math.exp(log_count + log_none + (k * log_share if k else 0.0))
        found.append(alive + math.exp(log_count + _log_left(parameters, k, t)))
    return found


def _log_left(parameters: Sequence[float], k: int, t: float) -> float:
    """Return the logarithm of the integral over the time of leaving after *k* purchases.

    It is that of the likelihood, with ``(y / (alpha + y))^k`` besides for a leave at *y*. With
    this the integrand rises to a peak and falls again. Its logarithm is concave, so the peak
    and the ends of what matters are found by halving, and each side is integrated by itself.
    """
    r, alpha, s, beta = parameters
    near = min(alpha, beta)
    c, end = near / max(alpha, beta), math.log1p(t / near)
    if end < _NO_TIME:
        return -math.inf
    a, b, front = (r - 1, s + 1, s * c) if alpha <= beta else (s, r, s)

    def log_density(q: float) -> float:
        e = math.expm1(q)
        log = -a * q - b * math.log1p(c * e)
        return log + k * (math.log(e) - math.log(alpha / near + e)) if k else log

    def rises(q: float) -> bool:
        e = math.expm1(q)
        slope = -a - b * c * (1 + e) / (1 + c * e)
        return slope > 0 if not k else slope + k * (1 + e) / e / (1 + near * e / alpha) > 0

    def counts(q: float) -> bool:
        return log_density(q) > top - CUT

    def integral(start: float, stop: float) -> float:
        width = stop - start
        fall = abs(log_density(stop) - log_density(start))
        points, weights = rule(rank_for(fall, width))
        return width * sum(
            weight * math.exp(log_density(start + z * width) - top)
            for z, weight in zip(points, weights, strict=True)
        )

    peak = _last(rises, end * _NEXT_TO_NOTHING, end)
    top = log_density(peak)
    low, high = _last(counts, peak, end * _NEXT_TO_NOTHING), _last(counts, peak, end)
    return top + math.log(front * (integral(low, peak) + integral(peak, high)))


def _last(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    """Return the last place, on the way from inside to outside, at which something holds.

    The way is halved on the scale of logarithms, on which nothing is too small to be found.
    """
    if holds(outside):
        return outside
    start, stop = math.log(inside), math.log(outside)
    for _ in range(_HALVINGS):
        middle = (start + stop) / 2
        if holds(math.exp(middle)):
            start = middle
        else:
            stop = middle
    return math.exp(start)


def simulate(parameters: Sequence[float], age: float, rng: Random) -> tuple[int, float]:
    """Return how often a made-up customer buys again until an age, and when last."""
    r, alpha, s, beta = parameters
    rate, leaving = rng.gammavariate(r, 1 / alpha), rng.gammavariate(s, 1 / beta)
    end = min(age, rng.expovariate(leaving)) if leaving else age
    x, last = 0, 0.0
    at = rng.expovariate(rate) if rate else math.inf
    while at <= end:
        x, last = x + 1, at
        at += rng.expovariate(rate)
    return x, last
