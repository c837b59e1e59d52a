"""BG/BB: customers who can buy on certain occasions only, once on each.

Donations of a year, stays at a yearly congress, issues of a catalogue: there is a whole number
of opportunities, and on each somebody buys or does not.

1. On each opportunity a customer who is there buys with a probability *p* of his or her own;
2. these probabilities are beta distributed over customers, with *alpha* and *beta*;
3. before each opportunity a customer leaves for good with a probability *θ* of his or her own;
4. these probabilities are beta distributed over customers, with *gamma* and *delta*;
5. how readily somebody buys says nothing of how readily he or she leaves.

With 1 and 2 the number of purchases of those who stay is beta-binomial (BB); with 3 and 4 the
number of opportunities until they leave is beta-geometric (BG).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from random import Random
from typing import ClassVar, Final, Self

import attrs

from crmcore.durations import TimeUnit
from crmcore.errors import InvalidValueError, UnitMismatchError
from crmcore.histories import Histories, Rows
from crmcore.kernel import Phrase
from crmcore.likelihood import Fit, Kernel, Progress, choose_kernel, maximize

from ._beta_binomial_future import expected, probabilities, simulate, stays, there
from ._beta_binomial_rows import log_likelihood, python_objective
from ._model import PurchaseModel
from ._parameter import is_parameter, parameter
from ._search import check_tells, highest

_STARTS: Final = (
    (1.0, 1.0, 1.0, 1.0),
    (0.1, 0.3, 30.0, 90.0),
    (10.0, 10.0, 1.0, 0.3),
    (0.1, 0.1, 0.1, 1.0),
)
_ROUNDING: Final = 1e-9  # of a horizon, which a change of units may take from it
_NEXT: Final = Phrase(
    "to be alive means to be there on the next opportunity",
    "“存活”指下一次购买机会到来时仍是客户",
)


@attrs.frozen(kw_only=True)
class BetaGeoBetaBinomial(PurchaseModel):
    """The BG/BB model of Fader, Hardie and Shang, for opportunities that can be counted.

    There is one opportunity in each *unit* of time. The ages of histories are whole numbers of
    opportunities, and so they cannot be converted from another unit; a horizon in another unit
    has as many opportunities as whole units fit into it. Somebody is alive who is there on the
    *next* opportunity, as in the paper.

    Its likelihood may have more than one maximum. A fit is searched from four starts, and the
    highest place wins.

    >>> from crmcore.durations import YEAR, years
    >>> from crmcore.histories import PurchaseHistory
    >>> from crmcore.value import BetaGeoBetaBinomial
    >>> donors = BetaGeoBetaBinomial(alpha=1.204, beta=0.75, gamma=0.657, delta=2.783, unit=YEAR)
    >>> ada = PurchaseHistory(frequency=6, last_purchase_age=6, age=6, unit=YEAR)
    >>> prediction = donors.predict(ada, horizon=years(5))
    >>> round(prediction.alive, 2), round(prediction.purchases, 2)
    (0.93, 3.75)

    Attributes:
        alpha: With *beta*, how the probabilities of buying differ: their mean is
            ``alpha / (alpha + beta)``.
        beta: See *alpha*; the smaller both, the more customers differ.
        gamma: With *delta*, how the probabilities of leaving before an opportunity differ:
            their mean is ``gamma / (gamma + delta)``.
        delta: See *gamma*; the smaller both, the more customers differ.
        unit: The time from one opportunity to the next.
        fitted: How the parameters were found; None if they were given.

    Sources:
        P. S. Fader, B. G. S. Hardie and J. Shang, "Customer-Base Analysis in a Discrete-Time
        Noncontractual Setting", Marketing Science 29(6), 2010.

    .. versionadded:: 0.1.0
    """

    NAME: ClassVar[str] = "BG/BB"
    PARAMETERS: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")
    IS_DISCRETE: ClassVar[bool] = True

    alpha: float = attrs.field(converter=parameter, validator=is_parameter)
    beta: float = attrs.field(converter=parameter, validator=is_parameter)
    gamma: float = attrs.field(converter=parameter, validator=is_parameter)
    delta: float = attrs.field(converter=parameter, validator=is_parameter)

    @classmethod
    def _fit(
        cls, histories: Histories, *, kernel: Kernel | None, progress: Progress | None
    ) -> Self:
        chosen = choose_kernel(kernel)
        _check_whole(histories)
        fit = _fitted(histories.rows(), cls.NAME, chosen, progress)
        alpha, beta, gamma, delta = fit.parameters
        return cls(
            alpha=alpha, beta=beta, gamma=gamma, delta=delta, unit=histories.unit, fitted=fit
        )

    def in_unit(self, unit: TimeUnit) -> Self:
        """Return the model itself: opportunities are not converted.

        Raises:
            UnitMismatchError: If it is another unit.
        """
        if unit is not self.unit:
            raise UnitMismatchError(self.unit, unit)
        return self

    def _own(self, histories: Histories) -> Histories:
        if isinstance(histories, Histories) and histories.unit is not self.unit:
            raise UnitMismatchError(self.unit, histories.unit)
        own = super()._own(histories)
        _check_whole(own)
        return own

    def _log_likelihood(self, x: int, t_x: float, age: float) -> float:
        return log_likelihood(self.parameters, x, int(t_x), int(age))

    def _alive(self, x: int, t_x: float, age: float) -> float:
        alive = there(self.parameters, x, int(t_x), int(age))
        return alive * stays(self._onwards(x, age).parameters)

    def _expected_new(self, t: float) -> float:
        return expected(self.parameters, _opportunities(t))

    def _probabilities_new(self, most: int, t: float) -> Sequence[float]:
        return probabilities(self.parameters, most, _opportunities(t))

    def _onwards(self, x: int, age: float) -> Self:
        left_out = age - x
        return self._with((self.alpha + x, self.beta + left_out, self.gamma, self.delta + age))

    def _expected_if_alive(self, x: int, t_x: float, age: float, t: float) -> float:
        del t_x  # when the purchases were made says nothing more of who is alive
        onwards = self._onwards(x, age).parameters
        return expected(onwards, _opportunities(t)) / stays(onwards)

    def _probabilities(
        self, x: int, t_x: float, age: float, most: int, t: float
    ) -> Sequence[float]:
        alive = there(self.parameters, x, int(t_x), int(age))
        onwards = self._onwards(x, age).parameters
        none, *some = probabilities(onwards, most, _opportunities(t))
        return (1 - alive + alive * none, *(alive * each for each in some))

    def _remarks(self, x: int, t_x: float, age: float) -> tuple[Phrase, ...]:
        del x, t_x, age  # it holds of all
        return (_NEXT,)

    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        if not age.is_integer():
            raise InvalidValueError("ages", age, "be whole numbers of opportunities")
        return simulate(self.parameters, int(age), rng)


def _opportunities(t: float) -> int:
    """Return how many opportunities there are within a time."""
    return math.floor(t * (1 + _ROUNDING))


def _check_whole(histories: Histories) -> None:
    """Refuse histories that are not of opportunities.

    Raises:
        InvalidValueError: If an age is not whole, or there are more purchases than
            opportunities to make them.
    """
    columns = zip(histories.frequency, histories.last_purchase_age, histories.age, strict=True)
    for x, t, age in columns:
        if not (t.is_integer() and age.is_integer()):
            found = age if t.is_integer() else t
            raise InvalidValueError("ages", found, "be whole numbers of opportunities")
        if x > t:
            rule = f"be at most 1 on each of the {t:.0f} opportunities up to the last purchase"
            raise InvalidValueError("frequency", x, rule)


def _fitted(rows: Rows, model: str, kernel: Kernel, progress: Progress | None) -> Fit:
    """Return the fit of BG/BB to rows of histories."""
    check_tells(rows, model)
    if kernel is Kernel.NUMPY:
        from ._beta_binomial_numpy import numpy_objective as summing  # noqa: PLC0415 - an extra
    else:
        summing = python_objective
    search = partial(
        maximize,
        summing(rows),
        model=model,
        names=BetaGeoBetaBinomial.PARAMETERS,
        weight=math.fsum(rows.weight),
        kernel=kernel,
        progress=progress,
    )
    return highest(search, _STARTS, least=len(_STARTS))
