"""Tracking: how often customers bought again week by week, and how often a model says."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from crmcore.durations import days
from crmcore.features import Trail
from crmcore.value import PurchaseModel

_WEEK: Final = 7


def track(
    trails: Iterable[Trail], model: PurchaseModel, *, as_of: date
) -> tuple[tuple[date, int, float], ...]:
    """Return week by week on how many occasions after their first customers had bought.

    Each week has its last day, what had happened until then, and what the model expects of
    customers who came when these came. The last week ends on the day before *as_of*.

    Complexity:
        Linear in occasions, and in weeks times days on which customers came.
    """
    today = as_of.toordinal()
    came: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for trail in trails:
        occasions = trail.occasions[: bisect_left(trail.occasions, today)]
        came.update(occasions[:1])
        again.update(occasions[1:])
    expected = _curve(model)
    born = sorted(came.items())
    ends = range(today - 1, born[0][0] - 1, -_WEEK)[::-1]
    points: list[tuple[date, int, float]] = []
    count, start = 0, born[0][0]
    for end in ends:
        count += sum(again[day] for day in range(start, end + 1))
        start = end + 1
        by_model = sum(number * expected(end - day) for day, number in born if day < end)
        points.append((date.fromordinal(end), count, by_model))
    return tuple(points)


def _curve(model: PurchaseModel) -> Callable[[int], float]:
    """Return how often somebody buys again within so many days of the first time."""
    return lru_cache(maxsize=None)(lambda number: model.new_customer_purchases(days(number)))
