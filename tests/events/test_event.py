"""Events and the places where they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidValueError
from crmcore.events import DomainEvent, OutboxPage, RecordedEvent

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
LARGEST = 2**53

texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=9)
names = texts.filter(lambda text: bool(text.strip()))
scalars = st.one_of(names, st.integers(-LARGEST, LARGEST), st.booleans(), st.none())


def event(**fields: Any) -> DomainEvent:  # noqa: ANN401 - any field of it
    """Return that a customer was added at noon."""
    usual: dict[str, Any] = {"name": "customer.added", "subject": "customers/c-17", "at": NOON}
    return DomainEvent(**usual | fields)


def test_data_have_an_order() -> None:
    """However the data were handed in, they are pairs sorted by name; so equal is equal."""
    told = event(data={"region": "north", "count": 2})

    assert told.data == (("count", 2), ("region", "north"))
    assert told == event(data=[("region", "north"), ("count", 2)])
    assert hash(told) == hash(event(data={"count": 2, "region": "north"}))
    assert event().data == ()


def test_an_instant_is_kept_in_utc() -> None:
    """An event that was told in Beijing happened when it happened."""
    beijing = timezone(timedelta(hours=8))

    assert event(at=datetime(2026, 9, 30, 20, tzinfo=beijing)).at == NOON
    assert event(at=datetime(2026, 9, 30, 20, tzinfo=beijing)).at.tzinfo is UTC


@given(st.dictionaries(names, scalars, max_size=3))
def test_events_are_written_and_read(data: dict[str, Any]) -> None:
    """What an event says comes back from JSON, each value of the type that it was."""
    told = event(data=data)

    found = from_json(DomainEvent, to_json(told))

    assert found == told
    assert [type(value) for _, value in found.data] == [type(value) for _, value in told.data]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"name": ""}, "name must not be empty"),
        ({"name": "x" * 65}, "name must have at most 64 characters"),
        ({"subject": ""}, "subject must not be empty"),
        ({"at": NOON.replace(tzinfo=None)}, "at must carry a time zone"),
        ({"data": {"amount": 1.5}}, r"data\['amount'\] must hold text, whole numbers, booleans"),
        ({"data": {"when": NOON}}, r"data\['when'\] must hold text"),
        ({"data": {"some": ["a"]}}, r"data\['some'\] must hold text"),
        ({"data": {"count": LARGEST + 1}}, r"data\['count'\] must lie within"),
        ({"data": {"count": -LARGEST - 1}}, r"data\['count'\] must lie within"),
        ({"data": {"region": ""}}, "data must not be empty"),
        ({"data": {"region": "a\0"}}, "data must hold no control characters"),
        ({"data": {"region": "\ud800"}}, "data must hold no control characters"),
        ({"data": {"": "north"}}, "data must not be empty"),
    ],
)
def test_what_others_could_not_read_is_no_event(fields: dict[str, Any], rule: str) -> None:
    """An event is refused when it is made, with what would be right."""
    with pytest.raises(InvalidValueError, match=rule):
        event(**fields)


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb", 1, None])
def test_each_name_is_one(name: Any) -> None:  # noqa: ANN401 - that is wrong
    """What stands before a number is held to the same as what stands before a text."""
    with pytest.raises(InvalidValueError, match="data must"):
        event(data={name: 1})


def test_numbers_begin_at_one() -> None:
    """An event in the outbox has a number, and a page of them cannot be changed."""
    told = RecordedEvent(number=1, event=event())
    page = OutboxPage(events=(told,), position="1")

    with pytest.raises(InvalidValueError, match="number must be above 0"):
        RecordedEvent(number=0, event=event())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        page.position = "2"  # type: ignore[misc]  # that is what is refused
