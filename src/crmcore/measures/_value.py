"""Values: numbers that carry what they rest on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from crmcore.calendar import Period
from crmcore.checks import at_least, refusal
from crmcore.kernel import round_half_up
from crmcore.statistics import Interval

_SHOWN_DIGITS = 4


def _shown(number: Decimal) -> str:
    long = int(number.as_tuple().exponent) < -_SHOWN_DIGITS
    return f"{round_half_up(number, _SHOWN_DIGITS) if long else number:f}"


def _is_finite(_: object, attribute: attrs.Attribute[Decimal], value: object) -> None:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise refusal(attribute, value, "be a finite decimal, not a float")


@attrs.frozen(kw_only=True)
class Value:
    """A measured number, with all that it rests on.

    Attributes:
        number: The number itself, unrounded, in the unit of its definition; a share is a
            fraction.
        numerator: What stands above the line of a ratio or a mean, or the number itself
            where there is no line; None where the number is no sum of anything.
        denominator: What stands below the line; None where there is none.
        n: How many records, or entities, were taken into account.
        missing: How many more would have been, had they had a value in the field.
        interval: Within which bounds the true value lies, where that can be told.
        period: The days that it is about.
        as_of: The day at whose beginning it was known.
        definition: The name of what was measured.
        version: The version of the definition.

    .. versionadded:: 0.1.0
    """

    number: Decimal = attrs.field(validator=_is_finite)
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    n: int = attrs.field(validator=at_least(0))
    missing: int = attrs.field(default=0, validator=at_least(0))
    interval: Interval | None = None
    period: Period
    as_of: date
    definition: str
    version: str = "1"

    def __str__(self) -> str:
        """Return the number, its parts, its interval and its period on one line."""
        if self.numerator is None or self.denominator is None:
            parts = [f"n = {self.n}"]
        else:
            parts = [f"{_shown(self.numerator)} of {_shown(self.denominator)}"]
        if self.missing:
            parts.append(f"{self.missing} missing")
        if self.interval is not None:
            parts.append(str(self.interval))
        return f"{_shown(self.number)} ({', '.join(parts)}, {self.period})"
