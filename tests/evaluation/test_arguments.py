"""What an evaluation is made of: numbers of its own days, and arguments of the right kind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from typing import Any

import attrs
import pytest

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.evaluation import (
    Component,
    Curve,
    EvaluationCycle,
    WeightedScorecard,
    evaluate,
    survey_results,
)
from crmcore.kpis import SCORECARDS, Direction, KpiGroup, kpi
from crmcore.measures import Value
from crmcore.surveys import Audience, SurveyAnswer

MAY, JUNE = Period.month(1998, 5), Period.month(1998, 6)
JULY_1 = date(1998, 7, 1)
SALES = Component(
    name="sales",
    measure="sales",
    aspect=KpiGroup.SALES,
    weight=1,
    curve=Curve(threshold=0, target=100),
)
CARD = WeightedScorecard(name="sellers", components=[SALES])
OF_JUNE = Value(number=Decimal("73.123456"), n=9, period=JUNE, as_of=JULY_1, definition="sales")


def judged(**other: object) -> object:
    """Return the score of a seller, with something else than is right."""
    given: dict[str, Any] = {"scorecard": CARD, "values": {"sales": OF_JUNE}, "period": JUNE}
    given |= other
    scorecard, values = given.pop("scorecard"), given.pop("values")
    return evaluate("member:wei", scorecard, values, as_of=JULY_1, **given).score


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            {"values": {"sales": attrs.evolve(OF_JUNE, period=MAY)}},
            r"^values\['sales'\] must be about 1998-06, which is evaluated \(got '1998-05'",
        ),
        (
            {"values": {"sales": attrs.evolve(OF_JUNE, as_of=date(1998, 7, 2))}},
            r"^values\['sales'\] must be known by the day of judgement, 1998-07-01",
        ),
        ({"values": {"sales": Decimal(73)}}, r"^values\['sales'\] must be a Value, .*'73'"),
        ({"values": [OF_JUNE]}, r"^values must be numbers by the names of the components"),
        ({"scorecard": "sellers"}, r"^scorecard must be a WeightedScorecard \(got 'sellers'"),
        ({"period": "1998-06"}, r"^period must be a period, such as .*got '1998-06'"),
    ],
)
def test_the_numbers_are_those_of_the_period(other: dict[str, Any], message: str) -> None:
    """A number of another month, or one that was known later, makes no score."""
    with pytest.raises(InvalidValueError, match=message):
        judged(**other)


def test_a_score_does_not_depend_on_the_context_of_the_caller() -> None:
    """Points are exact, and weights sum to one, whatever decimal context is set."""
    team, *_ = SCORECARDS
    lower = {"direction": Direction.LOWER, "threshold": 2, "target": 1}
    higher = {"threshold": 0, "target": 1}
    curves = {
        name: Curve(**(lower if kpi(name).direction is Direction.LOWER else higher))
        for name in team.kpis
    }

    with localcontext(Context(prec=2)):
        score = judged()
        card = WeightedScorecard.of_team(team, curves)

    assert score == Decimal("73.123456")
    assert [str(each.weight) for each in card.components] == ["0.3334", "0.3333", "0.3333"]


def test_a_scorecard_is_made_of_components() -> None:
    """Something else in place of components or of a mix is refused by its name."""
    five: Any = 5

    with pytest.raises(InvalidValueError, match=r"^components must be a list of Component"):
        WeightedScorecard(name="sellers", components=five)
    with pytest.raises(InvalidValueError, match=r"^mix must be levels with their shares"):
        WeightedScorecard(name="sellers", components=[SALES], mix=five)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"periods": [5]}, r"^periods must be periods, such as .*got 5"),
        ({"periods": 5}, r"^periods must be periods, such as .*got 5"),
        ({"periods": []}, r"^periods must hold at least one period"),
        ({"with_talk": "no"}, r"^with_talk must be True or False \(got 'no'"),
    ],
)
def test_a_cycle_is_made_of_periods(other: dict[str, Any], message: str) -> None:
    """A cycle without periods asks nobody for anything, and is refused."""
    cycle = EvaluationCycle(name="monthly", subjects=["member:wei"], periods=[JUNE])
    assert cycle == EvaluationCycle.every(
        Grain.MONTH, first=JUNE.start, end=JUNE.end, name="monthly", subjects=["member:wei"]
    )

    with pytest.raises(InvalidValueError, match=message):
        attrs.evolve(cycle, **other)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"by": 5}, r"^by must be the name of a field, or the group of each person"),
        ({"by": {"ann": 5}}, r"^by must name groups by text, or by None \(got 5"),
        ({"period": "1998-06"}, r"^period must be a period, such as .*got '1998-06'"),
    ],
)
def test_groups_are_named_by_text(other: dict[str, Any], message: str) -> None:
    """Groups of a survey are texts, by which their results are sorted."""
    answer = SurveyAnswer(
        id="1",
        survey="spring",
        wave="1998",
        item="fair",
        audience=Audience.MEMBER,
        respondent="ann",
        at=datetime(1998, 6, 5, tzinfo=UTC),
        low=1,
        high=5,
        score=4,
    )
    given: dict[str, Any] = {"by": "about", "period": JUNE, **other}

    with pytest.raises(InvalidValueError, match=message):
        survey_results([answer], as_of=JULY_1, zone="UTC", **given)
