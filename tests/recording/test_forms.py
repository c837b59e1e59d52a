"""Facts lie in tables for years: those of earlier forms are read, those of later ones refused."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crmcore.errors import FaultsError, SchemaOutOfDateError
from crmcore.policies import Policy
from crmcore.recording import record_review
from crmcore.reviews import review_department
from crmcore.scoring import Score
from crmcore.sql import SqlStore

if TYPE_CHECKING:
    from tests.recording.conftest import Fill

MAY_3 = date(2026, 5, 3)


@pytest.fixture
def database(tmp_path: Path, fill: Fill) -> Path:
    """Return a database with the facts of a review."""
    path = tmp_path / "crm.db"
    with SqlStore.open(f"sqlite:///{path}") as store:
        store.migrate()
        fill(store)
        review = review_department(store, policy=Policy.default(), as_of=MAY_3, months=1)
        record_review(store, review, by="mia", at=datetime(2026, 5, 3, 6, tzinfo=UTC))
    return path


def rewrite(database: Path, score: str) -> None:
    """Put another text in the place of Ada's score."""
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE crm_score_facts SET score = ? WHERE customer = 'ada'", [score])
    connection.close()


def stored(database: Path) -> str:
    """Return the text of Ada's score."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT score FROM crm_score_facts WHERE customer = 'ada'")
        [[text]] = rows.fetchall()
    connection.close()
    return str(text)


def read(database: Path) -> Score:
    """Return Ada's score."""
    with (
        SqlStore.open(f"sqlite:///{database}") as store,
        store.unit_of_work(readonly=True) as uow,
    ):
        fact = uow.facts.scores.on("ada", MAY_3)
        assert fact is not None
        return fact.score


def test_a_fact_of_the_first_form_is_read(database: Path) -> None:
    """What was written before payloads told their form says the same."""
    score = read(database)
    rewrite(database, json.dumps(json.loads(stored(database))["record"]))

    assert json.loads(stored(database)).keys() >= {"ledger", "rule_set"}
    assert str(read(database)) == str(score)


def test_a_fact_of_a_later_form_is_refused(database: Path) -> None:
    """What a later version of the library has written is neither guessed at nor called broken."""
    rewrite(database, json.dumps(json.loads(stored(database)) | {"form": 99}))

    with pytest.raises(SchemaOutOfDateError, match="upgrade crmcore"):
        read(database)


def test_a_fact_that_others_have_written_is_refused(database: Path) -> None:
    """A ledger that does not add up to the columns beside it is told with its row."""
    rewrite(database, stored(database).replace('"base":"20"', '"base":"x"', 1))

    with pytest.raises(FaultsError, match="table crm_score_facts"):
        read(database)
