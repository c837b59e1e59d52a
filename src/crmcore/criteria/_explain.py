"""Explaining a verdict: the value at every leaf, the leaves that decide, and what would turn it.

The *witness* of a verdict is a smallest choice of leaves that settle it: whatever the other
leaves said, the verdict would be the same. A conjunction that fails needs one failing part;
one that holds needs all of its parts. What is unknown is neither shown to hold nor to fail,
so its witness is the union of what keeps it from either.

A *flip* changes one leaf and nothing else. Where other leaves read the same field, they might
change with it; such a flip is told only if it turns the verdict whatever they would say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, TypeAlias
from typing import Literal as OneOf

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase
from crmcore.verdicts import Verdict

from ._back_end import Comparison, Match
from ._operands import AsOf, Scalar
from ._reading import MATCHES, OPERATORS, has, read
from ._words import ABSENT, Claim, compared, holding, joined, listed, matched, says, show

Shape: TypeAlias = OneOf["leaf", "all", "any", "not", "unless"]
Side: TypeAlias = OneOf["yes", "no", "not yes", "not no"]

_SILENT: Final = Phrase("", "")
_SWAPPED: Final[dict[Side, Side]] = {
    "yes": "no",
    "no": "yes",
    "not yes": "not no",
    "not no": "not yes",
}
# What shows a side of an *unless* is what shows this side of its part.
_INSIDE_UNLESS: Final[dict[Side, Side]] = {
    "yes": "not yes",
    "no": "yes",
    "not yes": "yes",
    "not no": "not yes",
}


class _Anything:
    """A truth that nothing is known of: it may be true, false or unknown."""


_ANYTHING: Final = _Anything()
_Truth: TypeAlias = "bool | _Anything | None"


@attrs.frozen(kw_only=True)
class Explanation:
    """What a criterion says of one record, and why.

    Attributes:
        verdict: What it says.
        shape: ``leaf`` for a test of a field; else how the parts are joined.
        observed: The fields that a leaf reads, with their values; None where missing.
        sentence: What a leaf found; empty for the other shapes.
        claim: What a leaf asks of its field, as the end of a sentence with *is*.
        opposite: The opposite of the claim.
        parts: The explanations of the parts, in their order.

    .. versionadded:: 0.1.0
    """

    verdict: Verdict
    shape: Shape = "leaf"
    observed: tuple[tuple[str, object], ...] = ()
    sentence: Phrase = _SILENT
    claim: Phrase = _SILENT
    opposite: Phrase = _SILENT
    parts: tuple[Explanation, ...] = ()

    @property
    def leaves(self) -> tuple[Explanation, ...]:
        """Its leaves, in their order."""
        if self.shape == "leaf":
            return (self,)
        return tuple(leaf for part in self.parts for leaf in part.leaves)

    @property
    def witness(self) -> tuple[Explanation, ...]:
        """A smallest choice of leaves that settle the verdict, whatever the others said."""
        if self.verdict is Verdict.HOLDS:
            return _shown(self, "yes")
        if self.verdict is Verdict.FAILS:
            return _shown(self, "no")
        return _union((_shown(self, "not yes"), _shown(self, "not no")))

    @property
    def missing(self) -> tuple[str, ...]:
        """The missing fields that leave leaves of the witness unknown, by name."""
        unknown = (leaf for leaf in self.witness if leaf.verdict is Verdict.UNKNOWN)
        return tuple(
            sorted({name for leaf in unknown for name, value in leaf.observed if value is None})
        )

    @property
    def summary(self) -> Phrase:
        """The verdict with the leaves that decide it."""
        leaves = self.witness
        if self.verdict is Verdict.UNKNOWN:
            leaves = tuple(leaf for leaf in leaves if leaf.verdict is Verdict.UNKNOWN)
        found = joined([leaf.sentence for leaf in leaves], "; ", "；")
        label = self.verdict.label
        if not leaves:
            return Phrase(f"{label.en} for every record", f"对任何记录{label.zh}")
        return Phrase(f"{label.en}: {found.en}", f"{label.zh}：{found.zh}")

    @property
    def flips(self) -> tuple[Phrase, ...]:
        """The changes of one leaf that would make it hold, or keep it from holding."""
        return tuple(_flips(self))

    def __str__(self) -> str:
        """Return the summary and the flips in English, each on its line."""
        return "\n".join([self.summary.en, *(flip.en for flip in self.flips)])


def _union(groups: Sequence[tuple[Explanation, ...]]) -> tuple[Explanation, ...]:
    distinct = {id(leaf): leaf for group in groups for leaf in group}
    return tuple(distinct.values())


def _is(explanation: Explanation, side: Side) -> bool:
    wanted = Verdict.HOLDS if side in {"yes", "not yes"} else Verdict.FAILS
    return (explanation.verdict is wanted) is (side in {"yes", "no"})


def _shown(explanation: Explanation, side: Side) -> tuple[Explanation, ...]:
    """Return the fewest leaves that show that a side is true of the explanation."""
    parts = explanation.parts
    if explanation.shape == "leaf":
        return (explanation,)
    if explanation.shape == "not":
        return _shown(parts[0], _SWAPPED[side])
    if explanation.shape == "unless":
        return _shown(parts[0], _INSIDE_UNLESS[side])
    if (explanation.shape == "all") is (side in {"yes", "not no"}):
        return _union([_shown(part, side) for part in parts])
    choices = (_shown(part, side) for part in parts if _is(part, side))
    return min(choices, key=lambda leaves: (len(leaves), _unknown_count(leaves)))


def _unknown_count(leaves: tuple[Explanation, ...]) -> int:
    return sum(leaf.verdict is Verdict.UNKNOWN for leaf in leaves)


def _flips(root: Explanation) -> Iterator[Phrase]:
    holds = root.verdict is Verdict.HOLDS
    leaves = root.leaves
    for leaf in leaves:
        truths: dict[int, _Truth] = {
            id(other): _ANYTHING if _share_a_field(leaf, other) else other.verdict.truth
            for other in leaves
        }
        for target in (True, False):
            truth = _evaluated(root, {**truths, id(leaf): target})
            turns = truth is not True and truth is not _ANYTHING if holds else truth is True
            if turns and leaf.verdict.truth is not target:
                yield _flip(leaf, leaf.claim if target else leaf.opposite, holds=holds)


def _share_a_field(leaf: Explanation, other: Explanation) -> bool:
    fields = {name for name, _ in leaf.observed}
    return any(name in fields for name, _ in other.observed)


def _flip(leaf: Explanation, claim: Phrase, *, holds: bool) -> Phrase:
    name = leaf.observed[0][0]
    en, zh = ("would not hold", "则不成立") if holds else ("would hold", "则成立")
    return Phrase(f"{en} if {name} were {claim.en}", f"若 {name} {claim.zh}，{zh}")


def _evaluated(explanation: Explanation, truths: dict[int, _Truth]) -> _Truth:
    """Return the truth of the tree when its leaves have these truths."""
    if explanation.shape == "leaf":
        return truths[id(explanation)]
    parts = [_evaluated(part, truths) for part in explanation.parts]
    if explanation.shape in {"all", "any"}:
        settling = explanation.shape == "any"
        return next((v for v in (settling, _ANYTHING, None) if v in parts), not settling)
    if parts[0] is _ANYTHING:
        return _ANYTHING
    if explanation.shape == "not":
        return None if parts[0] is None else not parts[0]
    return parts[0] is not True


@attrs.frozen
class Seen:
    """An operand: its value, how it is shown, and the field it is of, if of one."""

    value: object
    shown: Phrase
    name: str | None = None

    @property
    def observed(self) -> tuple[tuple[str, object], ...]:
        """The field with its value, if it is of one."""
        return () if self.name is None else ((self.name, self.value),)


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
        return Seen(value, Phrase(name, name), name)

    def literal(self, value: Scalar) -> Seen:
        return Seen(value, show(value))

    def as_of(self, *, months: int, days: int) -> Seen:
        value = AsOf(months=months, days=days).on(self.day)
        return Seen(value, show(value))

    def compare(self, op: Comparison, left: Seen, right: Seen) -> Explanation:
        claim = compared(op, right.shown, is_day=isinstance(right.value, date))
        if left.value is None or right.value is None:
            return _leaf(left, claim, None, right)
        try:
            truth = bool(OPERATORS[op](left.value, right.value))
        except TypeError:
            raise _refusal(left, f"be comparable with {right.value!r}") from None
        return _leaf(left, claim, truth, right)

    def is_in(self, field: Seen, values: tuple[Scalar, ...]) -> Explanation:
        truth = None if field.value is None else field.value in values
        return _leaf(field, listed(values), truth)

    def match(self, op: Match, field: Seen, text: str) -> Explanation:
        return self._test(MATCHES[op], field, text, matched(op, text), "be text")

    def has(self, field: Seen, text: str) -> Explanation:
        return self._test(has, field, text, holding(text), "be a set of text")

    @staticmethod
    def _test(
        test: Callable[[object, str], bool], field: Seen, text: str, claim: Claim, rule: str
    ) -> Explanation:
        if field.value is None:
            return _leaf(field, claim, None)
        try:
            return _leaf(field, claim, test(field.value, text))
        except TypeError:
            raise _refusal(field, rule) from None

    def is_missing(self, field: Seen) -> Explanation:
        return _leaf(field, ABSENT, field.value is None)

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


def _refusal(field: Seen, rule: str) -> InvalidValueError:
    return InvalidValueError(str(field.name), field.value, rule)


def _leaf(field: Seen, claim: Claim, truth: bool | None, other: Seen | None = None) -> Explanation:  # noqa: FBT001 - the truth is the finding
    observed = field.observed + (() if other is None else other.observed)
    return Explanation(
        verdict=Verdict.of(truth),
        observed=observed,
        sentence=_sentence(observed, claim, truth),
        claim=claim.yes,
        opposite=claim.no,
    )


def _sentence(
    observed: tuple[tuple[str, object], ...],
    claim: Claim,
    truth: bool | None,  # noqa: FBT001
) -> Phrase:
    (name, value), *others = observed
    found = Phrase(name, name)
    if claim is ABSENT:
        return says(found, claim.yes if truth else claim.no)
    absent = [missing for missing, seen in observed if seen is None]
    if absent:
        names = Phrase(" and ".join(absent), "、".join(absent))
        gap = says(names, ABSENT.yes)
        return Phrase(
            f"{gap.en} (asked is {name} {claim.yes.en})", f"{gap.zh}（要求 {name} {claim.yes.zh}）"
        )
    shown = [show(seen) for seen in (value, *(seen for _, seen in others))]
    said = claim.yes if truth else claim.no
    en = f"{name} is {shown[0].en}"
    zh = f"{name} 为 {shown[0].zh}"
    if said.en != shown[0].en:
        en, zh = f"{en}, {said.en}", f"{zh}，{said.zh}"
    if others:
        en, zh = f"{en} ({shown[1].en})", f"{zh}（{shown[1].zh}）"
    return Phrase(en, zh)
