"""Lift: how much more often an outcome happens among the highest scores than among all.

Sources:
    G. Piatetsky-Shapiro and B. Masand, "Estimating Campaign Benefits and Modeling Lift",
    KDD 1999: lift and the share captured by the best-scored.
    J. A. Hanley and B. J. McNeil, "The Meaning and Use of the Area under a Receiver Operating
    Characteristic (ROC) Curve", Radiology 143(1), 1982: the area as the probability that one
    with the outcome has the higher score; equal scores count one half.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined

from ._calibration import as_float, checked_outcome, percent

Scored: TypeAlias = "tuple[Decimal | float | int, bool]"
_Tied: TypeAlias = "tuple[Decimal, int, int]"

_MOST_GROUPS = 1000


@attrs.frozen(kw_only=True)
class LiftGroup:
    """The customers between two scores.

    Attributes:
        high: The highest score.
        low: The lowest score.
        count: How many customers it has.
        happened: For how many of them the outcome happened.
        rate: Their share of the group, as a fraction.
        lift: The rate over that of all customers; 2 is twice as often.
        captured: The share of all outcomes that this group and those above it have, as a
            fraction.

    .. versionadded:: 0.1.0
    """

    high: Decimal
    low: Decimal
    count: int
    happened: int
    rate: float
    lift: float | Undefined
    captured: float | Undefined


@attrs.frozen(kw_only=True)
class Lift:
    """How well scores tell those with an outcome from those without.

    Attributes:
        count: How many customers there were.
        base_rate: For which share of them the outcome happened, as a fraction.
        area: The probability that of two customers, one with and one without the outcome, the
            one with it has the higher score; 0.5 is chance.
        groups: The groups, the highest scores first.

    .. versionadded:: 0.1.0
    """

    count: int
    base_rate: float | Undefined
    area: float | Undefined
    groups: tuple[LiftGroup, ...]

    def __str__(self) -> str:
        """Return the area and the groups, a group a line, in percent."""
        lines = [f"{self.count:,} customers, base rate {percent(self.base_rate)}"]
        lines[0] += f", area {percent(self.area)}"
        for group in self.groups:
            rate, captured = percent(group.rate), percent(group.captured)
            times = "–" if isinstance(group.lift, Undefined) else f"{group.lift:.2f}"
            span = f"{group.high:f} to {group.low:f}"
            lines.append(
                f"  {span}: {group.count:,} customers, {rate}, lift {times}, {captured} captured"
            )
        return "\n".join(lines)


def lift(scored: Iterable[Scored], *, groups: int = 10) -> Lift:
    """Return how well scores tell those with an outcome from those without.

    Customers are cut into groups of equal size by falling score. Equal scores stay together,
    in the group in which the first of them falls, so that no order of the input matters;
    groups then differ in size, or are fewer.

    Args:
        scored: Each score with whether the outcome happened, in any order.
        groups: How many groups to cut, from 1 to 1,000.

    Raises:
        InvalidValueError: If a score is not finite, an outcome is neither true nor false, or
            there are too few or too many groups.

    Complexity:
        ``O(n log n)``.

    .. versionadded:: 0.1.0
    """
    if not isinstance(groups, int) or not 1 <= groups <= _MOST_GROUPS:
        raise InvalidValueError("groups", groups, f"be a whole number between 1 and {_MOST_GROUPS}")
    ties = _ties(scored)
    count = sum(size for _, size, _ in ties)
    happened = sum(hits for _, _, hits in ties)
    return Lift(
        count=count,
        base_rate=happened / count if count else Undefined(Reason.NO_DATA),
        area=_area(ties, happened, count - happened),
        groups=_groups(ties, count, happened, groups),
    )


def _ties(scored: Iterable[Scored]) -> list[_Tied]:
    """Return each distinct score with its customers and outcomes, the highest first."""
    checked = [(_finite(score), checked_outcome(happened)) for score, happened in scored]
    checked.sort(key=itemgetter(0), reverse=True)
    tied: list[_Tied] = []
    for score, group in groupby(checked, key=itemgetter(0)):
        outcomes = [happened for _, happened in group]
        tied.append((score, len(outcomes), sum(outcomes)))
    return tied


def _finite(score: Decimal | float) -> Decimal:
    if not math.isfinite(as_float(score)):
        raise InvalidValueError("score", score, "be a finite number")
    return Decimal(score)


def _area(ties: Sequence[_Tied], happened: int, otherwise: int) -> float | Undefined:
    if not happened or not otherwise:
        if not happened + otherwise:
            return Undefined(Reason.NO_DATA)
        who = Phrase("everybody", "所有客户都") if happened else Phrase("nobody", "没有客户")
        return Undefined(
            Reason.NOT_APPLICABLE, Phrase(f"{who.en} had the outcome", f"{who.zh}出现该结果")
        )
    below, won = otherwise, Fraction(0)
    for _, size, hits in ties:
        misses = size - hits
        below -= misses
        won += hits * (below + Fraction(misses, 2))
    return float(won / (happened * otherwise))


def _groups(ties: Sequence[_Tied], count: int, happened: int, groups: int) -> tuple[LiftGroup, ...]:
    cut: dict[int, list[_Tied]] = {}
    before = 0
    for tied in ties:
        cut.setdefault(before * groups // count, []).append(tied)
        before += tied[1]
    rows: list[LiftGroup] = []
    captured = 0
    for place in sorted(cut):
        size = sum(each for _, each, _ in cut[place])
        hits = sum(each for _, _, each in cut[place])
        captured += hits
        rows.append(
            LiftGroup(
                high=cut[place][0][0],
                low=cut[place][-1][0],
                count=size,
                happened=hits,
                rate=hits / size,
                lift=_quotient(hits * count, size * happened),
                captured=_quotient(captured, happened),
            )
        )
    return tuple(rows)


def _quotient(numerator: int, denominator: int) -> float | Undefined:
    return numerator / denominator if denominator else Undefined(Reason.ZERO_DENOMINATOR)
