"""The forms of the plain notation: what each key takes, and what is made of it.

The reader goes by these tables, and so does the published JSON Schema; what stands here is
all that there is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final

import attrs

from crmcore.criteria import Criterion, F, all_of, any_of, as_of, unless
from crmcore.errors import InvalidValueError

EXPONENT: Final = r"([eE][+-]?[0-9]{1,3})?"
DECIMAL: Final = r"^[+-]?[0-9]+(\.[0-9]+)?" + EXPONENT + r"$"
DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DATETIME: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?$"
)


class Shape(Enum):
    """What stands in one place of a form."""

    CRITERION = auto()
    CRITERIA = auto()
    TERM = auto()
    FIELD = auto()
    VALUE = auto()
    DAY = auto()
    CONSTANTS = auto()
    TEXT = auto()
    NAME = auto()
    PARAMETER = auto()
    SHIFT = auto()
    DECIMAL = auto()
    DATE = auto()
    DATETIME = auto()


@attrs.frozen
class Form:
    """How a key is written.

    Attributes:
        takes: What it takes, in words.
        shapes: What it takes; one stands alone, more stand in a list.
        make: What makes the operand or the criterion of it.
        has_term: Whether one of its parts has to read a field.
    """

    takes: str
    shapes: tuple[Shape, ...]
    make: Callable[..., Any]
    has_term: bool = attrs.field(default=False, kw_only=True)


TERM: Final = type(F("field"))
DAY: Final = type(as_of)

_MIRRORED: Final = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_ARITHMETIC: Final = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}
_MATCHES: Final = {"starts": "starts_with", "ends": "ends_with", "contains": "contains"}


def _needs_term(*parts: object) -> None:
    if not any(isinstance(part, TERM) for part in parts):
        raise InvalidValueError("it", list(parts), "have a field on one side")


def _comparison(op: str) -> Callable[[Any, Any], Criterion]:
    def compare(left: Any, right: Any) -> Criterion:  # noqa: ANN401 - whatever F takes
        _needs_term(left, right)
        if isinstance(left, TERM):
            return _made(getattr(operator, op)(left, right))
        return _made(getattr(operator, _MIRRORED[op])(right, left))

    return compare


def _calculation(op: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def calculate(left: Any, right: Any) -> Any:  # noqa: ANN401 - whatever F takes
        _needs_term(left, right)
        return op(left, right)

    return calculate


def _match(method: str) -> Callable[[Any, str], Criterion]:
    return lambda term, text: _made(getattr(term, method)(text))


def _made(criterion: Any) -> Criterion:  # noqa: ANN401 - operators say nothing of what they make
    found: Criterion = criterion
    return found


def _days_between(start: Any, end: Any) -> Any:  # noqa: ANN401 - whatever F takes
    _needs_term(start, end)
    return start.days_until(end) if isinstance(start, TERM) else end.days_since(start)


def _shift(day: Any, by: Mapping[str, int]) -> Any:  # noqa: ANN401 - the day of judgement
    return day.shift(**by)


def _alone(part: Any) -> Any:  # noqa: ANN401 - whatever was read
    return part


_TWO: Final = (Shape.VALUE, Shape.VALUE)
_TERM_TEXT: Final = (Shape.TERM, Shape.TEXT)

TERMS: Final[Mapping[str, Form]] = {
    "field": Form("the name of a field", (Shape.NAME,), F),
    **{
        name: Form("two numbers", _TWO, _calculation(op), has_term=True)
        for name, op in _ARITHMETIC.items()
    },
    "abs": Form("a number", (Shape.TERM,), abs),
    "length": Form("a text", (Shape.TERM,), lambda term: term.length()),
    "coalesce": Form(
        "a field, what stands for it where it is missing",
        (Shape.TERM, Shape.VALUE),
        lambda term, value: term.otherwise(value),
    ),
    "days_between": Form("two days", _TWO, _days_between, has_term=True),
}
CONSTANTS: Final[Mapping[str, Form]] = {
    "decimal": Form("a decimal number as text", (Shape.DECIMAL,), Decimal),
    "date": Form("a date such as 2026-09-30", (Shape.DATE,), date.fromisoformat),
    "datetime": Form(
        "a datetime such as 2026-09-30T12:00:00+00:00", (Shape.DATETIME,), datetime.fromisoformat
    ),
}
DAYS: Final[Mapping[str, Form]] = {
    "param": Form("'as_of'", (Shape.PARAMETER,), _alone),
    "shift": Form("{'param': 'as_of'}, {'days': -90}", (Shape.DAY, Shape.SHIFT), _shift),
}
GROUPS: Final[Mapping[str, Form]] = {
    "all": Form("a list of criteria", (Shape.CRITERIA,), lambda parts: all_of(*parts)),
    "any": Form("a list of criteria", (Shape.CRITERIA,), lambda parts: any_of(*parts)),
    "not": Form("a criterion", (Shape.CRITERION,), operator.invert),
    "unless": Form("a criterion", (Shape.CRITERION,), unless),
}
LEAVES: Final[Mapping[str, Form]] = {
    **{
        name: Form("a field, a value", _TWO, _comparison(name), has_term=True) for name in _MIRRORED
    },
    "in": Form(
        "a field, a list of values",
        (Shape.TERM, Shape.CONSTANTS),
        lambda term, values: _made(term.in_(values)),
    ),
    **{
        name: Form("a field, a text", _TERM_TEXT, _match(method))
        for name, method in _MATCHES.items()
    },
    "has": Form("a field, a text", (Shape.FIELD, Shape.TEXT), _match("has")),
    "is_null": Form("a field", (Shape.TERM,), lambda term: _made(term.is_missing())),
    "is_present": Form("a field", (Shape.TERM,), lambda term: _made(term.is_present())),
    "between": Form(
        "a field, the low end, the high end",
        (Shape.TERM, Shape.VALUE, Shape.VALUE),
        lambda term, low, high: _made(term.between(low, high)),
    ),
    "differs": Form(
        "a field, a value",
        (Shape.TERM, Shape.VALUE),
        lambda term, value: _made(term.differs(value)),
    ),
}
# What people who know other languages look for here, and what they find.
ABSENT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("matches", "match", "regex", "regexp", "like", "ilike", "glob", "pattern"),
        "there are no patterns, which engines read differently and some never finish; "
        "use starts, ends or contains",
    ),
    **dict.fromkeys(
        ("mod", "%", "floordiv", "//", "round"),
        "engines give it different results; compare the number itself",
    ),
    **dict.fromkeys(
        ("lower", "upper", "casefold"),
        "engines change letters differently; keep a field in lower case",
    ),
}
# What other languages of data call it, and what it is called here.
CALLED_OTHERWISE: Final[Mapping[str, str]] = {
    "and": "all",
    "or": "any",
    "!": "not",
    "var": "field",
    "missing": "is_null",
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
}
