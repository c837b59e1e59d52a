"""Load curves as reasons ask for them: beyond the limit, and with more capacity."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from crmcore.allocation import Holder

_QUARTER = 15


class Curve:
    """A load curve that goes on beyond the limit as steeply as up to it.

    Args:
        ends: Where each band ends, in minutes.
        slopes: What each minute of a band costs, in thousandths of a point.
        capacity: The minutes that the member has.
    """

    __slots__ = ("_ends", "_known", "_slopes", "_starts", "_values", "_wider", "capacity", "limit")

    def __init__(self, ends: Sequence[int], slopes: Sequence[int], capacity: int) -> None:
        self.capacity = capacity
        self.limit = ends[-1] if ends else 0
        self._ends, self._slopes = ends, slopes or [0]
        self._starts = [0, *ends[:-1]]
        pairs = zip(self._starts, ends, slopes, strict=False)
        costs = [(end - start) * slope for start, end, slope in pairs]
        idle = -sum(min(cost, 0) for cost in costs)
        self._values = list(accumulate(costs, initial=idle))
        self._known: dict[int, int] = {}
        self._wider: dict[int, Curve] = {}

    @classmethod
    def of(cls, holder: Holder, capacity: int) -> Curve:
        """Return the curve of a holder who has so many minutes."""
        ends = list(accumulate(band.minutes for band in holder.bands))
        return cls(ends, [band.slope for band in holder.bands], capacity)

    def cost(self, minutes: int) -> int:
        """Return what a load costs, in thousandths of a point."""
        if minutes not in self._known:
            at = bisect_right(self._starts, minutes) - 1
            self._known[minutes] = (
                self._values[at] + (minutes - self._starts[at]) * self._slopes[at]
            )
        return self._known[minutes]

    def with_more(self, minutes: int) -> Curve:
        """Return what the curve would be with so many minutes of capacity more.

        Every band gets longer in proportion, in quarters of an hour where all are now.
        """
        if minutes not in self._wider:
            step = _QUARTER if all(end % _QUARTER == 0 for end in self._ends) else 1
            total = self.capacity + minutes
            ends = [end * total // (self.capacity * step) * step for end in self._ends]
            self._wider[minutes] = Curve(ends, self._slopes, total)
        return self._wider[minutes]

    def added(self, load: int, minutes: int) -> int:
        """Return what the cost rises by when so many minutes come to a load."""
        return self.cost(load + minutes) - self.cost(load)

    def fewest_more(self, load: int, minutes: int, most: int) -> int | None:
        """Return the fewest quarters of an hour more that let some work come at a price.

        Args:
            load: The minutes of work that are there without it.
            minutes: The minutes that come.
            most: What they may add to the cost at most, in thousandths of a point.

        Returns:
            The minutes of capacity to add; None where no capacity is enough.
        """

        def will_do(quarters: int) -> bool:
            wider = self.with_more(quarters * _QUARTER)
            return load + minutes <= wider.limit and wider.added(load, minutes) <= most

        high = 1
        while not will_do(high):
            if high * _QUARTER > (load + minutes) * _QUARTER:
                return None
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if will_do(middle) else (middle, high)
        return high * _QUARTER
