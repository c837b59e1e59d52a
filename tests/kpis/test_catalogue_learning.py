"""K62 and K63 from worked examples, and what they decide at the edges."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from crmcore.kernel import CustomerId, MemberId, Reason
from crmcore.service import ServiceRequest
from crmcore.work import KnowledgeAct, KnowledgeUse, Training, WorkLog
from tests.kpis.june import on, parts, reason, value

# K62: knowledge.


def worked(*members: str, month: int = 6) -> list[WorkLog]:
    """Return an hour of work of each member, on two days of a month."""
    return [
        WorkLog(
            id=f"{member} {month} {day}",
            member=MemberId(member),
            at=on(day, month=month),
            minutes=60,
            units=Decimal(1),
        )
        for member in members
        for day in (3, 4)
    ]


def use(member: str, kind: KnowledgeAct, month: int = 6, day: int = 10) -> KnowledgeUse:
    """Return what a member did with an article."""
    return KnowledgeUse(
        id=f"{member} {kind.value} {month} {day}",
        member=MemberId(member),
        article="returns",
        kind=kind,
        at=on(day, month=month),
    )


def test_2_of_4_members_share_what_they_know() -> None:
    """Ann wrote and used three times, Ben once; Cy and Dee did nothing: 2 / 4 = 0.5.

    Eve used an article, but did no work in June, and counts nowhere.
    """
    uses = [
        use("ann", KnowledgeAct.CREATED),
        use("ann", KnowledgeAct.REUSED),
        use("ann", KnowledgeAct.REUSED, day=11),
        use("ben", KnowledgeAct.IMPROVED),
        use("eve", KnowledgeAct.REUSED),
    ]

    found = value("K62", knowledge_uses=uses, work_logs=worked("ann", "ben", "cy", "dee"))

    assert parts(found) == (2, 4)
    assert found.number == Decimal("0.5")
    assert found.n == 4
    assert found.interval is not None


def test_a_month_in_which_nobody_shared_is_0() -> None:
    """Ann wrote in May; in June 0 of 2 did: a share of 0, with an interval."""
    uses = [use("ann", KnowledgeAct.CREATED, month=5)]

    found = value("K62", knowledge_uses=uses, work_logs=worked("ann", "ben"))

    assert parts(found) == (0, 2)
    assert found.number == 0


def test_where_nobody_worked_nobody_could_share() -> None:
    """All work was done in May: 0 members below the line."""
    logs = worked("ann", month=5)
    uses = [use("ann", KnowledgeAct.CREATED, month=5)]

    assert reason("K62", knowledge_uses=uses, work_logs=logs) is Reason.ZERO_DENOMINATOR


def test_without_records_of_uses_nothing_is_known() -> None:
    """That no use was ever recorded does not say that nobody shares."""
    assert reason("K62", knowledge_uses=[], work_logs=worked("ann")) is Reason.NO_DATA


def request(number: int, *, solved: bool = True, article: str | None = "returns") -> ServiceRequest:
    """Return a request of the second of June."""
    return ServiceRequest(
        id=f"r-{number}",
        customer=CustomerId("ada"),
        opened_at=on(2),
        solved_at=on(3) if solved else None,
        article=article,
    )


def test_3_of_4_solved_requests_have_an_article() -> None:
    """Of 4 solved ones 3 are linked; one that is open does not count, linked or not: 3 / 4."""
    requests = [
        request(1),
        request(2),
        request(3),
        request(4, article=None),
        request(5, solved=False),
    ]

    found = value("K62b", requests=requests)

    assert parts(found) == (3, 4)
    assert found.number == Decimal("0.75")


def test_where_nothing_was_solved_nothing_could_be_linked() -> None:
    """One open request: 0 below the line; without any record there is no data."""
    assert reason("K62b", requests=[request(1, solved=False)]) is Reason.ZERO_DENOMINATOR
    assert reason("K62b", requests=[]) is Reason.NO_DATA


# K63: trainings.


def training(
    number: int,
    *,
    attended: int | None = None,
    passed: int | None = None,
    left: int | None = None,
    assigned: datetime | None = None,
    due: datetime | None = None,
) -> Training:
    """Return a training of the first of June, to be passed by noon of the 20th, unless stated."""
    return Training(
        id=f"t-{number}",
        member=MemberId(f"m-{number}"),
        course="data protection",
        assigned_at=assigned or on(1),
        due_at=due or on(20),
        attended_at=None if attended is None else on(attended),
        passed_at=None if passed is None else on(passed),
        left_at=None if left is None else on(left),
    )


# Of 6 assigned, 4 of those 5 who stayed attended, 3 passed, 2 of them by the 20th. The sixth
# passed and left before it was due.
SIX = [
    training(1, attended=10, passed=11),
    training(2, attended=10, passed=20),
    training(3, attended=19, passed=25),
    training(4, attended=10),
    training(5),
    training(6, attended=10, passed=10, left=12),
]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("K63", (4, 5), id="4 of 5 attended"),
        pytest.param("K63b", (3, 4), id="3 of these 4 passed"),
        pytest.param("K63c", (2, 5), id="2 of 5 passed in time"),
    ],
)
def test_the_figures_of_a_training(code: str, expected: tuple[int, int]) -> None:
    """Attended 4 / 5 = 0.8, passed 3 / 4 = 0.75, passed in time 2 / 5 = 0.4.

    With the one who left they would be 5 / 6, 4 / 5 and 3 / 6.
    """
    found = value(code, trainings=SIX)

    assert parts(found) == expected
    assert found.number == Decimal(expected[0]) / expected[1]
    assert found.interval is not None


@pytest.mark.parametrize("code", ["K63", "K63c"])
def test_who_left_after_a_training_was_due_owed_it(code: str) -> None:
    """Due on the 20th, gone on the 21st: not taken is not taken, 0 / 1."""
    assert parts(value(code, trainings=[training(1, left=21)])) == (0, 1)


@pytest.mark.parametrize("code", ["K63", "K63b", "K63c"])
def test_where_all_left_there_is_no_figure(code: str) -> None:
    """The only member left on the 12th: 0 below the line; without records there is no data."""
    left = [training(1, attended=10, left=12)]

    assert reason(code, trainings=left) is Reason.ZERO_DENOMINATOR
    assert reason(code, trainings=[]) is Reason.NO_DATA


def test_where_nobody_attended_nobody_passed_or_failed() -> None:
    """One training, not attended: attendance is 0 / 1, and the pass rate has no value."""
    assert value("K63", trainings=[training(1)]).number == 0
    assert reason("K63b", trainings=[training(1)]) is Reason.ZERO_DENOMINATOR


def test_a_training_is_in_time_in_the_month_in_which_it_is_due() -> None:
    """Two of May are due in June, one passed and one not: 1 / 2. One of June is due in July."""
    trainings = [
        training(1, assigned=on(20, month=5), due=on(5), attended=2, passed=2),
        training(2, assigned=on(20, month=5), due=on(5), attended=2),
        training(3, due=on(5, month=7), attended=2, passed=2),
    ]

    assert parts(value("K63c", trainings=trainings)) == (1, 2)
