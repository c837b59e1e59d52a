"""Books: customers and the hours for them, checked all at once, become a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from operator import attrgetter
from typing import TypeAlias

import attrs

from crmcore.allocation import Holder
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import MemberId, Phrase, TeamId
from crmcore.organization import Member, Organization
from crmcore.plans import Plan, PlanKind, subject

from ._capacity import Capacity, known_of
from ._case import Case, Slot, shown_hours
from ._crowd import Crowd
from ._demand import Demand
from ._eligibility import Eligibility, Fact, Statute, in_order, rule_faults, verdicts
from ._faults import (
    each_once,
    group_faults,
    lock_faults,
    owner_faults,
    pin_faults,
    skill_faults,
    weight_faults,
    wishes,
)
from ._kinds import each_of
from ._need import CustomerNeed, whole_minutes
from ._team import merged, one_of
from ._weights import AssignmentWeights
from ._wish import Apart, Bundle, Lock, Pin, listed

Rules: TypeAlias = Iterable[Eligibility | Apart | Bundle]


def by_customer(needs: Iterable[CustomerNeed]) -> tuple[CustomerNeed, ...]:
    """Return needs by customer.

    Raises:
        InvalidValueError: If one is something else.
    """
    what = "needs, as CustomerNeed(customer=…, hours=…)"
    found = each_of(CustomerNeed, "book", what, needs)
    return tuple(sorted(found, key=lambda need: need.customer))


def by_member(holders: Iterable[Capacity]) -> tuple[Capacity, ...]:
    """Return capacities by member.

    Raises:
        InvalidValueError: If one is something else.
    """
    what = "capacities, as Capacity(member=…, hours=…)"
    found = each_of(Capacity, "holders", what, holders)
    return tuple(sorted(found, key=lambda capacity: capacity.member.id))


def ruled(rules: Rules) -> tuple[Eligibility | Apart | Bundle, ...]:
    """Return rules as they come.

    Raises:
        InvalidValueError: If one is something else.
    """
    what = "rules, as Eligibility(…), Apart(…) and Bundle(…)"
    return each_of((Eligibility, Apart, Bundle), "rules", what, rules)


@attrs.frozen(kw_only=True, eq=False)
class Book:
    """Everything that goes into a plan for customers.

    Attributes:
        needs: The customers, by id.
        capacities: The members with their hours, by id.
        as_of: The day of the plan.
        weights: What counts how much.
        wished: Pins and locks.
        rules: Who may hold what, what belongs apart, and what together.
        organization: The department, whose skills and members are all that there are; None
            where that is not known.
        within: Who goes to which team, by a plan for teams.
        of_teams: Whether the customers go to teams instead of members.
    """

    needs: tuple[CustomerNeed, ...] = attrs.field(converter=by_customer)
    capacities: tuple[Capacity, ...] = attrs.field(converter=by_member)
    as_of: date
    weights: AssignmentWeights
    wished: tuple[Pin | Lock, ...] = attrs.field(converter=listed)
    rules: tuple[Eligibility | Apart | Bundle, ...] = attrs.field(converter=ruled)
    organization: Organization | None = None
    within: Plan | None = None
    of_teams: bool = False

    def case(self) -> Case:
        """Return the case, if nothing is wrong.

        Raises:
            FaultsError: With everything that is wrong.
        """
        teams, faults = self._teams_of_customers()
        slots = {slot.subject: slot for slot in self._slots(teams)}
        crews = self._crews()
        pins, locks, contradictions = wishes(self.wished)
        if self.of_teams:
            pins = {key: MemberId(self._team_of.get(who, who)) for key, who in pins.items()}
        locks |= {key for key in self._staying() if slots[key].holder in crews}
        bad_locks = lock_faults(locks, slots, crews, pins)
        apart, bundles = self._groups(Apart), self._groups(Bundle)
        bad_groups = group_faults(apart, bundles, slots)
        case = Case(
            slots=slots,
            members={key: one_of(key, crew) for key, crew in crews.items()},
            minutes={key: sum(self._minutes[one.id] for one in c) for key, c in crews.items()},
            curves={
                key: merged(key, [self._curves[one.id] for one in crew])
                for key, crew in crews.items()
            },
            crowd=Crowd(
                crews=crews,
                authorities=frozenset(),
                statutes=[Statute.of(rule, self._known, self.as_of) for rule in self._statutes],
                weights=self.weights,
            ),
            conflicts=()
            if self.of_teams or bad_groups
            else tuple(sorted({pair for group in apart for pair in combinations(group, 2)})),
            pins=pins,
            locks=frozenset(locks) - {fault.path for fault in bad_locks},
            bundles=() if bad_groups else tuple(sorted(bundles)),
            weights=self.weights,
            absent={c.member.id: c.member for c in self.capacities if not c.minutes},
            noted=tuple(self._over_allocated()),
            are_teams=self.of_teams,
        )
        faults = [
            *self._input_faults(slots),
            *faults,
            *contradictions,
            *bad_locks,
            *bad_groups,
            *pin_faults(case),
            *weight_faults(case),
        ]
        if faults:
            raise FaultsError("book", faults)
        return case

    def _input_faults(self, slots: Mapping[str, Slot]) -> list[Fault]:
        """Return what is wrong with customers, members and rules by themselves."""
        people = [capacity.member for capacity in self.capacities]
        organization = self.organization
        skills = {level.skill for member in people for level in member.skills}
        if organization is not None:
            skills.update(organization.skills)
        return [
            *each_once("customer", [need.customer for need in self.needs]),
            *each_once("member", [member.id for member in people]),
            *self._no_hours(),
            *self._gone(),
            *(
                Fault(
                    subject(need.customer, None, None),
                    f"it is owned since {need.since}, after the day of the plan, {self.as_of}",
                )
                for need in self.needs
                if need.since is not None and need.since > self.as_of
            ),
            *skill_faults(slots.values(), skills, is_whole=organization is not None),
            *(
                ()
                if organization is None
                else owner_faults(
                    ((subject(n.customer, None, None), n.owner) for n in self.needs), self._team_of
                )
            ),
            *rule_faults(self._statutes, (need.known for need in self.needs), self._known.values()),
        ]

    def _no_hours(self) -> Iterator[Fault]:
        """Yield a fault where nobody has any hours."""
        if any(self._minutes.values()):
            return
        names = sorted(self._minutes)
        if not names:
            yield Fault("holders", "nobody is named who could look after customers")
        elif len(names) == 1:
            problem = f"{names[0]!r} is the only one, and has no hours for customers"
            yield Fault("holders", problem)
        else:
            yield Fault("holders", f"none of the {len(names)} has any hours for customers")

    def _gone(self) -> Iterator[Fault]:
        """Yield a fault for each who has hours, and has left by the day of the plan."""
        for capacity in self.capacities:
            left_on = capacity.member.left_on
            if left_on is not None and left_on <= self.as_of and capacity.minutes:
                problem = f"gone from {left_on} on, but with {shown_hours(capacity.minutes)} h left"
                yield Fault(f"member {capacity.member.id}", problem)

    def _over_allocated(self) -> Iterator[Phrase]:
        """Yield who has more hours taken than there are."""
        for capacity in self.capacities:
            taken, hours = whole_minutes(capacity.taken), whole_minutes(capacity.hours)
            if taken > hours:
                who, over = capacity.member.id, shown_hours(taken - hours)
                yield Phrase(
                    f"{over} h more are taken of {who} than there are",
                    f"{who}已被占用的工时超出可用工时{over}小时",
                )

    @cached_property
    def _statutes(self) -> tuple[Eligibility, ...]:
        """The rules of the company."""
        return in_order(rule for rule in self.rules if isinstance(rule, Eligibility))

    def _groups(self, kind: type[Apart | Bundle]) -> list[tuple[str, ...]]:
        """Return the subjects that are to be apart, or to go together."""
        return [
            tuple(subject(key, None, None) for key in rule.customers)
            for rule in self.rules
            if isinstance(rule, kind)
        ]

    @cached_property
    def _minutes(self) -> dict[MemberId, int]:
        """The minutes that each member has."""
        return {capacity.member.id: capacity.minutes for capacity in self.capacities}

    @cached_property
    def _known(self) -> dict[MemberId, dict[str, Fact]]:
        """What rules may ask of each member."""
        return {c.member.id: known_of(c.member, dict(c.facts)) for c in self.capacities}

    @cached_property
    def _team_of(self) -> dict[MemberId, TeamId]:
        """The team of each member who is known, with hours or without."""
        others = () if self.organization is None else self.organization.members
        people = [*others, *(capacity.member for capacity in self.capacities)]
        return {member.id: member.team for member in people}

    def _crews(self) -> dict[MemberId, list[Member]]:
        """Return the people with hours behind each holder."""
        crews: dict[MemberId, list[Member]] = {}
        for capacity in self.capacities:
            member = capacity.member
            if self._minutes[member.id]:
                key = MemberId(member.team) if self.of_teams else member.id
                crews.setdefault(key, []).append(member)
        return dict(sorted(crews.items()))

    @cached_property
    def _curves(self) -> dict[MemberId, Holder]:
        """The load curve of each member."""
        return {
            capacity.member.id: (capacity.curve or self.weights).holder(
                capacity.member.id, capacity.minutes
            )
            for capacity in self.capacities
        }

    def _staying(self) -> Iterator[str]:
        """Yield the customers who stay with an owner who has hours."""
        for need in self.needs:
            if need.stays and need.owner is not None and self._minutes.get(need.owner):
                yield subject(need.customer, None, None)

    def _holder_of(self, need: CustomerNeed) -> MemberId | None:
        """Return who holds a customer today: the owner, or the team."""
        return self._team_today(need) if self.of_teams else need.owner

    def _team_today(self, need: CustomerNeed) -> MemberId | None:
        """Return the team that looks after a customer today."""
        owners = None if need.owner is None else self._team_of.get(need.owner)
        team = need.team or owners
        return None if team is None else MemberId(team)

    def _teams_of_customers(self) -> tuple[dict[str, tuple[TeamId, ...]], list[Fault]]:
        """Return the team of each customer by the plan for teams, if there is one."""
        if self.within is None:
            return {}, []
        if self.within.kind is not PlanKind.TEAMS:
            return {}, [Fault("within", f"it is a plan of {self.within.kind}, not of teams")]
        today = {subject(n.customer, None, None): self._team_today(n) for n in self.needs}
        try:
            after = self.within.simulate(today)
        except FaultsError as error:
            return {}, list(error.faults)
        return {key: () if team is None else (TeamId(team),) for key, team in after.items()}, []

    def _slots(self, teams: Mapping[str, tuple[TeamId, ...]]) -> Iterator[Slot]:
        """Yield each customer as a slot."""
        weights = self.weights
        median = _median([need.value for need in self.needs])
        demands: dict[Demand, Demand] = {}  # thousands of customers share a few demands
        ruled = verdicts(self._statutes, self.needs, attrgetter("known"), self.as_of)
        for need, rules in zip(self.needs, ruled, strict=True):
            demand = Demand(
                skills=need.skills,
                language=need.language,
                region=need.region,
                not_to=need.not_to,
                teams=teams.get(subject(need.customer, None, None)),
                rules=rules,
            )
            usual = weights.change + (weights.valuable_change if need.value > median else 0)
            usual += weights.yearly_change * min(need.years(self.as_of), weights.most_years)
            holder = self._holder_of(need)
            yield Slot(
                customer=need.customer,
                demand=demands.setdefault(demand, demand),
                minutes=whole_minutes(need.hours) + weights.item_minutes,
                importance=need.importance,
                uncovered=weights.uncovered if need.uncovered is None else need.uncovered,
                change=usual if need.change is None else need.change,
                value=need.value,
                holder=holder,
                version=None if self.of_teams or holder is None else need.ownership_version,
            )


def _median(values: list[Decimal]) -> Decimal:
    """Return the lower median; 0 of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else Decimal(0)
