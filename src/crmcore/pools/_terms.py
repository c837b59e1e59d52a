"""The terms of a pool: what it holds, who may claim, and when customers come back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from crmcore.activities import MatterKind
from crmcore.calendar import day_in, midnight
from crmcore.checks import between, is_id, is_zone
from crmcore.checks import zone as zone_of
from crmcore.criteria import EVERYTHING, Criterion, Explanation
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, MemberId
from crmcore.organization import SkillLevel
from crmcore.verdicts import Use, decide

from ._kinds import each_is_a, is_yes_or_no
from ._register import Register
from ._rules import MOST_DAYS, ClaimLimits, RecycleRule, is_timeless, matter_kinds

_DESCENDING: Final = "-"


def _rules(rules: Iterable[RecycleRule]) -> tuple[RecycleRule, ...]:
    return each_is_a(RecycleRule, rules, "rules", "list rules, as RecycleRule(name=…, days=…)")


def _skills(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    rule = "list levels of skills, such as SkillLevel('negotiation', 3)"
    return tuple(sorted(each_is_a(SkillLevel, levels, "skills", rule)))


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return each_is_a(str, names, "priority", "be a list of names, also of a single one")


def _zone_name(zone: str | ZoneInfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else zone


def _are_limits(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, ClaimLimits):
        raise InvalidValueError(attribute.name, value, "be ClaimLimits, as ClaimLimits(held=…)")


@attrs.frozen(kw_only=True)
class Terms:
    """The fields of a pool, and the questions that they answer by themselves."""

    name: str = attrs.field(validator=is_id)
    zone: str = attrs.field(converter=_zone_name, validator=is_zone)
    scope: Criterion = attrs.field(default=EVERYTHING, validator=is_timeless)
    who: Criterion = attrs.field(default=EVERYTHING, validator=is_timeless)
    skills: tuple[SkillLevel, ...] = attrs.field(default=(), converter=_skills)
    serves: bool = attrs.field(default=True, validator=is_yes_or_no)
    limits: ClaimLimits = attrs.field(factory=ClaimLimits, validator=_are_limits)
    previous_owner_days: int = attrs.field(default=0, validator=between(0, MOST_DAYS))
    every_former_owner: bool = attrs.field(default=False, validator=is_yes_or_no)
    waiting_days: int = attrs.field(default=0, validator=between(0, MOST_DAYS))
    priority: tuple[str, ...] = attrs.field(default=(), converter=_names)
    rules: tuple[RecycleRule, ...] = attrs.field(default=(), converter=_rules)
    exempt: Criterion | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_timeless)
    )
    exempt_while_open: tuple[MatterKind, ...] = attrs.field(default=(), converter=matter_kinds)
    warn_days: int = attrs.field(default=0, validator=between(0, MOST_DAYS))

    @rules.validator
    def _differ_in_name(
        self, attribute: attrs.Attribute[Any], value: tuple[RecycleRule, ...]
    ) -> None:
        names = [rule.name for rule in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            rule = "differ in name; give each rule its own"
            raise InvalidValueError(attribute.name, ", ".join(twice), rule)

    @priority.validator
    def _name_each_fact_once(self, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
        facts = [name.removeprefix(_DESCENDING) for name in value]
        for place, name in enumerate(facts):
            if not name or name in facts[:place]:
                rule = "name each fact once, with - before it where the highest comes first"
                raise InvalidValueError(attribute.name, value[place], rule)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the facts of customers that the pool reads."""
        read = self._scope_fields | self._counting_fields
        read |= {name.removeprefix(_DESCENDING) for name in self.priority}
        return read | self._recycling_fields

    @cached_property
    def _scope_fields(self) -> frozenset[str]:
        return self.scope.fields

    @cached_property
    def _counting_fields(self) -> frozenset[str]:
        return self.limits.counting.fields

    @cached_property
    def _recycling_fields(self) -> frozenset[str]:
        exempt: frozenset[str] = frozenset() if self.exempt is None else self.exempt.fields
        return exempt.union(*(rule.fields for rule in self.rules))

    @cached_property
    def _where(self) -> ZoneInfo:
        return zone_of(self.zone)

    def day_of(self, at: datetime) -> date:
        """Return the day on which an instant falls in the zone of the pool."""
        return day_in(at, self._where)

    def beginning(self, day: date) -> datetime:
        """Return the instant at which a day begins in the zone of the pool."""
        return midnight(day, self._where)

    def facts(self, register: Register, customer: CustomerId) -> dict[str, object]:
        """Return what the rules of recycling ask of a customer."""
        return register.facts_of(customer, self._recycling_fields)

    def standing(self, register: Register, customer: CustomerId) -> Explanation:
        """Return what the criterion of the pool's customers says of a customer, and why."""
        return self.scope.explain(register.facts_of(customer, self._scope_fields))

    def has(self, register: Register, customer: CustomerId, at: datetime) -> bool:
        """Say whether a customer is one of the pool's, owned or not, and in use."""
        archived = register.customer(customer).archived_at
        return (archived is None or at < archived) and self.covers(register, customer)

    def covers(self, register: Register, customer: CustomerId) -> bool:
        """Say whether a customer, in use or not, is one of those that the pool is for."""
        return self.scope is EVERYTHING or self.scope.holds(
            register.facts_of(customer, self._scope_fields)
        )

    def counts(self, register: Register, customer: CustomerId) -> bool:
        """Say whether a customer takes up a place among those that a member may have."""
        counting = self.limits.counting
        if counting is EVERYTHING:
            return True
        verdict = counting.evaluate(register.facts_of(customer, self._counting_fields))
        return decide(verdict, Use.FORBID)

    def admits(self, register: Register, member: MemberId) -> Explanation:
        """Return what the criterion of who may claim says of a member, and why."""
        return self.who.explain(register.member_facts_of(member, self.who.fields))

    def check(self, register: Register) -> None:
        """Refuse a register whose customers, or members, all lack what the pool asks for.

        Raises:
            FaultsError: With each name that nobody has.
            InvalidValueError: If it is no register.
        """
        if not isinstance(register, Register):
            raise InvalidValueError("register", register, "be a Register")
        wanted = [("fact", self.fields, register.fact_names)] if register.customers else []
        if register.members:
            wanted.append(("fact of members", self.who.fields, register.member_fact_names))
        faults = [
            Fault(f"pool {self.name!r}", str(UnknownNameError(kind, name, known)))
            for kind, names, known in wanted
            for name in sorted(names - known)
        ]
        if faults:
            raise FaultsError("pool", faults)
