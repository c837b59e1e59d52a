"""Refusals: what a field says when it does not take a value, and what it keeps to itself."""

from __future__ import annotations

from typing import Any, Final

import attrs

from crmcore.errors import InvalidValueError

PERSONAL: Final = "crmcore.personal"
"""The key under which the metadata of a field says that it holds personal data."""


@attrs.frozen(repr=False)
class Withheld:
    """Stands in an error for a value that is nobody's business: it tells its kind and its length.

    Attributes:
        kind: What it was: a character for text, a byte, or the name of its type.
        length: How many characters or bytes it had; None where it had no length.

    .. versionadded:: 0.1.0
    """

    kind: str
    length: int | None = None

    @classmethod
    def of(cls, value: object) -> Withheld:
        """Return what stands for *value*."""
        if isinstance(value, Withheld):
            return value
        if isinstance(value, str):
            return cls("character", len(value))
        if isinstance(value, bytes | bytearray):
            return cls("byte", len(value))
        return cls(type(value).__name__)

    def __repr__(self) -> str:
        """Say what it was, as ``214 characters`` or ``an int``."""
        if self.length is None:
            return f"{'an' if self.kind[0] in 'AEIOUaeiou' else 'a'} {self.kind}"
        return f"{self.length} {self.kind}{'' if self.length == 1 else 's'}"


def refusal(field: attrs.Attribute[Any] | str, value: object, rule: str) -> InvalidValueError:
    """Return the error of a field that does not take *value*, because it must do as *rule* says.

    It carries the value, unless the field is declared to hold personal data: then a `Withheld`
    stands for it. Validators and converters of such fields raise what this returns.

    Args:
        field: The field, as attrs hands it to validators and converters, or a mere name.
        value: What was found.
        rule: What would be right, as the end of a sentence with *must*.

    .. versionadded:: 0.1.0
    """
    if isinstance(field, str):
        return InvalidValueError(field, value, rule)
    hides = PERSONAL in field.metadata
    return InvalidValueError(field.name, Withheld.of(value) if hides else value, rule)
