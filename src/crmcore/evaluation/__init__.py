"""Evaluation: how somebody performed, as a number that says what it is made of.

A `WeightedScorecard` has components whose weights sum to one. `evaluate` turns the number of
each into points by its `Curve`, and the score of the `Evaluation` *is* the sum of its ledger.
Strengths and points to improve are told only where chance alone does not explain them:

>>> from datetime import date
>>> from decimal import Decimal
>>> from crmcore.calendar import Period
>>> from crmcore.evaluation import Component, Curve, Level, WeightedScorecard, evaluate
>>> from crmcore.kpis import KpiGroup
>>> from crmcore.measures import Value
>>> from crmcore.statistics import wilson
>>> card = WeightedScorecard(
...     name="service",
...     components=[
...         Component(
...             name="team: kept customers",
...             measure="retention_rate",
...             aspect=KpiGroup.RETENTION,
...             level=Level.TEAM,
...             weight=1,
...             curve=Curve(threshold="0.70", target="0.80"),
...         ),
...         Component(
...             name="answered in time",
...             measure="in_time",
...             aspect=KpiGroup.SERVICE,
...             weight=1,
...             curve=Curve(threshold="0.50", target="0.90"),
...         ),
...     ],
...     mix={Level.TEAM: "0.6", Level.PERSONAL: "0.4"},
... )
>>> month = Period.month(1998, 6)
>>> def share(definition: str, part: int, n: int) -> Value:
...     return Value(
...         number=Decimal(part) / n,
...         n=n,
...         interval=wilson(part, n),
...         period=month,
...         as_of=date(1998, 7, 1),
...         definition=definition,
...     )
>>> wei = evaluate(
...     "member:wei",
...     card,
...     {
...         "team: kept customers": share("retention_rate", 156, 200),
...         "answered in time": share("in_time", 140, 200),
...     },
...     period=month,
...     as_of=date(1998, 7, 3),
... )
>>> for entry in wei.ledger:
...     print(entry.component.name, entry.sum)
team: kept customers 80 × 0.6 = 48
answered in time 50 × 0.4 = 20
>>> wei.score
Decimal('68')
>>> for finding in wei.findings:
...     print(finding)
warning · member:wei · answered in time is to be improved: 50 points, 64.81 at most
"""

from __future__ import annotations

from ._component import Component, ComponentKind, Level
from ._cooperation import cooperation
from ._curve import Curve
from ._cycle import DueEvaluation, DueState, EvaluationCycle, OneToOne
from ._evaluate import evaluate
from ._evaluation import Evaluation, EvaluationEntry
from ._scorecard import WeightedScorecard
from ._survey import SurveyResult, survey_results

__all__ = [
    "Component",
    "ComponentKind",
    "Curve",
    "DueEvaluation",
    "DueState",
    "Evaluation",
    "EvaluationCycle",
    "EvaluationEntry",
    "Level",
    "OneToOne",
    "SurveyResult",
    "WeightedScorecard",
    "cooperation",
    "evaluate",
    "survey_results",
]
