"""Shares: what part of the arrivals a member takes, within which limits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.calendar import Grain
from crmcore.checks import between, decimal, optional_decimal
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, MemberId, minutes
from crmcore.organization import Member

from ._kinds import each_is_a, is_a, listed

_MOST = 1_000_000
_MOST_DIGITS = 6
MOST_COUNTED = 10**24  # more than a billion items at the most unequal of weights
_WEEK = (1, 2, 3, 4, 5, 6, 7)
_DAYS = "be between 1 and 7, a list of days from Monday to Sunday"
_LIMITS = "list limits, as Limit(items=50)"


class Start(LabelledEnum):
    """From which level a newcomer takes turns.

    .. versionadded:: 0.1.0
    """

    MEAN = "mean", "level with the others on average", "与其他成员平均水平持平"
    LOWEST = "lowest", "level with the lowest of the others", "与其他成员最低水平持平"
    ZERO = "zero", "from nothing, until level with the others", "从零开始，直至追平"


@attrs.frozen
class CatchUp:
    """How much of what came while a member was away is made up for on return.

    Attributes:
        most: How many items at most; None for all of them.

    .. versionadded:: 0.1.0
    """

    most: int | None = attrs.field(validator=attrs.validators.optional(between(0, _MOST)))

    @classmethod
    def none(cls) -> CatchUp:
        """Whoever returns goes on level with the others, whatever was owed before."""
        return cls(0)

    @classmethod
    def capped(cls, most: int) -> CatchUp:
        """Whoever returns is at most so many items behind the others."""
        return cls(most)

    @classmethod
    def full(cls) -> CatchUp:
        """Whoever returns gets everything until level with the others."""
        return cls(None)


def _hours(_: object, attribute: attrs.Attribute[Decimal | None], value: Decimal | None) -> None:
    if value is not None:
        if not 0 <= value <= _MOST:
            raise InvalidValueError(attribute.name, str(value), f"be between 0 and {_MOST}")
        minutes(value, field=attribute.name)


@attrs.frozen(kw_only=True)
class Limit:
    """How much a member holds at most.

    Without a period it counts all that the member holds, whenever it came; with one, what
    came within the running day, week, month, … and is held still.

    Attributes:
        items: The most items, if they are limited.
        hours: The most hours of work, in whole minutes, if they are limited.
        per: The calendar period that the limit is for; None for all that is held.

    .. versionadded:: 0.1.0
    """

    items: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(between(0, _MOST))
    )
    hours: Decimal | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_decimal, takes_field=True),  # type: ignore[misc]
        validator=_hours,
    )
    per: Grain | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(is_a(Grain, "be a Grain, such as Grain.DAY")),
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a limit that limits nothing.

        Raises:
            InvalidValueError: If it names neither items nor hours.
        """
        if self.items is None and self.hours is None:
            raise InvalidValueError("limit", None, "name items, hours or both")

    @property
    def minutes(self) -> int | None:
        """The most minutes of work, if they are limited."""
        return None if self.hours is None else minutes(self.hours)


def _limits(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    return listed(limits, "limits", _LIMITS)


def _weekdays(days: Iterable[int]) -> tuple[int, ...]:
    found = listed(days, "weekdays", _DAYS)
    for each in found:
        if not isinstance(each, int) or isinstance(each, bool) or each not in _WEEK:
            raise InvalidValueError("weekdays", each, _DAYS)
    if not found:
        raise InvalidValueError("weekdays", found, "name a day; whoever takes nothing has no share")
    return tuple(sorted(set(found)))


@attrs.frozen(kw_only=True)
class Share:
    """A member's share of what arrives, and how far it has come.

    Attributes:
        member: The member, with its skills, languages, regions and leave.
        weight: How much of the arrivals the member takes, in relation to the other weights;
            above 0, at most 1,000,000, with at most six digits after the point.
        limits: What the member holds at most; all of them bind.
        weekdays: The days of the week on which the member takes arrivals, from 1 for Monday
            to 7 for Sunday.
        given: How many items the member was given.
        counted: How many items count for the member's turn: those that were given, and those
            that the member was credited with when it joined, returned or changed its weight.

    .. versionadded:: 0.1.0
    """

    member: Member = attrs.field(validator=is_a(Member, "be a Member"))
    weight: Decimal = attrs.field(
        default=Decimal(1),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    limits: tuple[Limit, ...] = attrs.field(
        default=(),
        converter=_limits,
        validator=each_is_a(Limit, _LIMITS),
    )
    weekdays: tuple[int, ...] = attrs.field(default=_WEEK, converter=_weekdays)
    given: int = attrs.field(default=0, validator=between(0, MOST_COUNTED))
    counted: int = attrs.field(default=0, validator=between(0, MOST_COUNTED))

    @weight.validator
    def _is_a_weight(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not 0 < value <= _MOST:
            rule = f"be above 0 and at most {_MOST}; whoever takes nothing has no share"
            raise InvalidValueError(attribute.name, str(value), rule)
        if value != round(value, _MOST_DIGITS):
            rule = f"have at most {_MOST_DIGITS} digits after the point"
            raise InvalidValueError(attribute.name, str(value), rule)

    @property
    def id(self) -> MemberId:
        """The id of the member."""
        return self.member.id

    @property
    def level(self) -> Fraction:
        """What counts for the member's turn, for each unit of its weight."""
        return self.counted / Fraction(self.weight)

    def at_level(self, level: Fraction) -> Share:
        """Return the share with as many items counted as bring it to a level, rounded up."""
        return attrs.evolve(self, counted=items_at(level, self.weight))


def items_at(level: Fraction, weight: Decimal) -> int:
    """Return the fewest items that bring a weight to a level, or above."""
    exact = level * Fraction(weight)
    return -(-exact.numerator // exact.denominator)
