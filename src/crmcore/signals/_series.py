"""Charts of KPIs, and what they ask to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries, Unit

from ._chart import ControlChart
from ._judgement import Assurance, Variation
from ._kinds import ChartKind, Number, Observed, plain
from ._limits import FEWEST, ROUNDED, Limits

_ROUNDING: Final = Decimal("1e-15")
_COUNTED: Final = (Unit.RATE, Unit.PER_THOUSAND, Unit.PER_HOUR)


def chart(
    series: KpiSeries,
    *,
    kind: ChartKind | None = None,
    baseline: int | Period = FEWEST,
    changes: Mapping[date, Phrase] | None = None,
    target: Number | tuple[Number, Number] | None = None,
) -> ControlChart:
    """Draw the chart of a KPI.

    Shares of counted cases have limits that follow how many cases there were (p′), and so have
    counts per customer, hour or order (u′); everything else is charted as single values.
    Bounds come from the unit: a share is never below 0. But a number of customers that is a
    difference may be; where a value is beyond the bounds of its unit, the KPI has none. Where
    another version of the definition came into force, limits begin anew, as they do where the
    process was changed.

    Args:
        series: The values, in periods in a row; those that are undefined are missing points.
        kind: How the limits are reckoned, if otherwise than the KPI suggests.
        baseline: How many values the limits rest on, the first ones, 12 or more; or the days
            whose values they rest on.
        changes: The days on which the process was changed, each with the reason; see
            `ControlChart.of`.
        target: The value that is wanted, or the lowest and the highest that are.

    Raises:
        InvalidValueError: If *series* is no series, the baseline is shorter than 12, or the
            values are not made of what the *kind* needs.

    .. versionadded:: 0.1.0
    """
    if not isinstance(series, KpiSeries):
        rule = "be one KpiSeries; of several, chart each"
        raise InvalidValueError("series", series, rule)
    pairs = _pairs(series)
    if kind is None:
        kind = _kind(series, pairs)
    values: Mapping[Period, Observed] = pairs if kind.has_bases else _numbers(series)
    if kind.has_bases and len(pairs) < len(series.periods):
        rule = "be xmr or xmr_median for values that have no numerator and denominator"
        raise InvalidValueError("kind", kind.value, rule)
    lower, upper = series.bounds
    return ControlChart.of(
        values,
        subject=" ".join([f"kpi:{series.kpi.id}", *_scope(series)]),
        name=_name(series),
        kind=kind,
        direction=series.kpi.direction,
        baseline=baseline,
        changes={**_redefinitions(series), **(changes or {})},
        lower=lower,
        upper=upper,
        target=target,
        show=series.show,
    )


def _scope(series: KpiSeries) -> list[str]:
    return [f"{dimension} {value or '-'}" for dimension, value in series.scope]


def _name(series: KpiSeries) -> Phrase:
    """Return the KPI's name, and whose values they are unless they are those of the whole."""
    name, whose = series.kpi.name, _scope(series)
    if not whose:
        return name
    return Phrase(f"{name.en} ({', '.join(whose)})", f"{name.zh}（{'，'.join(whose)}）")


def _redefinitions(series: KpiSeries) -> dict[date, Phrase]:
    """Return the days from which on values follow another version of the definition."""
    versions = [(each.start, series.definition_in(each).version) for each in series.periods]
    return {
        day: Phrase(f"version {version} of the definition", f"定义第{version}版")
        for (_, before), (day, version) in pairwise(versions)
        if version != before
    }


def _numbers(series: KpiSeries) -> dict[Period, Observed]:
    return {
        period: value if isinstance(value, Undefined) else value.number
        for period, value in zip(series.periods, series.values, strict=True)
    }


def _pairs(series: KpiSeries) -> dict[Period, Observed]:
    """Return numerator and denominator of each value that is their quotient."""
    pairs: dict[Period, Observed] = {}
    for period, value in zip(series.periods, series.values, strict=True):
        if isinstance(value, Undefined):
            pairs[period] = value
            continue
        count, base = value.numerator, value.denominator
        if count is None or not base:
            continue
        if abs(ROUNDED.divide(count, base) - value.number) <= _ROUNDING:
            pairs[period] = count, base
    return pairs


def _kind(series: KpiSeries, pairs: Mapping[Period, Observed]) -> ChartKind:
    if len(pairs) < len(series.periods):
        return ChartKind.XMR
    if series.kpi.is_proportion:
        return ChartKind.P
    found = (pair[0] for pair in pairs.values() if isinstance(pair, tuple))
    is_counted = series.kpi.unit in _COUNTED and all(count == int(count) for count in found)
    return ChartKind.U if is_counted else ChartKind.XMR


def findings(charts: Iterable[ControlChart]) -> tuple[Finding, ...]:
    """Return what charts ask to be looked at, the gravest first.

    These are the signals that the last value of a chart belongs to, a target that the process
    will never meet if it is left as it is, and limits that cannot be told yet.

    Raises:
        InvalidValueError: If *charts* are no charts.

    .. versionadded:: 0.1.0
    """
    rule = "be charts, such as [chart(series)]"
    if not isinstance(charts, Iterable):
        raise InvalidValueError("charts", charts, rule)
    row = tuple(charts)
    for each in row:
        if not isinstance(each, ControlChart):
            raise InvalidValueError("charts", each, rule)
    return in_order(finding for each in row for finding in _findings(each))


def _findings(of: ControlChart) -> Iterator[Finding]:
    found, limits = of.variation, of.limits
    if isinstance(found, Variation) and found is not Variation.COMMON_CAUSE:
        yield _signal(of, found)
    if isinstance(limits, Undefined):
        yield Finding(
            kind="no_limits",
            severity=Severity.NOTE,
            subject=of.subject,
            title=Phrase(
                f"{of.name.en}, no limits yet: {limits.detail.en}",
                f"{of.name.zh}，尚无控制限：{limits.detail.zh}",
            ),
        )
    elif of.assurance is Assurance.NEVER:
        yield _out_of_reach(of, limits)


def _signal(of: ControlChart, found: Variation) -> Finding:
    signals = of.latest_signals
    en = "; ".join(signal.words.en for signal in signals)
    zh = "；".join(signal.words.zh for signal in signals)
    return Finding(
        kind="signal",
        severity=Severity.WARNING if found is Variation.CONCERN else Severity.NOTE,
        subject=of.subject,
        title=Phrase(
            f"{of.name.en}, {found.label.en}: {en}", f"{of.name.zh}，{found.label.zh}：{zh}"
        ),
        evidence=tuple(
            (signal.rule.value, ", ".join(str(period) for period in signal.periods))
            for signal in signals
        ),
        suggestion=Phrase(
            "ask what was different then, before anything is changed",
            "先查明当时有何不同，再决定是否调整",
        ),
    )


def _out_of_reach(of: ControlChart, limits: Limits) -> Finding:
    return Finding(
        kind="target_out_of_reach",
        severity=Severity.WARNING,
        subject=of.subject,
        title=Phrase(
            f"{of.name.en}, the target is never met while the process stays as it is",
            f"{of.name.zh}，若流程不变则无法达标",
        ),
        evidence=(
            ("target", _stretch(*(of.target or (None, None)))),
            ("natural limits", _stretch(limits.low, limits.high)),
        ),
        suggestion=Phrase(
            "change the process itself: more effort within it will not do",
            "需要改变流程本身，仅靠加大投入无济于事",
        ),
    )


def _stretch(low: Decimal | None, high: Decimal | None) -> str:
    """Return both ends as text; an open end is left out."""
    return " to ".join("…" if end is None else plain(end) for end in (low, high))
