"""Atoms about what becomes of a case in time: conversion, timeliness, duration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import attrs

from crmcore.checks import decimal
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._additivity import Additivity
from ._measure import (
    A_FEW,
    CASES,
    EVENTS,
    Atom,
    among,
    days_in_words,
    is_days,
    is_filter,
    is_name_of_a_thing,
    is_one_of,
    is_optional_days,
    is_optional_path,
    is_path,
    is_source,
)


@attrs.frozen
class Conversion(Atom):
    """Which share of events is followed, in time, by another one of the same entity.

    A base event is mature when all of its days have passed: one on the day *d* after the day
    *d* + *days*. Only mature ones count, above and below the line, so that young ones do not
    pull the share down. The share carries Wilson's interval.

    Attributes:
        entity: The field that tells whose event it is, such as ``customer``.
        base: Which events are the base; all where it is None.
        converted: Which events convert; all where it is None. It may come in any group.
        days: Within how many days after the base event, the last one included; or the name of
            a parameter.
        first: Whether only the very first base event of each entity counts, over all time and
            groups.
        later_day: Whether the event that converts must lie on a later day, and not only at a
            later instant.
        whole: Whether the value is undefined as long as one base event is immature, instead of
            leaving those out.
        into: The source of the events that convert, where it is another one.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    entity: str = attrs.field(validator=is_path)
    base: Criterion | None = attrs.field(default=None, validator=is_filter)
    converted: Criterion | None = attrs.field(default=None, validator=is_filter)
    days: int | str = attrs.field(kw_only=True, validator=is_days)
    first: bool = attrs.field(default=False, kw_only=True)
    later_day: bool = attrs.field(default=False, kw_only=True)
    whole: bool = attrs.field(default=False, kw_only=True)
    into: str | None = attrs.field(default=None, kw_only=True, validator=is_source)

    @property
    def additivity(self) -> Additivity:
        """A share of shares is not the share."""
        return Additivity.NON_ADDITIVE

    @property
    def sources(self) -> frozenset[str | None]:
        """The sources of both kinds of events."""
        return frozenset({self.source, self.target})

    @property
    def target(self) -> str | None:
        """The source of the events that convert."""
        return self.source if self.into is None else self.into

    def _own_parameters(self) -> tuple[str, ...]:
        return (self.days,) if isinstance(self.days, str) else ()

    @property
    def words(self) -> Phrase:
        """What it measures."""
        base = among(self.source, self.base)
        goal = among(self.into, self.converted)
        days = days_in_words(self.days)
        which = "first " if self.first else ""
        return Phrase(
            f"the share of {which}events{base.en} that an event{goal.en} of the same "
            f"{self.entity} follows within {days.en}{' on a later day' if self.later_day else ''}",
            f"{'首次' if self.first else ''}事件{base.zh}在{days.zh}内"
            f"{'（次日起）' if self.later_day else ''}由同一{self.entity}的事件{goal.zh}跟进的比例",
        )

    @property
    def memory(self) -> Phrase:
        """Every event."""
        return EVENTS


@attrs.frozen
class InTime(Atom):
    """Which share of cases is done by the time they are due.

    Above the line stand the cases done in time; below it these, those done late, and those
    open past their due time. A case that is open and not yet due says nothing yet, and counts
    nowhere. What is known is what happened before the day as of which the value holds: a case
    done later is open still. The share carries Wilson's interval.

    Attributes:
        since: The field with the day or instant at which the case began.
        done: The field with the day or instant at which it was done; None while it is open.
        due: The field with the day or instant by which it is due. A day is due until it ends.
        days: Or within how many days after *since* it is due, the last one included; or the
            name of a parameter. Either *due* or *days* is given.
        where: Which cases to take; all where it is None.
        on: Whether a case belongs to the period in which it began, *since*, or to that in
            which it is *due*.
        mature: Whether cases count only once they are due, so that the quick ones of young
            cases do not push the share up.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    since: str = attrs.field(validator=is_path)
    done: str = attrs.field(validator=is_path)
    due: str | None = attrs.field(default=None, validator=is_optional_path)
    days: int | str | None = attrs.field(default=None, validator=is_optional_days)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)
    on: Literal["since", "due"] = attrs.field(
        default="since", kw_only=True, validator=is_one_of("since", "due")
    )
    mature: bool = attrs.field(default=False, kw_only=True)

    @days.validator
    def _has_one_limit(self, attribute: attrs.Attribute[Any], value: object) -> None:
        if (self.due is None) == (value is None):
            raise InvalidValueError(attribute.name, value, "be given where due is not, and only so")

    @property
    def additivity(self) -> Additivity:
        """A share of shares is not the share."""
        return Additivity.NON_ADDITIVE

    def _own_parameters(self) -> tuple[str, ...]:
        return (self.days,) if isinstance(self.days, str) else ()

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        if self.due is not None:
            limit = Phrase(f"by {self.due}", f"在{self.due}前")
        else:
            days = days_in_words(self.days or "")
            limit = Phrase(f"within {days.en} after {self.since}", f"在{self.since}后{days.zh}内")
        return Phrase(
            f"the share of cases{rest.en} with {self.done} {limit.en}",
            f"{limit.zh}完成（{self.done}）的个案比例{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """How many become known on which day."""
        return A_FEW


def _open_fraction(value: Decimal | int | str, attribute: attrs.Attribute[Any]) -> Decimal:
    fraction = decimal(value, attribute)
    if not 0 < fraction < 1:
        raise InvalidValueError(attribute.name, value, "be a fraction above 0 and below 1")
    return fraction


def _is_calendar(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not is_name_of_a_thing(value):
        raise InvalidValueError(attribute.name, value, "be the name of a calendar, such as service")


@attrs.frozen
class Duration(Atom):
    """Within how long a share *q* of the cases ends, by Kaplan and Meier.

    A case that has not ended before the day as of which the value holds has lasted until that
    day begins, at least; it is neither dropped nor taken as ended. A case belongs to the
    period in which it began.

    Attributes:
        since: The field with the instant at which the case began.
        until: The field with the instant at which it ended; None while it lasts.
        q: The share as a fraction: 0.5 is the median, 0.9 what one case in ten outlasts.
        unit: Hours or days.
        calendar: The name of the calendar whose opening hours count; every hour where it is
            None.
        pauses: The field with the times that do not count: pairs of instants, or objects with
            ``start`` and ``end``; without an end a pause lasts.
        where: Which cases to take; all where it is None.
        source: Which kind of records; the only one there is where it is None.

    .. versionadded:: 0.1.0
    """

    since: str = attrs.field(validator=is_path)
    until: str = attrs.field(validator=is_path)
    q: Decimal = attrs.field(
        default=Decimal("0.5"),
        converter=attrs.Converter(_open_fraction, takes_field=True),  # type: ignore[misc]
    )
    unit: Literal["hours", "days"] = attrs.field(
        default="hours", validator=is_one_of("hours", "days")
    )
    calendar: str | None = attrs.field(default=None, validator=_is_calendar)
    pauses: str | None = attrs.field(default=None, validator=is_optional_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """A quantile of quantiles is not the quantile."""
        return Additivity.NON_ADDITIVE

    @property
    def words(self) -> Phrase:
        """What it measures."""
        rest = among(self.source, self.where)
        unit = "小时" if self.unit == "hours" else "天"
        en = f" on the calendar {self.calendar}" if self.calendar else ""
        zh = f"，按{self.calendar}日历" if self.calendar else ""
        if self.pauses:
            en, zh = f"{en} without {self.pauses}", f"{zh}，扣除{self.pauses}"
        return Phrase(
            f"the {self.unit} within which {self.q} of all cases{rest.en} go from {self.since} "
            f"to {self.until}{en}",
            f"{self.q}的个案由{self.since}至{self.until}所需{unit}数{zh}{rest.zh}",
        )

    @property
    def memory(self) -> Phrase:
        """Every case."""
        return CASES
