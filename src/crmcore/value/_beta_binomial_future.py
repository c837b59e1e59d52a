"""What customers of BG/BB will do, on plain numbers.

All of it is sums of positive terms, each the one before times a quotient, one for each
opportunity: nothing cancels, and nothing is singular where *gamma* is 1.

Sources:
    P. S. Fader, B. G. S. Hardie and J. Shang, "Customer-Base Analysis in a Discrete-Time
    Noncontractual Setting", Marketing Science 29(6), 2010.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random


def there(parameters: Sequence[float], x: int, t: int, n: int) -> float:
    """Return how probable it is that a customer was there for all *n* opportunities."""
    alpha, beta, gamma, delta = parameters
    odds, term = 0.0, 1.0  # of having left after k of them, by having been there for all
    for k in reversed(range(t, n)):
        term *= (alpha + beta + k) / (beta + (k - x))
        odds += term * gamma / (delta + k)
        term *= (gamma + delta + k) / (delta + k)
    return 1 / (1 + odds)


def stays(parameters: Sequence[float]) -> float:
    """Return how probable it is that a customer is there on the next opportunity, too."""
    _, _, gamma, delta = parameters
    return delta / (gamma + delta)


def expected(parameters: Sequence[float], n: int) -> float:
    """Return how many purchases of a new customer are expected on *n* opportunities."""
    alpha, beta, gamma, delta = parameters
    there, total = 1.0, 0.0
    for i in range(n):
        there *= (delta + i) / (gamma + delta + i)
        total += there
    return alpha / (alpha + beta) * total


def probabilities(parameters: Sequence[float], most: int, n: int) -> list[float]:
    """Return how probable 0, 1, …, *most* purchases of a new customer are on *n* of them."""
    alpha, beta, gamma, delta = parameters
    there = [1.0]  # for i opportunities, or more
    for i in range(n):
        there.append(there[-1] * (delta + i) / (gamma + delta + i))
    leaves = [share * gamma / (gamma + delta + i) for i, share in enumerate(there)]
    leaves[n] = there[n]  # whoever is there for all of them need not leave
    found = []
    always = 1.0  # how probable k purchases on k opportunities are
    for k in range(most + 1):
        likely, total = always, 0.0  # k purchases on i opportunities
        for i in range(k, n + 1):
            total += likely * leaves[i]
            likely *= (i + 1) / (i + 1 - k) * (beta + (i - k)) / (alpha + beta + i)
        found.append(total)
        always *= (alpha + k) / (alpha + beta + k)
    return found


def simulate(parameters: Sequence[float], n: int, rng: Random) -> tuple[int, float]:
    """Return how often a made-up customer buys on *n* opportunities, and when last."""
    alpha, beta, gamma, delta = parameters
    buys, leaves = rng.betavariate(alpha, beta), rng.betavariate(gamma, delta)
    x, last = 0, 0
    for i in range(1, n + 1):
        if rng.random() < leaves:
            break
        if rng.random() < buys:
            x, last = x + 1, i
    return x, float(last)
