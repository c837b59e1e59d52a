"""Whatever is done to a trail without the key is found, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from crmcore.audit import (
    AuditHead,
    AuditKey,
    AuditKind,
    AuditRecord,
    FieldChange,
    PersonalChange,
    Tampering,
    TamperingKind,
    verify,
)
from crmcore.customers import Customer
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId

Ledgers: TypeAlias = Callable[..., Any]

KEY = AuditKey(b"a secret of 32 bytes for testing")
OTHER_KEY = AuditKey(b"another secret, of 32 bytes, too")

_texts = st.one_of(st.sampled_from(["", "c-17", "null", "1", "0" * 64]), st.text(max_size=9))
_maybe = st.none() | _texts
_plain = st.builds(FieldChange, field=_texts, before=_maybe, after=_maybe)
_held = st.builds(
    PersonalChange, field=_texts, commitment=_texts, salt=_maybe, before=_maybe, after=_maybe
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.text("0123456789abcdef-", min_size=1, max_size=64),
    "subject": st.sampled_from(["customers/c-18", "contacts/a-1"]) | _texts,
    "position": st.integers(0, 12),
    "kind": st.sampled_from(AuditKind),
    "by": _maybe,
    "at": st.none() | st.datetimes(datetime(1990, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    "reason": _maybe,
    "reason_salt": _maybe,
    "reason_commitment": _maybe,
    "plan": _maybe,
    "changes": st.lists(_plain, max_size=2).map(tuple),
    "personal_changes": st.lists(_held, max_size=2).map(tuple),
    "previous": _maybe,
    "digest": _texts,
    "key": _texts,
}


def by_id(record: AuditRecord | AuditHead) -> str:
    """Return the order in which stores stream."""
    return record.id


def blames(found: Sequence[Tampering], subject: str, position: int) -> bool:
    """Say whether something is found at a place."""
    return any(
        one.subject == subject and one.position <= position < one.position + one.count
        for one in found
    )


def altered_somewhere(data: st.DataObject, record: AuditRecord) -> AuditRecord:
    """Return the record with one change: another value of a field, or of a field's change."""
    field = data.draw(st.sampled_from(sorted(_VALUES)))
    value = getattr(record, field)
    if isinstance(value, tuple) and value and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(value) - 1))
        part = data.draw(st.sampled_from([one.name for one in attrs.fields(type(value[place]))]))
        values = _texts if part in {"field", "commitment"} else _maybe
        other = attrs.evolve(value[place], **{part: data.draw(values)})
        rest = data.draw(st.sampled_from([value[place + 1 :], value[place:]]))
        changed: Any = (*value[:place], other, *rest)
    elif isinstance(value, tuple) and len(value) > 1 and data.draw(st.booleans()):
        changed = data.draw(st.permutations(value)).copy()
        changed = tuple(changed)
    else:
        changed = data.draw(_VALUES[field])
    assume(changed != value)
    return attrs.evolve(record, **{field: changed})


def test_an_honest_trail_has_nothing_wrong(shops: Ledgers) -> None:
    """A trail that nobody touched verifies."""
    shop = shops()

    assert verify(shop.records, shop.heads, keys=[KEY]) == ()
    assert verify([], [], keys=[KEY]) == ()


_OTHERS: dict[str, tuple[Any, ...]] = {
    "position": (0, 1, 2, 3, 9),
    "kind": tuple(AuditKind),
    "at": (None, datetime(2026, 9, 1, 9, 0, 0, 1, tzinfo=UTC)),
    "changes": ((), (FieldChange(field="region", before=None, after='"moon"'),)),
    "personal_changes": ((),),
}


def forgeries(record: AuditRecord) -> Iterator[AuditRecord]:
    """Yield the record with each of its fields forged in several ways, down to the last part."""
    texts = (None, "", "forged", '"forged"', "0" * 64, record.digest, record.previous)
    for field in sorted(_VALUES.keys() - {"id"}):
        for value in _OTHERS.get(field, texts):
            yield from evolved(record, field, value)
    for field in ("changes", "personal_changes"):
        parts = getattr(record, field)
        for place, one in enumerate(parts):
            rest = parts[place + 1 :]
            yield from evolved(record, field, (*parts[:place], *rest))
            yield from evolved(record, field, (*parts[:place], one, one, *rest))
            for part in attrs.fields(type(one)):
                for value in texts:
                    for forged in evolved(one, part.name, value):
                        yield from evolved(record, field, (*parts[:place], forged, *rest))


def evolved(one: Any, field: str, value: Any) -> Iterator[Any]:  # noqa: ANN401 - any record
    """Yield the record with another value of a field, unless it is the same or no value at all."""
    if value != getattr(one, field):
        with suppress(InvalidValueError):
            yield attrs.evolve(one, **{field: value})


def test_each_part_of_each_record_is_bound(shops: Ledgers) -> None:
    """Every field of every record, and every part of its changes, is altered and found.

    Nothing else is blamed; but values that were erased may lack the link that tells of it.
    """
    shop = shops()
    count = 0

    for place, record in enumerate(shop.records):
        for forged in forgeries(record):
            trail = [*shop.records[:place], forged, *shop.records[place + 1 :]]
            found = verify(trail, shop.heads, keys=[KEY])

            wrong = [one for one in found if one.kind is not TamperingKind.ERASED_BY_HAND]
            places = {(one.subject, one.position) for one in wrong or found}
            assert places == {(record.subject, record.position)}
            count += 1
    assert count > 1000


@given(st.data())
def test_any_change_of_any_field_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """One change of one field of one record is found where it is."""
    shop = shops()
    record = data.draw(st.sampled_from(shop.records))

    forged = altered_somewhere(data, record)

    others = [one for one in shop.records if one is not record]
    assume(forged.id not in {one.id for one in others})
    found = verify(sorted([*others, forged], key=by_id), shop.heads, keys=[KEY])
    assert blames(found, record.subject, record.position)


@given(st.data())
def test_a_change_is_found_once(shops: Ledgers, data: st.DataObject) -> None:
    """What was changed in place is found at that place, and nothing else is blamed."""
    shop = shops()
    record = data.draw(st.sampled_from(shop.records))

    forged = altered_somewhere(data, record)

    assume(forged.id == record.id)
    found = verify(
        [forged if one is record else one for one in shop.records], shop.heads, keys=[KEY]
    )
    assert {one.subject for one in found} == {record.subject}
    kinds = {TamperingKind.ALTERED, TamperingKind.UNKNOWN_KEY}
    wrong = [one for one in found if one.kind in kinds]
    assert [one.position for one in wrong] == [record.position]
    # Values that were erased may now lack the link that tells of it; no more is wrong.
    assert {one.kind for one in found} - kinds <= {TamperingKind.ERASED_BY_HAND}


@given(st.data())
def test_any_change_of_a_head_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """A head says where its chain ends, and the chain contradicts it."""
    shop = shops()
    head = data.draw(st.sampled_from(shop.heads))
    field = data.draw(st.sampled_from(["id", "subject", "position", "digest"]))
    value = data.draw(_VALUES[field])
    assume(value != getattr(head, field))

    forged = attrs.evolve(head, **{field: value})

    others = [one for one in shop.heads if one is not head]
    assume(forged.id not in {one.id for one in others})
    found = verify(shop.records, sorted([*others, forged], key=by_id), keys=[KEY])
    assert head.subject in {one.subject for one in found}


@given(st.data())
def test_any_removal_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """Whichever records are removed, each of them is missed, and no other is blamed."""
    shop = shops()
    gone = data.draw(st.sets(st.sampled_from(range(len(shop.records))), min_size=1))

    left = [one for place, one in enumerate(shop.records) if place not in gone]

    found = verify(left, shop.heads, keys=[KEY])
    missed = {TamperingKind.MISSING, TamperingKind.TAIL_CUT, TamperingKind.CHAIN_REMOVED}
    missing = [one for one in found if one.kind in missed]
    for place, record in enumerate(shop.records):
        assert blames(missing, record.subject, record.position) is (place in gone)


@given(st.data())
def test_any_swap_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """Two records that change places are both found, with or without their numbers."""
    shop = shops()
    first, second = data.draw(
        st.lists(st.sampled_from(shop.records), min_size=2, max_size=2, unique=True)
    )
    with_numbers = data.draw(st.booleans())

    def in_place_of(one: AuditRecord, other: AuditRecord) -> AuditRecord:
        moved = attrs.evolve(one, id=other.id)
        if with_numbers:
            moved = attrs.evolve(moved, subject=other.subject, position=other.position)
        return moved

    swapped = [
        in_place_of(second, first) if one is first
        else in_place_of(first, second) if one is second
        else one
        for one in shop.records
    ]  # fmt: skip
    found = verify(swapped, shop.heads, keys=[KEY])
    assert blames(found, first.subject, first.position)
    assert blames(found, second.subject, second.position)


@given(st.data())
def test_a_shuffled_chain_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """Links that are listed in another order are found, and none of them is missed."""
    shop = shops()
    chain = shop.of("customers/c-17")
    shuffled = data.draw(st.permutations(chain))
    assume(shuffled != chain)

    found = verify(shuffled, shop.heads, keys=[KEY])

    mine = [one for one in found if one.subject == "customers/c-17"]
    assert TamperingKind.OUT_OF_ORDER in {one.kind for one in mine}
    assert TamperingKind.MISSING not in {one.kind for one in mine}


@given(st.data())
def test_any_insertion_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """A link that somebody puts in is found, wherever it is put and whatever follows it."""
    shop = shops()
    chain = shop.of("customers/c-17")
    place = data.draw(st.integers(0, len(chain)))
    model = data.draw(st.sampled_from(shop.records))

    forged = attrs.evolve(
        model,
        id=AuditRecord.id_of("customers/c-17", place + 1),
        subject="customers/c-17",
        position=place + 1,
    )
    moved = [
        attrs.evolve(
            one, id=AuditRecord.id_of(one.subject, one.position + 1), position=one.position + 1
        )
        for one in chain[place:]
    ]

    assume(forged not in chain)
    others = [one for one in shop.records if one not in chain]
    trail = sorted([*others, *chain[:place], forged, *moved], key=by_id)
    found = verify(trail, shop.heads, keys=[KEY])
    assert blames(found, "customers/c-17", place + 1)


@given(st.data())
def test_a_cut_tail_is_found(shops: Ledgers, data: st.DataObject) -> None:
    """A chain that ends too early is missed from there on, as long as its head stands."""
    shop = shops()
    left = data.draw(st.integers(1, 3))

    cut = [one for one in shop.records if one.subject != "customers/c-17" or one.position <= left]

    assert verify(cut, shop.heads, keys=[KEY]) == (
        Tampering(
            kind=TamperingKind.TAIL_CUT,
            subject="customers/c-17",
            position=left + 1,
            count=4 - left,
        ),
    )


def test_an_older_branch_is_found(ledgers: Ledgers) -> None:
    """Two histories by the same key, as before and after a backup was restored, do not mix."""
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    one, other = ledgers(), ledgers()
    for ledger, region in ((one, "south"), (other, "west")):
        ledger.put("customers", northwind)
        ledger.put("customers", attrs.evolve(northwind, region=region))
        ledger.put("customers", attrs.evolve(northwind, region="east"))

    mixed = [*one.records[:2], other.records[2]]

    found = verify(mixed, other.heads, keys=[KEY])
    assert [(one.kind, one.position) for one in found] == [(TamperingKind.REPLACED, 3)]


def test_another_tenant_is_found(ledgers: Ledgers) -> None:
    """A chain that was copied from another tenant proves nothing here."""
    ledger = ledgers(tenant="north")
    ledger.put("customers", Customer(id=CustomerId("c-17"), name="Northwind"))

    assert verify(ledger.records, ledger.heads, keys=[KEY], tenant="north") == ()
    found = verify(ledger.records, ledger.heads, keys=[KEY], tenant="south")
    assert [one.kind for one in found] == [TamperingKind.ALTERED]


def test_a_trail_by_another_key_is_found(ledgers: Ledgers) -> None:
    """Whoever has not the key cannot make a trail, even a whole one."""
    ledger = ledgers(key=OTHER_KEY)
    ledger.put("customers", Customer(id=CustomerId("c-17"), name="Northwind"))

    assert verify(ledger.records, ledger.heads, keys=[OTHER_KEY]) == ()
    found = verify(ledger.records, ledger.heads, keys=[KEY])
    assert [one.kind for one in found] == [TamperingKind.ALTERED]


def test_keys_can_be_rotated(ledgers: Ledgers) -> None:
    """A chain goes on under a new key, and verifies with both; without the old one it does not."""
    ledger = ledgers()
    northwind = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
    ledger.put("customers", northwind)
    ledger.key = new = attrs.evolve(OTHER_KEY, name="2")
    ledger.put("customers", attrs.evolve(northwind, region="south"))

    assert verify(ledger.records, ledger.heads, keys=[KEY, new]) == ()
    found = verify(ledger.records, ledger.heads, keys=[new])
    assert [(one.kind, one.position) for one in found] == [(TamperingKind.UNKNOWN_KEY, 1)]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), st.data())
def test_chains_do_not_know_each_other(
    ledgers: Ledgers, keys: list[str], data: st.DataObject
) -> None:
    """In whichever order different records are changed, the chain of each is the same."""

    def told(order: Sequence[int]) -> dict[str, list[AuditRecord]]:
        ledger = ledgers(act=None)
        counts = dict.fromkeys("abc", 0)
        for place in order:
            key = keys[place]
            counts[key] += 1
            ledger.put("customers", Customer(
                id=CustomerId(key), name="Northwind", needs=["x" * counts[key]]
            ))  # fmt: skip
        return {key: ledger.of(f"customers/{key}") for key in "abc"}

    places = range(len(keys))
    shuffled = data.draw(st.permutations(places))

    def content(chains: dict[str, list[AuditRecord]]) -> dict[str, Any]:
        return {
            key: [(one.id, one.position, one.kind, one.changes) for one in chain]
            for key, chain in chains.items()
        }

    assert content(told(places)) == content(told(shuffled))
