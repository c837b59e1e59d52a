"""One pass over plain data, which ends with a criterion or with all that is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.criteria import EVERYTHING, Criterion, Predicates, Schema, as_of, named
from crmcore.errors import CrmError, Fault, FaultsError, UnknownNameError

from ._forms import (
    ABSENT,
    CALLED_OTHERWISE,
    CONSTANTS,
    DATE,
    DATETIME,
    DAYS,
    DECIMAL,
    GROUPS,
    LEAVES,
    TERMS,
    Form,
    Shape,
)
from ._limits import Limits
from ._refusal import RefusedError, TooLargeError, at, refused
from ._shown import shown
from ._written import parsed, within

_OPERANDS: Final = {**TERMS, **CONSTANTS, **DAYS}
_CALCULATED: Final = [form for name, form in TERMS.items() if name != "field"]
_OPERATORS: Final = {*GROUPS, *LEAVES, "named", "call"}
# A call has the name, the arguments, and the version if it is held to one.
_CALLS: Final = (2, 3)
_SCALARS: Final = (bool, int, float, Decimal, str, date)
_BITS: Final = 128
_UNITS: Final = frozenset({"days", "months"})
_EXAMPLE: Final = "{'gt': [{'field': 'days_since_last'}, 90]}"
_LONGEST_CONSTANT: Final = 64


@attrs.frozen
class _Definition:
    """What a name stands for, and how large that is."""

    criterion: Criterion
    nodes: int = 0
    depth: int = 0


@attrs.define(kw_only=True)
class Reader:
    """One pass over the data.

    After a fault it goes on with a criterion that takes the place of the faulty part, so that
    all faults are found; none of the criteria built then ever leaves the room.

    Attributes:
        limits: How much the data may ask for.
        schema: The fields that it may read.
        where: The definitions of the document, not yet read.
        where_path: Where they stand.
        known: The definitions that the document may refer to beside its own.
        predicates: The plugin predicates that it may ask.
        faults: What was wrong so far.
        nodes: How many parts were read so far.
        deepest: How deep they were nested.
    """

    limits: Limits
    schema: Schema | None
    where: Mapping[Any, object]
    where_path: str
    known: Mapping[str, Criterion]
    predicates: Predicates
    faults: list[Fault] = attrs.field(factory=list)
    nodes: int = 0
    deepest: int = 0
    _read: dict[str, _Definition] = attrs.field(factory=dict, init=False)
    _open: list[str] = attrs.field(factory=list, init=False)

    def criterion(self, data: object, path: str, depth: int) -> Criterion:
        """Return the criterion that data describes, or another one after a fault.

        Raises:
            TooLargeError: If there is too much of it.
        """
        if isinstance(data, str):
            return self._written(data, path, depth)
        try:
            op, argument = _single(data, path, "a criterion", "operator", _OPERATORS)
            self._enter(path, depth)
            return self._of(op, argument, at(path, op), depth)
        except TooLargeError:
            raise
        except RefusedError as error:
            self.faults.append(error.fault)
            return EVERYTHING

    def _written(self, text: str, path: str, depth: int) -> Criterion:
        """Return the criterion that text says where data could stand."""
        try:
            part = parsed(text, path, self.limits)
        except RefusedError as error:
            self.faults.append(error.fault)
            return EVERYTHING
        before = len(self.faults)
        criterion = self.criterion(part.data, path, depth)
        self.faults[before:] = within(self.faults[before:], part, path, text)
        return criterion

    def unused(self) -> Iterator[Fault]:
        """Yield a fault for each definition that nothing refers to."""
        for name in self.where:
            if name not in self._read:
                path = at(self.where_path, name if isinstance(name, str) else shown(name))
                yield Fault(path, "is not used; refer to it by its name, or leave it out")

    def _of(self, op: str, argument: object, path: str, depth: int) -> Criterion:
        if op == "named":
            return self._named(argument, path, depth)
        if op == "call":
            return self._typed(self._asked(argument, path, depth), path, op)
        if op in GROUPS:
            group: Criterion = self._made(GROUPS[op], argument, path, depth)
            return group
        return self._typed(self._made(LEAVES[op], argument, path, depth), path, op)

    def _typed(self, criterion: Criterion, path: str, op: str) -> Criterion:
        if self.schema is not None:
            criterion = self.schema.fit(criterion)
            for fault in self.schema.faults(criterion):
                inside = fault.path.removeprefix(op) if fault.path.startswith(f"{op}.") else ""
                self.faults.append(Fault(path + inside, fault.problem))
        return criterion

    def _enter(self, path: str, depth: int, *, nodes: int = 1, more: int = 0) -> None:
        """Count some parts, of which the deepest is *more* below *depth*."""
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            rule = f"have at most {self.limits.nodes} parts in all"
            raise TooLargeError(Fault(path or "criterion", f"a criterion must {rule}"))
        if depth + more > self.limits.depth:
            rule = f"be nested at most {self.limits.depth} deep"
            raise RefusedError(Fault(path or "criterion", f"a criterion must {rule}"))
        self.deepest = max(self.deepest, depth + more)

    def _made(self, form: Form, argument: object, path: str, depth: int) -> Any:  # noqa: ANN401
        if len(form.shapes) == 1:
            parts = [_SHAPES[form.shapes[0]](self, argument, path, depth)]
        else:
            if not isinstance(argument, list | tuple) or len(argument) != len(form.shapes):
                raise RefusedError(refused(path, "it", f"be a list of {form.takes}", argument))
            parts = [
                _SHAPES[shape](self, part, f"{path}[{place}]", depth)
                for place, (shape, part) in enumerate(zip(form.shapes, argument, strict=True))
            ]
        try:
            return form.make(*parts)
        except CrmError as error:
            raise RefusedError(Fault(path, str(error))) from None
        except ValueError:  # a day that no month has
            raise RefusedError(refused(path, "it", f"be {form.takes}", argument)) from None

    def criteria(self, data: object, path: str, depth: int) -> list[Criterion]:
        if not isinstance(data, list | tuple):
            raise RefusedError(refused(path, "it", "be a list of criteria", data))
        return [
            self.criterion(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(data)
        ]

    def part(self, data: object, path: str, depth: int) -> Criterion:
        return self.criterion(data, path, depth + 1)

    def _named(self, name: object, path: str, depth: int) -> Criterion:
        name = self.text(name, path, depth)
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            raise RefusedError(Fault(path, f"names refer to each other in a circle: {circle}"))
        if name in self._read:
            found = self._read[name]
            self._enter(path, depth, nodes=found.nodes, more=found.depth)
        else:
            self._read[name] = found = self._definition(name, path, depth)
        try:
            return named(name, found.criterion)
        except CrmError as error:
            raise RefusedError(Fault(path, str(error))) from None

    def _asked(self, argument: object, path: str, depth: int) -> Criterion:
        if not isinstance(argument, list | tuple) or len(argument) not in _CALLS:
            rule = "be a list of the name of a predicate, its arguments, and perhaps its version"
            raise RefusedError(refused(path, "it", rule, argument))
        places = [f"{path}[{place}]" for place in range(len(argument))]
        name = self.text(argument[0], places[0], depth)
        given = argument[1]
        if not isinstance(given, Mapping) or len(given) > self.limits.nodes:
            raise RefusedError(refused(places[1], "it", "be a table of arguments", given))
        arguments = {
            self.text(key, places[1], depth): self.constant(value, at(places[1], key), depth)
            for key, value in given.items()
        }
        versions = [self.text(each, places[2], depth) for each in argument[2:]]
        try:
            return self.predicates.asked(name, arguments, version=next(iter(versions), None))
        except FaultsError as error:
            problem = "; ".join(fault.problem for fault in error.faults)
        except CrmError as error:
            problem = str(error)
        raise RefusedError(Fault(path, problem))

    def _definition(self, name: str, path: str, depth: int) -> _Definition:
        if name not in self.where:
            return self._known(name, path, depth)
        nodes, deepest = self.nodes, self.deepest
        self.deepest = depth
        self._open.append(name)
        criterion = self.criterion(self.where[name], at(self.where_path, name), depth + 1)
        self._open.pop()
        found = _Definition(criterion, self.nodes - nodes, self.deepest - depth)
        self.deepest = max(deepest, self.deepest)
        return found

    def _known(self, name: str, path: str, depth: int) -> _Definition:
        if name not in self.known:
            known = [*self.known, *filter(is_text, self.where)]
            raise RefusedError(Fault(path, str(UnknownNameError("name", name, known))))
        criterion = self.known[name]
        size = criterion.size
        self._enter(path, depth, nodes=size.nodes, more=size.depth)
        return _Definition(self._typed(criterion, path, ""), size.nodes, size.depth)

    def term(self, data: object, path: str, depth: int) -> Any:  # noqa: ANN401 - what F makes
        if not isinstance(data, Mapping):
            rule = "be written as {'field': 'days_since_last'}"
            raise RefusedError(refused(path, "a field", rule, data))
        return self._operand(data, path, depth, TERMS)

    def field(self, data: object, path: str, depth: int) -> Any:  # noqa: ANN401 - what F makes
        if not isinstance(data, Mapping) or "field" not in data:
            rule = "be written as {'field': 'tags'}"
            raise RefusedError(refused(path, "a field", rule, data))
        return self.term(data, path, depth)

    def value(self, data: object, path: str, depth: int) -> Any:  # noqa: ANN401 - of any kind
        if isinstance(data, Mapping):
            return self._operand(data, path, depth, _OPERANDS)
        return self.constant(data, path, depth)

    def day(self, data: object, path: str, depth: int) -> Any:  # noqa: ANN401 - a moved as_of
        return self._operand(data, path, depth, {"param": DAYS["param"]})

    def _operand(self, data: object, path: str, depth: int, known: Mapping[str, Form]) -> Any:  # noqa: ANN401 - of any kind
        kind, argument = _single(data, path, "an operand", "kind of operand", known)
        path, form = at(path, kind), known[kind]
        if form in _CALCULATED:
            depth += 1
            self._enter(path, depth)
        return self._made(form, argument, path, depth)

    def constant(self, data: object, path: str, depth: int) -> Any:  # noqa: ANN401 - of any kind
        if isinstance(data, Mapping):
            return self._operand(data, path, depth, CONSTANTS)
        if not isinstance(data, _SCALARS):
            rule = "be a number, text, yes or no, a date or a datetime"
            if data is None:
                rule += "; what is missing is asked for with is_null"
            raise RefusedError(refused(path, "a constant", rule, data))
        if isinstance(data, str) and len(data) > self.limits.text:
            rule = f"have at most {self.limits.text} characters"
            raise RefusedError(refused(path, "a text", rule, data))
        if _digits(data) > self.limits.digits:
            rule = f"have at most {self.limits.digits} digits"
            raise RefusedError(refused(path, "a number", rule, data))
        # Exact numbers are written as {"decimal": "1.5"}; a bare one is exact only where the
        # text was read so, and what it stands for is then a matter of the field it meets.
        if isinstance(data, Decimal) and data.is_finite() and self.schema is None:
            return float(data)
        return data

    def constants(self, data: object, path: str, depth: int) -> list[Any]:
        if not isinstance(data, list | tuple) or len(data) > self.limits.values:
            rule = f"be a list of at most {self.limits.values} values"
            raise RefusedError(refused(path, "it", rule, data))
        return [self.constant(item, f"{path}[{place}]", depth) for place, item in enumerate(data)]

    def text(self, data: object, path: str, depth: int) -> str:
        if not isinstance(data, str) or not data:
            raise RefusedError(refused(path, "it", "be text that is not empty", data))
        text: str = self.constant(data, path, depth)
        return text

    def name(self, data: object, path: str, depth: int) -> str:
        """Return the name of a field."""
        name = self.text(data, path, depth)
        if self.schema is not None and name not in self.schema:
            unknown = UnknownNameError("field", name, self.schema.names)
            raise RefusedError(Fault(path, str(unknown)))
        return name

    def decimal(self, data: object, path: str, depth: int) -> str:
        """Return an exact number as text."""
        rule = f"a decimal number as text, of at most {self.limits.digits} digits"
        text: str = _written(DECIMAL, rule)(self, data, path, depth)
        if _digits(Decimal(text)) > self.limits.digits:
            raise RefusedError(refused(path, "it", f"be {rule}", data))
        return text


def is_text(data: object) -> bool:
    """Say whether data is text."""
    return isinstance(data, str)


def _single(
    data: object, path: str, what: str, kind: str, known: Collection[str]
) -> tuple[str, Any]:
    """Return the only key of a mapping, which must be a known one, and its value."""
    if not isinstance(data, Mapping) or len(data) != 1:
        raise RefusedError(refused(path, what, f"have one {kind}, as in {_EXAMPLE}", data))
    ((key, value),) = data.items()
    if isinstance(key, str) and key in known:
        return key, value
    name = shown(key).strip("'")
    if CALLED_OTHERWISE.get(name) in known:
        problem = f"unknown {kind} {name!r}; write {CALLED_OTHERWISE[name]}"
    elif name in ABSENT:
        problem = f"unknown {kind} {name!r}; {ABSENT[name]}"
    else:
        problem = str(UnknownNameError(kind, name, known))
    raise RefusedError(Fault(path or "criterion", problem))


def _digits(data: object) -> int:
    if isinstance(data, Decimal):
        return len(data.as_tuple().digits)
    if isinstance(data, int):
        # A number of many bits may have a million digits, which would take long to count.
        few = data.bit_length() <= _BITS
        return len(str(abs(data))) if few else int(data.bit_length() * math.log10(2))
    return 0


def _parameter(_: Reader, data: object, path: str, __: int) -> Any:  # noqa: ANN401 - as_of
    if data != "as_of":
        unknown = UnknownNameError("parameter", shown(data).strip("'"), ["as_of"])
        raise RefusedError(Fault(path, str(unknown)))
    return as_of


def _by(_: Reader, data: object, path: str, __: int) -> Mapping[str, int]:
    if (
        not isinstance(data, Mapping)
        or not 1 <= len(data) <= len(_UNITS)
        or not _UNITS.issuperset(data)
        or not all(type(count) is int for count in data.values())
    ):
        rule = "move as_of by whole days or months, as in {'days': -90}"
        raise RefusedError(refused(path, "a shift", rule, data))
    return data


def _written(pattern: str, what: str) -> Callable[[Reader, object, str, int], str]:
    def read(_: Reader, data: object, path: str, __: int) -> str:
        if (
            not isinstance(data, str)
            or len(data) > _LONGEST_CONSTANT
            or not re.fullmatch(pattern, data)
        ):
            raise RefusedError(refused(path, "it", f"be {what}", data))
        return data

    return read


# What reads each shape; the JSON Schema has a table with the same keys.
_SHAPES: Final[Mapping[Shape, Callable[[Reader, Any, str, int], Any]]] = {
    Shape.CRITERION: Reader.part,
    Shape.CRITERIA: Reader.criteria,
    Shape.TERM: Reader.term,
    Shape.FIELD: Reader.field,
    Shape.VALUE: Reader.value,
    Shape.DAY: Reader.day,
    Shape.CONSTANTS: Reader.constants,
    Shape.TEXT: Reader.text,
    Shape.NAME: Reader.name,
    Shape.PARAMETER: _parameter,
    Shape.SHIFT: _by,
    Shape.DECIMAL: Reader.decimal,
    Shape.DATE: _written(DATE, "a date such as 2026-09-30"),
    Shape.DATETIME: _written(DATETIME, "a datetime such as 2026-09-30T12:00:00+00:00"),
}
