"""Orders that pages go by."""

from __future__ import annotations

from typing import Any

import pytest

from crmcore.errors import InvalidValueError
from crmcore.repositories import Order


@pytest.mark.parametrize(
    ("text", "order"),
    [("region", Order("region")), ("-known_since", Order("known_since", descending=True))],
)
def test_an_order_is_written_as_a_name(text: str, order: Order) -> None:
    """A minus before the name turns it round, and what was read is written the same."""
    assert Order.of(text) == order
    assert str(order) == text


def test_an_order_is_an_order() -> None:
    """Whoever hands in an order gets the same one."""
    order = Order("region")

    assert Order.of(order) is order


@pytest.mark.parametrize("wrong", [None, 1, ("region",), b"region"])
def test_what_is_no_text_names_no_order(wrong: Any) -> None:  # noqa: ANN401 - that is wrong
    """An order is told what would be right."""
    with pytest.raises(InvalidValueError, match="names of fields, such as '-known_since'"):
        Order.of(wrong)


@pytest.mark.parametrize("wrong", ["", "-", " region", "x" * 65])
def test_an_order_names_a_field(wrong: str) -> None:
    """What can be no name of a field is refused."""
    with pytest.raises(InvalidValueError, match="field must"):
        Order.of(wrong)
