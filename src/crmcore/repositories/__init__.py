"""Repositories: where aggregates are kept, whatever keeps them.

An aggregate is a frozen record with an ``id`` and a ``version``. It goes in and comes out
equal, whole, never in part; saving states the version that was read, so that nobody
overwrites what somebody else has changed. A query is a criterion, and returns what it
surely holds for. `crmcore.testing` holds an implementation to all that is said here.

>>> from crmcore.repositories import Page
>>> Page(items=("c-1", "c-2"), next="c-2").next
'c-2'
"""

from __future__ import annotations

from ._order import Order
from ._repository import Aggregate, BulkResult, Page, Repository

__all__ = ["Aggregate", "BulkResult", "Order", "Page", "Repository"]
