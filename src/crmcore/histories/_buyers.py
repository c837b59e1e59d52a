"""What a book of occasions comes to, customer by customer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

from crmcore.kernel import CustomerId


@attrs.frozen(kw_only=True)
class Buyers:
    """Those who have bought, in columns, sorted by customer.

    Days are ordinals. The days of a customer are the bits of a number, the earliest being the
    lowest; eight bits stand for the eight days of one of *weeks*.

    Attributes:
        customers: The customers.
        days: The days on which each bought.
        weeks: The eighths of the ordinals of the days that the bits stand for, ascending.
        first: The first day of each.
        first_spend: What each spent on it, in *units*.
        later_spend: What each spent later.
        refunds: What went back to some of them, by their place and by day, below 0.
        units: How many units make 1 of the currency.
    """

    customers: Sequence[CustomerId]
    days: Sequence[int]
    weeks: Sequence[int]
    first: Sequence[int]
    first_spend: Sequence[int]
    later_spend: Sequence[int]
    refunds: Mapping[int, Mapping[int, int]]
    units: int

    def counts(self) -> list[int]:
        """Return on how many days each bought."""
        return [days.bit_count() for days in self.days]

    def last(self) -> list[int]:
        """Return the last day of each."""
        weeks = self.weeks
        tops = [days.bit_length() - 1 for days in self.days]
        return [8 * weeks[top >> 3] + (top & 7) for top in tops]

    def trail(self, place: int) -> tuple[int, ...]:
        """Return the days on which one bought, ascending."""
        days, found = self.days[place], []
        while days:
            found.append(self._lowest(days))
            days &= days - 1
        return tuple(found)

    def mean_spend(self) -> list[float]:
        """Return what each spent on a day with purchases on average."""
        counts = self.counts()
        spends = [*map(sum, zip(self.first_spend, self.later_spend, strict=True))]
        means = [spend / (self.units * count) for spend, count in zip(spends, counts, strict=True)]
        for place in self.refunds:
            means[place] = self._net(place, spends[place], counts[place], self.first[place])
        return means

    def mean_later_spend(self) -> list[float]:
        """Return the same without the first day; NaN for those who have no other."""
        means = [
            spend / (self.units * (days.bit_count() - 1)) if days & (days - 1) else math.nan
            for spend, days in zip(self.later_spend, self.days, strict=True)
        ]
        for place in self.refunds:
            later = self.days[place] & (self.days[place] - 1)
            if later:
                spend = self.later_spend[place]
                means[place] = self._net(place, spend, later.bit_count(), self._lowest(later))
        return means

    def _lowest(self, days: int) -> int:
        """Return the earliest day of a set."""
        low = (days & -days).bit_length() - 1
        return 8 * self.weeks[low >> 3] + (low & 7)

    def _net(self, place: int, spend: int, count: int, since: int) -> float:
        """Return the mean of *count* days, the first of which is *since*, less refunds.

        What goes back was bought before, on the last occasion before most likely. Of the
        refunds since that day, what exceeds all that was spent since is of something else.
        """
        back = sum(amount for day, amount in self.refunds[place].items() if day >= since)
        return max(spend + back, 0) / (self.units * count)
