"""Databases to test with: a new store for each test, and two engines for criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa

from crmcore.criteria import Column, Criterion, Schema
from crmcore.sql import FixedDecimal, Instant, SqlStore, TextSet, clause

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Truths: TypeAlias = "list[bool | None]"

DAY = date(2026, 9, 30)
TYPES: dict[str, Any] = {
    "INT": sa.BigInteger,
    "FLOAT": sa.Double,
    "TEXT": sa.Text,
    "BOOL": sa.Boolean,
    "DATE": sa.Date,
    "DATETIME": Instant,
    "TEXTS": TextSet,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the place of a database that is not there yet."""
    return tmp_path / "crm.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    """Open a new, empty store."""
    with SqlStore.open(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, file: Path) -> Callable[..., SqlStore]:
    """Return what opens an empty store in each of the databases."""
    if request.param == "sqlite":
        return partial(SqlStore.open, f"sqlite:///{file}")
    found: Callable[..., SqlStore] = request.getfixturevalue("new_postgresql_store")
    return found


@pytest.fixture
def new_year() -> datetime:
    """Return the first instant of 1997 in New York."""
    return datetime(1997, 1, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def quiet_url(new_postgresql_url: Callable[[], str]) -> str:
    """Return the URL of a store on the server in which nobody commits."""
    url = new_postgresql_url()
    SqlStore.open(url).close()
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqlStore]:
    """Open a store in each of the databases, in which nobody commits."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('shared')}/crm.db"
    else:
        url = request.getfixturevalue("quiet_url")
    with SqlStore.open(url) as opened:
        yield opened


@pytest.fixture
def sqlite() -> Iterator[sa.Engine]:
    """Open a database of SQLite in memory, on one connection."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> sa.Engine:
    """Return each of the two databases."""
    found: sa.Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Connect to a database in which nothing stays."""
    with engine.connect() as opened:
        yield opened
        opened.rollback()


class Database:
    """A table for the rows of a schema, which is asked for many criteria in one query."""

    def __init__(self, connection: sa.Connection, schema: Schema) -> None:
        """Ask through *connection*, where the table is made anew for each list of rows."""
        self._connection = connection
        self._schema = schema
        self._rows: Rows | None = None
        self.table = sa.Table(
            "customers",
            sa.MetaData(),
            sa.Column("place", sa.Integer, primary_key=True),
            *(sa.Column(name, type_of(column)) for name, column in schema.columns),
            prefixes=["TEMPORARY"],
        )

    def load(self, rows: Rows) -> None:
        """Put the rows into the table, unless they are there already."""
        if rows is self._rows:
            return
        self.table.drop(self._connection, checkfirst=True)
        self.table.create(self._connection)
        placed = [{"place": place, **row} for place, row in enumerate(rows)]
        self._connection.execute(sa.insert(self.table), placed)
        self._rows = rows

    def __call__(self, criteria: Sequence[Criterion], rows: Rows, as_of: date) -> list[Truths]:
        """Return the truths of each criterion over the rows."""
        self.load(rows)
        clauses = (
            clause(criterion, self.table, schema=self._schema, as_of=as_of).label(f"c{place}")
            for place, criterion in enumerate(criteria)
        )
        query = sa.select(*clauses).select_from(self.table).order_by(self.table.c.place)
        found = self._connection.execute(query).all()
        return [list(truths) for truths in zip(*found, strict=True)]


def type_of(column: Column) -> Any:  # noqa: ANN401 - a type of SQLAlchemy
    """Return the type that keeps the values of a field."""
    kind = column.kind.name
    return FixedDecimal(column.places) if kind == "DECIMAL" else TYPES[kind]


@pytest.fixture
def database(connection: sa.Connection) -> Callable[[Schema], Database]:
    """Return what makes a table for a schema in one of the two databases."""
    return lambda schema: Database(connection, schema)


@pytest.fixture
def ask(database: Callable[[Schema], Database]) -> Callable[..., Truths]:
    """Return what asks a criterion of rows; the other arguments are the types of the fields."""

    def asked(criterion: Criterion, *rows: Mapping[str, Any], **fields: Any) -> Truths:  # noqa: ANN401
        (truths,) = database(Schema.of(**fields))([criterion], rows, DAY)
        return truths

    return asked
