"""What happened between the company and its customers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, Money

NOON = datetime(1997, 1, 1, 12, tzinfo=UTC)
BUYER = CustomerId("c-17")


def bought(cents: int, *, refund: bool = False, **fields: Any) -> Purchase:  # noqa: ANN401
    """Make a purchase of so many cents."""
    amount = Money(f"{cents}e-2", "USD")
    values = {"id": PurchaseId("p-1"), "customer": BUYER, "at": NOON, **fields}
    return Purchase(amount=amount, refund=refund, **values)


@given(st.integers(-1000, 1000), st.booleans())
def test_only_a_refund_is_below_nothing(cents: int, refund: bool) -> None:  # noqa: FBT001
    """A purchase is 0 or more and a refund 0 or less; nothing else can be built."""
    if (cents <= 0) if refund else (cents >= 0):
        assert bought(cents, refund=refund).refund is refund
    else:
        with pytest.raises(InvalidValueError, match=r"^(amount|refund) must "):
            bought(cents, refund=refund)


def test_a_negative_amount_asks_for_the_mark() -> None:
    """The message says what would make it right."""
    with pytest.raises(InvalidValueError, match="unless the purchase is marked as a refund"):
        bought(-500)


@pytest.mark.parametrize("amount", [10, "9.90", None])
def test_an_amount_has_a_currency(amount: Any) -> None:  # noqa: ANN401
    """A bare number is no money; the message shows what to write."""
    with pytest.raises(InvalidValueError, match=r"such as Money\('9.90', 'EUR'\) \(got "):
        Purchase(id=PurchaseId("p"), customer=CustomerId("c"), at=NOON, amount=amount)


def test_a_refund_is_not_above_nothing() -> None:
    """Money that went back has no positive amount."""
    with pytest.raises(InvalidValueError, match=r"^refund must go with an amount of 0 or less"):
        bought(500, refund=True)


def test_an_instant_is_the_same_in_every_zone() -> None:
    """Two purchases at one instant are equal, in whatever zone the instant was told."""
    in_shanghai = NOON.astimezone(timezone(timedelta(hours=8)))

    assert bought(500, at=in_shanghai) == bought(500)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"at": datetime(1997, 1, 1)}, r"^at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"quantity": -1}, r"^quantity must be at least 0"),
        ({"channel": ""}, r"^channel must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
    ],
)
def test_a_purchase_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        bought(500, **fields)


def test_an_interaction_is_one_contact() -> None:
    """Who took part, how long it was and what was said may be unknown."""
    call = Interaction(
        id=InteractionId("i-1"),
        customer=BUYER,
        at=NOON,
        channel=Channel.CALL,
        direction=Direction.INBOUND,
    )

    assert (call.member, call.minutes, call.note) == (None, None, None)
    assert call.channel.label.zh == "电话"


def test_an_interaction_lasts_no_less_than_nothing() -> None:
    """A negative length is refused."""
    with pytest.raises(InvalidValueError, match=r"^minutes must be at least 0"):
        Interaction(
            id=InteractionId("i-1"),
            customer=BUYER,
            at=NOON,
            channel=Channel.CALL,
            direction=Direction.INBOUND,
            minutes=-1,
        )
