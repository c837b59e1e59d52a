"""What purchases to come are worth today: the discounted number of expected purchases.

With Y(t) purchases until *t* and a continuous rate δ, the discounted number within a horizon *H*
is the integral of ``exp(-δ t)`` over dE[Y(t)]. By parts it is

    exp(-δ H) E[Y(H)]  +  integral from 0 to H of δ exp(-δ t) E[Y(t)] dt

and nothing in it is subtracted from anything. The integral is Gauss-Legendre's rule, on a scale
that stretches the time near 0: there the expected purchases of customers bend most, whose ages
are small or whose parameters are extreme. How far to stretch is found by looking where the
curves bend, and how many points to take by taking more until the integrals stay the same; both
are done for a few extreme customers, and serve all.

So the discounted number is a weighted sum of E[Y(t)] at a few moments, the same for all customers
and all models. Where purchases fall on opportunities 1, 2, …, it is the exact sum over these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from crmcore.likelihood import gauss_legendre

Curves: TypeAlias = Callable[[float], Sequence[float]]
Moments: TypeAlias = tuple[tuple[float, float], ...]

_POINTS: Final = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_STRAIGHT: Final = 0.9  # of a straight line: a curve that is below at its end has bent
_SMALLEST: Final = 1e-12  # of the horizon


def moments_of(curves: Curves, horizon: float, force: float, tolerance: float) -> Moments:
    """Return moments and weights: the discounted number is the weighted sum of E[Y] there.

    Args:
        curves: Returns E[Y(t)] of some customers, the most extreme ones.
        horizon: How far to look, in the unit of the model.
        force: The continuous rate δ for one such unit.
        tolerance: The part of the discounted number that may be missed.
    """
    if not force or not horizon:
        return ((horizon, 1.0),)
    scale = _scale(curves, horizon)
    last = (horizon, math.exp(-force * horizon))

    def taking(points: int) -> tuple[Moments, list[float]]:
        moments = (*_inner(scale, horizon, force, points), last)
        return moments, _integrals(moments, curves)

    sizes = iter(_POINTS)
    few, many = taking(next(sizes)), taking(next(sizes))
    while not _agree(few[1], many[1], tolerance) and (points := next(sizes, 0)):
        few, many = many, taking(points)
    return few[0]


def opportunities(horizon: float, force: float) -> Moments:
    """Return moments and weights where purchases fall on opportunities at 1, 2, … only."""
    last = math.floor(horizon)
    falls = -math.expm1(-force)
    inner = tuple((float(k), math.exp(-force * k) * falls) for k in range(last) if falls)
    return (*inner, (float(last), math.exp(-force * last)))


def _scale(curves: Curves, horizon: float) -> float:
    """Return the time within which none of the curves bends much."""
    at, values, halves = horizon, curves(horizon), curves(horizon / 2)
    while at > _SMALLEST * horizon and not _are_straight(values, halves):
        at, values, halves = at / 2, halves, curves(at / 4)
    return at


def _are_straight(values: Sequence[float], halves: Sequence[float]) -> bool:
    """Say whether curves that are so high in the middle are hardly lower than lines at the end."""
    pairs = zip(values, halves, strict=True)
    return all(value >= _STRAIGHT * 2 * half for value, half in pairs)


def _inner(scale: float, horizon: float, force: float, points: int) -> Moments:
    """Return the points of the integral: even ones of ``log(1 + t / scale)``."""
    half = math.log1p(horizon / scale) / 2
    pairs = zip(*gauss_legendre(points), strict=True)
    inner = []
    for place, weight in pairs:
        t = scale * math.expm1(half * (1 + place))
        inner.append((t, weight * half * (scale + t) * force * math.exp(-force * t)))
    return tuple(inner)


def _integrals(moments: Moments, curves: Curves) -> list[float]:
    columns = [[weight * value for value in curves(t)] for t, weight in moments]
    return [math.fsum(each) for each in zip(*columns, strict=True)]


def _agree(left: Sequence[float], right: Sequence[float], tolerance: float) -> bool:
    pairs = zip(left, right, strict=True)
    return all(abs(a - b) <= tolerance * max(a, b) for a, b in pairs)
