"""Migrations: the steps from one schema to the next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from typing import Final

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from crmcore.errors import SchemaOutOfDateError
from crmcore.storage import DEFAULT_TENANT

from ._tables import METADATA, SCHEMA, TABLES
from ._views import views

NEEDED: Final = 3

_MANY: Final = 100_000
_FEW: Final = 10
_COMPONENT: Final = "store"
_VERSION: Final = f"SELECT MAX(version) FROM crm_schema WHERE component = '{_COMPONENT}'"  # noqa: S608 - our own word


def is_empty(connection: sa.Connection) -> bool:
    """Say whether the database has no tables at all."""
    return not sa.inspect(connection).get_table_names()


def expected_version(connection: sa.Connection) -> int:
    """Return the version of the schema, where it is asked for as this library has it.

    Raises:
        DBAPIError: If it is not, or not at all.
    """
    return connection.exec_driver_sql(_VERSION).scalar() or 0


def version_of(connection: sa.Connection) -> int:
    """Return the version of the schema; 0 where there is none."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(SCHEMA.name):
        return 0
    columns = {column["name"] for column in inspector.get_columns(SCHEMA.name)}
    query = sa.select(sa.func.max(SCHEMA.c.version))
    if "component" in columns:
        query = query.where(SCHEMA.c.component == _COMPONENT)
    return connection.scalar(query) or 0


def steps(connection: sa.Connection) -> tuple[str, ...]:
    """Return the statements that lead to the schema that is needed.

    Raises:
        SchemaOutOfDateError: If the database is ahead of it.
    """
    have = version_of(connection)
    if have > NEEDED:
        raise SchemaOutOfDateError(have, NEEDED)
    if have == NEEDED:
        return ()
    return _made(connection.dialect.name) if have == 0 else tuple(_made_anew(connection))


@lru_cache
def _made(database: str) -> tuple[str, ...]:
    """Return what makes all tables and views in a database of that kind."""
    dialect = sa.make_url(f"{database}://").get_dialect()()
    tables = METADATA.sorted_tables
    indexes = sorted((index for table in tables for index in table.indexes), key=_name)
    done = (
        f"INSERT INTO {SCHEMA.name} (component, version, crmcore_version) "  # noqa: S608 - our own words
        f"VALUES ('{_COMPONENT}', {NEEDED}, '{version('crmcore')}')"
    )
    return (
        *(str(CreateTable(table).compile(dialect=dialect)).strip() for table in tables),
        *(str(CreateIndex(index).compile(dialect=dialect)) for index in indexes),
        *views(database),
        *_statistics(database),
        done,
    )


def _name(index: sa.Index) -> str:
    return str(index.name)


def _statistics(database: str) -> Iterator[str]:
    """Tell SQLite what it cannot guess: a tenant has many rows, and one of its customers few.

    Left to itself it takes a tenant to have ten rows, and looks through all of them. PostgreSQL
    finds out by itself.
    """
    if database != "sqlite":
        return
    yield "ANALYZE"  # which makes the table that it keeps them in
    for table in TABLES.values():
        name = table.sql.name
        few = {str(index.name): f"{_MANY} {_MANY} {_FEW} 1" for index in table.sql.indexes}
        for index, counts in sorted({name: f"{_MANY} {_MANY} 1", **few}.items()):
            yield f"INSERT INTO sqlite_stat1 VALUES ('{name}', '{index}', '{counts}')"  # noqa: S608 - our own words
    yield "ANALYZE sqlite_schema"  # which makes this connection read them, as others will


def _made_anew(connection: sa.Connection) -> Iterator[str]:
    """Put the tables of before there were tenants aside, and copy what stands in them."""
    inspector = sa.inspect(connection)
    ours = (table.name for table in METADATA.sorted_tables if table is not SCHEMA)
    old = [name for name in ours if inspector.has_table(name)]
    for name in old:
        for index in inspector.get_indexes(name):
            yield f"DROP INDEX {index['name']}"
        yield f"ALTER TABLE {name} RENAME TO {name}_old"
    yield f"DROP TABLE {SCHEMA.name}"
    yield from _made(connection.dialect.name)
    for name in old:
        columns = ", ".join(f'"{column["name"]}"' for column in inspector.get_columns(name))
        yield (
            f"INSERT INTO {name} (tenant, {columns}) "  # noqa: S608 - names from the schema
            f"SELECT '{DEFAULT_TENANT}', {columns} FROM {name}_old"
        )
        yield f"DROP TABLE {name}_old"
