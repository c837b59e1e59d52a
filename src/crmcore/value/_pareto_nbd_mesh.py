"""Where Pareto/NBD is integrated: over the time at which a customer may have left.

With ``rho = r + x``, what a history of *x* purchases, the last at *t*, has to say of a customer
who left at ``y > t`` is, by what it says of one who left at *t*,

    ``((α + y) / (α + t))^-rho · ((β + y) / (β + t))^-s · s / (β + y)``,

and its integral over *y* from *t* to *T* is wanted. The easy case is a customer with a few
purchases, where a handful of points will do. Then the complications:

1. Scales from the first minutes to the end of the observation may all count. So the integral
   is taken over ``q = log((m + y) / (m + t))``, with *m* the smaller of *α* and *β*: a power of
   ``m + y`` becomes the exponential of a straight line. With *M* the larger of the two,
   ``c = (m + t) / (M + t)``, and ``rho`` and ``s + 1`` the exponents that belong to *α* and
   *β*, the logarithm of the integrand is ``-(k_m - 1) q - k_M log(1 + c (e^q - 1))``, but for
   a constant.
2. With thousands of purchases it falls to nothing in a moment. It is concave, so a tangent
   shows beyond which *q* there is nothing left that a float could tell, and Newton's method
   comes to the place from above. Only so far is integrated.
3. With no purchase and *r* below 1 it rises before it falls; its peak has a closed form.
4. The number of points follows from how much the logarithm falls, and from how wide the way
   is. Where it is very wide it is cut into panels.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import lru_cache
from typing import Final, TypeAlias

from crmcore.likelihood import gauss_legendre

Rule: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""Points between 0 and 1, and their weights."""

CUT: Final = 36.0  # e^-36 of the peak is less than a float can add to it
FALLING: Final = 2.2  # points for the root of the fall
WIDE: Final = 2.0  # points for a unit of the width
FEWEST: Final = 5.0
NEWTON_STEPS: Final = 2

_SINGLE: Final = (6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 48)
_PANELS: Final = (2, 4, 8, 16, 32, 64)
# How many points are wanted at most for each rule, from the poorest on; a panel of 48 points
# bears any fall on a width of 14.5.
LIMITS: Final = (*map(float, _SINGLE), *(19.0 + 29.0 * panels for panels in _PANELS))


@lru_cache(maxsize=len(LIMITS))
def rule(rank: int) -> Rule:
    """Return a rule of Gauss and Legendre for the way from 0 to 1, in panels if need be."""
    panels = 1 if rank < len(_SINGLE) else _PANELS[rank - len(_SINGLE)]
    points, weights = gauss_legendre(_SINGLE[min(rank, len(_SINGLE) - 1)])
    return (
        tuple((panel + (1 + z) / 2) / panels for panel in range(panels) for z in points),
        tuple(w / (2 * panels) for w in weights) * panels,
    )


def rank_for(fall: float, width: float) -> int:
    """Return the poorest rule that will do for a fall of the logarithm, on a way so wide."""
    wanted = FEWEST + FALLING * math.sqrt(fall) + WIDE * width
    return min(bisect_left(LIMITS, wanted), len(LIMITS) - 1)


def way(a: float, b: float, both: float, c: float, end: float) -> tuple[float, int]:
    """Return how far to integrate, and by which rule.

    Args:
        a: The exponent that belongs to the smaller one, less 1; below 0 the integrand may rise.
        b: The exponent that belongs to the larger one.
        both: Their sum, which may be far smaller than each of them.
        c: What the smaller one is of the larger one, both at the start.
        end: Where the way ends at last.
    """
    slope = a + b * c  # the fall at the start; from there it can only become steeper
    top = 0.0
    if slope < 0:
        peak = min(end, math.log(-a * (1 - c) / (c * both)))
        top = -a * peak - b * math.log1p(c * math.expm1(peak))
    reach = min(end, (CUT - top - b * math.log(c)) / both)
    if slope > 0:
        reach = min(reach, CUT / slope)
    for _ in range(NEWTON_STEPS):
        rise = c * math.expm1(reach)
        below = top - CUT + a * reach + b * math.log1p(rise)
        if below <= 0:
            break
        reach -= below / (a + b * (c + rise) / (1 + rise))
    fall = max(0.0, 2 * top + a * reach + b * math.log1p(c * math.expm1(reach)))
    return reach, rank_for(fall, reach)
