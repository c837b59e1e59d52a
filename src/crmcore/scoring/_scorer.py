"""Scoring: from rules and a record to a ledger.

Every rule that holds gives its points. A rule that is unknown, or whose count or date is
missing, gives an entry of 0 points that says what is missing and what is at stake.

Caps come after: first of each rule, then of each group, then of the whole, each as an entry
of its own. All of them only cut off, and so the same caps turn what every part could be at
least and at most into what the score could be.

Complexity:
    ``O(r)`` a record for *r* rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Undefined

from ._decay import Decay, age_in_days
from ._rule import EXACT, Rule
from ._score import Entry, EntryKind, Score, shown

Values: TypeAlias = "tuple[object, ...]"

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)


def _is_missing(value: object) -> bool:
    return value is None or value != value or isinstance(value, Undefined)  # noqa: PLR0124 - NaN


def _reader(names: tuple[str, ...], of: type | None) -> Callable[[Any], tuple[object, ...]]:
    """Return the function that reads these fields of a record of class *of*, or of any."""
    getters = [attrgetter(name) for name in names]
    # For several names, one getter gives the tuple at once.
    get_all = attrgetter(*names) if len(names) > 1 else None

    def by_attribute(record: object) -> tuple[object, ...]:
        return get_all(record) if get_all else tuple([get(record) for get in getters])

    def by_key(record: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(map(record.get, names))

    def by_either(record: object) -> tuple[object, ...]:
        return by_key(record) if isinstance(record, Mapping) else by_attribute(record)

    if of is None:
        return by_either
    return by_key if issubclass(of, Mapping) else by_attribute


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
class RuleScorer:
    """A rule on one day of judgement."""

    rule: Rule
    as_of: date
    judge: Callable[[object], bool | None]
    fields: tuple[str, ...]
    read: Callable[[Any], tuple[object, ...]]
    reason: Phrase
    _factors: dict[date, tuple[Decimal, int]] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, rule: Rule, as_of: date, record_class: type | None) -> RuleScorer:
        """Compile a rule."""
        judge = rule.when.compile(as_of=as_of, of=record_class)
        fields = tuple(sorted(rule.fields))
        return cls(rule, as_of, judge, fields, _reader(fields, record_class), rule.when.words)

    def entry(self, record: object) -> Entry | None:
        """Return the entry for a record, or None where the rule surely does not hold."""
        truth = self.judge(record)
        if truth is False:
            return None
        rule = self.rule
        values = self.read(record)
        times = 1 if rule.times is None else self._count(rule.times, values)
        factor, age = (_ONE, None) if rule.decay is None else self._factor(rule.decay, values)
        if truth is None or times is None or factor is None:
            return self._unknown(record, values, times, factor)
        base = rule.points if times == 1 else EXACT.multiply(rule.points, Decimal(times))
        return Entry(
            kind=EntryKind.GIVEN,
            rule=rule.name,
            version=rule.version,
            points=base if age is None else EXACT.multiply(base, factor),
            base=base,
            factor=factor,
            age_days=age,
            reason=self.reason,
            fields=self.fields,
            values=values,
        )

    def _count(self, field: str, values: Values) -> int | None:
        value = values[self.fields.index(field)]
        if _is_missing(value):
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise InvalidValueError(field, value, "be a count, 0 or more")
        return value

    def _factor(self, decay: Decay, values: Values) -> tuple[Decimal | None, int | None]:
        day = values[self.fields.index(decay.since)]
        if _is_missing(day):
            return None, None
        if not isinstance(day, date) or isinstance(day, datetime):
            raise InvalidValueError(decay.since, day, "be a date")
        known = self._factors.get(day)
        if known is None:
            factor = decay.factor(day, as_of=self.as_of)
            known = self._factors[day] = factor, age_in_days(day, self.as_of)
        return known

    def _unknown(
        self,
        record: object,
        values: Values,
        times: int | None,
        factor: Decimal | None,
    ) -> Entry:
        rule = self.rule
        # What is missing here may turn out to be anything up to the cap.
        most = rule.cap if times is None else EXACT.multiply(rule.points.copy_abs(), Decimal(times))
        at_stake = EXACT.multiply(most or _ZERO, _ONE if factor is None else factor)
        at_stake = clamped(at_stake, None, rule.cap).copy_sign(rule.points)
        return Entry(
            kind=EntryKind.UNKNOWN,
            rule=rule.name,
            version=rule.version,
            points=_ZERO,
            base=rule.points,
            at_stake=at_stake,
            reason=_absence(self._missing(record, values)),
            fields=self.fields,
            values=values,
        )

    def _missing(self, record: object, values: Values) -> list[str]:
        read = zip(self.fields, values, strict=True)
        missing = [name for name, value in read if _is_missing(value)]
        if len(missing) == 1:
            return missing
        # With several gaps, only some may matter: those that the criterion names, and the
        # count and the date.
        rule = self.rule
        own = {rule.times, None if rule.decay is None else rule.decay.since}
        named = {*own, *rule.when.explain(record, as_of=self.as_of).missing}
        return [name for name in missing if name in named]


def _absence(missing: list[str]) -> Phrase:
    verb = "is" if len(missing) == 1 else "are"
    return Phrase(f"{' and '.join(missing)} {verb} missing", f"{'、'.join(missing)} 缺失")


def _cap_entry(name: str, version: str, cut: Decimal, en: str, zh: str) -> Entry:
    return Entry(
        kind=EntryKind.CAPPED,
        rule=name,
        version=version,
        points=cut,
        base=cut,
        reason=Phrase(en, zh),
    )


@attrs.frozen(kw_only=True)
class Scorer:
    """A rule set on one day of judgement: call it with a record."""

    rule_set: str
    version: str
    as_of: date
    rules: tuple[RuleScorer, ...]
    group_caps: tuple[tuple[str, Decimal], ...]
    floor: Decimal | None
    cap: Decimal | None

    def __call__(self, record: object) -> Score:
        """Return the score of a record."""
        entries: list[Entry] = []
        caps: list[Entry] = []
        tallies: dict[str | None, Tally] = {}
        for scorer in self.rules:
            entry = scorer.entry(record)
            if entry is not None:
                entries.append(entry)
                caps += self._add(entry, scorer.rule, tallies)
        return self._total(entries, caps, tallies)

    def _add(self, entry: Entry, rule: Rule, tallies: dict[str | None, Tally]) -> list[Entry]:
        """Add an entry to the tally of its group, and return the entry of the rule's cap."""
        tally = tallies.setdefault(rule.group, Tally())
        if entry.kind is EntryKind.UNKNOWN:
            tally.doubt(entry.at_stake)
            return []
        points = entry.points
        cap = rule.cap
        if cap is None or points.copy_abs() <= cap:
            tally.add(points)
            return []
        kept = cap.copy_sign(points)
        tally.add(kept)
        most = shown(cap)
        cut = EXACT.subtract(kept, points)
        en, zh = f"this rule gives at most {most} points", f"本规则最多 {most} 分"
        if points < 0:
            en, zh = f"this rule takes at most {most} points", f"本规则最多扣 {most} 分"
        return [_cap_entry(rule.name, rule.version, cut, en, zh)]

    def _total(
        self, entries: list[Entry], caps: list[Entry], tallies: dict[str | None, Tally]
    ) -> Score:
        for group, cap in self.group_caps:
            cut = tallies[group].clamp(cap.copy_negate(), cap) if group in tallies else _ZERO
            if cut:
                most = shown(cap)
                en = f"the group gives or takes at most {most} points"
                caps.append(_cap_entry(group, self.version, cut, en, f"该组最多 ±{most} 分"))
        whole = Tally()
        for tally in tallies.values():
            whole.merge(tally)
        cut = whole.clamp(self.floor, self.cap)
        if cut:
            bound = shown(whole.value)
            en, zh = f"a score is at most {bound}", f"总分最高 {bound}"
            if cut > 0:
                en, zh = f"a score is at least {bound}", f"总分最低 {bound}"
            caps.append(_cap_entry(self.rule_set, self.version, cut, en, zh))
        return Score(
            rule_set=self.rule_set,
            version=self.version,
            as_of=self.as_of,
            ledger=(*entries, *caps),
            low=whole.low,
            high=whole.high,
        )
