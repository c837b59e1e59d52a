"""The algebra of chains of states, in plain Python and without a subtraction.

A system ``(I - Q) x = b`` is solved in which *Q* has no negative entry and no row of it sums to
more than 1. It is told by what lies off the diagonal and by what each row lacks; the diagonal
is the sum of these. Eliminating a state adds its ways to those of the others, and nothing is
ever taken away, so that no digit is lost, however close to singular the system is.

Sources:
    W. K. Grassmann, M. I. Taksar, D. P. Heyman, "Regenerative Analysis and Steady State
    Distributions for Markov Chains", Operations Research 33(5), 1985: the elimination.
    A. S. Alfa, J. Xue, Q. Ye, "Accurate computation of the smallest eigenvalue of a diagonally
    dominant M-matrix", Mathematics of Computation 71, 2001: the same for such systems, and
    that each entry of the solution is accurate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

Matrix: TypeAlias = Sequence[Sequence[float]]


def solve(ways: Matrix, lacks: Sequence[float], right: Matrix) -> list[list[float]]:
    """Return *x* of ``(I - Q) x = b``, column by column, for a *b* without negative entries.

    Args:
        ways: *Q*; its diagonal is not looked at.
        lacks: What each row of *Q* lacks to sum to 1; from every state there must be a way to
            one that lacks something.
        right: *b*, row by row.
    """
    size = range(len(ways))
    left = [list(row) for row in ways]
    lacks = list(lacks)
    found = [list(row) for row in right]
    for k in reversed(size):
        own = lacks[k] + math.fsum(left[k][:k])
        for j in range(k):
            left[k][j] /= own
        lacks[k] /= own
        found[k] = [entry / own for entry in found[k]]
        for i in range(k):
            share = left[i][k]
            if share:
                lacks[i] += share * lacks[k]
                for j in range(k):
                    left[i][j] += share * left[k][j]
                found[i] = [a + share * b for a, b in zip(found[i], found[k], strict=True)]
    for k in size:
        for j in range(k):
            share = left[k][j]
            found[k] = [a + share * b for a, b in zip(found[k], found[j], strict=True)]
    return found


def steady(ways: Matrix) -> list[float]:
    """Return the shares of time that a chain spends in states which all lead to each other."""
    size = range(len(ways))
    left = [list(row) for row in ways]
    for k in reversed(size[1:]):
        own = math.fsum(left[k][:k])
        for i in range(k):
            left[i][k] /= own
            for j in range(k):
                left[i][j] += left[i][k] * left[k][j]
    shares = [1.0]
    for k in size[1:]:
        shares.append(math.fsum(shares[i] * left[i][k] for i in range(k)))
    total = math.fsum(shares)
    return [share / total for share in shares]


def times(left: Matrix, right: Matrix) -> list[list[float]]:
    """Return the product of two matrices."""
    columns = list(zip(*right, strict=True))
    return [
        [math.fsum(a * b for a, b in zip(row, column, strict=True)) for column in columns]
        for row in left
    ]


def identity(size: int) -> list[list[float]]:
    """Return the matrix that changes nothing."""
    return [[float(i == j) for j in range(size)] for i in range(size)]


def power(matrix: Matrix, count: int) -> list[list[float]]:
    """Return a matrix multiplied with itself, so many times."""
    found = identity(len(matrix))
    square = [list(row) for row in matrix]
    while count:
        if count % 2:
            found = times(found, square)
        count //= 2
        if count:
            square = times(square, square)
    return found


def reach(matrix: Matrix) -> list[set[int]]:
    """Return for each state those that can be reached from it, itself included."""
    found = []
    for start in range(len(matrix)):
        seen, waiting = {start}, [start]
        while waiting:
            for state, share in enumerate(matrix[waiting.pop()]):
                if share and state not in seen:
                    seen.add(state)
                    waiting.append(state)
        found.append(seen)
    return found


def lasting(matrix: Matrix) -> list[set[int]]:
    """Return the sets of states that are never left once they are entered."""
    found: list[set[int]] = []
    reached = reach(matrix)
    for state, seen in enumerate(reached):
        if seen not in found and all(state in reached[other] for other in seen):
            found.append(seen)
    return found
