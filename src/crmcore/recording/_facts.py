"""The facts that a review amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from crmcore.facts import KpiFact, KpiScope, ScoreFact, StageFact, TierFact
from crmcore.kpis import KpiSeries
from crmcore.reviews import Review


class ReviewFacts:
    """The facts of a review, to be written down at an instant."""

    def __init__(self, review: Review, at: datetime) -> None:
        """Begin with a review."""
        self._review = review
        self._by_policy: dict[str, Any] = {
            "policy": review.policy.name,
            "policy_version": review.policy.version,
            "fingerprint": review.policy.fingerprint,
            "recorded_at": at,
        }

    def stages(self) -> Iterator[StageFact]:
        """Yield where each customer stands."""
        for one in self._review.judgements:
            yield StageFact(
                customer=one.customer,
                stage=one.stages.stage,
                since=one.stages.entered,
                as_of=self._review.as_of,
                **self._by_policy,
            )

    def tiers(self) -> Iterator[TierFact]:
        """Yield the tier of each customer."""
        for one in self._review.judgements:
            yield TierFact(
                customer=one.customer,
                tier=one.tiers.tier,
                since=one.tiers.entered,
                as_of=self._review.as_of,
                **self._by_policy,
            )

    def scores(self) -> Iterator[ScoreFact]:
        """Yield the score of each customer."""
        for one in self._review.judgements:
            yield ScoreFact.of(one.score, customer=one.customer, **self._by_policy)

    def kpis(self) -> Iterator[KpiFact]:
        """Yield the figures of the department, of each member, and of nobody."""
        department = self._review.organization.department.id
        yield from self._figures(self._review.kpis, KpiScope.DEPARTMENT, department)
        for one in self._review.credited:
            scope = KpiScope.NOBODY if one.member is None else KpiScope.MEMBER
            yield from self._figures(one.series, scope, one.member)

    def _figures(
        self, series: Iterable[KpiSeries], scope: KpiScope, scope_id: str | None
    ) -> Iterator[KpiFact]:
        for one in series:
            for period in one.periods:
                yield KpiFact.of(one, period, scope=scope, scope_id=scope_id, **self._by_policy)
