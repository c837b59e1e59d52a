"""Alembic: migrations of an application leave the tables of a store alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.sql import SqlStore, include_object

THEIRS = sa.MetaData()
INVOICES = sa.Table(
    "invoices",
    THEIRS,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("customer", sa.Text, index=True),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest, sqlite: sa.Engine) -> Iterator[sa.Connection]:
    """Connect to a database with the tables of a store and of an application."""
    if request.param == "sqlite":
        engine = sqlite
    else:
        engine = sa.create_engine(request.getfixturevalue("postgresql_url"))
    with engine.connect() as opened:
        SqlStore.bind(opened).migrate()
        THEIRS.create_all(opened)
        yield opened
    engine.dispose()


def test_autogenerate_leaves_the_tables_of_a_store_alone(connection: sa.Connection) -> None:
    """Without the filter it would drop them all; with it only the application's own count."""
    careless = MigrationContext.configure(connection)
    careful = MigrationContext.configure(connection, opts={"include_object": include_object})

    dropped = {change[1].name for change in compare_metadata(careless, THEIRS)}

    assert {"crm_customers", "crm_outbox", "crm_schema"} <= dropped
    assert compare_metadata(careful, THEIRS) == []


def test_autogenerate_still_sees_the_applications_own_tables(connection: sa.Connection) -> None:
    """A table that the application no longer declares is dropped, with its index."""
    careful = MigrationContext.configure(connection, opts={"include_object": include_object})

    changes = compare_metadata(careful, sa.MetaData())

    assert [change[0] for change in changes] == ["remove_index", "remove_table"]


def test_a_revision_makes_the_tables_of_a_store(postgresql_url: str) -> None:
    """One line in a revision, in the transaction of the revision."""
    engine = sa.create_engine(postgresql_url)
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        SqlStore.bind(operations.get_bind()).migrate()

    with SqlStore(engine) as store, store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-17"), name="Northwind"))
        uow.commit()
