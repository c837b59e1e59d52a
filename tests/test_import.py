"""Importing the library: what it loads, and that it touches nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONAL = [
    "duckdb",
    "hypothesis",
    "jinja2",
    "matplotlib",
    "narwhals",
    "numpy",
    "pandas",
    "polars",
    "psycopg",
    "pyarrow",
    "pyspark",
    "pytest",
    "sqlalchemy",
]
GROUND = ["errors", "checks", "kernel", "calendar", "improvement", "customers", "organization"]

# What a fresh interpreter runs: everything from outside comes first, so that what is seen
# afterwards is the library's own doing.
WATCH = """
import os, sys, zoneinfo, decimal, importlib.resources
import attrs, dateutil.relativedelta

touched = []

def hook(event, args):
    if event == "open" and not str(args[0]).endswith((".py", ".pyc", ".so", ".pyd")):
        touched.append(f"opened {args[0]}")
    if event in ("socket.connect", "subprocess.Popen", "os.system"):
        touched.append(event)

def read(self, key, *default, get=type(os.environ).__getitem__):
    touched.append(f"read {key}")
    return get(self, key)

sys.addaudithook(hook)
type(os.environ).__getitem__ = read
"""


def fresh(code: str) -> list[str]:
    """Run code in a fresh interpreter and return the lines that it prints."""
    done = subprocess.run(  # noqa: S603 the code stands in this file
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout.splitlines()


def test_importing_the_library_loads_nothing_but_itself() -> None:
    """The façade costs one module; every room and every package waits until it is used."""
    loaded = fresh(
        "import sys\nbefore = set(sys.modules)\nimport crmcore\n"
        "print(*set(sys.modules) - before, sep='\\n')"
    )

    assert set(loaded) <= {"crmcore", "__future__"}


@pytest.mark.parametrize("room", ["", *(f".{room}" for room in GROUND)])
def test_importing_touches_nothing(room: str) -> None:
    """No file is opened, no environment read, and nothing reached when a room is imported."""
    touched = fresh(f"{WATCH}\nimport crmcore{room}\nprint(*touched, sep='\\n', end='')")

    assert touched == []


@pytest.mark.parametrize("room", GROUND)
def test_the_nouns_do_not_load_the_codec(room: str) -> None:
    """What a record is does not depend on how it is written down."""
    loaded = fresh(f"import sys, crmcore.{room}\nprint(*sys.modules, sep='\\n')")

    assert not {"cattrs", *OPTIONAL} & set(loaded)


@pytest.mark.parametrize("room", ["policies", "reviews", "memory", "storage", "reassignment"])
def test_the_base_install_is_enough_to_decide(room: str) -> None:
    """A review and its plan need no optional package."""
    loaded = fresh(f"import sys, crmcore.{room}\nprint(*sys.modules, sep='\\n')")

    assert not set(OPTIONAL) & set(loaded)
