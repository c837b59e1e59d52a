"""Decay: how much of a rule's points is left when what they were given for grows old.

A factor is a whole number of thousandths, and it steps down on stated days: at most sixteen
of them, and none for a part of a day. So a rule gives the same points, to the last digit, on
an object, in SQL and on a data frame, where it is a handful of comparisons with dates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Any, Final, Self, TypeAlias

import attrs

from crmcore.calendar import months_after
from crmcore.checks import decimal
from crmcore.criteria import F
from crmcore.errors import InvalidValueError

# The first age, in days, at which each factor counts, and the factor in thousandths.
Table: TypeAlias = "tuple[tuple[int, int], ...]"
Steps: TypeAlias = "tuple[tuple[date, int], ...]"
Levels: TypeAlias = "tuple[tuple[int, Decimal], ...]"

_MOST_STEPS: Final = 16
MOST_DAYS: Final = 36525
_MOST_MONTHS: Final = 1200
_THOUSAND: Final = 1000
_HALF_LIVES: Final = 4
_CONTEXT: Final = Context(prec=30, rounding=ROUND_HALF_UP)
_DIGITS: Final = Decimal("1E-12")
_BUILDER: Final = type(F.since)


def field_of(value: object) -> str:
    """Return the name of a field, given as ``F.name`` or as text."""
    return str(F(str(value) if isinstance(value, _BUILDER) else value))  # type: ignore[arg-type]  # F refuses what is no name


def optional_field(value: object) -> str | None:
    """Return the name of a field, or None where there is none."""
    return None if value is None else field_of(value)


def _thousandths(share: Decimal) -> int:
    return int(_CONTEXT.to_integral_value(_CONTEXT.multiply(share, Decimal(_THOUSAND))))


def _half_life_share(age: int, days: int) -> Decimal:
    halvings = _CONTEXT.divide(Decimal(age), Decimal(days))
    return _CONTEXT.power(Decimal("0.5"), halvings)


def _ages(horizon: int) -> list[int]:
    """Return the days on which a decay steps; every day where the horizon is short."""
    steps = min(_MOST_STEPS, horizon)
    return [ceil(Fraction(step * horizon, steps)) for step in range(steps)]


@lru_cache
def _half_life_table(days: int, horizon: int) -> Table:
    shares = ((age, _half_life_share(age, days)) for age in _ages(horizon))
    return (*((age, _thousandths(share)) for age, share in shares), (horizon, 0))


@lru_cache
def _linear_table(days: int) -> Table:
    shares = ((age, _CONTEXT.divide(Decimal(days - age), Decimal(days))) for age in _ages(days))
    return (*((age, _thousandths(share)) for age, share in shares), (days, 0))


def _share(thousandths: int) -> Decimal:
    return _CONTEXT.normalize(_CONTEXT.scaleb(Decimal(thousandths), Decimal(-3)))


def _looked_up(table: Table, age: int) -> Decimal:
    return _share(next(factor for first, factor in reversed(table) if age >= first))


def _steps(table: Table, as_of: date) -> Steps:
    """Return the last day on which each factor counts, but for those before the calendar."""
    days = ((as_of.toordinal() - first, factor) for first, factor in reversed(table) if first)
    return tuple((date.fromordinal(day), factor) for day, factor in days if day > 0)


def age_in_days(day: date, as_of: date) -> int:
    """Return how many days before *as_of* a day was; a day to come is 0 days old."""
    return max(0, (as_of - day).days)


def _is_days(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if type(value) is not int or not 1 <= value <= MOST_DAYS:
        rule = f"be a whole number of days, 1 to {MOST_DAYS:,}"
        raise InvalidValueError(attribute.name, value, rule)


def _horizon(days: int) -> int:
    """Return four half-lives; what is no number of days stays as it is, and is refused."""
    return _HALF_LIVES * days if type(days) is int else days


def _is_yes_or_no(_: object, attribute: attrs.Attribute[bool], value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidValueError(attribute.name, value, "be true or false")


@attrs.frozen(kw_only=True)
class HalfLife:
    """Half of the points are left after *days*, a quarter after twice as many, and so on.

    Attributes:
        days: The half-life, in days.
        since: The field with the date from which the age counts; ``F.name`` or its name. An
            event has a day of its own, so a rule of events leaves this out.
        horizon: The age, in days, at which nothing is left; four half-lives where not stated.
        continuous: Follow the curve to twelve digits and without a horizon, instead of in
            sixteen steps of whole thousandths; only objects in Python are scored so.

    .. versionadded:: 0.1.0
    """

    days: int = attrs.field(validator=_is_days)
    since: str | None = attrs.field(default=None, converter=optional_field)
    horizon: int = attrs.field(
        default=attrs.Factory(lambda self: _horizon(self.days), takes_self=True),
        validator=_is_days,
    )
    continuous: bool = attrs.field(default=False, validator=_is_yes_or_no)

    def factor(self, day: date, *, as_of: date) -> Decimal:
        """Return the share that is left on *as_of* of the points for what happened on *day*."""
        age = age_in_days(day, as_of)
        if self.continuous:
            exact = _half_life_share(age, self.days)
            return _CONTEXT.normalize(_CONTEXT.quantize(exact, _DIGITS))
        return _looked_up(_half_life_table(self.days, self.horizon), age)

    def steps(self, *, as_of: date) -> Steps:
        """Return what is left on *as_of*, for engines that compare days.

        Returns:
            Days, the earliest first, and how many thousandths are left of the points for what
            happened on each of them or after the one before it. What happened after the last
            of them keeps all.

        Raises:
            InvalidValueError: If it is continuous, and has no steps.
        """
        if self.continuous:
            rule = "be sampled in steps, because a continuous one is for objects in Python alone"
            raise InvalidValueError("half-life", self, rule)
        return _steps(_half_life_table(self.days, self.horizon), as_of)


@attrs.frozen(kw_only=True)
class Linear:
    """The points melt away evenly and are gone after *days*.

    Attributes:
        days: The age, in days, at which nothing is left.
        since: The field with the date from which the age counts; ``F.name`` or its name. An
            event has a day of its own, so a rule of events leaves this out.

    .. versionadded:: 0.1.0
    """

    days: int = attrs.field(validator=_is_days)
    since: str | None = attrs.field(default=None, converter=optional_field)

    def factor(self, day: date, *, as_of: date) -> Decimal:
        """Return the share that is left on *as_of* of the points for what happened on *day*."""
        return _looked_up(_linear_table(self.days), age_in_days(day, as_of))

    def steps(self, *, as_of: date) -> Steps:
        """Return what is left on *as_of*, as `HalfLife.steps` does."""
        return _steps(_linear_table(self.days), as_of)


def _levels(value: Mapping[int, Any] | Sequence[Sequence[Any]]) -> Levels:
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    if isinstance(pairs, list | tuple) and len(pairs) > _MOST_STEPS:
        raise InvalidValueError("step", len(pairs), f"have at most {_MOST_STEPS} ages")
    if not isinstance(pairs, list | tuple) or not all(map(_is_level, pairs)):
        rule = "be pairs of a whole age and the share that is left from it on"
        raise InvalidValueError("step", value, rule)
    return tuple(sorted((int(age), decimal(share, "step")) for age, share in pairs))


def _is_level(pair: object) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != len(("age", "share")):
        return False
    return type(pair[0]) is int


@attrs.frozen(kw_only=True)
class Step:
    """The points fall to a stated share at each stated age.

    Attributes:
        since: The field with the date from which the age counts; ``F.name`` or its name. An
            event has a day of its own, so a rule of events leaves this out.
        days: The share that is left from each age on, by the age in days.
        months: The same by the age in calendar months; one of the two is stated.

    .. versionadded:: 0.1.0
    """

    since: str | None = attrs.field(default=None, converter=optional_field)
    days: Levels = attrs.field(default=(), converter=_levels)
    months: Levels = attrs.field(default=(), converter=_levels)

    def __attrs_post_init__(self) -> None:
        """Want one list of falling shares."""
        if bool(self.days) is bool(self.months):
            raise InvalidValueError("step", self, "state its ages in days or in months")
        levels = self.days or self.months
        most = MOST_DAYS if self.days else _MOST_MONTHS
        if levels[0][0] < 1 or levels[-1][0] > most:
            ages = [age for age, _ in levels]
            raise InvalidValueError("step", ages, f"have ages from 1 to {most:,}")
        shares = [Decimal(1), *(share for _, share in levels)]
        if any(later >= earlier for earlier, later in pairwise(shares)) or shares[-1] < 0:
            raise InvalidValueError(
                "step", levels, "have shares that fall from below 1 to 0 or more"
            )
        if any((Fraction(share) * _THOUSAND).denominator != 1 for share in shares):
            raise InvalidValueError("step", levels, "have shares of whole thousandths")

    def factor(self, day: date, *, as_of: date) -> Decimal:
        """Return the share that is left on *as_of* of the points for what happened on *day*."""
        return Fade.of(self, as_of).share(day)

    def steps(self, *, as_of: date) -> Steps:
        """Return what is left on *as_of*, as `HalfLife.steps` does."""
        levels = tuple((age, _thousandths(share)) for age, share in self.days or self.months)
        if self.days:
            return _steps(levels, as_of)
        known = (as_of.year - 1) * 12 + as_of.month - 1  # months that the calendar has before
        falling = ((age, left) for age, left in reversed(levels) if age <= known)
        return tuple((months_after(as_of, -age), left) for age, left in falling)


Decay: TypeAlias = HalfLife | Linear | Step


@attrs.frozen
class Fade:
    """A decay on one day of judgement.

    Attributes:
        decay: The decay.
        as_of: The day of judgement.
        days: The last day of each step, the earliest first.
        shares: The share that is left at each step, and behind the last; none of a continuous
            decay, which has no steps.
    """

    decay: Decay
    as_of: date
    days: tuple[date, ...]
    shares: tuple[Decimal, ...]

    @classmethod
    def of(cls, decay: Decay, as_of: date) -> Self:
        """Look the steps up once."""
        if isinstance(decay, HalfLife) and decay.continuous:
            return cls(decay, as_of, (), ())
        steps = decay.steps(as_of=as_of)
        days, shares = (day for day, _ in steps), (_share(left) for _, left in steps)
        return cls(decay, as_of, tuple(days), (*shares, Decimal(1)))

    def share(self, day: date) -> Decimal:
        """Return the share that is left of the points for what happened on *day*."""
        if not self.shares:
            return self.decay.factor(day, as_of=self.as_of)
        return self.shares[bisect_left(self.days, day)]
