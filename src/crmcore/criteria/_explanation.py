"""Explanations: the value at every leaf, the leaves that decide, and what would turn it.

The *witness* of a verdict is a smallest choice of leaves that settle it: whatever the other
leaves said, the verdict would be the same. A conjunction that fails needs one failing part;
one that holds needs all of its parts. What is unknown is neither shown to hold nor to fail,
so its witness is the union of what keeps it from either.

A *flip* changes one leaf and nothing else. Where other leaves read the same field, they might
change with it; such a flip is told only if it turns the verdict whatever they would say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias
from typing import Literal as OneOf

import attrs

from crmcore.kernel import Phrase
from crmcore.verdicts import Verdict

from ._words import joined

Shape: TypeAlias = OneOf["leaf", "all", "any", "not", "unless", "named"]
Side: TypeAlias = OneOf["yes", "no", "not yes", "not no"]

_SILENT: Final = Phrase("", "")
_SWAPPED: Final[dict[Side, Side]] = {
    "yes": "no",
    "no": "yes",
    "not yes": "not no",
    "not no": "not yes",
}
# What shows a side of a part's complement, or of the named part, is what shows this side of it.
_INSIDE: Final[dict[str, dict[Side, Side]]] = {
    "not": _SWAPPED,
    "unless": {"yes": "not yes", "no": "yes", "not yes": "yes", "not no": "not yes"},
    "named": {"yes": "yes", "no": "not yes", "not yes": "not yes", "not no": "yes"},
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
        gaps: The fields that leave a leaf unknown: those that are missing, or whose zero
            leaves a quotient without a value.
        sentence: What a leaf found; empty for the other shapes.
        subject: What a leaf tests: a field, or what is calculated from fields.
        claim: What a leaf asks of its field, as the end of a sentence with *is*.
        opposite: The opposite of the claim.
        distance: How far a leaf's number or date is from where the claim turns, in relation to
            both, and days to a year; None where there is no such way.
        name: The name of a named criterion; else empty.
        parts: The explanations of the parts, in their order.

    .. versionadded:: 0.1.0
    """

    verdict: Verdict
    shape: Shape = "leaf"
    observed: tuple[tuple[str, object], ...] = ()
    gaps: tuple[str, ...] = ()
    sentence: Phrase = _SILENT
    subject: Phrase = _SILENT
    claim: Phrase = _SILENT
    opposite: Phrase = _SILENT
    distance: float | None = None
    name: str = ""
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
        """The gaps that leave leaves of the witness unknown, by name."""
        return tuple(sorted({name for leaf in self.witness for name in leaf.gaps}))

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
        """The changes of one leaf that would make it hold, or keep it from holding.

        The nearest come first: numbers and dates by their distance, then all else that is
        known, then what is missing; among equals, in the order of the leaves.
        """
        return tuple(_flip(leaf, target=target, root=self) for leaf, target in _turns(self))

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
    if explanation.shape in _INSIDE:
        return _shown(parts[0], _INSIDE[explanation.shape][side])
    if (explanation.shape == "all") is (side in {"yes", "not no"}):
        return _union([_shown(part, side) for part in parts])
    choices = (_shown(part, side) for part in parts if _is(part, side))
    return min(choices, key=lambda leaves: (len(leaves), _unknown_count(leaves)))


def _unknown_count(leaves: tuple[Explanation, ...]) -> int:
    return sum(leaf.verdict is Verdict.UNKNOWN for leaf in leaves)


def _turns(root: Explanation) -> list[tuple[Explanation, bool]]:
    """Return the leaves that can turn the verdict, each with the truth that does, nearest first."""
    return sorted(_all_turns(root), key=lambda turn: _rank(turn[0]))


def _rank(leaf: Explanation) -> tuple[int, float]:
    if leaf.verdict is Verdict.UNKNOWN:
        return 2, 0.0
    return (1, 0.0) if leaf.distance is None else (0, leaf.distance)


def _all_turns(root: Explanation) -> Iterator[tuple[Explanation, bool]]:
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
                yield leaf, target


def _share_a_field(leaf: Explanation, other: Explanation) -> bool:
    fields = {name for name, _ in leaf.observed}
    return any(name in fields for name, _ in other.observed)


def _flip(leaf: Explanation, *, target: bool, root: Explanation) -> Phrase:
    subject, claim = leaf.subject, leaf.claim if target else leaf.opposite
    holds = root.verdict is Verdict.HOLDS
    en, zh = ("would not hold", "则不成立") if holds else ("would hold", "则成立")
    return Phrase(f"{en} if {subject.en} were {claim.en}", f"若 {subject.zh} {claim.zh}，{zh}")


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
    return (parts[0] is True) is (explanation.shape == "named")
