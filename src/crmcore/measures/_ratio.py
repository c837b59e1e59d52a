"""Ratios of two measures."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias, cast

import attrs

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined
from crmcore.statistics import wilson

from ._additivity import Additivity
from ._counts import Count, Distinct
from ._measure import Make, Measure, Partial, quotient
from ._stocks import Stock
from ._sums import Sum
from ._value import Value

Term: TypeAlias = Count | Sum | Distinct | Stock


def _is_term(_: object, attribute: attrs.Attribute[Term], value: object) -> None:
    if not isinstance(value, Term):
        rule = "be a Count, a Sum, a Distinct or a Stock"
        raise InvalidValueError(attribute.name, value, rule)


@attrs.frozen
class Ratio(Measure):
    """One measure by another; undefined where the lower one is 0.

    Attributes:
        numerator: What stands above the line.
        denominator: What stands below it.
        proportion: Whether the numerator counts some of the very things that the denominator
            counts. Then the ratio is a share, and carries Wilson's interval.

    .. versionadded:: 0.1.0
    """

    numerator: Term = attrs.field(validator=_is_term)
    denominator: Term = attrs.field(validator=_is_term)
    proportion: bool = attrs.field(default=False, kw_only=True)

    @proportion.validator
    def _counts_the_same(self, attribute: attrs.Attribute[bool], value: object) -> None:
        if not value:
            return
        upper, lower = self.numerator, self.denominator
        if isinstance(upper, Sum) or attrs.evolve(upper, where=None) != attrs.evolve(
            lower, where=None
        ):
            rule = "count the same things above and below the line, but for the criterion"
            raise InvalidValueError(attribute.name, value, rule)

    @property
    def additivity(self) -> Additivity:
        """Never the sum of ratios; and where a part has no sum over time, it has none either."""
        parts = {self.numerator.additivity, self.denominator.additivity}
        if Additivity.SEMI_ADDITIVE in parts:
            return Additivity.SEMI_ADDITIVE
        return Additivity.NON_ADDITIVE

    @property
    def needs_every_record(self) -> bool:
        """Where one of its parts is a stock."""
        return self.numerator.needs_every_record or self.denominator.needs_every_record

    @property
    def needs_day(self) -> bool:
        """Where one of its parts does."""
        return self.numerator.needs_day or self.denominator.needs_day

    def start(self, period: Period, *, zone: str | None = None) -> RatioPartial:
        """Return the state of nothing by nothing."""
        return RatioPartial(self, period, zone)


class RatioPartial(Partial[Ratio]):
    """The states above and below the line."""

    __slots__ = ("_lower", "_upper")

    def __init__(self, measure: Ratio, period: Period, zone: str | None, /) -> None:
        super().__init__(measure, period)
        self._upper: Partial[Any] = measure.numerator.start(period, zone=zone)
        self._lower: Partial[Any] = measure.denominator.start(period, zone=zone)

    def add(self, record: object, day: date | None = None) -> None:
        """Offer a record to both parts, each of which looks itself."""
        self._upper.add(record, day)
        self._lower.add(record, day)

    def _take_over(self, other: RatioPartial) -> None:
        self._upper.merge(other._upper)
        self._lower.merge(other._lower)

    def _outcome(self, make: Make) -> Value | Undefined:
        # Counts, sums and stocks are always defined, if only as 0.
        upper = cast("Value", self._upper._outcome(make))  # noqa: SLF001
        lower = cast("Value", self._lower._outcome(make))  # noqa: SLF001
        if lower.number == 0:
            return Undefined(Reason.ZERO_DENOMINATOR)
        interval = None
        if self.measure.proportion:
            if upper.number > lower.number:
                rule = f"be part of the denominator, {lower.number}"
                raise InvalidValueError("numerator", upper.number, rule)
            interval = wilson(int(upper.number), int(lower.number))
        return make(
            number=quotient(upper.number, lower.number),
            numerator=upper.number,
            denominator=lower.number,
            n=lower.n,
            missing=upper.missing + lower.missing,
            interval=interval,
        )
