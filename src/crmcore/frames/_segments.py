"""Segments on frames: where a table puts every row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeVar

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Schema
from crmcore.segments import SegmentTable

from ._choices import first_of
from ._masks import counted, total, words
from ._passes import Passes, hidden, opened, zeros

_FrameT = TypeVar("_FrameT")

_HOLDING: Final = hidden("holding")
_BEFORE: Final = hidden("before")


def place(
    frame: _FrameT,
    table: SegmentTable,
    *,
    as_of: date | None = None,
    schema: Schema | None = None,
    prefix: str = "",
) -> _FrameT:
    """Return a frame with the segment of each row, and the segments that might have won.

    The columns are ``segment``, the name of the segment or null where no criterion holds, and
    ``segment_unknown``, the segments that `crmcore.segments.Placement` has in *unknown*, a bit
    for each: the first segment of the table is the lowest bit. A column holds 63 segments;
    those of the next 63 are in ``segment_unknown_2``, and so on.

    A row that the table would refuse, because two segments hold where exactly one should, has
    nulls in all of them; ``segment_unknown`` is null nowhere else.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        table: The segments. Number literals are fitted to the columns that they meet.
        as_of: The day of judgement; only needed where a criterion depends on it.
        schema: The types of the columns; those of `schema_of` if there is none.
        prefix: What the names of the columns begin with.

    Raises:
        FaultsError: If a criterion cannot run over these columns.
        InvalidValueError: If the frame is of another library or has a column of such a name, or
            *as_of* is needed and missing.

    .. versionadded:: 0.1.0
    """
    reading = frozenset().union(*(segment.criterion.fields for segment in table.segments))
    expressions = opened(frame, schema=schema, as_of=as_of, reading=reading)
    verdicts = {
        hidden("holds", number): expressions.verdict(
            expressions.schema.fit(segment.criterion), path=f"segments[{number}].criterion"
        )
        for number, segment in enumerate(table.segments)
    }
    placing = _Placing(
        table=table, holds=[nw.col(name) for name in verdicts], nothing=zeros(expressions)
    )
    added = {prefix + name: column for name, column in placing.columns().items()}
    placed: _FrameT = Passes(expressions.frame, [verdicts, placing.counts()], added).run()
    return placed


@attrs.frozen(kw_only=True)
class _Placing:
    """The passes that come after the verdicts.

    Attributes:
        table: The segments.
        holds: The verdict of each segment.
        nothing: A column of zeros.
    """

    table: SegmentTable
    holds: Sequence[nw.Expr]
    nothing: nw.Expr

    def counts(self) -> dict[str, nw.Expr]:
        """Return how many segments hold, and before which one an unknown might have won."""
        ones = [nw.when(holds).then(nw.lit(1)).otherwise(nw.lit(0)) for holds in self.holds]
        holding, most = total([self.nothing, *ones]), nw.lit(len(self.holds))
        numbers = [(holds, nw.lit(number)) for number, holds in enumerate(self.holds)]
        if self.table.exactly_one:
            return {_HOLDING: holding, _BEFORE: nw.when(holding == 0).then(most).otherwise(0)}
        return {_BEFORE: first_of([(self.nothing > 0, most), *numbers], most)}

    def columns(self) -> dict[str, nw.Expr]:
        """Return the columns that the user gets."""
        unknown = {
            number: holds.is_null() & (nw.col(_BEFORE) > number)
            for number, holds in enumerate(self.holds)
        }
        names = [nw.lit(segment.name) for segment in self.table.segments]
        winners = zip(self.holds, names, strict=True)
        columns = {
            "segment": first_of([(self.nothing > 0, nw.lit("")), *winners]),
            **words(
                "segment_unknown", counted(unknown).items(), bits=len(names), nothing=self.nothing
            ),
        }
        if not self.table.exactly_one:
            return columns
        is_clear = nw.col(_HOLDING) <= 1
        return {name: nw.when(is_clear).then(column) for name, column in columns.items()}
