"""Wishes: what is asked of a plan beside its being good."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from crmcore.checks import is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty
from crmcore.plans import subject

from ._kinds import each_of

_FEWEST = 2


def _names_one_thing(
    customer: CustomerId | None, responsibility: ResponsibilityId | None, duty: Duty | None, of: str
) -> None:
    """Refuse what names neither one customer nor one duty.

    Raises:
        InvalidValueError: If it names both, neither, or a part.
    """
    names = (customer is not None, responsibility is not None, duty is not None)
    if names not in {(True, False, False), (False, True, True)}:
        found = (customer, responsibility, duty)
        raise InvalidValueError(of, found, "name a customer, or a responsibility and a duty")


@attrs.frozen(kw_only=True)
class Pin:
    """A wish that is a rule: this member holds this item.

    A pin that breaks a rule is refused, even where today's state breaks it already; `Lock`
    is for that.

    Attributes:
        member: Who holds it.
        customer: The customer, in a plan for customers.
        responsibility: The responsibility, in a plan for responsibilities.
        duty: The duty of the responsibility.

    .. versionadded:: 0.1.0
    """

    member: MemberId = attrs.field(validator=is_id)
    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a pin that names neither one customer nor one duty.

        Raises:
            InvalidValueError: If it names both, neither, or a part.
        """
        _names_one_thing(self.customer, self.responsibility, self.duty, "pin")

    @property
    def subject(self) -> str:
        """What is pinned, as ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)


@attrs.frozen(kw_only=True)
class Lock:
    """A wish that is a rule: this item stays where it is, whatever a plan would win.

    What today's holder breaks by holding it, a rule, a conflict or the limit of hours, is
    admitted and reported, since it is how things are. A lock on what nobody in the plan holds
    is refused.

    Attributes:
        customer: The customer, in a plan for customers.
        responsibility: The responsibility, in a plan for responsibilities.
        duty: The duty of the responsibility.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a lock that names neither one customer nor one duty.

        Raises:
            InvalidValueError: If it names both, neither, or a part.
        """
        _names_one_thing(self.customer, self.responsibility, self.duty, "lock")

    @property
    def subject(self) -> str:
        """What is locked, as ``customer:c-17`` or ``responsibility:renewals:backup``."""
        return subject(self.customer, self.responsibility, self.duty)


def listed(wished: Iterable[Pin | Lock]) -> tuple[Pin | Lock, ...]:
    """Return wishes, if they are all wishes.

    Raises:
        InvalidValueError: If one is something else, such as a rule.
    """
    return each_of((Pin, Lock), "pins", "pins and locks, as Pin(…) and Lock(…)", wished)


def _several(customers: Iterable[CustomerId]) -> tuple[CustomerId, ...]:
    if isinstance(customers, str):
        raise InvalidValueError("customers", customers, "list ids of customers, not be a text")
    return tuple(sorted(customers))


def _are_several(
    _: object, attribute: attrs.Attribute[tuple[CustomerId, ...]], value: tuple[CustomerId, ...]
) -> None:
    for key in value:
        is_id(None, attribute, key)
    if len(set(value)) < max(len(value), _FEWEST):
        raise InvalidValueError(attribute.name, value, "name two customers or more, each once")


@attrs.frozen
class Apart:
    """Customers of whom no two may have the same holder, as competitors of each other.

    It concerns people: a team may look after both, by two of its members.

    Attributes:
        customers: Two customers or more, by id.

    .. versionadded:: 0.1.0
    """

    customers: tuple[CustomerId, ...] = attrs.field(converter=_several, validator=_are_several)


@attrs.frozen
class Bundle:
    """Customers who have the same holder or none, as a household or a group of companies.

    They go as one: whoever may hold all of them may hold the bundle. Each of them still has
    its own line in the plan.

    Attributes:
        customers: Two customers or more, by id.

    .. versionadded:: 0.1.0
    """

    customers: tuple[CustomerId, ...] = attrs.field(converter=_several, validator=_are_several)
