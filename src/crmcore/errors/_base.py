"""The root of all errors."""

from __future__ import annotations

from typing import ClassVar


class CrmError(Exception):
    """The root of every error that crmcore raises on purpose.

    Attributes:
        code: A stable word for the kind of error, for logs and for answers to machines.
        retryable: Whether the same call may succeed when it is made again.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "crm"
    retryable: ClassVar[bool] = False
