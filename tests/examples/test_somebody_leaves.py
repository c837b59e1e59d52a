"""Somebody leaves: the example from the purchases to the undone handover."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "examples" / "somebody_leaves.py"


@pytest.fixture(scope="module")
def said() -> str:
    """Run the example once, and return what it says."""
    run = subprocess.run(  # noqa: S603 - the script is our own
        [sys.executable, SCRIPT],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONHASHSEED": "7"},
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_everything_is_handed_over(said: str) -> None:
    """What the one who leaves owns is shared out, and what is open goes along."""
    heading = re.search(r"Priya hands over (\d+) things:\n((?:  .*\n)+)", said)

    assert heading is not None
    counts = [int(line.split()[0]) for line in heading[2].splitlines()]
    assert sum(counts) == int(heading[1])
    assert "8 open matters go along, 0 things find nobody" in said
    assert "who takes over the customers is " in said
    assert "Priya owns 0 customers" in said


def test_the_successor_gets_a_note_in_both_languages(said: str) -> None:
    """The note says what was promised and what comes next."""
    assert "; promised: A new one, free" in said
    assert "next: Ship the new disc" in said
    assert "；已承诺：A new one, free" in said
    assert "下一步：Ship the new disc" in said


def test_what_happened_meanwhile_is_named(said: str) -> None:
    """The undo brings everything back but what was settled and said."""
    lines = said.splitlines()

    assert "it stays closed" in lines[-3]
    assert lines[-2].startswith("  1 contact with customer ")
    assert lines[-1] == "everybody holds again what they held before"
