"""What the tests of incentives share: evaluations with a stated score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from crmcore.calendar import Period
from crmcore.evaluation import Component, Curve, Evaluation, WeightedScorecard, evaluate
from crmcore.kernel import Undefined
from crmcore.kpis import KpiGroup
from crmcore.measures import Value
from crmcore.statistics import wilson

CARD = WeightedScorecard(
    name="service",
    components=[
        Component(
            name="answered",
            measure="answered",
            aspect=KpiGroup.SERVICE,
            weight=1,
            curve=Curve(threshold=0, target="0.5", stretch=1, stretch_points=200),
        )
    ],
)


def _scored(
    subject: str,
    points: Decimal | int | str | Undefined,
    period: Period | None = None,
    as_of: date | None = None,
) -> Evaluation:
    about = period or Period.month(1998, 6)
    number: Value | Undefined
    if isinstance(points, Undefined):
        number = points
    else:
        share = Decimal(points) / 200  # 100 points at a half, 200 at all
        number = Value(
            number=share,
            n=1000,
            interval=wilson(int(share * 1000), 1000),
            period=about,
            as_of=about.end,
            definition="answered",
        )
    return evaluate(subject, CARD, {"answered": number}, period=about, as_of=as_of or about.end)


@pytest.fixture(scope="session")
def scored() -> Callable[..., Evaluation]:
    """Return the maker of evaluations with so many points, for June 1998 unless stated."""
    return _scored
