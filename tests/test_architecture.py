"""The floors: who may import whom, and what may come in from outside.

The import contracts of import-linter see whole chains of imports; they do not see that an
import goes past a room's front door. This test reads the source and sees it.
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

import crmcore

pytestmark = pytest.mark.once

SOURCE = Path(crmcore.__file__).parent
ROOT = Path(__file__).parent.parent

# Foreign packages and the rooms that may know them; nothing else comes in.
FOREIGN: dict[str, set[str] | None] = {
    "attrs": None,
    "dateutil": None,
    "cattrs": {"codec"},
    "sqlalchemy": {"sql"},
    "highspy": {"solver"},
    "narwhals": {"frames"},
    "jinja2": {"reports"},
    "markupsafe": {"reports"},
    "matplotlib": {"reports"},
    "numpy": {"statistics", "value"},  # in modules that are named after it, and loaded when called
    "hypothesis": {"testing"},
    "pytest": {"testing"},
}
# Doors of the standard library that stand open to a few rooms only: formats at the edge;
# no environment and no processes anywhere, and no chance but in tests.
GUARDED: dict[str, set[str]] = {
    "csv": {"interop", "reports"},
    "gzip": {"interop"},
    "tomllib": {"notation"},
    "sqlite3": {"sql"},
    "pickle": set(),
    "random": {"testing", "value"},  # with a seed that the caller gives
    "secrets": {"storage"},  # salts of the audit trail, unless handed in: they decide nothing
    "socket": set(),
    "subprocess": set(),
    "time": set(),
    "urllib": set(),
    "uuid": set(),
}
READERS = {"notation"}
CLOCKS = {"now", "today", "utcnow"}
SURROUNDINGS = {"os.environ", "os.getcwd", "os.getenv", "os.getlogin", "os.urandom", "sys.argv"}


@attrs.frozen
class Import:
    """One import statement's target.

    Attributes:
        file: Where it stands, below the package's folder.
        room: The room it stands in; empty for the façade.
        target: The dotted name that is imported, relative ones resolved.
        line: Its line.
    """

    file: str
    room: str
    target: str
    line: int

    def __str__(self) -> str:
        """Say where it stands and what it imports."""
        return f"{self.file}:{self.line} imports {self.target}"


def floors() -> dict[str, int]:
    """Return each room's floor from the table of the import contracts, the ground as 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["id"] == "floors")["layers"]
    return {
        room: floor
        for floor, layer in enumerate(reversed(layers))
        for room in re.findall(r"\w+", layer)
    }


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    """Yield every module with its room and its syntax tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        yield path, parts[0] if len(parts) > 1 else "", ast.parse(path.read_text("utf-8"))


def imports() -> Iterator[Import]:
    """Yield every import of the package, those inside functions too."""
    for path, room, tree in modules():
        file = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    yield Import(file, room, name.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                for target in _targets(path, node):
                    yield Import(file, room, target, node.lineno)


def _targets(path: Path, node: ast.ImportFrom) -> list[str]:
    if node.module == "crmcore":  # whoever asks for a room by its name comes through its door
        return [f"crmcore.{name.name}" for name in node.names]
    if not node.level:
        return [node.module or ""]
    folder = path.parents[node.level - 1]
    package = ".".join(("crmcore", *folder.relative_to(SOURCE).parts))
    if node.module:
        return [f"{package}.{node.module}"]
    return [f"{package}.{name.name}" for name in node.names]


IMPORTS = list(imports())
FLOORS = floors()


def test_every_room_has_its_floor() -> None:
    """A room stands in the table of the floors, and what stands in the table exists."""
    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}

    assert rooms == set(FLOORS)


def test_imports_go_down_and_through_the_front_door() -> None:
    """A module imports its own room's modules and the packages of lower rooms, no more."""
    wrong = {str(statement): _trespass(statement) for statement in IMPORTS}

    assert {place: why for place, why in wrong.items() if why} == {}


def _trespass(statement: Import) -> str:
    package, *path = statement.target.split(".")
    if package != "crmcore":
        return ""
    if not path or path[0] not in FLOORS:
        return "nobody asks the façade for more than a room"
    if path[0] == statement.room:
        private = len(path) > 1 and path[1].startswith("_")
        return "" if private else "a room does not come in by its own front door"
    if len(path) > 1:
        return "another room is entered through its front door"
    return "" if FLOORS[path[0]] < FLOORS[statement.room] else "imports go down"


def test_rooms_import_their_own_modules_relatively() -> None:
    """Inside a room imports are relative, so that a room can be read and moved as one."""
    for path, room, tree in modules():
        absolute = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and not node.level
        }

        assert not {name for name in absolute if name and name.startswith(f"crmcore.{room}.")}, path


def test_foreign_packages_stay_in_their_rooms() -> None:
    """A package from outside comes in only where the table of this test lets it."""
    strangers = []
    for statement in IMPORTS:
        top = statement.target.partition(".")[0]
        if top == "crmcore" or top in sys.stdlib_module_names:
            continue
        rooms = FOREIGN.get(top, set())
        if rooms is not None and statement.room not in rooms:
            strangers.append(str(statement))

    assert strangers == []


def test_numpy_is_an_extra() -> None:
    """Modules that know numpy bear its name; whoever needs them imports them when it is called."""
    knowing = {
        statement.file for statement in IMPORTS if statement.target.partition(".")[0] == "numpy"
    }
    at_once = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, _, tree in modules()
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("_numpy")
    ]

    assert knowing
    assert {Path(file).stem.rpartition("_")[2] for file in knowing} == {"numpy"}
    assert at_once == []


def test_formats_stay_at_the_edge_and_nothing_hides() -> None:
    """Files are read at the edge; chance, environment and processes come in nowhere."""
    guarded = [
        str(statement)
        for statement in IMPORTS
        if statement.room not in GUARDED.get(statement.target.partition(".")[0], {statement.room})
    ]

    assert guarded == []


def calls() -> Iterator[tuple[str, str, str]]:
    """Yield every call of an attribute: its place, its room, and ``value.attribute``."""
    for path, room, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", room, ast.unparse(node.func)


def test_nobody_reads_a_clock() -> None:
    """The day and the instant are arguments; no module asks a clock for them."""
    readers = [place for place, _, called in calls() if called.rpartition(".")[2] in CLOCKS]

    assert readers == []


def test_nobody_asks_the_surroundings() -> None:
    """No module reads the environment, the folder it runs in, or the command line."""
    asked = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in SURROUNDINGS
    ]

    assert asked == []


def test_only_the_codec_and_the_policies_read_json() -> None:
    """Whatever comes from outside as JSON passes the door where faults are told with paths."""
    readers = [
        place
        for place, room, called in calls()
        if called in {"json.load", "json.loads"} and room not in READERS
    ]

    assert readers == []


def test_only_the_front_doors_are_public() -> None:
    """Every module but a package's own begins with an underscore."""
    named = [path for path, _, _ in modules() if not path.name.startswith("_")]

    assert named == []


def test_no_module_is_a_drawer() -> None:
    """No module is named for holding whatever had no other place."""
    drawers = {"_base_utils", "_common", "_core", "_helpers", "_misc", "_shared", "_util", "_utils"}

    assert [path for path, _, _ in modules() if path.stem in drawers] == []


def test_the_picture_shows_the_floors() -> None:
    """The picture in the pages is the one that the table of the floors gives."""
    script = runpy.run_path(str(ROOT / "docs" / "draw_floors.py"))

    assert script["PICTURE"].read_text("utf-8") == script["draw"]()
