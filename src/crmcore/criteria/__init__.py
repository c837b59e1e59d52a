"""Criteria: one small closed language of predicates over a record's fields.

A criterion is a frozen value, built with operators; `crmcore.notation` writes it down. It says of a
record that it *holds*, that it *fails*, or, where something is missing, that this is
*unknown*; and it says why. Whatever the library selects, it selects with one of these:

>>> from crmcore.criteria import F, Schema
>>> slipping = (F.days_since_last > 90) & F.tier.in_(["gold", "silver"])
>>> print(slipping.explain({"days_since_last": 131, "tier": "gold"}))
holds: days_since_last is 131, more than 90; tier is gold, one of gold, silver
would not hold if days_since_last were 90 or less
would not hold if tier were none of gold, silver
>>> slipping.evaluate({"days_since_last": 131}).label
Phrase(en='unknown', zh='未知')

It calculates where it must, and names what left it without an answer:

>>> dear = F.spend / F.visits > 40
>>> print(dear.explain({"spend": 300, "visits": 6}))
holds: spend / visits is 50.0 (spend 300, visits 6), more than 40
would not hold if spend / visits were 40 or less
>>> dear.explain({"spend": 300, "visits": None}).missing
('visits',)

It is checked against the fields that there are before it runs:

>>> Schema.of(days_since_last=int | None, tier=str).faults(F.days_since_lost > 90)
(Fault(path='gt', problem="unknown field 'days_since_lost'; did you mean 'days_since_last'?"),)
"""

from __future__ import annotations

from ._asking import predicate
from ._back_end import BackEnd
from ._builder import F, all_of, any_of, named, unless
from ._column import Column
from ._criterion import AS_OF as as_of  # noqa: N811 - it reads as a name inside a criterion
from ._criterion import EVERYTHING, Criterion
from ._explanation import Explanation
from ._predicate import Predicate
from ._registry import Predicates
from ._schema import Schema

__all__ = [
    "EVERYTHING",
    "BackEnd",
    "Column",
    "Criterion",
    "Explanation",
    "F",
    "Predicate",
    "Predicates",
    "Schema",
    "all_of",
    "any_of",
    "as_of",
    "named",
    "predicate",
    "unless",
]
