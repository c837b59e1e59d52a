"""Rows are values."""

from __future__ import annotations

import pickle

from crmcore.durations import WEEK
from crmcore.histories import Histories


def test_rows_of_the_same_histories_are_equal() -> None:
    """Copies are equal and have the same hash; other histories have other rows."""
    columns = {"frequency": [0, 1], "last_purchase_age": [0, 2], "unit": WEEK}
    rows = Histories.from_columns(age=[3, 3], **columns).rows()  # type: ignore[arg-type]

    copy = pickle.loads(pickle.dumps(rows))  # noqa: S301 - its own

    assert copy == rows
    assert hash(copy) == hash(rows)
    assert rows != Histories.from_columns(age=[3, 4], **columns).rows()  # type: ignore[arg-type]
