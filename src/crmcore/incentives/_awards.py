"""Awards: who gets what, why, and whether it came in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import attrs

from crmcore.checks import day, is_name, refusal
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.evaluation import Evaluation
from crmcore.improvement import Finding, Severity, in_order
from crmcore.kernel import Money, Phrase

from ._numbers import EXACT, shown, total
from ._rule import IncentiveRule


@attrs.frozen(kw_only=True)
class Award:
    """What somebody gets by a rule, and the steps that lead to it.

    Attributes:
        subject: Who gets it, as ``kind:id``.
        rule: The rule that gives it.
        cause: What it is for: the period of the evaluation, or the id of the suggestion.
        score: The points that counted, if it follows an evaluation.
        share: The share of the promised sum that they earned, as a fraction.
        money: What is paid, in whole minor units; None where it is no money.
        ledger: The steps to the money, which is their sum; exact, in the major unit.
        because: Why it is given.
        grant_by: The last day on which granting it is in time.

    .. versionadded:: 0.1.0
    """

    subject: str
    rule: IncentiveRule
    cause: str
    score: Decimal | None = None
    share: Decimal | None = None
    money: Money | None = attrs.field(default=None)
    ledger: tuple[tuple[Phrase, Decimal], ...] = ()
    because: Phrase
    grant_by: date

    @money.validator
    def _is_the_sum(self, field: attrs.Attribute[Any], value: Money | None) -> None:
        found = total(amount for _, amount in self.ledger)
        if (value is None) is bool(self.ledger) or (value is not None and value.amount != found):
            raise refusal(field, str(value), f"be the sum of its ledger, {found}")

    @property
    def id(self) -> str:
        """What tells it from all others: rule, subject and cause."""
        return f"{self.rule.name} / {self.subject} / {self.cause}"

    def __str__(self) -> str:
        """Return who gets what for what, and the steps that can be seen, one a line."""
        what = self.rule.kind.label.en if self.money is None else str(self.money)
        head = f"{self.id}: {what}, because {self.because}"
        steps = [(why, shown(amount)) for why, amount in self.ledger]
        seen = (f"  {why}: {step}" for why, step in steps if step.strip("-") != "0")
        return "\n".join([head, *seen])


@attrs.frozen(kw_only=True)
class Declined:
    """An incentive that somebody does not get, and why.

    Attributes:
        subject: Who does not get it.
        rule: The rule that would have given it.
        cause: What it would have been for.
        because: Why not.

    .. versionadded:: 0.1.0
    """

    subject: str
    rule: IncentiveRule
    cause: str
    because: Phrase

    def __str__(self) -> str:
        """Return who does not get what, and why."""
        return f"{self.rule.name} / {self.subject} / {self.cause}: none, because {self.because}"


@attrs.frozen(kw_only=True)
class Grant:
    """That an award was handed over, and made public if it was.

    Attributes:
        award: The id of the award.
        on: The day on which it was handed over.
        published_on: The day on which it was made public; None where it was not.

    .. versionadded:: 0.1.0
    """

    award: str = attrs.field(validator=is_name)
    on: date = attrs.field()
    published_on: date | None = attrs.field(default=None)

    @on.validator
    def _is_a_day(self, field: attrs.Attribute[date], value: date) -> None:
        day(value, field)

    @published_on.validator
    def _is_not_earlier(self, field: attrs.Attribute[date | None], value: date | None) -> None:
        if value is not None and day(value, field) < self.on:
            rule = f"not be before the grant, {self.on.isoformat()}"
            raise InvalidValueError(field.name, value.isoformat(), rule)


@attrs.frozen(kw_only=True)
class FollowUp:
    """What came of an evaluation: what was given for it, and what is done about its weak points.

    Attributes:
        subject: Who was evaluated.
        period: The days that the evaluation is about, in words.
        awards: The ids of the awards that rest on it, sorted.
        strengths: The components that are strengths, sorted.
        actions: Each point to improve with the id of the action that answers it; None where
            nothing is done yet.

    .. versionadded:: 0.1.0
    """

    subject: str
    period: str
    awards: tuple[str, ...]
    strengths: tuple[str, ...]
    actions: tuple[tuple[str, str | None], ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A finding for each point to improve about which nothing is done."""
        return in_order(
            Finding(
                kind="point_without_action",
                severity=Severity.WARNING,
                subject=self.subject,
                title=Phrase(
                    f"nothing is agreed on to improve {component} since {self.period}",
                    f"{self.period}考核指出“{component}”有待改进，尚无改进措施",
                ),
                evidence=(("component", component), ("period", self.period)),
            )
            for component, action in self.actions
            if action is None
        )


@attrs.frozen(kw_only=True)
class Awards:
    """All awards that rules gave, and all that they did not.

    Attributes:
        awards: Who gets what, by subject, rule and cause.
        declined: Who does not get what, and why, in the same order.
        total: What is paid in all.
        budget: The most that could be paid; None where nothing bounds it.

    .. versionadded:: 0.1.0
    """

    awards: tuple[Award, ...]
    declined: tuple[Declined, ...] = ()
    total: Money
    budget: Money | None = None

    @property
    def entitled(self) -> Decimal:
        """What would be paid in all without a budget, before any rounding, in the major unit."""
        return total(award.ledger[0][1] for award in self.awards if award.ledger)

    @property
    def is_cut(self) -> bool:
        """Whether the budget was too small, so that everybody got less in proportion."""
        return any(why == CUT for award in self.awards for why, _ in award.ledger)

    def paid(self) -> Mapping[str, Decimal]:
        """Return what each subject is paid in all, nothing too, as plain amounts."""
        found = dict.fromkeys(
            sorted({a.subject for a in self.awards} | {d.subject for d in self.declined}),
            Decimal(0),
        )
        for award in self.awards:
            if award.money is not None:
                found[award.subject] = EXACT.add(found[award.subject], award.money.amount)
        return MappingProxyType(found)

    def late(self, grants: Iterable[Grant], *, as_of: date) -> tuple[Finding, ...]:
        """Return a finding for each award that came late, has not come yet, or stays unknown.

        An award that was to be public and is not is one of them: nobody can follow it.

        Args:
            grants: What was handed over.
            as_of: The day of judgement. Grants of this day or later are not known yet.

        Raises:
            UnknownNameError: If a grant is of no award.
        """
        day(as_of)
        given = self._granted(grants)
        found: list[Finding] = []
        for award in self.awards:
            grant = given.get(award.id)
            if grant is None or grant.on >= as_of:
                if as_of > award.grant_by:
                    found.append(_late(award, "award_overdue", None))
                continue
            if grant.on > award.grant_by:
                found.append(_late(award, "award_late", grant.on))
            published = grant.published_on is not None and grant.published_on < as_of
            if award.rule.is_public and not published:
                found.append(_late(award, "award_not_public", grant.on))
        return in_order(found)

    def _granted(self, grants: Iterable[Grant]) -> dict[str, Grant]:
        known = {award.id for award in self.awards}
        given: dict[str, Grant] = {}
        for grant in sorted(grants, key=lambda grant: (grant.on, grant.award), reverse=True):
            if grant.award not in known:
                raise UnknownNameError("award", grant.award, known)
            given[grant.award] = grant
        return given

    def role_models(self, grants: Iterable[Grant]) -> tuple[Award, ...]:
        """Return the awards that were made public, for others to follow.

        Raises:
            UnknownNameError: If a grant is of no award.
        """
        given = self._granted(grants)
        return tuple(
            award
            for award in self.awards
            if (grant := given.get(award.id)) is not None and grant.published_on is not None
        )

    def follow_up(
        self,
        evaluations: Iterable[Evaluation],
        actions: Mapping[tuple[str, str], str] | None = None,
    ) -> tuple[FollowUp, ...]:
        """Return what came of each evaluation, by period, then subject.

        Args:
            evaluations: The evaluations.
            actions: The id of the action, such as a task, that answers a point to improve, by
                subject and component.
        """
        known = actions or {}
        return tuple(
            FollowUp(
                subject=each.subject,
                period=str(each.period),
                awards=tuple(
                    sorted(
                        award.id
                        for award in self.awards
                        if (award.subject, award.cause) == (each.subject, str(each.period))
                    )
                ),
                strengths=_components(each, "strength"),
                actions=tuple(
                    (name, known.get((each.subject, name)))
                    for name in _components(each, "point_to_improve")
                ),
            )
            for each in sorted(evaluations, key=lambda each: (each.period, each.subject))
        )


CUT = Phrase("the budget, shared in proportion", "预算内按比例分配")


def _components(evaluation: Evaluation, kind: str) -> tuple[str, ...]:
    return tuple(
        sorted(
            dict(finding.evidence)["component"]
            for finding in evaluation.findings
            if finding.kind == kind
        )
    )


def _late(award: Award, kind: str, on: date | None) -> Finding:
    by = award.grant_by.isoformat()
    name = f"{award.rule.name} ({award.cause})"
    if on is None:
        title = Phrase(
            f"{name} was to be granted by {by} and is not", f"{name}应于{by}前兑现，至今未兑现"
        )
    elif kind == "award_late":
        title = Phrase(
            f"{name} was to be granted by {by} and came on {on.isoformat()}",
            f"{name}应于{by}前兑现，实际于{on.isoformat()}兑现",
        )
    else:
        title = Phrase(f"{name} was to be made public and is not", f"{name}应予公布，尚未公布")
    return Finding(
        kind=kind,
        severity=Severity.WARNING if on is None else Severity.NOTE,
        subject=award.subject,
        title=title,
        evidence=(("award", award.id), ("grant_by", by)),
    )
