"""Incentives: who gets a bonus, a promotion, an honour or an award, how much, and why.

An `IncentiveRule` says who is eligible and what is promised; a `PayoutCurve` says which share
of it so many points earn. `award` gives every `Award` its steps to the money, and everybody
who gets nothing the reason:

>>> from datetime import date
>>> from crmcore.calendar import Period
>>> from crmcore.criteria import F
>>> from crmcore.incentives import (
...     IncentiveKind,
...     IncentiveRule,
...     Suggestion,
...     SuggestionOutcome,
...     award,
... )
>>> from crmcore.kernel import MemberId, Money
>>> ideas = [
...     Suggestion(
...         id=name,
...         kind=IncentiveKind.IMPROVEMENT_AWARD,
...         member=MemberId(member),
...         title="Answer the ten most frequent questions on one page",
...         made_on=date(1998, 5, 4),
...         outcome=outcome,
...         decided_on=date(1998, 5, 20),
...     )
...     for name, member, outcome in [
...         ("s-1", "wei", SuggestionOutcome.ADOPTED),
...         ("s-2", "lin", SuggestionOutcome.DECLINED),
...     ]
... ]
>>> rule = IncentiveRule(
...     name="good idea", kind=IncentiveKind.IMPROVEMENT_AWARD, amount=Money(200, "EUR")
... )
>>> given = award([], [rule], suggestions=ideas, as_of=date(1998, 6, 1), currency="EUR")
>>> print(given.awards[0])
good idea / member:wei / suggestion s-1: 200.00 EUR, because the suggestion is adopted
  the stated amount: 200
>>> print(given.declined[0])
good idea / member:lin / suggestion s-2: none, because the suggestion is declined
"""

from __future__ import annotations

from ._award import award
from ._awards import Award, Awards, Declined, FollowUp, Grant
from ._curve import PayoutCurve
from ._fairness import FairnessAudit, FairnessGroup, audit_fairness
from ._rule import IncentiveKind, IncentiveRule
from ._suggestion import Nomination, Suggestion, SuggestionOutcome

__all__ = [
    "Award",
    "Awards",
    "Declined",
    "FairnessAudit",
    "FairnessGroup",
    "FollowUp",
    "Grant",
    "IncentiveKind",
    "IncentiveRule",
    "Nomination",
    "PayoutCurve",
    "Suggestion",
    "SuggestionOutcome",
    "audit_fairness",
    "award",
]
