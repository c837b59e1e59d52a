"""A criterion in words, in English and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

import attrs

from crmcore.kernel import Phrase

from ._back_end import Arithmetic, Comparison, Function, Match
from ._computed import SIGNS
from ._operands import Scalar
from ._predicate import Predicate

NOTHING: Final = Phrase("this never holds", "恒不成立")
ANYTHING: Final = Phrase("this always holds", "恒成立")

Pattern = tuple[str, str]
_NUMBERS: Final[dict[Comparison, Pattern]] = {
    "eq": ("{}", "等于 {}"),
    "ne": ("other than {}", "不等于 {}"),
    "gt": ("more than {}", "大于 {}"),
    "ge": ("{} or more", "不小于 {}"),
    "lt": ("less than {}", "小于 {}"),
    "le": ("{} or less", "不大于 {}"),
}
_DAYS: Final[dict[Comparison, Pattern]] = {
    **_NUMBERS,
    "gt": ("after {}", "晚于 {}"),
    "ge": ("{} or later", "不早于 {}"),
    "lt": ("before {}", "早于 {}"),
    "le": ("{} or earlier", "不晚于 {}"),
}
OPPOSITES: Final[dict[Comparison, Comparison]] = {
    "eq": "ne",
    "ne": "eq",
    "gt": "le",
    "le": "gt",
    "ge": "lt",
    "lt": "ge",
}
_MATCHES: Final[dict[Match, Pattern]] = {
    "starts": ("start{} with {}", "以 {} 开头"),
    "ends": ("end{} with {}", "以 {} 结尾"),
    "contains": ("contain{} {}", "包含 {}"),
}


# Numbers that are longer are told by their size.
_MOST_DIGITS: Final = 64
_MOST_BITS: Final = 212


@attrs.frozen
class Claim:
    """What a leaf says of its field, and the opposite, as ends of a sentence with *is*."""

    yes: Phrase
    no: Phrase


def show(value: object) -> Phrase:
    """Return a value as people read it."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return Phrase("yes", "是") if value else Phrase("no", "否")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        bits = value.bit_length()
        return Phrase(f"a number of {bits} bits", f"一个 {bits} 位的二进制数")
    if isinstance(value, Decimal):
        text = f"{value:f}" if _is_short(value) else f"{value:.6E}"
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, set | frozenset | tuple | list):
        text = ", ".join(sorted(str(item) for item in value)) or "∅"
    else:
        text = str(value)
    return Phrase(text, text)


def _is_short(value: Decimal) -> bool:
    """Say whether a number is not long when it is written without an exponent."""
    _, digits, exponent = value.as_tuple()
    return not value.is_finite() or len(digits) + abs(int(exponent)) <= _MOST_DIGITS


def _filled(pattern: Pattern, phrase: Phrase) -> Phrase:
    return Phrase(pattern[0].format(phrase.en), pattern[1].format(phrase.zh))


def compared(op: Comparison, right: Phrase, *, is_day: bool) -> Claim:
    """Return the claim of a comparison with *right*."""
    patterns = _DAYS if is_day else _NUMBERS
    return Claim(_filled(patterns[op], right), _filled(patterns[OPPOSITES[op]], right))


def listed(values: tuple[Scalar, ...]) -> Claim:
    """Return the claim of a membership."""
    shown = [show(value) for value in values]
    en = ", ".join(phrase.en for phrase in shown)
    zh = "、".join(phrase.zh for phrase in shown)
    return Claim(Phrase(f"one of {en}", f"属于 {zh}"), Phrase(f"none of {en}", f"不属于 {zh}"))


def matched(op: Match, text: str) -> Claim:
    """Return the claim of a match."""
    en, zh = _MATCHES[op]
    quoted = f"“{text}”"
    return Claim(
        Phrase(f"text that {en.format('s', quoted)}", zh.format(quoted)),
        Phrase(f"text that does not {en.format('', quoted)}", f"不{zh.format(quoted)}"),
    )


def holding(text: str) -> Claim:
    """Return the claim that a set has an element."""
    return Claim(
        Phrase(f"a set with {text}", f"含有 {text}"),
        Phrase(f"a set without {text}", f"不含 {text}"),
    )


ABSENT: Final = Claim(Phrase("missing", "缺失"), Phrase("present", "存在"))
AS_ASKED: Final = Claim(Phrase("as asked", "符合要求"), Phrase("not as asked", "不符合要求"))


def joined(phrases: Sequence[Phrase], en: str, zh: str) -> Phrase:
    """Return the phrases with a word between each two."""
    return Phrase(en.join(p.en for p in phrases), zh.join(p.zh for p in phrases))


def shifted(*, months: int, days: int) -> Phrase:
    """Return the day of judgement, moved, in words."""
    en, zh = "the day of judgement", "评判日"
    for count, unit, unit_zh in ((months, "month", "个月"), (days, "day", "天")):
        if count:
            size = abs(count)
            en += f" {'plus' if count > 0 else 'minus'} {size} {unit}{'' if size == 1 else 's'}"
            zh += f"{'加' if count > 0 else '减'} {size} {unit_zh}"
    return Phrase(en, zh)


@attrs.frozen
class Term:
    """An operand in words.

    Attributes:
        phrase: The words.
        is_day: Whether it comes before and after, instead of being less and more.
        is_open: Whether it needs brackets inside another operand.
    """

    phrase: Phrase
    is_day: bool = attrs.field(default=False, kw_only=True)
    is_open: bool = attrs.field(default=False, kw_only=True)

    @property
    def closed(self) -> Phrase:
        """The words, in brackets where they need some."""
        if not self.is_open:
            return self.phrase
        return Phrase(f"({self.phrase.en})", f"({self.phrase.zh})")


def calculated(op: Arithmetic, left: Term, right: Term) -> Term:
    """Return a sum, difference, product or quotient in words."""
    a, sign, b = left.closed, SIGNS[op], right.closed
    return Term(Phrase(f"{a.en} {sign} {b.en}", f"{a.zh} {sign} {b.zh}"), is_open=True)


_CALLS: Final[dict[Function, Pattern]] = {
    "abs": ("|{}|", "|{}|"),
    "length": ("length of {}", "{} 的长度"),
    "coalesce": ("{} ({} where missing)", "{}（缺失时为 {}）"),
    "days_between": ("days from {} to {}", "从 {} 到 {} 的天数"),
}

_OPEN: Final[set[Function]] = {"length", "days_between"}


def called(function: Function, terms: Sequence[Term]) -> Term:
    """Return a function of operands in words."""
    en, zh = _CALLS[function]
    phrases = [term.phrase if function == "abs" else term.closed for term in terms]
    words = Phrase(en.format(*(p.en for p in phrases)), zh.format(*(p.zh for p in phrases)))
    is_day = function == "coalesce" and terms[0].is_day
    return Term(words, is_day=is_day, is_open=function in _OPEN)


def known_as(name: str) -> Phrase:
    """Return what a named criterion is called inside another one."""
    return Phrase(f"“{name}” holds", f"“{name}”成立")


TRUE: Final = Claim(Phrase("true", "为真"), Phrase("false", "为假"))
UNKNOWN: Final = Phrase("unknown", "未知")
_PLACE: Final = re.compile(r"\{(\w+)\}")


def asked(predicate: Predicate, arguments: Mapping[str, Scalar]) -> Phrase:
    """Return what a predicate asks, with its arguments in their places or in brackets."""
    en, zh = predicate.label.en, predicate.label.zh
    shown = {name: show(value) for name, value in arguments.items()}
    rest = [name for name in shown if f"{{{name}}}" not in en + zh]
    more = joined([Phrase(f"{n}: {shown[n].en}", f"{n}：{shown[n].zh}") for n in rest], ", ", "，")
    placed = Phrase(
        _PLACE.sub(lambda place: shown[place[1]].en if place[1] in shown else place[0], en),
        _PLACE.sub(lambda place: shown[place[1]].zh if place[1] in shown else place[0], zh),
    )
    if not rest:
        return Phrase(f"“{placed.en}”", f"“{placed.zh}”")
    return Phrase(f"“{placed.en} ({more.en})”", f"“{placed.zh}（{more.zh}）”")


@attrs.frozen
class Said:
    """A part in words.

    Attributes:
        phrase: The words.
        is_open: Whether it needs brackets inside another part.
        denied: The words of its denial, where it has some of its own.
    """

    phrase: Phrase
    is_open: bool = False
    denied: Phrase | None = attrs.field(default=None, kw_only=True)

    @property
    def closed(self) -> Phrase:
        """The words, in brackets where they need some."""
        if not self.is_open:
            return self.phrase
        return Phrase(f"({self.phrase.en})", f"（{self.phrase.zh}）")


def says(subject: Phrase, claim: Phrase) -> Phrase:
    """Return the sentence that claims something of a subject."""
    return Phrase(f"{subject.en} is {claim.en}", f"{subject.zh} {claim.zh}")


class Words:
    """The back end that says each part in words."""

    def field(self, name: str) -> Term:
        return Term(Phrase(name, name))

    def literal(self, value: Scalar) -> Term:
        return Term(show(value), is_day=isinstance(value, date))

    def as_of(self, *, months: int, days: int) -> Term:
        return Term(shifted(months=months, days=days), is_day=True)

    def arithmetic(self, op: Arithmetic, left: Term, right: Term) -> Term:
        return calculated(op, left, right)

    def call(self, function: Function, arguments: Sequence[Term]) -> Term:
        return called(function, arguments)

    def compare(self, op: Comparison, left: Term, right: Term) -> Said:
        return Said(says(left.phrase, compared(op, right.phrase, is_day=right.is_day).yes))

    def is_in(self, field: Term, values: tuple[Scalar, ...]) -> Said:
        return Said(says(field.phrase, listed(values).yes))

    def match(self, op: Match, field: Term, text: str) -> Said:
        return Said(says(field.phrase, matched(op, text).yes))

    def has(self, field: Term, text: str) -> Said:
        return Said(says(field.phrase, holding(text).yes))

    def is_missing(self, field: Term) -> Said:
        absent, present = says(field.phrase, ABSENT.yes), says(field.phrase, ABSENT.no)
        return Said(absent, denied=present)

    def all_of(self, parts: Sequence[Said]) -> Said:
        return self._group(parts, " and ", "，且 ") if parts else Said(ANYTHING)

    def any_of(self, parts: Sequence[Said]) -> Said:
        return self._group(parts, " or ", "，或 ") if parts else Said(NOTHING)

    def negate(self, part: Said) -> Said:
        if part.denied is not None:
            return Said(part.denied, denied=part.phrase)
        inside = part.closed
        return Said(Phrase(f"not {inside.en}", f"并非 {inside.zh}"))

    def unless(self, part: Said) -> Said:
        inside = part.closed
        return Said(Phrase(f"unless {inside.en}", f"除非 {inside.zh}"))

    def named(self, name: str, part: Said) -> Said:  # noqa: ARG002 - the name stands for it
        return Said(known_as(name))

    def apply(
        self, predicate: Predicate, _inputs: Sequence[Term], arguments: Mapping[str, Scalar]
    ) -> Said:
        return Said(says(asked(predicate, arguments), TRUE.yes))

    @staticmethod
    def _group(parts: Sequence[Said], en: str, zh: str) -> Said:
        inside = joined([part.closed for part in parts], en, zh)
        return Said(inside, is_open=len(parts) > 1)
