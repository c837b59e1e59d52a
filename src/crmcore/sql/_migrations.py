"""Migrations: the steps from one schema to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from crmcore.errors import SchemaOutOfDateError

from ._tables import METADATA, SCHEMA

_ADDED_LATER: Final = frozenset({"crm_matters"})


def _create(dialect: sa.Dialect) -> Iterator[str]:
    """Make the tables of the first schema."""
    first = (table for table in METADATA.sorted_tables if table.name not in _ADDED_LATER)
    return _made(first, dialect)


def _keep_matters(dialect: sa.Dialect) -> Iterator[str]:
    """Make the table of what is open between the company and its customers."""
    return _made([METADATA.tables["crm_matters"]], dialect)


def _made(tables: Iterable[sa.Table], dialect: sa.Dialect) -> Iterator[str]:
    for table in tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))


# The place in the list is the version: the first step leads from 0 to 1. A step that has been
# released is never changed; a change of the records brings a new step.
_STEPS: Final[Sequence[Callable[[sa.Dialect], Iterator[str]]]] = (_create, _keep_matters)

NEEDED: Final = len(_STEPS)


def is_empty(connection: sa.Connection) -> bool:
    """Say whether the database has no tables at all."""
    return not sa.inspect(connection).get_table_names()


def version_of(connection: sa.Connection) -> int:
    """Return the version of the schema; 0 where there is none."""
    if not sa.inspect(connection).has_table(SCHEMA.name):
        return 0
    found = connection.scalar(sa.select(sa.func.max(SCHEMA.c.version)))
    return int(found or 0)


def refuse_other_version(connection: sa.Connection) -> None:
    """Refuse tables that are not those of this library.

    Raises:
        SchemaOutOfDateError: If they are older or newer.
    """
    have = version_of(connection)
    if have != NEEDED:
        raise SchemaOutOfDateError(have, NEEDED)


def steps_from(version: int, dialect: sa.Dialect) -> tuple[str, ...]:
    """Return the statements that lead from *version* to the one that is needed.

    Raises:
        SchemaOutOfDateError: If *version* is ahead of it.
    """
    if version > NEEDED:
        raise SchemaOutOfDateError(version, NEEDED)
    return tuple(statement for step in _STEPS[version:] for statement in step(dialect))
