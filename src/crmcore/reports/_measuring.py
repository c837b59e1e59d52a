"""How it goes: KPIs month by month, and goals."""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.goals import GoalAssessment, SmartCheck
from crmcore.kernel import Undefined
from crmcore.verdicts import Verdict

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
                "KPIs by month, each with its latest value. The band is the 95 % interval where "
                "the KPI is a proportion; the dashed line is the target of a goal; the arrow "
                "says which way is better.",
                "月度指标及其最新值。阴影为比例类指标的95%置信区间；虚线为目标值；箭头表示改进方向。",
            ),
            shape="panels",
        )
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


def _is_a_number_of_a_goal(column: str) -> bool:
    return column not in {"id", "kpi", "because"}
