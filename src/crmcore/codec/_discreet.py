"""Discretion: what stands in the place of records of people is not told either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._faulty import Faulty, withheld


def read_discreetly(read: Callable[[Any], Any], data: object) -> Any:  # noqa: ANN401
    """Read data, and tell nothing of it where it is not of the kind that was expected.

    Each field takes care of its own value; this is for the fault of the whole, such as text in
    the place of a record.
    """
    try:
        return read(data)
    except Faulty as error:
        faults = [fault if fault.path else withheld(fault, "") for fault in error.faults]
    raise Faulty(faults)
