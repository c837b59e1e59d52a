"""Sums and means of a field."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Self

import attrs

from crmcore.calendar import Period
from crmcore.criteria import Criterion
from crmcore.kernel import Reason, Undefined
from crmcore.statistics import Interval, mean_interval

from ._additivity import Additivity
from ._fields import is_path, number
from ._measure import EXACT, Make, Measure, is_filter, quotient
from ._partials import FieldPartial
from ._value import Value


@attrs.frozen
class Sum(Measure):
    """The sum of a field; 0 where there are no records.

    Attributes:
        field: The field, such as ``quantity`` or ``amount.amount``; integers or decimals.
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Sums of periods add up."""
        return Additivity.ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> SumPartial:  # noqa: ARG002
        """Return a sum of 0."""
        return SumPartial(self, period)


class SumPartial(FieldPartial[Sum]):
    """The sum so far, exact."""

    __slots__ = ("_total",)

    def __init__(self, measure: Sum, period: Period, /) -> None:
        super().__init__(measure, period, measure.where, measure.field)
        self._total = Decimal(0)

    def _take(self, value: object, record: object) -> None:  # noqa: ARG002
        self._total = EXACT.add(self._total, number(value, self._field))

    def _take_over(self, other: Self) -> None:
        super()._take_over(other)
        self._total = EXACT.add(self._total, other._total)

    def _outcome(self, make: Make) -> Value:
        return make(number=self._total, numerator=self._total, n=self._n, missing=self._missing)


@attrs.frozen
class Mean(Measure):
    """The mean of a field, with Student's t interval.

    Records without a value are left out above and below the line, and counted as missing.

    Attributes:
        field: The field, such as ``minutes``; integers or decimals.
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """A mean of means is not the mean."""
        return Additivity.NON_ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> MeanPartial:  # noqa: ARG002
        """Return the state of no values."""
        return MeanPartial(self, period)


class MeanPartial(FieldPartial[Mean]):
    """The sum of the values so far and the sum of their squares, both exact."""

    __slots__ = ("_squares", "_total")

    def __init__(self, measure: Mean, period: Period, /) -> None:
        super().__init__(measure, period, measure.where, measure.field)
        self._total = self._squares = Decimal(0)

    def _take(self, value: object, record: object) -> None:  # noqa: ARG002
        exact = number(value, self._field)
        self._total = EXACT.add(self._total, exact)
        self._squares = EXACT.fma(exact, exact, self._squares)

    def _take_over(self, other: Self) -> None:
        super()._take_over(other)
        self._total = EXACT.add(self._total, other._total)
        self._squares = EXACT.add(self._squares, other._squares)

    def _interval(self, mean: Decimal) -> Interval | None:
        if self._n == 1:
            return None
        # Exact up to the root: the textbook difference of squares loses nothing here.
        spread = Fraction(self._squares) - Fraction(self._total) ** 2 / self._n
        return mean_interval(float(mean), sqrt(spread / (self._n - 1)), self._n)

    def _outcome(self, make: Make) -> Value | Undefined:
        if self._n == 0:
            return Undefined(Reason.NO_DATA)
        n = Decimal(self._n)
        mean = quotient(self._total, n)
        return make(
            number=mean,
            numerator=self._total,
            denominator=n,
            n=self._n,
            missing=self._missing,
            interval=self._interval(mean),
        )
