"""The book of rules: which version counts when, and what it makes of a cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

import attrs

from crmcore.calendar import Period
from crmcore.criteria import EVERYTHING
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.evaluation import Evaluation
from crmcore.kernel import Money, Phrase, Undefined
from crmcore.verdicts import Verdict

from ._awards import Award, Declined
from ._numbers import EXACT, percent_of, shown
from ._rule import IncentiveRule
from ._suggestion import Nomination, Suggestion, SuggestionOutcome

T = TypeVar("T")

_PROMISED = Phrase("the promised sum times the share for the points", "约定金额×得分对应比例")
_EVERYBODY = Phrase("everybody is eligible", "人人适用")
_FIXED = Phrase("the stated amount", "规定金额")


def same(currency: str, money: Money) -> Money:
    """Return a sum of the currency, and refuse one of another."""
    if not isinstance(money, Money):
        raise InvalidValueError("money", money, f"be Money in {currency}")
    if money.currency != currency:
        raise MixedCurrenciesError(currency, money.currency)
    return money


def of_kind(name: str, given: Iterable[T], kind: type[T]) -> Iterator[T]:
    """Yield what is of one kind, and refuse everything else."""
    row: Iterable[Any] = given if isinstance(given, Iterable) else (given,)
    for each in row:
        if not isinstance(each, kind):
            raise InvalidValueError(name, each, f"be a list of {kind.__name__}")
        yield each


def versions(
    rules: Iterable[IncentiveRule], currency: str
) -> tuple[tuple[IncentiveRule, ...], ...]:
    """Return the versions of each rule in the order in which they began to count."""
    given = list(of_kind("rules", rules, IncentiveRule))
    ordered = sorted(given, key=lambda rule: (rule.name, rule.since or date.min))
    if not ordered:
        raise InvalidValueError("rules", (), "hold at least one")
    for rule in ordered:
        if rule.amount is not None:
            same(currency, rule.amount)
    grouped = tuple(tuple(group) for _, group in groupby(ordered, key=lambda rule: rule.name))
    for group in grouped:
        if len({each.since or date.min for each in group}) < len(group):
            wanted = "begin on different days where they are versions of one rule"
            raise InvalidValueError("rules", group[0].name, wanted)
    return grouped


def proposals(
    nominations: Iterable[Nomination], rules: Iterable[tuple[IncentiveRule, ...]]
) -> frozenset[tuple[str, str, date]]:
    """Return which rule each nomination is for, whom it names, and its day."""
    names = {group[0].name for group in rules}
    found = set()
    for each in of_kind("nominations", nominations, Nomination):
        if each.rule not in names:
            raise UnknownNameError("incentive rule", each.rule, names)
        found.add((each.rule, each.subject, each.on))
    return frozenset(found)


@attrs.frozen(kw_only=True)
class Book:
    """The rules by name, their versions in order, with all that they may ask for."""

    rules: tuple[tuple[IncentiveRule, ...], ...]
    nominated: frozenset[tuple[str, str, date]]
    as_of: date
    currency: str
    bases: Mapping[str, Money]
    facts: Mapping[str, Mapping[str, object]]

    def in_force(self, on: date) -> list[IncentiveRule]:
        """Return the version of each rule that counts on a day."""
        counting = (
            [rule for rule in versions if rule.since is None or rule.since <= on]
            for versions in self.rules
        )
        return [versions[-1] for versions in counting if versions]

    def for_evaluation(self, evaluation: Evaluation) -> list[Award | Declined]:
        """Return what each rule makes of an evaluation."""
        return [
            self._judge(rule, evaluation)
            for rule in self.in_force(evaluation.period.start)
            if not rule.kind.is_for_suggestions
        ]

    def _judge(self, rule: IncentiveRule, evaluation: Evaluation) -> Award | Declined:
        subject, period, score = evaluation.subject, evaluation.period, evaluation.effective
        points = {entry.component.name: entry.points for entry in evaluation.ledger}
        number = None if isinstance(score, Undefined) else score
        record = {**self.facts.get(subject, {}), **points, "score": number}
        asked = rule.eligible.explain(record, as_of=self.as_of)
        why = _EVERYBODY if rule.eligible == EVERYTHING else asked.summary
        if asked.verdict is not Verdict.HOLDS:
            return self._none(rule, evaluation, why)
        if rule.needs_nomination and not self._is_nominated(rule, subject, period):
            return self._none(rule, evaluation, Phrase("nobody has nominated it", "无人提名"))
        if isinstance(score, Undefined) and rule.curve is not None:
            reason = score.reason.label
            why = Phrase(f"there is no score: {reason.en}", f"没有得分：{reason.zh}")
            return self._none(rule, evaluation, why)
        share = None
        if rule.curve is not None and number is not None:
            share = rule.curve.share(number)
            if not share:
                least = rule.curve.threshold
                why = Phrase(
                    f"{shown(number)} points earn nothing, the curve begins at {least}",
                    f"得{shown(number)}分，未超过起付分{least}",
                )
                return self._none(rule, evaluation, why)
            earned, percent = shown(number), percent_of(share)
            why = Phrase(
                f"{earned} points earn {percent} %; {why.en}",
                f"得{earned}分，发放{percent}%；{why.zh}",
            )
        return Award(
            subject=subject,
            rule=rule,
            cause=str(period),
            score=number,
            share=share,
            because=why,
            grant_by=period.end + timedelta(days=rule.days - 1),
        )

    def _none(self, rule: IncentiveRule, evaluation: Evaluation, why: Phrase) -> Declined:
        return Declined(
            subject=evaluation.subject, rule=rule, cause=str(evaluation.period), because=why
        )

    def _is_nominated(self, rule: IncentiveRule, subject: str, period: Period) -> bool:
        return any(
            (name, who) == (rule.name, subject) and on in period for name, who, on in self.nominated
        )

    def step(self, award: Award) -> tuple[Phrase, Decimal] | None:
        """Return the exact sum that an award comes to before rounding; None for no money."""
        rule = award.rule
        promised = rule.amount
        if rule.share_of_base is not None:
            if award.subject not in self.bases:
                who = f"name the base of whoever gets {rule.name}"
                raise InvalidValueError("bases", award.subject, who)
            base = same(self.currency, self.bases[award.subject])
            if base.amount < 0:
                raise InvalidValueError("bases", str(base), f"be 0 or more, for {award.subject}")
            promised = Money(EXACT.multiply(base.amount, rule.share_of_base), self.currency)
        if promised is None:
            return None
        if award.share is None:
            return _FIXED, promised.amount
        return _PROMISED, EXACT.multiply(promised.amount, award.share)

    def for_suggestion(self, idea: Suggestion) -> list[Award | Declined]:
        """Return what each rule makes of a suggestion."""
        decided = idea.decided_on
        if decided is None or decided >= self.as_of:
            rules, decided = self.in_force(idea.made_on), None
        else:
            rules = self.in_force(decided)
        return [self._reward(rule, idea, decided) for rule in rules if rule.kind is idea.kind]

    def _reward(
        self, rule: IncentiveRule, idea: Suggestion, decided: date | None
    ) -> Award | Declined:
        subject, cause = f"member:{idea.member}", f"suggestion {idea.id}"
        asked = rule.eligible.explain(idea, as_of=self.as_of)
        label = (SuggestionOutcome.OPEN if decided is None else idea.outcome).label
        why = Phrase(f"the suggestion is {label.en}", f"建议{label.zh}")
        if decided is None or idea.outcome is not SuggestionOutcome.ADOPTED:
            return Declined(subject=subject, rule=rule, cause=cause, because=why)
        if asked.verdict is not Verdict.HOLDS:
            return Declined(subject=subject, rule=rule, cause=cause, because=asked.summary)
        return Award(
            subject=subject,
            rule=rule,
            cause=cause,
            because=why,
            grant_by=decided + timedelta(days=rule.days),
        )
