"""Work: what members do within the company, so that it can be measured how well it goes.

Tasks and trainings fall due, deliveries pass from one department to the next, steps are
inspected, reports are read, meetings decide, knowledge is used, cases run through processes
and changes take effect. Each record is as small as the KPI that counts it needs:

>>> from datetime import UTC, datetime
>>> from crmcore.kernel import Money
>>> from crmcore.work import ProcessCase
>>> case = ProcessCase(
...     id="k-1",
...     process="complaint",
...     started_at=datetime(1998, 6, 3, 9, tzinfo=UTC),
...     processing_minutes=90,
...     rate=Money("40", "EUR"),
...     direct_cost=Money("2.50", "EUR"),
...     deviations=1,
...     steps=5,
...     standard_steps=5,
... )
>>> str(case.cost), case.fitness
('62.50 EUR', Decimal('0.9'))
"""

from __future__ import annotations

from ._data import Aspect, Decision, FieldCheck, Reading
from ._delivery import ChangeRequest, Delivery, Inspection
from ._learning import KnowledgeAct, KnowledgeUse, Training
from ._process import ProcessCase
from ._task import Meeting, Task, TaskKind, WorkLog

__all__ = [
    "Aspect",
    "ChangeRequest",
    "Decision",
    "Delivery",
    "FieldCheck",
    "Inspection",
    "KnowledgeAct",
    "KnowledgeUse",
    "Meeting",
    "ProcessCase",
    "Reading",
    "Task",
    "TaskKind",
    "Training",
    "WorkLog",
]
