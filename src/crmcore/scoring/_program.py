"""Programs: a whole rule set as one Python function.

The function reads every field once, and goes through the rules one after the other. Points
are integers inside: all of them in one unit, so small that points, shares of them and caps are
whole numbers of it. They become a decimal once, at the end.

The source is made of fixed text, the variables and expressions that the criteria are compiled
to, and numbers; no text of a rule is part of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple

import attrs

from crmcore.criteria import Criterion

from ._decay import Fade, HalfLife
from ._ledger import Terms
from ._reading import MOST_TIMES
from ._rule import EXACT, Rule

_DIGITS_OF_STEPS: Final = 3
_DIGITS_OF_CURVES: Final = 12


class Masks(NamedTuple):
    """A score as three numbers, from which its ledger can be made.

    The first rule of the set stands for the lowest bit, the next for the one above it, and so
    on, however many there are.

    Attributes:
        total: The points, the value of the `Score`.
        fired: The rules that gave their points, a bit for each.
        unknown: The rules of which nobody knows, a bit for each.

    .. versionadded:: 0.1.0
    """

    total: Decimal
    fired: int
    unknown: int


@attrs.frozen(kw_only=True)
class _Part:
    """What a rule adds to the function.

    Attributes:
        bit: The place of the rule in the masks.
        yes: The expression for *it holds*.
        gap: The expression for *it is unknown*, where it does not hold.
        needs: The variables of its count and its date.
        gives: The statements that add its points.
    """

    bit: int
    yes: str
    gap: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]

    def total(self) -> list[str]:
        """Return the statements that only add."""
        known = " and ".join([self.yes, *(f"{variable} is not None" for variable in self.needs)])
        return [f"if {known}:", *_indented(self.gives)]

    def masks(self) -> list[str]:
        """Return the statements that also say whether it gave points, and whether it might."""
        bit = hex(self.bit)
        gives = [*self.gives, f"fired |= {bit}"]
        if self.needs:
            lacks = " or ".join(f"{variable} is None" for variable in self.needs)
            gives = [f"if {lacks}: unknown |= {bit}", "else:", *_indented(gives)]
        return [f"if {self.yes}:", *_indented(gives), f"elif {self.gap}: unknown |= {bit}"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _digits_of(rules: Sequence[Rule], terms: Terms) -> int:
    """Return how many digits behind the point the unit has."""
    bounds = [terms.floor, terms.cap, *(cap for _, cap in terms.group_caps)]
    numbers = [*bounds, *(number for rule in rules for number in (rule.points, rule.cap))]
    exponents = (number.as_tuple().exponent for number in numbers if number is not None)
    decays = [rule.decay for rule in rules if rule.decay is not None]
    curved = any(isinstance(decay, HalfLife) and decay.continuous for decay in decays)
    of_decays = _DIGITS_OF_CURVES if curved else _DIGITS_OF_STEPS if decays else 0
    return max([0, *(-int(exponent) for exponent in exponents)]) + of_decays


@attrs.frozen
class _Unit:
    """The unit in which points are integers."""

    digits: int

    def count(self, points: Decimal) -> int:
        """Return how many units points are."""
        return int(EXACT.scaleb(points, Decimal(self.digits)))

    def shares(self, rule: Rule, fade: Fade) -> tuple[int, ...]:
        """Return the points of a rule at each step of its decay."""
        return tuple(self.count(EXACT.multiply(rule.points, share)) for share in fade.shares)

    def share(self, rule: Rule, fade: Fade, day: date) -> int:
        """Return the points of a rule whose decay follows a curve."""
        return self.count(EXACT.multiply(rule.points, fade.share(day)))


@attrs.frozen
class _Writer:
    """Writes down what rules give.

    Attributes:
        unit: The unit of all points.
        field: Returns the variable of a field.
        bind: Returns the variable of a constant.
    """

    unit: _Unit
    field: Callable[[str], str]
    bind: Callable[[object], str]

    def gives(self, rule: Rule, fade: Fade | None, account: str) -> list[str]:
        """Return the statements that add the points of a rule to an account."""
        amount = str(self.unit.count(rule.points)) if fade is None else self._faded(rule, fade)
        lines = []
        if rule.times is not None:
            times = self.field(rule.times)
            proper = f"{times}.__class__ is int and 0 <= {times} <= {MOST_TIMES}"
            lines = [f"if not ({proper}): raise TypeError"]
            amount = f"{times} * {amount}"
        if rule.cap is None:
            return [*lines, f"{account} += {amount}"]
        most = self.unit.count(rule.cap)
        end = f"{most} if amount > {most} else amount"
        if rule.points < 0:
            end = f"-{most} if amount < -{most} else amount"
        return [*lines, f"amount = {amount}", f"{account} += {end}"]

    def _faded(self, rule: Rule, fade: Fade) -> str:
        day = self.field(str(fade.decay.since))
        if not fade.shares:
            # Reading a date as one refuses instants, which have a day only in some zone.
            return f"{self.bind(partial(self.unit.share, rule, fade))}({day})"
        shares = self.bind(self.unit.shares(rule, fade))
        return f"{shares}[{self.bind(bisect_left)}({self.bind(fade.days)}, {day})]"

    def needs(self, rule: Rule, fade: Fade | None) -> tuple[str, ...]:
        """Return the variables of the count and the date of a rule."""
        names = (rule.times, None if fade is None else fade.decay.since)
        return tuple(self.field(name) for name in names if name is not None)

    def clamps(self, account: str, low: Decimal | None, high: Decimal | None) -> list[str]:
        """Return the statements that cut off what lies beyond bounds."""
        lines = []
        if high is not None:
            most = self.unit.count(high)
            lines.append(f"if {account} > {most}: {account} = {most}")
        if low is not None:
            least = self.unit.count(low)
            lines.append(f"if {account} < {least}: {account} = {least}")
        return lines


def compile_rules(
    rules: Sequence[Rule],
    fades: Sequence[Fade | None],
    terms: Terms,
    *,
    as_of: date,
    by_key: bool,
    with_masks: bool,
    all_settled: bool,
    otherwise: Callable[[Any], Any],
) -> Callable[[Any], Any]:
    """Return the function that gives a record's total, or its `Masks`.

    Args:
        rules: The rules.
        fades: The decay of each of them on the day of judgement.
        terms: What bounds the score.
        as_of: The day of judgement.
        by_key: Whether the records are mappings.
        with_masks: Whether to give masks, or only the total.
        all_settled: Look for NaN in every field, which takes time, or only where it hides.
        otherwise: Takes over a record with values that cannot be compared or counted so.

    Complexity:
        ``O(n)`` time to compile and for each record, for *n* nodes of all criteria.
    """
    compiler = Criterion.compiler(as_of=as_of)
    unit = _Unit(_digits_of(rules, terms))
    writer = _Writer(unit, compiler.field, compiler.bind)
    groups = sorted({rule.group for rule in rules if rule.group is not None})
    accounts: dict[str | None, str] = {None: "points"}
    accounts |= {group: f"group{place}" for place, group in enumerate(groups)}
    body = [f"{' = '.join([*accounts.values(), *(('fired', 'unknown') * with_masks)])} = 0"]
    for place, (rule, fade) in enumerate(zip(rules, fades, strict=True)):
        verdict = rule.when.embed(compiler)
        part = _Part(
            bit=1 << place,
            yes=verdict.yes,
            gap=verdict.gap,
            needs=writer.needs(rule, fade),
            gives=tuple(writer.gives(rule, fade, accounts[rule.group])),
        )
        body += part.masks() if with_masks else part.total()
    for group, cap in terms.group_caps:
        body += writer.clamps(accounts[group], cap.copy_negate(), cap)
    if groups:
        body.append(f"points += {' + '.join(accounts[group] for group in groups)}")
    body += writer.clamps("points", terms.floor, terms.cap)
    one = EXACT.scaleb(Decimal(1), Decimal(-unit.digits))
    total = f"{compiler.bind(EXACT.multiply)}(points, {compiler.bind(one)})"
    if with_masks:
        new, masks = compiler.bind(tuple.__new__), compiler.bind(Masks)
        total = f"{new}({masks}, ({total}, fired, unknown))"
    return compiler.function(
        [*body, f"return {total}"], by_key=by_key, otherwise=otherwise, all_settled=all_settled
    )
