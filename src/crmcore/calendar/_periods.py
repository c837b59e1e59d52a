"""Periods: half-open stretches of whole days, aligned to the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from crmcore.checks import day as is_day
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum

from ._days import months_after

_WEEK = 7
_YEAR = 12  # months


class Grain(LabelledEnum):
    """How long a calendar period is.

    .. versionadded:: 0.1.0
    """

    DAY = "day", "day", "日"
    WEEK = "week", "ISO week", "周"
    MONTH = "month", "month", "月"
    QUARTER = "quarter", "quarter", "季度"
    YEAR = "year", "year", "年"

    def start(self, day: date) -> date:
        """Return the first day of the period of this grain that holds *day*."""
        if self is Grain.DAY:
            return day
        if self is Grain.WEEK:
            return day - timedelta(days=day.weekday())
        if self is Grain.MONTH:
            return day.replace(day=1)
        if self is Grain.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        return day.replace(month=1, day=1)

    def after(self, start: date, count: int = 1) -> date:
        """Return the start of the period *count* periods after the one that starts at *start*.

        Raises:
            InvalidValueError: If that lies outside the years 1 to 9999.
        """
        if self in {Grain.DAY, Grain.WEEK}:
            days = count if self is Grain.DAY else _WEEK * count
            try:
                return start + timedelta(days=days)
            except OverflowError:
                rule = f"lead from {start.isoformat()} to a day in the years 1 to 9999"
                raise InvalidValueError("count", count, rule) from None
        months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[self]
        return months_after(start, months * count)

    def period(self, day: date) -> Period:
        """Return the period of this grain that holds *day*."""
        start = self.start(day)
        return Period(start, self.after(start))


@attrs.frozen(order=True)
class Period:
    """The days from *start* up to, and without, *end*.

    Attributes:
        start: The first day.
        end: The day after the last one.

    .. versionadded:: 0.1.0
    """

    start: date = attrs.field()
    end: date = attrs.field()

    @start.validator
    def _is_a_day(self, attribute: attrs.Attribute[date], value: date) -> None:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise InvalidValueError(attribute.name, value, "be a date, not an instant")

    @end.validator
    def _is_after_start(self, attribute: attrs.Attribute[date], value: date) -> None:
        self._is_a_day(attribute, value)
        if value <= self.start:
            raise InvalidValueError(attribute.name, value, f"be after the start, {self.start}")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """Return a calendar month."""
        return Grain.MONTH.period(date(year, month, 1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def grain(self) -> Grain | None:
        """The calendar grain that it is exactly one period of, if it is of any."""
        return next((g for g in Grain if g.period(self.start) == self), None)

    def __contains__(self, day: object) -> bool:
        """Say whether *day* is one of its days.

        Raises:
            InvalidValueError: If it is an instant, whose day depends on a zone.
        """
        if isinstance(day, datetime):
            raise InvalidValueError("day", day.isoformat(), "be a date, as day_in gives it")
        return isinstance(day, date) and self.start <= day < self.end

    def before(self) -> Period:
        """Return the period just before: of the same grain, or of as many days.

        Raises:
            InvalidValueError: If that lies before the year 1.
        """
        grain = self.grain
        if grain is None:
            return Period(Grain.DAY.after(self.start, -self.days), self.start)
        return Period(grain.after(self.start, -1), self.start)

    def a_year_before(self) -> Period:
        """Return the same period a year before, by the calendar and not by a count of days.

        The year before a month is the whole month: that before February 2024, which had 29
        days, is February 2023 with its 28, and the other way round. A day and an end of other
        stretches is the same day of the month, cut at the month's end. A week is the ISO week
        of the same number; before a week 53 comes the last week of the year before.

        Raises:
            InvalidValueError: If that lies before the year 1.
        """
        grain = self.grain
        if grain is Grain.WEEK:
            return grain.period(_same_week(self.start))
        start = months_after(self.start, -_YEAR)
        if grain is None:
            return Period(start, months_after(self.end, -_YEAR))
        return grain.period(start)

    def first(self, days: int) -> Period:
        """Return its first days, so many of them; the whole period where it has no more.

        Raises:
            InvalidValueError: If *days* is below 1.
        """
        if days < 1:
            raise InvalidValueError("days", days, "be at least 1")
        return self if days >= self.days else Period(self.start, self.start + timedelta(days=days))

    def to_date(self, as_of: date) -> Period | None:
        """Return its days that have passed when the day *as_of* begins; None where none has."""
        passed = (is_day(as_of) - self.start).days
        return self.first(passed) if passed > 0 else None

    def like_for_like(self, other: Period, *, as_of: date) -> tuple[Period, Period] | None:
        """Return this period and another one, cut so that they can be compared.

        A complete period is compared with the whole other one. Of a running one the days that
        have passed are compared with as many days of the other one: on 11 March the first ten
        days of March with the first ten of February. Where the other one has fewer, both are cut
        to these. None where no day has passed.
        """
        if self.is_complete(as_of):
            return self, other
        running = self.to_date(as_of)
        if running is None:
            return None
        days = min(running.days, other.days)
        return self.first(days), other.first(days)

    def is_complete(self, as_of: date) -> bool:
        """Say whether all of its days have passed when the day *as_of* begins."""
        return self.end <= as_of

    def __str__(self) -> str:
        """Return the calendar's name for it, or its two ends."""
        grain = self.grain
        if grain is Grain.YEAR:
            return f"{self.start:%Y}"
        if grain is Grain.QUARTER:
            return f"{self.start:%Y}-Q{(self.start.month + 2) // 3}"
        if grain is Grain.MONTH:
            return f"{self.start:%Y-%m}"
        if grain is Grain.WEEK:
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02}"
        if grain is Grain.DAY:
            return self.start.isoformat()
        return f"{self.start}/{self.end}"


def periods(grain: Grain, first: date, end: date) -> Iterator[Period]:
    """Yield the calendar periods that begin on or after *first* and end by *end*.

    .. versionadded:: 0.1.0
    """
    anchor = grain.start(first)
    if anchor < first:
        anchor = grain.after(anchor)
    count = 0
    while (stop := grain.after(anchor, count + 1)) <= end:
        yield Period(grain.after(anchor, count), stop)
        count += 1


def _same_week(start: date) -> date:
    """Return the Monday of the same ISO week a year before, or of the last one there is."""
    week = start.isocalendar().week
    last = Grain.WEEK.after(start, -week)
    return Grain.WEEK.after(last, -max(0, last.isocalendar().week - week))
