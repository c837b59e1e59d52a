"""How many had ended, were gone and had come at each time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, repeat
from numbers import Real
from typing import NamedTuple

from crmcore.errors import InvalidValueError

_BITS = 62
_LIGHTEST = 1e-200
_PAIRS = "be pairs of a time and whether the case ended then, as tuples: (12, True)"


class Columns(NamedTuple):
    """The columns of some cases: tuples, or arrays."""

    durations: Sequence[float]
    ended: Sequence[float]
    entries: Sequence[float] | None
    weights: Sequence[float] | None

    @property
    def are_arrays(self) -> bool:
        """Whether numpy reads them, because one of them is an array."""
        return any(column is not None and not isinstance(column, tuple) for column in self)


class Compared(NamedTuple):
    """What a test of groups needs to know, one item for each group.

    Attributes:
        observed: How many ended.
        expected: How many would have ended, had all groups been alike.
        covariance: The covariance of these numbers, had all groups been alike.
    """

    observed: tuple[float, ...]
    expected: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


class Step(NamedTuple):
    """A time at which cases were last seen.

    Attributes:
        time: The time.
        came: How many have come before it, since the step before.
        at_risk: How many had come before it, and were not gone before it.
        ended: How many ended at it.
        gone: How many were last seen at it, ended or not.
    """

    time: float
    came: int
    at_risk: int
    ended: int
    gone: int


class Counted:
    """How many had ended, were gone and had come at each time.

    Amounts are whole numbers: of cases, or where cases have weights, of 2**-power of a case.
    Sums of whole numbers do not depend on their order, and what was added can be taken away
    again without a trace.
    """

    def __init__(self, power: int | None = None) -> None:
        self.power = power
        self.ended: dict[float, int] = {}
        self.gone: dict[float, int] = {}
        self.came: dict[float, int] = {}

    @classmethod
    def of_pairs(
        cls, times: Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int]
    ) -> Counted:
        """Count cases of which is known how long they were seen, and whether they ended then."""
        counted = cls()
        for pair, count in _occurrences(times).items():
            if not (isinstance(pair, tuple) and len(pair) == len(("time", "fate"))):
                raise InvalidValueError("times", pair, _PAIRS)
            time, fate = pair
            if not (isinstance(time, Real | Decimal) and 0 <= time < math.inf):
                raise InvalidValueError("times", time, "be times of 0 or more, and finite")
            if fate not in (0, 1):
                rule = f"say whether the case of {time} ended then, as true or false"
                raise InvalidValueError("times", fate, rule)
            if not isinstance(count, int) or count < 0:
                rule = f"count how often {time} occurs, with a whole number of 0 or more"
                raise InvalidValueError("times", count, rule)
            if count:
                counted._add(time if isinstance(time, int | float) else float(time), fate, 0, count)
        if not counted.gone:
            raise InvalidValueError("times", (), "hold at least one case")
        return counted

    @classmethod
    def of_columns(cls, columns: Columns) -> Counted:
        """Count cases of columns that were checked."""
        counted = cls()
        units: Iterable[int] = repeat(1)
        if columns.weights is not None:
            counted.power = power = scale(len(columns.weights), max(columns.weights))
            units = (round(math.ldexp(weight, power)) for weight in columns.weights)
        entries = repeat(0) if columns.entries is None else columns.entries
        for case in zip(columns.durations, columns.ended, entries, units, strict=False):
            if case[-1]:
                counted._add(*case)
        return counted

    def _add(self, time: float, is_ended: float, entry: float, units: int) -> None:
        self.gone[time] = self.gone.get(time, 0) + units
        self.came[entry] = self.came.get(entry, 0) + units
        if is_ended:
            self.ended[time] = self.ended.get(time, 0) + units

    def amount(self, units: int) -> float:
        """Return how many cases so many units are."""
        return units if self.power is None else math.ldexp(units, -self.power)

    def steps(self) -> Iterator[Step]:
        """Yield the times at which cases were last seen, in rising order."""
        waiting = sorted(self.came, reverse=True)
        at_risk = 0
        for time in sorted(self.gone):
            came = 0
            while waiting and (waiting[-1] < time or waiting[-1] == 0):
                came += self.came[waiting.pop()]
            at_risk += came
            ended, gone = self.ended.get(time, 0), self.gone[time]
            yield Step(time, came, at_risk, ended, gone)
            at_risk -= gone

    def gap(self) -> tuple[float, float] | None:
        """Return between which times, if any, all had gone and others were still to come.

        Cases that come at the very time when the last ones go, of which one has not ended, go
        on where it was.
        """
        for step, _ in pairwise(self.steps()):
            if step.at_risk == step.gone:
                back = min(entry for entry in self.came if entry >= step.time and entry > 0)
                if back > step.time or step.ended == step.gone:
                    return step.time, back
        return None


def _occurrences(
    times: Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int],
) -> Mapping[tuple[float, bool], int]:
    """Return how often each pair occurs."""
    if isinstance(times, Mapping):
        return times
    try:
        return Counter(times)
    except TypeError as error:  # no list, or one of lists, which cannot be counted
        raise InvalidValueError("times", times, _PAIRS) from error


def check_gap(gap: tuple[float, float] | None) -> None:
    """Refuse that nobody is watched for a while, after which others are.

    How many get over the gap cannot be known. Where all that were at risk have ended, nobody
    would be left for those who come.
    """
    if gap is not None:
        rule = (
            f"leave no gap: nobody who was watched up to {gap[0]:g} was watched longer, and the "
            f"next are watched from {gap[1]:g} on; estimate what is before and after it apart"
        )
        raise InvalidValueError("entries", gap[1], rule)


def scale(n: int, heaviest: float) -> int:
    """Return in which power of a half weights are counted, so that all are whole numbers.

    All weights together are below 2**62 units, so that a weight is rounded only where it is
    nothing beside the heaviest one.

    Raises:
        InvalidValueError: If all weights together may be out of the range of a float.
    """
    most = n * heaviest
    if not _LIGHTEST <= most < math.inf:
        rule = f"weigh between {_LIGHTEST:g} and what a float can hold, all together"
        raise InvalidValueError("weights", heaviest, rule)
    return _BITS - math.frexp(most)[1]
