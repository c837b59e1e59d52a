"""Examples of how records are found: in order, by page, by criterion, by question."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs
import pytest

from crmcore.criteria import F
from crmcore.customers import OwnershipRole
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId
from crmcore.storage import Store

from ._promises import Promises
from ._samples import (
    KEYS,
    NEW_YEAR,
    SPRING,
    SUMMER,
    all_ids,
    assignment,
    contact,
    customer,
    interaction,
    keep,
    look,
    matter,
    ownership,
    purchase,
)

FINDING: Final = Promises()

_MICROSECOND = timedelta(microseconds=1)
_WEI, _LIN = MemberId("wei"), MemberId("lin")


@FINDING
def records_come_in_the_order_of_their_ids(store: Store) -> None:
    """The order is by code point, whatever the order in which they were added."""
    keep(store, customers=[customer(key) for key in sorted(KEYS, reverse=True)])
    keep(store, customers=[customer("a-0")])

    assert all_ids(store) == sorted([*KEYS, "a-0"])


@FINDING
def a_stream_goes_through_many(store: Store) -> None:
    """A stream goes through more records than anybody reads at once, and skips none."""
    keys = [f"c-{n:05}" for n in range(2_101)]
    keep(store, customers=(customer(key) for key in reversed(keys)))

    assert all_ids(store) == keys
    assert look(store, lambda uow: uow.customers.count()) == len(keys)


@FINDING
def a_unit_reads_its_own_writes(store: Store) -> None:
    """What a unit of work has added, saved and removed shows in all that it reads."""
    keep(store, customers=[customer(key) for key in ("a", "c", "e")])

    with store.unit_of_work() as uow:
        uow.customers.add(customer("d", region="north"))
        uow.customers.add(customer("b"))
        uow.customers.save(attrs.evolve(uow.customers.get("e"), region="north"))
        uow.customers.remove("c", version=1)

        assert [found.id for found in uow.customers.stream()] == ["a", "b", "d", "e"]
        assert [found.id for found in uow.customers.stream(F.region == "north")] == ["d", "e"]
        assert list(uow.customers.get_many(["a", "c", "d"])) == ["a", "d"]
        assert uow.customers.count() == len(["a", "b", "d", "e"])
        behind = uow.customers.page(limit=1).next
        assert [found.id for found in uow.customers.page(after=behind, limit=2).items] == ["b", "d"]


@FINDING
def what_a_stream_yields_may_be_changed(store: Store) -> None:
    """Saving and removing while a stream goes on is fine; each record comes once."""
    keep(store, customers=[customer(f"c-{n}") for n in range(9)])
    met: list[str] = []

    with store.unit_of_work() as uow:
        for found in uow.customers.stream():
            met.append(found.id)
            if len(met) % 3 == 0:
                uow.customers.remove(found.id, version=found.version)
            else:
                uow.customers.save(attrs.evolve(found, name="Met"))
        uow.commit()

    assert met == [f"c-{n}" for n in range(9)]
    assert look(store, lambda uow: uow.customers.count(F.name == "Met")) == len(met) - 3


@FINDING
def what_belongs_to_a_customer_is_found(store: Store) -> None:
    """All that belongs to a customer comes in the order in which it happened, then by id."""
    keep(
        store,
        contacts=[contact("b"), contact("a"), contact("x", customer="c-2")],
        ownerships=[ownership("b"), ownership("a", since=SPRING), ownership("x", customer="c-2")],
        purchases=[
            purchase("b"),
            purchase("a", at=SPRING),
            purchase("0"),
            purchase("c", at=SPRING),
        ],
        interactions=[interaction("b"), interaction("a", at=SPRING), interaction("0")],
        matters=[
            matter("b"),
            matter("a", opened_at=SPRING),
            matter("0"),
            matter("x", customer="c-2"),
        ],
    )

    with store.unit_of_work(readonly=True) as uow:
        first = customer("c-1").id
        assert [found.id for found in uow.contacts.of_customer(first)] == ["a", "b"]
        assert [found.id for found in uow.ownerships.of_customer(first)] == ["b", "a"]
        assert [found.id for found in uow.purchases.of_customer(first)] == ["0", "b", "a", "c"]
        assert [found.id for found in uow.interactions.of_customer(first)] == ["0", "b", "a"]
        assert [found.id for found in uow.matters.of_customer(first)] == ["0", "b", "a"]
        assert uow.purchases.of_customer(customer("c-3").id) == ()


@FINDING
def what_belongs_to_a_customer_shows_own_writes(store: Store) -> None:
    """What a unit of work has moved to another customer belongs there at once."""
    keep(store, purchases=[purchase("a"), purchase("b"), purchase("c")])

    with store.unit_of_work() as uow:
        uow.purchases.save(purchase("a", customer="c-2", version=1))
        uow.purchases.remove("b", version=1)
        uow.purchases.add(purchase("d"))

        left = uow.purchases.of_customer(customer("c-1").id)
        moved = uow.purchases.of_customer(customer("c-2").id)
        assert [found.id for found in left] == ["c", "d"]
        assert [found.id for found in moved] == ["a"]


@FINDING
def an_interval_holds_its_beginning_and_not_its_end(store: Store) -> None:
    """What lasts from new year to spring lasts at new year, and no longer in spring."""
    keep(
        store,
        ownerships=[ownership("b", until=SPRING), ownership("a"), ownership("c", since=SPRING)],
        assignments=[assignment("b", until=SPRING), assignment("a"), assignment("c", since=SPRING)],
    )

    for at, expected in (
        (NEW_YEAR - _MICROSECOND, []),
        (NEW_YEAR, ["a", "b"]),
        (SPRING - _MICROSECOND, ["a", "b"]),
        (SPRING, ["a", "c"]),
        (SUMMER, ["a", "c"]),
    ):
        with store.unit_of_work(readonly=True) as uow:
            assert [held.id for held in uow.ownerships.lasting(at=at)] == expected
            assert [held.id for held in uow.assignments.lasting(at=at)] == expected


@FINDING
def the_owner_of_a_day_is_found(store: Store) -> None:
    """Who owned a customer is the owner of that instant; whoever collaborates does not own."""
    keep(
        store,
        ownerships=[
            ownership("a", until=SPRING),
            ownership("b", since=SPRING, member="lin"),
            ownership("c", member="ada", role=OwnershipRole.COLLABORATOR),
            ownership("d", customer="c-2", until=SPRING),
        ],
    )

    with store.unit_of_work(readonly=True) as uow:
        first, second = customer("c-1").id, customer("c-2").id
        for at, expected in (
            (NEW_YEAR - _MICROSECOND, None),
            (NEW_YEAR, "a"),
            (SPRING - _MICROSECOND, "a"),
            (SPRING, "b"),
        ):
            found = uow.ownerships.owner_of(first, at=at)
            assert (None if found is None else found.id) == expected
        assert uow.ownerships.owner_of(second, at=SPRING) is None


@FINDING
def a_matter_is_open_until_it_is_closed(store: Store) -> None:
    """What came up at new year and was closed in spring is open at new year, and no longer then."""
    keep(
        store,
        matters=[
            matter("b", closed_at=SPRING),
            matter("a", due_at=SPRING),
            matter("c", opened_at=SPRING),
            matter("d", closed_at=NEW_YEAR),
        ],
    )

    for at, expected in (
        (NEW_YEAR - _MICROSECOND, []),
        (NEW_YEAR, ["a", "b"]),
        (SPRING - _MICROSECOND, ["a", "b"]),
        (SPRING, ["a", "c"]),
    ):
        with store.unit_of_work(readonly=True) as uow:
            assert [found.id for found in uow.matters.open(at=at)] == expected


@FINDING
def the_matters_of_a_member_are_found(store: Store) -> None:
    """Open or closed, they come in the order in which they came up; nobody's are nobody's."""
    keep(
        store,
        matters=[
            matter("b", member="wei"),
            matter("a", member="wei", opened_at=SPRING),
            matter("0", member="wei", closed_at=SPRING),
            matter("x", member="lin"),
            matter("y"),
        ],
    )

    with store.unit_of_work() as uow:
        uow.matters.save(matter("x", member="wei", version=1))
        assert [found.id for found in uow.matters.of_member(_WEI)] == ["0", "b", "x", "a"]
        assert uow.matters.of_member(_LIN) == ()


@FINDING
def until_leaves_out_the_end(store: Store) -> None:
    """What happened up to an instant comes by id, without what happened at it."""
    keep(
        store,
        purchases=[purchase("c"), purchase("b", at=SPRING), purchase("a", at=SUMMER)],
        interactions=[interaction("c"), interaction("b", at=SPRING), interaction("a", at=SUMMER)],
    )

    for end, expected in (
        (NEW_YEAR, []),
        (SPRING, ["c"]),
        (SPRING + _MICROSECOND, ["b", "c"]),
        (SUMMER + _MICROSECOND, ["a", "b", "c"]),
    ):
        with store.unit_of_work(readonly=True) as uow:
            assert [done.id for done in uow.purchases.until(end)] == expected
            assert [done.id for done in uow.interactions.until(end)] == expected


@FINDING
def naive_instants_are_refused(store: Store) -> None:
    """An instant without a zone is no question that has an answer."""
    naive = NEW_YEAR.replace(tzinfo=None)

    with store.unit_of_work(readonly=True) as uow:
        with pytest.raises(InvalidValueError, match="end must carry a time zone"):
            uow.purchases.until(naive)
        with pytest.raises(InvalidValueError, match="at must carry a time zone"):
            uow.ownerships.lasting(at=naive)
        with pytest.raises(InvalidValueError, match="at must carry a time zone"):
            uow.ownerships.owner_of(customer("c-1").id, at=naive)
        with pytest.raises(InvalidValueError, match="at must carry a time zone"):
            uow.assignments.lasting(at=naive)
        with pytest.raises(InvalidValueError, match="at must carry a time zone"):
            uow.matters.open(at=naive)
