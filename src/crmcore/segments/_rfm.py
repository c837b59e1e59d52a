"""RFM: recency, frequency and monetary value, each in five bins of which 5 is best.

A bin begins with its lower bound: with the cuts 4, 5, 6 and 8, a frequency of 6 is in bin 4.
Recency counts days, of which fewer are better, so its bins fall as the days grow: with the
cuts 115, 181, 297 and 482, somebody who last bought 205 days ago is in bin 3.

Cuts are stated, or taken from the customers themselves by their rank. For the customer at
place *p* of *n*, the worst first and all equals at the place of their first, the bin is
``1 + (p - 1) * 5 // n``: in bin 4 is who is better than at least three fifths of all. Equal
values always share a bin. Where a value is very common, as a single purchase is in retail,
bins stay empty, which shows as cuts that repeat or that are missing; `RfmBins.findings` says so.

Sources:
    A. M. Hughes, "Strategic Database Marketing", 1994, for the three measures in five bins.
    The example of cuts is that of the R package ``rfm``, analysis date 2006-12-31.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

import attrs

from crmcore.checks import between
from crmcore.errors import InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase

_BINS: Final = 5
_SCORES: Final = range(1, _BINS + 1)
_SCORE: Final = between(1, _BINS)
_MEASURES: Final = {
    "recency": Phrase("recency", "最近一次购买"),
    "frequency": Phrase("frequency", "购买频次"),
    "monetary": Phrase("monetary value", "消费金额"),
}


@attrs.frozen(order=True)
class RfmCell:
    """One of the 125 combinations of the three scores.

    Attributes:
        r: The recency score, 1 to 5, 5 is best.
        f: The frequency score, 1 to 5, 5 is best.
        m: The monetary score, 1 to 5, 5 is best.

    .. versionadded:: 0.1.0
    """

    r: int = attrs.field(validator=_SCORE)
    f: int = attrs.field(validator=_SCORE)
    m: int = attrs.field(validator=_SCORE)

    @classmethod
    def every(cls) -> Iterator[RfmCell]:
        """Yield all 125 cells, by *r*, then *f*, then *m*."""
        for r in _SCORES:
            for f in _SCORES:
                for m in _SCORES:
                    yield cls(r, f, m)

    def __str__(self) -> str:
        """Return the three scores, as ``5-4-3``."""
        return f"{self.r}-{self.f}-{self.m}"


Cuts = tuple[Decimal, ...]


def _cuts(values: Iterable[Decimal | int]) -> Cuts:
    return tuple(Decimal(value) for value in values)


def _are_cuts(_: object, attribute: attrs.Attribute[Cuts], value: Cuts) -> None:
    ascending = all(low <= high for low, high in pairwise(value))
    if len(value) >= _BINS or not ascending or not all(cut.is_finite() for cut in value):
        shown = [str(cut) for cut in value]
        raise InvalidValueError(attribute.name, shown, "be at most four numbers, ascending")


@attrs.frozen(kw_only=True)
class RfmBins:
    """Where the bins of recency, frequency and monetary value begin.

    Attributes:
        recency: Days since the latest occasion at which scores 4, 3, 2 and 1 begin.
        frequency: Occasions at which scores 2, 3, 4 and 5 begin.
        monetary: Spend, in the currency of the features, at which scores 2 to 5 begin.

    .. versionadded:: 0.1.0
    """

    recency: Cuts = attrs.field(converter=_cuts, validator=_are_cuts)
    frequency: Cuts = attrs.field(converter=_cuts, validator=_are_cuts)
    monetary: Cuts = attrs.field(converter=_cuts, validator=_are_cuts)

    @classmethod
    def by_quantile(cls, features: Iterable[CustomerFeatures]) -> RfmBins:
        """Return cuts that put about a fifth of the buyers in each bin, ties together.

        Customers who have not bought anything yet do not count.

        Raises:
            InvalidValueError: If nobody has bought anything.
        """
        days: list[Decimal] = []
        occasions: list[Decimal] = []
        spend: list[Decimal] = []
        for customer in features:
            if customer.days_since_last is not None:
                days.append(Decimal(-customer.days_since_last))
                occasions.append(Decimal(customer.frequency))
                spend.append(customer.spend)
        if not days:
            raise InvalidValueError("features", 0, "hold at least one customer who has bought")
        return cls(
            recency=_falling(_rising(days), max(days)),
            frequency=_rising(occasions),
            monetary=_rising(spend),
        )

    def cell(self, features: CustomerFeatures) -> RfmCell | None:
        """Return the cell of a customer, or None for one who has not bought anything yet."""
        if features.days_since_last is None:
            return None
        return RfmCell(
            _BINS - bisect_right(self.recency, features.days_since_last),
            1 + bisect_right(self.frequency, features.frequency),
            1 + bisect_right(self.monetary, features.spend),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each measure that has fewer than five bins."""
        found = []
        for name, measure in _MEASURES.items():
            cuts: Cuts = getattr(self, name)
            count = 1 + len(set(cuts))
            if count < _BINS:
                found.append(_fewer_bins(name, measure, cuts, count))
        return tuple(found)


def _rising(values: list[Decimal]) -> Cuts:
    """Return where scores 2 to 5 begin; without those that nobody reaches."""
    counts = Counter(values)
    cuts: list[Decimal] = []
    worse = 0
    for value in sorted(counts):
        score = 1 + worse * _BINS // len(values)
        cuts += [value] * (score - 1 - len(cuts))
        worse += counts[value]
    return tuple(cuts)


def _falling(cuts: Cuts, best: Decimal) -> Cuts:
    """Return where scores 4 to 1 begin among days, from where they end among negative days.

    A bin of negative days from *cut* up reaches, in days, up to and with ``-cut``: the next
    worse bin begins a day later. Where the best scores are not given, they begin to fail with
    the fewest days there are.
    """
    ungiven = (-best,) * (_BINS - 1 - len(cuts))
    return (*ungiven, *(1 - cut for cut in reversed(cuts)))


def _fewer_bins(name: str, measure: Phrase, cuts: Cuts, count: int) -> Finding:
    return Finding(
        kind="fewer_bins",
        severity=Severity.NOTE,
        subject=f"rfm:{name}",
        title=Phrase(
            f"{measure.en} has {count} bin{'' if count == 1 else 's'} instead of {_BINS}",
            f"{measure.zh}只有{count}个分箱，而不是{_BINS}个",
        ),
        evidence=(("cuts", ", ".join(str(cut) for cut in cuts)),),
        suggestion=Phrase(
            "state the cuts by hand, or accept that equal customers share a score",
            "手动设定分界值，或接受相同客户得分相同",
        ),
    )
