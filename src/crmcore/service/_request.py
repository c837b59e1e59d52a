"""Service requests: from the first call to the final solution."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_count, is_id, not_before, only_with, optional_utc, utc
from crmcore.kernel import CustomerId, MemberId, TeamId

from ._pause import Pause, in_order, none_before

_optional = attrs.validators.optional


@attrs.frozen(kw_only=True)
class ServiceRequest:
    """A customer asked for help.

    Attributes:
        id: The id of the request.
        customer: Who asked.
        member: The member who looks after it, if somebody does.
        team: The team that looks after it, if one does.
        channel: The way it came, if recorded.
        category: What sort of request it is, if recorded.
        opened_at: When it came, as an instant.
        responded_at: When it was first answered with more than that it has arrived; None while
            it was not.
        answered_automatically: Whether that first answer came from a machine. Once a person
            has answered, *responded_at* tells of the person and this is False.
        response_due_at: By when it was to be answered, if that was promised.
        solved_at: When the customer first accepted a solution; None while there is none.
        solution_due_at: By when it was to be solved, if that was promised.
        closed_at: When it was closed for good, solved or withdrawn; None while it is not.
        reopened_at: When it came up again after the first solution, if it did.
        pauses: When nothing could be done, by start; they may overlap.
        contacts: How many contacts it took so far, if counted.
        resolvable_at_first: Whether whoever takes the first contact can solve such a request.
        article: The article of the knowledge base that was used or written, if one was.
        minutes: How long members worked on it, in minutes, if recorded.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    customer: CustomerId = attrs.field(validator=is_id)
    member: MemberId | None = attrs.field(default=None, validator=_optional(is_id))
    team: TeamId | None = attrs.field(default=None, validator=_optional(is_id))
    channel: str | None = attrs.field(default=None, validator=_optional(is_id))
    category: str | None = attrs.field(default=None, validator=_optional(is_id))
    opened_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    responded_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    answered_automatically: bool = attrs.field(
        default=False, validator=[is_a(bool), only_with("responded_at")]
    )
    response_due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    solved_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    solution_due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    closed_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at", "solved_at", "reopened_at"),
    )
    reopened_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=[only_with("solved_at"), not_before("solved_at")],
    )
    pauses: tuple[Pause, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(in_order, takes_field=True),  # type: ignore[misc]
        validator=none_before("opened_at"),
    )
    contacts: int | None = attrs.field(default=None, validator=_optional(is_count))
    resolvable_at_first: bool = attrs.field(default=True, validator=is_a(bool))
    article: str | None = attrs.field(default=None, validator=_optional(is_id))
    minutes: int | None = attrs.field(default=None, validator=_optional(is_count))

    @property
    def human_response_at(self) -> datetime | None:
        """When a person first answered; None while nobody, or a machine only, has."""
        return None if self.answered_automatically else self.responded_at

    @property
    def has_human_response(self) -> bool:
        """Whether a person has answered."""
        return self.human_response_at is not None

    @property
    def is_reopened(self) -> bool:
        """Whether it came up again after the first solution."""
        return self.reopened_at is not None

    @property
    def settled_at(self) -> datetime | None:
        """When it was solved for good; None while it is not.

        That is the first solution, unless the request came up again: then it is the closing.
        """
        return self.closed_at if self.is_reopened else self.solved_at

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was closed without a solution."""
        return self.closed_at is not None and self.solved_at is None

    @property
    def is_solved_at_first(self) -> bool | None:
        """Whether one contact solved it and it did not come up again.

        None where it is solved and nobody counted the contacts.
        """
        if self.solved_at is None or self.is_reopened:
            return False
        return None if self.contacts is None else self.contacts == 1
