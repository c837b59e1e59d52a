"""Criteria: frozen trees of comparisons, joined by *and*, *or*, *not* and *unless*."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, NoReturn, TypeAlias, TypeVar

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.verdicts import Verdict

from ._back_end import BackEnd, Comparison, Match
from ._compile import Compiler, Pair, compile_judge
from ._computed import Operand, folded
from ._explain import Explain
from ._explanation import Explanation
from ._operands import AsOf, Field, Literal, field_name
from ._plain import Plain, PlainData, fingerprint_of
from ._source import Source
from ._survey import Survey, _Size
from ._words import Words

Judge: TypeAlias = Callable[[object], "bool | None"]

_OperandT = TypeVar("_OperandT")
_MeaningT = TypeVar("_MeaningT")

_MOST_KEPT: Final = 1024


class Criterion(ABC):
    """A predicate over the fields of a record: a frozen, hashable value.

    It is built with `F`, joined with ``&``, ``|`` and ``~``, and
    equal to another one that says the same in the same order. A record is an object with
    attributes or a mapping; None and NaN are missing, and so is a key that a mapping lacks.

    .. versionadded:: 0.1.0
    """

    __slots__ = ()

    @abstractmethod
    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning that a back end gives to it, from the leaves to the root."""

    def evaluate(self, record: object, *, as_of: date | None = None) -> Verdict:
        """Return what it says of *record*.

        Args:
            record: An object with attributes, or a mapping.
            as_of: The day of judgement; only needed where the criterion depends on it.

        Raises:
            InvalidValueError: If a field holds what cannot be compared so.
            UnknownNameError: If the record is an object without a field that is asked for.
        """
        return Verdict.of(_judge_of(self, as_of)(record))

    def holds(self, record: object, *, as_of: date | None = None) -> bool:
        """Say whether it surely holds for *record*."""
        return _judge_of(self, as_of)(record) is True

    def explain(self, record: object, *, as_of: date | None = None) -> Explanation:
        """Return what it says of *record*, and why, with the value of each field."""
        self.size.check()
        return self.fold(Explain(record, as_of))

    def compile(self, *, as_of: date | None = None, of: type | None = None) -> Judge:
        """Return a plain function that says True, False, or None for unknown.

        Its source is generated from the nodes; names and constants are bound to it as values,
        so no text of a rule is ever run.

        Args:
            as_of: The day of judgement; only needed where the criterion depends on it.
            of: The class of all records to come, which saves asking each whether it is a
                mapping.

        Raises:
            InvalidValueError: If *as_of* is an instant, or is needed and missing.

        Complexity:
            Each call takes time linear in the nodes, about a microsecond for a small rule.
        """
        if as_of is not None:
            day(as_of)
        self.size.check()
        return compile_judge(self, as_of=as_of, of=of)

    def embed(self, compiler: Compiler) -> Pair:
        """Return the Python expressions of its verdicts, as parts of a function.

        Args:
            compiler: What all criteria of the function are embedded in; ``Criterion.compiler``
                gives one.

        :meta private:
        """
        self.size.check()
        return self.fold(compiler)

    @staticmethod
    def compiler(*, as_of: date) -> Compiler:
        """Return the back end in which criteria of one function share what they read.

        :meta private:
        """
        return Compiler(day(as_of))

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields that it reads."""
        return _folded(self, Survey()).fields

    @property
    def needs_as_of(self) -> bool:
        """Whether it depends on the day of judgement."""
        return _folded(self, Survey()).needs_as_of

    @property
    def size(self) -> _Size:
        """How large it is, as ``nodes``, ``depth`` and ``values``, and its price, as ``cost``.

        The cost is the most steps that judging one record takes: one for each test, operation and
        joint, for each field that is read, and for each value that is listed. There are no loops,
        so time is linear in it, and in the length of texts that are searched.
        """
        return _folded(self, Survey()).size

    @property
    def words(self) -> Phrase:
        """What it asks for, in words."""
        return _folded(self, Words()).phrase

    @property
    def plain(self) -> PlainData:
        """Its plain form: dictionaries, lists and scalars, as JSON has them."""
        return _folded(self, Plain())

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its canonical plain form, the same for equal criteria everywhere."""
        return fingerprint_of(self.plain)

    def __and__(self, other: Criterion) -> Criterion:
        """Hold where both hold."""
        return join(AllOf, (self, _criterion(other)))

    def __or__(self, other: Criterion) -> Criterion:
        """Hold where one of them holds."""
        return join(AnyOf, (self, _criterion(other)))

    def __rand__(self, other: object) -> NoReturn:
        """Refuse ``F.a > 1 & F.b``, in which ``1 & F.b`` comes first."""
        raise not_in_brackets(other)

    def __ror__(self, other: object) -> NoReturn:
        """Refuse ``F.a > 1 | F.b``, in which ``1 | F.b`` comes first."""
        raise not_in_brackets(other)

    def __invert__(self) -> Criterion:
        """Hold where it fails; unknown stays unknown."""
        return Not(self)

    def __bool__(self) -> NoReturn:
        """Refuse to be a truth value, which ``and``, ``or``, ``not`` and ``a < x < b`` ask for."""
        rule = "be joined with &, | and ~, not with and, or, not, if or a chained comparison"
        raise InvalidValueError("criterion", self, rule)

    def __repr__(self) -> str:
        """Return the Python expression that builds it."""
        return _folded(self, Source()).text

    def __str__(self) -> str:
        """Return what it asks for, in English."""
        return self.words.en


def not_in_brackets(found: object) -> InvalidValueError:
    """Return the refusal of *found*, which ``&`` or ``|`` has met in place of a criterion."""
    rule = (
        "stand between criteria, each comparison in brackets: (F.a > 1) & (F.b == 2); "
        "a field of yes or no is asked with is_true(), and a predicate is called"
    )
    return InvalidValueError("& or |", found, rule)


def _criterion(found: object) -> Criterion:
    if not isinstance(found, Criterion):
        raise not_in_brackets(found)
    return found


def _folded(criterion: Criterion, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
    try:
        return criterion.fold(back_end)
    except RecursionError:
        raise _too_deep() from None


def _judge_of(criterion: Criterion, as_of: date | None) -> Judge:
    try:
        return _judge(criterion, as_of)
    except RecursionError:  # its hash goes through the whole of it
        raise _too_deep() from None


def _too_deep() -> InvalidValueError:
    return InvalidValueError("criterion", "one of great depth", "be nested at most 16 deep")


@lru_cache(maxsize=_MOST_KEPT)
def _judge(criterion: Criterion, as_of: date | None) -> Judge:
    return criterion.compile(as_of=as_of)


@attrs.frozen(repr=False, cache_hash=True)
class Compare(Criterion):
    """An operand that reads a field, against another operand."""

    op: Comparison
    left: Operand
    right: Operand

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the comparison."""
        left = folded(self.left, back_end)
        return back_end.compare(self.op, left, folded(self.right, back_end))


def _in_order(values: tuple[Literal, ...]) -> tuple[Literal, ...]:
    distinct = {(literal.kind.name, literal.value): literal for literal in values}
    return tuple(distinct[key] for key in sorted(distinct))


@attrs.frozen(repr=False, cache_hash=True)
class IsIn(Criterion):
    """An operand that reads a field, against a list of constants."""

    left: Operand
    values: tuple[Literal, ...] = attrs.field(converter=_in_order)

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the membership."""
        return back_end.is_in(
            folded(self.left, back_end), tuple(literal.value for literal in self.values)
        )


@attrs.frozen(repr=False, cache_hash=True)
class MatchText(Criterion):
    """A text against the start, the end or a part that it should have."""

    op: Match
    left: Operand
    text: str

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the match."""
        return back_end.match(self.op, folded(self.left, back_end), self.text)


@attrs.frozen(repr=False, cache_hash=True)
class Has(Criterion):
    """A field's set of texts against an element that it should have."""

    left: Field
    text: str

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the membership."""
        return back_end.has(back_end.field(self.left.name), self.text)


@attrs.frozen(repr=False, cache_hash=True)
class IsMissing(Criterion):
    """An operand that has no value."""

    left: Operand

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of being missing."""
        return back_end.is_missing(folded(self.left, back_end))


@attrs.frozen(repr=False, cache_hash=True)
class AllOf(Criterion):
    """Criteria that should all hold; with none of them, it holds for every record."""

    parts: tuple[Criterion, ...] = ()

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the conjunction."""
        return back_end.all_of([part.fold(back_end) for part in self.parts])


@attrs.frozen(repr=False, cache_hash=True)
class AnyOf(Criterion):
    """Criteria of which one should hold."""

    parts: tuple[Criterion, ...] = ()

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the disjunction."""
        return back_end.any_of([part.fold(back_end) for part in self.parts])


@attrs.frozen(repr=False, cache_hash=True)
class Not(Criterion):
    """A criterion that should fail."""

    part: Criterion

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the negation."""
        return back_end.negate(self.part.fold(back_end))


def _part(part: object) -> Criterion:
    if not isinstance(part, Criterion):
        raise InvalidValueError("criterion", part, "be a criterion, such as F.days > 90")
    return part


@attrs.frozen(repr=False, cache_hash=True)
class Unless(Criterion):
    """A criterion that should not hold, be it that it fails or that it is unknown."""

    part: Criterion = attrs.field(converter=_part)

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the total complement."""
        return back_end.unless(self.part.fold(back_end))


def _name(name: object) -> str:
    return field_name(name, "name")


@attrs.frozen(repr=False, cache_hash=True)
class Named(Criterion):
    """A criterion that is known by a name, and is definite: it holds or it fails."""

    name: str = attrs.field(converter=_name)
    part: Criterion = attrs.field(converter=_part)

    def fold(self, back_end: BackEnd[_OperandT, _MeaningT]) -> _MeaningT:
        """Return the meaning of the named criterion."""
        return back_end.named(self.name, self.part.fold(back_end))


def join(kind: type[AllOf | AnyOf], parts: tuple[Criterion, ...]) -> Criterion:
    """Return the parts joined, without nesting what need not be nested."""
    flat: list[Criterion] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


EVERYTHING: Final[Criterion] = AllOf()
AS_OF: Final = AsOf()
