"""A whole unit of work in one call."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable, iscoroutine
from typing import TypeVar

from crmcore.audit import Act
from crmcore.errors import CrmError, InvalidValueError

from ._capability import DEFAULT_TENANT
from ._protocols import Store, UnitOfWork

T = TypeVar("T")


def run(
    store: Store,
    work: Callable[[UnitOfWork], T],
    *,
    attempts: int = 5,
    readonly: bool = False,
    tenant: str = DEFAULT_TENANT,
    act: Act | None = None,
) -> T:
    """Do *work* in a unit of work, commit it, and return what the work returned.

    Where somebody else was faster, or the store was out of reach, the whole work is done again
    in a new unit of work. It must therefore do nothing but read and write records.

    Args:
        store: Where to do it.
        work: What to do. It need not commit.
        attempts: How often to try.
        readonly: Whether it only reads.
        tenant: Whose records it is about.
        act: Who does it, when and why, for the audit trail.

    Raises:
        InvalidValueError: If *attempts* is below 1, or *work* is a coroutine function, which
            nobody would await here; `crmcore.aio` is for loops.
        CrmError: What the last attempt raised, or what another attempt would not mend.

    .. versionadded:: 0.1.0
    """
    if attempts < 1:
        raise InvalidValueError("attempts", attempts, "be at least 1")

    def once() -> T:
        with store.unit_of_work(readonly=readonly, tenant=tenant, act=act) as uow:
            found = work(uow)
            _refuse_promise(found)
            uow.commit()
        return found

    for _ in range(attempts - 1):
        try:
            return once()
        except CrmError as error:
            if not error.retryable:
                raise
    return once()


def _refuse_promise(found: object) -> None:
    if isawaitable(found):
        if iscoroutine(found):
            found.close()
        rule = "be an ordinary function; crmcore.aio awaits whole units of work"
        raise InvalidValueError("work", "one that returns something to await", rule)
