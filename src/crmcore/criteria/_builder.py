"""Building criteria: ``F.days_since_last > 90``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final, NoReturn

import attrs

from crmcore.errors import InvalidValueError

from ._back_end import Comparison, Match
from ._criterion import (
    AllOf,
    AnyOf,
    Compare,
    Criterion,
    Has,
    IsIn,
    IsMissing,
    MatchText,
    Not,
    Unless,
    join,
    not_in_brackets,
)
from ._operands import AsOf, Field, Literal, Operand


def _operand(value: object) -> Operand:
    if isinstance(value, FieldBuilder):
        return value.field
    return value if isinstance(value, AsOf) else Literal.of(value)


def text_of(value: object) -> str:
    """Return the text of a constant that must be text, and not empty.

    Raises:
        InvalidValueError: If it is something else.
    """
    literal = Literal.of(value)
    if not isinstance(literal.value, str) or not literal.value:
        raise InvalidValueError("value", value, "be text that is not empty")
    return literal.value


def is_in(field: Field, values: Iterable[Literal]) -> Criterion:
    """Return the membership in a list of constants.

    Raises:
        InvalidValueError: If there are none.
    """
    listed = tuple(values)
    if not listed:
        raise InvalidValueError("in_", [], "list at least one value")
    return IsIn(field, listed)


def between(field: Field, low: Operand, high: Operand) -> Criterion:
    """Return the half-open interval from *low* up to, and without, *high*.

    Raises:
        InvalidValueError: If both are constants and no value lies between them.
    """
    if (
        isinstance(low, Literal)
        and isinstance(high, Literal)
        and low.kind is high.kind
        and low.value >= high.value  # type: ignore[operator]
    ):
        rule = f"be below the high end, {high.value!r}"
        raise InvalidValueError("low", low.value, rule)
    return AllOf((Compare("ge", field, low), Compare("lt", field, high)))


def differs(field: Field, value: Operand) -> Criterion:
    """Return the criterion that holds where the field is missing or not equal."""
    return Unless(Compare("eq", field, value))


@attrs.frozen(eq=False)
class FieldBuilder:
    """A field, with the operators and methods that make criteria of it.

    It has no truth value and no hash, because ``==`` makes a criterion. ``str()`` of it is
    the field's name.
    """

    field: Field

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def _compare(self, op: Comparison, value: object) -> Criterion:
        return Compare(op, self.field, _operand(value))

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
        return between(self.field, _operand(low), _operand(high))

    def in_(self, values: Iterable[object]) -> Criterion:
        """Hold where it equals one of *values*."""
        if isinstance(values, str):
            raise InvalidValueError("in_", values, "be a list of values, not one text")
        return is_in(self.field, [Literal.of(value) for value in values])

    def differs(self, value: object) -> Criterion:
        """Hold where it is missing or has a value other than *value*; never unknown."""
        return differs(self.field, _operand(value))

    def is_true(self) -> Criterion:
        """Hold where it is yes."""
        return self._compare("eq", value=True)

    def is_false(self) -> Criterion:
        """Hold where it is no."""
        return self._compare("eq", value=False)

    def is_missing(self) -> Criterion:
        """Hold where it is None or NaN; never unknown."""
        return IsMissing(self.field)

    def is_present(self) -> Criterion:
        """Hold where it is neither None nor NaN; never unknown."""
        return Not(IsMissing(self.field))

    def _match(self, op: Match, text: object) -> Criterion:
        return MatchText(op, self.field, text_of(text))

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
        return Has(self.field, text_of(text))

    def __and__(self, other: object) -> NoReturn:
        """Refuse to be joined: a field is compared first."""
        raise not_in_brackets(self)

    __or__: ClassVar[Callable[..., NoReturn]] = __and__
    __rand__: ClassVar[Callable[..., NoReturn]] = __and__
    __ror__: ClassVar[Callable[..., NoReturn]] = __and__

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value."""
        rule = "be compared; a field of yes or no is asked with is_true()"
        raise InvalidValueError("field", self, rule)

    def __str__(self) -> str:
        """Return the field's name."""
        return self.field.name

    def __repr__(self) -> str:
        """Return the expression that builds it."""
        return f"F.{self.field.name}"


class _Fields:
    """The source of fields, each as ``F.name``, ``F["name"]`` or ``F("name")``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> FieldBuilder:
        """Return the field of this name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self(name)

    def __getitem__(self, name: str) -> FieldBuilder:
        """Return the field of this name."""
        return self(name)

    def __call__(self, name: str) -> FieldBuilder:
        """Return the field of this name."""
        return FieldBuilder(Field(name))

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
