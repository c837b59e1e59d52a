"""Goals: how far a KPI is to move, by when, who answers for it, and how it stands.

A `Goal` is a KPI's way from a baseline to a target within a period, and its `Trajectory` plans
how much of it is covered by when. `check_smart` asks the five questions of a SMART goal;
`assess` says how far it has come, how fast, where it leads and with which chance, and puts
that into one `Status`; `findings` says what asks to be done.

"Ten per cent more" has two meanings, and a goal says which one it has:

>>> from crmcore.calendar import Period
>>> from crmcore.goals import Goal
>>> from crmcore.kpis import kpi
>>> asked = {
...     "name": "Keep more",
...     "kpi": "retention_rate",
...     "period": Period.month(1998, 7),
... }
>>> relative = Goal.relative("0.10", baseline="0.72", id="g-1", **asked)
>>> points = Goal.points("0.10", baseline="0.72", id="g-2", **asked)
>>> unit = kpi("retention_rate").unit
>>> unit.show(relative.target), unit.show(points.target)
('79.2 %', '82.0 %')
"""

from __future__ import annotations

from ._assess import GoalAssessment, assess
from ._check import check_smart
from ._findings import findings
from ._forecast import Forecast
from ._goal import Goal, GoalFields, GoalId, Mode
from ._smart import Smart, SmartAnswer, SmartCheck
from ._status import Levels, Status
from ._trajectory import Trajectory

__all__ = [
    "Forecast",
    "Goal",
    "GoalAssessment",
    "GoalFields",
    "GoalId",
    "Levels",
    "Mode",
    "Smart",
    "SmartAnswer",
    "SmartCheck",
    "Status",
    "Trajectory",
    "assess",
    "check_smart",
    "findings",
]
