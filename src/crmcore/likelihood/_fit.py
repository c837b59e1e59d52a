"""What a search found: parameters, how sure they are, and how it came to them."""

from __future__ import annotations

import math
from numbers import Real
from statistics import NormalDist

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.statistics import Interval

from ._kernel import Kernel

_MOST = 700.0  # the exponential of more is more than a float can hold


@attrs.frozen(kw_only=True)
class Fit:
    """The parameters at which a log-likelihood is greatest.

    Attributes:
        model: The model.
        names: The names of the parameters.
        parameters: The parameters, all above 0, in the order of their names.
        covariance: The covariance of the *logarithms* of the parameters: the inverse of the
            observed information.
        log_likelihood: The greatest log-likelihood.
        iterations: How many steps led there.
        gradient: The steepest slope that is left, by one unit of weight.
        n: How many observations there are; weights count as often as they say.
        kernel: What the likelihood was summed up with.
        unsettled: The names of the parameters that the likelihood hardly holds: it is nearly
            the same over a wide range of them, and may even go on rising, ever more slowly,
            while they run towards 0 or infinity. Their intervals are as wide as that.
        cautions: What a reader of the parameters has to know.

    .. versionadded:: 0.1.0
    """

    model: str
    names: tuple[str, ...]
    parameters: tuple[float, ...] = attrs.field()
    covariance: tuple[tuple[float, ...], ...] = attrs.field()
    log_likelihood: float
    iterations: int
    gradient: float
    n: float
    kernel: Kernel = Kernel.PYTHON
    unsettled: tuple[str, ...] = ()
    cautions: tuple[Phrase, ...] = ()

    @parameters.validator
    def _are_above_0(self, attribute: attrs.Attribute[object], value: tuple[float, ...]) -> None:
        if len(value) != len(self.names) or not all(0 < each < math.inf for each in value):
            rule = f"be {len(self.names)} numbers above 0, one for each name"
            raise InvalidValueError(attribute.name, value, rule)

    @covariance.validator
    def _is_square(
        self, attribute: attrs.Attribute[object], value: tuple[tuple[float, ...], ...]
    ) -> None:
        size = len(self.names)
        if [len(row) for row in value] != [size] * size:
            rule = f"have {size} rows and columns, one for each name"
            raise InvalidValueError(attribute.name, value, rule)
        if not all(value[i][i] >= 0 for i in range(size)):
            raise InvalidValueError(attribute.name, value, "have variances of at least 0")

    @property
    def standard_errors(self) -> tuple[float, ...]:
        """The standard errors of the parameters themselves, by the delta method."""
        return tuple(
            value * math.sqrt(self.covariance[i][i]) for i, value in enumerate(self.parameters)
        )

    def intervals(self, level: float = 0.95) -> tuple[Interval, ...]:
        """Return an interval for each parameter, symmetric about it on the scale of logarithms.

        Args:
            level: The confidence, as a fraction.

        Raises:
            InvalidValueError: If *level* is none.
        """
        reach = normal_reach(level)
        found = []
        for i, value in enumerate(self.parameters):
            factor = math.exp(min(reach * math.sqrt(self.covariance[i][i]), _MOST))
            found.append(
                Interval(
                    low=value / factor,
                    high=value * factor,
                    level=level,
                    method="Wald, log scale",
                )
            )
        return tuple(found)

    def __str__(self) -> str:
        """Return each parameter with its standard error, or that it is not settled."""
        return ", ".join(
            f"{name} not settled" if name in self.unsettled else f"{name}={value:.4g} ± {error:.3g}"
            for name, value, error in zip(
                self.names, self.parameters, self.standard_errors, strict=True
            )
        )


def normal_reach(level: float) -> float:
    """Return how many standard errors an interval of a level reaches to each side."""
    if not (isinstance(level, Real) and 0 < level < 1):
        rule = "be a fraction above 0 and below 1 (0.95, not 95)"
        raise InvalidValueError("level", level, rule)
    return NormalDist().inv_cdf((1 + level) / 2)
