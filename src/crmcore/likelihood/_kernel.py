"""What a likelihood is summed up with: plain Python, or numpy where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from crmcore.errors import MissingExtraError, UnknownNameError
from crmcore.kernel import LabelledEnum


class Kernel(LabelledEnum):
    """What a likelihood is summed up with; the results are equal to nine digits.

    .. versionadded:: 0.1.0
    """

    PYTHON = "python", "plain Python", "纯 Python"
    NUMPY = "numpy", "numpy", "numpy 数组"


def choose_kernel(asked: Kernel | str | None = None) -> Kernel:
    """Return the kernel to use: the one that was asked for, or else the fastest there is.

    Args:
        asked: The kernel or its word; None takes numpy where it is installed.

    Raises:
        MissingExtraError: If numpy is asked for and not installed.
        UnknownNameError: If there is no such kernel.

    .. versionadded:: 0.1.0
    """
    installed = find_spec("numpy") is not None
    if asked is None:
        return Kernel.NUMPY if installed else Kernel.PYTHON
    if not isinstance(asked, str) or asked not in set(Kernel):
        raise UnknownNameError("kernel", str(asked), [kernel.value for kernel in Kernel])
    kernel = Kernel(asked)
    if kernel is Kernel.NUMPY and not installed:
        raise MissingExtraError("the numpy kernel", "value")
    return kernel
