"""Rules: what gives points, how many, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from typing import Any, Final, TypeVar

import attrs

from crmcore.checks import decimal, is_name, optional_decimal
from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError

from ._decay import Decay, HalfLife, Linear, Step, optional_field

_KindT = TypeVar("_KindT")

# Room for every digit of every sum, whatever the context of the caller.
EXACT: Final = Context(prec=60)

_MOST_POINTS: Final = 10**9
_MOST_DIGITS: Final = 6


def is_a(*classes: type) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    """Return a validator that wants a value of one of these classes."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if not isinstance(value, classes):
            names = " or ".join(known.__name__ for known in classes)
            article = "an" if names[0] in "AEIOU" else "a"
            raise InvalidValueError(attribute.name, value, f"be {article} {names}")

    return check


def tuple_of(kind: type[_KindT], found: Iterable[_KindT]) -> tuple[_KindT, ...]:
    """Return rules as a tuple.

    Raises:
        InvalidValueError: If one of them is no rule of this kind.
    """
    rules = tuple(found) if isinstance(found, Iterable) else (found,)
    for rule in rules:
        if not isinstance(rule, kind):
            raise InvalidValueError("rules", rule, f"be a list of {kind.__name__}")
    return rules


def are_points(_: object, attribute: attrs.Attribute[Any], value: Decimal | None) -> None:
    """Want points of a size that sums exactly everywhere."""
    if value is None:
        return
    if value.copy_abs() > _MOST_POINTS or -int(value.as_tuple().exponent) > _MOST_DIGITS:
        rule = f"be at most {_MOST_POINTS:,}, with at most {_MOST_DIGITS} digits after the point"
        raise InvalidValueError(attribute.name, value, rule)


def is_cap(_: object, attribute: attrs.Attribute[Any], value: Decimal | None) -> None:
    """Want a cap above 0, if there is one."""
    if value is not None and value <= 0:
        raise InvalidValueError(attribute.name, value, "be above 0")


def to_points(value: Decimal | int | str) -> Decimal:
    """Return exact points."""
    return decimal(value, "points")


def to_cap(value: Decimal | int | str | None) -> Decimal | None:
    """Return an exact cap, or None where there is none."""
    return optional_decimal(value, "cap")


@attrs.frozen
class Rule:
    """Points for a customer for whom a criterion holds.

    Attributes:
        name: What people call it; it is unique in its rule set.
        when: What must hold.
        points: The points that it gives; below 0 it takes them.
        decay: How the points melt away, if they do; what a customer *is* does not grow old,
            what a customer *did* may.
        group: The name of the group in which it is summed, if in one.
        times: A field with a count, for a rule that gives its points once for each time.
        cap: The most points that it gives or takes in all; *times* needs one.
        version: The version of the rule, for the ledger.

    .. versionadded:: 0.1.0
    """

    name: str = attrs.field(validator=is_name)
    when: Criterion = attrs.field(kw_only=True, validator=is_a(Criterion))
    points: Decimal = attrs.field(kw_only=True, converter=to_points, validator=are_points)
    decay: Decay | None = attrs.field(
        default=None,
        kw_only=True,
        validator=attrs.validators.optional(is_a(HalfLife, Linear, Step)),
    )
    group: str | None = attrs.field(
        default=None, kw_only=True, validator=attrs.validators.optional(is_name)
    )
    times: str | None = attrs.field(default=None, kw_only=True, converter=optional_field)
    cap: Decimal | None = attrs.field(
        default=None, kw_only=True, converter=to_cap, validator=[are_points, is_cap]
    )
    version: str = attrs.field(default="1", kw_only=True, validator=is_name)

    def __attrs_post_init__(self) -> None:
        """Want a cap where a count could be anything, and a date where points decay."""
        if self.times is not None and self.cap is None:
            raise InvalidValueError("cap", None, f"be stated, because {self.times} has no bound")
        if self.decay is not None and self.decay.since is None:
            rule = "state since, the field with the date from which its age counts"
            raise InvalidValueError("decay", self.decay, rule)

    @property
    def fields(self) -> frozenset[str]:
        """The names of all fields that it reads."""
        others = {self.times, None if self.decay is None else self.decay.since} - {None}
        return self.when.fields | {str(name) for name in others}
