"""Rules of events: points for each time that something happened, within limits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import attrs

from crmcore.checks import is_name
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError

from ._decay import MOST_DAYS, Decay, HalfLife, Linear, Step
from ._rule import are_points, is_a, is_cap, to_cap, to_points

_MOST_TIMES: Final = 10**6


def _is_whole(most: int) -> Callable[[object, attrs.Attribute[Any], int | None], None]:
    def check(_: object, attribute: attrs.Attribute[Any], value: int | None) -> None:
        if value is not None and (type(value) is not int or not 1 <= value <= most):
            rule = f"be a whole number, 1 to {most:,}"
            raise InvalidValueError(attribute.name, value, rule)

    return check


@attrs.frozen
class EventRule:
    """Points for every event for which a criterion holds, within limits.

    Whether an event is within the limit is settled when it happens: by the events before it,
    and never by the day of judgement. So no event loses its points because of a later one,
    and none wins them back when an earlier one grows too old.

    Attributes:
        name: What people call it; it is unique in its rule set.
        when: What must hold for the event; it reads the fields of the event.
        points: The points that each event gives; below 0 it takes them.
        at_most: How many events count, if not all.
        per_days: In any so many days in a row at most *at_most* events count, the earliest of
            them; at most so many in all where this is left out.
        within_days: How many days before the day of judgement an event still counts; for ever
            where this is left out.
        decay: How the points of each event melt away, if they do.
        group: The name of the group in which it is summed, if in one.
        cap: The most points that it gives or takes in all.
        version: The version of the rule, for the ledger.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    when: Criterion = attrs.field(kw_only=True, validator=is_a(Criterion))
    points: Decimal = attrs.field(kw_only=True, converter=to_points, validator=are_points)
    at_most: int | None = attrs.field(default=None, kw_only=True, validator=_is_whole(_MOST_TIMES))
    per_days: int | None = attrs.field(default=None, kw_only=True, validator=_is_whole(MOST_DAYS))
    within_days: int | None = attrs.field(
        default=None, kw_only=True, validator=_is_whole(MOST_DAYS)
    )
    decay: Decay | None = attrs.field(
        default=None,
        kw_only=True,
        validator=attrs.validators.optional(is_a(HalfLife, Linear, Step)),
    )
    group: str | None = attrs.field(
        default=None, kw_only=True, validator=attrs.validators.optional(is_name)
    )
    cap: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_cap, validator=[are_points, is_cap]
    )
    version: str = attrs.field(default="1", kw_only=True, validator=is_name)

    def __attrs_post_init__(self) -> None:
        """Want a window only beside a limit, and a decay that counts from the event."""
        if self.per_days is not None and self.at_most is None:
            rule = "be left out, because nothing says how many events count in so many days"
            raise InvalidValueError("per_days", self.per_days, rule)
        if self.decay is not None and self.decay.since is not None:
            rule = "leave since out, because it counts from the day of each event"
            raise InvalidValueError("decay", self.decay, rule)

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields of an event that it reads."""
        return self.when.fields
