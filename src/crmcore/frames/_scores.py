"""Scores on frames: the totals of a rule set, and the masks from which ledgers are made.

Points are whole numbers inside, of a unit so small that every share and every cap is a whole
number of it, and sums of whole numbers are the same on every engine and in every order. They
become floats once, in the last step, and a float is the nearest number that there is.

The work is done in passes. The first find what each rule says and what it gives; the next add
up; the last cut off. So nothing is evaluated twice.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import Final, TypeVar

import attrs
import narwhals.stable.v2 as nw

from crmcore.checks import day
from crmcore.criteria import Schema
from crmcore.scoring import RuleSet

from ._judging import Judging, Part
from ._masks import Bit, counted, total, words
from ._passes import Passes, hidden, opened, zeros
from ._points import limited

_FrameT = TypeVar("_FrameT")

# A bit beside points stands above all of theirs.
_SHIFT: Final = 32
_UNIT: Final = 1 << _SHIFT


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
    judging = Judging.of(rules, expressions, as_of, asks_twice=bounds or masks)
    adding = _Adding(judging, zeros(expressions), bounds=bounds, masks=masks)
    added = {prefix + name: judging.sound(column) for name, column in adding.columns().items()}
    passes = [*judging.passes, *adding.sums(), adding.bits(), adding.given(), adding.capped()]
    scored: _FrameT = Passes(expressions.frame, passes, added).run()
    return scored


@attrs.frozen
class _Adding:
    """The passes that add up what rules give.

    The points of an account are the sum of what its rules give. Where they are narrow, the bit
    of each rule stands above its points in the same sum, and comes along for nothing.

    Attributes:
        judging: The passes before.
        nothing: A column of zeros.
        bounds: Whether the bounds are wanted.
        masks: Whether the masks are wanted.
    """

    judging: Judging
    nothing: nw.Expr
    bounds: bool = attrs.field(kw_only=True)
    masks: bool = attrs.field(kw_only=True)

    @property
    def _packs(self) -> bool:
        return self.masks and self.judging.points.is_narrow

    @cached_property
    def _accounts(self) -> dict[int, dict[int, Part]]:
        """The rules of each group with a cap, and as the last, all others."""
        capped = [group for group, _ in self.judging.rules.group_caps]
        accounts: dict[int, dict[int, Part]] = {at: {} for at in range(len(capped) + 1)}
        for number, part in self.judging.parts.items():
            group = part.rule.group
            account = capped.index(group) if group in capped else len(capped)
            accounts[account][number] = part
        return accounts

    @cached_property
    def _packed(self) -> dict[tuple[int, int, int], list[tuple[Bit, Part]]]:
        """The rules by account, word and part."""
        found: defaultdict[tuple[int, int, int], list[tuple[Bit, Part]]] = defaultdict(list)
        for account, parts in self._accounts.items():
            for number, part in parts.items():
                bit = Bit.of(number)
                found[account, bit.word, bit.part].append((bit, part))
        return found

    def sums(self) -> list[dict[str, nw.Expr]]:
        """Return, by account, what is given and what is at stake, and the parts of masks."""
        given, doubts = self._given(), self._doubts()
        return [given | doubts] if self.judging.is_inline else [given, doubts]

    def _given(self) -> dict[str, nw.Expr]:
        if self._packs:
            return {
                hidden("packed", *key): total(
                    [part.given_with(1 << _SHIFT + bit.place) for bit, part in rules]
                )
                for key, rules in self._packed.items()
            }
        return {
            hidden("sum", account): self._total([part.given() for part in parts.values()])
            for account, parts in self._accounts.items()
        }

    def _doubts(self) -> dict[str, nw.Expr]:
        columns = {}
        for account, parts in self._accounts.items():
            if self.bounds:
                for name, is_less in (("less", True), ("more", False)):
                    stakes = [p.at_stake() for p in parts.values() if p.may_take is is_less]
                    known = [stake for stake in stakes if stake is not None]
                    columns[hidden(name, account)] = self._total(known)
        for name, conditions in self._conditions().items():
            for word, part in counted(conditions).items():
                columns[hidden(name, *word)] = part
        return columns

    def _conditions(self) -> dict[str, dict[int, nw.Expr]]:
        """Return the conditions of the masks that do not come with the points."""
        if not self.masks:
            return {}
        parts = self.judging.parts.items()
        unknown = {number: part.is_unknown for number, part in parts}
        found = {"unknown": {n: doubt for n, doubt in unknown.items() if doubt is not None}}
        if not self._packs:
            found["fired"] = {number: part.fires for number, part in parts}
        return found

    def _total(self, terms: list[nw.Expr]) -> nw.Expr:
        return total(terms) if terms else self.nothing

    def bits(self) -> dict[str, nw.Expr]:
        """Return the bits that came with the points."""
        if not self._packs:
            return {}
        return {
            hidden("bits", *key): self._bits(nw.col(hidden("packed", *key))) for key in self._packed
        }

    def _bits(self, packed: nw.Expr) -> nw.Expr:
        raised = packed + _UNIT // 2
        if not self.judging.expressions.frame.is_sql:
            return raised // _UNIT
        # In SQL, whole numbers are divided in many steps. Points stay far from half of what a
        # bit is worth, so that a float, too, is on the right side of the next whole number.
        return (raised.cast(nw.Float64) / float(_UNIT)).floor().cast(nw.Int64)

    def given(self) -> dict[str, nw.Expr]:
        """Return by account what is given."""
        columns = {}
        for account in self._accounts:
            sums = [nw.col(hidden("sum", account))]
            if self._packs:
                keys = [key for key in self._packed if key[0] == account]
                sums = [
                    nw.col(hidden("packed", *key)) - nw.col(hidden("bits", *key)) * _UNIT
                    for key in keys
                ]
            columns[hidden("given", account)] = self._total(sums)
        return columns

    @property
    def _outcomes(self) -> dict[str, list[str]]:
        """What each column of points is the sum of, by its name."""
        bounds = {"low": ["given", "less"], "high": ["given", "more"]}
        return {"score": ["given"], **(bounds if self.bounds else {})}

    def capped(self) -> dict[str, nw.Expr]:
        """Return by account what is left of the points under its cap."""
        columns = {}
        caps = [self.judging.points.count(cap) for _, cap in self.judging.rules.group_caps]
        for account in self._accounts:
            for name, parts in self._outcomes.items():
                found = total([nw.col(hidden(part, account)) for part in parts])
                if account < len(caps):
                    found = limited(found, -caps[account], caps[account])
                columns[hidden(name, account)] = found
        return columns

    def columns(self) -> dict[str, nw.Expr]:
        """Return the columns that the user gets."""
        rules, points = self.judging.rules, self.judging.points
        floor = None if rules.floor is None else points.count(rules.floor)
        cap = None if rules.cap is None else points.count(rules.cap)
        # A column, because Polars multiplies with the reciprocal of a constant, which is inexact.
        units = nw.col(hidden("given", 0)).cast(nw.Float64) * 0.0 + float(10**points.digits)
        columns = {}
        for name in self._outcomes:
            whole = total([nw.col(hidden(name, account)) for account in self._accounts])
            columns[name] = limited(whole, floor, cap).cast(nw.Float64) / units
        if self.masks:
            for name, parts in self._parts().items():
                count = len(self.judging.parts)
                columns |= words(name, parts, bits=count, nothing=self.nothing)
        return columns

    def _parts(self) -> dict[str, list[tuple[tuple[int, int], nw.Expr]]]:
        """Return the parts of the masks, with the words and parts that they are of."""
        found = {
            name: [(key, nw.col(hidden(name, *key))) for key in counted(conditions)]
            for name, conditions in self._conditions().items()
        }
        if self._packs:
            keys = list(self._packed)
            found["fired"] = [((w, p), nw.col(hidden("bits", a, w, p))) for a, w, p in keys]
        return {name: found[name] for name in ("fired", "unknown")}
