"""Solver: HiGHS, an engine for mixed-integer programs, as a `crmcore.allocation.Solver`.

The library's own search ends with an assignment and a proof of how far from the best possible
it is. `Highs` goes on from there: it proves small problems to the end, and makes large ones
better by looking again at what the prices leave in doubt. It is handed in wherever something
is allocated, and all that it returns is checked.

>>> from crmcore.allocation import Band, Holder, Item, Option, Problem, solve
>>> from crmcore.solver import Highs
>>> anybody = (Option("wei", fit=3), Option("lin", fit=4))
>>> problem = Problem(
...     holders=[Holder("wei", [Band(90, 0)]), Holder("lin", [Band(90, 0)])],
...     items=[
...         Item(id=name, minutes=work, uncovered=900, options=anybody)
...         for name, work in [("north", 50), ("south", 60), ("east", 40), ("west", 30)]
...     ],
... )
>>> solution = solve(problem, solver=Highs())
>>> print(solution.certificate)
the best possible, proven

The room needs an extra: ``pip install 'crmcore[solver]'``.
"""

from __future__ import annotations

from crmcore.errors import MissingExtraError

try:
    import highspy as _highspy
except ImportError:
    raise MissingExtraError("crmcore.solver", "solver") from None
del _highspy

from ._highs import Highs  # noqa: E402 - only once there is what it needs

__all__ = ["Highs"]
