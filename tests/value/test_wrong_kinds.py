"""What is no parameter, no unit, no age and no level is refused by name, and not by Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmcore.durations import WEEK, annual, weeks
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.likelihood import choose_kernel
from crmcore.value import BetaGeo, Bootstrap, GammaGamma, lifetime_values, new_customer_value

CDS = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")
ADA = PurchaseHistory(frequency=0, last_purchase_age=0, age=30, unit=WEEK)
BOOK = Histories.of([ADA])
TERMS: dict[str, Any] = {"horizon": weeks(39), "discount": annual(0.15)}


@pytest.mark.parametrize("odd", [None, "2.5", b"2", True, 1j, [1], 10**400, 0, float("nan")])
def test_parameters_are_numbers_above_0(odd: object) -> None:
    """Also a text that looks like a number is none."""
    with pytest.raises(InvalidValueError, match="r must be above 0 and finite"):
        BetaGeo(r=odd, alpha=4.414, a=0.793, b=2.426, unit=WEEK)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [Decimal("0.243"), 1])
def test_whatever_is_a_number_may_be_a_parameter(given: Decimal | int) -> None:
    """Decimals and whole numbers become floats."""
    model = BetaGeo(r=given, alpha=4.414, a=0.793, b=2.426, unit=WEEK)  # type: ignore[arg-type]

    assert model.parameters[0] == float(given)


@pytest.mark.parametrize("odd", [None, "weeks", 7])
def test_a_model_is_turned_only_into_units_of_time(odd: object) -> None:
    """The word of a unit is not the unit."""
    with pytest.raises(InvalidValueError, match="unit must be"):
        CDS.in_unit(odd)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [None, "39", True, 1j, Decimal("NaN"), 10**400, -1])
def test_made_up_customers_have_ages(odd: object) -> None:
    """Whatever is no age is named."""
    with pytest.raises(InvalidValueError, match="ages must be at least 0, and finite"):
        CDS.simulate([30, odd], seed=1)  # type: ignore[list-item]


def test_ages_come_in_a_list() -> None:
    """A single age is no list of ages."""
    with pytest.raises(InvalidValueError, match="histories must be Histories or ages"):
        CDS.simulate(39.0, seed=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [[], {}, 7])
def test_kernels_have_words(odd: object) -> None:
    """What is no word is unknown, also where it cannot be looked up."""
    with pytest.raises(UnknownNameError, match="unknown kernel"):
        choose_kernel(odd)  # type: ignore[arg-type]


@pytest.mark.parametrize("ask", [SPEND.expected_spend, SPEND.log_likelihood, SPEND.independence])
@pytest.mark.parametrize("odd", [None, [ADA], ADA])
def test_spend_is_expected_of_histories(ask: Callable[[Any], object], odd: object) -> None:
    """A single history, or a list of them, is no `Histories`."""
    with pytest.raises(InvalidValueError, match="histories must be Histories"):
        ask(odd)


def test_spend_is_predicted_for_one_history() -> None:
    """Many histories are not one."""
    with pytest.raises(InvalidValueError, match="history must be a PurchaseHistory"):
        SPEND.predict(BOOK)  # type: ignore[arg-type]


def test_no_purchases_have_no_share() -> None:
    """Who has not bought again has no share in what is expected, whatever q is."""
    assert GammaGamma(p=6, q=1, gamma=15).own_share(0, 24.0) == 0


@pytest.mark.parametrize("odd", [None, 1.5, True, -1])
def test_so_many_values_are_a_whole_number(odd: object) -> None:
    """The greatest values are counted."""
    values = lifetime_values(BOOK, CDS, SPEND, **TERMS)

    with pytest.raises(InvalidValueError, match="n must be a whole number"):
        values.largest(odd)  # type: ignore[arg-type]


def test_a_margin_that_is_no_number_is_refused() -> None:
    """Decimals have a NaN of their own."""
    with pytest.raises(InvalidValueError, match="margin must be a fraction"):
        lifetime_values(BOOK, CDS, SPEND, margin=Decimal("NaN"), **TERMS)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [None, "yes", 1])
def test_the_first_purchase_counts_or_does_not(odd: object) -> None:
    """There is yes and no."""
    with pytest.raises(InvalidValueError, match="with_first must be True or False"):
        new_customer_value(CDS, SPEND, with_first=odd, **TERMS)  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [None, "0.95", 95, 1])
def test_the_level_of_a_bootstrap_is_a_fraction(odd: object) -> None:
    """Also a text that looks like a fraction is none."""
    refitted = Bootstrap(model=CDS, refits=(CDS, CDS), seed=1)

    with pytest.raises(InvalidValueError, match="level must be a fraction"):
        refitted.interval(lambda model: model.r, level=odd)  # type: ignore[arg-type]


@pytest.mark.parametrize("trail", [None, "2026", [1.5], [0], [-3], [None], 7])
def test_trails_are_ordinals_of_days(trail: object) -> None:
    """Days are whole numbers from 1 on, as ``date.toordinal`` returns them."""
    with pytest.raises(InvalidValueError, match="trails must hold the days of each customer"):
        CDS.tracking([trail], end=date(2026, 1, 31))  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="trails must hold the days of each customer"):
        CDS.tracking(7, end=date(2026, 1, 31))  # type: ignore[arg-type]
