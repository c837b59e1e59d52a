"""Cooperation: what each department adds to the work with others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.evaluation import cooperation
from crmcore.kernel import Reason, TeamId, Undefined
from crmcore.measures import Value
from crmcore.statistics import wilson
from crmcore.surveys import Audience, SurveyAnswer
from crmcore.work import Delivery, Task, TaskKind

JUNE = Period.month(1998, 6)
WHEN: dict[str, Any] = {"period": JUNE, "as_of": date(1998, 6, 20), "zone": "UTC"}


def at(day: int) -> datetime:
    """Noon on a day of June."""
    return datetime(1998, 6, day, 12, tzinfo=UTC)


def delivery(
    id: str,  # noqa: A002 - as the field is called
    handled: int | None,
    *,
    sender: str = "marketing",
    recipient: str = "sales",
    corrected: bool = False,
    received: int | None = 2,
    due: int = 10,
) -> Delivery:
    """Something that is due on 10 June."""
    return Delivery(
        id=id,
        sender=sender,
        recipient=recipient,
        sent_at=at(1),
        due_at=at(due),
        received_at=None if received is None else at(received),
        handled_at=None if handled is None else at(handled),
        corrected=corrected,
    )


def task(
    id: str,  # noqa: A002 - as the field is called
    done: int | None,
    **fields: Any,  # noqa: ANN401 - any field
) -> Task:
    """A milestone of the sales team that is due on 10 June."""
    usual: dict[str, Any] = {
        "kind": TaskKind.MILESTONE,
        "team": TeamId("sales"),
        "project": "one-page answers",
        "opened_at": at(1),
        "due_at": at(10),
    }
    return Task(id=id, done_at=None if done is None else at(done), **{**usual, **fields})


DELIVERIES = [
    delivery("in time", 10),
    delivery("early", 3, corrected=True),
    delivery("late", 11),
    delivery("open and late", None),
    delivery("open and not due", None, due=25),
    delivery("never received", None, received=None),
    delivery("to itself", 20, recipient="marketing"),
    delivery("not yet handled then", 25),
    delivery("long before its date", 5, due=30),
    delivery("still open then, and not due", 25, due=28),
]


def test_what_is_late_and_open_counts_against_it() -> None:
    """By 20 June sales had handled three of seven deliveries in time; two more are not due yet.

    Three were handled by their due dates; one was handled late, and three are overdue, one of
    which is handled only after the day of judgement. What marketing sent to itself does not
    count. Of the nine that it sent to sales eight were received, one of them wrong.
    """
    found = cooperation(deliveries=DELIVERIES, **WHEN)

    assert list(found) == ["marketing", "sales"]
    handled, right = found["sales"]["handled in time"], found["marketing"]["delivered right"]
    assert isinstance(handled, Value)
    assert isinstance(right, Value)
    assert (handled.numerator, handled.denominator) == (Decimal(3), Decimal(7))
    assert handled.interval == wilson(3, 7)
    assert (right.numerator, right.denominator) == (Decimal(7), Decimal(8))


def test_what_is_not_there_has_no_number() -> None:
    """A department that only sent has handled nothing; what is open and not due is no data."""
    found = cooperation(deliveries=DELIVERIES, **WHEN)["marketing"]
    open_only = cooperation(deliveries=[delivery("not due", None, due=25)], **WHEN)["sales"]

    for each in (found, open_only):
        assert each["handled in time"] == Undefined(Reason.NO_DATA)
    assert found["satisfaction of others"] == Undefined(Reason.NO_DATA)


def test_tasks_of_projects_count_by_their_first_date() -> None:
    """Moving a date does not make late work timely; tasks without a project do not count."""
    moved = task("moved", 12, first_due_at=at(10), due_at=at(15))
    tasks = [
        task("in time", 9),
        moved,
        task("own", 9, project=None),
        task("nobody's", 9, team=None),
        task("to come", None, opened_at=at(21), due_at=at(25)),
        task("next month", 9, due_at=datetime(1998, 7, 3, tzinfo=UTC)),
    ]

    found = cooperation(tasks=tasks, **WHEN)["sales"]["done in time"]

    assert isinstance(found, Value)
    assert (found.numerator, found.denominator) == (Decimal(1), Decimal(2))


def test_others_say_how_it_is_to_work_with_a_department() -> None:
    """Four of six are satisfied with sales; three answers about data are hidden, with service."""
    scores = {"sales": [5, 4, 4, 4, 2, 1], "data": [1, 1, 1], "service": [5] * 5}
    answers = [
        SurveyAnswer(
            id=f"{about} {i}",
            survey="partners",
            wave="1998-H1",
            item="cooperation",
            audience=Audience.MEMBER,
            at=at(3),
            low=1,
            high=5,
            score=score,
            about=about,
        )
        for about, given_scores in scores.items()
        for i, score in enumerate(given_scores)
    ]

    found = cooperation(answers=answers, **WHEN)

    sales = found["sales"]["satisfaction of others"]
    assert isinstance(sales, Value)
    assert (sales.numerator, sales.denominator) == (Decimal(4), Decimal(6))
    for hidden in ("data", "service"):
        assert found[hidden]["satisfaction of others"] == Undefined(Reason.SUPPRESSED)


@given(st.permutations(DELIVERIES))
def test_order_does_not_matter(deliveries: list[Delivery]) -> None:
    """The same deliveries in another order give the same numbers."""
    assert cooperation(deliveries=deliveries, **WHEN) == cooperation(deliveries=DELIVERIES, **WHEN)


def test_what_comes_out_cannot_be_changed() -> None:
    """The tables are views that refuse to be written to."""
    found: Any = cooperation(deliveries=DELIVERIES, **WHEN)

    with pytest.raises(TypeError, match="does not support item assignment"):
        found["sales"] = {}
    with pytest.raises(TypeError, match="does not support item assignment"):
        found["sales"]["handled in time"] = Decimal(1)
