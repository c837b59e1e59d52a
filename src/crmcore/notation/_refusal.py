"""Refusing a part of the data, with its path."""

from __future__ import annotations

from crmcore.errors import CrmError, Fault

from ._shown import shown


class RefusedError(CrmError):
    """A part of the data is refused, with its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class TooLargeError(RefusedError):
    """The criterion is larger than it may be; nothing more is read."""


def refused(path: str, what: str, rule: str, found: object) -> Fault:
    """Return the fault of something that has been found where it must do otherwise."""
    return Fault(path or "criterion", f"{what} must {rule} (got {shown(found)})")


def at(path: str, key: str) -> str:
    """Return the path of a key."""
    return f"{path}.{key}" if path else key
