"""The schema of a frame: which kind of values each column holds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Column, F, Schema
from crmcore.errors import InvalidValueError

from ._native import Frame

_ANNOTATIONS: Final[dict[type[nw.dtypes.DType], Any]] = {
    nw.Boolean: bool,
    nw.Int8: int,
    nw.Int16: int,
    nw.Int32: int,
    nw.Int64: int,
    nw.Int128: int,
    nw.UInt8: int,
    nw.UInt16: int,
    nw.UInt32: int,
    nw.UInt64: int,
    nw.UInt128: int,
    nw.Float16: float,
    nw.Float32: float,
    nw.Float64: float,
    nw.Decimal: Decimal,
    nw.String: str,
    nw.Categorical: str,
    nw.Enum: str,
    nw.Date: date,
    nw.Datetime: datetime,
}
# What fits into narrow integers; that a wide one holds more than criteria allow is not proven.
_BOUNDS: Final[dict[type[nw.dtypes.DType], tuple[int, int]]] = {
    nw.Int8: (-(2**7), 2**7 - 1),
    nw.Int16: (-(2**15), 2**15 - 1),
    nw.Int32: (-(2**31), 2**31 - 1),
    nw.UInt8: (0, 2**8 - 1),
    nw.UInt16: (0, 2**16 - 1),
    nw.UInt32: (0, 2**32 - 1),
}


def schema_of(frame: Any) -> Schema:  # noqa: ANN401 - any frame
    """Return the schema of a frame: its columns, each of which may be missing.

    A column whose name is no plain name, such as ``Customer ID``, is left out, because no
    criterion can name it. One whose values criteria do not know, such as a struct, can only
    be asked whether it is missing.

    Raises:
        InvalidValueError: If the frame is of a library that is not supported.

    .. versionadded:: 0.1.0
    """
    return schema_of_frame(Frame.open(frame))


def schema_of_frame(frame: Frame) -> Schema:
    """Return the schema of a frame that is open."""
    columns = {name: column_of(dtype) for name, dtype in frame.types.items() if _can_be_named(name)}
    return Schema(tuple(sorted(columns.items())))


def column_of(dtype: nw.dtypes.DType) -> Column:
    """Return the type that a column has for criteria; any row of it may be missing."""
    if isinstance(dtype, nw.List) and dtype.inner == nw.String:
        return _column(frozenset[str])
    column = _column(_ANNOTATIONS.get(type(dtype), object))
    if isinstance(dtype, nw.Enum):
        return attrs.evolve(column, words=tuple(sorted(dtype.categories)))
    if isinstance(dtype, nw.Decimal):
        return Column(column.kind, nullable=True, scale=dtype.scale)
    low, high = _BOUNDS.get(type(dtype), (column.low, column.high))
    return attrs.evolve(column, low=low, high=high)


def _column(annotation: Any) -> Column:  # noqa: ANN401 - a type
    return Schema.of(it=annotation | None)["it"]


def _can_be_named(name: str) -> bool:
    try:
        F(name)
    except InvalidValueError:
        return False
    return True
