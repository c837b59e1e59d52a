"""Pools: customers whom nobody owns, who may claim them, and when they come back.

A `Pool` states which customers it is for, who may claim them and how many, and after how long
without care a customer comes back. A claim is allowed, or refused with every rule that it
breaks; and of every customer it can be told which rule will take it back, when, and what
would start the clock anew.

>>> from datetime import UTC, date, datetime
>>> from crmcore.customers import Customer, Ownership
>>> from crmcore.organization import Member
>>> from crmcore.pools import Activity, Pool, RecycleRule, Register
>>> pool = Pool(
...     name="open",
...     zone="Asia/Shanghai",
...     rules=[RecycleRule(name="silent", days=90, resets=[Activity(what="contact")])],
... )
>>> register = Register(
...     customers=[Customer(id="c-17", name="Northwind")],
...     members=[Member(id="wei", name="Wei", team="sales", weekly_hours=38)],
...     ownerships=[
...         Ownership(
...             id="o-1",
...             customer="c-17",
...             member="wei",
...             since=datetime(2026, 6, 30, 2, tzinfo=UTC),
...         )
...     ],
... )
>>> pool.explain(register, "c-17", as_of=date(2026, 7, 1)).due
datetime.date(2026, 9, 29)
>>> recycling = pool.recycle(register, as_of=date(2026, 9, 29))
>>> print(recycling.moves[0].reason.rule)
rule silent, no contact by the owner for 90 full days, since 2026-06-30 (taken over)
"""

from __future__ import annotations

from ._claim import Claim, ClaimRule, Objection, Refusal
from ._lint import lint
from ._outlook import Clock, Fate, Outlook, Recycling
from ._pool import Pool
from ._register import Register
from ._rules import Activity, ClaimLimits, RecycleRule, Whose

__all__ = [
    "Activity",
    "Claim",
    "ClaimLimits",
    "ClaimRule",
    "Clock",
    "Fate",
    "Objection",
    "Outlook",
    "Pool",
    "RecycleRule",
    "Recycling",
    "Refusal",
    "Register",
    "Whose",
    "lint",
]
