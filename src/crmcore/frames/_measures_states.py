"""What each state of a tally wants to know of a frame, and the cells that it makes of that.

Some states want a number for each day and group; all of these are counted in one go. Others keep
something for each value or entity: each is a question of its own, which groups by that as well.
Squares are not added up by the engine, which may not have the digits, but are made of the values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, Inexact
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs

from crmcore.errors import MixedCurrenciesError

from ._measures_columns import Columns, aware

Cells: TypeAlias = "list[Any]"
Values: TypeAlias = "tuple[Any, ...]"
Number: TypeAlias = Any  # a decimal or a moment; None where none was asked for
Kept: TypeAlias = Any  # whatever a state keeps of an entity
State: TypeAlias = Any  # one of those that a tally needs, which its room does not show
How: TypeAlias = Literal["count", "missing", "sum", "min", "max"]

_EXACT: Final = Context(prec=400, traps=[Inexact])
_ZERO: Final = Decimal(0)
_NO_CURRENCY: Final = {True: None, False: ""}
_ONE_DAY: Final = timedelta(days=1)


class Place(NamedTuple):
    """A day and group, with the cells that are made of it.

    Attributes:
        day: The ordinal of the day.
        group: The values of the dimensions.
        cells: The cells.
    """

    day: int
    group: tuple[Any, ...]
    cells: Cells


# Puts into the cells of a place: some values, how many rows have them, and the number asked for.
Put: TypeAlias = "Callable[[Place, Values, int, Number], None]"
Keep: TypeAlias = "Callable[[Kept, Values, int, Number], Kept]"


@attrs.frozen(kw_only=True)
class Keyed:
    """A question that groups by more than the day and the dimensions.

    Attributes:
        by: The columns by which it groups besides.
        of: The column without which a row says nothing.
        number: The column that is summed, or of which the least or largest value is taken.
        how: Which of these.
        fresh: Makes the cells of a day and group at first.
        put: Puts into them what was found; the same values come once.
    """

    by: tuple[str, ...]
    of: str
    number: str | None = None
    how: How = "sum"
    fresh: Callable[[], Cells]
    put: Put


@attrs.frozen(kw_only=True)
class Wanted:
    """What a state wants to know.

    Attributes:
        plain: Columns, and what is wanted of each for a day and group; None stands for the rows.
        cells: Makes cells of that.
        keyed: The question that groups by more, if there is one.
    """

    plain: tuple[tuple[str | None, How], ...] = ()
    cells: Callable[[Sequence[Any]], Cells] = list
    keyed: Keyed | None = None


@attrs.frozen(kw_only=True)
class WantedCases:
    """What a state of cases wants to know.

    Attributes:
        by: The columns by which cases are told apart.
        values: Makes of their values what the state reads of a record.
        is_alike: Whether cases with the same values are counted; else each is handed over.
    """

    by: tuple[str, ...]
    values: Callable[[Sequence[Any]], Sequence[Any]] = tuple
    is_alike: bool = True


def wanted(need: State, columns: Columns, moment: str) -> Wanted:
    """Return what a state of days wants to know.

    Raises:
        UnknownNameError: If there is no such column.
        InvalidValueError: If a column holds what cannot be measured.
    """
    return _STATES[type(need).__name__](need, columns, moment)


def wanted_cases(need: State, columns: Columns) -> WantedCases | None:
    """Return what a state of cases wants to know; None of another state.

    Raises:
        UnknownNameError: If there is no such column.
        InvalidValueError: If a column holds neither days nor instants.
    """
    of = _CASES.get(type(need).__name__)
    return None if of is None else of(need, columns)


def _tick(_: State, __: Columns, ___: str) -> Wanted:
    return Wanted(plain=((None, "count"),))


def _read(need: State, columns: Columns, _: str) -> Wanted:
    column = columns.number(need.field) if need.number else columns.value(need.field)
    currency = columns.currency(need.field) if need.number else None
    if currency is not None:
        return Wanted(
            plain=((column, "missing"),),
            cells=lambda found: [0, *found, ""],
            keyed=Keyed(by=(currency,), of=column, fresh=list, put=_put_currency),
        )
    return Wanted(
        plain=((column, "count"), (column, "missing")),
        cells=lambda found: [*found, _NO_CURRENCY[need.number and found[0] > 0]],
    )


def _put_currency(place: Place, values: Values, n: int, _: Number) -> None:
    if place.cells:
        one, other = sorted(str(each or "no currency") for each in (*values, place.cells[2]))
        raise MixedCurrenciesError(one, other)
    place.cells[:] = n, 0, *values


def _total(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    return Wanted(plain=((x, "sum"),), cells=lambda found: [0, found[0] or _ZERO])


def _extremes(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    return Wanted(plain=((x, "min"), (x, "max")))


def _squares(need: State, columns: Columns, _: str) -> Wanted:
    squares = columns.square(need.field)
    if squares is not None:
        return Wanted(plain=((squares, "sum"),), cells=lambda found: [0, found[0] or _ZERO])
    x = columns.number(need.field)

    def put(place: Place, values: Values, n: int, _: Number) -> None:
        square = _EXACT.multiply(values[0], values[0])
        place.cells[1] = _EXACT.fma(square, Decimal(n), place.cells[1])

    return Wanted(keyed=Keyed(by=(x,), of=x, fresh=lambda: [0, _ZERO], put=put))


def _spread(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)

    def put(place: Place, values: Values, n: int, _: Number) -> None:
        place.cells[0][values[0]] = n

    return Wanted(keyed=Keyed(by=(x,), of=x, fresh=lambda: [{}], put=put))


def _seen(need: State, columns: Columns, _: str) -> Wanted:
    value = columns.value(need.field)

    def put(place: Place, values: Values, _: int, __: Number) -> None:
        place.cells[0].update(values)

    return Wanted(keyed=Keyed(by=(value,), of=value, fresh=lambda: [set()], put=put))


def _spans(need: State, columns: Columns, _: str) -> Wanted:
    x, until = columns.number(need.field), columns.day(need.until)

    def put(place: Place, values: Values, n: int, number: Number) -> None:
        end: date | None = values[0]
        place.cells[0][None if end is None else end.toordinal()] = (n, number)

    return Wanted(keyed=Keyed(by=(until,), of=x, number=x, fresh=lambda: [{}], put=put))


def _ends(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    by = (columns.value(need.at), columns.value(need.tie), x)

    def put(place: Place, values: Values, _: int, __: Number) -> None:
        first, last = place.cells or (values, values)
        place.cells[:] = min(first, values), max(last, values)

    return Wanted(keyed=Keyed(by=by, of=x, fresh=list, put=put))


def _of_entities(
    columns: Columns,
    need: State,
    keep: Keep,
    *,
    by: tuple[str, ...] = (),
    number: str | None = None,
    how: How = "sum",
) -> Wanted:
    """Return what a state wants that keeps something of each entity.

    Args:
        columns: The columns.
        need: The state.
        keep: Makes of what is kept of an entity, None at first, and of what was found what is
            kept then.
        by: The columns by which it groups besides.
        number: The column that is summed, or of which the least or largest value is taken.
        how: Which of these.
    """

    def put(place: Place, values: Values, n: int, number: Number) -> None:
        kept, entity = place.cells[0], values[0]
        if entity is None:
            place.cells[1] += n
        else:
            kept[entity] = keep(kept.get(entity), values, n, number)

    keyed = Keyed(
        by=(columns.value(need.entity), *by),
        of=columns.number(need.field),
        number=number,
        how=how,
        fresh=lambda: [{}, 0],
        put=put,
    )
    return Wanted(keyed=keyed)


def _holdings(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    return _of_entities(columns, need, lambda _, __, ___, number: number, number=x)


def _balances(need: State, columns: Columns, moment: str) -> Wanted:
    x = columns.number(need.field)
    if need.take == "mean":
        return _of_entities(columns, need, lambda _, __, n, number: (n, number), number=x)
    how: How = "max" if need.take == "last" else "min"
    choose = max if need.take == "last" else min

    def keep(old: Kept, values: Values, _: int, number: Number) -> Kept:
        new = (values[1], number)
        return new if old is None else choose(old, new)

    return _of_entities(columns, need, keep, by=(moment,), number=x, how=how)


def _marks(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)

    def keep(old: Kept, values: Values, n: int, _: Number) -> Kept:
        return (*(old or ()), *values[1:] * n)

    return _of_entities(columns, need, keep, by=(x,))


def _trail(missing: str, keyed: Keyed) -> Wanted:
    """Return what a state wants that keeps a trail of each entity."""
    return Wanted(plain=((missing, "missing"),), cells=lambda found: [found[0], {}], keyed=keyed)


def _no_trail() -> Cells:
    return [0, {}]


def _firsts(need: State, columns: Columns, moment: str) -> Wanted:
    entity = columns.value(need.entity)

    def put(place: Place, values: Values, _: int, number: Number) -> None:
        place.cells[1][values[0]] = (place.day, number, place.group)

    by = (entity,)
    keyed = Keyed(by=by, of=entity, number=moment, how="min", fresh=_no_trail, put=put)
    return _trail(entity, keyed)


def _events(need: State, columns: Columns, moment: str) -> Wanted:
    entity = columns.value(need.entity)

    def put(place: Place, values: Values, n: int, _: Number) -> None:
        who, when = values
        trail, events = place.cells[1], [(place.day, when, place.group)] * n
        if who in trail:
            trail[who] += events
        else:
            trail[who] = events

    return _trail(entity, Keyed(by=(entity, moment), of=entity, fresh=_no_trail, put=put))


def _peers(need: State, columns: Columns, moment: str) -> Wanted:
    x, entity = columns.number(need.field), columns.value(need.entity)

    def put(place: Place, values: Values, n: int, _: Number) -> None:
        who, when, value = values
        if who is None:
            place.cells[0] += n
        else:
            place.cells[1].setdefault(who, []).append((place.day, when, value))

    return _trail(x, Keyed(by=(entity, moment, x), of=x, fresh=_no_trail, put=put))


_STATES: Final[dict[str, Callable[[State, Columns, str], Wanted]]] = {
    "Balances": _balances,
    "Ends": _ends,
    "Events": _events,
    "Extremes": _extremes,
    "Firsts": _firsts,
    "Holdings": _holdings,
    "Marks": _marks,
    "Peers": _peers,
    "Read": _read,
    "Seen": _seen,
    "Spans": _spans,
    "Spread": _spread,
    "Squares": _squares,
    "Tick": _tick,
    "Total": _total,
}


def _levels(need: State, columns: Columns) -> WantedCases:
    return WantedCases(by=tuple(columns.day(path) for path in need.fields))


def _promises(need: State, columns: Columns) -> WantedCases:
    days = tuple(columns.day(path) for path in need.fields)
    if need.due is None or not columns.are_instants(need.done, need.due):
        return WantedCases(by=days)

    def values(found: Sequence[Any]) -> Sequence[Any]:
        since, done, due, is_late = found
        # Behind its hour is as late as on the next day.
        return since, done if not is_late else due + _ONE_DAY, due

    return WantedCases(by=(*days, columns.is_after(need.done, need.due)), values=values)


def _waits(need: State, columns: Columns) -> WantedCases:
    since, until = columns.value(need.since), columns.value(need.until)
    if need.pauses is None:
        return WantedCases(by=(since, until))

    def values(found: Sequence[Any]) -> Sequence[Any]:
        begun, ended, pauses = found
        pairs = [(aware(each["start"]), aware(each["end"])) for each in pauses or ()]
        return begun, ended, pairs

    by = (since, until, columns.opaque(need.pauses))
    return WantedCases(by=by, values=values, is_alike=False)


_CASES: Final[dict[str, Callable[[State, Columns], WantedCases]]] = {
    "Levels": _levels,
    "Promises": _promises,
    "Waits": _waits,
}
