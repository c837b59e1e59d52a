"""Reading criteria from plain data: what JSON and TOML give."""

from __future__ import annotations

import operator
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, all_of, any_of, as_of, unless
from crmcore.errors import CrmError, Fault, FaultsError, UnknownNameError

from ._to_data import ENVELOPE, VERSION

MOST_DEPTH: Final = 16
MOST_NODES: Final = 256
MOST_VALUES: Final = 1000
_MIRRORED: Final = {
    "eq": "eq",
    "ne": "ne",
    "lt": "gt",
    "gt": "lt",
    "le": "ge",
    "ge": "le",
}
_EXAMPLE: Final = "{'gt': [{'field': 'days_since_last'}, 90]}"


def from_data(data: object, *, schema: Schema | None = None, path: str = "") -> Criterion:
    """Return the criterion that plain data describes.

    Args:
        data: What `to_data` gives, or only the expression in it.
        schema: The fields that it may read; without it, types are not checked.
        path: Where the data stands in a larger input, to begin the path of each fault.

    Raises:
        FaultsError: With everything that is wrong with it, each with its path.

    .. versionadded:: 0.1.0
    """
    reading = _Reading()
    expression, place = reading.unwrapped(data, path)
    criterion = reading.criterion(expression, place, depth=1)
    if schema is not None and not reading.faults:
        reading.faults.extend(schema.faults(criterion, path=place))
    if reading.faults:
        raise FaultsError("criterion", reading.faults)
    return criterion


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


class _RefusedError(CrmError):
    """A part of the data is refused."""


def _refused(what: str, rule: str, found: object) -> _RefusedError:
    return _RefusedError(f"{what} must {rule} (got {reprlib.repr(found)})")


@attrs.define
class _Reading:
    """One pass over the data.

    After a fault it goes on with a criterion that takes the place of the faulty part, so that
    all faults are found; none of the criteria built then ever leaves it.
    """

    faults: list[Fault] = attrs.field(factory=list)
    nodes: int = 0

    def unwrapped(self, data: object, path: str) -> tuple[object, str]:
        if not isinstance(data, Mapping) or ENVELOPE not in data:
            return data, path
        if data[ENVELOPE] != VERSION or set(data) != {ENVELOPE, "expr"}:
            rule = f"have version {VERSION} and nothing but 'expr' beside it"
            self._fault(path, str(_refused(ENVELOPE, rule, dict(data))))
        return data.get("expr"), _at(path, "expr")

    def _fault(self, path: str, problem: str) -> None:
        self.faults.append(Fault(path or "criterion", problem))

    def criterion(self, data: object, path: str, *, depth: int) -> Criterion:
        self.nodes += 1
        try:
            op, argument = _single(data, "a criterion", "operator", _OPERATORS)
            if depth > MOST_DEPTH:
                raise _refused("a criterion", f"be nested at most {MOST_DEPTH} deep", op)
        except (_RefusedError, UnknownNameError) as error:
            self._fault(path, str(error))
            return EVERYTHING
        path = _at(path, op)
        if op in _GROUPS:
            return _GROUPS[op](*self._parts(argument, path, depth + 1))
        if op in _COMPLEMENTS:
            return _COMPLEMENTS[op](self.criterion(argument, path, depth=depth + 1))
        try:
            return _LEAVES[op](op, argument)
        except CrmError as error:
            self._fault(path, str(error))
            return EVERYTHING

    def _parts(self, argument: object, path: str, depth: int) -> tuple[Criterion, ...]:
        if not isinstance(argument, list | tuple):
            self._fault(path, str(_refused("it", "be a list of criteria", argument)))
            return ()
        if self.nodes + len(argument) > MOST_NODES:
            rule = f"have at most {MOST_NODES} parts in all"
            self._fault(path, f"a criterion must {rule} (got {len(argument)} more here)")
            return ()
        return tuple(
            self.criterion(item, f"{path}[{place}]", depth=depth)
            for place, item in enumerate(argument)
        )


def _single(data: object, what: str, kind: str, known: Iterable[str]) -> tuple[str, Any]:
    """Return the only key of a mapping, which must be a known one, and its value."""
    if not isinstance(data, Mapping) or len(data) != 1:
        raise _refused(what, f"have one {kind}, as in {_EXAMPLE}", data)
    ((key, value),) = data.items()
    if key not in known:
        raise UnknownNameError(kind, reprlib.repr(key).strip("'"), known)
    return str(key), value


def _arguments(argument: object, names: str) -> Sequence[Any]:
    count = names.count(",") + 1
    if not isinstance(argument, list | tuple) or len(argument) != count:
        raise _refused("it", f"be a list of {names}", argument)
    return argument


def _operand(data: object) -> Any:  # noqa: ANN401 - a field, a day or a constant
    if not isinstance(data, Mapping):
        return data
    kind, value = _single(data, "an operand", "kind of operand", _OPERANDS)
    return _OPERANDS[kind](value)


def _field(data: object) -> Any:  # noqa: ANN401 - whatever F makes
    if not isinstance(data, Mapping):
        raise _refused("a field", "be written as {'field': 'days_since_last'}", data)
    _, name = _single(data, "a field", "kind of operand", ["field"])
    return F(name)


def _constant(data: object) -> object:
    operand = _operand(data)
    if isinstance(operand, _FIELD | _DAY):
        raise _refused("it", "be a constant", data)
    return operand


def _parsed(parse: Callable[[str], object], what: str) -> Callable[[object], object]:
    def read(value: object) -> object:
        try:
            return parse(str(value))
        except (ValueError, ArithmeticError):
            raise _refused("a constant", f"be {what}", value) from None

    return read


def _parameter(value: object) -> object:
    if value != "as_of":
        raise UnknownNameError("parameter", reprlib.repr(value).strip("'"), ["as_of"])
    return as_of


def _shift(value: object) -> object:
    day, by = _arguments(value, "{'param': 'as_of'}, {'days': -90}")
    start = _operand(day)
    units = {"days", "months"}
    if (
        not isinstance(start, _DAY)
        or not isinstance(by, Mapping)
        or not units.issuperset(by)
        or not all(type(count) is int for count in by.values())
    ):
        raise _refused("a shift", "move as_of by whole days or months", value)
    return start.shift(**by)


def _compare(op: Any, argument: object) -> Criterion:  # noqa: ANN401 - a key of the table below
    left, right = map(_operand, _arguments(argument, "a field, a value"))
    if not isinstance(left, _FIELD):
        op, left, right = _MIRRORED[op], right, left
    if not isinstance(left, _FIELD):
        raise _refused("a comparison", "have a field on one side", argument)
    criterion: Criterion = getattr(operator, op)(left, right)
    return criterion


def _is_in(_op: str, argument: object) -> Criterion:
    field, values = _arguments(argument, "a field, a list of values")
    if not isinstance(values, list | tuple) or len(values) > MOST_VALUES:
        raise _refused("the values", f"be a list of at most {MOST_VALUES}", values)
    return _made(_field(field).in_([_constant(value) for value in values]))


def _made(criterion: Any) -> Criterion:  # noqa: ANN401 - the operators of F are not annotated
    return criterion


def _match(op: Any, argument: object) -> Criterion:  # noqa: ANN401 - a key of the table below
    field, text = _arguments(argument, "a field, a text")
    return _made(getattr(_field(field), _MATCHES[op])(text))


def _has(_op: str, argument: object) -> Criterion:
    field, text = _arguments(argument, "a field, a text")
    return _made(_field(field).has(text))


def _between(_op: str, argument: object) -> Criterion:
    field, low, high = _arguments(argument, "a field, the low end, the high end")
    return _made(_field(field).between(_operand(low), _operand(high)))


def _differs(_op: str, argument: object) -> Criterion:
    field, value = _arguments(argument, "a field, a value")
    return _made(_field(field).differs(_operand(value)))


_FIELD: Final = type(F("field"))
_DAY: Final = type(as_of)
_MATCHES: Final = {"starts": "starts_with", "ends": "ends_with", "contains": "contains"}
_OPERANDS: Final[dict[str, Callable[[Any], Any]]] = {
    "field": F,
    "param": _parameter,
    "shift": _shift,
    "decimal": _parsed(Decimal, "a decimal number as text"),
    "date": _parsed(date.fromisoformat, "a date such as 2026-09-30"),
    "datetime": _parsed(datetime.fromisoformat, "a datetime such as 2026-09-30T12:00:00+00:00"),
}
_GROUPS: Final[dict[str, Callable[..., Criterion]]] = {"all": all_of, "any": any_of}
_COMPLEMENTS: Final[dict[str, Callable[[Criterion], Criterion]]] = {
    "not": operator.invert,
    "unless": unless,
}
_LEAVES: Final[dict[str, Callable[[Any, object], Criterion]]] = {
    **dict.fromkeys(_MIRRORED, _compare),
    **dict.fromkeys(_MATCHES, _match),
    "in": _is_in,
    "has": _has,
    "is_null": lambda _, field: _made(_field(field).is_missing()),
    "is_present": lambda _, field: _made(_field(field).is_present()),
    "between": _between,
    "differs": _differs,
}
_OPERATORS: Final = (*_GROUPS, *_COMPLEMENTS, *_LEAVES)
