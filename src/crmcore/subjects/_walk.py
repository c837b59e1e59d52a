"""The walk: from a subject to all that is stored about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

import attrs

from crmcore.audit import AuditKind, AuditRecord
from crmcore.codec import to_json
from crmcore.criteria import F
from crmcore.facts import KpiScope
from crmcore.kernel import CustomerId, MemberId
from crmcore.storage import RECORDS, UnitOfWork

from ._subject import Subject, SubjectKind

LOGS: Final[Mapping[str, str]] = {
    "stage_facts": "stages",
    "tier_facts": "tiers",
    "score_facts": "scores",
    "kpi_facts": "kpis",
}
"""What the log of facts calls each kind of them."""

_JUDGEMENTS: Final = ("stage_facts", "tier_facts", "score_facts")


@attrs.frozen
class Found:
    """Something that is stored about a subject.

    Attributes:
        table: The name of the kind of record.
        record: The record.
        is_own: Whether what is personal in it is the subject's own, and goes when the subject
            is erased. What a member has talked about with customers is theirs.
    """

    table: str
    record: Any
    is_own: bool = True

    @property
    def id(self) -> str:
        """The id of the record."""
        return str(self.record.id)


def all_about(uow: UnitOfWork, subject: Subject) -> Iterator[Found]:
    """Yield the records about a subject: by kind, and then as their repositories order them."""
    found = _ABOUT[subject.kind](uow, subject.id)
    places = {table: place for place, table in enumerate(RECORDS)}
    yield from sorted(found, key=lambda one: places[one.table])


def _about_customer(uow: UnitOfWork, key: str) -> Iterator[Found]:
    customer = CustomerId(key)
    self = uow.customers.find(customer, with_archived=True)
    if self is not None:
        yield Found("customers", self)
    for table in ("contacts", "ownerships", "purchases", "interactions", "matters"):
        for record in getattr(uow, table).of_customer(customer):
            yield Found(table, record)
    for table in _JUDGEMENTS:
        for fact in getattr(uow.facts, LOGS[table]).of(key):
            yield Found(table, fact)


def _about_contact(uow: UnitOfWork, key: str) -> Iterator[Found]:
    self = uow.contacts.find(key)
    if self is not None:
        yield Found("contacts", self)


def _about_member(uow: UnitOfWork, key: str) -> Iterator[Found]:
    self = uow.members.find(key)
    if self is not None:
        yield Found("members", self)
    yield from (Found("teams", team) for team in uow.teams.stream(F.lead == key))
    yield from (Found("assignments", one) for one in uow.assignments.stream(F.member == key))
    others = chain(
        (("ownerships", held) for held in uow.ownerships.stream(F.member == key)),
        (("interactions", done) for done in uow.interactions.stream(F.member == key)),
        (("matters", matter) for matter in uow.matters.of_member(MemberId(key))),
    )
    yield from (Found(table, record, is_own=False) for table, record in others)
    measured = uow.facts.kpis.stream((F.scope == KpiScope.MEMBER) & (F.scope_id == key))
    yield from (Found("kpi_facts", fact) for fact in measured)


_ABOUT: Final = {
    SubjectKind.CUSTOMER: _about_customer,
    SubjectKind.CONTACT: _about_contact,
    SubjectKind.MEMBER: _about_member,
}


def removed_records(uow: UnitOfWork, subject: Subject) -> Iterator[str]:
    """Yield the chains of records about a subject that are stored no more, as the trail has them.

    The last link of such a chain tells what the record was, and so whose. There is no index to
    it, but the links that tell of a removal are few.
    """
    if subject.kind is SubjectKind.CONTACT:
        return
    whose = str(subject.kind)
    last = to_json(subject.id)
    for link in uow.trail.stream(F.kind == AuditKind.REMOVED):
        if any(one.field == whose and one.before == last for one in link.changes):
            yield link.subject


def links_of(uow: UnitOfWork, chain_of: str) -> tuple[AuditRecord, ...]:
    """Return the links of a chain, by the name of its subject."""
    table, _, key = chain_of.partition("/")
    return uow.trail.of(table, key)
