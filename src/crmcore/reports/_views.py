"""Views: what of a review the pictures show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from crmcore.calendar import Period
from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.kpis import Direction, KpiSeries
from crmcore.lifecycle import Stage
from crmcore.reviews import Review
from crmcore.signals import ControlChart, Rule

from ._blocks import Picture
from ._chart_tables import limits_of, told_by
from ._colours import NONE, ramp
from ._customer_tables import IN_NONE, Amounts, amounts_by_cell, labels
from ._flow_picture import Moment, draw_flow
from ._map_picture import MapCell, draw_map
from ._plan_tables import name_of
from ._trend_picture import Mark, Trend, draw_trend
from ._workload_picture import Load, draw_workload

_MOMENTS: Final = 6
_ARROWS: Final = {Direction.HIGHER: "↑", Direction.LOWER: "↓", Direction.TARGET: "◎"}


def trends(review: Review, language: str) -> Iterator[Picture]:
    """Draw the KPIs month by month, with their natural limits and the targets of the goals."""
    for series, chart in zip(review.kpis, review.charts, strict=True):
        name = series.kpi.name.in_language(language)
        latest = series.latest
        if isinstance(latest, Undefined):
            note = latest.reason.label.in_language(language)
        else:
            note = series.show(latest.number)
            if latest.period != series.periods[-1]:
                note += f" ({latest.period})"
        yield Picture(
            svg=draw_trend(_trend(series, chart), f"{name}: {note}"),
            name=f"{name} {_ARROWS[series.kpi.direction]}",
            note=note,
        )


def _trend(series: KpiSeries, chart: ControlChart) -> Trend:
    numbers: list[float | None] = []
    lows: list[float | None] = []
    highs: list[float | None] = []
    for value in series.values:
        interval = None if isinstance(value, Undefined) else value.interval
        numbers.append(None if isinstance(value, Undefined) else float(value.number))
        lows.append(None if interval is None else float(interval.low))
        highs.append(None if interval is None else float(interval.high))
    limits = [limits_of(point) for point in chart.points]
    low, high = chart.target or (None, None)
    target = high if low is None else low
    return Trend(
        key=series.kpi.id,
        periods=tuple(str(period) for period in series.periods),
        numbers=tuple(numbers),
        lows=tuple(lows),
        highs=tuple(highs),
        naturals=(
            tuple(None if one is None else float(one.low) for one in limits),
            tuple(None if one is None else float(one.centre) for one in limits),
            tuple(None if one is None else float(one.high) for one in limits),
        ),
        marks=tuple(_marks(chart)),
        target=None if target is None else float(target),
        is_share=series.kpi.unit.is_relative,
    )


def _marks(chart: ControlChart) -> Iterator[Mark | None]:
    """Yield for each point how it is marked: as its value changed by which it lies so far."""
    told: dict[Period, Mark] = {}
    for signal in sorted(chart.signals, key=lambda signal: signal.rule is not Rule.JUMP):
        is_jump = signal.rule is Rule.JUMP  # of which nobody knows whether it is good
        is_aimed = is_jump or chart.direction is Direction.TARGET
        is_better = signal.is_high is (chart.direction is Direction.HIGHER)
        mark = Mark(signal.is_high, None if is_aimed else not is_better)
        told |= dict.fromkeys(told_by(signal), mark)
    yield from (told.get(point.period) for point in chart.points)


def maps(review: Review, language: str) -> Iterator[Picture]:
    """Draw how many customers are in each cell of recency by frequency, and what they paid."""
    customers, spend = amounts_by_cell(review)
    names = [*labels(review, "segments"), IN_NONE]
    grids = [_cells(amounts, names) for amounts in (customers, spend)]
    largest = max((cell.share for grid in grids for cell in grid), default=0.0)
    titles = (Phrase("Customers", "客户数"), Phrase("What they paid", "累计消费额"))
    axes = (
        Phrase("recency score (5: bought last)", "最近购买得分（5分为最近）"),
        Phrase("frequency score (5: most often)", "购买频次得分（5分为最多）"),
    )
    for key, title, grid, amounts in zip(
        ("customers", "spend"), titles, grids, (customers, spend), strict=True
    ):
        total = sum((sum(cell.values()) for cell in amounts.values()), Decimal(0))
        shown = f"{round_half_up(total):,}"
        yield Picture(
            svg=draw_map(
                grid,
                key=key,
                largest=largest,
                colours={**ramp(names[:-1]), IN_NONE: NONE},
                axes_labels=(axes[0].in_language(language), axes[1].in_language(language)),
                description=title.in_language(language),
            ),
            name=title.in_language(language),
            note=shown if key == "customers" else f"{shown} {review.policy.currency}",
        )


def _cells(amounts: Amounts, names: list[str]) -> list[MapCell]:
    """Return the cells of a map; what is below 0 has no area, but keeps its number."""
    whole = sum(
        (max(amount, Decimal(0)) for cell in amounts.values() for amount in cell.values()),
        Decimal(0),
    )
    return [
        MapCell(
            r=r,
            f=f,
            shares=tuple((name, _area(cell.get(name), whole)) for name in names if name in cell),
            text=_text(cell, whole),
        )
        for (r, f), cell in sorted(amounts.items())
    ]


def _area(amount: Decimal | None, whole: Decimal) -> float:
    return float(amount / whole) if amount is not None and amount > 0 else 0.0


def _text(cell: Mapping[str, Decimal], whole: Decimal) -> str:
    total = sum(cell.values(), Decimal(0))
    return f"{round_half_up(100 * total / whole, 1)} %" if whole else ""


def flow(review: Review, language: str) -> Picture:
    """Draw how customers flow between stages, at up to six moments of the months reviewed."""
    named = {stage.value: stage.label.in_language(language) for stage in Stage}
    said = Phrase("flow of the stages", "生命周期阶段流动").in_language(language)
    return Picture(svg=draw_flow(list(_moments(review)), labels=named, description=said))


def _moments(review: Review) -> Iterator[Moment]:
    days = [review.flows[0].period.start, *(month.period.end for month in review.flows)]
    step = max(1, -(-(len(days) - 1) // (_MOMENTS - 1)))
    shown = days[::-1][::step][::-1]
    stood = [[one.stages.stage_at(day).value for one in review.judgements] for day in shown]
    for place, day in enumerate(shown):
        here = stood[place]
        counts = Counter(here)
        moves: Counter[tuple[str, str]] = Counter()
        if place + 1 < len(shown):
            moves.update(zip(here, stood[place + 1], strict=True))
        yield Moment(
            name=day.isoformat(),
            counts=tuple((stage.value, counts[stage.value]) for stage in Stage),
            moves=tuple((*pair, moves[pair]) for pair in sorted(moves)),
        )


def workload(review: Review, language: str) -> Picture:
    """Draw how busy each member is with customers, before and after the plan."""
    plan = review.plan.customers
    before = {load.member: load.utilisation for load in plan.before.loads}
    loads = [
        Load(
            name=name_of(review, load.member),
            before=_share(before.get(load.member)),
            after=_share(load.utilisation),
        )
        for load in plan.after.loads
    ]
    return Picture(
        svg=draw_workload(
            loads,
            wanted=(float(review.weights.idle_below), float(review.weights.tight_above)),
            axis=Phrase("share of the hours for customers", "客户工时占比").in_language(language),
            description=Phrase("workload before and after", "调整前后工作量").in_language(language),
        )
    )


def _share(used: Fraction | Undefined | None) -> float | None:
    return None if used is None or isinstance(used, Undefined) else float(used)
