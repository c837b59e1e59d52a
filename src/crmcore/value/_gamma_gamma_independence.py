"""Whether those who buy more often spend more: what Gamma-Gamma takes for untrue.

The model of spend and the models of purchases are fitted apart and multiplied, which is right
where how often somebody buys tells nothing of how much he pays each time. The correlation of
the two among the customers who bought again says how far that holds.

Sources:
    P. S. Fader, B. G. S. Hardie and K. L. Lee, "RFM and CLV: Using Iso-Value Curves for
    Customer Base Analysis", Journal of Marketing Research 42(4), 2005: the check.
    J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition, 1988: a
    correlation of 0.1 is small, one of 0.3 medium, one of 0.5 large.
"""

from __future__ import annotations

import math
from typing import Final

import attrs

from crmcore.kernel import Phrase
from crmcore.statistics import Interval, correlation_interval

from ._gamma_gamma_rows import SpendRows

_MEDIUM: Final = 0.3
_ROUNDING: Final = 1e-28  # of a squared mean, which rounding may leave of no difference at all


@attrs.frozen(kw_only=True)
class SpendIndependence:
    """How the number of purchases and the mean spend go together.

    Attributes:
        correlation: Pearson's correlation of the number of repeat purchases with their mean
            spend, over the customers who bought again; None where all bought equally often or
            spent the same.
        n: How many customers these are; weights count as often as they say.
        interval: Fisher's interval of the correlation, or None where there are too few.

    .. versionadded:: 0.1.0
    """

    correlation: float | None
    n: float
    interval: Interval | None

    @property
    def holds(self) -> bool | None:
        """Whether purchases and spend may be multiplied; None where that cannot be told.

        They may not where the correlation is 0.3 or more, up or down, and surely not 0.
        """
        if self.correlation is None or self.interval is None:
            return None
        return 0 in self.interval or abs(self.correlation) < _MEDIUM

    @property
    def words(self) -> Phrase:
        """What it comes to, in a sentence, and what follows."""
        if self.correlation is None or self.interval is None:
            return _UNKNOWN
        numbers = f"{self.correlation:.2f} ({self.interval.low:.2f} … {self.interval.high:.2f})"
        dependent = _SLIGHT if self.holds else _CLEAR
        advice = _NONE if 0 in self.interval else dependent
        return Phrase(
            f"the number of purchases and their mean spend have a correlation of {numbers}: "
            f"{advice.en}",
            f"购买次数与平均花费的相关系数为 {numbers}：{advice.zh}",
        )

    def __str__(self) -> str:
        """Say it in English."""
        return self.words.en


_UNKNOWN: Final = Phrase(
    "whether spend depends on how often somebody buys cannot be told from these customers",
    "从这些客户无法判断花费是否与购买次数有关",
)
_NONE: Final = Phrase(
    "nothing speaks against multiplying the two",
    "没有理由反对将两者相乘",
)
_SLIGHT: Final = Phrase(
    "they are not quite independent, and yet little is lost by multiplying the two",
    "两者并非完全独立，但将两者相乘损失不大",
)
_CLEAR: Final = Phrase(
    "they depend on each other, and their product is not what a customer is worth; "
    "fit groups apart within which they do not",
    "两者明显相关，其乘积不能代表客户价值；请将客户分成组内两者无关的群体，分别拟合",
)


def spend_independence(rows: SpendRows, level: float = 0.95) -> SpendIndependence:
    """Return how purchases and spend go together among the customers who bought again."""
    n = rows.weight
    correlation = _correlation(rows, n) if rows.groups else None
    interval = None if correlation is None else correlation_interval(correlation, int(n), level)
    return SpendIndependence(correlation=correlation, n=n, interval=interval)


def _correlation(rows: SpendRows, n: float) -> float | None:
    """Return Pearson's correlation, or None where one of the two is the same for all."""
    largest = max(group.totals[-1] / group.x for group in rows.groups)
    points = [
        (weight, float(group.x), total / group.x / largest)
        for group in rows.groups
        for total, weight in zip(group.totals, group.each_weight, strict=False)
    ]
    mean_x = math.fsum(w * x for w, x, _ in points) / n
    mean_m = math.fsum(w * m for w, _, m in points) / n
    xx = math.fsum(w * (x - mean_x) ** 2 for w, x, _ in points)
    mm = math.fsum(w * (m - mean_m) ** 2 for w, _, m in points)
    xm = math.fsum(w * (x - mean_x) * (m - mean_m) for w, x, m in points)
    if xx <= _ROUNDING * mean_x**2 * n or mm <= _ROUNDING * mean_m**2 * n:
        return None
    return max(-1.0, min(1.0, xm / math.sqrt(xx) / math.sqrt(mm)))
