"""K59, K64, K66, K72 and K74 from worked examples, and what they decide at the edges."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import sqrt

import pytest

from crmcore.kernel import Reason, Undefined
from crmcore.measures import Value
from crmcore.surveys import Audience, SurveyAnswer
from crmcore.work import Delivery, Meeting, Task, TaskKind
from tests.kpis.june import JUNE, all_of, on, parts, reason, value

SURVEYS = {"K64": "cooperation", "K72": "allocation", "K74": "team_spirit"}


# K59: deliveries from department to department.


def delivery(
    number: int,
    *,
    sent: datetime | None = None,
    due: datetime | None = None,
    received: datetime | None = None,
    handled: datetime | None = None,
    corrected: bool = False,
) -> Delivery:
    """Return a delivery of the first of June, due on the third, unless stated."""
    return Delivery(
        id=f"d-{number}",
        sender="sales",
        recipient="service",
        sent_at=sent or on(1),
        due_at=due or on(3),
        received_at=received,
        handled_at=handled,
        corrected=corrected,
    )


def test_3_of_5_deliveries_were_received_in_time() -> None:
    """3 in time, one of them to the minute, 1 late, 1 never: 3 / (3 + 1 + 1) = 0.6."""
    deliveries = [
        delivery(1, received=on(1)),
        delivery(2, received=on(2)),
        delivery(3, received=on(3)),
        delivery(4, received=on(3, 13)),
        delivery(5),
    ]

    found = value("K59", deliveries=deliveries)

    assert parts(found) == (3, 5)
    assert found.number == Decimal("0.6")
    assert found.interval is not None


def test_a_delivery_counts_in_the_month_in_which_it_is_due() -> None:
    """Two of May are due in June, one in time and one not: 1 / 2. One of June is due in July."""
    deliveries = [
        delivery(1, sent=on(30, month=5), received=on(31, month=5)),
        delivery(2, sent=on(30, month=5)),
        delivery(3, sent=on(29), due=on(2, month=7), received=on(29)),
    ]

    assert parts(value("K59", deliveries=deliveries)) == (1, 2)


@pytest.mark.parametrize("code", ["K59", "K59b", "K59c", "K59d"])
def test_without_any_delivery_there_is_no_figure(code: str) -> None:
    """No records are no data, and not 0."""
    assert reason(code, deliveries=[]) is Reason.NO_DATA


def test_where_nothing_was_due_there_is_no_share_in_time() -> None:
    """One delivery of May, due in May: in June there are 0 below the line."""
    deliveries = [delivery(1, sent=on(1, month=5), due=on(2, month=5))]

    assert reason("K59", deliveries=deliveries) is Reason.ZERO_DENOMINATOR


def received_after(*hours: int) -> list[Delivery]:
    """Return deliveries that were received so many hours after noon of the first of June."""
    return [delivery(hour, received=on(1, 12 + hour)) for hour in hours]


def test_what_nobody_has_received_holds_the_median_up() -> None:
    """Received after 1, 2 and 4 hours, two not at all: S falls to 4/5, 3/5, 2/5: 4 hours.

    Were the two dropped, it would be 2.
    """
    deliveries = [*received_after(1, 2, 4), delivery(100), delivery(101)]

    assert value("K59b", deliveries=deliveries).number == 4


def test_where_most_was_not_received_there_is_no_median() -> None:
    """1 of 3 was received: nobody knows yet within which time half of them are."""
    deliveries = [*received_after(1), delivery(100), delivery(101)]

    assert reason("K59b", deliveries=deliveries) is Reason.TOO_FEW


def test_a_weekend_counts_in_the_time_to_receipt() -> None:
    """From Friday the 5th, 17 o'clock, to Monday, 9 o'clock: 7 + 24 + 24 + 9 = 64 hours."""
    deliveries = [delivery(1, sent=on(5, 17), due=on(8), received=on(8, 9))]

    assert value("K59b", deliveries=deliveries).number == 64


def test_2_of_3_received_deliveries_were_right_at_once() -> None:
    """Of 4, one was not received, and one had to be put right: 2 / 3."""
    deliveries = [
        delivery(1, received=on(2)),
        delivery(2, received=on(2)),
        delivery(3, received=on(2), corrected=True),
        delivery(4),
    ]

    assert parts(value("K59c", deliveries=deliveries)) == (2, 3)


def test_what_nobody_received_is_neither_right_nor_wrong() -> None:
    """One delivery, not received: 0 below the line."""
    assert reason("K59c", deliveries=[delivery(1)]) is Reason.ZERO_DENOMINATOR


def test_2_of_5_deliveries_were_dealt_with() -> None:
    """Two were handled, two were received and left lying, one never arrived: 2 / 5 = 0.4."""
    deliveries = [
        delivery(1, received=on(2), handled=on(2)),
        delivery(2, received=on(2), handled=on(20)),
        delivery(3, received=on(2)),
        delivery(4, received=on(3), corrected=True),
        delivery(5),
    ]

    found = value("K59d", deliveries=deliveries)

    assert parts(found) == (2, 5)
    assert found.number == Decimal("0.4")


# K64, K72, K74: what members say.


def answer(
    item: str,
    score: int | None,
    who: str,
    *,
    about: str | None = None,
    audience: Audience = Audience.MEMBER,
    high: int = 5,
) -> SurveyAnswer:
    """Return an answer on the scale from 1."""
    return SurveyAnswer(
        id=f"{item} {who} {about} {score} {audience.value}",
        survey="internal",
        wave="1998-H1",
        item=item,
        audience=audience,
        respondent=who,
        at=on(15),
        low=1,
        high=high,
        score=score,
        about=about,
    )


def answers(
    item: str, *scores: int | None, about: str | None = None, high: int = 5
) -> list[SurveyAnswer]:
    """Return an answer of as many members."""
    return [
        answer(item, score, f"m-{number}", about=about, high=high)
        for number, score in enumerate(scores)
    ]


@pytest.mark.parametrize("code", ["K64", "K72"])
def test_3_of_6_members_are_satisfied(code: str) -> None:
    """5, 5 and 4 are in the two best boxes of 1 to 5, and 3, 2, 1 are not: 3 / 6 = 0.5.

    Who does not know has not rated, and customers and other items are not asked for.
    """
    item = SURVEYS[code]
    given = [
        *answers(item, 5, 5, 4, 3, 2, 1, None),
        answer(item, 5, "ada", audience=Audience.CUSTOMER),
        answer("canteen", 5, "m-0"),
    ]

    found = value(code, answers=given)

    assert parts(found) == (3, 6)
    assert found.number == Decimal("0.5")


@pytest.mark.parametrize("code", ["K64", "K72"])
def test_a_short_scale_has_one_box_at_the_top(code: str) -> None:
    """On 1 to 4, only the two 4 of 4, 4, 3, 3, 2 are satisfied: 2 / 5 = 0.4."""
    given = answers(SURVEYS[code], 4, 4, 3, 3, 2, high=4)

    assert value(code, answers=given).number == Decimal("0.4")


def test_the_cooperation_index_of_all_marks_is_50() -> None:
    """1 to 5 are 0, 25, 50, 75 and 100 of 100: the mean is 250 / 5 = 50; don't know is missing.

    The squares of the distances sum to 2 * (50² + 25²) = 6250, the variance is 6250 / 4, and
    t of 4 degrees is 2.776: 50 ± 2.776 * sqrt(1562.5 / 5).
    """
    found = value("K74", answers=answers("team_spirit", 1, 2, 3, 4, 5, None))

    assert parts(found) == (250, 5)
    assert found.missing == 1
    assert found.number == 50
    assert found.interval is not None
    assert found.interval.high == pytest.approx(50 + 2.776445 * sqrt(1562.5 / 5))


@pytest.mark.parametrize("code", SURVEYS)
def test_of_4_members_nothing_is_told(code: str) -> None:
    """4 are fewer than 5, and 4 who rated beside one who does not know are too."""
    item = SURVEYS[code]

    assert reason(code, answers=answers(item, 5, 5, 5, 5)) is Reason.SUPPRESSED
    assert reason(code, answers=answers(item, 5, 5, 5, 5, None)) is Reason.SUPPRESSED


@pytest.mark.parametrize("code", SURVEYS)
def test_5_answers_of_one_member_are_one_member(code: str) -> None:
    """People are counted, and not their answers."""
    given = [answer(SURVEYS[code], 4, "m-1", about=about) for about in "abcde"]

    assert reason(code, answers=given) is Reason.SUPPRESSED


@pytest.mark.parametrize("code", SURVEYS)
def test_without_any_answer_there_is_no_figure(code: str) -> None:
    """Nobody was asked: no data, and nothing is withheld."""
    assert reason(code, answers=[]) is Reason.NO_DATA


def test_a_small_department_takes_another_one_with_it() -> None:
    """Of 6, 5 and 4 answers the last is withheld, and the 5: else the whole less 6 and 5 tells.

    Of the sales department, 3 of 6 are satisfied.
    """
    given = [
        *answers("cooperation", 5, 5, 4, 3, 2, 1, about="sales"),
        *answers("cooperation", 5, 5, 5, 5, 5, about="service"),
        *answers("cooperation", 1, 1, 1, 1, about="legal"),
    ]

    found = {
        series.scope[0][1]: series.at(JUNE) for series in all_of("K64", "about", answers=given)
    }

    assert isinstance(found["sales"], Value)
    assert parts(found["sales"]) == (3, 6)
    assert found["legal"] == found["service"] == Undefined(Reason.SUPPRESSED)


# K66: meetings.


def meeting(number: int, minutes: int, decisions: int = 0, actions: int = 0) -> Meeting:
    """Return a meeting of June."""
    return Meeting(
        id=f"m-{number}", at=on(number), minutes=minutes, decisions=decisions, actions=actions
    )


def test_6_results_in_3_hours_are_2_an_hour() -> None:
    """2 + 1 in an hour, none in 30 minutes, 3 in 90 minutes: 6 * 60 / 180 = 2.

    The mean of the three rates, 3, 0 and 2 an hour, would be 1.67.
    """
    meetings = [meeting(1, 60, 2, 1), meeting(2, 30), meeting(3, 90, 3)]

    found = value("K66", meetings=meetings)

    assert parts(found) == (360, 180)
    assert found.number == 2


def test_a_month_without_meetings_has_no_results_an_hour() -> None:
    """The only meeting was in May: 0 minutes in June; without any record there is no data."""
    may = Meeting(id="m", at=on(5, month=5), minutes=60, decisions=1, actions=0)

    assert reason("K66", meetings=[may]) is Reason.ZERO_DENOMINATOR
    assert reason("K66", meetings=[]) is Reason.NO_DATA


def action(
    number: int,
    done: datetime | None,
    kind: TaskKind = TaskKind.ACTION,
    *,
    opened: datetime | None = None,
    due: datetime | None = None,
) -> Task:
    """Return an action of the first of June, due on the 10th, unless stated."""
    return Task(
        id=f"a-{number}", kind=kind, opened_at=opened or on(1), due_at=due or on(10), done_at=done
    )


def test_2_of_4_actions_were_done_in_time() -> None:
    """2 by noon of the 10th, 1 later, 1 not: 2 / 4; a task that no meeting agreed on is none."""
    tasks = [
        action(1, on(9)),
        action(2, on(10)),
        action(3, on(11)),
        action(4, None),
        action(5, on(9), TaskKind.TASK),
    ]

    assert parts(value("K66b", tasks=tasks)) == (2, 4)


def test_an_action_counts_in_the_month_in_which_it_is_due() -> None:
    """Two of May are due in June, one in time and one not: 1 / 2. One of June is due in July."""
    tasks = [
        action(1, on(2), opened=on(20, month=5)),
        action(2, None, opened=on(20, month=5)),
        action(3, on(29), due=on(2, month=7)),
    ]

    assert parts(value("K66b", tasks=tasks)) == (1, 2)


def test_without_actions_there_is_no_share_of_them() -> None:
    """A task is due in June, but no action."""
    assert reason("K66b", tasks=[action(1, on(9), TaskKind.TASK)]) is Reason.ZERO_DENOMINATOR
