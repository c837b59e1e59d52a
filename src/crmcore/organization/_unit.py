"""Units: the department and its teams."""

from __future__ import annotations

import attrs

from crmcore.checks import is_a, is_count, is_id, is_name, is_text, words
from crmcore.kernel import DepartmentId, MemberId, TeamId


@attrs.frozen(kw_only=True)
class Department:
    """A department that manages customers.

    Attributes:
        id: The company's own id of it.
        name: How people call it.
        purpose: What it is there for, if written down.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: DepartmentId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    purpose: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    version: int = attrs.field(default=0, validator=is_count)


@attrs.frozen(kw_only=True)
class Team:
    """A team of a department.

    Attributes:
        id: The company's own id of it.
        name: How people call it.
        department: The department that it belongs to.
        purpose: What it is there for, if written down.
        lead: The member who leads it, if anybody does.
        indicators: The ids of the KPIs that it is measured by, each once, sorted.
        looks_after_customers: Whether its members may own customers.
        version: How often it was saved; 0 before the first time.

    .. versionadded:: 0.1.0
    """

    id: TeamId = attrs.field(validator=is_id)
    name: str = attrs.field(validator=is_name)
    department: DepartmentId = attrs.field(validator=is_id)
    purpose: str | None = attrs.field(default=None, validator=attrs.validators.optional(is_text))
    lead: MemberId | None = attrs.field(default=None, validator=attrs.validators.optional(is_id))
    indicators: tuple[str, ...] = attrs.field(
        default=(),
        converter=attrs.Converter(words, takes_field=True),  # type: ignore[misc]
        validator=attrs.validators.deep_iterable(is_id),
    )
    looks_after_customers: bool = attrs.field(default=False, validator=is_a(bool))
    version: int = attrs.field(default=0, validator=is_count)
