"""Opening a frame of somebody else's library, and giving back one of the same kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.errors import InvalidValueError

from ._terms import Dialect

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
        given: The frame as it was handed in. It is another one only for pandas, whose columns
            are read as a table of pyarrow: NumPy's types do not tell *missing* from *not a
            number* and from False, and constants have them whatever they stand beside.
        types: The type of each column, as it is read; of pandas' own if it is not.
    """

    readable: Either
    given: Either
    types: dict[str, nw.dtypes.DType] = attrs.field(init=False, eq=False, repr=False)

    @types.default
    def _types(self) -> dict[str, nw.dtypes.DType]:
        return {**self.given.collect_schema(), **self.readable.collect_schema()}

    @classmethod
    def open(
        cls,
        native: Any,  # noqa: ANN401 - any frame
        *,
        reading: Collection[str] | None = None,
        whole: Collection[str] = (),
    ) -> Frame:
        """Return the frame that is inside *native*.

        Args:
            native: A frame of one of the supported libraries.
            reading: The columns that will be read; None for all of them.
            whole: The columns that hold integers, also where NumPy, whose integers cannot be
                missing, has made floats of them.

        Raises:
            InvalidValueError: If it is of another library.
        """
        try:
            given: Either = nw.from_native(native)
        except TypeError:
            raise _unsupported(type(native).__name__) from None
        if given.implementation not in _KNOWN:
            raise _unsupported(f"a frame of {given.implementation.value}")
        readable = given
        if isinstance(given, nw.DataFrame) and given.implementation.is_pandas():
            readable = _table(given, reading, whole)
        frame = cls(readable, given)
        if not frame.types:
            raise InvalidValueError("frame", "one without columns", "have a column")
        return frame

    @property
    def dialect(self) -> Dialect:
        """What the engine wants to be told in its own way."""
        return Dialect(self.is_sql, self.is_spark, self.is_polars)

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


def _table(
    frame: nw.DataFrame[Any], reading: Collection[str] | None, whole: Collection[str]
) -> nw.DataFrame[Any]:
    # Without a column, a table of pyarrow would have no rows either.
    names = frame.columns if reading is None else {*reading, *frame.columns[:1]}
    columns = {
        name: _array(frame[name], is_whole=name in whole) for name in frame.columns if name in names
    }
    return nw.from_dict(columns, backend="pyarrow")


def _array(series: nw.Series[Any], *, is_whole: bool) -> Any:  # noqa: ANN401 - of pyarrow
    try:
        array = series.to_arrow()
    except ImportError:
        raise InvalidValueError("frame", "a frame of pandas", "have pyarrow beside it") from None
    except (TypeError, ValueError):  # cells of several kinds, or of one that Arrow lacks
        return _opaque(series)
    if is_whole and series.dtype.is_float():
        return _integers(array)
    return array


def _opaque(series: nw.Series[Any]) -> Any:  # noqa: ANN401 - an array of pyarrow
    """Return values of a kind that criteria do not know, missing where those of a column are."""
    values = [None if missing else b"" for missing in series.is_null()]
    return nw.new_series(series.name, values, nw.Binary, backend="pyarrow").to_native()


def _integers(array: Any) -> Any:  # noqa: ANN401 - an array of pyarrow
    try:
        return array.cast("int64")
    except ValueError:  # a fraction, which the schema will refuse by the name of its column
        return array
