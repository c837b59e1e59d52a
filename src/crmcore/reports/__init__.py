"""Reports: a review as a page with pictures, as Markdown, and as tidy tables.

The page is one file that needs nothing from anywhere else. The tables hold every number that
the page rests on, unrounded. Both are the same bytes for the same review. This room needs
the extra ``reports``.

>>> from datetime import date
>>> from crmcore.memory import MemoryStore
>>> from crmcore.organization import Department, Member, Organization, Team
>>> from crmcore.policies import Policy
>>> from crmcore.reports import to_markdown, write_html, write_tables
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
>>> print(to_markdown(review).splitlines()[0])
# Customer care: review as of 2026-09-30
>>> write_html(review, "review.html", language="zh-CN")
>>> [path.name for path in write_tables(review, "tables")][:3]
['kpis.csv', 'goals.csv', 'smart.csv']
"""

from __future__ import annotations

from ._write import to_html, to_markdown, write_html, write_markdown, write_tables

__all__ = ["to_html", "to_markdown", "write_html", "write_markdown", "write_tables"]
