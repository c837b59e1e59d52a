"""Subjects: whom it is about."""

from __future__ import annotations

import attrs

from crmcore.checks import is_id
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum


class SubjectKind(LabelledEnum):
    """What sort of person or customer it is about."""

    CUSTOMER = "customer", "customer", "客户"
    CONTACT = "contact", "contact", "联系人"
    MEMBER = "member", "member", "成员"


@attrs.frozen
class Subject:
    """A customer, a contact or a member.

    Attributes:
        kind: Which of these.
        id: Its id.
    """

    kind: SubjectKind
    id: str = attrs.field(validator=is_id)

    @property
    def table(self) -> str:
        """The name of its repository."""
        return f"{self.kind}s"

    def __str__(self) -> str:
        """Return its name, as events and the audit trail write it: ``customers/c-17``."""
        return f"{self.table}/{self.id}"


def the_subject(**ids: str | None) -> Subject:
    """Return the subject that the one id names which is not None.

    Raises:
        InvalidValueError: If there is none, or there are several.
    """
    named = {kind: key for kind, key in ids.items() if key is not None}
    if len(named) != 1:
        rule = f"be exactly one of {', '.join(ids)}"
        raise InvalidValueError("subject", ", ".join(named) or None, rule)
    ((kind, key),) = named.items()
    return Subject(SubjectKind(kind), key)
