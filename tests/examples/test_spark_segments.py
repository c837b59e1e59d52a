"""Segments and scores on Spark, or a word on what is missing for them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "examples" / "spark_segments.py"


def run(**environment: str) -> str:
    """Run the example with few purchases, and return what it says."""
    done = subprocess.run(  # noqa: S603 - the script is our own
        [sys.executable, SCRIPT, "2000"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | environment,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_what_is_missing() -> None:
    """Without Java nothing is done, and that is said."""
    said = run(PATH="")

    assert said.startswith("this example needs ")
    assert said.endswith("Java 17; nothing was done\n")


@pytest.mark.spark
def test_purchases_become_segments_and_scores() -> None:
    """The segments are listed with their mean scores, and one ledger is written."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("Spark is not installed")

    said = run()

    assert said.startswith("2,000 purchases of ")
    assert "champions" in said
    assert ", care: " in said
