"""Cooperation: what each department adds to the work that it does with others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import Period, day_in, midnight
from crmcore.checks import day
from crmcore.checks import zone as to_zone
from crmcore.kernel import Reason, Undefined
from crmcore.measures import Value
from crmcore.statistics import wilson
from crmcore.surveys import SurveyAnswer
from crmcore.work import Delivery, Task

from ._numbers import to_decimal
from ._survey import survey_results

_SHARES: Final = ("handled in time", "delivered right", "done in time")
_SATISFACTION: Final = "satisfaction of others"


def cooperation(
    *,
    deliveries: Iterable[Delivery] = (),
    tasks: Iterable[Task] = (),
    answers: Iterable[SurveyAnswer] = (),
    item: str = "cooperation",
    period: Period,
    as_of: date,
    zone: str | ZoneInfo,
    minimum: int = 5,
) -> Mapping[str, Mapping[str, Value | Undefined]]:
    """Return how well each department works with the others, as numbers for its scorecard.

    There are four numbers, each a share:

    ``handled in time``
        of what others sent to it, the part that it handled by the due date;
    ``delivered right``
        of what it sent and others have received, the part that needed no correction;
    ``done in time``
        of its tasks in projects, the part that was done by the due date;
    ``satisfaction of others``
        of the scores that members gave to it on *item*, the part in the top two boxes, unless
        too few people gave one.

    What is late and still open counts against it; what is open and not yet due does not count.

    Args:
        deliveries: What went from department to department; those whose due date falls in the
            period count.
        tasks: Tasks with a project, of teams; those whose first due date falls in the period.
        answers: What members answered about the departments.
        item: The item of the survey that is about cooperation.
        period: The days that count.
        as_of: The day at whose beginning this is known.
        zone: The time zone of the days.
        minimum: The fewest people whose answers are shown.

    Returns:
        The four numbers by department or team, by their names above.

    .. versionadded:: 0.1.0
    """
    day(as_of)
    where = to_zone(zone)
    now = midnight(as_of, where)
    found: dict[str, dict[str, Value | Undefined]] = {}
    for name, by_unit in _deeds(deliveries, tasks, period, now, where).items():
        for unit, kept in by_unit.items():
            found.setdefault(unit, {})[name] = _share(name, kept, period, as_of)
    told = [
        attrs.evolve(answer, survey=item)  # several surveys may have the item
        for answer in answers
        if answer.item == item and answer.about is not None
    ]
    for result in survey_results(
        told, by="about", period=period, as_of=as_of, zone=where, minimum=minimum
    ):
        if result.group is not None:
            found.setdefault(result.group, {})[_SATISFACTION] = result.satisfied
    nothing = Undefined(Reason.NO_DATA)
    return MappingProxyType(
        {
            unit: MappingProxyType(
                {name: numbers.get(name, nothing) for name in (*_SHARES, _SATISFACTION)}
            )
            for unit, numbers in sorted(found.items())
        }
    )


def _deeds(
    deliveries: Iterable[Delivery],
    tasks: Iterable[Task],
    period: Period,
    now: datetime,
    where: ZoneInfo,
) -> dict[str, dict[str, list[bool]]]:
    """Return what each unit did well and what not, by the name of the number."""
    deeds: dict[str, dict[str, list[bool]]] = {name: {} for name in _SHARES}
    handled, right, done = (deeds[name] for name in _SHARES)
    for sent in deliveries:
        known = sent.sender != sent.recipient and sent.sent_at < now
        if known and day_in(sent.due_at, where) in period:
            kept = _in_time(sent.due_at, sent.handled_at, now)
            handled.setdefault(sent.recipient, []).extend(kept)
            if sent.received_at is not None and sent.received_at < now:
                right.setdefault(sent.sender, []).append(not sent.corrected)
    for task in tasks:
        if task.team is None or task.project is None or task.opened_at >= now:
            continue
        if day_in(task.original_due_at, where) in period:
            kept = _in_time(task.original_due_at, task.done_at, now)
            done.setdefault(task.team, []).extend(kept)
    return deeds


def _in_time(due: datetime, done: datetime | None, now: datetime) -> tuple[bool, ...]:
    """Say whether something was done in time; nothing yet where it is open and not due."""
    if done is not None and done < now:
        return (done <= due,)
    return (False,) if due < now else ()


def _share(name: str, kept: list[bool], period: Period, as_of: date) -> Value | Undefined:
    if not kept:
        return Undefined(Reason.NO_DATA)
    well, n = sum(kept), len(kept)
    return Value(
        number=to_decimal(Fraction(well, n)),
        numerator=Decimal(well),
        denominator=Decimal(n),
        n=n,
        interval=wilson(well, n),
        period=period,
        as_of=as_of,
        definition=name,
    )
