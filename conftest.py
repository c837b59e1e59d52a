"""Every code block of the pages and of the docstrings is an example that runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from doctest import NORMALIZE_WHITESPACE
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.integration.pytest import SybilItem
from sybil.parsers import markdown, myst, rest
from sybil.sybil import SybilCollection

_HERE = Path(__file__).parent


def _enter(namespace: dict[str, Any]) -> None:
    """Give a page an empty folder of its own, in which it finds the examples."""
    folder = Path(tempfile.mkdtemp(prefix="crmcore-page-"))
    if (_HERE / "examples").exists():
        (folder / "examples").symlink_to(_HERE / "examples", target_is_directory=True)
    namespace["_folder"] = folder
    namespace["_left"] = Path.cwd()
    os.chdir(folder)


def _leave(namespace: dict[str, Any]) -> None:
    """Take the folder away again."""
    os.chdir(namespace["_left"])
    shutil.rmtree(namespace["_folder"])


_pages = Sybil(
    path="docs",
    patterns=["*.md"],
    parsers=[myst.PythonCodeBlockParser(doctest_optionflags=NORMALIZE_WHITESPACE)],
    setup=_enter,
    teardown=_leave,
)
_front = Sybil(
    patterns=["README*.md"],
    parsers=[markdown.PythonCodeBlockParser(doctest_optionflags=NORMALIZE_WHITESPACE)],
    setup=_enter,
    teardown=_leave,
)
_docstrings = Sybil(
    path="src",
    patterns=["*.py"],
    document_types={".py": PythonDocStringDocument},
    parsers=[rest.DocTestParser()],
    setup=_enter,
    teardown=_leave,
)
pytest_collect_file = SybilCollection([_pages, _front, _docstrings]).pytest()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the examples of a page in their order, after the tests, which run in any."""
    items.sort(
        key=lambda item: (
            (str(item.path), item.example.line) if isinstance(item, SybilItem) else ("", 0)
        )
    )
