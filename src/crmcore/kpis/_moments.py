"""Counting what happened in a period by a day of its own, and not by the day of its record."""

from __future__ import annotations

from crmcore.criteria import F
from crmcore.measures import Derived, Stock


def happened(field: str, source: str) -> Derived:
    """Return the number of records of which the instant in *field* lies in the period.

    That is how many there have been by its end, less how many there had been by its start.
    """
    where = F[field].is_present()
    return Derived(
        "difference",
        (
            Stock(field, moment="end", where=where, source=source),
            Stock(field, moment="start", where=where, source=source),
        ),
    )
