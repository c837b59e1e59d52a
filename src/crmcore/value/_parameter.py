"""The parameters of models: numbers above 0."""

from __future__ import annotations

from typing import Any, Final

import attrs

from crmcore.checks import refusal

LEAST: Final = 1e-50
MOST: Final = 1e50


# A plain function, so that every type checker sees what a parameter may be given as.
def parameter(value: float) -> float:
    """Turn what is a number into a float; what is none is left for the validator."""
    if isinstance(value, bool | str | bytes | bytearray):
        return value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return value


def is_parameter(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    """Want a number above 0 that leaves room for computing with it."""
    if not isinstance(value, float) or not LEAST <= value <= MOST:
        rule = f"be above 0 and finite, and between {LEAST:g} and {MOST:g} at that"
        raise refusal(attribute, value, rule)
