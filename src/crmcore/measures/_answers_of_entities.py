"""Atoms about entities and cases: which states they need, and what they make of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import accumulate
from statistics import median
from typing import Any, Final, TypeAlias

from crmcore.criteria import Criterion
from crmcore.kernel import Phrase, Reason, Undefined

from ._answers import Need, Rule, begun, read_of
from ._answers_of_sets import members
from ._asking import Found, Question, added_up
from ._cases import Levels, Store
from ._entities import Balance, Concentration, LikeForLike, Newcomers, Stock
from ._measure import Measure
from ._numbers import EXACT, ZERO, plain, quotient, total
from ._settings import Settings
from ._slots import HowMany, Seen, one_currency
from ._slots_of_entities import Balances, Holdings
from ._table import Group
from ._trails import Firsts

_Days: TypeAlias = "dict[Group, dict[int, int]]"


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

    missing = ask.missing(store)
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
        number = plain(total(Decimal(amount) for _, amount in kept.values()))
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


# Newcomers


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


def _like_needs(atom: LikeForLike, _: Settings) -> tuple[Need, ...]:
    return read_of(atom), _holdings_of(atom), _present_of(atom)


RULES: Final[dict[type[Measure], Rule]] = {
    Stock: Rule(lambda atom, _: (_levels_of(atom),), _stock),
    Balance: Rule(lambda atom, _: (read_of(atom), _balances_of(atom)), _balance),
    Newcomers: Rule(lambda atom, _: (_firsts_of(atom),), _newcomers),
    LikeForLike: Rule(_like_needs, _like_for_like),
    Concentration: Rule(lambda atom, _: (read_of(atom), _holdings_of(atom)), _concentration),
}
