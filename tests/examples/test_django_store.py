"""The store over Django's ORM, held to everything that a store promises."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections, transaction

from crmcore.audit import AuditKey
from crmcore.customers import Customer
from crmcore.kernel import CustomerId
from crmcore.testing import StoreConformance, check_store

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = Path(tempfile.mkdtemp(prefix="crmcore-django-"))

sys.path.append(str(EXAMPLES))
import django_store  # noqa: E402 - once it is on the path

django_store.set_up(FOLDER / "crm.db")
from django_crm.models import KINDS, Event  # noqa: E402 - once Django is set up
from django_crm.store import DjangoStore  # noqa: E402 - as above

NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind")


@pytest.fixture(scope="module", autouse=True)
def _file() -> Iterator[None]:
    """Use the file of these tests, whichever one others have used, and take it away again."""
    django_store.set_up(FOLDER / "crm.db")
    yield
    connections.close_all()
    shutil.rmtree(FOLDER)


def new_store(audit_key: AuditKey | None = None) -> DjangoStore:
    """Return a store over empty tables."""
    with transaction.atomic():
        for model in (*(kind.model for kind in KINDS.values()), Event):
            model.objects.all().delete()
    return DjangoStore(audit_key=audit_key)


class TestDjangoStore(StoreConformance):
    """Every promise, example by example."""

    declared = DjangoStore.capabilities
    audited = True

    @pytest.fixture
    def store(self) -> Iterator[DjangoStore]:
        """Yield a store over empty tables, which keeps an audit trail."""
        with new_store(AuditKey(b"the secret of the tests, 32 bytes or more")) as store:
            yield store


def test_histories() -> None:
    """Random histories go as they go on a dictionary."""
    check_store(new_store, histories=5, shrink=False)
