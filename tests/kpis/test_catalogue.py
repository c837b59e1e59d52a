"""The catalogue and its definitions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.kpis import CATALOGUE, Direction, Kpi, Unit, kpi
from crmcore.measures import Additivity


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


def test_the_catalogue_answers_what_purchases_can_answer() -> None:
    """Retention, churn, repeat purchases, frequency, growth, base, new customers, sales, orders."""
    codes = " ".join(each.code for each in CATALOGUE)

    assert codes == "K15 K16 K17 K18 K19 K25 K26 K27 K28 K32 K34 K37"


def test_only_churn_is_better_when_it_falls() -> None:
    """The direction belongs to the definition."""
    falling = [each.id for each in CATALOGUE if each.direction is Direction.LOWER]

    assert falling == ["churn_rate"]


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
    ],
)
def test_numbers_are_shown_as_people_read_them(
    unit: Unit, number: Decimal | float, shown: str
) -> None:
    """Shares are percentages, a half is rounded up, and zero has no minus."""
    assert unit.show(number) == shown


def test_the_digits_behind_the_point_can_be_asked_for() -> None:
    """A narrow table shows fewer digits than are customary, a close comparison more."""
    assert Unit.SHARE.show(Decimal("0.7251"), digits=2) == "72.51 %"
    assert Unit.MONEY.show(Decimal("1234.5"), digits=0) == "1,235"


def test_a_kpi_prints_as_its_code_and_name() -> None:
    """A list of KPIs reads like the catalogue."""
    assert str(kpi("sales")) == "K32 sales amount"


def _own(**changes: Any) -> Kpi:  # noqa: ANN401 - fields of several types
    return attrs.evolve(kpi("repeat_rate"), **changes)


def test_only_what_is_computed_anew_has_parts_to_add() -> None:
    """What is a sum already needs no ratio of sums."""
    with pytest.raises(
        InvalidValueError, match="parts_add must be false for what is the sum of its periods"
    ):
        _own(over_time=Additivity.ADDITIVE)


@pytest.mark.parametrize("changes", [{"is_proportion": False}, {"parts_add": False}])
def test_a_ratio_says_what_it_is_a_ratio_of(changes: dict[str, object]) -> None:
    """A proportion, and a ratio of sums, need a denominator in words."""
    with pytest.raises(InvalidValueError, match="denominator must say what the ratio is"):
        _own(denominator=None, **changes)


def test_a_company_may_reword_a_definition() -> None:
    """A KPI is a value: another wording makes another KPI of the same id."""
    reworded = _own(definition=Phrase("Who came back.", "再次光临者。"), version="2")

    assert reworded.id == "repeat_rate"
    assert reworded != kpi("repeat_rate")
