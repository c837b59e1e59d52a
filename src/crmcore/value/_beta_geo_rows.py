"""The sums of BG/NBD and MBG/NBD, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter, mul

import attrs

from crmcore.histories import Rows

from ._beta_geo_sums import AgeSums, AliveSums


@attrs.frozen(kw_only=True)
class _Group:
    """The customers with the same number of repeats who may have left.

    Attributes:
        x: The number of repeats.
        chances: How often each of them may have left.
        rows: Weight, and the places of *t_x* and *T* in the table of ages.
    """

    x: int
    chances: int
    rows: tuple[tuple[float, int, int], ...]


@attrs.frozen(kw_only=True)
class BetaGeoRows:
    """Histories, arranged for their sums.

    Attributes:
        counts: The different numbers of repeats, ascending.
        weights: How many customers made so many.
        exposure: The ages at the end of the observation, summed up.
        size: How many different histories there are.
        ages: The different ages, ascending.
        seen: How many customers were last surely there at each of the ages: at the last
            purchase if they may have left then, and otherwise at the end.
        repeats: How many repeats they made.
        groups: Those who may have left.
    """

    counts: tuple[int, ...]
    weights: tuple[float, ...]
    exposure: float
    size: int
    ages: tuple[float, ...]
    seen: tuple[float, ...]
    repeats: tuple[float, ...]
    groups: tuple[_Group, ...]

    @classmethod
    def of(cls, rows: Rows, first: int) -> BetaGeoRows:
        """Arrange rows for a model with *first* chances to leave before the first repeat."""
        ages = sorted({*rows.t_x, *rows.age})
        place = {age: i for i, age in enumerate(ages)}
        seen, repeats = [0.0] * len(ages), [0.0] * len(ages)
        counts, weights, groups = [], [], []
        for x, found in groupby(rows, itemgetter(0)):
            same = tuple((w, place[t_x], place[age]) for _, t_x, age, w in found)
            counts.append(x)
            weights.append(math.fsum(w for w, _, _ in same))
            may_leave = x + first > 0
            for w, i, j in same:
                seen[i if may_leave else j] += w
                repeats[i if may_leave else j] += w * x
            if may_leave:
                groups.append(_Group(x=x, chances=x + first, rows=same))
        return cls(
            counts=tuple(counts),
            weights=tuple(weights),
            exposure=math.fsum(w * age for _, _, age, w in rows),
            size=len(rows),
            ages=tuple(ages),
            seen=tuple(seen),
            repeats=tuple(repeats),
            groups=tuple(groups),
        )

    def sums(self, r: float, alpha: float, a: float, b: float) -> tuple[AgeSums, AliveSums]:
        """Return the sums at one point."""
        taus = [age / alpha for age in self.ages]
        logs = [math.log1p(tau) for tau in taus]
        shares = [tau / (1 + tau) for tau in taus]
        return self._age_sums(logs, shares), self._alive_sums(logs, shares, r, a, b)

    def _age_sums(self, logs: Sequence[float], shares: Sequence[float]) -> AgeSums:
        rests = [1 - h for h in shares]
        between = list(map(mul, shares, rests))
        return AgeSums(
            log=math.fsum(map(mul, self.seen, logs)),
            x_log=math.fsum(map(mul, self.repeats, logs)),
            h=math.fsum(map(mul, self.seen, shares)),
            x_u=math.fsum(map(mul, self.repeats, rests)),
            uh=math.fsum(map(mul, self.seen, between)),
            x_uh=math.fsum(map(mul, self.repeats, between)),
        )

    def _alive_sums(
        self, logs: Sequence[float], shares: Sequence[float], r: float, a: float, b: float
    ) -> AliveSums:
        parts = []
        for group in self.groups:
            rho, c = r + group.x, 1 / (b + (group.chances - 1))
            one = _group_sums(group.rows, logs, shares, rho, 1 / (a * c))
            odds, q, ql, qd, qds, p, pl, pd, pll, pld, pdd = one
            parts.append(
                AliveSums(
                    log_odds=odds,
                    q=q,
                    q_l=ql,
                    q_d=qd,
                    q_k=rho * qd,
                    q_ks=rho * qds,
                    q_c=c * q,
                    q_cc=c * c * q,
                    p=p,
                    p_l=pl,
                    p_k=rho * pd,
                    p_c=c * p,
                    p_ll=pll,
                    p_lk=rho * pld,
                    p_lc=c * pl,
                    p_kk=rho * rho * pdd,
                    p_kc=rho * c * pd,
                    p_cc=c * c * p,
                )
            )
        return AliveSums(*map(math.fsum, zip(*parts, strict=True)))


def _group_sums(
    rows: Sequence[tuple[float, int, int]],
    logs: Sequence[float],
    shares: Sequence[float],
    rho: float,
    odds: float,
) -> tuple[float, ...]:
    """Return the sums over rows that have *x* in common; here is where the time goes."""
    exp, log1p = math.exp, math.log1p
    total = q1 = ql = qd = qds = p1 = pl = pd = pll = pld = pdd = 0.0
    for w, i, j in rows:
        h, g = shares[i], shares[j]
        far, d = logs[j] - logs[i], h - g
        e = odds * exp(-rho * far)
        q = w * e / (1 + e)
        p = q / (1 + e)
        total += w * log1p(e)
        q1 += q
        ql += q * far
        q *= d
        qd += q
        qds += q * (1 - h - g)
        p1 += p
        pd += p * d
        pdd += p * d * d
        p *= far
        pl += p
        pll += p * far
        pld += p * d
    return total, q1, ql, qd, qds, p1, pl, pd, pll, pld, pdd
