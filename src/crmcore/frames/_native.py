"""Opening a frame of somebody else's library, and giving back one of the same kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.errors import InvalidValueError

Either: TypeAlias = "nw.DataFrame[Any] | nw.LazyFrame[Any]"

_SPARK: Final = {nw.Implementation.PYSPARK, nw.Implementation.PYSPARK_CONNECT}
_SQL: Final = {nw.Implementation.DUCKDB, *_SPARK}
_KNOWN: Final = {
    nw.Implementation.POLARS,
    nw.Implementation.PANDAS,
    nw.Implementation.PYARROW,
    *_SQL,
}


@attrs.frozen
class Frame:
    """A frame that expressions can be evaluated over, and the one that it was made of.

    Attributes:
        readable: The frame to evaluate expressions over.
        given: The frame as it was handed in. It is another one only for pandas: there, NumPy's
            types do not tell *missing* from *not a number* and from False, and the columns
            that have them are read as Arrow's types.
    """

    readable: Either
    given: Either

    @classmethod
    def open(cls, native: Any, *, reading: Collection[str] | None = None) -> Frame:  # noqa: ANN401 - any frame
        """Return the frame that is inside *native*.

        Args:
            native: A frame of one of the supported libraries.
            reading: The columns that will be read; None for all of them.

        Raises:
            InvalidValueError: If it is of another library.
        """
        try:
            given: Either = nw.from_native(native)
        except TypeError:
            raise _unsupported(type(native).__name__) from None
        if given.implementation not in _KNOWN:
            raise _unsupported(f"a frame of {given.implementation.value}")
        if isinstance(given, nw.DataFrame) and given.implementation.is_pandas():
            return cls(_with_arrow_types(given, reading), given)
        return cls(given, given)

    @property
    def is_sql(self) -> bool:
        """Whether expressions become SQL: DuckDB and Spark."""
        return self.readable.implementation in _SQL

    @property
    def is_spark(self) -> bool:
        """Whether expressions become Spark's."""
        return self.readable.implementation in _SPARK

    @property
    def is_polars(self) -> bool:
        """Whether expressions become those of Polars."""
        return self.readable.implementation.is_polars()


def _unsupported(found: str) -> InvalidValueError:
    rule = (
        "be one of Polars, DuckDB, PySpark, pandas or pyarrow; the others are not proven to give "
        "the verdicts that single records get"
    )
    return InvalidValueError("frame", found, rule)


def _with_arrow_types(
    frame: nw.DataFrame[Any], reading: Collection[str] | None
) -> nw.DataFrame[Any]:
    types = frame.to_native().dtypes
    strangers = [
        name
        for name in frame.columns
        if (reading is None or name in reading) and not str(types[name]).endswith("[pyarrow]")
    ]
    converted = [_with_arrow_type(frame[name]) for name in strangers]
    return frame.with_columns(*converted) if converted else frame


def _with_arrow_type(series: nw.Series[Any]) -> nw.Series[Any]:
    pandas: Any = nw.get_native_namespace(series)
    try:
        array = series.to_arrow()
    except ImportError:
        rule = "have Arrow's types, or pyarrow beside it, which converts those of NumPy"
        raise InvalidValueError("frame", "a pandas frame", rule) from None
    except (TypeError, ValueError):  # cells of several kinds, or of one that Arrow lacks
        return series
    native = pandas.Series(
        pandas.arrays.ArrowExtensionArray(array), index=series.to_native().index, name=series.name
    )
    return nw.from_native(native, series_only=True)
