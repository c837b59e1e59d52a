"""The published tables on the value of customers, end to end, and a book that is valued."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).parents[2] / "examples" / "cdnow_value.py"


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


def test_it_reproduces_the_published_tables(said: str) -> None:
    """All published numbers come out to the last digit, but one that was cut short in print."""
    assert "52 of 53 published numbers are met to the last digit." in said
    assert [line for line in said.splitlines() if line.startswith("* ")] == [
        "* E[X(78)]: the published sheet ends an endless series after 150 terms"
    ]


@pytest.mark.parametrize(
    ("table", "numbers"),
    [
        ("BG/NBD, CDNOW", ["0.243", "4.414", "0.793", "2.426", "-9582.4"]),
        ("MBG/NBD", ["0.525", "6.183", "0.891", "1.614", "-9582.1"]),
        ("Pareto/NBD", ["0.553", "10.578", "0.606", "11.669", "-9595.0", "25.46", "0.9979"]),
        ("BG/BB", ["1.204", "0.750", "0.657", "2.783", "-33225.6"]),
        ("Gamma-Gamma", ["6.25", "3.74", "15.44", "-4055.92"]),
        ("sBG, High End", ["0.668", "3.806", "-1611.2"]),
        ("sBG, Regular", ["0.704", "1.182"]),
        ("Migration", ["50.115", "4.220", "0.592", "-1.980", "52.320", "5.554", "1.251", "-1.820"]),
        ("Kaplan-Meier", ["0.857", "0.807", "0.753", "0.690", "0.627", "0.538", "0.448", "23"]),
    ],
)
def test_published_and_computed_stand_side_by_side(
    said: str, table: str, numbers: list[str]
) -> None:
    """Each number of a table stands twice on its line: as printed, and as computed."""
    (part,) = (each for each in said.strip().split("\n\n") if each.startswith(table))
    rows = [tuple(line.split()[-2:]) for line in part.splitlines()[2:]]

    assert [row for row in rows if row[0] in numbers] == [(number, number) for number in numbers]


def test_it_values_the_book(said: str) -> None:
    """The total has an interval that holds it, and the values of the best have their ledgers."""
    book = re.search(r"2,357 customers are worth ([\d,.]+) USD in 1 year", said)
    between = re.search(r"as far as the parameters are known, ([\d,]+) to ([\d,]+) USD", said)

    assert book is not None
    assert between is not None
    low, total, high = (float(text.replace(",", "")) for text in (between[1], book[1], between[2]))
    assert low < total < high
    for line in said.split("Most valuable\n")[1].splitlines()[:6:2]:
        amount, *factors = map(float, re.findall(r"(?:: |alive |× |margin )(\d+\.\d+)", line))
        product = 1.0
        for factor in factors:
            product *= factor
        assert product == pytest.approx(amount, rel=0.02)  # of rounded numbers


def test_it_tells_who_is_slipping_away(said: str) -> None:
    """Those stand there who are in doubt, the greatest loss first, and what a new one is worth."""
    lines = said.split("Slipping away")[1].splitlines()[1:4]
    at_stake = [float(line.split("; ")[1].split()[0]) for line in lines]

    assert all(0.2 <= float(line.split("alive ")[1].split()[0]) <= 0.5 for line in lines)
    assert at_stake == sorted(at_stake, reverse=True)
    assert "a new customer: " in said
    assert said.count(" purchases predicted, 1,882 made") == 3
