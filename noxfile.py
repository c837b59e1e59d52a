"""One door to everything that has to be green; ``.ci/run`` goes through it too.

The sessions run in the environment that holds nox, which is the one of the development extra.
Only the tests make an environment of their own, because they test the wheel.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "docs", "examples", "tests"]
nox.options.error_on_external_run = False

HERE = Path(__file__).parent
# What the tests need beside the wheel. The source is not among it, so that it cannot be
# imported in the wheel's place.
BESIDE = ["tests", "docs", "examples", "benchmarks"]
SINGLE = ["README.md", "README.zh-CN.md", "CHANGELOG.md", "conftest.py", "pyproject.toml"]


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, imports, spelling and the configuration."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("validate-pyproject", "pyproject.toml")
    session.run("codespell", *_tracked())


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check the types, and that every public one is known."""
    session.run("mypy")
    session.run("pyright", "--verifytypes", "crmcore", "--ignoreexternal")


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the pages; a link that leads nowhere fails."""
    out = Path(session.create_tmp()).resolve() / "docs"
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-q", "-E", "docs", str(out))
    session.log(f"the pages are in {out}")


@nox.session(venv_backend="none")
def examples(session: nox.Session) -> None:
    """Run every example, in a folder of its own."""
    scripts = sorted((HERE / "examples").resolve().glob("*.py"))
    session.chdir(session.create_tmp())
    for script in scripts:
        session.run("python", "-W", "error", str(script))


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Run every benchmark; it prints its table."""
    for path in sorted((HERE / "benchmarks").glob("[!_]*.py")):
        session.run("python", str(path), *session.posargs)


@nox.session(venv_backend="none")
def verdicts(session: nox.Session) -> None:
    """Compare a million verdicts of every back end with the language, other ones each day."""
    places = ("differential", "sql/test_verdicts.py", "frames/test_back_end.py")
    today = {"CRMCORE_VERDICTS": "1000000", "CRMCORE_SEED": f"{date.today():%Y%m%d}"}  # noqa: DTZ011 - any day will do
    session.run("pytest", *(f"tests/{place}" for place in places), *session.posargs, env=today)


@nox.session(venv_backend="none")
def properties(session: nox.Session) -> None:
    """Try five hundred new examples of every property."""
    session.run("pytest", "tests", *session.posargs, env={"TEST_PROFILE": "nightly"})


@nox.session(venv_backend="none")
def crash(session: nox.Session) -> None:
    """Kill five hundred processes and a hundred clients; count up as often as is promised."""
    often = {"CRMCORE_KILLS": "500", "CRMCORE_TURNS": "200"}
    session.run("pytest", "tests/crash", *session.posargs, env=often)


@nox.session(venv_backend="none")
def gap(session: nox.Session) -> None:
    """Prove all sixty public instances of the generalised assignment problem."""
    session.run(
        "pytest", "tests/allocation/test_gap.py", *session.posargs, env={"CRMCORE_GAP": "all"}
    )


@nox.session(venv_backend="venv", reuse_venv=True)
def tests(session: nox.Session) -> None:
    """Test the wheel with branch coverage, and try nothing again at length."""
    few = {"TEST_PROFILE": "coverage", "CRMCORE_VERDICTS": "2000"}
    _test_the_wheel(session, "tests", "-m", "not once", env=few)


@nox.session(venv_backend="venv", reuse_venv=True, python=["3.12", "3.13"])
def versions(session: nox.Session) -> None:
    """Test the wheel on other versions of Python, as the source is tested on this one."""
    pages = ["docs", "README.md", "README.zh-CN.md"]
    _test_the_wheel(session, "tests", *pages, env={"TEST_PROFILE": "ci"})


@nox.session(venv_backend="venv", reuse_venv=True)
def spark(session: nox.Session) -> None:
    """Test data frames on all engines and on Spark, which needs Java 17 or newer."""
    session.install("--quiet", "-e", ".[dev,spark]")
    coverage = ["--cov=crmcore.frames", "--cov-config=tests/frames/spark.coveragerc"]
    examples = "tests/examples/test_spark_segments.py"
    pytest = ["python", "-m", "pytest", "tests/frames", examples, *coverage]
    session.run(*pytest, *session.posargs, env={"CI": "true"})


def _test_the_wheel(session: nox.Session, *what: str, env: Mapping[str, str]) -> None:
    house = Path(session.create_tmp()).resolve() / "house"
    shutil.rmtree(house, ignore_errors=True)
    house.mkdir(parents=True)
    for folder in BESIDE:
        shutil.copytree(HERE / folder, house / folder, ignore=shutil.ignore_patterns("_build"))
    for file in SINGLE:
        shutil.copy(HERE / file, house)

    session.install("--quiet", "build")
    session.run("python", "-m", "build", "--wheel", "--outdir", str(house / "dist"), silent=True)
    (wheel,) = (house / "dist").glob("*.whl")
    session.install("--quiet", f"crmcore[dev] @ {wheel.as_uri()}")
    # The same version may be there from an earlier run with other contents.
    session.install("--quiet", "--no-deps", "--force-reinstall", str(wheel))

    session.chdir(house)
    cores = ["-n", "2", "--dist", "loadfile"]
    session.run("python", "-m", "pytest", *what, *cores, "--cov=crmcore", *session.posargs, env=env)


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.toml"],  # noqa: S607 git is where PATH has it
        capture_output=True,
        check=True,
        cwd=HERE,
        encoding="utf-8",
    )
    return listed.stdout.splitlines()
