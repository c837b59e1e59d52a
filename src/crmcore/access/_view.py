"""Views: what somebody may see of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from crmcore.errors import AccessDeniedError
from crmcore.privacy import masked


@attrs.frozen(eq=False, repr=False)
class View(Mapping[str, Any]):
    """The fields of a record that somebody may see; a table that also has them as attributes.

    A field that may not be seen is neither None nor absent: asking for it raises
    `crmcore.errors.AccessDeniedError`, so that nobody takes what is denied for what is
    missing. A view is no record: it cannot be stored, and so cannot overwrite what it hides.

    A criterion can be asked of a view, and is refused where it asks for what is denied.

    .. versionadded:: 0.1.0
    """

    _kind: str
    _shown: dict[str, Any]
    _denied: dict[str, str]
    _personal: frozenset[str]

    @property
    def denied_fields(self) -> tuple[str, ...]:
        """The names of the fields that may not be seen, in the order of the record."""
        return tuple(self._denied)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever the field holds
        """Return the value of a field.

        Raises:
            AccessDeniedError: If it may not be seen.
            KeyError: If the record has no such field.
        """
        if name in self._denied:
            raise AccessDeniedError(self._kind, name, self._denied[name])
        return self._shown[name]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the field holds
        """Return the value of a field.

        Raises:
            AccessDeniedError: If it may not be seen.
            AttributeError: If the record has no such field.
        """
        # Whoever copies or reads a view asks for special names before the fields are there.
        if name.startswith("_") or not (name in self._shown or name in self._denied):
            raise AttributeError(f"a view has no field {name!r}")
        return self[name]

    def __contains__(self, name: object) -> bool:
        """Say whether there is a field of this name that may be seen."""
        return name in self._shown

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the fields that may be seen, in the order of the record."""
        return iter(self._shown)

    def __len__(self) -> int:
        """Return how many fields may be seen."""
        return len(self._shown)

    def __repr__(self) -> str:
        """Return the fields that are seen; personal ones are masked, as in the record's repr."""
        shown = [
            f"{name}={masked(value) if name in self._personal else repr(value)}"
            for name, value in self._shown.items()
        ]
        shown += [f"{name}=<denied>" for name in self._denied]
        return f"<view of a {self._kind}: {', '.join(shown)}>"
