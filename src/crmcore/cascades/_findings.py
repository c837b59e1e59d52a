"""What does not hold together in a tree of goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, localcontext

import attrs

from crmcore.goals import Goal, GoalId
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import Direction, Kpi, Unit

from ._pairs import pairs_of
from ._places import Places
from ._totals import EXACT


@attrs.frozen(kw_only=True)
class Whole:
    """A goal, the ids of its parts, and what those about its KPI come to."""

    goal: Goal
    kpi: Kpi
    parts: tuple[GoalId, ...]
    total: Decimal | Undefined

    @property
    def name(self) -> str:
        """The goal's name."""
        return self.goal.name


def findings_about(
    wholes: Mapping[GoalId, Whole], places: Places, tolerance: Decimal
) -> tuple[Finding, ...]:
    """Return all findings, the gravest first."""
    found: list[Finding] = []
    for whole in wholes.values():
        parent = whole.goal.parent
        if parent is not None:
            found.extend(_misplaced(whole, wholes[parent], places))
        elif whole.goal.owner != places.company:
            found.append(_orphan(whole))
        if any(wholes[part].kpi is whole.kpi for part in whole.parts):
            found.extend(_mismatch(whole, tolerance))
    return in_order([*found, *_counted_twice(wholes, places)])


def _orphan(whole: Whole) -> Finding:
    return _finding(
        "goal_without_parent",
        Severity.WARNING,
        whole,
        Phrase(f"{whole.name} serves no greater goal", f"{whole.name}未服务于任何上级目标"),
        (("owner", whole.goal.owner or "nobody"),),
    )


def _misplaced(whole: Whole, above: Whole, places: Places) -> Iterator[Finding]:
    owners = ("owner", str(whole.goal.owner)), ("parent_owner", str(above.goal.owner))
    if places.is_above(whole.goal.owner, above.goal.owner):
        yield _finding(
            "goal_serves_lower_level",
            Severity.WARNING,
            whole,
            Phrase(
                f"{whole.name} serves {above.name}, a goal of somebody further down",
                f"{whole.name}服务于更低层级的目标{above.name}",
            ),
            owners,
        )
    inner, outer = whole.goal.period, above.goal.period
    if inner.start < outer.start or inner.end > outer.end:
        yield _finding(
            "goal_outside_parent",
            Severity.WARNING,
            whole,
            Phrase(
                f"{whole.name} is not over within the period of {above.name}, which it serves",
                f"{whole.name}的周期不在上级目标{above.name}的周期之内",
            ),
            (("period", str(inner)), ("parent_period", str(outer))),
        )


def _mismatch(whole: Whole, tolerance: Decimal) -> Iterator[Finding]:
    show, target = whole.kpi.unit.show, whole.goal.target
    if isinstance(whole.total, Undefined):
        why = whole.total.detail
        yield _finding(
            "goal_parts_not_comparable",
            Severity.NOTE,
            whole,
            Phrase(
                f"{whole.name} cannot be compared with its parts: {why.en}",
                f"{whole.name}无法与其分解目标比较：{why.zh}",
            ),
            (),
        )
        return
    with localcontext(EXACT):
        away = whole.total - target
        if abs(away) <= abs(target) * tolerance:
            return
    is_less = away < 0
    is_worse = {Direction.HIGHER: is_less, Direction.LOWER: not is_less, Direction.TARGET: True}
    gap = _distance(whole.kpi.unit, away.copy_abs())
    words = ("short of", "少于") if is_less else ("more than", "多于")
    yield _finding(
        "goal_parts_fall_short" if is_worse[whole.kpi.direction] else "goal_parts_exceed",
        Severity.WARNING if is_worse[whole.kpi.direction] else Severity.NOTE,
        whole,
        Phrase(
            f"{whole.name}: its parts come to {show(whole.total)}, {gap} {words[0]} {show(target)}",
            f"{whole.name}：分解目标合计{show(whole.total)}，比{show(target)}{words[1]}{gap.zh}",
        ),
        (("target", str(target)), ("parts", str(whole.total))),
    )


def _distance(unit: Unit, number: Decimal) -> Phrase:
    """Return a difference of two numbers as people read it: ``4.2 points``."""
    if unit.is_relative or unit is Unit.POINTS:
        shown = Unit.SHARE.show(number).removesuffix(" %")
        return Phrase(f"{shown} points", f"{shown}个百分点")
    shown = unit.show(number).removeprefix("+")
    return Phrase(shown, shown)


def _counted_twice(wholes: Mapping[GoalId, Whole], places: Places) -> Iterator[Finding]:
    """Yield a finding for each two goals that count the same below one goal."""
    leaves: dict[tuple[str, GoalId], list[Whole]] = defaultdict(list)
    for whole in sorted(wholes.values(), key=_in_time):
        line = _line(whole.goal, wholes)
        if line and not any(wholes[part].kpi is whole.kpi for part in whole.parts):
            leaves[whole.kpi.id, line[-1]].append(whole)
    for alike in leaves.values():
        for one, other in pairs_of([each.goal for each in alike], places):
            yield _twice(_meet(one, other, wholes), wholes[one.id], wholes[other.id])


def _twice(above: Whole, one: Whole, other: Whole) -> Finding:
    return _finding(
        "goal_counted_twice",
        Severity.WARNING,
        above,
        Phrase(
            f"{one.name} and {other.name} count the same twice in {above.name}",
            f"{one.name}与{other.name}在{above.name}中重复计算",
        ),
        (("one", str(one.goal.id)), ("other", str(other.goal.id))),
    )


def _in_time(whole: Whole) -> tuple[date, GoalId]:
    return whole.goal.period.start, whole.goal.id


def _meet(one: Goal, other: Goal, wholes: Mapping[GoalId, Whole]) -> Whole:
    """Return the lowest goal that both serve, of two in one tree."""
    line = _line(one, wholes)
    return next(wholes[key] for key in _line(other, wholes) if key in line)


def _line(goal: Goal, wholes: Mapping[GoalId, Whole]) -> list[GoalId]:
    found: list[GoalId] = []
    key = goal.parent
    while key is not None:
        found.append(key)
        key = wholes[key].goal.parent
    return found


def _finding(
    kind: str,
    severity: Severity,
    whole: Whole,
    title: Phrase,
    evidence: tuple[tuple[str, str], ...],
) -> Finding:
    return Finding(
        kind=kind,
        severity=severity,
        subject=f"goal:{whole.goal.id}",
        title=title,
        evidence=evidence,
    )
