"""Learning: trainings that members owe, and knowledge that they share."""

from __future__ import annotations

from datetime import datetime

import attrs

from crmcore.checks import is_a, is_id, not_before, only_with, optional_utc, utc
from crmcore.kernel import LabelledEnum, MemberId


@attrs.frozen(kw_only=True)
class Training:
    """A member is to take a course by a date.

    Attributes:
        id: The id of the training.
        member: Who is to take it.
        course: The course.
        assigned_at: When it was assigned, as an instant.
        due_at: By when it is to be passed.
        attended_at: When the member took part; None while not.
        passed_at: When the member passed; None while not.
        left_at: When the member left the company or the duty that asks for it, if so.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    course: str = attrs.field(validator=is_id)
    assigned_at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
    due_at: datetime = attrs.field(
        converter=attrs.Converter(utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("assigned_at"),
    )
    attended_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("assigned_at"),
    )
    passed_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=[only_with("attended_at"), not_before("attended_at")],
    )
    left_at: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
        validator=not_before("assigned_at"),
    )

    @property
    def is_required(self) -> bool:
        """Whether the member was still there when it fell due.

        Who left before is not counted, whether the course was taken or not: to count only
        those who took it would make the rate better than it was.
        """
        return self.left_at is None or self.left_at >= self.due_at

    @property
    def is_attended(self) -> bool:
        """Whether the member took part."""
        return self.attended_at is not None

    @property
    def is_passed(self) -> bool:
        """Whether the member passed."""
        return self.passed_at is not None


class KnowledgeAct(LabelledEnum):
    """What a member did with an article of the knowledge base.

    .. versionadded:: 0.1.0
    """

    CREATED = "created", "created", "新建"
    IMPROVED = "improved", "improved", "改进"
    REUSED = "reused", "reused", "复用"


@attrs.frozen(kw_only=True)
class KnowledgeUse:
    """A member wrote, improved or used an article of the knowledge base.

    Attributes:
        id: The id of the use.
        member: Who did.
        article: The article.
        kind: Whether it was created, improved or reused.
        at: When, as an instant.

    .. versionadded:: 0.1.0
    """

    id: str = attrs.field(validator=is_id)
    member: MemberId = attrs.field(validator=is_id)
    article: str = attrs.field(validator=is_id)
    kind: KnowledgeAct = attrs.field(validator=is_a(KnowledgeAct))
    at: datetime = attrs.field(converter=attrs.Converter(utc, takes_field=True))  # type: ignore[misc]
