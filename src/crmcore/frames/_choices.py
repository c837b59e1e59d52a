"""Choices on frames: the first of several cases, as one flat expression."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals.stable.v2 as nw


def first_of(cases: Iterable[tuple[nw.Expr, Any]], otherwise: Any = None) -> nw.Expr:  # noqa: ANN401 - any value
    """Return the value of the first case that is true; there is at least one case.

    Args:
        cases: Conditions with their values; a null is not true.
        otherwise: The value where none is; null, unless stated.
    """
    (condition, value), *others = cases
    chain = nw.when(condition).then(value)
    for condition, value in others:
        chain = chain.when(condition).then(value)
    return chain if otherwise is None else chain.otherwise(otherwise)
