"""Service requests: from the first call to the final solution."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import WorkCalendar
from crmcore.criteria import F, Schema, all_of
from crmcore.errors import InvalidValueError
from crmcore.service import Pause, ServiceRequest
from crmcore.verdicts import Verdict

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FLAGS = st.booleans()


def request(**fields: Any) -> ServiceRequest:  # noqa: ANN401 - any field of a request
    """Return a request that came in at noon."""
    usual: dict[str, Any] = {"id": "r-1", "customer": "c-17", "opened_at": NOON}
    return ServiceRequest(**usual | fields)


def test_a_request_needs_little() -> None:
    """It may have come in, and nothing have happened yet."""
    found = request()

    assert (found.responded_at, found.solved_at, found.closed_at) == (None, None, None)
    assert (found.human_response_at, found.settled_at) == (None, None)
    assert (found.has_human_response, found.is_reopened, found.is_withdrawn) == (False,) * 3
    assert found.is_solved_at_first is False
    assert found.pauses == ()


def test_an_answer_of_a_machine_is_no_answer_of_a_person() -> None:
    """What answered automatically does not count as a human response."""
    by_person = request(responded_at=NOON + HOUR)
    by_machine = request(responded_at=NOON + HOUR, answered_automatically=True)

    assert (by_person.has_human_response, by_machine.has_human_response) == (True, False)
    assert (by_person.human_response_at, by_machine.human_response_at) == (NOON + HOUR, None)


@pytest.mark.parametrize(
    ("contacts", "reopened_at", "at_first"),
    [
        (1, None, True),
        (2, None, False),
        (0, None, False),
        (None, None, None),
        (1, NOON + 2 * HOUR, False),
        (None, NOON + 2 * HOUR, False),
    ],
)
def test_solved_at_first_is_solved_in_one_contact_for_good(
    contacts: int | None, reopened_at: datetime | None, *, at_first: bool | None
) -> None:
    """What came up again was not solved; where nobody counted, nobody knows."""
    found = request(solved_at=NOON + HOUR, contacts=contacts, reopened_at=reopened_at)

    assert found.is_solved_at_first is at_first


def test_what_came_up_again_is_settled_when_it_is_closed() -> None:
    """The first solution settles a request, unless it came up again."""
    solved = {"solved_at": NOON + HOUR}
    again = {**solved, "reopened_at": NOON + 2 * HOUR}

    assert request(**solved, closed_at=NOON + 5 * HOUR).settled_at == NOON + HOUR
    assert request(**again).settled_at is None
    assert request(**again, closed_at=NOON + 5 * HOUR).settled_at == NOON + 5 * HOUR


def test_what_is_closed_without_a_solution_was_withdrawn() -> None:
    """It is not settled, though nothing is left to do."""
    found = request(closed_at=NOON + HOUR)

    assert found.is_withdrawn
    assert found.settled_at is None
    assert not request(solved_at=NOON, closed_at=NOON).is_withdrawn


def test_pauses_are_kept_in_order() -> None:
    """Each once, by start and end; one that lasts comes after those that ended."""
    first, second = Pause(NOON, NOON + HOUR), Pause(NOON, NOON + 2 * HOUR)
    lasts, later = Pause(NOON), Pause(NOON + HOUR, NOON + HOUR)

    found = request(pauses=iter([later, lasts, second, first, second]))

    assert found.pauses == (first, second, lasts, later)
    assert request(pauses=[lasts]).pauses == (lasts,)


def test_a_request_says_how_long_it_was_worked_on() -> None:
    """Its pauses are what a calendar takes off."""
    pauses = (Pause(NOON + HOUR, NOON + 2 * HOUR),)
    found = request(solved_at=NOON + 4 * HOUR, pauses=pauses)

    assert found.settled_at is not None
    assert WorkCalendar.always().time_between(NOON, found.settled_at, found.pauses) == 3 * HOUR


@given(FLAGS, FLAGS, FLAGS, FLAGS)
def test_what_is_derived_agrees(
    solved: bool,  # noqa: FBT001 - Hypothesis hands them in so
    reopened: bool,  # noqa: FBT001
    closed: bool,  # noqa: FBT001
    automatic: bool,  # noqa: FBT001
) -> None:
    """A request is settled, withdrawn or open; solved at first means settled."""
    found = request(
        responded_at=NOON,
        answered_automatically=automatic,
        solved_at=NOON + HOUR if solved else None,
        reopened_at=NOON + 2 * HOUR if solved and reopened else None,
        closed_at=NOON + 3 * HOUR if closed else None,
        contacts=1,
    )

    assert not (found.is_withdrawn and found.settled_at)
    assert found.closed_at is None or found.is_withdrawn or found.settled_at
    assert not found.is_solved_at_first or found.settled_at == found.solved_at
    assert found.has_human_response is not automatic


def test_criteria_ask_for_what_is_derived() -> None:
    """What a request says can be asked for like a field."""
    criterion = all_of(
        F.is_solved_at_first.is_true(), F.is_reopened.is_false(), F.settled_at.is_present()
    )

    assert Schema.of(ServiceRequest).faults(criterion) == ()
    assert criterion.evaluate(request(solved_at=NOON, contacts=1)) is Verdict.HOLDS
    assert criterion.evaluate(request(solved_at=NOON, contacts=2)) is Verdict.FAILS
    assert criterion.evaluate(request(solved_at=NOON)) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"customer": ""}, r"^customer must not be empty"),
        ({"member": ""}, r"^member must not be empty"),
        ({"team": ""}, r"^team must not be empty"),
        ({"channel": ""}, r"^channel must not be empty"),
        ({"category": ""}, r"^category must not be empty"),
        ({"article": ""}, r"^article must not be empty"),
        ({"opened_at": datetime(1998, 6, 3)}, r"^opened_at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"responded_at": NOON - HOUR}, r"^responded_at must not be before opened_at, 1998-06-03T"),
        ({"response_due_at": NOON - HOUR}, r"^response_due_at must not be before opened_at"),
        ({"solved_at": NOON - HOUR}, r"^solved_at must not be before opened_at"),
        ({"solution_due_at": NOON - HOUR}, r"^solution_due_at must not be before opened_at"),
        ({"closed_at": NOON - HOUR}, r"^closed_at must not be before opened_at"),
        (
            {"solved_at": NOON + 2 * HOUR, "closed_at": NOON + HOUR},
            r"^closed_at must not be before solved_at, 1998-06-03T14:00:00\+00:00 ",
        ),
        (
            {"solved_at": NOON, "reopened_at": NOON + 2 * HOUR, "closed_at": NOON + HOUR},
            r"^closed_at must not be before reopened_at",
        ),
        ({"reopened_at": NOON + HOUR}, r"^reopened_at must go with solved_at, which is None"),
        (
            {"solved_at": NOON + 2 * HOUR, "reopened_at": NOON + HOUR},
            r"^reopened_at must not be before solved_at",
        ),
        (
            {"answered_automatically": True},
            r"^answered_automatically must go with responded_at, which is None \(got True\)",
        ),
        ({"answered_automatically": 1}, r"^answered_automatically must be True or False"),
        ({"resolvable_at_first": None}, r"^resolvable_at_first must be True or False"),
        ({"contacts": -1}, r"^contacts must be at least 0"),
        ({"minutes": 1.5}, r"^minutes must be a whole number"),
        ({"pauses": 3}, r"^pauses must be a list of pauses, also of a single one \(got 3\)"),
        ({"pauses": [(NOON, None)]}, r"^pauses must hold nothing but pauses"),
        (
            {"pauses": [Pause(NOON), Pause(NOON - HOUR)]},
            r"^pauses must not begin before opened_at, 1998-06-03T12:00:00\+00:00 \(got '",
        ),
    ],
)
def test_a_request_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        request(**fields)


def test_a_pause_does_not_end_before_it_begins() -> None:
    """Its instants are aware and in order."""
    with pytest.raises(InvalidValueError, match=r"^end must not be before start, 1998-06-03T12:00"):
        Pause(NOON, NOON - HOUR)
    with pytest.raises(InvalidValueError, match=r"^start must carry a time zone"):
        Pause(datetime(1998, 6, 3))  # noqa: DTZ001 - that is what is refused
