"""Examples of tenants: the same calls by two of them, of whom neither meets the other."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

import attrs
import pytest

from crmcore.criteria import F
from crmcore.errors import (
    ConcurrencyConflictError,
    CrmError,
    InvalidCursorError,
    InvalidValueError,
    NotFoundError,
    UnsupportedError,
)
from crmcore.events import DomainEvent
from crmcore.kernel import CustomerId, MemberId
from crmcore.repositories import BulkResult
from crmcore.storage import DEFAULT_TENANT, Capability, Store, UnitOfWork

from ._promises import Promises
from ._samples import NEW_YEAR, SUMMER, all_ids, customer, ids, keep, look, matter
from ._whole import WHOLE, everything_of, put

TENANTS: Final = Promises(needs=(Capability.TENANTS,))
TENANTS_WITH_EVENTS: Final = Promises(needs=(Capability.TENANTS, Capability.OUTBOX))
NO_TENANTS: Final = Promises(lacks=Capability.TENANTS)

_OURS, _THEIRS = "ours", "theirs"
_ONE, _WEI = CustomerId("c-1"), MemberId("wei")

# Every way to ask for something, by name; each finds something among `WHOLE`.
_QUESTIONS: Final[Mapping[str, Callable[[UnitOfWork], Any]]] = {
    "find": lambda uow: uow.customers.find("c-2"),
    "find with archived": lambda uow: uow.customers.find("c-1", with_archived=True),
    "get_many": lambda uow: dict(uow.customers.get_many(["c-1", "c-2"])),
    "get_many with archived": lambda uow: dict(
        uow.customers.get_many(["c-1", "c-2"], with_archived=True)
    ),
    "stream": lambda uow: list(uow.customers.stream()),
    "stream with archived": lambda uow: list(uow.customers.stream(with_archived=True)),
    "stream where": lambda uow: list(uow.customers.stream(F.kind == "person")),
    "page": lambda uow: uow.customers.page().items,
    "page in order": lambda uow: uow.purchases.page(order=("-at",)).items,
    "page where": lambda uow: uow.purchases.page(F.quantity < 9).items,  # noqa: PLR2004 - any
    "count": lambda uow: uow.customers.count(),
    "count with archived": lambda uow: uow.customers.count(with_archived=True),
    "count where": lambda uow: uow.purchases.count(F.quantity < 9),  # noqa: PLR2004 - as above
    "contacts of a customer": lambda uow: uow.contacts.of_customer(_ONE),
    "ownerships of a customer": lambda uow: uow.ownerships.of_customer(_ONE),
    "the owner": lambda uow: uow.ownerships.owner_of(_ONE, at=NEW_YEAR),
    "ownerships lasting": lambda uow: list(uow.ownerships.lasting(at=NEW_YEAR)),
    "purchases of a customer": lambda uow: uow.purchases.of_customer(_ONE),
    "purchases until": lambda uow: list(uow.purchases.until(SUMMER)),
    "interactions of a customer": lambda uow: uow.interactions.of_customer(_ONE),
    "interactions until": lambda uow: list(uow.interactions.until(SUMMER)),
    "matters of a customer": lambda uow: uow.matters.of_customer(_ONE),
    "matters of a member": lambda uow: uow.matters.of_member(_WEI),
    "matters open": lambda uow: list(uow.matters.open(at=NEW_YEAR)),
    "assignments lasting": lambda uow: list(uow.assignments.lasting(at=NEW_YEAR)),
    "commands": lambda uow: list(uow.commands.stream()),
    "facts of": lambda uow: uow.facts.tiers.of("c-1"),
    "facts on": lambda uow: uow.facts.tiers.on("c-1", date.max),
    "facts": lambda uow: list(uow.facts.tiers.stream()),
    **{
        f"every one of {name}": lambda uow, name=name: everything_of(uow, name)  # type: ignore[misc]
        for name in WHOLE
    },
}


def _keep_whole(store: Store, tenant: str) -> None:
    """Store a whole company as a tenant, with a command and an answer."""
    with store.unit_of_work(tenant=tenant) as uow:
        for name, records in WHOLE.items():
            put(uow, name, records)
        uow.once("command-1", request="for a start")
        uow.answer("command-1", f"done for {tenant}")
        uow.commit()


@TENANTS
def nobody_reads_what_others_keep(store: Store) -> None:
    """Whatever one tenant asks, in whichever words, nothing of another tenant is an answer."""
    _keep_whole(store, _OURS)

    for name, ask in _QUESTIONS.items():
        assert look(store, ask, tenant=_OURS), name
        for other in (_THEIRS, DEFAULT_TENANT):
            assert not look(store, ask, tenant=other), name
    with store.unit_of_work(readonly=True, tenant=_THEIRS) as uow, pytest.raises(NotFoundError):
        uow.customers.get("c-2")


@TENANTS
def what_others_keep_takes_no_id(store: Store) -> None:
    """Two tenants have records under the same ids, and each finds its own."""
    _keep_whole(store, _OURS)
    _keep_whole(store, _THEIRS)
    keep(store, customers=[customer("c-2", name="Of nobody in particular")])

    with store.unit_of_work(tenant=_THEIRS) as uow:
        uow.customers.save(customer("c-2", name="Theirs", version=1))
        uow.commit()
    names = {
        tenant: look(store, lambda uow: uow.customers.get("c-2").name, tenant=tenant)
        for tenant in (_OURS, _THEIRS, DEFAULT_TENANT)
    }
    assert names == {
        _OURS: "Customer c-2",
        _THEIRS: "Theirs",
        DEFAULT_TENANT: "Of nobody in particular",
    }


@TENANTS
def nobody_changes_what_others_keep(store: Store) -> None:
    """Saving, removing and writing many do not reach a record of another tenant."""
    keep(store, tenant=_OURS, customers=[customer("c-1"), customer("c-2")])
    before = look(store, lambda uow: list(uow.customers.stream()), tenant=_OURS)

    with store.unit_of_work(tenant=_THEIRS) as uow:
        with pytest.raises(NotFoundError):
            uow.customers.save(customer("c-1", name="Theirs now", version=1))
        with pytest.raises(NotFoundError):
            uow.customers.remove("c-1", version=1)
        found = uow.customers.bulk_upsert(
            [customer("c-1", name="Theirs now", version=1), customer("c-2", name="Theirs")]
        )
        assert found == BulkResult(inserted=1, conflicts=("c-1",))
        uow.commit()

    assert look(store, lambda uow: list(uow.customers.stream()), tenant=_OURS) == before
    assert all_ids(store, tenant=_THEIRS) == ["c-2"]


@TENANTS
def nobody_removes_or_saves_for_others(store: Store) -> None:
    """Where both have a record of one id, what one does with it happens to its own alone."""
    for tenant in (_OURS, _THEIRS):
        keep(store, tenant=tenant, matters=[matter("m-1"), matter("m-2"), matter("m-3")])

    with store.unit_of_work(tenant=_THEIRS) as uow:
        uow.matters.remove("m-1", version=1)
        uow.matters.save(matter("m-2", subject="Theirs", version=1))
        uow.matters.bulk_upsert([matter("m-3", subject="Theirs", version=1), matter("m-4")])
        uow.commit()

    ours = look(store, lambda uow: list(uow.matters.stream()), tenant=_OURS)
    assert ours == [matter(f"m-{n}", version=1) for n in (1, 2, 3)]
    theirs = look(store, lambda uow: list(uow.matters.stream()), tenant=_THEIRS)
    assert [(found.id, found.version) for found in theirs] == [("m-2", 2), ("m-3", 2), ("m-4", 1)]


@TENANTS
def a_conflict_tells_nothing_of_others(store: Store) -> None:
    """A stale version is told with the version that the tenant's own record has."""
    keep(store, tenant=_OURS, customers=[customer("c-1")])
    keep(store, tenant=_THEIRS, customers=[customer("c-1")])
    for version in (1, 2, 3):
        with store.unit_of_work(tenant=_OURS) as uow:
            uow.customers.save(customer("c-1", version=version))
            uow.commit()

    with store.unit_of_work(tenant=_THEIRS) as uow:
        with pytest.raises(ConcurrencyConflictError) as caught:
            uow.customers.save(customer("c-1", version=3))
        assert caught.value.actual == 1


@TENANTS
def a_cursor_of_others_leads_to_nothing_of_theirs(store: Store) -> None:
    """A cursor that another tenant was given is refused, or leads on among one's own."""
    keep(store, tenant=_OURS, customers=[customer(f"c-{n}") for n in range(0, 6, 2)])
    keep(store, tenant=_THEIRS, customers=[customer(f"c-{n}") for n in range(1, 6, 2)])

    for order in ((), ("-region",)):
        with store.unit_of_work(readonly=True, tenant=_OURS) as uow:
            cursor = uow.customers.page(order=order, limit=1).next
        with (
            store.unit_of_work(readonly=True, tenant=_THEIRS) as uow,
            suppress(InvalidCursorError),
        ):
            found = ids(uow.customers.page(order=order, after=cursor).items)
            assert {"c-1", "c-3", "c-5"}.issuperset(found)


@TENANTS
def commands_of_others_were_not_sent(store: Store) -> None:
    """A key that another tenant has used stands for nothing, and its answer is for nobody."""
    _keep_whole(store, _OURS)

    with store.unit_of_work(tenant=_THEIRS) as uow:
        with pytest.raises(NotFoundError):
            uow.answer("command-1", "done for theirs")
        assert uow.once("command-1", request="something else") is None
        uow.answer("command-1", "done for theirs")
        uow.commit()

    for tenant, request in ((_OURS, "for a start"), (_THEIRS, "something else")):
        with store.unit_of_work(tenant=tenant) as uow:
            found = uow.once("command-1", request=request)
            assert found is not None
            assert found.answer == f"done for {tenant}"


@TENANTS
def facts_of_others_were_not_judged(store: Store) -> None:
    """What one tenant has judged is neither passed over nor refused for another one."""
    facts = WHOLE["tier_facts"]
    with store.unit_of_work(tenant=_OURS) as uow:
        uow.facts.tiers.append(facts)
        uow.commit()

    with store.unit_of_work(tenant=_THEIRS) as uow:
        other = attrs.evolve(facts[0], tier="silver")
        assert uow.facts.tiers.append([other]) == 1
        uow.commit()

    assert look(store, lambda uow: uow.facts.tiers.of("c-1"), tenant=_OURS)[0].tier == "gold"
    assert look(store, lambda uow: uow.facts.tiers.of("c-1"), tenant=_THEIRS)[0].tier == "silver"


@TENANTS_WITH_EVENTS
def events_of_others_are_not_told(store: Store) -> None:
    """Each tenant reads, and forgets, its own events only."""
    for tenant in (_OURS, _THEIRS):
        with store.unit_of_work(tenant=tenant) as uow:
            uow.record(*(DomainEvent(name=tenant, subject="x", at=NEW_YEAR) for _ in range(2)))
            uow.commit()

    ours, theirs = (store.outbox(tenant=tenant) for tenant in (_OURS, _THEIRS))
    page = theirs.read()
    assert [told.event.name for told in page.events] == [_THEIRS, _THEIRS]
    assert theirs.prune(before=page.position) == len(page.events)
    assert [told.event.name for told in ours.read().events] == [_OURS, _OURS]
    assert store.outbox().read().events == ()
    with suppress(InvalidCursorError):  # a position of theirs leads nowhere, or on among ours
        found = ours.read(after=page.position).events
        assert {told.event.name for told in found} <= {_OURS}


@TENANTS
def two_tenants_may_write_by_turns(store: Store) -> None:
    """What one tenant commits, takes back and reads by turns with another stays apart."""
    for turn in range(3):
        for tenant in (_OURS, _THEIRS, DEFAULT_TENANT):
            keep(store, tenant=tenant, customers=[customer(f"{tenant}-{turn}")])
            with store.unit_of_work(tenant=tenant) as uow:
                uow.customers.add(customer(f"{tenant}-taken-back"))
                uow.rollback()

    for tenant in (_OURS, _THEIRS, DEFAULT_TENANT):
        assert all_ids(store, tenant=tenant) == [f"{tenant}-{turn}" for turn in range(3)]


@TENANTS
def tenants_are_told_apart_exactly(store: Store) -> None:
    """Tenants are ids: of any letters, told apart by each of them, and never empty."""
    tenants = ("a", "A", "é", "e\u0301", "a%", "a_", "a'--", "😀" * 64)
    for tenant in tenants:
        keep(store, tenant=tenant, customers=[customer("c-1", name=tenant)])

    for tenant in tenants:
        assert look(store, lambda uow: uow.customers.get("c-1").name, tenant=tenant) == tenant
    for wrong in ("", " a", "x" * 65):
        with pytest.raises(InvalidValueError):
            store.unit_of_work(tenant=wrong)


@NO_TENANTS
def a_store_without_tenants_says_so(store: Store) -> None:
    """Nobody thinks that records are kept apart which are not: another tenant is refused."""
    with store.unit_of_work(tenant=DEFAULT_TENANT) as uow:
        assert uow.customers.count() == 0
    with pytest.raises(UnsupportedError):
        store.unit_of_work(tenant=_OURS)
    with pytest.raises(CrmError):
        store.outbox(tenant=_OURS).read()
