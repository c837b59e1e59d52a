"""The parameters of models: numbers above 0."""

from __future__ import annotations

from typing import Any, Final

import attrs

from crmcore.checks import refusal

LEAST: Final = 1e-50
MOST: Final = 1e50


# A plain function, so that every type checker sees what a parameter may be given as.
def parameter(value: float) -> float:
    """Turn what stands for a number into a float; what does not is left for the validator."""
    return value if isinstance(value, bool) else float(value)


def is_parameter(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    """Want a number above 0 that leaves room for computing with it."""
    if isinstance(value, bool) or not LEAST <= value <= MOST:
        rule = f"be above 0 and finite, and between {LEAST:g} and {MOST:g} at that"
        raise refusal(attribute, value, rule)
