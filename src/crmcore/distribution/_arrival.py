"""Arrivals: what is to be given to somebody, and what members hold of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import attrs

from crmcore.checks import at_least, day, decimal, is_id, utc
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, minutes

from ._need import Need

_MOST_HOURS = 10_000
_ANYBODY = Need()


@attrs.frozen(kw_only=True)
class Arrival:
    """A customer, a lead or a request that is to be given to somebody.

    Attributes:
        id: Its id, such as the id of the customer.
        at: The instant at which it is given out.
        need: What it wants of whoever takes it.
        hours: The work that it is, in whole minutes; it counts for limits of hours alone.
        previous: Who had it before, and gets it again without a turn if the member may take
            it; whoever has left is passed over.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    need: Need = attrs.field(default=_ANYBODY, validator=attrs.validators.instance_of(Need))
    hours: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
    )
    previous: MemberId | None = attrs.field(
        default=None, validator=attrs.validators.optional(is_id)
    )

    @hours.validator
    def _is_work(self, attribute: attrs.Attribute[Decimal], value: Decimal) -> None:
        if not value:
            return
        if not 0 < value <= _MOST_HOURS:
            rule = f"be between 0 and {_MOST_HOURS}"
            raise InvalidValueError(attribute.name, str(value), rule)
        minutes(value, field=attribute.name)

    @property
    def minutes(self) -> int:
        """The work that it is, in minutes."""
        return minutes(self.hours) if self.hours else 0


def _is_day(_: object, attribute: attrs.Attribute[date], value: date) -> None:
    day(value, attribute.name)


@attrs.frozen(kw_only=True)
class Held:
    """An arrival that a member was given and has not been released from.

    Attributes:
        id: The id of the arrival.
        member: Who holds it.
        minutes: The work that it is, in minutes.
        day: The day on which it was given, in the rota's zone.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    minutes: int = attrs.field(default=0, validator=at_least(0))
    day: date = attrs.field(validator=_is_day)
