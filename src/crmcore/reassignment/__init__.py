"""Reassignment: who should look after whom, and who should do what.

`assign_responsibilities` finds who should be accountable for, do, and back up each
responsibility; `assign_customers` finds who should look after each customer. Both answer
with a `crmcore.plans.Plan`: the moves from today, each with its reason, what stays uncovered
and why, the balance before and after, and a certificate of how far from the best possible it
can be.

>>> from datetime import date
>>> from crmcore.organization import Member, SkillLevel
>>> from crmcore.reassignment import Capacity, CustomerNeed, assign_customers
>>> lin = Member(
...     id="lin", name="Lin", team="service", weekly_hours=38, skills=[SkillLevel("Mandarin", 4)]
... )
>>> plan = assign_customers(
...     [CustomerNeed(customer="c-1", hours=2, skills=[SkillLevel("Mandarin", 2)], owner="wei")],
...     [Capacity(member=lin, hours=30)],
...     as_of=date(2026, 9, 30),
... )
>>> print(plan.certificate)
the best possible, proven
>>> move = plan.moves[0]
>>> print(f"{move.subject}: {move.from_member} → {move.to_member}, {move.reason.kind.label}")
customer:c-1: wei → lin, the holder has left, is leaving or has no hours
"""

from __future__ import annotations

from ._capacity import Capacity
from ._continuity import Continuity
from ._customers import assign_customers, assign_to_teams
from ._eligibility import Eligibility
from ._need import CustomerNeed
from ._responsibilities import assign_responsibilities
from ._scenario import Scenario
from ._weights import AssignmentWeights
from ._what_if import Worth, what_if
from ._wish import Apart, Bundle, Lock, Pin

__all__ = [
    "Apart",
    "AssignmentWeights",
    "Bundle",
    "Capacity",
    "Continuity",
    "CustomerNeed",
    "Eligibility",
    "Lock",
    "Pin",
    "Scenario",
    "Worth",
    "assign_customers",
    "assign_responsibilities",
    "assign_to_teams",
    "what_if",
]
