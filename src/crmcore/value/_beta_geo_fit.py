"""Fitting BG/NBD and MBG/NBD: what histories have to tell, and where the search begins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Final

import attrs

from crmcore.durations import TimeUnit
from crmcore.errors import NotIdentifiedError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.likelihood import Fit, Kernel, Progress, choose_kernel, maximize

from ._beta_geo_rows import BetaGeoRows
from ._beta_geo_sums import Table, derivatives
from ._search import highest

PARAMETERS: Final = ("r", "alpha", "a", "b")
# r, a and b of each start; α is such that customers buy as often as they do. Where customers may
# leave at once there may be lesser maxima, of many who left soon or of many who seldom buy, so
# that all are tried; the others otherwise only where parameters run off.
_STARTS: Final = ((0.5, 1.0, 3.0), (3.0, 1.0, 0.1), (5.0, 0.02, 0.1), (0.1, 10.0, 30.0))
_NEVER: Final = 1e-5  # a probability of leaving that is 0 but for where the search stopped

_NOBODY_LEAVES: Final = Phrase(
    "nobody is seen to leave: the data are likeliest where the probability of leaving is 0, so "
    "that the model is the NBD, under which customers stay; a and b mean nothing else",
    "看不出有客户流失：流失概率为 0 时数据的似然最大，模型即为客户从不流失的 NBD；"
    "a 与 b 没有别的含义",
)


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
    repeats = math.fsum(w * x for w, x in zip(table.weights, table.counts, strict=True))
    starts = [(r, r * table.exposure / repeats, a, b) for r, a, b in _STARTS]
    search = partial(
        maximize,
        partial(derivatives, table, first),
        model=model,
        names=PARAMETERS,
        weight=math.fsum(table.weights),
        kernel=chosen,
        progress=progress,
    )
    fit = highest(search, starts, least=len(starts) if first else 1)
    return attrs.evolve(fit, cautions=tuple(_cautions(fit, histories.unit)))


def _cautions(fit: Fit, unit: TimeUnit) -> Iterator[Phrase]:
    """Yield what the parameters mean that are not settled."""
    r, alpha, a, b = fit.parameters
    if {"r", "alpha"} & {*fit.unsettled}:
        rate = f"{r / alpha:.4g}"
        yield Phrase(
            "customers are not seen to differ in how often they buy: r and alpha are not settled, "
            f"and only r / alpha means something, {rate} purchases a {unit.label.en}",
            "看不出客户的购买频率有差异：r 与 alpha 无法确定，只有 r / alpha 有意义，"
            f"即每{unit.label.zh} {rate} 次购买",
        )
    if {"a", "b"} & {*fit.unsettled}:
        yield _of_leaving(a, b)


def _of_leaving(a: float, b: float) -> Phrase:
    """Return what *a* and *b* mean where they run to 0, to infinity, or away from each other."""
    leaving = a / (a + b)
    if leaving < _NEVER:
        return _NOBODY_LEAVES
    if a + b < 1:
        return Phrase(
            "customers leave at their first opportunity or never: a and b are not settled, and "
            f"only a / (a + b) means something, the share {leaving:.4g} who leave",
            "客户要么一有机会就流失，要么从不流失：a 与 b 无法确定，只有 a / (a + b) 有意义，"
            f"即流失者所占的比例 {leaving:.4g}",
        )
    return Phrase(
        "customers are not seen to differ in how readily they leave: a and b are not "
        f"settled, and only a / (a + b) means something, {leaving:.4g} after a purchase",
        "看不出客户流失的倾向有差异：a 与 b 无法确定，只有 a / (a + b) 有意义，"
        f"即每次购买后流失的概率 {leaving:.4g}",
    )


def _arranged(histories: Histories, first: int, kernel: Kernel) -> Table:
    if kernel is Kernel.PYTHON:
        return BetaGeoRows.of(histories.rows(), first)
    from ._beta_geo_numpy import BetaGeoArrays  # noqa: PLC0415 - numpy is loaded where it is used

    return BetaGeoArrays.of(histories, first)


def _check_tells(model: str, table: Table) -> None:
    """Refuse histories that cannot tell the parameters, whatever the search would find."""
    customers = f"{math.fsum(table.weights):,.6g}"
    if table.counts[-1] == 0:
        raise NotIdentifiedError(model, f"none of its {customers} customers bought again")
    if table.size == 1:
        alike = f"all {customers} customers have the same history"
        raise NotIdentifiedError(model, "there is but 1 customer" if customers == "1" else alike)
    if table.size < len(PARAMETERS):
        reason = f"{table.size} different histories do not tell {len(PARAMETERS)} parameters"
        raise NotIdentifiedError(model, reason)
