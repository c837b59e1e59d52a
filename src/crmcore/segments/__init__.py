"""Segments: who belongs together, by recency, frequency and monetary value, and in which tier.

`RfmBins` turns three features into three scores from 1 to 5, of which 5 is best; an `RfmCell`
is one of their 125 combinations. A `Segment` is a criterion with a name. A `SegmentTable`
puts every customer into one segment, and `lint` looks at all cells and tells which of them
nobody covers. A `TierPolicy` moves customers between service classes without flapping.

>>> from crmcore.criteria import F
>>> from crmcore.segments import RfmBins, RfmCell, Segment, SegmentTable, lint
>>> bins = RfmBins(
...     recency=(115, 181, 297, 482), frequency=(4, 5, 6, 8), monetary=(50, 100, 200, 400)
... )
>>> table = SegmentTable(
...     segments=[
...         Segment("champions", (F.r >= 4) & (F.f >= 4)),
...         Segment("slipping", (F.r <= 3) & (F.f >= 3)),
...     ]
... )
>>> table.assign(RfmCell(r=2, f=5, m=4)).name
'slipping'
>>> for finding in lint(table):
...     print(finding)
warning · segment_table · no segment covers 60 of 125 cells, such as 1-1-1
"""

from __future__ import annotations

from ._lint import lint
from ._rfm import RfmBins, RfmCell
from ._segment import Placement, Segment, SegmentTable
from ._summary import GroupSummary, summarize
from ._tier import Tier, TierChange, TierHistory
from ._tier_policy import TierPolicy

__all__ = [
    "GroupSummary",
    "Placement",
    "RfmBins",
    "RfmCell",
    "Segment",
    "SegmentTable",
    "Tier",
    "TierChange",
    "TierHistory",
    "TierPolicy",
    "lint",
    "summarize",
]
