"""What verifying says: each kind of fault, in both languages, and what it refuses."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs
import pytest

from crmcore.audit import (
    AuditHead,
    AuditKey,
    AuditRecord,
    Seal,
    Tampering,
    TamperingKind,
    seal,
    verify,
)
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.privacy import erased

Ledgers: TypeAlias = Callable[..., Any]
Deed: TypeAlias = Callable[[Any], None]

KEY = AuditKey(b"a secret of 32 bytes for testing")
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
MINE = "customers/c-17"


def link(position: int, **fields: Any) -> Deed:  # noqa: ANN401 - whatever is forged
    """Return what changes a link of the chain of customer c-17."""

    def do(shop: Any) -> None:  # noqa: ANN401 - a ledger
        key = AuditRecord.id_of(MINE, position)
        shop.links[key] = attrs.evolve(shop.links[key], **fields)

    return do


def without(*positions: int) -> Deed:
    """Return what removes links of the chain of customer c-17."""

    def do(shop: Any) -> None:  # noqa: ANN401
        for position in positions:
            del shop.links[AuditRecord.id_of(MINE, position)]

    return do


def head(**fields: Any) -> Deed:  # noqa: ANN401
    """Return what changes the head of the chain of customer c-17, or removes it."""

    def do(shop: Any) -> None:  # noqa: ANN401
        key = AuditHead.id_of(MINE)
        if fields:
            shop.ends[key] = attrs.evolve(shop.ends[key], **fields)
        else:
            del shop.ends[key]

    return do


def by_hand(shop: Any) -> None:  # noqa: ANN401
    """Take the personal values out of a link."""
    key = AuditRecord.id_of(MINE, 3)
    shop.links[key] = erased(shop.links[key])


def both(*deeds: Deed) -> Deed:
    """Return what does several things."""

    def do(shop: Any) -> None:  # noqa: ANN401
        for deed in deeds:
            deed(shop)

    return do


K = TamperingKind
CASES: list[tuple[Deed, TamperingKind, int, int, str]] = [
    (
        link(2, by="mallory"), K.ALTERED, 2, 1,
        "record 2 of 'customers/c-17' was altered: it does not match its digest",
    ),
    (
        link(2, digest="0" * 64), K.ALTERED, 2, 1,
        "record 2 of 'customers/c-17' was altered: it does not match its digest",
    ),
    (
        link(4, subject="customers/c-99"), K.ALTERED, 4, 1,
        "record 4 of 'customers/c-17' was altered: it does not match its digest",
    ),
    (
        link(1, key="2"), K.UNKNOWN_KEY, 1, 1,
        "record 1 of 'customers/c-17' is signed with an unknown key and proves nothing",
    ),
    (without(1), K.MISSING, 1, 1, "record 1 of 'customers/c-17' is missing"),
    (without(2, 3), K.MISSING, 2, 2, "records 2 to 3 of 'customers/c-17' are missing"),
    (
        by_hand, K.ERASED_BY_HAND, 3, 1,
        "record 3 of 'customers/c-17' has lost personal values, and no later record tells of it",
    ),
    (
        without(4), K.TAIL_CUT, 4, 1,
        "record 4 of 'customers/c-17' is missing at the end of the chain",
    ),
    (
        without(3, 4), K.TAIL_CUT, 3, 2,
        "records 3 to 4 of 'customers/c-17' are missing at the end of the chain",
    ),
    (
        head(position=3), K.BEYOND_HEAD, 4, 1,
        "record 4 of 'customers/c-17' is beyond the head of the chain",
    ),
    (
        head(digest="0" * 64), K.HEAD_ALTERED, 4, 1,
        "the head of 'customers/c-17' does not match record 4",
    ),
    (
        head(subject="customers/c-99"), K.HEAD_ALTERED, 4, 1,
        "the head of 'customers/c-17' does not match record 4",
    ),
    (
        head(), K.HEAD_MISSING, 4, 1,
        "the head of 'customers/c-17' is missing, which has record 4",
    ),
    (
        without(1, 2, 3, 4), K.CHAIN_REMOVED, 1, 4,
        "the chain of 'customers/c-17' is gone, up to record 4 at least",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("deed", "kind", "position", "count", "said"),
    CASES,
    ids=[f"{place}-{case[1]}" for place, case in enumerate(CASES)],
)
def test_each_fault_is_told(  # noqa: PLR0917 - a row of the table
    shops: Ledgers, deed: Deed, kind: TamperingKind, position: int, count: int, said: str
) -> None:
    """Each thing that can be done to a chain is told as what it is, where it is, and once."""
    shop = shops()

    deed(shop)

    found = verify(shop.records, shop.heads, keys=[KEY])
    assert found == (Tampering(kind=kind, subject=MINE, position=position, count=count),)
    assert str(found[0]) == said


def test_every_wording_is_chinese_too() -> None:
    """Whatever is found can be read in both languages, with subject or seal in either."""
    for kind in TamperingKind:
        for subject in ("customers/c-17", "seals"):
            for position, count, field in ((3, 1, None), (3, 4, None), (0, 1, None), (3, 1, "x")):
                wording = Tampering(
                    kind=kind, subject=subject, position=position, count=count, field=field
                ).wording

                assert re.search(r"[\u4e00-\u9fff]", wording.zh)
                assert not wording.en[0].isupper()
                assert "{" not in wording.en + wording.zh


def test_two_faults_are_both_told(shops: Ledgers) -> None:
    """One fault does not hide another, and they come in order of their places."""
    shop = shops()

    both(link(3, by="mallory"), without(1), head(digest="0" * 64))(shop)

    assert [(one.kind, one.position) for one in verify(shop.records, shop.heads, keys=[KEY])] == [
        (K.MISSING, 1),
        (K.ALTERED, 3),
        (K.HEAD_ALTERED, 4),
    ]


def test_an_altered_end_leaves_the_head_in_peace(shops: Ledgers) -> None:
    """Where the last link is altered, the head that no longer matches is not blamed."""
    shop = shops()

    link(4, digest="0" * 64)(shop)

    assert [one.kind for one in verify(shop.records, shop.heads, keys=[KEY])] == [K.ALTERED]


def test_a_link_without_a_place_is_told(shops: Ledgers) -> None:
    """An id that is none of a chain's is blamed, and the link is missed where it was."""
    shop = shops()
    key = AuditRecord.id_of(MINE, 2)

    shop.links["elsewhere"] = attrs.evolve(shop.links.pop(key), id="elsewhere")

    assert [(one.kind, one.position) for one in verify(shop.records, shop.heads, keys=[KEY])] == [
        (K.ALTERED, 2),
        (K.MISSING, 2),
    ]


def test_a_link_under_another_place_is_told(shops: Ledgers) -> None:
    """A link that was moved by its id alone is blamed where it lies, and missed where it lay."""
    shop = shops()
    last = shop.links.pop(AuditRecord.id_of(MINE, 4))

    shop.links["moved"] = attrs.evolve(last, id=AuditRecord.id_of(MINE, 5))

    trail = sorted(shop.links.values(), key=lambda one: one.id)
    assert [(one.kind, one.position) for one in verify(trail, shop.heads, keys=[KEY])] == [
        (K.MISSING, 4),
        (K.ALTERED, 5),
        (K.BEYOND_HEAD, 5),
    ]


def test_a_value_without_its_salt_is_told(shops: Ledgers) -> None:
    """Whoever drops the salt cannot put another value in the place of the old one."""
    shop = shops()
    (held,) = shop.of(MINE)[2].personal_changes

    link(3, personal_changes=(attrs.evolve(held, salt=None, after='"Mallory"'),))(shop)

    (found,) = verify(shop.records, shop.heads, keys=[KEY])
    assert (found.kind, found.position) == (K.ALTERED, 3)


def test_a_head_without_a_place_is_told(shops: Ledgers) -> None:
    """A head whose id is none is blamed, and its chain has none."""
    shop = shops()
    key = AuditHead.id_of(MINE)

    shop.ends["elsewhere"] = attrs.evolve(shop.ends.pop(key), id="elsewhere")

    assert [one.kind for one in verify(shop.records, shop.heads, keys=[KEY])] == [
        K.HEAD_ALTERED,
        K.HEAD_MISSING,
    ]


def test_a_chain_of_nobody_goes_by_its_id(shops: Ledgers) -> None:
    """Where nothing says truly whose chain it is, it is told by what there is."""
    shop = shops()
    stranger = "f" * 48
    forged = attrs.evolve(shop.of(MINE)[0], id=f"{stranger}-000000000001", subject="nobody")

    found = verify([*shop.records, forged], shop.heads, keys=[KEY])

    assert [(one.kind, one.subject) for one in found] == [
        (K.ALTERED, stranger),
        (K.HEAD_MISSING, stranger),
    ]


def test_links_that_come_too_late_are_not_missed(shops: Ledgers) -> None:
    """In a list out of order, what comes later is out of order, and only the rest is missing."""
    shop = shops()
    first, second, third, fourth = shop.of(MINE)
    end = [shop.ends[AuditHead.id_of(MINE)]]

    assert [
        (one.kind, one.position) for one in verify([first, fourth, second], end, keys=[KEY])
    ] == [(K.OUT_OF_ORDER, 2), (K.MISSING, 3)]
    assert [
        (one.kind, one.position) for one in verify([first, fourth, third], end, keys=[KEY])
    ] == [(K.MISSING, 2), (K.OUT_OF_ORDER, 3)]
    assert [
        (one.kind, one.position)
        for one in verify([first, second, second, third, fourth], end, keys=[KEY])
    ] == [(K.OUT_OF_ORDER, 2)]


def test_chains_come_in_order(shops: Ledgers) -> None:
    """Chains out of order are refused: they are read side by side with the heads."""
    shop = shops()

    with pytest.raises(InvalidValueError, match="records must come in order of their ids"):
        verify(reversed(shop.records), shop.heads, keys=[KEY])
    with pytest.raises(InvalidValueError, match="heads must come in order of their ids, each once"):
        verify(shop.records, reversed(shop.heads), keys=[KEY])


def test_keys_are_told_apart_by_name() -> None:
    """Without a key nothing can be verified, and one name stands for one key."""
    other = AuditKey(b"another secret, of 32 bytes, too")

    with pytest.raises(InvalidValueError, match="keys must hold at least one key"):
        verify([], [], keys=[])
    with pytest.raises(InvalidValueError, match="keys must have a name of its own each") as refused:
        verify([], [], keys=[KEY, KEY, other])
    assert "secret" not in str(refused.value)


def test_what_is_stored_is_what_was_told(shops: Ledgers) -> None:
    """A trail that tells all that is stored, and what was removed, verifies with it."""
    shop = shops()

    assert verify(shop.records, shop.heads, keys=[KEY], present=shop.stored) == ()


def test_a_value_that_nobody_told_is_found(shops: Ledgers) -> None:
    """A value that was changed past the trail is found, with the link that tells another one."""
    shop = shops()
    customers = shop.stored["customers"]

    customers["c-17"] = attrs.evolve(customers["c-17"], name="Nordwind", language="de")

    found = verify(shop.records, shop.heads, keys=[KEY], present=shop.stored)
    assert [(one.kind, one.position, one.field) for one in found] == [
        (K.NOT_AS_STORED, 1, "language"),
        (K.NOT_AS_STORED, 4, "name"),
    ]
    assert str(found[0]) == (
        "'customers/c-17' is not stored as record 1 tells: field 'language' differs"
    )


def test_an_erased_value_is_not_compared(shops: Ledgers) -> None:
    """What the trail does not know any more it cannot contradict."""
    shop = shops()
    contacts = shop.stored["contacts"]

    contacts["a-1"] = erased(contacts["a-1"])

    assert verify(shop.records, shop.heads, keys=[KEY], present=shop.stored) == ()


def test_a_record_that_is_gone_or_has_come_is_found(shops: Ledgers) -> None:
    """Neither can a record go past the trail, nor come back, nor come from nowhere."""
    shop = shops()
    shop.stored["customers"] = {
        key: Customer(id=CustomerId(key), name="Contoso") for key in ("c/18", "c-99")
    }

    found = verify(shop.records, shop.heads, keys=[KEY], present=shop.stored)

    assert [str(one) for one in found] == [
        "'customers/c-17' is not stored as record 4 tells",
        "'customers/c-99' is stored, and no record of the trail tells of it",
        "'customers/c/18' is not stored as record 2 tells",
    ]


def test_only_the_repositories_that_are_handed_in_are_compared(shops: Ledgers) -> None:
    """Contacts are not missed where nobody handed in what is stored of them."""
    shop = shops()

    present = {"customers": shop.stored["customers"]}

    assert verify(shop.records, shop.heads, keys=[KEY], present=present) == ()


def test_a_broken_chain_is_not_compared(shops: Ledgers) -> None:
    """Where links are missing, what is stored may well be right."""
    shop = shops()

    without(4)(shop)

    found = verify(shop.records, shop.heads, keys=[KEY], present=shop.stored)
    assert [one.kind for one in found] == [K.TAIL_CUT]


def test_a_trail_that_began_late_says_what_it_knows(ledgers: Ledgers) -> None:
    """Of a record that was there before its trail, the fields that were told are compared."""
    ledger = ledgers()
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north", language="en")
    ledger.stored["customers"] = {"c-17": northwind}
    ledger.put("customers", attrs.evolve(northwind, region="south"))

    ledger.stored["customers"]["c-17"] = attrs.evolve(northwind, region="west", language="de")

    found = verify(ledger.records, ledger.heads, keys=[KEY], present=ledger.stored)
    assert [one.field for one in found] == ["region"]


def test_an_erasure_alone_says_nothing_of_what_is_stored(shops: Ledgers) -> None:
    """A chain of which only the erasure is left is missing links; nothing is compared."""
    shop = shops()
    told = shop.of("contacts/a-1")[-1]
    only = attrs.evolve(told, id=AuditRecord.id_of("contacts/a-1", 3))

    found = verify([only], shop.heads, keys=[KEY], present={"contacts": {}})

    assert (K.MISSING, "contacts/a-1", 1, 2) in {
        (one.kind, one.subject, one.position, one.count) for one in found
    }


def sealed_shop(shops: Ledgers) -> tuple[Any, list[AuditHead], Seal]:
    """Return a shop, the heads that were sealed, and the seal; the shop has gone on since."""
    shop = shops()
    heads = shop.heads
    made = seal(heads, key=KEY, at=AT)
    customer = shop.stored["customers"]["c-17"]
    shop.put("customers", attrs.evolve(customer, language="fr"))
    return shop, heads, made


def test_a_sealed_trail_may_go_on(shops: Ledgers) -> None:
    """What was sealed is the beginning of what there is."""
    shop, heads, made = sealed_shop(shops)
    shop.put("customers", Customer(id=CustomerId("c-19"), name="Fabrikam"))
    later = seal(shop.heads, key=KEY, at=AT, previous=made)

    assert verify(shop.records, shop.heads, keys=[KEY], seals=[made, later], sealed=heads) == ()
    assert verify(shop.records, shop.heads, keys=[KEY], seals=[later], sealed=shop.heads) == ()
    assert verify(shop.records, shop.heads, keys=[KEY], seals=[made, later]) == ()


def test_a_seal_shows_a_tail_that_was_cut_with_its_head(shops: Ledgers) -> None:
    """Whoever sets the head back as well is found by the seal alone."""
    shop, heads, made = sealed_shop(shops)
    without(3, 4, 5)(shop)
    head(position=2, digest=shop.of(MINE)[-1].digest)(shop)

    assert verify(shop.records, shop.heads, keys=[KEY]) == ()
    found = verify(shop.records, shop.heads, keys=[KEY], seals=[made], sealed=heads)
    assert found == (Tampering(kind=K.TAIL_CUT, subject=MINE, position=3, count=2),)


def test_a_seal_shows_a_chain_that_is_gone(shops: Ledgers) -> None:
    """A chain that was removed with its head is named by the sealed heads, and counted anyway."""
    shop, heads, made = sealed_shop(shops)
    without(1, 2, 3, 4, 5)(shop)
    head()(shop)

    assert verify(shop.records, shop.heads, keys=[KEY]) == ()
    found = verify(shop.records, shop.heads, keys=[KEY], seals=[made], sealed=heads)
    assert found == (Tampering(kind=K.CHAIN_REMOVED, subject=MINE, position=1, count=4),)
    counted = verify(shop.records, shop.heads, keys=[KEY], seals=[made])
    assert [str(one) for one in counted] == ["1 of the chains under seal 1 is gone"]


def test_a_seal_shows_a_history_that_was_rewritten(ledgers: Ledgers) -> None:
    """A chain that was made anew with the key itself does not match what was sealed."""
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    true, false = ledgers(), ledgers()
    true.put("customers", northwind)
    false.put("customers", attrs.evolve(northwind, region="south"))
    for ledger in (true, false):
        ledger.put("customers", attrs.evolve(northwind, region="east"))
    made = seal(true.heads, key=KEY, at=AT)

    found = verify(false.records, false.heads, keys=[KEY], seals=[made], sealed=true.heads)

    assert [(one.kind, one.position) for one in found] == [(K.NOT_AS_SEALED, 2)]
    assert str(found[0]) == (
        "record 2 of 'customers/c-17' is not the one that was sealed: the history up to it was "
        "rewritten"
    )


def test_the_list_of_sealed_heads_is_held_to_the_seal(shops: Ledgers) -> None:
    """Sealed heads that are not those under a seal are told, and so are heads without a seal."""
    shop, heads, made = sealed_shop(shops)

    found = verify(shop.records, shop.heads, keys=[KEY], seals=[made], sealed=heads[:-1])

    assert [str(one) for one in found] == ["the list of 2 sealed chains is that of no seal"]
    other = [attrs.evolve(one, position=1, digest=shop.of(one.subject)[0].digest) for one in heads]
    found = verify(shop.records, shop.heads, keys=[KEY], seals=[made], sealed=other)
    assert [one.kind for one in found] == [K.LIST_ALTERED]
    with pytest.raises(InvalidValueError, match="seals must hold the seal that was made over the"):
        verify(shop.records, shop.heads, keys=[KEY], sealed=heads)
    with pytest.raises(InvalidValueError, match="sealed must come in order of their ids"):
        verify([], [], keys=[KEY], seals=[made], sealed=reversed(heads))


@pytest.mark.parametrize(
    "change",
    [
        {"position": 3}, {"at": AT.replace(day=2)}, {"count": 2}, {"root": "0" * 64},
        {"previous": None}, {"digest": "0" * 64}, {"key": "2"},
    ],
)  # fmt: skip
def test_any_change_of_a_seal_is_found(shops: Ledgers, change: dict[str, Any]) -> None:
    """A seal that was altered is told by its number."""
    shop, _, made = sealed_shop(shops)
    later = seal(shop.heads, key=KEY, at=AT, previous=made)

    forged = attrs.evolve(later, **change)

    found = verify(shop.records, shop.heads, keys=[KEY], seals=[made, forged])
    assert [(one.kind, one.subject, one.position) for one in found] == [
        (K.SEAL_ALTERED, "seals", forged.position)
    ]


def test_a_seal_that_is_missing_is_found(shops: Ledgers) -> None:
    """Seals are a chain too; one may begin at any of them, and leave out none."""
    shop, _, first = sealed_shop(shops)
    second = seal(shop.heads, key=KEY, at=AT, previous=first)
    third = seal(shop.heads, key=KEY, at=AT, previous=second)

    assert verify(shop.records, shop.heads, keys=[KEY], seals=[second, third]) == ()
    found = verify(shop.records, shop.heads, keys=[KEY], seals=[first, third])
    assert [str(one) for one in found] == ["seal 3 does not follow from the one before it"]


def test_a_trail_is_let_go_as_it_passes(shops: Ledgers) -> None:
    """Links that stream past are let go, so that memory does not grow with the trail."""
    customers = [
        Customer(id=CustomerId("c-17"), name="Northwind", needs=[f"{n}"]) for n in range(60)
    ]
    shop = shops()
    for customer in customers:
        shop.put("customers", customer)
    waiting = sorted((shop.links.pop(key) for key in [*shop.links]), key=lambda one: one.id)
    waiting.reverse()
    alive: list[int] = []

    def stream() -> Iterator[AuditRecord]:
        seen: list[weakref.ref[AuditRecord]] = []
        while waiting:
            one = waiting.pop()
            seen.append(weakref.ref(one))
            yield one
            del one
            alive.append(sum(ref() is not None for ref in seen))

    assert verify(stream(), shop.heads, keys=[KEY]) == ()
    assert max(alive) <= 3
