"""Meters: how much of a limit is used."""

from __future__ import annotations

from datetime import date

import attrs

from crmcore.kernel import Phrase, hours

from ._share import Limit

_FIRST_DAY = date.min


@attrs.define(eq=False)
class Meter:
    """What counts against one limit of one member.

    Attributes:
        limit: The limit.
        since: The first day of the running period; the first day of all where it has none.
        items: How many items count.
        minutes: How many minutes count.
    """

    limit: Limit
    since: date = _FIRST_DAY
    items: int = 0
    minutes: int = 0
    most_items: int | None = attrs.field(init=False)
    most_minutes: int | None = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look up once what is asked of each arrival."""
        self.most_items = self.limit.items
        self.most_minutes = self.limit.minutes

    def copied(self) -> Meter:
        """Return a meter that shows the same."""
        return Meter(self.limit, self.since, self.items, self.minutes)

    def turn_to(self, day: date) -> None:
        """Begin from nothing where a day is in another period."""
        since = self._start(day)
        if since != self.since:
            self.since, self.items, self.minutes = since, 0, 0

    def count(self, items: int, minutes: int, day: date) -> None:
        """Count what was given on a day, or released, if that day is in the running period."""
        if day >= self.since:
            self.items += items
            self.minutes += minutes

    @property
    def is_full(self) -> bool:
        """Whether nothing fits, however little work it is."""
        return self.most_items is not None and self.items >= self.most_items

    def fits(self, minutes: int) -> bool:
        """Say whether one more item of so many minutes fits."""
        return not self.is_full and (
            self.most_minutes is None or self.minutes + minutes <= self.most_minutes
        )

    def says(self, minutes: int) -> Phrase:
        """Return why an item of so many minutes does not fit."""
        per = "" if self.limit.per is None else f" this {self.limit.per.label.en}"
        period = "" if self.limit.per is None else f"本{self.limit.per.label.zh}"
        if self.is_full:
            return Phrase(
                f"at capacity: {self.items} of {self.most_items} items{per}",
                f"已满额：{period}{self.items}/{self.most_items}项",
            )
        used, most, more = hours(self.minutes), hours(self.most_minutes or 0), hours(minutes)
        return Phrase(
            f"at capacity: {used} of {most} h{per}, {more} h more do not fit",
            f"已满额：{period}{used}/{most}小时，无法再容纳{more}小时",
        )

    def _start(self, day: date) -> date:
        return _FIRST_DAY if self.limit.per is None else self.limit.per.start(day)
