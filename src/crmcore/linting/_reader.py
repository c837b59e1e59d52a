"""Reading a criterion as a formula.

Where an operand falls back to another one, because a field may be missing, each way is a
*case* of its own with a guard, so that what is left in each case is a plain term.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial, reduce
from itertools import product
from typing import Any, Final, Literal, TypeAlias

import attrs

from crmcore.calendar import months_after
from crmcore.criteria import (
    EVERYTHING,
    Criterion,
    F,
    Schema,
    all_of,
    any_of,
    as_of,
    named,
    unless,
)
from crmcore.errors import InvalidValueError

from ._diagram import FAILS, HOLDS
from ._formula import (
    Constant,
    ElementAtom,
    Formula,
    Joined,
    OpaqueAtom,
    Site,
    Turned,
)
from ._leaf import COMPARISONS, MATCHES, absent, compared, listed, matched
from ._term import OPERATORS, Term, calculated, counted, days_between, length, size

Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"

_TRUE: Final = Constant(HOLDS)
# More ways to fall back than these are left to trying.
_MOST_CASES: Final = 32
_LENGTH: Final = operator.methodcaller("length")


@attrs.frozen(eq=False)
class Case:
    """An operand where a guard holds."""

    guard: Formula
    term: Term


@attrs.frozen(eq=False)
class Operand:
    """An operand: the expression or constant that it is written as, and its cases."""

    build: Any
    cases: tuple[Case, ...]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that its cases read."""
        return frozenset().union(*(case.term.fields for case in self.cases))


@attrs.frozen(eq=False)
class Part:
    """A part of a criterion: as a formula, and as a criterion."""

    formula: Formula
    criterion: Criterion


def _plain(term: Term) -> Operand:
    return Operand(term.build, (Case(_TRUE, term),))


def joined(how: Literal["all", "any"], parts: Iterable[Formula]) -> Formula:
    """Return the parts joined; a single part is itself."""
    found = tuple(part for part in parts if how == "any" or part != _TRUE)
    return found[0] if len(found) == 1 else Joined(how, found)


def _fallback(first: Operand, second: Operand) -> tuple[Case, ...]:
    """Return the cases of the first operand, and where it is missing, those of the second."""
    cases: list[Case] = []
    for case in first.cases:
        gone = absent(case.term)
        cases.append(Case(joined("all", (case.guard, Turned("not", gone))), case.term))
        cases += [
            Case(joined("all", (case.guard, gone, other.guard)), other.term)
            for other in second.cases
        ]
    return tuple(cases)


@attrs.define
class Reader:
    """The back end that gives each part as a formula.

    Attributes:
        schema: The fields.
        day: The day of judgement.
    """

    schema: Schema
    day: date
    _sites: int = attrs.field(default=0, init=False)

    def field(self, name: str) -> Operand:
        return _plain(Term.of_field(name, self.schema[name].kind.name, F(name)))

    def literal(self, value: Scalar) -> Operand:
        return _plain(Term.of_constant(value))

    def as_of(self, *, months: int, days: int) -> Operand:
        moved = months_after(self.day, months) + timedelta(days=days)
        return _plain(Term.of_constant(moved, as_of.shift(months=months, days=days)))

    def arithmetic(self, op: str, left: Operand, right: Operand) -> Operand:
        return self._crossed(partial(calculated, op), OPERATORS[op], left, right)

    def call(self, function: str, arguments: Sequence[Operand]) -> Operand:
        first = arguments[0]
        if function == "days_between":
            return self._crossed(days_between, counted, *arguments)
        if function == "coalesce":
            return reduce(self._coalesced, reversed(arguments[:-1]), arguments[-1])
        of, build = (size, abs) if function == "abs" else (length, _LENGTH)
        cases = tuple(Case(case.guard, of(case.term)) for case in first.cases)
        return Operand(build(first.build), cases)

    @staticmethod
    def _coalesced(second: Operand, first: Operand) -> Operand:
        return Operand(first.build.otherwise(second.build), _fallback(first, second))

    @staticmethod
    def _crossed(
        of: Callable[[Term, Term], Term],
        build: Callable[[Any, Any], Any],
        left: Operand,
        right: Operand,
    ) -> Operand:
        written = build(left.build, right.build)
        if len(left.cases) * len(right.cases) <= _MOST_CASES:
            # What constants come to where fields fall back may be no constant of the language.
            with suppress(InvalidValueError):
                cases = [
                    Case(joined("all", (one.guard, other.guard)), of(one.term, other.term))
                    for one, other in product(left.cases, right.cases)
                ]
                return Operand(written, tuple(cases))
        return _plain(Term(build=written, fields=left.fields | right.fields, is_opaque=True))

    @staticmethod
    def _by_case(of: Callable[[Term], Formula], operand: Operand) -> Formula:
        return joined("any", [joined("all", (case.guard, of(case.term))) for case in operand.cases])

    def compare(self, op: str, left: Operand, right: Operand) -> Part:
        written = COMPARISONS[op](left.build, right.build)
        try:
            formula = joined(
                "any",
                [
                    joined("all", (one.guard, other.guard, compared(op, one.term, other.term)))
                    for one, other in product(left.cases, right.cases)
                ],
            )
        except InvalidValueError:
            fields = tuple(sorted(left.fields | right.fields))
            formula = OpaqueAtom(fields=fields, key=written, is_strict=False)
        part = Part(formula, written)
        if op != "ne":
            return part
        return self._site("negation", part, self.unless(self.compare("eq", left, right)))

    def is_in(self, operand: Operand, values: tuple[Scalar, ...]) -> Part:
        formula = self._by_case(lambda term: listed(term, values), operand)
        return Part(formula, operand.build.in_(values))

    def match(self, op: str, operand: Operand, text: str) -> Part:
        formula = self._by_case(lambda term: matched(op, term, text), operand)
        return Part(formula, MATCHES[op](operand.build, text))

    def has(self, operand: Operand, text: str) -> Part:
        return Part(ElementAtom(str(operand.build), text), operand.build.has(text))

    def is_missing(self, operand: Operand) -> Part:
        return Part(self._by_case(absent, operand), operand.build.is_missing())

    def apply(
        self,
        predicate: Any,  # noqa: ANN401 - called like the one that criteria are built with
        inputs: Sequence[Operand],
        arguments: Mapping[str, Scalar],
    ) -> Part:
        criterion = predicate(**arguments)
        fields = frozenset().union(*(operand.fields for operand in inputs))
        atom = OpaqueAtom(fields=tuple(sorted(fields)), key=criterion, is_strict=False)
        return Part(atom, criterion)

    def all_of(self, parts: Sequence[Part]) -> Part:
        formula = joined("all", self._branches(parts, EVERYTHING, HOLDS))
        return Part(formula, all_of(*(part.criterion for part in parts)))

    def any_of(self, parts: Sequence[Part]) -> Part:
        formula = joined("any", self._branches(parts, any_of(), FAILS))
        return Part(formula, any_of(*(part.criterion for part in parts)))

    def _branches(
        self, parts: Sequence[Part], nothing: Criterion, outcome: int
    ) -> Sequence[Formula]:
        instead = Part(Constant(outcome), nothing)
        return [self._site("branch", part, instead).formula for part in parts]

    def negate(self, part: Part) -> Part:
        negated = Part(Turned("not", part.formula), ~part.criterion)
        return self._site("negation", negated, self.unless(part))

    def unless(self, part: Part) -> Part:
        return Part(Turned("unless", part.formula), unless(part.criterion))

    def named(self, name: str, part: Part) -> Part:
        definite = Turned("not", Turned("unless", part.formula))
        return Part(definite, named(name, part.criterion))

    def _site(self, how: Literal["negation", "branch"], written: Part, instead: Part) -> Part:
        """Return a part that knows what might stand in its place."""
        self._sites += 1
        site = Site(
            how=how,
            number=self._sites,
            part=written.formula,
            instead=instead.formula,
            written=written.criterion,
            meant=instead.criterion,
        )
        return Part(site, written.criterion)
