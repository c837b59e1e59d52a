"""Tasks, meetings and hours: the daily work of members and teams."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import attrs

from crmcore.checks import (
    above,
    at_least,
    decimal,
    is_a,
    is_count,
    is_id,
    not_before,
    optional_utc,
    utc,
)
from crmcore.kernel import LabelledEnum, MemberId, TeamId

_optional_id = attrs.validators.optional(is_id)


class TaskKind(LabelledEnum):
    """What sort of task it is.

    .. versionadded:: 0.1.0
    """

    TASK = "task", "task", "任务"
    MILESTONE = "milestone", "milestone of a project", "项目里程碑"
    ACTION = "action", "action agreed in a meeting", "会议行动项"


@attrs.frozen(kw_only=True)
class Task:
    """Something that is to be done by a date.

    Attributes:
        id: The id of the task.
        kind: A task, a milestone of a project, or an action agreed in a meeting.
        member: The member in charge of it, if somebody is.
        team: The team in charge of it, if one is.
        project: The project it belongs to, if it belongs to one.
        opened_at: When it came up, as an instant.
        first_due_at: When it was to be done at first, where that date was moved later on.
        due_at: When it is to be done.
        done_at: When it was done; None while it is not.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    kind: TaskKind = attrs.field(validator=is_a(TaskKind))
    member: MemberId | None = attrs.field(default=None, validator=_optional_id)
    team: TeamId | None = attrs.field(default=None, validator=_optional_id)
    project: str | None = attrs.field(default=None, validator=_optional_id)
    opened_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    first_due_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    due_at: datetime = attrs.field(
        converter=attrs.Converter(utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )
    done_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("opened_at"),
    )

    @property
    def original_due_at(self) -> datetime:
        """When it was to be done at first, whether that date was moved or not."""
        return self.due_at if self.first_due_at is None else self.first_due_at

    @property
    def was_moved(self) -> bool:
        """Whether it is to be done at another time than at first."""
        return self.original_due_at != self.due_at


@attrs.frozen(kw_only=True)
class Meeting:
    """A meeting, and what came of it.

    Attributes:
        id: The id of the meeting.
        at: When it began, as an instant.
        minutes: How long it lasted, in minutes, above 0.
        decisions: How many decisions it took.
        actions: How many actions it agreed on.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    minutes: int = attrs.field(validator=[is_count, above(0)])
    decisions: int = attrs.field(validator=is_count)
    actions: int = attrs.field(validator=is_count)

    @property
    def results(self) -> int:
        """How many decisions and actions came of it."""
        return self.decisions + self.actions


@attrs.frozen(kw_only=True)
class WorkLog:
    """Time that a member worked, and what was done in it.

    Attributes:
        id: The id of the entry.
        member: Who worked.
        team: The team for which, if it was for one.
        at: When the work began, as an instant.
        minutes: How long it took, in minutes.
        units: How many units of output came of it, 0 or more.
        category: What sort of work it was, if recorded; a unit of one sort compares with units
            of the same.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    team: TeamId | None = attrs.field(default=None, validator=_optional_id)
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    minutes: int = attrs.field(validator=is_count)
    units: Decimal = attrs.field(
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        validator=at_least(0),
    )
    category: str | None = attrs.field(default=None, validator=_optional_id)
