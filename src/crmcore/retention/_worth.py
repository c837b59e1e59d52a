"""What customers are worth who move between states: periods in each state, times rewards."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Final, TypeAlias

from crmcore.checks import refusal
from crmcore.durations import DiscountRate, Duration
from crmcore.errors import InfiniteMeanError, InvalidValueError, MixedCurrenciesError
from crmcore.kernel import Money

from ._chain import Matrix, identity, lasting, solve, times
from ._migration_values import MigrationValues
from ._periods import check_discount, lost_by_waiting, whole_periods

Reward: TypeAlias = float | Decimal | Fraction | Money
Periods: TypeAlias = list[list[float | None]]

_MODEL: Final = "the value of a customer for ever"
_LARGEST: Final = 1e100  # so that no sum of squares is out of the range of a float
_ROUNDING: Final = 1e-13


def worth(
    *,
    states: tuple[str, ...],
    matrix: Matrix,
    observed: Sequence[float] | None,
    period: Duration,
    rewards: Mapping[str, Reward],
    discount: DiscountRate,
    horizon: Duration | None,
) -> MigrationValues:
    """Return what customers are worth; *observed* is by how many moves each row was seen."""
    numbers, currency = _rewards(states, rewards)
    factor = check_discount(discount).factor(period)
    slopes: Iterable[Matrix]
    if horizon is None:
        occupancy = _for_ever(states, matrix, numbers, lost_by_waiting(discount, period))
        found = _sums(occupancy, numbers)
        slopes = _slopes_for_ever(occupancy, found, factor)
    else:
        count = whole_periods(horizon, period)
        occupancy = _within(matrix, factor, count)
        found = _sums(occupancy, numbers)
        slopes = _slopes_within(matrix, numbers, factor, count)
    return MigrationValues(
        states=states,
        values=tuple(found),
        rewards=numbers,
        occupancy=tuple(map(tuple, occupancy)),
        standard_errors=None if observed is None else _errors(matrix, slopes, observed),
        discount=discount,
        period=period,
        horizon=horizon,
        currency=currency,
    )


def _rewards(
    states: Sequence[str], rewards: Mapping[str, Reward]
) -> tuple[tuple[float, ...], str | None]:
    """Return what each state brings, as floats, and in which currency."""
    missing = [state for state in states if state not in rewards]
    if missing:
        raise refusal("rewards", missing, "be told for every state, also where they are 0")
    found = [rewards[state] for state in states]
    codes = sorted({reward.currency for reward in found if isinstance(reward, Money)})
    if len(codes) > 1:
        raise MixedCurrenciesError(codes[0], codes[1])
    if codes and not all(isinstance(reward, Money) for reward in found):
        raise refusal("rewards", sorted(map(str, found)), "be all money, or all plain numbers")
    return tuple(map(_number, found)), codes[0] if codes else None


def _number(reward: Reward) -> float:
    amount = reward.amount if isinstance(reward, Money) else reward
    if isinstance(amount, bool) or not isinstance(amount, Real | Decimal):
        raise refusal("rewards", reward, "be numbers, or money")
    try:
        number = float(amount)
    except (OverflowError, ValueError):  # too large, or a NaN that signals
        number = math.nan
    if not abs(number) <= _LARGEST:
        raise InvalidValueError("rewards", reward, f"be finite, and at most {_LARGEST:g} in size")
    return number + 0.0  # 0 has no sign


def _sums(occupancy: Periods, rewards: Sequence[float]) -> list[float]:
    return [
        math.fsum(n * reward for n, reward in zip(row, rewards, strict=True) if n is not None)
        for row in occupancy
    ]


def _within(matrix: Matrix, factor: float, count: int) -> Periods:
    """Return the periods in each state, by the present one, up to a horizon."""
    size = range(len(matrix))
    found = [[0.0 for _ in size] for _ in size]
    for now in _powers(matrix, factor, count):
        for total, row in zip(found, now, strict=True):
            for j, share in enumerate(row):
                total[j] += share
    return [[*row] for row in found]


def _powers(matrix: Matrix, factor: float, count: int) -> Iterator[list[list[float]]]:
    """Yield the discounted probabilities of being in each state, now and *count* times more."""
    step = [[factor * share for share in row] for row in matrix]
    now = identity(len(matrix))
    yield now
    for _ in range(count):
        now = times(now, step)
        yield now


def _for_ever(
    states: Sequence[str], matrix: Matrix, rewards: Sequence[float], lost: float
) -> Periods:
    """Return the periods in each state, by the present one, without end.

    Args:
        states: The states.
        matrix: The probabilities of moves.
        rewards: What each state brings.
        lost: What 1 loses by coming a period later.

    Raises:
        InfiniteMeanError: If there is no end to what they bring.
    """
    stay = sorted(set().union(*lasting(matrix))) if not lost else []
    for state in stay:
        if rewards[state]:
            reason = (
                f"{states[state]!r} is never left for good, and brings {rewards[state]:g} in each "
                "period; state a discount above 0, or a horizon"
            )
            raise InfiniteMeanError(_MODEL, reason)
    go = [state for state in range(len(states)) if state not in stay]
    factor = 1 - lost
    ways = [[factor * matrix[i][j] for j in go] for i in go]
    lacks = [lost + factor * math.fsum(matrix[i][j] for j in stay) for i in go]
    solved = solve(ways, lacks, identity(len(go)))
    found: Periods = [[None if j in stay else 0.0 for j in range(len(states))] for _ in states]
    for i, row in zip(go, solved, strict=True):
        for j, periods in zip(go, row, strict=True):
            found[i][j] = periods
    return found


def _slopes_for_ever(
    occupancy: Periods, values: Sequence[float], factor: float
) -> Iterator[list[list[float]]]:
    """Yield by present state how much the value changes with each probability."""
    for row in occupancy:
        yield [[factor * (periods or 0.0) * value for value in values] for periods in row]


def _slopes_within(
    matrix: Matrix, rewards: Sequence[float], factor: float, count: int
) -> list[list[list[float]]]:
    """Return by present state how much the value changes with each probability.

    A customer who is in a state at a time moves on by its probabilities, to what is then worth
    as much as in the periods that are left.
    """
    size = range(len(matrix))
    left = [list(rewards)]  # what the states are worth with no period to go, with one, …
    for _ in range(count - 1):
        moved = times(matrix, [[value] for value in left[-1]])
        left.append([r + factor * value for r, (value,) in zip(rewards, moved, strict=True)])
    slopes = [[[0.0 for _ in size] for _ in size] for _ in size]
    for now in _powers(matrix, factor, count - 1) if count else ():
        values = left.pop()
        for start, row in zip(slopes, now, strict=True):
            for entries, share in zip(start, row, strict=True):
                for j, value in enumerate(values):
                    entries[j] += factor * share * value
    return slopes


def _errors(
    matrix: Matrix, slopes: Iterable[Matrix], observed: Sequence[float]
) -> tuple[float, ...]:
    """Return the standard errors of values; the moves of a row are multinomial."""
    return tuple(math.sqrt(math.fsum(map(_variance, matrix, slope, observed))) for slope in slopes)


def _variance(shares: Sequence[float], slopes: Sequence[float], n: float) -> float:
    mean = math.fsum(p * slope for p, slope in zip(shares, slopes, strict=True))
    spread = math.fsum(p * (slope - mean) ** 2 for p, slope in zip(shares, slopes, strict=True))
    # A customer who moves to what is worth the same makes no difference, but for rounding.
    if spread <= (_ROUNDING * mean) ** 2:
        return 0.0
    return spread / n if n else math.inf  # of a move that nobody was seen to make, all is open
