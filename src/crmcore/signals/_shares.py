"""Who shares the credit: what each of several explanations adds to all together.

Two attributes that go together explain the same part of a third thing, so that a regression
gives the credit to one of them, by the least of chances. Averaged over every order in which
the attributes could be taken into account, what each adds is its fair share, and the shares
sum to what all explain.

Sources:
    R. H. Lindeman, P. F. Merenda and R. Z. Gold, Introduction to Bivariate and Multivariate
    Analysis, 1980: the average over all orders (LMG).
    L. S. Shapley, "A Value for n-Person Games", in Contributions to the Theory of Games II,
    1953: the same, as weights of what an attribute adds to each set of others.
    U. Grömping, "Relative Importance for Linear Regression in R: The Package relaimpo",
    Journal of Statistical Software 17(1), 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

# Below this share of its variance an attribute is a copy of others, and what looks left over
# is rounding.
_COPY = 1e-9

Matrix = Sequence[Sequence[float]]


def correlations(columns: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return Pearson's correlation of each column with each; all columns must vary."""
    units = []
    for column in columns:
        mean = math.fsum(column) / len(column)
        away = [value - mean for value in column]
        farthest = max(map(abs, away))
        away = [each / farthest for each in away]  # so that no square is infinite, or nothing
        length = math.sqrt(math.fsum(map(mul, away, away)))
        units.append([value / length for value in away])
    return [
        [1.0 if one is other else _within_one(math.fsum(map(mul, one, other))) for other in units]
        for one in units
    ]


def _within_one(r: float) -> float:
    return max(-1.0, min(1.0, r))


def first_copy(matrix: Matrix) -> int | None:
    """Return the first variable that the ones before it tell fully, or None."""
    left = [list(row) for row in matrix]
    for place in range(len(matrix)):
        if left[0][0] < _COPY:
            return place
        left = _without(left, 0)
    return None


def _without(matrix: Matrix, place: int) -> list[list[float]]:
    """Return what is left of the later variables once one of them is taken into account."""
    pivot = matrix[place]
    return [
        [
            value - row[place] * other / pivot[place]
            for value, other in zip(row, pivot, strict=True)
        ][place + 1 :]
        for row in matrix[place + 1 :]
    ]


def explained(matrix: Matrix) -> dict[int, float]:
    """Return which share of the last variable's variance each set of the others explains.

    Args:
        matrix: The correlations, of the explained variable last.

    Returns:
        For each set, written as a number of which bit *j* stands for variable *j*, its R².

    Complexity:
        O(2ᵖ) of p explaining variables.
    """
    found = {0: 0.0}
    waiting = [(0, 0, 0.0, [list(row) for row in matrix])]
    while waiting:
        chosen, first, share, left = waiting.pop()
        for place in range(len(left) - 1):
            more = share + left[place][-1] ** 2 / left[place][place]
            chosen_now = chosen | 1 << (first + place)
            found[chosen_now] = more
            waiting.append((chosen_now, first + place + 1, more, _without(left, place)))
    return found


def fair_shares(share_of: dict[int, float], count: int) -> list[float]:
    """Return what each variable adds to the sets of the others, on average over all orders."""
    orders = math.factorial(count)
    weights = [
        math.factorial(size) * math.factorial(count - 1 - size) / orders for size in range(count)
    ]
    return [
        math.fsum(
            weights[others.bit_count()] * (share_of[others | 1 << place] - share)
            for others, share in share_of.items()
            if not others >> place & 1
        )
        for place in range(count)
    ]
