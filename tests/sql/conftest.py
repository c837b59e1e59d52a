"""A new database for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcore.sql import SqlStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the place of a database that is not there yet."""
    return tmp_path / "crm.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    """Open a new, empty store."""
    with SqlStore.open(f"sqlite:///{file}") as opened:
        yield opened


@pytest.fixture
def new_year() -> datetime:
    """Return the first instant of 1997 in New York."""
    return datetime(1997, 1, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """Open a store in which nobody commits."""
    with SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('shared')}/crm.db") as opened:
        yield opened
