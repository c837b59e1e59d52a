"""Retention: who stays under contract, who comes back, how customers and their money migrate.

A contract is renewed or not, and `ShiftedBetaGeometric` says how long that goes on. `Migration`
tells how customers move between states, and what each state is worth. A `CohortTriangle` shows
who of those that came together is back at each age; what has not been seen to its end has no
value there. `revenue_retention` follows last period's revenue into this one.

>>> from crmcore.durations import annual, years
>>> from crmcore.retention import ShiftedBetaGeometric
>>> model = ShiftedBetaGeometric.fit([[1000, 869, 743, 653, 593, 551, 517, 491]], period=years(1))
>>> round(model.alpha, 3), round(model.beta, 3)
(0.668, 3.806)
>>> round(model.retention_rate(1), 3), round(model.retention_rate(7), 3)
(0.851, 0.936)
>>> round(model.discounted_lifetime(annual(0.1)), 2)
5.92
"""

from __future__ import annotations

from ._cohort_triangle import CohortCell, CohortKind, CohortRow, CohortTriangle
from ._cohorts import cohorts
from ._migration import Migration
from ._migration_values import MigrationValues
from ._revenue_retention import RevenueRetention, revenue_retention
from ._shifted_beta_geometric import ShiftedBetaGeometric
from ._transitions import transitions

__all__ = [
    "CohortCell",
    "CohortKind",
    "CohortRow",
    "CohortTriangle",
    "Migration",
    "MigrationValues",
    "RevenueRetention",
    "ShiftedBetaGeometric",
    "cohorts",
    "revenue_retention",
    "transitions",
]
