"""Series: the values of a KPI for a row of periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, cast

import attrs

from crmcore.calendar import Grain, Period
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined, minor_digits
from crmcore.measures import Value

from ._definitions import in_force
from ._kpi import Kpi, Unit
from ._parameters import PARAMETERS

_DAYS: Final = "_days"


def in_a_row(periods: Period | Iterable[Period]) -> tuple[Period, ...]:
    """Return the periods in order, each once, and refuse what is no row of one grain."""
    listed: tuple[Any, ...] = tuple(periods) if isinstance(periods, Iterable) else (periods,)
    for each in listed:
        if not isinstance(each, Period):
            raise InvalidValueError("periods", each, "be periods, such as Period.month(1998, 1)")
    row = tuple(sorted(set(listed)))
    if not row:
        raise InvalidValueError("periods", (), "hold at least one period")
    if not _is_row(row):
        rule = "be calendar periods of one grain, each beginning where the last one ends"
        raise InvalidValueError("periods", ", ".join(map(str, row)), rule)
    return row


@lru_cache(maxsize=64)
def _is_row(row: tuple[Period, ...]) -> bool:
    grain = row[0].grain
    return grain is not None and all(
        period.grain is grain and before.end == period.start for before, period in pairwise(row)
    )


@attrs.frozen(kw_only=True)
class KpiSeries:
    """The values of a KPI, one for each period of a row.

    Attributes:
        kpi: The KPI, by its definition of the last period.
        periods: Calendar periods of one grain, each beginning where the last one ends.
        values: For each period its value, or why it has none.
        as_of: The day at whose beginning the values were known.
        currency: The ISO 4217 code of the values; None where they are no money.
        stated: What the definition leaves to the company, by name, and what the company stated.
        where: Which customers counted; all where it is None.
        scope: Whose values they are, by dimension, such as ``(("team", "service"),)``; None is
            whatever has no value in the dimension. Empty where they are those of the whole.
        former: The definitions that were in force in earlier periods, where they differ.
        assumed: What was taken where the company handed nothing in, in words.

    .. versionadded:: 0.1.0
    """

    kpi: Kpi
    periods: tuple[Period, ...] = attrs.field()
    values: tuple[Value | Undefined, ...] = attrs.field()
    as_of: date
    currency: str | None = None
    stated: tuple[tuple[str, int | Decimal], ...] = ()
    where: Criterion | None = None
    scope: tuple[tuple[str, str | None], ...] = ()
    former: tuple[Kpi, ...] = ()
    assumed: tuple[Phrase, ...] = ()

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
    def stated_days(self) -> int | None:
        """The number of days that the definition leaves to the company; None without just one."""
        days = [value for name, value in self.stated if name.endswith(_DAYS)]
        return int(days[0]) if len(days) == 1 else None

    @property
    def definition(self) -> Phrase:
        """What is computed, in words, with what the company stated and who counted."""
        said = self.kpi.definition
        for name, value in self.stated:
            if self.stated_days is not None and name.endswith(_DAYS):
                told = Phrase(f"The stated number of days is {value}.", f"规定天数为{value}天。")
            else:
                word = PARAMETERS[name].name if name in PARAMETERS else Phrase(name, name)
                told = Phrase(f"Stated: {word.en}, {value}.", f"规定：{word.zh}，{value}。")
            said = Phrase(f"{said.en} {told.en}", f"{said.zh}{told.zh}")
        for told in self.assumed:
            said = Phrase(f"{said.en} {told.en}", f"{said.zh}{told.zh}")
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

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        """What its numbers cannot be below and above, in the unit; None where nothing bounds them.

        A proportion lies between 0 and 1; all else has the bounds of its unit. But a number of
        customers that is a difference may be below 0: where a value is beyond the bounds of
        its unit, there are none.
        """
        if self.kpi.is_proportion:
            return 0, 1
        low, high = self.kpi.unit.bounds
        numbers = [value.number for value in self.values if not isinstance(value, Undefined)]
        is_beyond = (low is not None and any(number < low for number in numbers)) or (
            high is not None and any(number > high for number in numbers)
        )
        return (None, None) if is_beyond else (low, high)

    def definition_in(self, period: Period) -> Kpi:
        """Return the definition by which the value of one of the periods was computed.

        Raises:
            InvalidValueError: If it is none of them.
        """
        self.at(period)
        return in_force((*self.former, self.kpi), period.start) or self.kpi

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
        whose = "".join(f", {dimension} {value}" for dimension, value in self.scope)
        return f"<KpiSeries of {self.kpi.id}{whose}, {first} to {last}, as of {self.as_of}>"

    def __str__(self) -> str:
        """Return the values as people read them, a line for each period."""
        lines = [
            f"  {period}  {value if isinstance(value, Undefined) else self.show(value.number)}"
            for period, value in zip(self.periods, self.values, strict=True)
        ]
        whose = "".join(f", {dimension} {value or '-'}" for dimension, value in self.scope)
        return "\n".join([f"{self.kpi.name}{whose}", *lines])
