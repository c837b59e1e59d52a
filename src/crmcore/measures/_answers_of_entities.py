"""Atoms about entities and cases: which states they need, and what they make of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import accumulate
from operator import itemgetter
from statistics import median
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.statistics import Interval, kaplan_meier, wilson

from ._answers import Need, Rule, begun, read_of
from ._answers_of_sets import members
from ._asking import Desk, Found, Question, Settings, added_up
from ._cases import MICROSECONDS, Levels, Promises, Store, Waits
from ._cohorts import Conversion, Duration, InTime
from ._entities import Balance, Concentration, LikeForLike, Newcomers, Stock
from ._measure import Measure
from ._numbers import EXACT, ZERO, quotient, total
from ._slots import Balances, Holdings, HowMany, Seen, one_currency
from ._table import Group, in_order
from ._trails import Events, Firsts
from ._value import Value

Event: TypeAlias = tuple[int, Any, Group]
_Days: TypeAlias = "dict[Group, dict[int, int]]"


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


def _missing_cases(ask: Question, store: Store) -> int:
    return sum(store.missing.get(group, 0) for group in ask.groups)


# Stock


def _levels_of(stock: Stock) -> Levels:
    return Levels(stock.source, stock.where, stock.since, stock.until)


def _stock(stock: Stock, ask: Question) -> Found:
    store = ask.desk.store(_levels_of(stock))
    if (nothing := _stock_begun(stock, ask, store)) is not None:
        return Found(nothing)
    days, levels, arrivals = ask.desk.once_of_group(
        ("levels", id(store)), lambda: _running(ask, store)
    )

    def at(edges: Sequence[int], edge: int) -> int:
        place = bisect_right(days, edge)
        return edges[place - 1] if place else 0

    missing = _missing_cases(ask, store)
    if stock.moment != "mean":
        level = at(levels, ask.start if stock.moment == "start" else ask.end)
        number = Decimal(level)
        return Found(ask.value(number, numerator=number, n=level, missing=missing))
    edges = range(ask.start + 1, ask.end + 1)
    whole = Decimal(sum(at(levels, edge) for edge in edges))
    there = at(levels, ask.start + 1) + at(arrivals, ask.end) - at(arrivals, ask.start + 1)
    number = quotient(whole, Decimal(len(edges)))
    value = ask.value(
        number, numerator=whole, denominator=Decimal(len(edges)), n=there, missing=missing
    )
    return Found(value)


def _stock_begun(stock: Stock, ask: Question, store: Store) -> Undefined | None:
    first = ask.desk.first_day(stock.source, store.days)
    # Entities are counted from the day after the first one on, at its end.
    is_stated = stock.source in ask.desk.begin
    return ask.nothing_before(first if first is None or is_stated else first - 1)


def _running(ask: Question, store: Store) -> tuple[list[int], list[int], list[int]]:
    """Return the days of a change, and at each of them how many there are and how many came."""
    came, went = (
        added_up({day: cell[which]} for group in ask.groups for day, cell in _of(store, group))
        for which in (0, 1)
    )
    days = sorted(came)
    levels = list(accumulate(came[day] - went[day] for day in days))
    return days, levels, list(accumulate(came[day] for day in days))


def _of(store: Store, group: Group) -> Iterable[tuple[int, Any]]:
    return store.days.get(group, {}).items()


# Balance, LikeForLike, Concentration


def _balances_of(balance: Balance) -> Balances:
    return Balances(balance.source, balance.where, balance.field, balance.entity, balance.take)


def _balance(balance: Balance, ask: Question) -> Found:
    if (nothing := begun(balance, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(balance))
    kept, without = ask.fold(_balances_of(balance))
    is_sum = balance.over == "sum"
    if not kept and not is_sum:
        return Found(Undefined(Reason.NO_DATA))
    if is_sum and balance.take != "mean":
        number = total(Decimal(amount) for _, amount in kept.values())
    else:
        number = _of_all(balance, kept.values())
    value = ask.value(
        number,
        numerator=number if is_sum else None,
        n=len(kept),
        missing=how_many.missing + without,
    )
    return Found(value, how_many.currency)


def _of_all(balance: Balance, kept: Iterable[tuple[Any, Any]]) -> Decimal:
    """Return what the values of all entities come to, rounded to 28 digits."""
    is_mean = balance.take == "mean"
    found = [Fraction(amount) / (n if is_mean else 1) for n, amount in kept]
    makers: dict[str, Callable[[list[Fraction]], Fraction | int]]
    makers = {"sum": sum, "highest": max, "lowest": min, "median": median}
    exact = makers[balance.over](found)
    return quotient(Decimal(exact.numerator), Decimal(exact.denominator))


def _holdings_of(atom: LikeForLike | Concentration) -> Holdings:
    return Holdings(atom.source, atom.where, atom.field, atom.entity)


def _present_of(atom: LikeForLike) -> Seen:
    where: Criterion | None = atom.present
    if atom.where is not None:
        where = atom.where if where is None else atom.where & where
    return Seen(atom.source, where, atom.entity)


def _like_for_like(atom: LikeForLike, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    asked = ask, ask.about(ask.period.before())
    how_many: list[HowMany] = [each.fold(read_of(atom)) for each in asked]
    (now, without_now), (before, without_before) = (each.fold(_holdings_of(atom)) for each in asked)
    if atom.whose is None:
        is_now, was_before = (each.fold(_present_of(atom)) for each in asked)
        who = was_before & is_now if atom.among == "both" else was_before
    else:
        told = members(atom.whose, ask)
        if told.nothing is not None:
            return Found(told.nothing)
        who = told.values
    sums = ((now.get(entity, ZERO), before.get(entity, ZERO)) for entity in who)
    if atom.part == "kept":
        number = total(min(pair) for pair in sums)
    else:
        number = total(pair[0 if atom.part == "now" else 1] for pair in sums)
    value = ask.value(
        number,
        numerator=number,
        n=len(who),
        missing=sum(each.missing for each in how_many) + without_now + without_before,
    )
    currencies = [each.currency for each in how_many if each.n]
    currency = currencies[0] if currencies else None
    for other in currencies[1:]:
        currency = one_currency(currency, other)
    return Found(value, currency)


def _concentration(atom: Concentration, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    how_many: HowMany = ask.fold(read_of(atom))
    kept, without = ask.fold(_holdings_of(atom))
    if not kept:
        return Found(Undefined(Reason.NO_DATA))
    whole = total(kept.values())
    if whole <= 0:
        detail = Phrase(f"the total is {whole:f}", f"总额为{whole:f}")
        return Found(Undefined(Reason.ZERO_DENOMINATOR, detail))
    exact = EXACT.multiply(atom.top, Decimal(len(kept)))
    largest = sorted(kept.values(), reverse=True)
    upper = total(largest[: int(exact.to_integral_value(ROUND_CEILING))])
    value = ask.value(
        quotient(upper, whole),
        numerator=upper,
        denominator=whole,
        n=len(kept),
        missing=how_many.missing + without,
    )
    return Found(value)


# Newcomers, Conversion


def _firsts_of(atom: Newcomers) -> Firsts:
    return Firsts(atom.source, atom.where, atom.entity)


def _newcomers(atom: Newcomers, ask: Question) -> Found:
    if (nothing := begun(atom, ask)) is not None:
        return Found(nothing)
    need = _firsts_of(atom)

    def by_day() -> _Days:
        found: _Days = {}
        for day, _, group in ask.desk.trail(need).values():
            days = found.setdefault(group, {})
            days[day] = days.get(day, 0) + 1
        return found

    n = sum(ask.cells(ask.desk.once(need, by_day)))
    return Found(ask.value(Decimal(n), numerator=Decimal(n), n=n, missing=ask.fold(need)))


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
    judged = type(ask.desk.as_of).fromordinal(last + ask.desk.settings.days(atom.days))
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
    return Found(_share(ask, good, good + bad, missing=_missing_cases(ask, store)))


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
        missing=_missing_cases(ask, store),
        interval=_bounds(survival.quantile_interval(q), atom),
    )
    return Found(value)


def _bounds(interval: Interval | None, atom: Duration) -> Interval | None:
    if interval is None:
        return None
    low, high = (float(_in_unit(edge, atom)) for edge in (interval.low, interval.high))
    return attrs.evolve(interval, low=low, high=high)


def _like_needs(atom: LikeForLike, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _holdings_of(atom), _present_of(atom)


RULES: Final[dict[type[Measure], Rule]] = {
    Stock: Rule(lambda atom, _: (_levels_of(atom),), _stock),
    Balance: Rule(lambda atom, _: (read_of(atom), _balances_of(atom)), _balance),
    Newcomers: Rule(lambda atom, _: (_firsts_of(atom),), _newcomers),
    LikeForLike: Rule(_like_needs, _like_for_like),
    Concentration: Rule(lambda atom, _: (read_of(atom), _holdings_of(atom)), _concentration),
    Conversion: Rule(_conversion_needs, _conversion),
    InTime: Rule(lambda atom, settings: (_promises_of(atom, settings),), _in_time),
    Duration: Rule(lambda atom, settings: (_waits_of(atom, settings),), _duration),
}
