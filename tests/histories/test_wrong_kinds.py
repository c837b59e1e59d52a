"""What is no history, no purchase and no column is refused by name, and not by Python."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crmcore.activities import Channel, Direction, Interaction, InteractionId
from crmcore.durations import WEEK
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.histories import Histories, OccasionTally, PurchaseHistory, summarize
from crmcore.kernel import CustomerId

ADA = PurchaseHistory(
    customer=CustomerId("ada"), frequency=0, last_purchase_age=0, age=3, unit=WEEK
)


def table(**columns: object) -> Histories:
    """Return two histories, with some columns of their own."""
    given: dict[str, Any] = {
        "frequency": [0, 1],
        "last_purchase_age": [0, 2],
        "age": [3, 3],
        "unit": WEEK,
    }
    return Histories.from_columns(**{**given, **columns})


@pytest.mark.parametrize("ids", ["ab", b"cd", 7, date(2026, 1, 1)])
def test_one_text_is_no_column_of_ids(ids: object) -> None:
    """A text would fall apart into the ids of as many customers as it has characters."""
    with pytest.raises(InvalidValueError, match="customers must be a column of ids"):
        table(customers=ids)


def test_ids_are_told_of_all_rows_or_of_none() -> None:
    """A row without an id among others that have one is named."""
    with pytest.raises(FaultsError, match=r"row 1, customer None.*all rows or of none"):
        table(customers=["ada", None])


@pytest.mark.parametrize("other", [None, "ada", 3, [ADA]])
def test_only_histories_are_put_together(other: object) -> None:
    """Whatever is no history is named, in a list of them and beside others."""
    with pytest.raises(InvalidValueError, match="histories must hold nothing but PurchaseHistory"):
        Histories.of([ADA, other])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="histories must hold nothing but Histories"):
        Histories.of([ADA]).merge(other)  # type: ignore[arg-type]


@pytest.mark.parametrize("nothing", [None, 3, WEEK.days])
def test_what_holds_nothing_has_no_histories(nothing: object) -> None:
    """A number holds no histories and no purchases."""
    with pytest.raises(InvalidValueError, match="histories must hold at least one history"):
        Histories.of(nothing)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="purchases must be an iterable of purchases"):
        summarize(nothing, as_of=date(2026, 1, 1), unit=WEEK, zone="UTC")  # type: ignore[arg-type]


def test_a_talk_is_no_purchase() -> None:
    """Another record with an instant is refused, though it has no amount."""
    talk = Interaction(
        id=InteractionId("i-1"),
        customer=CustomerId("ada"),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        channel=Channel.CALL,
        direction=Direction.OUTBOUND,
    )

    with pytest.raises(InvalidValueError, match=r"hold values of crmcore\.activities\.Purchase"):
        summarize([talk], as_of=date(2026, 1, 1), unit=WEEK, zone="UTC")  # type: ignore[list-item]


def test_what_becomes_of_later_purchases_is_a_word() -> None:
    """A list of words is none."""
    with pytest.raises(InvalidValueError, match="later must be 'error' or 'drop'"):
        OccasionTally(as_of=date(2026, 1, 1), zone="UTC", later=["drop"])  # type: ignore[arg-type]


def test_all_weights_together_are_a_number() -> None:
    """Weights that are finite each, and not together, are refused when they are added."""
    with pytest.raises(InvalidValueError, match="weight must be finite in total"):
        _ = table(weight=[1e308, 1e308]).total_weight
