"""Intervals for whatever follows from the parameters of a fit, by the delta method.

The parameters of a fit scatter about the true ones as its covariance says. A quantity that is
computed from them scatters as much as its slope makes of that, here along the logarithms of
the parameters, by differences on both sides. A quantity with bounds is looked at on a scale
that has none, so that its interval keeps to the bounds.

Sources:
    R. A. Dorfman, "A note on the δ-method for finding variance formulae", The Biometric
    Bulletin 1, 1938.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from crmcore.errors import InvalidValueError, UndefinedValueError, UnknownNameError
from crmcore.kernel import LabelledEnum
from crmcore.statistics import Interval

from ._fit import Fit, normal_reach

T = TypeVar("T")

_STEP = 1e-4  # of a logarithm
_ROUNDING = 1e-9  # so far beyond a bound stands what is at it
_MOST = 700.0  # the exponential of more is more than a float can hold


class Scale(LabelledEnum):
    """The scale on which a quantity scatters evenly about its estimate.

    .. versionadded:: 0.1.0
    """

    PLAIN = "plain", "as it is", "原值"
    LOG = "log", "logarithm, for what is above 0", "对数（取值大于 0）"
    LOGIT = "logit", "log-odds, for what is between 0 and 1", "对数优势（取值在 0 与 1 之间）"


def delta_interval(
    fit: Fit | None,
    rebuild: Callable[[tuple[float, ...]], T],
    quantity: Callable[[T], float],
    *,
    level: float = 0.95,
    scale: Scale | str = Scale.PLAIN,
) -> Interval:
    """Return an interval for a quantity that follows from the parameters of a fit.

    A quantity that stands at a bound of its scale, and cannot leave it, has an interval of no
    width: a customer who is surely alive is so under all parameters. One that is so near to a
    bound that a float cannot tell them apart has its interval on the plain scale.

    Args:
        fit: The fit; None, as models have it whose parameters were known, is refused.
        rebuild: Makes a model of parameters.
        quantity: Computes the quantity from a model.
        level: The confidence, as a fraction.
        scale: The scale of the quantity: plain, log for what is above 0, logit for what is
            between 0 and 1.

    Raises:
        InvalidValueError: If there is no fit, *level* is none, the quantity lies outside of its
            scale, or *quantity* returns something else than one number.
        UnknownNameError: If there is no such scale.
        UndefinedValueError: If the quantity is no number, or infinite.

    .. versionadded:: 0.1.0
    """
    if fit is None:
        rule = "be there: parameters that are known have no interval"
        raise InvalidValueError("fitted", None, rule)
    if not isinstance(scale, str) or scale not in set(Scale):
        raise UnknownNameError("scale", str(scale), [each.value for each in Scale])
    asked = scale = Scale(scale)
    reach = normal_reach(level)
    logs = tuple(map(math.log, fit.parameters))

    def slopes(scale: Scale) -> list[float]:
        def on_scale(at: Sequence[float]) -> float:
            return _TO[scale](quantity(rebuild(tuple(map(math.exp, at)))))

        return [_slope(on_scale, logs, i) for i in range(len(logs))]

    middle = quantity(rebuild(fit.parameters))
    _check(middle, scale)
    centre = _TO[scale](middle)
    if math.isinf(centre):
        low, high = middle, middle
    else:
        found = slopes(scale)
        if not all(map(math.isfinite, found)):
            scale, centre, found = Scale.PLAIN, middle, slopes(Scale.PLAIN)
        if not all(map(math.isfinite, found)):
            raise UndefinedValueError("the quantity is no number near the fitted parameters")
        half = reach * _spread(fit, found)
        low, high = _BACK[scale](centre - half), _BACK[scale](centre + half)
    least, most = _BOUNDS[asked]
    return Interval(
        low=min(max(low, least), middle),
        high=max(min(high, most), middle),
        level=level,
        method=f"delta, {scale} scale",
    )


def _check(middle: float, scale: Scale) -> None:
    """Refuse a quantity that is no number, or that its scale has no place for."""
    try:
        is_nan = math.isnan(middle)
    except TypeError:
        rule = "return one number, such as lambda model: model.alive(histories)[0]"
        raise InvalidValueError("quantity", middle, rule) from None
    if is_nan:
        raise UndefinedValueError("the quantity is no number at the fitted parameters")
    if math.isinf(middle):
        raise UndefinedValueError("the quantity is infinite at the fitted parameters")
    least, most = _BOUNDS[scale]
    if not least - _ROUNDING <= middle <= most + _ROUNDING:
        bounds = "0 or more" if scale is Scale.LOG else "between 0 and 1"
        rule = f"be {bounds} for the {scale} scale, or have another one"
        raise InvalidValueError("quantity", middle, rule)


def _slope(function: Callable[[Sequence[float]], float], at: Sequence[float], i: int) -> float:
    """Return the slope of a function along one of its arguments."""
    up, down = list(at), list(at)
    up[i] += _STEP
    down[i] -= _STEP
    return (function(up) - function(down)) / (2 * _STEP)


def _spread(fit: Fit, slopes: Sequence[float]) -> float:
    """Return the standard error of a quantity with these slopes."""
    size = range(len(slopes))
    variance = math.fsum(slopes[i] * fit.covariance[i][j] * slopes[j] for i in size for j in size)
    return math.sqrt(max(0.0, variance))


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _logit(value: float) -> float:
    return _log(value) - _log(1 - value)


def _exp(value: float) -> float:
    return math.exp(value) if value < _MOST else math.inf


def _logistic(value: float) -> float:
    return 1 / (1 + _exp(-value))


_TO: dict[Scale, Callable[[float], float]] = {
    Scale.PLAIN: float,
    Scale.LOG: _log,
    Scale.LOGIT: _logit,
}
_BACK: dict[Scale, Callable[[float], float]] = {
    Scale.PLAIN: float,
    Scale.LOG: _exp,
    Scale.LOGIT: _logistic,
}
_BOUNDS: dict[Scale, tuple[float, float]] = {
    Scale.PLAIN: (-math.inf, math.inf),
    Scale.LOG: (0.0, math.inf),
    Scale.LOGIT: (0.0, 1.0),
}
