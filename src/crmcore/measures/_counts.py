"""Counts of records, and of different values."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Self

import attrs

from crmcore.calendar import Period
from crmcore.criteria import Criterion

from ._additivity import Additivity
from ._fields import is_path
from ._measure import Make, Measure, is_filter
from ._partials import FieldPartial, RecordPartial
from ._value import Value


@attrs.frozen
class Count(Measure):
    """How many records there are.

    Attributes:
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Counts of periods add up."""
        return Additivity.ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> CountPartial:  # noqa: ARG002
        """Return a count of 0."""
        return CountPartial(self, period, self.where)


class CountPartial(RecordPartial[Count]):
    """The number of records so far."""

    __slots__ = ()

    def _count(self, record: object) -> None:  # noqa: ARG002 - it counts, whatever it is
        self._n += 1

    def _outcome(self, make: Make) -> Value:
        return make(number=Decimal(self._n), numerator=Decimal(self._n), n=self._n)


@attrs.frozen
class Distinct(Measure):
    """How many different values a field has.

    Over a longer period they are counted anew: who came in two months is one customer of the
    quarter. The state takes memory with the number of different values.

    Attributes:
        field: The field, such as ``customer``.
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Who is there twice is one."""
        return Additivity.NON_ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> DistinctPartial:  # noqa: ARG002
        """Return an empty set."""
        return DistinctPartial(self, period)


class DistinctPartial(FieldPartial[Distinct]):
    """The different values so far."""

    __slots__ = ("_values",)

    def __init__(self, measure: Distinct, period: Period, /) -> None:
        super().__init__(measure, period, measure.where, measure.field)
        self._values: set[Hashable] = set()

    def _take(self, value: Hashable, record: object) -> None:  # noqa: ARG002
        self._values.add(value)

    def _take_over(self, other: Self) -> None:
        super()._take_over(other)
        self._values |= other._values

    def _outcome(self, make: Make) -> Value:
        number = Decimal(len(self._values))
        return make(number=number, numerator=number, n=self._n, missing=self._missing)
