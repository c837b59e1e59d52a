"""Transitions: how often customers were seen to move between states, and so how probably they do.

Time is cut into periods of the calendar. A customer is in the state of the latest record up to
and with the first day of a period; from one first day to the next there is one move, also where
the customer stays. What happens in between does not count: a chain is about its own steps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import groupby, pairwise
from typing import Final, TypeAlias

from crmcore.calendar import Grain
from crmcore.checks import day as is_day
from crmcore.durations import Duration, days, months, weeks, years
from crmcore.errors import InvalidValueError, NotIdentifiedError, UnknownNameError

from ._migration import Migration, text_of
from ._periods import check_prior

StateRecord: TypeAlias = tuple[str, date, str | None]

_MODEL: Final = "the migration"
_PARTS: Final = ("who", "from which day on", "in which state")
_LENGTHS: Final[dict[Grain, Duration]] = {
    Grain.DAY: days(1),
    Grain.WEEK: weeks(1),
    Grain.MONTH: months(1),
    Grain.QUARTER: months(3),
    Grain.YEAR: years(1),
}


def transitions(
    records: Iterable[StateRecord],
    *,
    step: Grain | str,
    until: date,
    states: Iterable[str] | None = None,
    absorbing: Iterable[str] = (),
    prior: float = 0.0,
) -> Migration:
    """Estimate how customers move between states, from the dated states of each.

    The probability of a move is its count plus the prior, by the counts of all moves from that
    state plus as many priors as there are states.

    Args:
        records: Who, from which day on, in which state; in any order. The state None says that
            the customer is out of sight from that day on.
        step: The periods of the calendar, from whose first days to the next a move leads.
        until: The last day of which anything is known; no record is later.
        states: All states, in the order to show them; those that were seen, sorted, unless
            stated.
        absorbing: The states of which it is known that nobody leaves them. No prior is added
            there.
        prior: What is added to each count, so that a move that was never seen is not taken to
            be impossible: 1 is Laplace's rule, 0.5 that of Jeffreys. It is 0, or from a
            millionth to a thousand million.

    Raises:
        InvalidValueError: If a record is no such triple, a customer has two states on one day,
            a record is later than *until*, somebody was seen to leave an absorbing state, or
            *prior* is out of its range.
        UnknownNameError: If a record has a state that *states* does not name.
        NotIdentifiedError: If nobody was seen to begin a period in a state, and there is no
            prior that would say what happens then.

    Complexity:
        ``O(n log n)`` for *n* records, however many periods lie between them.

    .. versionadded:: 0.1.0
    """
    grain = _grain(step)
    prior = check_prior(prior)
    ordered = _in_order(records, is_day(until, "until"))
    names = _states(ordered, states)
    moves = _moves(ordered, grain, until)
    counts = tuple(tuple(moves[before, after] for after in names) for before in names)
    stay = _absorbing(names, absorbing, counts)
    return Migration(
        states=names,
        matrix=tuple(
            tuple(float(state == other) for other in names)
            if state in stay
            else _shares(state, row, prior)
            for state, row in zip(names, counts, strict=True)
        ),
        period=_LENGTHS[grain],
        counts=counts,
        prior=prior,
    )


def _grain(step: Grain | str) -> Grain:
    if step not in set(Grain):
        raise UnknownNameError("grain", str(step), [grain.value for grain in Grain])
    return Grain(step)


def _in_order(records: Iterable[StateRecord], until: date) -> list[StateRecord]:
    """Return the records by customer and day, each once."""
    found = sorted(set(map(_checked, records)), key=lambda record: record[:2])
    for (customer, day, state), (other, next_day, next_state) in pairwise(found):
        if (customer, day) == (other, next_day):
            both = sorted(map(str, (state, next_state)))
            rule = f"be told once for {customer!r} on {day}"
            raise InvalidValueError("state", " and ".join(both), rule)
    late = [record for record in found if record[1] > until]
    if late:
        rule = f"not be after {until}, as {len(late)} records are"
        raise InvalidValueError("day", f"{late[0][0]} {late[0][1]}", rule)
    return found


def _checked(record: StateRecord) -> StateRecord:
    """Return a record, if it says who, from which day on, in which state."""
    is_list = isinstance(record, Sequence) and not isinstance(record, str)
    if not is_list or len(record) != len(_PARTS):
        raise InvalidValueError("records", record, f"hold triples: {', '.join(_PARTS)}")
    customer, day, state = record
    if not isinstance(customer, str):
        raise InvalidValueError("customer", customer, "be text")
    if not (state is None or isinstance(state, str)):
        raise InvalidValueError("state", state, "be text, or None for out of sight")
    return customer, is_day(day, "day"), None if state is None else text_of(state)


def _named(name: str, states: Iterable[str]) -> tuple[str, ...]:
    """Return states as texts; one text alone would fall apart into its letters."""
    found = None if isinstance(states, str) or not isinstance(states, Iterable) else tuple(states)
    if found is None or not all(isinstance(state, str) for state in found):
        raise InvalidValueError(name, states, "be a list of states, also of a single one")
    texts = map(text_of, found)
    return tuple(sorted(texts) if isinstance(states, AbstractSet) else texts)


def _states(records: Sequence[StateRecord], states: Iterable[str] | None) -> tuple[str, ...]:
    seen = {state for _, _, state in records if state is not None}
    if not seen:
        raise NotIdentifiedError(_MODEL, "nobody was seen in any state")
    if states is None:
        return tuple(sorted(seen))
    names = _named("states", states)
    for stranger in sorted(seen.difference(names)):
        raise UnknownNameError("state", stranger, names)
    return names


def _moves(records: Sequence[StateRecord], grain: Grain, until: date) -> Counter[tuple[str, str]]:
    """Count from where to where the periods led that customers were seen through."""
    moves: Counter[tuple[str, str]] = Counter()
    firsts = _firsts(grain, min(day for _, day, _ in records), until)
    for _, group in groupby(records, key=_customer):
        before: str | None = None
        own = list(group)
        ends = [*(bisect_left(firsts, day) for _, day, _ in own[1:]), len(firsts)]
        for (_, day, state), end in zip(own, ends, strict=True):
            length = end - bisect_left(firsts, day)
            if not length:
                continue  # it was over before the next period began
            if state is not None:
                if before is not None:
                    moves[before, state] += 1
                moves[state, state] += length - 1
            before = state
    return moves


def _customer(record: StateRecord) -> str:
    return record[0]


def _firsts(grain: Grain, start: date, until: date) -> list[date]:
    """Return the first days of all periods, from that of *start* to the last one seen."""
    first = grain.start(start)
    found = []
    while first <= until:
        found.append(first)
        first = grain.after(first)
    return found


def _absorbing(
    names: Sequence[str], absorbing: Iterable[str], counts: Sequence[Sequence[int]]
) -> frozenset[str]:
    stay = frozenset(_named("absorbing", absorbing))
    for stranger in sorted(stay.difference(names)):
        raise UnknownNameError("state", stranger, names)
    for place, (state, row) in enumerate(zip(names, counts, strict=True)):
        left = sum(row) - row[place]
        if state in stay and left:
            rule = f"be states that nobody leaves, as customers did {left} times"
            raise InvalidValueError("absorbing", state, rule)
    return stay


def _shares(state: str, counts: Sequence[int], prior: float) -> tuple[float, ...]:
    total = sum(counts) + prior * len(counts)
    if not total:
        reason = (
            f"nobody was seen in state {state!r} at the beginning of a period and at its end; "
            "state a prior, or that it is absorbing"
        )
        raise NotIdentifiedError(_MODEL, reason)
    return tuple((count + prior) / total for count in counts)
