"""What a link tells: the kind, the values, and who, when, why and by which plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.audit import (
    Act,
    AuditHead,
    AuditKey,
    AuditKind,
    AuditRecord,
    FieldChange,
    audited,
)
from crmcore.codec import to_data, to_json
from crmcore.customers import Contact, Customer, Ownership
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId
from crmcore.organization import (
    Assignment,
    Department,
    Member,
    Responsibility,
    Role,
    Team,
)
from crmcore.testing import records

Ledgers: TypeAlias = Callable[..., Any]

KEY = AuditKey(b"a secret of 32 bytes for testing")
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
NORTHWIND = Customer(id=CustomerId("c-17"), name="Northwind", region="north")
KINDS = (
    Customer, Contact, Ownership, Purchase, Interaction, Matter,
    Department, Team, Role, Member, Responsibility, Assignment,
)  # fmt: skip


def link(
    before: Any,  # noqa: ANN401 - any record
    after: Any,  # noqa: ANN401
    *,
    head: AuditHead | None = None,
    act: Act | None = None,
    salt: bytes = b"sixteen bytes...",
) -> tuple[AuditRecord, AuditHead]:
    """Return the link of a change of a customer that changes something."""
    made = audited(before, after, name="customers", head=head, act=act, key=KEY, salt=lambda: salt)
    assert made is not None
    return made


def test_an_addition_tells_every_value() -> None:
    """A record that was added tells all its fields but id and version, None among them."""
    record, head = link(None, NORTHWIND)

    assert record.kind is AuditKind.ADDED
    assert record.changes == (
        FieldChange(field="archived_at", before=None, after="null"),
        FieldChange(field="kind", before=None, after='"person"'),
        FieldChange(field="known_since", before=None, after="null"),
        FieldChange(field="language", before=None, after="null"),
        FieldChange(field="needs", before=None, after="[]"),
        FieldChange(field="region", before=None, after='"north"'),
    )
    assert [(held.field, held.after) for held in record.personal_changes] == [
        ("name", '"Northwind"')
    ]
    assert (head.subject, head.position, head.digest) == ("customers/c-17", 1, record.digest)


def test_a_save_tells_what_has_changed() -> None:
    """A record that was saved tells the fields whose values differ, from which to which."""
    _, head = link(None, NORTHWIND)

    record, _ = link(NORTHWIND, attrs.evolve(NORTHWIND, region="south", version=1), head=head)

    assert record.kind is AuditKind.SAVED
    assert record.changes == (FieldChange(field="region", before='"north"', after='"south"'),)
    assert record.personal_changes == ()
    assert (record.position, record.previous) == (2, head.digest)


def test_a_removal_tells_the_last_values() -> None:
    """What was removed can be read from the trail."""
    _, head = link(None, NORTHWIND)

    record, _ = link(NORTHWIND, None, head=head)

    assert record.kind is AuditKind.REMOVED
    assert FieldChange(field="region", before='"north"', after=None) in record.changes
    assert record.personal_changes[0].before == '"Northwind"'


def test_a_save_that_changes_nothing_tells_nothing() -> None:
    """Where only the version differs there is no link."""
    saved = attrs.evolve(NORTHWIND, version=5)

    made = audited(
        NORTHWIND, saved, name="customers", head=None, act=None, key=KEY, salt=lambda: b"unused"
    )

    assert made is None


def test_digits_are_a_change() -> None:
    """7.5 hours and 7.50 hours are equal, and not the same: stores keep the digits."""
    wei = Member(id="wei", name="Wei", team="sales", weekly_hours=Decimal("7.5"))  # type: ignore[arg-type]

    record, _ = link(wei, attrs.evolve(wei, weekly_hours=Decimal("7.50")))

    assert record.changes == (FieldChange(field="weekly_hours", before='"7.5"', after='"7.50"'),)


def test_a_link_carries_the_act() -> None:
    """Who, when, why and by which plan stand in the record as they were handed in."""
    act = Act(by="wei", at=AT, reason="Anna asked for it", plan="6f1d")

    record, _ = link(None, NORTHWIND, act=act)

    assert (record.by, record.at, record.reason, record.plan) == (
        "wei", AT, "Anna asked for it", "6f1d",
    )  # fmt: skip


def test_nobody_may_say_who() -> None:
    """Without an act a link tells what has changed, and leaves open who did it."""
    record, _ = link(None, NORTHWIND)

    assert (record.by, record.at, record.reason, record.plan) == (None, None, None, None)
    assert record.reason_commitment is None


def test_a_head_keeps_its_version() -> None:
    """The new head carries the version of the old one, which is what its store saves against."""
    _, head = link(None, NORTHWIND)

    _, after = link(NORTHWIND, None, head=attrs.evolve(head, version=7))

    assert after.version == 7


def test_ids_of_a_chain_lie_beside_each_other() -> None:
    """In order of the ids the links of a chain come one after the other, from 1 to 10 and on."""
    ids = [AuditRecord.id_of("customers/c-17", position) for position in (1, 2, 9, 10, 11, 10**9)]

    assert ids == sorted(ids)
    assert all(one.startswith(AuditHead.id_of("customers/c-17") + "-") for one in ids)
    assert {len(one) for one in ids} == {61}


@given(st.data())
def test_the_last_values_are_those_of_the_record(ledgers: Ledgers, data: st.DataObject) -> None:
    """Whatever a record goes through, the values told last are its own, but id and version."""
    kind = data.draw(st.sampled_from(KINDS))
    states = data.draw(st.lists(records(kind, id=st.just("x-1")), min_size=1, max_size=3))
    ledger = ledgers()

    links = [ledger.put("things", state) for state in states]

    told: dict[str, str] = {}
    for one in filter(None, links):
        told |= {change.field: change.after for change in (*one.changes, *one.personal_changes)}
    data_now = to_data(states[-1])
    assert told == {
        field: to_json(value) for field, value in data_now.items() if field not in {"id", "version"}
    }


@given(st.data())
def test_each_link_goes_on_where_the_last_one_ended(ledgers: Ledgers, data: st.DataObject) -> None:
    """What a link says a value was before is what the link before it says it became."""
    kind = data.draw(st.sampled_from(KINDS))
    states = data.draw(st.lists(records(kind, id=st.just("x-1")), min_size=2, max_size=3))
    ledger = ledgers()

    links = [*filter(None, (ledger.put("things", state) for state in states))]
    links.append(ledger.remove("things", "x-1"))

    told: dict[str, str | None] = {}
    for one in links:
        for change in (*one.changes, *one.personal_changes):
            assert change.before == told.get(change.field)
            assert change.before != change.after
            told[change.field] = change.after
    assert set(told.values()) == {None}


def test_personal_fields_inside_a_field_make_it_personal() -> None:
    """A field that holds records with personal data is committed to as a whole."""

    @attrs.frozen(kw_only=True)
    class Household:
        id: str
        guests: tuple[Contact, ...] | None = None
        rooms: int = 1
        version: int = 0

    ada = Contact(id="a-1", customer=NORTHWIND.id, name="Ada")  # type: ignore[arg-type]

    made = audited(
        None,
        Household(id="h-1", guests=(ada,)),
        name="households",
        head=None,
        act=None,
        key=KEY,
        salt=lambda: bytes(16),
    )

    assert made is not None
    assert [change.field for change in made[0].changes] == ["rooms"]
    assert [held.field for held in made[0].personal_changes] == ["guests"]


def test_there_must_be_a_record() -> None:
    """From nothing to nothing is no change."""
    with pytest.raises(InvalidValueError, match="after must be a record where before is none"):
        link(None, None)


def test_another_record_is_refused() -> None:
    """A change leads from a record to itself, not to another one."""
    with pytest.raises(InvalidValueError, match="before must be Customer 'c-17'"):
        link(Customer(id=CustomerId("c-18"), name="Contoso"), NORTHWIND)


def test_another_kind_is_refused() -> None:
    """A customer does not become a department."""
    with pytest.raises(
        InvalidValueError, match=r"be Customer 'c-17' \(got \"Department 'c-17'\"\)"
    ):
        link(Department(id="c-17", name="Care"), NORTHWIND)  # type: ignore[arg-type]


def test_another_chain_is_refused() -> None:
    """A link goes on from the head of its own chain."""
    _, head = link(None, Customer(id=CustomerId("c-18"), name="Contoso"))

    with pytest.raises(InvalidValueError, match="head must be the head of 'customers/c-17'"):
        link(None, NORTHWIND, head=head)


@pytest.mark.parametrize("salt", [b"fifteen bytes..", b"", "sixteen letters."])
def test_too_little_salt_is_refused(salt: Any) -> None:  # noqa: ANN401 - what should not come
    """Less than 16 bytes can be guessed."""
    with pytest.raises(InvalidValueError, match="salt must return at least 16 random bytes"):
        link(None, NORTHWIND, salt=salt)
