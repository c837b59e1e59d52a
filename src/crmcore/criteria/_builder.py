"""Building criteria: ``F.days_since_last > 90``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final, NoReturn

import attrs

from crmcore.errors import InvalidValueError

from ._back_end import Arithmetic, Comparison, Match
from ._computed import Called, Computed, Operand, folded
from ._criterion import (
    AllOf,
    AnyOf,
    Compare,
    Criterion,
    Has,
    IsIn,
    IsMissing,
    MatchText,
    Named,
    Not,
    Unless,
    join,
    not_in_brackets,
)
from ._operands import AsOf, Field, Literal
from ._source import Source

_WHOLE_QUOTIENTS: Final = (
    "be divided with /, which gives a float; engines round whole quotients differently"
)


def _operand(value: object) -> Operand:
    if isinstance(value, OperandBuilder):
        return value.operand
    return value if isinstance(value, AsOf) else Literal.of(value)


def _text(value: object) -> str:
    """Return the text of a constant that must be text, and not empty.

    Raises:
        InvalidValueError: If it is something else.
    """
    literal = Literal.of(value)
    if not isinstance(literal.value, str) or not literal.value:
        raise InvalidValueError("value", value, "be text that is not empty")
    return literal.value


def _between(operand: Operand, low: Operand, high: Operand) -> Criterion:
    if (
        isinstance(low, Literal)
        and isinstance(high, Literal)
        and low.kind is high.kind
        and low.value >= high.value  # type: ignore[operator]
    ):
        rule = f"be below the high end, {high.value!r}"
        raise InvalidValueError("low", low.value, rule)
    return AllOf((Compare("ge", operand, low), Compare("lt", operand, high)))


@attrs.frozen(eq=False)
class OperandBuilder:
    """A field, or what is calculated from fields, with the operators that make criteria of it.

    It has no truth value and no hash, because ``==`` makes a criterion. ``str()`` of a field is
    its name.
    """

    operand: Operand

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def _compare(self, op: Comparison, value: object) -> Criterion:
        return Compare(op, self.operand, _operand(value))

    def __eq__(self, value: object) -> Criterion:  # type: ignore[override]
        """Hold where it equals *value*."""
        return self._compare("eq", value)

    def __ne__(self, value: object) -> Criterion:  # type: ignore[override]
        """Hold where it has a value other than *value*; see `differs` for the missing ones."""
        return self._compare("ne", value)

    def __lt__(self, value: object) -> Criterion:
        """Hold where it is less than *value*."""
        return self._compare("lt", value)

    def __le__(self, value: object) -> Criterion:
        """Hold where it is *value* or less."""
        return self._compare("le", value)

    def __gt__(self, value: object) -> Criterion:
        """Hold where it is more than *value*."""
        return self._compare("gt", value)

    def __ge__(self, value: object) -> Criterion:
        """Hold where it is *value* or more."""
        return self._compare("ge", value)

    def between(self, low: object, high: object) -> Criterion:
        """Hold from *low* up to, and without, *high*."""
        return _between(self.operand, _operand(low), _operand(high))

    def in_(self, values: Iterable[object]) -> Criterion:
        """Hold where it equals one of *values*."""
        if isinstance(values, str):
            raise InvalidValueError("in_", values, "be a list of values, not one text")
        listed = tuple(Literal.of(value) for value in values)
        if not listed:
            raise InvalidValueError("in_", [], "list at least one value")
        return IsIn(self.operand, listed)

    def differs(self, value: object) -> Criterion:
        """Hold where it is missing or has a value other than *value*; never unknown."""
        return Unless(self._compare("eq", value))

    def is_true(self) -> Criterion:
        """Hold where it is yes."""
        return self._compare("eq", value=True)

    def is_false(self) -> Criterion:
        """Hold where it is no."""
        return self._compare("eq", value=False)

    def is_missing(self) -> Criterion:
        """Hold where it is None or NaN; never unknown."""
        return IsMissing(self.operand)

    def is_present(self) -> Criterion:
        """Hold where it is neither None nor NaN; never unknown."""
        return Not(IsMissing(self.operand))

    def _match(self, op: Match, text: object) -> Criterion:
        return MatchText(op, self.operand, _text(text))

    def starts_with(self, text: str) -> Criterion:
        """Hold where its text starts with *text*, letter by letter."""
        return self._match("starts", text)

    def ends_with(self, text: str) -> Criterion:
        """Hold where its text ends with *text*, letter by letter."""
        return self._match("ends", text)

    def contains(self, text: str) -> Criterion:
        """Hold where its text contains *text*, letter by letter."""
        return self._match("contains", text)

    def has(self, text: str) -> Criterion:
        """Hold where its set of texts has *text* as an element."""
        if not isinstance(self.operand, Field):
            raise InvalidValueError("has", self, "ask a field")
        return Has(self.operand, _text(text))

    def _computed(self, op: Arithmetic, left: object, right: object) -> OperandBuilder:
        return OperandBuilder(Computed(op, _operand(left), _operand(right)))

    def __add__(self, other: object) -> OperandBuilder:
        """Return the sum, missing where a part is."""
        return self._computed("add", self, other)

    def __radd__(self, other: object) -> OperandBuilder:
        """Return the sum, missing where a part is."""
        return self._computed("add", other, self)

    def __sub__(self, other: object) -> OperandBuilder:
        """Return the difference, missing where a part is."""
        return self._computed("sub", self, other)

    def __rsub__(self, other: object) -> OperandBuilder:
        """Return the difference, missing where a part is."""
        return self._computed("sub", other, self)

    def __mul__(self, other: object) -> OperandBuilder:
        """Return the product, missing where a part is."""
        return self._computed("mul", self, other)

    def __rmul__(self, other: object) -> OperandBuilder:
        """Return the product, missing where a part is."""
        return self._computed("mul", other, self)

    def __truediv__(self, other: object) -> OperandBuilder:
        """Return the quotient, a float; missing where a part is, or the denominator is zero."""
        return self._computed("div", self, other)

    def __rtruediv__(self, other: object) -> OperandBuilder:
        """Return the quotient, a float; missing where a part is, or the denominator is zero."""
        return self._computed("div", other, self)

    def __neg__(self) -> OperandBuilder:
        """Return the number with the other sign."""
        return self._computed("sub", 0, self)

    def __abs__(self) -> OperandBuilder:
        """Return the number without its sign."""
        return OperandBuilder(Called("abs", (self.operand,)))

    def length(self) -> OperandBuilder:
        """Return the number of characters of its text, as code points."""
        return OperandBuilder(Called("length", (self.operand,)))

    def otherwise(self, value: object) -> OperandBuilder:
        """Return its value, or *value* where it is missing."""
        return OperandBuilder(Called("coalesce", (self.operand, _operand(value))))

    def days_until(self, day: object) -> OperandBuilder:
        """Return the days from its date to *day*, below zero where *day* is earlier."""
        return OperandBuilder(Called("days_between", (self.operand, _operand(day))))

    def days_since(self, day: object) -> OperandBuilder:
        """Return the days from *day* to its date, below zero where *day* is later."""
        return OperandBuilder(Called("days_between", (_operand(day), self.operand)))

    def __and__(self, other: object) -> NoReturn:
        """Refuse to be joined: a field is compared first."""
        raise not_in_brackets(self)

    __or__: ClassVar[Callable[..., NoReturn]] = __and__
    __rand__: ClassVar[Callable[..., NoReturn]] = __and__
    __ror__: ClassVar[Callable[..., NoReturn]] = __and__

    def __invert__(self) -> NoReturn:
        """Refuse to be turned round: a field is no criterion yet."""
        raise InvalidValueError("~", self, "stand before a criterion: ~(F.a > 1)")

    def __floordiv__(self, other: object) -> NoReturn:
        """Refuse whole quotients."""
        raise InvalidValueError("//", self, _WHOLE_QUOTIENTS)

    def __mod__(self, other: object) -> NoReturn:
        """Refuse remainders."""
        rule = "not be used: engines give remainders different signs; compare the number itself"
        raise InvalidValueError("%", self, rule)

    __rfloordiv__: ClassVar[Callable[..., NoReturn]] = __floordiv__
    __rmod__: ClassVar[Callable[..., NoReturn]] = __mod__

    def __pow__(self, other: object) -> NoReturn:
        """Refuse powers."""
        raise InvalidValueError("**", self, "be written as a product: F.visits * F.visits")

    def __round__(self, digits: int | None = None) -> NoReturn:
        """Refuse to be rounded."""
        rule = "not be used: engines round halves differently; compare the number as it is"
        raise InvalidValueError("round", self, rule)

    def __len__(self) -> NoReturn:
        """Refuse to be measured by Python."""
        raise InvalidValueError("len", self, "be written as F.name.length()")

    def __contains__(self, text: object) -> NoReturn:
        """Refuse ``"vip" in F.tags``, which Python would turn into a truth value."""
        rule = 'be written as F.tags.has("vip"), F.name.contains("a") or F.tier.in_(["gold"])'
        raise InvalidValueError("in", self, rule)

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value."""
        rule = "be compared; a field of yes or no is asked with is_true()"
        raise InvalidValueError("field", self, rule)

    def __str__(self) -> str:
        """Return the field's name, or the expression that builds what is calculated."""
        return self.operand.name if isinstance(self.operand, Field) else repr(self)

    def __repr__(self) -> str:
        """Return the expression that builds it."""
        return folded(self.operand, Source()).text


class _Fields:
    """The source of fields, each as ``F.name``, ``F["name"]`` or ``F("name")``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> OperandBuilder:
        """Return the field of this name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self(name)

    def __getitem__(self, name: str) -> OperandBuilder:
        """Return the field of this name."""
        return self(name)

    def __call__(self, name: str) -> OperandBuilder:
        """Return the field of this name."""
        return OperandBuilder(Field(name))

    def __repr__(self) -> str:
        """Return its name."""
        return "F"


F: Final = _Fields()


def all_of(*criteria: Criterion) -> Criterion:
    """Return the criterion that holds where all of *criteria* hold; with none, everywhere.

    .. versionadded:: 0.1.0
    """
    return join(AllOf, criteria)


def any_of(*criteria: Criterion) -> Criterion:
    """Return the criterion that holds where one of *criteria* holds; with none, nowhere.

    .. versionadded:: 0.1.0
    """
    return join(AnyOf, criteria)


def unless(criterion: Criterion) -> Criterion:
    """Return the total complement: it holds where *criterion* fails or is unknown.

    .. versionadded:: 0.1.0
    """
    return Unless(criterion)


def named(name: str, criterion: Criterion) -> Criterion:
    """Return a criterion that is known by a name: it holds where *criterion* holds, else it fails.

    It is never unknown, so ``~named("dach", criterion)`` is everybody else, without a gap.

    Args:
        name: A plain name, such as ``dach``.
        criterion: What the name stands for.

    Raises:
        InvalidValueError: If the name is no plain name.

    .. versionadded:: 0.1.0
    """
    return Named(name, criterion)
