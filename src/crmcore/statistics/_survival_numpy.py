"""The same steps by numpy, for columns that are arrays.

This module is loaded when a column is an array, and not before: numpy is not in the base
install. Weights are counted as whole numbers, as in the other kernel, so that the risk set is
exact and does not depend on the order of the cases.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from crmcore.errors import InvalidValueError

from ._counting import Columns, Compared, check_gap, scale
from ._survival import Survival

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Truths: TypeAlias = npt.NDArray[np.bool_]

_CELLS_PER_CASE = 4  # so many counters are quicker than sorting
_LOW_BITS = 21


def column(name: str, values: Iterable[float]) -> Floats:
    """Return a column of numbers as floats."""
    if np.ma.is_masked(values):
        raise InvalidValueError(name, "masked items", "have a number for each case")
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        found = f"{array.dtype} of {array.ndim} dimensions"
        raise InvalidValueError(name, found, "be one column of plain numbers")
    held = np.asarray(array, dtype=np.float64).view()
    held.flags.writeable = False  # whoever has the array can still write to it, but not by this
    return held


def _refuse(name: str, values: Floats, right: Truths, rule: str) -> None:
    if not right.all():
        i = int(np.argmin(right))
        raise InvalidValueError(f"{name}[{i}]", float(values[i]), rule)


def check(cases: Columns) -> None:
    """Refuse what is no duration, fate, entry or weight."""
    durations = np.asarray(cases.durations, dtype=np.float64)
    right = (durations >= 0) & (durations < np.inf)
    _refuse("durations", durations, right, "be 0 or more, and finite")
    ended = np.asarray(cases.ended, dtype=np.float64)
    _refuse("ended", ended, (ended == 0) | (ended == 1), "be true or false, or 0 or 1")
    if cases.entries is not None:
        entries = np.asarray(cases.entries, dtype=np.float64)
        right = (entries >= 0) & ((entries < durations) | ((entries == 0) & (durations == 0)))
        rule = "be 0 or more, and before the duration of the case"
        _refuse("entries", entries, right, rule)
    has_weight = bool(durations.size)
    if cases.weights is not None:
        weights = np.asarray(cases.weights, dtype=np.float64)
        right = (weights >= 0) & (weights < np.inf)
        _refuse("weights", weights, right, "be 0 or more, and finite")
        has_weight = bool(weights.any())
    if not has_weight:
        raise InvalidValueError("durations", (), "hold at least one case of a weight above 0")


def _cells(values: Floats, units: Ints | None) -> Ints | None:
    """Return what each whole number from 0 on weighs, or None where sorting is quicker."""
    if values.max() >= _CELLS_PER_CASE * values.size:
        return None
    whole = values.astype(np.int64)
    if not (whole == values).all():
        return None
    if units is None:
        return np.bincount(whole)
    # Counters are floats, which hold whole numbers of 53 bits: each half stays below that.
    high = np.bincount(whole, weights=units >> _LOW_BITS).astype(np.int64)
    low = np.bincount(whole, weights=units & ((1 << _LOW_BITS) - 1)).astype(np.int64)
    cells: Ints = (high << _LOW_BITS) + low
    return cells


def _tally(values: Floats, units: Ints | None) -> tuple[Floats, Ints]:
    """Return the different values in rising order, and how much each of them weighs."""
    if not values.size:
        return values, np.zeros(0, np.int64)
    cells = _cells(values, units)
    if cells is not None:
        filled = np.flatnonzero(cells)
        return filled.astype(np.float64), cells[filled]
    order = None if units is None else np.argsort(values)
    ordered = np.sort(values) if order is None else values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    if units is None:
        return ordered[starts], np.diff(starts, append=values.size)
    return ordered[starts], np.add.reduceat(units[order], starts)


class Counted:
    """How many had ended, were gone and had come at each time, counted by numpy."""

    def __init__(self, cases: Columns) -> None:
        durations = np.asarray(cases.durations, dtype=np.float64)
        ended = np.asarray(cases.ended, dtype=np.float64) != 0
        entries = None if cases.entries is None else np.asarray(cases.entries, dtype=np.float64)
        units: Ints | None = None
        self._power: int | None = None
        if cases.weights is not None:
            weights = np.asarray(cases.weights, dtype=np.float64)
            self._power = power = scale(len(weights), float(weights.max()))
            units = np.rint(np.ldexp(weights, power)).astype(np.int64)
            kept = units > 0
            units, durations, ended = units[kept], durations[kept], ended[kept]
            entries = None if entries is None else entries[kept]
        self.times, self.events = _tally(durations[ended], None if units is None else units[ended])
        self._gone_at, gone = _tally(durations, units)
        self._gone = np.concatenate(([0], np.cumsum(gone)))
        self.n = int(self._gone[-1])
        self._came_at: Floats | None = None
        if entries is not None:
            late = entries > 0
            self._came_at, came = _tally(entries[late], None if units is None else units[late])
            # Whoever is watched from the beginning is at risk at the beginning, too.
            self._came = self.n - came.sum() + np.concatenate(([0], np.cumsum(came)))
        self.since = 0.0 if entries is None else float(entries.min())
        self.until = float(self._gone_at[-1])

    def at_risk(self, times: Floats) -> Ints:
        """Return how many had come before each time, and were not gone before it."""
        gone = self._gone[np.searchsorted(self._gone_at, times)]
        if self._came_at is None:
            risk: Ints = self.n - gone
        else:
            risk = self._came[np.searchsorted(self._came_at, times)] - gone
        return risk

    @property
    def unit(self) -> float:
        """How many units a case weighs."""
        return 1.0 if self._power is None else math.ldexp(1.0, self._power)

    def amounts(self, units: Ints) -> Ints | Floats:
        """Return how many cases so many units are."""
        return units if self._power is None else np.ldexp(units.astype(np.float64), -self._power)

    def gap(self) -> tuple[float, float] | None:
        """Return between which times, if any, all had gone and others were still to come."""
        if self._came_at is None:
            return None
        gone = np.diff(self._gone)
        left = self.at_risk(self._gone_at) - gone
        for i in np.flatnonzero(left[:-1] == 0):
            time = self._gone_at[i]
            back = self._came_at[np.searchsorted(self._came_at, time)]
            at = np.searchsorted(self.times, time)
            is_over = at < self.times.size and self.times[at] == time
            if back > time or (is_over and self.events[at] == gone[i]):
                return float(time), float(back)
        return None


def survival(cases: Columns, level: float) -> Survival:
    """Estimate how many last how long, from columns that are arrays."""
    counted = Counted(cases)
    check_gap(counted.gap())
    risk, died = counted.at_risk(counted.times), counted.events
    left = risk - died
    parts = risk.astype(np.float64) * left
    spread = np.cumsum(np.divide(died, parts, out=np.zeros_like(parts), where=left > 0))
    return Survival(
        times=tuple(counted.times.tolist()),
        at_risk=tuple(counted.amounts(risk).tolist()),
        events=tuple(counted.amounts(died).tolist()),
        survival=tuple(np.cumprod(left / risk).tolist()),
        spread=tuple((spread * counted.unit).tolist()),
        n=counted.amounts(np.array(counted.n)).item(),
        since=counted.since,
        until=counted.until,
        level=level,
    )


def compared(groups: Sequence[Columns]) -> Compared:
    """Return what a test of the groups needs to know, summed over all times of an end."""
    counts = [Counted(cases) for cases in groups]
    times = np.unique(np.concatenate([each.times for each in counts]))
    risks = np.array([each.amounts(each.at_risk(times)) for each in counts])
    ends = np.zeros_like(risks)
    for own, each in zip(ends, counts, strict=True):
        own[np.searchsorted(times, each.times)] = each.amounts(each.events)
    risk, ended = risks.sum(axis=0), ends.sum(axis=0)
    shares = risks / risk
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(risk > 1, ended * (risk - ended) / (risk - 1), 0.0)
    # Not by a product of matrices, whose bits would depend on the number of processors.
    covariance = -np.einsum("ik,jk->ij", shares * spread, shares)
    covariance[np.diag_indices(len(groups))] += (shares * spread).sum(axis=1)
    return Compared(
        observed=tuple(ends.sum(axis=1).tolist()),
        expected=tuple((shares * ended).sum(axis=1).tolist()),
        covariance=tuple(map(tuple, covariance.tolist())),
    )
