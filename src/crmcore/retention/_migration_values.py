"""What customers are worth who move between states, and how sure that is."""

from __future__ import annotations

from numbers import Real
from statistics import NormalDist

import attrs

from crmcore.durations import DiscountRate, Duration
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.statistics import Interval


@attrs.frozen(kw_only=True)
class MigrationValues:
    """What a customer is worth, by the state that the customer is in now.

    Attributes:
        states: The states.
        values: What a customer in each of them is worth, discounted to today.
        rewards: What a customer in each of them brings in a period.
        occupancy: By the state that a customer is in now: how many periods, discounted, will be
            spent in each state, the present period included. A value is the sum of these times
            the rewards. None where customers stay for ever, undiscounted, which brings nothing.
        standard_errors: How far the values may stray because the probabilities were estimated,
            by the delta method; None where they were stated.
        discount: The discount rate.
        period: How long a period is.
        horizon: How far ahead it looks; None for ever.
        currency: Of the rewards and values, if they are money.

    .. versionadded:: 0.1.0
    """

    states: tuple[str, ...]
    values: tuple[float, ...]
    rewards: tuple[float, ...]
    occupancy: tuple[tuple[float | None, ...], ...]
    standard_errors: tuple[float, ...] | None = None
    discount: DiscountRate
    period: Duration
    horizon: Duration | None = None
    currency: str | None = None

    def value(self, state: str) -> float:
        """Return what a customer in a state is worth.

        Raises:
            UnknownNameError: If there is no such state.
        """
        return self.values[self._place(state)]

    def interval(self, state: str, *, level: float = 0.95) -> Interval:
        """Return the interval of what a customer in a state is worth.

        It tells how unsure the probabilities are, and not how customers differ.

        Raises:
            InvalidValueError: If the probabilities were stated, and so have no errors.
            UnknownNameError: If there is no such state.
        """
        place = self._place(state)
        if self.standard_errors is None:
            raise InvalidValueError("counts", None, "be there: stated probabilities have no errors")
        if not (isinstance(level, Real) and 0 < level < 1):
            rule = "be a fraction above 0 and below 1 (0.95, not 95)"
            raise InvalidValueError("level", level, rule)
        half = NormalDist().inv_cdf((1 + level) / 2) * self.standard_errors[place]
        middle = self.values[place]
        return Interval(low=middle - half, high=middle + half, level=level, method="delta")

    def ledger(self, state: str) -> tuple[Phrase, ...]:
        """Return the parts that the value of a customer in a state is the sum of, as words.

        Raises:
            UnknownNameError: If there is no such state.
        """
        money = f" {self.currency}" if self.currency else ""
        parts = zip(self.states, self.occupancy[self._place(state)], self.rewards, strict=True)
        return tuple(_part(name, periods, reward, money) for name, periods, reward in parts)

    def _place(self, state: str) -> int:
        try:
            return self.states.index(state)
        except ValueError:
            raise UnknownNameError("state", str(state), self.states) from None

    def __str__(self) -> str:
        """Return the values by state, the horizon and the discount rate."""
        money = f" {self.currency}" if self.currency else ""
        found = zip(self.states, self.values, strict=True)
        shown = ", ".join(f"{state} {value:.2f}{money}" for state, value in found)
        ahead = "for ever" if self.horizon is None else f"within {self.horizon}"
        return f"{shown} ({ahead}, {self.discount})"


def _part(state: str, periods: float | None, reward: float, money: str) -> Phrase:
    """Say what the periods in a state bring."""
    if periods is None:
        return Phrase(f"{state}: for ever × 0{money} = 0", f"{state}：永久 × 0{money} = 0")
    product = f"{reward:.10g}{money} = {periods * reward:.2f}{money}"
    return Phrase(
        f"{state}: {periods:.4g} periods × {product}", f"{state}：{periods:.4g} 期 × {product}"
    )
