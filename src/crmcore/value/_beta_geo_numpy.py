"""The sums of BG/NBD and MBG/NBD, with numpy; the same sums as in plain Python.

Equal histories become one row as they do there. Where all ages are whole numbers of days, three
whole numbers say all of a history, and go into one, which is what sorts fastest.
"""

from __future__ import annotations

import math
from typing import Self, TypeAlias

import attrs
import numpy as np
from numpy.typing import NDArray

from crmcore.histories import Histories

from ._beta_geo_sums import AgeSums, AliveSums

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

_BLOCK = 8192  # rows that fit into the cache, and that no library spreads over processors
_MOST_CODES = 2**62
_MOST_DAYS = 2**20  # for a table with a place for each day


@attrs.frozen(kw_only=True, eq=False)
class BetaGeoArrays:
    """Histories, arranged for their sums, as `BetaGeoRows` has them.

    Attributes:
        counts: The different numbers of repeats, ascending.
        weights: How many customers made so many.
        exposure: The ages at the end of the observation, summed up.
        size: How many different histories there are.
        first: How often a customer may leave before the first repeat purchase.
        ages: The different ages, ascending.
        seen: How many customers were last surely there at each of the ages.
        repeats: How many repeats they made.
        w: The weight of each row of those who may have left.
        x: How many repeats each of them made.
        i: The place of its *t_x* among the ages.
        j: The place of its *T*.
    """

    counts: tuple[int, ...]
    weights: tuple[float, ...]
    exposure: float
    size: int
    first: int
    ages: Floats
    seen: Floats
    repeats: Floats
    w: Floats
    x: Floats
    i: Whole
    j: Whole

    @classmethod
    def of(cls, histories: Histories, first: int) -> Self:
        """Arrange histories for a model with *first* chances to leave before the first repeat."""
        ages, x, i, j, w = _different(histories)
        starts = np.flatnonzero(np.diff(x, prepend=-1))
        immortal = 0 if first else int(np.searchsorted(x, 1))  # rows
        last = np.where(np.arange(len(x)) < immortal, j, i)
        return cls(
            counts=tuple(x[starts].tolist()),
            weights=tuple(np.add.reduceat(w, starts).tolist()),
            exposure=float((w * ages[j]).sum()),
            size=len(x),
            first=first,
            ages=ages,
            seen=np.bincount(last, w, len(ages)).astype(np.float64),
            repeats=np.bincount(last, w * x, len(ages)).astype(np.float64),
            w=w[immortal:],
            x=x[immortal:].astype(np.float64),
            i=i[immortal:],
            j=j[immortal:],
        )

    def sums(self, r: float, alpha: float, a: float, b: float) -> tuple[AgeSums, AliveSums]:
        """Return the sums at one point."""
        taus = self.ages / alpha
        logs, shares = np.log1p(taus), taus / (1 + taus)
        rests = shares * (1 - shares)
        ages = AgeSums(
            log=float((self.seen * logs).sum()),
            x_log=float((self.repeats * logs).sum()),
            h=float((self.seen * shares).sum()),
            x_u=float((self.repeats * (1 - shares)).sum()),
            uh=float((self.seen * rests).sum()),
            x_uh=float((self.repeats * rests).sum()),
        )
        blocks = range(0, len(self.w), _BLOCK)
        parts = [self._alive_sums((logs, shares), begin, r, a, b) for begin in blocks]
        return ages, AliveSums(*map(math.fsum, zip(*parts, strict=True)))

    def _alive_sums(
        self, tables: tuple[Floats, Floats], begin: int, r: float, a: float, b: float
    ) -> AliveSums:
        """Return the sums over one block of rows."""
        logs, shares = tables
        block = slice(begin, begin + _BLOCK)
        w, x, i, j = self.w[block], self.x[block], self.i[block], self.j[block]
        rho, c = r + x, 1 / (b + (x + (self.first - 1)))
        h, g = shares[i], shares[j]
        far, d = logs[j] - logs[i], h - g
        e = np.exp(-rho * far) / (a * c)
        odds = 1 + e
        q = w * e / odds
        p = q / odds
        k = rho * d
        qk, qc, pl, pk, pc = q * k, q * c, p * far, p * k, p * c
        return AliveSums(
            log_odds=float(w @ np.log1p(e)),
            q=float(q.sum()),
            q_l=float(q @ far),
            q_d=float(q @ d),
            q_k=float(qk.sum()),
            q_ks=float(qk @ (1 - h - g)),
            q_c=float(qc.sum()),
            q_cc=float(qc @ c),
            p=float(p.sum()),
            p_l=float(pl.sum()),
            p_k=float(pk.sum()),
            p_c=float(pc.sum()),
            p_ll=float(pl @ far),
            p_lk=float(pl @ k),
            p_lc=float(pl @ c),
            p_kk=float(pk @ k),
            p_kc=float(pk @ c),
            p_cc=float(pc @ c),
        )


def _different(histories: Histories) -> tuple[Floats, Whole, Whole, Whole, Floats]:
    """Return the different ages, and x, the places of t_x and T, and the weight of each row."""
    x = np.frombuffer(histories.frequency, dtype=np.int64)
    t_x = np.frombuffer(histories.last_purchase_age)
    age = np.frombuffer(histories.age)
    weight = None if histories.weight is None else np.frombuffer(histories.weight)
    if weight is not None and not weight.all():
        kept = weight > 0
        x, t_x, age, weight = x[kept], t_x[kept], age[kept], weight[kept]
    ages, i, j = _places(t_x, age, histories.unit.days)
    size = len(ages)
    if (int(x.max()) + 1) * size * size > _MOST_CODES:  # then no two will be equal either
        order = np.lexsort((j, i, x))
        w = np.ones(len(x)) if weight is None else weight[order]
        return ages, x[order], i[order], j[order], w
    codes, w = _counted((x * size + i) * size + j, weight)
    pairs, j = np.divmod(codes, size)
    x, i = np.divmod(pairs, size)
    return ages, x, i, j, w


def _places(t_x: Floats, age: Floats, days: float) -> tuple[Floats, Whole, Whole]:
    """Return the different ages, ascending, and the places of both columns among them."""
    last, end = np.rint(t_x * days), np.rint(age * days)
    most = end.max()
    if most < _MOST_DAYS and np.array_equal(last / days, t_x) and np.array_equal(end / days, age):
        last, end = last.astype(np.int64), end.astype(np.int64)
        there = np.zeros(int(most) + 1, dtype=np.bool_)
        there[last] = there[end] = True
        places = np.cumsum(there) - 1
        return np.flatnonzero(there) / days, places[last], places[end]
    ages, places = np.unique(np.concatenate((t_x, age)), return_inverse=True)
    return ages, places[: len(age)], places[len(age) :]


def _counted(codes: Whole, weight: Floats | None) -> tuple[Whole, Floats]:
    """Return the different codes, ascending, and what each of them weighs."""
    if weight is None:
        different, counts = np.unique(codes, return_counts=True)
        return different, counts.astype(np.float64)
    order = np.lexsort((weight, codes))  # sums do not depend on the order of the customers
    codes = codes[order]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    return codes[starts], np.add.reduceat(weight[order], starts)
