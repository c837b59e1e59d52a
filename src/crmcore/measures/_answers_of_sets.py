"""Sets: the different values that a measure counts, one by one."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Final

import attrs

from crmcore.kernel import Undefined

from ._answers import begun, values_of
from ._asking import Question
from ._compounds import Both, Cumulative
from ._measure import Measure
from ._records import Distinct

_FIRST_OF_ALL_DAYS: Final = date.min.toordinal()


def window(measure: Cumulative, ask: Question) -> Question:
    """Return the question about the days that are cumulated."""
    period = ask.period
    end = (period.end if measure.until == "end" else period.start).toordinal()
    if measure.to_date is not None:
        last = type(period.start).fromordinal(end - 1)
        return ask.over(measure.to_date.start(last).toordinal(), end)
    if measure.days is None:
        return ask.over(_FIRST_OF_ALL_DAYS, end)
    return ask.over(end - ask.desk.settings.days(measure.days), end)


@attrs.frozen
class Members:
    """The different values of a set.

    Attributes:
        values: The values.
        missing: How many records lack one.
        nothing: Why there is no set, where the period lies before the records begin.
    """

    values: frozenset[Hashable] | set[Hashable]
    missing: int
    nothing: Undefined | None


def members(measure: Measure, ask: Question) -> Members:
    """Return the values that are in a set: a Distinct, a Cumulative of one, or a Both of two."""
    if isinstance(measure, Cumulative):
        return members(measure.measure, window(measure, ask))
    if isinstance(measure, Both):
        one, other = members(measure.one, ask), members(measure.other, ask)
        return Members(
            one.values & other.values,
            one.missing + other.missing,
            other.nothing if one.nothing is None else one.nothing,
        )
    assert isinstance(measure, Distinct)  # noqa: S101 - by the validators of those who ask
    read, seen = values_of(measure)
    return Members(ask.fold(seen), ask.fold(read).missing, begun(measure, ask))
