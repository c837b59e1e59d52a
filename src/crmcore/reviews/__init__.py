"""Reviews: the use cases, where stores and algorithms meet.

`review_department` reads a department's records as of a day, judges its customers, KPIs,
goals and duties, and proposes a plan; `plan_handover` proposes who takes over what one member
holds. `apply_plan` carries such a plan out in one unit of work, or not at all; `undo_plan`
takes it back. Stores know nothing of plans.

>>> from datetime import UTC, date, datetime
>>> from crmcore.memory import MemoryStore
>>> from crmcore.organization import Department, Member, Organization, Team
>>> from crmcore.policies import Policy
>>> from crmcore.reviews import review_department
>>> from crmcore.storage import add_organization
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     add_organization(
...         uow,
...         Organization(
...             department=Department(id="care", name="Customer care"),
...             teams=[
...                 Team(id="sales", name="Sales", department="care", looks_after_customers=True)
...             ],
...             members=[Member(id="wei", name="Wei", team="sales", weekly_hours=38)],
...         ),
...     )
...     uow.commit()
>>> review = review_department(store, policy=Policy.default(), as_of=date(2026, 9, 30))
>>> [finding.kind for finding in review.findings]
['no_role', 'goal_without_baseline', 'goal_without_baseline', 'idle_capacity']
>>> len(review.plan.moves)
0
"""

from __future__ import annotations

from ._apply import apply_plan, undo_plan
from ._backtest import backtest
from ._customer_value import CustomerValue
from ._department import review_department
from ._handover import Handover
from ._holdings import Holdings, holdings_at
from ._impact import Backtest, BacktestDay, Difference
from ._judging import Judgement
from ._leaving import plan_handover
from ._note import HandoverNote
from ._plan import DepartmentPlan
from ._review import Review

__all__ = [
    "Backtest",
    "BacktestDay",
    "CustomerValue",
    "DepartmentPlan",
    "Difference",
    "Handover",
    "HandoverNote",
    "Holdings",
    "Judgement",
    "Review",
    "apply_plan",
    "backtest",
    "holdings_at",
    "plan_handover",
    "review_department",
    "undo_plan",
]
