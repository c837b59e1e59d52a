"""Scores on frames: the totals of a rule set, and the masks from which ledgers are made.

Points are whole numbers inside, of a unit so small that every share and every cap is a whole
number of it, and sums of whole numbers are the same on every engine and in every order. They
become floats once, in the last step, and a float is the nearest number that there is.

The work is done in passes. The first finds what each rule says and what is left of its points;
the second adds up; the last cuts off. So no criterion is evaluated twice.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Final, TypeVar

import attrs
import narwhals.stable.v2 as nw

from crmcore.checks import day
from crmcore.criteria import Schema
from crmcore.scoring import HalfLife, Linear, Rule, RuleSet, Step

from ._expressions import Expressions
from ._masks import masks_of, total
from ._passes import Passes, hidden, opened, zeros
from ._points import Points, Steps

_FrameT = TypeVar("_FrameT")

_MOST_TIMES: Final = 2**53 - 1
_REFUSED: Final = hidden("refused")


def score(
    frame: _FrameT,
    rules: RuleSet,
    *,
    as_of: date,
    schema: Schema | None = None,
    bounds: bool = True,
    masks: bool = True,
    prefix: str = "",
) -> _FrameT:
    """Return a frame with the score of each row, and what its ledger can be made of.

    The columns are

    - ``score``: the points, as `crmcore.scoring.Score` has them in *value*;
    - ``low`` and ``high``: what the score would be at least and at most if everything unknown
      were known;
    - ``fired`` and ``unknown``: the rules that gave their points, and those of which nobody
      knows, a bit for each: the first rule of the set is the lowest bit. Each holds 63 rules;
      those of the next 63 are in ``fired_2`` and ``unknown_2``, and so on.

    Points are floats, the nearest to the exact decimal: as a set gives less than ``10^15`` units
    of its last digit in all, ``Decimal(str(points))`` is the exact number again. With the masks
    of a row, `crmcore.scoring.RuleSet.ledger` writes its ledger without judging it again.

    A row that `crmcore.scoring.RuleSet.score` would refuse, because a count is below 0 or 2^53
    or above, has only nulls.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        rules: The rules. Number literals are fitted to the columns that they meet.
        as_of: The day of judgement, from which ages count.
        schema: The types of the columns; those of `schema_of` if there is none.
        bounds: Whether to add ``low`` and ``high``.
        masks: Whether to add ``fired`` and ``unknown``.
        prefix: What the names of all columns begin with.

    Raises:
        FaultsError: If a rule cannot run over these columns.
        InvalidValueError: If the frame is of another library or has a column of such a name,
            a half-life is continuous, which only objects in Python are scored by, or the
            points are too large to be exact.

    Complexity:
        ``O(n)`` a row for *n* nodes of all criteria.

    .. versionadded:: 0.1.0
    """
    expressions = opened(frame, schema=schema, as_of=day(as_of), reading=rules.fields)
    judging = _Judging.of(rules, expressions, as_of)
    adding = _Adding.of(judging)
    added = adding.points(bounds=bounds)
    if masks:
        added |= adding.masks()
    named = {prefix + name: judging.sound(column) for name, column in added.items()}
    passes = [judging.judged, judging.weighed, adding.sums(bounds=bounds)]
    scored: _FrameT = Passes(expressions.frame, passes, named).run()
    return scored


@attrs.frozen(kw_only=True)
class _Part:
    """What the later passes read of a rule.

    Attributes:
        rule: The rule.
        fires: Whether it gives its points; null where nobody knows.
        is_definite: Whether it is known of every row.
        amount: What it gives, or has at stake.
    """

    rule: Rule
    fires: nw.Expr
    is_definite: bool
    amount: nw.Expr


@attrs.frozen
class _Judging:
    """The first two passes: what the rules say, and what they give.

    Attributes:
        rules: The rules, fitted to the columns.
        expressions: The fields.
        as_of: The day of judgement.
        points: The unit of the points.
        judged: The first pass: what each rule says, and what time leaves of its points.
        weighed: The second: what those rules give that do not give the same to everybody, and
            which rows are refused.
        parts: The rules by their places.
    """

    rules: RuleSet
    expressions: Expressions
    as_of: date
    points: Points
    judged: dict[str, nw.Expr] = attrs.field(factory=dict, init=False)
    weighed: dict[str, nw.Expr] = attrs.field(factory=dict, init=False)
    parts: dict[int, _Part] = attrs.field(factory=dict, init=False)
    _fades: dict[tuple[str, Steps], str] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, rules: RuleSet, expressions: Expressions, as_of: date) -> _Judging:
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
        judging = cls(fitted, expressions, as_of, Points.of(fitted))
        refused = [judging.add(place, rule) for place, rule in enumerate(fitted.rules)]
        improper = [condition for condition in refused if condition is not None]
        if improper:
            judging.weighed[_REFUSED] = reduce(operator.or_, improper)
        return judging

    def sound(self, column: nw.Expr) -> nw.Expr:
        """Return a column with nulls in the rows that are refused."""
        if _REFUSED not in self.weighed:
            return column
        return nw.when(~nw.col(_REFUSED)).then(column)

    def add(self, place: int, rule: Rule) -> nw.Expr | None:
        """Add a rule, and return for which rows it must not be counted."""
        truth = self.expressions.truth(rule.when)
        fires, needs = truth.expression, []
        if isinstance(fires, bool):
            fires = self.expressions.verdict(rule.when)
        times = left = None
        if rule.times is not None:
            times = self.expressions.term(rule.times).expression.cast(nw.Int64)
            needs.append(times)
        if rule.decay is not None:
            since = self.expressions.term(str(rule.decay.since)).expression
            left = self._left(rule.decay, since)
            needs.append(since)
        name = hidden("fires", place)
        self.judged[name] = reduce(_where_known, needs, fires)
        amount = self.points.amount(rule, times, left)
        self.parts[place] = _Part(
            rule=rule,
            fires=nw.col(name),
            is_definite=truth.is_definite and not needs,
            amount=self._weighed(place, rule, amount),
        )
        return None if times is None else _is_improper(times, nw.col(name))

    def _left(self, decay: HalfLife | Linear | Step, since: nw.Expr) -> nw.Expr | None:
        """Return what is left of points; rules that decay alike share a column."""
        back_end = self.expressions.back_end
        steps = decay.steps(as_of=self.as_of)
        left = self.points.left(steps, since, back_end.dialect)
        if left is None:
            return None
        name = self._fades.setdefault((str(decay.since), steps), hidden("left", len(self._fades)))
        self.judged[name] = left
        return nw.col(name)

    def _weighed(self, place: int, rule: Rule, amount: nw.Expr | None) -> nw.Expr:
        if amount is None:
            return self.points.literal(self.points.constant(rule))
        name = hidden("amount", place)
        self.weighed[name] = amount
        return nw.col(name)


def _where_known(fires: nw.Expr, need: nw.Expr) -> nw.Expr:
    """Return a verdict that is unknown, unless it fails, where something else is missing."""
    is_there = ~need.is_null()
    return fires & nw.when(is_there).then(is_there)


def _is_improper(times: nw.Expr, fires: nw.Expr) -> nw.Expr:
    """Say which rows have a count that is none, in a rule that may give its points."""
    outside = ((times < 0) | (times > _MOST_TIMES)).fill_null(value=False)
    return outside & fires.fill_null(value=True)


@attrs.frozen
class _Adding:
    """The last two passes: sums, and what is cut off them.

    Attributes:
        judging: The passes before.
        nothing: A column of zeros.
    """

    judging: _Judging
    nothing: nw.Expr

    @classmethod
    def of(cls, judging: _Judging) -> _Adding:
        """Return the passes that come after those of a rule set."""
        return cls(judging, zeros(judging.expressions))

    def sums(self, *, bounds: bool) -> dict[str, nw.Expr]:
        """Return the third pass: by account, what is given, and what is at stake."""
        columns = {}
        for account, parts in self._accounts.items():
            columns[hidden("given", account)] = self._sum(
                (part.fires, part.amount) for part in parts
            )
            if bounds:
                doubtful = [part for part in parts if not part.is_definite]
                for name, is_less in (("less", True), ("more", False)):
                    columns[hidden(name, account)] = self._sum(
                        (part.fires.is_null(), part.amount)
                        for part in doubtful
                        if part.rule.points.is_signed() is is_less
                    )
        return columns

    def points(self, *, bounds: bool) -> dict[str, nw.Expr]:
        """Return the columns with the points."""
        columns = {"score": self._whole(())}
        if bounds:
            columns |= {"low": self._whole(("less",)), "high": self._whole(("more",))}
        return columns

    def masks(self) -> dict[str, nw.Expr]:
        """Return the columns with the masks."""
        parts = self.judging.parts
        fired = {place: part.fires for place, part in parts.items()}
        unknown = {
            place: part.fires.is_null() for place, part in parts.items() if not part.is_definite
        }
        return {
            **masks_of("fired", fired, bits=len(parts), none=self.nothing),
            **masks_of("unknown", unknown, bits=len(parts), none=self.nothing),
        }

    @property
    def _accounts(self) -> dict[int, list[_Part]]:
        """The rules of each group with a cap, and as the last, all others."""
        capped = [group for group, _ in self.judging.rules.group_caps]
        accounts: dict[int, list[_Part]] = {place: [] for place in range(len(capped) + 1)}
        for part in self.judging.parts.values():
            group = part.rule.group
            accounts[capped.index(group) if group in capped else len(capped)].append(part)
        return accounts

    def _sum(self, terms: Iterable[tuple[nw.Expr, nw.Expr]]) -> nw.Expr:
        zero = self.judging.points.literal(0)
        cases = [nw.when(holds).then(amount).otherwise(zero) for holds, amount in terms]
        return total(cases) if cases else self.nothing

    def _whole(self, beside: tuple[str, ...]) -> nw.Expr:
        """Return the points of all accounts, as they are or with what is at stake beside them."""
        rules, points = self.judging.rules, self.judging.points
        caps = [*(cap for _, cap in rules.group_caps), None]
        accounts = []
        for account, cap in enumerate(caps):
            names = [hidden(name, account) for name in ("given", *beside)]
            found = total([nw.col(name).cast(nw.Int64) for name in names])
            most = None if cap is None else points.count(cap)
            accounts.append(found if most is None else found.clip(-most, most))
        whole = _clipped(total(accounts), points, rules.floor, rules.cap)
        # A column, because Polars multiplies with the reciprocal of a constant, which is inexact.
        units = nw.col(hidden("given", 0)).cast(nw.Float64) * 0.0 + float(10**points.digits)
        return whole.cast(nw.Float64) / units


def _clipped(units: nw.Expr, points: Points, floor: Decimal | None, cap: Decimal | None) -> nw.Expr:
    if floor is None and cap is None:
        return units
    return units.clip(
        None if floor is None else points.count(floor), None if cap is None else points.count(cap)
    )
