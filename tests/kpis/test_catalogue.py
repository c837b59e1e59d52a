"""The catalogue and its definitions."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from string import ascii_lowercase
from typing import Any

import attrs
import pytest

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, Direction, Kpi, Unit, kpi
from crmcore.measures import Additivity, Count, Mean, Measure, Ratio, Sum


def test_a_kpi_is_found_by_its_id_and_by_its_code() -> None:
    """The word and the number in the catalogue lead to the same definition."""
    assert kpi("retention_rate") is kpi("K15")


def test_an_unknown_kpi_is_refused_with_the_nearest() -> None:
    """A slip of the pen is answered with the name that was meant."""
    with pytest.raises(UnknownNameError, match="unknown KPI 'retention-rate'; did you mean 'ret"):
        kpi("retention-rate")


def test_the_catalogue_says_everything_twice() -> None:
    """Every KPI has its own id and code, and all its words in English and in Chinese."""
    names = [name for each in CATALOGUE for name in (each.id, each.code)]
    phrases = [
        phrase
        for each in CATALOGUE
        for phrase in (each.name, each.numerator, each.denominator, each.definition)
        if phrase is not None
    ]

    assert len(names) == len(set(names))
    assert all(phrase.en.isascii() for phrase in phrases)
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in phrase.zh) for phrase in phrases)


def test_the_catalogue_is_in_the_order_of_its_codes() -> None:
    """K9 comes before K10, and K15b after K15."""
    codes = [each.code for each in CATALOGUE]

    assert codes == sorted(codes, key=lambda code: (int(code[1:].rstrip(ascii_lowercase)), code))


def test_every_metric_has_a_figure() -> None:
    """The first figure of each of the 74 metrics bears the bare code."""
    codes = {each.code for each in CATALOGUE}

    assert {f"K{number:02}" for number in range(1, 75)} <= codes


def test_the_direction_belongs_to_the_definition() -> None:
    """Of sales more is better, of lost customers less."""
    assert kpi("sales").direction is Direction.HIGHER
    assert kpi("churn_rate").direction is Direction.LOWER


@pytest.mark.parametrize(
    ("unit", "number", "shown"),
    [
        (Unit.SHARE, Decimal("0.725"), "72.5 %"),
        (Unit.SHARE, Decimal("0.0005"), "0.1 %"),
        (Unit.CHANGE, Decimal("0.1"), "+10.0 %"),
        (Unit.CHANGE, Decimal("-0.0004"), "+0.0 %"),
        (Unit.CHANGE, 12.5, "+1,250.0 %"),
        (Unit.CUSTOMERS, Decimal(8431), "8,431"),
        (Unit.ORDERS, Decimal("70.5"), "71"),
        (Unit.RATE, Decimal("1.345"), "1.35"),
        (Unit.MONEY, Decimal("1234.5"), "1,234.50"),
        (Unit.POINTS, Decimal("0.031"), "+3.1 pp"),
        (Unit.PER_THOUSAND, Decimal("0.0125"), "12.5 ‰"),
        (Unit.COUNT, Decimal(12), "12"),
        (Unit.TIMES, Decimal(5), "5.00 ×"),
        (Unit.INDEX, Decimal("72.25"), "72.3"),
        (Unit.INDEX_POINTS, Decimal("-4.5"), "-4.5"),
        (Unit.NPS, Decimal("38.5"), "+39"),
        (Unit.RATING, Decimal("4.25"), "4.25"),
        (Unit.RANK, Decimal(3), "3"),
        (Unit.HOURS, Decimal("0.045"), "0.05 h"),
        (Unit.DAYS, Decimal("2.5"), "2.5 d"),
        (Unit.PER_HOUR, Decimal("3.125"), "3.13 /h"),
    ],
)
def test_numbers_are_shown_as_people_read_them(
    unit: Unit, number: Decimal | float, shown: str
) -> None:
    """Shares are percentages, a half is rounded up, and zero has no minus."""
    assert unit.show(number) == shown


def test_shares_and_changes_are_read_as_percentages() -> None:
    """A difference of shares has points of its own."""
    relative = [unit for unit in Unit if unit.is_relative]

    assert relative == [Unit.SHARE, Unit.CHANGE]


def test_the_digits_behind_the_point_can_be_asked_for() -> None:
    """A narrow table shows fewer digits than are customary, a close comparison more."""
    assert Unit.SHARE.show(Decimal("0.7251"), digits=2) == "72.51 %"
    assert Unit.MONEY.show(Decimal("1234.5"), digits=0) == "1,235"


@pytest.mark.parametrize(
    "number", [Decimal("NaN"), Decimal("sNaN"), math.nan, math.inf, Decimal("-Infinity"), 10**99]
)
def test_what_nobody_could_read_is_not_shown(number: Decimal | float) -> None:
    """No number, none that ends, and one of a hundred digits are refused by name."""
    with pytest.raises(InvalidValueError, match="number must be a finite number, of no more"):
        Unit.MONEY.show(number)


def test_numbers_are_shown_the_same_in_any_context() -> None:
    """With how many digits a caller computes does not change what people read."""
    with localcontext(prec=3):
        shown = Unit.MONEY.show(Decimal("12345.67")), Unit.CUSTOMERS.show(123456)

    assert shown == ("12,345.67", "123,456")


def test_a_kpi_prints_as_its_code_and_name() -> None:
    """A list of KPIs reads like the catalogue."""
    assert str(kpi("sales")) == "K32 sales amount"


def _own(**changes: Any) -> Kpi:  # noqa: ANN401 - fields of several types
    return attrs.evolve(kpi("repeat_rate"), **changes)


@pytest.mark.parametrize(
    "measure",
    [
        kpi("retention_rate").measure,
        kpi("churn_rate").measure,
        kpi("repeat_rate").measure,
        Mean("quantity"),
        Ratio(Sum("quantity"), Count()),
    ],
)
def test_a_ratio_says_what_it_is_a_ratio_of(measure: Measure) -> None:
    """A proportion, and a ratio of sums, need a denominator in words."""
    with pytest.raises(InvalidValueError, match="denominator must say what the ratio is"):
        _own(denominator=None, measure=measure)


@pytest.mark.parametrize(
    ("name", "over_time", "parts_add", "is_proportion", "stated"),
    [
        ("retention_rate", Additivity.NON_ADDITIVE, False, True, ("active_days",)),
        ("churn_rate", Additivity.NON_ADDITIVE, False, True, ("active_days",)),
        ("repeat_rate", Additivity.NON_ADDITIVE, True, True, ("repeat_days",)),
        ("purchase_frequency", Additivity.NON_ADDITIVE, False, False, ()),
        ("customer_base", Additivity.SEMI_ADDITIVE, False, False, ("active_days",)),
        ("sales", Additivity.ADDITIVE, False, False, ()),
    ],
)
def test_what_a_kpi_is_follows_from_its_measure(
    name: str,
    *,
    over_time: Additivity,
    parts_add: bool,
    is_proportion: bool,
    stated: tuple[str, ...],
) -> None:
    """Nothing about its arithmetic is stated twice."""
    found = kpi(name)

    assert found.over_time is over_time
    assert (found.parts_add, found.is_proportion) == (parts_add, is_proportion)
    assert found.stated == stated


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"measure": "count"}, "measure must be a Measure"),
        ({"smallest": 0}, "smallest must be at least 1"),
        ({"since": "2026-01-01"}, "since must be a date"),
        ({"since": datetime(2026, 1, 1, tzinfo=UTC)}, "since must be a day, not an instant"),
        ({"confidential": 1}, "confidential must be"),
    ],
)
def test_what_no_kpi_can_be_is_refused(changes: dict[str, Any], match: str) -> None:
    """A definition is right when it is written, not only when it is computed."""
    with pytest.raises(InvalidValueError, match=match):
        _own(**changes)


def test_a_company_may_reword_a_definition() -> None:
    """A KPI is a value: another wording makes another KPI of the same id."""
    reworded = _own(definition=Phrase("Who came back.", "再次光临者。"), version="2")

    assert reworded.id == "repeat_rate"
    assert reworded != kpi("repeat_rate")
