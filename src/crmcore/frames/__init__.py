"""Frames: criteria over data frames, with the verdicts that single records get.

A criterion keeps the rows for which it holds, or gives every row a verdict in a new column,
in which null is *unknown*. The frame is one of Polars, eager or lazy, a relation of DuckDB, a
frame of PySpark or of pandas, or a table of pyarrow; what comes back is of the same kind.

>>> import polars as pl
>>> from crmcore.criteria import F
>>> from crmcore.frames import judge, where
>>> customers = pl.DataFrame(
...     {"id": ["c-1", "c-2", "c-3"], "visits": [12, None, 3], "tier": ["gold", "gold", None]}
... )
>>> where(customers, (F.visits > 10) & (F.tier == "gold"))["id"].to_list()
['c-1']
>>> judge(customers, {"busy": F.visits > 10})["busy"].to_list()
[True, None, False]

It needs the extra ``crmcore[frames]``, and for PySpark ``crmcore[spark]``.
"""

from __future__ import annotations

from crmcore.errors import MissingExtraError

try:
    import narwhals.stable.v2 as _narwhals
except ImportError:
    raise MissingExtraError("crmcore.frames", "frames") from None
del _narwhals

from ._features import collect_features  # noqa: E402 - only once there is what it needs
from ._measures import evaluate  # noqa: E402 - as above
from ._rfm import add_rfm, quantile_bins  # noqa: E402 - as above
from ._schema import schema_of  # noqa: E402 - as above
from ._scores import score  # noqa: E402 - as above
from ._segments import place  # noqa: E402 - as above
from ._stages import step_stages  # noqa: E402 - as above
from ._tiers import step_tiers  # noqa: E402 - as above
from ._where import judge, verdict, where  # noqa: E402 - as above

__all__ = [
    "add_rfm",
    "collect_features",
    "evaluate",
    "judge",
    "place",
    "quantile_bins",
    "schema_of",
    "score",
    "step_stages",
    "step_tiers",
    "verdict",
    "where",
]
