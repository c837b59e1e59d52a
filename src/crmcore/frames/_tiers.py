"""Tiers on frames: the step that every row takes from the tier in which it is."""

from __future__ import annotations

from datetime import date
from typing import Final, TypeVar

import attrs
import narwhals.stable.v2 as nw

from crmcore.checks import day
from crmcore.criteria import Schema
from crmcore.segments import TierPolicy

from ._choices import first_of
from ._expressions import Expressions
from ._masks import total
from ._passes import Passes, hidden, opened, read, zeros

_FrameT = TypeVar("_FrameT")

_PLACE: Final = hidden("place")
_ENTERED: Final = hidden("entered")
_KEPT: Final = hidden("kept")
_AFTER: Final = hidden("after")


def step_tiers(
    frame: _FrameT,
    policy: TierPolicy,
    *,
    as_of: date,
    tier: str = "tier",
    since: str | None = None,
    schema: Schema | None = None,
    prefix: str = "",
) -> _FrameT:
    """Return a frame with the tier of each row after the step that is due, and since when.

    The columns are ``tier_after``, the tier after the step of `crmcore.segments.TierPolicy`,
    and ``tier_entered``, the day on which it was entered: *as_of* for whoever moves, else what
    *since* says. Who has no tier yet is taken to be in the lowest. A row with a tier that the
    policy does not know has nulls in both.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        policy: The tiers. Their levels are fitted to the column that they meet.
        as_of: The day of the move, at whose beginning the features hold.
        tier: The column with the name of the tier in which each customer is.
        since: The column with the day on which it was entered, null if long ago; without it,
            everybody's was.
        schema: The types of the columns; those of `schema_of` if there is none.
        prefix: What the names of the columns begin with.

    Raises:
        FaultsError: If the feature of the policy has no numbers that its levels compare with.
        InvalidValueError: If the frame is of another library or has a column of such a name, or
            *tier* is no text or *since* no date.
        UnknownNameError: If *tier* or *since* is no column.

    .. versionadded:: 0.1.0
    """
    reading = [policy.feature, tier, *([] if since is None else [since])]
    expressions = opened(frame, schema=schema, as_of=day(as_of), reading=reading)
    moving = _Moving(
        policy=policy,
        expressions=expressions,
        tier=read(expressions, tier, "TEXT"),
        since=None if since is None else read(expressions, since, "DATE"),
        as_of=as_of,
    )
    added = {prefix + name: column for name, column in moving.columns().items()}
    passes = [moving.places(), moving.moves()]
    moved: _FrameT = Passes(expressions.frame, passes, added).run()
    return moved


@attrs.frozen(kw_only=True)
class _Moving:
    """The step that a policy lets every row take.

    Attributes:
        policy: The tiers.
        expressions: The fields.
        tier: Where each row stands.
        since: Since when, if that is known.
        as_of: The day of the move.
    """

    policy: TierPolicy
    expressions: Expressions
    tier: nw.Expr
    since: nw.Expr | None
    as_of: date

    def places(self) -> dict[str, nw.Expr]:
        """Return the first pass: the place of each row's tier, and the places it could have.

        Levels rise with the tiers. So the highest tier that is entered is as high as the
        number of tiers above the lowest that are, and likewise the highest that is not left.
        """
        policy, fit = self.policy, self.expressions.schema.fit
        higher = [tier.name for tier in policy.tiers[1:]]
        entered = [self.expressions.holds(fit(policy.entry(name))) for name in higher]
        left = [self.expressions.holds(fit(policy.exit(name))) for name in higher]
        nothing = zeros(self.expressions)
        names = [(self.tier == tier.name, nw.lit(at)) for at, tier in enumerate(policy.tiers)]
        return {
            _PLACE: first_of([(self.tier.is_null(), nw.lit(0)), *names]),
            _ENTERED: total([nothing, *map(_one, entered)]),
            _KEPT: total([nothing, *(_one(~leaves) for leaves in left)]),
        }

    def _must_stay(self) -> nw.Expr | None:
        """Return whether it is too early to move down; None if it never is."""
        if self.since is None:
            return None
        first = self.as_of.toordinal() - self.policy.minimum_days
        if first < 1:
            return ~self.since.is_null()
        return self.since > self.expressions.frame.dialect.constant(date.fromordinal(first))

    def moves(self) -> dict[str, nw.Expr]:
        """Return the second pass: the place after the step; null where the tier is unknown."""
        place, entered, kept = nw.col(_PLACE), nw.col(_ENTERED), nw.col(_KEPT)
        cases = [(entered > place, entered), (kept >= place, place)]
        must_stay = self._must_stay()
        if must_stay is not None:
            cases.append((must_stay, place))
        return {_AFTER: nw.when(~place.is_null()).then(first_of(cases, kept))}

    def columns(self) -> dict[str, nw.Expr]:
        """Return the columns that the user gets."""
        after = nw.col(_AFTER)
        names = [(after == at, nw.lit(tier.name)) for at, tier in enumerate(self.policy.tiers)]
        today = self.expressions.frame.dialect.constant(self.as_of)
        cases = [(after != nw.col(_PLACE), today)]
        if self.since is not None:
            cases.append((after == nw.col(_PLACE), self.since))
        return {"tier_after": first_of(names), "tier_entered": first_of(cases)}


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))
