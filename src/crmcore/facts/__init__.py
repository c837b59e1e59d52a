"""Facts: what was judged when, kept as it was judged.

A judgement is made again and again: as of today a customer is silver, and was gold in May. A
fact holds one judgement fast, with the day and the policy: a `StageFact`, a `TierFact`, a
`ScoreFact` with its whole ledger, a `KpiFact` with all that it rests on. Facts are only ever
added. So there is an answer to what held on a day, which is the `latest` judgement by then:

>>> from datetime import UTC, date, datetime
>>> from crmcore.facts import TierFact, changes, latest
>>> def judged(tier, since, as_of):
...     return TierFact(
...         customer="c-17",
...         tier=tier,
...         since=since,
...         as_of=as_of,
...         policy="shop",
...         policy_version="3",
...         fingerprint="9f2c",
...         recorded_at=datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=UTC),
...     )
>>> facts = [
...     judged("silver", date(2026, 1, 1), as_of=date(2026, 3, 1)),
...     judged("gold", date(2026, 4, 1), as_of=date(2026, 4, 1)),
...     judged("gold", date(2026, 4, 1), as_of=date(2026, 5, 1)),
... ]
>>> latest(facts, date(2026, 3, 31)).tier
'silver'
>>> [str(fact.since) for fact in changes(facts) if fact.tier == "gold"]
['2026-04-01']

A store keeps them behind a `FactLog`, as tables with plain columns that other programs read.
"""

from __future__ import annotations

from ._customer import ScoreFact, StageFact, TierFact
from ._fact import Fact, FactId, changes, in_order, latest
from ._kpi import KpiFact, KpiScope
from ._repository import FactLog, FactRepository

__all__ = [
    "Fact",
    "FactId",
    "FactLog",
    "FactRepository",
    "KpiFact",
    "KpiScope",
    "ScoreFact",
    "StageFact",
    "TierFact",
    "changes",
    "in_order",
    "latest",
]
