"""Tables: rows of plain values that a page shows in part and a CSV file holds in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Context, Decimal
from enum import Enum, auto
from fractions import Fraction
from itertools import islice
from typing import Final, TypeAlias

import attrs

from crmcore.kernel import Phrase, Undefined, round_half_up

Cell: TypeAlias = "str | int | float | Decimal | Fraction | date | Phrase | Undefined | None"
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
    """

    name: str
    title: Phrase
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Row]]

    def shown(self, language: str, limit: int | None = None) -> Iterator[tuple[str, ...]]:
        """Yield the first rows as people read them, all of them without a limit."""
        for row in islice(self.rows(), limit):
            yield tuple(
                show(cell, column.kind, language)
                for cell, column in zip(row, self.columns, strict=True)
            )

    def written(self, language: str) -> Iterator[tuple[str, ...]]:
        """Yield all rows as machines read them."""
        for row in self.rows():
            yield tuple(write(cell, language) for cell in row)


def show(cell: Cell, kind: Kind, language: str) -> str:
    """Return a cell as people read it."""
    if cell is None or isinstance(cell, Undefined) or cell == "":
        return NOTHING
    if isinstance(cell, Phrase):
        return cell.in_language(language)
    if kind is Kind.TEXT or isinstance(cell, str | date):
        return str(cell)
    exact = _exact(cell)
    if kind is Kind.SHARE:
        return f"{round_half_up(exact * 100, 1):,} %"
    return f"{round_half_up(exact, _DIGITS[kind]):,}"


def write(cell: Cell, language: str) -> str:
    """Return a cell as a machine reads it, and a spreadsheet takes it for no formula."""
    if cell is None or isinstance(cell, Undefined):
        return ""
    if isinstance(cell, Phrase):
        cell = cell.in_language(language)
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_RISKY) else str(cell)
    if isinstance(cell, date | int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return f"{_exact(cell):f}"


def _exact(cell: float | Decimal | Fraction) -> Decimal:
    if isinstance(cell, Fraction):
        return _QUOTIENT.divide(Decimal(cell.numerator), Decimal(cell.denominator))
    return Decimal(cell)
