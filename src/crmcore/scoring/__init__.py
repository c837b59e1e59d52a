"""Scoring: points by stated rules, and a ledger that says where each of them comes from.

A `RuleSet` gives a record a `Score`. Its value *is* the sum of its ledger: every `Rule` that
holds has its entry, with the points, what is left of them after decay, and the values that
show it; every cap has one. A rule of which nobody knows whether it holds has an entry of 0
points that says what is missing, and the score says how low and how high it could be:

>>> from datetime import date
>>> from crmcore.criteria import F
>>> from crmcore.scoring import HalfLife, Rule, RuleSet
>>> rules = RuleSet(
...     "engagement",
...     [
...         Rule(
...             "visited us",
...             when=F.visits_30d >= 1,
...             points=25,
...             decay=HalfLife(days=14, since=F.last_visit),
...         ),
...         Rule("complained", when=F.open_complaints > 0, points=-40),
...     ],
... )
>>> score = rules.score({"visits_30d": 3, "last_visit": date(2026, 9, 16)}, as_of=date(2026, 9, 30))
>>> print(score)
engagement: 12.5 (-27.5 to 12.5)
  visited us: 25 × 0.50 (14 days old) = 12.5, because visits_30d is 1 or more
  complained: 0, -40 at stake, because open_complaints is missing

Of a million scores a total and two masks are enough: the ledger of any of them can be written
from these later. An `EventRuleSet` scores what happened, event by event, within windows and
limits; the scores of both kinds add up.
"""

from __future__ import annotations

from ._decay import HalfLife, Linear, Step
from ._event_rule import EventRule
from ._event_rule_set import EventRuleSet
from ._program import Masks
from ._rule import Rule
from ._rule_set import RuleSet
from ._score import Entry, EntryKind, EventPart, EventUse, Override, Score
from ._scorer import Scorer

__all__ = [
    "Entry",
    "EntryKind",
    "EventPart",
    "EventRule",
    "EventRuleSet",
    "EventUse",
    "HalfLife",
    "Linear",
    "Masks",
    "Override",
    "Rule",
    "RuleSet",
    "Score",
    "Scorer",
    "Step",
]
