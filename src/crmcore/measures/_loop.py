"""The loop over the records of a source, written for the states that want them.

It is one function, compiled once, that reads each field and asks each criterion once for all
measures. The source is made of fixed text, of names of fields that were checked to be
identifiers, and of numbered variables to which everything else is bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from keyword import iskeyword
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Money

from ._cases import Cases, Store
from ._clock import Clock
from ._fields import no_key, no_order, reader, when
from ._measure import is_name_of_a_field
from ._numbers import EXACT, ZERO, number, plain_number
from ._slots import Key, Slots, is_nan, one_currency
from ._table import Group
from ._trails import Trail, comes_first

Reading: TypeAlias = "str | Callable[[Any], Any]"
Loop: TypeAlias = Callable[[Iterable[Any]], None]

_AMOUNT: Final = ".amount"
_STEP: Final = "    "

_ALWAYS_THERE: Final[Mapping[str, Any]] = {
    "Decimal": Decimal,
    "Money": Money,
    "UTC": UTC,
    "ZERO": ZERO,
    "add": EXACT.add,
    "comes_first": comes_first,
    "datetime": datetime,
    "fma": EXACT.fma,
    "no_key": no_key,
    "no_order": no_order,
    "number": number,
    "one_currency": one_currency,
    "plain_number": plain_number,
    "when": when,
}


@attrs.define(kw_only=True)
class Held:
    """What is kept of one source.

    Attributes:
        rows: The rows of cells by group and day.
        trails: Those of entities, by the place of their cell in a row.
        stores: Those of cases.
        is_spoilt: Whether a record was refused in the middle, of which some was counted.
    """

    rows: dict[Group, dict[int, list[Any]]] = attrs.field(factory=dict)
    trails: dict[int, Trail] = attrs.field(factory=dict)
    stores: tuple[Store, ...] = ()
    is_spoilt: bool = False


def _is_reading(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Want names of fields, which become part of the loop, or functions."""
    for reading in value if isinstance(value, tuple) else (value,):
        if not (reading is None or callable(reading) or is_name_of_a_field(reading)):
            rule = "be the name of a field, such as channel, or a function that reads a record"
            raise InvalidValueError(attribute.name, reading, rule)


@attrs.frozen(kw_only=True)
class Plan:
    """What is kept of a source, and how its records are read.

    Attributes:
        slots: The states of days, each with the place of its first cell in a row.
        cases: The states of cases.
        day: What tells the day of a record; None where no state asks for it.
        by: What tells its group.
    """

    slots: tuple[tuple[Slots, int], ...]
    cases: tuple[Cases, ...]
    day: Reading | None = attrs.field(validator=_is_reading)
    by: tuple[Reading | None, ...] = attrs.field(validator=_is_reading)

    @classmethod
    def of(
        cls,
        needs: Iterable[Slots | Cases],
        *,
        day: Reading | None,
        by: tuple[Reading | None, ...],
    ) -> Plan:
        """Return the plan that gives each state its place."""
        at, slots = 0, []
        cases = []
        for need in needs:
            if isinstance(need, Cases):
                cases.append(need)
            else:
                slots.append((need, at))
                at += len(need.fresh)
        return cls(slots=tuple(slots), cases=tuple(cases), day=day, by=by)

    @property
    def fresh(self) -> str:
        """The expression of a row in which nothing was counted."""
        return f"[{', '.join(cell for slots, _ in self.slots for cell in slots.fresh)}]"

    def new_row(self) -> Callable[[], list[Any]]:
        """Return the function that makes such a row."""
        made: Callable[[], list[Any]] = eval(f"lambda: {self.fresh}", {"ZERO": ZERO})  # noqa: S307 - of fixed text
        return made


class _Writer:
    """Writes the loop of a plan."""

    def __init__(self, plan: Plan, held: Held, clock: Clock) -> None:
        self.plan = plan
        self.held = held
        self.clock = clock
        self.bound: dict[str, Any] = {**_ALWAYS_THERE, "held": held}
        self.names: dict[Key, str] = {}
        self.wheres: dict[Criterion, str] = {}
        self.already: set[Key] = set()

    def name(self, key: Key) -> str:
        return self.names.setdefault(key, f"v{len(self.names)}")

    def take(self, where: Criterion | None) -> str | None:
        """Return the variable that says whether a criterion holds."""
        return None if where is None else self.wheres.setdefault(where, f"f{len(self.wheres)}")

    def read(self, key: Key) -> Iterator[str]:
        """Yield the statements that read a field, unless every record's is read already."""
        if key in self.already:
            return
        name, path = self.name(key), key.path
        self.bound[f"read_{name}"] = reader(path)
        # Of a mapping, record.items is no field; and record.from is no Python.
        if any(hasattr(dict, step) or iskeyword(step) for step in path.split(".")):
            yield f"{name} = read_{name}(record)"
            return
        is_amount = key.is_number and path.endswith(_AMOUNT)
        direct = path.removesuffix(_AMOUNT) if is_amount else path
        yield "try:"
        yield f"{_STEP}{name} = record.{direct}"
        if is_amount:  # of money, the currency is wanted as well
            yield f"{_STEP}if {name}.__class__ is not Money: {name} = read_{name}(record)"
        yield "except AttributeError:"
        yield f"{_STEP}{name} = read_{name}(record)"

    def convert(self, key: Key) -> Iterator[str]:
        """Yield the statements that make an exact number of a field."""
        v = self.name(key)
        yield f"kind = {v}.__class__"
        yield f"if kind is Money: x_{v} = {v}.amount; c_{v} = {v}.currency"
        yield f"elif kind is int or kind is Decimal and {v}.is_finite(): x_{v} = {v}; c_{v} = None"
        yield f"else: x_{v} = number({v}, {key.path!r}); c_{v} = None"

    def group(self) -> Iterator[str]:
        """Yield the statements that tell the group."""
        parts = []
        for place, by in enumerate(self.plan.by):
            if by is None:
                parts.append("None")
            elif isinstance(by, str):
                parts.append(self.name(Key(by)))
                yield from self.read(Key(by))
                self.already.add(Key(by))
            else:
                self.bound[f"by{place}"] = by
                parts.append(f"g{place}")
                yield f"g{place} = by{place}(record)"
            if by is not None:  # not a number is nothing
                yield f"if {is_nan(parts[-1])}: {parts[-1]} = None"
        yield f"group = ({''.join(f'{part}, ' for part in parts)})"
        if parts and (self.held.trails or self.plan.cases):  # which keep it for each event
            known: dict[Group, Group] = {}
            self.bound["the_same"] = known.setdefault
            yield "try: group = the_same(group, group)"
            yield "except TypeError: raise no_key('by', group) from None"

    def day(self) -> Iterator[str]:
        """Yield the statements that tell the day, and go on where there is none."""
        day = self.plan.day
        if isinstance(day, str):
            key = Key(day)
            yield from self.read(key)
            self.already.add(key)
            yield f"moment = {self.name(key)}"
        else:
            self.bound["moment_of"] = day
            yield "moment = moment_of(record)"
        self.bound |= {"hours": self.clock.hours, "day_of": self.clock.day}
        path = repr(day if isinstance(day, str) else "day")
        yield "if moment.__class__ is datetime and moment.tzinfo is UTC:"
        hour = "moment.toordinal() * 24 + moment.hour"
        yield f"{_STEP}day = hours.get({hour}) or day_of(moment, {path})"
        yield "else:"
        yield f"{_STEP}day = day_of(moment, {path})"
        yield f"{_STEP}if day is None: continue"
        yield f"{_STEP}if isinstance(moment, datetime): moment = moment.astimezone(UTC)"

    def row(self) -> Iterator[str]:
        """Yield the statements that find the row."""
        self.bound["rows"] = self.held.rows
        if self.plan.by:
            yield "try: days = rows.get(group)"
            yield "except TypeError: raise no_key('by', group) from None"
            yield "if days is None: days = rows[group] = {}"
        yield "row = days.get(day)"
        yield f"if row is None: row = days[day] = {self.plan.fresh}"

    def cases(self) -> Iterator[str]:
        """Yield the statements that hand cases to their states."""
        for place, need in enumerate(self.plan.cases):
            self.bound[f"take{place}"] = need.taker(self.held.stores[place], self.clock)
            taken = self.take(need.where)
            reads = [line for path in need.fields for line in self.read(Key(path))]
            arguments = ", ".join(("group", *(self.name(Key(path)) for path in need.fields)))
            yield from _inside(taken, (*reads, f"take{place}({arguments})"))

    def slots(self) -> Iterator[str]:
        """Yield the statements that change the cells of the row."""
        by_where: dict[Criterion | None, dict[Key | None, list[tuple[Slots, int]]]] = {}
        for need, at in self.plan.slots:
            by_where.setdefault(need.where, {}).setdefault(need.main, []).append((need, at))
            if at in self.held.trails:
                self.bound[f"trail{at}"] = self.held.trails[at]
        # What every record is asked for comes first, and is read once.
        for where in sorted(by_where, key=lambda where: where is not None):
            lines: list[str] = []
            for main, needs in by_where[where].items():
                lines += self.about(main, needs)
                if where is None and main is not None:
                    self.already.add(main)
            yield from _inside(self.take(where), lines)

    def about(self, main: Key | None, needs: Sequence[tuple[Slots, int]]) -> Iterator[str]:
        """Yield the statements of all states about one field."""
        if main is None:
            yield from (line for need, at in needs for line in need.lines(at, self.names))
            return
        yield from self.read(main)
        missing = [line for need, at in needs for line in need.lines_where_missing(at)]
        v = self.name(main)
        is_missing = f"{v} is None" if main.is_number else f"{v} is None or {is_nan(v)}"
        yield from _inside(is_missing, missing or ["pass"])
        there = list(self.convert(main)) if main.is_number else []
        seen: set[Key] = set()
        for need, at in needs:
            for key in need.further:
                self.name(key)
                if key not in seen:
                    there += self.read(key)
                    seen.add(key)
            there += need.lines(at, self.names)
        yield "else:"
        yield from (f"{_STEP}{line}" for line in there)

    def judge(self) -> Iterator[str]:
        """Yield the statement that asks all criteria at once, now that they are known."""
        if self.wheres:
            self.bound["judge"] = _judge(tuple(self.wheres))
            yield f"{', '.join(self.wheres.values())}, = judge(record)"

    def source(self) -> str:
        """Return the text of a function that makes the loop."""
        counts_days = bool(self.plan.slots)
        body = [*self.group(), *self.cases()]
        rest = [*self.day(), *self.row(), *self.slots()] if counts_days else []
        judge = list(self.judge())
        before = []
        if counts_days and not self.plan.by:
            before = ["days = rows.setdefault((), {})"]
        lines = [
            f"def make({', '.join(self.bound)}, **_):",
            *_in(1, ["def loop(records):"]),
            *_in(2, before),
            *_in(2, ["for record in records:"]),
            *_in(3, ["try:"]),
            *_in(4, [*judge, *body, *rest]),
            *_in(3, ["except BaseException: held.is_spoilt = True; raise"]),
            *_in(1, ["return loop"]),
        ]
        return "\n".join(lines)

    def loop(self) -> Loop:
        source = self.source()
        namespace: dict[str, Any] = {}
        exec(source, namespace)  # noqa: S102 - generated from checked names, see above
        made: Loop = namespace["make"](**self.bound)
        return made


def _in(deep: int, lines: Iterable[str]) -> Iterator[str]:
    return (f"{_STEP * deep}{line}" for line in lines)


def _inside(condition: str | None, lines: Sequence[str]) -> Iterator[str]:
    if condition is None:
        yield from lines
        return
    yield f"if {condition}:"
    yield from _in(1, lines)


def _judge(wheres: tuple[Criterion, ...]) -> Callable[[Any], tuple[bool, ...]]:
    """Return the function that says of a record which criteria hold."""
    compiler = Criterion.compiler(as_of=date.min)  # none of them asks for the day
    pairs = [where.embed(compiler) for where in wheres]

    def exactly(record: object) -> tuple[bool, ...]:
        return tuple(where.holds(record) for where in wheres)

    body = [f"return ({''.join(f'{pair.yes}, ' for pair in pairs)})"]
    return compiler.function(body, by_key=False, otherwise=exactly, all_settled=False)


def loop_of(plan: Plan, held: Held, clock: Clock) -> Loop:
    """Return the function that takes the records of a source into account."""
    return _Writer(plan, held, clock).loop()
