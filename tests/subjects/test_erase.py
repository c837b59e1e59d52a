"""Erasing: nothing personal is left, every number is, and the trail still verifies."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from crmcore.activities import Channel, Direction, Interaction, InteractionId
from crmcore.audit import AuditKind, verify
from crmcore.codec import from_json
from crmcore.customers import Customer
from crmcore.errors import (
    InvalidValueError,
    NotFoundError,
    StorageUnavailableError,
    UnsupportedError,
)
from crmcore.facts import FactId
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.receipts import PlanReceipt
from crmcore.reviews import apply_plan, review_department, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import Capability, Store, TableUnitOfWork
from crmcore.subjects import ErasureManifest, Mention, OutOfReach, erase_subject
from tests.subjects.conftest import (
    AS_OF,
    HOUR,
    KEY,
    NOON,
    dump,
    fill,
    moving,
    overridden,
    texts,
)

LATER = NOON + timedelta(days=2)
HOW: Any = {"by": "privacy-desk", "at": LATER}


def test_no_canary_is_left(each_store: Store) -> None:
    """Of what was planted in every personal field of one customer nothing is stored any more."""
    store = each_store
    planted = texts("c-1")
    before = dump(store)

    erase_subject(store, customer="c-1", **HOW, reason="request 4711")

    after = dump(store)
    assert [word for word, text in planted.items() if text not in before] == []
    assert [word for word, text in planted.items() if text in after] == []
    assert [word for word, text in texts("c-2").items() if text not in after] == ["married"]


def test_the_tables_of_a_server_hold_none(postgresql_url: str) -> None:
    """Not a cell of any table, whoever looks into them."""
    with SqlStore.open(postgresql_url, audit_key=KEY) as store:
        fill(store)
        erase_subject(store, customer="c-1", **HOW)

    engine = sa.create_engine(postgresql_url)
    with engine.connect() as connection:
        names = sa.inspect(engine).get_table_names()
        cells = "".join(
            str(row)
            for name in names
            for row in connection.execute(sa.text(f'SELECT "{name}"::text FROM "{name}"'))  # noqa: S608 - our own tables
        )
    engine.dispose()
    assert len(names) > 15
    assert "C-2NameCanary" in cells
    assert [word for word, text in texts("c-1").items() if text in cells] == []


def test_the_file_of_sqlite_holds_none_once_it_is_vacuumed(tmp_path: Path) -> None:
    """What was overwritten stands in freed pages and in the log until then."""
    path = tmp_path / "crm.db"
    with SqlStore.open(f"sqlite:///{path}", audit_key=KEY) as store:
        fill(store)
        erase_subject(store, customer="c-1", **HOW)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()

    found = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"C-2NameCanary" in found
    assert [word for word, text in texts("c-1").items() if text.encode() in found] == []


def test_the_trail_still_verifies_and_tells_of_it(store: Store) -> None:
    """Each chain that has lost something has a link that says so, who did it and why."""
    erase_subject(store, customer="c-1", **HOW, reason="request 4711")

    with store.unit_of_work(readonly=True) as uow:
        wrong = verify(uow.trail.stream(), [*uow.trail.heads()], keys=[KEY])
        told = {
            link.subject: (link.by, link.at, link.reason)
            for link in uow.trail.stream()
            if link.kind is AuditKind.ERASED
        }
    assert wrong == ()
    assert {"customers/c-1", "contacts/c-1-k-1", "contacts/c-1-k-2"} <= told.keys()
    assert set(told.values()) == {("privacy-desk", LATER, "request 4711")}
    assert "customers/c-2" not in told


def test_every_figure_stays_what_it_was(store: Store) -> None:
    """A review before and one afterwards are the same, but for names."""
    before = review_department(store, policy=Policy.default(), as_of=AS_OF)

    erase_subject(store, customer="c-1", **HOW)

    assert review_department(store, policy=Policy.default(), as_of=AS_OF) == before
    with store.unit_of_work(readonly=True) as uow:
        (purchase,) = uow.purchases.of_customer(CustomerId("c-1"))
        (score,) = uow.facts.scores.of("c-1")
        assert (str(purchase.amount), str(score.points)) == ("120.00 USD", "50")
        assert uow.contacts.get("c-1-k-1").name == "[erased]"


def test_a_plan_can_still_be_taken_back(store: Store) -> None:
    """The receipt that is kept has lost a name, and opens what it opened."""
    erase_subject(store, customer="c-1", **HOW)

    receipt = apply_plan(
        store, moving("c-1", "c-2"), by="head", at=NOON, reason="the request of C-1NameCanary"
    )
    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="trial over")

    assert receipt.reason == "the request of [erased]"
    assert len(undone.changes) == 2


def test_the_manifest_says_what_was_done(store: Store) -> None:
    """What was erased, what stays and why, and what no call can reach."""
    manifest = erase_subject(store, customer="c-1", **HOW)

    lost = {one.kind: (one.ids, one.fields) for one in manifest.erased}
    kept = {one.kind: one.count for one in manifest.kept}
    assert manifest.subject == "customers/c-1"
    assert (manifest.by, manifest.at) == ("privacy-desk", LATER)
    assert lost["customers"] == (("c-1",), ("name",))
    assert lost["contacts"] == (("c-1-k-1",), ("email", "name", "phone", "position"))
    assert lost["interactions"] == (("c-1-i",), ("note",))
    assert lost["matters"] == (("c-1-m",), ("next_step", "promise", "subject"))
    assert lost["score_facts"][1] == ("score",)
    assert len(lost["commands"][0]) == 2
    assert "contacts/c-1-k-2" in lost["audit_records"][0]
    assert lost.keys() == {
        "customers",
        "contacts",
        "interactions",
        "matters",
        "score_facts",
        "commands",
        "audit_records",
    }
    assert {kind: kept[kind] for kind in kept if kind != "audit_records"} == {
        "customers": 1,
        "contacts": 1,
        "ownerships": 2,
        "purchases": 1,
        "interactions": 1,
        "matters": 1,
        "stage_facts": 1,
        "tier_facts": 1,
        "score_facts": 1,
        "commands": 2,
    }
    assert manifest.out_of_reach == tuple(OutOfReach)
    assert all(one.why.en and one.why.zh for one in manifest.kept)
    assert "Canary" not in str(manifest)
    assert str(manifest).splitlines()[:2] == [
        "customers/c-1 erased by privacy-desk at 2026-10-02T12:00:00+00:00",
        "  erased: customers (1): name",
    ]


def test_erasing_again_changes_nothing(each_store: Store) -> None:
    """Nothing is written, nothing is told, and the manifest says so."""
    store = each_store
    first = erase_subject(store, customer="c-1", **HOW)
    before = dump(store)

    again = erase_subject(store, customer="c-1", by="somebody-else", at=LATER + HOUR)

    assert first.erased
    assert again.erased == ()
    assert again.kept == first.kept
    assert dump(store) == before


def test_what_came_in_since_is_erased(store: Store) -> None:
    """Erasing again is how to be rid of what was written down afterwards."""
    erase_subject(store, customer="c-1", **HOW)
    with store.unit_of_work() as uow:
        matter = uow.matters.get("c-1-m")
        uow.matters.save(attrs.evolve(matter, next_step="Call C-1Again"))
        uow.facts.scores.append(
            [
                attrs.evolve(
                    overridden("C-1Again", "C-1Again", CustomerId("c-1")),
                    id=FactId(""),
                    fingerprint="another",
                )
            ]
        )
        uow.commit()

    again = erase_subject(store, customer="c-1", **HOW)

    assert [one.kind for one in again.erased] == [
        "matters",
        "score_facts",
        "audit_records",
    ]
    assert "C-1Again" not in dump(store)


def test_others_are_told_in_ids(store: Store) -> None:
    """Whoever keeps copies hears whose to erase, and nothing else."""
    erase_subject(store, customer="c-1", **HOW)

    told = store.outbox().read().events[-1].event
    assert (told.name, told.subject, told.at) == ("customer.erased", "customers/c-1", LATER)
    assert dict(told.data)["by"] == "privacy-desk"


def test_a_single_contact_can_be_erased(store: Store) -> None:
    """The customer and its other people keep their names."""
    manifest = erase_subject(store, contact="c-1-k-1", **HOW)

    after = dump(store)
    assert [one.kind for one in manifest.erased] == ["contacts", "commands", "audit_records"]
    assert "C-1MarriedCanary" not in after
    assert "C-1MaidenCanary" not in after
    assert "C-1NameCanary" in after
    assert "C-1GoneCanary" in after
    assert store.outbox().read().events[-1].event.name == "contact.erased"


def test_a_contact_who_was_removed_can_be_erased(store: Store) -> None:
    """What is left of her stands in the audit trail alone."""
    manifest = erase_subject(store, contact="c-1-k-2", **HOW)

    assert [one.kind for one in manifest.erased] == ["audit_records"]
    assert "C-1GoneCanary" not in dump(store)


def test_a_member_can_be_erased(store: Store) -> None:
    """The name goes; what the member did, and what customers have said, stays."""
    manifest = erase_subject(store, member="ben", **HOW)

    after = dump(store)
    assert [one.kind for one in manifest.erased] == ["members", "audit_records"]
    assert {"teams", "ownerships", "interactions"} <= {one.kind for one in manifest.kept}
    assert "BenCanary" not in after
    assert "DoraCanary" in after
    assert "C-1NoteCanary" in after


def test_where_others_name_somebody_is_told_and_left_alone(store: Store) -> None:
    """Notes about others are theirs; whoever asks hears where to look, small letters or not."""
    with store.unit_of_work() as uow:
        uow.interactions.save(
            attrs.evolve(uow.interactions.get("c-2-i"), note="c-1namecanary told them")
        )
        uow.once("other", request="other")
        uow.answer("other", "C-1NameCanary was here")
        uow.commit()

    manifest = erase_subject(store, customer="c-1", **HOW, mentions=["C-1NameCanary"])

    places = {(one.kind, one.id, one.field) for one in manifest.mentioned}
    assert ("interactions", "c-2-i", "note") in places
    assert ("commands", "other", "answer") in places
    assert ("audit_records", "interactions/c-2-i", "personal_changes") in places
    assert not any("c-1" in one.id for one in manifest.mentioned)
    assert "named:  interactions 'c-2-i': note" in str(manifest)
    with store.unit_of_work(readonly=True) as uow:
        assert uow.interactions.get("c-2-i").note == "c-1namecanary told them"


@pytest.mark.parametrize(
    ("note", "word", "found"),
    [
        ("Ms Li called", "Li", True),
        ("ask LI!", "Li", True),
        ("the list", "Li", False),
        ("Dali", "Li", False),
        ("Li2", "Li", False),
        ("昨天王伟来电", "王伟", True),
        ("昨天王五来电", "王伟", False),
        ("+49 30 1234", "+49 30 1234", True),
        ("+49 30 12345", "+49 30 1234", False),
    ],
)
def test_a_name_is_a_word(note: str, word: str, *, found: bool) -> None:
    """Part of another word is nobody's name; Chinese has no blanks between words."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-1"), name="Northwind"))
        uow.interactions.add(
            Interaction(
                id=InteractionId("i-1"),
                customer=CustomerId("c-2"),
                at=NOON,
                channel=Channel.CALL,
                direction=Direction.INBOUND,
                note=note,
            )
        )
        uow.commit()

    manifest = erase_subject(store, customer="c-1", **HOW, mentions=[word])

    expected = (Mention(kind="interactions", id="i-1", field="note"),) if found else ()
    assert manifest.mentioned == expected


@pytest.mark.parametrize("written", ["plain", "ascii", "text"])
def test_the_answers_of_other_commands_lose_the_name(written: str) -> None:
    """In JSON of either spelling, and in mere text; ids and capitals are left alone."""
    name = 'Zoë "王伟" O’Neil 🙂'
    store = MemoryStore()
    answer = {"customer": "c-1", "who": name, "member": name.lower()}
    text = {
        "plain": json.dumps(answer, ensure_ascii=False),
        "ascii": json.dumps(answer),
        "text": f"c-1 is {name}",
    }[written]
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-1"), name=name))
        uow.once("k", request="r")
        uow.answer("k", text)
        uow.once("without", request="r")
        uow.once("of-others", request="r")
        uow.answer("of-others", f"c-10 is {name}")
        uow.commit()

    erase_subject(store, customer="c-1", **HOW)

    with store.unit_of_work(readonly=True) as uow:
        found = uow.commands.get("k").answer
        others = uow.commands.get("of-others").answer
    assert found is not None
    if written == "text":
        assert found == "c-1 is [erased]"
    else:
        assert json.loads(found) == answer | {"who": "[erased]"}
    assert others == f"c-10 is {name}"


def test_a_name_that_is_the_id_stays_as_the_id() -> None:
    """Customers of an import are called by their id; receipts go on naming it."""
    store = MemoryStore()
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-1"), name="c-1"))
        uow.once("k", request="r")
        uow.answer("k", '{"customer": "c-1"}')
        uow.commit()

    erase_subject(store, customer="c-1", **HOW)

    with store.unit_of_work(readonly=True) as uow:
        assert uow.customers.get("c-1").name == "[erased]"
        assert uow.commands.get("k").answer == '{"customer": "c-1"}'


def test_a_receipt_without_a_reason_stays_as_it_is() -> None:
    """There is nothing personal in it."""
    store = fill(MemoryStore())
    with store.unit_of_work() as uow:
        receipt = next(
            from_json(PlanReceipt, str(one.answer))
            for one in uow.commands.stream()
            if one.id != "mail-1"
        )
        uow.commit()
    undone = undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="over")
    again = apply_plan(store, moving("c-1"), by="head", at=NOON + 2 * HOUR)

    manifest = erase_subject(store, customer="c-1", **HOW)

    (answers,) = [one for one in manifest.erased if one.kind == "commands"]
    assert len(answers.ids) == 2
    assert again == apply_plan(store, moving("c-1"), by="head", at=NOON + 2 * HOUR)
    assert undone == undo_plan(store, receipt, by="head", at=NOON + HOUR, reason="over")


def test_an_archived_customer_is_erased_and_stays_archived(store: Store) -> None:
    """Out of use is not out of store."""
    with store.unit_of_work() as uow:
        uow.customers.save(attrs.evolve(uow.customers.get("c-1"), archived_at=NOON))
        uow.commit()

    erase_subject(store, customer="c-1", **HOW)

    with store.unit_of_work(readonly=True) as uow:
        found = uow.customers.get("c-1", with_archived=True)
    assert (found.name, found.archived_at) == ("[erased]", NOON)


@pytest.mark.parametrize("kind", ["customer", "contact", "member"])
def test_nobody_cannot_be_erased(kind: str) -> None:
    """An id that nothing is stored about is a mistake."""
    store = fill(MemoryStore(audit_key=KEY))

    with pytest.raises(NotFoundError, match=f"there is no {kind} 'nobody'"):
        erase_subject(store, **(HOW | {kind: "nobody"}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({}, "subject must be exactly one of customer, contact, member"),
        ({"customer": "c-1", "member": "ben"}, "subject must be exactly one of"),
        ({"customer": ""}, "id must not be empty"),
        ({"customer": "c-1", "at": datetime(2026, 10, 2)}, "at must"),  # noqa: DTZ001 - naive on purpose
        ({"customer": "c-1", "by": " "}, "by must not be empty"),
        ({"customer": "c-1", "reason": ""}, "reason must not be empty"),
        ({"customer": "c-1", "mentions": [" "]}, "mentions must be names or other text"),
        ({"customer": "c-1", "mentions": [7]}, "mentions must be names or other text"),
    ],
)
def test_what_says_nothing_is_refused(call: dict[str, Any], message: str) -> None:
    """Before anything is looked for."""
    store = fill(MemoryStore())
    before = dump(store)

    with pytest.raises(InvalidValueError, match=message):
        erase_subject(store, **(HOW | call))

    assert dump(store) == before


def test_a_trail_that_cannot_be_written_keeps_everything(tmp_path: Path) -> None:
    """Whoever opens the store without its key cannot take anything out of the trail."""
    url = f"sqlite:///{tmp_path}/crm.db"
    with SqlStore.open(url, audit_key=KEY) as store:
        before = dump(fill(store))
    with SqlStore.open(url) as store:
        with pytest.raises(UnsupportedError, match="erasing from the audit trail"):
            erase_subject(store, customer="c-1", **HOW)

        assert dump(store) == before


class Failing(MemoryStore):
    """A store in which something happens at the end of the next units of work that write."""

    happens: tuple[Callable[[], object], ...] = ()

    def unit_of_work(self, *, readonly: bool = False, **how: Any) -> TableUnitOfWork:  # noqa: ANN401 - handed on
        """Return a unit of work before whose end something happens, as long as there is any."""
        uow = super().unit_of_work(readonly=readonly, **how)
        if self.happens and not readonly:
            happen, *rest = self.happens
            self.happens, keep = tuple(rest), uow.commit

            def commit() -> None:
                happen()
                keep()

            uow.commit = commit  # type: ignore[method-assign]  # that is when it happens
        return uow


def full() -> None:
    """Be a disk that is full."""
    raise StorageUnavailableError("committing")


def test_all_of_it_is_erased_or_nothing() -> None:
    """A store that cannot keep it has everything; one that comes back is tried again."""
    store = Failing(audit_key=KEY)
    before = dump(fill(store))
    store.happens = (full,) * 5

    with pytest.raises(StorageUnavailableError):
        erase_subject(store, customer="c-1", **HOW)
    kept = dump(store)
    store.happens = (full,)
    manifest = erase_subject(store, customer="c-1", **HOW)

    assert kept == before
    assert manifest.erased
    assert "C-1" not in dump(store)


def test_of_two_at_once_the_second_finds_nothing_to_erase() -> None:
    """Whoever was slower looks again, and nothing is erased or told twice."""
    store = Failing(audit_key=KEY)
    fill(store)
    manifests: list[ErasureManifest] = []
    store.happens = (lambda: manifests.append(erase_subject(store, customer="c-1", **HOW)),)

    second = erase_subject(store, customer="c-1", **HOW)

    assert manifests[0].erased
    assert second.erased == ()
    assert second.kept == manifests[0].kept
    told = [one.event.name for one in store.outbox().read().events]
    assert told.count("customer.erased") == 1


class Plain(MemoryStore):
    """A store that has no outbox."""

    capabilities = frozenset({Capability.INTERLEAVED})  # less than it could


def test_a_store_without_an_outbox_is_told_nothing() -> None:
    """What a store cannot do is not asked of it."""
    store = Plain()
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-1"), name="Northwind"))
        uow.commit()

    erase_subject(store, customer="c-1", **HOW)

    assert store.outbox().read().events == ()


def test_another_tenant_keeps_its_own() -> None:
    """The same id is somebody else there."""
    store = MemoryStore()
    for tenant in ("a", "b"):
        with store.unit_of_work(tenant=tenant) as uow:
            uow.customers.add(Customer(id=CustomerId("c-1"), name="Northwind"))
            uow.commit()

    erase_subject(store, customer="c-1", **HOW, tenant="a")

    with store.unit_of_work(tenant="b", readonly=True) as uow:
        assert uow.customers.get("c-1").name == "Northwind"
    with pytest.raises(NotFoundError):
        erase_subject(store, customer="c-1", **HOW)


def test_an_instant_of_any_zone_is_told_in_utc(store: Store) -> None:
    """The manifest says when, not where."""
    manifest = erase_subject(store, customer="c-1", by="privacy-desk", at=LATER.astimezone(UTC))

    assert manifest.at.tzinfo is UTC
