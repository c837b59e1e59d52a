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

from ._measures_columns import Columns, aware

Cells: TypeAlias = "list[Any]"
State: TypeAlias = Any  # one of those that a tally needs, which its room does not show
How: TypeAlias = Literal["count", "missing", "sum", "min", "max"]

_EXACT: Final = Context(prec=400, traps=[Inexact])
_ZERO: Final = Decimal(0)
_NO_CURRENCY: Final = {True: None, False: ""}
_ONE_DAY: Final = timedelta(days=1)


class Found(NamedTuple):
    """What an engine found of a day and group, and of some values.

    Attributes:
        day: The ordinal of the day.
        group: The values of the dimensions.
        values: The values by which it is told apart.
        n: How many rows there are.
        number: The sum, or the least or largest value, that was asked for.
    """

    day: int
    group: tuple[Any, ...]
    values: tuple[Any, ...]
    n: int
    number: Any


@attrs.frozen(kw_only=True)
class Keyed:
    """A question that groups by more than the day and the dimensions.

    Attributes:
        by: The columns by which it groups besides.
        of: The column without which a row says nothing.
        number: The column that is summed, or of which the least or largest value is taken.
        how: Which of these.
        cells: Makes cells of what was found.
    """

    by: tuple[str, ...]
    of: str
    number: str | None = None
    how: How = "sum"
    cells: Callable[[Found], Cells]


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
            keyed=Keyed(by=(currency,), of=column, cells=lambda found: [found.n, 0, *found.values]),
        )
    return Wanted(
        plain=((column, "count"), (column, "missing")),
        cells=lambda found: [*found, _NO_CURRENCY[need.number and found[0] > 0]],
    )


def _total(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    return Wanted(plain=((x, "sum"),), cells=lambda found: [0, found[0] or _ZERO])


def _extremes(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    return Wanted(plain=((x, "min"), (x, "max")))


def _by_number(need: State, columns: Columns, cells: Callable[[Decimal, int], Cells]) -> Wanted:
    x = columns.number(need.field)
    return Wanted(keyed=Keyed(by=(x,), of=x, cells=lambda found: cells(found.values[0], found.n)))


def _squares(need: State, columns: Columns, _: str) -> Wanted:
    def cells(x: Decimal, n: int) -> Cells:
        return [0, _EXACT.multiply(_EXACT.multiply(x, x), Decimal(n))]

    return _by_number(need, columns, cells)


def _spread(need: State, columns: Columns, _: str) -> Wanted:
    return _by_number(need, columns, lambda x, n: [{x: n}])


def _seen(need: State, columns: Columns, _: str) -> Wanted:
    value = columns.value(need.field)
    return Wanted(keyed=Keyed(by=(value,), of=value, cells=lambda found: [set(found.values)]))


def _spans(need: State, columns: Columns, _: str) -> Wanted:
    x, until = columns.number(need.field), columns.day(need.until)

    def cells(found: Found) -> Cells:
        end: date | None = found.values[0]
        return [{None if end is None else end.toordinal(): (found.n, found.number)}]

    return Wanted(keyed=Keyed(by=(until,), of=x, number=x, cells=cells))


def _ends(need: State, columns: Columns, _: str) -> Wanted:
    x = columns.number(need.field)
    by = (columns.value(need.at), columns.value(need.tie), x)
    return Wanted(keyed=Keyed(by=by, of=x, cells=lambda found: [found.values, found.values]))


def _of_entities(keep: Callable[[Found], Any]) -> Callable[[Found], Cells]:
    """Return what makes cells of an entity, which comes first among the values."""

    def cells(found: Found) -> Cells:
        entity = found.values[0]
        return [{}, found.n] if entity is None else [{entity: keep(found)}, 0]

    return cells


def _holdings(need: State, columns: Columns, _: str) -> Wanted:
    x, entity = columns.number(need.field), columns.value(need.entity)
    cells = _of_entities(lambda found: found.number)
    return Wanted(keyed=Keyed(by=(entity,), of=x, number=x, cells=cells))


def _balances(need: State, columns: Columns, moment: str) -> Wanted:
    x, entity = columns.number(need.field), columns.value(need.entity)
    if need.take == "mean":
        cells = _of_entities(lambda found: (found.n, found.number))
        return Wanted(keyed=Keyed(by=(entity,), of=x, number=x, cells=cells))
    how: How = "max" if need.take == "last" else "min"
    cells = _of_entities(lambda found: (found.values[1], found.number))
    return Wanted(keyed=Keyed(by=(entity, moment), of=x, number=x, how=how, cells=cells))


def _marks(need: State, columns: Columns, _: str) -> Wanted:
    x, entity = columns.number(need.field), columns.value(need.entity)
    cells = _of_entities(lambda found: (found.values[1],) * found.n)
    return Wanted(keyed=Keyed(by=(entity, x), of=x, cells=cells))


def _without_trail(found: Sequence[Any]) -> Cells:
    return [found[0], {}]


def _firsts(need: State, columns: Columns, moment: str) -> Wanted:
    entity = columns.value(need.entity)

    def cells(found: Found) -> Cells:
        return [0, {found.values[0]: (found.day, aware(found.number), found.group)}]

    keyed = Keyed(by=(entity,), of=entity, number=moment, how="min", cells=cells)
    return Wanted(plain=((entity, "missing"),), cells=_without_trail, keyed=keyed)


def _events(need: State, columns: Columns, moment: str) -> Wanted:
    entity = columns.value(need.entity)

    def cells(found: Found) -> Cells:
        who, when = found.values
        return [0, {who: [(found.day, when, found.group)] * found.n}]

    keyed = Keyed(by=(entity, moment), of=entity, cells=cells)
    return Wanted(plain=((entity, "missing"),), cells=_without_trail, keyed=keyed)


def _peers(need: State, columns: Columns, moment: str) -> Wanted:
    x, entity = columns.number(need.field), columns.value(need.entity)

    def cells(found: Found) -> Cells:
        who, when, value = found.values
        return [found.n, {}] if who is None else [0, {who: [(found.day, when, value)]}]

    keyed = Keyed(by=(entity, moment, x), of=x, cells=cells)
    return Wanted(plain=((x, "missing"),), cells=_without_trail, keyed=keyed)


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
