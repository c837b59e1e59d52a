"""What stores refuse or cannot do."""

from __future__ import annotations

import pytest

from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    CrmError,
    NotFoundError,
    SchemaOutOfDateError,
    StorageUnavailableError,
    UnitOfWorkClosedError,
)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NotFoundError("customer", "c-17"), "there is no customer 'c-17'"),
        (
            AlreadyExistsError("customer", "c-17"),
            "there is a customer 'c-17' already; save it instead, or choose another id",
        ),
        (
            ConcurrencyConflictError("customer", "c-17", 3, 5),
            (
                "customer 'c-17' has changed: version 3 was expected, version 5 is stored; "
                "read it again"
            ),
        ),
        (
            ConcurrencyConflictError("customer", "c-17", 3, None),
            "customer 'c-17' has changed: version 3 was expected, it is gone; read it again",
        ),
        (
            SchemaOutOfDateError(0, 1),
            "the store has schema 0, this crmcore needs 1; call migrate() on the store",
        ),
        (
            SchemaOutOfDateError(2, 1),
            "the store has schema 2, this crmcore needs 1; upgrade crmcore",
        ),
        (
            StorageUnavailableError("commit"),
            "the store is not available: commit failed; nothing of it was kept",
        ),
        (
            UnitOfWorkClosedError(),
            "this unit of work has ended; open a new one with store.unit_of_work()",
        ),
    ],
)
def test_messages_say_what_to_do(error: CrmError, message: str) -> None:
    """A message names kind and key, and the way out."""
    assert str(error) == message


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ConcurrencyConflictError, True),
        (StorageUnavailableError, True),
        (NotFoundError, False),
        (AlreadyExistsError, False),
        (SchemaOutOfDateError, False),
        (UnitOfWorkClosedError, False),
    ],
)
def test_trying_again_helps_where_it_is_said(error: type[CrmError], *, again: bool) -> None:
    """Only a conflict and a store out of reach may go away by themselves."""
    assert error.retryable is again
