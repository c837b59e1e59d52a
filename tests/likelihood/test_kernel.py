"""Which kernel sums a likelihood up."""

from __future__ import annotations

import subprocess
import sys

import pytest

from crmcore.errors import MissingExtraError, UnknownNameError
from crmcore.likelihood import Kernel, choose_kernel


def test_the_fastest_is_taken_unless_one_is_asked_for() -> None:
    """Numpy is installed here, and plain Python can always be asked for."""
    assert choose_kernel() is Kernel.NUMPY
    assert choose_kernel(Kernel.PYTHON) is Kernel.PYTHON
    assert choose_kernel("numpy") is Kernel.NUMPY


def test_without_numpy_there_is_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base install fits every model; numpy has to be installed by whoever asks for it."""
    monkeypatch.setattr("crmcore.likelihood._kernel.find_spec", lambda _: None)

    assert choose_kernel() is Kernel.PYTHON
    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[value\]'"):
        choose_kernel(Kernel.NUMPY)


def test_no_other_kernel_exists() -> None:
    """A slip of the pen comes with the nearest word."""
    with pytest.raises(UnknownNameError, match="unknown kernel 'numpi'; did you mean 'numpy'"):
        choose_kernel("numpi")


def test_asking_does_not_load_numpy() -> None:
    """Whether numpy is there is looked up without importing it."""
    code = (
        "import sys; from crmcore.likelihood import choose_kernel; "
        "assert choose_kernel() == 'numpy'; assert 'numpy' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own
