"""Writing a review: one page, one text, or a folder of tables."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import lru_cache, partial
from importlib import resources
from pathlib import Path
from typing import Final

from crmcore.errors import MissingExtraError
from crmcore.reviews import Review

from ._blocks import Rows, Telling
from ._chart_tables import chart_tables
from ._customer_tables import customer_tables
from ._department_tables import department_tables
from ._plan_tables import plan_tables
from ._story import tell
from ._table import Table
from ._value_tables import value_tables

try:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup
except ImportError:
    raise MissingExtraError("crmcore.reports", "reports") from None


# What Markdown makes something of anywhere, and what only at the beginning of a line.
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~&$])")
_LEADING: Final = re.compile(r"^([-+=#]|\d+(?=[.)]))(?=[-+=#.)]*(?:\s|$))")


@lru_cache(maxsize=8)
def _shipped(name: str) -> str:
    folder = resources.files("crmcore.reports").joinpath("templates")
    return folder.joinpath(name).read_text("utf-8")


def _literal(value: object) -> object:
    """Let a text be nothing but text where Markdown would make something of it."""
    if isinstance(value, str) and not isinstance(value, Markup):
        line = _SPECIAL.sub(r"\\\1", " ".join(value.split()))
        return _LEADING.sub(_escaped, line)
    return value


def _escaped(start: re.Match[str]) -> str:
    sign = start[1]
    return f"\\{sign}" if sign in "-+=#" else f"{sign}\\"


def _rendered(name: str, review: Review, language: str, *, html: bool) -> str:
    environment = Environment(
        autoescape=html,  # noqa: S701 - Markdown goes through `_literal` instead
        finalize=None if html else _literal,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    telling = Telling(review, language, html)
    return environment.from_string(_shipped(name)).render(
        story=tell(telling),
        language=language,
        say=telling.read,
        source=partial(_source, telling),
        css=Markup(_shipped("page.css")),  # noqa: S704 - the library's own file
        drawn=Markup,
        plain=Markup,
    )


def _source(telling: Telling, block: Rows) -> str:
    """Say in which file the rows of a table are, and how many of them a page shows."""
    file, count = f"{block.table.name}.csv", block.count
    if not count:
        return telling.say(f"{file}: no rows", f"{file}：无记录")
    if block.limit is None or count <= block.limit:
        return file
    return telling.say(
        f"{file}: the first {block.limit} of {count:,} rows",
        f"{file}：共{count:,}行，此处为前{block.limit}行",
    )


def to_html(review: Review, *, language: str = "en") -> str:
    """Return a review as one page of HTML that needs nothing from anywhere else.

    Args:
        review: The review.
        language: ``en`` or ``zh-CN``.

    Raises:
        UnknownNameError: If the language is another one.

    .. versionadded:: 0.1.0
    """
    return _rendered("page.html.j2", review, language, html=True)


def to_markdown(review: Review, *, language: str = "en") -> str:
    """Return a review as Markdown, without pictures.

    Args:
        review: The review.
        language: ``en`` or ``zh-CN``.

    Raises:
        UnknownNameError: If the language is another one.

    .. versionadded:: 0.1.0
    """
    return _rendered("page.md.j2", review, language, html=False)


def write_html(review: Review, path: str | Path, *, language: str = "en") -> None:
    """Write a review as one page of HTML; see `to_html`.

    .. versionadded:: 0.1.0
    """
    _write(Path(path), to_html(review, language=language))


def write_markdown(review: Review, path: str | Path, *, language: str = "en") -> None:
    """Write a review as Markdown; see `to_markdown`.

    .. versionadded:: 0.1.0
    """
    _write(Path(path), to_markdown(review, language=language))


def write_tables(review: Review, folder: str | Path, *, language: str = "en") -> tuple[Path, ...]:
    """Write a review as tidy tables, one CSV file each, in UTF-8.

    Numbers are exact and unrounded, shares are fractions, an empty cell has no value. Text
    that a spreadsheet would take for a formula gets an apostrophe in front.

    Args:
        review: The review.
        folder: Where to write them; made where it is not there.
        language: The language of reasons and labels, ``en`` or ``zh-CN``.

    Returns:
        The paths of the files.

    Raises:
        UnknownNameError: If the language is another one.

    .. versionadded:: 0.1.0
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return tuple(_write_table(table, target, language) for table in _tables(review))


def _tables(review: Review) -> Iterator[Table]:
    yield from department_tables(review)
    yield from chart_tables(review)
    yield from customer_tables(review)
    yield from value_tables(review)
    yield from plan_tables(review)


def _write_table(table: Table, folder: Path, language: str) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(table.written(language))
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
