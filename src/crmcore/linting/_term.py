"""Terms: operands as linting sees them, as exact sums where they are sums.

A term that is a sum of fields with constant factors is kept as such. A term over one field
knows besides at which values of the field it passes a given level, through sums, differences,
absolute values, lengths and quotients of integers. Whatever is known of neither way is only
calculated for single records.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

import attrs

from ._formula import Cuts
from ._line import LINED, number

Inverse: TypeAlias = Callable[[Fraction], Cuts]

# A quotient of integers is rounded to a float, so that it may pass a level one step aside.
_ASIDE: Final = (-1, 0, 1, 2)
OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


@attrs.frozen
class Form:
    """A sum: factors by field, without those of 0, and a constant."""

    factors: tuple[tuple[str, Fraction], ...] = ()
    constant: Fraction = Fraction(0)

    def __add__(self, other: Form) -> Form:
        """Return the sum of both."""
        factors = dict(self.factors)
        for name, factor in other.factors:
            factors[name] = factors.get(name, Fraction(0)) + factor
        left = tuple(sorted((name, factor) for name, factor in factors.items() if factor))
        return Form(left, self.constant + other.constant)

    def times(self, factor: Fraction) -> Form:
        """Return the sum, multiplied."""
        if not factor:
            return Form()
        factors = tuple((name, own * factor) for name, own in self.factors)
        return Form(factors, self.constant * factor)

    def __sub__(self, other: Form) -> Form:
        """Return the difference of both."""
        return self + other.times(Fraction(-1))


@attrs.frozen(kw_only=True, eq=False)
class Term:
    """An operand.

    Attributes:
        build: The expression or the constant, to build criteria of.
        fields: The fields that it reads.
        form: It as a sum, where it is one.
        inverse: Over one field, the values of the field at which the term passes a level.
        is_float: Whether its values are floats.
        is_rounded: Whether its calculation rounds.
        is_whole: Whether its values are integers.
        zeros: The denominators in it; where one is 0, it is missing.
        is_plain: Whether nothing is calculated.
        is_opaque: Whether only single records tell what it is, or whether it is missing.
    """

    build: Any
    fields: frozenset[str] = frozenset()
    form: Form | None = None
    inverse: Inverse | None = None
    is_float: bool = False
    is_rounded: bool = False
    is_whole: bool = False
    zeros: tuple[Term, ...] = ()
    is_plain: bool = False
    is_opaque: bool = False

    @classmethod
    def of_field(cls, name: str, kind: str, build: object) -> Term:
        """Return the term that is a field."""
        has_line = kind in LINED
        return cls(
            build=build,
            fields=frozenset((name,)),
            form=Form(((name, Fraction(1)),)) if has_line else None,
            inverse=_itself if has_line else None,
            is_float=kind == "FLOAT",
            is_whole=kind == "INT",
            is_plain=True,
        )

    @classmethod
    def of_constant(cls, value: object, build: object = None) -> Term:
        """Return the term that is a constant, which *build* stands for in a criterion."""
        form = None
        if isinstance(value, int | Decimal | float | date) and not isinstance(value, bool):
            form = Form(constant=number(value))
        return cls(
            build=value if build is None else build,
            form=form,
            is_float=isinstance(value, float),
            is_whole=isinstance(value, int) and form is not None,
            is_plain=True,
        )

    @property
    def constant(self) -> Fraction | None:
        """Its number, if it reads no field."""
        return None if self.fields or self.form is None else self.form.constant


MISSING: Final = Term(build=None)
"""The term that is missing for every record."""


def _itself(level: Fraction) -> Cuts:
    return frozenset((level,))


def _nowhere(_level: Fraction) -> Cuts:
    return frozenset()


def _moved(inside: Inverse, factor: Fraction, shift: Fraction) -> Inverse:
    return lambda level: inside(level * factor + shift)


def _near(inside: Inverse, levels: Callable[[Fraction], Iterable[Fraction]]) -> Inverse:
    def inverse(level: Fraction) -> Cuts:
        steps = {Fraction(math.floor(at) + aside) for at in levels(level) for aside in _ASIDE}
        return frozenset().union(*(inside(step) for step in steps))

    return inverse


def calculated(op: str, left: Term, right: Term) -> Term:
    """Return the sum, the difference, the product or the quotient of two terms."""
    if left is MISSING or right is MISSING or (op == "div" and right.constant == 0):
        return MISSING
    if left.constant is not None and right.constant is not None:
        # A quotient is a float, that of decimals too.
        sides = (
            (left.build, right.build) if op != "div" else (float(left.build), float(right.build))
        )
        return Term.of_constant(OPERATORS[op](*sides))
    build = OPERATORS[op](left.build, right.build)
    is_float = left.is_float or right.is_float or op == "div"
    return Term(
        build=build,
        fields=left.fields | right.fields,
        form=_form(op, left, right),
        inverse=_quotient(left, right) if op == "div" else _inverse(op, left, right),
        is_float=is_float,
        is_rounded=left.is_rounded or right.is_rounded or is_float,
        is_whole=left.is_whole and right.is_whole and op != "div",
        is_opaque=left.is_opaque or right.is_opaque,
        zeros=(*left.zeros, *right.zeros, *((right,) if op == "div" and right.fields else ())),
    )


def _form(op: str, left: Term, right: Term) -> Form | None:
    if left.form is None or right.form is None or op == "div":
        return None
    if op == "add":
        return left.form + right.form
    if op == "sub":
        return left.form - right.form
    if not right.form.factors:
        return left.form.times(right.form.constant)
    return right.form.times(left.form.constant) if not left.form.factors else None


def _inverse(op: str, left: Term, right: Term) -> Inverse | None:
    """Return where a sum, a difference or a product with a constant passes a level."""
    is_left = right.constant is not None
    inside = left.inverse if is_left else right.inverse
    constant = right.constant if is_left else left.constant
    if inside is None or constant is None or left.is_float or right.is_float:
        return None
    if op == "mul":
        return _moved(inside, 1 / constant, Fraction(0)) if constant else _nowhere
    if op == "add":
        return _moved(inside, Fraction(1), -constant)
    if is_left:
        return _moved(inside, Fraction(1), constant)
    return _moved(inside, Fraction(-1), constant)


def _quotient(left: Term, right: Term) -> Inverse | None:
    """Return where a quotient of integers, of which one is a constant, passes a level."""
    if not (left.is_whole and right.is_whole):
        return None
    over, under = left.constant, right.constant
    if under is not None and left.inverse is not None:
        return _near(left.inverse, lambda level: (level * under,))
    if over is not None and right.inverse is not None:
        return _near(
            right.inverse, lambda level: (Fraction(0), *((over / level,) if level else ()))
        )
    return None


def size(term: Term) -> Term:
    """Return the absolute value."""
    if term is MISSING:
        return term
    if term.constant is not None:
        return Term.of_constant(abs(term.build))
    inverse = None if term.inverse is None else _mirrored(term.inverse)
    return attrs.evolve(term, build=abs(term.build), form=None, inverse=inverse, is_plain=False)


def _mirrored(inside: Inverse) -> Inverse:
    return lambda level: inside(level) | inside(-level)


def length(term: Term) -> Term:
    """Return the length of a text, whose cuts are lengths."""
    if not term.fields:
        return Term.of_constant(len(term.build))
    build = term.build.length()
    return attrs.evolve(term, build=build, inverse=_itself, is_whole=True, is_plain=False)


def counted(start: Any, end: Any) -> Any:  # noqa: ANN401 - expressions or constants
    """Return the expression for the days from one date to another, of which one is no constant."""
    if hasattr(start, "days_until"):
        return start.days_until(end)
    return end.days_since(start)


def days_between(start: Term, end: Term) -> Term:
    """Return the days from one date to another."""
    if start.constant is not None and end.constant is not None:
        return Term.of_constant(int(end.constant - start.constant))
    return Term(
        build=counted(start.build, end.build),
        fields=start.fields | end.fields,
        form=_form("sub", end, start),
        inverse=_inverse("sub", end, start),
        is_whole=True,
        is_opaque=start.is_opaque or end.is_opaque,
    )
