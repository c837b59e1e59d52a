"""Needs: what looking after a customer takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from crmcore.calendar import months_after
from crmcore.checks import at_least, between, day, decimal, is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import SkillLevel

from ._eligibility import Fact, Facts, are_new_facts, facts
from ._kinds import each_of, is_flag

_MOST_HOURS = 10_000
_MONTHS = 12
_ROUNDED = Decimal("0.01")  # of a minute
_OWN = frozenset({"customer", "hours", "importance", "value", "language", "region", "owner"})


def _skills(levels: Iterable[SkillLevel]) -> tuple[SkillLevel, ...]:
    what = "levels of skills, as SkillLevel('law', 2)"
    return tuple(sorted(each_of(SkillLevel, "skills", what, levels)))


def _each_skill_once(
    _: object, attribute: attrs.Attribute[tuple[SkillLevel, ...]], value: tuple[SkillLevel, ...]
) -> None:
    names = [level.skill for level in value]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidValueError(attribute.name, twice, "name each skill once")


def _members(ids: Iterable[MemberId]) -> tuple[MemberId, ...]:
    if isinstance(ids, str):
        raise InvalidValueError("not_to", ids, "list ids of members, not be a text")
    return tuple(sorted(set(ids), key=str))


def _are_ids(
    _: object, attribute: attrs.Attribute[tuple[MemberId, ...]], value: tuple[MemberId, ...]
) -> None:
    for key in value:
        is_id(None, attribute, key)


def _is_day(_: object, attribute: attrs.Attribute[date | None], value: date | None) -> None:
    if value is not None:
        day(value, attribute.name)


def in_minutes(_: object, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
    """Want hours that nobody has too many of, in whole minutes."""
    if not 0 <= value <= _MOST_HOURS:
        rule = f"be between 0 and {_MOST_HOURS} hours"
        raise InvalidValueError(attribute.name, str(value), rule)
    if abs(value * 60 - whole_minutes(value)) > _ROUNDED:
        raise InvalidValueError(attribute.name, str(value), "be a whole number of minutes")


def whole_minutes(value: Decimal) -> int:
    """Return hours as minutes, though decimals cannot write every minute: 0.3333 h are 20."""
    return int((value * 60).to_integral_value())


@attrs.frozen(kw_only=True)
class CustomerNeed:
    """What looking after a customer takes in the planning period.

    Attributes:
        customer: Whose need it is.
        hours: Hours of work in the planning period, in whole minutes.
        importance: How much the customer weighs, from 1; twice as much counts twice.
        value: What the customer is worth, in the company's currency.
        skills: The skills that are wanted, at a level.
        language: The language to serve the customer in, if it matters.
        region: The region to serve the customer in, if it matters.
        owner: Who looks after the customer today, if anybody does.
        since: The first day of today's ownership, if it is known; the years from then on make
            a change dearer.
        ownership_version: The version of today's ownership as it is stored, against which the
            plan will be applied; 0 where there is none.
        team: The team that looks after the customer today; that of the owner unless given.
        not_to: Members who must not look after the customer, who has asked for somebody else.
        stays: Whether the customer stays with today's owner, as long as that one has hours,
            whatever a plan would win: the flag that takes a customer out of rearrangements.
        change: What a change costs in points, where the customer is a case of its own.
        uncovered: What it costs in points that nobody looks after the customer, where that
            is a case of its own.
        facts: What the rules of the company ask for beside ``customer``, ``hours``,
            ``importance``, ``value``, ``language``, ``region`` and ``owner``, by name:
            ``{"tier": "gold"}``.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId = attrs.field(validator=is_id)
    hours: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=in_minutes,
    )
    importance: int = attrs.field(default=1, validator=between(1, 1000))
    value: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=at_least(0),
    )
    skills: tuple[SkillLevel, ...] = attrs.field(
        default=(), converter=_skills, validator=_each_skill_once
    )
    language: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    region: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    owner: MemberId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    since: date | None = attrs.field(default=None, validator=_is_day)
    ownership_version: int = attrs.field(default=0, validator=at_least(0))
    team: TeamId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    not_to: tuple[MemberId, ...] = attrs.field(default=(), converter=_members, validator=_are_ids)
    stays: bool = attrs.field(default=False, validator=is_flag)
    change: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(0, 1_000_000))
    )
    uncovered: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(1, 1_000_000))
    )
    facts: Facts = attrs.field(default=(), converter=facts)

    @facts.validator
    def _are_new(self, attribute: attrs.Attribute[Facts], value: Facts) -> None:
        are_new_facts(_OWN, attribute, value)

    @property
    def known(self) -> dict[str, Fact]:
        """All facts of the customer that rules may ask for.

        :meta private:
        """
        own: dict[str, Fact] = {name: getattr(self, name) for name in sorted(_OWN)}
        return own | dict(self.facts)

    def years(self, as_of: date) -> int:
        """Return the full years of today's ownership up to a day; 0 where it is not known."""
        if self.since is None or self.since > as_of:
            return 0
        years = as_of.year - self.since.year
        return years - (months_after(self.since, _MONTHS * years) > as_of)
