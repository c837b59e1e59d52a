"""The log-likelihood of BG/BB over rows of histories, with numpy.

All outcomes of many rows stand in one array each; what is computed of them is what plain Python
computes one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from crmcore.histories import Rows
from crmcore.likelihood import Derivatives

from ._beta_binomial_rows import mixed, outcome, tables
from ._search import PARTS, Objective, unfolded

Integers: TypeAlias = NDArray[np.int64]

_AT_ONCE = 1 << 18  # outcomes


def numpy_objective(rows: Rows) -> Objective:
    """Return the log-likelihood with its derivatives by the logarithms of the parameters."""
    x = np.frombuffer(rows.x, dtype=np.int64)
    t, n = (np.frombuffer(each).astype(np.int64) for each in (rows.t_x, rows.age))
    weight = np.frombuffer(rows.weight)
    longest = int(n.max())
    batches = tuple(_batches(n - t + 1))

    def objective(logs: Sequence[float]) -> Derivatives:
        parameters = tuple(map(math.exp, logs))
        at = tables(parameters, longest, np.array)
        totals = np.zeros(PARTS)
        for batch in batches:
            sizes = (n - t)[batch] + 1
            starts = np.cumsum(sizes) - sizes
            place = np.repeat(np.arange(len(sizes)), sizes)
            k = t[batch][place] + np.arange(len(place)) - starts[place]
            left = (k < n[batch][place]).astype(np.int64)
            log, *parts = outcome(parameters, at, x[batch][place], k, left)
            top = np.maximum.reduceat(log, starts)
            likely = np.exp(log - top[place])
            total = np.add.reduceat(likely, starts)
            means = [np.add.reduceat(likely * part, starts) / total for part in parts]
            found = mixed(top + np.log(total), means)
            totals += np.array([(weight[batch] * part).sum() for part in found])
        return unfolded(totals.tolist())

    return objective


def _batches(sizes: Integers) -> Iterator[slice]:
    """Yield slices of rows that have some number of outcomes together, or one row."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start] - sizes[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop
