"""The main job: review a department as of a day, and propose who should do what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, DefaultContext, localcontext
from types import MappingProxyType
from typing import Final

from crmcore.allocation import Solver, Watch
from crmcore.calendar import Period, WorkCalendar
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.development import TrainingNeed, training_needs
from crmcore.errors import InvalidValueError
from crmcore.goals import Goal
from crmcore.improvement import Finding, in_order
from crmcore.kernel import Phrase, Undefined
from crmcore.kpis import CATALOGUE, Kpi
from crmcore.lifecycle import Stage, StageFlows, flows
from crmcore.organization import JobDescription, audit, describe_job
from crmcore.policies import Policy
from crmcore.reassignment import AssignmentWeights, Continuity, Lock, Pin
from crmcore.segments import GroupSummary, summarize
from crmcore.storage import DEFAULT_TENANT, Store

from ._assigning import CustomerRule, Planning, hours_of_owners, make_plan
from ._customer_value import CustomerValue, customer_value
from ._evidence import Evidence
from ._finding import book_findings, stranger_findings
from ._judging import Judgement, judge
from ._measuring import Measured, measure
from ._plan import DepartmentPlan
from ._predicting import appraise
from ._records import Progress, Records, read_records, silent
from ._review import Review
from ._slipping import slipping_away, value_findings

_MOST: Final = {"months": 1_200, "weeks": 52}


def review_department(
    store: Store,
    *,
    policy: Policy,
    as_of: date,
    department: str | None = None,
    months: int = 12,
    weeks: int = 4,
    goals: Iterable[Goal] = (),
    evidence: Mapping[str, Iterable[object]] = MappingProxyType({}),
    parameters: Mapping[str, int | Decimal] = MappingProxyType({}),
    calendars: Mapping[str, WorkCalendar] = MappingProxyType({}),
    catalogue: Iterable[Kpi] = CATALOGUE,
    changes: Mapping[date, Phrase] = MappingProxyType({}),
    pins: Iterable[Pin | Lock] = (),
    rules: Iterable[CustomerRule] = (),
    continuity: Continuity | None = None,
    after: DepartmentPlan | None = None,
    weights: AssignmentWeights | None = None,
    watch: Watch | None = None,
    solver: Solver | None = None,
    progress: Progress = silent,
    tenant: str = DEFAULT_TENANT,
) -> Review:
    """Review a department on a day, and propose who should do what and look after whom.

    Only what was stored of the time before the day *as_of*, in the zone of the policy,
    counts. Nothing is changed: the plan is a proposal, which `apply_plan` carries out.
    Customers whom a member of another department owns are judged, and stay there.

    Args:
        store: Where the records are kept.
        policy: What the company decides for itself.
        as_of: The day at whose beginning the department is looked at.
        department: The id of the department; it may be left out where only one is stored.
        months: How many whole months to show KPIs and moves between stages for, from 1 to
            1,200.
        weeks: How many weeks from *as_of* on the plan is made for, from 1 to 52.
        goals: The department's own goals, beside those of the policy, or in place of those
            that have the same id.
        evidence: Records of kinds that the store does not keep, such as answers, requests or
            costs, by the names of `crmcore.kpis.SOURCES`: lists, or streams of any length, in
            any order. They count whether or not their customers are stored.
        parameters: What the company states of `crmcore.kpis.PARAMETERS`, beside what the policy
            says.
        calendars: Working hours by the names that definitions call them; every hour counts
            where there are none.
        catalogue: Which KPIs to compute, beside those of every review, where records that they
            need were handed in. Definitions of one's own stand in place of those of the library
            with the same id and first day, and those of the policy in place of both.
        changes: The days on which the work itself was changed, each with the reason: from them
            on charts learn anew what is usual. A change of which nobody knows is a signal.
        pins: Duties and customers that go to a stated member, or stay where they are.
        rules: Who may look after which customer, by the features of the customer and the
            facts of the member, and which customers belong together or apart.
        continuity: How much of today is left as it is, beside what each change costs.
        after: The plan of an earlier review; its prices warm the search.
        weights: What counts how much in the plan; the defaults where it is left out.
        watch: Takes the time of the search for duties and of that for customers, and may end
            each early; see `crmcore.allocation.Watch`.
        solver: Has the last word in both, like `crmcore.solver.Highs`.
        progress: Hears how much of a step is done, of how much if known, and which it is.
        tenant: Whose records are looked at.

    Returns:
        The review; the same records, policy and day give the same review, byte by byte,
        unless a watch ends a search early.

    Raises:
        FaultsError: If what is stored does not hang together, as where two members ever owned
            a customer at the same time, nobody has any hours to plan with, or a pin breaks a
            rule; likewise if the solver fails, or returns what cannot be.
        MixedCurrenciesError: If a purchase is in another currency than the policy's.
        NotFoundError: If there is no such department.
        UnknownNameError: If a goal names a KPI that nobody defines, or there is no such kind of
            records or parameter; the message suggests the nearest.
        InvalidValueError: If *as_of* is an instant, *months* or *weeks* is out of bounds,
            two goals have one id, serve each other in a circle or have weights that do not sum
            to 1, a goal is about a KPI whose records are not there, records of another class
            or of a kind that the store keeps were handed in, or no department is named where
            there are several.

    Complexity:
        Linear in purchases, and in customers times months since the first purchase. The models
        of value are linear in customers.

    .. versionadded:: 0.1.0
    """
    _refuse_absurd(as_of, months=months, weeks=weeks)
    given = tuple(goals)
    wanted = Evidence.of(
        evidence,
        policy=policy,
        goals=[*(each.kpi for each in given), *(each.kpi for each in policy.goals)],
        catalogue=catalogue,
        parameters=parameters,
        calendars=calendars,
    )
    with localcontext(DefaultContext):
        records = read_records(
            store,
            policy=policy,
            as_of=as_of,
            department=department,
            progress=progress,
            tenant=tenant,
            evidence=wanted,
        )
        appraisal = appraise(
            records.trails, records.customers, policy=policy, as_of=as_of, progress=progress
        )
        judgements = judge(records, appraisal, policy=policy, as_of=as_of, progress=progress)
        progress(0, None, Phrase("computing KPIs", "计算指标"))
        measured = measure(
            records, wanted, given, policy=policy, months=months, changes=changes, as_of=as_of
        )
        planning = Planning(
            as_of=as_of,
            policy=policy,
            weeks=weeks,
            weights=weights or AssignmentWeights(),
            pins=tuple(pins),
            rules=tuple(rules),
            continuity=continuity,
            after=after,
            watch=watch,
            solver=solver,
        )
        plan = make_plan(records, judgements, planning, progress)
        value = customer_value(appraisal, judgements, records.trails, as_of=as_of)
        return _told(records, judgements, measured, planning, plan, value=value)


def _told(
    records: Records,
    judgements: tuple[Judgement, ...],
    measured: Measured,
    planning: Planning,
    plan: DepartmentPlan,
    *,
    value: CustomerValue | Undefined,
) -> Review:
    """Return all that was found out as one review."""
    policy, as_of = planning.policy, planning.as_of
    stages, segments, tiers = _groups(judgements, policy)
    return Review(
        as_of=as_of,
        policy=policy,
        organization=records.organization,
        assigned=records.organization.assigned_at(records.at),
        judgements=judgements,
        kpis=measured.kpis,
        charts=measured.charts,
        credited=records.credits.kpis(measured.months, as_of=as_of),
        goals=measured.goals,
        smart=measured.checks,
        flows=_flows(judgements, measured.months),
        stages=stages,
        segments=segments,
        tiers=tiers,
        value=value,
        findings=_findings(records, judgements, value, planning, measured.findings),
        plan=plan,
        weights=planning.weights,
        jobs=_jobs(records, plan),
        training=_training(records, plan),
    )


def _refuse_absurd(as_of: date, **numbers: int) -> None:
    day(as_of)
    for name, number in numbers.items():
        most = _MOST[name]
        if not isinstance(number, int) or not 1 <= number <= most:
            raise InvalidValueError(name, number, f"be a whole number between 1 and {most}")


def _groups(
    judgements: Iterable[Judgement], policy: Policy
) -> tuple[tuple[GroupSummary, ...], tuple[GroupSummary, ...], tuple[GroupSummary, ...]]:
    """Return what each stage, each segment and each tier amounts to."""
    features = [judgement.features for judgement in judgements]
    segments = [each.name for each in policy.segments.segments]
    return (
        summarize(features, by="stage", names=[stage.value for stage in Stage]),
        summarize(features, by="segment", names=segments),
        summarize(features, by="tier", names=[each.name for each in policy.tiers.tiers]),
    )


def _flows(judgements: Sequence[Judgement], months: Iterable[Period]) -> tuple[StageFlows, ...]:
    """Return the moves between stages, month by month."""
    return tuple(flows((one.stages for one in judgements), month) for month in months)


def _jobs(records: Records, plan: DepartmentPlan) -> tuple[JobDescription, ...]:
    """Return the jobs, once the plan is carried out, of those who have not left by then."""
    organization, as_of = records.organization, plan.as_of
    assignments = plan.duties.assignments(organization, at=records.at)
    return tuple(
        describe_job(organization, member, assignments=assignments)
        for member in organization.members
        if member.left_on is None or member.left_on > as_of
    )


def _training(records: Records, plan: DepartmentPlan) -> tuple[TrainingNeed, ...]:
    """Return what members have to learn for the duties that they hold by the plan."""
    return training_needs(plan.duties.gaps, organization=records.organization, as_of=plan.as_of)


def _findings(
    records: Records,
    judgements: Sequence[Judgement],
    value: CustomerValue | Undefined,
    planning: Planning,
    of_kpis: Iterable[Finding],
) -> tuple[Finding, ...]:
    """Return what asks to be done, the gravest first."""
    policy = planning.policy
    members = {member.id for member in records.organization.members}
    hours = hours_of_owners(judgements, policy)
    return in_order(
        [
            *audit(
                records.organization,
                as_of=planning.as_of,
                zone=find_zone(policy.zone),
                weeks=planning.weeks,
                other_hours={member: spent for member, spent in hours.items() if member in members},
            ),
            *book_findings(
                judgements,
                organization=records.organization,
                elsewhere=records.elsewhere,
                policy=policy,
                as_of=planning.as_of,
            ),
            *stranger_findings(records.strangers),
            *value_findings(value, slipping_away(judgements, policy, value), policy=policy),
            *policy.findings(),
            *of_kpis,
        ]
    )
