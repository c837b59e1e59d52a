"""The review: everything that was found out about a department on a day."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date

import attrs

from crmcore.development import TrainingNeed
from crmcore.errors import UnknownNameError
from crmcore.goals import GoalAssessment, SmartCheck
from crmcore.improvement import Finding
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import KpiSeries, MemberKpis
from crmcore.lifecycle import StageFlows
from crmcore.organization import Assignment, JobDescription, Organization
from crmcore.policies import Policy
from crmcore.reassignment import AssignmentWeights
from crmcore.segments import GroupSummary
from crmcore.signals import ControlChart

from ._customer_value import CustomerValue
from ._judging import Judgement
from ._plan import DepartmentPlan
from ._slipping import slipping_away
from ._summary import (
    heading,
    how_it_goes,
    what_asks_to_be_done,
    what_is_proposed,
    what_they_are_worth,
    where_they_stand,
)


@attrs.frozen(kw_only=True)
class Review:
    """A department and its customers on a day, judged by a policy, with a plan.

    Attributes:
        as_of: The day at whose beginning all this holds.
        policy: The policy that it was judged by.
        organization: The department as it was stored.
        assigned: The assignments that held when the day began, by id.
        judgements: Where each customer stands, by customer.
        kpis: The KPIs of the months under review.
        charts: For each of them the natural limits, what has changed, and whether the target of
            its goal is within reach. Limits rest on the first months that were recorded, even
            where these are not shown.
        credited: Those of them that happen at an instant, by whoever owned the customer then:
            by member, and at last what happened while nobody did. They add up to the whole.
        goals: How the goals stand.
        smart: What the five questions of a SMART goal found, goal by goal.
        flows: The moves between stages, month by month.
        stages: What each stage amounts to.
        segments: What each segment amounts to.
        tiers: What each tier amounts to.
        value: What the customers are worth, and the models that say so; undefined where the
            policy tells no value, or the purchases tell none.
        findings: What asks to be done, the gravest first.
        plan: Who should hold which duty and look after which customer.
        weights: What counted how much in the plan.
        jobs: The job descriptions that the plan leads to, by member.
        training: What there is to learn for it, the most important first.

    .. versionadded:: 0.1.0
    """

    as_of: date
    policy: Policy
    organization: Organization
    assigned: tuple[Assignment, ...]
    judgements: tuple[Judgement, ...]
    kpis: tuple[KpiSeries, ...]
    charts: tuple[ControlChart, ...]
    credited: tuple[MemberKpis, ...]
    goals: tuple[GoalAssessment, ...]
    smart: tuple[SmartCheck, ...]
    flows: tuple[StageFlows, ...]
    stages: tuple[GroupSummary, ...]
    segments: tuple[GroupSummary, ...]
    tiers: tuple[GroupSummary, ...]
    value: CustomerValue | Undefined
    findings: tuple[Finding, ...]
    plan: DepartmentPlan
    weights: AssignmentWeights
    jobs: tuple[JobDescription, ...]
    training: tuple[TrainingNeed, ...]

    @property
    def slipping(self) -> tuple[Judgement, ...]:
        """The customers who are slipping away, by the policy; who would be worth most is first.

        They have probably left, but not long ago, and would be worth something had they not.
        """
        return slipping_away(self.judgements, self.policy, self.value)

    def judgement(self, customer: str) -> Judgement:
        """Return where a customer stands.

        Raises:
            UnknownNameError: If the customer was not reviewed.
        """
        place = bisect_left(self.judgements, customer, key=lambda one: one.customer)
        if place == len(self.judgements) or self.judgements[place].customer != customer:
            raise UnknownNameError("customer", customer, (one.customer for one in self.judgements))
        return self.judgements[place]

    def kpi(self, key: str) -> KpiSeries:
        """Return the values of a KPI over the months under review.

        Args:
            key: Its id, or its code, as in the catalogue.

        Raises:
            UnknownNameError: If it was not computed.
        """
        for series in self.kpis:
            if key in {series.kpi.id, series.kpi.code}:
                return series
        raise UnknownNameError("KPI", key, [series.kpi.id for series in self.kpis])

    def chart(self, key: str) -> ControlChart:
        """Return the chart of a KPI over the months under review.

        Args:
            key: Its id, or its code, as in the catalogue.

        Raises:
            UnknownNameError: If it was not computed.
        """
        return self.charts[self.kpis.index(self.kpi(key))]

    def credited_to(self, member: str | None) -> MemberKpis:
        """Return the KPIs that a member is credited with, over the months under review.

        Args:
            member: The id of the member; None for what happened while nobody owned the
                customer.

        Raises:
            UnknownNameError: If the member owned no customer in these months.
        """
        for one in self.credited:
            if one.member == member:
                return one
        known = (one.member for one in self.credited if one.member is not None)
        raise UnknownNameError("owner", str(member), known)

    def summary(self, *, language: str = "en") -> str:
        """Return the review on one screen, for a head of department.

        Args:
            language: ``en`` or ``zh-CN``.

        Raises:
            UnknownNameError: If the language is another one.
        """
        parts: tuple[Iterable[Phrase], ...] = (
            [
                heading(
                    self.organization,
                    self.policy,
                    as_of=self.as_of,
                    customers=len(self.judgements),
                )
            ],
            how_it_goes(self.kpis, self.charts, self.goals),
            [
                *where_they_stand(
                    self.policy, stages=self.stages, tiers=self.tiers, segments=self.segments
                ),
                *what_they_are_worth(self.policy, self.value, self.slipping),
            ],
            what_asks_to_be_done(self.findings),
            what_is_proposed(self.plan, self.training),
        )
        return "\n\n".join("\n".join(line.in_language(language) for line in part) for part in parts)

    def __repr__(self) -> str:
        """Return what it is a review of, and how much of everything it holds."""
        return (
            f"<Review of {self.organization.department.name!r} as of {self.as_of}: "
            f"{len(self.judgements)} customers, {len(self.findings)} findings, "
            f"{len(self.plan.moves)} moves>"
        )

    def __str__(self) -> str:
        """Return the summary in English."""
        return self.summary()
