"""Examples of the audit trail, of stores that were given a key to keep one with."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from typing import Any, Final

import pytest

from crmcore.audit import Act, AuditKind, AuditRecord
from crmcore.errors import AlreadyExistsError, ConcurrencyConflictError
from crmcore.storage import Capability, Store

from ._promises import Promises
from ._samples import NEW_YEAR, SUMMER, contact, customer, ids, keep, look, ownership
from ._whole import WHOLE, put

TRAILS: Final = Promises(audited=True)
TRAILS_OF_TENANTS: Final = Promises(audited=True, needs=(Capability.TENANTS,))

_ACT: Final = Act(by="wei", at=NEW_YEAR, reason="They moved.", plan="9f2c")


def keeps_a_trail(store: Store) -> bool:
    """Say whether a store was given a key, and so keeps an audit trail; leave nothing there."""
    with store.unit_of_work() as uow:
        uow.customers.add(customer("c-1"))
        return bool(uow.trail.of("customers", "c-1"))


def _of(store: Store, key: str = "c-1", **fields: Any) -> tuple[AuditRecord, ...]:  # noqa: ANN401 - as `look` takes
    return look(store, lambda uow: uow.trail.of("customers", key), **fields)


@TRAILS
def the_trail_tells_what_was_done(store: Store) -> None:
    """Adding, saving and removing are told in turn, with who, when, why and by which plan."""
    with store.unit_of_work(act=_ACT) as uow:
        uow.customers.add(customer("c-1", region="north"))
        uow.commit()
    with store.unit_of_work(act=Act(by="lin", at=SUMMER)) as uow:
        uow.customers.save(customer("c-1", region="south", version=1))
        uow.commit()
    with store.unit_of_work() as uow:
        uow.customers.remove("c-1", version=2)
        uow.commit()

    added, saved, removed = _of(store)
    assert [link.kind for link in (added, saved, removed)] == [
        AuditKind.ADDED,
        AuditKind.SAVED,
        AuditKind.REMOVED,
    ]
    assert (added.by, added.at, added.reason, added.plan) == ("wei", NEW_YEAR, _ACT.reason, "9f2c")
    assert (saved.by, saved.at, saved.reason, saved.plan) == ("lin", SUMMER, None, None)
    assert (removed.by, removed.at) == (None, None)
    told = [(change.field, change.before, change.after) for change in saved.changes]
    assert told == [("region", '"north"', '"south"')]
    assert [link.previous for link in (added, saved, removed)] == [
        None,
        added.digest,
        saved.digest,
    ]


@TRAILS
def the_trail_is_kept_with_what_it_tells(store: Store) -> None:
    """What was not committed was not done, and what was refused was not done either."""
    keep(store, customers=[customer("c-1")])

    with store.unit_of_work() as uow:
        uow.customers.save(customer("c-1", region="north", version=1))
        uow.customers.add(customer("c-2"))
        assert len(uow.trail.of("customers", "c-1")) == len("12")
    with store.unit_of_work() as uow:
        with pytest.raises(AlreadyExistsError):
            uow.customers.add(customer("c-1"))
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.save(customer("c-1", version=7))
        with pytest.raises(ConcurrencyConflictError):
            uow.customers.remove("c-1", version=7)
        uow.customers.bulk_upsert([customer("c-1", version=7), customer("c-1")])
        uow.commit()

    assert [link.kind for link in _of(store)] == [AuditKind.ADDED]
    assert _of(store, "c-2") == ()


@TRAILS
def the_trail_tells_of_every_kind(store: Store) -> None:
    """Records of every kind leave a trail under the name of their repository; facts need none."""
    with store.unit_of_work(act=_ACT) as uow:
        for name, records in WHOLE.items():
            put(uow, name, records)
        uow.once("command-1", request="for a start")
        uow.commit()

    told = {name: ids(records) for name, records in WHOLE.items() if "_" not in name}
    with store.unit_of_work(readonly=True) as uow:
        links = list(uow.trail.stream())
        heads = list(uow.trail.heads())
        assert ids(links) == sorted(ids(links))
        assert ids(heads) == sorted(ids(heads))
        subjects = {f"{name}/{key}" for name, keys in told.items() for key in keys}
        assert {link.subject for link in links} == subjects
        assert {head.subject for head in heads} == subjects
        for name, keys in told.items():
            for key in keys:
                (link,) = uow.trail.of(name, key)
                assert (link.subject, link.kind) == (f"{name}/{key}", AuditKind.ADDED)


@TRAILS
def many_at_once_leave_a_trail_each(store: Store) -> None:
    """What is written in bulk is told one by one, each change in the chain of its record."""
    keys = [f"c-{n:04}" for n in range(1_200)]
    with store.unit_of_work() as uow:
        uow.customers.add_all(customer(key) for key in keys)
        uow.customers.bulk_upsert(
            customer(key, region=region, version=version)
            for version, region in ((1, "north"), (2, "south"))
            for key in keys[::100]
        )
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        heads = {head.subject: head.position for head in uow.trail.heads()}
        count = sum(1 for _ in uow.trail.stream())
    assert heads == {f"customers/{key}": 3 if key in keys[::100] else 1 for key in keys}
    assert count == sum(heads.values())


@TRAILS
def personal_values_can_be_erased_from_the_trail(store: Store) -> None:
    """Erasing takes the values out of what was told, and tells that it did; the rest stays."""
    keep(store, contacts=[contact("k-1", email="li@example.org"), contact("k-2")])
    before = look(store, lambda uow: uow.trail.of("contacts", "k-1"))

    with store.unit_of_work(act=_ACT) as uow:
        assert uow.trail.erase("contacts", "k-1") == 1
        assert uow.trail.erase("contacts", "k-1") == 0
        assert uow.trail.erase("contacts", "nobody") == 0
        uow.commit()

    told, erased = look(store, lambda uow: uow.trail.of("contacts", "k-1"))
    assert erased.kind is AuditKind.ERASED
    assert [change.after for change in before[0].personal_changes] != []
    assert {change.after for change in told.personal_changes} == {None}
    assert (told.digest, told.changes) == (before[0].digest, before[0].changes)
    (other,) = look(store, lambda uow: uow.trail.of("contacts", "k-2"))
    assert any(change.after for change in other.personal_changes)


@TRAILS
def the_trail_goes_on_after_a_record_has_gone(store: Store) -> None:
    """Who comes under an id that was given before goes on in the same chain."""
    keep(store, ownerships=[ownership("o-1")])
    with store.unit_of_work() as uow:
        uow.ownerships.remove("o-1", version=1)
        uow.ownerships.add(ownership("o-1", member="lin"))
        uow.commit()

    links = look(store, lambda uow: uow.trail.of("ownerships", "o-1"))
    assert [link.position for link in links] == [1, 2, 3]
    assert [link.kind for link in links] == [
        AuditKind.ADDED,
        AuditKind.REMOVED,
        AuditKind.ADDED,
    ]


@TRAILS_OF_TENANTS
def tenants_have_trails_of_their_own(store: Store) -> None:
    """What one tenant does leaves no trail in what another one reads."""
    keep(store, tenant="ours", customers=[customer("c-1")])

    assert len(_of(store, tenant="ours")) == 1
    assert _of(store, tenant="theirs") == ()
    assert look(store, lambda uow: list(uow.trail.stream()), tenant="theirs") == []
    assert look(store, lambda uow: list(uow.trail.heads()), tenant="theirs") == []
