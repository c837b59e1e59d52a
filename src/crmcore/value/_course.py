"""What each model of purchases brings along, on plain numbers: what one customer does.

``x`` is how often somebody has bought again, ``t_x`` the age at the last purchase, ``age`` the
age at the end of the observation and ``t`` a time after it, all in the unit of the model.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import ClassVar, Self

import attrs

from crmcore.checks import is_a
from crmcore.durations import Duration, TimeUnit
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.likelihood import Fit, Kernel, Progress


@attrs.frozen(kw_only=True)
class PurchaseCourse(ABC):
    """How one customer buys and leaves, as a model has it.

    Attributes:
        unit: The unit of time that the parameters are in.
        fitted: What the fit told besides the parameters; None where they were known.
    """

    NAME: ClassVar[str]
    """How the model is called."""
    PARAMETERS: ClassVar[tuple[str, ...]]
    """The names of its parameters, all of them above 0."""
    TIMES: ClassVar[tuple[str, ...]] = ()
    """Those of its parameters that are lengths of time."""
    IS_DISCRETE: ClassVar[bool] = False
    """Whether purchases fall on opportunities that are counted."""

    unit: TimeUnit = attrs.field(validator=is_a(TimeUnit))
    fitted: Fit | None = attrs.field(default=None, repr=False)

    # ---- what each model brings along, on plain numbers in the unit of the model

    @classmethod
    @abstractmethod
    def _fit(
        cls, histories: Histories, *, kernel: Kernel | None, progress: Progress | None
    ) -> Self:
        """Return the model under which the histories, of which there are some, are likeliest."""

    @abstractmethod
    def _log_likelihood(self, x: int, t_x: float, age: float) -> float:
        """Return the log-likelihood of one history."""

    @abstractmethod
    def _alive(self, x: int, t_x: float, age: float) -> float:
        """Return the probability that a customer of this history is still one."""

    @abstractmethod
    def _expected_new(self, t: float) -> float:
        """Return how many repeat purchases a new customer is expected to make until *t*."""

    @abstractmethod
    def _probabilities_new(self, most: int, t: float) -> Sequence[float]:
        """Return how probable it is that a new customer makes 0, 1, …, *most* of them."""

    @abstractmethod
    def _onwards(self, x: int, age: float) -> PurchaseCourse:
        """Return how a customer goes on who has made *x* repeat purchases and is alive at *age*.

        It is a model for new customers, counting from *age*.
        """

    @abstractmethod
    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        """Return how often a made-up customer buys again until *age*, and when last."""

    # ---- what follows from it, and is written anew only where that is faster

    def _with(self, parameters: Sequence[float]) -> Self:
        """Return the model with other parameters, of which nobody says that they are fitted."""
        named = dict(zip(self.PARAMETERS, parameters, strict=True))
        return attrs.evolve(self, fitted=None, **named)  # type: ignore[arg-type]

    def _gone(self, x: int, t_x: float, age: float) -> float:
        """Return the probability that a customer of this history is none any more."""
        return 1 - self._alive(x, t_x, age)

    def _expected_if_alive(self, x: int, t_x: float, age: float, t: float) -> float:
        """Return the purchases in *t* that are expected of a customer who is alive at *age*."""
        del t_x  # when the purchases were made says nothing more of who is alive
        return self._onwards(x, age)._expected_new(t)  # noqa: SLF001 - of the same kind

    def _expected(self, x: int, t_x: float, age: float, t: float) -> float:
        """Return the purchases in *t* that are expected of a customer with this history."""
        return self._alive(x, t_x, age) * self._expected_if_alive(x, t_x, age, t)

    def _probabilities(
        self, x: int, t_x: float, age: float, most: int, t: float
    ) -> Sequence[float]:
        """Return how probable it is that a customer of this history buys 0, …, *most* times."""
        alive = self._alive(x, t_x, age)
        onwards = self._onwards(x, age)._probabilities_new(most, t)  # noqa: SLF001 - as above
        none, *some = (alive * each for each in onwards)
        return (self._gone(x, t_x, age) + none, *some)

    def _remarks(self, x: int, t_x: float, age: float) -> tuple[Phrase, ...]:
        """Return what a reader of a prediction for this history should know of the model."""
        del x, t_x, age
        return ()

    def _own(self, histories: Histories) -> Histories:
        """Return the histories in the unit of the model."""
        if not isinstance(histories, Histories):
            rule = "be Histories, such as summarize or Histories.of returns"
            raise InvalidValueError("histories", histories, rule)
        return histories.in_unit(self.unit)

    def _length(self, horizon: Duration) -> float:
        """Return a horizon in the unit of the model."""
        if not isinstance(horizon, Duration):
            raise InvalidValueError("horizon", horizon, "be a duration, such as weeks(39)")
        return horizon.in_unit(self.unit)

    def _alive_all(self, histories: Histories) -> Iterator[float]:
        """Yield the probability that each customer is still one."""
        return _for_each(histories, self._alive)

    def _expected_if_alive_all(self, histories: Histories, t: float) -> Iterator[float]:
        """Yield the purchases in *t* that are expected of each customer, if alive."""
        return _for_each(histories, lambda x, t_x, age: self._expected_if_alive(x, t_x, age, t))

    def _expected_all(self, histories: Histories, t: float) -> Iterator[float]:
        """Yield the purchases in *t* that are expected of each customer."""
        return _for_each(histories, lambda x, t_x, age: self._expected(x, t_x, age, t))


def _for_each(
    histories: Histories, function: Callable[[int, float, float], float]
) -> Iterator[float]:
    """Yield what a function says of each history; it is asked once for equal ones."""
    found: dict[tuple[int, float, float], float] = {}
    rows = zip(histories.frequency, histories.last_purchase_age, histories.age, strict=True)
    for row in rows:
        value = found.get(row)
        if value is None:
            value = found[row] = function(*row)
        yield value
