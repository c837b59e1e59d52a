"""The reference page lists every personal field, and every text that is none, with the reason."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs

import crmcore
from crmcore.privacy import Erasure, masked, personal_fields
from crmcore.storage import RECORDS

ROOMS = Path(crmcore.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "privacy.md"


def records() -> Iterator[tuple[str, type[Any]]]:
    """Yield every public class of records with the room that offers it."""
    for path in sorted(ROOMS.glob("*/__init__.py")):
        room = importlib.import_module(f"crmcore.{path.parent.name}")
        for name in room.__all__:
            found = getattr(room, name)
            if inspect.isclass(found) and attrs.has(found):
                yield path.parent.name, found


def meaning(cls: type[Any], field: str) -> str:
    """Return what the docstring of a class says of a field, on one line."""
    _, _, rest = (inspect.getdoc(cls) or "").partition("Attributes:\n")
    found = re.search(rf"^ +{field}: (.+(?:\n {{8,}}.+)*)", rest, re.MULTILINE)
    assert found, f"{cls.__name__}.{field} is not described"
    return " ".join(found[1].split())


def declared() -> list[str]:
    """Return the lines of the table of personal fields."""
    lines = [
        "| field | sort | what erasing leaves | what it is |",
        "| --- | --- | --- | --- |",
    ]
    for room, cls in records():
        for name, found in personal_fields(cls).items():
            left = "nothing" if found.erase is Erasure.NULL else f"`{found.placeholder}`"
            path = f"{{py:class}}`~crmcore.{room}.{cls.__name__}`.{name}"
            lines.append(f"| {path} | {found.kind.label.en} | {left} | {meaning(cls, name)} |")
    return lines


def table_under(heading: str) -> list[str]:
    """Return the lines of the table under a heading of the page."""
    _, _, rest = PAGE.read_text("utf-8").partition(f"## {heading}\n")
    section = rest.partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")]


def test_the_page_lists_every_personal_field() -> None:
    """What is declared stands on the page, and nothing else does."""
    assert "\n".join(table_under("What is personal")) == "\n".join(declared())


def test_the_reprs_of_all_personal_fields_are_masked() -> None:
    """Whatever is declared personal is hidden in the repr of its record."""
    for _, cls in records():
        for name in personal_fields(cls):
            assert attrs.fields_dict(cls)[name].repr is masked, f"{cls.__name__}.{name}"


def is_text(annotation: Any) -> bool:  # noqa: ANN401 - whatever a field is annotated with
    """Say whether a field holds text that people write, and no id: ids are types of their own."""
    return annotation is str or any(is_text(part) for part in get_args(annotation))


def test_every_text_that_is_kept_is_personal_or_said_not_to_be() -> None:
    """A new text field of a stored record is thought about: it is declared, or on the page."""
    open_texts = {
        f"{cls.__name__}.{name}"
        for cls in RECORDS.values()
        for name, annotation in get_type_hints(cls).items()
        if is_text(annotation) and name not in personal_fields(cls)
    }

    told = {
        field.strip(" `")
        for line in table_under("What is not")[2:]
        for field in line.split("|")[1].split(",")
    }

    assert told == open_texts
