"""Linting: what may be wrong with rules that belong together, known before they run.

Criteria are compared as sets of customers: of a list of segments it is told who is in none of
them or in two, and which can never win; of rules, which say the same. Every finding shows a
customer:

>>> from crmcore.criteria import F, Schema
>>> from crmcore.linting import implies, lint
>>> schema = Schema.of(spend=int, visits=int)
>>> for found in lint(
...     {"loyal": F.visits >= 5, "regular": F.visits >= 2, "keen": F.visits > 7},
...     schema=schema,
... ):
...     print(found)
warning · keen takes nobody: loyal before it takes all of its customers, such as visits 8
warning · none of the criteria takes some customers, such as visits 0
>>> implies(F.visits > 7, F.visits >= 5, schema=schema).verdict.label.en
'holds'
"""

from __future__ import annotations

from ._answer import Answer, can_be, implies
from ._finding import Lint, LintKind
from ._lint import lint

__all__ = ["Answer", "Lint", "LintKind", "can_be", "implies", "lint"]
