"""Measures of measures: what they make of the answers of their parts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from operator import gt, lt
from typing import Final

import attrs

from crmcore.errors import InvalidValueError, MixedCurrenciesError
from crmcore.kernel import Reason, Undefined
from crmcore.statistics import wilson

from ._agreement import RULES as OF_AGREEMENT
from ._answers import RULES as OF_RECORDS
from ._answers import Need, Rule
from ._answers_of_cohorts import RULES as OF_COHORTS
from ._answers_of_entities import RULES as OF_ENTITIES
from ._answers_of_sets import members, window
from ._asking import Found, Question, shifted
from ._compounds import Both, Cumulative, Previous, Ratio
from ._derived import Derived
from ._entities import Rank
from ._functions import FUNCTIONS, Function, nothing_below
from ._measure import Measure
from ._numbers import quotient
from ._settings import Settings
from ._trails import Peers
from ._value import Value


def needs_of(measure: Measure, settings: Settings) -> Iterable[Need]:
    """Yield the states that a measure and its parts need."""
    yield from RULES[type(measure)].needs(measure, settings)
    for part in measure.parts:
        yield from needs_of(part, settings)


def answer(measure: Measure, ask: Question) -> Found:
    """Return what a measure comes to, worked out once for all measures that it is part of."""
    key = (measure, ask.period, ask.start, ask.end)
    found: Found = ask.desk.once_of_group(key, lambda: RULES[type(measure)].answer(measure, ask))
    return found


def _nothing(_: Measure, __: Settings) -> tuple[Need, ...]:
    return ()


# Cumulative, Both, Previous


def _cumulative(measure: Cumulative, ask: Question) -> Found:
    return answer(measure.measure, window(measure, ask))


def _both(measure: Both, ask: Question) -> Found:
    one, other = members(measure.one, ask), members(measure.other, ask)
    for each in (one, other):
        if each.nothing is not None:
            return Found(each.nothing)
    number = Decimal(len(one.values & other.values))
    n, missing = len(one.values | other.values), one.missing + other.missing
    return Found(ask.value(number, numerator=number, n=n, missing=missing))


def _previous(measure: Previous, ask: Question) -> Found:
    found = answer(measure.measure, ask.about(shifted(ask.period, measure.grain)))
    if isinstance(found.result, Undefined):
        return found
    return attrs.evolve(found, result=attrs.evolve(found.result, period=ask.period))


# Ratio, Derived


def _one_currency(parts: Iterable[Found]) -> str | None:
    """Return the currency of those parts that are money.

    Raises:
        MixedCurrenciesError: If they are of several.
    """
    found = sorted({part.currency for part in parts if part.currency is not None})
    if len(found) > 1:
        raise MixedCurrenciesError(*found[:2])
    return found[0] if found else None


def _of_one_unit(measure: Derived, parts: Iterable[Found], currency: str | None) -> None:
    """Refuse to put money and plain numbers together; nothing at all is of any unit."""
    for part in parts:
        value = part.result
        if currency and not part.currency and isinstance(value, Value) and value.number:
            rule = f"all be money, as that in {currency} is, or none of them"
            raise InvalidValueError(f"the parts of {measure.function}", f"{value.number:f}", rule)


def _ratio(measure: Ratio, ask: Question) -> Found:
    parts = [answer(part, ask) for part in measure.parts]
    currency = _one_currency(parts)
    upper, lower = (part.result for part in parts)
    if isinstance(upper, Undefined):
        return Found(upper)
    if isinstance(lower, Undefined):
        return Found(lower)
    if lower.number <= 0:
        return Found(nothing_below(upper.number, lower.number))
    interval = None
    if measure.proportion:
        if upper.number > lower.number:
            rule = f"be part of the denominator, {lower.number}"
            raise InvalidValueError("numerator", upper.number, rule)
        interval = wilson(int(upper.number), int(lower.number))
    value = ask.value(
        quotient(upper.number, lower.number),
        numerator=upper.number,
        denominator=lower.number,
        n=lower.n,
        missing=upper.missing + lower.missing,
        interval=interval,
    )
    return Found(value, None if parts[1].currency is not None else currency)


def _derived(measure: Derived, ask: Question) -> Found:
    parts = [answer(part, ask) for part in measure.of]
    currency = _one_currency(parts)
    settings = ask.desk.settings
    given = {name: settings.number(value) for name, value in measure.given}
    values = [part.result for part in parts]
    shipped = FUNCTIONS.get(measure.function)
    function: Function = settings.functions[measure.function] if shipped is None else shipped
    if shipped is None:
        for value in values:
            if isinstance(value, Undefined):
                return Found(value)
    if shipped is not None and shipped.of_one_unit:
        _of_one_unit(measure, parts, currency)
    result = function(values, given)
    if shipped is not None and (
        shipped.is_pure or (shipped.divides and parts[-1].currency is not None)
    ):
        currency = None
    return Found(_valued(result, measure, ask, values), currency)


def _valued(
    result: object, measure: Derived, ask: Question, values: list[Value | Undefined]
) -> Value | Undefined:
    """Return what a function has made of its parts as a value about the period asked for."""
    if isinstance(result, Undefined):
        return result
    if isinstance(result, Value):
        return attrs.evolve(
            result,
            period=ask.period,
            as_of=ask.desk.as_of,
            definition=ask.name,
            version=ask.desk.version,
        )
    if isinstance(result, Decimal) and result.is_finite():
        there = [value for value in values if isinstance(value, Value)]
        return ask.value(
            result,
            n=min(value.n for value in there),
            missing=sum(value.missing for value in there),
        )
    rule = "return a Value, a finite Decimal or Undefined"
    raise InvalidValueError(f"function {measure.function}", result, rule)


# Rank


def _peers_of(rank: Rank) -> Peers:
    return Peers(rank.source, rank.where, rank.entity, rank.field)


def _rank(rank: Rank, ask: Question) -> Found:
    own = answer(rank.own, ask).result
    if isinstance(own, Undefined):
        return Found(own)
    end = ask.period.end.toordinal()

    def latest() -> list[Decimal]:
        found = []
        for events in ask.desk.trail(_peers_of(rank)).values():
            known = [(moment, value) for day, moment, value in events if day < end]
            if known:
                found.append(Decimal(max(known)[1]))
        return found

    peers: list[Decimal] = ask.desk.once((rank.source, _peers_of(rank), end), latest)
    if not peers:
        return Found(Undefined(Reason.NO_DATA))
    is_better = gt if rank.best == "highest" else lt
    place = 1 + sum(is_better(peer, own.number) for peer in peers)
    return Found(ask.value(Decimal(place), n=len(peers), missing=own.missing))


RULES: Final[dict[type[Measure], Rule]] = {
    **OF_RECORDS,
    **OF_ENTITIES,
    **OF_COHORTS,
    **OF_AGREEMENT,
    Cumulative: Rule(_nothing, _cumulative),
    Both: Rule(_nothing, _both),
    Previous: Rule(_nothing, _previous),
    Ratio: Rule(_nothing, _ratio),
    Derived: Rule(_nothing, _derived),
    Rank: Rule(lambda rank, _: (_peers_of(rank),), _rank),
}
