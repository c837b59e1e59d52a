"""The log-likelihood of Gamma-Gamma over groups of customers, with its slope and curvature.

Functions of the gamma function depend on how often somebody bought again, and only on that: so
the rows are grouped by it, and each of these functions is evaluated once for a group. What
depends on the spend as well are a logarithm and a quotient for each row. They are summed up in
plain Python or with numpy, and all else is the same.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, repeat
from math import isnan
from operator import itemgetter, mul
from typing import TypeAlias

import attrs

from crmcore.likelihood import Derivatives, digamma, log_beta, trigamma

from ._histories import Histories

Sums: TypeAlias = Iterable[tuple[float, float, float]]
Summing: TypeAlias = Callable[[float], Sums]


@attrs.frozen(kw_only=True)
class SpendGroup:
    """The customers with the same number of repeat purchases.

    Attributes:
        x: How many repeat purchases each made.
        weight: How many customers they are.
        log_mean: The sum of the logarithms of their mean spends.
        totals: What each spent in all of these purchases, sorted; those who spent the same
            stand there once.
        weights: How many customers each of the totals stands for; None where it is one each.
    """

    x: int
    weight: float
    log_mean: float
    totals: tuple[float, ...]
    weights: tuple[float, ...] | None

    @property
    def each_weight(self) -> Iterable[float]:
        """The weight of each total; without an end where it is 1."""
        return repeat(1.0) if self.weights is None else self.weights


@attrs.frozen(kw_only=True)
class SpendRows:
    """All customers who tell something about spend, and how many do not.

    Attributes:
        groups: Those who bought again for more than nothing, by number of purchases.
        free: How many bought again and paid nothing.
        unknown: How many bought again for nobody knows how much.
    """

    groups: tuple[SpendGroup, ...]
    free: float
    unknown: float

    @property
    def weight(self) -> float:
        """How many customers tell something."""
        return math.fsum(group.weight for group in self.groups)


def spend_rows(histories: Histories) -> SpendRows:
    """Group the customers by how often they bought again, and merge those who are alike."""
    counted = _counted(histories)
    free: list[float] = []
    unknown: list[float] = []
    groups = []
    for x, pairs in groupby(sorted(counted.items(), key=itemgetter(0)), lambda pair: pair[0][0]):
        telling = []
        for (_, mean), weight in pairs:
            if mean > 0:
                telling.append((mean, weight))
            else:
                (unknown if mean < 0 else free).append(weight)
        if telling:
            groups.append(_group(x, telling))
    return SpendRows(groups=tuple(groups), free=math.fsum(free), unknown=math.fsum(unknown))


_UNKNOWN = -1.0  # stands for a spend that nobody knows: as a key NaN would not equal itself


def _counted(histories: Histories) -> dict[tuple[int, float], float]:
    """Return the weight of each number of purchases above 0 with each mean spend."""
    means = histories.mean_spend
    spends = repeat(_UNKNOWN) if means is None else (_UNKNOWN if isnan(m) else m for m in means)
    pairs = zip(histories.frequency, spends, strict=False)
    if histories.weight is None:
        return {pair: float(n) for pair, n in Counter(pairs).items() if pair[0]}
    weights: defaultdict[tuple[int, float], list[float]] = defaultdict(list)
    for pair, weight in zip(pairs, histories.weight, strict=True):
        if pair[0] and weight:
            weights[pair].append(weight)
    return {pair: math.fsum(parts) for pair, parts in weights.items()}


def _group(x: int, telling: Sequence[tuple[float, float]]) -> SpendGroup:
    weights = tuple(weight for _, weight in telling)
    return SpendGroup(
        x=x,
        weight=math.fsum(weights),
        log_mean=math.fsum(weight * math.log(mean) for mean, weight in telling),
        totals=tuple(mean * x for mean, _ in telling),
        weights=None if all(weight == 1 for weight in weights) else weights,
    )


def python_sums(groups: Sequence[SpendGroup]) -> Summing:
    """Return what sums up for each group, with plain Python.

    For a γ it returns the sums of ``log(γ + z)``, ``u = γ / (γ + z)`` and ``u²`` over the
    totals *z* of each group.
    """

    def sums(gamma: float) -> Sums:
        for group in groups:
            shifted = [gamma + total for total in group.totals]
            parts = [gamma / each for each in shifted]
            logs = map(math.log, shifted)
            if group.weights is None:
                yield math.fsum(logs), math.fsum(parts), math.fsum(map(mul, parts, parts))
            else:
                weighted = [*map(mul, group.weights, parts)]
                yield (
                    math.fsum(map(mul, group.weights, logs)),
                    math.fsum(weighted),
                    math.fsum(map(mul, weighted, parts)),
                )

    return sums


def spend_derivatives(
    groups: Sequence[SpendGroup], sums: Summing, logs: Sequence[float]
) -> Derivatives:
    """Return the log-likelihood, its gradient and its Hessian at the logs of p, q and γ.

    With ``z = m x``, ``v = z / (γ + z)`` and ``u = γ / (γ + z)``, a customer adds
    ``- log B(p x, q) + p x log v + q log u - log m`` to the log-likelihood.
    """
    p, q, gamma = map(math.exp, logs)
    digamma_q, trigamma_q = digamma(q), trigamma(q)
    terms: list[tuple[float, ...]] = []
    for group, (log_sum, u, u2) in zip(groups, sums(gamma), strict=True):
        n, px = group.weight, p * group.x
        digamma_sum, trigamma_sum = digamma(px + q), trigamma(px + q)
        log_v = group.log_mean + n * math.log(group.x) - log_sum
        log_u = n * logs[2] - log_sum
        along_p = px * (n * (digamma_sum - digamma(px)) + log_v)
        along_q = q * (n * (digamma_sum - digamma_q) + log_u)
        terms.append(
            (
                px * log_v + q * log_u - group.log_mean - n * log_beta(px, q),
                along_p,
                along_q,
                n * q - (px + q) * u,
                along_p + px * px * n * (trigamma_sum - trigamma(px)),
                px * q * n * trigamma_sum,
                along_q + q * q * n * (trigamma_sum - trigamma_q),
                -px * u,
                q * (n - u),
                -(px + q) * (u - u2),
            )
        )
    value, g_p, g_q, g_c, pp, pq, qq, pc, qc, cc = map(math.fsum, zip(*terms, strict=True))
    return value, (g_p, g_q, g_c), ((pp, pq, pc), (pq, qq, qc), (pc, qc, cc))
