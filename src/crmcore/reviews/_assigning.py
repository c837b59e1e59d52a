"""Making the plan: duties to people, then customers to members in the hours that are left."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import attrs

from crmcore.allocation import Solver, Watch
from crmcore.calendar import zone as find_zone
from crmcore.customers import Customer
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, MemberId, Phrase
from crmcore.organization import SkillLevel
from crmcore.policies import Policy
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    Continuity,
    CustomerNeed,
    Eligibility,
    Lock,
    Pin,
    Scenario,
)

from ._carrying import carrying
from ._judging import Judgement
from ._plan import DepartmentPlan
from ._records import Progress, Records

CustomerRule: TypeAlias = Eligibility | Apart | Bundle

_HOUR = 60
_ANY_LEVEL = 1


@attrs.frozen(kw_only=True)
class Planning:
    """What a plan is made with, beside the records and the judgements.

    Attributes:
        as_of: The day for which it is made.
        policy: What a company decides for itself.
        weeks: How many weeks the planning period has.
        weights: What counts how much.
        pins: Duties and customers that are to go to a stated member, or to stay.
        rules: Who may look after which customer, and which belong together or apart.
        continuity: How much of today is left as it is.
        after: The plan before, whose prices warm the search.
        watch: Takes the time of each of the two searches, and may end it early.
        solver: Has the last word in both.
    """

    as_of: date
    policy: Policy
    weeks: int
    weights: AssignmentWeights
    pins: tuple[Pin | Lock, ...] = ()
    rules: tuple[CustomerRule, ...] = ()
    continuity: Continuity | None = None
    after: DepartmentPlan | None = None
    watch: Watch | None = None
    solver: Solver | None = None

    @property
    def duty_pins(self) -> tuple[Pin | Lock, ...]:
        """What is wished of duties."""
        return tuple(pin for pin in self.pins if pin.customer is None)

    @property
    def customer_pins(self) -> tuple[Pin | Lock, ...]:
        """What is wished of customers."""
        return tuple(pin for pin in self.pins if pin.customer is not None)


def make_plan(
    records: Records, judgements: Iterable[Judgement], planning: Planning, progress: Progress
) -> DepartmentPlan:
    """Return who should hold which duty, and who should look after whom."""
    progress(0, None, Phrase("making the plan", "制定调整方案"))
    organization = records.organization
    duty_scenario = Scenario.of_responsibilities(
        organization,
        as_of=planning.as_of,
        zone=planning.policy.zone,
        weeks=planning.weeks,
        weights=planning.weights,
        pins=planning.duty_pins,
        continuity=planning.continuity,
    )
    duties = duty_scenario.plan(
        after=None if planning.after is None else planning.after.duties,
        watch=planning.watch,
        solver=planning.solver,
        progress=progress,
    )
    capacities = Capacity.of_team_members(
        organization,
        as_of=planning.as_of,
        weeks=planning.weeks,
        duty_hours=[(load.member, load.hours) for load in duties.after.loads],
    )
    customer_scenario = Scenario.of_customers(
        needs_of(records, judgements, planning),
        capacities,
        as_of=planning.as_of,
        weights=planning.weights,
        pins=planning.customer_pins,
        rules=planning.rules,
        continuity=planning.continuity,
    )
    customers = customer_scenario.plan(
        after=None if planning.after is None else planning.after.customers,
        watch=planning.watch,
        solver=planning.solver,
        progress=progress,
    )
    return DepartmentPlan(
        duties=duties,
        customers=carrying(customers, records.matters),
        duty_scenario=duty_scenario,
        customer_scenario=customer_scenario,
    )


def needs_of(
    records: Records,
    judgements: Iterable[Judgement],
    planning: Planning,
    *,
    also: Container[CustomerId] = frozenset(),
) -> Iterator[CustomerNeed]:
    """Yield what each customer needs who is to have somebody of this department, by the policy.

    Customers for whom the policy has no time are left out, but for those who are wanted *also*.
    """
    book, zone = planning.policy.book, find_zone(planning.policy.zone)
    for judgement in judgements:
        features = judgement.features
        tier, stage = str(features.tier), str(features.stage)
        minutes = book.minutes(tier, stage)
        if not minutes and features.customer not in also:
            continue
        care = book.of(tier)
        customer: Customer = records.customers[features.customer]
        owner = records.owners.get(features.customer)
        if owner is not None and owner.member in records.elsewhere:
            continue
        yield CustomerNeed(
            customer=features.customer,
            hours=Decimal(minutes * planning.weeks) / _HOUR,
            importance=care.importance,
            value=max(features.recent_spend, Decimal(0)),
            skills=_wanted(care.skills, customer.needs),
            language=customer.language,
            region=customer.region,
            owner=None if owner is None else owner.member,
            since=None if owner is None else owner.since.astimezone(zone).date(),
            ownership_version=0 if owner is None else owner.version,
            facts=_facts(features) if planning.rules else (),
        )


def _facts(features: CustomerFeatures) -> dict[str, Any]:
    """Return what rules may ask of a customer: all features, the verdicts among them."""
    known: dict[str, Any] = attrs.asdict(features)
    del known["customer"]
    return known


def _wanted(levels: Iterable[SkillLevel], needs: Iterable[str]) -> tuple[SkillLevel, ...]:
    """Put the skills of the tier and those of the customer together, each at its highest level."""
    wanted = dict.fromkeys(needs, _ANY_LEVEL)
    for level in levels:
        wanted[level.skill] = max(level.level, wanted.get(level.skill, _ANY_LEVEL))
    return tuple(SkillLevel(skill, level) for skill, level in sorted(wanted.items()))


def hours_of_owners(judgements: Iterable[Judgement], policy: Policy) -> Mapping[MemberId, Decimal]:
    """Return the hours a week that each member spends on the customers owned today."""
    minutes: dict[MemberId, int] = {}
    for judgement in judgements:
        if judgement.owner is not None:
            features = judgement.features
            need = policy.book.minutes(str(features.tier), str(features.stage))
            minutes[judgement.owner] = minutes.get(judgement.owner, 0) + need
    return {member: Decimal(minutes[member]) / _HOUR for member in sorted(minutes)}
