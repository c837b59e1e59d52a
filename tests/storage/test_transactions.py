"""The table of transactions in the docs says what stores do, and each of its cells is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from crmcore.customers import Customer
from crmcore.errors import ConcurrencyConflictError, StorageUnavailableError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.sql import SqlStore
from crmcore.storage import Capability, Store, UnitOfWork, run
from crmcore.testing import StoreConformance

HOUSE = Path(__file__).parents[2]
COLUMNS = ("memory", "sqlite", "postgresql")


def tables() -> tuple[list[list[str]], list[list[str]]]:
    """Return the cells of both tables, row by row: what is promised, and what shows it."""
    page = (HOUSE / "docs" / "explanation" / "storage.md").read_text("utf-8")
    found = [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    ]
    promised, shown = found
    assert promised[0] == ["promise", "`MemoryStore`", "SQLite", "PostgreSQL"]
    assert shown[0] == ["promise", "shown by"]
    return promised[2:], shown[2:]


def split(promise: str) -> tuple[str, str | None]:
    """Return what is promised, and the capability in brackets behind it."""
    found = re.fullmatch(r"(.+) \(`(\w+)`\)", promise)
    return (promise, None) if found is None else (found[1], found[2])


def names_of_tests() -> frozenset[str]:
    """Return the names of all tests and of all examples of the suite."""
    examples = {name for name in dir(StoreConformance) if name.startswith("test_")}
    written = {
        name
        for file in (HOUSE / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    return frozenset(examples | written)


@pytest.fixture(params=COLUMNS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open each of the three stores, with two customers who look after a third."""
    with _opened(request, tmp_path) as opened:
        both = [Customer(id=CustomerId(key), name=key, region="on duty") for key in ("ada", "wei")]
        run(opened, lambda uow: uow.customers.add_all([*both, GUARD]))
        yield opened


def _opened(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SqlStore.open(f"sqlite:///{tmp_path}/crm.db", busy_timeout_ms=50)
    return SqlStore.open(request.getfixturevalue("postgresql_url"))


GUARD = Customer(id=CustomerId("rota"), name="One of them is always on duty")


def go_home(uow: UnitOfWork, key: str, other: str) -> None:
    """Go home, as long as the other one is on duty."""
    assert uow.customers.get(other).region == "on duty"
    uow.customers.save(attrs.evolve(uow.customers.get(key), region="at home"))


def on_duty(store: Store) -> int:
    """Return how many are on duty."""
    found = run(store, lambda uow: list(uow.customers.stream()), readonly=True)
    return sum(customer.region == "on duty" for customer in found)


def test_each_cell_is_shown() -> None:
    """For each promise tests are named, and there are tests of these names."""
    promised, shown_by = tables()
    known = names_of_tests()

    assert [split(row[0])[0] for row in promised] == [row[0] for row in shown_by]
    for row in shown_by:
        shown = re.findall(r"`(\w+)`", row[-1])
        assert shown
        assert [name for name in shown if f"test_{name}" not in known] == []


@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_yes_and_no_are_what_stores_say(
    column: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In the row of a capability a cell says whether the store has it; each has a row."""
    promised, _ = tables()
    said = {capability: row for row in promised if (capability := split(row[0])[1])}
    stores = (
        MemoryStore,
        lambda: SqlStore.open(f"sqlite:///{tmp_path}/crm.db"),
        lambda: SqlStore.open(request.getfixturevalue("postgresql_url")),
    )
    with stores[column]() as opened:
        assert {
            capability: row[column + 1].split()[0].rstrip(",;:") for capability, row in said.items()
        } == {
            capability.value: "yes" if capability in opened.capabilities else "no"
            for capability in Capability
        }


@pytest.mark.parametrize("store", ["memory", "postgresql"], indirect=True)
def test_two_units_can_break_a_rule_together(store: Store) -> None:
    """Each sees the other one on duty, goes home, and nobody is left."""
    with store.unit_of_work() as first, store.unit_of_work() as second:
        go_home(first, "ada", "wei")
        go_home(second, "wei", "ada")
        first.commit()
        second.commit()

    assert on_duty(store) == 0


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_who_takes_turns_breaks_no_rule(store: Store) -> None:
    """While one may write, nobody else begins."""
    with store.unit_of_work() as first:
        go_home(first, "ada", "wei")
        with pytest.raises(StorageUnavailableError):
            store.unit_of_work()
        first.commit()

    assert on_duty(store) == 1


@pytest.mark.parametrize("store", ["memory", "postgresql"], indirect=True)
def test_a_record_that_stands_for_the_rule_keeps_it(store: Store) -> None:
    """Where both save the record that stands for the rule, the second one is refused."""
    with store.unit_of_work() as first, store.unit_of_work() as second:
        seen = second.customers.get(GUARD.id)
        go_home(second, "wei", "ada")
        first.customers.save(first.customers.get(GUARD.id))
        go_home(first, "ada", "wei")
        first.commit()
        with pytest.raises(ConcurrencyConflictError):
            _save_and_commit(second, seen)

    assert on_duty(store) == 1


def _save_and_commit(uow: UnitOfWork, guard: Customer) -> None:
    uow.customers.save(guard)
    uow.commit()
