"""What all facts have in common: a day, a policy, and a key made of what they are about."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NewType, TypeVar

import attrs

from crmcore.checks import day as want_day
from crmcore.checks import is_count, is_id, is_name, utc
from crmcore.errors import InvalidValueError

FactId = NewType("FactId", str)
"""The key of a fact, which is made of what it is about."""

_DIGITS = 32


def is_day(_: object, attribute: attrs.Attribute[date], value: date) -> None:
    """Want a day, not an instant."""
    want_day(value, attribute.name)


def is_made_of(attribute: attrs.Attribute[Any], value: str, made: str) -> None:
    """Want what the other fields make of it."""
    if value != made:
        rule = f"be what the other fields make it, {made!r}; leave it out"
        raise InvalidValueError(attribute.name, value, rule)


@attrs.frozen(kw_only=True)
class Fact(ABC):
    """Something that was judged as of a day, by a policy, and that stays judged so.

    A fact is never changed. The same judgement, of the same as of the same day by the same
    policy, has the same id, whenever it was written down: so it can be written down twice
    and is there once.

    Attributes:
        id: Its key, which begins with the day; made from the other fields where left out.
        as_of: The day of judgement: only what happened before it counted.
        policy: The name of the policy.
        policy_version: The version of the policy.
        fingerprint: What tells the policy from every other one, as
            `crmcore.policies.Policy.fingerprint` does.
        recorded_at: The instant at which it was written down. It takes no part in
            comparisons: a judgement does not change by being written down later.
        version: How often it was saved; 0 before the first time, and 1 from then on.

    .. versionadded:: 0.1.0
    """

    id: FactId = FactId("")
    as_of: date = attrs.field(validator=is_day)
    policy: str = attrs.field(validator=is_name)
    policy_version: str = attrs.field(validator=is_id)
    fingerprint: str = attrs.field(validator=is_id)
    recorded_at: datetime = attrs.field(
        eq=False,
        converter=attrs.Converter(utc, takes_field=True),  # type: ignore[misc]
    )
    version: int = attrs.field(default=0, validator=is_count)

    def __attrs_post_init__(self) -> None:
        """Make the key, or see that it is the right one."""
        made = self._made_id()
        if self.id:
            is_made_of(attrs.fields(Fact).id, self.id, made)
        object.__setattr__(self, "id", made)

    def _made_id(self) -> FactId:
        about = repr((type(self).__name__, *map(str, self._key()), self.fingerprint))
        digest = hashlib.sha256(about.encode()).hexdigest()[:_DIGITS]
        return FactId(f"{self.as_of.isoformat()}-{digest}")

    @abstractmethod
    def _key(self) -> tuple[str, ...]:
        """Return what it is about, beside the day and the policy."""

    @property
    @abstractmethod
    def outcome(self) -> object:
        """What was judged, apart from day and policy."""


F = TypeVar("F", bound=Fact)


def in_order(facts: Iterable[F]) -> tuple[F, ...]:
    """Return facts in the order of their days; those of one day as they were written down.

    .. versionadded:: 0.1.0
    """
    return tuple(sorted(facts, key=_place))


def _place(fact: Fact) -> tuple[date, datetime, str]:
    return fact.as_of, fact.recorded_at, fact.id


def latest(facts: Iterable[F], day: date) -> F | None:
    """Return the fact that holds on a day: the latest as of that day or an earlier one.

    Where two policies judged as of the same day, the one that was written down last holds.
    What was judged as of a later day was not known then, and is left out.

    Args:
        facts: What was judged of one subject, in any order.
        day: The day.

    Returns:
        The fact, or None where nothing had been judged by that day.

    Raises:
        InvalidValueError: If *day* is none.

    .. versionadded:: 0.1.0
    """
    want_day(day, "day")
    known = (fact for fact in facts if fact.as_of <= day)
    return max(known, key=_place, default=None)


def changes(facts: Iterable[F]) -> tuple[F, ...]:
    """Return the facts that say something else than the one before, the first among them.

    Args:
        facts: What was judged of one subject, in any order.

    .. versionadded:: 0.1.0
    """
    ordered = in_order(facts)
    told = (later for earlier, later in pairwise(ordered) if later.outcome != earlier.outcome)
    return (*ordered[:1], *told)
