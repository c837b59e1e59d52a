"""Rolling up: what the values of short periods make of a longer one, if anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Final

import attrs

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.measures import Additivity, Value
from crmcore.statistics import wilson

from ._kpi import Kpi, Unit
from ._series import KpiSeries

# Sums in this context are exact; a quotient is rounded once, to 28 digits.
_EXACT: Final = Context(prec=120)
_QUOTIENT: Final = Context(prec=28)


def value_of(
    kpi: Kpi, *, upper: Decimal, lower: Decimal | None, n: int, period: Period, as_of: date
) -> Value | Undefined:
    """Return the value that the parts of a KPI make, or why they make none."""
    number, interval = upper, None
    if lower is not None:
        if lower <= 0:
            return _without_base(kpi, period, lower)
        number = _QUOTIENT.divide(upper, lower)
        interval = wilson(int(upper), int(lower)) if kpi.is_proportion else None
    return Value(
        number=number,
        numerator=upper,
        denominator=lower,
        n=n,
        interval=interval,
        period=period,
        as_of=as_of,
        definition=kpi.id,
        version=kpi.version,
    )


def _without_base(kpi: Kpi, period: Period, lower: Decimal) -> Undefined:
    reason = Reason.NO_BASE if kpi.unit is Unit.CHANGE else Reason.ZERO_DENOMINATOR
    below = kpi.denominator or Phrase("", "")
    en, zh = f"{below.en}, {period}: {lower:f}", f"{period}{below.zh}：{lower:f}"
    return Undefined(reason, Phrase(en, zh))


def value_over(series: KpiSeries, period: Period) -> Value | Undefined:
    """Return the KPI's value for a longer period that is made up of periods of the series.

    What is additive is summed; of a stock the last value is taken; a ratio whose parts add up
    is the ratio of their sums. Any other ratio is refused, because no arithmetic with its
    values, be it a sum, a mean or a product, gives the value of the longer period.

    Args:
        series: The values of the short periods.
        period: The longer period.

    Returns:
        The value; or the reason of the first short period that has none.

    Raises:
        InvalidValueError: If the period is not made up of periods of the series, or the KPI
            must be computed for the longer period itself.

    .. versionadded:: 0.1.0
    """
    if not isinstance(period, Period):
        raise InvalidValueError("period", period, "be a period, such as Period.month(1998, 1)")
    chosen = [
        value
        for each, value in zip(series.periods, series.values, strict=True)
        if period.start <= each.start and each.end <= period.end
    ]
    starts, ends = {p.start for p in series.periods}, {p.end for p in series.periods}
    if period.start not in starts or period.end not in ends:
        rule = f"be made up of periods of the series, {series.periods[0]} to {series.periods[-1]}"
        raise InvalidValueError("period", str(period), rule)
    if len(chosen) == 1:
        return chosen[0]
    kpi = series.kpi
    if kpi.over_time is Additivity.SEMI_ADDITIVE:
        last = chosen[-1]
        return last if isinstance(last, Undefined) else attrs.evolve(last, period=period)
    if kpi.over_time is Additivity.NON_ADDITIVE and not kpi.parts_add:
        raise InvalidValueError("series", str(kpi), _why_not(kpi))
    versions = sorted({each.version for each in chosen if isinstance(each, Value)})
    if len(versions) > 1:
        rule = f"lie within one definition of {kpi.id}, not within {' and '.join(versions)}"
        raise InvalidValueError("period", str(period), rule)
    return _summed(kpi, chosen, period, series.as_of)


def _why_not(kpi: Kpi) -> str:
    below = kpi.numerator if kpi.denominator is None else kpi.denominator
    return (
        f"be of a KPI that adds up over time; compute {kpi.code} for the longer periods "
        f"themselves, because it rests on {below.en}, and a longer period has others"
    )


def _summed(
    kpi: Kpi, values: Sequence[Value | Undefined], period: Period, as_of: date
) -> Value | Undefined:
    """Sum numerators and denominators.

    A period with nothing below the line adds nothing where there is then nothing above it
    either; but what was spent in a month without a new customer was spent.
    """
    upper, lower, n = Decimal(0), Decimal(0), 0
    for value in values:
        if not isinstance(value, Undefined):
            part = value.number if kpi.over_time is Additivity.ADDITIVE else value.numerator
            upper = _EXACT.add(upper, part or Decimal(0))
            lower = _EXACT.add(lower, value.denominator or Decimal(0))
            n += value.n
        elif value.reason is not Reason.ZERO_DENOMINATOR or not kpi.is_proportion:
            return value
    below = lower if kpi.denominator is not None else None
    return value_of(kpi, upper=upper, lower=below, n=n, period=period, as_of=as_of)


def roll_up(series: KpiSeries, grain: Grain) -> KpiSeries:
    """Return the series of the longer periods that the series covers wholly.

    Args:
        series: The values of short periods.
        grain: The grain of the longer ones.

    Returns:
        The series in the coarser grain, each value as `value_over` tells it.

    Raises:
        InvalidValueError: If no longer period is covered wholly, or the KPI must be computed
            for the longer periods themselves.

    .. versionadded:: 0.1.0
    """
    if not isinstance(grain, Grain):
        raise InvalidValueError("grain", grain, "be a grain, such as Grain.QUARTER")
    starts, ends = {p.start for p in series.periods}, {p.end for p in series.periods}
    row = tuple(
        longer
        for longer in sorted({grain.period(period.start) for period in series.periods})
        if longer.start in starts and longer.end in ends
    )
    if not row:
        rule = (
            f"cover a whole {grain.label.en}, not only {series.periods[0]} to {series.periods[-1]}"
        )
        raise InvalidValueError("series", str(series.kpi), rule)
    values = tuple(value_over(series, longer) for longer in row)
    return attrs.evolve(series, periods=row, values=values)
