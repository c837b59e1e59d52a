"""Receipts: what carrying out a plan has changed, and what cannot be changed back.

A `PlanReceipt` lists every holder who gave way, every open matter that went along, and every
last day that was written down, each with its version. It is data: kept as JSON it is as good a
key to the undo as in memory. What happened since then and stays is a `Remainder`, with words:

>>> from crmcore.receipts import Remainder, RemainderKind
>>> print(Remainder(kind=RemainderKind.CONTACT, customer="c-17", member="lin", count=2))
2 contacts with customer 'c-17' by 'lin' took place; that cannot be undone
"""

from __future__ import annotations

from ._change import Change, Departure, MatterChange, item
from ._like import PlanLike
from ._receipt import PlanConflictError, PlanReceipt
from ._remainder import Remainder, RemainderKind

__all__ = [
    "Change",
    "Departure",
    "MatterChange",
    "PlanConflictError",
    "PlanLike",
    "PlanReceipt",
    "Remainder",
    "RemainderKind",
    "item",
]

PlanConflictError.__module__ = __name__  # a traceback names it by the path to import it from
