"""The product-limit estimator: from cases to a curve."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from ._cases import Cases, arrays, columns_of
from ._counting import Counted, check_gap
from ._interval import check_level
from ._survival import Survival


def kaplan_meier(
    times: Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int] | Cases,
    level: float = 0.95,
) -> Survival:
    """Estimate from times, some of which have not ended yet, how many last how long.

    At each time at which cases end, the share that is left is multiplied with the share of
    those at risk that do not end. Who got out of sight at the very time at which others ended
    was at risk then; who was first watched at that time was not, except at time 0.

    A case of weight 2 counts as two cases, in the variance as well: weights that say how many
    cases a row stands for give the variance of so many, whereas those that only say how much a
    row matters should first be scaled until they sum up to the number of rows.

    Args:
        times: For each case how long it was seen, 0 or more, and whether it ended then; or how
            often each such pair occurs, as a ``collections.Counter`` says it; or `Cases`, by
            columns, which may have weights and may have been watched late.
        level: The confidence of the intervals, as a fraction.

    Raises:
        InvalidValueError: If there is no case, a time is negative or infinite, it is not said
            whether a case ended, a count is no whole number of 0 or more, or there is a while
            in which nobody was watched although others were after it.

    Complexity:
        O(n log n), or O(k log k) of k different pairs that were counted. Arrays of whole
        numbers that are not much larger than n are not sorted at all.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    if isinstance(times, Cases):
        columns = columns_of(times)
        if columns.are_arrays:
            found: Survival = arrays().survival(columns, level)
            return found
        return _survival(Counted.of_columns(columns), level)
    return _survival(Counted.of_pairs(times), level)


def _survival(counted: Counted, level: float) -> Survival:
    check_gap(counted.gap())
    unit = 1 if counted.power is None else math.ldexp(1.0, counted.power)
    spread, steps = 0.0, []
    # While nobody comes or gets out of sight the shares are those of one count, and as exact.
    share, share_then, risk_then = 1.0, 1.0, 0
    for time, came, at_risk, died, gone in counted.steps():
        if came:
            share_then, risk_then = share, at_risk
        if died:
            left = at_risk - died
            share = share_then * left / risk_then
            if left:
                spread += unit * (died / (at_risk * left))
            amounts = (counted.amount(at_risk), counted.amount(died))
            steps.append((time, *amounts, share, spread))
        if gone > died:
            share_then, risk_then = share, at_risk - gone
    columns = tuple(zip(*steps, strict=True)) or ((),) * 5
    return Survival(
        times=columns[0],
        at_risk=columns[1],
        events=columns[2],
        survival=columns[3],
        spread=columns[4],
        n=counted.amount(sum(counted.gone.values())),
        since=float(min(counted.came)),
        until=max(counted.gone),
        level=level,
    )
