"""What BG/NBD and MBG/NBD have in common: whoever leaves does so after a purchase."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from random import Random
from typing import ClassVar

import attrs

from crmcore.checks import refusal

from ._beta_geo_future import course, logistic, probabilities, ratio
from ._geometric_dropout_rows import Dropout, all_alive, all_expected, all_if_alive
from ._histories import Histories
from ._model import PurchaseModel
from ._parameter import is_parameter, parameter

_LEAST, _MOST = 1e-50, 1e50


def _leaves_room(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Want a number whose powers and products are still numbers."""
    if not _LEAST <= value <= _MOST:
        raise refusal(attribute, value, f"be between {_LEAST:g} and {_MOST:g}")


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

    r: float = attrs.field(converter=parameter, validator=[is_parameter, _leaves_room])
    alpha: float = attrs.field(converter=parameter, validator=[is_parameter, _leaves_room])
    a: float = attrs.field(converter=parameter, validator=[is_parameter, _leaves_room])
    b: float = attrs.field(converter=parameter, validator=[is_parameter, _leaves_room])

    @abstractmethod
    def _onwards(self, x: int, age: float) -> GeometricDropout: ...

    @property
    def _dropout(self) -> Dropout:
        return Dropout(r=self.r, alpha=self.alpha, a=self.a, b=self.b, first=self.LEAVES_AT_ONCE)

    def _alive(self, x: int, t_x: float, age: float) -> float:
        return self._dropout.alive(x, t_x, age)

    def _gone(self, x: int, t_x: float, age: float) -> float:
        return logistic(-self._dropout.log_odds(x, t_x, age))

    def _expected_if_alive(self, x: int, t_x: float, age: float, t: float) -> float:
        del t_x
        return self._dropout.if_alive(x, age, t)

    def _alive_all(self, histories: Histories) -> Iterator[float]:
        return all_alive(self._dropout, histories)

    def _expected_if_alive_all(self, histories: Histories, t: float) -> Iterator[float]:
        return all_if_alive(self._dropout, histories, t)

    def _expected_all(self, histories: Histories, t: float) -> Iterator[float]:
        return all_expected(self._dropout, histories, t)

    def _expected_new(self, t: float) -> float:
        expected = self._expected_if_alive(0, 0.0, 0.0, t)
        return expected * self.b / (self.a + self.b) if self.LEAVES_AT_ONCE else expected

    def _probabilities_new(self, most: int, t: float) -> Sequence[float]:
        first = int(self.LEAVES_AT_ONCE)
        found = probabilities(self.r, self.a, self.b + first, ratio(t, self.alpha), most)
        if not first:
            return tuple(found)
        stays = self.b / (self.a + self.b)
        none, *some = (stays * each for each in found)
        return (self.a / (self.a + self.b) + none, *some)

    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        return course(self.r, self.alpha, self.a, self.b, age, rng, at_once=self.LEAVES_AT_ONCE)
