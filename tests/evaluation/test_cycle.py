"""Evaluation cycles: what is done, due and overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.evaluation import (
    Component,
    Curve,
    DueState,
    Evaluation,
    EvaluationCycle,
    OneToOne,
    WeightedScorecard,
    evaluate,
)
from crmcore.kernel import MemberId
from crmcore.kpis import KpiGroup

Q1 = Grain.QUARTER.period(date(1998, 1, 1))
Q2 = Grain.QUARTER.period(date(1998, 4, 1))
CARD = WeightedScorecard(
    name="any",
    components=[
        Component(
            name="any",
            measure="any",
            aspect=KpiGroup.TEAM,
            weight=1,
            curve=Curve(threshold=0, target=1),
        )
    ],
)


def done(subject: str, period: Period, as_of: date) -> Evaluation:
    """An evaluation that was made on a day; what it says does not matter here."""
    return evaluate(subject, CARD, {}, period=period, as_of=as_of)


def cycle(**fields: Any) -> EvaluationCycle:  # noqa: ANN401 - any field
    """Every quarter of 1998, for Wei and the service team, due after 14 days, 7 of grace."""
    usual = {"name": "quarterly", "subjects": ["team:service", "member:wei"], "grace_days": 7}
    return EvaluationCycle.every(
        Grain.QUARTER, first=date(1998, 1, 1), end=date(1999, 1, 1), **{**usual, **fields}
    )


def test_a_cycle_lists_what_is_done_due_and_overdue() -> None:
    """The first quarter's evaluations are due on 14 April and overdue after 21 April.

    On 22 April the team has its evaluation, late, and Wei has none.
    """
    late = done("team:service", Q1, date(1998, 4, 16))

    found = cycle().due([late], as_of=date(1998, 4, 22))

    assert [str(each) for each in found] == [
        "member:wei, 1998-Q1: overdue, 1998-04-14",
        "team:service, 1998-Q1: done, 1998-04-14",
    ]
    assert [each.is_late for each in found] == [True, True]
    assert found[1].done_on == date(1998, 4, 16)


@pytest.mark.parametrize(
    ("as_of", "states"),
    [
        (date(1998, 3, 31), []),
        (date(1998, 4, 1), [DueState.DUE]),
        (date(1998, 4, 21), [DueState.DUE]),
        (date(1998, 4, 22), [DueState.OVERDUE]),
        (date(1998, 7, 1), [DueState.OVERDUE, DueState.DUE]),
    ],
)
def test_days_of_grace_pass_before_an_alarm(as_of: date, states: list[DueState]) -> None:
    """A period is due once it has ended, until the last day of grace has passed."""
    found = cycle(subjects=["member:wei"]).due([], as_of=as_of)

    assert [each.state for each in found] == states


def test_what_is_done_in_time_is_not_late() -> None:
    """The last day itself is in time; the first of two evaluations counts."""
    twice = [done("member:wei", Q1, date(1998, 4, day)) for day in (20, 14)]

    found = cycle(subjects=["member:wei"]).due(twice, as_of=date(1998, 5, 1))

    assert (found[0].state, found[0].is_late) == (DueState.DONE, False)


def test_what_is_still_to_come_is_not_known() -> None:
    """Asked for a day in the past, the list shows what was known then."""
    later = done("member:wei", Q1, date(1998, 4, 14))

    found = cycle(subjects=["member:wei"]).due([later], as_of=date(1998, 4, 13))

    assert found[0].state is DueState.DUE


def test_a_talk_may_belong_to_it() -> None:
    """Where the talk belongs to the evaluation, it is done when both have taken place."""
    talk = OneToOne(
        id="t-1",
        member=MemberId("wei"),
        lead=MemberId("lin"),
        on=date(1998, 4, 20),
        about=Q1,
        note="Wei wants to learn Spanish",
    )
    made = [done(who, Q1, date(1998, 4, 3)) for who in ("member:wei", "team:service")]
    other = OneToOne(id="t-2", member=MemberId("wei"), lead=MemberId("lin"), on=date(1998, 4, 2))

    with_talk = cycle(with_talk=True)
    before = with_talk.due(made, talks=[other], as_of=date(1998, 5, 1))
    after = with_talk.due(made, talks=[other, talk], as_of=date(1998, 5, 1))

    assert [each.state for each in before] == [DueState.OVERDUE, DueState.DONE]
    assert [each.done_on for each in after] == [date(1998, 4, 20), date(1998, 4, 3)]
    assert "Spanish" not in repr(talk)


@given(
    st.permutations([done("member:wei", Q1, date(1998, 4, day)) for day in (2, 9, 30)]),
    st.permutations([Q1, Q2]),
    st.integers(0, 200),
)
def test_order_does_not_matter(
    evaluations: list[Evaluation], periods: list[Period], later: int
) -> None:
    """Evaluations, periods and subjects in another order give the same list."""
    subjects = ["member:wei", "team:service"]
    as_of = date(1998, 3, 1) + timedelta(days=later)
    asked = EvaluationCycle(name="q", subjects=subjects[::-1], periods=periods)

    found = asked.due(evaluations, as_of=as_of)

    usual = EvaluationCycle(name="q", subjects=subjects, periods=[Q1, Q2])
    assert found == usual.due(evaluations[::-1], as_of=as_of)
    assert [each.period for each in found] == sorted(each.period for each in found)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 120))
def test_every_day_after_the_period_has_one_state(due: int, grace: int, later: int) -> None:
    """Counted by hand: the period's last day, so many days more, and those of grace."""
    asked = EvaluationCycle(
        name="q", subjects=["member:wei"], periods=[Q1], due_days=due, grace_days=grace
    )
    as_of = date(1998, 3, 31) + timedelta(days=later)

    (found,) = asked.due([], as_of=as_of)

    assert (found.due_on - date(1998, 3, 31)).days == due
    assert (found.state is DueState.OVERDUE) is (later > due + grace)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"subjects": []}, "subjects must name at least one subject"),
        ({"subjects": "member:wei"}, "subjects must be a list of texts, also of a single one"),
        ({"due_days": -1}, "due_days must be at least 0"),
        ({"end": date(1998, 2, 1)}, "end must leave room for a quarter that begins on or after"),
    ],
)
def test_an_empty_cycle_is_refused(fields: dict[str, Any], message: str) -> None:
    """A cycle that asks for nothing is a slip of the pen."""
    usual = {"name": "q", "subjects": ["member:wei"], "end": date(1999, 1, 1)}

    with pytest.raises(InvalidValueError, match=message):
        EvaluationCycle.every(Grain.QUARTER, first=date(1998, 1, 1), **{**usual, **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lead": "wei"}, "lead must be another member"),
        ({"on": datetime(1998, 4, 2)}, "on must be a day, not an instant"),  # noqa: DTZ001
        ({"next_on": date(1998, 4, 2)}, "next_on must be after the talk, 1998-04-02"),
    ],
)
def test_an_odd_talk_is_refused(fields: dict[str, Any], message: str) -> None:
    """A talk has two people, a day, and the next one after it."""
    usual = {"id": "t", "member": "wei", "lead": "lin", "on": date(1998, 4, 2)}

    with pytest.raises(InvalidValueError, match=message):
        OneToOne(**{**usual, **fields})


def test_a_next_talk_may_be_agreed_on() -> None:
    """The day of the next talk is one after this one."""
    talk = OneToOne(
        id="t",
        member=MemberId("wei"),
        lead=MemberId("lin"),
        on=date(1998, 4, 2),
        next_on=date(1998, 5, 2),
    )

    assert talk.next_on == date(1998, 5, 2)
