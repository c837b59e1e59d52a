"""K29 to K42: a worked example for each figure, and what its definition decides at the edges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.errors import MixedCurrenciesError
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import KpiSeries, compute, kpi
from crmcore.market import CampaignContact, Cost, CostKind, Figure, Lead, MarketSale
from crmcore.measures import Value
from crmcore.surveys import Audience, SurveyAnswer

DECEMBER, JANUARY = Period.month(1997, 12), Period.month(1998, 1)
QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))
YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
LATER = date(1999, 1, 1)

# What the company has to state; each example says what it states.
STATED = {"active_days": 40, "conversion_days": 30, "campaign_days": 14}


def all_of(
    name: str,
    records: Mapping[str, Any],
    *,
    period: Period = JANUARY,
    as_of: date = LATER,
    by: object = (),
) -> tuple[KpiSeries, ...]:
    """Return a figure of some records, for each group."""
    return compute(
        records,
        (period,),
        as_of=as_of,
        zone="UTC",
        currency="EUR",
        kpis=[kpi(name)],
        parameters=STATED,
        by=by,  # type: ignore[arg-type]
    )


def one(
    name: str,
    records: Mapping[str, Any],
    *,
    period: Period = JANUARY,
    as_of: date = LATER,
) -> Value:
    """Return a figure of some records, which has a value."""
    (series,) = all_of(name, records, period=period, as_of=as_of)
    value = series.at(period)
    assert isinstance(value, Value), value
    return value


def why_not(
    name: str,
    records: Mapping[str, Any],
    *,
    period: Period = JANUARY,
    as_of: date = LATER,
) -> Undefined:
    """Return why a figure of some records has no value."""
    (series,) = all_of(name, records, period=period, as_of=as_of)
    value = series.at(period)
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


def leads(created: str, count: int, *, after: int | None = None, **more: str) -> list[Lead]:
    """Return leads of one day that converted so many days later, or never."""
    at = noon(created)
    converted = None if after is None else at + timedelta(days=after)
    return [
        Lead(id=f"l-{created}-{after}-{n}", created_at=at, converted_at=converted, **more)
        for n in range(count)
    ]


def cost(kind: CostKind, amount: int, day: str = "1998-01-10", **more: str) -> Cost:
    """Return a cost."""
    return Cost(
        id=f"k-{kind.value}-{amount}-{day}-{sorted(more.items())}",
        kind=kind,
        at=noon(day),
        amount=Money(amount, "EUR"),
        **more,  # type: ignore[arg-type]
    )


def bought(customer: str, day: str, amount: int = 10, *, channel: str | None = None) -> Purchase:
    """Return a purchase, or a refund where the amount is below 0."""
    return Purchase(
        id=PurchaseId(f"p-{customer}-{day}-{amount}"),
        customer=CustomerId(customer),
        at=noon(day),
        amount=Money(amount, "EUR"),
        refund=amount < 0,
        channel=channel,
    )


def figure(
    name: str,
    number: int | str,
    period: Period = JANUARY,
    *,
    subject: str | None = None,
    currency: str | None = "EUR",
) -> Figure:
    """Return a number from outside."""
    return Figure(
        id=f"f-{name}-{subject}-{period}",
        name=name,
        subject=subject,
        start=period.start,
        end=period.end,
        number=Decimal(number),
        currency=currency,
        source="Trade Association, yearly report",
        published_on=period.end,
    )


# K29: conversion of leads.


def test_81_of_263_leads_converted_within_their_days() -> None:
    """81 / 263 = 0.3080; Wilson's interval is that of Newcombe (1998): 0.2553 to 0.3662."""
    records = {"leads": [*leads("1998-01-10", 81, after=30), *leads("1998-01-10", 182)]}

    value = one("conversion_rate", records)

    assert parts(value) == (81, 263)
    assert value.number.quantize(Decimal("0.0001")) == Decimal("0.3080")
    assert value.interval is not None
    assert (round(value.interval.low, 4), round(value.interval.high, 4)) == (0.2553, 0.3662)


def test_a_lead_that_converts_after_its_days_has_not_converted() -> None:
    """Of 4 leads one converts on day 30 and one on day 31: 1 / 4."""
    records = {
        "leads": [
            *leads("1998-01-10", 1, after=30),
            *leads("1998-01-10", 1, after=31),
            *leads("1998-01-10", 2),
        ]
    }

    assert parts(one("conversion_rate", records)) == (1, 4)


def test_young_leads_are_left_out_even_where_they_have_converted() -> None:
    """On 15 February the 30 days of 5 January are over, those of 20 January are not: 1 / 2."""
    records = {
        "leads": [
            *leads("1998-01-05", 1, after=3),
            *leads("1998-01-05", 1),
            *leads("1998-01-20", 5, after=2),
        ]
    }

    assert parts(one("conversion_rate", records, as_of=date(1998, 2, 15))) == (1, 2)


def test_without_any_mature_lead_there_is_no_conversion_rate() -> None:
    """A cohort of which nobody can be judged yet has no value, and not 0."""
    records = {"leads": leads("1998-01-20", 5, after=2)}

    assert why_not("conversion_rate", records, as_of=date(1998, 2, 1)).reason in {
        Reason.IMMATURE,
        Reason.ZERO_DENOMINATOR,
    }


def test_the_period_form_may_be_above_one() -> None:
    """3 leads of December convert in January, in which 2 come: 3 / 2 = 1.5, and no interval."""
    records = {"leads": [*leads("1997-12-20", 3, after=15), *leads("1998-01-10", 2)]}

    value = one("conversion_flow", records)

    assert parts(value) == (3, 2)
    assert value.number == Decimal("1.5")
    assert value.interval is None


# K30 and K31: what a customer costs.

WINNING = [cost(CostKind.NEW_MARKETING, 600), cost(CostKind.SALES, 400)]
OTHER_COSTS = [
    cost(CostKind.GOODS, 5000),
    cost(CostKind.OTHER, 77),
    cost(CostKind.EXISTING_MARKETING, 60),
    cost(CostKind.SERVICE, 40),
]


def test_a_new_customer_costs_250() -> None:
    """600 of marketing and 400 of sales work over 4 new customers: 1000 / 4 = 250."""
    new = [bought(name, "1998-01-15") for name in ("ada", "bob", "cy", "dee")]
    records = {"purchases": [*new, bought("eve", "1997-12-20")], "costs": WINNING + OTHER_COSTS}

    value = one("acquisition_cost", records)

    assert parts(value) == (1000, 4)
    assert value.number == 250


def test_without_new_customers_the_reason_says_what_was_spent() -> None:
    """1000 over nobody is no number, but it was spent."""
    records = {"purchases": [bought("eve", "1997-12-20")], "costs": WINNING}

    reason = why_not("acquisition_cost", records)

    assert reason.reason is Reason.ZERO_DENOMINATOR
    assert "1000" in reason.detail.en
    assert "1000" in reason.detail.zh


def test_where_winning_takes_a_period_the_cost_is_that_of_the_one_before() -> None:
    """800 in December over 4 new customers in January: 800 / 4 = 200."""
    new = [bought(name, "1998-01-15") for name in ("ada", "bob", "cy", "dee")]
    spent = [cost(CostKind.SALES, 800, "1997-12-10"), *WINNING]

    value = one("acquisition_cost_lagged", {"purchases": new, "costs": spent})

    assert value.number == 200


def test_winning_one_costs_as_much_as_keeping_two_and_a_half() -> None:
    """1000 / 4 = 250 for a new one, 100 / 1 = 100 for the one that stayed: 250 / 100 = 2.5."""
    new = [bought(name, "1998-01-15") for name in ("ada", "bob", "cy", "dee")]
    kept = [bought("eve", "1997-12-20"), bought("eve", "1998-01-20")]
    records = {"purchases": new + kept, "costs": WINNING + OTHER_COSTS}

    assert one("acquisition_to_retention", records).number == Decimal("2.5")


def test_the_ratio_of_costs_is_undefined_where_one_of_them_is() -> None:
    """Nobody stayed, so that nothing can be said of what staying costs."""
    records = {"purchases": [bought("ada", "1998-01-15")], "costs": WINNING + OTHER_COSTS}

    assert why_not("acquisition_to_retention", records).reason is Reason.ZERO_DENOMINATOR


# K33: against the target.


def test_900_of_a_target_of_1000_is_90_percent() -> None:
    """950 sold less 50 refunded, over 1000: 0.9."""
    sold = [bought("ada", "1998-01-15", 950), bought("ada", "1998-01-20", -50)]

    value = one("sales_attainment", {"purchases": sold, "figures": [figure("sales_target", 1000)]})

    assert parts(value) == (900, 1000)
    assert value.number == Decimal("0.9")


def test_the_targets_of_months_make_that_of_the_quarter() -> None:
    """300 sold over 100 + 100 + 200 aimed at: 300 / 400 = 0.75."""
    aims = [
        figure("sales_target", number, Period.month(1998, month))
        for month, number in enumerate((100, 100, 200), start=1)
    ]
    records = {"purchases": [bought("ada", "1998-02-15", 300)], "figures": aims}

    assert parts(one("sales_attainment", records, period=QUARTER)) == (300, 400)


@pytest.mark.parametrize(
    "targets",
    [
        [figure("sales_target", 0)],
        [figure("sales_target", 12000, YEAR)],
        [figure("market_sales", 1000)],
        [],
    ],
)
def test_without_a_target_of_the_period_nothing_is_attained(targets: list[Figure]) -> None:
    """A target of 0 cannot be reached in part, and a year's target says nothing of a month."""
    records = {"purchases": [bought("ada", "1998-01-15", 900)], "figures": targets}

    assert why_not("sales_attainment", records).reason in {
        Reason.ZERO_DENOMINATOR,
        Reason.NO_DATA,
    }


def test_a_target_is_in_the_currency_of_the_sales() -> None:
    """Dollars are no target for euros, and a bare number is none for either."""
    sold = [bought("ada", "1998-01-15", 900)]
    dollars = [figure("sales_target", 1000, currency="USD")]
    bare = [figure("sales_target", 1000, currency=None)]

    with pytest.raises(MixedCurrenciesError, match="USD"):
        one("sales_attainment", {"purchases": sold, "figures": dollars})
    reason = why_not("sales_attainment", {"purchases": sold, "figures": bare})
    assert reason.reason is Reason.ZERO_DENOMINATOR


# K35 and K36: our share of the market.


def test_300_of_a_market_of_1500_is_a_fifth() -> None:
    """300 / 1500 = 0.2; an amount is no number of trials, so it carries no interval."""
    records = {
        "purchases": [bought("ada", "1998-01-15", 300)],
        "figures": [figure("market_sales", 1500), figure("sales_target", 5)],
    }

    value = one("market_share", records)

    assert parts(value) == (300, 1500)
    assert value.number == Decimal("0.2")
    assert value.interval is None


def test_from_20_to_22_percent_is_2_points() -> None:
    """200 / 1000 = 0.20 before, 330 / 1500 = 0.22 now: 0.02, which is not 10 %."""
    records = {
        "purchases": [bought("ada", "1997-12-15", 200), bought("ada", "1998-01-15", 330)],
        "figures": [figure("market_sales", 1000, DECEMBER), figure("market_sales", 1500)],
    }

    assert one("market_share_change", records).number == Decimal("0.02")


def test_without_the_market_before_there_is_no_change() -> None:
    """What is not known of December cannot be compared with January."""
    records = {
        "purchases": [bought("ada", "1997-12-15", 200), bought("ada", "1998-01-15", 330)],
        "figures": [figure("market_sales", 1500)],
    }

    assert isinstance(why_not("market_share_change", records), Undefined)


# K38: channels.


def test_each_channel_has_its_own_cost_of_selling_and_they_add_up() -> None:
    """Web 30 / 300 = 0.1, shop 50 / 100 = 0.5; together 80 / 400 = 0.2, the sum of the parts."""
    records = {
        "purchases": [
            bought("ada", "1998-01-15", 300, channel="web"),
            bought("bob", "1998-01-16", 100, channel="shop"),
        ],
        "costs": [
            cost(CostKind.NEW_MARKETING, 30, channel="web"),
            cost(CostKind.SALES, 50, channel="shop"),
            cost(CostKind.GOODS, 999, channel="web"),
        ],
    }

    found = {
        series.scope: series.at(JANUARY)
        for series in all_of("channel_cost_ratio", records, by="channel")
    }
    whole = one("channel_cost_ratio", records)

    shop, web = found[(("channel", "shop"),)], found[(("channel", "web"),)]
    assert isinstance(shop, Value)
    assert isinstance(web, Value)
    assert (web.number, shop.number, whole.number) == (
        Decimal("0.1"),
        Decimal("0.5"),
        Decimal("0.2"),
    )
    assert parts(whole) == (30 + 50, 300 + 100)


# K39: campaigns.


def contacts(
    count: int,
    *,
    control: bool = False,
    after: int | None = None,
    margin: int | None = None,
    day: str = "1998-01-10",
) -> list[CampaignContact]:
    """Return contacts of one day that were answered so many days later, or never."""
    at = noon(day)
    return [
        CampaignContact(
            id=f"c-{control}-{after}-{margin}-{day}-{n}",
            campaign="winter",
            customer=CustomerId(f"c-{control}-{after}-{margin}-{day}-{n}"),
            at=at,
            is_control=control,
            responded_at=None if after is None else at + timedelta(days=after),
            margin=None if margin is None else Money(margin, "EUR"),
        )
        for n in range(count)
    ]


def test_12_of_100_contacts_were_answered_in_time() -> None:
    """12 within 14 days, 3 later, 85 never: 12 / 100; the control group was not contacted."""
    sent = [*contacts(12, after=14), *contacts(3, after=15), *contacts(85)]
    records = {"campaign_contacts": [*sent, *contacts(50, control=True, after=1)]}

    value = one("campaign_response_rate", records)

    assert parts(value) == (12, 100)
    assert value.interval is not None


def test_contacts_whose_days_have_not_passed_are_left_out() -> None:
    """On 1 February the 14 days of 10 January are over, those of 25 January are not: 1 / 2."""
    sent = [
        *contacts(1, after=2),
        *contacts(1),
        *contacts(9, after=1, day="1998-01-25"),
    ]

    value = one("campaign_response_rate", {"campaign_contacts": sent}, as_of=date(1998, 2, 1))

    assert parts(value) == (1, 2)


CAMPAIGN = [
    cost(CostKind.NEW_MARKETING, 400, campaign="winter"),
    cost(CostKind.NEW_MARKETING, 5000),
]


def test_a_lead_of_a_campaign_costs_50() -> None:
    """400 over the 8 leads that name a campaign; 5 others came by themselves: 400 / 8 = 50."""
    came = [*leads("1998-01-12", 8, campaign="winter"), *leads("1998-01-13", 5)]

    value = one("cost_per_lead", {"costs": CAMPAIGN, "leads": came})

    assert parts(value) == (400, 8)
    assert value.number == 50


def test_a_response_costs_40() -> None:
    """400 over 10 answers, however late; what the control group did is no answer: 400 / 10."""
    sent = [*contacts(4, after=1), *contacts(6, after=90), *contacts(5, control=True, after=1)]

    value = one("cost_per_response", {"costs": CAMPAIGN, "campaign_contacts": sent})

    assert parts(value) == (400, 10)
    assert value.number == 40


@pytest.mark.parametrize("name", ["cost_per_lead", "cost_per_response"])
def test_without_an_answer_the_reason_says_what_was_spent(name: str) -> None:
    """400 over nobody is no number, but it was spent."""
    came = leads("1998-01-13", 5)
    records = {"costs": CAMPAIGN, "leads": came, "campaign_contacts": contacts(3)}

    reason = why_not(name, records)

    assert reason.reason is Reason.ZERO_DENOMINATOR
    assert "400" in reason.detail.en


def test_a_campaign_returns_what_it_brought_beyond_its_control_group() -> None:
    """3000 of 100 contacted, 1000 of a control of 50: 3000 - 1000 * 100 / 50 = 1000 more.

    Less the cost of 400, and over it: (1000 - 400) / 400 = 1.5. Those of whom nobody knows the
    margin change nothing.
    """
    sent = [
        *contacts(60, margin=50),
        *contacts(40, margin=0),
        *contacts(20, control=True, margin=50),
        *contacts(30, control=True, margin=0),
        *contacts(500),
        *contacts(7, control=True),
    ]

    value = one("return_on_campaigns", {"costs": CAMPAIGN, "campaign_contacts": sent})

    assert value.number == Decimal("1.5")


def test_a_campaign_that_brings_nothing_more_loses_its_cost() -> None:
    """As much of the contacted as of the control group: (0 - 400) / 400 = -1."""
    sent = [*contacts(10, margin=50), *contacts(5, control=True, margin=50)]

    value = one("return_on_campaigns", {"costs": CAMPAIGN, "campaign_contacts": sent})

    assert value.number == -1


@pytest.mark.parametrize("name", ["return_on_campaigns", "campaign_uplift"])
def test_without_a_control_group_nothing_is_known_to_be_incremental(name: str) -> None:
    """What would have been sold anyway nobody knows, and the reason says so."""
    sent = contacts(100, after=1, margin=50)

    reason = why_not(name, {"costs": CAMPAIGN, "campaign_contacts": sent})

    assert reason.reason is Reason.NOT_APPLICABLE
    assert "control" in reason.detail.en


def test_a_campaign_without_cost_has_no_return_on_it() -> None:
    """Nothing was spent on it, so that nothing is its multiple."""
    sent = [*contacts(10, margin=50), *contacts(5, control=True, margin=0)]

    other = [cost(CostKind.SERVICE, 70)]

    reason = why_not("return_on_campaigns", {"costs": other, "campaign_contacts": sent})

    assert reason.reason is Reason.ZERO_DENOMINATOR


def test_the_uplift_of_56_of_70_over_48_of_80_is_20_points() -> None:
    """0.8 - 0.6 = 0.2; Newcombe (1998), method 10: 0.0524 to 0.3339."""
    sent = [
        *contacts(56, after=1),
        *contacts(14),
        *contacts(48, control=True, after=1),
        *contacts(32, control=True),
    ]

    value = one("campaign_uplift", {"campaign_contacts": sent})

    assert value.number == Decimal("0.2")
    assert value.interval is not None
    assert (round(value.interval.low, 4), round(value.interval.high, 4)) == (0.0524, 0.3339)


# K40: awareness.


def answers(
    item: str,
    score: int | None,
    count: int = 1,
    *,
    audience: Audience = Audience.MARKET,
    low: int = 0,
    high: int = 1,
) -> list[SurveyAnswer]:
    """Return equal answers to one item."""
    return [
        SurveyAnswer(
            id=f"a-{item}-{audience.value}-{score}-{n}",
            survey="brand",
            wave="1998",
            item=item,
            audience=audience,
            at=noon("1998-01-12"),
            low=low,
            high=high,
            score=score,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("item", ["aided_awareness", "unaided_awareness"])
def test_30_of_100_people_of_the_market_know_the_brand(item: str) -> None:
    """30 do, 60 do not, 10 do not know whether they do: 30 / 100; customers are not asked."""
    said = [
        *answers(item, 1, 30),
        *answers(item, 0, 60),
        *answers(item, None, 10),
        *answers(item, 1, 500, audience=Audience.CUSTOMER),
    ]

    value = one(item, {"answers": said})

    assert parts(value) == (30, 100)
    assert value.number == Decimal("0.3")
    assert value.interval is not None


def test_named_first_is_named() -> None:
    """5 name the brand first (2), 10 later (1), 35 not at all (0): 15 / 50 = 0.3."""
    said = [
        *answers("unaided_awareness", 2, 5, high=2),
        *answers("unaided_awareness", 1, 10, high=2),
        *answers("unaided_awareness", 0, 35, high=2),
    ]

    assert parts(one("unaided_awareness", {"answers": said})) == (15, 50)


@pytest.mark.parametrize("item", ["aided_awareness", "unaided_awareness"])
def test_no_may_be_1_and_yes_2(item: str) -> None:
    """On a scale of 1 to 2 the lower point is no: 3 of 10 know the brand, and not all of them."""
    said = [*answers(item, 2, 3, low=1, high=2), *answers(item, 1, 7, low=1, high=2)]

    assert parts(one(item, {"answers": said})) == (3, 10)


def test_whom_nobody_asked_is_not_unaware() -> None:
    """Customers only were asked: of the market nothing is known, and not that it is unaware."""
    said = answers("aided_awareness", 1, 5, audience=Audience.CUSTOMER)

    assert why_not("aided_awareness", {"answers": said}).reason is Reason.ZERO_DENOMINATOR


# K41: new markets.


def sale(market: str, amount: int, entered: str, day: str = "1998-01-15") -> MarketSale:
    """Return a sale in a market."""
    return MarketSale(
        id=f"m-{market}-{amount}-{day}",
        market=market,
        at=noon(day),
        amount=Money(amount, "EUR"),
        market_entered_on=date.fromisoformat(entered),
    )


MARKETS = [
    sale("north", 700, "1990-05-01"),
    sale("south", 200, "1997-01-01"),
    sale("south", 60, "1997-01-01"),
    sale("east", 40, "1996-01-20"),
    sale("east", 100, "1996-01-20", "1998-01-20"),
]


def test_300_of_1100_were_sold_in_new_markets() -> None:
    """South 200 + 60; east 40 on the 15th, and 100 when it has turned 24 months: 300 / 1100."""
    value = one("new_market_share", {"market_sales": MARKETS})

    assert parts(value) == (300, 1100)


def test_two_new_markets_were_served() -> None:
    """South counts once, for two sales; east was still new once; north is old."""
    assert one("new_markets", {"market_sales": MARKETS}).number == 2


def test_without_sales_no_share_of_them_is_new() -> None:
    """0 of nothing is not 0 %; but the number of new markets is a real 0."""
    records = {"market_sales": [sale("south", 200, "1997-01-01", "1997-12-15")]}

    assert why_not("new_market_share", records).reason is Reason.ZERO_DENOMINATOR
    assert one("new_markets", records).number == 0


# K42: the others.

PEERS = [
    figure("peer_index", 65, Period.month(1997, 6), subject="acme", currency=None),
    figure("peer_index", 80, Period.month(1997, 6), subject="bolt", currency=None),
    figure("peer_index", 72, Period.month(1997, 12), subject="bolt", currency=None),
    figure("peer_index", 60, Period.month(1997, 12), subject="core", currency=None),
    figure("peer_index", 99, Period.month(1998, 6), subject="core", currency=None),
]
OWN = [
    *answers("overall", 4, 3, audience=Audience.CUSTOMER, high=5),
    *answers("overall", 2, 1, audience=Audience.CUSTOMER, high=5),
]


def test_the_best_competitor_is_2_points_ahead() -> None:
    """Own: (3 * 80 + 40) / 4 = 70; the latest by January are 65, 72 and 60: 70 - 72 = -2.

    That bolt had 80 in June, and that core will have 99, changes nothing.
    """
    value = one("gap_to_best", {"answers": OWN, "figures": PEERS})

    assert value.number == -2


def test_the_median_competitor_is_5_points_behind() -> None:
    """The median of 65, 72 and 60 is 65: 70 - 65 = 5."""
    assert one("gap_to_median", {"answers": OWN, "figures": PEERS}).number == 5


@pytest.mark.parametrize("missing", ["answers", "figures"])
def test_there_is_no_gap_without_both_ends(missing: str) -> None:
    """Without answers of our own, or without figures of others, nothing can be compared."""
    records = {"answers": OWN, "figures": PEERS, missing: []}

    assert isinstance(why_not("gap_to_best", records), Undefined)
