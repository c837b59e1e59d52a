"""The five goals of managing customers, ready to be set from where a company stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from crmcore.goals import GoalId, Mode

from ._goal_template import GoalTemplate

_STRATEGY: Final = GoalId("strategy")

MANAGEMENT_GOALS: Final[tuple[GoalTemplate, ...]] = (
    GoalTemplate(
        id=_STRATEGY,
        name="Follow the strategy: a larger share of the market",
        kpi="market_share",
        mode=Mode.POINTS,
        target=Decimal("0.01"),
    ),
    GoalTemplate(
        id=GoalId("satisfaction"),
        name="Satisfy more of the customers",
        kpi="satisfaction_rate",
        mode=Mode.RELATIVE,
        target=Decimal("0.10"),
        parent=_STRATEGY,
    ),
    GoalTemplate(
        id=GoalId("retention"),
        name="Keep more of the customers",
        kpi="retention_rate",
        mode=Mode.POINTS,
        target=Decimal("0.05"),
        parent=_STRATEGY,
    ),
    GoalTemplate(
        id=GoalId("contribution"),
        name="Let customers contribute more",
        kpi="contribution",
        mode=Mode.RELATIVE,
        target=Decimal("0.10"),
        parent=_STRATEGY,
    ),
    GoalTemplate(
        id=GoalId("process"),
        name="Do it right the first time",
        kpi="first_pass_yield",
        mode=Mode.POINTS,
        target=Decimal("0.05"),
        parent=_STRATEGY,
    ),
)
"""What managing customers is for: satisfaction, retention, contribution and better processes,
all of them serving the strategy. The numbers are a beginning, which a company replaces by its
own; ``attrs.evolve`` gives a template another one."""
