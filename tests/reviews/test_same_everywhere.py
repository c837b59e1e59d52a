"""The main job on dictionaries, SQLite and PostgreSQL: the same bytes, and the same state."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crmcore.calendar import midnight
from crmcore.codec import to_json
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.reports import write_html, write_tables
from crmcore.reviews import apply_plan, plan_handover, review_department, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS, Store

SCRIPT = Path(__file__).parents[2] / "examples" / "department_review.py"
EVERY = 100  # so many customers there are for each one who takes part


@pytest.fixture(scope="module")
def job() -> Any:  # noqa: ANN401 - a module
    """Return the example that does the main job."""
    spec = importlib.util.spec_from_file_location("department_review", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sales(job: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ANN401 - a module
    """Return a file with the real purchases of every hundredth customer."""
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    with gzip.open(job.PURCHASES, "rt", newline="") as found, path.open("w", newline="") as kept:
        rows = csv.reader(found)
        writer = csv.writer(kept)
        writer.writerow(next(rows))
        writer.writerows(row for row in rows if int(row[0]) % EVERY == 0)
    return path


def done(job: Any, store: Store, sales: Path, folder: Path) -> Mapping[str, Any]:  # noqa: ANN401
    """Do the main job, and a handover; return all that came of it, byte by byte."""
    job.load(store, sales)
    review = review_department(store, policy=Policy.default(), as_of=job.AS_OF, months=18)
    write_html(review, folder / "review.html")
    write_tables(review, folder / "tables")
    now = midnight(job.AS_OF, job.NEW_YORK) + timedelta(hours=9)
    receipt = apply_plan(store, review.plan, by="head", at=now)
    undone = undo_plan(store, receipt, by="head", at=now + timedelta(hours=1), reason="trial over")
    next_day = job.AS_OF + timedelta(days=1)
    handover = plan_handover(store, "omar", policy=Policy.default(), as_of=next_day)
    left = apply_plan(store, handover, by="head", at=now + timedelta(days=1))
    return {
        **{
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
        "summary": review.summary(),
        "findings": to_json(review.findings),
        "plan": to_json(review.plan),
        "receipts": [to_json(one) for one in (receipt, undone, left)],
        "state": state(store),
    }


def state(store: Store) -> Mapping[str, list[str]]:
    """Return all that is stored and told, as canonical JSON."""
    with store.unit_of_work(readonly=True) as uow:
        repositories = [name for name in RECORDS if hasattr(uow, name)]
        kept = {name: list(map(to_json, getattr(uow, name).stream())) for name in repositories}
    events = store.outbox().read(limit=10_000).events
    return kept | {"events": [to_json(one.event) for one in events]}


@pytest.fixture(scope="module")
def expected(
    job: Any,  # noqa: ANN401 - a module
    sales: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Any]:
    """Return what comes of the job in dictionaries."""
    return done(job, MemoryStore(), sales, tmp_path_factory.mktemp("memory"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return an empty store in a database."""
    url = f"sqlite:///{tmp_path}/crm.db"
    if request.param == "postgresql":
        new_url: Callable[[], str] = request.getfixturevalue("new_postgresql_url")
        url = new_url()
    with SqlStore.open(url) as opened:
        yield opened


def test_there_is_something_to_compare(expected: Mapping[str, Any]) -> None:
    """Hundreds of customers, of whom and of whose duties many change hands."""
    kept = expected["state"]

    assert len(kept["customers"]) > 200
    assert len(kept["purchases"]) > 500
    assert len(kept["commands"]) == 3
    assert len(kept["events"]) > 50
    assert all(len(one) > 1_000 for one in expected["receipts"])
    assert {"review.html", "tables/customers.csv"} <= expected.keys()


def test_every_store_gives_the_same_bytes(
    job: Any,  # noqa: ANN401 - a module
    sales: Path,
    expected: Mapping[str, Any],
    store: Store,
    tmp_path: Path,
) -> None:
    """Pages, tables, plan, receipts, what is stored afterwards, and what others are told."""
    folder = tmp_path / "out"
    folder.mkdir()

    found = done(job, store, sales, folder)

    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []
