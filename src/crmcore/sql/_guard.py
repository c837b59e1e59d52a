"""What the driver raises, as the library says it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeGuard

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from crmcore.errors import (
    CommitUnknownError,
    CrmError,
    StorageCorruptError,
    StorageUnavailableError,
)

# PostgreSQL numbers its errors by ISO 9075; classes are the first two letters.
_LOST: Final = ("08", "57P01", "57P02", "57P03", "40003")
# Damaged pages, cells that cannot be read as what they are, and tables that are not there.
_DAMAGED: Final = ("XX001", "XX002", "22", "42P01", "42703")
_HOLDS_VALUES: Final = ("22", "23")
_DAMAGED_FILES: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_LACKING: Final = ("no such table", "no such column")
_UNREADABLE: Final = "Could not decode to UTF-8"


@contextmanager
def guarded(operation: str, *, is_commit: bool = False) -> Iterator[None]:
    """Turn what the driver raises into a refusal of *operation*, with the driver's error as cause.

    The driver's error loses whatever it tells of the values of a row.

    Raises:
        CommitUnknownError: If the connection broke while committing.
        StorageCorruptError: If the database is damaged, or lacks what it should have.
        StorageUnavailableError: If the driver raises anything else.
    """
    try:
        yield
    except DBAPIError as error:
        raise _refusal(operation, error, is_commit=is_commit) from _without_values(error)
    except SQLAlchemyError as error:
        _forget_parameters(error)
        raise StorageUnavailableError(operation) from error
    except UnicodeDecodeError:  # SQLite tells with the names that it has read of what it complains
        raise StorageCorruptError(operation) from None


def is_lost(error: DBAPIError) -> bool:
    """Say whether the connection is gone."""
    return error.connection_invalidated or _state(error).startswith(_LOST)


def _refusal(operation: str, error: DBAPIError, *, is_commit: bool) -> CrmError:
    if _is_damage(error):
        return StorageCorruptError(operation)
    if is_commit and (is_lost(error) or _file_error(error).startswith("SQLITE_IOERR")):
        return CommitUnknownError(operation)
    return StorageUnavailableError(operation)


def _is_damage(error: DBAPIError) -> bool:
    if name := _file_error(error):
        return name.startswith(_DAMAGED_FILES) or str(error.orig).startswith(_LACKING)
    return _state(error).startswith(_DAMAGED) or _is_unreadable(error.orig)


def _is_unreadable(cause: object) -> TypeGuard[sqlite3.OperationalError]:
    """Say whether a cell of SQLite holds bytes that are no text, of which the driver tells all."""
    return isinstance(cause, sqlite3.OperationalError) and str(cause).startswith(_UNREADABLE)


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _file_error(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlite_errorname", "")


def _without_values(error: DBAPIError) -> BaseException | None:
    """Return the driver's error, which says no more than its first line.

    PostgreSQL tells in further lines which key was taken already and which line of a COPY was
    wrong, and in the first line which value was no number. SQLite tells names of columns, but
    for text that it cannot read.
    """
    _forget_parameters(error)
    cause = error.orig
    if _is_unreadable(cause):
        cause.args = error.args = (_UNREADABLE,)
    if cause is None or not hasattr(cause, "sqlstate"):
        return cause
    state = _state(error)
    said = (
        type(cause).__name__ if state.startswith(_HOLDS_VALUES) else str(cause).partition("\n")[0]
    )
    cause.args = (f"{said} (SQLSTATE {state})" if state else said,)
    error.args = cause.args  # whoever follows the context finds it too
    return cause


def _forget_parameters(error: SQLAlchemyError) -> None:
    """Take from an error the values of its statement: whoever follows the context finds them."""
    if isinstance(error, StatementError):
        error.params, error.hide_parameters = None, True
