"""Engines: connections to SQLite that lose nothing."""

from __future__ import annotations

import sqlite3
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from crmcore.errors import InvalidValueError

_RULE: Final = "name a file of SQLite, such as sqlite:///crm.db"
_SAFE: Final = (("journal_mode", "WAL", "wal"), ("synchronous", "FULL", 2))


def make_engine(url: str) -> sa.Engine:
    """Return an engine for *url*, which keeps values out of its messages.

    Raises:
        InvalidValueError: If it names no file of SQLite.
    """
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise InvalidValueError("url", "what is no URL", _RULE) from None
    _refuse_others(parsed)
    return sa.create_engine(parsed, hide_parameters=True, max_overflow=-1)


def make_safe(engine: sa.Engine, *, busy_timeout_ms: int) -> None:
    """Let every connection of *engine* write ahead, to the disk, and wait for its turn.

    Connections that are open already are given up, because nobody looked at them.

    Raises:
        InvalidValueError: If the engine is not for a file of SQLite.
    """
    _refuse_others(engine.url)

    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms:d}")
        for name, wanted, expected in _SAFE:
            connection.execute(f"PRAGMA {name} = {wanted}")
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            if found != expected:
                raise sqlite3.NotSupportedError(f"{name} stays {found}, must be {expected}")

    sa.event.listen(engine, "connect", configure)
    engine.dispose()


def _refuse_others(url: sa.URL) -> None:
    in_memory = url.database in {None, "", ":memory:"} or "mode=memory" in str(url)
    if url.get_backend_name() != "sqlite" or in_memory or url.host is not None:
        rule = f"{_RULE}; what need not last is at home in crmcore.memory"
        raise InvalidValueError("url", url.render_as_string(hide_password=True), rule)
