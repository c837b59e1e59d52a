"""Erasing: a subject without its personal data, wherever that is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from crmcore.audit import Act, AuditKind, AuditRecord
from crmcore.codec import from_json
from crmcore.criteria import F
from crmcore.errors import NotFoundError
from crmcore.events import DomainEvent
from crmcore.privacy import Personal, PersonalKind, erased, personal_fields
from crmcore.storage import DEFAULT_TENANT, RECORDS, Capability, Store, UnitOfWork, run

from ._answers import answers_about, without
from ._export import chains_of
from ._finder import Finder
from ._manifest import KEPT, ErasedRecords, ErasureManifest, KeptRecords, Mention
from ._mentions import mentions_of
from ._subject import Subject, the_subject
from ._walk import LOGS, Found, all_about, links_of

_NAMING: Final = {
    PersonalKind.NAME,
    PersonalKind.EMAIL,
    PersonalKind.PHONE,
    PersonalKind.ADDRESS,
}
_PLACEHOLDER: Final = Personal(PersonalKind.TEXT).placeholder


@attrs.frozen(kw_only=True)
class _Survey:
    """What is found by going through everything, before anything is written.

    Attributes:
        chains: The chains of the audit trail that are about the subject.
        commands: The ids of the commands whose answer names it.
        words: What names it.
        reasons: The reasons in these chains that name it.
        others: The chains of others that tell such a reason too.
        mentions: Where the texts of others do.
    """

    chains: tuple[str, ...]
    commands: tuple[str, ...]
    words: Finder
    reasons: frozenset[str]
    others: tuple[str, ...]
    mentions: tuple[Mention, ...]


def erase_subject(
    store: Store,
    *,
    customer: str | None = None,
    contact: str | None = None,
    member: str | None = None,
    by: str,
    at: datetime,
    reason: str | None = None,
    mentions: Iterable[str] = (),
    tenant: str = DEFAULT_TENANT,
) -> ErasureManifest:
    """Take what is personal out of everything that is stored about somebody.

    It answers who asks to be forgotten (Article 17 of the GDPR). All of it happens in one unit
    of work, or nothing does. What a field says it leaves when it is erased takes the place of
    its value; ids, days, amounts and judgements stay, so that every figure stays what it was.
    The audit trail loses the values and still verifies. What commands were answered loses the
    words that name the subject. An event ``customer.erased``, ``contact.erased`` or
    ``member.erased`` tells others to do the same. A customer stays in use.

    Erasing again what was erased changes nothing, but for what has come in since.

    Args:
        store: Where the records are kept.
        customer: The id of a customer, with the contacts, interactions and matters that belong
            to it, removed ones among them.
        contact: The id of a contact, for one person of a customer.
        member: The id of a member. What others have written about customers stays theirs.
        by: Who has it done.
        at: When, as an aware instant.
        reason: Why, for the audit trail. It should not name whom it is about.
        mentions: Names and other text to look for in the personal texts of everybody else,
            such as notes; where they occur is told, and nothing is changed there.
        tenant: Whose records it is about.

    Returns:
        What was erased, what was kept and why, and where personal data may still be.

    Raises:
        NotFoundError: If nothing is stored about it.
        UnsupportedError: If the store has an audit trail, and was given no key to it.
        ConcurrencyConflictError: If others are faster, again and again.
        StorageUnavailableError: If the store cannot keep it, again and again. Nothing was.
        CommitUnknownError: If the connection broke while it was kept. Do it again.
        InvalidValueError: If not exactly one of *customer*, *contact* and *member* is named,
            or *at* is naive, or *by*, *reason* or a mention says nothing.

    Complexity:
        What has an index is looked up; commands and removals in the audit trail are gone
        through once, in constant memory, before anything is locked. So is everything where
        *mentions* are looked for.

    .. versionadded:: 0.1.0
    """
    subject = the_subject(customer=customer, contact=contact, member=member)
    act = Act(by=by, at=at, reason=reason)
    wanted = tuple(mentions)
    looked_for = Finder(wanted)
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        survey = _survey(uow, subject, looked_for if wanted else None)
    has_outbox = Capability.OUTBOX in store.capabilities

    def work(uow: UnitOfWork) -> ErasureManifest:
        manifest = _erase(uow, subject, survey, act)
        if manifest.erased and has_outbox:
            uow.record(_event(manifest, subject))
        return manifest

    return run(store, work, tenant=tenant, act=act)


def _survey(uow: UnitOfWork, subject: Subject, looked_for: Finder | None) -> _Survey:
    found = [*all_about(uow, subject)]
    links = {chain: links_of(uow, chain) for chain in chains_of(uow, subject, found)}
    chains = tuple(chain for chain in links if links[chain])
    if not found and not chains:
        raise NotFoundError(str(subject.kind), subject.id)
    own = [one for one in found if one.is_own]
    ids = {subject.id, *(one.id for one in own if one.table == "contacts")}
    commands = tuple(command.id for command, _ in answers_about(uow, subject, ids))
    told = [link for chain in chains for link in links[chain]]
    words = Finder(_names(own, told) - ids - {_PLACEHOLDER})
    reasons = {link.reason for link in told if link.reason is not None}
    naming_reasons = {reason for reason in reasons if words.finds(reason)}
    naming = [link for link in told if link.reason in naming_reasons]
    but = {
        *((one.table, one.id) for one in own),
        *(("commands", key) for key in commands),
        *(("audit_records", chain) for chain in chains),
    }
    return _Survey(
        chains=chains,
        commands=commands,
        words=words,
        reasons=frozenset(naming_reasons),
        others=tuple(_with_reasons_of(uow, naming, but=chains)),
        mentions=() if looked_for is None else tuple(mentions_of(uow, looked_for, but=but)),
    )


def _with_reasons_of(
    uow: UnitOfWork, naming: Collection[AuditRecord], *, but: Collection[str]
) -> Iterator[str]:
    """Yield the other chains that were lengthened at the same instants for the same reasons.

    What a unit of work has changed besides tells its reason too.
    """
    if not naming:
        return
    reasons = {link.reason for link in naming}
    instants = sorted({link.at for link in naming if link.at is not None})
    found = uow.trail.stream(F.at.in_(instants))
    chains = (link.subject for link in found if link.reason in reasons)
    yield from (chain for chain in dict.fromkeys(chains) if chain not in but)


def _names(own: Iterable[Found], told: Iterable[AuditRecord]) -> set[str]:
    """Return what the subject and its contacts are called, and were called before."""
    names: set[str] = set()
    for one in own:
        names |= {getattr(one.record, field) for field in _naming(type(one.record))} - {None}
    for link in told:
        naming = _naming(RECORDS[link.subject.partition("/")[0]])
        for change in link.personal_changes:
            if change.field in naming:
                texts = {change.before, change.after} - {None, "null"}
                names |= {from_json(str, str(text)) for text in texts}
    return names


def _naming(record: type[Any]) -> frozenset[str]:
    """Return the fields of a kind of record that say who somebody is."""
    declared = personal_fields(record)
    return frozenset(field for field, said in declared.items() if said.kind in _NAMING)


@attrs.frozen
class _Lost:
    """What has lost personal data so far, by kind."""

    ids: dict[str, list[str]] = attrs.field(factory=dict)
    fields: dict[str, set[str]] = attrs.field(factory=dict)

    def add(self, table: str, key: str, fields: Iterable[str]) -> None:
        """Note that a record has lost something in these fields."""
        self.ids.setdefault(table, []).append(key)
        self.fields.setdefault(table, set()).update(fields)

    def told(self) -> Iterator[ErasedRecords]:
        """Yield it as the manifest tells it."""
        for table in RECORDS:
            if table in self.ids:
                yield ErasedRecords(
                    kind=table,
                    ids=tuple(self.ids[table]),
                    fields=tuple(sorted(self.fields[table])),
                )


def _erase(uow: UnitOfWork, subject: Subject, survey: _Survey, act: Act) -> ErasureManifest:
    found = [*all_about(uow, subject)]
    lost = _Lost()
    for one in found:
        if one.is_own:
            _erase_record(uow, one, lost)
    for table in [table for table in lost.ids if table in LOGS]:
        getattr(uow.facts, LOGS[table]).erase(subject.id)
    present = (f"{one.table}/{one.id}" for one in found if one.is_own)
    links = sum(
        _erase_chain(uow, chain, lost) for chain in dict.fromkeys((*survey.chains, *present))
    )
    for chain in survey.others:
        table, _, key = chain.partition("/")
        if uow.trail.erase(table, key, reasons=survey.reasons):
            lost.add("audit_records", chain, ["reason"])
    for key in survey.commands:
        command = uow.commands.get(key)
        bare = without(command, survey.words)
        if bare != command:
            uow.commands.save(bare)
            lost.add("commands", key, ["answer"])
    counts = Counter(one.table for one in found)
    counts |= {"commands": len(survey.commands), "audit_records": links}
    return ErasureManifest(
        subject=str(subject),
        by=act.by,
        at=act.at,
        erased=tuple(lost.told()),
        kept=tuple(
            KeptRecords(kind=table, count=counts[table], why=KEPT[table])
            for table in RECORDS
            if counts[table]
        ),
        mentioned=survey.mentions,
    )


def _erase_record(uow: UnitOfWork, found: Found, lost: _Lost) -> None:
    """Save a record without what is personal in it; facts are only noted, their log does it."""
    bare = erased(found.record)
    if bare == found.record:
        return
    if found.table not in LOGS:
        getattr(uow, found.table).save(bare)
    lost.add(found.table, found.id, _differing(found.record, bare))


def _erase_chain(uow: UnitOfWork, chain: str, lost: _Lost) -> int:
    """Take what is personal out of a chain, and return how many links it has now."""
    links = links_of(uow, chain)
    table, _, key = chain.partition("/")
    if not uow.trail.erase(table, key):
        return len(links)
    told = [link for link in links if link.kind is not AuditKind.ERASED]
    lost.add("audit_records", chain, {f for link in told for f in _differing(link, erased(link))})
    return len(links) + 1  # the last one tells that it was done


def _differing(record: object, bare: object) -> list[str]:
    names = [field.name for field in attrs.fields(type(record))]  # type: ignore[arg-type]  # each record is attrs
    return [name for name in names if getattr(record, name) != getattr(bare, name)]


def _event(manifest: ErasureManifest, subject: Subject) -> DomainEvent:
    count = sum(len(one.ids) for one in manifest.erased)
    return DomainEvent(
        name=f"{subject.kind}.erased",
        subject=str(subject),
        at=manifest.at,
        data=[("by", manifest.by), ("records", count)],
    )
