"""Asking a goal the five questions, each on its own, each answered with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import localcontext

from crmcore.errors import nearest
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, Direction, Kpi, KpiSeries
from crmcore.organization import Organization

from ._exact import QUOTIENT
from ._goal import Goal
from ._history import History, achievable, measurable
from ._reckoning import check_series, last_day, named
from ._smart import Smart, SmartAnswer, SmartCheck, fails, holds


def check_smart(
    goal: Goal,
    *,
    series: KpiSeries | None = None,
    organization: Organization | None = None,
    goals: Iterable[Goal] | None = None,
    kpis: Iterable[Kpi] = CATALOGUE,
) -> SmartCheck:
    """Ask a goal the five questions of a SMART one.

    - *Specific*: one person, team or department answers for it, it is about one part of the
      business, and its numbers were set with the definition of the KPI that is in force and
      by which its history was measured.
    - *Measurable*: the KPI exists and has at least four values from before the goal begins,
      and the way to go is longer than its values wander by themselves, and than two samples
      of the size of the last one differ by chance.
    - *Achievable*: the target is a possible number, and nothing better is needed than the KPI
      has brought before, in its best stretch of as many periods as the goal has, or of half
      the history where that is shorter. A total may also go on rising from its last stretch
      as fast as it ever rose. The answer adds whether the target lies within the natural
      limits, which the KPI keeps anyway, or beyond them, where something has to change.
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
    history = None
    if series is not None:
        check_series(goal, series)
        history = History.before(goal, series)
    with localcontext(QUOTIENT):  # whatever context the caller has set
        return SmartCheck(
            goal=goal,
            answers=(
                _specific(goal, of, organization, history),
                _measurable(goal, of, known, history),
                achievable(goal, history),
                _relevant(goal, of, organization, goals),
                _time_bound(goal),
            ),
        )


def _specific(
    goal: Goal, of: Kpi | None, organization: Organization | None, history: History | None
) -> SmartAnswer:
    question = Smart.SPECIFIC
    wrong = _not_one_owner(goal, organization) or _not_one_figure(goal, of, history)
    if wrong is not None:
        return fails(question, wrong.en, wrong.zh)
    return holds(
        question,
        f"{goal.owner} answers for it, in one KPI with one definition",
        f"由{goal.owner}负责，对应唯一指标和唯一定义",
    )


def _not_one_owner(goal: Goal, organization: Organization | None) -> Phrase | None:
    """Say why nobody can be asked about a goal, if so."""
    if goal.owner is None and goal.contributors:
        count = len(goal.contributors)
        return Phrase(
            f"{count} share it, and none of them answers for it", f"{count}方共同承担，但没有负责人"
        )
    if goal.owner is None:
        return Phrase("nobody answers for it", "没有负责人")
    if organization is None or goal.owner in (names := _names(organization)):
        return None
    near = _hint(goal.owner, names)
    return Phrase(
        f"its owner {goal.owner!r} is nobody of the organisation{near.en}",
        f"负责人“{goal.owner}”不在组织中{near.zh}",
    )


def _not_one_figure(goal: Goal, of: Kpi | None, history: History | None) -> Phrase | None:
    """Say why a goal is not about one figure with one meaning, if so."""
    if of is not None and goal.kpi_version != of.version:
        return Phrase(
            f"it was set with version {goal.kpi_version} of {of}, version {of.version} is in force",
            f"目标依据{of.name.zh}定义的第{goal.kpi_version}版制定，现行为第{of.version}版",
        )
    if history is not None and (others := history.versions - {goal.kpi_version}):
        old = ", ".join(sorted(others))
        return Phrase(
            f"its history was measured by version {old} of the definition, not by "
            f"{goal.kpi_version}",
            f"历史数值依据定义的第{old}版计算，而非第{goal.kpi_version}版",
        )
    counted = Counter(dimension for dimension, _ in goal.scope)
    twice = [dimension for dimension, count in counted.items() if count > 1]
    if twice:
        return Phrase(
            f"it is about more than one {twice[0]}, which makes it more than one goal",
            f"涉及多个“{twice[0]}”，应拆分为多个目标",
        )
    return None


def _measurable(
    goal: Goal, of: Kpi | None, known: Iterable[str], history: History | None
) -> SmartAnswer:
    if of is None:
        near = _hint(goal.kpi, known)
        return fails(
            Smart.MEASURABLE,
            f"there is no KPI {goal.kpi!r}{near.en}",
            f"没有指标“{goal.kpi}”{near.zh}",
        )
    if history is None:
        return fails(Smart.MEASURABLE, "there are no values of its KPI", "该指标没有数值")
    return measurable(goal, history)


def _relevant(
    goal: Goal, of: Kpi | None, organization: Organization | None, goals: Iterable[Goal] | None
) -> SmartAnswer:
    question = Smart.RELEVANT
    worse = Direction.LOWER if goal.is_upward else Direction.HIGHER
    if of is not None and of.direction is worse:
        return fails(
            question,
            f"it makes the {of.name.en} worse: {of.direction.label.en}",
            f"该目标会使{of.name.zh}变差：{of.direction.label.zh}",
        )
    if goal.responsibility is None and goal.parent is None:
        return fails(
            question,
            "it neither makes a responsibility concrete nor serves a greater goal",
            "既未对应任何职责，也未服务于上级目标",
        )
    if goal.responsibility is not None and organization is not None:
        duties = [each.id for each in organization.responsibilities]
        if goal.responsibility not in duties:
            near = _hint(goal.responsibility, duties)
            return fails(
                question,
                f"there is no responsibility {goal.responsibility!r}{near.en}",
                f"没有职责“{goal.responsibility}”{near.zh}",
            )
    if goal.parent is not None and goals is not None:
        parents = [each.id for each in goals]
        if goal.parent not in parents:
            near = _hint(goal.parent, parents)
            return fails(
                question,
                f"there is no goal {goal.parent!r}{near.en}",
                f"没有上级目标“{goal.parent}”{near.zh}",
            )
    serves = " and ".join(str(link) for link in (goal.responsibility, goal.parent) if link)
    return holds(question, f"it serves {serves}", f"服务于{serves.replace(' and ', '和')}")


def _time_bound(goal: Goal) -> SmartAnswer:
    question, period = Smart.TIME_BOUND, named(goal.period)
    reviews = [day for day in goal.review_days if goal.period.start < day <= goal.period.end]
    if not reviews:
        return fails(
            question,
            f"nobody looks at it within {period.en}",
            f"{period.zh}期间没有检查日",
        )
    return holds(
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
