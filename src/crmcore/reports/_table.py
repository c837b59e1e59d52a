"""Tables: rows of plain values that a page shows in part and a CSV file holds in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Context, Decimal
from enum import Enum, auto
from fractions import Fraction
from itertools import groupby, islice
from typing import Final, TypeAlias

import attrs

from crmcore.kernel import Phrase, Undefined, round_half_up

Plain: TypeAlias = "str | int | float | Decimal | Fraction | date | Phrase | Undefined | None"
Cell: TypeAlias = "Plain | Read"
Row: TypeAlias = tuple[Cell, ...]

NOTHING: Final = "–"
_QUOTIENT: Final = Context(prec=15)
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")


class Kind(Enum):
    """How people read a cell."""

    TEXT = auto()
    COUNT = auto()
    SHARE = auto()
    MONEY = auto()
    NUMBER = auto()


_DIGITS: Final = {Kind.COUNT: 0, Kind.NUMBER: 1, Kind.MONEY: 2}


@attrs.frozen
class Read:
    """A value that people read otherwise than machines do: an id and a name, a number and a unit.

    Attributes:
        plain: What a file holds.
        shown: What a page shows.
    """

    plain: Plain
    shown: Plain


@attrs.frozen
class Column:
    """A column of a table.

    Attributes:
        name: Its name in a file.
        title: How people call it.
        kind: How people read its cells.
    """

    name: str
    title: Phrase
    kind: Kind = Kind.TEXT

    @property
    def is_text(self) -> bool:
        """Whether its cells stand on the left."""
        return self.kind is Kind.TEXT


@attrs.frozen(kw_only=True)
class Table:
    """A table that can be read again and again.

    Attributes:
        name: Its name as a file.
        title: How people call it.
        columns: Its columns.
        rows: Returns its rows, in their order.
        heads: How many columns at the front a page says once for rows that follow each other.
    """

    name: str
    title: Phrase
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Row]]
    heads: int = 0

    def shown(self, language: str, limit: int | None = None) -> Iterator[list[tuple[str, ...]]]:
        """Yield the rows as people read them, those together that have the same head.

        Args:
            language: The language of the cells.
            limit: How many rows there are at most; all of them without a limit.
        """
        rows = (
            tuple(
                show(cell, column.kind, language)
                for cell, column in zip(row, self.columns, strict=True)
            )
            for row in islice(self.rows(), limit)
        )
        if not self.heads:
            yield from ([row] for row in rows)
            return
        for _, together in groupby(rows, lambda row: row[: self.heads]):
            yield list(together)

    def written(self, language: str) -> Iterator[list[str]]:
        """Yield all rows as machines read them."""
        for row in self.rows():
            yield [write(cell, language) for cell in row]

    def only(self, wanted: Callable[[str], bool]) -> Table:
        """Return the table with those of its columns whose names are wanted."""
        kept = [place for place, column in enumerate(self.columns) if wanted(column.name)]
        return attrs.evolve(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=lambda: (tuple(row[place] for place in kept) for row in self.rows()),
        )


def show(cell: Cell, kind: Kind, language: str) -> str:
    """Return a cell as people read it."""
    if isinstance(cell, Read):
        cell = cell.shown
    if cell is None or isinstance(cell, Undefined) or cell == "":
        return NOTHING
    if isinstance(cell, Phrase):
        return cell.in_language(language)
    if isinstance(cell, str | date):
        return str(cell)
    exact = _exact(cell)
    if kind is Kind.SHARE:
        return f"{round_half_up(exact * 100, 1):,} %"
    return f"{round_half_up(exact, _DIGITS.get(kind, 0)):,}"


def write(cell: Cell, language: str) -> str:
    """Return a cell as a machine reads it, and a spreadsheet takes it for no formula."""
    if isinstance(cell, Read):
        cell = cell.plain
    if isinstance(cell, Phrase):
        cell = cell.in_language(language)
    if isinstance(cell, str):  # by far the most cells
        return f"'{cell}" if cell.startswith(_RISKY) else str(cell)
    if cell is None or isinstance(cell, Undefined):
        return ""
    if isinstance(cell, date | int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return f"{_exact(cell):f}"


def _exact(cell: float | Decimal | Fraction) -> Decimal:
    if isinstance(cell, Fraction):
        return _QUOTIENT.divide(Decimal(cell.numerator), Decimal(cell.denominator))
    return Decimal(cell)
