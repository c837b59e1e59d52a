"""The library in a Django project: its records beside the project's own, in one transaction.

``django_crm`` is an app with models derived from the library's records, and a store written
against Django's ORM that keeps every promise of a store. This script is the project around it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from crmcore.audit import Act, AuditKey
from crmcore.criteria import F
from crmcore.customers import Customer
from crmcore.errors import ConcurrencyConflictError, UnitOfWorkClosedError
from crmcore.kernel import CustomerId
from crmcore.storage import run

SAFE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


def set_up(file: Path) -> None:
    """Set Django up as ``settings.py`` does in a project, with the records in *file*."""
    if not settings.configured:
        # Who writes takes a turn at once. Who only reads has another connection to the same
        # file, sees one state, and waits for nobody.
        begins = {"default": "IMMEDIATE", "readers": "DEFERRED"}
        both = {
            alias: {
                "ENGINE": "django.db.backends.sqlite3",
                "OPTIONS": {"init_command": SAFE, "transaction_mode": begin},
            }
            for alias, begin in begins.items()
        }
        settings.configure(DATABASES=both, INSTALLED_APPS=["django_crm"], USE_TZ=True)
        django.setup()
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = file
    call_command("migrate", run_syncdb=True, verbosity=0)


def main() -> None:
    """Go through the day of a project that has taken the library in."""
    from django_crm.models import KINDS, Event  # noqa: PLC0415 - models want Django set up
    from django_crm.store import DjangoStore  # noqa: PLC0415 - as above

    store = DjangoStore(audit_key=AuditKey(b"the secret of the example, 32 bytes or more"))
    print(f"{len(KINDS)} kinds of records, {len(KINDS) + 1} models of Django")

    act = Act(by="ada", at=NOON)
    regions = ("north", None, "south")
    customers = [
        Customer(id=CustomerId(f"c-{n:03}"), name=f"Customer {n}", region=regions[n % 3])
        for n in range(300)
    ]
    added = run(store, lambda uow: uow.customers.add_all(customers), act=act)
    print(f"{added} customers added")

    with CaptureQueriesContext(connections["readers"]) as asked:
        first = run(
            store,
            lambda uow: uow.customers.page(F.region == "north", order=("-region",), limit=40),
            readonly=True,
        )
        run(
            store,
            lambda uow: uow.customers.page(order=("-region",), after=first.next, limit=40),
            readonly=True,
        )
    print(f"the page after {first.items[-1].id} costs no more than the first one:")
    print("  " + asked.captured_queries[-2]["sql"].split(" WHERE ")[1])

    # Two that have read the same version: the later one is told, and overwrites nothing.
    seen = run(store, lambda uow: uow.customers.get("c-001"), readonly=True)
    run(store, lambda uow: uow.customers.save(attrs.evolve(seen, region="west")), act=act)
    try:
        run(store, lambda uow: uow.customers.save(attrs.evolve(seen, region="east")), attempts=1)
    except ConcurrencyConflictError as error:
        print(f"refused: {error}")

    # A view's own rows and the library's, in one transaction: both are kept, or neither is.
    try:
        with transaction.atomic():
            Event.objects.create(tenant="default", document="a row of the project's own")
            with store.joined().unit_of_work() as uow:
                uow.customers.remove("c-002", version=1)
                uow.commit()
            uow.customers.count()  # a mistake: this unit of work has ended
    except UnitOfWorkClosedError as error:
        print(f"the view fails: {error}")
    with store.unit_of_work(readonly=True) as uow:
        print(f"{uow.customers.count()} customers, {Event.objects.count()} rows of the project")
        trail = [(record.by, record.kind.label.en) for record in uow.trail.of("customers", "c-001")]
    print(f"the trail of c-001: {trail}")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        set_up(Path(folder) / "crm.db")
        main()
        connections.close_all()
