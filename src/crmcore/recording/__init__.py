"""Recording: reviews written down, so that later days can ask what was known.

`record_review` turns a review into facts and keeps them in the store: where each customer
stood, which score each had and why, what the KPIs were. Nothing of it is ever overwritten, and
doing it twice changes nothing:

>>> from datetime import UTC, date, datetime
>>> from crmcore.customers import Customer
>>> from crmcore.memory import MemoryStore
>>> from crmcore.organization import Department, Member, Organization, Team
>>> from crmcore.policies import Policy
>>> from crmcore.recording import record_review
>>> from crmcore.reviews import review_department
>>> from crmcore.storage import add_organization
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
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
>>> review = review_department(store, policy=Policy.default(), as_of=date(2026, 5, 3))
>>> done = record_review(store, review, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))
>>> print(done)
mia recorded the review as of 2026-05-03: 1 stages, 1 tiers, 1 scores, 180 KPIs, 0 changes
>>> with store.unit_of_work(readonly=True) as uow:
...     print(uow.facts.scores.on("c-17", date(2026, 7, 1)).score)
engagement: 0 (0 to 15)
  large orders: 0, 15 at stake, because mean_spend is missing
"""

from __future__ import annotations

from ._record import record_review
from ._recorded import RecordedFacts

__all__ = ["RecordedFacts", "record_review"]
