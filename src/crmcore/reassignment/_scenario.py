"""Scenarios: everything that a plan is made from, ready to be changed and planned again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import attrs

from crmcore.allocation import Budget, Solver, Watch
from crmcore.calendar import Period, midnight
from crmcore.calendar import zone as find_zone
from crmcore.checks import day
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import MemberId, Phrase
from crmcore.organization import Member, Organization
from crmcore.plans import Plan, PlanKind

from ._book import Book, by_customer, by_member, ruled
from ._capacity import Capacity
from ._case import Case
from ._change import hours_changed, joined, points_at, said, told, weights_at
from ._continuity import Continuity
from ._duties import Duties
from ._eligibility import Eligibility, Fact, Facts, facts
from ._explain import plan_for
from ._kinds import is_one
from ._need import CustomerNeed
from ._proof import check_plan
from ._solving import Effort
from ._weights import AssignmentWeights
from ._wish import Apart, Bundle, Lock, Pin, listed

_WEEK = 7


_PERHAPS = attrs.validators.optional


def _name(where: ZoneInfo | str) -> str:
    return str(find_zone(where))


def _facts(given: Mapping[MemberId, Mapping[str, Fact]]) -> tuple[tuple[MemberId, Facts], ...]:
    return tuple(sorted((key, facts(known)) for key, known in given.items()))


@attrs.frozen(kw_only=True)
class Scenario:
    """Everything that a plan is made from; each change gives another scenario.

    `Scenario.of_customers` takes what `assign_customers` takes, and
    `Scenario.of_responsibilities` what `assign_responsibilities` takes.

    Attributes:
        kind: What the plan is about.
        as_of: The day of the plan.
        book: The customers with what they need, by id.
        holders: The members with the hours that they have for customers, by id.
        organization: The department, where it is known.
        zone: The name of the zone in which the day begins, for duties; UTC unless given.
        weeks: The weeks over which leave is counted, for duties.
        weights: What counts how much.
        pins: What goes to a stated member, or stays where it is.
        rules: Who may hold what, what belongs apart, and what together.
        within: A plan for teams that the plan for customers keeps to.
        facts: What rules ask of members, for duties.
        continuity: How much of today is left as it is, beside what each change costs.
        budget: How much work to do.
        changes: What was changed, one change after another, in words.

    .. versionadded:: 0.1.0
    """

    kind: PlanKind
    as_of: date = attrs.field(converter=day)
    book: tuple[CustomerNeed, ...] = attrs.field(default=(), converter=by_customer)
    holders: tuple[Capacity, ...] = attrs.field(default=(), converter=by_member)
    organization: Organization | None = attrs.field(
        default=None, validator=_PERHAPS(is_one(Organization))
    )
    zone: str | None = attrs.field(default=None, converter=attrs.converters.optional(_name))
    weeks: int = 4
    weights: AssignmentWeights = attrs.field(
        factory=AssignmentWeights, validator=is_one(AssignmentWeights)
    )
    pins: tuple[Pin | Lock, ...] = attrs.field(default=(), converter=listed)
    rules: tuple[Eligibility | Apart | Bundle, ...] = attrs.field(default=(), converter=ruled)
    within: Plan | None = attrs.field(default=None, validator=_PERHAPS(is_one(Plan)))
    facts: tuple[tuple[MemberId, Facts], ...] = ()
    continuity: Continuity | None = attrs.field(
        default=None, validator=_PERHAPS(is_one(Continuity))
    )
    budget: Budget | None = attrs.field(default=None, validator=_PERHAPS(is_one(Budget)))
    changes: tuple[Phrase, ...] = ()

    @classmethod
    def of_customers(
        cls,
        book: Iterable[CustomerNeed],
        holders: Iterable[Capacity],
        *,
        as_of: date,
        weights: AssignmentWeights | None = None,
        pins: Iterable[Pin | Lock] = (),
        rules: Iterable[Eligibility | Apart | Bundle] = (),
        within: Plan | None = None,
        organization: Organization | None = None,
        continuity: Continuity | None = None,
        budget: Budget | None = None,
        to_teams: bool = False,
    ) -> Scenario:
        """Return what a plan for customers is made from; see `assign_customers`.

        With *to_teams* the customers go to teams, as by `assign_to_teams`.
        """
        return cls(
            kind=PlanKind.TEAMS if to_teams else PlanKind.CUSTOMERS,
            as_of=as_of,
            book=book,
            holders=holders,
            organization=organization,
            weights=weights or AssignmentWeights(),
            pins=pins,
            rules=rules,
            within=within,
            continuity=continuity,
            budget=budget,
        )

    @classmethod
    def of_responsibilities(
        cls,
        organization: Organization,
        *,
        as_of: date,
        zone: ZoneInfo | str | None = None,
        weeks: int = 4,
        weights: AssignmentWeights | None = None,
        pins: Iterable[Pin | Lock] = (),
        rules: Iterable[Eligibility] = (),
        facts: Mapping[MemberId, Mapping[str, Fact]] | None = None,
        continuity: Continuity | None = None,
        budget: Budget | None = None,
    ) -> Scenario:
        """Return what a plan for duties is made from; see `assign_responsibilities`."""
        return cls(
            kind=PlanKind.RESPONSIBILITIES,
            as_of=as_of,
            organization=organization,
            zone=zone,
            weeks=weeks,
            weights=weights or AssignmentWeights(),
            pins=pins,
            rules=rules,
            facts=_facts(facts or {}),
            continuity=continuity,
            budget=budget,
        )

    def __repr__(self) -> str:
        """Return what it is about, and what was changed."""
        return f"<Scenario of {self.kind} as of {self.as_of}: {self.wording}>"

    @property
    def wording(self) -> Phrase:
        """What was changed, on one line."""
        return told(self.changes)

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody who could hold something, by id."""
        people: Iterable[Member] = (
            self._department.members
            if self.kind is PlanKind.RESPONSIBILITIES
            else (capacity.member for capacity in self.holders)
        )
        return tuple(sorted(people, key=lambda member: member.id))

    def plan(
        self,
        *,
        after: Plan | None = None,
        watch: Watch | None = None,
        solver: Solver | None = None,
        progress: Callable[[int, int | None, Phrase], None] | None = None,
    ) -> Plan:
        """Make the plan, as `assign_customers` or `assign_responsibilities` would.

        Args:
            after: The plan before this one; its prices warm the search.
            watch: Takes the time, and may end the search early.
            solver: Has the last word within what can be checked, like `crmcore.solver.Highs`.
            progress: Hears how much of a step is done, of how much if known, and which it is.

        Raises:
            FaultsError: With everything that is wrong.
        """
        effort = Effort(
            budget=self.budget,
            watch=watch,
            solver=solver,
            progress=progress,
            continuity=self.continuity,
            after=after,
        )
        return plan_for(self.case(), kind=self.kind, as_of=self.as_of, effort=effort)

    def check(self, plan: Plan) -> None:
        """Check what a plan of this scenario says of itself, with whole numbers and no solver.

        Who holds what after the plan is added up anew, and so is what the prices prove; see
        `crmcore.allocation.check_certificate`.

        Raises:
            FaultsError: If the plan does not begin with what is held in the scenario.
            InvalidValueError: If a number is not what the plan says, or the weights ask for
                the lowest peak.
        """
        check_plan(self.case(), plan)

    def with_hours(self, member: str, *, more: Decimal | int = 1) -> Scenario:
        """Return the same with so many hours more, or below 0 fewer, for a member.

        Hours are a week for duties, and in the planning period for customers.

        Raises:
            UnknownNameError: If there is no such member.
            InvalidValueError: If the member would have fewer than none.
        """
        self._find(member)
        change = hours_changed(member, Decimal(more))
        if self.kind is PlanKind.RESPONSIBILITIES:
            return self._with_members(
                [
                    attrs.evolve(one, weekly_hours=one.weekly_hours + more)
                    if one.id == member
                    else one
                    for one in self._department.members
                ],
                change,
            )
        return attrs.evolve(
            self,
            holders=[
                attrs.evolve(one, hours=one.hours + more) if one.member.id == member else one
                for one in self.holders
            ],
            changes=(*self.changes, change),
        )

    def each_with_hours(self, *, more: Decimal | int = 1) -> tuple[Scenario, ...]:
        """Return for each member what it would be with so many hours more, by member."""
        return tuple(self.with_hours(member.id, more=more) for member in self.members)

    def with_member(self, newcomer: Capacity | Member) -> Scenario:
        """Return the same with somebody more: a capacity for customers, a member for duties.

        Raises:
            InvalidValueError: If it is the other of the two.
        """
        if self.kind is PlanKind.RESPONSIBILITIES:
            if not isinstance(newcomer, Member):
                raise InvalidValueError("newcomer", newcomer, "be a member, for duties")
            return self._with_members([*self._department.members, newcomer], joined(newcomer))
        if not isinstance(newcomer, Capacity):
            raise InvalidValueError("newcomer", newcomer, "be a capacity, for customers")
        return attrs.evolve(
            self,
            holders=[*self.holders, newcomer],
            changes=(*self.changes, joined(newcomer.member)),
        )

    def without_member(self, member: str) -> Scenario:
        """Return the same with a member who has no hours any more.

        Raises:
            UnknownNameError: If there is no such member.
        """
        self._find(member)
        change = Phrase(f"without {member}", f"{member}不再参与")
        if self.kind is PlanKind.RESPONSIBILITIES:
            return self._with_members(
                [
                    attrs.evolve(one, left_on=self.as_of) if one.id == member else one
                    for one in self._department.members
                ],
                change,
            )
        return attrs.evolve(
            self,
            holders=[one for one in self.holders if one.member.id != member],
            changes=(*self.changes, change),
        )

    def with_pin(self, pin: Pin | Lock) -> Scenario:
        """Return the same with one wish more."""
        return attrs.evolve(
            self, pins=(*self.pins, pin), changes=(*self.changes, said(pin, is_added=True))
        )

    def without_pin(self, pin: Pin | Lock) -> Scenario:
        """Return the same with a wish given up.

        Raises:
            InvalidValueError: If there is no such wish.
        """
        if pin not in self.pins:
            raise InvalidValueError("pin", pin.subject, "be one of the pins of the scenario")
        return attrs.evolve(
            self,
            pins=tuple(one for one in self.pins if one != pin),
            changes=(*self.changes, said(pin, is_added=False)),
        )

    def frontier(
        self, times: Iterable[Fraction | int] = (0, 1, 2, 4)
    ) -> tuple[tuple[Fraction, Plan], ...]:
        """Return the plans for several prices of a change: what fewer moves give up.

        Args:
            times: By what to multiply the price of a change, each 0 or above.

        Returns:
            Each multiple with its plan, the lowest first; points are rounded half up.
        """
        wanted = sorted({Fraction(each) for each in times})
        return tuple((each, self._with_change_at(each).plan()) for each in wanted)

    def _with_change_at(self, times: Fraction) -> Scenario:
        return attrs.evolve(
            self,
            weights=weights_at(self.weights, times),
            book=[
                need
                if need.change is None
                else attrs.evolve(need, change=points_at(need.change, times))
                for need in self.book
            ],
        )

    def case(self) -> Case:
        """Return the case that the plan answers.

        :meta private:
        """
        if self.kind is not PlanKind.RESPONSIBILITIES:
            return Book(
                needs=self.book,
                capacities=self.holders,
                as_of=self.as_of,
                weights=self.weights,
                wished=self.pins,
                rules=self.rules,
                organization=self.organization,
                within=self.within,
                of_teams=self.kind is PlanKind.TEAMS,
            ).case()
        as_of, zone = self.as_of, self.zone
        return Duties(
            organization=self._department,
            as_of=as_of,
            begins=datetime.combine(as_of, time(0), UTC) if zone is None else midnight(as_of, zone),
            period=Period(as_of, as_of + timedelta(days=_WEEK * self.weeks)),
            weights=self.weights,
            wished=self.pins,
            rules=self.rules,
            facts={key: dict(known) for key, known in self.facts},
        ).case()

    @property
    def _department(self) -> Organization:
        if self.organization is None:
            raise InvalidValueError("organization", None, "be given, for duties")
        return self.organization

    def _find(self, member: str) -> None:
        known = [one.id for one in self.members]
        if member not in known:
            raise UnknownNameError("member", member, known)

    def _with_members(self, members: Iterable[Member], change: Phrase) -> Scenario:
        return attrs.evolve(
            self,
            organization=attrs.evolve(self._department, members=members),
            changes=(*self.changes, change),
        )
