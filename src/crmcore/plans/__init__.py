"""Plans: the difference between who holds what today and who should, with its reasons.

A `Plan` is a value: its moves in words and numbers, what stays uncovered and why, the balance
before and after, and a certificate of how far from the best possible it can be. It can be
read, simulated and taken back; `crmcore.reassignment` makes plans, `crmcore.reviews` carries
them out.

>>> from crmcore.plans import Move, MoveKind, MoveReason
>>> move = Move(
...     customer="c-1",
...     from_member="wei",
...     to_member="lin",
...     reason=MoveReason(kind=MoveKind.BETTER_FIT, fit_before=70, fit_after=100),
... )
>>> print(move)
customer:c-1: wei → lin (better fit; fit 70 → 100 %)
"""

from __future__ import annotations

from ._balance import Balance, MemberChange, MemberLoad
from ._carried import Carried
from ._move import Move, MoveKind, MoveReason, Term, subject
from ._plan import Plan, PlanKind
from ._raci import RaciMatrix
from ._uncovered import Remedy, Shortfall, Uncovered

__all__ = [
    "Balance",
    "Carried",
    "MemberChange",
    "MemberLoad",
    "Move",
    "MoveKind",
    "MoveReason",
    "Plan",
    "PlanKind",
    "RaciMatrix",
    "Remedy",
    "Shortfall",
    "Term",
    "Uncovered",
    "subject",
]
