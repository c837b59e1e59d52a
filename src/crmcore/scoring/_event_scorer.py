"""Scoring events: which of them count, and what each gives.

Events are taken in the order of their days, and within a day in the order of their ids as
text, so that the order in which they are handed in changes nothing. Each is asked in turn:

1. Does the rule's criterion hold for it? If not, it is none of the rule's events.
2. Has it happened? What happens on the day of judgement or later is still to come.
3. Is it within the limit: have fewer than so many events been within the limit in the days
   that end with its own? The earliest come first, which lets as many count as can.
4. Is it young enough? What is too old gives nothing, though it has taken its place in 3.

An event of which nobody knows whether the criterion holds, or on which day it was, gives
nothing and is at stake. Where there is a limit, it might take the place of others; so all that
the rule gives for certain events, and all that the limit keeps from counting, is in doubt then.

Complexity:
    ``O(n log n + n r)`` for *n* events and *r* rules.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import day_in
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._decay import Fade
from ._event_rule import EventRule
from ._ledger import Ledger, Terms
from ._reading import day, is_missing, reader
from ._rule import EXACT
from ._score import Entry, EntryKind, EventPart, EventUse, Score, said, total
from ._scorer import absence

_ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_LEFT_OUT: Final = (EventUse.BEYOND_LIMIT, EventUse.TOO_OLD, EventUse.TO_COME)


@attrs.frozen
class _Event:
    """An event: its id, its day if it is known, and the record."""

    id: str
    day: date | None
    record: object


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


@attrs.frozen(eq=False)
class _Reader:
    """Reads ids and days, and puts events in order."""

    id: str
    at: str
    zone: ZoneInfo | None
    read: Callable[[Any], tuple[object, ...]]

    def events(self, records: Iterable[object]) -> list[_Event]:
        """Return the events in the order of their days; those without one come last."""
        events = sorted(map(self._event, records), key=lambda event: event.id)
        for one, other in pairwise(events):
            if one.id == other.id:
                raise InvalidValueError("events", one.id, "be handed in once each")
        # Sorting keeps what is equal in its order, which is that of the ids.
        return sorted(events, key=lambda event: event.day or date.max)

    def _event(self, record: object) -> _Event:
        known, at = self.read(record)
        if not _is_id(known):
            raise InvalidValueError(self.id, known, "be the id of the event, text or an integer")
        return _Event(str(known), self._day(at), record)

    def _day(self, at: object) -> date | None:
        if is_missing(at) or not isinstance(at, datetime):
            return day(at, self.at)
        if self.zone is None:
            rule = "be a date, or the rule set must name the zone in which instants have a day"
            raise InvalidValueError(self.at, at.isoformat(), rule)
        return day_in(at, self.zone)


@attrs.frozen(eq=False)
class _RuleScorer:
    """A rule of events on one day of judgement."""

    rule: EventRule
    at: str
    as_of: date
    judge: Callable[[object], bool | None]
    fade: Fade | None
    words: Phrase

    @classmethod
    def on(cls, rule: EventRule, at: str, as_of: date, of: type | None) -> Self:
        """Compile a rule."""
        judge = rule.when.compile(as_of=as_of, of=of)
        fade = None if rule.decay is None else Fade.of(rule.decay, as_of)
        return cls(rule, at, as_of, judge, fade, rule.when.words)

    def add_to(self, ledger: Ledger, events: list[_Event]) -> None:
        """Add the entries for a customer's events."""
        certain: list[tuple[str, date]] = []
        unknown: list[_Event] = []
        for event in events:
            truth = self.judge(event.record)
            if truth and event.day is not None:
                certain.append((event.id, event.day))
            elif truth is not False and self._might_matter(event.day):
                unknown.append(event)
        parts = self._parts(certain)
        entries = [self._given(parts)] if parts else []
        doubts = [entry.points.copy_negate() for entry in entries]
        if unknown:
            entries.append(self._unknown(unknown, parts))
        if entries:
            is_in_doubt = unknown and self.rule.at_most is not None
            ledger.add(self.rule, entries, doubts=doubts if is_in_doubt else ())

    def _is_too_old(self, day: date) -> bool:
        within = self.rule.within_days
        return within is not None and (self.as_of - day).days > within

    def _might_matter(self, day: date | None) -> bool:
        """Say whether anything changes if the criterion holds for an event of a day."""
        if day is None:
            return True
        # What is too old may still have taken the place of another.
        is_idle = self.rule.at_most is None and self._is_too_old(day)
        return day < self.as_of and not is_idle

    def _parts(self, events: Iterable[tuple[str, date]]) -> list[EventPart]:
        """Say what becomes of events for which the criterion holds, in the order of their days."""
        at_most, per_days = self.rule.at_most, self.rule.per_days
        within_limit: deque[date] = deque()
        parts: list[EventPart] = []
        for key, at in events:
            while per_days and within_limit and (at - within_limit[0]).days >= per_days:
                within_limit.popleft()
            fits = at_most is None or len(within_limit) < at_most
            use = self._use(at, fits=fits)
            if fits:
                within_limit.append(at)
            factor = self._share(at)
            points = self._points(factor) if use is EventUse.COUNTED else _ZERO
            parts.append(EventPart(id=key, day=at, use=use, points=points, factor=factor))
        return parts

    def _use(self, day: date, *, fits: bool) -> EventUse:
        if day >= self.as_of:
            return EventUse.TO_COME
        if self._is_too_old(day):
            return EventUse.TOO_OLD
        return EventUse.COUNTED if fits else EventUse.BEYOND_LIMIT

    def _share(self, day: date | None) -> Decimal:
        return _ONE if self.fade is None or day is None else self.fade.share(day)

    def _points(self, factor: Decimal) -> Decimal:
        return EXACT.multiply(self.rule.points, factor)

    def _given(self, parts: list[EventPart]) -> Entry:
        rule = self.rule
        uses = Counter(part.use for part in parts)
        return Entry(
            kind=EntryKind.GIVEN,
            rule=rule.name,
            version=rule.version,
            points=total(part.points for part in parts),
            base=EXACT.multiply(rule.points, Decimal(uses[EventUse.COUNTED])),
            reason=self._reason(uses),
            events=tuple(parts),
        )

    def _reason(self, uses: Counter[EventUse]) -> Phrase:
        """Return what the rule asks for, and how many events do not count and why."""
        left_out = [(use.label, uses[use]) for use in _LEFT_OUT if uses[use]]
        if not left_out:
            return self.words
        en = ", ".join(f"{number} {label.en}" for label, number in left_out)
        zh = "，".join(f"{label.zh} {number} 个" for label, number in left_out)
        return Phrase(f"{self.words.en} ({en})", f"{self.words.zh}（{zh}）")

    def _unknown(self, events: list[_Event], parts: list[EventPart]) -> Entry:
        rule = self.rule
        unknown = [
            EventPart(
                id=event.id, day=event.day, use=EventUse.UNKNOWN, factor=self._share(event.day)
            )
            for event in events
        ]
        # What is unknown may also make room for what the limit keeps from counting.
        waiting = [part for part in parts if part.use is EventUse.BEYOND_LIMIT]
        young = [part for part in unknown if part.day is None or not self._is_too_old(part.day)]
        return Entry(
            kind=EntryKind.UNKNOWN,
            rule=rule.name,
            version=rule.version,
            points=_ZERO,
            base=rule.points,
            at_stake=total(self._points(part.factor) for part in (*young, *waiting)),
            reason=self._absence(events),
            events=tuple(unknown),
        )

    def _absence(self, events: list[_Event]) -> Phrase:
        missing = {self.at} if any(event.day is None for event in events) else set[str]()
        for event in events:
            missing.update(self.rule.when.explain(event.record, as_of=self.as_of).missing)
        reason = absence(sorted(missing), self.words)
        number = len(events)
        return Phrase(f"{reason.en} in {said(number, 'event')}", f"{number} 个事件的 {reason.zh}")


@attrs.frozen(kw_only=True, eq=False)
class EventScorer:
    """A rule set of events on one day of judgement: call it with the events of a customer."""

    as_of: date
    terms: Terms
    reader: _Reader
    rules: tuple[_RuleScorer, ...]

    @classmethod
    def on(
        cls,
        rules: Iterable[EventRule],
        terms: Terms,
        *,
        at: str,
        id: str,  # noqa: A002 - it is called so in the rule set
        zone: ZoneInfo | None,
        as_of: date,
        of: type | None,
    ) -> Self:
        """Compile the rules."""
        scorers = tuple(_RuleScorer.on(rule, at, as_of, of) for rule in rules)
        reading = _Reader(id, at, zone, reader((id, at), of))
        return cls(as_of=as_of, terms=terms, reader=reading, rules=scorers)

    def __call__(self, events: Iterable[object]) -> Score:
        """Return the score of a customer's events, with its ledger."""
        ledger = Ledger(self.terms, self.as_of)
        in_order = self.reader.events(events)
        for rule in self.rules:
            rule.add_to(ledger, in_order)
        return ledger.score()
