"""A store that keeps every promise is not accused of anything."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crmcore.audit import Act
from crmcore.errors import UnsupportedError
from crmcore.events import DomainEvent
from crmcore.memory import MemoryStore
from crmcore.storage import DEFAULT_TENANT, Capability, TableUnitOfWork
from crmcore.testing import StoreConformance, make_state_machine
from tests.testing.conftest import (
    KEY,
    Conformance,
    PlainOutbox,
    PlainStore,
    PlainTransaction,
)

SIDE_BY_SIDE = [
    name
    for name, test in vars(StoreConformance).items()
    if hasattr(test, "needs_interleaved") or "sent_twice" in name
]


class TestPlainStore(StoreConformance):
    """A store that keeps every promise is not accused of anything."""

    declared = PlainStore.capabilities

    @pytest.fixture
    def store(self) -> PlainStore:
        """Make a new, empty store."""
        return PlainStore()


def audited_plain_store() -> PlainStore:
    """Return a new store that keeps an audit trail."""
    store = PlainStore()
    store.audit_key = KEY
    return store


@pytest.mark.parametrize("name", [name for name in dir(StoreConformance) if "trail" in name])
def test_an_honest_store_keeps_its_trail(name: str) -> None:
    """Nor is one accused that keeps an audit trail."""
    getattr(Conformance(), name)(audited_plain_store())


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_a_store_of_another_kind_is_honest_too(name: str) -> None:
    """Whether writers wait for each other or the later one is refused, both is honest."""
    getattr(Conformance(), name)(MemoryStore())


TestHistories = make_state_machine(MemoryStore, histories=30).TestCase


class SilentTransaction(PlainTransaction):
    """Tells nobody anything."""

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        """Refuse events, of which nobody would ever hear."""
        raise UnsupportedError(f"recording {len(events)} events", Capability.OUTBOX)


class LimitedStore(PlainStore):
    """Can do nothing beyond what every store does, and says so."""

    capabilities: frozenset[Capability] = frozenset()
    transaction = SilentTransaction

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> TableUnitOfWork:
        """Return a new unit of work."""
        if tenant != DEFAULT_TENANT:
            raise UnsupportedError("opening a unit of work of another tenant", Capability.TENANTS)
        return super().unit_of_work(readonly=readonly, act=act)

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> PlainOutbox:
        """Refuse to be asked for events."""
        raise UnsupportedError(f"reading the events of {tenant}", Capability.OUTBOX)


class TestLimitedStore(StoreConformance):
    """A store that can do little, and says so, keeps every promise that it gives."""

    @pytest.fixture
    def store(self) -> PlainStore:
        """Make a new, empty store."""
        return LimitedStore()
