"""Erasing: the values go, the chain stays, and nobody does it in secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.audit import (
    AuditHead,
    AuditKey,
    AuditKind,
    FieldChange,
    TamperingKind,
    erasure,
    verify,
)
from crmcore.codec import to_json
from crmcore.customers import Contact, ContactId, Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.privacy import erased

Ledgers: TypeAlias = Callable[..., Any]

KEY = AuditKey(b"a secret of 32 bytes for testing")


def test_erasing_leaves_no_value_behind(shops: Ledgers) -> None:
    """Neither values nor salts nor reasons of an erased chain can be read any more."""
    shop = shops()

    links = shop.of("contacts/a-1")

    left = "".join(to_json(link) for link in links[:2])
    assert "Ada" not in left
    assert "example" not in left
    assert "Anna" not in left
    assert {held.salt for link in links for held in link.personal_changes} == {None}
    assert {link.reason_salt for link in links[:2]} == {None}


def test_erasing_leaves_the_digests(ledgers: Ledgers) -> None:
    """What was signed stays as it was signed: only what commitments stand for is gone."""
    ledger = ledgers()
    before = ledger.put(
        "contacts", Contact(id=ContactId("a-1"), customer=CustomerId("c"), name="A")
    )

    ledger.erase("contacts/a-1")

    after = ledger.of("contacts/a-1")[0]
    assert before is not None
    assert (after.digest, after.changes) == (before.digest, before.changes)
    assert after.personal_changes[0].commitment == before.personal_changes[0].commitment
    assert after.reason_commitment == before.reason_commitment


def test_erasing_is_told(shops: Ledgers) -> None:
    """The link that tells an erasure names the fields, and who did it."""
    link = shops().of("contacts/a-1")[-1]

    assert link.kind is AuditKind.ERASED
    assert link.by == "wei"
    assert link.changes == tuple(
        FieldChange(field=field, before=None, after=None)
        for field in ("email", "name", "phone", "position")
    )


@given(st.lists(st.sampled_from(["put a", "put b", "erase a", "erase b", "remove a"])))
def test_erasing_never_breaks_a_chain(ledgers: Ledgers, deeds: list[str]) -> None:
    """Whenever and however often chains are erased, all of them verify."""
    ledger = ledgers()
    for place, deed in enumerate(deeds):
        verb, key = deed.split()
        known = key in ledger.stored.get("customers", {})
        if verb == "put":
            ledger.put("customers", Customer(id=CustomerId(key), name=f"Customer {place}"))
        elif verb == "remove" and known:
            ledger.remove("customers", key)
        elif verb == "erase" and AuditHead.id_of(f"customers/{key}") in ledger.ends:
            ledger.erase(f"customers/{key}")

        assert verify(ledger.records, ledger.heads, keys=[KEY], present=ledger.stored) == ()


def test_erasing_twice_erases_nothing_more(shops: Ledgers) -> None:
    """Where nothing personal is left there is nothing to tell."""
    shop = shops()
    head = shop.ends[AuditHead.id_of("contacts/a-1")]

    assert erasure(shop.of("contacts/a-1"), head, **shop.how) is None


def test_a_reason_alone_is_erased_too(ledgers: Ledgers) -> None:
    """A reason may name somebody, also where no field does; that of an erasure stays."""
    ledger = ledgers()
    wei = ledger.act
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    ledger.act = attrs.evolve(wei, reason=None)
    ledger.put("customers", northwind)
    ledger.erase("customers/c-17")
    ledger.act = wei
    ledger.put("customers", attrs.evolve(northwind, region="south"))

    ledger.erase("customers/c-17")
    ledger.erase("customers/c-17")

    *_, moved, told = ledger.of("customers/c-17")
    assert (moved.reason, moved.reason_salt) == (None, None)
    assert (told.kind, told.changes, told.reason) == (AuditKind.ERASED, (), "Anna called")
    assert verify(ledger.records, ledger.heads, keys=[KEY]) == ()


def test_a_reason_that_names_somebody_else_is_erased_from_the_chains_of_others(
    ledgers: Ledgers,
) -> None:
    """Only the reasons that are asked for; what a chain says of its own subject stays."""
    ledger = ledgers()
    wei = ledger.act
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    ledger.put("customers", northwind)
    ledger.act = attrs.evolve(wei, reason="the summer plan")
    ledger.put("customers", attrs.evolve(northwind, name="Northwind Traders"))

    ledger.erase("customers/c-17", reasons=["Anna called", "Bob called"])
    ledger.erase("customers/c-17", reasons=["Anna called", "Bob called"])

    first, second, told = ledger.of("customers/c-17")
    assert (first.reason, first.reason_salt) == (None, None)
    assert second.reason == "the summer plan"
    assert [change.after for change in first.personal_changes] == ['"Northwind"']
    assert (told.kind, told.changes) == (AuditKind.ERASED, ())
    assert verify(ledger.records, ledger.heads, keys=[KEY]) == ()


def test_reasons_can_be_erased_alone(shops: Ledgers) -> None:
    """Of the chains of others only those reasons go that name whom it is about."""
    shop = shops()
    head = shop.ends[AuditHead.id_of("customers/c-17")]
    first, *others = shop.of("customers/c-17")
    links = [attrs.evolve(first, reason="Bob called"), *others]

    found = erasure(links, head, reasons={"Bob called"}, **shop.how)

    assert found is not None
    (left,), told, _ = found
    assert (left.reason, left.reason_salt) == (None, None)
    assert left.personal_changes == first.personal_changes
    assert (told.kind, told.changes) == (AuditKind.ERASED, ())
    assert erasure(links, head, reasons={"Anna wrote"}, **shop.how) is None


@given(st.permutations(range(3)))
def test_the_order_of_links_does_not_matter(shops: Ledgers, order: list[int]) -> None:
    """Erasing gives the same whichever way the links of the chain come."""
    shop = shops()
    links = shop.of("customers/c-17")[:3]
    head = shop.ends[AuditHead.id_of("customers/c-17")]
    how = shop.how | {"salt": lambda: bytes(16)}

    found = erasure([links[place] for place in order], head, **how)

    assert found == erasure(links, head, **how)
    assert found is not None
    assert [link.position for link in found[0]] == [1, 2, 3]


def test_values_taken_out_by_hand_are_found(shops: Ledgers) -> None:
    """Values that are gone without a link that tells it were not erased by the house."""
    shop = shops()
    link = shop.of("customers/c-17")[2]

    shop.links[link.id] = erased(link)

    found = verify(shop.records, shop.heads, keys=[KEY])
    assert [(one.kind, one.subject, one.position) for one in found] == [
        (TamperingKind.ERASED_BY_HAND, "customers/c-17", 3)
    ]


def test_a_reason_taken_out_by_hand_is_found(shops: Ledgers) -> None:
    """A reason that is gone was not erased by the house either."""
    shop = shops()
    link = shop.of("customers/c-17")[1]

    shop.links[link.id] = attrs.evolve(link, reason=None, reason_salt=None)

    found = verify(shop.records, shop.heads, keys=[KEY])
    assert [(one.kind, one.position) for one in found] == [(TamperingKind.ERASED_BY_HAND, 2)]


def test_an_older_erasure_is_no_excuse(shops: Ledgers) -> None:
    """An erasure covers what came before it, not what came after."""
    shop = shops()
    ada = shop.stored["contacts"]["a-1"]
    link = shop.put("contacts", attrs.evolve(ada, phone="+41 61 000 00 00"))

    shop.links[link.id] = erased(link)

    found = verify(shop.records, shop.heads, keys=[KEY])
    assert [(one.kind, one.position) for one in found] == [(TamperingKind.ERASED_BY_HAND, 4)]


def test_an_erasure_excuses_what_it_names_alone(shops: Ledgers) -> None:
    """Where a reason was erased, values that were taken out by hand are found all the same."""
    shop = shops()
    link = shop.of("customers/c-17")[2]
    shop.links[link.id] = erased(link)
    head = shop.ends[AuditHead.id_of("customers/c-17")]

    found = erasure(shop.of("customers/c-17"), head, reasons={"Anna called"}, **shop.how)

    assert found is not None
    changed, told, end = found
    shop.links |= {one.id: one for one in (*changed, told)}
    shop.ends[end.id] = end
    (wrong,) = verify(shop.records, shop.heads, keys=[KEY])
    assert (wrong.kind, wrong.position) == (TamperingKind.ERASED_BY_HAND, 3)


def test_equal_values_have_different_commitments(ledgers: Ledgers) -> None:
    """Who sees two commitments cannot tell whether the values are equal."""
    ledger = ledgers()
    for key in ("c-1", "c-2"):
        ledger.put("customers", Customer(id=CustomerId(key), name="Northwind"))

    promises = {held.commitment for link in ledger.records for held in link.personal_changes}

    assert len(promises) == 2


def test_the_repr_shows_no_personal_value(shops: Ledgers) -> None:
    """Logs that hold the repr of a link hold no names and no reasons, nor the salts."""
    for link in shops().records:
        shown = repr(link)

        assert "Northwind" not in shown
        assert "Contoso" not in shown
        assert "Anna" not in shown
        for held in link.personal_changes:
            assert held.salt is None or held.salt not in shown


def test_links_of_another_chain_are_refused(shops: Ledgers) -> None:
    """One erasure is about one chain."""
    shop = shops()
    head = shop.ends[AuditHead.id_of("customers/c-17")]

    with pytest.raises(InvalidValueError, match="records must be links of 'customers/c-17'"):
        erasure(shop.of("contacts/a-1"), head, **shop.how)
