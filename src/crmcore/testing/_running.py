"""Examples of whole units of work in one call."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from typing import Final

import attrs
import pytest

from crmcore.errors import (
    ConcurrencyConflictError,
    InvalidValueError,
    NotFoundError,
    StorageUnavailableError,
)
from crmcore.storage import Store, UnitOfWork, run

from ._promises import Promises
from ._samples import all_ids, customer, keep, look

RUNNING: Final = Promises()


@RUNNING
def what_is_run_is_committed(store: Store) -> None:
    """The work is done and kept, and what it returns is returned."""
    assert run(store, lambda uow: uow.customers.add(customer("c-1"))).version == 1

    assert all_ids(store) == ["c-1"]


@RUNNING
def what_is_refused_for_a_moment_is_run_again(store: Store) -> None:
    """Where another attempt may mend it the whole work is done again, on what there is then."""
    keep(store, customers=[customer("c-1")])
    seen: list[int] = []

    def work(uow: UnitOfWork) -> None:
        found = uow.customers.get("c-1")
        uow.customers.add(customer(f"attempt-{len(seen)}"))
        seen.append(found.version)
        if len(seen) < 3:  # noqa: PLR2004 - two attempts fail
            raise ConcurrencyConflictError("customer", "c-1", found.version, found.version + 1)
        uow.customers.save(attrs.evolve(found, name="Saved"))

    run(store, work, attempts=3)

    assert seen == [1, 1, 1]
    assert all_ids(store) == ["attempt-2", "c-1"]


@RUNNING
def what_is_refused_for_good_is_not_run_again(store: Store) -> None:
    """What no attempt would mend is raised at once, and so is what the last one raises."""
    seen: list[None] = []

    def missing(uow: UnitOfWork) -> None:
        seen.append(None)
        uow.customers.add(customer("c-1"))
        uow.customers.get("c-2")

    def unlucky(_: UnitOfWork) -> None:
        seen.append(None)
        raise StorageUnavailableError("reading")

    with pytest.raises(NotFoundError):
        run(store, missing)
    assert len(seen) == 1
    with pytest.raises(StorageUnavailableError):
        run(store, unlucky, attempts=3)
    assert len(seen) == 1 + 3
    with pytest.raises(InvalidValueError, match="attempts must be at least 1"):
        run(store, missing, attempts=0)
    assert all_ids(store) == []


@RUNNING
def what_only_reads_is_run_as_a_reader(store: Store) -> None:
    """Work that is said to read only is refused to write."""
    keep(store, customers=[customer("c-1")])

    assert run(store, lambda uow: uow.customers.count(), readonly=True) == 1
    with pytest.raises(InvalidValueError, match="readonly must be False"):
        run(store, lambda uow: uow.customers.add(customer("c-2")), readonly=True)
    assert look(store, lambda uow: uow.customers.count()) == 1
