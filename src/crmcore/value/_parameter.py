"""The parameters of models: numbers above 0."""

from __future__ import annotations

import math
from typing import Any

import attrs

from crmcore.checks import refusal


# A plain function, so that every type checker sees what a parameter may be given as.
def parameter(value: float) -> float:
    """Turn what stands for a number into a float; what does not is left for the validator."""
    return value if isinstance(value, bool) else float(value)


def is_parameter(_: object, attribute: attrs.Attribute[Any], value: float) -> None:
    """Want a number above 0."""
    if isinstance(value, bool) or not 0 < value < math.inf:
        raise refusal(attribute, value, "be above 0, and finite")
