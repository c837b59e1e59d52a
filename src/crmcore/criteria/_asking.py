"""Plugin predicates: questions that the language cannot ask, written in Python."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, TypeAlias, get_type_hints

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase

from ._applied import Applied
from ._column import Column
from ._criterion import Criterion
from ._operands import Kind, Literal, Scalar, field_name
from ._predicate import Predicate, _Parameter
from ._schema import column_of

Question: TypeAlias = Callable[..., "bool | None"]

_LONGEST: Final = 128
_BY_NAME: Final = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
_TYPES: Final = "be annotated as text, a number, yes or no, a date or a datetime, and never as None"


class _Asking(Predicate):
    """A predicate that gives a criterion when it is called with its arguments."""

    __slots__ = ()

    def __call__(self, **arguments: object) -> Criterion:
        """Return the criterion that asks it with these arguments.

        Raises:
            UnknownNameError: If it takes no such argument, or an argument is none of the words
                that it may be; the message suggests the nearest.
            InvalidValueError: If an argument is not given, or is of another type.
        """
        return asking(self, arguments)


def asking(predicate: Predicate, arguments: Mapping[str, object]) -> Criterion:
    """Return the criterion that asks a predicate with these arguments.

    Raises:
        UnknownNameError: If it takes no such argument, or an argument is none of the words
            that it may be; the message suggests the nearest.
        InvalidValueError: If an argument is not given, or is of another type.
    """
    known = [parameter.name for parameter in predicate.takes]
    for name in arguments:
        if name not in known:
            raise UnknownNameError(f"argument of {predicate.name}", name, known)
    given = {each.name: _given(predicate, each, arguments) for each in predicate.takes}
    return Applied.of(predicate, given)


def _given(predicate: Predicate, parameter: _Parameter, arguments: Mapping[str, object]) -> Scalar:
    value = arguments.get(parameter.name, parameter.default)
    if value is None:
        rule = f"be given, because {predicate.name} asks for it"
        raise InvalidValueError(parameter.name, value, rule)
    return _argument(parameter.name, parameter.column, value)


def predicate(
    name: str,
    *,
    version: str,
    reads: Iterable[str] | Mapping[str, Any],
    label: Phrase | None = None,
    sql: Callable[..., Any] | None = None,
    frames: Callable[..., Any] | None = None,
) -> Callable[[Question], _Asking]:
    """Turn a function into a plugin predicate.

    The function is handed an object with the declared fields as attributes, and its arguments by
    name; it returns True, False, or None for unknown. It must give the same answer each time:
    no clock, no chance, nothing that it reads from elsewhere.

    >>> from datetime import date
    >>> from crmcore.criteria import predicate
    >>> @predicate("acme.is_round_birthday", version="1.0", reads={"born": date, "year": int})
    ... def is_round_birthday(customer, *, every: int = 10) -> bool:
    ...     return (customer.year - customer.born.year) % every == 0
    >>> fifty = is_round_birthday(every=50)
    >>> print(fifty.explain({"born": date(1976, 4, 1), "year": 2026}).summary.en)
    holds: “acme.is_round_birthday (every: 50)” is true (born 1976-04-01, year 2026)

    Args:
        name: The name by which rules use it: that of its maker, a dot, and its own.
        version: What is to change when its answers do.
        reads: The fields that it reads: their names, or a mapping from names to types. A field
            whose type has no ``| None`` is never handed over missing: the answer is unknown then.
        label: What it asks, in words, with ``{country}`` for the argument of that name; unless
            given, the first line of the function's docstring.
        sql: Returns the same as an expression of SQLAlchemy; called like the function.
        frames: Returns the same as an expression of narwhals; called like the function.

    Raises:
        InvalidValueError: If the name, the version, a field or a parameter of the function
            cannot be what it should be.

    .. versionadded:: 0.1.0
    """

    def decorate(function: Question) -> _Asking:
        return _Asking(
            name=_name(name),
            version=_version(version),
            reads=_reads(reads),
            takes=_takes(function),
            function=function,
            label=label or _label(name, function),
            sql=sql,
            frames=frames,
        )

    return decorate


def _name(name: str) -> str:
    parts = name.split(".") if isinstance(name, str) else []
    is_plain = all(part.isidentifier() and part.islower() for part in parts)
    if len(parts) < len(("acme", "is_x")) or not is_plain or len(name) > _LONGEST:
        rule = "be in small letters, its maker and a dot before it, such as acme.is_holiday_buyer"
        raise InvalidValueError("name", name, rule)
    return name


def _version(version: str) -> str:
    is_plain = isinstance(version, str) and 0 < len(version) <= _LONGEST and version.isprintable()
    if not is_plain or version != version.strip():
        raise InvalidValueError("version", version, 'be a short text, such as "1.0"')
    return version


def _reads(reads: Iterable[str] | Mapping[str, Any]) -> tuple[tuple[str, Column | None], ...]:
    if isinstance(reads, str):
        raise InvalidValueError("reads", reads, "be a list of names or a mapping to types")
    types = reads if isinstance(reads, Mapping) else dict.fromkeys(reads)
    found = tuple((field_name(name), _declared(types[name])) for name in types)
    if not found:
        raise InvalidValueError("reads", [], "name at least one field")
    return found


def _declared(annotation: object) -> Column | None:
    return None if annotation is None else column_of(annotation)


def _takes(function: Question) -> tuple[_Parameter, ...]:
    if inspect.iscoroutinefunction(function):
        raise InvalidValueError("function", function.__qualname__, "be a plain one, not async")
    try:
        _, *others = inspect.signature(function).parameters.values()
    except ValueError:
        rule = "take the fields, as attributes of one object, before all else"
        raise InvalidValueError("function", function.__qualname__, rule) from None
    return tuple(_parameter(each, function) for each in others)


def _parameter(parameter: inspect.Parameter, function: Question) -> _Parameter:
    name = parameter.name
    if parameter.kind not in _BY_NAME:
        raise InvalidValueError("parameter", str(parameter), "be one that is given by its name")
    column = column_of(_annotation(parameter, function))
    if column.nullable or column.kind in {Kind.OTHER, Kind.TEXTS}:
        raise InvalidValueError("parameter", str(parameter), _TYPES)
    if parameter.default is parameter.empty:
        return _Parameter(name=name, column=column)
    default = _argument(name, column, parameter.default)
    return _Parameter(name=name, column=column, default=default)


def _annotation(parameter: inspect.Parameter, function: Question) -> object:
    alone = SimpleNamespace(__annotations__={"it": parameter.annotation})
    try:
        return get_type_hints(alone, globalns=getattr(function, "__globals__", {}))["it"]
    except NameError as error:
        rule = f"have an annotation that resolves at run time; {error.name} does not"
        raise InvalidValueError("parameter", str(parameter), rule) from None


def _argument(name: str, column: Column, value: object) -> Scalar:
    """Return the constant of the type that a parameter has."""
    literal = Literal.of(_number(column.kind, Literal.of(value).value))
    if literal.kind is not column.kind:
        rule = f"be {column.kind.value}, not {literal.kind.value}"
        raise InvalidValueError(name, value, rule)
    if column.words and literal.value not in column.words:
        raise UnknownNameError(f"value of {name}", str(literal.value), column.words)
    return literal.value


def _number(kind: Kind, value: Scalar) -> Scalar:
    """Return a number as plain data has it, as one of the kind."""
    if isinstance(value, bool):
        return value
    if kind is Kind.FLOAT and isinstance(value, int | Decimal):
        return float(value)
    if kind is Kind.DECIMAL and isinstance(value, int | float):
        return Decimal(repr(value))
    return value


def _label(name: str, function: Question) -> Phrase:
    line = (inspect.getdoc(function) or "").partition("\n")[0].strip().rstrip(".")
    return Phrase(line or name, name)
