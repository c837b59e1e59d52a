"""Exporting: everything about somebody, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import attrs
import pytest

from crmcore.activities import Purchase
from crmcore.codec import from_data, from_json, to_data, to_json
from crmcore.customers import Contact, Customer
from crmcore.errors import InvalidValueError, NotFoundError
from crmcore.facts import KpiFact, KpiScope
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.kpis import Unit
from crmcore.memory import MemoryStore
from crmcore.organization import Assignment, Duty
from crmcore.policies import Policy
from crmcore.receipts import PlanReceipt
from crmcore.reviews import apply_plan, plan_handover
from crmcore.storage import Capability, Store
from crmcore.subjects import export_subject
from tests.subjects.conftest import AS_OF, KEY, NOON, POLICY, dump, fill, moving, texts

KINDS = [
    "customers",
    "contacts",
    "ownerships",
    "purchases",
    "interactions",
    "matters",
    "stage_facts",
    "tier_facts",
    "score_facts",
    "commands",
    "audit_records",
    "events",
]


def test_everything_about_a_customer_comes_and_nothing_is_changed(each_store: Store) -> None:
    """Every canary that was planted for the customer, of whatever kind, and none of others."""
    store = each_store
    before = dump(store)

    export = export_subject(store, customer="c-1")

    text = to_json(export)
    assert export.subject == "customers/c-1"
    assert [*export.records] == KINDS
    assert [word for word, canary in texts("c-1").items() if canary not in text] == []
    assert "C-2" not in text
    assert "c-2" not in text
    assert dump(store) == before


def test_every_store_gives_the_same(each_store: Store) -> None:
    """But for the audit trail, whose salts are random."""
    export = to_data(export_subject(each_store, customer="c-1"))
    expected = to_data(export_subject(fill(MemoryStore(audit_key=KEY)), customer="c-1"))

    del export["records"]["audit_records"], expected["records"]["audit_records"]
    assert export == expected


def test_an_export_is_data_that_others_can_read(store: Store) -> None:
    """Plain JSON by the kinds of record, which the records can be read from again."""
    export = export_subject(store, customer="c-1")

    data = json.loads(to_json(export))

    assert data["subject"] == "customers/c-1"
    assert from_data(Customer, data["records"]["customers"][0]) == export.records["customers"][0]
    assert from_data(Contact, data["records"]["contacts"][0]) == export.records["contacts"][0]
    assert from_data(Purchase, data["records"]["purchases"][0]) == export.records["purchases"][0]


def test_the_repr_counts_and_tells_nothing(store: Store) -> None:
    """What is handed out does not stand in a log."""
    export = export_subject(store, customer="c-1")

    assert repr(export).startswith("<SubjectExport of 'customers/c-1': 1 customers, 1 contacts,")
    assert "Canary" not in repr(export)
    with pytest.raises(TypeError):
        export.records["customers"] = ()  # type: ignore[index]  # that is what is refused


def test_receipts_are_narrowed(store: Store) -> None:
    """Of a plan that moved two customers, one is told of one."""
    export = export_subject(store, customer="c-1")

    receipts = [
        from_json(PlanReceipt, command.answer)
        for command in export.records["commands"]
        if command.id != "mail-1"
    ]
    assert [[change.customer for change in one.changes] for one in receipts] == [["c-1"]]
    assert [[change.matter for change in one.matters] for one in receipts] == [["c-1-m"]]


def test_a_receipt_that_only_looks_alike_is_not_told(store: Store) -> None:
    """Customer c-1 is not named where a member of that id is."""
    apply_plan(store, attrs.evolve(moving("c-2"), moves=()), by="c-1", at=NOON)

    export = export_subject(store, customer="c-1")

    assert len(export.records["commands"]) == 2


def test_a_contact_comes_alone(store: Store) -> None:
    """With her own past, and what commands and events say of her."""
    export = export_subject(store, contact="c-1-k-1")

    text = to_json(export)
    assert [*export.records] == ["contacts", "commands", "audit_records", "events"]
    assert [one.id for one in export.records["commands"]] == ["mail-1"]
    assert "C-1MaidenCanary" in text
    assert "C-1NameCanary" not in text
    assert "C-1GoneCanary" not in text


def test_who_was_removed_comes_from_the_trail(store: Store) -> None:
    """What is stored about her is what happened to her record."""
    export = export_subject(store, contact="c-1-k-2")

    assert [*export.records] == ["audit_records"]
    assert [str(link.kind) for link in export.records["audit_records"]] == ["added", "removed"]


def test_a_member_hears_nothing_that_customers_have_said(store: Store) -> None:
    """That there was a contact and when; the note is the customer's."""
    with store.unit_of_work() as uow:
        uow.assignments.add(
            Assignment(
                id="a-1",
                responsibility=ResponsibilityId("calls"),
                duty=Duty.RESPONSIBLE,
                member=MemberId("ben"),
                since=NOON,
            )
        )
        uow.facts.kpis.append(
            KpiFact(
                kpi="sales",  # type: ignore[arg-type]  # a word
                definition_version="1",
                scope=KpiScope.MEMBER,
                scope_id=member,
                period_start=AS_OF.replace(day=1),
                period_end=AS_OF,
                unit=Unit.MONEY,
                currency="USD",
                number="7.50",
                numerator="7.50",
                n=1,
                missing=0,
                as_of=AS_OF,
                **POLICY,
            )
            for member in ("ben", "dora")
        )
        uow.commit()

    export = export_subject(store, member="ben")

    text = to_json(export)
    assert [*export.records] == [
        "ownerships",
        "interactions",
        "teams",
        "members",
        "assignments",
        "kpi_facts",
        "commands",
        "audit_records",
        "events",
    ]
    assert "BenCanary" in text
    assert "DoraCanary" not in text
    assert "NoteCanary" not in text
    assert [one.note for one in export.records["interactions"]] == [None, None]
    assert [fact.scope_id for fact in export.records["kpi_facts"]] == ["ben"]


def test_a_member_is_told_of_a_departure(store: Store) -> None:
    """A receipt that says that somebody leaves is about whoever leaves, and whoever signed it."""
    next_day = AS_OF + timedelta(days=1)
    handover = plan_handover(store, "dora", policy=Policy.default(), as_of=next_day)
    apply_plan(store, handover, by="ben", at=NOON + timedelta(days=1))

    of_dora = export_subject(store, member="dora").records["commands"]
    of_ben = export_subject(store, member="ben").records["commands"]

    told = [from_json(PlanReceipt, command.answer) for command in (*of_dora, *of_ben)]
    assert {(one.by, tuple(departure.member for departure in one.departures)) for one in told} >= {
        ("ben", ("dora",)),
        ("ben", ()),
    }


def test_another_tenants_records_stay_there() -> None:
    """The same id is somebody else there."""
    store = MemoryStore()
    for tenant in ("a", "b"):
        with store.unit_of_work(tenant=tenant) as uow:
            uow.customers.add(Customer(id=CustomerId("c-1"), name=f"Customer of {tenant}"))
            uow.commit()

    export = export_subject(store, customer="c-1", tenant="b")

    assert [one.name for one in export.records["customers"]] == ["Customer of b"]


class Plain(MemoryStore):
    """A store that has no outbox."""

    capabilities = frozenset({Capability.INTERLEAVED})  # less than it could

    def outbox(self, *, tenant: str = "default") -> Any:  # noqa: ANN401 - never
        """Be asked for what is not there."""
        raise AssertionError(tenant)


def test_a_store_without_an_outbox_is_not_asked_for_events() -> None:
    """What a store cannot do is not asked of it."""
    store = Plain()
    with store.unit_of_work() as uow:
        uow.customers.add(Customer(id=CustomerId("c-1"), name="Northwind"))
        uow.commit()

    assert [*export_subject(store, customer="c-1").records] == ["customers"]


@pytest.mark.parametrize("kind", ["customer", "contact", "member"])
def test_about_nobody_there_is_nothing(store: Store, kind: str) -> None:
    """An id that nothing is stored about is a mistake."""
    with pytest.raises(NotFoundError, match=f"there is no {kind} 'nobody'"):
        export_subject(store, **{kind: "nobody"})


def test_one_is_asked_about(store: Store) -> None:
    """Neither nobody nor two."""
    with pytest.raises(InvalidValueError, match="exactly one of customer, contact, member"):
        export_subject(store)
    with pytest.raises(InvalidValueError, match="exactly one of customer, contact, member"):
        export_subject(store, customer="c-1", member="ben")
