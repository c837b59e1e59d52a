"""RFM on frames: five bins of recency, frequency and monetary value, of which 5 is best.

Bins are never cut by an engine's own ``NTILE``, which puts equal customers into different bins
and differs between engines. The cuts come from ranks, as those of `RfmBins.by_quantile` do: the
bin of score *k* begins with the least value that is above at least ``(k - 1) / 5`` of all.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Context, Decimal
from functools import reduce
from typing import Any, Final, TypeVar

import narwhals.stable.v2 as nw

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.segments import RfmBins

from ._native import Either, Frame
from ._passes import Passes, aliased, deferred, hidden, through_arrow
from ._terms import present

_FrameT = TypeVar("_FrameT")

_BINS: Final = 5
_RECENCY: Final = "days_since_last"
_FREQUENCY: Final = "frequency"
_MONETARY: Final = "spend"
_MEASURES: Final = (_RECENCY, _FREQUENCY, _MONETARY)
_WIDE: Final = Context(prec=60)


def quantile_bins(features: object) -> RfmBins:
    """Return cuts that put about a fifth of the buyers in each bin, ties together.

    They are those of `crmcore.segments.RfmBins.by_quantile`. It needs a few queries, and gives
    numbers, not a frame.

    Args:
        features: A frame with the columns *days_since_last*, *frequency* and *spend*, as
            `collect_features` gives it. Who has no *days_since_last* does not count.

    Raises:
        InvalidValueError: If nobody has bought anything, a column holds no numbers, or the
            frame is of a library that is not supported.
        UnknownNameError: If there is no such column.

    .. versionadded:: 0.1.0
    """
    frame = through_arrow(Frame.open(features, reading=_MEASURES), _MEASURES)
    buyers = deferred(frame.readable).select(
        *(_number(frame, name).alias(name) for name in _MEASURES)
    )
    # The worst first: of days, that is the most.
    buyers = buyers.drop_nulls(list(_MEASURES)).with_columns((-nw.col(_RECENCY)).alias(_RECENCY))
    best = [nw.col(name).max() for name in _MEASURES]
    count, *best_values = _rows(buyers.select(nw.len().alias("count"), *best))[0]
    if not count:
        raise InvalidValueError("features", 0, "hold at least one customer who has bought")
    rising = _cuts(buyers, count, dict(zip(_MEASURES, best_values, strict=True)))
    return RfmBins(
        recency=_falling(rising[_RECENCY], nearest=-best_values[0]),
        frequency=rising[_FREQUENCY],
        monetary=rising[_MONETARY],
    )


def add_rfm(features: _FrameT, bins: RfmBins) -> _FrameT:
    """Return a frame with the three scores in the columns *r*, *f* and *m*.

    They are null for customers who have not bought anything, who are in no cell.

    Args:
        features: A frame with the columns *days_since_last*, *frequency* and *spend*, as
            `collect_features` gives it.
        bins: Where the bins begin, stated or from `quantile_bins`.

    Raises:
        InvalidValueError: If a column holds no numbers, a column *r*, *f* or *m* is there
            already, or the frame is of a library that is not supported.
        UnknownNameError: If a column is missing.

    .. versionadded:: 0.1.0
    """
    frame = through_arrow(Frame.open(features, reading=_MEASURES), _MEASURES)
    bought = ~nw.col(_RECENCY).is_null()
    scores = {
        "r": nw.lit(_BINS, nw.Int64) - reached(frame, _RECENCY, bins.recency),
        "f": nw.lit(1, nw.Int64) + reached(frame, _FREQUENCY, bins.frequency),
        "m": nw.lit(1, nw.Int64) + reached(frame, _MONETARY, bins.monetary),
    }
    added = {name: nw.when(bought).then(score) for name, score in scores.items()}
    rated: _FrameT = Passes(frame, [], added).run()
    return rated


def reached(frame: Frame, name: str, levels: Sequence[Decimal]) -> nw.Expr:
    """Return how many of the levels the number in a column reaches; null where it is missing."""
    number = _number(frame, name)
    dtype = frame.readable.collect_schema()[name]
    steps = [
        nw.when(number >= _least(level, dtype)).then(nw.lit(1)).otherwise(nw.lit(0))
        for level in levels
    ]
    count = reduce(lambda one, other: one + other, steps, nw.lit(0)).cast(nw.Int64)
    return nw.when(~number.is_null()).then(count)


def _least(level: Decimal, dtype: nw.dtypes.DType) -> int | float | Decimal:
    """Return the least number of this type that reaches a level, so that both are of one type."""
    if dtype.is_integer():
        return math.ceil(level)
    if isinstance(dtype, nw.Decimal):
        return level.quantize(Decimal(1).scaleb(-dtype.scale), ROUND_CEILING, _WIDE)
    number = float(level)
    return number if Decimal(number) >= level else math.nextafter(number, math.inf)


def _number(frame: Frame, name: str) -> nw.Expr:
    """Return the values of a column of numbers, in a type with a sign and without NaN."""
    types = frame.readable.collect_schema()
    if name not in types:
        raise UnknownNameError("column", name, types.names())
    dtype, values = types[name], nw.col(name)
    if dtype.is_integer():
        return values.cast(nw.Int64)
    if dtype.is_float():
        return present(values.cast(nw.Float64))
    if not dtype.is_decimal():
        raise InvalidValueError(name, str(dtype), "be a column of numbers")
    return values


def _cuts(buyers: Either, count: int, best: Mapping[str, Any]) -> Mapping[str, list[Any]]:
    """Return by measure where scores 2 to 5 begin, without those that nobody reaches."""
    # The least value that leaves so many behind is the next above the last of them.
    ranks = [-(-score * count // _BINS) - 1 for score in range(1, _BINS)]
    placed = buyers
    for name in best:
        placed = placed.with_row_index(hidden(name), order_by=name)
    ranked = [nw.col(hidden(name)).is_in(ranks) for name in best]
    rows = _rows(placed.filter(reduce(operator.or_, ranked)).select(*best, *map(hidden, best)))
    left_behind = {
        name: [row[at] for rank in ranks for row in rows if row[len(best) + at] == rank]
        for at, name in enumerate(best)
    }
    wanted = {
        hidden(name, place): nw.when(nw.col(name) > value).then(nw.col(name))
        for name, values in left_behind.items()
        for place, value in enumerate(values)
        if value < best[name]
    }
    if not wanted:
        return {name: [] for name in best}
    above = buyers.select(*aliased(wanted)).select(*(nw.col(name).min() for name in wanted))
    found = dict(zip(wanted, _rows(above)[0], strict=True))
    return {
        name: [
            found[key]
            for key in (hidden(name, place) for place in range(_BINS - 1))
            if key in found
        ]
        for name in best
    }


def _falling(cuts: Sequence[int], *, nearest: int) -> list[int]:
    """Return where scores 4 to 1 begin among days, from where they end among negative days.

    A bin of negative days from *cut* up reaches, in days, up to and with ``-cut``: the next
    worse bin begins a day later. Where the best scores are not given, they begin to fail with
    the fewest days there are.
    """
    ungiven = [nearest] * (_BINS - 1 - len(cuts))
    return [*ungiven, *(1 - cut for cut in reversed(cuts))]


def _rows(frame: Either) -> list[tuple[Any, ...]]:
    """Return the rows of a small frame."""
    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return eager.rows()
