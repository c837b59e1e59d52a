"""Atoms about records: which states they need, and what they make of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from crmcore.kernel import Reason, Undefined
from crmcore.statistics import Interval, mean_interval, median_interval

from ._asking import Found, Question
from ._cases import Cases
from ._measure import Atom, Measure
from ._numbers import EXACT, plain, quotient, total
from ._records import Count, Distinct, First, Last, Max, Mean, Min, Quantile, Sum
from ._settings import Settings
from ._slots import (
    Ends,
    Extremes,
    HowMany,
    Read,
    Seen,
    Slots,
    Spans,
    Spread,
    Squares,
    Tick,
    Total,
)

Need: TypeAlias = "Slots | Cases"
Needs: TypeAlias = "Callable[[Any, Settings], tuple[Need, ...]]"
Answer: TypeAlias = "Callable[[Any, Question], Found]"
A = TypeVar("A", bound=Measure)

_HALF: Final = Decimal("0.5")


@attrs.frozen
class Rule:
    """How a kind of measure is answered.

    Attributes:
        needs: The states that it needs.
        answer: What it makes of them.
    """

    needs: Needs
    answer: Answer


def begun(atom: Atom, ask: Question) -> Undefined | None:
    """Return why there is no value, if the period lies before the records begin."""
    return ask.nothing_before(ask.desk.first_day(atom.source))


def read_of(atom: Any) -> Read:  # noqa: ANN401 - any atom with a field
    """Return the state that counts how many records have the field of an atom, as a number."""
    return Read(atom.source, atom.where, atom.field)


def _tick(count: Count, _: Settings) -> tuple[Need, ...]:
    return (Tick(count.source, count.where),)


def _count(count: Count, ask: Question) -> Found:
    if (nothing := begun(count, ask)) is not None:
        return Found(nothing)
    n = ask.fold(Tick(count.source, count.where))
    return Found(ask.value(Decimal(n), numerator=Decimal(n), n=n))


def _total_of(atom: Sum | Mean) -> Total:
    return Total(atom.source, atom.where, atom.field)


def _squares_of(mean: Mean) -> Squares:
    return Squares(mean.source, mean.where, mean.field)


def _spans_of(atom: Sum) -> Spans:
    return Spans(atom.source, atom.where, atom.field, str(atom.until))


def _sum_needs(atom: Sum, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _total_of(atom) if atom.until is None else _spans_of(atom)


def _sum(atom: Sum, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(atom))
    if atom.until is None:
        amount, n, without = ask.fold(_total_of(atom)), how_many.n, 0
    else:
        amount, n, without = _whole_spans(atom, ask)
    missing = how_many.missing + without
    return Found(ask.value(amount, numerator=amount, n=n, missing=missing), how_many.currency)


def _whole_spans(atom: Sum, ask: Question) -> tuple[Decimal, int, int]:
    """Return the sum of what lies wholly in the days asked for, its n, and how many tell no end."""
    spans = ask.fold(_spans_of(atom))
    inside = [kept for end, kept in spans.items() if end is not None and end <= ask.end]
    without, _ = spans.get(None, (0, None))
    return total(amount for _, amount in inside), sum(n for n, _ in inside), without


def _mean_needs(mean: Mean, _: Settings) -> tuple[Need, ...]:
    return read_of(mean), _total_of(mean), _squares_of(mean)


def _mean_bounds(mean: Decimal, total: Decimal, squares: Decimal, n: int) -> Interval | None:
    if n == 1:
        return None
    # Exact up to the root: the textbook difference of squares loses nothing here.
    spread = Fraction(squares) - Fraction(total) ** 2 / n
    return mean_interval(float(mean), sqrt(spread / (n - 1)), n)


def _mean(mean: Mean, ask: Question) -> Found:
    if (nothing := begun(mean, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(mean))
    if how_many.n == 0:
        return Found(Undefined(Reason.NO_DATA))
    total, n = ask.fold(_total_of(mean)), Decimal(how_many.n)
    number = quotient(total, n)
    squares = ask.fold(_squares_of(mean))
    value = ask.value(
        number,
        numerator=total,
        denominator=n,
        n=how_many.n,
        missing=how_many.missing,
        interval=_mean_bounds(number, total, squares, how_many.n),
    )
    return Found(value, how_many.currency)


def _spread_of(quantile: Quantile) -> Spread:
    return Spread(quantile.source, quantile.where, quantile.field)


def _quantile_needs(quantile: Quantile, _: Settings) -> tuple[Need, ...]:
    return read_of(quantile), _spread_of(quantile)


def _quantile(quantile: Quantile, ask: Question) -> Found:
    if (nothing := begun(quantile, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(quantile))
    if how_many.n == 0:
        return Found(Undefined(Reason.NO_DATA))
    times: dict[Decimal, int] = ask.fold(_spread_of(quantile))
    ordered = [value for value in sorted(times) for _ in range(times[value])]
    # Hyndman and Fan, definition 7: linear between the values at (n − 1)·q.
    place = EXACT.multiply(Decimal(how_many.n - 1), quantile.q)
    low, high = ordered[int(place)], ordered[min(int(place) + 1, how_many.n - 1)]
    rest = EXACT.subtract(place, Decimal(int(place)))
    value = ask.value(
        plain(EXACT.fma(rest, EXACT.subtract(high, low), low)),
        n=how_many.n,
        missing=how_many.missing,
        interval=median_interval(map(float, ordered)) if quantile.q == _HALF else None,
    )
    return Found(value, how_many.currency)


def values_of(distinct: Distinct) -> tuple[Read, Seen]:
    """Return the states of the values that a field has."""
    source, where, field = distinct.source, distinct.where, distinct.field
    return Read(source, where, field, number=False), Seen(source, where, field)


def _distinct_needs(distinct: Distinct, _: Settings) -> tuple[Need, ...]:
    return values_of(distinct)


def _distinct(distinct: Distinct, ask: Question) -> Found:
    if (nothing := begun(distinct, ask)) is not None:
        return Found(nothing)
    read, seen = values_of(distinct)
    how_many: HowMany = ask.fold(read)
    number = Decimal(len(ask.fold(seen)))
    return Found(ask.value(number, numerator=number, n=how_many.n, missing=how_many.missing))


def _extremes_of(atom: Min | Max) -> Extremes:
    return Extremes(atom.source, atom.where, atom.field)


def _extremes_needs(atom: Min | Max, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _extremes_of(atom)


def _ends_of(atom: First | Last) -> Ends:
    return Ends(atom.source, atom.where, atom.field, atom.at, atom.tie)


def _ends_needs(atom: First | Last, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _ends_of(atom)


def _one_of_two(atom: Any, ask: Question, need: Slots, which: int) -> Found:  # noqa: ANN401
    """Return the lower or the upper of two values that a state keeps."""
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(atom))
    both = ask.fold(need)
    if both is None:
        return Found(Undefined(Reason.NO_DATA))
    value = ask.value(plain(both[which]), n=how_many.n, missing=how_many.missing)
    return Found(value, how_many.currency)


RULES: Final[dict[type[Measure], Rule]] = {
    Count: Rule(_tick, _count),
    Sum: Rule(_sum_needs, _sum),
    Mean: Rule(_mean_needs, _mean),
    Quantile: Rule(_quantile_needs, _quantile),
    Distinct: Rule(_distinct_needs, _distinct),
    Min: Rule(_extremes_needs, lambda atom, ask: _one_of_two(atom, ask, _extremes_of(atom), 0)),
    Max: Rule(_extremes_needs, lambda atom, ask: _one_of_two(atom, ask, _extremes_of(atom), 1)),
    First: Rule(_ends_needs, lambda atom, ask: _one_of_two(atom, ask, _ends_of(atom), 0)),
    Last: Rule(_ends_needs, lambda atom, ask: _one_of_two(atom, ask, _ends_of(atom), 1)),
}
