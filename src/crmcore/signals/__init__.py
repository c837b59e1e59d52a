"""Signals: which values tell that something has happened, and which only wander.

The value of a month always differs from that of the month before, and mostly for no reason
worth a search. A `ControlChart` learns from a baseline how far the values of a process wander
by themselves, and names as a `Signal` what a process left alone would hardly ever do. It
keeps two questions apart: has something changed (`Variation`), and would the process meet its
target if nothing did (`Assurance`)?

>>> from crmcore.signals import natural_limits
>>> complaints = [12, 15, 11, 14, 13, 16, 12, 10, 14, 13, 15, 11]
>>> limits = natural_limits(complaints, lower=0)
>>> print(f"{limits.centre} a month, naturally {limits.low:.1f} to {limits.high:.1f}")
13 a month, naturally 5.5 to 20.5
"""

from __future__ import annotations

from ._chart import ControlChart
from ._drivers import Driver, KeyDrivers, Quadrant, key_drivers
from ._judgement import Assurance, Variation
from ._kinds import ChartKind
from ._limits import Limits, natural_limits
from ._rules import ChartPoint, Rule, Signal
from ._series import chart, findings

__all__ = [
    "Assurance",
    "ChartKind",
    "ChartPoint",
    "ControlChart",
    "Driver",
    "KeyDrivers",
    "Limits",
    "Quadrant",
    "Rule",
    "Signal",
    "Variation",
    "chart",
    "findings",
    "key_drivers",
    "natural_limits",
]
