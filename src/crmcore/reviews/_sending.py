"""Sending: what was asked once is done once, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import attrs

from crmcore.audit import Act
from crmcore.checks import is_id
from crmcore.codec import from_json, to_json
from crmcore.customers import OwnershipRole
from crmcore.errors import AlreadyExistsError, ConcurrencyConflictError
from crmcore.events import DomainEvent
from crmcore.receipts import Change, PlanReceipt
from crmcore.storage import Capability, Store, UnitOfWork

_ATTEMPTS: Final = 5
_DIGITS: Final = 48
_ON_A_LINE: Final = 5_000


@attrs.frozen(kw_only=True)
class Order:
    """What somebody wants done with a plan.

    Attributes:
        verb: What is to be done: apply, or undo.
        act: Who has it done, when, why, and by which plan.
        about: What else tells this order from others.
        key: The key that the caller has chosen; None for one that is made of the order.
        tenant: Whose records it is about.
    """

    verb: str
    act: Act
    about: tuple[str, ...]
    key: str | None = attrs.field(validator=attrs.validators.optional(is_id))
    tenant: str

    @property
    def request(self) -> str:
        """All of it as text: the same order is the same text."""
        return to_json((self.verb, self.act, self.about))


def carry_out(store: Store, order: Order, work: Callable[[UnitOfWork], PlanReceipt]) -> PlanReceipt:
    """Carry out an order in one unit of work, unless that was done before; return the receipt.

    Where somebody else was faster, all of it is tried again: perhaps it was the same order.

    Raises:
        KeyReusedError: If the key stands for another order.
        ConcurrencyConflictError: If others are faster each time.
    """
    request = order.request
    digest = hashlib.sha256(request.encode()).hexdigest()[:_DIGITS]
    key = f"{order.verb}-{digest}" if order.key is None else order.key

    def once() -> PlanReceipt:
        with store.unit_of_work(tenant=order.tenant, act=order.act) as uow:
            known = uow.once(key, request=request)
            if known is not None:
                return _read(known.answer or "")
            receipt = work(uow)
            uow.answer(key, _written(receipt))
            if Capability.OUTBOX in store.capabilities:
                uow.record(*_events(receipt))
            uow.commit()
        return receipt

    for _ in range(_ATTEMPTS - 1):
        try:
            return once()
        except (ConcurrencyConflictError, AlreadyExistsError):
            continue
    return once()


def _written(receipt: PlanReceipt) -> str:
    """Return a receipt as JSON, in as many lines as it takes to read each within the limits."""
    return "\n".join(map(to_json, receipt.split(_ON_A_LINE)))


def _read(answer: str) -> PlanReceipt:
    return PlanReceipt.joined(from_json(PlanReceipt, line) for line in answer.split("\n"))


def _events(receipt: PlanReceipt) -> Iterator[DomainEvent]:
    """Yield what others may want to know, in ids and words."""
    yield DomainEvent(
        name="plan.applied" if receipt.undoes is None else "plan.undone",
        subject=f"plans/{receipt.plan}",
        at=receipt.at,
        data={
            "by": receipt.by,
            "receipt": receipt.id,
            "undoes": receipt.undoes,
            "changes": len(receipt.changes),
            "matters": len(receipt.matters),
        },
    )
    for change in receipt.changes:
        yield _reassigned(change, receipt.plan, receipt.at)


def _reassigned(change: Change, plan: str, at: datetime) -> DomainEvent:
    way = {"from": change.from_member, "to": change.to_member, "plan": plan}
    if change.customer is not None:
        is_owner = change.role is OwnershipRole.OWNER
        return DomainEvent(
            name="customer.reassigned",
            subject=f"customers/{change.customer}",
            at=at,
            data=way if is_owner else way | {"role": str(change.role)},
        )
    return DomainEvent(
        name="duty.reassigned",
        subject=f"responsibilities/{change.responsibility}",
        at=at,
        data=way | {"duty": str(change.duty)},
    )
