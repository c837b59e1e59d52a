"""What stores refuse or cannot do. No field values stand in these messages."""

from __future__ import annotations

from typing import ClassVar

from ._base import CrmError


class NotFoundError(CrmError):
    """Nothing is stored under a key.

    Attributes:
        kind: What was looked for: customer, member, …
        key: The key.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "not_found"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    def __str__(self) -> str:
        """Name the kind and the key."""
        return f"there is no {self.kind} {self.key!r}"


class AlreadyExistsError(CrmError):
    """Something is stored under a key already.

    Attributes:
        kind: What was to be added: customer, member, …
        key: The key.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "already_exists"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    def __str__(self) -> str:
        """Name the kind and the key."""
        return f"there is a {self.kind} {self.key!r} already; save it instead, or choose another id"


class ConcurrencyConflictError(CrmError):
    """Somebody else has changed what was to be saved.

    Attributes:
        kind: What was to be saved.
        key: Its key.
        expected: The version that the caller knew.
        actual: The version that is stored; None where it is gone.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "concurrency_conflict"
    retryable: ClassVar[bool] = True

    def __init__(self, kind: str, key: str, expected: int, actual: int | None) -> None:
        super().__init__(kind, key, expected, actual)
        self.kind = kind
        self.key = key
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        """Name both versions."""
        found = "it is gone" if self.actual is None else f"version {self.actual} is stored"
        return (
            f"{self.kind} {self.key!r} has changed: version {self.expected} was expected, "
            f"{found}; read it again"
        )


class SchemaOutOfDateError(CrmError):
    """The tables of a store are not those of this version of the library.

    Attributes:
        have: The schema version that was found; 0 where there are no tables.
        need: The schema version that this library works with.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "schema_out_of_date"

    def __init__(self, have: int, need: int) -> None:
        super().__init__(have, need)
        self.have = have
        self.need = need

    def __str__(self) -> str:
        """Say which side to bring up to date."""
        mend = "call migrate() on the store" if self.have < self.need else "upgrade crmcore"
        return f"the store has schema {self.have}, this crmcore needs {self.need}; {mend}"


class StorageUnavailableError(CrmError):
    """The store could not be reached, opened or written.

    The driver's own error is the ``__cause__``.

    Attributes:
        operation: What was being done.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "storage_unavailable"
    retryable: ClassVar[bool] = True

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        """Name the operation."""
        return f"the store is not available: {self.operation} failed; nothing of it was kept"


class CommitUnknownError(StorageUnavailableError):
    """The connection broke while a unit of work was being committed.

    Whether it was kept is not known. A command that was given a key can be sent again with it:
    `crmcore.storage.UnitOfWork.once` tells whether it was carried out.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "commit_unknown"
    retryable: ClassVar[bool] = False

    def __init__(self, operation: str = "committing") -> None:
        super().__init__(operation)

    def __str__(self) -> str:
        """Say what is not known, and how to find out."""
        return (
            f"the connection broke while {self.operation}, and whether it was kept is not known; "
            "look, or send a command that has a key again"
        )


class StorageCorruptError(CrmError):
    """What the store keeps its records in is damaged, or is something else.

    Attributes:
        operation: What was being done.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "storage_corrupt"

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        """Name the operation."""
        return f"the store is damaged or no store: {self.operation} failed; restore a backup"


class KeyReusedError(CrmError):
    """The key of a command was used before, for another request.

    Attributes:
        key: The key.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        """Name the key."""
        return f"the key {self.key!r} stands for another request already; choose a new one"


class InvalidCursorError(CrmError):
    """A cursor does not lead on from where it is used.

    Attributes:
        reason: What is wrong with it.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "invalid_cursor"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        """Say what is wrong, and where to begin."""
        return f"the cursor {self.reason}; begin again at the first page"


class UnsupportedError(CrmError):
    """A store was asked for what it says it cannot do.

    Attributes:
        operation: What was asked.
        capability: The capability that it would need.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "unsupported"

    def __init__(self, operation: str, capability: str) -> None:
        super().__init__(operation, capability)
        self.operation = operation
        self.capability = capability

    def __str__(self) -> str:
        """Name both."""
        return f"this store cannot do it: {self.operation} needs the capability {self.capability!r}"


class UnitOfWorkClosedError(CrmError):
    """A unit of work was used after it had ended.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "unit_of_work_closed"

    def __str__(self) -> str:
        """Say what to do instead."""
        return "this unit of work has ended; open a new one with store.unit_of_work()"
