"""The search for the greatest likelihood: Newton's method, damped.

At each point the objective gives the log-likelihood, its slope and its curvature, all with
regard to the logarithms of the parameters, which may be any numbers. The easy case is near the
maximum: the step that makes the slope of a parabola zero doubles the number of right digits
each time. Then the complications:

1. Far from the maximum the surface may not bend downwards in every direction. Then each axis
   along which it bends upwards is treated as if it bent downwards as much, and the step leads
   uphill again.
2. A step may be too long. No logarithm changes by more than two at once, and a step that does
   not bring what its slope promises is halved.
3. The maximum may be at no finite point: customers who do not differ at all are described ever
   better while a parameter runs to infinity. Then the slope vanishes while each step is as
   long as the last. The search stops and names the parameters that it could not settle. A
   likelihood that is level in some direction, or that still rises far away, is refused.

It ends when the slope, by one observation, is at most the tolerance *and* the next step would
change no logarithm by more than a millionth.

Sources:
    J. Greenstadt, "On the Relative Efficiencies of Gradient Methods", Mathematics of
    Computation 21(99), 1967: the axes that are turned round.
    L. Armijo, "Minimization of functions having Lipschitz continuous first partial
    derivatives", Pacific Journal of Mathematics 16(1), 1966: when a step is good enough.
    J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, 2006: chapter 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import TypeAlias

import attrs

from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.kernel import Phrase

from ._fit import Fit
from ._kernel import Kernel
from ._matrix import Curvature, Matrix, curvature

Derivatives: TypeAlias = tuple[float, Sequence[float], Sequence[Sequence[float]]]
Objective: TypeAlias = Callable[[tuple[float, ...]], Derivatives]
Progress: TypeAlias = Callable[[int, "int | None", Phrase], None]

_LONGEST_STEP = 2.0  # of a logarithm
_SETTLED = 1e-6  # a logarithm that would change by no more is where it should be
_RUNNING = 1e-2  # a logarithm that would change by more, though the slope is nil, may run away
_FARTHEST = 60.0  # from the start; e^60 is beyond anything that is measured
_HIGHEST = 700.0  # a logarithm; of more there is no number that a float can hold
_MOST_HALVINGS = 30
_PROMISE = 1e-4  # the part of the promised gain that a step has to bring
_NOISE = 1e-13  # of the log-likelihood, which rounding may take or give
_UPWARD = 1e-9  # a bend upwards, by the strongest, that is more than rounding
_VAST = 100.0  # the variance of a logarithm of which nobody can say that it is known


@attrs.frozen
class _Point:
    """A place of the search, and what the objective says there."""

    logs: tuple[float, ...]
    value: float
    gradient: Sequence[float]
    bend: Matrix  # the Hessian with its sign turned: positive definite at a maximum

    @property
    def is_finite(self) -> bool:
        numbers = [self.value, *self.gradient]
        return all(map(math.isfinite, numbers)) and all(
            math.isfinite(entry) for row in self.bend for entry in row
        )

    @property
    def slope(self) -> float:
        return max(map(abs, self.gradient))


def maximize(
    objective: Objective,
    start: Sequence[float],
    *,
    model: str,
    names: Sequence[str],
    weight: float,
    tolerance: float = 1e-9,
    most: int = 200,
    kernel: Kernel = Kernel.PYTHON,
    progress: Progress | None = None,
) -> Fit:
    """Find the parameters at which a log-likelihood is greatest.

    Args:
        objective: Returns the log-likelihood, its gradient and its Hessian at the logarithms
            of the parameters, with regard to these logarithms. Where it returns what is not
            finite, or raises an ``ArithmeticError``, the search turns back.
        start: The logarithms to begin with.
        model: What is fitted, for messages.
        names: The names of the parameters.
        weight: How many observations there are.
        tolerance: The slope, by one observation, that is taken for none.
        most: How many steps are made at most.
        kernel: What the objective sums up with; it is only noted.
        progress: Hears before each step how many were made, and where the search stands.

    Returns:
        The fit. Where the likelihood hardly holds a parameter, the fit names it.

    Raises:
        DidNotConvergeError: If the search ends before it has found a maximum.
        NotIdentifiedError: If the likelihood is level in some direction, or a parameter runs
            away while the likelihood still rises.
        InvalidValueError: If there are no observations, there is not one finite logarithm for
            each name, or *tolerance* or *most* is nothing to search with.

    Complexity:
        Some 5 to 10 evaluations of the objective where the data tell the parameters; all else
        costs nothing by comparison.

    .. versionadded:: 0.1.0
    """
    search = _Search(objective, tuple(start), model, tuple(names), weight)
    _check(search, tolerance, most)
    point = search.at(search.start)
    if not point.is_finite:
        raise search.failure(point, 0)
    last = 0.0
    for done in range(most):
        if progress is not None:
            progress(done, None, search.standing(point))
        bend = curvature(point.bend)
        step = bend.solve(point.gradient)
        longest = 0.0
        if point.slope <= tolerance * weight:
            longest = max(map(abs, step))
            is_settled = longest <= _SETTLED
            if is_settled and not bend.is_sound:
                raise search.levelled(point, bend)
            is_running = last > _RUNNING and longest > last / 2 and bend.upward < _UPWARD
            if is_settled or is_running:
                return search.fit(point, bend, step, done, kernel)
        point, last = search.climb(point, step, done), longest
    raise search.failure(point, most)


@attrs.frozen
class _Search:
    """What stays the same while the search goes on."""

    objective: Objective
    start: tuple[float, ...]
    model: str
    names: tuple[str, ...]
    weight: float

    def at(self, logs: tuple[float, ...]) -> _Point:
        try:
            value, gradient, hessian = self.objective(logs)
        except ArithmeticError:  # what cannot be computed is out of bounds
            size = len(logs)
            value, gradient, hessian = math.nan, [math.nan] * size, [[math.nan] * size] * size
        return _Point(logs, value, gradient, [[-entry for entry in row] for row in hessian])

    def climb(self, point: _Point, step: Sequence[float], done: int) -> _Point:
        """Return the next point, which is higher, or as high as rounding can tell."""
        length = min(1.0, _LONGEST_STEP / max(map(abs, step)))
        promised = math.fsum(g * s for g, s in zip(point.gradient, step, strict=True))
        for _ in range(_MOST_HALVINGS):
            logs = tuple(log + length * s for log, s in zip(point.logs, step, strict=True))
            self.check_near(logs)
            new = self.at(logs)
            least = point.value + _PROMISE * length * promised - _NOISE * abs(point.value)
            if new.value >= least and new.is_finite:
                return new
            length /= 2
        raise self.failure(point, done)

    def check_near(self, logs: tuple[float, ...]) -> None:
        """Refuse to go further than anything can be that is measured."""
        for name, log, begin in zip(self.names, logs, self.start, strict=True):
            if abs(log - begin) > _FARTHEST or abs(log) > _HIGHEST:
                end = "infinity" if log > begin else "0"
                reason = f"{name} runs towards {end}, and the likelihood still rises"
                raise NotIdentifiedError(self.model, reason)

    def fit(
        self, point: _Point, bend: Curvature, step: Sequence[float], done: int, kernel: Kernel
    ) -> Fit:
        covariance = bend.inverse()
        unsettled = tuple(
            name
            for i, name in enumerate(self.names)
            if abs(step[i]) > _RUNNING or covariance[i][i] > _VAST
        )
        return Fit(
            model=self.model,
            names=self.names,
            parameters=tuple(map(math.exp, point.logs)),
            covariance=covariance,
            log_likelihood=point.value,
            iterations=done,
            gradient=point.slope / self.weight,
            n=float(self.weight),
            kernel=kernel,
            unsettled=unsettled,
            cautions=(_loose(unsettled),) if unsettled else (),
        )

    def levelled(self, point: _Point, bend: Curvature) -> NotIdentifiedError:
        variances = bend.inverse()
        size = range(len(self.names))
        loose = [self.names[i] for i in size if variances[i][i] > _VAST] or self.names
        there = ", ".join(self.parameters(point))
        reason = f"about {there} the likelihood is level: the data do not tell {_listed(loose)}"
        return NotIdentifiedError(self.model, reason)

    def failure(self, point: _Point, done: int) -> DidNotConvergeError:
        slope = point.slope / self.weight
        return DidNotConvergeError(self.model, done, slope, self.parameters(point))

    def standing(self, point: _Point) -> Phrase:
        there = ", ".join(self.parameters(point))
        return Phrase(
            f"{self.model}: log-likelihood {point.value:.2f} at {there}",
            f"{self.model}：对数似然 {point.value:.2f}，参数 {there}",
        )

    def parameters(self, point: _Point) -> tuple[str, ...]:
        return tuple(
            f"{name}={math.exp(log):.4g}" for name, log in zip(self.names, point.logs, strict=True)
        )


def _check(search: _Search, tolerance: float, most: int) -> None:
    """Refuse what a search cannot begin with."""
    if not (isinstance(search.weight, Real) and 0 < search.weight < math.inf):
        raise InvalidValueError("weight", search.weight, "be above 0, and finite")
    start, size = search.start, len(search.names)
    if not size:
        raise InvalidValueError("names", search.names, "name at least one parameter")
    if len(start) != size:
        raise InvalidValueError("start", start, f"hold one logarithm for each name, {size} in all")
    if not all(isinstance(log, Real) and abs(log) <= _HIGHEST for log in start):
        raise InvalidValueError(
            "start", start, f"hold logarithms between -{_HIGHEST:g} and {_HIGHEST:g}"
        )
    if not (isinstance(tolerance, Real) and 0 <= tolerance < math.inf):
        raise InvalidValueError("tolerance", tolerance, "be 0 or more, and finite")
    if type(most) is not int or most < 1:
        raise InvalidValueError("most", most, "be a whole number of 1 or more")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)


def _loose(names: tuple[str, ...]) -> Phrase:
    """Say which parameters the likelihood hardly holds."""
    return Phrase(
        f"the data hardly settle {_listed(names)}: the likelihood is nearly the same over a "
        "wide range; use what the model predicts, and not these numbers",
        f"数据几乎无法确定参数 {'、'.join(names)}：在很大的范围内似然几乎不变；"
        "请使用模型的预测，而不要解读这些参数值",
    )
