"""Scorecards: which KPIs the six teams of a customer department are judged by.

The eighteen metrics are those that are named for the teams of customer service, sales,
marketing, technical support, customer success and data analysis, three for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from crmcore.checks import is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase


def _once(_: object, attribute: attrs.Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if not value or len({*value}) < len(value):
        raise InvalidValueError(attribute.name, value, "name one KPI or more, each once")


def _listed(kpis: Iterable[str]) -> tuple[str, ...]:
    return tuple(kpis)


@attrs.frozen(kw_only=True)
class Scorecard:
    """The KPIs that a team is judged by.

    Attributes:
        id: The word for it in data, such as ``service``.
        team: How such a team is called.
        kpis: The ids of the KPIs, the most telling first.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    team: Phrase
    kpis: tuple[str, ...] = attrs.field(converter=_listed, validator=_once)

    def __str__(self) -> str:
        """Return the team and its KPIs on one line."""
        return f"{self.team}: {', '.join(self.kpis)}"


def _scorecard(key: str, en: str, zh: str, *kpis: str) -> Scorecard:
    return Scorecard(id=key, team=Phrase(en, zh), kpis=kpis)


SCORECARDS: Final[tuple[Scorecard, ...]] = (
    _scorecard(
        "service",
        "customer service",
        "客户服务团队",
        "satisfaction_rate",
        "retention_rate",
        "solved_per_hour",
    ),
    _scorecard(
        "sales",
        "sales",
        "销售团队",
        "sales_attainment",
        "conversion_rate",
        "lifetime_value_after",
    ),
    _scorecard(
        "marketing",
        "marketing",
        "市场营销团队",
        "campaign_response_rate",
        "aided_awareness",
        "acquisition_cost",
    ),
    _scorecard(
        "support",
        "technical support",
        "技术支持团队",
        "response_time",
        "resolution_rate",
        "feedback_volume",
    ),
    _scorecard(
        "success",
        "customer success",
        "客户成功团队",
        "success_rate",
        "retention_rate",
        "net_promoter_score",
    ),
    _scorecard(
        "data",
        "data analysis",
        "数据分析团队",
        "data_accuracy",
        "report_quality",
        "data_driven_decisions",
    ),
)
"""The scorecards of six teams: service, sales, marketing, support, success and data."""
