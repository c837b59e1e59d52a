"""BG/NBD and MBG/NBD over many customers, fast.

What is expected of somebody alive depends on the number of purchases and the age. The odds of
being gone depend on the age at the last purchase besides, but they are a product,

    a / (b + stayed - 1) · ((alpha + age) / middle)^(r + x) · (middle / (alpha + t_x))^(r + x),

of which one part depends on ``(x, age)`` and the other on ``(x, t_x)``. Ages are days, so there
are few such pairs, and each part is computed once. A customer costs three look-ups, and one who
has not bought again a single one. With *middle* in the middle of all ages neither part is too
large for a float, except for hundreds of purchases; those are computed one by one.

Where many customers share an age, those of one age are computed together. Where hardly any do,
those of one number of purchases are read off a smooth curve over the ages.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet

import attrs

from crmcore.histories import Histories

from ._beta_geo_future import (
    expected_after,
    expected_purchases,
    log_rate_factor,
    logistic,
    ratio,
)
from ._smooth import smooth

_TOGETHER = 64  # so many purchases are computed together for an age
_FEWEST = 4
_MANY = 16  # customers of an age, for which that pays
_ENOUGH = 100  # customers of a number of purchases, for whom a curve pays
_MOST_LOG = 300.0  # of a part of the odds: of two such parts a float can hold the product


@attrs.frozen(kw_only=True)
class Dropout:
    """The parameters of BG/NBD or MBG/NBD.

    Attributes:
        r: The shape of the rates.
        alpha: Their scale.
        a: The first parameter of the probability of leaving.
        b: The second.
        first: How many choices to leave come before the first repeat purchase: 0 or 1.
    """

    r: float
    alpha: float
    a: float
    b: float
    first: int

    def log_odds(self, x: int, t_x: float, age: float) -> float:
        """Return the log-odds of being alive."""
        stayed = x + self.first
        if not stayed:
            return math.inf
        silence = log_rate_factor(self.r + x, self.alpha, t_x, age)
        return math.log(self.b + (stayed - 1)) - math.log(self.a) - silence

    def alive(self, x: int, t_x: float, age: float) -> float:
        """Return the probability of being alive."""
        return logistic(self.log_odds(x, t_x, age))

    def if_alive(self, x: int, age: float, t: float) -> float:
        """Return the purchases that are expected in *t* of somebody who is alive."""
        u = ratio(t, self.alpha + age)
        return expected_purchases(self.r + x, self.a, self.b + (x + self.first), u)

    def if_alive_of_all(self, histories: Histories, t: float) -> Callable[[int, float], float]:
        """Return what tells the purchases of somebody alive by *x* and *age*."""
        ages = set(histories.age)
        if len(histories) < _MANY * len(ages):
            return self.if_alive_at_any_age(Counter(histories.frequency), ages, t)
        most = max(_FEWEST, min(max(histories.frequency, default=0), _TOGETHER))
        together: dict[float, list[float]] = {}

        def if_alive(x: int, age: float) -> float:
            if x <= most and age not in together:
                u = ratio(t, self.alpha + age)
                together[age] = expected_after(self.r, self.a, self.b + self.first, u, most)
            if x <= most and together[age]:
                return together[age][x]
            return self.if_alive(x, age, t)

        return if_alive

    def if_alive_at_any_age(
        self, counts: Mapping[int, int], ages: AbstractSet[float], t: float
    ) -> Callable[[int, float], float]:
        """Return the same where hardly any two customers share an age."""
        low, high = min(ages, default=0.0), max(ages, default=0.0)
        known: dict[int, Callable[[float], float]] = {}

        def if_alive(x: int, age: float) -> float:
            if counts[x] < _ENOUGH:
                return self.if_alive(x, age, t)
            if x not in known:
                known[x] = smooth(lambda each: self.if_alive(x, each, t), low, high, self.alpha)
            return known[x](age)

        return if_alive


def all_alive(dropout: Dropout, histories: Histories) -> Iterator[float]:
    """Yield for each customer the probability of being alive."""
    return _all(dropout, histories, lambda _, __: 1.0)


def all_if_alive(dropout: Dropout, histories: Histories, t: float) -> Iterator[float]:
    """Yield for each customer the purchases that are expected in *t* of somebody alive."""
    if_alive = dropout.if_alive_of_all(histories, t)
    found: dict[tuple[int, float], float] = {}
    for pair in zip(histories.frequency, histories.age, strict=True):
        try:
            yield found[pair]
        except KeyError:
            found[pair] = if_alive(*pair)
            yield found[pair]


def all_expected(dropout: Dropout, histories: Histories, t: float) -> Iterator[float]:
    """Yield for each customer the purchases that are expected in *t*."""
    return _all(dropout, histories, dropout.if_alive_of_all(histories, t))


def _all(
    dropout: Dropout, histories: Histories, if_alive: Callable[[int, float], float]
) -> Iterator[float]:
    """Yield for each customer what follows if alive, by the probability of that."""
    r, alpha = dropout.r, dropout.alpha
    span = math.log1p(max(histories.age, default=0.0) / alpha)
    middle = alpha * math.exp(span / 2)
    most = 2 * _MOST_LOG / span - r if span else math.inf
    none: dict[float, float] = {}
    some: dict[int, tuple[dict[float, tuple[float, float]], dict[float, float]]] = {}

    def first(x: int, t_x: float, age: float) -> float:
        """Return the same for the first customer with some pair, and keep its parts."""
        if not x:
            none[age] = if_alive(x, age) * dropout.alive(x, t_x, age)
            return none[age]
        if x > most:
            return if_alive(x, age) * dropout.alive(x, t_x, age)
        by_age, by_last = some.setdefault(x, ({}, {}))
        if age not in by_age:
            odds = dropout.a / (dropout.b + (x + dropout.first - 1))
            by_age[age] = if_alive(x, age), odds * ((alpha + age) / middle) ** (r + x)
        if t_x not in by_last:
            by_last[t_x] = (middle / (alpha + t_x)) ** (r + x)
        value, odds = by_age[age]
        return value / (1 + odds * by_last[t_x])

    columns = (histories.frequency, histories.last_purchase_age, histories.age)
    for x, t_x, age in zip(*columns, strict=True):
        try:
            if x:
                by_age, by_last = some[x]
                value, odds = by_age[age]
                yield value / (1.0 + odds * by_last[t_x])
            else:
                yield none[age]
        except KeyError:
            yield first(x, t_x, age)
