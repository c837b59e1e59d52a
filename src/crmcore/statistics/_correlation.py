"""How closely two rows of numbers go together.

Sources:
    R. A. Fisher, "Frequency Distribution of the Values of the Correlation Coefficient in
    Samples from an Indefinitely Large Population", Biometrika 10(4), 1915, and "On the
    'Probable Error' of a Coefficient of Correlation Deduced from a Small Sample", Metron 1,
    1921: the transformation by which the interval is found.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from crmcore.errors import InvalidValueError

from ._interval import Interval, check_level

_FEWEST = 4


def correlation_interval(r: float, n: int, level: float = 0.95) -> Interval | None:
    """Return Fisher's interval of a correlation, or None where there are fewer than 4 pairs.

    The inverse hyperbolic tangent of *r* strays almost normally, with a variance of
    1 / (*n* − 3). The interval is transformed back from there.

    Args:
        r: Pearson's correlation of the pairs, from −1 to 1.
        n: How many pairs there are.
        level: The confidence, as a fraction.

    Raises:
        InvalidValueError: If *r* is out of its range.

    .. versionadded:: 0.1.0
    """
    check_level("level", level)
    if not -1 <= r <= 1:
        raise InvalidValueError("r", r, "be between -1 and 1")
    if n < _FEWEST:
        return None
    half = NormalDist().inv_cdf((1 + level) / 2) / math.sqrt(n - 3)
    middle = math.atanh(r) if abs(r) < 1 else math.copysign(math.inf, r)
    return Interval(
        low=math.tanh(middle - half), high=math.tanh(middle + half), level=level, method="Fisher z"
    )
