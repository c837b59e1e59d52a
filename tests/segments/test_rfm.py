"""Recency, frequency and monetary value in bins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId
from crmcore.segments import RfmBins, RfmCell

DAY = date(2006, 12, 31)
# Recency and frequency: the example of the R package rfm, analysis date 2006-12-31.
PUBLISHED = RfmBins(
    recency=[115, 181, 297, 482], frequency=[4, 5, 6, 8], monetary=[250, 380, 506, 665]
)


def buyer(days: int = 1, occasions: int = 1, spend: Decimal | int = 0) -> CustomerFeatures:
    """Return a customer who last bought so many days ago, so often, for so much."""
    return CustomerFeatures(
        customer=CustomerId("ada"),
        as_of=DAY,
        last_purchase=DAY - timedelta(days=days),
        days_since_last=days,
        frequency=occasions,
        spend=Decimal(spend),
    )


def cell(bins: RfmBins, features: CustomerFeatures) -> RfmCell:
    """Return the cell of somebody who has bought."""
    found = bins.cell(features)
    assert found is not None
    return found


buyers = st.builds(
    buyer,
    days=st.integers(1, 40),
    occasions=st.integers(1, 8),
    spend=st.integers(0, 30).map(lambda cents: Decimal(cents) / 4),
)


@pytest.mark.parametrize(("days", "score"), [(205, 3), (84, 5), (619, 1)])
def test_published_recency_scores(days: int, score: int) -> None:
    """The recency scores are those of the published example."""
    assert cell(PUBLISHED, buyer(days=days)).r == score


@pytest.mark.parametrize(("occasions", "score"), [(6, 4), (8, 5), (3, 1)])
def test_published_frequency_scores(occasions: int, score: int) -> None:
    """The frequency scores are those of the published example."""
    assert cell(PUBLISHED, buyer(occasions=occasions)).f == score


def test_a_lower_bound_belongs_to_its_bin() -> None:
    """A value on a cut is in the bin that begins there; just below, it is in the one before."""
    at = buyer(days=115, occasions=4, spend=250)
    below = buyer(days=114, occasions=3, spend=Decimal("249.99"))

    assert cell(PUBLISHED, at) == RfmCell(4, 2, 2)
    assert cell(PUBLISHED, below) == RfmCell(5, 1, 1)


def test_who_never_bought_has_no_cell() -> None:
    """Without a purchase there is no recency, and so no cell."""
    prospect = CustomerFeatures(customer=CustomerId("bob"), as_of=DAY)

    assert PUBLISHED.cell(prospect) is None


def test_there_are_125_cells() -> None:
    """Every combination of the scores is a cell, once and in order."""
    cells = list(RfmCell.every())

    assert len(set(cells)) == 125
    assert cells == sorted(cells)
    assert str(cells[-1]) == "5-5-5"


def by_rank(values: Sequence[Decimal]) -> list[int]:
    """Score each value by the place of the first of its equals, the worst first."""
    ranked = sorted(values)
    return [1 + ranked.index(value) * 5 // len(values) for value in values]


@given(st.lists(buyers, min_size=1, max_size=40))
def test_quantile_scores_follow_the_rank(customers: list[CustomerFeatures]) -> None:
    """Cut by quantile, every score is 1 + (place - 1) * 5 // n, ties at their first place."""
    bins = RfmBins.by_quantile(customers)
    cells = [cell(bins, customer) for customer in customers]

    days = [Decimal(-(customer.days_since_last or 0)) for customer in customers]
    assert [c.r for c in cells] == by_rank(days)
    assert [c.f for c in cells] == by_rank([Decimal(c.frequency) for c in customers])
    assert [c.m for c in cells] == by_rank([c.spend for c in customers])


@given(st.data(), st.lists(buyers, min_size=1, max_size=20))
def test_quantiles_do_not_depend_on_the_order(
    data: st.DataObject, customers: list[CustomerFeatures]
) -> None:
    """The same customers in another order are cut at the same places."""
    shuffled = data.draw(st.permutations(customers))

    assert RfmBins.by_quantile(shuffled) == RfmBins.by_quantile(customers)


def test_prospects_move_no_quantile() -> None:
    """Who never bought does not count among those whom the cuts divide."""
    customers = [buyer(days, occasions=days, spend=days) for days in range(1, 11)]
    prospect = CustomerFeatures(customer=CustomerId("bob"), as_of=DAY)

    assert RfmBins.by_quantile([*customers, prospect]) == RfmBins.by_quantile(customers)


def test_ten_different_customers_fill_five_bins() -> None:
    """Ten customers, all different, are two in each bin, and nothing is to be found."""
    bins = RfmBins.by_quantile(buyer(day, occasions=day, spend=day) for day in range(1, 11))

    assert bins == RfmBins(recency=[3, 5, 7, 9], frequency=[3, 5, 7, 9], monetary=[3, 5, 7, 9])
    assert bins.findings() == ()


def test_a_common_value_leaves_bins_empty() -> None:
    """Where most buy once, they share a bin, others stay empty, and a finding says so."""
    customers = [buyer(days=n, occasions=1, spend=n) for n in range(1, 8)]
    customers += [buyer(days=n, occasions=n, spend=n) for n in range(8, 11)]

    bins = RfmBins.by_quantile(customers)

    assert [int(cut) for cut in bins.frequency] == [8, 8, 8, 9]
    assert [str(finding) for finding in bins.findings()] == [
        "note · rfm:frequency · frequency has 3 bins instead of 5"
    ]


def test_equals_are_one_bin() -> None:
    """Where all customers are equal, all are in the lowest bin, and each measure says so."""
    equal = buyer(days=30, occasions=2, spend=20)

    bins = RfmBins.by_quantile([equal] * 9)

    assert cell(bins, equal) == RfmCell(1, 1, 1)
    assert [finding.title.en for finding in bins.findings()] == [
        "recency has 2 bins instead of 5",
        "frequency has 1 bin instead of 5",
        "monetary value has 1 bin instead of 5",
    ]


def test_nobody_can_be_cut() -> None:
    """Without a buyer there are no quantiles."""
    with pytest.raises(InvalidValueError, match="features must hold at least one customer"):
        RfmBins.by_quantile([])


@pytest.mark.parametrize("cuts", [[4, 3], [1, 2, 3, 4, 5], [Decimal("NaN")]])
def test_cuts_ascend(cuts: list[Decimal | int]) -> None:
    """Cuts that fall, that are too many, or that are no numbers are refused."""
    with pytest.raises(InvalidValueError, match="frequency must be at most four numbers"):
        RfmBins(recency=[], frequency=cuts, monetary=[])


@pytest.mark.parametrize("score", [0, 6])
def test_scores_are_one_to_five(score: int) -> None:
    """A cell has scores from 1 to 5."""
    with pytest.raises(InvalidValueError, match="f must be between 1 and 5"):
        RfmCell(1, score, 1)
