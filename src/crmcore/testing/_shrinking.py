"""Making a criterion smaller, one step at a time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from crmcore.criteria import (
    Criterion,
    F,
    Predicate,
    Predicates,
    Schema,
    all_of,
    any_of,
    as_of,
    named,
    unless,
)

_COMPARE: Final[dict[str, Callable[[Any, Any], Criterion]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_MATCH: Final = {"starts": "starts_with", "ends": "ends_with", "contains": "contains"}


_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


def smaller(criterion: Criterion, schema: Schema) -> Iterator[Criterion]:
    """Yield the criteria that are one step smaller and that the schema accepts."""
    for step in criterion.fold(_Steps()).smaller:
        if not schema.faults(step):
            yield step


@attrs.frozen
class _Term:
    """An operand and the fields and terms in it that could stand in its place."""

    operand: Any
    smaller: tuple[Any, ...] = ()
    is_constant: bool = False

    @property
    def inside(self) -> tuple[Any, ...]:
        """What could stand in the place of a term with this one in it."""
        return self.smaller if self.is_constant else (self.operand, *self.smaller)


@attrs.frozen
class _Step:
    """A part and what is one step smaller."""

    criterion: Criterion
    smaller: tuple[Criterion, ...] = ()


Parts: TypeAlias = Sequence[_Step]


def _leaf(build: Callable[[Any], Criterion], term: _Term) -> _Step:
    return _Step(build(term.operand), tuple(build(less) for less in term.smaller))


class _Steps:
    """The back end that builds each part again, with all that is one step smaller."""

    def field(self, name: str) -> _Term:
        return _Term(F[name])

    def literal(self, value: Any) -> _Term:  # noqa: ANN401 - any constant
        return _Term(value, is_constant=True)

    def as_of(self, *, months: int, days: int) -> _Term:
        return _Term(as_of.shift(months=months, days=days), is_constant=True)

    def arithmetic(self, op: str, left: _Term, right: _Term) -> _Term:
        whole = _ARITHMETIC[op](left.operand, right.operand)
        return _Term(whole, (*left.inside, *right.inside))

    def call(self, function: str, arguments: Sequence[_Term]) -> _Term:
        first, *others = (term.operand for term in arguments)
        inside = tuple(less for term in arguments for less in term.inside)
        return _Term(_called(function, first, others), inside)

    def compare(self, op: str, left: _Term, right: _Term) -> _Step:
        test = _COMPARE[op]
        lefts = _leaf(lambda less: test(less, right.operand), left)
        rights = _leaf(lambda less: test(left.operand, less), right)
        return _Step(lefts.criterion, (*lefts.smaller, *rights.smaller))

    def is_in(self, operand: _Term, values: tuple[Any, ...]) -> _Step:
        half = len(values) // 2
        halves = (values[:half], values[half:]) if half else ()
        whole = _leaf(lambda less: less.in_(values), operand)
        return _Step(whole.criterion, (*map(operand.operand.in_, halves), *whole.smaller))

    def match(self, op: str, operand: _Term, text: str) -> _Step:
        return _leaf(lambda less: getattr(less, _MATCH[op])(text), operand)

    def has(self, field: _Term, text: str) -> _Step:
        return _leaf(lambda less: less.has(text), field)

    def is_missing(self, operand: _Term) -> _Step:
        return _leaf(lambda less: less.is_missing(), operand)

    def all_of(self, parts: Parts) -> _Step:
        return self._group(all_of, parts)

    def any_of(self, parts: Parts) -> _Step:
        return self._group(any_of, parts)

    @staticmethod
    def _group(join: Callable[..., Criterion], parts: Parts) -> _Step:
        whole = [part.criterion for part in parts]

        def steps() -> Iterator[Criterion]:
            yield from whole
            for place, part in enumerate(parts):
                yield join(*whole[:place], *whole[place + 1 :])
                for less in part.smaller:
                    yield join(*whole[:place], less, *whole[place + 1 :])

        return _Step(join(*whole), tuple(steps()))

    def negate(self, part: _Step) -> _Step:
        return self._around(operator.inv, part)

    def unless(self, part: _Step) -> _Step:
        return self._around(unless, part)

    def named(self, name: str, part: _Step) -> _Step:
        return self._around(partial(named, name), part)

    def apply(
        self, predicate: Predicate, inputs: Sequence[_Term], arguments: Mapping[str, Any]
    ) -> _Step:
        del inputs
        return _Step(Predicates.of(predicate).asked(predicate.name, arguments))

    @staticmethod
    def _around(build: Callable[[Criterion], Criterion], part: _Step) -> _Step:
        less = (part.criterion, *(build(inside) for inside in part.smaller))
        return _Step(build(part.criterion), less)


def _called(function: str, first: Any, others: list[Any]) -> Any:  # noqa: ANN401 - operands
    if function == "abs":
        return abs(first)
    if function == "length":
        return first.length()
    if function == "days_between":
        (other,) = others
        # The day of judgement and constants have no methods; the other side is a term then.
        is_term = hasattr(first, "days_until")
        return first.days_until(other) if is_term else other.days_since(first)
    for other in others:
        first = first.otherwise(other)
    return first
