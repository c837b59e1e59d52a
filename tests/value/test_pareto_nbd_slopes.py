"""Pareto/NBD: the slope and the curvature of the likelihood."""

from __future__ import annotations

import math
import random

import pytest

from crmcore.durations import WEEK
from crmcore.histories import Histories
from crmcore.likelihood import Kernel
from crmcore.value import ParetoNbd
from tests.value.slopes import check_slopes, flat, objective

HISTORIES = Histories.from_columns(
    frequency=[0, 0, 1, 1, 2, 5, 40, 600],
    last_purchase_age=[0.0, 0.0, 3.0, 30.0, 30.43, 10.0, 37.5, 12.0],
    age=[0.0, 38.0, 30.0, 30.0, 38.86, 38.0, 38.0, 380.0],
    unit=WEEK,
    weight=[1, 5, 2, 1, 1, 0.5, 1, 1],
)

POINTS = [
    (0.5534, 10.5802, 0.6061, 11.6562),
    (0.05, 400.0, 8.0, 0.02),  # a long way to leave: the mesh is wide
    (30.0, 0.7, 0.03, 900.0),
    (0.2, 0.01, 3.0, 50.0),  # the integrand rises before it falls
    (2.0, 10.0, 1.0, 10.0),
]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("kernel", list(Kernel))
def test_they_are_what_differences_say(
    monkeypatch: pytest.MonkeyPatch, point: tuple[float, ...], kernel: Kernel
) -> None:
    """Slope and curvature are those of the value, at ordinary points and at odd ones."""
    function = objective(monkeypatch, ParetoNbd, HISTORIES, kernel)

    check_slopes(function, [math.log(each) for each in point])


def test_both_kernels_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """All over the place numpy says what plain Python says, to nine digits."""
    plain, fast = (objective(monkeypatch, ParetoNbd, HISTORIES, kernel) for kernel in Kernel)
    rng = random.Random(6)  # noqa: S311 - no secret

    for _ in range(60):
        logs = [rng.uniform(-20, 20) for _ in range(4)]
        assert flat(fast(logs)) == pytest.approx(flat(plain(logs)), rel=1e-9, abs=1e-9)


def test_parameters_at_the_end_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search may stray to, there are still numbers."""
    plain = objective(monkeypatch, ParetoNbd, HISTORIES, Kernel.PYTHON)
    rng = random.Random(7)  # noqa: S311 - no secret

    for _ in range(60):
        found = flat(plain([rng.choice([-60, -30, 0, 30, 60]) for _ in range(4)]))
        assert all(map(math.isfinite, found))


def test_rows_are_done_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows are done together, the outcome is the same."""
    logs = [math.log(each) for each in POINTS[0]]
    together = flat(objective(monkeypatch, ParetoNbd, HISTORIES, Kernel.NUMPY)(logs))

    monkeypatch.setattr("crmcore.value._pareto_nbd_numpy._POINTS", 20)
    monkeypatch.setattr("crmcore.value._pareto_nbd_numpy._ROWS", 3)

    in_parts = flat(objective(monkeypatch, ParetoNbd, HISTORIES, Kernel.NUMPY)(logs))
    assert in_parts == pytest.approx(together, rel=1e-12)
