"""The log-likelihood of Pareto/NBD over rows of histories, with numpy.

The integral and all that follows from it are those of plain Python; rows that want the same
number of points are done together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmcore.histories import Rows
from crmcore.likelihood import Derivatives, log_rising

from ._pareto_nbd_mesh import CUT, FALLING, FEWEST, LIMITS, NEWTON_STEPS, WIDE, rule
from ._pareto_nbd_rows import Sums, derivatives, mixture
from ._search import PARTS, Objective, unfolded

Floats: TypeAlias = NDArray[np.float64]

_ROWS = 1 << 14  # at once, so that memory does not grow with customers
_POINTS = 1 << 13  # at once: their arrays fit into the cache together


def numpy_objective(rows: Rows) -> Objective:
    """Return the log-likelihood with its derivatives by the logarithms of the parameters."""
    counts, place = np.unique(np.frombuffer(rows.x, dtype=np.int64), return_inverse=True)
    x = counts[place].astype(np.float64)
    t, age, weight = (np.frombuffer(each) for each in (rows.t_x, rows.age, rows.weight))
    blocks = [slice(first, first + _ROWS) for first in range(0, len(rows), _ROWS)]

    def objective(logs: Sequence[float]) -> Derivatives:
        parameters = tuple(map(math.exp, logs))
        risings = tuple(map(np.array, log_rising(parameters[0], counts.tolist())))
        totals = np.zeros(PARTS)
        for block in blocks:
            rising, slope, bend = (each[place[block]] for each in risings)
            history = x[block], t[block], age[block]
            parts = _parts(parameters, history, (rising, slope, bend))
            totals += [(weight[block] * part).sum() for part in parts]
        return unfolded(totals.tolist())

    return objective


def _parts(
    parameters: tuple[float, ...],
    history: tuple[Floats, Floats, Floats],
    risings: tuple[Floats, Floats, Floats],
) -> tuple[Floats, ...]:
    """Return value, slopes and the upper half of the curvatures, row by row."""
    r, alpha, s, beta = parameters
    x, t, age = history
    rising, slope, bend = risings
    u, v = np.log1p((age - t) / (alpha + t)), np.log1p((age - t) / (beta + t))
    alive = np.exp(-(r + x) * u - s * v)
    gone = _swept(r + x, s, (alpha + t) / (beta + t), u, v)
    i, j = (age - t) / (alpha + age), (age - t) / (beta + age)
    one, both, left = mixture((u, i, v, j), alive, gone)
    log_a, log_b = np.log1p(t / alpha), np.log1p(t / beta)
    value = rising - r * log_a - x * np.log(alpha + t) - s * log_b + np.log(one)
    return (value, *derivatives(parameters, (x, t), (slope, bend, log_a, log_b), both, left))


def _swept(rho: Floats, s: float, ratio: Floats, u: Floats, v: Floats) -> Sums:
    """Return the sums over the time of leaving, from *t* to *T*, for each row."""
    swap = bool((ratio > 1).any())  # then it is above 1, or 1, in all rows
    flat = np.full_like(rho, s)
    a, b, c, end, front = (
        (flat, rho, 1 / ratio, v, flat) if swap else (rho - 1, flat + 1, ratio, u, s * ratio)
    )
    reach, ranks = _ways(a, b, rho + s, c, end)
    found = np.empty((len(Sums._fields), len(rho)))
    for rank, rows in _batches(ranks):
        points, weights = map(np.array, rule(rank))
        at = reach[rows, None] * points
        found[:, rows] = _summed(a[rows, None], b[rows, None], c[rows, None], at, weights)
    found *= front * reach
    sums = Sums(*found)
    return sums.swapped() if swap else sums


def _batches(ranks: NDArray[np.intp]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield each rule with some rows that want it."""
    order = np.argsort(ranks, kind="stable")
    starts = np.searchsorted(ranks[order], np.arange(len(LIMITS) + 1))
    for rank in range(len(LIMITS)):
        step = max(1, _POINTS // len(rule(rank)[0]))
        for first in range(starts[rank], starts[rank + 1], step):
            yield rank, order[first : min(first + step, starts[rank + 1])]


def _summed(a: Floats, b: Floats, c: Floats, u: Floats, weights: Floats) -> Floats:
    """Return the sums of 1, u, i, v, j and of their products, for each row of points."""
    e = np.expm1(u)
    i = e / (1 + e)
    e *= c
    j = e / (1 + e)
    v = np.log1p(e)
    w = weights * np.exp(-a * u - b * v)
    terms = (np.ones_like(w), u, i, v, j)
    weighed = (w, w * u, w * i, w * v, w * j)
    return np.array(
        [
            np.einsum("rp,rp->r", weighed[first], terms[second])
            for first in range(len(terms))
            for second in range(first, len(terms))
        ]
    )


def _ways(
    a: Floats, b: Floats, both: Floats, c: Floats, end: Floats
) -> tuple[Floats, NDArray[np.intp]]:
    """Return how far to integrate each row, and by which rule, as ``way`` does."""
    slope = a + b * c
    top = np.zeros_like(a)
    rising = slope < 0
    if rising.any():
        steep, near = -a[rising], c[rising]
        peak = np.minimum(end[rising], np.log(steep * (1 - near) / (near * both[rising])))
        top[rising] = steep * peak - b[rising] * np.log1p(near * np.expm1(peak))
    reach = np.minimum(end, (CUT - top - b * np.log(c)) / both)
    flat = np.full_like(a, np.inf)
    reach = np.minimum(reach, np.divide(CUT, slope, out=flat, where=slope > 0))
    for _ in range(NEWTON_STEPS):
        rise = c * np.expm1(reach)
        below = top - CUT + a * reach + b * np.log1p(rise)
        steep = a + b * (c + rise) / (1 + rise)
        reach -= np.divide(below, steep, out=np.zeros_like(a), where=below > 0)
    fall = np.maximum(0, 2 * top + a * reach + b * np.log1p(c * np.expm1(reach)))
    wanted = FEWEST + FALLING * np.sqrt(fall) + WIDE * reach
    return reach, np.minimum(np.searchsorted(LIMITS, wanted), len(LIMITS) - 1)
