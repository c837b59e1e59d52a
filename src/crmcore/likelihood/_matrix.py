"""The little algebra of small symmetric matrices that Newton's method needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

Matrix: TypeAlias = Sequence[Sequence[float]]
Factor: TypeAlias = list[list[float]]

_ROUNDING = 1e-14  # what rounding leaves of a diagonal entry from which all has been taken


def cholesky(matrix: Matrix) -> Factor | None:
    """Return the lower factor of a symmetric matrix, or None if it is not positive definite."""
    factor: Factor = []
    for i, row in enumerate(matrix):
        new: list[float] = []
        for j in range(i):
            new.append((row[j] - _dot(new, factor[j])) / factor[j][j])
        left = row[i] - _dot(new, new)
        if not _ROUNDING * abs(row[i]) < left < math.inf:
            return None
        factor.append([*new, math.sqrt(left)])
    return factor


def solve(factor: Factor, right: Sequence[float]) -> list[float]:
    """Return what the matrix of a lower factor makes *right* of."""
    size = len(factor)
    found: list[float] = []
    for i in range(size):
        found.append((right[i] - _dot(found, factor[i])) / factor[i][i])
    for i in reversed(range(size)):
        below = math.fsum(factor[j][i] * found[j] for j in range(i + 1, size))
        found[i] = (found[i] - below) / factor[i][i]
    return found


def inverse(factor: Factor) -> tuple[tuple[float, ...], ...]:
    """Return the inverse of the matrix of a lower factor, symmetric to the last bit."""
    size = len(factor)
    columns = [solve(factor, [float(i == j) for i in range(size)]) for j in range(size)]
    return tuple(
        tuple((columns[i][j] + columns[j][i]) / 2 for j in range(size)) for i in range(size)
    )


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the inner product, as far as the shorter of the two goes."""
    return math.fsum(a * b for a, b in zip(left, right, strict=False))
