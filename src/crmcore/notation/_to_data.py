"""Writing criteria as plain data."""

from __future__ import annotations

from typing import Any, Final

from crmcore.criteria import Criterion

VERSION: Final = 1
ENVELOPE: Final = "crm-criteria"


def to_data(criterion: Criterion) -> dict[str, Any]:
    """Return the plain form of a criterion: dictionaries, lists and scalars, as JSON has them.

    .. versionadded:: 0.1.0
    """
    return {ENVELOPE: VERSION, "expr": criterion.plain}
