"""What all models of purchases have in common: what can be asked of them.

A model says how customers buy and how they leave without a word. It answers questions about
one customer through a few functions on plain numbers, which each model brings along (they are
those of ``PurchaseCourse``); all that is asked of many customers, of intervals and of simulated
ones is made of these, here and once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Self

import attrs

from crmcore.durations import Duration, TimeUnit
from crmcore.errors import InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.likelihood import Kernel, Progress, Scale, delta_interval
from crmcore.statistics import Interval

from ._bootstrap import Bootstrap, resample
from ._checked import Checked, cautioned
from ._course import PurchaseCourse
from ._prediction import Prediction
from ._simulation import chance, population, simulated


@attrs.frozen(kw_only=True)
class PurchaseModel(Checked, PurchaseCourse):
    """How customers buy, and how they leave without saying so.

    It is built from known parameters, or fitted to histories. Histories and horizons may be in
    any unit of time; they are converted to that of the model.

    Attributes:
        unit: The unit of time that the parameters are in.
        fitted: What the fit told besides the parameters; None where they were known.

    .. versionadded:: 0.1.0
    """

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of their names."""
        return tuple(getattr(self, name) for name in self.PARAMETERS)

    @classmethod
    def fit(
        cls,
        histories: Histories,
        *,
        kernel: Kernel | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Return the model under which the histories are likeliest.

        Neither the order of the histories nor their unit of time makes a difference, and a
        weight counts as so many customers.

        Args:
            histories: What the customers did.
            kernel: What the likelihood is summed up with; None takes numpy where it is
                installed. The results are equal to nine digits.
            progress: Hears of each step of the search.

        Raises:
            NotIdentifiedError: If the histories do not tell the parameters: if there are none,
                if nobody came back, if all did the same.
            DidNotConvergeError: If the search ends before it has found a maximum.
        """
        if not isinstance(histories, Histories):
            rule = "be Histories, such as summarize or Histories.of returns"
            raise InvalidValueError("histories", histories, rule)
        if not histories.total_weight:
            raise NotIdentifiedError(cls.NAME, "there are no customers")
        model = cls._fit(histories, kernel=kernel, progress=progress)
        return cautioned(model, histories)

    def log_likelihood(self, histories: Histories) -> float:
        """Return how likely the histories are under the model, as a logarithm.

        It depends on the unit of time, so compare only models in the same unit.
        """
        return math.fsum(
            weight * self._log_likelihood(x, t_x, age)
            for x, t_x, age, weight in self._own(histories).rows()
        )

    def alive(self, histories: Histories) -> tuple[float, ...]:
        """Return how probable it is that each customer is still one, as a fraction."""
        return _gathered(self._alive_all(self._own(histories)))

    def expected_purchases(self, histories: Histories, *, horizon: Duration) -> tuple[float, ...]:
        """Return how many purchases each customer is expected to make within the horizon.

        Args:
            histories: What the customers did, up to the day from which the horizon runs.
            horizon: How far to look.

        Complexity:
            A few operations for each customer; the dear part is computed once for each
            different history.
        """
        return _gathered(self._expected_all(self._own(histories), self._length(horizon)))

    def expected_if_alive(self, histories: Histories, *, horizon: Duration) -> tuple[float, ...]:
        """Return how many purchases each customer is expected to make who is still one."""
        return _gathered(self._expected_if_alive_all(self._own(histories), self._length(horizon)))

    def probabilities(
        self, history: PurchaseHistory, *, horizon: Duration, most: int
    ) -> tuple[float, ...]:
        """Return how probable it is that a customer makes 0, 1, …, *most* purchases.

        Args:
            history: What the customer did.
            horizon: How far to look.
            most: The greatest number to tell of, 0 or more.
        """
        x, t_x, age = self._numbers(history)
        return tuple(self._probabilities(x, t_x, age, _count(most), self._length(horizon)))

    def predict(
        self, history: PurchaseHistory, *, horizon: Duration, level: float = 0.95
    ) -> Prediction:
        """Return what can be said of one customer, with intervals where the model was fitted.

        Args:
            history: What the customer did.
            horizon: How far to look.
            level: The confidence of the intervals, as a fraction. They hold what is not known
                of the parameters; how the customer's own luck turns out comes on top.
        """
        x, t_x, age = self._numbers(history)
        t = self._length(horizon)
        asked = _asked(x, t_x, age, t)
        alive, if_alive, purchases = (quantity(self) for _, quantity in asked)
        intervals: list[Interval | None] = [None] * len(asked)
        if self.fitted is not None:
            intervals = [
                self.interval(quantity, level=level, scale=scale) for scale, quantity in asked
            ]
        return Prediction(
            customer=history.customer,
            model=self.NAME,
            horizon=horizon,
            alive=alive,
            purchases_if_alive=if_alive,
            purchases=purchases,
            alive_interval=intervals[0],
            purchases_if_alive_interval=intervals[1],
            purchases_interval=intervals[2],
            remarks=self._remarks(x, t_x, age),
        )

    def new_customer_purchases(self, horizon: Duration) -> float:
        """Return how many repeat purchases a new customer is expected to make."""
        return self._expected_new(self._length(horizon))

    def purchase_probabilities(self, horizon: Duration, *, most: int) -> tuple[float, ...]:
        """Return how probable it is that a new customer comes back 0, 1, …, *most* times.

        Args:
            horizon: How far to look.
            most: The greatest number to tell of, 0 or more.
        """
        return tuple(self._probabilities_new(_count(most), self._length(horizon)))

    def interval(
        self,
        quantity: Callable[[Self], float],
        *,
        level: float = 0.95,
        scale: Scale | str = Scale.LOG,
    ) -> Interval:
        """Return an interval for whatever follows from the model, by the delta method.

        Args:
            quantity: Computes the quantity from a model.
            level: The confidence, as a fraction.
            scale: The scale on which the quantity scatters evenly: ``log`` for what is above 0,
                ``logit`` for what is between 0 and 1, ``plain`` for all else.

        Raises:
            InvalidValueError: If the model was not fitted: known parameters have no error.
        """
        return delta_interval(self.fitted, self._with, quantity, level=level, scale=scale)

    def simulate(self, histories: Histories | Iterable[float], *, seed: int) -> Histories:
        """Return made-up customers who follow the model.

        Args:
            histories: The ages of the customers in the unit of the model; or histories, of
                which only the ages and the weights are used.
            seed: The same seed makes up the same customers, whatever the order of the ages.
        """
        ages = population(self._own(histories) if isinstance(histories, Histories) else histories)
        return simulated(self._simulate_one, ages, unit=self.unit, rng=chance(seed))

    def bootstrap(
        self,
        histories: Histories,
        *,
        samples: int,
        seed: int,
        kernel: Kernel | None = None,
        progress: Progress | None = None,
    ) -> Bootstrap[Self]:
        """Return what the fit might have been, had chance fallen out otherwise.

        As many customers of the same ages are made up as there are histories, and the model is
        fitted to them, again and again.

        Args:
            histories: What the customers did; only their ages and weights are used.
            samples: How often, 1 or more; 200 tell a standard error, 1,000 an interval.
            seed: The same seed gives the same result.
            kernel: What the likelihood is summed up with, as in ``fit``.
            progress: Hears how many samples are done.

        Complexity:
            As many fits as samples, and as much chance as purchases in all of them.
        """
        ages = population(self._own(histories))
        return resample(
            self,
            lambda rng: simulated(self._simulate_one, ages, unit=self.unit, rng=rng),
            lambda made_up: type(self).fit(made_up, kernel=kernel),
            samples=samples,
            seed=seed,
            progress=progress,
        )

    def in_unit(self, unit: TimeUnit) -> Self:
        """Return the same model with its parameters in another unit of time.

        The log-likelihood of its fit stays that of the unit in which it was fitted.

        Raises:
            InvalidValueError: If it is no unit of time.
        """
        ratio = self.unit.days / Duration(1, unit).days

        def turned(names: Sequence[str], values: Sequence[float]) -> tuple[float, ...]:
            pairs = zip(names, values, strict=True)
            return tuple(value * ratio if name in self.TIMES else value for name, value in pairs)

        fitted = self.fitted
        if fitted is not None:
            fitted = attrs.evolve(fitted, parameters=turned(fitted.names, fitted.parameters))
        model = self._with(turned(self.PARAMETERS, self.parameters))
        return attrs.evolve(model, unit=unit, fitted=fitted)

    def __str__(self) -> str:
        """Return the name, the unit and the parameters, with standard errors if fitted."""
        told = self.fitted or ", ".join(
            f"{name}={value:.4g}"
            for name, value in zip(self.PARAMETERS, self.parameters, strict=True)
        )
        return f"{self.NAME} in {self.unit.label.en}s: {told}"

    def _numbers(self, history: PurchaseHistory) -> tuple[int, float, float]:
        """Return one history in the unit of the model."""
        if not isinstance(history, PurchaseHistory):
            raise InvalidValueError("history", history, "be a PurchaseHistory")
        one = self._own(Histories.of([history]))
        return one.frequency[0], one.last_purchase_age[0], one.age[0]


def _asked(
    x: int, t_x: float, age: float, t: float
) -> tuple[tuple[Scale, Callable[[PurchaseModel], float]], ...]:
    """Return what a prediction tells of a model, and the scales on which that scatters."""
    return (
        (Scale.LOGIT, lambda model: model._alive(x, t_x, age)),  # noqa: SLF001 - its own module
        (Scale.LOG, lambda model: model._expected_if_alive(x, t_x, age, t)),  # noqa: SLF001
        (Scale.LOG, lambda model: model._expected(x, t_x, age, t)),  # noqa: SLF001
    )


def _gathered(values: Iterable[float]) -> tuple[float, ...]:
    """Return the values; a list grows faster than a tuple does, where nobody says how far."""
    found = [*values]
    return tuple(found)


def _count(most: int) -> int:
    if type(most) is not int or most < 0:
        raise InvalidValueError("most", most, "be a whole number of 0 or more")
    return most
