"""What BG/NBD and MBG/NBD have in common: whoever leaves does so after a purchase."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from random import Random
from typing import Any, ClassVar

import attrs

from crmcore.checks import refusal

from ._beta_geo_future import (
    course,
    expected_purchases,
    log_rate_factor,
    logistic,
    probabilities,
    ratio,
)
from ._model import PurchaseModel


def is_parameter(_: object, attribute: attrs.Attribute[float], value: Any) -> None:  # noqa: ANN401
    """Want a number above 0 that leaves room for computing with it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise refusal(attribute, value, "be a number above 0, and finite")
    if not _LEAST <= value <= _MOST:
        raise refusal(attribute, value, f"be between {_LEAST:g} and {_MOST:g}")


_LEAST, _MOST = 1e-50, 1e50


@attrs.frozen(kw_only=True)
class GeometricDropout(PurchaseModel):
    """Customers buy at random at a rate of their own, and may leave after each purchase.

    Attributes:
        r: The shape of the gamma distribution of the rate.
        alpha: Its scale, in the unit of the model.
        a: The first parameter of the beta distribution of the probability of leaving.
        b: The second.
    """

    PARAMETERS: ClassVar = ("r", "alpha", "a", "b")
    TIMES: ClassVar = ("alpha",)
    LEAVES_AT_ONCE: ClassVar[bool]
    """Whether customers may leave after their very first purchase, or not before the second."""

    r: float = attrs.field(validator=is_parameter)
    alpha: float = attrs.field(validator=is_parameter)
    a: float = attrs.field(validator=is_parameter)
    b: float = attrs.field(validator=is_parameter)

    @abstractmethod
    def _onwards(self, x: int, age: float) -> GeometricDropout: ...

    def _stayed(self, x: int) -> int:
        """Return how often somebody had the choice to leave who is alive after *x* repeats."""
        return x + self.LEAVES_AT_ONCE

    def _log_odds(self, x: int, t_x: float, age: float) -> float:
        """Return the log-odds of being alive."""
        stayed = self._stayed(x)
        if not stayed:
            return math.inf
        silence = log_rate_factor(self.r + x, self.alpha, t_x, age)
        return math.log((self.b + (stayed - 1)) / self.a) - silence

    def _alive(self, x: int, t_x: float, age: float) -> float:
        return logistic(self._log_odds(x, t_x, age))

    def _gone(self, x: int, t_x: float, age: float) -> float:
        return logistic(-self._log_odds(x, t_x, age))

    def _expected_if_alive(self, x: int, t_x: float, age: float, t: float) -> float:
        del t_x
        u = ratio(t, self.alpha + age)
        return expected_purchases(self.r + x, self.a, self.b + self._stayed(x), u)

    def _expected_new(self, t: float) -> float:
        expected = self._expected_if_alive(0, 0.0, 0.0, t)
        return expected * self.b / (self.a + self.b) if self.LEAVES_AT_ONCE else expected

    def _probabilities_new(self, most: int, t: float) -> Sequence[float]:
        stayed = self._stayed(0)
        found = probabilities(self.r, self.a, self.b + stayed, ratio(t, self.alpha), most)
        if not stayed:
            return tuple(found)
        stays = self.b / (self.a + self.b)
        none, *some = (stays * each for each in found)
        return (self.a / (self.a + self.b) + none, *some)

    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        return course(self.r, self.alpha, self.a, self.b, age, rng, at_once=self.LEAVES_AT_ONCE)
