"""Views: the tables as other tools like to read them, with days, instants and amounts.

PostgreSQL shows them in types of its own. SQLite has none for them: days and instants are
text as ISO 8601 writes it, and decimals and amounts are floats, good for a chart; what is to
be summed exactly stands in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from crmcore.errors import UnknownNameError
from crmcore.kernel import minor_digits

from ._cells import Cells, Shape
from ._tables import TABLES, RecordTable

_SQLITE: Final[Mapping[Shape, str]] = {
    Shape.INSTANT: (
        "strftime('%Y-%m-%dT%H:%M:%S', ({x} - ({x} % 1000000 + 1000000) % 1000000) / 1000000, "
        "'unixepoch') || printf('.%06dZ', ({x} % 1000000 + 1000000) % 1000000)"
    ),
    Shape.DECIMAL: "CAST({x} AS REAL)",
}
# Whole seconds and the rest apart: an interval times a number is a float.
_POSTGRESQL: Final[Mapping[Shape, str]] = {
    Shape.TRUTH: "{x} <> 0",
    Shape.DAY: "CAST({x} AS DATE)",
    Shape.INSTANT: (
        "TIMESTAMPTZ 'epoch' + {x} / 1000000 * INTERVAL '1 second' "
        "+ MOD({x}, 1000000) * INTERVAL '1 microsecond'"
    ),
    Shape.DECIMAL: "CAST({x} AS NUMERIC)",
    Shape.TEXTS: (
        "CASE WHEN {x} IS NOT NULL "
        "THEN ARRAY(SELECT JSONB_ARRAY_ELEMENTS_TEXT(CAST({x} AS JSONB))) END"
    ),
    Shape.JSON: "CAST({x} AS JSONB)",
}
_SHOWN: Final = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_NUMBERS: Final = {"sqlite": "REAL", "postgresql": "NUMERIC"}
_USUAL_DIGITS: Final = 2


def views(database: str) -> Iterator[str]:
    """Yield the statements that make a view of each table."""
    for _, table in sorted(TABLES.items()):
        yield _view(table, database)


def view_of(table: RecordTable[Any]) -> str:
    """Return the name of the view of a table."""
    return f"{table.sql.name}_v"


def _view(table: RecordTable[Any], database: str) -> str:
    shown = ", ".join(['"tenant"', *(_shown(cells, database) for cells in table.cells)])
    return f"CREATE VIEW {view_of(table)} AS SELECT {shown} FROM {table.sql.name}"  # noqa: S608 - our own names


def _shown(cells: Cells, database: str) -> str:
    if cells.shape is Shape.MONEY:
        return _amount(cells.field, database)
    column = f'"{cells.field}"'
    form = _SHOWN[database].get(cells.shape)
    return column if form is None else f"{form.format(x=column)} AS {column}"


def _amount(field: str, database: str) -> str:
    """Show an amount as a number: its text where it has one, else its minor units."""
    number = _NUMBERS[database]
    whens = " ".join(
        f"""WHEN "{field}_currency" IN ({codes}) THEN {10.0**-digits:.{digits}f}"""
        for digits, codes in _unusual_currencies().items()
    )
    unit = f"CASE {whens} ELSE {10.0**-_USUAL_DIGITS} END"
    amount = f'COALESCE(CAST("{field}_text" AS {number}), "{field}_minor" * {unit})'
    return f'{amount} AS "{field}", "{field}_currency"'


def _unusual_currencies() -> Mapping[int, str]:
    """Return the codes of the currencies whose minor unit has not two digits, by their number."""
    found: dict[int, list[str]] = {}
    try:
        minor_digits("none")
    except UnknownNameError as error:
        for code in error.known:
            found.setdefault(minor_digits(code), []).append(f"'{code}'")
    return {digits: ", ".join(found[digits]) for digits in sorted(found) if digits != _USUAL_DIGITS}
