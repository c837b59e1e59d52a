"""The engines that the tests of frames run on, each as a way to make a frame of records.

Spark takes long to start and needs Java, so it has a session of its own, ``nox -s spark``;
where it is not installed, its tests are skipped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from crmcore.criteria import Column, Schema

Rows: TypeAlias = Sequence[Mapping[str, Any]]

_TYPES = {
    "INT": pa.int64(),
    "FLOAT": pa.float64(),
    "TEXT": pa.string(),
    "BOOL": pa.bool_(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "TEXTS": pa.list_(pa.string()),
}


def _type(column: Column) -> Any:
    if column.kind.name == "DECIMAL":
        return pa.decimal128(18, column.places)
    return _TYPES[column.kind.name]


def _cell(value: Any, kind: str) -> Any:
    if kind == "DATETIME" and value is not None:
        return value.replace(tzinfo=None)
    return sorted(value) if kind == "TEXTS" and value is not None else value


def _table(rows: Rows, schema: Schema) -> Any:
    """Return records as a table of pyarrow, in which NaN stays NaN."""
    return pa.table(
        {
            name: pa.array(
                [_cell(row.get(name), column.kind.name) for row in rows],
                type=_type(column),
            )
            for name, column in schema.columns
        }
    )


@attrs.frozen
class Engine:
    """A library of frames.

    Attributes:
        name: What it is called.
        of_table: Turns a table of pyarrow into a frame of the library.
    """

    name: str
    of_table: Callable[[Any], Any]

    def frame(self, rows: Rows, schema: Schema) -> Any:
        """Return records as a frame, with columns for the fields of a schema."""
        return self.of_table(_table(rows, schema))

    @staticmethod
    def columns(frame: Any) -> dict[str, list[Any]]:
        """Return the columns of a frame as lists, in which None is missing."""
        collected = nw.from_native(frame).lazy().collect(backend="pyarrow")
        return {name: collected[name].to_list() for name in collected.columns}


_POLARS: Any = pl  # its function gives a frame for a table, which the types do not know
_OF_TABLE: dict[str, Callable[[Any], Any]] = {
    "polars": _POLARS.from_arrow,
    "polars-lazy": lambda table: _POLARS.from_arrow(table).lazy(),
    "duckdb": duckdb.from_arrow,
    "pandas": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pyarrow": lambda table: table,
}


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return a session of Spark as criteria need it: in UTC."""
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17 or newer")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def spark_engine(spark: Any) -> Engine:
    """Return Spark as an engine."""
    return Engine("spark", lambda table: spark.createDataFrame(table).coalesce(1).cache())


@pytest.fixture(
    params=[*_OF_TABLE, pytest.param("spark", marks=pytest.mark.spark)], scope="session"
)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each of the engines in turn."""
    if request.param == "spark":
        spark: Engine = request.getfixturevalue("spark_engine")
        return spark
    return Engine(request.param, _OF_TABLE[request.param])
