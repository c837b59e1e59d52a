"""Pareto/NBD: customers buy at random as long as they are there, and may leave at any time.

1. As long as somebody is a customer, purchases come at random, at a rate λ of his or her own;
2. the rates λ are gamma distributed over customers, with shape *r* and rate *alpha*;
3. a customer leaves at random, at any time, at a rate μ of his or her own;
4. the rates μ are gamma distributed over customers, with shape *s* and rate *beta*;
5. how fast somebody buys says nothing of how soon he or she leaves.

With 1 and 2 the number of purchases of those who stay is negative binomial (NBD); with 3 and 4
the time until they leave is Pareto distributed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from operator import mul
from random import Random
from typing import ClassVar, Final, Self

import attrs

from crmcore.histories import Histories, Rows
from crmcore.likelihood import Fit, Kernel, Progress, choose_kernel, maximize

from ._model import PurchaseModel
from ._parameter import is_parameter, parameter
from ._pareto_nbd_future import expected, probabilities, simulate
from ._pareto_nbd_rows import log_likelihood, odds, python_objective
from ._search import check_tells, highest

# r, s, and beta by the mean age; alpha is such that customers buy as often as they do.
_STARTS: Final = ((0.5, 0.5, 1.0), (3.0, 0.25, 0.01), (3.0, 3.0, 3.0), (0.1, 0.1, 0.1))


@attrs.frozen(kw_only=True)
class ParetoNbd(PurchaseModel):
    """The Pareto/NBD model of Schmittlein, Morrison and Colombo.

    A customer may leave at any time, also before the first repeat purchase, so that silence
    speaks against one-time buyers as against everybody else.

    Its likelihood may have more than one maximum. A fit is searched from two starts, and from
    two more where the data do not hold all parameters; the highest place wins.

    >>> from crmcore.durations import WEEK, weeks
    >>> from crmcore.histories import PurchaseHistory
    >>> from crmcore.value import ParetoNbd
    >>> cds = ParetoNbd(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562, unit=WEEK)
    >>> ada = PurchaseHistory(frequency=26, last_purchase_age=30.86, age=31, unit=WEEK)
    >>> round(cds.predict(ada, horizon=weeks(52)).alive, 4)
    0.9979

    Attributes:
        r: The shape of the rates of buying over customers; the lower, the more they differ.
        alpha: The rate of the rates of buying, in *unit*: customers buy ``r / alpha`` times in
            one of it, on average, while they are there.
        s: The shape of the rates of leaving over customers.
        beta: The rate of the rates of leaving, in *unit*: after a time of *t* a share of
            ``(beta / (beta + t))^s`` is still there.
        unit: The unit of time of *alpha* and *beta*.
        fitted: How the parameters were found; None if they were given.

    Sources:
        D. C. Schmittlein, D. G. Morrison and R. Colombo, "Counting Your Customers: Who Are They
        and What Will They Do Next?", Management Science 33(1), 1987.
        P. S. Fader and B. G. S. Hardie, "A Note on Deriving the Pareto/NBD Model and Related
        Expressions", 2005.

    .. versionadded:: 0.1.0
    """

    NAME: ClassVar[str] = "Pareto/NBD"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    TIMES: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    r: float = attrs.field(converter=parameter, validator=is_parameter)
    alpha: float = attrs.field(converter=parameter, validator=is_parameter)
    s: float = attrs.field(converter=parameter, validator=is_parameter)
    beta: float = attrs.field(converter=parameter, validator=is_parameter)

    @classmethod
    def _fit(
        cls, histories: Histories, *, kernel: Kernel | None, progress: Progress | None
    ) -> Self:
        chosen = choose_kernel(kernel)
        fit = _fitted(histories.rows(), cls.NAME, chosen, progress)
        r, alpha, s, beta = fit.parameters
        return cls(r=r, alpha=alpha, s=s, beta=beta, unit=histories.unit, fitted=fit)

    def _log_likelihood(self, x: int, t_x: float, age: float) -> float:
        return log_likelihood(self.parameters, x, t_x, age)

    def _alive(self, x: int, t_x: float, age: float) -> float:
        alive, left = odds(self.parameters, x, t_x, age)
        return alive / (alive + left)

    def _expected_new(self, t: float) -> float:
        return expected(self.parameters, t)

    def _probabilities_new(self, most: int, t: float) -> Sequence[float]:
        return probabilities(self.parameters, most, t)

    def _onwards(self, x: int, age: float) -> Self:
        return self._with(self._updated(x, age))

    def _updated(self, x: int, age: float) -> tuple[float, ...]:
        """Return the parameters for somebody who is alive at *age*."""
        return self.r + x, self.alpha + age, self.s, self.beta + age

    def _expected_if_alive(self, x: int, t_x: float, age: float, t: float) -> float:
        del t_x  # when the purchases were made says nothing more of who is alive
        return expected(self._updated(x, age), t)

    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        return simulate(self.parameters, age, rng)


def _fitted(rows: Rows, model: str, kernel: Kernel, progress: Progress | None) -> Fit:
    """Return the fit of Pareto/NBD to rows of histories."""
    check_tells(rows, model)
    if kernel is Kernel.NUMPY:
        from ._pareto_nbd_numpy import numpy_objective as summing  # noqa: PLC0415 - an extra
    else:
        summing = python_objective
    weight = math.fsum(rows.weight)
    exposure = math.fsum(map(mul, rows.age, rows.weight))
    rate = math.fsum(map(mul, rows.x, rows.weight)) / exposure
    age = exposure / weight
    search = partial(
        maximize,
        summing(rows),
        model=model,
        names=ParetoNbd.PARAMETERS,
        weight=weight,
        kernel=kernel,
        progress=progress,
    )
    return highest(search, [(r, r / rate, s, b * age) for r, s, b in _STARTS], least=2)
