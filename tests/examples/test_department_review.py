"""The main job on real purchases, from the files to the undone plan."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crmcore.codec import from_json
from crmcore.reviews import DepartmentPlan

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "examples" / "department_review.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder to which the example writes."""
    return tmp_path_factory.mktemp("example") / "review"


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """Run the example once, and return what it says."""
    run = subprocess.run(  # noqa: S603 - the script is our own
        [sys.executable, SCRIPT, folder],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONHASHSEED": "7"},
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_it_says_on_one_screen_how_things_stand(said: str) -> None:
    """The summary counts what the published facts about these purchases say."""
    lines = said.splitlines()

    assert "23,570 customers" in said
    for part in (
        "How it goes",
        "Where the customers stand",
        "What the plan proposes",
    ):
        assert part in lines
    assert any(line.startswith("What asks to be done: ") for line in lines)
    assert any("of the best possible, proven" in line for line in lines)


def test_it_says_what_has_changed(said: str) -> None:
    """The sales fell when the first three months were over, in which all customers came."""
    lines = said.splitlines()
    chart = lines.index("sales amount: 168,680.11 USD, naturally 50,923.39 USD to 286,436.82 USD")

    assert any(
        line.startswith("  sales amount ") and line.endswith(": a change for the worse")
        for line in lines
    )
    assert lines[chart + 1].startswith("  1997-01: 299,")
    assert (
        "  1997-04 to 1998-06: 15 values in a row are below the centre, 168,680.11 USD"
        in lines[chart + 1 :]
    )


def test_it_says_what_customers_are_worth_and_who_slips_away(said: str, folder: Path) -> None:
    """A year of sales is told, and everybody who slips away keeps within the policy's limits."""
    (worth,) = re.findall(r"^  worth in 52 weeks +([\d,]+) USD of sales \[", said, re.MULTILINE)
    (slipping,) = re.findall(r"^  slipping away +([\d,]+) customers, worth ", said, re.MULTILINE)
    with (folder / "tables" / "slipping.csv").open(encoding="utf-8", newline="") as rows:
        listed = list(csv.DictReader(rows))

    assert 600_000 < int(worth.replace(",", "")) < 900_000
    assert int(slipping.replace(",", "")) == len(listed) > 500
    assert all(float(row["alive"]) < 0.5 for row in listed)
    assert all(int(row["days_since_last"]) <= 365 for row in listed)
    assert all(float(row["value_if_alive"]) >= 70 for row in listed)


def test_everybody_holds_again_what_they_held(said: str) -> None:
    """The plan is applied, and taken back without a trace in who holds what."""
    lines = said.splitlines()

    (applied,) = (line for line in lines if " applied plan " in line)
    (undone,) = (line for line in lines if " took back plan " in line)
    assert applied.rsplit(": ", 1)[1] == undone.rsplit(": ", 1)[1]
    assert lines[-1] == "everybody holds again what they held before"


def test_it_leaves_a_page_tables_and_the_plan(said: str, folder: Path) -> None:
    """The page needs nothing from elsewhere, every table has rows, and the plan can be read."""
    page = (folder / "review.html").read_text(encoding="utf-8")
    tables = sorted((folder / "tables").glob("*.csv"))
    plan = from_json(DepartmentPlan, (folder / "plan.json").read_text(encoding="utf-8"))

    assert str(folder / "review.html") in said
    assert not any(f'{where}="http' in page for where in ("src", "href"))
    assert tables
    for table in tables:
        with table.open(encoding="utf-8", newline="") as rows:
            assert next(csv.reader(rows)), table
    assert plan.moves
