"""Sql: a store in a database, and criteria as conditions, through SQLAlchemy Core.

The tables of the store are derived from the records, so that there is one place where a schema
is written down. The database is SQLite, in a file, or PostgreSQL, and is made safe when it is
opened: what `commit` has kept survives a loss of power.

>>> from crmcore.customers import Customer
>>> from crmcore.sql import SqlStore
>>> with SqlStore.open("sqlite:///crm.db") as store:
...     with store.unit_of_work() as uow:
...         _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
...         uow.commit()
>>> with SqlStore.open("sqlite:///crm.db") as store:
...     with store.unit_of_work(readonly=True) as uow:
...         uow.customers.get("c-17").name
'Northwind'

A criterion is a condition for any table of SQLite or PostgreSQL, with one meaning on both:

>>> import sqlalchemy as sa
>>> from crmcore.criteria import F, Schema
>>> from crmcore.sql import clause
>>> customers = sa.table("customers", sa.column("visits", sa.Integer))
>>> print(clause(F.visits > 10, customers, schema=Schema.of(visits=int)))
customers.visits > :param_1

It needs the extra ``crmcore[sql]``.
"""

from __future__ import annotations

from crmcore.errors import MissingExtraError

try:
    import sqlalchemy as _sqlalchemy
except ImportError:
    raise MissingExtraError("crmcore.sql", "sql") from None
del _sqlalchemy

from ._alembic import include_object  # noqa: E402 - only once there is what it needs
from ._clause import clause, matching, verdict  # noqa: E402 - as above
from ._store import SqlStore  # noqa: E402 - as above
from ._types import FixedDecimal, Instant, TextSet  # noqa: E402 - as above

__all__ = [
    "FixedDecimal",
    "Instant",
    "SqlStore",
    "TextSet",
    "clause",
    "include_object",
    "matching",
    "verdict",
]
