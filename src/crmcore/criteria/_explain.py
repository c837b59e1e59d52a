"""Judging one record with everything that was seen on the way: the reference for all back ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import attrs

from crmcore.checks import Withheld
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.privacy import personal_fields
from crmcore.verdicts import Verdict

from ._back_end import Arithmetic, Comparison, Function, Match
from ._explanation import Explanation, Shape
from ._meaning import ARITHMETIC, FUNCTIONS
from ._operands import AsOf, Scalar
from ._predicate import Answer, Predicate
from ._reading import MATCHES, OPERATORS, has, read
from ._words import (
    ABSENT,
    AS_ASKED,
    TRUE,
    UNKNOWN,
    Claim,
    Term,
    asked,
    calculated,
    called,
    compared,
    holding,
    joined,
    listed,
    matched,
    says,
    show,
)

_YEAR: Final = 365
_RULES: Final[dict[Function, str]] = {
    "abs": "be a number",
    "length": "be text",
    "days_between": "be a date",
}


@attrs.frozen(kw_only=True)
class Seen:
    """An operand as it was seen.

    Attributes:
        value: Its value; None where it is missing.
        term: Its words.
        observed: The fields that it reads, each with its value, unless that is personal.
        gaps: The fields that leave it missing.
        is_personal: Whether it reads personal data; then nothing that is said shows its value.
    """

    value: object
    term: Term
    observed: tuple[tuple[str, object], ...] = ()
    gaps: tuple[str, ...] = ()
    is_personal: bool = False

    @property
    def is_field(self) -> bool:
        """Whether it is a field itself, and not calculated."""
        return len(self.observed) == 1 and self.term.phrase.en == self.observed[0][0]

    @property
    def told(self) -> object:
        """What an error may tell of its value."""
        return Withheld.of(self.value) if self.is_personal else self.value


def _together(parts: Sequence[Seen]) -> tuple[tuple[str, object], ...]:
    return tuple(dict(pair for part in parts for pair in part.observed).items())


def _gaps(parts: Sequence[Seen]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.gaps))


@attrs.frozen
class Explain:
    """The back end that judges one record and keeps what it saw: the reference for all others.

    Attributes:
        record: The record.
        day: The day of judgement.
    """

    record: object
    day: date | None

    def field(self, name: str) -> Seen:
        value = read(self.record, name)
        term = Term(Phrase(name, name), is_day=isinstance(value, date))
        if value is None:
            return Seen(value=value, term=term, observed=((name, value),), gaps=(name,))
        is_personal = name in personal_fields(type(self.record))
        shown = Withheld.of(value) if is_personal else value
        return Seen(value=value, term=term, observed=((name, shown),), is_personal=is_personal)

    def literal(self, value: Scalar) -> Seen:
        return Seen(value=value, term=Term(show(value), is_day=isinstance(value, date)))

    def as_of(self, *, months: int, days: int) -> Seen:
        return self.literal(AsOf(months=months, days=days).on(self.day))

    def arithmetic(self, op: Arithmetic, left: Seen, right: Seen) -> Seen:
        term = calculated(op, left.term, right.term)
        try:
            value = ARITHMETIC[op](left.value, right.value)
        except (TypeError, ArithmeticError):
            raise _no_number(term, left, right) from None
        gaps = _gaps((left, right))
        if value is None and not gaps:
            # The quotient has no value because the denominator is zero.
            gaps = tuple(name for name, _ in right.observed)
        return _calculated(value, term, (left, right), gaps)

    def call(self, function: Function, arguments: Sequence[Seen]) -> Seen:
        term = called(function, [argument.term for argument in arguments])
        try:
            value = FUNCTIONS[function](*(argument.value for argument in arguments))
        except TypeError as error:
            (place,) = error.args
            raise _refusal(arguments[place], _RULES[function]) from None
        return _calculated(value, term, arguments, () if value is not None else _gaps(arguments))

    def compare(self, op: Comparison, left: Seen, right: Seen) -> Explanation:
        claim = compared(op, right.term.phrase, is_day=right.term.is_day)
        if left.value is None or right.value is None:
            return _leaf(left, claim, None, right)
        try:
            truth = bool(OPERATORS[op](left.value, right.value))
        except TypeError:
            raise _refusal(left, f"be comparable with {right.told!r}") from None
        return _leaf(left, claim, truth, right)

    def is_in(self, operand: Seen, values: tuple[Scalar, ...]) -> Explanation:
        truth = None if operand.value is None else operand.value in values
        return _leaf(operand, listed(values), truth)

    def match(self, op: Match, operand: Seen, text: str) -> Explanation:
        return self._test(MATCHES[op], operand, text, matched(op, text), "be text")

    def has(self, field: Seen, text: str) -> Explanation:
        return self._test(has, field, text, holding(text), "be a set of text")

    @staticmethod
    def _test(
        test: Callable[[object, str], bool], operand: Seen, text: str, claim: Claim, rule: str
    ) -> Explanation:
        if operand.value is None:
            return _leaf(operand, claim, None)
        try:
            return _leaf(operand, claim, test(operand.value, text))
        except TypeError:
            raise _refusal(operand, rule) from None

    def is_missing(self, operand: Seen) -> Explanation:
        return _leaf(operand, ABSENT, operand.value is None)

    def all_of(self, parts: Sequence[Explanation]) -> Explanation:
        return self._joined("all", parts, settled_by=Verdict.FAILS, otherwise=Verdict.HOLDS)

    def any_of(self, parts: Sequence[Explanation]) -> Explanation:
        return self._joined("any", parts, settled_by=Verdict.HOLDS, otherwise=Verdict.FAILS)

    @staticmethod
    def _joined(
        shape: Shape, parts: Sequence[Explanation], *, settled_by: Verdict, otherwise: Verdict
    ) -> Explanation:
        found = {part.verdict for part in parts}
        verdict = next((v for v in (settled_by, Verdict.UNKNOWN) if v in found), otherwise)
        return Explanation(verdict=verdict, shape=shape, parts=tuple(parts))

    def negate(self, part: Explanation) -> Explanation:
        truth = part.verdict.truth
        verdict = Verdict.of(None if truth is None else not truth)
        return Explanation(verdict=verdict, shape="not", parts=(part,))

    def unless(self, part: Explanation) -> Explanation:
        verdict = Verdict.of(part.verdict is not Verdict.HOLDS)
        return Explanation(verdict=verdict, shape="unless", parts=(part,))

    def named(self, name: str, part: Explanation) -> Explanation:
        verdict = Verdict.of(part.verdict is Verdict.HOLDS)
        return Explanation(verdict=verdict, shape="named", name=name, parts=(part,))

    def apply(
        self, predicate: Predicate, inputs: Sequence[Seen], arguments: Mapping[str, Scalar]
    ) -> Explanation:
        answer = predicate.answer([each.value for each in inputs], arguments)
        subject = asked(predicate, arguments)
        return Explanation(
            verdict=Verdict.of(answer.truth),
            observed=_together(inputs),
            gaps=_gaps(inputs) if answer.truth is None and not answer.error else (),
            sentence=_answered(predicate, subject, answer, inputs),
            subject=subject,
            claim=TRUE.yes,
            opposite=TRUE.no,
        )


def _calculated(value: object, term: Term, operands: Sequence[Seen], gaps: tuple[str, ...]) -> Seen:
    return Seen(
        value=value,
        term=term,
        observed=_together(operands),
        gaps=gaps,
        is_personal=any(operand.is_personal for operand in operands),
    )


def _answered(
    predicate: Predicate, subject: Phrase, answer: Answer, inputs: Sequence[Seen]
) -> Phrase:
    if answer.error:
        name, error = predicate.name, answer.error
        if any(operand.is_personal for operand in inputs):
            error, _, _ = error.partition(":")  # the kind of error, and not what it read
        return Phrase(f"{name} failed: {error}", f"{name} 出错：{error}")
    found = _listed(_together(inputs))
    claim = TRUE.yes if answer.truth else TRUE.no
    said = says(subject, UNKNOWN if answer.truth is None else claim)
    return Phrase(f"{said.en} ({found.en})", f"{said.zh}（{found.zh}）")


def _refusal(operand: Seen, rule: str) -> InvalidValueError:
    return InvalidValueError(operand.term.phrase.en, operand.told, rule)


def _no_number(term: Term, left: Seen, right: Seen) -> InvalidValueError:
    rule = "be made of numbers, and not mix decimals with floats"
    return InvalidValueError(term.phrase.en, (left.told, right.told), rule)


def _leaf(left: Seen, claim: Claim, truth: bool | None, right: Seen | None = None) -> Explanation:  # noqa: FBT001 - the truth is the finding
    sides = (left,) if right is None else (left, right)
    gaps = _gaps(sides) if truth is None else ()
    if truth is not None and claim is not ABSENT and any(side.is_personal for side in sides):
        return _withheld(left.term.phrase, _together(sides), truth=truth)
    return Explanation(
        verdict=Verdict.of(truth),
        observed=_together(sides),
        gaps=gaps,
        sentence=_sentence(left, right, claim, truth),
        subject=left.term.phrase,
        claim=claim.yes,
        opposite=claim.no,
        distance=None if right is None else _distance(left.value, right.value),
    )


def _withheld(
    subject: Phrase, observed: tuple[tuple[str, object], ...], *, truth: bool
) -> Explanation:
    """Return the leaf that reads personal data: it tells that it was asked, and not what."""
    claim, opposite = AS_ASKED.yes, AS_ASKED.no
    return Explanation(
        verdict=Verdict.of(truth),
        observed=observed,
        sentence=says(subject, claim if truth else opposite),
        subject=subject,
        claim=claim,
        opposite=opposite,
    )


def _distance(value: object, bound: object) -> float | None:
    if isinstance(value, datetime) or isinstance(bound, datetime):
        if isinstance(value, datetime) and isinstance(bound, datetime):
            return abs((value - bound).total_seconds()) / (_YEAR * 86400)
        return None
    if isinstance(value, date) and isinstance(bound, date):
        return abs((value - bound).days) / _YEAR
    if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
        return None
    if not isinstance(bound, int | float | Decimal) or isinstance(bound, bool):
        return None
    return _apart(value, bound)


def _apart(value: float | Decimal, bound: float | Decimal) -> float:
    try:
        here, there = float(value), float(bound)
    except OverflowError:  # an integer beside which all else is nothing
        return 1.0
    distance = abs(here - there) / max(abs(here), abs(there), 1.0)
    return 1.0 if math.isnan(distance) else distance  # as it is of infinities


def _shown(operand: Seen, en: str, zh: str) -> Phrase:
    """Return the value of an operand, with those of its fields where it is calculated."""
    value = show(operand.value)
    if operand.is_field:
        return value
    fields = _listed(operand.observed)
    return Phrase(f"{value.en}{en.format(fields.en)}", f"{value.zh}{zh.format(fields.zh)}")


def _listed(observed: tuple[tuple[str, object], ...]) -> Phrase:
    each = [(name, ABSENT.yes if value is None else show(value)) for name, value in observed]
    return joined([Phrase(f"{name} {v.en}", f"{name} {v.zh}") for name, v in each], ", ", "，")


def _sentence(
    left: Seen,
    right: Seen | None,
    claim: Claim,
    truth: bool | None,  # noqa: FBT001
) -> Phrase:
    subject = left.term.phrase
    if claim is ABSENT:
        return says(subject, claim.yes if truth else claim.no)
    if truth is None:
        return _gap(left, right, claim)
    shown = _shown(left, " ({})", "（{}）")
    said = claim.yes if truth else claim.no
    en, zh = f"{subject.en} is {shown.en}", f"{subject.zh} 为 {shown.zh}"
    if said.en != show(left.value).en:
        en, zh = f"{en}, {said.en}", f"{zh}，{said.zh}"
    if right is not None and right.observed:
        other = _shown(right, "; {}", "；{}")
        en, zh = f"{en} ({other.en})", f"{zh}（{other.zh}）"
    return Phrase(en, zh)


def _gap(left: Seen, right: Seen | None, claim: Claim) -> Phrase:
    """Return the sentence of a leaf that is unknown: what is missing, and what was asked."""
    sides = (left,) if right is None else (left, right)
    absent = [name for name, value in _together(sides) if value is None and name in _gaps(sides)]
    if absent:
        gap = says(Phrase(" and ".join(absent), "、".join(absent)), ABSENT.yes)
    else:
        found = _listed(_together(sides))
        en, zh = f"{found.en}: nothing is divided by zero", f"{found.zh}：不能除以零"
        gap = Phrase(en, zh)
    subject = left.term.phrase
    return Phrase(
        f"{gap.en} (asked is {subject.en} {claim.yes.en})",
        f"{gap.zh}（要求 {subject.zh} {claim.yes.zh}）",
    )
