"""The records of the daily work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crmcore.errors import InvalidValueError
from crmcore.work import (
    Aspect,
    ChangeRequest,
    Decision,
    Delivery,
    FieldCheck,
    Inspection,
    KnowledgeAct,
    KnowledgeUse,
    Meeting,
    Reading,
    Task,
    TaskKind,
    Training,
    WorkLog,
)

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Make = Callable[..., Any]


def usually(record: Make, /, **usual: Any) -> Make:  # noqa: ANN401 - any field of any record
    """Return what makes a record with the usual fields, and those that are said."""

    def make(**fields: Any) -> Any:  # noqa: ANN401 - as above
        return record(**{"id": "x-1"} | usual | fields)

    return make


task = usually(Task, kind=TaskKind.TASK, opened_at=NOON, due_at=NOON + 2 * DAY)
meeting = usually(Meeting, at=NOON, minutes=90, decisions=2, actions=3)
log = usually(WorkLog, member="m-1", at=NOON, minutes=60, units="12.5")
delivery = usually(Delivery, sender="sales", recipient="service", sent_at=NOON, due_at=NOON + DAY)
inspection = usually(Inspection, subject="offer 7", step="calculation", at=NOON, accepted=True)
change = usually(ChangeRequest, approved_at=NOON)
check = usually(
    FieldCheck, record="c-17", field="phone", at=NOON, aspect=Aspect.ACCURACY, passed=True
)
reading = usually(Reading, report="r-1", reader="m-1", criterion="clear", at=NOON, score=4)
decision = usually(Decision, at=NOON, cites_evidence=True)
training = usually(
    Training, member="m-1", course="listening", assigned_at=NOON, due_at=NOON + 30 * DAY
)
use = usually(KnowledgeUse, member="m-1", article="a-1", kind=KnowledgeAct.REUSED, at=NOON)


def test_a_task_keeps_its_first_date() -> None:
    """Where the date was moved, both are known; where it was not, they are one."""
    moved = task(first_due_at=NOON + DAY)

    assert (moved.original_due_at, moved.due_at, moved.was_moved) == (
        NOON + DAY,
        NOON + 2 * DAY,
        True,
    )
    assert (task().original_due_at, task().was_moved) == (NOON + 2 * DAY, False)
    assert (task().member, task().team, task().project, task().done_at) == (None,) * 4
    assert [kind.label.zh for kind in TaskKind] == ["任务", "项目里程碑", "会议行动项"]


def test_a_meeting_comes_to_decisions_and_actions() -> None:
    """Both together are its results."""
    assert meeting().results == 5
    assert meeting(decisions=0, actions=0).results == 0


def test_output_is_counted_exactly() -> None:
    """Units are decimals, and hours without output count too."""
    assert log().units == Decimal("12.5")
    assert log(units=0).units == 0
    assert (log().team, log().category) == (None, None)


def test_what_is_handled_was_received() -> None:
    """What arrived is not yet done."""
    assert not delivery(received_at=NOON).is_handled
    assert delivery(received_at=NOON, handled_at=NOON + DAY).is_handled
    assert not delivery().corrected


def test_the_first_check_is_the_first() -> None:
    """What is accepted at the second check was not accepted at the first."""
    assert inspection().is_first
    assert not inspection(attempt=2).is_first


def test_a_change_takes_effect_some_day() -> None:
    """Neither by when nor since when need be known."""
    assert (change().due_at, change().effective_at) == (None, None)


def test_fields_count_alike_unless_they_are_weighed() -> None:
    """The weight is exact, and 1 where nothing is said."""
    assert check().weight == 1
    assert check(weight="2.5").weight == Decimal("2.5")
    assert [aspect.label.zh for aspect in Aspect] == ["准确性", "完整性", "一致性", "及时性"]


@pytest.mark.parametrize(
    ("left_at", "required"),
    [
        (None, True),
        (NOON + 31 * DAY, True),
        (NOON + 30 * DAY, True),
        (NOON + 29 * DAY, False),
    ],
)
def test_who_left_before_owes_no_training(left_at: datetime | None, *, required: bool) -> None:
    """Neither where the course was taken nor where it was not."""
    assert training(left_at=left_at).is_required is required
    assert training(left_at=left_at, attended_at=NOON + DAY).is_required is required


def test_who_passed_took_part() -> None:
    """To take part is not to pass."""
    attended = training(attended_at=NOON + DAY)
    passed = training(attended_at=NOON + DAY, passed_at=NOON + DAY)

    assert (training().is_attended, attended.is_attended) == (False, True)
    assert (attended.is_passed, passed.is_passed) == (False, True)


def test_knowledge_is_created_improved_or_reused() -> None:
    """What members do with it has a label in both languages."""
    assert use().kind.label.en == "reused"
    assert [act.label.zh for act in KnowledgeAct] == ["新建", "改进", "复用"]


@pytest.mark.parametrize(
    ("make", "fields", "message"),
    [
        (task, {"id": ""}, r"^id must not be empty"),
        (task, {"kind": "task"}, r"^kind must be one of TaskKind.TASK, "),
        (task, {"member": ""}, r"^member must not be empty"),
        (task, {"team": ""}, r"^team must not be empty"),
        (task, {"project": ""}, r"^project must not be empty"),
        (task, {"opened_at": None}, r"^opened_at must be a datetime"),
        (task, {"first_due_at": NOON - DAY}, r"^first_due_at must not be before opened_at, 1998-0"),
        (task, {"due_at": NOON - DAY}, r"^due_at must not be before opened_at, 1998-06-03T12:00"),
        (task, {"done_at": NOON - DAY}, r"^done_at must not be before opened_at, 1998-06-03T12:"),
        (meeting, {"id": ""}, r"^id must not be empty"),
        (meeting, {"at": None}, r"^at must be a datetime"),
        (meeting, {"minutes": 0}, r"^minutes must be above 0"),
        (meeting, {"minutes": 1.5}, r"^minutes must be a whole number"),
        (meeting, {"decisions": -1}, r"^decisions must be at least 0"),
        (meeting, {"actions": -1}, r"^actions must be at least 0"),
        (log, {"id": ""}, r"^id must not be empty"),
        (log, {"member": ""}, r"^member must not be empty"),
        (log, {"team": ""}, r"^team must not be empty"),
        (log, {"at": None}, r"^at must be a datetime"),
        (log, {"minutes": -1}, r"^minutes must be at least 0"),
        (log, {"units": "-1"}, r"^units must be at least 0"),
        (log, {"units": 1.5}, r"^units must be a decimal, an integer or text, not a float"),
        (log, {"category": ""}, r"^category must not be empty"),
        (delivery, {"id": ""}, r"^id must not be empty"),
        (delivery, {"sender": ""}, r"^sender must not be empty"),
        (delivery, {"recipient": ""}, r"^recipient must not be empty"),
        (delivery, {"sent_at": None}, r"^sent_at must be a datetime"),
        (delivery, {"due_at": None}, r"^due_at must be a datetime"),
        (delivery, {"received_at": NOON - DAY}, r"^received_at must not be before sent_at, 1998-0"),
        (delivery, {"handled_at": NOON}, r"^handled_at must go with received_at, which is None"),
        (
            delivery,
            {"received_at": NOON + DAY, "handled_at": NOON},
            r"^handled_at must not be before received_at, 1998-06-04T12:00:00\+00:00 ",
        ),
        (delivery, {"corrected": "no"}, r"^corrected must be True or False"),
        (inspection, {"id": ""}, r"^id must not be empty"),
        (inspection, {"subject": ""}, r"^subject must not be empty"),
        (inspection, {"step": ""}, r"^step must not be empty"),
        (inspection, {"at": None}, r"^at must be a datetime"),
        (inspection, {"accepted": None}, r"^accepted must be True or False"),
        (inspection, {"attempt": 0}, r"^attempt must be above 0"),
        (change, {"id": ""}, r"^id must not be empty"),
        (change, {"approved_at": None}, r"^approved_at must be a datetime"),
        (change, {"due_at": NOON - DAY}, r"^due_at must not be before approved_at, 1998-06-03T12"),
        (change, {"effective_at": NOON - DAY}, r"^effective_at must not be before approved_at, 19"),
        (check, {"id": ""}, r"^id must not be empty"),
        (check, {"record": ""}, r"^record must not be empty"),
        (check, {"field": ""}, r"^field must not be empty"),
        (check, {"at": None}, r"^at must be a datetime"),
        (check, {"aspect": "accuracy"}, r"^aspect must be one of Aspect.ACCURACY, "),
        (check, {"passed": 1}, r"^passed must be True or False"),
        (check, {"weight": 0}, r"^weight must be above 0"),
        (reading, {"id": ""}, r"^id must not be empty"),
        (reading, {"report": ""}, r"^report must not be empty"),
        (reading, {"reader": ""}, r"^reader must not be empty"),
        (reading, {"criterion": ""}, r"^criterion must not be empty"),
        (reading, {"at": None}, r"^at must be a datetime"),
        (reading, {"score": 6}, r"^score must be between 1 and 5 \(got 6\)"),
        (reading, {"score": 0}, r"^score must be between 1 and 5 \(got 0\)"),
        (decision, {"id": ""}, r"^id must not be empty"),
        (decision, {"at": None}, r"^at must be a datetime"),
        (decision, {"cites_evidence": None}, r"^cites_evidence must be True or False"),
        (training, {"id": ""}, r"^id must not be empty"),
        (training, {"member": ""}, r"^member must not be empty"),
        (training, {"course": ""}, r"^course must not be empty"),
        (training, {"assigned_at": None}, r"^assigned_at must be a datetime"),
        (training, {"due_at": NOON - DAY}, r"^due_at must not be before assigned_at, 1998-06-03T"),
        (training, {"attended_at": NOON - DAY}, r"^attended_at must not be before assigned_at, 19"),
        (training, {"passed_at": NOON}, r"^passed_at must go with attended_at, which is None"),
        (
            training,
            {"attended_at": NOON + DAY, "passed_at": NOON},
            r"^passed_at must not be before attended_at, 1998-06-04T12:00:00\+00:00 ",
        ),
        (training, {"left_at": NOON - DAY}, r"^left_at must not be before assigned_at, 1998-06-0"),
        (use, {"id": ""}, r"^id must not be empty"),
        (use, {"member": ""}, r"^member must not be empty"),
        (use, {"article": ""}, r"^article must not be empty"),
        (use, {"kind": "read"}, r"^kind must be one of KnowledgeAct.CREATED, "),
        (use, {"at": None}, r"^at must be a datetime"),
    ],
)
def test_a_record_refuses_what_it_cannot_be(
    make: Make, fields: dict[str, Any], message: str
) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        make(**fields)
