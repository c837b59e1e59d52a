"""Fitting BG/NBD and MBG/NBD: what histories have to tell, and where the search begins."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from crmcore.errors import NotIdentifiedError
from crmcore.likelihood import Fit, Kernel, Progress, choose_kernel, maximize

from ._beta_geo_rows import BetaGeoRows
from ._beta_geo_sums import Table, derivatives
from ._histories import Histories

PARAMETERS: Final = ("r", "alpha", "a", "b")
_START: Final = (0.5, 1.0, 3.0)  # r, a and b; α is such that customers buy as often as they do


def fit_beta_geo(
    histories: Histories,
    *,
    model: str,
    first: int,
    kernel: Kernel | None,
    progress: Progress | None,
) -> Fit:
    """Return the fit of BG/NBD, or of MBG/NBD.

    Args:
        histories: What the customers did.
        model: What is fitted, for messages.
        first: How often a customer may leave before the first repeat purchase.
        kernel: What the likelihood is summed up with.
        progress: Hears of each step.

    Raises:
        NotIdentifiedError: If the histories do not tell the parameters.
        DidNotConvergeError: If the search ends before it has found a maximum.
    """
    chosen = choose_kernel(kernel)
    table = _arranged(histories, first, chosen)
    _check_tells(model, table)
    r, a, b = _START
    repeats = math.fsum(w * x for w, x in zip(table.weights, table.counts, strict=True))
    start = (r, r * table.exposure / repeats, a, b)
    return maximize(
        partial(derivatives, table, first),
        tuple(map(math.log, start)),
        model=model,
        names=PARAMETERS,
        weight=math.fsum(table.weights),
        kernel=chosen,
        progress=progress,
    )


def _arranged(histories: Histories, first: int, kernel: Kernel) -> Table:
    if kernel is Kernel.PYTHON:
        return BetaGeoRows.of(histories.rows(), first)
    from ._beta_geo_numpy import BetaGeoArrays  # noqa: PLC0415 - numpy is loaded where it is used

    return BetaGeoArrays.of(histories, first)


def _check_tells(model: str, table: Table) -> None:
    """Refuse histories that cannot tell the parameters, whatever the search would find."""
    if table.counts[-1] == 0:
        customers = math.fsum(table.weights)
        reason = f"none of its {customers:,.6g} customers bought again"
        raise NotIdentifiedError(model, reason)
    if table.size < len(PARAMETERS):
        kinds = "all histories are the same" if table.size == 1 else f"only {table.size} differ"
        reason = f"{kinds}, and that does not tell {len(PARAMETERS)} parameters"
        raise NotIdentifiedError(model, reason)
