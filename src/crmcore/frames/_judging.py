"""What the rules of a set say of every row of a frame, and what they give."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Final

import attrs
import narwhals.stable.v2 as nw

from crmcore.scoring import HalfLife, Linear, Rule, RuleSet, Step

from ._expressions import Expressions
from ._passes import hidden
from ._points import Points, Steps

_MOST_TIMES: Final = 2**53 - 1
_REFUSED: Final = hidden("refused")


@attrs.frozen(kw_only=True)
class Part:
    """A rule, as later passes read it.

    Attributes:
        rule: The rule.
        fires: Whether it gives its points.
        is_unknown: Whether nobody knows; None if it is known of every row.
        constant: What it gives; 0 if it does not give the same to everybody.
        amount: What it gives, if not the same to everybody.
        stake: What it has at stake where nobody knows, if that is not what it gives.
        dtype: The type of the points.
    """

    rule: Rule
    fires: nw.Expr
    is_unknown: nw.Expr | None
    constant: int
    amount: nw.Expr | None
    stake: nw.Expr | None
    dtype: type[nw.Int32 | nw.Int64]

    @property
    def may_take(self) -> bool:
        """Whether it takes points instead of giving some."""
        return self.rule.points.is_signed()

    def _points(self) -> nw.Expr:
        return nw.lit(self.constant, self.dtype) if self.amount is None else self.amount

    def given(self) -> nw.Expr:
        """Return the points that it gives."""
        return nw.when(self.fires).then(self._points()).otherwise(nw.lit(0, self.dtype))

    def given_with(self, bit: int) -> nw.Expr:
        """Return the points that it gives, and a bit far above them."""
        if self.amount is None:
            points = nw.lit(bit + self.constant, nw.Int64)
        else:
            points = self.amount + nw.lit(bit, nw.Int64)
        return nw.when(self.fires).then(points).otherwise(nw.lit(0, nw.Int64))

    def at_stake(self) -> nw.Expr | None:
        """Return the points that it might give; None if all is known."""
        if self.is_unknown is None:
            return None
        stake = self._points() if self.stake is None else self.stake
        return nw.when(self.is_unknown).then(stake).otherwise(nw.lit(0, self.dtype))


@attrs.frozen
class Judging:
    """The passes that find what the rules say, and what they give.

    Attributes:
        rules: The rules, fitted to the columns.
        expressions: The fields.
        as_of: The day of judgement.
        points: The unit of the points.
        asks_twice: Whether the verdicts are needed for more than the points.
        passes: First, what each rule says, and what time leaves of its points; then, what those
            rules give that do not give the same to everybody, and which rows are refused.
        parts: The rules by their numbers.
    """

    rules: RuleSet
    expressions: Expressions
    as_of: date
    points: Points
    asks_twice: bool
    passes: tuple[dict[str, nw.Expr], dict[str, nw.Expr]] = attrs.field(init=False)
    parts: dict[int, Part] = attrs.field(factory=dict, init=False)
    _fades: dict[tuple[str, Steps], str] = attrs.field(factory=dict, init=False)

    @passes.default
    def _none(self) -> tuple[dict[str, nw.Expr], dict[str, nw.Expr]]:
        return {}, {}

    @classmethod
    def of(
        cls, rules: RuleSet, expressions: Expressions, as_of: date, *, asks_twice: bool
    ) -> Judging:
        """Return the two passes of a rule set over a frame.

        Raises:
            FaultsError: If a rule cannot run over these columns.
            InvalidValueError: If a half-life is continuous, or points are too large.
        """
        schema = expressions.schema
        fitted = attrs.evolve(
            rules, rules=[attrs.evolve(rule, when=schema.fit(rule.when)) for rule in rules.rules]
        )
        fitted.check(schema)
        judging = cls(fitted, expressions, as_of, Points.of(fitted), asks_twice)
        refused = [judging.add(number, rule) for number, rule in enumerate(fitted.rules)]
        improper = [condition for condition in refused if condition is not None]
        if improper:
            judging.passes[1][_REFUSED] = reduce(operator.or_, improper)
        return judging

    def sound(self, column: nw.Expr) -> nw.Expr:
        """Return a column with nulls in the rows that are refused."""
        if _REFUSED not in self.passes[1]:
            return column
        return nw.when(~nw.col(_REFUSED)).then(column)

    def add(self, number: int, rule: Rule) -> nw.Expr | None:
        """Add a rule, and return for which rows it must not be counted."""
        truth = self.expressions.truth(rule.when)
        needs: list[nw.Expr] = []
        left = times = amount = stake = None
        if rule.decay is not None:
            since = self.expressions.term(str(rule.decay.since)).expression
            left = self._left(rule.decay, since)
            needs.append(since)
        if rule.times is not None:
            times = self.expressions.term(rule.times).expression.cast(nw.Int64)
            needs.append(times)
        found = self.points.amount(rule, times, left)
        if found is not None:
            amount = self._kept(1, hidden("amount", number), found)
        if amount is not None and times is not None:
            most = self.points.stake(rule, left)
            stake = nw.when(times.is_null()).then(most).otherwise(amount)
        holds = truth.expression
        if isinstance(holds, bool):
            holds = self.expressions.verdict(rule.when)
        fires, is_unknown = self._settled(number, holds, needs)
        self.parts[number] = Part(
            rule=rule,
            fires=fires,
            is_unknown=None if truth.is_definite and not needs else is_unknown,
            constant=0 if found is not None else self.points.constant(rule),
            amount=amount,
            stake=stake,
            dtype=self.points.dtype,
        )
        if times is None:
            return None
        return _is_improper(times, holds if self.is_inline else fires)

    @property
    def is_inline(self) -> bool:
        """Whether expressions stand where they are used, instead of in columns of a pass.

        Engines of SQL branch faster on a comparison than on a column, and evaluate what stands
        in a branch for the rows of this branch alone. DuckDB finds out by itself what is asked
        twice. Spark does not, and has its code compiled only in small pieces, such as passes.
        """
        frame = self.expressions.frame
        return frame.is_sql and not (frame.is_spark and self.asks_twice)

    def _settled(
        self, number: int, holds: nw.Expr, needs: Sequence[nw.Expr]
    ) -> tuple[nw.Expr, nw.Expr]:
        """Return where a rule gives its points, and where nobody knows."""
        if not self.is_inline:
            fires = self._kept(0, hidden("fires", number), reduce(_where_known, needs, holds))
            return fires, fires.is_null()
        fires, is_unknown = holds, holds.is_null()
        for need in needs:
            fires, is_unknown = fires & ~need.is_null(), is_unknown | (holds & need.is_null())
        return fires, is_unknown

    def _kept(self, number: int, name: str, expression: nw.Expr) -> nw.Expr:
        """Return an expression as a column of a pass, or as it is."""
        if self.is_inline:
            return expression
        self.passes[number][name] = expression
        return nw.col(name)

    def _left(self, decay: HalfLife | Linear | Step, since: nw.Expr) -> nw.Expr | None:
        """Return what is left of points; rules that decay alike share a column."""
        steps = decay.steps(as_of=self.as_of)
        left = self.points.left(steps, since, self.expressions.frame.dialect)
        if left is None:
            return None
        name = self._fades.setdefault((str(decay.since), steps), hidden("left", len(self._fades)))
        return self._kept(0, name, left)


def _where_known(fires: nw.Expr, need: nw.Expr) -> nw.Expr:
    """Return a verdict that is unknown, unless it fails, where something else is missing."""
    is_there = ~need.is_null()
    return fires & nw.when(is_there).then(is_there)


def _is_improper(times: nw.Expr, fires: nw.Expr) -> nw.Expr:
    """Say which rows have a count that is none, in a rule that may give its points."""
    outside = ((times < 0) | (times > _MOST_TIMES)).fill_null(value=False)
    return outside & fires.fill_null(value=True)
