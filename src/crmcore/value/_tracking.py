"""How many repeat purchases there were, period by period, and how many a model says there are.

A customer who was born in the middle is expected to buy as a new customer does, from the day of
the first purchase on. What is expected of all is the sum over the days of birth, so that it
costs the same for a thousand customers and for a million.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from itertools import accumulate
from operator import index
from typing import Final

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

_WEEK: Final = 7


@attrs.frozen(kw_only=True)
class Tracking:
    """Repeat purchases period by period, actual and expected.

    Attributes:
        model: The model.
        ends: The last day of each period, which counts.
        actual: How many repeat purchases were made in each period.
        expected: How many the model says were made.
        calibration_end: The last day of what the model was fitted to, if known.

    .. versionadded:: 0.1.0
    """

    model: str
    ends: tuple[date, ...]
    actual: tuple[float, ...]
    expected: tuple[float, ...]
    calibration_end: date | None = None

    @property
    def cumulative_actual(self) -> tuple[float, ...]:
        """How many repeat purchases were made up to the end of each period."""
        return tuple(accumulate(self.actual))

    @property
    def cumulative_expected(self) -> tuple[float, ...]:
        """How many the model says were made up to the end of each period."""
        return tuple(accumulate(self.expected))

    @property
    def mape(self) -> float | None:
        """By which share the expected purchases of a period are off, on average.

        Only periods after the calibration count, if its end is known. Periods in which nobody
        bought again have no such share and are left out. None where no period is left.
        """
        return _mape(self._held(self.actual, self.expected))

    @property
    def cumulative_mape(self) -> float | None:
        """The same of the cumulative purchases, in which chance evens out."""
        return _mape(self._held(self.cumulative_actual, self.cumulative_expected))

    @property
    def final_error(self) -> float | None:
        """Which share too many were expected of all, at the last end; None if there were none."""
        actual = math.fsum(self.actual)
        return math.fsum(self.expected) / actual - 1 if actual else None

    @property
    def words(self) -> Phrase:
        """What it says, in a sentence."""
        made, told = math.fsum(self.actual), math.fsum(self.expected)
        mape = self.cumulative_mape
        off_en = "" if mape is None else f"; the curve is off by {mape:.1%} on average"
        off_zh = "" if mape is None else f"；曲线平均偏差{mape:.1%}"
        end = self.ends[-1]
        return Phrase(
            f"by {end}, {made:,.6g} repeat purchases, {told:,.0f} expected by {self.model}"
            f"{off_en.replace('%', ' %')}",
            f"截至{end}，重复购买{made:,.6g}次，{self.model}预期{told:,.0f}次{off_zh}",
        )

    def _held(
        self, actual: Iterable[float], expected: Iterable[float]
    ) -> Iterable[tuple[float, float]]:
        cut = self.calibration_end
        for end, made, told in zip(self.ends, actual, expected, strict=True):
            if made and (cut is None or end > cut):
                yield made, told

    def __str__(self) -> str:
        """Return the sentence, and the cumulative columns."""
        head = f"{'until':<10} {'actual':>10} {'expected':>10}"
        columns = zip(self.ends, self.cumulative_actual, self.cumulative_expected, strict=True)
        rows = [f"{end!s:<10} {made:>10,.6g} {told:>10,.1f}" for end, made, told in columns]
        return "\n".join([self.words.en, "", head, *rows])


def _mape(pairs: Iterable[tuple[float, float]]) -> float | None:
    errors = [abs(told / made - 1) for made, told in pairs]
    return math.fsum(errors) / len(errors) if errors else None


def tracking(
    model: str,
    trails: Iterable[Iterable[int]],
    expected_new: Callable[[float], float],
    *,
    end: date,
    step: int = _WEEK,
    calibration_end: date | None = None,
) -> Tracking:
    """Track repeat purchases and what a model expects, from the first day of birth on.

    Args:
        model: The name of the model.
        trails: The ordinals of the days on which each customer bought, in any order. Days
            after *end* are left out.
        expected_new: Returns how many repeat purchases a new customer makes in so many days.
        end: The last day.
        step: How many days a period has. Periods begin with the first day of birth; the last
            one is cut at *end*.
        calibration_end: The last day of what the model was fitted to, if it is to be held to
            what came after.

    Raises:
        InvalidValueError: If nobody bought up to *end*, or *step* is below 1.

    Complexity:
        O(n) for n purchases, and O(d) calls and O(d · p) sums for d days and p periods.
    """
    if type(step) is not int or step < 1:
        raise InvalidValueError("step", step, "be a whole number of days, 1 or more")
    last = day(end, "end").toordinal()
    births: Counter[int] = Counter()
    repeats: Counter[int] = Counter()
    if not isinstance(trails, Iterable):
        raise InvalidValueError("trails", trails, "hold the days of each customer")
    for trail in trails:
        days = {each for each in _ordinals(trail) if each <= last}
        if days:
            first = min(days)
            births[first] += 1
            repeats.update(days - {first})
    if not births:
        raise InvalidValueError("trails", (), f"hold a purchase up to {end}")
    start = min(births)
    ends = [*range(start + step - 1, last, step), last]
    ages = {stop - birth for stop in ends for birth in births if birth < stop}
    told = {age: expected_new(float(age)) for age in sorted(ages)}
    levels = [
        math.fsum(count * told[stop - birth] for birth, count in births.items() if birth < stop)
        for stop in ends
    ]
    bought = Counter((each - start) // step for each in repeats.elements())
    return Tracking(
        model=model,
        ends=tuple(map(date.fromordinal, ends)),
        actual=tuple(float(bought[place]) for place in range(len(ends))),
        expected=tuple(
            level - before for level, before in zip(levels, (0.0, *levels), strict=False)
        ),
        calibration_end=calibration_end,
    )


def _ordinals(trail: Iterable[int]) -> set[int]:
    """Return the days of a customer, each once.

    Raises:
        InvalidValueError: If it is no list of days, or one of them is no ordinal.
    """
    rule = "hold the days of each customer as ordinals, as date.toordinal returns them"
    try:
        days = set(map(index, trail))
    except TypeError:
        raise InvalidValueError("trails", trail, rule) from None
    if min(days, default=1) < 1:
        raise InvalidValueError("trails", min(days), rule)
    return days
