"""Policies: what a company decides for itself, written down in one file.

A `Policy` holds the stages, the bins of recency, frequency and monetary value, the segments,
the tiers, the scoring rules, the goals, what is meant by a customer's value, and the care for
each tier. The default policy is a documented TOML file that comes with the library; a company
copies it and changes the copy.

>>> from crmcore.policies import Policy
>>> policy = Policy.default()
>>> policy.findings()
()
>>> [tier.name for tier in policy.tiers.tiers]
['standard', 'bronze', 'silver', 'gold']
>>> policy.book.minutes("gold", "at_risk")
20
"""

from __future__ import annotations

from ._book import BookPolicy, StageMinutes, TierCare
from ._goal_template import GoalTemplate
from ._management_goals import MANAGEMENT_GOALS
from ._policy import Policy
from ._value import ValuePolicy

__all__ = [
    "MANAGEMENT_GOALS",
    "BookPolicy",
    "GoalTemplate",
    "Policy",
    "StageMinutes",
    "TierCare",
    "ValuePolicy",
]
