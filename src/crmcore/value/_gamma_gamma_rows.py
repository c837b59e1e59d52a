"""The log-likelihood of Gamma-Gamma over groups of customers, with its slope and curvature.

Functions of the gamma function depend on how often somebody bought again, and only on that: so
the rows are grouped by it, and each of these functions is evaluated once for a group. What
depends on the spend as well are a logarithm and a quotient for each row. They are summed up in
plain Python or with numpy, and all else is the same.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, repeat
from math import log1p
from operator import itemgetter, mul
from typing import Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.likelihood import Derivatives, digamma, log_beta, log_gamma_ratio, trigamma

Sums: TypeAlias = Iterable[tuple[float, ...]]  # one for each group
Summing: TypeAlias = Callable[[float], Sums]
Pair: TypeAlias = tuple[float, float]

_FAR: Final = 1e4
_WORTH_MERGING: Final = 2 / 3  # of the rows of a group have to be different, or fewer


@attrs.frozen(kw_only=True)
class SpendGroup:
    """The customers with the same number of repeat purchases.

    Attributes:
        x: How many repeat purchases each made.
        weight: How many customers they are.
        log_mean: The sum of the logarithms of their mean spends.
        totals: What each spent in all of these purchases, sorted; where many spent the same,
            they stand there once.
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


def check_histories(histories: Histories) -> None:
    """Refuse what is something else.

    Raises:
        InvalidValueError: If these are no histories.
    """
    if not isinstance(histories, Histories):
        rule = "be Histories, such as summarize or Histories.of returns"
        raise InvalidValueError("histories", histories, rule)


def spend_rows(histories: Histories) -> SpendRows:
    """Group the customers by how often they bought again, and merge those who are alike.

    Raises:
        InvalidValueError: If these are no histories.
    """
    check_histories(histories)
    spent: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    free: list[float] = []
    unknown: list[float] = []
    means = repeat(math.nan) if histories.mean_spend is None else histories.mean_spend
    weights = repeat(1.0) if histories.weight is None else histories.weight
    for x, mean, weight in zip(histories.frequency, means, weights, strict=False):
        if x and weight:
            if mean > 0:
                spent[x].append((mean, weight))
            else:
                (free if mean == 0 else unknown).append(weight)
    return SpendRows(
        groups=tuple(_group(x, sorted(spent[x])) for x in sorted(spent)),
        free=math.fsum(free),
        unknown=math.fsum(unknown),
    )


def _group(x: int, spent: list[tuple[float, float]]) -> SpendGroup:
    if len({mean for mean, _ in spent}) <= _WORTH_MERGING * len(spent):
        spent = [
            (mean, math.fsum(weight for _, weight in alike))
            for mean, alike in groupby(spent, itemgetter(0))
        ]
    weights = tuple(weight for _, weight in spent)
    return SpendGroup(
        x=x,
        weight=math.fsum(weights),
        log_mean=math.fsum(weight * math.log(mean) for mean, weight in spent),
        totals=tuple(mean * x for mean, _ in spent),
        weights=None if all(weight == 1 for weight in weights) else weights,
    )


def python_sums(groups: Sequence[SpendGroup]) -> Summing:
    """Return what sums up for each group, with plain Python.

    For a γ it returns the sums of ``log(1 + z / γ)``, ``log(1 + γ / z)``, ``v = z / (γ + z)``
    and ``v²`` over the totals *z* of each group.
    """

    def sums(gamma: float) -> Sums:
        for group in groups:
            totals, weights = group.totals, group.weights
            columns = [
                [log1p(total / gamma) for total in totals],
                [log1p(gamma / total) for total in totals],
                parts := [total / (gamma + total) for total in totals],
                [part * part for part in parts],
            ]
            if weights is None:
                yield tuple(map(math.fsum, columns))
            else:
                yield tuple(math.fsum(map(mul, weights, column)) for column in columns)

    return sums


def spend_derivatives(
    groups: Sequence[SpendGroup], sums: Summing, logs: Sequence[float]
) -> Derivatives:
    """Return the log-likelihood, its gradient and its Hessian at the logs of p, q and γ.

    With ``z = m x``, ``v = z / (γ + z)`` and ``u = 1 - v``, a customer adds
    ``- log B(p x, q) + p x log v + q log u - log m`` to the log-likelihood. Where customers
    differ little, *q* and *γ* are huge and *v* is tiny; where their payments differ
    little, *p* is huge and *γ* is tiny. So both logarithms are formed for themselves.
    """
    p, q, gamma = map(math.exp, logs)
    of_q = digamma(q), trigamma(q)
    terms: list[tuple[float, ...]] = []
    for group, (minus_log_u, minus_log_v, v, v2) in zip(groups, sums(gamma), strict=True):
        n, px = group.weight, p * group.x
        (by_px, by_px2), (by_q, by_q2), by_both = _rises(px, q, of_q)
        along_p = px * (n * by_px - minus_log_v)
        along_q = q * (n * by_q - minus_log_u)
        terms.append(
            (
                -px * minus_log_v - q * minus_log_u - group.log_mean - n * log_beta(px, q),
                along_p,
                along_q,
                q * v - px * (n - v),
                along_p + px * px * n * by_px2,
                px * q * n * by_both,
                along_q + q * q * n * by_q2,
                px * (v - n),
                q * v,
                -(px + q) * (v - v2),
            )
        )
    value, g_p, g_q, g_c, pp, pq, qq, pc, qc, cc = map(math.fsum, zip(*terms, strict=True))
    return value, (g_p, g_q, g_c), ((pp, pq, pc), (pq, qq, qc), (pc, qc, cc))


def _rises(px: float, q: float, of_q: Pair) -> tuple[Pair, Pair, float]:
    """Return what digamma and trigamma rise by from *px*, and from *q*, to ``px + q``.

    The last number is trigamma there. *of_q* are both functions at *q*.
    """
    end = digamma(px + q), trigamma(px + q)
    if px + q > _FAR:  # a difference of two of them would be nothing but rounding
        return log_gamma_ratio(px, q)[1:], log_gamma_ratio(q, px)[1:], end[1]
    from_px = end[0] - digamma(px), end[1] - trigamma(px)
    from_q = end[0] - of_q[0], end[1] - of_q[1]
    return from_px, from_q, end[1]
