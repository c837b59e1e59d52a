"""Examples of what the audit trail tells."""

from __future__ import annotations

from typing import Final

from crmcore.storage import Store

from ._promises import Promises
from ._samples import customer

TRAILS: Final = Promises(audited=True)


def keeps_a_trail(store: Store) -> bool:
    """Say whether a store was given a key, and so keeps an audit trail; leave nothing there."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        return bool(uow.trail.of("customers", "c-1"))
