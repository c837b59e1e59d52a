"""Leaves: comparisons of plain terms, made into the atom of which most can be known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Final

from crmcore.criteria import Criterion, F

from ._diagram import FAILS, HOLDS, UNKNOWN
from ._formula import Constant, Cuts, FieldAtom, Formula, Joined, LineAtom, OpaqueAtom, Turned
from ._term import MISSING, Form, Term

COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
MATCHES: Final[dict[str, Callable[[Any, str], Criterion]]] = {
    "starts": lambda expression, text: expression.starts_with(text),
    "ends": lambda expression, text: expression.ends_with(text),
    "contains": lambda expression, text: expression.contains(text),
}
_ZERO: Final = Term.of_constant(0)
_MIRRORED: Final = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "starts": str.startswith,
    "ends": str.endswith,
    "contains": operator.contains,
}


def _known(truth: bool) -> Formula:  # noqa: FBT001 - the truth is the value itself
    return Constant(HOLDS if truth else FAILS)


def compared(op: str, left: Term, right: Term) -> Formula:
    """Return the comparison of two terms."""
    if left is MISSING or right is MISSING:
        return Constant(UNKNOWN)
    fields = tuple(sorted(left.fields | right.fields))
    if not fields:
        sides = (left, right) if left.constant is None else (left.constant, right.constant)
        one, other = (side.build if isinstance(side, Term) else side for side in sides)
        return _known(COMPARISONS[op](one, other))
    criterion = COMPARISONS[op](left.build, right.build)
    if len(fields) == 1:
        words = frozenset(side.build for side in (left, right) if isinstance(side.build, str))
        cuts = frozenset() if _is_named(left, right) else _cuts(left, right)
        if cuts is not None:
            named = cuts if left.is_plain and right.is_plain else frozenset()
            return FieldAtom(
                field=fields[0], criterion=criterion, cuts=cuts, named=named, words=words
            )
    if left.form is not None and right.form is not None:
        is_exact = not (left.is_rounded or right.is_rounded)
        return _on_a_line(op, left.form - right.form, fields, is_exact=is_exact)
    return _opaque(fields, criterion, left, right)


def _opaque(fields: tuple[str, ...], criterion: Criterion, left: Term, right: Term) -> Formula:
    if left.is_opaque or right.is_opaque:
        return OpaqueAtom(fields=fields, key=criterion, is_strict=False)
    opaque = OpaqueAtom(fields=fields, key=criterion, is_strict=True)
    zeros = [compared("eq", under, _ZERO) for under in (*left.zeros, *right.zeros)]
    if not zeros:
        return opaque
    # Unknown where a denominator is 0, and else what the opaque test says.
    is_zero = Joined("any", tuple(zeros))
    known = Joined("all", (Turned("not", is_zero), opaque))
    return Joined("any", (Joined("all", (is_zero, Constant(UNKNOWN))), known))


def absent(term: Term) -> Formula:
    """Return whether a term is missing; never unknown."""
    if term is MISSING:
        return Constant(HOLDS)
    if term.is_opaque:
        criterion = term.build.is_missing()
        return OpaqueAtom(fields=tuple(sorted(term.fields)), key=criterion, is_strict=False)
    gone = [FieldAtom(field=f, criterion=F(f).is_missing()) for f in sorted(term.fields)]
    zeros = [compared("eq", under, _ZERO) for under in term.zeros]
    return Joined("any", (*gone, *zeros))


def _is_named(left: Term, right: Term) -> bool:
    """Say whether both sides are texts, or both yes or no."""
    return left.is_plain and right.is_plain and left.form is None and right.form is None


def _cuts(left: Term, right: Term) -> Cuts | None:
    """Return where a comparison of terms over one field may change its verdict, if it is known."""
    if left.form is not None and right.form is not None:
        if left.is_rounded or right.is_rounded:
            return None
        gap = left.form - right.form
        return frozenset(-gap.constant / factor for _, factor in gap.factors)
    if left.inverse is not None and right.constant is not None:
        return left.inverse(right.constant)
    if right.inverse is not None and left.constant is not None:
        return right.inverse(left.constant)
    return None


def _on_a_line(op: str, gap: Form, fields: tuple[str, ...], *, is_exact: bool) -> Formula:
    """Return the comparison of a sum with 0, with whole factors of which the first is above 0."""
    factors = [factor for _, factor in gap.factors]
    scale = Fraction(lcm(*(factor.denominator for factor in factors)))
    scale /= gcd(*(int(factor * scale) for factor in factors)) or 1
    if factors and factors[0] < 0:
        scale, op = -scale, _MIRRORED.get(op, op)
    return LineAtom(
        fields=fields,
        sum=tuple((name, int(factor * scale)) for name, factor in gap.factors),
        op=op,
        level=-gap.constant * scale,
        is_exact=is_exact,
    )


def listed(term: Term, values: Sequence[object]) -> Formula:
    """Return the membership of a term in a list of constants."""
    if len(term.fields) == 1 and term.is_plain:
        (field,), criterion = term.fields, term.build.in_(values)
        if term.form is None:
            words = frozenset(value for value in values if isinstance(value, str))
            return FieldAtom(field=field, criterion=criterion, words=words)
        numbers = (Term.of_constant(value).constant for value in values)
        levels = frozenset(level for level in numbers if level is not None)
        return FieldAtom(field=field, criterion=criterion, cuts=levels, named=levels)
    return Joined("any", tuple(compared("eq", term, Term.of_constant(value)) for value in values))


def matched(op: str, term: Term, text: str) -> Formula:
    """Return the match of a text."""
    if not term.fields:
        return _known(_TEXT_TESTS[op](term.build, text))
    field, criterion, named = *term.fields, MATCHES[op](term.build, text), frozenset((text,))
    if op == "starts":
        return FieldAtom(field=field, criterion=criterion, starts=named)
    if op == "ends":
        return FieldAtom(field=field, criterion=criterion, ends=named)
    return FieldAtom(field=field, criterion=criterion, parts=named)
