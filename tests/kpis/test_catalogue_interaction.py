"""K50 to K54: a worked example for each figure, and what its definition decides at the edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import attrs
import pytest

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.market import Cost, CostKind
from crmcore.measures import Value
from crmcore.service import Outcome
from crmcore.surveys import Invitation, InvitationKind

JANUARY = Period.month(1998, 1)
LATER = date(1999, 1, 1)


def found(name: str, **records: Iterable[object]) -> Value | Undefined:
    """Return a figure of some records in January; an order keeps active for 40 days."""
    given: Mapping[str, Iterable[object]] = {
        "purchases": (),
        "costs": (),
        "interactions": (),
        "outcomes": (),
        "invitations": (),
        **records,
    }
    (series,) = compute(
        given,
        (JANUARY,),
        as_of=LATER,
        zone="UTC",
        currency="EUR",
        kpis=[kpi(name)],
        parameters={"active_days": 40},
    )
    return series.at(JANUARY)


def one(name: str, **records: Iterable[object]) -> Value:
    """Return a figure of some records in January, which has a value."""
    value = found(name, **records)
    assert isinstance(value, Value), value
    return value


def why_not(name: str, **records: Iterable[object]) -> Undefined:
    """Return why a figure of some records in January has no value."""
    value = found(name, **records)
    assert isinstance(value, Undefined), value
    return value


def parts(value: Value) -> tuple[int, int]:
    """Return what stands above and below the line: whole numbers, in these examples."""
    above, below = value.numerator, value.denominator
    assert above is not None
    assert below is not None
    assert above == int(above)
    assert below == int(below)
    return int(above), int(below)


def noon(day: str) -> datetime:
    """Return noon of a day in Greenwich."""
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


def bought(customer: str, day: str, amount: int = 10) -> Purchase:
    """Return a purchase, or a refund where the amount is below 0."""
    return Purchase(
        id=PurchaseId(f"p-{customer}-{day}-{amount}"),
        customer=CustomerId(customer),
        at=noon(day),
        amount=Money(amount, "EUR"),
        refund=amount < 0,
    )


def cost(kind: CostKind, amount: int, customer: str | None = None) -> Cost:
    """Return a cost of January."""
    return Cost(
        id=f"k-{kind.value}-{amount}-{customer}",
        kind=kind,
        at=noon("1998-01-10"),
        amount=Money(amount, "EUR"),
        customer=None if customer is None else CustomerId(customer),
    )


def contact(number: int, direction: Direction, customer: str = "ada") -> Interaction:
    """Return a call."""
    return Interaction(
        id=InteractionId(f"i-{direction.value}-{number}"),
        customer=CustomerId(customer),
        at=noon("1998-01-12"),
        channel=Channel.CALL,
        direction=direction,
    )


# Ada, Bob and Cy are active at the start of January; Ada and Bob at its end, and Dee, who is new.
ORDERS = [
    bought("ada", "1997-12-20", 100),
    bought("bob", "1997-12-20", 100),
    bought("cy", "1997-12-20", 100),
    bought("ada", "1998-01-20", 300),
    bought("bob", "1998-01-20", 200),
    bought("bob", "1998-01-25", -50),
    bought("dee", "1998-01-20", 999),
]

# K50: contacts.

CONTACTS = [
    *(contact(number, Direction.OUTBOUND) for number in range(4)),
    *(contact(number, Direction.INBOUND, "cy") for number in range(2)),
]


@pytest.mark.parametrize(
    ("name", "contacts", "frequency"),
    [
        ("contact_frequency", 6, "2"),
        ("outward_contact_frequency", 4, "1.333"),
        ("inward_contact_frequency", 2, "0.667"),
    ],
)
def test_3_active_customers_have_6_contacts(name: str, contacts: int, frequency: str) -> None:
    """4 by us and 2 by Cy, who has left, over the 3 who are active at the end: 6 / 3 = 2."""
    value = one(name, purchases=ORDERS, interactions=CONTACTS)

    assert parts(value) == (contacts, 3)
    assert round(value.number, 3) == Decimal(frequency)


def test_the_frequencies_of_all_channels_add_up() -> None:
    """3 calls and 1 visit over 2 active customers: 1.5 and 0.5, which make 4 / 2 = 2."""
    orders = [bought("ada", "1998-01-20"), bought("bob", "1998-01-20")]
    contacts = [
        *(contact(number, Direction.INBOUND) for number in range(3)),
        attrs.evolve(contact(4, Direction.OUTBOUND), channel=Channel.VISIT),
    ]
    names = [f"{channel.value}_frequency" for channel in Channel]

    shares = {name: one(name, purchases=orders, interactions=contacts).number for name in names}

    assert shares["call_frequency"] == Decimal("1.5")
    assert shares["visit_frequency"] == Decimal("0.5")
    assert sum(shares.values()) == 2
    assert one("contact_frequency", purchases=orders, interactions=contacts).number == 2


def test_nobody_to_speak_with_is_no_frequency() -> None:
    """Contacts without any active customer are no number of contacts for each."""
    long_ago = [bought("ada", "1997-06-20")]

    reason = why_not("contact_frequency", purchases=long_ago, interactions=CONTACTS)

    assert reason.reason is Reason.ZERO_DENOMINATOR


# K51: participation.


def invited(
    customer: str, kind: InvitationKind, *, came: bool = False, name: str = "spring"
) -> Invitation:
    """Return an invitation of January, taken up in February or not at all."""
    return Invitation(
        id=f"v-{customer}-{kind.value}-{name}",
        kind=kind,
        name=name,
        customer=CustomerId(customer),
        at=noon("1998-01-10"),
        took_part_at=noon("1998-02-10") if came else None,
    )


INVITATIONS = [
    invited("ada", InvitationKind.SURVEY, came=True),
    invited("ada", InvitationKind.EVENT),
    invited("ada", InvitationKind.EVENT, name="autumn", came=True),
    invited("bob", InvitationKind.SURVEY),
    invited("bob", InvitationKind.TRIAL, came=True),
    invited("cy", InvitationKind.SURVEY),
    invited("cy", InvitationKind.EVENT),
    invited("dee", InvitationKind.EVENT),
]


@pytest.mark.parametrize(
    ("name", "took_part", "asked"),
    [
        ("participation", 2, 4),
        ("survey_participation", 1, 3),
        ("event_participation", 1, 3),
        ("trial_participation", 1, 1),
    ],
)
def test_2_of_4_customers_took_part_in_something(name: str, took_part: int, asked: int) -> None:
    """Ada came twice and Bob once, Cy and Dee never: 2 / 4 persons, not 3 / 8 invitations."""
    value = one(name, invitations=INVITATIONS)

    assert parts(value) == (took_part, asked)
    assert value.interval is not None


def test_where_nobody_was_invited_nobody_stayed_away() -> None:
    """Without invitations there is no participation, and not one of 0."""
    assert why_not("participation").reason is Reason.NO_DATA


# K52 and K53: what care costs and brings.

COSTS = [
    cost(CostKind.EXISTING_MARKETING, 60),
    cost(CostKind.SERVICE, 40),
    cost(CostKind.NEW_MARKETING, 5000),
    cost(CostKind.SALES, 5000),
    cost(CostKind.OTHER, 5000),
    cost(CostKind.GOODS, 150, "ada"),
    cost(CostKind.GOODS, 50, "bob"),
    cost(CostKind.GOODS, 400, "dee"),
    cost(CostKind.GOODS, 7000),
]


def test_keeping_a_customer_costs_50() -> None:
    """60 of marketing and 40 of service over Ada and Bob, who stayed: 100 / 2 = 50."""
    value = one("relationship_cost", purchases=ORDERS, costs=COSTS)

    assert parts(value) == (100, 2)
    assert value.number == 50


def test_where_nobody_stayed_the_reason_says_what_was_spent() -> None:
    """100 over nobody is no number, but it was spent."""
    reason = why_not("relationship_cost", purchases=[bought("dee", "1998-01-20")], costs=COSTS)

    assert reason.reason is Reason.ZERO_DENOMINATOR
    assert "100" in reason.detail.en


def test_care_brings_two_and_a_half_times_its_cost() -> None:
    """Ada 300 - 150 and Bob 200 - 50 - 50, who were kept: 250 over 60 + 40: 2.5.

    Dee, who is new, and goods for nobody in particular do not count.
    """
    value = one("care_benefit", purchases=ORDERS, costs=COSTS)

    assert parts(value) == (250, 100)
    assert value.number == Decimal("2.5")


def test_care_that_costs_nothing_has_no_multiple() -> None:
    """250 over nothing is no number."""
    goods = [cost(CostKind.GOODS, 150, "ada")]

    reason = why_not("care_benefit", purchases=ORDERS, costs=goods)

    assert reason.reason is Reason.ZERO_DENOMINATOR


# K54: success.


def agreed(customer: str, due: str, met: str | None = None) -> Outcome:
    """Return an outcome that was agreed with a customer."""
    return Outcome(
        id=f"o-{customer}-{due}-{met}",
        customer=CustomerId(customer),
        due_at=noon(due),
        met_at=None if met is None else noon(met),
    )


OUTCOMES = [
    agreed("ada", "1998-01-10", "1998-01-10"),
    agreed("ada", "1998-01-20", "1997-12-01"),
    agreed("bob", "1998-01-10", "1998-01-09"),
    agreed("bob", "1998-01-20"),
    agreed("cy", "1998-01-10", "1998-01-11"),
    agreed("eve", "1998-01-10", "1998-01-05"),
    agreed("eve", "1998-02-10"),
]


def test_2_of_4_customers_met_all_that_was_due() -> None:
    """Ada met both, Bob one of two, Cy a day late, Eve the one that was due: 2 / 4 = 0.5.

    Dee, with whom nothing was agreed, is no failure and no success.
    """
    value = one("success_rate", outcomes=OUTCOMES, purchases=ORDERS)

    assert parts(value) == (2, 4)
    assert value.number == Decimal("0.5")
    assert value.interval is not None
    assert value.interval.low < 0.5 < value.interval.high


def test_without_outcomes_due_there_is_no_success() -> None:
    """Nobody failed, nobody succeeded: there is no value."""
    before = [agreed("ada", "1997-12-10", "1997-12-01")]

    assert why_not("success_rate", outcomes=before).reason is Reason.ZERO_DENOMINATOR


def test_the_success_rate_speaks_of_2_of_3_active_customers() -> None:
    """Of Ada, Bob and Dee, who are active at the end, Ada and Bob had something due: 2 / 3."""
    value = one("success_coverage", outcomes=OUTCOMES, purchases=ORDERS)

    assert parts(value) == (2, 3)
    assert value.interval is not None
