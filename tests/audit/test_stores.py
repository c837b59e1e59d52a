"""The trail in stores: kept with what it tells, whole or not at all, and hard to tamper with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeAlias

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.audit import (
    Act,
    AuditHead,
    AuditKey,
    AuditKind,
    AuditRecord,
    Tampering,
    TamperingKind,
    seal,
    verify,
)
from crmcore.customers import Contact, ContactId, Customer, Ownership, OwnershipId
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    FaultsError,
    StorageCorruptError,
    UnsupportedError,
)
from crmcore.kernel import CustomerId, MemberId
from crmcore.memory import MemoryStore
from crmcore.organization import Member
from crmcore.plans import Move, MoveKind, MoveReason
from crmcore.reviews import apply_plan, undo_plan
from crmcore.sql import SqlStore
from crmcore.storage import RECORDS, Store, UnitOfWork
from crmcore.testing import records

Opener: TypeAlias = Callable[[Path], Store]

KEY: Final = AuditKey(b"a secret of 32 bytes for testing")
AT: Final = datetime(2026, 9, 1, 9, tzinfo=UTC)
ACT: Final = Act(by="wei", at=AT, reason="Anna called")
AUDITED: Final = [
    "customers", "contacts", "ownerships", "purchases", "interactions", "matters",
    "departments", "teams", "roles", "members", "responsibilities", "assignments",
]  # fmt: skip


@attrs.frozen
class Swap:
    """A plan as small as can be."""

    moves: tuple[Move, ...]
    as_of: date = date(2026, 9, 1)
    fingerprint: str = "6f1d" * 16


def in_memory(_: Path) -> Store:
    """Open a store in dictionaries."""
    return MemoryStore(audit_key=KEY)


def in_sqlite(folder: Path) -> Store:
    """Open a store in a file of SQLite."""
    return SqlStore.open(f"sqlite:///{folder}/crm.db", audit_key=KEY)


@pytest.fixture(params=[in_memory, in_sqlite])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Open a new store of each kind, which keeps a trail."""
    opened: Store = request.param(tmp_path)
    with opened:
        yield opened


def northwind() -> Customer:
    """Return a customer."""
    return Customer(id=CustomerId("c-17"), name="Northwind", region="north")


def found_in(store: Store, *, tenant: str = "default", **options: Any) -> tuple[Tampering, ...]:  # noqa: ANN401
    """Verify the trail of a store, against what it stores."""
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        present: dict[str, dict[str, Any]] = {
            "customers": {one.id: one for one in uow.customers.stream(with_archived=True)},
            "contacts": {one.id: one for one in uow.contacts.stream(with_archived=True)},
        }
        return verify(
            uow.trail.stream(),
            uow.trail.heads(),
            keys=[KEY],
            tenant=tenant,
            present=present,
            **options,
        )


def trail_of(store: Store, kind: str, key: str) -> tuple[AuditRecord, ...]:
    """Return what happened to one record."""
    with store.unit_of_work(readonly=True) as uow:
        return uow.trail.of(kind, key)


def test_each_way_to_write_is_told(store: Store) -> None:
    """Adding, saving, removing and writing in bulk all leave links, with who, when and why."""
    with store.unit_of_work(act=ACT) as uow:
        customer = uow.customers.add(northwind())
        saved = uow.customers.save(attrs.evolve(customer, region="south"))
        uow.customers.bulk_upsert(
            [attrs.evolve(saved, region="west"), Customer(id=CustomerId("c-18"), name="Contoso")]
        )
        uow.customers.remove("c-18", version=1)
        uow.commit()

    told = trail_of(store, "customers", "c-17")
    assert [one.kind for one in told] == [AuditKind.ADDED, AuditKind.SAVED, AuditKind.SAVED]
    assert [one.changes[0].after for one in told[1:]] == ['"south"', '"west"']
    assert {(one.by, one.at, one.reason) for one in told} == {("wei", AT, "Anna called")}
    assert [one.kind for one in trail_of(store, "customers", "c-18")] == [
        AuditKind.ADDED,
        AuditKind.REMOVED,
    ]
    assert found_in(store) == ()


def test_what_is_rolled_back_leaves_no_record(store: Store) -> None:
    """Neither a rollback nor an error leaves a link, nor a head that waits for one."""
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add(northwind())
        uow.commit()
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.save(attrs.evolve(uow.customers.get("c-17"), region="south"))
        uow.customers.add(Customer(id=CustomerId("c-18"), name="Contoso"))
    with store.unit_of_work(act=ACT) as uow, pytest.raises(AlreadyExistsError):
        uow.customers.add(northwind())

    assert len(trail_of(store, "customers", "c-17")) == 1
    assert trail_of(store, "customers", "c-18") == ()
    assert found_in(store) == ()


def test_what_is_refused_leaves_no_record(store: Store) -> None:
    """A stale save changes nothing, and the trail tells of nothing."""
    with store.unit_of_work(act=ACT) as uow:
        customer = uow.customers.add(northwind())
        uow.customers.save(attrs.evolve(customer, region="south"))
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.save(attrs.evolve(customer, region="west"))
        uow.commit()

    assert len(trail_of(store, "customers", "c-17")) == 2
    assert found_in(store) == ()


def test_a_chain_goes_on_after_a_removal(store: Store) -> None:
    """Whoever comes back under an id goes on in its chain."""
    for _ in range(2):
        with store.unit_of_work(act=ACT) as uow:
            uow.customers.add(northwind())
            uow.customers.remove("c-17", version=1)
            uow.commit()

    told = trail_of(store, "customers", "c-17")
    assert [one.position for one in told] == [1, 2, 3, 4]
    assert found_in(store) == ()


def test_ids_may_hold_slashes(store: Store) -> None:
    """An id may be 64 characters long and hold what parts the names of repositories from ids."""
    long = "/" * 64
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add(Customer(id=CustomerId(long), name="Slash"))
        uow.commit()

    assert [one.subject for one in trail_of(store, "customers", long)] == [f"customers/{long}"]
    assert found_in(store) == ()


def test_tenants_have_trails_of_their_own(store: Store) -> None:
    """What one tenant does stands in its own trail, and proves nothing in another's."""
    for tenant in ("north", "south"):
        with store.unit_of_work(act=ACT, tenant=tenant) as uow:
            uow.customers.add(northwind())
            uow.commit()

    assert found_in(store, tenant="north") == ()
    assert found_in(store, tenant="south") == ()
    with store.unit_of_work(readonly=True, tenant="north") as uow:
        found = verify(uow.trail.stream(), uow.trail.heads(), keys=[KEY], tenant="south")
    assert [one.kind for one in found] == [TamperingKind.ALTERED]


def test_erasing_keeps_the_trail_verifiable(store: Store) -> None:
    """Personal values leave the trail of one record; the chain verifies, and says that they did."""
    with store.unit_of_work(act=ACT) as uow:
        uow.contacts.add(Contact(id=ContactId("a-1"), customer=CustomerId("c-17"), name="Ada"))
        uow.contacts.save(attrs.evolve(uow.contacts.get("a-1"), email="ada@example.org"))
        uow.commit()
    with store.unit_of_work(act=Act(by="privacy-desk", at=AT)) as uow:
        assert uow.trail.erase("contacts", "a-1") == 2
        assert uow.trail.erase("contacts", "a-1") == 0
        assert uow.trail.erase("contacts", "nobody") == 0
        uow.commit()

    told = trail_of(store, "contacts", "a-1")
    assert told[-1].kind is AuditKind.ERASED
    assert told[-1].by == "privacy-desk"
    assert {held.after for one in told for held in one.personal_changes} == {None}
    assert found_in(store) == ()


def test_a_store_without_a_key_keeps_no_trail() -> None:
    """Without a key nothing is told."""
    with MemoryStore() as store:
        with store.unit_of_work(act=ACT) as uow:
            uow.customers.add(northwind())
            uow.commit()

        assert trail_of(store, "customers", "c-17") == ()


def test_erasing_needs_the_key(tmp_path: Path) -> None:
    """Whoever opens a store without its key can read its trail, and cannot go on with it."""
    url = f"sqlite:///{tmp_path}/crm.db"
    with SqlStore.open(url, audit_key=KEY) as store, store.unit_of_work(act=ACT) as uow:
        uow.customers.add(northwind())
        uow.commit()

    with SqlStore.open(url) as store:
        assert len(trail_of(store, "customers", "c-17")) == 1
        with store.unit_of_work() as uow, pytest.raises(UnsupportedError, match="audit"):
            uow.trail.erase("customers", "c-17")


def test_applied_plans_are_named(store: Store) -> None:
    """What a plan changed carries the plan's fingerprint, and so does what undoing it changed."""
    plan = Swap(moves=(Move(
        customer=CustomerId("c-17"),
        from_member=MemberId("lin"),
        to_member=MemberId("wei"),
        reason=MoveReason(kind=MoveKind.RELIEF),
    ),))  # fmt: skip
    with store.unit_of_work() as uow:
        uow.customers.add(northwind())
        for member in ("lin", "wei"):
            uow.members.add(Member(id=MemberId(member), name=member, team="sales", weekly_hours=38))  # type: ignore[arg-type]
        uow.ownerships.add(
            Ownership(
                id=OwnershipId("o-1"),
                customer=CustomerId("c-17"),
                member=MemberId("lin"),
                since=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
        uow.commit()

    receipt = apply_plan(store, plan, by="ana", at=AT, reason="Lin leaves")
    undo_plan(store, receipt, by="ana", at=AT.replace(hour=10), reason="Lin stays")

    (change,) = receipt.changes
    _, ended, *_ = trail_of(store, "ownerships", "o-1")
    begun = trail_of(store, "ownerships", change.opened or "")[0]
    for one in (ended, begun):
        assert (one.by, one.at, one.plan) == ("ana", AT, plan.fingerprint)
        assert one.reason == "Lin leaves"
    with store.unit_of_work(readonly=True) as uow:
        later = [one for one in uow.trail.stream() if one.at == AT.replace(hour=10)]
    assert {one.plan for one in later} == {plan.fingerprint}
    assert found_in(store) == ()


_DEEDS: Final = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "erase", "bulk"]),
        st.sampled_from(["c-1", "c-2", "c/3"]),
        st.sampled_from(["north", "south", None]),
    ),
    max_size=5,
)


def do(uow: UnitOfWork, verb: str, key: str, region: str | None) -> None:
    """Do something to a customer in a unit of work."""
    stored = uow.customers.find(key)
    if verb == "erase":
        uow.trail.erase("customers", key)
    elif verb == "remove" and stored is not None:
        uow.customers.remove(key, version=stored.version)
    elif verb == "bulk":
        both = [Customer(id=CustomerId(one), name="Bulk") for one in (key, "c-9")]
        uow.customers.bulk_upsert(both)
    elif verb == "put" and stored is None:
        uow.customers.add(Customer(id=CustomerId(key), name="New", region=region))
    elif verb == "put" and stored is not None:
        uow.customers.save(attrs.evolve(stored, region=region))


@pytest.mark.parametrize("opened", [in_memory, in_sqlite])
@settings(max_examples=10)
@given(histories=st.lists(st.tuples(_DEEDS, st.booleans()), max_size=4))
def test_any_history_verifies(
    tmp_path_factory: pytest.TempPathFactory,
    opened: Opener,
    histories: list[tuple[list[tuple[str, str, str | None]], bool]],
) -> None:
    """Whatever units of work do, and whether they are kept or not, the trail tells it all."""
    with opened(tmp_path_factory.mktemp("history")) as store:
        for deeds, is_kept in histories:
            with store.unit_of_work(act=ACT) as uow:
                for deed in deeds:
                    do(uow, *deed)
                if is_kept:
                    uow.commit()

        assert found_in(store) == ()


@pytest.fixture(scope="module")
def uncommitted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open a store in which nobody commits."""
    with in_sqlite(tmp_path_factory.mktemp("uncommitted")) as store:
        yield store


@given(st.data())
def test_what_is_read_is_what_was_told(uncommitted: Store, data: st.DataObject) -> None:
    """Whatever a record holds, the store gives back the values that the trail tells."""
    name = data.draw(st.sampled_from(AUDITED))
    record = data.draw(records(RECORDS[name]))
    other = data.draw(records(RECORDS[name], id=st.just(record.id)))

    with uncommitted.unit_of_work(act=ACT) as uow:
        repository = getattr(uow, name)
        repository.add(record)
        repository.save(attrs.evolve(other, version=1))
        stored = {one.id: one for one in repository.stream(with_archived=True)}

        found = verify(uow.trail.stream(), uow.trail.heads(), keys=[KEY], present={name: stored})

    assert found == ()


@pytest.fixture(scope="module")
def honest_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store with three chains, of which one has four links."""
    folder = tmp_path_factory.mktemp("honest")
    with in_sqlite(folder) as store, store.unit_of_work(act=ACT) as uow:
        customer = uow.customers.add(northwind())
        for region in ("south", "east", "west"):
            customer = uow.customers.save(attrs.evolve(customer, region=region))
        uow.customers.add(Customer(id=CustomerId("c-18"), name="Contoso"))
        uow.contacts.add(Contact(id=ContactId("a-1"), customer=customer.id, name="Ada"))
        uow.commit()
    return folder / "crm.db"


@pytest.fixture
def file(honest_file: Path, tmp_path: Path) -> Path:
    """Return a copy of that file."""
    return Path(shutil.copy(honest_file, tmp_path))


def tamper(file: Path, statement: str, *values: object) -> int:
    """Write to the file behind the store's back, and return how many rows it touched."""
    with sqlite3.connect(file) as connection:
        touched = connection.execute(statement, values).rowcount
    connection.close()
    return touched


MINE: Final = "customers/c-17"
FIRST: Final = AuditRecord.id_of(MINE, 1)
LINK: Final = AuditRecord.id_of(MINE, 3)
K: Final = TamperingKind


@pytest.mark.parametrize(
    ("statement", "values", "kind", "position"),
    [
        ("UPDATE crm_audit_records SET by = ? WHERE id = ?", ("eve", LINK), K.ALTERED, 3),
        ("UPDATE crm_audit_records SET at = at + 1 WHERE id = ?", (LINK,), K.ALTERED, 3),
        ("UPDATE crm_audit_records SET plan = '6f1d' WHERE id = ?", (LINK,), K.ALTERED, 3),
        ("UPDATE crm_audit_records SET kind = 'removed' WHERE id = ?", (LINK,), K.ALTERED, 3),
        (
            "UPDATE crm_audit_records SET changes = replace(changes, 'east', 'EAST') WHERE id = ?",
            (LINK,), K.ALTERED, 3,
        ),
        (
            ("UPDATE crm_audit_records SET personal_changes = replace(personal_changes, 'N', 'S') "
            "WHERE id = ?"),
            (FIRST,), K.ALTERED, 1,
        ),
        ("UPDATE crm_audit_records SET reason = 'fraud' WHERE id = ?", (LINK,), K.ALTERED, 3),
        (
            "UPDATE crm_audit_records SET reason = NULL, reason_salt = NULL WHERE id = ?",
            (LINK,), K.ERASED_BY_HAND, 3,
        ),
        ("DELETE FROM crm_audit_records WHERE id = ?", (LINK,), K.MISSING, 3),
        ("DELETE FROM crm_audit_records WHERE subject = ?", (MINE,), K.CHAIN_REMOVED, 1),
        (
            "DELETE FROM crm_audit_records WHERE subject = ? AND position > 2",
            (MINE,), K.TAIL_CUT, 3,
        ),
        ("DELETE FROM crm_audit_heads WHERE subject = ?", (MINE,), K.HEAD_MISSING, 4),
        (
            "UPDATE crm_audit_heads SET position = 2 WHERE subject = ?",
            (MINE,), K.BEYOND_HEAD, 3,
        ),
        ("UPDATE crm_customers SET region = 'moon' WHERE id = ?", ("c-17",), K.NOT_AS_STORED, 4),
        ("UPDATE crm_customers SET name = 'Nord' WHERE id = ?", ("c-17",), K.NOT_AS_STORED, 1),
        ("DELETE FROM crm_customers WHERE id = ?", ("c-17",), K.NOT_AS_STORED, 4),
    ],
    ids=range(16),
)  # fmt: skip
def test_tampering_with_the_file_is_found(
    file: Path, statement: str, values: tuple[str, ...], kind: TamperingKind, position: int
) -> None:
    """Whoever writes to the database itself is found, with the chain and the position."""
    with in_sqlite(file.parent) as store:
        assert found_in(store) == ()

        assert tamper(file, statement, *values) > 0

        (found,) = found_in(store)
        assert (found.subject, found.kind, found.position) == (MINE, kind, position)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "forged"),
        ("changes", "[{]"),
        ("at", 10**18),
        ("position", "x"),
        ("position", -1),
        ("by", b"wei"),
        ("digest", b"0"),
    ],
    ids=range(7),
)
def test_what_cannot_be_read_is_named_by_its_place(file: Path, column: str, value: object) -> None:
    """A link that somebody made unreadable is refused with its id, which ends in its position."""
    tamper(file, f"UPDATE crm_audit_records SET {column} = ? WHERE id = ?", value, LINK)  # noqa: S608 - our own names

    with in_sqlite(file.parent) as store, pytest.raises(FaultsError, match=f"row '{LINK}'"):
        found_in(store)


def test_a_head_that_cannot_be_read_is_named(file: Path) -> None:
    """A head that somebody made unreadable is refused with its id."""
    tamper(file, "UPDATE crm_audit_heads SET position = 'x' WHERE subject = ?", MINE)

    row = f"row '{AuditHead.id_of(MINE)}': position must be a whole number"
    with in_sqlite(file.parent) as store, pytest.raises(FaultsError, match=row):
        found_in(store)


def test_nothing_changes_without_a_link(file: Path) -> None:
    """Where somebody has removed a head, a change that could not be told is refused whole."""
    tamper(file, "DELETE FROM crm_audit_heads WHERE subject = ?", MINE)

    with in_sqlite(file.parent) as store:
        with store.unit_of_work(act=ACT) as uow, pytest.raises(StorageCorruptError, match="audit"):
            uow.customers.save(attrs.evolve(uow.customers.get("c-17"), region="moon"))
        with store.unit_of_work(readonly=True) as uow:
            assert uow.customers.get("c-17").region == "west"


def test_a_whole_chain_that_is_gone_is_found_by_a_seal(file: Path) -> None:
    """Records, head and all can be removed; the seal that lies elsewhere names the chain."""
    with in_sqlite(file.parent) as store:
        with store.unit_of_work(readonly=True) as uow:
            sealed = [*uow.trail.heads()]
            made = seal(sealed, key=KEY, at=AT)
        for table in ("crm_audit_records", "crm_audit_heads"):
            tamper(file, f"DELETE FROM {table} WHERE subject = ?", MINE)  # noqa: S608 - our own names
        tamper(file, "DELETE FROM crm_customers WHERE id = ?", "c-17")

        assert found_in(store) == ()
        (found,) = found_in(store, seals=[made], sealed=sealed)
        assert (found.subject, found.kind, found.count) == (MINE, K.CHAIN_REMOVED, 4)


def test_a_chain_is_lengthened_by_one_at_a_time_in_memory() -> None:
    """Of two units of work that lengthen one chain, the later is refused, and may try again."""
    store = MemoryStore(audit_key=KEY)
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add(northwind())
        uow.commit()
    with store.unit_of_work(act=ACT) as saving:
        saving.customers.save(attrs.evolve(saving.customers.get("c-17"), region="south"))
        with store.unit_of_work(act=ACT) as erasing:
            erasing.trail.erase("customers", "c-17")
            erasing.commit()

        with pytest.raises(ConcurrencyConflictError, match="audit"):
            saving.commit()
    assert found_in(store) == ()


def test_a_chain_is_lengthened_by_one_at_a_time_on_a_server(postgresql_url: str) -> None:
    """The same on PostgreSQL, where the later waits for the earlier, and is refused then."""
    refused: list[ConcurrencyConflictError] = []
    with SqlStore.open(postgresql_url, audit_key=KEY) as store:
        with store.unit_of_work(act=ACT) as uow:
            uow.customers.add(northwind())
            uow.commit()
        earlier = store.unit_of_work(act=ACT)

        def write() -> None:
            with store.unit_of_work(act=ACT) as later:
                try:
                    later.customers.save(attrs.evolve(later.customers.get("c-17"), region="south"))
                    later.commit()
                except ConcurrencyConflictError as error:
                    refused.append(error)

        with earlier:
            earlier.trail.erase("customers", "c-17")
            thread = Thread(target=write)
            thread.start()
            thread.join(0.3)  # it waits for the head, which is ours until we commit
            assert thread.is_alive()
            earlier.commit()
        thread.join()

        assert [error.kind for error in refused] == ["audithead"]
        assert found_in(store) == ()


def test_a_head_stands_for_its_chain(store: Store) -> None:
    """The id of a head can be reckoned from the subject, which is how a store finds it."""
    with store.unit_of_work(act=ACT) as uow:
        uow.customers.add(northwind())
        (head,) = uow.trail.heads()

    assert head.id == AuditHead.id_of("customers/c-17")
