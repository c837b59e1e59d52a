"""Summaries of streams of purchases."""

from __future__ import annotations

import pickle
import tracemalloc
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import cycle, islice
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.durations import DAY, WEEK, TimeUnit
from crmcore.errors import CrmError, InvalidValueError, MixedCurrenciesError
from crmcore.histories import Histories, OccasionTally, PurchaseHistory, Refunds, summarize
from crmcore.kernel import CustomerId, Money, Phrase
from tests.value import cdnow

AS_OF = date(1997, 9, 30)
ZONE = "America/New_York"
BEGIN = datetime(1997, 9, 1, tzinfo=UTC)

# Amounts of two, none, three and very many digits, and one that no 64 bits hold.
AMOUNTS = st.sampled_from(
    ["0", "9.90", "100", "0.125", "0.000000000000000000000000000001", "90000000000000000000.01"]
)


@st.composite
def purchases(draw: st.DrawFn, *, refunds: bool = True) -> list[Purchase]:
    """Purchases and refunds of few customers on few days, around local midnights too."""
    made = []
    for number in range(draw(st.integers(0, 14))):
        is_refund = refunds and draw(st.integers(0, 3)) == 0
        amount = Decimal(draw(AMOUNTS))
        made.append(
            Purchase(
                id=PurchaseId(f"P{number}"),
                customer=CustomerId(draw(st.sampled_from(["ada", "bob", "eve"]))),
                at=BEGIN + timedelta(hours=draw(st.integers(0, 29 * 24))),
                amount=Money(-amount if is_refund else amount, "USD"),
                refund=is_refund,
            )
        )
    return made


def by_hand(found: Sequence[Purchase], refunds: Refunds, unit: TimeUnit) -> list[PurchaseHistory]:
    """Summarise with the plainest words there are."""
    zone = ZoneInfo(ZONE)
    histories = []
    for customer in sorted({purchase.customer for purchase in found}):
        own = [purchase for purchase in found if purchase.customer == customer]
        days: dict[date, Fraction] = defaultdict(Fraction)
        back: dict[date, Fraction] = defaultdict(Fraction)
        for purchase in own:
            side = back if purchase.refund else days
            side[purchase.at.astimezone(zone).date()] += Fraction(purchase.amount.amount)
        if not days:
            continue
        first, *later = sorted(days)
        mean = None
        if later:
            spend = sum((days[day] for day in later), Fraction(0))
            if refunds is Refunds.NET:
                spend += sum((back[day] for day in back if day >= later[0]), Fraction(0))
            mean = float(max(spend, Fraction(0)) / len(later))
        histories.append(
            PurchaseHistory(
                customer=customer,
                frequency=len(later),
                last_purchase_age=(max(days) - first).days / unit.days,
                age=(AS_OF - first).days / unit.days,
                mean_spend=mean,
                unit=unit,
                as_of=AS_OF,
                currency="USD",
            )
        )
    return histories


def bought(
    at: str | date, amount: str = "9.90", *, customer: str = "ada", currency: str = "USD"
) -> Purchase:
    """Return a purchase on a day, at noon, or a refund if the amount is below 0."""
    day = at if isinstance(at, date) else date.fromisoformat(at)
    return Purchase(
        id=PurchaseId(f"{customer}-{day}-{amount}"),
        customer=CustomerId(customer),
        at=datetime(day.year, day.month, day.day, 16, tzinfo=UTC),
        amount=Money(amount, currency),
        refund=amount.startswith("-"),
    )


def only(*found: Purchase, **options: Any) -> PurchaseHistory:  # noqa: ANN401
    """Return the history of the only customer."""
    settings: dict[str, Any] = {"as_of": AS_OF, "unit": DAY, "zone": ZONE}
    [history] = summarize(found, **settings | options)
    return history


@given(purchases(), st.sampled_from([Refunds.NET, Refunds.DROP]), st.sampled_from(TimeUnit))
def test_it_says_what_a_hand_says(found: list[Purchase], refunds: Refunds, unit: TimeUnit) -> None:
    """Occasions, ages and exact means are those that one counts by hand, floats to the bit."""
    histories = summarize(found, as_of=AS_OF, unit=unit, zone=ZONE, refunds=refunds)

    assert list(histories) == by_hand(found, refunds, unit)


@given(st.data(), purchases())
def test_the_order_does_not_matter(data: st.DataObject, found: list[Purchase]) -> None:
    """The same purchases in another order, or from a stream, are the same histories."""
    turned = data.draw(st.permutations(found))

    once = summarize(found, as_of=AS_OF, unit=WEEK, zone=ZONE)
    again = summarize(iter(turned), as_of=AS_OF, unit=WEEK, zone=ZoneInfo(ZONE))

    assert once == again


@given(st.data(), purchases())
def test_streams_counted_apart_merge_to_one(data: st.DataObject, found: list[Purchase]) -> None:
    """However purchases are dealt out to tallies, and in whichever order these are merged."""
    parts = data.draw(st.lists(st.integers(0, 2), min_size=len(found), max_size=len(found)))
    tallies = [OccasionTally(as_of=AS_OF, zone=ZONE) for _ in range(3)]
    for part, purchase in zip(parts, found, strict=True):
        tallies[part].add(purchase)
    first, second, third = data.draw(st.permutations(tallies))
    held = second.histories(WEEK)

    first.merge(pickle.loads(pickle.dumps(second)))  # noqa: S301 - our own bytes
    first.merge(third)

    assert first.histories(WEEK) == summarize(found, as_of=AS_OF, unit=WEEK, zone=ZONE)
    assert second.histories(WEEK) == held
    assert list(first.trails()) == [
        tuple(sorted({p.at.astimezone(ZoneInfo(ZONE)).toordinal() for p in of if not p.refund}))
        for customer in held_customers(found)
        if (of := [p for p in found if p.customer == customer])
    ]


def held_customers(found: Sequence[Purchase]) -> list[str]:
    """Return those who have bought, sorted."""
    return sorted({purchase.customer for purchase in found if not purchase.refund})


def test_the_published_summary_of_cdnow_comes_out() -> None:
    """2,357 customers, 946 of them with repeats, 2,457 repeats, ages up to 38.86 weeks."""
    histories = summarize(
        cdnow.purchases(), as_of=cdnow.CALIBRATION_END, unit=WEEK, zone=ZONE, later="drop"
    )

    assert histories == cdnow.calibration()
    assert (len(histories), sum(histories.frequency)) == (2_357, 2_457)
    assert sum(map(bool, histories.frequency)) == 946
    assert round(max(histories.age), 2) == 38.86


def in_weeks() -> Iterator[tuple[int, float, float]]:
    """Yield frequency and ages in weeks of the calibration of CDNOW."""
    histories = summarize(
        cdnow.purchases(), as_of=cdnow.CALIBRATION_END, unit=WEEK, zone=ZONE, later="drop"
    )
    return zip(histories.frequency, histories.last_purchase_age, histories.age, strict=True)


def test_lifetimes_says_the_same_of_cdnow() -> None:
    """The published summary in weeks, and that of the peer in days of the whole sample."""
    with warnings.catch_warnings():  # it uses what its own ground calls outdated
        warnings.simplefilter("ignore")
        import pandas as pd  # noqa: PLC0415 - it warns when it is imported
        from lifetimes.datasets import load_cdnow_summary  # noqa: PLC0415
        from lifetimes.utils import summary_data_from_transaction_data  # noqa: PLC0415

        published = load_cdnow_summary()
        frame = pd.DataFrame(cdnow.rows(), columns=["customer", "day", "cds", "dollars"])
        frame["dollars"] = frame["dollars"].astype(float)
        theirs = summary_data_from_transaction_data(
            frame, "customer", "day", "dollars", observation_period_end=cdnow.HOLDOUT_END
        ).sort_index()

    ours = summarize(cdnow.purchases(), as_of=cdnow.HOLDOUT_END, unit=DAY, zone=ZONE)
    rows = sorted((x, round(t_x, 2), round(age, 2)) for x, t_x, age in in_weeks())

    assert rows == sorted(published[["frequency", "recency", "T"]].itertuples(index=False))
    assert list(theirs.index) == list(ours.customers or ())
    assert list(theirs["frequency"]) == list(ours.frequency)
    assert list(theirs["recency"]) == list(ours.last_purchase_age)
    assert list(theirs["T"]) == list(ours.age)
    assert list(theirs["monetary_value"]) == pytest.approx(
        [each.mean_spend or 0.0 for each in ours]
    )


def test_a_day_is_one_occasion() -> None:
    """Three purchases on two days are one repeat, whose spend is the sum of its day."""
    history = only(bought("1997-09-01"), bought("1997-09-11", "10"), bought("1997-09-11", "5.50"))

    assert (history.frequency, history.last_purchase_age, history.age) == (1, 10, 29)
    assert history.mean_spend == 15.5


def test_the_last_day_counts_and_makes_age_0() -> None:
    """Who came on the last day has been a customer for no time yet."""
    history = only(bought(AS_OF))

    assert (history.frequency, history.last_purchase_age, history.age) == (0, 0, 0)
    assert history.mean_spend is None


def test_the_zone_tells_the_day() -> None:
    """Two purchases at 3 and 5 in the morning of UTC are one occasion there and two in New York."""
    night = [
        Purchase(
            id=PurchaseId(f"P{hour}"),
            customer=CustomerId("ada"),
            at=datetime(1997, 9, 2, hour, tzinfo=UTC),
            amount=Money("9.90", "USD"),
        )
        for hour in (3, 5)
    ]

    assert only(*night, zone="UTC").frequency == 0
    assert only(*night, zone="America/New_York").frequency == 1


def test_a_purchase_of_nothing_is_an_occasion() -> None:
    """0 dollars were paid, and somebody came."""
    history = only(bought("1997-09-01"), bought("1997-09-02", "0"))

    assert (history.frequency, history.mean_spend) == (1, 0)


@pytest.mark.parametrize(
    ("amounts", "spend"),
    [
        ({"01": "50", "05": "30", "06": "-10"}, 20),  # of the repeat
        ({"01": "50", "05": "30", "05b": "-10"}, 20),  # on its day
        ({"01": "50", "02": "-10", "05": "30"}, 30),  # of the first
        ({"01": "50", "01b": "-10", "05": "30"}, 30),  # on the first day
        ({"01": "-10", "02": "50", "05": "30"}, 30),  # of what was bought before
        ({"01": "50", "05": "30", "09": "20", "10": "-10"}, 20),  # of either repeat
        ({"01": "50", "05": "30", "06": "-40"}, 0),  # of the first as well
        ({"01": "50", "05": "30", "06": "-30", "07": "-1"}, 0),  # all of it
        ({"01": "50", "06": "-40"}, None),  # no repeat
    ],
)
def test_a_refund_concerns_the_occasion_before(
    amounts: dict[str, str], spend: float | None
) -> None:
    """What follows a repeat is taken off the repeats, down to 0; the rest is not."""
    found = [bought(f"1997-09-{day[:2]}", amount) for day, amount in amounts.items()]

    for turned in (found, found[::-1]):
        assert only(*turned).mean_spend == spend


def test_refunds_may_be_left_out_or_refused() -> None:
    """The policy is an enumeration or its word."""
    found = [bought("1997-09-01"), bought("1997-09-05", "30"), bought("1997-09-06", "-10")]
    late = bought("1997-09-07", "-5")

    assert only(*found, refunds="drop").mean_spend == 30
    assert only(*found, refunds=Refunds.NET).mean_spend == 20
    with pytest.raises(
        InvalidValueError,
        match=r"purchases must be no refunds unless refunds='net' or 'drop'; 2 are at fault, the "
        r"first at 1997-09-06T16:00:00\+00:00 \(got 'ada-1997-09-06--10'\)",
    ):
        only(late, *found, refunds="error")


def test_who_had_nothing_but_refunds_has_no_history() -> None:
    """Nobody knows when such a customer began."""
    found = [bought("1997-09-01"), bought("1997-09-05", "-1", customer="bob")]

    assert only(*found).customer == "ada"
    assert len(summarize(found[1:], as_of=AS_OF, unit=DAY, zone=ZONE)) == 0


def test_later_purchases_are_an_error_unless_they_are_dropped() -> None:
    """They are counted, and the first of them is named, in whichever order they come."""
    found = [bought("1997-10-05"), bought("1997-09-01"), bought("1997-10-01")]

    assert only(*found, later="drop").frequency == 0
    with pytest.raises(
        InvalidValueError,
        match=r"purchases must lie on days up to 1997-09-30 unless later='drop'; 2 are at fault, "
        r"the first at 1997-10-01T16:00:00\+00:00 \(got 'ada-1997-10-01-9.90'\)",
    ):
        only(*found)
    with pytest.raises(InvalidValueError, match="1 is at fault"):
        only(*found[1:])


def test_two_currencies_are_refused() -> None:
    """Within a stream, and between streams that are merged."""
    dollars, euros = bought("1997-09-01"), bought("1997-09-02", currency="EUR")
    ours, theirs = (OccasionTally(as_of=AS_OF, zone=ZONE) for _ in range(2))
    ours.add(dollars)
    theirs.add(euros)

    with pytest.raises(MixedCurrenciesError, match="cannot put EUR and USD together"):
        only(dollars, euros)
    with pytest.raises(MixedCurrenciesError, match="cannot put USD and EUR together"):
        ours.merge(theirs)


@pytest.mark.parametrize("other", [{"customer": "ada"}, ("ada", "1997-09-01"), None])
def test_what_is_no_purchase_is_refused(other: object) -> None:
    """It is told by its type, and not by the attribute that it lacks."""
    found = cast("Purchase", other)
    message = rf"purchases must hold .*activities\.Purchase \(got '{type(other).__name__}'\)"

    with pytest.raises(InvalidValueError, match=message):
        only(bought("1997-09-01"), found)
    with pytest.raises(InvalidValueError, match=message):
        OccasionTally(as_of=AS_OF, zone=ZONE).add(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"as_of": datetime(1997, 9, 30, tzinfo=UTC)}, "as_of must be a day, not an instant"),
        ({"unit": "week"}, r"unit must be one of TimeUnit\.DAY"),
        ({"zone": "America/New_Yrok"}, "did you mean 'America/New_York'"),
        ({"refunds": "nett"}, "unknown treatment of refunds 'nett'; did you mean 'net'"),
        ({"refunds": None}, "unknown treatment of refunds 'None'"),
        ({"later": "keep"}, "later must be 'error' or 'drop'"),
    ],
)
def test_what_is_no_setting_is_refused(options: dict[str, Any], message: str) -> None:
    """Each by its name."""
    with pytest.raises(CrmError, match=message):
        only(bought("1997-09-01"), **options)


@pytest.mark.parametrize(
    "options",
    [{"as_of": date(1997, 9, 29)}, {"zone": "UTC"}, {"refunds": "drop"}, {"later": "drop"}],
)
def test_tallies_of_other_settings_do_not_merge(options: dict[str, Any]) -> None:
    """Days, zones and what is done with refunds have to be the same."""
    whole: dict[str, Any] = {"as_of": AS_OF, "zone": ZONE}
    tally = OccasionTally(**whole)

    with pytest.raises(InvalidValueError, match="other must count up to the same day"):
        tally.merge(OccasionTally(**whole | options))
    with pytest.raises(InvalidValueError, match="other must count up to the same day"):
        tally.merge("tally")  # type: ignore[arg-type]


def test_a_merge_takes_over_what_is_refused() -> None:
    """What one stream must not hold, both must not."""
    ours, theirs = (OccasionTally(as_of=AS_OF, zone=ZONE, refunds="error") for _ in range(2))
    ours.add_all([bought("1997-10-07"), bought("1997-09-01")])
    theirs.add_all([bought("1997-10-02"), bought("1997-10-03")])
    ours.merge(theirs)

    with pytest.raises(InvalidValueError, match="3 are at fault, the first at 1997-10-02"):
        ours.histories(DAY)
    theirs.add(bought("1997-09-07", "-1"))
    ours.merge(theirs)
    with pytest.raises(InvalidValueError, match=r"be no refunds .* 1 is at fault"):
        ours.histories(DAY)


def test_money_is_exact_in_any_context() -> None:
    """Sums and means do not depend on the digits that a caller works with."""
    found = [bought("1997-09-01"), *(bought(f"1997-09-{day:02}", "0.10") for day in range(2, 12))]

    with localcontext(Context(prec=2)):
        history = only(*found, bought("1997-09-12", "123456.70"))

    assert history.mean_spend == float(Fraction(1234577, 110))


@given(st.lists(AMOUNTS, min_size=2, max_size=9), st.integers(0, 8))
@example(["0.125", "9.90"], 1)
def test_finer_and_larger_amounts_may_come_at_any_time(amounts: list[str], cut: int) -> None:
    """The unit becomes finer, and the columns wider, without anything being lost."""
    found = [bought(date(1997, 9, 1 + day), amount) for day, amount in enumerate(amounts)]
    found.append(bought("1997-09-30", "-0.0625"))
    ours, theirs = (OccasionTally(as_of=AS_OF, zone=ZONE) for _ in range(2))
    ours.add_all(found[:cut])
    theirs.add_all(found[cut:])

    ours.merge(theirs)

    assert list(ours.histories(DAY)) == by_hand(found, Refunds.NET, DAY)


def test_amounts_that_never_come_again_are_forgotten() -> None:
    """33,000 different amounts add up as well as any."""
    amounts = [f"{cents // 100}.{cents % 100:02}" for cents in range(33_000)]
    found = [bought("1997-09-01", "5"), *(bought("1997-09-02", amount) for amount in amounts)]

    assert only(*found).mean_spend == sum(range(33_000)) / 100


def test_a_day_of_long_ago_harms_nobody() -> None:
    """A row of the year 1, which somebody's system wrote, costs a column and no more."""
    found = [bought("1997-09-01"), bought(date(1, 1, 2), customer="bob"), bought("1997-09-05")]

    histories = summarize(found, as_of=AS_OF, unit=DAY, zone=ZONE)

    assert list(histories.age) == [29, (AS_OF - date(1, 1, 2)).days]
    assert list(histories.last_purchase_age) == [4, 0]


def test_no_purchases_make_no_histories() -> None:
    """An empty stream is one too."""
    histories = summarize([], as_of=AS_OF, unit=WEEK, zone=ZONE)

    assert len(histories) == 0
    assert histories == Histories.from_columns(
        frequency=[], last_purchase_age=[], age=[], unit=WEEK, mean_spend=[], customers=[],
        as_of=AS_OF,
    )  # fmt: skip


def test_it_reports_how_far_it_has_come() -> None:
    """A list tells its length, a stream does not, and both are told in two languages."""
    heard: list[tuple[int, int | None, Phrase]] = []
    found = [bought("1997-09-01")] * 5_000

    only(*found, progress=lambda *told: heard.append(told))
    summarize(
        iter(found), as_of=AS_OF, unit=DAY, zone=ZONE, progress=lambda *told: heard.append(told)
    )

    told = Phrase("purchases counted", "已统计购买记录")
    assert heard == [
        (5_000, 5_000, told),
        (4_096, None, told),
        (5_000, None, told),
    ]


@pytest.mark.once
def test_memory_grows_with_customers_and_not_with_purchases() -> None:
    """Ten times the purchases of the same customers take no more memory."""
    found = [
        bought(date(1997, 1, 1) + timedelta(days=day), customer=f"c-{day % 10}")
        for day in range(270)
    ]

    def peak(count: int) -> int:
        tracemalloc.start()
        summarize(islice(cycle(found), count), as_of=AS_OF, unit=WEEK, zone=ZONE)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(12_000)  # the days of the zone are found once

    assert peak(60_000) < 1.1 * peak(12_000)
