"""What somebody may not see. No value of a field stands in these messages."""

from __future__ import annotations

from typing import ClassVar

from ._base import CrmError


class AccessDeniedError(CrmError):
    """Somebody asked for what no grant lets them see.

    Attributes:
        kind: The kind of record: contact, customer, …
        field: The field that was asked for.
        reason: Who asked, and what grant would be needed.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "access_denied"

    def __init__(self, kind: str, field: str, reason: str) -> None:
        super().__init__(kind, field, reason)
        self.kind = kind
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        """Name the field, and say why it is denied."""
        return f"{self.kind}.{self.field} is denied: {self.reason}"
