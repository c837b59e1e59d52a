"""Breaking a goal down into the calendar periods that its own period is made up of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Final

import attrs

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.goals import Goal, GoalId, Mode, Trajectory
from crmcore.kernel import round_half_up
from crmcore.kpis import CATALOGUE, Kpi
from crmcore.measures import Additivity

from ._totals import EXACT, plain

_DIGITS: Final = 20
_DEEPEST: Final = 30  # as far behind the point as the numbers of a goal go


def break_down(
    goal: Goal, grain: Grain, *, digits: int | None = None, kpis: Iterable[Kpi] = CATALOGUE
) -> tuple[Goal, ...]:
    """Return the goals for the months, quarters or weeks of a goal, as its trajectory plans them.

    What adds up over time is divided: the targets of the parts sum to the target, exactly,
    whatever they are rounded to. Where the KPI stands somewhere, each part leads from where
    the one before it ends, and the last one ends at the target. A period for which nothing is
    planned, or nothing that so few digits could tell, gets no goal.

    Args:
        goal: The goal; it becomes the parent of its parts.
        grain: The grain of the parts.
        digits: To how many digits behind the point the targets are rounded; to none of those
            that matter where it is None.
        kpis: The KPIs that exist.

    Raises:
        InvalidValueError: If an argument is of another kind, the goal's period is not made up
            of such periods, the goal is for a rank, which has no parts, or *digits* are so few
            that a part would bring just what a like period brought before.
        UnknownNameError: If the goal's KPI does not exist.

    .. versionadded:: 0.1.0
    """
    check_arguments(goal, digits)
    if not isinstance(grain, Grain):
        raise InvalidValueError("grain", grain, "be a grain, such as Grain.MONTH")
    kpi = definition_of(goal, kpis)
    row = tuple(periods(grain, goal.period.start, goal.period.end))
    if not row or (row[0].start, row[-1].end) != (goal.period.start, goal.period.end):
        rule = f"have a period made up of whole periods of the grain {grain.label.en}"
        raise InvalidValueError("goal", str(goal.period), rule)
    planned = [goal.planned(on) for on in [goal.period.start, *(each.end for each in row)]]
    with localcontext(EXACT):
        weights = [after - before for before, after in pairwise(planned)]
    over_time = kpi.over_time
    ways = zip(row, weights, _ways(goal, planned, digits, over_time), strict=True)
    parts = [
        (period, weight, way)
        for period, weight, way in ways
        if _leads_somewhere(period, way, digits, over_time)
    ]
    return tuple(
        attrs.evolve(
            goal,
            id=GoalId(f"{goal.id}-{period}"),
            name=f"{goal.name}, {period}",
            baseline=baseline,
            target=target,
            mode=Mode.ABSOLUTE,
            period=period,
            responsibility=None,
            parent=goal.id,
            weight=weight if len(parts) == len(row) else None,
            trajectory=Trajectory(),
            review_days=[period.end],
            revision=0,
            version=0,
        )
        for period, weight, (baseline, target) in parts
    )


def check_arguments(goal: Goal, digits: int | None) -> None:
    """Refuse what is no goal, or one that has no parts, and what is no number of digits."""
    if not isinstance(goal, Goal):
        raise InvalidValueError("goal", goal, "be one Goal")
    if goal.mode is Mode.RANK:
        raise InvalidValueError("goal", goal.id, "not be for a rank, which has no parts")
    if digits is not None and type(digits) is not int:
        raise InvalidValueError("digits", digits, "be a whole number, or None")


def definition_of(goal: Goal, kpis: Iterable[Kpi]) -> Kpi:
    """Return the KPI of a goal, and refuse one that does not exist."""
    known = {name: each for each in kpis for name in (each.id, each.code)}
    if goal.kpi not in known:
        raise UnknownNameError("KPI", goal.kpi, known)
    return known[goal.kpi]


def fine_digits(number: Decimal) -> int:
    """Return to how many digits behind the point parts of a number are told at the finest."""
    return min(_DEEPEST, max(0, _DIGITS - number.adjusted()))


def _leads_somewhere(
    period: Period, way: tuple[Decimal, Decimal], digits: int | None, over_time: Additivity
) -> bool:
    """Say whether a part has a way to go, and refuse one that has a target and no way."""
    baseline, target = way
    if baseline == target and target and over_time is Additivity.ADDITIVE:
        rule = f"be more: {period} is to bring {target}, as a like period did before"
        raise InvalidValueError("digits", digits, rule)
    return baseline != target


def _ways(
    goal: Goal, planned: Sequence[Decimal], digits: int | None, over_time: Additivity
) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield baseline and target of each part, between two planned shares of the way."""
    fine = fine_digits(max(goal.baseline, goal.target, key=abs))
    coarse = fine if digits is None else digits
    adds_up = over_time is Additivity.ADDITIVE
    for before, after in pairwise(planned):
        if adds_up:
            yield (
                _part(goal.baseline, before, after, fine),
                _part(goal.target, before, after, coarse),
            )
        else:
            yield _between(goal, before, coarse), _between(goal, after, coarse)


def _part(whole: Decimal, before: Decimal, after: Decimal, digits: int) -> Decimal:
    """Return what a whole gains between two shares of it, so that all gains sum to it."""
    with localcontext(EXACT):
        return plain(_at(whole, after, digits) - _at(whole, before, digits))


def _at(whole: Decimal, share: Decimal, digits: int) -> Decimal:
    return whole if share == 1 else round_half_up(whole * share, digits)


def _between(goal: Goal, share: Decimal, digits: int) -> Decimal:
    """Return where a level is planned to stand when a share of the way is covered."""
    with localcontext(EXACT):
        if share in (0, 1):
            return goal.target if share else goal.baseline
        level = goal.baseline + (goal.target - goal.baseline) * share
        return plain(round_half_up(level, digits))
