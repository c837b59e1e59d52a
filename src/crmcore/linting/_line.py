"""Lines: the values of a field of numbers or days, cut into points and the stretches between.

Numbers of every kind become exact fractions: a date is its ordinal, a datetime counts
microseconds. The values of a field lie on a *line*, which is a lattice of equal steps where
the kind has them (integers, dates, decimals of a known scale), and dense for floats. Constants
cut a line into *stretches*: the constants themselves, and the open intervals between them. An
interval without a value in it, such as the one between 4 and 5 for integers, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, TypeAlias

import attrs

from crmcore.criteria import Column

Value: TypeAlias = "bool | int | Decimal | float | str | date | datetime | frozenset[str] | None"
Ordered: TypeAlias = "int | Decimal | float | date | datetime"

FEW: Final = 8
"""Of a stretch of at most so many values, all are samples."""

LINED: Final = frozenset({"INT", "DECIMAL", "FLOAT", "DATE", "DATETIME"})
"""The kinds whose values lie on a line."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DAYS: Final = {
    "DATE": (date.min, date.max),
    "DATETIME": (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
}
_EXACT: Final = Context(prec=60)


def number(value: Ordered) -> Fraction:
    """Return the exact number of a value that has an order."""
    if isinstance(value, datetime):
        return Fraction((value - _EPOCH) // _MICROSECOND)
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return Fraction(value)


@attrs.frozen
class Stretch:
    """The values from *low* to *high*, each end with or without itself."""

    low: Fraction
    high: Fraction
    without_low: bool = False
    without_high: bool = False

    def to(self, other: Stretch) -> Stretch:
        """Return the values from where this begins to where a later stretch ends."""
        return Stretch(self.low, other.high, self.without_low, other.without_high)

    def __contains__(self, value: Fraction) -> bool:
        """Say whether a value lies on it."""
        after = value > self.low or (value == self.low and not self.without_low)
        return after and (value < self.high or (value == self.high and not self.without_high))


@attrs.frozen
class Line:
    """All values that a field, or a sum of fields, can have.

    Attributes:
        low: The least.
        high: The greatest.
        step: From one value to the next; None where the values lie dense.
    """

    low: Fraction
    high: Fraction
    step: Fraction | None

    @classmethod
    def of(cls, column: Column, named: Iterable[Fraction]) -> Line:
        """Return the line of a field; decimals are as fine as what they are compared with."""
        kind = column.kind.name
        if kind in _DAYS:
            first, last = _DAYS[kind]
            return cls(number(first), number(last), Fraction(1))
        low, high = map(number, column.interval)
        if kind == "FLOAT":
            return cls(low, high, None)
        step = Fraction(1, 10**column.places)
        while kind == "DECIMAL" and any((level / step).denominator > 1 for level in named):
            step /= 10
        return cls(low, high, step)

    def cut(self, cuts: Iterable[Fraction]) -> Iterator[Stretch]:
        """Yield the stretches between the cuts, and those of the cuts, in order."""
        low, without_low = self.low, False
        for cut in sorted(cut for cut in set(cuts) if self.low <= cut <= self.high):
            for stretch in (
                Stretch(low, cut, without_low, without_high=True),
                Stretch(cut, cut),
            ):
                yield from self.narrowed(stretch)
            low, without_low = cut, True
        yield from self.narrowed(Stretch(low, self.high, without_low))

    def narrowed(self, stretch: Stretch) -> Iterator[Stretch]:
        """Yield the stretch with values at its ends, if it has any values."""
        low, high = stretch.low, stretch.high
        if self.step is None:
            if low < high or low in stretch:
                yield stretch
            return
        first, last = math.ceil(low / self.step), math.floor(high / self.step)
        first += stretch.without_low and first * self.step == low
        last -= stretch.without_high and last * self.step == high
        if first <= last:
            yield Stretch(first * self.step, last * self.step)

    def count(self, stretch: Stretch) -> int | None:
        """Return how many values a stretch has; None where they lie dense."""
        if stretch.low == stretch.high:
            return 1
        return None if self.step is None else int((stretch.high - stretch.low) / self.step) + 1

    def samples(self, stretch: Stretch, origin: Fraction) -> list[Fraction]:
        """Return all values of a short stretch, or some of a long one.

        The one that is nearest to *origin* comes first, because it makes the plainest witness.
        """
        low, high = stretch.low, stretch.high
        middle = (low + high) / 2
        if self.step is None:
            tried = {origin, low + 1, high - 1, middle, low, high}
            return sorted(
                (value for value in tried if value in stretch),
                key=lambda value: (abs(value - origin), value),
            )
        steps = int((high - low) / self.step)
        nearest = min(max((origin - low) // self.step, 0), steps)
        if steps < FEW:
            places = [nearest, *range(steps + 1)]
        else:
            near = (nearest, nearest + 1, nearest - 1, nearest + 10)
            places = [*near, 0, 1, steps // 2, steps - 1, steps]
        return [low + at * self.step for at in dict.fromkeys(places) if 0 <= at <= steps]


def value_of(kind: str, found: Fraction) -> Ordered:
    """Return the value of a kind that a number stands for, the nearest where there is none."""
    if kind == "FLOAT":
        return float(found)
    if kind == "DECIMAL":
        return _EXACT.divide(Decimal(found.numerator), Decimal(found.denominator))
    whole = math.floor(found)
    if kind == "DATE":
        return date.fromordinal(whole)
    return _EPOCH + whole * _MICROSECOND if kind == "DATETIME" else whole
