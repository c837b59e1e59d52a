"""How it goes: KPIs month by month, and goals."""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.goals import GoalAssessment, SmartCheck
from crmcore.kernel import Undefined
from crmcore.kpis import KpiGroup
from crmcore.verdicts import Verdict

from . import _chart_tables as of_charts
from . import _department_tables as of_department
from ._blocks import Answer, Block, GoalLine, Goals, Lines, Pictures, Rows, Telling, Words
from ._table import Kind, show
from ._views import trends


def how_it_goes(telling: Telling) -> Iterator[Block]:
    """Tell how the KPIs developed and how the goals stand."""
    review = telling.review
    if telling.has_pictures:
        yield Pictures(
            pictures=tuple(trends(review, telling.language)),
            caption=telling.say(
                "KPIs by month, each with its latest value; the arrow says which way is better. "
                "The band is the 95 % interval of what can be told from so few records. Between "
                "the thin lines the values wander by themselves, around the dotted centre. A "
                "triangle marks a change, upwards above the centre and downwards below it: "
                "filled for the worse, hollow for the better or neither. The dashed line is the "
                "target of a goal.",
                "月度指标及其最新值，箭头表示改进方向。阴影为由有限记录数得出的95%置信区间。两条细线"
                "之间为正常波动范围，点线为中心线。三角形标记变化，高于中心线朝上，低于中心线朝下："
                "实心为恶化，空心为改善或好坏未定。虚线为目标值。",
            ),
            shape="panels",
        )
    yield from _what_has_changed(telling)
    yield Rows(
        table=of_department.kpis(review),
        summary=telling.say(
            "every value with numerator, denominator, records and interval",
            "全部数值（分子、分母、记录数与区间）",
        ),
    )
    yield Lines(
        summary=telling.say("what each KPI is", "各指标的定义"),
        lines=tuple(
            f"{series.kpi.code} {telling.read(series.kpi.name)}: "
            f"{telling.read(series.definition)} ({series.kpi.source})"
            for series in review.kpis
        ),
    )
    yield telling.heading("Goals", "目标")
    checks = {check.goal.id: check for check in review.smart}
    if review.goals:
        yield Goals(tuple(_goal(telling, one, checks[one.goal.id]) for one in review.goals))
        yield Rows(
            table=of_department.goals(review).only(_is_a_number_of_a_goal),
            summary=telling.say("the goals in numbers", "目标数值明细"),
        )
        yield Rows(
            table=of_department.smart(review),
            summary=telling.say("the five questions of a SMART goal", "SMART检查明细"),
        )
    else:
        yield Words(telling.say("No goal is followed.", "没有正在跟踪的目标。"))


def _what_has_changed(telling: Telling) -> Iterator[Block]:
    """Tell of each KPI whether it has changed, and whether its target is within reach."""
    review = telling.review
    yield telling.heading("What has changed, and what has not", "哪些变化了，哪些没有")
    yield Words(
        telling.say(
            "Every month differs from the one before, and mostly for no reason worth a search. "
            "Natural limits, learnt from the first twelve months, tell a change from that.",
            "每个月都与上月不同，多数并无值得追查的原因。由最初十二个月得出的控制限可区分真正的变化。",
        )
    )
    yield Rows(table=of_charts.variation(review).only(_is_said_of_a_change))
    yield Rows(
        table=of_charts.charts(review),
        summary=telling.say("the natural limits of every month", "各月控制限明细"),
    )
    yield Words(_coverage(telling))


def _coverage(telling: Telling) -> str:
    """Say of what no KPI of the review tells."""
    there = {series.kpi.group for series in telling.review.kpis}
    gaps = [group.label for group in KpiGroup if group not in there]
    if not gaps:
        return telling.say(
            "There is a KPI of every group of the catalogue.", "目录中的每一组都有指标。"
        )
    en, zh = "; ".join(gap.en for gap in gaps), "；".join(gap.zh for gap in gaps)
    return telling.say(
        f"No KPI tells of: {en}. These need records that were not handed in.",
        f"没有指标反映：{zh}。这些指标所需的记录未提供。",
    )


def _goal(telling: Telling, one: GoalAssessment, check: SmartCheck) -> GoalLine:
    shown = one.series.show
    goal, current = one.goal, one.current
    now = "–" if isinstance(current, Undefined) else shown(current.number)
    progress = show(one.progress, Kind.SHARE, telling.language)
    pace = show(one.pace, Kind.NUMBER, telling.language)
    doubts = [
        telling.read(answer.because)
        for answer in check.answers
        if answer.verdict is not Verdict.HOLDS
    ]
    return GoalLine(
        name=goal.name,
        status=one.status.value,
        label=telling.read(one.status.label),
        because=telling.read(one.because),
        numbers=telling.say(
            f"from {shown(goal.baseline)} to {shown(goal.target)} in {goal.period}, "
            f"now {now}: progress {progress}, pace {pace}",
            f"{goal.period}由{shown(goal.baseline)}至{shown(goal.target)}，"
            f"当前{now}：完成度{progress}，进度比{pace}",
        ),
        answers=tuple(
            Answer(
                letter=answer.question.value[:1].upper(),
                verdict=answer.verdict.value,
                because=telling.read(answer.because),
            )
            for answer in check.answers
        ),
        doubts=telling.say("; ", "；").join(doubts),
    )


def _is_said_of_a_change(column: str) -> bool:
    return column not in {"code", "period", "centre"}


def _is_a_number_of_a_goal(column: str) -> bool:
    return column not in {"id", "kpi", "because"}
