"""Counting while records pass: dimensions, versions, parameters, sources, and what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Channel, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.activities import Direction as Way
from crmcore.calendar import Period, WorkCalendar
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import CustomerId, Money, Phrase, Reason, Undefined
from crmcore.kpis import (
    CATALOGUE,
    PARAMETERS,
    Direction,
    Kpi,
    KpiGroup,
    KpiId,
    KpiSeries,
    KpiTally,
    Source,
    Unit,
    compute,
    value_over,
)
from crmcore.market import Figure
from crmcore.measures import Count, Derived, Duration, Measure, Ratio, Stock, Sum, Value
from crmcore.service import ServiceRequest
from crmcore.surveys import Audience, SurveyAnswer

JANUARY, FEBRUARY, MARCH = (Period.month(1998, month) for month in (1, 2, 3))
MONTHS = (JANUARY, FEBRUARY, MARCH)
LATER = date(1999, 1, 1)
TERMS: dict[str, Any] = {"as_of": LATER, "zone": "UTC", "currency": "EUR"}
ADDITIVE = ("new_customers", "sales", "orders")


def purchase(
    customer: str,
    day: date,
    amount: int = 10,
    channel: str | None = None,
    number: int = 0,
    *,
    currency: str = "EUR",
) -> Purchase:
    """Return a purchase at noon in Greenwich."""
    return Purchase(
        id=PurchaseId(f"{customer} {day} {number}"),
        customer=CustomerId(customer),
        at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
        amount=Money(amount, currency),
        refund=amount < 0,
        channel=channel,
    )


def own(measure: Measure, **fields: Any) -> Kpi:  # noqa: ANN401 - fields of several types
    """Return a definition of one's own."""
    usual: dict[str, Any] = {
        "id": KpiId("ours"),
        "code": "X1",
        "name": Phrase("ours", "自有指标"),
        "group": KpiGroup.SALES,
        "unit": Unit.COUNT,
        "direction": Direction.HIGHER,
        "measure": measure,
        "numerator": Phrase("what is above", "分子"),
        "definition": Phrase("What we count.", "我们的统计。"),
        "source": "our own",
    }
    return Kpi(**(usual | fields))


def numbers(series: KpiSeries) -> list[Decimal | Reason]:
    """Return the numbers of a series, or the reasons for none."""
    return [v.reason if isinstance(v, Undefined) else v.number for v in series.values]


BOUGHT = [
    purchase("ada", date(1998, 1, 5), 10, "web"),
    purchase("bob", date(1998, 1, 9), 20, "shop"),
    purchase("ada", date(1998, 2, 5), 40, "shop"),
    purchase("cy", date(1998, 2, 6), 80),
    purchase("cy", date(1998, 2, 7), -5),
]


# Dimensions.


def test_a_kpi_has_a_series_for_each_group() -> None:
    """Groups come by their values, and whatever has none comes last."""
    found = compute({"purchases": BOUGHT}, MONTHS, kpis=["sales"], by="channel", **TERMS)

    assert [one.scope for one in found] == [
        (("channel", "shop"),),
        (("channel", "web"),),
        (("channel", None),),
    ]
    assert [numbers(one) for one in found] == [[20, 40, 0], [10, 0, 0], [0, 75, 0]]


def test_the_first_purchase_decides_whose_new_customer_it_is() -> None:
    """Ada came through the web, and is no new customer of the shop."""
    found = compute({"purchases": BOUGHT}, MONTHS, kpis=["new_customers"], by="channel", **TERMS)

    assert [numbers(one) for one in found] == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bob", "cy"]),
        st.integers(0, 89).map(lambda days: date(1998, 1, 1) + timedelta(days=days)),
        st.integers(-5, 20),
        st.sampled_from(["web", "shop", None]),
    ),
    max_size=15,
)


def purchases(rows: Iterable[tuple[str, date, int, str | None]]) -> list[Purchase]:
    """Return purchases, each with an id of its own."""
    return [purchase(*row, number) for number, row in enumerate(rows)]


@given(ROWS)
def test_groups_add_up_to_the_whole(rows: list[tuple[str, date, int, str | None]]) -> None:
    """Of what adds up, all groups together have what the whole has."""
    bought = {"purchases": purchases(rows)}
    whole = compute(bought, MONTHS, kpis=ADDITIVE, **TERMS)

    parts = compute(bought, MONTHS, kpis=ADDITIVE, by="channel", **TERMS)

    for total in whole:
        groups = [one for one in parts if one.kpi is total.kpi]
        for period, value in zip(total.periods, total.values, strict=True):
            found = [group.at(period) for group in groups]
            if isinstance(value, Value):
                assert sum(each.number for each in found if isinstance(each, Value)) == value.number


@given(ROWS, st.integers(0, 15))
def test_parts_merge_into_the_whole(
    rows: list[tuple[str, date, int, str | None]], cut: int
) -> None:
    """Counting in two parts, and record by record, is counting at once."""
    bought = purchases(rows)
    terms: dict[str, Any] = {"zone": "UTC", "currency": "EUR", "by": "channel"}
    names = ("retention_rate", "repeat_rate", *ADDITIVE)
    first, second, single = (KpiTally(names, **terms) for _ in range(3))
    first.add_all(bought[:cut], "purchases")
    second.add_all(bought[cut:], "purchases")
    for each in bought:
        single.add(each, "purchases")

    first.merge(second)

    at_once = compute({"purchases": bought}, MONTHS, kpis=names, by="channel", **TERMS)
    assert first.series(MONTHS, as_of=LATER) == at_once
    assert single.series(MONTHS, as_of=LATER) == at_once


def test_a_tally_goes_on_after_it_was_asked() -> None:
    """Another day costs a day: what was counted is kept, and survives being written down."""
    tally = KpiTally(["sales"], zone="UTC", currency="EUR", by="channel")
    passed = list(tally.passing(iter(BOUGHT[:2]), "purchases"))
    before = tally.series(MONTHS, as_of=LATER, by=())

    tally = pickle.loads(pickle.dumps(tally))  # noqa: S301 - made here
    tally.add_all(BOUGHT[2:], "purchases")

    assert passed == BOUGHT[:2]
    assert numbers(before[0]) == [30, 0, 0]
    assert [numbers(one) for one in tally.series(MONTHS, as_of=LATER, by=())] == [[30, 115, 0]]
    assert len(tally.series(MONTHS, as_of=LATER, by="channel", kpis="K32")) == 3
    assert repr(tally) == "<KpiTally of 1 KPIs by channel>"


def test_a_dimension_is_told_by_a_function_or_by_source() -> None:
    """What the records do not tell themselves, the caller does; days are words too."""
    found = compute(
        {"purchases": BOUGHT},
        [JANUARY],
        kpis=["orders"],
        by={"kind": {"purchases": "channel"}, "day": lambda each: each.at.date()},
        **TERMS,
    )

    assert [one.scope for one in found][:2] == [
        (("kind", "shop"), ("day", "1998-01-09")),
        (("kind", "shop"), ("day", "1998-02-05")),
    ]
    assert str(found[0]).startswith("orders, kind shop, day 1998-01-09\n")
    assert repr(found[0]).startswith("<KpiSeries of orders, kind shop, day 1998-01-09, 1998-01")


def test_all_that_the_records_can_answer_is_answered() -> None:
    """Without a choice, each KPI of the catalogue that the records and dimensions can tell."""
    every = compute({"purchases": BOUGHT}, MONTHS, **TERMS)
    by_channel = compute({"purchases": BOUGHT}, MONTHS, by="channel", **TERMS)
    asked = {each.id for each in CATALOGUE if each.measure.sources == {"purchases"}}

    assert {one.kpi.id for one in every} == asked
    assert {one.kpi.id for one in by_channel} == asked


@pytest.mark.parametrize(
    ("by", "error", "match"),
    [
        ("chanel", UnknownNameError, "unknown dimension 'chanel'; did you mean 'channel'"),
        ({"team": {"purchase": "x"}}, UnknownNameError, "unknown source 'purchase'; did you mean"),
        ({"team": {"requests": "team"}}, InvalidValueError, "by must be told by the purchases"),
    ],
)
def test_an_unknown_dimension_is_refused(by: Any, error: type[Exception], match: str) -> None:  # noqa: ANN401
    """A slip of the pen is answered with the name that was meant."""
    with pytest.raises(error, match=match):
        compute({"purchases": BOUGHT}, MONTHS, kpis=["sales"], by=by, **TERMS)


def test_what_a_dimension_says_of_further_records_is_left_alone() -> None:
    """Teams are told once for all kinds of records, whichever of them a KPI counts."""
    by = {"team": {"purchases": "channel", "requests": "team"}}

    found = compute({"purchases": BOUGHT}, MONTHS, kpis="sales", by=by, **TERMS)

    told = compute({"purchases": BOUGHT}, MONTHS, kpis="sales", by={"team": "channel"}, **TERMS)
    assert found == told


def test_a_kpi_that_a_dimension_does_not_part_is_refused() -> None:
    """Nobody knows the quantity of an interaction, so contacts cannot be told apart by it."""
    contacts = own(Ratio(Count(source="interactions"), Count(source="purchases")), denominator=OURS)

    with pytest.raises(InvalidValueError, match="be told by the interactions that X1 ours counts"):
        compute({"purchases": BOUGHT}, MONTHS, kpis=[contacts], by="quantity", **TERMS)


OURS = Phrase("what is below", "分母")


# Sources.


def test_what_the_records_do_not_tell_has_no_data() -> None:
    """A KPI that was asked for, and whose records were not handed in, says so."""
    contacts = own(Count(source="interactions"))

    (found,) = compute({"purchases": BOUGHT}, MONTHS, kpis=[contacts], **TERMS)

    assert set(found.values) == {Undefined(Reason.NO_DATA)}
    assert "no interactions at all" in str(found.values[0])


def test_nothing_is_a_zero_where_the_records_are_known_to_begin() -> None:
    """No complaint at all is none among two orders, if complaints were written down by then."""
    complaints = own(Ratio(Count(source="complaints"), Count(source="purchases")), denominator=OURS)
    records = {"purchases": BOUGHT, "complaints": []}

    (unknown,) = compute(records, [JANUARY], kpis=[complaints], **TERMS)
    (known,) = compute(
        records, [JANUARY], kpis=[complaints], begin={"complaints": date(1998, 1, 1)}, **TERMS
    )
    (both,) = compute(records, MONTHS, kpis=[complaints], begin=date(1998, 2, 1), **TERMS)

    assert numbers(unknown) == [Reason.NO_DATA]
    assert numbers(known) == [0]
    assert numbers(both)[:2] == [Reason.NO_DATA, 0]
    with pytest.raises(UnknownNameError, match="unknown source 'complaint'; did you mean"):
        compute(records, MONTHS, begin={"complaint": date(1998, 1, 1)}, **TERMS)
    with pytest.raises(InvalidValueError, match="begin must be a date"):
        compute(records, MONTHS, begin="1998-01-01", **TERMS)  # type: ignore[arg-type]


def test_records_of_a_kind_that_nobody_counts_just_pass() -> None:
    """They may be there for other KPIs."""
    seen: list[tuple[int, int | None, str]] = []

    (found,) = compute(
        {"purchases": BOUGHT, "interactions": [object()]},
        MONTHS,
        kpis=["orders"],
        progress=lambda done, total, what: seen.append((done, total, what.en)),
        **TERMS,
    )

    assert numbers(found) == [2, 2, 0]
    assert seen == [
        (1, None, "reading interactions"),
        (1, 1, "reading interactions"),
        (5, None, "reading purchases"),
        (5, 5, "reading purchases"),
    ]


def test_an_unknown_kind_of_records_is_refused() -> None:
    """A misspelt kind would be left out in silence."""
    tally = KpiTally(["sales"], zone="UTC", currency="EUR")

    with pytest.raises(UnknownNameError, match="unknown source 'purchase'; did you mean 'purchas"):
        compute({"purchase": BOUGHT}, MONTHS, **TERMS)
    with pytest.raises(UnknownNameError, match="unknown source 'purchase'"):
        tally.add(BOUGHT[0], "purchase")
    with pytest.raises(UnknownNameError, match="unknown source 'purchase'"):
        KpiTally([own(Count(source="purchase"))], zone="UTC", currency="EUR")


def test_records_of_ones_own_are_counted_too() -> None:
    """A company may measure what the library knows nothing of; some may have no day."""

    @attrs.frozen
    class Visit:
        on: date | None
        shop: str

    visits = [Visit(date(1998, 1, 3), "north"), Visit(None, "south"), Visit(date(1998, 2, 3), "")]
    mine = {"visits": Source(record=Visit, day="on", name=Phrase("visits", "到访"))}

    (found,) = compute(
        {"visits": visits}, MONTHS, kpis=[own(Count(source="visits"))], sources=mine, **TERMS
    )

    assert numbers(found) == [1, 1, 0]


def test_records_may_be_mappings() -> None:
    """What comes from a file or a table needs no class of its own; some of it has no day."""
    rows = [{"at": date(1998, 1, 3), "seats": 2}, {"at": None, "seats": 9}, {"seats": 9}]
    source = Source(record=dict, day="at", name=Phrase("tables", "桌位"))

    (found,) = compute(
        {"tables": rows},
        [JANUARY],
        kpis=[own(Sum("seats", source="tables"))],
        sources={"tables": source},
        **TERMS,
    )

    assert numbers(found) == [2]


def test_records_without_a_day_have_no_beginning() -> None:
    """Who lasts, as members do, was there before the records were written."""
    days = {"on": date(1997, 1, 1), "until": None}
    source = Source(record=dict, day=None, name=Phrase("machines", "设备"))
    (found,) = compute(
        {"machines": [days]},
        MONTHS,
        kpis=[own(Stock("on", "until", source="machines"))],
        sources={"machines": source},
        **TERMS,
    )

    assert numbers(found) == [1, 1, 1]


def test_several_currencies_are_refused_with_both_codes() -> None:
    """Euros and dollars do not add up, and a figure in dollars is none in euros."""
    dollars = purchase("dee", date(1998, 2, 8), currency="USD")
    figure = Figure(
        id="f-1",
        name="market_sales",
        start=date(1998, 1, 1),
        end=date(1998, 2, 1),
        number=Decimal(9),
        currency="USD",
        source="chamber of commerce",
        published_on=date(1998, 3, 1),
    )
    target = own(Sum("number", source="figures"))

    for records in ([*BOUGHT, dollars], [dollars]):
        with pytest.raises(MixedCurrenciesError, match=r"EUR.*USD|USD.*EUR"):
            compute({"purchases": records}, MONTHS, kpis=["sales"], **TERMS)
    with pytest.raises(MixedCurrenciesError, match=r"EUR.*USD"):
        compute({"figures": [figure]}, MONTHS, kpis=[target], **TERMS)


# What the company states.


def test_what_is_not_stated_is_taken_from_the_parameters() -> None:
    """The default stands in the definition, so that nobody has to look it up."""
    (found,) = compute({"purchases": BOUGHT}, MONTHS, kpis=["churn_rate"], **TERMS)

    assert found.stated == (("active_days", 180),)
    assert found.stated_days == PARAMETERS["active_days"].default == 180
    assert found.definition.en.endswith("The stated number of days is 180.")


def test_a_parameter_of_ones_own_has_to_be_stated() -> None:
    """The library ships no default for what it does not know."""
    doubled = own(Derived("scaled", (Sum("quantity", source="purchases"),), (("factor", "sizes"),)))

    (found,) = compute(
        {"purchases": BOUGHT}, [JANUARY], kpis=[doubled], parameters={"sizes": 2}, **TERMS
    )

    assert numbers(found) == [4]
    assert found.stated_days is None
    assert found.definition.en == "What we count. Stated: sizes, 2."
    assert found.definition.zh == "我们的统计。规定：sizes，2。"
    with pytest.raises(InvalidValueError, match="parameters must state sizes, which has no"):
        compute({"purchases": BOUGHT}, [JANUARY], kpis=[doubled], **TERMS)


def test_a_rate_that_was_stated_is_told_in_words() -> None:
    """What is no number of days is told by its name."""
    measure = Sum("quantity", source="purchases")
    worth = own(Derived("scaled", (measure,), (("factor", "discount_rate"),)))

    (found,) = compute(
        {"purchases": BOUGHT},
        [JANUARY],
        kpis=[worth],
        parameters={"discount_rate": Decimal("0.5")},
        **TERMS,
    )

    assert numbers(found) == [1]
    assert "by how much money of the next period is worth less, 0.5." in found.definition.en


@pytest.mark.parametrize(
    ("stated", "error", "match"),
    [
        ({"activ_days": 3}, UnknownNameError, "unknown parameter 'activ_days'; did you mean 'act"),
        (
            {"active_days": 0},
            InvalidValueError,
            "active_days must be a whole number from 1 to",
        ),
        ({"active_days": Decimal(3)}, InvalidValueError, "active_days must be a whole number"),
        ({"active_days": True}, InvalidValueError, "active_days must be a whole number"),
        ({"discount_rate": "0.1"}, InvalidValueError, "discount_rate must be a decimal from 0"),
        ({"discount_rate": 11}, InvalidValueError, "discount_rate must be a decimal from 0 to 10"),
    ],
)
def test_a_parameter_out_of_bounds_is_refused(
    stated: dict[str, Any], error: type[Exception], match: str
) -> None:
    """Absurd numbers are slips, and an unknown name would be left out in silence."""
    with pytest.raises(error, match=match):
        compute({"purchases": BOUGHT}, MONTHS, kpis=["sales"], parameters=stated, **TERMS)


def test_a_function_of_ones_own_is_handed_in() -> None:
    """A definition names it, and the caller says what it does."""
    squared = own(Derived("squared", (Count(source="purchases"),)))

    (found,) = compute(
        {"purchases": BOUGHT},
        [JANUARY],
        kpis=[squared],
        functions={"squared": lambda values, _: values[0].number ** 2},
        **TERMS,
    )

    assert numbers(found) == [4]


def request(number: int, opened: datetime, hours: int) -> ServiceRequest:
    """Return a request that was solved after so many hours."""
    return ServiceRequest(
        id=f"r-{number}",
        customer=CustomerId("ada"),
        opened_at=opened,
        solved_at=opened + timedelta(hours=hours),
    )


def test_without_a_calendar_every_hour_counts() -> None:
    """From Friday afternoon to Monday morning are 66 hours, of which 4 are working hours."""
    friday = datetime(1998, 1, 2, 15, tzinfo=UTC)
    waiting = own(
        Duration("opened_at", "solved_at", calendar="service", source="requests"), unit=Unit.HOURS
    )
    hours = WorkCalendar.working_days("09:00-17:00", zone="UTC")
    records = {"requests": [request(1, friday, 66)]}

    (around,) = compute(records, [JANUARY], kpis=[waiting], **TERMS)
    (working,) = compute(records, [JANUARY], kpis=[waiting], calendars={"service": hours}, **TERMS)

    assert [numbers(one) for one in (around, working)] == [[66], [2]]
    assert "Every hour counts, because no calendar 'service'" in around.definition.en
    assert "按全天24小时计算" in around.definition.zh
    assert working.definition == waiting.definition


# Versions.


def versions() -> tuple[Kpi, Kpi]:
    """Return a definition that changes in February: refunds are orders no longer."""
    before = own(Count(source="purchases"))
    after = attrs.evolve(
        before,
        measure=Count(F.refund.is_false(), source="purchases"),
        version="2",
        since=date(1998, 2, 1),
    )
    return before, after


def test_an_old_period_keeps_its_definition() -> None:
    """January is told by what held on its first day, and says so; February by the new one."""
    before, after = versions()
    records = {"purchases": [*BOUGHT, purchase("bob", date(1998, 1, 30), -3)]}

    (found,) = compute(records, MONTHS, kpis=[after, before], **TERMS)

    assert numbers(found) == [3, 2, 0]
    assert [getattr(value, "version", None) for value in found.values] == ["1", "2", "2"]
    assert (found.kpi, found.former) == (after, (before,))
    assert [found.definition_in(month) for month in MONTHS] == [before, after, after]


def test_before_the_first_definition_there_is_no_value() -> None:
    """What nobody has defined yet does not apply."""
    _, after = versions()

    (found,) = compute({"purchases": BOUGHT}, MONTHS, kpis=[after], **TERMS)
    (never,) = compute({"purchases": BOUGHT}, [JANUARY], kpis=[after], **TERMS)

    assert numbers(found) == [Reason.NOT_APPLICABLE, 2, 0]
    assert "ours was first defined after 1998-01-01" in str(found.values[0])
    assert numbers(never) == [Reason.NOT_APPLICABLE]
    assert never.definition_in(JANUARY) is after


def test_what_was_defined_anew_is_not_summed_across() -> None:
    """A quarter with two definitions has no sum."""
    (found,) = compute({"purchases": BOUGHT}, MONTHS, kpis=versions(), **TERMS)

    with pytest.raises(InvalidValueError, match="lie within one definition of ours, not within 1"):
        value_over(found, Period(date(1998, 1, 1), date(1998, 4, 1)))
    assert isinstance(value_over(found, Period(date(1998, 2, 1), date(1998, 4, 1))), Value)


def test_two_definitions_at_once_are_refused() -> None:
    """Which of them holds would hang on their order."""
    before, after = versions()
    shown: dict[str, Any] = {"zone": "UTC", "currency": "EUR"}

    with pytest.raises(
        InvalidValueError, match="since must differ between two definitions of ours"
    ):
        KpiTally([before, attrs.evolve(after, since=None)], **shown)
    with pytest.raises(InvalidValueError, match="version must differ between the definitions of"):
        KpiTally([before, attrs.evolve(after, version="1")], **shown)
    with pytest.raises(InvalidValueError, match="kpis must name at least one KPI"):
        KpiTally([], **shown)


# How few are enough.


def test_a_number_that_rests_on_too_few_is_not_shown() -> None:
    """Two orders of at least three are too few; a count of nothing is a count."""
    three = own(Sum("quantity", source="purchases"), smallest=3)

    (found,) = compute({"purchases": BOUGHT}, MONTHS, kpis=[three], **TERMS)

    assert numbers(found) == [Reason.TOO_FEW, 3, Reason.TOO_FEW]
    assert "2 of at least 3" in str(found.values[0])


# Criteria about customers.


def test_a_criterion_needs_records_about_customers() -> None:
    """A figure of records that tell no customer does not apply to some customers."""
    figures = own(Count(source="figures"))
    everybody = {CustomerId(name): {"vip": name == "ada"} for name in ("ada", "bob", "cy")}

    found = compute(
        {"purchases": BOUGHT, "figures": []},
        MONTHS,
        kpis=["orders", figures],
        where=F.vip.is_true(),
        customers=everybody,
        **TERMS,
    )

    assert [numbers(one) for one in found] == [[1, 1, 0], [Reason.NOT_APPLICABLE] * 3]
    assert "figures from outside tell no customer" in str(found[1].values[0])
    with pytest.raises(InvalidValueError, match="customers must be given, because a criterion"):
        KpiTally(["sales"], zone="UTC", currency="EUR", where=F.vip.is_true())


def test_who_is_no_customer_does_not_count_among_customers() -> None:
    """Members answer surveys too; a criterion about customers passes them over."""
    said = own(Count(source="answers"))
    answers = [
        SurveyAnswer(
            id=person,
            survey="s",
            wave="1",
            item="overall",
            audience=audience,
            respondent=person,
            at=datetime(1998, 1, 5, tzinfo=UTC),
            low=1,
            high=5,
            score=4,
        )
        for person, audience in (("ada", Audience.CUSTOMER), ("wei", Audience.MEMBER))
    ]

    (found,) = compute(
        {"answers": answers},
        [JANUARY],
        kpis=[said],
        where=F.vip.is_true(),
        customers={CustomerId("ada"): {"vip": True}},
        **TERMS,
    )

    assert numbers(found) == [1]


def test_features_are_read_from_purchases_and_interactions() -> None:
    """Where no customers are handed in, what they did tells who counts."""
    met = Interaction(
        id=InteractionId("i-1"),
        customer=CustomerId("bob"),
        at=datetime(1998, 1, 7, 12, tzinfo=UTC),
        channel=Channel.CALL,
        direction=Way.INBOUND,
    )

    stranger = attrs.evolve(
        request(1, datetime(1998, 1, 8, tzinfo=UTC), 3), customer=CustomerId("eve")
    )

    orders, requests = compute(
        {"purchases": iter(BOUGHT), "interactions": iter([met]), "requests": [stranger]},
        MONTHS,
        kpis=["orders", own(Count(source="requests"))],
        where=F.contacts > 0,
        **TERMS,
    )

    assert numbers(orders) == [1, 0, 0]
    assert numbers(requests) == [0, 0, 0]


# Merging and asking what was not counted.


def test_what_was_not_counted_cannot_be_asked_or_merged() -> None:
    """Another KPI, another dimension, and a tally on other terms are refused."""
    tally = KpiTally(["sales"], zone="UTC", currency="EUR", by="channel")

    with pytest.raises(UnknownNameError, match="unknown KPI 'orders'"):
        tally.series(MONTHS, as_of=LATER, kpis=["orders"])
    with pytest.raises(UnknownNameError, match="unknown dimension 'team'"):
        tally.series(MONTHS, as_of=LATER, by=["team"])
    with pytest.raises(InvalidValueError, match="other must count the same KPIs on the same terms"):
        tally.merge(KpiTally(["orders"], zone="UTC", currency="EUR", by="channel"))
