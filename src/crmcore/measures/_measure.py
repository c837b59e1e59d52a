"""What a measure is, and what it has counted so far.

A state holds counts, exact sums and sets, never a quotient. So the states of two parts of the
records merge into the state of all of them, in any grouping and order, and the states of two
months merge into that of both: a ratio over both is a ratio of sums by construction.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import partial
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar

import attrs

from crmcore.calendar import Period
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined

from ._additivity import Additivity
from ._value import Value

Make: TypeAlias = Callable[..., Value]

# Wide enough for the exact squares of any amount; what would not fit raises, and nothing is
# rounded in silence. A quotient is rounded once, when it becomes a number.
EXACT: Final = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])
_QUOTIENT: Final = Context(prec=28)


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Return numerator by denominator to 28 digits, whatever context the caller has set."""
    return _QUOTIENT.divide(numerator, denominator)


def is_filter(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:  # noqa: ANN401
    """Want no criterion, or one that says the same of a record on every day."""
    if value is None:
        return
    if not isinstance(value, Criterion):
        raise InvalidValueError(attribute.name, value, "be a criterion, such as F.quantity > 1")
    if value.needs_as_of:
        rule = "not depend on the day of judgement, or what was counted yesterday would not stand"
        raise InvalidValueError(attribute.name, value, rule)


class Measure(ABC):
    """The definition of a number about records in a period: a frozen, hashable value.

    The algebra is closed: its definitions are those of this room.

    .. versionadded:: 0.1.0
    """

    __slots__ = ()

    @property
    @abstractmethod
    def additivity(self) -> Additivity:
        """What may be done with its values of several periods."""

    @property
    def needs_every_record(self) -> bool:
        """Whether records of other days matter to a period, as they do to a stock."""
        return False

    @property
    def needs_day(self) -> bool:
        """Whether it must be told on which day a record happened."""
        return True

    @abstractmethod
    def start(self, period: Period, *, zone: str | None = None) -> Partial[Any]:
        """Return the state in which nothing has been counted yet.

        Args:
            period: The days to count.
            zone: The zone whose days count, where fields hold instants.
        """


M = TypeVar("M", bound=Measure)


class Partial(ABC, Generic[M]):
    """What a measure has counted so far in a period.

    Attributes:
        measure: The definition.
        period: The days that it counts.

    .. versionadded:: 0.1.0
    """

    __slots__ = ("measure", "period")

    def __init__(self, measure: M, period: Period, /) -> None:
        """Begin with nothing counted."""
        self.measure: M = measure
        self.period: Period = period

    @abstractmethod
    def add(self, record: object, day: date | None = None) -> None:
        """Take a record into account, if it belongs to the period and the criterion holds.

        Args:
            record: The record.
            day: The day on which it happened. A record without a day belongs to no period;
                a stock looks at days of its own, and does not ask for this one.
        """

    def merge(self, other: Self) -> None:
        """Take over what another state has counted; the other stays as it is.

        Both count the same measure, either in the same period, each with a part of the
        records, or in two periods that adjoin: then this one counts both periods from now on.

        Raises:
            InvalidValueError: If they count different measures, if the periods neither equal
                nor adjoin each other, or if the measure is a stock or a last value, which has
                no sum over time.
        """
        if self.measure != other.measure:
            raise InvalidValueError("other", other.measure, f"count the same, {self.measure}")
        if self.period != other.period:
            self._go_on(other.period)
        self._take_over(other)

    def _go_on(self, period: Period) -> None:
        first, second = sorted((self.period, period))
        if first.end != second.start:
            rule = f"be the same as {self.period}, or adjoin it"
            raise InvalidValueError("period", str(period), rule)
        if self.measure.additivity is Additivity.SEMI_ADDITIVE:
            rule = "be additive over time; take the value of the last period instead of a sum"
            raise InvalidValueError("measure", self.measure, rule)
        self.period = Period(first.start, second.end)

    def finish(self, *, as_of: date, definition: str, version: str = "1") -> Value | Undefined:
        """Return what it comes to; the state can go on counting afterwards.

        Args:
            as_of: The day at whose beginning the records were known.
            definition: The name of what was measured.
            version: The version of the definition.

        Returns:
            The value; or undefined where the period has not ended, a denominator is zero, or
            there is nothing to take a mean, a quantile or a last value of.
        """
        if not self.period.is_complete(as_of):
            detail = Phrase(f"{self.period} on {as_of}", f"{as_of}时的{self.period}")
            return Undefined(Reason.INCOMPLETE_PERIOD, detail)
        make = partial(
            Value, period=self.period, as_of=as_of, definition=definition, version=version
        )
        return self._outcome(make)

    @abstractmethod
    def _take_over(self, other: Self) -> None:
        """Take over what another state of the same measure has counted."""

    @abstractmethod
    def _outcome(self, make: Make) -> Value | Undefined:
        """Return what it comes to, made with the period, the day and the definition."""
