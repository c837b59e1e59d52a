"""Awarding: from evaluations and suggestions to awards, within a budget.

Every sum is rounded once. Without a budget, or within it, each is rounded half up to the minor
unit of the currency. Where the budget is too small, its minor units are shared in proportion
to the exact sums by the largest remainder, so that what is paid is the budget to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.checks import day
from crmcore.errors import InvalidValueError
from crmcore.evaluation import Evaluation
from crmcore.kernel import Money, Phrase, minor_digits, round_half_up

from ._awards import CUT, Award, Awards, Declined
from ._book import Book, of_kind, proposals, same, versions
from ._numbers import EXACT, apportion, total
from ._rule import IncentiveRule
from ._suggestion import Nomination, Suggestion

_ROUNDED = Phrase("rounded half up to the minor unit", "四舍五入至最小货币单位")


def award(
    evaluations: Iterable[Evaluation],
    rules: Iterable[IncentiveRule],
    *,
    as_of: date,
    currency: str,
    bases: Mapping[str, Money] | None = None,
    facts: Mapping[str, Mapping[str, object]] | None = None,
    suggestions: Iterable[Suggestion] = (),
    nominations: Iterable[Nomination] = (),
    budget: Money | None = None,
) -> Awards:
    """Say who gets which incentive, and who does not, each with the reason.

    Of a rule in several versions, the one counts that was in force when the period of the
    evaluation began, or when the suggestion was decided on. Only suggestions that were
    adopted earn an award, and evaluations whose criterion surely holds.

    Args:
        evaluations: The evaluations, one for each subject and period. Their effective scores
            count, so an override does while it lasts.
        rules: The rules, in whichever versions there are.
        as_of: The day of judgement. Suggestions decided on this day or later are still open.
        currency: The currency in which everything is paid.
        bases: The sum of which a rule may promise a share, such as the pay, by subject.
        facts: What else is known of a subject and may be asked by a rule, by subject and name.
        suggestions: The suggestions of members.
        nominations: Who was proposed for what.
        budget: The most that may be paid in all.

    Raises:
        InvalidValueError: If there is neither an evaluation nor a suggestion, if one is there
            twice or was made after *as_of*, if two versions of a rule begin on one day, if a
            base is missing, or if the budget is no whole number of minor units.
        MixedCurrenciesError: If a sum is of another currency.
        UnknownNameError: If a nomination is for no rule.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    digits = minor_digits(currency)
    judged = list(of_kind("evaluations", evaluations, Evaluation))
    ideas = list(of_kind("suggestions", suggestions, Suggestion))
    for name, told in (("bases", bases), ("facts", facts)):
        if not isinstance(told, Mapping | None):
            raise InvalidValueError(name, told, "be given by subject, as a mapping")
    _check_causes(judged, ideas, as_of)
    known = versions(rules, currency)
    book = Book(
        rules=known,
        nominated=proposals(nominations, known),
        as_of=as_of,
        currency=currency,
        bases=bases or {},
        facts=facts or {},
    )
    _check_budget(budget, currency, digits)
    found: list[Award | Declined] = []
    for evaluation in judged:
        found += book.for_evaluation(evaluation)
    for idea in ideas:
        found += book.for_suggestion(idea)
    found.sort(key=lambda each: (each.subject, each.rule.name, each.cause))
    earned = [each for each in found if isinstance(each, Award)]
    given = _paid(earned, book, budget, digits)
    return Awards(
        awards=given,
        declined=tuple(each for each in found if isinstance(each, Declined)),
        total=Money(total(each.money.amount for each in given if each.money is not None), currency),
        budget=budget,
    )


def _paid(earned: list[Award], book: Book, budget: Money | None, digits: int) -> tuple[Award, ...]:
    """Return the awards with what is paid for them, rounded once."""
    steps = [book.step(each) for each in earned]
    exact = [step[1] for step in steps if step is not None]
    paid = [round_half_up(amount, digits) for amount in exact]
    last = _ROUNDED
    if budget is not None and total(paid) > budget.amount:
        units = int(budget.amount.scaleb(digits, EXACT))
        parts = apportion(units, [Fraction(amount) for amount in exact])
        paid, last = [Decimal(part).scaleb(-digits, EXACT) for part in parts], CUT
    sums = iter(paid)
    given = []
    for each, step in zip(earned, steps, strict=True):
        if step is None:
            given.append(each)
            continue
        amount = next(sums)
        ledger = [step]
        if amount != step[1]:
            ledger.append((last, EXACT.subtract(amount, step[1])))
        money = Money(amount, book.currency)
        given.append(attrs.evolve(each, money=money, ledger=tuple(ledger)))
    return tuple(given)


def _check_causes(
    evaluations: list[Evaluation], suggestions: list[Suggestion], as_of: date
) -> None:
    if not evaluations and not suggestions:
        raise InvalidValueError("evaluations", (), "hold at least one, or suggestions do")
    for each in evaluations:
        if each.as_of > as_of:
            rule = f"be made by the day of judgement, {as_of.isoformat()}"
            raise InvalidValueError("evaluations", each.as_of.isoformat(), rule)
    _refuse_twins("evaluations", (f"{each.subject}, {each.period}" for each in evaluations))
    _refuse_twins("suggestions", (each.id for each in suggestions))


def _refuse_twins(name: str, causes: Iterable[str]) -> None:
    seen: set[str] = set()
    for cause in causes:
        if cause in seen:
            raise InvalidValueError(name, cause, "be there once each")
        seen.add(cause)


def _check_budget(budget: Money | None, currency: str, digits: int) -> None:
    if budget is None:
        return
    same(currency, budget)
    if budget.amount < 0 or round_half_up(budget.amount, digits) != budget.amount:
        rule = "be a whole number of minor units, 0 or more"
        raise InvalidValueError("budget", str(budget), rule)
