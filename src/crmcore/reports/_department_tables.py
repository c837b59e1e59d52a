"""Tables of the department: KPIs, goals, findings, job descriptions, training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeVar

from crmcore.kernel import Phrase, Undefined, round_half_up
from crmcore.kpis import KpiSeries
from crmcore.reviews import Review

from ._table import Cell, Column, Kind, Read, Row, Table

_Id = TypeVar("_Id", bound=str)

_KPI: Final = Column("kpi", Phrase("KPI", "指标"))
_MEMBER: Final = Column("member", Phrase("member", "成员"))
_SKILL: Final = Column("skill", Phrase("skill", "技能"))
_SUGGESTION: Final = Column("suggestion", Phrase("suggestion", "建议"))


def department_tables(review: Review) -> tuple[Table, ...]:
    """Return the tables of the department."""
    return (
        kpis(review),
        goals(review),
        smart(review),
        findings(review),
        jobs(review),
        training(review),
    )


def kpis(review: Review) -> Table:
    """Return every value of every KPI with its parts."""

    def rows() -> Iterator[Row]:
        for series in review.kpis:
            name = Read(series.kpi.id, series.kpi.name)
            for period, value in zip(series.periods, series.values, strict=True):
                head = (series.kpi.code, name, series.kpi.version, str(period))
                if isinstance(value, Undefined):
                    yield (*head, None, None, None, None, None, None, value.reason.label)
                    continue
                low, high = (
                    (None, None)
                    if value.interval is None
                    else (_read(series, value.interval.low), _read(series, value.interval.high))
                )
                parts = (_part(value.numerator), _part(value.denominator), value.n)
                yield (*head, _read(series, value.number), *parts, low, high, None)

    return Table(
        name="kpis",
        title=Phrase("KPIs by month", "月度指标"),
        columns=(
            Column("code", Phrase("code", "编号")),
            _KPI,
            Column("version", Phrase("version", "版本")),
            Column("period", Phrase("month", "月份")),
            Column("number", Phrase("value", "数值"), Kind.NUMBER),
            Column("numerator", Phrase("numerator", "分子"), Kind.NUMBER),
            Column("denominator", Phrase("denominator", "分母"), Kind.NUMBER),
            Column("n", Phrase("records", "记录数"), Kind.COUNT),
            Column("low", Phrase("at least", "下限"), Kind.NUMBER),
            Column("high", Phrase("at most", "上限"), Kind.NUMBER),
            Column("undefined", Phrase("why there is none", "无值原因")),
        ),
        rows=rows,
        heads=3,
    )


def _read(series: KpiSeries, number: Decimal | float) -> Read:
    """Return a number of a KPI, which people read in its unit."""
    return Read(number, series.show(number))


def _part(number: Decimal | None) -> Cell:
    """Return a numerator or a denominator; what counts whole things is read without a point."""
    if number is None:
        return None
    whole = number == number.to_integral_value()
    return Read(number, f"{round_half_up(number, 0 if whole else 2):,}")


def goals(review: Review) -> Table:
    """Return how each goal stands."""

    def rows() -> Iterator[Row]:
        for one in review.goals:
            goal, series = one.goal, one.series
            current, ahead = one.current, one.forecast
            yield (
                goal.id,
                goal.name,
                goal.kpi,
                str(goal.period),
                _read(series, goal.baseline),
                _read(series, goal.target),
                None if isinstance(current, Undefined) else _read(series, current.number),
                one.progress,
                one.pace,
                None if isinstance(ahead, Undefined) else _read(series, ahead.number),
                None if isinstance(ahead, Undefined) else ahead.chance,
                one.status.label,
                one.because,
            )

    return Table(
        name="goals",
        title=Phrase("goals", "目标"),
        columns=(
            Column("id", Phrase("id", "编号")),
            Column("name", Phrase("goal", "目标")),
            _KPI,
            Column("period", Phrase("period", "周期")),
            Column("baseline", Phrase("from", "基线值"), Kind.NUMBER),
            Column("target", Phrase("to", "目标值"), Kind.NUMBER),
            Column("current", Phrase("now", "当前值"), Kind.NUMBER),
            Column("progress", Phrase("progress", "完成度"), Kind.SHARE),
            Column("pace", Phrase("pace", "进度比"), Kind.NUMBER),
            Column("forecast", Phrase("forecast", "预测值"), Kind.NUMBER),
            Column("chance", Phrase("chance", "达成概率"), Kind.SHARE),
            Column("status", Phrase("status", "状态")),
            Column("because", Phrase("because", "依据")),
        ),
        rows=rows,
    )


def smart(review: Review) -> Table:
    """Return the answers to the five questions of a SMART goal."""

    def rows() -> Iterator[Row]:
        for check in review.smart:
            for answer in check.answers:
                yield (
                    Read(check.goal.id, check.goal.name),
                    answer.question.label,
                    answer.verdict.label,
                    answer.because,
                )

    return Table(
        name="smart",
        title=Phrase("SMART check of the goals", "SMART 检查"),
        columns=(
            Column("goal", Phrase("goal", "目标")),
            Column("question", Phrase("question", "维度")),
            Column("verdict", Phrase("verdict", "判定")),
            Column("because", Phrase("because", "依据")),
        ),
        rows=rows,
        heads=1,
    )


def findings(review: Review) -> Table:
    """Return the findings, the gravest first."""

    def rows() -> Iterator[Row]:
        for finding in review.findings:
            yield (
                finding.severity.label,
                finding.kind,
                finding.subject,
                finding.title,
                "; ".join(f"{name}: {value}" for name, value in finding.evidence),
                finding.suggestion,
            )

    return Table(
        name="findings",
        title=Phrase("findings", "发现的问题"),
        columns=(
            Column("severity", Phrase("severity", "严重程度")),
            Column("kind", Phrase("kind", "类型")),
            Column("subject", Phrase("subject", "对象")),
            Column("finding", Phrase("finding", "问题")),
            Column("evidence", Phrase("evidence", "证据")),
            _SUGGESTION,
        ),
        rows=rows,
    )


def jobs(review: Review) -> Table:
    """Return every line of every job description that the plan leads to."""
    known = {str(series.kpi.id): series.kpi.name for series in review.kpis}

    def rows() -> Iterator[Row]:
        for job in review.jobs:
            for duty in job.duties:
                names = [known.get(key, Phrase(key, key)) for key in duty.indicators]
                yield (
                    Read(job.member, job.name),
                    duty.duty.label,
                    Read(duty.responsibility, duty.name),
                    duty.weekly_hours,
                    duty.expected_outcome,
                    Read(
                        ", ".join(duty.indicators),
                        Phrase(
                            ", ".join(name.en for name in names),
                            "、".join(name.zh for name in names),
                        ),
                    ),
                )

    return Table(
        name="jobs",
        title=Phrase("job descriptions by the plan", "方案下的职责说明书"),
        columns=(
            _MEMBER,
            Column("duty", Phrase("is", "职责类型")),
            Column("responsibility", Phrase("for", "职责")),
            Column("weekly_hours", Phrase("hours a week", "每周工时"), Kind.NUMBER),
            Column("outcome", Phrase("expected outcome", "预期成果")),
            Column("indicators", Phrase("indicators", "衡量指标")),
        ),
        rows=rows,
        heads=1,
    )


def training(review: Review) -> Table:
    """Return what there is to learn for the plan."""
    people = {member.id: member.name for member in review.organization.members}
    work = {each.id: each.name for each in review.organization.responsibilities}

    def rows() -> Iterator[Row]:
        for need in review.training:
            yield (
                need.skill,
                need.level,
                _listed(need.members, people),
                _listed(need.because, work),
                _listed(need.teachers, people),
                need.suggestion,
            )

    return Table(
        name="training",
        title=Phrase("training needs", "培训需求"),
        columns=(
            _SKILL,
            Column("level", Phrase("level", "等级"), Kind.COUNT),
            Column("members", Phrase("who", "人员")),
            Column("because", Phrase("for", "对应职责")),
            Column("teachers", Phrase("who can teach it", "可授课人员")),
            _SUGGESTION,
        ),
        rows=rows,
    )


def _listed(ids: Iterable[_Id], names: Mapping[_Id, str]) -> Read:
    """Return ids, which people read by their names."""
    listed = tuple(ids)
    return Read(", ".join(listed), ", ".join(names[each] for each in listed))
