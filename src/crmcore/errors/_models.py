"""What a statistical model refuses: data that say too little, and numbers that do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from ._base import CrmError


class NotIdentifiedError(CrmError):
    """The data do not tell the parameters of a model.

    Attributes:
        model: The model.
        reason: What the data lack, as a sentence.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "not_identified"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason)
        self.model = model
        self.reason = reason

    def __str__(self) -> str:
        """Say what the data lack."""
        return f"{self.model} cannot be fitted: {self.reason}"


class DidNotConvergeError(CrmError):
    """The search for the parameters of a model ended before it had found them.

    Attributes:
        model: The model.
        iterations: How many steps were made.
        gradient: The steepest slope that was left, by one unit of weight.
        parameters: Where the search stood, each as ``name=value``.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "did_not_converge"

    def __init__(
        self, model: str, iterations: int, gradient: float, parameters: Iterable[str]
    ) -> None:
        self.model = model
        self.iterations = iterations
        self.gradient = gradient
        self.parameters: tuple[str, ...] = tuple(parameters)
        super().__init__(model, iterations, gradient, self.parameters)

    def __str__(self) -> str:
        """Say how far the search came."""
        return (
            f"{self.model} did not converge in {self.iterations} steps: at "
            f"{', '.join(self.parameters)} the slope is still {self.gradient:.2g}; "
            "the data may not tell the parameters apart"
        )


class InfiniteMeanError(CrmError):
    """A distribution that was fitted has no mean, so that nothing can be said of it.

    Attributes:
        model: The model.
        reason: What is out of bounds, as a sentence.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "infinite_mean"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason)
        self.model = model
        self.reason = reason

    def __str__(self) -> str:
        """Say why there is no mean."""
        return f"{self.model} has no finite mean: {self.reason}"


class UnitMismatchError(CrmError):
    """Times in two units were put together that cannot be converted into each other.

    Attributes:
        left: The unit of the first.
        right: The unit of the second.

    .. versionadded:: 0.1.0
    """

    code: ClassVar[str] = "unit_mismatch"

    def __init__(self, left: str, right: str) -> None:
        super().__init__(left, right)
        self.left = left
        self.right = right

    def __str__(self) -> str:
        """Name both units."""
        return f"cannot put times in {self.left} and in {self.right} together; use one unit"
