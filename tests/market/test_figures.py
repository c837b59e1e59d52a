"""Figures: numbers from outside, with their source and their date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmcore.calendar import Grain
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Money
from crmcore.market import Figure


def figure(**fields: Any) -> Figure:  # noqa: ANN401 - any field of a figure
    """Return the sales of the whole market in the first quarter."""
    usual: dict[str, Any] = {
        "id": "f-1",
        "name": "market_sales",
        "start": date(1998, 1, 1),
        "end": date(1998, 4, 1),
        "number": "1250000",
        "currency": "USD",
        "source": "Retail survey of the first quarter, table 3",
        "published_on": date(1998, 5, 20),
    }
    return Figure(**usual | fields)


def test_a_figure_says_what_it_is_about() -> None:
    """It has the days it is about, and an amount where it has a currency."""
    assert figure().period.grain is Grain.QUARTER
    assert figure().amount == Money("1250000", "USD")
    assert figure(currency=None, number=3).amount is None
    assert figure(number=Decimal("76.4")).number == Decimal("76.4")


def test_a_target_may_be_set_before_its_days() -> None:
    """It is published or set on any day."""
    target = figure(name="sales_target", published_on=date(1997, 12, 1), subject="north")

    assert target.published_on < target.start


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"name": ""}, r"^name must not be empty"),
        ({"subject": ""}, r"^subject must not be empty"),
        ({"start": datetime(1998, 1, 1, tzinfo=UTC)}, r"^start must be a day, not an instant"),
        ({"end": "1998-04-01"}, r"^end must be a date"),
        ({"end": date(1998, 1, 1)}, r"^end must be after start, 1998-01-01 \(got '1998-01-01'\)"),
        ({"number": 1.5}, r"^number must be a decimal, an integer or text, not a float"),
        ({"number": "NaN"}, r"^number must be finite"),
        ({"source": ""}, r"^source must not be empty"),
        ({"published_on": None}, r"^published_on must be a date"),
    ],
)
def test_a_figure_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        figure(**fields)


def test_a_figure_is_in_a_known_currency() -> None:
    """A slip of the pen is answered with the nearest."""
    with pytest.raises(UnknownNameError, match=r"^unknown currency 'USDD'; did you mean 'USD'"):
        figure(currency="USDD")
