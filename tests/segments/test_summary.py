"""Summaries of segments, tiers and stages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, Reason, Undefined
from crmcore.segments import GroupSummary, summarize

NAMES = ["champions", "regulars", "gone"]


def customer(
    segment: str | None, *, spend: int = 0, days: int | None = None, tier: str | None = None
) -> CustomerFeatures:
    """Return a judged customer."""
    return CustomerFeatures(
        customer=CustomerId("ada"),
        as_of=date(1998, 7, 1),
        spend=Decimal(spend),
        days_since_last=days,
        segment=segment,
        tier=tier,
    )


def test_a_row_tells_count_shares_and_recency() -> None:
    """Each group has its count, its spend, its shares and its mean recency."""
    rows = summarize(
        [
            customer("champions", spend=300, days=10),
            customer("champions", spend=300, days=20),
            customer("gone", spend=200, days=400),
            customer(None),
        ]
    )

    assert rows[0] == GroupSummary(
        name="champions",
        count=2,
        share=Decimal("0.5"),
        spend=Decimal(600),
        spend_share=Decimal("0.75"),
        mean_recency=Decimal(15),
    )
    assert [row.name for row in rows] == ["champions", "gone", None]
    assert rows[2].mean_recency == Undefined(Reason.ZERO_DENOMINATOR)


def test_stated_groups_have_rows_in_their_order() -> None:
    """Groups that are asked for come first, in their order, even if nobody is in them."""
    rows = summarize([customer("zebra"), customer("gone"), customer("ant")], names=NAMES)

    assert [row.name for row in rows] == [*NAMES, "ant", "zebra"]
    assert rows[0].count == 0


def test_tiers_are_summed_up_alike() -> None:
    """The verdict that groups the customers is stated."""
    rows = summarize([customer("gone", tier="gold"), customer("gone", tier="silver")], by="tier")

    assert [row.name for row in rows] == ["gold", "silver"]


def test_nobody_has_no_share() -> None:
    """Without customers a share is undefined, and not zero."""
    (row,) = summarize([], names=["gone"])

    assert row.share == row.spend_share == Undefined(Reason.ZERO_DENOMINATOR)


customers = st.builds(
    customer,
    st.sampled_from([*NAMES, None]),
    spend=st.integers(-50, 500),
    days=st.none() | st.integers(1, 500),
)


@given(st.lists(customers, max_size=30))
def test_rows_add_up_to_all(everybody: list[CustomerFeatures]) -> None:
    """The counts and the spend of all groups are those of all customers."""
    rows = summarize(everybody)

    assert sum(row.count for row in rows) == len(everybody)
    assert sum(row.spend for row in rows) == sum(each.spend for each in everybody)


@given(st.data(), st.lists(customers, max_size=12))
def test_rows_do_not_depend_on_the_order(
    data: st.DataObject, everybody: list[CustomerFeatures]
) -> None:
    """The same customers in another order give the same rows."""
    assert summarize(data.draw(st.permutations(everybody))) == summarize(everybody)
