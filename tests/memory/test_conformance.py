"""The store in dictionaries keeps what any store promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crmcore.audit import AuditKey
from crmcore.memory import MemoryStore
from crmcore.testing import StoreConformance, make_state_machine

KEY = AuditKey(b"a secret of the tests, of no worth")


class TestMemoryStore(StoreConformance):
    """Every promise of a store."""

    declared = MemoryStore.capabilities

    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        """Make a new, empty store."""
        with MemoryStore() as store:
            yield store


class TestAuditedMemoryStore(StoreConformance):
    """Every promise of a store that keeps an audit trail."""

    declared = MemoryStore.capabilities
    audited = True

    @pytest.fixture
    def store(self) -> Iterator[MemoryStore]:
        """Make a new, empty store."""
        with MemoryStore(audit_key=KEY) as store:
            yield store


TestHistories = make_state_machine(MemoryStore).TestCase
