"""A store that keeps every promise is not accused of anything."""

from __future__ import annotations

import pytest

from crmcore.testing import StoreConformance
from tests.testing.conftest import (
    KEY,
    Conformance,
    PlainStore,
)


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
