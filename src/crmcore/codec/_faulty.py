"""Faults while data is read: where they stand, and how they come together."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from crmcore.checks import Withheld
from crmcore.errors import CrmError, Fault, FaultsError, InvalidValueError

_SHOWN = 40
_SHOWN_ITEMS = 10
_WITHHELD = "cannot be read; it is personal, so nothing of it is shown"


class Faulty(Exception):  # noqa: N818 - it never leaves the room
    """Data has faults; their paths begin where the data began."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


@attrs.frozen(kw_only=True)
class Slip(Fault):
    """A fault that knows what it is made of, so that its value can still be withheld.

    Attributes:
        value: What was found.
        rule: What would be right, as the end of a sentence with *must*.
    """

    value: object
    rule: str

    @classmethod
    def of(cls, value: object, rule: str, *, path: str = "") -> Slip:
        """Return the fault of *value*, which breaks *rule*."""
        problem = f"must {rule} (got {_shown(value)})"
        return cls(path=path, problem=problem, value=value, rule=rule)


def refused(value: object, rule: str) -> Faulty:
    """Return the refusal of *value*, which breaks *rule*, right here."""
    return Faulty([Slip.of(value, rule)])


def withheld(fault: Fault, path: str) -> Fault:
    """Return the fault at *path* without the value that was found, because it is personal."""
    if isinstance(fault, Slip):
        return Slip.of(Withheld.of(fault.value), fault.rule, path=path)
    return Fault(path, _WITHHELD)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table of fields"
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(_shown, value[:_SHOWN_ITEMS]))}]"
        return text if len(value) <= _SHOWN_ITEMS and len(text) <= _SHOWN else "a list"
    if isinstance(value, Decimal | date):
        return str(value)
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of very many digits"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def under(prefix: str, error: Faulty | CrmError) -> list[Fault]:
    """Return the faults that *error* tells of, their paths put under *prefix*."""
    return [attrs.evolve(fault, path=_join(prefix, fault.path)) for fault in _faults_of(error)]


def _join(prefix: str, path: str) -> str:
    if not prefix or not path or path.startswith("["):
        return prefix + path
    return f"{prefix}.{path}"


def _faults_of(error: Faulty | CrmError) -> tuple[Fault, ...]:
    if isinstance(error, Faulty | FaultsError):
        return error.faults
    if isinstance(error, InvalidValueError):
        return (Slip.of(error.value, error.rule, path=error.field),)
    return (Fault("", str(error)),)


def of_field(name: str, error: CrmError, fields: Container[str]) -> list[Fault]:
    """Return the faults that the field *name* tells of, at the field that each is about."""
    is_named = isinstance(error, InvalidValueError) and error.field in fields
    return under("" if is_named else name, error)


def as_error(source: str, faults: Iterable[Fault]) -> FaultsError:
    """Return the error that the caller gets: each fault with a path, be it only *the whole*."""
    return FaultsError(
        source, [Fault(fault.path or "the whole", fault.problem) for fault in faults]
    )


def unknown_type(cls: Any) -> InvalidValueError:  # noqa: ANN401 - whatever was asked for
    """Return the refusal of a type that no data can be read as."""
    return InvalidValueError("cls", cls, "be a type that data can be read as")
