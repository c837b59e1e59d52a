"""What BG/NBD and MBG/NBD have in common: whoever leaves does so after a purchase."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from random import Random
from typing import ClassVar

import attrs

from crmcore.histories import Histories
from crmcore.kernel import Phrase

from ._beta_geo_future import course, logistic, probabilities, ratio
from ._geometric_dropout_rows import Dropout, all_alive, all_expected, all_if_alive
from ._model import PurchaseModel
from ._parameter import is_parameter, parameter

_SURELY_ALIVE = Phrase(
    "BG/NBD lets nobody leave before the first repeat purchase: whoever has bought once is alive "
    "with probability 1, however long ago that was; MBG/NBD and Pareto/NBD count the silence",
    "BG/NBD 假定客户在首次重复购买之前不会流失：只购买过一次的客户无论沉寂多久，存活概率都是 1；"
    "MBG/NBD 与 Pareto/NBD 会把沉寂计算在内",
)


@attrs.frozen(kw_only=True)
class GeometricDropout(PurchaseModel):
    """Customers buy at random at a rate of their own, and may leave after each purchase.

    Attributes:
        r: The shape of the gamma distribution of the rate.
        alpha: Its scale, in the unit of the model.
        a: The first parameter of the beta distribution of the probability of leaving.
        b: The second.
    """

    PARAMETERS: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    TIMES: ClassVar[tuple[str, ...]] = ("alpha",)
    LEAVES_AT_ONCE: ClassVar[bool]
    """Whether customers may leave after their very first purchase, or not before the second."""

    r: float = attrs.field(converter=parameter, validator=is_parameter)
    alpha: float = attrs.field(converter=parameter, validator=is_parameter)
    a: float = attrs.field(converter=parameter, validator=is_parameter)
    b: float = attrs.field(converter=parameter, validator=is_parameter)

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

    def _probabilities(
        self, x: int, t_x: float, age: float, most: int, t: float
    ) -> Sequence[float]:
        alive, b = self._alive(x, t_x, age), self.b + (x + self.LEAVES_AT_ONCE)
        u = ratio(t, self.alpha + age)
        none, *some = (alive * each for each in probabilities(self.r + x, self.a, b, u, most))
        return (self._gone(x, t_x, age) + none, *some)

    def _remarks(self, x: int, t_x: float, age: float) -> tuple[Phrase, ...]:
        del t_x, age
        return () if x or self.LEAVES_AT_ONCE else (_SURELY_ALIVE,)

    def _simulate_one(self, age: float, rng: Random) -> tuple[int, float]:
        return course(self.r, self.alpha, self.a, self.b, age, rng, at_once=self.LEAVES_AT_ONCE)
