"""Assignments: who holds which duty of a responsibility, from when until when."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import attrs

from crmcore.checks import is_a, is_after_since, is_count, is_id, optional_utc, utc
from crmcore.kernel import LabelledEnum, MemberId, ResponsibilityId


class Duty(LabelledEnum):
    """What somebody is to a responsibility.

    .. versionadded:: 0.1.0
    """

    ACCOUNTABLE = "accountable", "accountable", "终责"
    RESPONSIBLE = "responsible", "responsible", "执行"
    BACKUP = "backup", "backup", "后备"

    @property
    def hours_share(self) -> Fraction:
        """The share of the responsibility's weekly hours that the duty itself costs."""
        return _SHARES[self]


_SHARES = {
    Duty.ACCOUNTABLE: Fraction(15, 100),
    Duty.RESPONSIBLE: Fraction(1),
    Duty.BACKUP: Fraction(20, 100),
}


@attrs.frozen(kw_only=True)
class Assignment:
    """A member holds a duty of a responsibility from *since* up to, and without, *until*.

    Attributes:
        id: The id of this interval.
        responsibility: What is held.
        duty: Accountable, responsible or backup.
        member: Who holds it.
        since: The first instant.
        until: The instant at which it ended; None while it lasts.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    responsibility: ResponsibilityId = attrs.field(validator=is_id)
    duty: Duty = attrs.field(validator=is_a(Duty))
    member: MemberId = attrs.field(validator=is_id)
    since: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    until: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=is_after_since,
    )
    version: int = attrs.field(default=0, validator=is_count)

    def lasts_at(self, at: datetime) -> bool:
        """Say whether it holds at the instant *at*."""
        return self.since <= at and (self.until is None or at < self.until)
