"""Calibration and holdout."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.activities import Purchase, PurchaseId
from crmcore.codec import from_json, to_json
from crmcore.durations import DAY, WEEK, TimeUnit, weeks
from crmcore.errors import CrmError, InvalidValueError, MixedCurrenciesError
from crmcore.histories import Histories, Holdout, split, summarize
from crmcore.kernel import CustomerId, Money
from tests.value import cdnow

CUT = date(1997, 9, 10)
END = date(1997, 9, 30)


def bought(
    day: int, amount: str = "9.90", *, customer: str = "ada", currency: str = "USD"
) -> Purchase:
    """Return a purchase on a day of September, or a refund if the amount is below 0."""
    return Purchase(
        id=PurchaseId(f"{customer}-{day}-{amount}"),
        customer=CustomerId(customer),
        at=datetime(1997, 9, 1, 12, tzinfo=UTC) + timedelta(days=day - 1),
        amount=Money(amount, currency),
        refund=amount.startswith("-"),
    )


@st.composite
def streams(draw: st.DrawFn) -> list[Purchase]:
    """Purchases and refunds of few customers before and after the cut."""
    amounts = st.sampled_from(["0", "9.90", "0.125", "-5", "-0.5"])
    made = []
    for _ in range(draw(st.integers(0, 14))):
        customer = draw(st.sampled_from(["ada", "bob", "eve"]))
        made.append(bought(draw(st.integers(1, 30)), draw(amounts), customer=customer))
    return made


def divided(found: list[Purchase], **options: Any) -> tuple[Histories, Holdout]:  # noqa: ANN401
    """Split at the tenth of September."""
    settings: dict[str, Any] = {
        "calibration_end": CUT,
        "holdout_end": END,
        "unit": DAY,
        "zone": "UTC",
    }
    return split(found, **settings | options)


@given(st.data(), streams())
def test_it_says_what_a_hand_says(data: st.DataObject, found: list[Purchase]) -> None:
    """Calibration is the summary up to the cut, and the holdout what one counts after it."""
    early = [purchase for purchase in found if purchase.at.date() <= CUT]
    late = [purchase for purchase in found if purchase.at.date() > CUT]

    histories, holdout = divided(data.draw(st.permutations(found)))

    summary = summarize(early, as_of=CUT, unit=DAY, zone="UTC")
    assert list(histories) == list(summary)
    assert holdout.histories is histories
    known = set(histories.customers or ())
    expected = []
    for customer in histories.customers or ():
        own = [p for p in late if p.customer == customer]
        days = {p.at.date() for p in own if not p.refund}
        spend = sum((Fraction(p.amount.amount) for p in own if not p.refund), Fraction(0))
        spend += sum(
            Fraction(p.amount.amount)
            for p in own
            if p.refund and p.at.date() >= min(days, default=END)
        )
        expected.append((len(days), float(max(spend, Fraction(0)) / len(days)) if days else None))
    spends = [None if math.isnan(each) else each for each in holdout.mean_spend or ()]
    assert list(zip(holdout.frequency, spends, strict=True)) == expected
    newcomers = {
        (p.customer, p.at.date()) for p in late if p.customer not in known and not p.refund
    }
    assert holdout.newcomers == len({customer for customer, _ in newcomers})
    assert holdout.newcomer_purchases == len(newcomers)


def test_the_published_holdout_of_cdnow_comes_out() -> None:
    """1,882 repeats in the 39 weeks after the calibration."""
    histories, holdout = split(
        cdnow.purchases(),
        calibration_end=cdnow.CALIBRATION_END,
        holdout_end=cdnow.HOLDOUT_END,
        unit=WEEK,
        zone="America/New_York",
    )

    assert histories == cdnow.calibration()
    assert sum(holdout.frequency) == 1_882
    assert tuple(holdout.frequency) == cdnow.holdout_purchases()
    assert holdout.horizon == weeks(39)
    assert (holdout.newcomers, holdout.newcomer_purchases) == (0, 0)
    assert repr(holdout) == "Holdout(1,882 purchases of 2,357 customers in 39 weeks; 0 newcomers)"


def test_customers_born_later_are_reported() -> None:
    """They have no history, but nobody forgets them."""
    found = [bought(1), *(bought(day, customer="bob") for day in (11, 11, 15))]

    histories, holdout = divided(found)

    assert histories.customers == ("ada",)
    assert list(holdout.frequency) == [0]
    assert (holdout.newcomers, holdout.newcomer_purchases) == (1, 2)


@pytest.mark.parametrize(
    ("amounts", "spend"),
    [
        ({1: "50", 12: "30", 13: "-10"}, 20),  # of the holdout
        ({1: "50", 11: "-10", 12: "30"}, 30),  # of the calibration
        ({1: "50", 12: "30", 13: "-40"}, 0),  # of both
    ],
)
def test_a_refund_concerns_the_occasion_before(amounts: dict[int, str], spend: float) -> None:
    """What went back before the first occasion of the holdout was bought before."""
    _, holdout = divided([bought(day, amount) for day, amount in amounts.items()])

    assert list(holdout.mean_spend or ()) == [spend]


def test_what_is_later_than_the_holdout_is_an_error_unless_it_is_dropped() -> None:
    """A purchase in October is refused by name."""
    found = [bought(1), bought(12), bought(31)]

    assert list(divided(found, later="drop")[1].frequency) == [1]
    with pytest.raises(InvalidValueError, match="lie on days up to 1997-09-30 unless later='drop'"):
        divided(found)


def test_refunds_may_be_refused_on_either_side() -> None:
    """Before the cut and after it."""
    for day in (5, 15):
        with pytest.raises(InvalidValueError, match=r"be no refunds .* 1 is at fault"):
            divided([bought(1), bought(day, "-5")], refunds="error")


@pytest.mark.parametrize("days", [(1, 2), (1, 12), (12, 1), (12, 13)])
def test_two_currencies_are_refused(days: tuple[int, int]) -> None:
    """On one side of the cut, or one on each."""
    one, other = days

    with pytest.raises(MixedCurrenciesError):
        divided([bought(one), bought(other, currency="EUR")])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"holdout_end": CUT}, r"holdout_end must be after calibration_end, 1997-09-10 \(got"),
        ({"calibration_end": datetime(1997, 9, 10, tzinfo=UTC)}, "calibration_end must be a day"),
        ({"holdout_end": "1997-09-30"}, "holdout_end must be a date"),
        ({"unit": "week"}, r"unit must be one of TimeUnit\.DAY"),
        ({"zone": "Nowhere"}, "unknown time zone"),
        ({"refunds": "keep"}, "unknown treatment of refunds"),
        ({"later": "keep"}, "later must be 'error' or 'drop'"),
    ],
)
def test_what_is_no_setting_is_refused(options: dict[str, Any], message: str) -> None:
    """Each by its name."""
    with pytest.raises(CrmError, match=message):
        divided([bought(1)], **options)


def holdout(**fields: Any) -> Holdout:  # noqa: ANN401
    """Return the holdout of a table of two customers."""
    histories = Histories.from_columns(
        frequency=[0, 1], last_purchase_age=[0, 1], age=[2, 2], unit=WEEK
    )
    whole: dict[str, Any] = {"histories": histories, "horizon": weeks(39), "frequency": [2, 0]}
    return Holdout(**whole | fields)


def test_a_holdout_may_come_from_a_table() -> None:
    """Spend may be unknown, or missing of some."""
    assert holdout().mean_spend is None
    assert list(holdout(mean_spend=[9.9, None]).frequency) == [2, 0]
    assert holdout() == holdout(frequency=[2.0, 0.0])
    assert hash(holdout()) == hash(holdout())
    assert holdout() != holdout(newcomers=1)
    assert holdout() != "a holdout"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"frequency": [1]}, "frequency must have as many rows as histories, 2"),
        ({"frequency": [1, -1]}, "frequency must be at least 0"),
        ({"frequency": [1, 0.5]}, "frequency must be a whole number"),
        ({"mean_spend": [1]}, "mean_spend must have as many rows"),
        ({"mean_spend": [-1, None]}, "mean_spend must be finite, at least 0"),
        ({"mean_spend": [math.inf, None]}, "mean_spend must be finite"),
        ({"mean_spend": [None, 3]}, "and left out where frequency is 0"),
        ({"horizon": 39}, "horizon must be a Duration"),
        ({"histories": []}, "histories must be a Histories"),
        ({"newcomers": -1}, "newcomers must be at least 0"),
        ({"newcomer_purchases": 1.5}, "newcomer_purchases must be a whole number"),
    ],
)
def test_a_holdout_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    """Columns fit the histories, and numbers are such."""
    with pytest.raises(InvalidValueError, match=message):
        holdout(**fields)


@given(streams(), st.sampled_from(TimeUnit))
def test_a_holdout_goes_through_json_and_pickle(found: list[Purchase], unit: TimeUnit) -> None:
    """What is written is read back equal."""
    _, kept = divided(found, unit=unit)

    assert from_json(Holdout, to_json(kept)) == kept
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 - our own bytes
