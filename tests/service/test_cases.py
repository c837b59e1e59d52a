"""Complaints, feedback and outcomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmcore.errors import InvalidValueError
from crmcore.service import Complaint, Feedback, Outcome, Pause

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def complaint(**fields: Any) -> Complaint:  # noqa: ANN401 - any field of a complaint
    """Return a complaint that came in at noon."""
    usual: dict[str, Any] = {"id": "k-1", "matter": "m-1", "customer": "c-17", "received_at": NOON}
    return Complaint(**usual | fields)


def feedback(**fields: Any) -> Feedback:  # noqa: ANN401 - any field of feedback
    """Return feedback that came in at noon from nobody knows whom."""
    usual: dict[str, Any] = {"id": "f-1", "received_at": NOON}
    return Feedback(**usual | fields)


def test_a_complaint_is_open_until_it_is_closed() -> None:
    """An answer does not close it, and a closed one has been paused as long as it says."""
    pause = Pause(NOON + HOUR, NOON + 2 * HOUR)

    assert not complaint(acknowledged_at=NOON, answered_at=NOON + HOUR).is_closed
    assert complaint(closed_at=NOON + 3 * HOUR, pauses=[pause]).is_closed
    assert complaint(pauses=[pause, pause]).pauses == (pause,)


def test_the_loop_is_closed_when_the_action_is_verified() -> None:
    """Who was answered knows; who was helped is in the loop that is closed."""
    answered = feedback(answered_at=NOON + HOUR, is_actionable=True)
    helped = feedback(is_actionable=True, verified_at=NOON + 48 * HOUR)

    assert (answered.is_answered, answered.is_closed_loop) == (True, False)
    assert (helped.is_answered, helped.is_closed_loop) == (False, True)
    assert feedback().customer is None


@pytest.mark.parametrize(
    ("met_at", "in_time"),
    [(None, False), (NOON - HOUR, True), (NOON, True), (NOON + HOUR, False)],
)
def test_an_outcome_is_met_in_time_or_not(met_at: datetime | None, *, in_time: bool) -> None:
    """The instant by which it is due is in time; what is not met is not, or not yet."""
    assert Outcome(id="o-1", customer="c-17", due_at=NOON, met_at=met_at).is_met_in_time is in_time  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"matter": ""}, r"^matter must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
        ({"category": ""}, r"^category must not be empty"),
        ({"received_at": None}, r"^received_at must be a datetime"),
        ({"acknowledged_at": NOON - HOUR}, r"^acknowledged_at must not be before received_at, 199"),
        ({"due_at": NOON - HOUR}, r"^due_at must not be before received_at"),
        ({"answered_at": NOON - HOUR}, r"^answered_at must not be before received_at"),
        ({"closed_at": NOON - HOUR}, r"^closed_at must not be before received_at"),
        ({"pauses": [Pause(NOON - HOUR)]}, r"^pauses must not begin before received_at, 1998-06-0"),
    ],
)
def test_a_complaint_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        complaint(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
        ({"channel": ""}, r"^channel must not be empty"),
        ({"category": ""}, r"^category must not be empty"),
        ({"received_at": None}, r"^received_at must be a datetime"),
        ({"answered_at": NOON - HOUR}, r"^answered_at must not be before received_at"),
        ({"is_actionable": "yes"}, r"^is_actionable must be True or False"),
        (
            {"verified_at": NOON + HOUR},
            r"^verified_at must go with is_actionable, which is False \(got '1998-06-03T13:00",
        ),
        (
            {"is_actionable": True, "verified_at": NOON - HOUR},
            r"^verified_at must not be before received_at",
        ),
    ],
)
def test_feedback_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        feedback(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
        ({"due_at": None}, r"^due_at must be a datetime"),
        ({"met_at": datetime(1998, 6, 3)}, r"^met_at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
    ],
)
def test_an_outcome_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    usual: dict[str, Any] = {"id": "o-1", "customer": "c-17", "due_at": NOON}

    with pytest.raises(InvalidValueError, match=message):
        Outcome(**usual | fields)
