"""Renewals: what counts of customers by age say, and whether it is enough to fit a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

import attrs

from crmcore.errors import InvalidValueError, NotIdentifiedError

from ._periods import whole

MODEL = "the sBG model"


@attrs.frozen
class Renewals:
    """How many customers left at which renewal, and how many were still there when last seen.

    It is all that a model of renewals needs to know of any number of cohorts.

    Attributes:
        left: How many left at the first renewal, at the second, and so on.
        stayed: How many were last seen after no renewal, after one, and so on.
    """

    left: tuple[int, ...]
    stayed: tuple[int, ...]

    @classmethod
    def of(cls, cohorts: Iterable[Sequence[int]]) -> Renewals:
        """Return what the counts of cohorts come to, in whichever order they are.

        Raises:
            InvalidValueError: If there is no cohort, or the counts of one cannot be.
        """
        if not isinstance(cohorts, Iterable):
            raise InvalidValueError("cohorts", cohorts, "be a list of cohorts")
        left: Counter[int] = Counter()
        stayed: Counter[int] = Counter()
        number = -1
        for number, cohort in enumerate(cohorts):
            counts = _counts(f"cohorts[{number}]", cohort)
            for age, count in enumerate(counts[1:]):
                left[age] += counts[age] - count
            stayed[len(counts) - 1] += counts[-1]
        if number < 0:
            raise InvalidValueError("cohorts", [], "hold at least one cohort")
        ages = range(max(stayed))
        return cls(
            tuple(left[age] for age in ages), tuple(stayed[age] for age in (*ages, len(ages)))
        )

    @property
    def customers(self) -> int:
        """How many customers were seen to renew or to leave."""
        return sum(self.left) + sum(self.stayed[1:])

    @property
    def renewed(self) -> tuple[int, ...]:
        """How many renewed the first time, the second time, and so on."""
        there = sum(self.left) + sum(self.stayed)
        found = []
        for left, stayed in zip(self.left, self.stayed, strict=False):
            there -= left + stayed  # whoever was last seen before that renewal had none to make
            found.append(there)
        return tuple(found)

    def check_identified(self) -> None:
        """Refuse counts whose likelihood has no greatest value at finite parameters.

        At both ends of heterogeneity there is a boundary. Where all who leave do so at their
        first renewal, customers might be of two sorts, those who leave at once and those who
        never do. Where the rate of renewals does not rise with age, customers might all be
        alike; that is so where the likelihood falls, at its best common rate, with the first
        bit of variance, which whole numbers tell exactly.

        Raises:
            NotIdentifiedError: If it has none.
        """
        left, renewed = sum(self.left), sum(self.renewed)
        if not self.left:
            raise NotIdentifiedError(MODEL, "no cohort has been seen at a renewal")
        if not left:
            raise NotIdentifiedError(MODEL, "nobody has left")
        if not renewed:
            raise NotIdentifiedError(MODEL, "everybody has left at the first renewal")
        if len(self.left) == 1:
            reason = "one renewal tells a rate, and not how it changes with age"
            raise NotIdentifiedError(MODEL, reason)
        if not any(self.left[1:]):
            reason = "nobody has left after the first renewal"
            raise NotIdentifiedError(MODEL, reason)
        if self._gain_by_variance() <= 0:
            rate = left / (left + renewed)
            reason = (
                "the retention rate does not rise with age, so that customers cannot be told "
                f"apart; a constant churn of {rate:.4g} in each period describes them as well"
            )
            raise NotIdentifiedError(MODEL, reason)

    def _gain_by_variance(self) -> int:
        """Return a positive multiple of the slope of the log-likelihood at no variance."""
        left, all_ = sum(self.left), sum(self.left) + sum(self.renewed)
        leavers = sum(
            count * age * ((age - 1) * left - 2 * (all_ - left))
            for age, count in enumerate(self.left)
        )
        return leavers + sum(n * age * (age - 1) * left for age, n in enumerate(self.stayed))


def _counts(name: str, cohort: Sequence[int]) -> tuple[int, ...]:
    """Return the counts of a cohort by age, if they can be."""
    if isinstance(cohort, str | bytes | AbstractSet | Mapping) or not isinstance(cohort, Iterable):
        raise InvalidValueError(name, cohort, "be a list of counts, also where there is one cohort")
    given = tuple(cohort)
    if not given:
        raise InvalidValueError(name, [], "begin with the size of the cohort")
    counts = tuple(map(whole, given))
    for count, found in zip(given, counts, strict=True):
        if found < 0:
            raise InvalidValueError(name, count, "hold whole numbers of 0 or more, below 2**63")
    if not counts[0]:
        raise InvalidValueError(name, 0, "begin with at least one customer")
    for before, after in pairwise(counts):
        if after > before:
            rule = f"not rise: {after} customers cannot be left of {before}"
            raise InvalidValueError(name, after, rule)
    return counts


def check_customers(what: str, count: int) -> int:
    """Return how many customers there are, if it can be a number of them."""
    found = whole(count)
    if found < 0:
        rule = "be a whole number of 0 or more, below 2**63"
        raise InvalidValueError(f"customers[{what}]", count, rule)
    return found
