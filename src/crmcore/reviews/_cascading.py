"""Goals that serve each other: whether the parts come to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from crmcore.cascades import cascade
from crmcore.goals import Goal
from crmcore.improvement import Finding
from crmcore.kpis import Kpi
from crmcore.organization import Organization

_LONE = "goal_without_parent"


def cascade_findings(
    goals: Iterable[Goal], *, organization: Organization, kpis: Iterable[Kpi]
) -> Iterator[Finding]:
    """Yield what does not hold together among the goals that serve one another.

    Whether a goal that serves none of them is relevant is one of the five questions of a SMART
    goal, and is not asked again.
    """
    known = {goal.id: goal for goal in goals}
    parents = {goal.parent for goal in known.values()}
    tree = [
        goal if goal.parent in known else attrs.evolve(goal, parent=None)
        for goal in known.values()
        if goal.parent in known or goal.id in parents
    ]
    if tree:
        found = cascade(
            tree, company=organization.department.id, organizations=[organization], kpis=kpis
        )
        yield from (finding for finding in found.findings if finding.kind != _LONE)
