"""Values of customers are values: copies are equal, and say whom they are of."""

from __future__ import annotations

import pickle

from crmcore.durations import WEEK, annual, weeks
from crmcore.histories import Histories
from crmcore.value import (
    BetaGeo,
    GammaGamma,
    LifetimeValue,
    LifetimeValues,
    lifetime_values,
    new_customer_value,
)

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")
BOOK = Histories.from_columns(
    frequency=[1, 2], last_purchase_age=[1, 2], age=[3, 3], mean_spend=[10, 20], unit=WEEK
)


def values(margin: float = 0.3) -> LifetimeValues:
    """Return what two customers without ids are worth."""
    terms = {"horizon": weeks(10), "discount": annual(0.1)}
    return lifetime_values(BOOK, CDS, SPEND, margin=margin, **terms)  # type: ignore[arg-type]


def newcomer() -> LifetimeValue:
    """Return what a new customer is worth."""
    return new_customer_value(CDS, SPEND, horizon=weeks(10), discount=annual(0.1))


def test_a_copy_of_values_is_equal() -> None:
    """What was written away and read back is the same; with another margin it is not."""
    copy = pickle.loads(pickle.dumps(values()))  # noqa: S301 - its own

    assert copy == values()
    assert hash(copy) == hash(values())
    assert values(0.4) != values()


def test_who_has_no_id_is_not_new() -> None:
    """A customer without an id who bought again is a customer, and no new one."""
    known, new = values()[0], newcomer()

    assert known.words.en.startswith("a customer: ")
    assert known.words.zh.startswith("某位客户：")
    assert new.words.en.startswith("a new customer: ")
    assert (known.is_new, new.is_new) == (False, True)
