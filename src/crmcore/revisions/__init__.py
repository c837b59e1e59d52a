"""Revisions: how a goal was changed since it was agreed on, by whom and why.

A `GoalHistory` begins with the goal as it was first agreed on. To revise it gives a new
history with one `Revision` more; nothing that was said before is overwritten, and each day is
judged by the goal that was in force when it began:

>>> from datetime import UTC, date, datetime
>>> from crmcore.calendar import Period
>>> from crmcore.goals import Goal
>>> from crmcore.revisions import GoalHistory
>>> agreed = Goal(
...     id="keep",
...     name="Keep more customers",
...     kpi="retention_rate",
...     baseline="0.72",
...     target="0.80",
...     period=Period(date(1998, 1, 1), date(1999, 1, 1)),
... )
>>> history = GoalHistory(first=agreed, zone="Europe/Berlin")
>>> revised = history.revise(
...     target="0.78",
...     at=datetime(1998, 5, 4, 9, tzinfo=UTC),
...     by="wei",
...     reason="The shop in the north closes in June.",
... )
>>> str(revised.in_force(date(1998, 5, 4)).target), str(revised.in_force(date(1998, 5, 5)).target)
('0.80', '0.78')
>>> print(revised.changes[0])
revision 1 of 1998-05-04 by wei: target 0.80 → 0.78
"""

from __future__ import annotations

from ._history import GoalHistory, Revision

__all__ = ["GoalHistory", "Revision"]
