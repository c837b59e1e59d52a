"""Evaluations: a number that is the sum of its ledger, and what it shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from crmcore.calendar import Period
from crmcore.checks import is_a, is_name
from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Phrase, Undefined
from crmcore.measures import Value
from crmcore.scoring import Override

from ._component import Component, Level
from ._numbers import shown, total
from ._scorecard import WeightedScorecard


@attrs.frozen(kw_only=True)
class EvaluationEntry:
    """What one component adds to an evaluation.

    Attributes:
        component: The component.
        value: The number with all that it rests on, or why there is none.
        points: What the number is worth by the component's curve; None where there is none.
        weight: How much it counts here, as a fraction of the whole, to 28 digits; 0 where
            there is no number.
        contribution: The points that it adds.
        least: The fewest points within what the number may vary; None where nobody knows.
        most: The most points within it.

    .. versionadded:: 0.1.0
    """

    component: Component
    value: Value | Undefined
    points: Decimal | None
    weight: Decimal
    contribution: Decimal
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def sum(self) -> str:
        """How the contribution comes about, as ``75 × 0.4 = 30``."""
        if self.points is None:
            return "0"
        return f"{shown(self.points)} × {shown(self.weight, 4)} = {shown(self.contribution)}"

    @property
    def because(self) -> Phrase:
        """Where the points come from."""
        value, curve = self.value, self.component.curve.words
        if isinstance(value, Undefined):
            why = value.reason.label
            return Phrase(f"no number: {why.en}", f"无数值：{why.zh}")
        return Phrase(f"{value}; {curve.en}", f"{value}；{curve.zh}")

    def __str__(self) -> str:
        """Return component, points and reason on one line."""
        return f"{self.component.name}: {self.sum}, because {self.because}"


@attrs.frozen(kw_only=True)
class Evaluation:
    """The performance of a member, a team or a department in a period.

    Attributes:
        subject: Who was evaluated, as ``kind:id`` (``member:wei``, ``team:service``).
        period: The days that it is about.
        as_of: The day of judgement.
        scorecard: What was looked at.
        ledger: An entry for each component, in the order of the scorecard.
        score: The sum of all contributions, or why there is none.
        override: The second number that somebody put beside the score, if one did.

    .. versionadded:: 0.1.0
    """

    subject: str = attrs.field(validator=is_name)
    period: Period
    as_of: date
    scorecard: WeightedScorecard = attrs.field(repr=False)
    ledger: tuple[EvaluationEntry, ...] = attrs.field(repr=False)
    score: Decimal | Undefined = attrs.field()
    override: Override | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_a(Override))
    )

    @score.validator
    def _is_the_sum(self, field: attrs.Attribute[Any], value: Decimal | Undefined) -> None:
        if not isinstance(value, Undefined) and value != (found := self._sum(None)):
            raise InvalidValueError(field.name, str(value), f"be the sum of its ledger, {found}")

    def _sum(self, level: Level | None) -> Decimal:
        return total(
            entry.contribution
            for entry in self.ledger
            if level is None or entry.component.level is level
        )

    def part(self, level: Level) -> Decimal:
        """Return what the components of one level add to the score."""
        return self._sum(level)

    @property
    def effective(self) -> Decimal | Undefined:
        """The number that counts, which is the override while it does, else the score."""
        if self.override is not None and self.override.counts(self.as_of):
            return self.override.value
        return self.score

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the components without a number, whose weight the others took."""
        return tuple(entry.component.name for entry in self.ledger if entry.points is None)

    def overridden(self, override: Override) -> Evaluation:
        """Return the evaluation with a second number beside it; the ledger stays as it is."""
        return attrs.evolve(self, override=override)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Strengths, points to improve, and components without a number, the gravest first.

        A component is a strength, or to be improved, only where the number cannot be worth
        fewer points, or more, within all that it may vary by chance. So what has no interval
        is neither: one month above the target is no news.
        """
        found = [_finding(self, entry) for entry in self.ledger]
        return in_order(finding for finding in found if finding is not None)

    def __str__(self) -> str:
        """Return who, when and how much, and the ledger, an entry a line."""
        score = self.score if isinstance(self.score, Undefined) else shown(self.score)
        head = f"{self.subject}, {self.period}: {score}"
        if self.override is not None:
            head += f"; {self.override.author} says {shown(self.override.value)}"
        return "\n".join([head, *(f"  {entry}" for entry in self.ledger)])


def _finding(evaluation: Evaluation, entry: EvaluationEntry) -> Finding | None:
    card, component = evaluation.scorecard, entry.component
    if entry.points is None:
        title = Phrase(f"{component.name} has no number", f"{component.name}没有数值")
        if not isinstance(evaluation.score, Undefined):
            en, zh = "and the other components count for it", "其权重由其他内容分担"
            title = Phrase(f"{title.en}, {en}", f"{title.zh}，{zh}")
        return _about(evaluation, entry, "component_missing", Severity.NOTE, title)
    if entry.least is None or entry.most is None:
        return None
    points = shown(entry.points)
    if entry.least >= card.strength_from:
        title = Phrase(
            f"{component.name} is a strength: {points} points, {shown(entry.least)} at least",
            f"{component.name}是优势：{points}分，至少{shown(entry.least)}分",
        )
        return _about(evaluation, entry, "strength", Severity.NOTE, title)
    if entry.most < card.improve_below:
        title = Phrase(
            f"{component.name} is to be improved: {points} points, {shown(entry.most)} at most",
            f"{component.name}有待改进：{points}分，至多{shown(entry.most)}分",
        )
        return _about(evaluation, entry, "point_to_improve", Severity.WARNING, title)
    return None


def _about(
    evaluation: Evaluation, entry: EvaluationEntry, kind: str, severity: Severity, title: Phrase
) -> Finding:
    value = entry.value
    evidence = [("component", entry.component.name), ("period", str(evaluation.period))]
    if isinstance(value, Undefined):
        evidence.append(("value", str(value)))
    else:
        evidence += [
            ("value", str(value)),
            ("definition", f"{value.definition}, version {value.version}"),
        ]
    return Finding(
        kind=kind,
        severity=severity,
        subject=evaluation.subject,
        title=title,
        evidence=tuple(evidence),
        suggestion=entry.component.remedy if kind == "point_to_improve" else None,
    )
