"""Arrivals: what is to be given to somebody, and what members hold of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import attrs

from crmcore.checks import between, day, decimal, is_id, utc
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, minutes

from ._kinds import each_is_a, is_a, listed
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
    need: Need = attrs.field(default=_ANYBODY, validator=is_a(Need, "be a Need"))
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


def _ids(ids: Iterable[str]) -> tuple[str, ...]:
    return listed(ids, "ids", "be a list of ids, also of a single one")


def _is_day(_: object, attribute: attrs.Attribute[date], value: date) -> None:
    day(value, attribute.name)


@attrs.frozen(kw_only=True)
class Held:
    """Arrivals that a member was given on a day and has not been released from.

    Attributes:
        member: Who holds them.
        day: The day on which they were given, in the rota's zone.
        minutes: The work that each of them is, in minutes.
        ids: The ids of the arrivals, in the order in which they were given.

    .. versionadded:: 0.1.0
    """

    member: MemberId = attrs.field(validator=is_id)
    day: date = attrs.field(validator=_is_day)
    minutes: int = attrs.field(default=0, validator=between(0, _MOST_HOURS * 60))
    ids: tuple[str, ...] = attrs.field(
        converter=_ids,
        validator=each_is_a(str, "list ids, which are text"),
    )
