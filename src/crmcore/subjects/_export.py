"""Exporting: everything that is stored about somebody, to hand out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import attrs

from crmcore.codec import to_json
from crmcore.errors import NotFoundError
from crmcore.events import DomainEvent
from crmcore.privacy import erased
from crmcore.storage import DEFAULT_TENANT, Capability, Command, Store, UnitOfWork

from ._answers import answers_about, narrowed
from ._subject import Subject, SubjectKind, the_subject
from ._walk import Found, all_about, links_of, removed_records

_BY_KIND = {
    SubjectKind.CUSTOMER: ("customer",),
    SubjectKind.CONTACT: ("contact",),
    SubjectKind.MEMBER: ("member", "by", "from", "to"),
}


def _frozen(records: Mapping[str, tuple[Any, ...]]) -> Mapping[str, tuple[Any, ...]]:
    return MappingProxyType(dict(records))


@attrs.frozen(kw_only=True)
class SubjectExport:
    """Everything that is stored about a customer, a contact or a member.

    `crmcore.codec.to_json` makes JSON of it, and `crmcore.codec.to_data` plain data.

    Attributes:
        subject: Whom it is about, as the name of a repository and an id: ``customers/c-17``.
        records: The records, by the name of their kind as `crmcore.storage.RECORDS` has it,
            and ``events``; kinds of which there is none are left out.

    .. versionadded:: 0.1.0
    """

    subject: str
    records: Mapping[str, tuple[Any, ...]] = attrs.field(converter=_frozen)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # a mapping has none

    def __repr__(self) -> str:
        """Return how much of each kind there is, and nothing of it."""
        held = ", ".join(f"{len(found)} {kind}" for kind, found in self.records.items())
        return f"<SubjectExport of {self.subject!r}: {held}>"


def export_subject(
    store: Store,
    *,
    customer: str | None = None,
    contact: str | None = None,
    member: str | None = None,
    tenant: str = DEFAULT_TENANT,
) -> SubjectExport:
    """Return everything that is stored about a customer, a contact or a member.

    It answers who asks what is known about them, and who wants to take it along (Articles 15
    and 20 of the GDPR). Nothing is changed.

    What belongs to others stays with them: of the receipt of a plan only what is about the
    subject is told, and of what a member has talked about with customers, that and when, not
    what was said.

    Args:
        store: Where the records are kept.
        customer: The id of a customer; contacts, ownerships, purchases, interactions, matters
            and judgements are part of it.
        contact: The id of a contact, for one person of a customer.
        member: The id of a member, for what is stored about the company's own people.
        tenant: Whose records are looked at.

    Raises:
        NotFoundError: If nothing is stored about it.
        InvalidValueError: If not exactly one of *customer*, *contact* and *member* is named.

    Complexity:
        What has an index is looked up; commands, removals in the audit trail and events are
        gone through once, in constant memory.

    .. versionadded:: 0.1.0
    """
    subject = the_subject(customer=customer, contact=contact, member=member)
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        found = [*all_about(uow, subject)]
        ids = {subject.id, *(one.id for one in found if one.table == "contacts")}
        records: dict[str, list[Any]] = {}
        for one in found:
            records.setdefault(one.table, []).append(
                one.record if one.is_own else erased(one.record)
            )
        records["commands"] = [*_commands(uow, subject, ids)]
        records["audit_records"] = [
            link for chain in chains_of(uow, subject, found) for link in links_of(uow, chain)
        ]
    if Capability.OUTBOX in store.capabilities:
        names = {str(subject), *(f"contacts/{key}" for key in ids - {subject.id})}
        records["events"] = [*_events(store, tenant, subject, names)]
    held = {kind: tuple(some) for kind, some in records.items() if some}
    if not held:
        raise NotFoundError(str(subject.kind), subject.id)
    return SubjectExport(subject=str(subject), records=held)


def chains_of(uow: UnitOfWork, subject: Subject, found: Collection[Found]) -> Iterator[str]:
    """Yield the chains of the trail that are about a subject, each once."""
    own = [str(subject), *(f"{one.table}/{one.id}" for one in found if one.is_own)]
    yield from dict.fromkeys((*own, *removed_records(uow, subject)))


def _commands(uow: UnitOfWork, subject: Subject, ids: Collection[str]) -> Iterator[Command]:
    for command, receipt in answers_about(uow, subject, ids):
        if receipt is None:
            yield command
        else:
            yield attrs.evolve(command, answer=to_json(narrowed(receipt, subject)))


def _events(
    store: Store, tenant: str, subject: Subject, names: Collection[str]
) -> Iterator[DomainEvent]:
    outbox = store.outbox(tenant=tenant)
    page = outbox.read()
    while page.events:
        for told in page.events:
            data = dict(told.event.data)
            if told.event.subject in names or any(
                data.get(word) == subject.id for word in _BY_KIND[subject.kind]
            ):
                yield told.event
        page = outbox.read(after=page.position)
