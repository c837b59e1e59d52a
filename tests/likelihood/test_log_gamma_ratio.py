"""Quotients of gamma functions, where nothing may be lost by subtracting huge numbers."""

from __future__ import annotations

import mpmath as mp
import pytest

from crmcore.errors import InvalidValueError
from crmcore.likelihood import log_gamma_ratio


@pytest.mark.parametrize("a", [1e-3, 0.7, 9.5, 10, 37.25, 1e6, 1e12])
@pytest.mark.parametrize("n", [1e-3, 0.4, 6.25, 300, 1e5])
def test_it_agrees_with_forty_digits(a: float, n: float) -> None:
    """The logarithm and both derivatives are right to nearly all digits of a float."""
    with mp.workdps(40):
        exact = [
            mp.loggamma(mp.mpf(a) + n) - mp.loggamma(a),
            mp.digamma(mp.mpf(a) + n) - mp.digamma(a),
            mp.polygamma(1, mp.mpf(a) + n) - mp.polygamma(1, a),
        ]

    found = log_gamma_ratio(a, n)

    scale = 1.0 if a >= 10 else max(1.0, a**-2)  # near 0 the functions are huge themselves
    for left, right in zip(found, exact, strict=True):
        assert left == pytest.approx(float(right), rel=1e-12, abs=1e-15 * scale * (a < 10))


@pytest.mark.parametrize(("a", "n", "field"), [(0, 1, "a"), (1, 0, "n"), (float("inf"), 1, "a")])
def test_it_refuses_what_has_no_gamma_function(a: float, n: float, field: str) -> None:
    """Both numbers are above 0 and finite."""
    with pytest.raises(InvalidValueError, match=f"^{field} must"):
        log_gamma_ratio(a, n)
