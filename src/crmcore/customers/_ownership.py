"""Ownership: which member looks after a customer, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NewType

import attrs

from crmcore.checks import is_a, is_after_since, is_count, is_id, optional_utc, utc
from crmcore.errors import Fault, FaultsError
from crmcore.kernel import CustomerId, LabelledEnum, MemberId

OwnershipId = NewType("OwnershipId", str)


class OwnershipRole(LabelledEnum):
    """In which role a member looks after a customer.

    .. versionadded:: 0.1.0
    """

    OWNER = "owner", "owner", "负责人"
    COLLABORATOR = "collaborator", "collaborator", "协作人"


class Cause(LabelledEnum):
    """How a customer came to a member.

    .. versionadded:: 0.1.0
    """

    MANUAL = "manual", "by hand", "手动"
    IMPORT = "import", "with an import", "导入"
    PLAN = "plan", "by a plan", "调整方案"
    DISTRIBUTION = "distribution", "by distribution", "自动分配"
    UNDO = "undo", "by taking a plan back", "撤销方案"
    CLAIM = "claim", "by a claim", "领取"
    MERGE = "merge", "with a merge", "合并"
    RECYCLE = "recycle", "by recycling", "回收"


@attrs.frozen(kw_only=True)
class Ownership:
    """A member looks after a customer from *since* up to, and without, *until*.

    Attributes:
        id: The id of this interval.
        customer: Who is looked after.
        member: Who looks after the customer.
        since: The first instant.
        until: The instant at which it ended; None while it lasts.
        role: Owner, or collaborator beside the owner.
        cause: How it came about.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: OwnershipId = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    since: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    until: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=is_after_since,
    )
    role: OwnershipRole = attrs.field(default=OwnershipRole.OWNER, validator=is_a(OwnershipRole))
    cause: Cause = attrs.field(default=Cause.MANUAL, validator=is_a(Cause))
    version: int = attrs.field(default=0, validator=is_count)

    def lasts_at(self, at: datetime) -> bool:
        """Say whether it holds at the instant *at*."""
        return self.since <= at and (self.until is None or at < self.until)


def owners_at(ownerships: Iterable[Ownership], at: datetime) -> Mapping[CustomerId, Ownership]:
    """Return who owns each customer at the instant *at*, by customer in order of their ids.

    Raises:
        FaultsError: If a customer has two owners at that instant.

    .. versionadded:: 0.1.0
    """
    found: dict[CustomerId, Ownership] = {}
    faults: list[Fault] = []
    for held in sorted(ownerships, key=lambda o: (o.customer, o.id)):
        if held.role is not OwnershipRole.OWNER or not held.lasts_at(at):
            continue
        other = found.setdefault(held.customer, held)
        if other is not held:
            faults.append(two_owners(other, held, at))
    if faults:
        raise FaultsError("ownership", faults)
    return found


def two_owners(one: Ownership, other: Ownership, at: datetime) -> Fault:
    """Return the fault that two members own a customer at the same time."""
    return Fault(
        f"customer {one.customer!r}",
        f"both {one.member!r} and {other.member!r} own it at {at.isoformat()}; "
        "end one of the two ownerships",
    )
