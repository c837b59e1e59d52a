"""Lists of records whose order says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from crmcore.checks import refusal


def listed(
    kind: type[Any], rule: str
) -> Callable[[Iterable[Any], attrs.Attribute[Any]], tuple[Any, ...]]:
    """Return a converter that sorts records of one class, and refuses whatever else is there.

    Args:
        kind: The class of the records.
        rule: What would be right, as the end of a sentence with *must*.
    """

    def convert(given: Iterable[Any], field: attrs.Attribute[Any]) -> tuple[Any, ...]:
        items = tuple(given) if isinstance(given, Iterable) else (given,)
        for item in items:
            if not isinstance(item, kind):
                raise refusal(field, item, rule)
        return tuple(sorted(items))

    return convert
