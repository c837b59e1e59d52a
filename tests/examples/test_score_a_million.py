"""Many customers on two engines, and three ledgers, as the example shows them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "examples" / "score_a_million.py"


@pytest.fixture(scope="module")
def said() -> str:
    """Run the example with fewer customers, and return what it says."""
    run = subprocess.run(  # noqa: S603 - the script is our own
        [sys.executable, "-W", "error", SCRIPT, "20000"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_both_engines_agree(said: str) -> None:
    """Every score, bound and mask of Polars is that of DuckDB."""
    assert said.startswith("20,000 customers, 8 rules\n")
    assert "both agree on every score, every bound and every mask" in said


def test_three_ledgers_are_written_from_the_masks(said: str) -> None:
    """Each ledger names its customer, its score and what is at stake."""
    heads = [line for line in said.splitlines() if line.startswith("c-")]

    assert len(heads) == 3
    assert all(", care: " in head for head in heads)
    assert "c-0010000, care: " in said
    assert " at stake, because " in said
