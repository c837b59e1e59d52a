"""What the customers of before bring now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.calendar import Period
from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError, MixedCurrenciesError
from crmcore.kernel import CustomerId, Money, Reason, Undefined
from crmcore.kpis import compute, kpi
from crmcore.measures import Value
from crmcore.retention import RevenueRetention, revenue_retention


def usd(**amounts: str | int) -> dict[CustomerId, Money]:
    """Return what customers bring, in dollars."""
    return {CustomerId(customer): Money(amount, "USD") for customer, amount in amounts.items()}


def test_where_revenue_goes() -> None:
    """One customer left, one brings less, one more, one the same; a new one is in no rate."""
    before = usd(ada=100, bob=50, cem=200, dee=50)
    after = usd(ada=150, cem="120.50", dee=50, eve=999)

    found = revenue_retention(before, after)

    assert str(found) == (
        "400 USD + 50 USD expansion - 79.50 USD contraction - 50 USD churned = 320.50 USD; "
        "999 USD new"
    )
    assert found.net == Fraction(641, 800)
    assert found.gross == Fraction(541, 800)
    assert found.logo_churn == Fraction(1, 4)
    counts = (found.customers, found.lost, found.contracted, found.expanded, found.newcomers)
    assert counts == (4, 1, 1, 1, 1)
    interval = found.logo_churn_interval()
    assert not isinstance(interval, Undefined)
    assert 0.25 in interval


AMOUNTS = st.dictionaries(
    st.sampled_from([CustomerId(name) for name in ("ada", "bob", "cem", "dee", "eve")]),
    st.decimals(0, 1000, places=2).map(lambda amount: Money(amount, "USD")),
    min_size=1,
)


@given(AMOUNTS, AMOUNTS)
def test_the_parts_add_up(before: dict[CustomerId, Money], after: dict[CustomerId, Money]) -> None:
    """What was there, and what was won and lost, is what is there; with the new it is all."""
    found = revenue_retention(before, after)

    closing = found.opening + found.expansion - found.contraction - found.churned
    assert closing == found.closing
    assert found.closing + found.new == sum(after.values(), Money(0, "USD"))
    if isinstance(found.net, Undefined):
        assert found.net.reason is Reason.ZERO_DENOMINATOR
    else:
        assert not isinstance(found.gross, Undefined)
        assert 0 <= found.gross <= 1
        assert found.gross <= found.net
    assert from_json(RevenueRetention, to_json(found)) == found


@given(AMOUNTS, AMOUNTS)
def test_the_order_of_customers_does_not_matter(
    before: dict[CustomerId, Money], after: dict[CustomerId, Money]
) -> None:
    """Customers told the other way round give the same."""
    turned = [dict(reversed(period.items())) for period in (before, after)]

    assert revenue_retention(before, after) == revenue_retention(*turned)


def test_nobody_before_leaves_nothing_to_keep() -> None:
    """Without revenue before there is no rate, with its reason; 0 is not being there."""
    found = revenue_retention(usd(ada=0), usd(ada=10))

    for rate in (found.net, found.gross, found.logo_churn, found.logo_churn_interval()):
        assert isinstance(rate, Undefined)
        assert rate.reason is Reason.ZERO_DENOMINATOR
        assert rate.detail.en == "no customer brought anything before"
    assert (found.new, found.newcomers) == (Money(10, "USD"), 1)


def test_amounts_that_cannot_be() -> None:
    """Two currencies, revenue below 0, floats and nothing at all are refused by name."""
    with pytest.raises(MixedCurrenciesError, match="EUR and USD"):
        revenue_retention(usd(ada=1), {CustomerId("bob"): Money(1, "EUR")})
    with pytest.raises(
        InvalidValueError, match=r"before\['ada'\] must be 0 or more \(got '-1 USD'"
    ):
        revenue_retention(usd(ada=-1), {})
    with pytest.raises(InvalidValueError, match=r"after\['ada'\] must be money, such as"):
        revenue_retention(usd(ada=1), {CustomerId("ada"): 9.9})  # type: ignore[dict-item]
    with pytest.raises(InvalidValueError, match="before must name a customer, or after must"):
        revenue_retention({}, {})
    with pytest.raises(InvalidValueError, match="after must tell by customer what each brings"):
        revenue_retention(usd(ada=1), [("ada", 1)])  # type: ignore[arg-type]


JULY = Period.month(1998, 7)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ada", "bob", "cem", "dee"]),
            st.sampled_from([6, 7]),
            st.integers(1, 28),
            st.decimals("0.01", 500, places=2),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_says_the_same_as_the_kpis(orders: list[tuple[str, int, int, Decimal]]) -> None:
    """Of the same purchases, K23 and K24 of the catalogue are the net and gross rates here."""
    purchases = [
        Purchase(
            id=PurchaseId(f"p-{i}"),
            customer=CustomerId(customer),
            at=datetime(1998, month, day, 12, tzinfo=UTC),
            amount=Money(amount, "USD"),
        )
        for i, (customer, month, day, amount) in enumerate(orders)
    ]
    paid: dict[int, dict[CustomerId, Money]] = {6: {}, 7: {}}
    for purchase in purchases:
        own = paid[purchase.at.month]
        own[purchase.customer] = own.get(purchase.customer, Money(0, "USD")) + purchase.amount
    kpis = [kpi("net_revenue_retention"), kpi("gross_revenue_retention")]

    found = revenue_retention(paid[6], paid[7])
    net, gross = compute(
        {"purchases": purchases},
        [JULY],
        as_of=date(1998, 8, 1),
        zone="UTC",
        currency="USD",
        kpis=kpis,
        begin=date(1998, 6, 1),
    )

    for series, rate, part in ((net, found.net, found.closing), (gross, found.gross, None)):
        (value,) = series.values
        if isinstance(rate, Undefined):
            assert isinstance(value, Undefined)
        else:
            assert isinstance(value, Value)
            assert value.denominator == found.opening.amount
            assert float(value.number) == pytest.approx(float(rate), rel=1e-12)
            assert part is None or value.numerator == part.amount
