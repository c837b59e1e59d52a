"""What the models of four parameters share on their way to the greatest likelihood."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from crmcore.errors import NotIdentifiedError
from crmcore.likelihood import Derivatives

from ._rows import Rows

Number: TypeAlias = Any
"""A number, or an array of numbers: what is computed of both is written once."""

Objective: TypeAlias = Callable[[Sequence[float]], Derivatives]

PARTS: Final = 15
"""One value, four slopes, and ten curvatures, for the other six are the same."""

_PARAMETERS: Final = 4


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
