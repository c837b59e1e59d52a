"""Distribution: what arrives goes to whose turn it is, by weight, with memory.

A `Rota` holds members who take turns, each with a weight, and remembers what each was given.
The next `Arrival` goes to the member whose count for each unit of weight is lowest, of those
who may take it; ties go by the stated order. Every `Decision` says why:

>>> from datetime import UTC, datetime
>>> from crmcore.distribution import Arrival, Rota
>>> from crmcore.organization import Member
>>> team = [Member(id=m, name=m.title(), team="care", weekly_hours=38) for m in ("ann", "bo")]
>>> rota = Rota.of(team, weights={"ann": 1, "bo": 2})
>>> monday = datetime(2026, 9, 28, 9, tzinfo=UTC)
>>> done = rota.hand_out([f"c-{n}" for n in range(6)], at=monday)
>>> " ".join(decision.member for decision in done.decisions)
'ann bo bo ann bo bo'
>>> decision, rota = done.rota.assign(Arrival(id="c-6", at=monday))
>>> print(decision.why)
ann, by turn; in turn: ann 2/1, bo 4/2
"""

from __future__ import annotations

from ._arrival import Arrival, Held
from ._decision import Decision
from ._desk import Desk
from ._need import Need
from ._rota import Distribution, Rota
from ._share import CatchUp, Limit, Share, Start
from ._why import Outcome, Skip, SkipReason, Why

__all__ = [
    "Arrival",
    "CatchUp",
    "Decision",
    "Desk",
    "Distribution",
    "Held",
    "Limit",
    "Need",
    "Outcome",
    "Rota",
    "Share",
    "Skip",
    "SkipReason",
    "Start",
    "Why",
]
