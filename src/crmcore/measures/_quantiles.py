"""Quantiles of a field.

Sources:
    R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American
    Statistician 50(4), 1996: definition 7, linear between the values at (n − 1)·q.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Final, Self

import attrs

from crmcore.calendar import Period
from crmcore.checks import decimal, is_fraction
from crmcore.criteria import Criterion
from crmcore.kernel import Reason, Undefined
from crmcore.statistics import median_interval

from ._additivity import Additivity
from ._fields import is_path, number
from ._measure import EXACT, Make, Measure, is_filter
from ._partials import FieldPartial
from ._value import Value

_HALF: Final = Decimal("0.5")


def _plain(exact: Decimal) -> Decimal:
    """Return the number without zeros at its end, so that 1.0 and 1.00 give the same median."""
    bare = EXACT.normalize(exact)
    return EXACT.quantize(bare, Decimal(1)) if int(bare.as_tuple().exponent) > 0 else bare


@attrs.frozen
class Quantile(Measure):
    """The value of a field below which a share *q* of the records lies.

    Between two values it goes on in a straight line. The median carries its order-statistic
    interval. The state takes memory with the number of different values.

    Attributes:
        field: The field, such as ``minutes``; integers or decimals.
        q: The share as a fraction: 0.5 is the median, 0 the least, 1 the largest value.
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    q: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=is_fraction,
    )
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """A quantile of quantiles is not the quantile."""
        return Additivity.NON_ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> QuantilePartial:  # noqa: ARG002
        """Return the state of no values."""
        return QuantilePartial(self, period)


class QuantilePartial(FieldPartial[Quantile]):
    """How often each value came so far."""

    __slots__ = ("_times",)

    def __init__(self, measure: Quantile, period: Period, /) -> None:
        super().__init__(measure, period, measure.where, measure.field)
        self._times: Counter[Decimal] = Counter()

    def _take(self, value: object, record: object) -> None:  # noqa: ARG002
        self._times[EXACT.normalize(number(value, self._field))] += 1

    def _take_over(self, other: Self) -> None:
        super()._take_over(other)
        self._times.update(other._times)

    def _outcome(self, make: Make) -> Value | Undefined:
        n = self._n
        if n == 0:
            return Undefined(Reason.NO_DATA)
        ordered = sorted(self._times.elements())
        place = EXACT.multiply(Decimal(n - 1), self.measure.q)
        low = ordered[int(place)]
        high = ordered[min(int(place) + 1, n - 1)]
        rest = EXACT.subtract(place, Decimal(int(place)))
        return make(
            number=_plain(EXACT.fma(rest, EXACT.subtract(high, low), low)),
            n=n,
            missing=self._missing,
            interval=median_interval(map(float, ordered)) if self.measure.q == _HALF else None,
        )
