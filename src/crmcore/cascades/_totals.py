"""Totals: what the parts of a goal come to, as far as its KPI lets them be added up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext
from itertools import groupby
from typing import Final

from crmcore.goals import Goal
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Kpi, Unit
from crmcore.measures import (
    Additivity,
    Conversion,
    Derived,
    InTime,
    Mean,
    Measure,
    Ratio,
)

EXACT: Final = Context(prec=130)
QUOTIENT: Final = Context(prec=28)


def total_of(goal: Goal, kpi: Kpi, parts: Sequence[Goal]) -> Decimal | Undefined:
    """Return what the parts of a goal come to, all of them about its own KPI.

    What is additive is summed over time and over parts of the business. Of a stock the last
    part in time counts, and these are summed over parts of the business, unless it is a
    quotient, such as what a customer has brought so far. A ratio is computed anew from the
    numerators and denominators that its parts plan.

    Returns:
        The number, or why the parts cannot be compared with the whole.
    """
    strange = [part for part in parts if part.kpi_version != goal.kpi_version]
    if strange:
        return _not_comparable(
            f"{strange[0].name} was set with another version of the definition",
            f"{strange[0].name}依据不同版本的定义制定",
        )
    with localcontext(EXACT):
        if kpi.over_time is Additivity.ADDITIVE:
            return sum((part.target for part in parts), Decimal(0))
        if kpi.over_time is Additivity.SEMI_ADDITIVE and kpi.unit is not Unit.RANK:
            return _of_stocks(goal, kpi, parts)
        return _of_ratios(goal, kpi, parts)


def sums_over_owners(kpi: Kpi) -> bool:
    """Say whether the figure of a whole is the sum of those of who make it up, at one time."""
    if kpi.over_time is Additivity.SEMI_ADDITIVE and kpi.unit is not Unit.RANK:
        return not _is_quotient(kpi)
    return kpi.over_time is Additivity.ADDITIVE


def _is_quotient(kpi: Kpi) -> bool:
    return isinstance(kpi.measure, Ratio | Derived) and not kpi.measure.sums_over_groups


def _of_stocks(goal: Goal, kpi: Kpi, parts: Sequence[Goal]) -> Decimal | Undefined:
    last = [list(alike)[-1] for _, alike in groupby(sorted(parts, key=_in_time), key=_extent)]
    for part in last:
        if part.period.end != goal.period.end:
            return _not_comparable(
                f"{part.name} ends on another day than {goal.name}",
                f"{part.name}与{goal.name}的结束日不同",
            )
    if _is_quotient(kpi) and len(last) > 1:
        return _not_of_parts(kpi)
    return sum((part.target for part in last), Decimal(0))


def _of_ratios(goal: Goal, kpi: Kpi, parts: Sequence[Goal]) -> Decimal | Undefined:
    if not _is_quotient_of_sums(kpi.measure):
        return _not_of_parts(kpi)
    if not kpi.parts_add and any(part.period != goal.period for part in parts):
        return _not_comparable(
            f"the {kpi.name.en} of a longer period does not follow from that of shorter ones",
            f"较长周期的{kpi.name.zh}不能由较短周期推算",
        )
    upper = lower = Decimal(0)
    for part in parts:
        if part.base is None:
            return _not_comparable(
                f"{part.name} does not say how large its base is planned to be",
                f"{part.name}未说明计划的分母",
            )
        upper += part.target * part.base
        lower += part.base
    return QUOTIENT.divide(upper, lower)


def _not_of_parts(kpi: Kpi) -> Undefined:
    return _not_comparable(
        f"the {kpi.name.en} of a whole is not computed from that of its parts",
        f"整体的{kpi.name.zh}不由各部分计算得出",
    )


def _is_quotient_of_sums(measure: Measure) -> bool:
    """Say whether a KPI of a whole is surely the quotient of its parts' sums.

    There is nothing to sum of a median, a rank, a difference of ratios or an index of several
    figures.
    """
    if isinstance(measure, Ratio | Conversion | InTime | Mean):
        return True
    if not isinstance(measure, Derived):
        return False
    if measure.function == "complement":
        return all(map(_is_quotient_of_sums, measure.of))
    return measure.function == "nps"


def plain(number: Decimal) -> Decimal:
    """Return the same number in as few digits as it takes, but 8400 and not 8.4E+3."""
    short = EXACT.normalize(number)
    return short if int(short.as_tuple().exponent) <= 0 else EXACT.quantize(short, Decimal(1))


def _extent(goal: Goal) -> tuple[tuple[tuple[str, str], ...], str]:
    return goal.scope, goal.owner or ""


def _in_time(goal: Goal) -> tuple[object, ...]:
    return _extent(goal), goal.period.end, goal.id


def _not_comparable(en: str, zh: str) -> Undefined:
    return Undefined(Reason.NOT_APPLICABLE, Phrase(en, zh))
