"""Prediction: scores that are learned from outcomes, and how well they came true.

A `NaiveBayes` model learns from dated outcomes what each answer to a question does to the
odds. What it learns is a rule set, so its scores have ledgers as all scores do. `calibration`
says whether what was called 30 % probable happened 30 times of 100; `lift` says how much more
often it happened among the highest scores than among all.

>>> from datetime import date
>>> from crmcore.criteria import F
>>> from crmcore.prediction import Example, Factor, NaiveBayes
>>> seen = [("web", True)] * 30 + [("web", False)] * 10 + [("fair", True)] * 10
>>> seen += [("fair", False)] * 50
>>> examples = [
...     Example(
...         record={"channel": channel},
...         as_of=date(2026, 1, 1),
...         happened=bought,
...         known_on=date(2026, 4, 1),
...     )
...     for channel, bought in seen
... ]
>>> model = NaiveBayes.fit(
...     examples,
...     [Factor("came by", {"web": F.channel == "web", "fair": F.channel == "fair"})],
...     as_of=date(2026, 9, 30),
...     name="buys again",
... )
>>> print(model.predict({"channel": "web"}, as_of=date(2026, 9, 30)))
74.8 % probable
  came by: web pulls up (0.82)
>>> print(model.rules.score({"channel": "web"}, as_of=date(2026, 9, 30)))
buys again: 4.732
  how often it happens: -1.761, because this always holds
  came by: web: 6.493, because channel is web
"""

from __future__ import annotations

from ._calibration import Calibration, CalibrationBin, calibration
from ._factor import Factor
from ._lift import Lift, LiftGroup, lift
from ._naive_bayes import CaseWeight, Example, NaiveBayes, Prediction

__all__ = [
    "Calibration",
    "CalibrationBin",
    "CaseWeight",
    "Example",
    "Factor",
    "Lift",
    "LiftGroup",
    "NaiveBayes",
    "Prediction",
    "calibration",
    "lift",
]
