"""Tables of charts: what has changed, and the natural limits of every month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from crmcore.calendar import Period
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries
from crmcore.reviews import Review
from crmcore.signals import ChartPoint, ControlChart, Limits, Rule, Signal

from ._table import Cell, Column, Kind, Read, Row, Table

_CODE: Final = Column("code", Phrase("code", "编号"))
_KPI: Final = Column("kpi", Phrase("KPI", "指标"))
_MONTH: Final = Column("period", Phrase("month", "月份"))
_NUMBER: Final = Column("number", Phrase("value", "数值"), Kind.NUMBER)
_LIMITS: Final = (
    Column("low", Phrase("lower limit", "下控制限"), Kind.NUMBER),
    Column("centre", Phrase("centre", "中心线"), Kind.NUMBER),
    Column("high", Phrase("upper limit", "上控制限"), Kind.NUMBER),
)


def chart_tables(review: Review) -> tuple[Table, ...]:
    """Return the tables of the charts."""
    return (variation(review), charts(review))


def variation(review: Review) -> Table:
    """Return what the last value of each KPI tells, and whether its target is within reach."""

    def rows() -> Iterator[Row]:
        for series, chart in _pairs(review):
            latest, changed, sure = chart.latest, chart.variation, chart.assurance
            yield (
                *_names(series),
                None if latest is None else str(latest.period),
                None if latest is None else _shown(series, latest.value),
                *_limits(series, latest),
                _target(series, chart),
                changed.reason.label if isinstance(changed, Undefined) else changed.label,
                None if isinstance(sure, Undefined) else sure.label,
                _joined(signal.words for signal in chart.latest_signals),
            )

    return Table(
        name="variation",
        title=Phrase("what has changed", "变化判断"),
        columns=(
            _CODE,
            _KPI,
            _MONTH,
            _NUMBER,
            *_LIMITS,
            Column("target", Phrase("target", "目标值"), Kind.NUMBER),
            Column("variation", Phrase("what it tells", "变化")),
            Column("assurance", Phrase("left as it is", "维持现状")),
            Column("because", Phrase("because", "依据")),
        ),
        rows=rows,
    )


def charts(review: Review) -> Table:
    """Return every value of every KPI with its natural limits and the rules it breaks."""

    def rows() -> Iterator[Row]:
        for series, chart in _pairs(review):
            for point in chart.points:
                yield (
                    *_names(series),
                    str(point.period),
                    _shown(series, point.value),
                    *_limits(series, point),
                    _joined(
                        signal.rule.label
                        for signal in chart.signals
                        if point.period in told_by(signal)
                    ),
                )

    return Table(
        name="charts",
        title=Phrase("natural limits by month", "月度控制限"),
        columns=(
            _CODE,
            _KPI,
            _MONTH,
            _NUMBER,
            *_LIMITS,
            Column("rules", Phrase("signal", "信号")),
        ),
        rows=rows,
        heads=2,
    )


def told_by(signal: Signal) -> tuple[Period, ...]:
    """Return the periods whose values tell a signal; of a jump the one that it leads to."""
    return signal.periods[-1:] if signal.rule is Rule.JUMP else signal.periods


def _joined(phrases: Iterable[Phrase]) -> Phrase | None:
    said = tuple(phrases)
    if not said:
        return None
    return Phrase("; ".join(each.en for each in said), "；".join(each.zh for each in said))


def _pairs(review: Review) -> Iterator[tuple[KpiSeries, ControlChart]]:
    return zip(review.kpis, review.charts, strict=True)


def _names(series: KpiSeries) -> tuple[Cell, Cell]:
    return series.kpi.code, Read(series.kpi.id, series.kpi.name)


def _shown(series: KpiSeries, number: Decimal | Undefined) -> Cell:
    return number if isinstance(number, Undefined) else Read(number, series.show(number))


def limits_of(point: ChartPoint | None) -> Limits | None:
    """Return the limits of a value; where there is no value, there is nothing to limit."""
    if point is None or isinstance(point.value, Undefined) or isinstance(point.limits, Undefined):
        return None
    return point.limits


def _limits(series: KpiSeries, point: ChartPoint | None) -> tuple[Cell, Cell, Cell]:
    limits = limits_of(point)
    if limits is None:
        return None, None, None
    low, centre, high = limits.low, limits.centre, limits.high
    return _shown(series, low), _shown(series, centre), _shown(series, high)


def _target(series: KpiSeries, chart: ControlChart) -> Cell:
    low, high = chart.target or (None, None)
    number = high if low is None else low
    return None if number is None else Read(number, series.show(number))
