"""What the states of measures read of a frame: one column for each thing, worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Criterion
from crmcore.errors import InvalidValueError, UnknownNameError

from ._expressions import Expressions
from ._fields import problem_of, term_of
from ._measures_days import days_of
from ._native import Either
from ._passes import aliased, deferred, hidden
from ._schema import column_of
from ._terms import Term

AMOUNT: Final = ".amount"
# What all engines sum in, and what numbers may have so that 10,000,000,000 of them fit.
_DIGITS: Final = 38
_DIGITS_OF_TERMS: Final = 28
_LARGEST_ROOT: Final = 3_000_000_000
_PLAIN: Final = {"INT", "DECIMAL", "FLOAT", "TEXT", "BOOL", "DATE", "DATETIME"}


def column_for(path: str, names: Iterable[str]) -> str:
    """Return the column that holds a field: of the amount of money, a column may hold just it.

    Raises:
        UnknownNameError: If there is none.
    """
    there = list(names)
    for name in (path, path.removesuffix(AMOUNT)):
        if name in there:
            return name
    raise UnknownNameError("column", path, there)


@attrs.define(kw_only=True)
class Columns:
    """The columns of a frame that are read, each under a name that no user has.

    Attributes:
        expressions: The fields of the frame.
        zone: The zone whose days count, if it was named.
        currencies: For each column of amounts of money, the column with their currencies.
    """

    expressions: Expressions
    zone: ZoneInfo | None
    currencies: Mapping[str, str]
    _asked: dict[tuple[str, object], tuple[str, nw.Expr]] = attrs.field(factory=dict, init=False)

    def _named(self, kind: str, what: object, expression: nw.Expr) -> str:
        name, _ = self._asked.setdefault((kind, what), (hidden(len(self._asked)), expression))
        return name

    def _term(self, path: str) -> tuple[str, Term]:
        frame, schema = self.expressions.frame, self.expressions.schema
        name = column_for(path, frame.types)
        dtype = frame.types[name]
        column = schema[name] if name in schema else column_of(dtype)
        problem = problem_of(column, dtype, frame)
        if problem is not None:
            raise InvalidValueError(name, str(dtype), problem.removeprefix("must "))
        return name, term_of(name, column, dtype, frame)

    def value(self, path: str) -> str:
        """Return the column with a field as it is.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidValueError: If it holds values that cannot be told apart, such as lists.
        """
        name, term = self._term(path)
        if term.kind not in _PLAIN:
            rule = "be a column of plain values, such as text, numbers or days"
            raise InvalidValueError(name, str(self.expressions.frame.types[name]), rule)
        return self._named("value", path, term.expression)

    def opaque(self, path: str) -> str:
        """Return the column with a field of any kind.

        Raises:
            UnknownNameError: If there is no such column.
        """
        name, _ = self._term(path)
        return self._named("opaque", path, nw.col(name))

    def number(self, path: str) -> str:
        """Return the column with a field as exact numbers.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidValueError: If it holds something else, as floats do, or numbers so long that
                their sum may not fit.
        """
        if ("number", path) in self._asked:
            return self._asked["number", path][0]
        name, term = self._term(path)
        dtype = self.expressions.frame.types[name]
        if term.kind not in {"INT", "DECIMAL"}:
            rule = "be a column of whole numbers or decimals, because floats do not sum exactly"
            raise InvalidValueError(name, str(dtype), rule)
        places = term.column.places if term.kind == "DECIMAL" else 0
        exact = term.expression.cast(nw.Decimal(_DIGITS, places))
        if isinstance(dtype, nw.Decimal) and dtype.precision > _DIGITS_OF_TERMS:
            self._refuse_long_ones(name, exact, places)
        return self._named("number", path, exact)

    def square(self, path: str) -> str | None:
        """Return the column with the squares of whole numbers; None where 64 bits are too few."""
        _, term = self._term(path)
        if term.kind != "INT":
            return None
        if ("square", path) not in self._asked:
            low, high = self._edges(term.expression)
            if max(abs(low or 0), abs(high or 0)) > _LARGEST_ROOT:
                return None
            whole = term.expression.cast(nw.Int64)
            squares = (whole * whole).cast(nw.Decimal(_DIGITS, 0))
            self._named("square", path, squares)
        return self._asked["square", path][0]

    def _refuse_long_ones(self, name: str, exact: nw.Expr, places: int) -> None:
        """Refuse numbers of which ten thousand million may be too much: engines do not all say so.

        Raises:
            InvalidValueError: If there is such a number.
        """
        for edge in self._edges(exact):
            if edge is not None and abs(edge) >= Decimal(1).scaleb(_DIGITS_OF_TERMS - places):
                rule = f"hold numbers of at most {_DIGITS_OF_TERMS} digits, which add up safely"
                raise InvalidValueError(name, edge, rule)

    def _edges(self, values: nw.Expr) -> tuple[Any, Any]:
        """Return the least and the largest of some values."""
        frame: Either = self.expressions.frame.readable
        found = frame.select(values.min().alias("min"), values.max().alias("max"))
        low, high = found.lazy().collect("pyarrow").row(0)
        return low, high

    def day(self, path: str) -> str:
        """Return the column with the day of a field.

        Raises:
            UnknownNameError: If there is no such column.
            InvalidValueError: If it holds neither days nor instants, or these without a zone to
                tell their days in.
        """
        name, term = self._term(path)
        if term.kind == "DATE":
            return self._named("day", path, term.expression)
        if term.kind != "DATETIME":
            rule = "be a column of dates or instants"
            raise InvalidValueError(name, str(self.expressions.frame.types[name]), rule)
        if self.zone is None:
            raise InvalidValueError("zone", None, f"be given, because {name} holds instants")
        if ("day", path) not in self._asked:
            edges = self._edges(term.expression)
            dialect = self.expressions.frame.dialect
            self._named("day", path, days_of(term.expression, edges, self.zone, dialect))
        return self._asked["day", path][0]

    def currency(self, path: str) -> str | None:
        """Return the column with the currency of a field, if there is one.

        Raises:
            UnknownNameError: If there is no such column.
        """
        name, _ = self._term(path)
        return self.value(self.currencies[name]) if name in self.currencies else None

    def are_instants(self, *paths: str) -> bool:
        """Say whether all of some fields are instants."""
        return all(self._term(path)[1].kind == "DATETIME" for path in paths)

    def is_after(self, one: str, other: str) -> str:
        """Return the column that says whether one moment is after another."""
        first, second = (self._term(path)[1].expression for path in (one, other))
        return self._named("after", (one, other), first > second)

    def taken(self, where: Criterion | None) -> list[str]:
        """Return the column that says which rows a criterion takes, if there is one.

        Raises:
            FaultsError: If the criterion cannot run over these columns.
        """
        if where is None:
            return []
        return [self._named("where", where, self.expressions.holds(where))]

    def read(self) -> Either:
        """Return the frame with what was asked for; of Polars and pyarrow, worked out."""
        wanted = dict(self._asked.values())
        found = deferred(self.expressions.frame.readable).select(*aliased(wanted))
        if isinstance(found, nw.LazyFrame) and found.implementation.is_polars():
            return found.collect()
        return found


def columns(frame: Either) -> list[list[Any]]:
    """Return the columns of a frame as lists, instants in UTC."""
    eager = frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame
    return [
        [aware(value) for value in eager[name].to_list()]
        if isinstance(dtype, nw.Datetime)
        else eager[name].to_list()
        for name, dtype in eager.schema.items()
    ]


def rows(frame: Either) -> Iterable[tuple[Any, ...]]:
    """Return the rows of a frame, instants in UTC."""
    return zip(*columns(frame), strict=True)


def aware(value: Any) -> Any:  # noqa: ANN401 - an instant, or None
    """Return an instant that knows that it is in UTC."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
