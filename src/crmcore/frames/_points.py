"""Points on frames: what each rule gives, as whole numbers of one small unit."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal
from typing import Final, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.errors import InvalidValueError
from crmcore.scoring import Rule, RuleSet

from ._terms import Dialect

Steps: TypeAlias = "tuple[tuple[date, int], ...]"

_THOUSAND: Final = 1000
_DIGITS_OF_STEPS: Final = 3
_EXACT: Final = Context(prec=60)
_LARGEST: Final = 2**63 - 1
# So many digits go into a float and come out again as they were.
_MOST_UNITS: Final = 10**15 - 1
# A sum of narrow numbers stays so far inside 32 bits that bits can be put beside it.
_MOST_NARROW: Final = 2**30


@attrs.frozen(kw_only=True)
class Points:
    """The unit of the points of a rule set, and the expressions that give them.

    Attributes:
        rules: The rule set.
        digits: How many digits behind the point the unit has.
        is_narrow: Whether all sums fit into 32 bits, and into a part of them.
    """

    rules: RuleSet
    digits: int
    is_narrow: bool = False

    @classmethod
    def of(cls, rules: RuleSet) -> Points:
        """Return the points of a rule set.

        Raises:
            InvalidValueError: If the points are too large for numbers of 64 bits.
        """
        bounds = [rules.floor, rules.cap, *(cap for _, cap in rules.group_caps)]
        numbers = [*bounds, *(number for r in rules.rules for number in (r.points, r.cap))]
        exponents = (number.as_tuple().exponent for number in numbers if number is not None)
        faded = any(rule.decay is not None for rule in rules.rules)
        digits = max([0, *(-int(exponent) for exponent in exponents)]) + faded * _DIGITS_OF_STEPS
        wide = cls(rules=rules, digits=digits)
        total = sum(wide.most(rule) for rule in rules.rules)
        between = max([total, *(wide.most_between(rule) for rule in rules.rules)])
        if total > _MOST_UNITS or between > _LARGEST:
            rule = (
                f"give less than 10^15 units of 10^-{digits} points in all, to be exact on frames"
            )
            raise InvalidValueError("rules", rules.name, rule)
        limits = [total, *(abs(wide.count(bound)) for bound in bounds if bound is not None)]
        return attrs.evolve(wide, is_narrow=max(limits) <= _MOST_NARROW)

    @property
    def dtype(self) -> type[nw.Int32 | nw.Int64]:
        """The type of the numbers, as narrow as it may be, which makes sums fast."""
        return nw.Int32 if self.is_narrow else nw.Int64

    def count(self, points: Decimal) -> int:
        """Return how many units points are."""
        return int(_EXACT.scaleb(points, Decimal(self.digits)))

    def literal(self, units: int) -> nw.Expr:
        """Return a number of units."""
        return nw.lit(units, self.dtype)

    def most(self, rule: Rule) -> int:
        """Return the most units that a rule gives or takes."""
        if rule.times is not None:
            return self.count(rule.cap or Decimal(0))
        points = abs(self.count(rule.points))
        return points if rule.cap is None else min(points, self.count(rule.cap))

    def most_between(self, rule: Rule) -> int:
        """Return the most units that a rule has before it is capped."""
        return abs(self.count(rule.points)) * max(1, self.most_times(rule))

    def most_times(self, rule: Rule) -> int:
        """Return the count from which on a rule with any points left gives all that it may."""
        if rule.times is None or rule.cap is None or not rule.points:
            return 0
        least = Decimal(1 if rule.decay is None else _THOUSAND)
        return int(_EXACT.divide_int(_EXACT.multiply(rule.cap, least), rule.points.copy_abs())) + 1

    def constant(self, rule: Rule) -> int:
        """Return what a rule gives that gives the same to everybody."""
        most = self.most(rule)
        return -most if rule.points < 0 else most

    def amount(self, rule: Rule, times: nw.Expr | None, left: nw.Expr | None) -> nw.Expr | None:
        """Return what a rule gives; None if it gives the same to everybody.

        Args:
            rule: The rule.
            times: How often it counts, if it does, in 64 bits; null where nobody knows.
            left: How many thousandths are left, if it decays; all where nobody knows.
        """
        if times is None:
            return None if left is None else self._capped(rule, self._left_of(rule.points, left))
        most = nw.lit(self.most_times(rule), nw.Int64)
        zero = nw.lit(0, nw.Int64)
        proper = nw.when(times < 0).then(zero).when(times > most).then(most).otherwise(times)
        return self._capped(rule, proper * self._left_of(rule.points, left))

    def stake(self, rule: Rule, left: nw.Expr | None) -> nw.Expr:
        """Return what a rule may give whose count is missing: with any points left, its cap."""
        most = nw.lit(self.most_times(rule), nw.Int64)
        return self._capped(rule, most * self._left_of(rule.points, left))

    def _left_of(self, points: Decimal, left: nw.Expr | None) -> nw.Expr:
        if left is None:
            return self.literal(self.count(points))
        return left * self.literal(self.count(points) // _THOUSAND)

    def _capped(self, rule: Rule, amount: nw.Expr) -> nw.Expr:
        if rule.cap is None or (rule.times is None and rule.cap >= rule.points.copy_abs()):
            return amount
        most = self.count(rule.cap)
        return limited(amount, None, most) if rule.points >= 0 else limited(amount, -most, None)

    def left(self, steps: Steps, day: nw.Expr, dialect: Dialect) -> nw.Expr | None:
        """Return how many thousandths a decay leaves; all of them where the day is missing.

        It is a search tree of comparisons with days, no deeper than need be; None where there
        is nothing to compare with.

        Args:
            steps: The last day of each step and what is left, as `HalfLife.steps` gives them.
            day: The day from which the age counts.
            dialect: How the engine wants to be told of days.
        """
        dtype = nw.Int16 if self.is_narrow else nw.Int64
        values = [*(left for _, left in steps), _THOUSAND]

        def tree(first: int, last: int) -> nw.Expr:
            if first == last:
                return nw.lit(values[first], dtype)
            half = (first + last) // 2
            old = day <= dialect.constant(steps[half][0])
            return nw.when(old).then(tree(first, half)).otherwise(tree(half + 1, last))

        return tree(0, len(steps)) if steps else None


def limited(units: nw.Expr, low: int | None, high: int | None) -> nw.Expr:
    """Return the nearest number that is neither below *low* nor above *high*."""
    if high is not None:
        above = nw.when(units > high).then(nw.lit(high, nw.Int64))
        if low is None:
            return above.otherwise(units)
        return above.when(units < low).then(nw.lit(low, nw.Int64)).otherwise(units)
    if low is None:
        return units
    return nw.when(units < low).then(nw.lit(low, nw.Int64)).otherwise(units)
