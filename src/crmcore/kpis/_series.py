"""Series: the values of a KPI for a row of periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import cast

import attrs

from crmcore.calendar import Grain, Period
from crmcore.checks import at_least
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined, minor_digits
from crmcore.measures import Value

from ._kpi import Kpi, Unit


def in_a_row(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods in order, each once, and refuse what is no row of one grain."""
    row = tuple(sorted(set(periods)))
    if not row:
        raise InvalidValueError("periods", (), "hold at least one period")
    grain = row[0].grain
    for before, period in pairwise(row):
        if period.grain is not grain or before.end != period.start:
            grain = None
    if grain is None:
        rule = "be calendar periods of one grain, each beginning where the last one ends"
        raise InvalidValueError("periods", ", ".join(map(str, row)), rule)
    return row


@attrs.frozen(kw_only=True)
class KpiSeries:
    """The values of a KPI, one for each period of a row.

    Attributes:
        kpi: The KPI.
        periods: Calendar periods of one grain, each beginning where the last one ends.
        values: For each period its value, or why it has none.
        as_of: The day at whose beginning the values were known.
        currency: The ISO 4217 code of the values; None where they are no money.
        stated_days: The number of days that the definition leaves to the company; None where
            it leaves none.
        where: Which customers counted; all where it is None.

    .. versionadded:: 0.1.0
    """

    kpi: Kpi
    periods: tuple[Period, ...] = attrs.field()
    values: tuple[Value | Undefined, ...] = attrs.field()
    as_of: date
    currency: str | None = None
    stated_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(at_least(1))
    )
    where: Criterion | None = None

    @periods.validator
    def _is_a_row(
        self, attribute: attrs.Attribute[tuple[Period, ...]], value: tuple[Period, ...]
    ) -> None:
        if in_a_row(value) != tuple(value):
            raise InvalidValueError(attribute.name, ", ".join(map(str, value)), "be in order")

    @values.validator
    def _is_one_for_each_period(
        self,
        attribute: attrs.Attribute[tuple[Value | Undefined, ...]],
        value: tuple[Value | Undefined, ...],
    ) -> None:
        if len(value) != len(self.periods):
            rule = f"be one for each of the {len(self.periods)} periods"
            raise InvalidValueError(attribute.name, len(value), rule)

    @property
    def grain(self) -> Grain:
        """The grain of the periods."""
        return cast("Grain", self.periods[0].grain)  # a row has one

    @property
    def definition(self) -> Phrase:
        """What is computed, in words, with the days that were stated and who counted."""
        said = self.kpi.definition
        if self.stated_days is not None:
            said = Phrase(
                f"{said.en} The stated number of days is {self.stated_days}.",
                f"{said.zh}规定天数为{self.stated_days}天。",
            )
        if self.where is not None:
            asked = self.where.words
            said = Phrase(
                f"{said.en} Only customers count of whom this holds: {asked.en}.",
                f"{said.zh}仅计入符合条件的客户：{asked.zh}。",
            )
        return said

    @property
    def latest(self) -> Value | Undefined:
        """The value of the last period that has one."""
        for value in reversed(self.values):
            if not isinstance(value, Undefined):
                return value
        return Undefined(Reason.NO_DATA, self.kpi.name)

    def at(self, period: Period) -> Value | Undefined:
        """Return the value of one of the periods.

        Raises:
            InvalidValueError: If it is none of them.
        """
        if period not in self.periods:
            rule = f"be one of the series, {self.periods[0]} to {self.periods[-1]}"
            raise InvalidValueError("period", str(period), rule)
        return self.values[self.periods.index(period)]

    def show(self, number: Decimal | float) -> str:
        """Return a number of the KPI as people read it, money with its currency."""
        if self.kpi.unit is Unit.MONEY and self.currency is not None:
            digits = minor_digits(self.currency)
            return f"{self.kpi.unit.show(number, digits)} {self.currency}"
        return self.kpi.unit.show(number)

    def __repr__(self) -> str:
        """Return which KPI it is, and of when."""
        first, last = self.periods[0], self.periods[-1]
        return f"<KpiSeries of {self.kpi.id}, {first} to {last}, as of {self.as_of}>"

    def __str__(self) -> str:
        """Return the values as people read them, a line for each period."""
        lines = [
            f"  {period}  {value if isinstance(value, Undefined) else self.show(value.number)}"
            for period, value in zip(self.periods, self.values, strict=True)
        ]
        return "\n".join([str(self.kpi.name), *lines])
