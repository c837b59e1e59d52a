"""The promises that hold for every public name, whichever room it lives in."""

from __future__ import annotations

import ast
import copy
import importlib
import importlib.metadata
import inspect
import pickle
import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

import crmcore
from crmcore.errors import CrmError, Fault
from crmcore.kernel import LabelledEnum

SOURCE = Path(crmcore.__file__).parent
REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
MODULES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists())

MOST_NAMES = 15
# What every record refuses, and in which words, is looked up in two rooms and not read there; an
# algebra, a catalogue, statistics, models and the records of the daily work are vocabularies too.
LOOKED_UP = {
    "checks": 25,
    "errors": 25,
    "kpis": 25,
    "measures": 31,
    "reviews": 16,
    "statistics": 20,
    "value": 20,
    "work": 20,
}
MOST_LINES = 400
MOST_BODY_LINES = 50

# Stores and units of work hold what was put into them, so they cannot be frozen.
KEEPERS = {"memory", "sql"}

# One argument for each type that an error's parts have.
SAMPLES: dict[str, Any] = {
    "str": "skill",
    "str | None": "Negotiation",
    "int": 2,
    "float": 0.5,
    "int | None": None,
    "object": 3,
    "Iterable[str]": ("Negotiation", "Mandarin"),
    "Iterable[Fault]": (Fault("row 2", "the date is missing"),),
}


def room(name: str) -> ModuleType:
    """Return the package of a room."""
    return importlib.import_module(f"crmcore.{name}")


PUBLIC = [(name, public) for name in ROOMS for public in room(name).__all__]
CLASSES: list[type] = [
    getattr(room(name), public)
    for name, public in PUBLIC
    if inspect.isclass(getattr(room(name), public))
]
ERRORS = [found for found in CLASSES if issubclass(found, CrmError)]


def path(thing: object) -> str:
    """Return where a class or a module is found, for the names of the tests."""
    if isinstance(thing, Path):
        return str(thing.relative_to(SOURCE))
    return f"{thing.__module__}.{getattr(thing, '__qualname__', '')}"


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_reads_as_a_paragraph_with_an_example(name: str) -> None:
    """A room says what it is for, and shows it with an example that runs."""
    text = room(name).__doc__ or ""

    assert text.lower().startswith(f"{name}: ")
    assert ">>> " in text


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_has_few_names(name: str) -> None:
    """A room's table of contents can be taken in at one look."""
    assert 1 <= len(room(name).__all__) <= LOOKED_UP.get(name, MOST_NAMES)


def test_the_version_is_stated_once() -> None:
    """The package's version is that of its distribution."""
    assert crmcore.__version__ == importlib.metadata.version("crmcore")


@pytest.mark.parametrize(("name", "public"), PUBLIC)
def test_public_names_have_a_place_in_the_reference(name: str, public: str) -> None:
    """Every public name is documented on its room's page, under its public path."""
    page = (REFERENCE / f"{name}.md").read_text("utf-8")

    assert re.search(rf"auto\w+:: crmcore\.{name}\.{public}$", page, re.MULTILINE)


@pytest.mark.parametrize(("name", "public"), PUBLIC)
def test_public_names_say_what_they_are(name: str, public: str) -> None:
    """Every public class and function has a docstring that says since when it is there."""
    thing = getattr(room(name), public)
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return

    assert ".. versionadded:: " in (thing.__doc__ or "")


@pytest.mark.parametrize("thing", CLASSES, ids=path)
def test_records_are_slotted_and_frozen(thing: type) -> None:
    """A record cannot be changed, nor be given a field by a slip of the pen."""
    if not attrs.has(thing) or issubclass(thing, CrmError):
        return

    assert "__slots__" in vars(thing)
    assert thing.__module__.split(".")[1] in KEEPERS or thing.__setattr__ is not object.__setattr__


@pytest.mark.parametrize("thing", CLASSES, ids=path)
def test_enumerations_carry_their_labels(thing: type) -> None:
    """What a person may read has an English and a Chinese label, each of its own."""
    if not issubclass(thing, Enum):
        return

    assert issubclass(thing, LabelledEnum)
    labels = [member.label for member in thing]
    assert all(re.search(r"[\u4e00-\u9fff]", label.zh) for label in labels)
    assert len({label.en for label in labels}) == len({label.zh for label in labels}) == len(thing)


def sample(error: type[CrmError]) -> CrmError:
    """Build an error from its signature, with an argument of the right type for each part."""
    if error.__init__ is Exception.__init__:
        return error()
    parameters = list(inspect.signature(error.__init__).parameters.values())[1:]
    return error(*(SAMPLES[parameter.annotation] for parameter in parameters))


@pytest.mark.parametrize("error", ERRORS, ids=path)
@pytest.mark.parametrize(
    "through",
    [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy],  # noqa: S301 our own
    ids=["pickle", "copy", "deepcopy"],
)
def test_errors_survive_a_journey(
    error: type[CrmError], through: Callable[[CrmError], CrmError]
) -> None:
    """An error that comes from another process says the same and has the same parts."""
    before = sample(error)

    after = through(before)

    assert type(after) is error
    assert str(after) == str(before)
    assert vars(after) == vars(before)
    assert after.args == before.args


@pytest.mark.parametrize("error", ERRORS, ids=path)
def test_errors_say_something(error: type[CrmError]) -> None:
    """A message is one that was written, and it begins in lower case."""
    message = str(sample(error))

    assert message or error is CrmError
    assert message[:1].lower() == message[:1]


def test_error_codes_are_not_shared() -> None:
    """A program that reads the code of an error knows which error it was."""
    codes = [error.code for error in ERRORS]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("module", MODULES, ids=path)
def test_modules_are_short(module: Path) -> None:
    """A module can be read in one sitting."""
    assert len(module.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("module", MODULES, ids=path)
def test_functions_are_short(module: Path) -> None:
    """A function's body fits on a screen."""
    long = [
        node.name
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and _body_lines(node) > MOST_BODY_LINES
    ]

    assert long == []


def _body_lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0
