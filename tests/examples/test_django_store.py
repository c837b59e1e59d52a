"""The store over Django's ORM, held to everything that a store promises."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from django.core.management.color import no_style
from django.db import OperationalError, connections, transaction

from crmcore.aio import wrap
from crmcore.audit import AuditKey
from crmcore.customers import Customer
from crmcore.errors import AlreadyExistsError, StorageUnavailableError, UnsupportedError
from crmcore.kernel import CustomerId
from crmcore.storage import Capability, UnitOfWork, run
from crmcore.testing import StoreConformance, make_state_machine

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = Path(tempfile.mkdtemp(prefix="crmcore-django-"))

sys.path.append(str(EXAMPLES))
import django_store  # noqa: E402 - once it is on the path

django_store.set_up(FOLDER / "crm.db")
from django_crm.models import Event  # noqa: E402 - once Django is set up
from django_crm.store import DjangoStore  # noqa: E402 - as above

NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind")


@pytest.fixture(scope="module", autouse=True)
def _file() -> Iterator[None]:
    """Use the file of these tests, whichever one others have used, and take it away again."""
    django_store.set_up(FOLDER / "crm.db")
    yield
    connections.close_all()
    shutil.rmtree(FOLDER)


# The audit trail writes three rows for each change, so what writes thousands goes without.
MANY = {
    "test_a_stream_goes_through_many",
    "test_many_facts_are_appended_at_once",
    "test_more_are_written_than_fit_a_statement",
    "test_nobody_reads_what_others_keep",
    "test_nothing_is_kept_of_half_a_stream",
}
KEY = AuditKey(b"the secret of the tests, 32 bytes or more")


def new_store(audit_key: AuditKey | None = None) -> DjangoStore:
    """Return a store over empty tables."""
    connection = connections["default"]
    tables = connection.introspection.django_table_names(only_existing=True)
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
    return DjangoStore(audit_key=audit_key)


class TestDjangoStore(StoreConformance):
    """Every promise, example by example."""

    declared = DjangoStore.capabilities
    audited = True

    @pytest.fixture
    def store(self, request: pytest.FixtureRequest) -> Iterator[DjangoStore]:
        """Yield a store over empty tables."""
        with new_store(None if request.node.name in MANY else KEY) as store:
            yield store


TestHistories = make_state_machine(new_store, histories=3, shrink=False).TestCase


@pytest.fixture
def store() -> DjangoStore:
    """Give a store over empty tables."""
    return new_store()


def count(store: DjangoStore) -> tuple[int, int]:
    """Return how many customers there are, and how many rows of the project's own."""
    customers = run(store, lambda uow: uow.customers.count(), readonly=True)
    return customers, Event.objects.count()


def write_both(store: DjangoStore) -> None:
    """Add a row of the project's own and a customer, in the transaction around it."""
    Event.objects.create(tenant="mine", document="a row of the project's own")
    run(store.joined(), lambda uow: uow.customers.add(NORTHWIND))


def test_both_are_kept_together(store: DjangoStore) -> None:
    """What a view and a unit of work have written is kept by the view's own commit."""
    with transaction.atomic():
        write_both(store)

    assert count(store) == (1, 1)


def test_both_are_lost_together(store: DjangoStore) -> None:
    """Where the view fails later, what the unit of work had committed is not kept either."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - all of the view
        write_both(store)
        raise ZeroDivisionError

    assert count(store) == (0, 0)


def test_a_refusal_spares_the_view(store: DjangoStore) -> None:
    """A unit of work that is rolled back leaves the rows of the view as they are."""
    with transaction.atomic():
        write_both(store)
        with pytest.raises(AlreadyExistsError):
            run(store.joined(), lambda uow: uow.customers.add(NORTHWIND))

    assert count(store) == (1, 1)


def test_what_joins_promises_less(store: DjangoStore) -> None:
    """Inside another transaction nothing is kept for good, and nobody promises one state."""
    less = {Capability.DURABLE, Capability.SNAPSHOT_READS}

    assert store.joined().capabilities == store.capabilities - less


def test_it_does_not_join_unasked(store: DjangoStore) -> None:
    """In the middle of another transaction a commit would keep nothing, and is not begun."""
    with transaction.atomic(), pytest.raises(UnsupportedError, match="inside another"):
        store.unit_of_work()


def test_it_can_be_awaited(store: DjangoStore) -> None:
    """Tasks that change one customer at the same time all get through, each in its thread."""
    tasks = 8

    def write_on(uow: UnitOfWork) -> None:
        found = uow.customers.get("c-17")
        uow.customers.save(attrs.evolve(found, name=f"{found.name}|"))

    async def use() -> None:
        async with wrap(store, threads=4) as awaited:
            await awaited.run(lambda uow: uow.customers.add(NORTHWIND))
            await asyncio.gather(*(awaited.run(write_on) for _ in range(tasks)))

    asyncio.run(use())

    found = run(store, lambda uow: uow.customers.get("c-17"), readonly=True)
    assert found.name == "Northwind" + "|" * tasks


def test_after_a_failure_nothing_is_kept(store: DjangoStore) -> None:
    """What the database refuses comes as the library's error, and ends the unit of work."""

    def work(uow: UnitOfWork) -> None:
        uow.customers.add(NORTHWIND)
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")  # which stands for a full disk
        with pytest.raises(StorageUnavailableError) as caught:
            uow.customers.remove("c-17", version=1)
        assert isinstance(caught.value.__cause__, OperationalError)

    with pytest.raises(StorageUnavailableError, match="committing after a failure"):
        run(store, work, attempts=1)

    assert count(store) == (0, 0)


def test_the_example_tells_what_happens() -> None:
    """Run by itself, the example shows a page, a refusal, and both lost together."""
    ran = subprocess.run(  # noqa: S603 - the script is our own
        [sys.executable, "-W", "error", EXAMPLES / "django_store.py"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
        timeout=120,
    )

    assert ran.returncode == 0, ran.stderr
    assert "300 customers added" in ran.stdout
    assert "\"region\" < 'north' OR" in ran.stdout
    assert "refused: customer 'c-001' has changed" in ran.stdout
    assert "300 customers, 0 rows of the project" in ran.stdout
    assert "the trail of c-001: [('ada', 'added'), ('ada', 'saved')]" in ran.stdout
