"""The little algebra of small symmetric matrices that Newton's method needs.

The easy case is a matrix that is positive definite, and that is said by its Cholesky factor. Any
other is taken apart along its axes (Jacobi's rotations), where it is a number for each.

Sources:
    G. H. Golub and C. F. Van Loan, Matrix Computations, 4th edition, 2013: 4.2 (Cholesky), 8.5
    (Jacobi).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias

import attrs

Matrix: TypeAlias = Sequence[Sequence[float]]

_ROUNDING = 1e-14  # what rounding leaves of a diagonal entry from which all has been taken
_LEAST = 1e-13  # of the largest number on an axis, which stands for none
_SWEEPS = 12  # of rotations; five do


class Curvature(Protocol):
    """A symmetric matrix, or the positive definite one that it is mended to."""

    @property
    def upward(self) -> float:
        """The number on its most negative axis, by the largest on any; 0 if none is negative."""

    @property
    def is_sound(self) -> bool:
        """Whether it is positive definite as it is."""

    def solve(self, right: Sequence[float]) -> list[float]:
        """Return what, multiplied with the matrix, is *right*."""

    def inverse(self) -> tuple[tuple[float, ...], ...]:
        """Return the inverse, symmetric to the last bit."""


def curvature(matrix: Matrix) -> Curvature:
    """Take a symmetric matrix apart; where it is not positive definite, mend it.

    On each axis its number is made positive, and not less than rounding would leave.
    """
    factor = _cholesky(matrix)
    if factor is not None:
        return _Definite(factor)
    values, axes = _axes(matrix)
    largest = max(map(abs, values)) or 1.0
    mended = [max(abs(value), _LEAST * largest) for value in values]
    return _Mended(mended, axes, max(0.0, -min(values)) / largest)


@attrs.frozen
class _Definite:
    """A positive definite matrix, by its lower factor."""

    factor: list[list[float]]
    upward: float = 0.0
    is_sound: bool = True

    def solve(self, right: Sequence[float]) -> list[float]:
        factor, size = self.factor, len(self.factor)
        found: list[float] = []
        for i in range(size):
            found.append((right[i] - _dot(found, factor[i])) / factor[i][i])
        for i in reversed(range(size)):
            below = math.fsum(factor[j][i] * found[j] for j in range(i + 1, size))
            found[i] = (found[i] - below) / factor[i][i]
        return found

    def inverse(self) -> tuple[tuple[float, ...], ...]:
        size = range(len(self.factor))
        columns = [self.solve([float(i == j) for i in size]) for j in size]
        return tuple(tuple((columns[i][j] + columns[j][i]) / 2 for j in size) for i in size)


@attrs.frozen
class _Mended:
    """A positive definite matrix, by its axes and the numbers on them."""

    values: Sequence[float]
    axes: Matrix
    upward: float
    is_sound: bool = False

    def solve(self, right: Sequence[float]) -> list[float]:
        parts = [
            _dot(axis, right) / value for value, axis in zip(self.values, self.axes, strict=True)
        ]
        return [_dot(parts, column) for column in zip(*self.axes, strict=True)]

    def inverse(self) -> tuple[tuple[float, ...], ...]:
        columns = list(zip(*self.axes, strict=True))
        return tuple(
            tuple(
                math.fsum(
                    a * b / value for a, b, value in zip(one, other, self.values, strict=True)
                )
                for other in columns
            )
            for one in columns
        )


def _cholesky(matrix: Matrix) -> list[list[float]] | None:
    """Return the lower factor of a symmetric matrix, or None if it is not positive definite."""
    factor: list[list[float]] = []
    for i, row in enumerate(matrix):
        new: list[float] = []
        for j in range(i):
            new.append((row[j] - _dot(new, factor[j])) / factor[j][j])
        left = row[i] - _dot(new, new)
        if not _ROUNDING * abs(row[i]) < left < math.inf:
            return None
        factor.append([*new, math.sqrt(left)])
    return factor


def _axes(matrix: Matrix) -> tuple[list[float], list[list[float]]]:
    """Return the numbers on the axes of a symmetric matrix, and the axes, each of length 1."""
    size = len(matrix)
    a = [list(row) for row in matrix]
    axes = [[float(i == j) for j in range(size)] for i in range(size)]
    for _ in range(_SWEEPS):
        for p in range(size):
            for q in range(p + 1, size):
                if a[p][q]:
                    _rotate(a, axes, p, q)
    return [a[i][i] for i in range(size)], axes


def _rotate(a: list[list[float]], axes: list[list[float]], p: int, q: int) -> None:
    """Turn two axes so that nothing is left between them."""
    ratio = (a[q][q] - a[p][p]) / (2 * a[p][q])
    tangent = math.copysign(1, ratio) / (abs(ratio) + math.hypot(ratio, 1))
    cosine = 1 / math.hypot(tangent, 1)
    sine = tangent * cosine
    for row in a:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    for rows in (a, axes):
        one, other = rows[p], rows[q]
        rows[p] = [cosine * x - sine * y for x, y in zip(one, other, strict=True)]
        rows[q] = [sine * x + cosine * y for x, y in zip(one, other, strict=True)]


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    """Return the inner product, as far as the shorter of the two goes."""
    return math.fsum(a * b for a, b in zip(left, right, strict=False))
