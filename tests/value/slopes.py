"""What models hand to the search for the greatest likelihood, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from crmcore.errors import DidNotConvergeError
from crmcore.histories import Histories
from crmcore.likelihood import Derivatives, Fit, Kernel
from crmcore.value import PurchaseModel

Objective: TypeAlias = Callable[[Sequence[float]], Derivatives]

_STEP = 1e-3


def objective(
    monkeypatch: pytest.MonkeyPatch,
    model: type[PurchaseModel],
    histories: Histories,
    kernel: Kernel,
) -> Objective:
    """Return the log-likelihood with slope and curvature that a model hands to the search."""
    caught: list[Objective] = []

    def catch(function: Objective, *_: object, **__: object) -> Fit:
        caught.append(function)
        raise DidNotConvergeError("caught", 0, 0.0, [])

    with monkeypatch.context() as patched:
        patched.setattr(f"{model.__module__}.maximize", catch)
        with pytest.raises(DidNotConvergeError):
            model.fit(histories, kernel=kernel)
    return caught[0]


def flat(found: Derivatives) -> list[float]:
    """Return value, slopes and curvatures in one list."""
    value, slopes, curvatures = found
    return [value, *slopes, *(each for row in curvatures for each in row)]


def check_slopes(function: Objective, at: Sequence[float]) -> None:
    """Hold the slope to the value, and the curvature to the slope, by differences."""
    size = len(at)
    value, slopes, curvatures = function(at)
    for i in range(size):
        steps = [
            function([each + _STEP * times * (place == i) for place, each in enumerate(at)])
            for times in (-2, -1, 1, 2)
        ]

        def along(values: Sequence[float]) -> float:
            far_down, down, up, far_up = values
            return (8 * (up - down) - (far_up - far_down)) / (12 * _STEP)

        assert slopes[i] == pytest.approx(
            along([each[0] for each in steps]), rel=1e-8, abs=1e-9 * (1 + abs(value))
        )
        for j in range(size):
            assert curvatures[i][j] == pytest.approx(
                along([each[1][j] for each in steps]), rel=1e-7, abs=1e-8 * (1 + abs(value))
            )
