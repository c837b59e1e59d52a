"""Columns of numbers as data."""

from __future__ import annotations

from array import array

import pytest

from crmcore.codec import from_data, to_data
from crmcore.durations import WEEK
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.histories import Histories


def test_a_column_is_a_list_of_numbers() -> None:
    """Where a column of floats has none, which is NaN, the list has nothing."""
    assert to_data(array("q", [2, 0])) == [2, 0]
    assert to_data(array("d", [24.5, float("nan")])) == [24.5, None]
    with pytest.raises(InvalidValueError, match="value must be finite"):
        to_data(array("d", [float("inf")]))


def test_histories_are_a_table_of_columns() -> None:
    """They are read back equal, and a column that holds something else is refused by its path."""
    histories = Histories.from_columns(
        frequency=[2, 0],
        last_purchase_age=[30.43, 0],
        age=[38.86, 12],
        unit=WEEK,
        mean_spend=[24.5, None],
    )
    data = to_data(histories)

    assert data["mean_spend"] == [24.5, None]
    assert from_data(Histories, data) == histories
    with pytest.raises(FaultsError, match=r"age\[1\]: must be a number \(got '12'\)"):
        from_data(Histories, data | {"age": [38.86, "12"]})
