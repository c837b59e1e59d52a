"""Goals as components of a scorecard."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.evaluation import Component, ComponentKind, Curve, WeightedScorecard, evaluate
from crmcore.goals import Goal, GoalAssessment, GoalId, assess
from crmcore.kernel import Reason, Undefined
from crmcore.kpis import KpiGroup, KpiSeries, kpi
from crmcore.measures import Value
from crmcore.statistics import wilson

JUNE = Period.month(1998, 6)
JULY = date(1998, 7, 1)
CARD = WeightedScorecard(
    name="team",
    components=[
        Component(
            name="goal",
            kind=ComponentKind.GOAL,
            measure="g-1",
            aspect=KpiGroup.RETENTION,
            weight=1,
            curve=Curve(threshold=0, target=1, stretch="1.2"),
        )
    ],
)


def assessment(name: str, number: str, baseline: str, target: str) -> GoalAssessment:
    """How a goal for June stands at its end, with the KPI at *number*."""
    goal = Goal(
        id=GoalId("g-1"),
        name="Better",
        kpi=name,
        period=JUNE,
        baseline=Decimal(baseline),
        target=Decimal(target),
    )
    found = Value(
        number=Decimal(number),
        n=200,
        interval=wilson(156, 200) if name == "retention_rate" else None,
        period=JUNE,
        as_of=JULY,
        definition=name,
    )
    currency = "EUR" if name == "sales" else None
    series = KpiSeries(
        kpi=kpi(name), periods=(JUNE,), values=(found,), as_of=JULY, currency=currency
    )
    return assess(goal, series, as_of=JULY)


def test_a_goal_counts_by_its_progress() -> None:
    """From 0.70 to 0.80 at 0.78 is eight tenths of the way, and 80 points.

    Wilson's interval for 156 of 200, 0.7176 to 0.8318, is 0.176 to 1.318 of the way, so from
    17.6 points to the 120 of the stretch.
    """
    standing = assessment("retention_rate", "0.78", "0.70", "0.80")

    found = evaluate("team:care", CARD, {"goal": standing}, period=JUNE, as_of=JULY)

    entry = found.ledger[0]
    assert found.score == 80
    assert isinstance(entry.value, Value)
    assert (entry.value.definition, entry.value.version) == ("retention_rate towards g-1", "1")
    assert entry.least == pytest.approx(Decimal("17.6"), abs=Decimal("0.1"))
    assert entry.most == 120


def test_a_goal_for_a_total_has_no_interval() -> None:
    """Of 1000 EUR 900 were sold: 90 points, and no finding, because totals have no interval."""
    standing = assessment("sales", "900", "800", "1000")

    found = evaluate("team:care", CARD, {"goal": standing}, period=JUNE, as_of=JULY)

    assert found.score == 90
    assert found.findings == ()


def test_a_goal_without_progress_has_no_points() -> None:
    """What is unknown of a goal stays unknown in the evaluation."""
    standing = assessment("retention_rate", "0.78", "0.70", "0.80")
    unknown = Undefined(Reason.IMMATURE)

    for without in (
        attrs.evolve(standing, progress=unknown),
        attrs.evolve(standing, current=unknown),
    ):
        found = evaluate("team:care", CARD, {"goal": without}, period=JUNE, as_of=JULY)

        assert found.ledger[0].value == unknown
        assert found.score == Undefined(Reason.NO_DATA)


def test_another_goal_is_refused() -> None:
    """A component of one goal takes no progress of another."""
    other = assessment("retention_rate", "0.78", "0.70", "0.80")
    other = attrs.evolve(other, goal=attrs.evolve(other.goal, id=GoalId("g-2")))

    with pytest.raises(InvalidValueError, match=r"values must be of g-1 for goal \(got 'g-2'\)"):
        evaluate("team:care", CARD, {"goal": other}, period=JUNE, as_of=JULY)


def test_a_series_gives_the_value_of_its_period() -> None:
    """A KPI's series may stand for its number, and must be of the KPI that is asked for."""
    series = assessment("retention_rate", "0.78", "0.70", "0.80").series
    curve = Curve(threshold="0.70", target="0.80")
    card = WeightedScorecard(
        name="team",
        components=[Component.of_kpi(kpi("retention_rate"), weight=1, curve=curve, name="kept")],
    )

    found = evaluate("team:care", card, {"kept": series}, period=JUNE, as_of=JULY)

    assert found.score == 80
    other = assessment("sales", "900", "800", "1000").series
    with pytest.raises(InvalidValueError, match="values must be of retention_rate for kept"):
        evaluate("team:care", card, {"kept": other}, period=JUNE, as_of=JULY)
