"""Lifecycle: the stage that a customer stands in, and the dated way there.

A `StageRule` is a criterion with a stage and the stages it leads on from; a `StageModel` asks
its rules in order and takes one step at each checkpoint. The outcome is a `StageHistory`,
which tells the stage on any day and the rule behind every change; `flows` counts how many
customers went where, and `lint` finds rules that can move nobody.

>>> from datetime import date
>>> from crmcore.criteria import F
>>> from crmcore.features import CustomerFeatures
>>> from crmcore.kernel import CustomerId
>>> from crmcore.lifecycle import Stage, StageModel, StageRule
>>> model = StageModel(
...     rules=[
...         StageRule(stage=Stage.NEW, entry=F.frequency >= 1, allowed_from=[Stage.PROSPECT]),
...         StageRule(stage=Stage.LOST, entry=F.days_since_last > 365, allowed_from=[Stage.NEW]),
...     ]
... )
>>> bought = CustomerFeatures(
...     customer=CustomerId("c-17"), as_of=date(1997, 2, 1), frequency=1, days_since_last=4
... )
>>> change = model.step(Stage.PROSPECT, bought)
>>> print(change)
1997-02-01 · c-17 · prospect → new · rule new
"""

from __future__ import annotations

from ._history import StageFlow, StageFlows, StageHistory, flows
from ._lint import lint
from ._model import StageModel
from ._stage import Stage, StageChange, StageRule

__all__ = [
    "Stage",
    "StageChange",
    "StageFlow",
    "StageFlows",
    "StageHistory",
    "StageModel",
    "StageRule",
    "flows",
    "lint",
]
