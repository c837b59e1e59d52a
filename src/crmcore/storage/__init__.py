"""Storage: what the library asks of whoever keeps its records.

A `Store` gives out units of work. A `UnitOfWork` is one transaction over the repositories of
all records; it keeps nothing unless it is told to commit. Which store it is never shows:
`crmcore.memory` keeps records in dictionaries, `crmcore.sql` in a database.

>>> from crmcore.customers import Customer
>>> from crmcore.memory import MemoryStore
>>> store = MemoryStore()
>>> with store.unit_of_work() as uow:
...     _ = uow.customers.add(Customer(id="c-17", name="Northwind"))
...     uow.commit()
>>> with store.unit_of_work(readonly=True) as uow:
...     uow.customers.get("c-17").version
1

In one call, and again where somebody else was faster:

>>> import attrs
>>> from crmcore.storage import run
>>> run(
...     store,
...     lambda uow: uow.customers.save(attrs.evolve(uow.customers.get("c-17"), region="north")),
... ).version
2

A store of your own writes a `Transaction` with its `Table` for each kind of record, and gets
the rest from `TableUnitOfWork`.
"""

from __future__ import annotations

from ._capability import DEFAULT_TENANT, Capability, tenant_id
from ._command import Command
from ._organization import add_organization, read_organization
from ._protocols import Store, UnitOfWork
from ._run import run
from ._table import RECORDS, Selection, Table, Transaction
from ._trail import Trail
from ._unit_of_work import TableUnitOfWork

__all__ = [
    "DEFAULT_TENANT",
    "RECORDS",
    "Capability",
    "Command",
    "Selection",
    "Store",
    "Table",
    "TableUnitOfWork",
    "Trail",
    "Transaction",
    "UnitOfWork",
    "add_organization",
    "read_organization",
    "run",
    "tenant_id",
]
