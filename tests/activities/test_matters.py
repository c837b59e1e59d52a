"""Matters: what is to be settled with customers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmcore.activities import Matter, MatterId, MatterKind
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Money

NOON = datetime(1998, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def matter(**fields: Any) -> Matter:  # noqa: ANN401 - any field of a matter
    """Return a request that came up at noon."""
    usual: dict[str, Any] = {
        "id": MatterId("m-1"),
        "kind": MatterKind.REQUEST,
        "customer": CustomerId("c-17"),
        "subject": "The third disc is scratched",
        "opened_at": NOON,
    }
    return Matter(**usual | fields)


def test_a_matter_needs_little() -> None:
    """Who is in charge, by when and what was promised may be unknown."""
    found = matter()

    assert (found.member, found.due_at, found.closed_at) == (None, None, None)
    assert (found.promise, found.next_step, found.amount) == (None, None, None)
    assert [kind.label.zh for kind in MatterKind] == ["服务请求", "客户投诉", "商机", "会面"]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [(NOON - DAY, False), (NOON, True), (NOON + DAY, False), (NOON + 2 * DAY, False)],
)
def test_a_matter_is_open_until_it_is_closed(at: datetime, *, is_open: bool) -> None:
    """It is open at the instant at which it came up, and no longer at that of its closing."""
    assert matter(closed_at=NOON + DAY).is_open_at(at) is is_open


def test_a_matter_that_is_not_closed_stays_open() -> None:
    """A date by which it was due closes nothing."""
    assert matter(due_at=NOON + DAY).is_open_at(NOON + 1000 * DAY)


def test_a_matter_may_be_closed_at_once() -> None:
    """What was settled in the instant in which it came up was never open."""
    assert not matter(closed_at=NOON).is_open_at(NOON)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"opened_at": datetime(1998, 6, 30)}, r"^opened_at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"due_at": NOON - DAY}, r"^due_at must not be before opened_at, 1998-06-30T12:00"),
        ({"closed_at": NOON - DAY}, r"^closed_at must not be before opened_at, 1998-06-30T12:00"),
        ({"subject": " "}, r"^subject must not be empty"),
        ({"subject": "two\nlines"}, r"^subject must hold no control characters"),
        ({"member": ""}, r"^member must not be empty"),
        ({"promise": ""}, r"^promise must not be empty"),
        ({"next_step": ""}, r"^next_step must not be empty"),
        (
            {"amount": Money("5.00", "EUR")},
            r"^amount must be left out: a request is not worth an amount, an opportunity is",
        ),
    ],
)
def test_a_matter_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        matter(**fields)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (5, r"^amount must be money, such as Money\('9.90', 'EUR'\)"),
        (Money("-0.01", "EUR"), r"^amount must be 0 or more \(got '-0.01 EUR'\)"),
    ],
)
def test_an_opportunity_is_worth_money(amount: object, message: str) -> None:
    """An opportunity is worth an amount, and not less than nothing."""
    assert matter(kind=MatterKind.OPPORTUNITY, amount=Money("0.00", "EUR")).amount is not None

    with pytest.raises(InvalidValueError, match=message):
        matter(kind=MatterKind.OPPORTUNITY, amount=amount)
