"""Collecting trails."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.customers import Customer
from crmcore.errors import MixedCurrenciesError, UnknownNameError
from crmcore.features import CustomerFeatures, collect
from crmcore.kernel import CustomerId, Money

NORTHWIND, TAILSPIN = CustomerId("northwind"), CustomerId("tailspin")
_number = itertools.count(1)


def bought(
    at: datetime,
    amount: str = "20.00",
    *,
    by: CustomerId = NORTHWIND,
    refund: bool = False,
    currency: str = "USD",
) -> Purchase:
    """Return a purchase, or a refund, with a new id."""
    return Purchase(
        id=PurchaseId(f"p-{next(_number)}"),
        customer=by,
        at=at,
        amount=Money(Decimal(amount), currency),
        refund=refund,
    )


def contacted(at: datetime, *, by: CustomerId = NORTHWIND) -> Interaction:
    """Return a call with a new id."""
    return Interaction(
        id=InteractionId(f"i-{next(_number)}"),
        customer=by,
        at=at,
        channel=Channel.CALL,
        direction=Direction.INBOUND,
    )


def noon(year: int, month: int, day: int) -> datetime:
    """Return noon in UTC."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def test_several_purchases_on_one_day_are_one_occasion() -> None:
    """Who buys three times a day has come once, and has paid three times."""
    purchases = [bought(noon(1998, 3, 2), "10.00"), bought(noon(1998, 3, 2), "5.50")]

    trail = collect([*purchases, bought(noon(1998, 3, 2), "0")], zone="UTC", currency="USD")

    features = trail[NORTHWIND].at(date(1998, 3, 3))
    assert (features.frequency, features.spend) == (1, Decimal("15.50"))
    assert trail[NORTHWIND].purchases_between(date(1998, 3, 2), date(1998, 3, 3)) == 3


def test_the_day_is_that_of_the_zone() -> None:
    """Half past eleven in the evening in New York is the next day in UTC, and counts as evening."""
    late = [bought(datetime(1998, 1, 2, 4, 30, tzinfo=UTC))]

    in_new_york = collect(late, zone="America/New_York", currency="USD")[NORTHWIND]
    in_utc = collect(late, zone="UTC", currency="USD")[NORTHWIND]

    assert (in_new_york.first_day, in_utc.first_day) == (date(1998, 1, 1), date(1998, 1, 2))


ZONES = st.sampled_from(
    [
        "America/New_York",
        "America/St_Johns",  # clocks changed one minute after midnight
        "Asia/Kathmandu",  # a quarter of an hour off
        "Australia/Lord_Howe",  # changes by half an hour
        "Europe/Amsterdam",  # off by odd seconds before 1937
        "Pacific/Apia",  # left out a whole day
        "America/Havana",  # changes at midnight
    ]
)


@given(
    ZONES,
    st.lists(
        st.datetimes(datetime(1920, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone comes with timezones=
        min_size=1,
        max_size=20,
    ),
    st.lists(st.integers(0, 7200), min_size=4, max_size=4),
)
@example("America/St_Johns", [datetime(1997, 10, 26, 2, 30, tzinfo=UTC)], [0, 60, 61, 3660])
@example("Pacific/Apia", [datetime(2011, 12, 30, 9, 0, tzinfo=UTC)], [0, 3599, 3600, 7200])
def test_every_instant_falls_on_the_day_that_the_zone_says(
    zone: str, instants: list[datetime], seconds: list[int]
) -> None:
    """The days that are looked up by the hour are those that the zone itself would tell."""
    close = [at + timedelta(seconds=later) for at in instants for later in seconds]

    trail = collect([bought(at) for at in close], zone=zone, currency="USD")[NORTHWIND]

    expected = sorted({at.astimezone(ZoneInfo(zone)).date() for at in close})
    assert [date.fromordinal(day) for day in trail.occasions] == expected


def test_a_refund_lowers_the_spend_and_is_no_occasion() -> None:
    """Money that went back is gone from the day on which it went, and nobody came for it."""
    trail = collect(
        [
            bought(noon(1998, 3, 2), "50.00"),
            bought(noon(1998, 3, 2), "-5.00", refund=True),
            bought(noon(1998, 3, 9), "-20.00", refund=True),
        ],
        zone="UTC",
        currency="USD",
    )[NORTHWIND]

    before, after = trail.at(date(1998, 3, 9)), trail.at(date(1998, 3, 10))

    assert (before.spend, before.frequency) == (Decimal("45.00"), 1)
    assert (after.spend, after.frequency) == (Decimal("25.00"), 1)
    assert after.last_purchase == date(1998, 3, 2)
    assert trail.spend_between(date(1998, 3, 9), date(1998, 3, 10)) == Decimal("-20.00")


def test_only_refunds_leave_no_occasion_and_no_mean() -> None:
    """A customer who only ever got money back has a negative spend and never bought."""
    trail = collect([bought(noon(1998, 3, 2), "-5.00", refund=True)], zone="UTC", currency="USD")

    features = trail[NORTHWIND].at(date(1998, 4, 1))

    assert (features.frequency, features.spend) == (0, Decimal("-5.00"))
    assert (features.mean_spend, features.first_purchase) == (None, None)
    assert trail[NORTHWIND].first_day is None


def test_customers_come_in_order_of_their_ids_with_and_without_purchases() -> None:
    """Who has only been called, or is only known, has a trail as well."""
    trails = collect(
        [bought(noon(1998, 3, 2), by=TAILSPIN)],
        zone="UTC",
        currency="USD",
        interactions=[contacted(noon(1998, 3, 1), by=CustomerId("fabrikam"))],
        customers=[Customer(id=NORTHWIND, name="Northwind", known_since=date(1998, 2, 1))],
    )

    assert list(trails) == ["fabrikam", "northwind", "tailspin"]
    assert trails[NORTHWIND].at(date(1998, 3, 1)) == CustomerFeatures(
        customer=NORTHWIND, as_of=date(1998, 3, 1), known_days=28
    )


@given(st.data())
def test_order_does_not_matter(data: st.DataObject) -> None:
    """The same purchases, refunds and contacts in another order give the same trails."""
    hours = st.integers(0, 24 * 9).map(
        lambda h: datetime(1998, 3, 1, tzinfo=UTC) + timedelta(0, 3600 * h)
    )
    who = st.sampled_from([NORTHWIND, TAILSPIN])
    amounts = st.decimals(0, 100, places=2).map(str)
    purchases = data.draw(
        st.lists(st.builds(lambda at, amount, by: bought(at, amount, by=by), hours, amounts, who))
    )
    refunds = data.draw(
        st.lists(
            st.builds(lambda at, amount: bought(at, f"-{amount}", refund=True), hours, amounts)
        )
    )
    calls = data.draw(st.lists(st.builds(contacted, hours)))
    everything = purchases + refunds

    straight = collect(everything, zone="Asia/Shanghai", currency="USD", interactions=calls)
    turned = collect(
        data.draw(st.permutations(everything)),
        zone="Asia/Shanghai",
        currency="USD",
        interactions=data.draw(st.permutations(calls)),
    )

    assert repr(straight) == repr(turned)


def test_a_stream_is_enough() -> None:
    """Purchases may come from a generator that can be read only once."""
    stream = (bought(noon(1998, 3, day)) for day in (1, 2, 3))

    trail = collect(stream, zone="UTC", currency="USD")[NORTHWIND]

    assert trail.at(date(1998, 4, 1)).frequency == 3


def test_amounts_are_summed_exactly() -> None:
    """A cent is not lost beside a sum that has more digits than the caller's context."""
    purchases = [bought(noon(1998, 3, day), amount) for day, amount in enumerate(HUGE, start=1)]

    trail = collect(purchases, zone="UTC", currency="USD")[NORTHWIND]

    assert str(trail.at(date(1998, 4, 1)).spend) == "1000000000000000000000000000.03"


HUGE = ("999999999999999999999999999.99", "0.01", "0.03")


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_another_currency_is_refused_with_both_codes(currency: str) -> None:
    """Amounts in two currencies have no sum."""
    purchases = [bought(noon(1998, 3, 1)), bought(noon(1998, 3, 2), "5", currency=currency)]

    with pytest.raises(MixedCurrenciesError, match=f"USD and {currency}"):
        collect(purchases, zone="UTC", currency="USD")


@pytest.mark.parametrize(
    ("zone", "currency", "message"),
    [
        ("Europe/Berlyn", "EUR", r"time zone 'Europe/Berlyn'; did you mean 'Europe/Berlin'\?"),
        ("Europe/Berlin", "EUX", "unknown currency 'EUX'"),
    ],
)
def test_an_unknown_zone_or_currency_is_refused(zone: str, currency: str, message: str) -> None:
    """A name that does not exist is refused before anything is read, with the nearest one."""
    with pytest.raises(UnknownNameError, match=message):
        collect([], zone=zone, currency=currency)


def naive(
    purchases: Iterable[Purchase], day: Callable[[Purchase], date], as_of: date
) -> CustomerFeatures:
    """Compute the features of one customer the slow way, from the definition of each."""
    past = [p for p in purchases if day(p) < as_of]
    days = sorted({day(p) for p in past if not p.refund})

    def spend(first: int, last: int) -> Decimal:
        return sum(
            (p.amount.amount for p in past if first <= (as_of - day(p)).days <= last), Decimal(0)
        )

    recent, earlier = spend(1, 30), spend(31, 60)
    return CustomerFeatures(
        customer=NORTHWIND,
        as_of=as_of,
        first_purchase=days[0] if days else None,
        last_purchase=days[-1] if days else None,
        days_since_last=(as_of - days[-1]).days if days else None,
        age_days=(as_of - days[0]).days if days else None,
        frequency=len(days),
        recent_frequency=sum((as_of - d).days <= 30 for d in days),
        spend=spend(1, 10_000),
        mean_spend=spend(1, 10_000) / len(days) if days else None,
        recent_spend=recent,
        earlier_spend=earlier,
        trend=recent / earlier - 1 if earlier > 0 else None,
    )


@pytest.mark.parametrize("seed", range(20))
def test_features_are_what_their_definitions_say(seed: int) -> None:
    """On any day of a random quarter the trail says what a slow count over all purchases says."""
    chance = random.Random(seed)  # noqa: S311 - made-up purchases
    purchases = [
        bought(
            datetime(1998, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(130_000)),
            f"{'-' if refund else ''}{chance.randrange(3000) / 100:.2f}",
            refund=refund,
        )
        for refund in chance.choices([False, True], [5, 1], k=12)
    ]
    trail = collect(purchases, zone="Europe/Lisbon", currency="USD")[NORTHWIND]
    lisbon = ZoneInfo("Europe/Lisbon")

    for days in range(0, 160, 3):
        as_of = date(1997, 12, 31) + timedelta(days=days)

        assert trail.at(as_of, window_days=30) == naive(
            purchases, lambda p: p.at.astimezone(lisbon).date(), as_of
        )


def test_a_zone_is_given_by_name_or_itself() -> None:
    """The name of the zone will do, and so will the zone."""
    purchases = [bought(noon(1998, 1, 5))]
    name = "America/New_York"

    by_name, itself = (
        collect(purchases, zone=zone, currency="USD") for zone in (name, ZoneInfo(name))
    )

    assert by_name == itself
