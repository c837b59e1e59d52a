"""Changes: what went from one hand to another."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from crmcore.activities import MatterId, MatterKind
from crmcore.checks import optional_utc
from crmcore.customers import OwnershipRole
from crmcore.kernel import CustomerId, MemberId, ResponsibilityId
from crmcore.organization import Duty


def item(
    customer: CustomerId | None,
    responsibility: ResponsibilityId | None,
    duty: Duty | None,
    role: OwnershipRole = OwnershipRole.OWNER,
) -> str:
    """Return the name of what can change hands, as messages name it.

    That is a customer, the collaboration on one, or a duty of a responsibility.

    .. versionadded:: 0.1.0
    """
    if customer is None:
        return f"{duty} of {responsibility!r}"
    if role is OwnershipRole.COLLABORATOR:
        return f"collaboration on customer {customer!r}"
    return f"customer {customer!r}"


@attrs.frozen(kw_only=True)
class Change:
    """One holder gave way to another.

    Attributes:
        customer: The customer that changed hands; None where a duty did.
        responsibility: The responsibility of the duty that changed hands, or None.
        duty: The duty that changed hands, or None.
        role: Whether the customer's owner changed, or somebody who works beside the owner.
        from_member: Who held it before; None where nobody did.
        to_member: Who holds it now; None where nobody does.
        closed: The id of the interval that was ended, or None.
        opened: The id of the interval that was begun, or None.
        version: The version of the interval that was begun; 0 where none was.
        until: The instant up to which the interval that was ended was to last; None where it
            had no end.

    .. versionadded:: 0.1.0
    """

    customer: CustomerId | None = None
    responsibility: ResponsibilityId | None = None
    duty: Duty | None = None
    role: OwnershipRole = OwnershipRole.OWNER
    from_member: MemberId | None
    to_member: MemberId | None
    closed: str | None
    opened: str | None
    version: int
    until: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )

    @property
    def item(self) -> str:
        """What changed hands, as messages name it."""
        return item(self.customer, self.responsibility, self.duty, self.role)


@attrs.frozen(kw_only=True)
class MatterChange:
    """An open matter that went along with its customer.

    Attributes:
        matter: The id of the matter.
        kind: Request, complaint, opportunity or meeting.
        customer: Whose matter it is.
        from_member: Who was in charge of it before; None where nobody was.
        to_member: Who is in charge of it now; None where nobody is.
        version: The version at which it was stored with that.

    .. versionadded:: 0.1.0
    """

    matter: MatterId
    kind: MatterKind
    customer: CustomerId
    from_member: MemberId | None
    to_member: MemberId | None
    version: int

    @property
    def item(self) -> str:
        """What changed hands, as messages name it."""
        return f"{self.kind} {self.matter!r} of customer {self.customer!r}"


@attrs.frozen(kw_only=True)
class Departure:
    """A member's last day was written down, or taken back.

    Attributes:
        member: Who leaves.
        before: The first day on which the member was to be gone; None where none was known.
        after: That day as it is now; None where the member stays.
        version: The version at which the member was stored with that.

    .. versionadded:: 0.1.0
    """

    member: MemberId
    before: date | None
    after: date | None
    version: int
