"""JSON text to objects, within limits."""

from __future__ import annotations

from typing import TypeVar

from crmcore.criteria import Predicates
from crmcore.notation import read_json

from ._from_data import from_data
from ._limits import FILES

T = TypeVar("T")


def from_json(
    cls: type[T],
    text: str | bytes,
    *,
    source: str = "JSON",
    predicates: Predicates | None = None,
) -> T:
    """Return the object of type *cls* that JSON text describes, read as `from_data` says.

    The text may come from anybody: more than 16 MiB, nesting deeper than 64, a name that comes
    twice in one object, NaN, and numbers of more than 30 digits are refused.

    Args:
        cls: What to read.
        text: The text, or its bytes in UTF-8.
        source: How to call the text in a message.
        predicates: The plugin predicates that criteria in it may ask; none unless stated.

    Raises:
        FaultsError: With every fault.

    .. versionadded:: 0.1.0
    """
    data = read_json(text, source=source, exact=True, limits=FILES)
    return from_data(cls, data, source=source, predicates=predicates)
