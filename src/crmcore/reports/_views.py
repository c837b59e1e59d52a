"""Views: what of a review the pictures show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import Direction, KpiSeries
from crmcore.lifecycle import Stage
from crmcore.measures import Additivity
from crmcore.reviews import Review

from ._customer_tables import labels
from ._pictures import (
    Column,
    Load,
    MapCell,
    Panel,
    kpi_trends,
    segment_map,
    stage_flow,
    workload,
)
from ._plan_tables import name_of

_COLUMNS: Final = 6


def trends_picture(review: Review, language: str) -> str:
    """Draw the KPIs month by month, with the targets of the goals."""
    targets = {
        one.goal.kpi: float(one.goal.target)
        for one in review.goals
        if one.series.kpi.over_time is not Additivity.ADDITIVE
    }
    return kpi_trends(
        [_panel(series, targets.get(series.kpi.id), language) for series in review.kpis],
        description=Phrase("KPIs month by month", "月度指标走势").in_language(language),
    )


def _panel(series: KpiSeries, target: float | None, language: str) -> Panel:
    numbers: list[float | None] = []
    lows: list[float | None] = []
    highs: list[float | None] = []
    for value in series.values:
        interval = None if isinstance(value, Undefined) else value.interval
        numbers.append(None if isinstance(value, Undefined) else float(value.number))
        lows.append(None if interval is None else float(interval.low))
        highs.append(None if interval is None else float(interval.high))
    arrow = {Direction.HIGHER: "↑", Direction.LOWER: "↓", Direction.TARGET: "◎"}
    return Panel(
        title=f"{series.kpi.name.in_language(language)} {arrow[series.kpi.direction]}",
        periods=tuple(str(period) for period in series.periods),
        numbers=tuple(numbers),
        lows=tuple(lows),
        highs=tuple(highs),
        target=target,
        is_share=series.kpi.unit.is_relative,
    )


def map_picture(review: Review, language: str) -> str:
    """Draw who is in which cell of recency by frequency, and in which segment."""
    counts: Counter[tuple[int, int, str]] = Counter()
    for judgement in review.judgements:
        known = judgement.features
        if known.r is not None and known.f is not None and known.segment is not None:
            counts[known.r, known.f, known.segment] += 1
    named = labels(review, "segments")
    cells = [
        MapCell(
            r=r,
            f=f,
            counts=tuple((name, counts[r, f, name]) for name in named if counts[r, f, name]),
        )
        for r in range(1, 6)
        for f in range(1, 6)
        if any(counts[r, f, name] for name in named)
    ]
    axes = (
        Phrase("recency score (5: bought last month)", "最近购买得分（5分为最近）"),
        Phrase("frequency score", "购买频次得分"),
    )
    return segment_map(
        cells,
        labels={name: label.in_language(language) for name, label in named.items()},
        axes_labels=(axes[0].in_language(language), axes[1].in_language(language)),
        description=Phrase("map of the segments", "客户细分图").in_language(language),
    )


def flow_picture(review: Review, language: str) -> str:
    """Draw how customers flow between stages, at up to six moments of the months reviewed."""
    return stage_flow(
        list(_columns(review)),
        labels={stage.value: stage.label.in_language(language) for stage in Stage},
        description=Phrase("flow of the stages", "生命周期阶段流动").in_language(language),
    )


def _columns(review: Review) -> Iterator[Column]:
    days = [review.flows[0].period.start, *(flow.period.end for flow in review.flows)]
    step = max(1, -(-(len(days) - 1) // (_COLUMNS - 1)))
    moments = days[::-1][::step][::-1]
    for place, day in enumerate(moments):
        stood = Counter(one.stages.stage_at(day) for one in review.judgements)
        moves: Counter[tuple[str, str]] = Counter()
        if place + 1 < len(moments):
            for one in review.judgements:
                before, after = one.stages.stage_at(day), one.stages.stage_at(moments[place + 1])
                moves[before.value, after.value] += 1
        yield Column(
            name=day.isoformat(),
            counts=tuple((stage.value, stood[stage]) for stage in Stage),
            moves=tuple((*pair, moves[pair]) for pair in sorted(moves)),
        )


def workload_picture(review: Review, language: str) -> str:
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
    words = (
        Phrase("today", "当前"),
        Phrase("by the plan", "方案"),
        Phrase("share of the hours for customers, %", "客户工时占比，%"),
    )
    return workload(
        loads,
        words=(
            words[0].in_language(language),
            words[1].in_language(language),
            words[2].in_language(language),
        ),
        description=Phrase("workload before and after", "调整前后工作量").in_language(language),
    )


def _share(used: Fraction | Undefined | None) -> float | None:
    return None if used is None or isinstance(used, Undefined) else float(used)
