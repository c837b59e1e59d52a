"""What money that comes later is worth today."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.checks import is_fraction, not_negative, refusal
from crmcore.kernel import Phrase

from ._duration import Duration
from ._time_unit import DAYS_OF_A_YEAR, TimeUnit, check_unit


# A plain function, so that every type checker sees what a rate may be given as.
def _rate(value: float | Decimal | Fraction) -> float:
    return not_negative(value, "per_year")


@attrs.frozen(order=False)
class DiscountRate:
    """How much less money is worth for each year that it comes later.

    With interest compounded, 1 in a year is worth ``1 / (1 + per_year)`` today. The rate of a
    shorter unit is the one that compounds to the same in a year, and not its mere part.

    Attributes:
        per_year: The effective rate for a year, as a fraction between 0 and 1 (0.15, not 15).

    .. versionadded:: 0.1.0
    """

    per_year: float = attrs.field(converter=_rate, validator=is_fraction)

    def factor(self, duration: Duration) -> float:
        """Return what 1 is worth today that comes after *duration*.

        Raises:
            InvalidValueError: If it is no duration.
        """
        if not isinstance(duration, Duration):
            raise refusal("duration", duration, "be a duration, such as weeks(39)")
        return math.exp(-math.log1p(self.per_year) * (duration.days / DAYS_OF_A_YEAR))

    def per(self, unit: TimeUnit) -> float:
        """Return the effective rate for a unit of time.

        Raises:
            InvalidValueError: If it is no unit of time.
        """
        return math.expm1(self.force(unit))

    def force(self, unit: TimeUnit) -> float:
        """Return the continuous rate for a unit of time, often written δ.

        What comes after *t* units is worth ``exp(-δ t)``.

        Raises:
            InvalidValueError: If it is no unit of time.
        """
        return math.log1p(self.per_year) * (check_unit(unit).days / DAYS_OF_A_YEAR)

    @property
    def words(self) -> Phrase:
        """How people say it: ``15 % a year``."""
        shown = f"{100 * self.per_year:.10g}"
        return Phrase(f"{shown} % a year", f"每年 {shown} %")

    def __str__(self) -> str:
        """Say it in English."""
        return self.words.en


def annual(rate: float) -> DiscountRate:
    """Return the discount rate that is *rate* for a year.

    Args:
        rate: A fraction (0.15 for 15 % a year).

    Raises:
        InvalidValueError: If it is no fraction between 0 and 1.

    .. versionadded:: 0.1.0
    """
    return DiscountRate(rate)
