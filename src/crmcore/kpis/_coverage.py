"""Coverage: whether a choice of KPIs looks at everything that it ought to look at."""

from __future__ import annotations

from collections.abc import Iterable

from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Phrase

from ._catalogue import CATALOGUE
from ._definitions import definitions
from ._kpi import Kpi, KpiGroup


def coverage(
    kpis: Iterable[Kpi], *, groups: Iterable[KpiGroup] = tuple(KpiGroup)
) -> tuple[Finding, ...]:
    """Return a finding for each group of KPIs of which none was chosen.

    Whoever looks at sales alone sees neither that customers are discontented nor that the team
    falls apart.

    Args:
        kpis: The chosen ones, in any order.
        groups: The groups that are to be looked at; every one unless stated.

    Raises:
        InvalidValueError: If one of them is no definition, or a group is none.

    Returns:
        The findings in the order of the groups, each with the KPIs of the catalogue that would
        fill the gap as its evidence.

    .. versionadded:: 0.1.0
    """
    there = {each.group for each in definitions(kpis)}
    wanted = {*groups} - there
    for group in wanted - {*KpiGroup}:
        raise InvalidValueError("groups", group, "be groups of KPIs, such as KpiGroup.SALES")
    return tuple(_missing(group) for group in KpiGroup if group in wanted)


def _missing(group: KpiGroup) -> Finding:
    said = group.label
    return Finding(
        kind="kpi_group_missing",
        severity=Severity.WARNING,
        subject=f"kpi_group:{group.value}",
        title=Phrase(f"no KPI tells of {said.en}", f"没有任何指标反映{said.zh}"),
        evidence=tuple((each.code, each.id) for each in CATALOGUE if each.group is group),
        suggestion=Phrase(f"choose one or more of {said.en}", f"请选择至少一个{said.zh}指标"),
    )
