"""Cascades: how the goals of a company, its departments, teams and members hang together.

`cascade` makes a tree of goals from the parents that they name, with the weight of each part,
and finds what does not hold together: goals that serve no greater one, parts that do not come
to the whole, and whoever is counted twice. `break_down` makes months of a year, `hand_down`
the goals of teams or members.

>>> from crmcore.calendar import Grain, Period
>>> from crmcore.cascades import cascade
>>> from crmcore.goals import Goal
>>> year = Grain.YEAR.period(Period.month(1998, 1).start)
>>> def orders(key, baseline, target, owner, parent=None):
...     return Goal(
...         id=key,
...         name=f"Orders of {owner}",
...         kpi="orders",
...         baseline=baseline,
...         target=target,
...         period=year,
...         owner=owner,
...         parent=parent,
...     )
>>> found = cascade(
...     [
...         orders("all", 900, 1000, "shop"),
...         orders("north", 500, 560, "north", parent="all"),
...         orders("south", 400, 410, "south", parent="all"),
...     ],
...     company="shop",
... )
>>> print(found)
Orders of shop: 1,000; its parts come to 970
  Orders of north: 560, weight 0.5
  Orders of south: 410, weight 0.5
>>> print(found.findings[0].title)
Orders of shop: its parts come to 970, 30 short of 1,000
"""

from __future__ import annotations

from ._break_down import break_down
from ._cascade import Cascade, CascadeNode, cascade
from ._hand_down import hand_down
from ._places import Level

__all__ = ["Cascade", "CascadeNode", "Level", "break_down", "cascade", "hand_down"]
