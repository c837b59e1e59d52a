"""Allocation: who holds what at the least cost, and the proof of how good that is.

This is the mathematics below the reassignment of customers and responsibilities, and it
knows neither. An `Item` is work that one `Holder` may take on; each `Option` says who may,
and at what cost. A holder's load costs too: its curve is one `Band` after another, each
dearer than the last. An item may stay uncovered at a price, so that every `Problem` has a
solution. The answer comes with a `Certificate`, and `check_certificate` recomputes that
without any solver:

>>> from crmcore.allocation import Band, Holder, Item, Option, Problem, check_certificate, solve
>>> problem = Problem(
...     holders=[Holder("wei", [Band(60, 0), Band(60, 2)]), Holder("lin", [Band(120, 0)])],
...     items=[
...         Item(id="north", minutes=60, uncovered=900, options=(Option("wei", fit=10),)),
...         Item(id="south", minutes=60, uncovered=900, options=(Option("wei"), Option("lin", 5))),
...     ],
... )
>>> solution = solve(problem)
>>> solution.assignment
(('north', 'wei'), ('south', 'lin'))
>>> print(solution.certificate)
the best possible, proven
>>> check_certificate(problem, solution.assignment, solution.certificate)
"""

from __future__ import annotations

from ._budget import Budget, Incumbent
from ._certificate import Certificate, Method, check_certificate
from ._model import Band, Conflict, Holder, Item, Option, Problem
from ._solution import Solution
from ._solve import solve
from ._solver import Solver
from ._watch import Watch

__all__ = [
    "Band",
    "Budget",
    "Certificate",
    "Conflict",
    "Holder",
    "Incumbent",
    "Item",
    "Method",
    "Option",
    "Problem",
    "Solution",
    "Solver",
    "Watch",
    "check_certificate",
    "solve",
]
