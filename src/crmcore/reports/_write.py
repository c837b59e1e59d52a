"""Writing a review: one page, one text, or a folder of tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path

from crmcore.errors import MissingExtraError
from crmcore.kernel import Phrase
from crmcore.reviews import Review

from ._customer_tables import customer_tables
from ._department_tables import department_tables
from ._plan_tables import plan_tables
from ._story import tell
from ._table import Table

try:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup
except ImportError:
    raise MissingExtraError("crmcore.reports", "reports") from None


@lru_cache(maxsize=8)
def _shipped(name: str) -> str:
    folder = resources.files("crmcore.reports").joinpath("templates")
    return folder.joinpath(name).read_text("utf-8")


def _harmless(value: object) -> object:
    """Let no text open an element of HTML, which Markdown would pass on."""
    return value.replace("<", "&lt;") if isinstance(value, str) else value


def _rendered(name: str, review: Review, language: str, *, html: bool) -> str:
    environment = Environment(
        autoescape=html,  # noqa: S701 - Markdown goes through `_harmless` instead
        finalize=None if html else _harmless,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    story = tell(review, language, pictures=html)

    def say(words: Phrase) -> str:
        return words.in_language(language)

    return environment.from_string(_shipped(name)).render(
        title=story.title,
        preface=story.preface,
        tiles=story.tiles,
        parts=story.parts,
        colophon=story.colophon,
        language=language,
        say=say,
        css=Markup(_shipped("page.css")),  # noqa: S704 - the library's own file
        drawn=Markup,
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
    yield from customer_tables(review)
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
