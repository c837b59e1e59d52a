"""In which order a page shows its records."""

from __future__ import annotations

import attrs

from crmcore.checks import is_id
from crmcore.errors import InvalidValueError


@attrs.frozen
class Order:
    """By which field, and in which direction.

    What has no value comes first, and last where the order is descending. Text is compared
    character by character, as Python compares it, and an enumeration by its words.

    Attributes:
        field: The name of the field.
        descending: Whether from the highest to the lowest.

    .. versionadded:: 0.1.0
    """

    field: str = attrs.field(validator=is_id)
    descending: bool = False

    @classmethod
    def of(cls, text: str | Order) -> Order:
        """Return the order that *text* names: ``region``, or ``-region`` for descending.

        Raises:
            InvalidValueError: If it is no text.
        """
        if isinstance(text, Order):
            return text
        if not isinstance(text, str):
            raise InvalidValueError("order", text, "be names of fields, such as '-known_since'")
        return cls(text.removeprefix("-"), descending=text.startswith("-"))

    def __str__(self) -> str:
        """Return it as text, from which `of` makes the same."""
        return f"-{self.field}" if self.descending else self.field
