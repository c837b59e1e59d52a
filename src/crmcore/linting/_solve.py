"""Solving systems of linear inequalities, to find a witness or to show that there is none.

One unknown after the other is eliminated: every lower bound of it must not exceed any upper
bound of it. Where this leads to a contradiction there is no solution, be it whole or not. Else
the unknowns get their values in the opposite order. Over integers the bounds may leave a gap
between two whole values; then nothing is said. For differences of two fields it never happens.

Sources:
    J. B. J. Fourier, "Solution d'une question particulière du calcul des inégalités", 1826;
    T. S. Motzkin, "Beiträge zur Theorie der linearen Ungleichungen", Basel 1936. The tightening
    of whole bounds: W. Pugh, "The Omega Test", Communications of the ACM 35(8), 1992.

Complexity:
    Elimination squares the number of inequalities at worst; more than `_MOST` are given up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Final, TypeAlias

import attrs

from ._line import Line, Stretch

Factors: TypeAlias = "dict[str, Fraction]"
Solution: TypeAlias = "dict[str, Fraction]"

_MOST: Final = 300


class UnsolvedError(Exception):
    """The system may have a solution that was not found."""


@attrs.frozen(eq=False)
class Bound:
    """A sum of unknowns with factors is at most a limit, or below it."""

    factors: Factors
    limit: Fraction
    is_strict: bool = False

    @property
    def is_impossible(self) -> bool:
        """Whether it asks of no unknown what is false."""
        return not self.factors and (self.limit < 0 or (self.is_strict and self.limit == 0))

    def tightened(self, lines: Mapping[str, Line]) -> Bound:
        """Return the bound with the greatest limit that sums of whole steps can reach."""
        steps = [(factor, lines[name].step) for name, factor in self.factors.items()]
        if not steps or any(step is None for _, step in steps):
            return self
        step = reduce(common, (abs(factor * step) for factor, step in steps if step is not None))
        count = self.limit / step
        whole = math.ceil(count) - 1 if self.is_strict else math.floor(count)
        return Bound(self.factors, whole * step)


def common(left: Fraction, right: Fraction) -> Fraction:
    """Return the greatest common divisor of two fractions."""
    numerator = math.gcd(left.numerator * right.denominator, right.numerator * left.denominator)
    return Fraction(numerator, left.denominator * right.denominator)


def bounds_of(factors: Factors, stretch: Stretch) -> tuple[Bound, Bound]:
    """Return the two bounds that keep a sum on a stretch."""
    opposite = {name: -factor for name, factor in factors.items()}
    return (
        Bound(factors, stretch.high, stretch.without_high),
        Bound(opposite, -stretch.low, stretch.without_low),
    )


def solve(
    bounds: Iterable[Bound], lines: Mapping[str, Line], origins: Mapping[str, Fraction]
) -> Solution | None:
    """Return values of all unknowns within all bounds, or None if there are none.

    Args:
        bounds: The system, with the bounds of each unknown itself.
        lines: The line of each unknown.
        origins: For each unknown, the value to stay near.

    Raises:
        UnsolvedError: If there may be a solution that was not found.
    """
    left = [bound.tightened(lines) for bound in bounds]
    eliminated: list[tuple[str, list[Bound]]] = []
    for name in sorted(lines):
        about = [bound for bound in left if name in bound.factors]
        left = [bound for bound in left if name not in bound.factors]
        eliminated.append((name, about))
        left += [bound.tightened(lines) for bound in _combined(name, about)]
        if any(bound.is_impossible for bound in left):
            return None
        if len(left) > _MOST:
            raise UnsolvedError
    return _substituted(reversed(eliminated), lines, origins)


def _combined(name: str, about: Sequence[Bound]) -> Iterable[Bound]:
    for upper in about:
        for lower in about:
            above, below = upper.factors[name], lower.factors[name]
            if above > 0 > below:
                factors = {
                    other: upper.factors.get(other, Fraction(0)) * -below
                    + lower.factors.get(other, Fraction(0)) * above
                    for other in {**upper.factors, **lower.factors}
                }
                yield Bound(
                    {other: factor for other, factor in factors.items() if factor},
                    upper.limit * -below + lower.limit * above,
                    upper.is_strict or lower.is_strict,
                )


def _substituted(
    eliminated: Iterable[tuple[str, Sequence[Bound]]],
    lines: Mapping[str, Line],
    origins: Mapping[str, Fraction],
) -> Solution:
    solution: Solution = {}
    for name, about in eliminated:
        line = lines[name]
        stretch = Stretch(line.low, line.high)
        for bound in about:
            factor = bound.factors[name]
            rest = sum(
                (own * solution[other] for other, own in bound.factors.items() if other != name),
                Fraction(0),
            )
            limit = (bound.limit - rest) / factor
            stretch = _cut_off(stretch, limit, is_upper=factor > 0, is_strict=bound.is_strict)
        solution[name] = _value(line, stretch, origins[name])
    return solution


def _value(line: Line, stretch: Stretch, origin: Fraction) -> Fraction:
    for narrowed in line.narrowed(stretch):
        for value in line.samples(narrowed, origin):
            # What lies dense are floats, and some numbers are none.
            found = value if line.step is not None else Fraction(float(value))
            if found in narrowed:
                return found
    raise UnsolvedError


def _cut_off(stretch: Stretch, limit: Fraction, *, is_upper: bool, is_strict: bool) -> Stretch:
    if is_upper:
        if (limit, not is_strict) < (stretch.high, not stretch.without_high):
            return attrs.evolve(stretch, high=limit, without_high=is_strict)
    elif (-limit, not is_strict) < (-stretch.low, not stretch.without_low):
        return attrs.evolve(stretch, low=limit, without_low=is_strict)
    return stretch
