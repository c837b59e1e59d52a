"""Made-up customers who follow a model."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import repeat
from random import Random
from typing import TypeAlias

from crmcore.durations import TimeUnit
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories

Population: TypeAlias = tuple[tuple[float, float], ...]
"""Ages, ascending, each with how many customers have it."""

Course: TypeAlias = Callable[[float, Random], tuple[int, float]]
"""Makes up how often a customer of an age bought again, and when last."""


def chance(seed: int, sample: int | None = None) -> Random:
    """Return a source of chance that begins with a seed, and goes on apart for each sample.

    Raises:
        InvalidValueError: If the seed is no whole number; nothing else gives the same each time.
    """
    if type(seed) is not int:
        raise InvalidValueError("seed", seed, "be a whole number")
    return Random(seed if sample is None else f"{seed}/{sample}")  # noqa: S311 - no secret


def population(histories: Histories | Iterable[float]) -> Population:
    """Return how many customers there are of each age.

    Raises:
        InvalidValueError: If an age is negative or not finite.
    """
    if isinstance(histories, Histories):
        weights = histories.weight or (1.0,) * len(histories)
        pairs: Iterable[tuple[float, float]] = zip(histories.age, weights, strict=True)
    else:
        if not isinstance(histories, Iterable):
            raise InvalidValueError("histories", histories, "be Histories or ages")
        pairs = ((_age(age), 1.0) for age in histories)
    found: defaultdict[float, list[float]] = defaultdict(list)
    for age, weight in pairs:
        found[age].append(weight)
    return tuple((age, math.fsum(found[age])) for age in sorted(found))


def _age(age: float) -> float:
    """Return an age as a float."""
    try:
        number = math.nan if isinstance(age, str | bytes | bool) else float(age)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise InvalidValueError("ages", age, "be at least 0, and finite")
    return number


def simulated(course: Course, ages: Population, *, unit: TimeUnit, rng: Random) -> Histories:
    """Return made-up customers of these ages, each with a weight of 1.

    Where an age has no whole number of customers, one of them has what is left for a weight.
    """
    rows: list[tuple[int, float, float, float]] = []
    for age, count in ages:
        whole = math.floor(count)
        rest = [count - whole] if count > whole else []
        for weight in (*repeat(1.0, whole), *rest):
            x, t_x = course(age, rng)
            rows.append((x, t_x, age, weight))
    return Histories.from_columns(
        frequency=[row[0] for row in rows],
        last_purchase_age=[row[1] for row in rows],
        age=[row[2] for row in rows],
        weight=None if all(row[3] == 1 for row in rows) else [row[3] for row in rows],
        unit=unit,
    )
