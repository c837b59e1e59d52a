"""Calibration: whether what was called 30 % probable happened 30 times of 100.

Sources:
    G. W. Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly
    Weather Review 78(1), 1950: the mean squared error of probabilities (half of his P).
    M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining Well Calibrated Probabilities
    Using Bayesian Binning", AAAI 2015: the expected calibration error.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined, round_half_up
from crmcore.statistics import Interval, wilson

Pair: TypeAlias = "tuple[Decimal | float, bool]"

_MOST_BINS = 100


@attrs.frozen(kw_only=True)
class CalibrationBin:
    """The predictions between two probabilities.

    Attributes:
        low: The lower bound, which belongs to it, as a fraction.
        high: The upper bound, which belongs to the next one; 1 belongs to the last.
        count: How many predictions it has.
        predicted: Their mean, as a fraction.
        observed: In which share of them the outcome happened, as a fraction.
        interval: Within which bounds the true share lies (Wilson).

    .. versionadded:: 0.1.0
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: float
    interval: Interval

    @property
    def is_in_doubt(self) -> bool:
        """Whether the mean prediction lies outside the bounds of the true share."""
        return self.predicted not in self.interval


@attrs.frozen(kw_only=True)
class Calibration:
    """How predicted probabilities and outcomes agree.

    Attributes:
        count: How many predictions there were.
        base_rate: In which share of them the outcome happened, as a fraction.
        brier: The mean squared difference of probability and outcome, 0 (best) to 1.
        error: The expected calibration error: the mean distance between predicted and
            observed share, weighted by the count of each bin, as a fraction.
        bins: The bins that have predictions, in order.

    .. versionadded:: 0.1.0
    """

    count: int
    base_rate: float | Undefined
    brier: float | Undefined
    error: float | Undefined
    bins: tuple[CalibrationBin, ...]

    def __str__(self) -> str:
        """Return the errors and the bins, a bin a line, in percent."""
        brier = "–" if isinstance(self.brier, Undefined) else f"{self.brier:.4f}"
        lines = [f"{self.count:,} predictions, Brier {brier}, error {percent(self.error)}"]
        for row in self.bins:
            doubt = ", in doubt" if row.is_in_doubt else ""
            lines.append(
                f"  {percent(row.low)} to {percent(row.high)}: {row.count:,} predictions, "
                f"predicted {percent(row.predicted)}, observed {percent(row.observed)}{doubt}"
            )
        return "\n".join(lines)


def percent(share: Decimal | float | Undefined) -> str:
    """Return a fraction as people read it, rounded half up, and a dash where there is none."""
    if isinstance(share, Undefined):
        return "–"
    return f"{round_half_up(Decimal(share) * 100, 1)} %"


def calibration(pairs: Iterable[Pair], *, bins: int = 10) -> Calibration:
    """Return how predicted probabilities and outcomes agree, in bins of equal width.

    Args:
        pairs: Each predicted probability with whether the outcome happened, in any order.
        bins: How many bins, from 1 to 100.

    Raises:
        InvalidValueError: If a probability is not between 0 and 1, an outcome is neither true
            nor false, or there are too few or too many bins.

    Complexity:
        ``O(n log n)``, for sums that do not depend on the order.

    .. versionadded:: 0.1.0
    """
    if not isinstance(bins, int) or not 1 <= bins <= _MOST_BINS:
        raise InvalidValueError("bins", bins, f"be a whole number between 1 and {_MOST_BINS}")
    groups: dict[int, list[tuple[float, bool]]] = {}
    lows = [place / bins for place in range(bins)]
    for probability, happened in pairs:
        share = _probability(probability)
        place = bisect_right(lows, share) - 1
        groups.setdefault(place, []).append((share, checked_outcome(happened)))
    found = [pair for group in groups.values() for pair in group]
    if not found:
        nothing = Undefined(Reason.NO_DATA)
        return Calibration(count=0, base_rate=nothing, brier=nothing, error=nothing, bins=())
    rows = tuple(_bin(place, groups[place], bins) for place in sorted(groups))
    return Calibration(
        count=len(found),
        base_rate=sum(happened for _, happened in found) / len(found),
        brier=math.fsum((share - happened) ** 2 for share, happened in found) / len(found),
        error=math.fsum(row.count * abs(row.predicted - row.observed) for row in rows) / len(found),
        bins=rows,
    )


def as_float(value: object) -> float:
    """Return a number as a float, and NaN for what is none."""
    if not isinstance(value, int | float | Decimal):
        return math.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return math.nan


def checked_outcome(happened: object) -> bool:
    """Return an outcome, which must be true or false."""
    if not isinstance(happened, bool):
        raise InvalidValueError("outcome", happened, "be True or False")
    return happened


def _probability(value: Decimal | float) -> float:
    share = as_float(value)
    if not 0 <= share <= 1:
        raise InvalidValueError("probability", value, "be a fraction between 0 and 1")
    return share


def _bin(place: int, pairs: Sequence[tuple[float, bool]], bins: int) -> CalibrationBin:
    happened = sum(outcome for _, outcome in pairs)
    return CalibrationBin(
        low=place / bins,
        high=(place + 1) / bins,
        count=len(pairs),
        predicted=math.fsum(share for share, _ in pairs) / len(pairs),
        observed=happened / len(pairs),
        interval=wilson(happened, len(pairs)),
    )
