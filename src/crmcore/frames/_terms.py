"""Operands and verdicts of frames: expressions, and what is known of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Column

Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"

_EPOCH: Final = date(1970, 1, 1).toordinal()
# Calculated decimals have at most 18 digits, which the check of a criterion proves. Polars has
# one type for all; elsewhere a wider one would pass the largest there is after a few steps.
_DIGITS: Final = 18
_DIGITS_OF_POLARS: Final = 38


@attrs.frozen
class Term:
    """An operand.

    Attributes:
        expression: Its values; null where it is missing.
        column: Its type.
        constant: Its value, if it is a constant.
    """

    expression: nw.Expr
    column: Column
    constant: Scalar | None = None

    @property
    def kind(self) -> str:
        """The name of the kind of its values."""
        return self.column.kind.name

    def cast(self, dtype: nw.dtypes.DType) -> nw.Expr:
        """Return its values in another type; a constant has it from the start."""
        if self.constant is None:
            return self.expression.cast(dtype)
        if isinstance(self.constant, Decimal) and dtype == nw.Float64():
            # Python gives the float that is nearest to a decimal, and Arrow one beside it.
            return nw.lit(float(self.constant), dtype)
        return nw.lit(self.constant, dtype)


@attrs.frozen
class Truth:
    """A verdict of each row.

    Attributes:
        expression: True, false, or null for unknown; a bool where all rows have the same.
        is_definite: Whether it is never unknown.
    """

    expression: nw.Expr | bool
    is_definite: bool = False


def present(expression: nw.Expr) -> nw.Expr:
    """Return the numbers without NaN, which is missing."""
    return expression.fill_nan(None)


@attrs.frozen
class Dialect:
    """What the engines want to be told each in its own way.

    Attributes:
        is_sql: Whether dates are subtracted in SQL.
        is_spark: Whether days and instants reach the engine as text.
        is_polars: Whether all decimals have one type.
    """

    is_sql: bool
    is_spark: bool
    is_polars: bool

    def constant(self, value: Scalar) -> nw.Expr:
        """Return a constant."""
        if self.is_spark and isinstance(value, date):  # pragma: only on spark
            # As an object, a day before 1582 would be moved to the calendar of its time, and
            # an instant by the zone of the machine.
            dtype = nw.Datetime("us") if isinstance(value, datetime) else nw.Date()
            return nw.lit(value.isoformat()).cast(dtype)
        return nw.lit(value)

    def term(self, value: Scalar) -> Term:
        """Return a constant as an operand."""
        plain = naive(value)
        return Term(self.constant(plain), Column.of(value), plain)

    def decimal(self, places: int) -> nw.Decimal:
        """Return the type of decimals with so many digits after the point."""
        return nw.Decimal(_DIGITS_OF_POLARS if self.is_polars else _DIGITS, places)

    def widened(self, term: Term, column: Column) -> nw.Expr:
        """Return an operand in the type that calculations of this column have."""
        kind = column.kind.name
        if kind == "INT":
            return term.cast(nw.Int64())
        if kind == "FLOAT":
            return term.expression if term.kind == "FLOAT" else term.cast(nw.Float64())
        if kind == "DECIMAL" and (term.kind, term.column.places) != (kind, column.places):
            return term.expression.cast(self.decimal(column.places))
        return term.expression

    def days_between(self, first: Term, second: Term) -> nw.Expr:
        """Return how many days after the first the second is."""
        if self.is_sql:
            return (second.expression - first.expression).cast(nw.Int64)
        return _day_number(second) - _day_number(first)

    def quotient(self, left: Term, right: Term) -> nw.Expr:
        """Return a quotient of floats, null where the denominator is zero."""
        numerator, denominator = map(self._as_float, (left, right))
        if right.constant is None:
            denominator = nw.when(denominator != 0).then(denominator)
        if self.is_polars and left.constant is None:
            # Polars multiplies by the inverse of what is the same in all rows, and that is
            # another float now and then; this keeps the denominator a column of its own.
            denominator = denominator + numerator * 0.0
        return numerator / denominator

    def _as_float(self, term: Term) -> nw.Expr:
        """Return a number as the float that is nearest to it."""
        is_exact = self.is_polars or self.is_sql or term.kind != "DECIMAL"
        if is_exact or term.constant is not None:
            return term.cast(nw.Float64())
        # Arrow multiplies a decimal by a tenth or a hundredth, which is no float. Its units are
        # a whole number that is one, and a division rounds once.
        units = 10**term.column.places
        decimals = term.expression.cast(self.decimal(term.column.places))
        whole: nw.Expr = (decimals * units).cast(nw.Int64())
        return whole.cast(nw.Float64()) / float(units)


def definite(part: Truth) -> Truth:
    """Return the verdict that holds where a part holds, and else fails."""
    if part.is_definite or isinstance(part.expression, bool):
        return part
    return Truth(part.expression.fill_null(value=False), is_definite=True)


def naive(value: Scalar) -> Scalar:
    """Return a constant as frames hold it: instants in UTC and without a zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _day_number(term: Term) -> nw.Expr:
    if isinstance(term.constant, date):
        return nw.lit(term.constant.toordinal() - _EPOCH, nw.Int64)
    return term.expression.cast(nw.Int32).cast(nw.Int64)
