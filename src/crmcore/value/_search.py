"""What the models of four parameters share on their way to the greatest likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from crmcore.errors import DidNotConvergeError, NotIdentifiedError
from crmcore.histories import Rows
from crmcore.likelihood import Derivatives, Fit

Number: TypeAlias = Any
"""A number, or an array of numbers: what is computed of both is written once."""

Objective: TypeAlias = Callable[[Sequence[float]], Derivatives]

PARTS: Final = 15
"""One value, four slopes, and ten curvatures, for the other six are the same."""

_PARAMETERS: Final = 4
_SAME: Final = 1e-6  # log-likelihoods that differ by less are those of one place


def unfolded(parts: Sequence[float]) -> Derivatives:
    """Return value, gradient and the whole Hessian of the parts."""
    value, a, b, c, d, aa, ab, ac, ad, bb, bc, bd, cc, cd, dd = parts
    hessian = ((aa, ab, ac, ad), (ab, bb, bc, bd), (ac, bc, cc, cd), (ad, bd, cd, dd))
    return value, (a, b, c, d), hessian


def check_tells(rows: Rows, model: str) -> None:
    """Refuse histories that cannot tell four parameters, whatever a search would find.

    Raises:
        NotIdentifiedError: If nobody bought again, or there are fewer than four histories.
    """
    if rows.x[-1] == 0:
        reason = f"none of its {math.fsum(rows.weight):,.6g} customers bought again"
        raise NotIdentifiedError(model, reason)
    if len(rows) < _PARAMETERS:
        kinds = "all histories are the same" if len(rows) == 1 else f"only {len(rows)} differ"
        raise NotIdentifiedError(model, f"{kinds}, and that does not tell four parameters")


def highest(
    search: Callable[[Sequence[float]], Fit], starts: Sequence[Sequence[float]], *, least: int
) -> Fit:
    """Return the fit with the greatest likelihood of those that are found from several starts.

    The likelihood may have a lesser maximum in some corner, mostly where the data say little.

    Args:
        search: Searches from a start, given as logarithms.
        starts: The parameters to begin with, the most likely first.
        least: How many are tried in any case. The others are tried where no fit holds all
            parameters.

    Raises:
        NotIdentifiedError: If none of them leads anywhere, and the first one so.
        DidNotConvergeError: As above.
    """
    best: Fit | None = None
    refusals: list[NotIdentifiedError | DidNotConvergeError] = []
    for tried, start in enumerate(starts):
        if tried >= least and best is not None and not best.unsettled:
            break
        try:
            fit = search(tuple(map(math.log, start)))
        except (NotIdentifiedError, DidNotConvergeError) as error:
            refusals.append(error)
            continue
        if best is None or fit.log_likelihood > best.log_likelihood + _SAME:
            best = fit
    if best is None:
        raise refusals[0]
    return best
