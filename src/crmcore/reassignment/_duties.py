"""Duties: the responsibilities of a department, checked all at once, become a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from crmcore.calendar import Period
from crmcore.errors import Fault, FaultsError, UnknownNameError
from crmcore.kernel import MemberId, Phrase, minutes
from crmcore.organization import Assignment, Duty, Member, Organization, Responsibility

from ._capacity import known_of, minutes_there
from ._case import Case, Slot
from ._crowd import Crowd
from ._demand import Demand
from ._eligibility import Eligibility, Fact, Statute, in_order, rule_faults, verdicts
from ._faults import lock_faults, pin_faults, skill_faults, weight_faults, wishes
from ._kinds import each_of
from ._weights import AssignmentWeights
from ._wish import Apart, Bundle, Lock, Pin, listed

_QUARTER = 15
_SHORT = {Duty.ACCOUNTABLE: 1, Duty.RESPONSIBLE: 1, Duty.BACKUP: 2}


def _ruled(rules: Iterable[Eligibility | Apart | Bundle]) -> tuple[Eligibility, ...]:
    what = "rules of who may hold what, as Eligibility(…)"
    return in_order(each_of(Eligibility, "rules", what, rules))


@attrs.frozen(kw_only=True, eq=False)
class Duties:
    """Everything that goes into a plan for responsibilities.

    Attributes:
        organization: The department.
        as_of: The day of the plan.
        begins: The instant at which that day begins.
        period: The days over which leave is counted.
        weights: What counts how much.
        wished: Pins and locks.
        rules: Who may hold what.
        facts: What the rules may ask of each member beside what the record says.
    """

    organization: Organization
    as_of: date
    begins: datetime
    period: Period
    weights: AssignmentWeights
    wished: tuple[Pin | Lock, ...] = attrs.field(converter=listed)
    rules: tuple[Eligibility, ...] = attrs.field(converter=_ruled)
    facts: Mapping[MemberId, Mapping[str, Fact]]

    def case(self) -> Case:
        """Return the case, if nothing is wrong.

        Raises:
            FaultsError: With everything that is wrong.
        """
        hours, organization = self._hours, self.organization
        members = {m.id: m for m in organization.members if hours[m.id] > 0}
        slots = {slot.subject: slot for slot in self._slots()}
        pins, locks, contradictions = wishes(self.wished)
        bad_locks = lock_faults(locks, slots, members, pins)
        case = Case(
            slots=dict(sorted(slots.items())),
            members=members,
            minutes={key: hours[key] for key in members},
            curves={key: self.weights.holder(key, hours[key], _QUARTER) for key in members},
            crowd=self._crowd(members),
            conflicts=tuple(sorted(_conflicts(organization.responsibilities))),
            pins=pins,
            locks=frozenset(locks) - {fault.path for fault in bad_locks},
            weights=self.weights,
            absent={m.id: m for m in organization.members if m.id not in members},
        )
        faults = [
            *self._no_hours(),
            *skill_faults(slots.values(), self._skills(), is_whole=False),
            *rule_faults(self.rules, map(_known, self._pairs), self._known.values()),
            *self._fact_faults(),
            *contradictions,
            *bad_locks,
            *pin_faults(case),
            *weight_faults(case),
        ]
        if faults:
            raise FaultsError("organization", faults)
        return case

    @cached_property
    def _hours(self) -> dict[MemberId, int]:
        """The minutes a week that each member has, rounded down to quarters of an hour."""
        return {
            member.id: minutes_there(member, member.weekly_hours, self.period)
            // _QUARTER
            * _QUARTER
            for member in self.organization.members
        }

    @cached_property
    def _known(self) -> dict[MemberId, dict[str, Fact]]:
        """What rules may ask of each member."""
        return {
            member.id: known_of(member, self.facts.get(member.id, {}))
            for member in self.organization.members
        }

    @cached_property
    def _pairs(self) -> list[tuple[Responsibility, Duty]]:
        """The duties of each responsibility."""
        return [
            (responsibility, duty)
            for responsibility in self.organization.responsibilities
            for duty in Duty
            if duty is not Duty.BACKUP or responsibility.has_backup
        ]

    def _crowd(self, members: Mapping[MemberId, Member]) -> Crowd:
        has_authority = self.organization.has_authority
        return Crowd(
            crews={key: (member,) for key, member in members.items()},
            authorities=frozenset(m.id for m in self.organization.members if has_authority(m)),
            statutes=[Statute.of(rule, self._known, self.as_of) for rule in self.rules],
            weights=self.weights,
        )

    def _skills(self) -> set[str]:
        """Return the skills that somebody has, or that a role wants."""
        had = {level.skill for member in self.organization.members for level in member.skills}
        return had | {level.skill for role in self.organization.roles for level in role.skills}

    def _no_hours(self) -> Iterator[Fault]:
        """Yield a fault where nobody has any hours."""
        if any(self._hours.values()):
            return
        names, when = sorted(self._hours), f"from {self.period.start} to {self.period.end}"
        if len(names) == 1:
            yield Fault("members", f"{names[0]!r} is the only one, and has no hours {when}")
        else:
            yield Fault("members", f"nobody has any hours {when}")

    def _fact_faults(self) -> Iterator[Fault]:
        """Yield a fault for each member with facts who is not there."""
        for key in sorted(set(self.facts) - set(self._known)):
            yield Fault("facts", str(UnknownNameError("member", key, self._known)))

    def _slots(self) -> Iterator[Slot]:
        """Yield each duty as a slot."""
        today: dict[tuple[str, Duty], Assignment] = {}
        for held in self.organization.assigned_at(self.begins):
            today.setdefault((held.responsibility, held.duty), held)
        ruled = verdicts(self.rules, self._pairs, _known, self.as_of)
        for (responsibility, duty), rules in zip(self._pairs, ruled, strict=True):
            yield self._slot(responsibility, duty, rules, today.get((responsibility.id, duty)))

    def _slot(
        self,
        responsibility: Responsibility,
        duty: Duty,
        rules: tuple[tuple[int, bool], ...],
        held: Assignment | None,
    ) -> Slot:
        weights = self.weights
        return Slot(
            responsibility=responsibility.id,
            duty=duty,
            called=_called(responsibility, duty),
            demand=Demand(
                skills=responsibility.skills,
                levels_short=_SHORT[duty],
                wants_authority=duty is Duty.ACCOUNTABLE,
                responsibility=responsibility.id,
                team=responsibility.team,
                rules=rules,
            ),
            minutes=_work(responsibility, duty) + weights.item_minutes,
            importance=responsibility.importance,
            uncovered=weights.uncovered_backup if duty is Duty.BACKUP else weights.uncovered,
            change=weights.change,
            value=Decimal(responsibility.importance),
            holder=held.member if held is not None else None,
            version=held.version if held is not None else None,
        )


def _called(responsibility: Responsibility, duty: Duty) -> Phrase:
    """Return how people call a duty."""
    name, label = responsibility.name, duty.label
    return Phrase(f"{name} ({label.en})", f"{name}（{label.zh}）")


def _known(pair: tuple[Responsibility, Duty]) -> dict[str, Fact]:
    """Return what rules may ask of a duty."""
    responsibility, duty = pair
    return {
        "responsibility": responsibility.id,
        "duty": duty.value,
        "role": responsibility.role,
        "team": responsibility.team,
        "importance": responsibility.importance,
        "weekly_hours": responsibility.weekly_hours,
    }


def _work(responsibility: Responsibility, duty: Duty) -> int:
    """Return the minutes a week of a duty, to the nearest quarter of an hour, one at least."""
    exact = minutes(responsibility.weekly_hours) * duty.hours_share
    return max(int(exact / _QUARTER + Fraction(1, 2)), 1) * _QUARTER


def _conflicts(responsibilities: Iterable[Responsibility]) -> set[tuple[str, str]]:
    found = set()
    for r in responsibilities:
        if r.has_backup:
            backup = f"responsibility:{r.id}:{Duty.BACKUP}"
            for duty in (Duty.ACCOUNTABLE, Duty.RESPONSIBLE):
                found.add((f"responsibility:{r.id}:{duty}", backup))
        for other in r.segregated_from:
            one, two = sorted((r.id, other))
            does = Duty.RESPONSIBLE
            found.add((f"responsibility:{one}:{does}", f"responsibility:{two}:{does}"))
    return found
