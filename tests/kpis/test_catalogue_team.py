"""K60, K61, K65 and K73 from worked examples, and what they decide at the edges."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from crmcore.kernel import MemberId, Reason
from crmcore.market import Figure
from crmcore.work import Inspection, Task, TaskKind, WorkLog
from tests.kpis.june import JULY_1, JUNE, all_of, on, parts, reason, value

# K60 and K65: what is due.


def task(
    number: int,
    done: datetime | None = None,
    *,
    due: datetime | None = None,
    first_due: datetime | None = None,
    opened: datetime | None = None,
    kind: TaskKind = TaskKind.TASK,
) -> Task:
    """Return a task of the first of June, due at noon of the 10th, unless stated."""
    return Task(
        id=f"t-{number}",
        kind=kind,
        opened_at=opened or on(1),
        due_at=due or on(10),
        first_due_at=first_due,
        done_at=done,
    )


FIVE = {
    "K60": TaskKind.TASK,
    "K60b": TaskKind.TASK,
    "K65": TaskKind.MILESTONE,
}


@pytest.mark.parametrize(("code", "kind"), FIVE.items())
def test_3_of_5_were_done_in_time(code: str, kind: TaskKind) -> None:
    """3 in time, one of them to the minute, 1 late, 1 open and overdue: 3 / (3 + 1 + 1) = 0.6."""
    tasks = [
        task(1, on(5), kind=kind),
        task(2, on(9), kind=kind),
        task(3, on(10), kind=kind),
        task(4, on(10, 13), kind=kind),
        task(5, kind=kind),
    ]

    found = value(code, tasks=tasks)

    assert parts(found) == (3, 5)
    assert found.number == Decimal("0.6")
    assert found.interval is not None


def test_milestones_and_actions_are_tasks_but_tasks_no_milestones() -> None:
    """Three kinds due in June, all in time: 3 tasks, and 1 milestone."""
    tasks = [task(number, on(5), kind=kind) for number, kind in enumerate(TaskKind)]

    assert parts(value("K60", tasks=tasks)) == (3, 3)
    assert parts(value("K65", tasks=tasks)) == (1, 1)


def test_what_is_due_in_the_last_hour_of_the_month_is_overdue_on_the_next_day() -> None:
    """Due on 30 June at 23 o'clock and open on 1 July: 0 / 1."""
    assert parts(value("K60", tasks=[task(1, due=on(30, 23))])) == (0, 1)


def test_what_was_done_later_was_open_then() -> None:
    """Done on 5 July, 25 days late: late as of July, as it was as of the first."""
    tasks = [task(1, on(5, month=7)), task(2, on(5))]

    assert parts(value("K60", tasks=tasks)) == (1, 2)
    assert parts(value("K60", tasks=tasks, as_of=date(1998, 8, 1))) == (1, 2)


@pytest.mark.parametrize(("code", "kind"), FIVE.items())
def test_a_task_counts_in_the_month_in_which_it_is_due(code: str, kind: TaskKind) -> None:
    """Two of May are due in June, one in time and one not: 1 / 2. One of June is due in July."""
    tasks = [
        task(1, on(2), opened=on(4, month=5), due=on(3), kind=kind),
        task(2, opened=on(4, month=5), due=on(3), kind=kind),
        task(3, on(20), due=on(1, month=7), kind=kind),
    ]

    assert parts(value(code, tasks=tasks)) == (1, 2)


def test_a_moved_date_is_kept_by_the_last_and_not_by_the_first() -> None:
    """Due on the 10th, moved to the 20th, done on the 15th: in time by one, late by the other."""
    moved = [task(1, on(15), due=on(20), first_due=on(10))]

    assert parts(value("K60", tasks=moved)) == (1, 1)
    assert parts(value("K60b", tasks=moved)) == (0, 1)


def test_a_date_moved_out_of_the_month_is_late_by_the_first_only() -> None:
    """Due on the 10th, moved to 20 July, open: nothing is due in June by the last date."""
    moved = [task(1, due=on(20, month=7), first_due=on(10))]

    assert reason("K60", tasks=moved) is Reason.ZERO_DENOMINATOR
    assert parts(value("K60b", tasks=moved)) == (0, 1)


@pytest.mark.parametrize("code", FIVE)
def test_without_any_task_there_is_no_figure(code: str) -> None:
    """No records are no data."""
    assert reason(code, tasks=[]) is Reason.NO_DATA


# K61 and K65b: what is accepted at first.


def check(piece: str, step: str, *, accepted: bool, attempt: int = 1, month: int = 6) -> Inspection:
    """Return a check of one step of one piece."""
    return Inspection(
        id=f"{piece} {step} {attempt} {month}",
        subject=piece,
        step=step,
        at=on(4 + attempt, month=month),
        accepted=accepted,
        attempt=attempt,
    )


@pytest.mark.parametrize(("code", "step"), [("K61", "offer"), ("K65b", "milestone")])
def test_3_of_4_were_accepted_at_the_first_check(code: str, step: str) -> None:
    """3 at first, 1 at the second check only: 3 / 4, and not 4 / 5 or 4 / 4."""
    inspections = [
        check("a", step, accepted=True),
        check("b", step, accepted=True),
        check("c", step, accepted=True),
        check("d", step, accepted=False),
        check("d", step, accepted=True, attempt=2),
    ]

    found = value(code, inspections=inspections)

    assert parts(found) == (3, 4)
    assert found.number == Decimal("0.75")
    assert found.interval is not None


def test_second_checks_alone_make_no_rate() -> None:
    """First refused in May, accepted in June: nothing had its first check in June."""
    inspections = [
        check("a", "milestone", accepted=False, month=5),
        check("a", "milestone", accepted=True, attempt=2),
    ]

    for code in ("K61", "K61b", "K65b"):
        assert reason(code, inspections=inspections) is Reason.ZERO_DENOMINATOR
        assert reason(code, inspections=[]) is Reason.NO_DATA


def test_other_steps_say_nothing_of_the_results_of_projects() -> None:
    """An offer is checked, but no milestone."""
    offer = [check("a", "offer", accepted=True)]

    assert reason("K65b", inspections=offer) is Reason.ZERO_DENOMINATOR


def through(**accepted: str) -> list[Inspection]:
    """Return the first checks of four pieces, for each step with the pieces it accepts."""
    return [
        check(piece, step, accepted=piece in good)
        for step, good in accepted.items()
        for piece in "abcd"
    ]


def test_the_rolled_yield_is_the_product_where_steps_fail_independently() -> None:
    """The draft passes a and b, the review a and c: 2/4 * 2/4 = 1/4, and only a passes both."""
    inspections = through(draft="ab", review="ac")

    found = value("K61b", inspections=inspections)
    of_steps = [
        series.at(JUNE).number  # type: ignore[union-attr]
        for series in all_of("K61", "step", inspections=inspections)
    ]

    assert of_steps == [Decimal("0.5"), Decimal("0.5")]
    assert found.number == Decimal("0.25") == of_steps[0] * of_steps[1]
    assert parts(found) == (1, 4)
    assert found.interval is not None
    assert 0 < found.interval.low < 0.25 < found.interval.high


def test_the_rolled_yield_counts_pieces_where_steps_fail_together() -> None:
    """Both steps refuse c and d: 2 of 4 pieces pass, where the product says 1/4."""
    assert parts(value("K61b", inspections=through(draft="ab", review="ab"))) == (2, 4)


def test_a_piece_put_right_has_failed_all_the_same() -> None:
    """One of one is refused, and accepted at the second check: 0 / 1."""
    inspections = [
        check("a", "draft", accepted=False),
        check("a", "draft", accepted=True, attempt=2),
    ]

    assert parts(value("K61b", inspections=inspections)) == (0, 1)


def test_a_second_check_says_nothing_of_its_month() -> None:
    """One was refused in May and again in June, another was accepted at first in June: 1 / 1."""
    inspections = [
        check("a", "draft", accepted=False, month=5),
        check("a", "draft", accepted=False, attempt=2),
        check("b", "draft", accepted=True),
    ]

    assert parts(value("K61b", inspections=inspections)) == (1, 1)


# K65c: the goals of projects.


def attained(project: str, share: str, day: int, name: str = "project_attainment") -> Figure:
    """Return which share of its goal a project has reached."""
    return Figure(
        id=f"{project} {day} {name}",
        name=name,
        subject=project,
        start=date(1998, 6, day),
        end=date(1998, 6, day + 1),
        number=Decimal(share),
        source="report of the project",
        published_on=JULY_1,
    )


def test_two_projects_have_reached_their_goals_in_the_mean() -> None:
    """One stood at 0.5 and ends at 0.8, the other at 1.2: (0.8 + 1.2) / 2 = 1.0."""
    figures = [
        attained("portal", "0.8", 28),
        attained("portal", "0.5", 14),
        attained("move", "1.2", 20),
        attained("rival", "77", 20, name="peer_index"),
    ]

    found = value("K65c", figures=figures)

    assert parts(found) == (2, 2)
    assert found.number == 1


def test_without_a_figure_no_goal_is_missed() -> None:
    """There are figures, but none of a project: no value, and not 0."""
    figures = [attained("rival", "77", 20, name="peer_index")]

    assert reason("K65c", figures=figures) is Reason.ZERO_DENOMINATOR
    assert reason("K65c", figures=[]) is Reason.NO_DATA


# K73: output.


def log(number: int, minutes: int, units: str, category: str = "offers") -> WorkLog:
    """Return work of June."""
    return WorkLog(
        id=f"w-{number}",
        member=MemberId("ann"),
        at=on(number),
        minutes=minutes,
        units=Decimal(units),
        category=category,
    )


def test_30_units_in_12_hours_are_2_and_a_half_an_hour() -> None:
    """24.5 units in 8 hours, 5.5 in 2, none in 2: 30 * 60 / 720 = 2.5."""
    logs = [log(1, 480, "24.5"), log(2, 120, "5.5"), log(3, 120, "0")]

    found = value("K73", work_logs=logs)

    assert parts(found) == (1800, 720)
    assert found.number == Decimal("2.5")


def test_output_is_compared_by_category() -> None:
    """Easy letters go at 6 an hour and hard offers at 1: together 7 in 2 hours, 3.5."""
    logs = [log(1, 60, "6", "letters"), log(2, 60, "1")]

    rates = {
        series.scope[0][1]: series.at(JUNE).number  # type: ignore[union-attr]
        for series in all_of("K73", "category", work_logs=logs)
    }

    assert rates == {"letters": 6, "offers": 1}
    assert value("K73", work_logs=logs).number == Decimal("3.5")


def test_output_without_time_has_no_rate() -> None:
    """3 units in 0 minutes; without any record there is no data."""
    assert reason("K73", work_logs=[log(1, 0, "3")]) is Reason.ZERO_DENOMINATOR
    assert reason("K73", work_logs=[]) is Reason.NO_DATA
