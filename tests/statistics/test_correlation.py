"""Intervals of a correlation."""

from __future__ import annotations

import random

import pytest
from scipy.stats import pearsonr

from crmcore.errors import InvalidValueError
from crmcore.statistics import correlation_interval


@pytest.mark.parametrize("n", [4, 10, 250])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_a_correlation_has_the_interval_of_the_peer(n: int, level: float) -> None:
    """SciPy reckons the same bounds for the correlation of any pairs."""
    chance = random.Random(n)  # noqa: S311 - made-up pairs need no cryptographic chance
    xs = [chance.gauss(0, 1) for _ in range(n)]
    peer = pearsonr(xs, [x + chance.gauss(0, 1) for x in xs])

    found = correlation_interval(float(peer.statistic), n, level)

    assert found is not None
    assert (found.low, found.high) == pytest.approx(tuple(peer.confidence_interval(level)))
    assert found.method == "Fisher z"


def test_a_full_correlation_leaves_no_doubt() -> None:
    """At 1 and at −1 the two bounds meet."""
    for r in (1.0, -1.0):
        found = correlation_interval(r, 20)

        assert found is not None
        assert (found.low, found.high) == (r, r)


def test_three_pairs_tell_nothing() -> None:
    """The variance is 1 / (n − 3), which three pairs do not have."""
    assert correlation_interval(0.5, 3) is None


@pytest.mark.parametrize("r", [-1.1, 1.1, float("nan")])
def test_a_correlation_is_at_most_one(r: float) -> None:
    """Anything beyond −1 and 1 is refused."""
    with pytest.raises(InvalidValueError, match="r must be between -1 and 1"):
        correlation_interval(r, 10)


def test_a_level_is_a_fraction() -> None:
    """A level in percent is refused."""
    with pytest.raises(InvalidValueError, match=r"0\.95, not 95"):
        correlation_interval(0.5, 10, level=95)
