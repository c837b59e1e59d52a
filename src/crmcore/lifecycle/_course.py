"""The course of one customer: the features at each checkpoint, in order of their days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from crmcore.errors import InvalidValueError
from crmcore.features import CustomerFeatures


def in_order(features: Iterable[CustomerFeatures]) -> list[CustomerFeatures]:
    """Return the features of one customer by day.

    Raises:
        InvalidValueError: If there are none, two of one day, or those of two customers.
    """
    taken = sorted(features, key=_day)
    if not taken:
        raise InvalidValueError("features", taken, "hold at least one checkpoint")
    for before, after in pairwise(taken):
        if before.customer != after.customer:
            both = f"{before.customer!r} and {after.customer!r}"
            raise InvalidValueError("features", both, "be those of one customer")
        if before.as_of == after.as_of:
            raise InvalidValueError("features", str(after.as_of), "hold each day once")
    return taken


def _day(features: CustomerFeatures) -> date:
    return features.as_of
