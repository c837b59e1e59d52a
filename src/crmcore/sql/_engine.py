"""Engines: which database a URL names."""

from __future__ import annotations

import logging
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from crmcore.errors import InvalidValueError

from ._database import Database, shown
from ._postgresql import Postgresql
from ._sqlite import Sqlite

_RULE: Final = (
    "name a file of SQLite, such as sqlite:///crm.db, or a database of PostgreSQL, such as "
    "postgresql+psycopg://crm@localhost/crm"
)
_DATABASES: Final[dict[str, Database]] = {"sqlite": Sqlite(), "postgresql": Postgresql()}


def make_engine(url: str) -> sa.Engine:
    """Return an engine for *url*.

    Raises:
        InvalidValueError: If it names neither a file of SQLite nor a database of PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):  # such as a port that is no number
        raise InvalidValueError("url", "what is no URL", _RULE) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    _known(parsed)
    try:
        engine = sa.create_engine(parsed, **_pool(parsed))
        engine.dialect.create_connect_args(parsed)  # which reads the rest of it
    except (ArgumentError, ValueError):
        raise InvalidValueError("url", shown(parsed), _RULE) from None
    return engine


class _Discreet(logging.LoggerAdapter[Any]):
    """Tells what an engine does, and not which rows come of it."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - as logging calls it
        return level > logging.DEBUG and super().isEnabledFor(level)


def keep_values_out(engine: sa.Engine) -> None:
    """Keep the values of statements and rows out of the errors and logs of *engine*."""
    engine.hide_parameters = True
    engine.logger = _Discreet(engine.logger)  # type: ignore[assignment]  # it does as a logger does


def _pool(url: sa.URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        return {}
    # Those that wait for their turn to write must not keep readers from a connection.
    return {"poolclass": sa.QueuePool, "max_overflow": -1}


def database_of(engine: sa.Engine) -> Database:
    """Return what the database of *engine* does in its own way.

    Raises:
        InvalidValueError: If it is neither SQLite nor PostgreSQL, or reached by another driver.
    """
    return _known(engine.url)


def _known(url: sa.URL) -> Database:
    name = url.get_backend_name()
    if name not in _DATABASES:
        raise InvalidValueError("url", shown(url), _RULE)
    database = _DATABASES[name]
    if url.get_driver_name() != database.driver:
        rule = f"go through the driver {database.driver}, as in {name}+{database.driver}://"
        raise InvalidValueError("url", url.drivername, rule)
    return database
