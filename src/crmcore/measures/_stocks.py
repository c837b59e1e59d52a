"""What is there at a moment: stocks and last values. Neither has a sum over time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

import attrs

from crmcore.calendar import Period
from crmcore.calendar import zone as find_zone
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined

from ._additivity import Additivity
from ._fields import day_of, is_path, number, reader
from ._measure import Make, Measure, is_filter
from ._partials import FieldPartial, RecordPartial
from ._value import Value


def _is_moment(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if value not in {"start", "end"}:
        raise InvalidValueError(attribute.name, value, "be start or end")


@attrs.frozen
class Stock(Measure):
    """How many entities are in a state at the start or at the end of the period.

    Each record is one entity, and says from which day on, and until which day, it is in the
    state: it is in it from the day *since* up to, and without, the day *until*. The start of
    a period is the moment when its first day begins, and its end the moment when its last
    day is over, so that the closing stock of a month is the opening stock of the next.

    Attributes:
        since: The field with the day or instant at which the state began. An entity without
            it is counted as missing.
        until: The field with the day or instant at which it ended; None in it means that it
            lasts. Without such a field, what began lasts for ever.
        moment: Start or end.
        where: Which entities to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    since: str = attrs.field(validator=is_path)
    until: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_path))
    moment: Literal["start", "end"] = attrs.field(default="end", validator=_is_moment)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """Who is there in two months is not two."""
        return Additivity.SEMI_ADDITIVE

    @property
    def needs_every_record(self) -> bool:
        """Who came long ago may still be there."""
        return True

    @property
    def needs_day(self) -> bool:
        """It looks at the days in its own fields."""
        return False

    def start(self, period: Period, *, zone: str | None = None) -> StockPartial:
        """Return a stock of 0."""
        return StockPartial(self, period, zone)


class StockPartial(RecordPartial[Stock]):
    """The entities found in the state so far."""

    __slots__ = ("_since", "_until", "_zone")

    def __init__(self, measure: Stock, period: Period, zone: str | None, /) -> None:
        super().__init__(measure, period, measure.where)
        self._since = reader(measure.since)
        self._until = None if measure.until is None else reader(measure.until)
        self._zone = None if zone is None else find_zone(zone)

    def _belongs(self, day: date | None) -> bool:  # noqa: ARG002 - its own fields tell the days
        return True

    def _count(self, record: object) -> None:
        since = day_of(self._since(record), self.measure.since, self._zone)
        if since is None:
            self._missing += 1
        elif self._holds(since, record):
            self._n += 1

    def _holds(self, since: date, record: object) -> bool:
        # Both moments are midnights: what counts is what the days before them have left.
        edge = self.period.start if self.measure.moment == "start" else self.period.end
        if since >= edge:
            return False
        if self._until is None:
            return True
        until = day_of(self._until(record), str(self.measure.until), self._zone)
        return until is None or until >= edge

    def _outcome(self, make: Make) -> Value:
        number = Decimal(self._n)
        return make(number=number, numerator=number, n=self._n, missing=self._missing)


@attrs.frozen
class Last(Measure):
    """The latest value of a field in the period, such as a balance or a rating.

    Attributes:
        field: The field; integers or decimals. A record without it is counted as missing.
        at: The field that tells which record is the latest.
        tie: The field that decides between two records of one moment; the larger wins, and
            then the larger value.
        where: Which records to take; all where it is None.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_path)
    at: str = attrs.field(default="at", validator=is_path)
    tie: str = attrs.field(default="id", validator=is_path)
    where: Criterion | None = attrs.field(default=None, validator=is_filter)

    @property
    def additivity(self) -> Additivity:
        """The last of a quarter is that of its last month."""
        return Additivity.SEMI_ADDITIVE

    def start(self, period: Period, *, zone: str | None = None) -> LastPartial:  # noqa: ARG002
        """Return the state of no value."""
        return LastPartial(self, period)


class LastPartial(FieldPartial[Last]):
    """The latest value so far."""

    __slots__ = ("_at", "_best", "_tie")

    def __init__(self, measure: Last, period: Period, /) -> None:
        super().__init__(measure, period, measure.where, measure.field)
        self._at = reader(measure.at)
        self._tie = reader(measure.tie)
        self._best: tuple[Any, Any, Decimal] | None = None

    def _take(self, value: object, record: object) -> None:
        self._offer((self._at(record), self._tie(record), number(value, self._field)))

    def _offer(self, found: tuple[Any, Any, Decimal]) -> None:
        if self._best is None or found > self._best:
            self._best = found

    def _take_over(self, other: Self) -> None:
        super()._take_over(other)
        if other._best is not None:
            self._offer(other._best)

    def _outcome(self, make: Make) -> Value | Undefined:
        if self._best is None:
            return Undefined(Reason.NO_DATA)
        return make(number=self._best[-1], n=self._n, missing=self._missing)
