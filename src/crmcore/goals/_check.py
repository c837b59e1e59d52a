"""Asking a goal the five questions, each on its own, each answered with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Final

from crmcore.errors import nearest
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, Direction, Kpi, KpiSeries
from crmcore.organization import Organization
from crmcore.verdicts import Verdict

from ._exact import QUOTIENT, share
from ._goal import Goal
from ._reckoning import (
    FEWEST_POINTS,
    adds_up,
    check_series,
    distance,
    last_day,
    named,
    period_count,
    points_until,
    rate,
)
from ._smart import Smart, SmartAnswer, SmartCheck

# Three standard deviations of single values, from the mean moving range of neighbours: W. A.
# Shewhart's limits as D. J. Wheeler, Understanding Variation (1993), reckons them.
_NATURAL_LIMIT: Final = Decimal("2.66")


def check_smart(
    goal: Goal,
    *,
    series: KpiSeries | None = None,
    organization: Organization | None = None,
    goals: Iterable[Goal] | None = None,
    kpis: Iterable[Kpi] = CATALOGUE,
) -> SmartCheck:
    """Ask a goal the five questions of a SMART one.

    - *Specific*: somebody answers for it, and its numbers were set with the definition of the
      KPI that is in force.
    - *Measurable*: the KPI exists and has at least four values from before the goal begins,
      and the way to go is longer than its values wander by themselves.
    - *Achievable*: the target is a possible number, and nothing better is needed than the KPI
      has brought before, in its best stretch of as many periods as the goal has, or of half
      the history where that is shorter. A total may also go on rising from its last stretch
      as fast as it ever rose.
    - *Relevant*: it makes a responsibility concrete or serves a greater goal, and moves the
      KPI to the better.
    - *Time-bound*: its period ends, which every period does, and it is looked at meanwhile.

    Each can fail alone. What cannot be judged, because there is no history, is unknown.

    Args:
        goal: The goal.
        series: The KPI's values; those from before the goal begins are its history.
        organization: Where owner and responsibility must be found; None where only their
            being named counts.
        goals: Where the parent must be found; None where only its being named counts.
        kpis: The KPIs that exist.

    Raises:
        InvalidValueError: If *series* is of another KPI than the goal.

    .. versionadded:: 0.1.0
    """
    known = {name: each for each in kpis for name in (each.id, each.code)}
    of = known.get(goal.kpi)
    history: tuple[Decimal, ...] = ()
    if series is not None:
        check_series(goal, series)
        history = tuple(number for _, number in points_until(series, goal.period.start))
    with localcontext(QUOTIENT):  # whatever context the caller has set
        return SmartCheck(
            goal=goal,
            answers=(
                _specific(goal, of, organization),
                _measurable(goal, of, known, series, history),
                _achievable(goal, series, history),
                _relevant(goal, of, organization, goals),
                _time_bound(goal),
            ),
        )


def _specific(goal: Goal, of: Kpi | None, organization: Organization | None) -> SmartAnswer:
    question = Smart.SPECIFIC
    if goal.owner is None:
        return _fails(question, "nobody answers for it", "没有负责人")
    if organization is not None and goal.owner not in (names := _names(organization)):
        near = _hint(goal.owner, names)
        return _fails(
            question,
            f"its owner {goal.owner!r} is nobody of the organisation{near.en}",
            f"负责人“{goal.owner}”不在组织中{near.zh}",
        )
    if of is not None and goal.kpi_version != of.version:
        return _fails(
            question,
            f"it was set with version {goal.kpi_version} of {of}, version {of.version} is in force",
            f"目标依据{of.name.zh}定义的第{goal.kpi_version}版制定，现行为第{of.version}版",
        )
    return _holds(
        question,
        f"{goal.owner} answers for it, in one KPI with one definition",
        f"由{goal.owner}负责，对应唯一指标和唯一定义",
    )


def _measurable(
    goal: Goal,
    of: Kpi | None,
    known: Iterable[str],
    series: KpiSeries | None,
    history: Sequence[Decimal],
) -> SmartAnswer:
    question = Smart.MEASURABLE
    if of is None:
        near = _hint(goal.kpi, known)
        return _fails(
            question, f"there is no KPI {goal.kpi!r}{near.en}", f"没有指标“{goal.kpi}”{near.zh}"
        )
    if series is None:
        return _fails(question, "there are no values of its KPI", "该指标没有数值")
    if len(history) < FEWEST_POINTS:
        return _fails(
            question,
            f"its KPI has {len(history)} values from before it begins, fewer than {FEWEST_POINTS}",
            f"目标开始之前仅有{len(history)}个数值，少于{FEWEST_POINTS}个",
        )
    way, noise = abs(goal.target - goal.baseline), _noise(goal, series, history)
    a, b = distance(series, way), distance(series, noise)
    if way <= noise:
        return _fails(
            question,
            f"the way to go, {a.en}, is no longer than its values wander by themselves, {b.en}",
            f"目标距离{a.zh}未超过数值自然波动{b.zh}",
        )
    return _holds(
        question,
        f"the way to go, {a.en}, is longer than its values wander by themselves, {b.en}",
        f"目标距离{a.zh}大于数值自然波动{b.zh}",
    )


def _noise(goal: Goal, series: KpiSeries, history: Sequence[Decimal]) -> Decimal:
    """Return how far a value, or the sum of a period of them, wanders with no cause at all."""
    ranges = [abs(after - before) for before, after in pairwise(history)]
    limit = _NATURAL_LIMIT * QUOTIENT.divide(sum(ranges, Decimal(0)), Decimal(len(ranges)))
    if not adds_up(series):
        return limit
    count = period_count(series.grain, goal.period.start, goal.period.end)
    return limit * QUOTIENT.sqrt(Decimal(max(count, 1)))


def _achievable(goal: Goal, series: KpiSeries | None, history: Sequence[Decimal]) -> SmartAnswer:
    question = Smart.ACHIEVABLE
    if series is None or len(history) < FEWEST_POINTS:
        return SmartAnswer(
            question=question,
            verdict=Verdict.UNKNOWN,
            because=Phrase("there is no history to compare it with", "没有可供比较的历史数据"),
        )
    show = series.show
    if series.kpi.is_proportion and not 0 <= goal.target <= 1:
        return _fails(
            question,
            f"a share cannot be {show(goal.target)}",
            f"占比不可能为{show(goal.target)}",
        )
    count = max(period_count(series.grain, goal.period.start, goal.period.end), 1)
    stretch = min(count, len(history) // 2)
    best_of = max if goal.is_upward else min
    best = best_of(_changes(history, stretch))
    if adds_up(series):
        needed = share(goal.target, count)
        means = _means(history, stretch)
        best = best_of(*means, means[-1] + best * share(stretch + count, 2))
        said = Phrase("at its best so far it would bring", "按历史最好水平可达到")
    else:
        needed = share(goal.target - goal.baseline, count)
        said = Phrase(
            f"the best stretch of {stretch} so far brought", f"历史上连续{stretch}期最好为"
        )
    a, b = rate(series, needed), rate(series, best)
    en, zh = f"it needs {a.en}; {said.en} {b.en}", f"需要{a.zh}；{said.zh}{b.zh}"
    is_too_much = needed > best if goal.is_upward else needed < best
    return _fails(question, en, zh) if is_too_much else _holds(question, en, zh)


def _means(history: Sequence[Decimal], length: int) -> list[Decimal]:
    """Return the mean of every *length* values in a row."""
    return [
        share(sum(history[first : first + length], Decimal(0)), length)
        for first in range(len(history) - length + 1)
    ]


def _changes(history: Sequence[Decimal], length: int) -> list[Decimal]:
    """Return the change by period over every *length* periods in a row."""
    return [
        share(history[first + length] - history[first], length)
        for first in range(len(history) - length)
    ]


def _relevant(
    goal: Goal, of: Kpi | None, organization: Organization | None, goals: Iterable[Goal] | None
) -> SmartAnswer:
    question = Smart.RELEVANT
    worse = Direction.LOWER if goal.is_upward else Direction.HIGHER
    if of is not None and of.direction is worse:
        return _fails(
            question,
            f"it makes the {of.name.en} worse: {of.direction.label.en}",
            f"该目标会使{of.name.zh}变差：{of.direction.label.zh}",
        )
    if goal.responsibility is None and goal.parent is None:
        return _fails(
            question,
            "it neither makes a responsibility concrete nor serves a greater goal",
            "既未对应任何职责，也未服务于上级目标",
        )
    if goal.responsibility is not None and organization is not None:
        duties = [each.id for each in organization.responsibilities]
        if goal.responsibility not in duties:
            near = _hint(goal.responsibility, duties)
            return _fails(
                question,
                f"there is no responsibility {goal.responsibility!r}{near.en}",
                f"没有职责“{goal.responsibility}”{near.zh}",
            )
    if goal.parent is not None and goals is not None:
        parents = [each.id for each in goals]
        if goal.parent not in parents:
            near = _hint(goal.parent, parents)
            return _fails(
                question,
                f"there is no goal {goal.parent!r}{near.en}",
                f"没有上级目标“{goal.parent}”{near.zh}",
            )
    serves = " and ".join(str(link) for link in (goal.responsibility, goal.parent) if link)
    return _holds(question, f"it serves {serves}", f"服务于{serves.replace(' and ', '和')}")


def _time_bound(goal: Goal) -> SmartAnswer:
    question, period = Smart.TIME_BOUND, named(goal.period)
    reviews = [day for day in goal.review_days if goal.period.start < day <= goal.period.end]
    if not reviews:
        return _fails(
            question,
            f"nobody looks at it within {period.en}",
            f"{period.zh}期间没有检查日",
        )
    return _holds(
        question,
        f"it ends with {last_day(goal.period)} and is first looked at on {reviews[0]}",
        f"于{last_day(goal.period)}结束，首次检查日为{reviews[0]}",
    )


def _names(organization: Organization) -> tuple[str, ...]:
    return (
        organization.department.id,
        *(team.id for team in organization.teams),
        *(member.id for member in organization.members),
    )


def _hint(name: str, known: Iterable[str]) -> Phrase:
    """Return the words that suggest the nearest known name, if one is near."""
    found = nearest(name, known)
    if found is None:
        return Phrase("", "")
    return Phrase(f"; did you mean {found!r}?", f"；是否为“{found}”？")


def _fails(question: Smart, en: str, zh: str) -> SmartAnswer:
    return SmartAnswer(question=question, verdict=Verdict.FAILS, because=Phrase(en, zh))


def _holds(question: Smart, en: str, zh: str) -> SmartAnswer:
    return SmartAnswer(question=question, verdict=Verdict.HOLDS, because=Phrase(en, zh))
