"""Handing a goal down to those who reach it together, each with a share of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Final

import attrs

from crmcore.checks import decimal
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal, GoalId, Mode
from crmcore.kpis import CATALOGUE, Kpi

from ._break_down import check_arguments, definition_of, fine_digits
from ._totals import EXACT, plain, sums_over_owners

_FEWEST: Final = 2


def hand_down(
    goal: Goal,
    shares: Mapping[str, Decimal | int | str],
    *,
    dimension: str | None = None,
    digits: int | None = None,
    kpis: Iterable[Kpi] = CATALOGUE,
) -> tuple[Goal, ...]:
    """Return the goals of the departments, teams or members who reach a goal by shares.

    What is summed over parts of the business is divided, baseline and target, and the targets
    sum to that of the whole, exactly, whatever they are rounded to: what rounding leaves over
    goes to those who lose most by it, among equals to the first by id. Of any other figure,
    such as a ratio or a median, each has the whole baseline and the whole target; of the *base*
    of a ratio, where the goal states one, each has the share, so that the parts can be added up
    again.

    Each part is agreed on anew: it has the period, the trajectory and the review days of the
    whole, and nobody's contribution or responsibility.

    Args:
        goal: The goal; it becomes the parent of its parts.
        shares: Who answers for a part, by id, with the share of it, which is its weight too:
            fractions that sum to 1.
        dimension: By what figures tell those who answer apart, such as ``team``; the scope of
            each part names it. A goal for a part of the business only needs it, because
            otherwise its parts would all be about the same.
        digits: To how many digits behind the point targets that are divided are rounded; to
            none of those that matter where it is None.
        kpis: The KPIs that exist.

    Returns:
        The parts, by the ids of those who answer for them.

    Raises:
        InvalidValueError: If there are not at least two shares above 0 that sum to 1, the goal
            is for a rank, which has no parts, the scope does not tell the parts apart, or
            *digits* are fewer than the target has or leave nothing to a part.
        UnknownNameError: If the goal's KPI does not exist.

    .. versionadded:: 0.1.0
    """
    check_arguments(goal, digits)
    by_owner = _shares(shares)
    kpi = definition_of(goal, kpis)
    _check_scope(goal, dimension)
    parts = list(by_owner.values())
    if sums_over_owners(kpi):
        baselines, targets = _divided(goal.baseline, parts), _divided(goal.target, parts, digits)
    else:
        baselines, targets = [goal.baseline] * len(parts), [goal.target] * len(parts)
    bases = [None] * len(parts) if goal.base is None else _divided(goal.base, parts)
    numbers = zip(by_owner.items(), baselines, targets, bases, strict=True)
    return tuple(
        _part(goal, who, dimension, baseline=baseline, target=target, base=base, weight=share)
        for (who, share), baseline, target, base in numbers
    )


def _shares(shares: Mapping[str, Decimal | int | str]) -> dict[str, Decimal]:
    """Return the shares by who has them, in order; refuse those that do not make a whole."""
    if not isinstance(shares, Mapping):
        rule = 'be a mapping from ids to shares, such as {"north": "0.6", "south": "0.4"}'
        raise InvalidValueError("shares", shares, rule)
    if len(shares) < _FEWEST:
        rule = "name at least two who reach the goal together"
        raise InvalidValueError("shares", shares, rule)
    exact = {who: decimal(share, "shares") for who, share in shares.items()}
    for who, share in exact.items():
        if not isinstance(who, str):
            raise InvalidValueError("shares", who, "be named by ids, which are texts")
        if share <= 0:
            raise InvalidValueError("shares", str(share), f"be above 0, that of {who!r} too")
    with localcontext(EXACT):
        total = sum(exact.values(), Decimal(0))
    if total != 1:
        raise InvalidValueError("shares", str(total), "sum to 1")
    return dict(sorted(exact.items()))


def _check_scope(goal: Goal, dimension: str | None) -> None:
    if dimension is None and not goal.scope:
        return
    if not isinstance(dimension, str) or not dimension:
        rule = "be the name of a dimension that tells the parts apart, such as team"
        raise InvalidValueError("dimension", dimension, rule)
    if dimension in dict(goal.scope):
        rule = "be another dimension than those of the goal's scope"
        raise InvalidValueError("dimension", dimension, rule)


def _divided(
    number: Decimal, shares: Sequence[Decimal], digits: int | None = None
) -> list[Decimal]:
    """Return the shares of a number, so rounded that they sum to it: by largest remainders."""
    own = max(0, -int(plain(number).as_tuple().exponent))
    places = max(own, fine_digits(number)) if digits is None else digits
    with localcontext(EXACT):
        step = Decimal(1).scaleb(-places)
        exact = [number * share for share in shares]
        parts = [each.quantize(step, rounding=ROUND_FLOOR) for each in exact]
        left = (number - sum(parts, Decimal(0))) / step
        if left != left.to_integral_value():
            rule = f"be at least {own}, as many as {number} has"
            raise InvalidValueError("digits", digits, rule)
        lost = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
        for place in lost[: int(left)]:
            parts[place] += step
        return [plain(part) for part in parts]


def _part(
    goal: Goal,
    who: str,
    dimension: str | None,
    *,
    baseline: Decimal,
    target: Decimal,
    base: Decimal | None,
    weight: Decimal,
) -> Goal:
    if baseline == target:
        raise InvalidValueError("shares", str(weight), f"leave {who!r} a way to go, not {target}")
    return attrs.evolve(
        goal,
        id=GoalId(f"{goal.id}-{who}"),
        name=f"{goal.name}, {who}",
        baseline=baseline,
        target=target,
        mode=Mode.ABSOLUTE,
        scope=goal.scope if dimension is None else [*goal.scope, (dimension, who)],
        base=base,
        owner=who,
        contributors=(),
        responsibility=None,
        parent=goal.id,
        weight=weight,
        revision=0,
        version=0,
    )
