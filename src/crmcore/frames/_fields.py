"""Fields: from a column of a frame to the operand that criteria read."""

from __future__ import annotations

from typing import Final

import narwhals.stable.v2 as nw

from crmcore.criteria import Column

from ._native import Frame
from ._schema import column_of
from ._terms import Term, present

# Whole numbers are as good as floats and decimals with the same value.
_FITS: Final = {("FLOAT", "INT"), ("DECIMAL", "INT")}
_UTC: Final = {None, "UTC", "Etc/UTC"}


def problem_of(column: Column, dtype: nw.dtypes.DType, frame: Frame) -> str | None:
    """Return why a column of this type cannot be what the schema says; None if it can."""
    found = column_of(dtype)
    if column.kind.name == "OTHER":
        return None
    if column.kind is not found.kind and (column.kind.name, found.kind.name) not in _FITS:
        return f"must be {column.kind.value}, but the frame has {dtype}"
    if column.kind.name == "DECIMAL" and found.places > column.places:
        return f"must have at most {column.places} decimal places, but the frame has {dtype}"
    if isinstance(dtype, nw.Datetime) and frame.is_sql and dtype.time_zone not in _UTC:
        return f"must be in UTC, to which the zone of the session can be set, but it is {dtype}"
    return None


def term_of(name: str, column: Column, dtype: nw.dtypes.DType, frame: Frame) -> Term:
    """Return the operand of a column, in the type that calculations have."""
    if isinstance(dtype, nw.Datetime):
        return Term(_in_utc(nw.col(name), dtype, frame), column)
    return Term(_converted(nw.col(name), column, dtype), column)


def _converted(values: nw.Expr, column: Column, dtype: nw.dtypes.DType) -> nw.Expr:
    kind = column.kind.name
    if kind == "FLOAT":
        wide = values if dtype == nw.Float64 else values.cast(nw.Float64)
        return present(wide) if dtype.is_float() else wide
    if kind == "DECIMAL" and dtype.is_integer():
        return values.cast(nw.Decimal(38, column.places))
    if kind == "INT" and not _fits_in_64_bits(dtype):
        return values.cast(nw.Int64)
    if kind == "TEXT" and dtype != nw.String:
        return values.cast(nw.String)
    return values


def _fits_in_64_bits(dtype: nw.dtypes.DType) -> bool:
    return dtype not in {nw.Int128, nw.UInt64, nw.UInt128}


def _in_utc(values: nw.Expr, dtype: nw.Datetime, frame: Frame) -> nw.Expr:
    # In SQL, the session shows instants in UTC, so that the cast does not move them.
    if dtype.time_zone is not None and not frame.is_sql:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return values if dtype == nw.Datetime("us") else values.cast(nw.Datetime("us"))
