"""Leads, campaigns, costs, and sales by market."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import day_in, months_after
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Money
from crmcore.market import CampaignContact, Cost, CostKind, Lead, MarketSale

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def lead(**fields: Any) -> Lead:  # noqa: ANN401 - any field of a lead
    """Return a lead that came at noon."""
    usual: dict[str, Any] = {"id": "l-1", "created_at": NOON}
    return Lead(**usual | fields)


def contact(**fields: Any) -> CampaignContact:  # noqa: ANN401 - any field of a contact
    """Return a customer whom the summer campaign reached at noon."""
    usual: dict[str, Any] = {"id": "k-1", "campaign": "summer", "customer": "c-17", "at": NOON}
    return CampaignContact(**usual | fields)


def cost(**fields: Any) -> Cost:  # noqa: ANN401 - any field of a cost
    """Return what service cost at noon."""
    usual: dict[str, Any] = {
        "id": "e-1",
        "kind": CostKind.SERVICE,
        "at": NOON,
        "amount": Money("120.50", "EUR"),
    }
    return Cost(**usual | fields)


def sale(**fields: Any) -> MarketSale:  # noqa: ANN401 - any field of a sale
    """Return a sale in a market that was entered in the spring."""
    usual: dict[str, Any] = {
        "id": "s-1",
        "market": "north",
        "at": NOON,
        "amount": Money("80", "EUR"),
        "market_entered_on": date(1998, 3, 1),
    }
    return MarketSale(**usual | fields)


def test_a_lead_converts_or_is_lost_or_neither() -> None:
    """Where it came from may be unknown."""
    assert not lead().is_converted
    assert lead(converted_at=NOON).is_converted
    assert not lead(lost_at=NOON + HOUR).is_converted
    assert (lead().channel, lead().campaign) == (None, None)


def test_who_is_compared_with_may_respond_too() -> None:
    """A campaign is judged by what happens without it; margins may be below 0."""
    control = contact(is_control=True, responded_at=NOON + HOUR, margin=Money("-3", "EUR"))

    assert control.has_responded
    assert not contact().has_responded
    assert contact().margin is None


def test_a_cost_may_be_put_right() -> None:
    """What was booked too much is taken back with an amount below 0."""
    assert cost(amount=Money("-20.50", "EUR")).amount.amount == Money("-20.50", "EUR").amount
    assert [kind.label.zh for kind in CostKind] == [
        "新客户营销",
        "老客户营销",
        "销售",
        "客户服务",
        "销售成本",
        "其他",
    ]


@pytest.mark.parametrize(
    ("entered", "at", "new"),
    [
        ("1998-03-01", "1998-03-01T00:00", True),
        ("1998-03-01", "2000-02-29T23:59", True),
        ("1998-03-01", "2000-03-01T00:00", False),
        # 24 months after a day that the month does not have: cut at its end.
        ("1996-02-29", "1998-02-27T23:59", True),
        ("1996-02-29", "1998-02-28T00:00", False),
    ],
)
def test_a_market_is_new_for_24_months(entered: str, at: str, *, new: bool) -> None:
    """Months are counted from the day of entry, by the calendar of the market's zone."""
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        local = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
        found = sale(at=local, market_entered_on=date.fromisoformat(entered), zone=zone)
        assert found.is_new is new


@given(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(days=1000)),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/Sao_Paulo"]),
)
def test_a_market_is_new_on_the_days_before_24_months_are_over(
    entered: date, later: timedelta, zone: str
) -> None:
    """The day of the sale in the zone says so."""
    at = datetime(entered.year, entered.month, entered.day, 15, tzinfo=UTC) + later

    found = sale(at=at, market_entered_on=entered, zone=zone)

    assert found.is_new is (day_in(at, ZoneInfo(zone)) < months_after(entered, 24))


def test_nothing_is_sold_in_a_market_before_it_is_entered() -> None:
    """The day counts, as the market's zone has it."""
    late = datetime(1998, 3, 1, 1, tzinfo=UTC)

    assert sale(at=late, zone="Asia/Shanghai").is_new
    with pytest.raises(
        InvalidValueError, match=r"^at must not be before market_entered_on, 1998-03-01 in America"
    ):
        sale(at=late, zone="America/New_York")


@pytest.mark.parametrize(
    ("make", "fields", "message"),
    [
        (lead, {"id": ""}, r"^id must not be empty"),
        (lead, {"channel": ""}, r"^channel must not be empty"),
        (lead, {"campaign": ""}, r"^campaign must not be empty"),
        (lead, {"created_at": None}, r"^created_at must be a datetime"),
        (lead, {"converted_at": NOON - HOUR}, r"^converted_at must not be before created_at, 1998"),
        (lead, {"lost_at": NOON - HOUR}, r"^lost_at must not be before created_at, 1998-06-03T12:"),
        (
            lead,
            {"converted_at": NOON, "lost_at": NOON + HOUR},
            r"^lost_at must be left out: whoever has converted is not lost as a lead \(got '1998-0",
        ),
        (contact, {"id": ""}, r"^id must not be empty"),
        (contact, {"campaign": ""}, r"^campaign must not be empty"),
        (contact, {"customer": ""}, r"^customer must not be empty"),
        (contact, {"at": None}, r"^at must be a datetime"),
        (contact, {"is_control": None}, r"^is_control must be True or False"),
        (contact, {"responded_at": NOON - HOUR}, r"^responded_at must not be before at, 1998-06-0"),
        (contact, {"margin": 5}, r"^margin must be a Money \(got 5\)"),
        (cost, {"id": ""}, r"^id must not be empty"),
        (cost, {"kind": "service"}, r"^kind must be one of CostKind.NEW_MARKETING, "),
        (cost, {"at": None}, r"^at must be a datetime"),
        (cost, {"amount": 120.5}, r"^amount must be a Money \(got 120.5\)"),
        (cost, {"customer": ""}, r"^customer must not be empty"),
        (cost, {"channel": ""}, r"^channel must not be empty"),
        (cost, {"campaign": ""}, r"^campaign must not be empty"),
        (sale, {"id": ""}, r"^id must not be empty"),
        (sale, {"market": ""}, r"^market must not be empty"),
        (sale, {"at": datetime(1998, 6, 3)}, r"^at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        (sale, {"amount": None}, r"^amount must be a Money \(got None\)"),
        (sale, {"market_entered_on": NOON}, r"^market_entered_on must be a day, not an instant"),
        (sale, {"zone": 8}, r"^zone must be the name of a time zone \(got 8\)"),
    ],
)
def test_a_record_refuses_what_it_cannot_be(
    make: Any,  # noqa: ANN401 - one of several functions
    fields: dict[str, Any],
    message: str,
) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        make(**fields)


def test_the_nearest_zone_is_suggested() -> None:
    """A slip of the pen in the name of the market's zone is answered with the zone."""
    with pytest.raises(UnknownNameError, match="did you mean 'Asia/Shanghai'"):
        sale(zone="Asia/Shangai")
