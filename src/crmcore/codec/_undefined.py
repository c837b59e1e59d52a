"""Undefined as data: ``{"undefined": "no_data"}``."""

from __future__ import annotations

from typing import Any, Final

import attrs

from crmcore.kernel import Phrase, Reason, Undefined

_NO_DETAIL: Final = Phrase("", "")


@attrs.frozen
class UndefinedData:
    """The fields that stand for something undefined."""

    undefined: Reason
    detail: Phrase = _NO_DETAIL

    @property
    def value(self) -> Undefined:
        """What the fields stand for."""
        return Undefined(self.undefined, self.detail)


def write_undefined(value: Undefined) -> dict[str, Any]:
    """Return the fields that stand for *value*; a detail that says nothing is left out."""
    data: dict[str, Any] = {"undefined": value.reason.value}
    if value.detail != _NO_DETAIL:
        data["detail"] = {"en": value.detail.en, "zh": value.detail.zh}
    return data
