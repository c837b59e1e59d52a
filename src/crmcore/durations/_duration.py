"""Lengths of time."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from crmcore.checks import is_a, not_negative, refusal
from crmcore.kernel import Phrase

from ._time_unit import TimeUnit, check_unit

_COUNTED: Final = {"day": "天", "week": "周", "month": "个月", "year": "年"}


# A plain function, so that every type checker sees what an amount may be given as.
def _amount(value: float | Decimal | Fraction) -> float:
    return not_negative(value, "amount")


@attrs.frozen(order=False)
class Duration:
    """A length of time: a number of a unit.

    Two durations are equal where both number and unit are: a week is as long as seven days,
    and is written in another way. Compare `days` to compare their lengths.

    Attributes:
        amount: How many of the unit, finite and not below 0.
        unit: The unit.

    .. versionadded:: 0.1.0
    """

    amount: float = attrs.field(converter=_amount)
    unit: TimeUnit = attrs.field(validator=is_a(TimeUnit))

    @unit.validator
    def _is_finite(self, _: attrs.Attribute[TimeUnit], unit: TimeUnit) -> None:
        if not math.isfinite(self.amount * unit.days):
            raise refusal("amount", self.amount, "be finite, also in days")

    @property
    def days(self) -> float:
        """How many days it has."""
        return self.amount * self.unit.days

    def in_unit(self, unit: TimeUnit) -> float:
        """Return how many of another unit it has.

        Raises:
            InvalidValueError: If it is no unit of time.
        """
        return self.amount if unit is self.unit else self.days / check_unit(unit).days

    @property
    def words(self) -> Phrase:
        """How people say it: ``39 weeks``, ``1.5 years``."""
        shown = f"{self.amount:,.10g}"
        plural = "" if shown == "1" else "s"
        return Phrase(f"{shown} {self.unit}{plural}", f"{shown} {_COUNTED[self.unit]}")

    def __str__(self) -> str:
        """Say it in English."""
        return self.words.en


def days(amount: float) -> Duration:
    """Return so many days.

    Raises:
        InvalidValueError: If the amount is below 0 or not finite; so do the other functions.

    .. versionadded:: 0.1.0
    """
    return Duration(amount, TimeUnit.DAY)


def weeks(amount: float) -> Duration:
    """Return so many weeks.

    .. versionadded:: 0.1.0
    """
    return Duration(amount, TimeUnit.WEEK)


def months(amount: float) -> Duration:
    """Return so many months of 30.4375 days.

    .. versionadded:: 0.1.0
    """
    return Duration(amount, TimeUnit.MONTH)


def years(amount: float) -> Duration:
    """Return so many years of 365.25 days.

    .. versionadded:: 0.1.0
    """
    return Duration(amount, TimeUnit.YEAR)
