"""Ledgers: from entries to a score, with every cap an entry of its own.

Caps come last: first of each rule, then of each group, then of the whole. All of them only cut
off, and so the same caps turn what every part could be at least and at most into what the
score could be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol, TypeAlias

import attrs

from crmcore.checks import decimal, optional_decimal
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase

from ._rule import EXACT, are_points, is_cap
from ._score import Entry, EntryKind, Score, shown

GroupCaps: TypeAlias = "tuple[tuple[str, Decimal], ...]"

_ZERO: Final = Decimal(0)


def to_group_caps(value: Mapping[str, Any] | GroupCaps) -> GroupCaps:
    """Return the caps of groups, sorted."""
    caps = value if isinstance(value, Mapping) else dict(value)
    for group in caps:
        if not isinstance(group, str):
            raise InvalidValueError("group_caps", group, "be a table of names of groups and caps")
    return tuple(sorted((group, decimal(cap, "group_caps")) for group, cap in caps.items()))


def to_floor(value: Decimal | int | str | None) -> Decimal | None:
    """Return an exact floor, or None where there is none."""
    return optional_decimal(value, "floor")


@attrs.frozen(kw_only=True)
class Terms:
    """What a score is called, and what bounds it."""

    name: str
    version: str
    floor: Decimal | None
    cap: Decimal | None
    group_caps: GroupCaps


class Giver(Protocol):
    """A rule of either kind, as far as a ledger must know it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def group(self) -> str | None:
        """The group in which it is summed."""

    @property
    def cap(self) -> Decimal | None:
        """The most points that it gives or takes in all."""

    @property
    def version(self) -> str:
        """The version of the rule."""


def refuse_terms(terms: Terms, rules: Iterable[Giver]) -> None:
    """Want rules with names of their own, caps of their groups, and a floor below the cap.

    Raises:
        InvalidValueError: If two rules share a name, or a bound is out of bounds.
        UnknownNameError: If a group with a cap has no rules.
    """
    names: set[str] = set()
    groups: set[str] = set()
    for rule in rules:
        if rule.name in names:
            raise InvalidValueError("rules", rule.name, "have names of their own")
        names.add(rule.name)
        groups |= set() if rule.group is None else {rule.group}
    field = attrs.fields(Terms).group_caps
    for group, cap in terms.group_caps:
        if group not in groups:
            raise UnknownNameError("group", group, groups)
        is_cap(terms, field, cap)
        are_points(terms, field, cap)
    if terms.floor is not None and terms.cap is not None and terms.floor >= terms.cap:
        raise InvalidValueError("floor", terms.floor, f"be below the cap, {terms.cap}")


def clamped(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    """Return the nearest value that is neither below *low* nor above *high*."""
    if high is not None and value > high:
        return high
    return low if low is not None and value < low else value


@attrs.define
class Tally:
    """A running sum, and how much less and how much more it could be."""

    value: Decimal = _ZERO
    less: Decimal = _ZERO
    more: Decimal = _ZERO

    def add(self, points: Decimal) -> None:
        """Add points that are certain."""
        self.value = EXACT.add(self.value, points)

    def doubt(self, stake: Decimal) -> None:
        """Add points of which nobody knows."""
        if stake < 0:
            self.less = EXACT.subtract(self.less, stake)
        else:
            self.more = EXACT.add(self.more, stake)

    def merge(self, other: Tally) -> None:
        """Add another sum."""
        self.value = EXACT.add(self.value, other.value)
        self.less = EXACT.add(self.less, other.less)
        self.more = EXACT.add(self.more, other.more)

    @property
    def low(self) -> Decimal:
        """The least that it could be."""
        return EXACT.subtract(self.value, self.less)

    @property
    def high(self) -> Decimal:
        """The most that it could be."""
        return EXACT.add(self.value, self.more)

    def clamp(self, low: Decimal | None, high: Decimal | None) -> Decimal:
        """Cut off what lies beyond the bounds, and return what that changed of the sum."""
        least, most = self.low, self.high
        if (low is None or least >= low) and (high is None or most <= high):
            return _ZERO
        least, most = clamped(least, low, high), clamped(most, low, high)
        before = self.value
        self.value = clamped(before, low, high)
        self.less = EXACT.subtract(self.value, least)
        self.more = EXACT.subtract(most, self.value)
        return EXACT.subtract(self.value, before)


@attrs.define
class Ledger:
    """A ledger in the making."""

    terms: Terms
    as_of: date
    _entries: list[Entry] = attrs.field(factory=list, init=False)
    _caps: list[Entry] = attrs.field(factory=list, init=False)
    _tallies: dict[str | None, Tally] = attrs.field(factory=dict, init=False)

    def add(self, rule: Giver, entries: Iterable[Entry], *, doubts: Iterable[Decimal] = ()) -> None:
        """Add the entries of a rule, its cap where it bites, and doubts about what is given."""
        whole = self._tallies.setdefault(rule.group, Tally())
        tally = whole if rule.cap is None else Tally()
        for entry in entries:
            self._entries.append(entry)
            if entry.kind is EntryKind.UNKNOWN:
                tally.doubt(entry.at_stake)
            else:
                tally.add(entry.points)
        for doubt in doubts:
            tally.doubt(doubt)
        if rule.cap is not None:
            self._cap_rule(rule, rule.cap, tally)
            whole.merge(tally)

    def _cap_rule(self, rule: Giver, cap: Decimal, tally: Tally) -> None:
        cut = tally.clamp(cap.copy_negate(), cap)
        if not cut:
            return
        most = shown(cap)
        en, zh = f"this rule gives at most {most} points", f"本规则最多 {most} 分"
        if cut > 0:
            en, zh = f"this rule takes at most {most} points", f"本规则最多扣 {most} 分"
        self._caps.append(_cap_entry(rule.name, rule.version, cut, Phrase(en, zh)))

    def score(self) -> Score:
        """Return the score of all that was added, within the caps of groups and the whole."""
        terms = self.terms
        whole = Tally()
        for group, tally in self._tallies.items():
            cap = dict(terms.group_caps).get(group) if group is not None else None
            if cap is not None:
                self._cap_group(str(group), cap, tally)
            whole.merge(tally)
        cut = whole.clamp(terms.floor, terms.cap)
        if cut:
            bound = shown(whole.value)
            reason = Phrase(f"a score is at most {bound}", f"总分最高 {bound}")
            if cut > 0:
                reason = Phrase(f"a score is at least {bound}", f"总分最低 {bound}")
            self._caps.append(_cap_entry(terms.name, terms.version, cut, reason))
        return Score(
            rule_set=terms.name,
            version=terms.version,
            as_of=self.as_of,
            ledger=(*self._entries, *self._caps),
            low=whole.low,
            high=whole.high,
        )

    def _cap_group(self, group: str, cap: Decimal, tally: Tally) -> None:
        cut = tally.clamp(cap.copy_negate(), cap)
        if cut:
            most = shown(cap)
            en = f"the group gives or takes at most {most} points"
            reason = Phrase(en, f"该组最多 ±{most} 分")
            self._caps.append(_cap_entry(group, self.terms.version, cut, reason))


def _cap_entry(name: str, version: str, cut: Decimal, reason: Phrase) -> Entry:
    return Entry(
        kind=EntryKind.CAPPED, rule=name, version=version, points=cut, base=cut, reason=reason
    )
