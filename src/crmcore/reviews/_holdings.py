"""Holdings: who looks after whom, and who holds which duty, at one instant."""

from __future__ import annotations

import hashlib
from datetime import datetime

import attrs

from crmcore.checks import utc
from crmcore.customers import owners_at
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty
from crmcore.storage import DEFAULT_TENANT, Store


@attrs.frozen(kw_only=True)
class Holdings:
    """Who holds what at one instant; two that are equal describe the same state.

    Attributes:
        owners: The customers that have an owner, with the owner, by customer.
        duties: The duties that somebody holds, with the holder, by responsibility and duty.

    .. versionadded:: 0.1.0
    """

    owners: tuple[tuple[CustomerId, MemberId], ...]
    duties: tuple[tuple[ResponsibilityId, Duty, MemberId], ...]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all of it, as hexadecimal text."""
        lines = [f"{customer}\t{member}" for customer, member in self.owners]
        lines += [f"{what}\t{duty}\t{member}" for what, duty, member in self.duties]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def holdings_at(store: Store, at: datetime, *, tenant: str = DEFAULT_TENANT) -> Holdings:
    """Return who holds what in *store* at the instant *at*.

    Args:
        store: Where the records are kept.
        at: The instant.
        tenant: Whose records are looked at.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    with store.unit_of_work(readonly=True, tenant=tenant) as uow:
        owners = owners_at(uow.ownerships.lasting(at=instant), instant)
        duties = [
            (held.responsibility, held.duty, held.member)
            for held in uow.assignments.lasting(at=instant)
        ]
    return Holdings(
        owners=tuple((customer, held.member) for customer, held in sorted(owners.items())),
        duties=tuple(sorted(duties)),
    )
