"""From what customers answered to what the team is paid."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crmcore.calendar import Grain, Period, periods
from crmcore.errors import InvalidValueError
from crmcore.evaluation import Component, Curve, WeightedScorecard, evaluate
from crmcore.incentives import IncentiveKind, IncentiveRule, PayoutCurve, award
from crmcore.kernel import Money
from crmcore.kpis import KpiSeries, compute, kpi
from crmcore.surveys import Audience, SurveyAnswer

MAY, JUNE = periods(Grain.MONTH, date(1998, 5, 1), date(1998, 7, 1))
SATISFIED = kpi("satisfaction_rate")


@pytest.fixture(scope="module")
def satisfaction() -> KpiSeries:
    """Of 60 customers in May 24 were satisfied, of 60 in June 36."""
    answers = [
        SurveyAnswer(
            id=f"{month}-{place}",
            survey="service",
            wave="1998-H1",
            item="overall",
            audience=Audience.CUSTOMER,
            respondent=f"customer {month}-{place}",
            at=datetime(1998, month, 1 + place % 28, 9, tzinfo=UTC),
            low=1,
            high=5,
            score=4 if place < satisfied else 2,
        )
        for month, satisfied in [(5, 24), (6, 36)]
        for place in range(60)
    ]
    (series,) = compute(
        {"answers": answers},
        (MAY, JUNE),
        as_of=date(1998, 7, 2),
        zone="UTC",
        currency="EUR",
        kpis=[SATISFIED],
    )
    return series


CARD = WeightedScorecard(
    name="service",
    components=[
        Component.of_kpi(
            SATISFIED, weight=1, curve=Curve(threshold="0.20", target="0.60"), name="satisfied"
        )
    ],
)
BONUS = IncentiveRule(
    name="bonus",
    kind=IncentiveKind.BONUS,
    curve=PayoutCurve(threshold=40, target=100),
    amount=Money(300, "EUR"),
)


def test_answers_become_money(satisfaction: KpiSeries) -> None:
    """40 % are 50 points and a sixth of 300 for May; 60 % are 100 points and 300 for June."""
    evaluations = [
        evaluate(
            "team:service",
            CARD,
            {"satisfied": satisfaction},
            period=month,
            as_of=date(1998, 7, 2),
        )
        for month in (MAY, JUNE)
    ]

    given = award(evaluations, [BONUS], as_of=date(1998, 7, 3), currency="EUR")

    assert [str(each.money) for each in given.awards] == ["50.00 EUR", "300.00 EUR"]
    assert [finding.kind for finding in evaluations[0].findings] == ["point_to_improve"]
    assert evaluations[1].findings == ()  # 36 of 60 may be fewer, or more, by chance


def test_a_series_must_have_the_period(satisfaction: KpiSeries) -> None:
    """Of a month that nobody measured there is nothing to evaluate by."""
    july = Period.month(1998, 7)

    with pytest.raises(InvalidValueError, match="period must be one of the series, 1998-05 to"):
        evaluate(
            "team:service", CARD, {"satisfied": satisfaction}, period=july, as_of=date(1998, 8, 1)
        )
