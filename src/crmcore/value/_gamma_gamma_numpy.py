"""The sums of Gamma-Gamma over groups of customers, with numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ._gamma_gamma_rows import SpendGroup, Summing, Sums


def numpy_sums(groups: Sequence[SpendGroup]) -> Summing:
    """Return what sums up for each group, as ``python_sums`` does."""
    sizes = [len(group.totals) for group in groups]
    starts = np.cumsum([0, *sizes[:-1]])
    totals = np.concatenate([np.array(group.totals) for group in groups])
    weights = None
    if any(group.weights is not None for group in groups):
        weights = np.concatenate(
            [
                np.ones(size) if group.weights is None else np.array(group.weights)
                for group, size in zip(groups, sizes, strict=True)
            ]
        )

    def sums(gamma: float) -> Sums:
        v = totals / (gamma + totals)
        with np.errstate(over="ignore"):  # the search steps back from what is infinite
            rows = np.stack((np.log1p(totals / gamma), np.log1p(gamma / totals), v, v * v))
        if weights is not None:
            rows *= weights
        return zip(*np.add.reduceat(rows, starts, axis=1).tolist(), strict=True)

    return sums
