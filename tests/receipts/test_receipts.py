"""Receipts: what was changed, and what stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import MatterId, MatterKind
from crmcore.codec import from_json, to_json
from crmcore.customers import OwnershipRole
from crmcore.errors import Fault, InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty
from crmcore.receipts import (
    Change,
    Departure,
    MatterChange,
    PlanConflictError,
    PlanLike,
    PlanReceipt,
    Remainder,
    RemainderKind,
    item,
)

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
NORTHWIND = CustomerId("northwind")
WEI, LIN = MemberId("wei"), MemberId("lin")
CHANGE = Change(
    customer=NORTHWIND, from_member=WEI, to_member=LIN, closed="o-1", opened="o-2", version=1
)
MATTER = MatterChange(
    matter=MatterId("m-1"),
    kind=MatterKind.COMPLAINT,
    customer=NORTHWIND,
    from_member=WEI,
    to_member=LIN,
    version=2,
)
GONE = Departure(member=WEI, before=None, after=date(2026, 10, 1), version=2)
STAYS = Remainder(kind=RemainderKind.NOTICE, customer=NORTHWIND, member=LIN, count=3, at=NOON)


def receipt(**fields: Any) -> PlanReceipt:  # noqa: ANN401 - any field of a receipt
    """Return the receipt of a plan with one change."""
    usual: dict[str, Any] = {"plan": "7f3a", "by": "head", "at": NOON, "changes": (CHANGE,)}
    return PlanReceipt(**usual | fields)


@given(
    counts=st.tuples(*[st.integers(0, 7)] * 4),
    most=st.integers(1, 8),
)
def test_a_receipt_can_be_split_and_joined(counts: tuple[int, ...], most: int) -> None:
    """No part lists more than it may, each says who did it, and together they are the whole."""
    changes, matters, departures, remains = counts
    whole = receipt(
        changes=tuple(attrs.evolve(CHANGE, opened=f"o-{n}") for n in range(changes)),
        matters=tuple(attrs.evolve(MATTER, version=n) for n in range(matters)),
        departures=tuple(attrs.evolve(GONE, version=n) for n in range(departures)),
        remains=tuple(attrs.evolve(STAYS, count=n + 1) for n in range(remains)),
        reason="Ben is ill",
    )

    parts = whole.split(most)

    assert PlanReceipt.joined(parts) == whole
    assert len(parts) == max(-(-max(counts) // most), 1)
    assert {(part.by, part.at, part.reason, part.plan) for part in parts} == {
        ("head", NOON, "Ben is ill", "7f3a")
    }
    assert all(len(part.changes) <= most and len(part.remains) <= most for part in parts)


def test_nothing_is_no_receipt() -> None:
    """Parts of nothing, and no parts at all, are refused."""
    with pytest.raises(InvalidValueError, match="most must be at least 1"):
        receipt().split(0)
    with pytest.raises(InvalidValueError, match="parts must be the parts of a receipt"):
        PlanReceipt.joined([])


def test_what_changes_hands_has_a_name() -> None:
    """A customer, a collaboration, a duty and a matter are called what people call them."""
    duty = (None, ResponsibilityId("renewals"), Duty.BACKUP)

    assert CHANGE.item == "customer 'northwind'"
    assert attrs.evolve(CHANGE, role=OwnershipRole.COLLABORATOR).item == (
        "collaboration on customer 'northwind'"
    )
    assert item(*duty) == "backup of 'renewals'"
    assert MATTER.item == "complaint 'm-1' of customer 'northwind'"


def test_a_receipt_survives_as_json() -> None:
    """Matters, last days and what stays are as good written down as in memory."""
    full = receipt(
        reason="Wei goes", matters=(MATTER,), departures=(GONE,), remains=(STAYS,), undoes="x"
    )

    read = from_json(PlanReceipt, to_json(full))

    assert (read, read.id) == (full, full.id)


@pytest.mark.parametrize(
    "other",
    [
        {"plan": "7f3b"},
        {"by": "deputy"},
        {"reason": "autumn"},
        {"undoes": "7f3a"},
        {"changes": ()},
        {"matters": (MATTER,)},
        {"departures": (GONE,)},
    ],
)
def test_another_receipt_has_another_id(other: dict[str, Any]) -> None:
    """The id is made of all that the receipt says was done."""
    assert receipt(**other).id != receipt().id


def test_a_receipt_reads_as_a_sentence() -> None:
    """It says who did what, when, and how much of it."""
    assert str(receipt()) == "head applied plan 7f3a at 2026-09-30T12:00:00+00:00: 1 change"
    assert str(receipt(undoes="7f3a", matters=(MATTER, MATTER), remains=(STAYS,))) == (
        "head took back plan 7f3a at 2026-09-30T12:00:00+00:00: 1 change, "
        "2 matters came back, 1 thing cannot be undone"
    )


@pytest.mark.parametrize(
    ("fields", "english", "chinese"),
    [
        (
            {"kind": RemainderKind.CONTACT},
            "1 contact with customer 'northwind' took place; that cannot be undone",
            "我方已与客户northwind联系1次，无法撤销",
        ),
        (
            {"kind": RemainderKind.NOTICE, "count": 2, "member": LIN},
            "2 messages were sent to customer 'northwind' by 'lin'; that cannot be undone",
            "lin已向客户northwind发出2条消息，无法撤回",
        ),
        (
            {"kind": RemainderKind.CLOSED, "matter": MatterId("m-1")},
            "matter 'm-1' of customer 'northwind' was closed; it stays closed",
            "客户northwind的事项m-1已办结，保持办结",
        ),
    ],
)
def test_what_stays_is_said_in_words(fields: dict[str, Any], english: str, chinese: str) -> None:
    """What is not known is left out of the sentence."""
    stays = Remainder(customer=NORTHWIND, **fields)

    assert (stays.wording.en, stays.wording.zh) == (english, chinese)
    assert str(stays) == english


def test_what_stays_is_something() -> None:
    """No contact at all is nothing to name."""
    with pytest.raises(InvalidValueError, match="count must be above 0"):
        Remainder(kind=RemainderKind.CONTACT, customer=NORTHWIND, count=0)


def test_a_conflict_lists_the_first_twenty() -> None:
    """What stands in the way is told, but not for pages."""
    one = PlanConflictError([Fault("customer 'a'", "it is gone")])
    many = PlanConflictError([Fault(f"customer {n}", "it is gone") for n in range(25)])

    assert str(one) == (
        "1 thing has changed meanwhile and nothing was written; make a new plan:\n"
        "  customer 'a': it is gone"
    )
    assert str(many).splitlines()[-1] == "  … and 5 more"
    assert len(many.conflicts) == 25


def test_whatever_has_moves_is_like_a_plan() -> None:
    """A receipt has no moves, and is none."""
    assert not isinstance(receipt(), PlanLike)
