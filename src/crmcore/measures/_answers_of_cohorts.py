"""Cohorts and cases: which states they need, and what they make of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, TypeAlias

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.statistics import Interval, kaplan_meier, wilson

from ._answers import Need, Rule, begun
from ._asking import Desk, Found, Question
from ._cases import MICROSECONDS, Promises, Waits
from ._cohorts import Conversion, Duration, InTime
from ._measure import Measure
from ._numbers import quotient
from ._settings import Settings
from ._table import Group, in_order
from ._trails import Events
from ._value import Value

Event: TypeAlias = tuple[int, Any, Group]


def _share(ask: Question, upper: int, lower: int, **parts: Any) -> Value | Undefined:  # noqa: ANN401
    """Return a share of counts, with Wilson's interval."""
    if lower == 0:
        return Undefined(Reason.ZERO_DENOMINATOR)
    numerator, denominator = Decimal(upper), Decimal(lower)
    return ask.value(
        quotient(numerator, denominator),
        numerator=numerator,
        denominator=denominator,
        n=lower,
        interval=wilson(upper, lower),
        **parts,
    )


# Conversion


def _events_of(atom: Conversion) -> tuple[Events, Events]:
    return (
        Events(atom.source, atom.base, atom.entity),
        Events(atom.target, atom.converted, atom.entity),
    )


def _conversion_needs(atom: Conversion, _: Settings) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(_events_of(atom)))


def _when(events: Iterable[Event], *, by_day: bool) -> list[tuple[Any, int]]:
    """Return moments and days of events, in order."""
    return sorted((day if by_day else moment, day) for day, moment, _ in events)


def _earliest(events: Sequence[Event]) -> Event:
    """Return the first event; of one moment, that of the first group."""
    first = min(moment for _, moment, _ in events)
    same = [event for event in events if event[1] == first]
    return same[0] if len(same) == 1 else min(same, key=lambda event: in_order(event[2]))


def _followed(atom: Conversion, desk: Desk) -> dict[Group, dict[int, list[int]]]:
    """Return how many base events each day has, and how many of them are followed in time."""
    base, goal = (desk.trail(need) for need in _events_of(atom))
    days, by_day = desk.settings.days(atom.days), atom.later_day
    found: dict[Group, dict[int, list[int]]] = {}

    def count(event: Event, *, is_followed: bool) -> None:
        cell = found.setdefault(event[2], {}).setdefault(event[0], [0, 0])
        cell[0] += 1
        cell[1] += is_followed

    try:
        for entity, events in base.items():
            goals: Sequence[Event] = goal.get(entity, ())
            if atom.first:
                event = day, moment, _ = _earliest(events)
                last, mark = day + days, day if by_day else moment
                is_back = any(d <= last and (d if by_day else at) > mark for d, at, _ in goals)
                count(event, is_followed=is_back)
                continue
            ordered = _when(goals, by_day=by_day)
            for event in events:
                mark = event[0] if by_day else event[1]
                place = bisect_right(ordered, mark, key=itemgetter(0))
                is_back = place < len(ordered) and ordered[place][1] <= event[0] + days
                count(event, is_followed=is_back)
    except TypeError:
        rule = "be days for all events, or instants for all, to tell which is the later one"
        raise InvalidValueError("day", atom, rule) from None
    return found


def _conversion(atom: Conversion, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    counts = ask.desk.once(atom, lambda: _followed(atom, ask.desk))
    # A base event of the day d can be judged when the day d + days is over.
    edge = ask.desk.as_of.toordinal() - ask.desk.settings.days(atom.days)
    mature = ask.over(ask.start, max(ask.start, min(ask.end, edge))).cells(counts)
    if atom.whole and len(mature) < len(ask.cells(counts)):
        return Found(Undefined(Reason.IMMATURE, _last_judged(atom, ask)))
    lower, upper = (sum(cell[which] for cell in mature) for which in (0, 1))
    if lower == 0 and ask.cells(counts):
        return Found(Undefined(Reason.IMMATURE, _last_judged(atom, ask)))
    base = _events_of(atom)[0]
    return Found(_share(ask, upper, lower, missing=ask.fold(base)))


def _last_judged(atom: Conversion, ask: Question) -> Phrase:
    counts = ask.desk.once(atom, lambda: _followed(atom, ask.desk))
    last = max(
        day for group in ask.groups for day in counts.get(group, {}) if ask.start <= day < ask.end
    )
    day = last + ask.desk.settings.days(atom.days)
    judged = date.fromordinal(min(day, date.max.toordinal()))
    return Phrase(
        f"the last of them can be judged after {judged}", f"最后一项的观察期于{judged}结束"
    )


# InTime, Duration


def _promises_of(atom: InTime, settings: Settings) -> Promises:
    days = None if atom.days is None else settings.days(atom.days)
    return Promises(
        atom.source, atom.where, atom.since, atom.done, atom.due, days, atom.on, atom.mature
    )


def _in_time(atom: InTime, ask: Question) -> Found:
    store = ask.desk.store(_promises_of(atom, ask.desk.settings))
    if (nothing := ask.nothing_before(ask.desk.first_day(atom.source, store.days))) is not None:
        return Found(nothing)
    cells, today = ask.cells(store.days), ask.desk.as_of.toordinal()
    good, bad = (
        sum(times for cell in cells for known, times in cell[which].items() if known < today)
        for which in (0, 1)
    )
    if good + bad == 0 and cells:
        detail = Phrase("no case is due or done yet", "尚无到期或完成的个案")
        return Found(Undefined(Reason.IMMATURE, detail))
    return Found(_share(ask, good, good + bad, missing=ask.missing(store)))


def _waits_of(atom: Duration, settings: Settings) -> Waits:
    work = None if atom.calendar is None else settings.calendars[atom.calendar]
    return Waits(atom.source, atom.where, atom.since, atom.until, atom.calendar, atom.pauses, work)


def _in_unit(microseconds: float, atom: Duration) -> Decimal:
    return quotient(Decimal(microseconds), MICROSECONDS[atom.unit])


def _duration(atom: Duration, ask: Question) -> Found:
    need = _waits_of(atom, ask.desk.settings)
    store = ask.desk.store(need)
    if (nothing := ask.nothing_before(ask.desk.first_day(atom.source, store.days))) is not None:
        return Found(nothing)
    cases = [case for cell in ask.cells(store.days) for case in cell]
    if not cases:
        return Found(Undefined(Reason.NO_DATA))
    key = (need, ask.start, ask.end)
    survival = ask.desk.once_of_group(
        key, lambda: kaplan_meier(need.lengths(cases, ask.desk.as_of, ask.desk.zone))
    )
    q = float(atom.q)
    found = survival.quantile(q)
    if found is None:
        share = f"{atom.q} of {survival.n}"
        detail = Phrase(
            f"{survival.censored} cases are open, and not {share} have ended",
            f"{survival.n}个案中{survival.censored}个未结束，未达{atom.q}",
        )
        return Found(Undefined(Reason.TOO_FEW, detail))
    value = ask.value(
        _in_unit(found, atom),
        n=survival.n,
        missing=ask.missing(store),
        interval=_bounds(survival.quantile_interval(q), atom),
    )
    return Found(value)


def _bounds(interval: Interval | None, atom: Duration) -> Interval | None:
    if interval is None:
        return None
    low, high = (float(_in_unit(edge, atom)) for edge in (interval.low, interval.high))
    return attrs.evolve(interval, low=low, high=high)


RULES: Final[dict[type[Measure], Rule]] = {
    Conversion: Rule(_conversion_needs, _conversion),
    InTime: Rule(lambda atom, settings: (_promises_of(atom, settings),), _in_time),
    Duration: Rule(lambda atom, settings: (_waits_of(atom, settings),), _duration),
}
