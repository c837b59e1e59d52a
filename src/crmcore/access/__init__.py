"""Access: who may see which fields of which records, for what purpose, and until when.

Nothing may be seen unless a `Grant` gives it. An `AccessPolicy` turns a record into a `View` at
the boundary of an application: the fields that may be seen are there, and asking for another
one is refused with what would be needed. Records themselves are never masked:

>>> from datetime import date
>>> from crmcore.access import AccessPolicy, Grant
>>> from crmcore.customers import Customer
>>> from crmcore.kernel import CustomerId
>>> policy = AccessPolicy([Grant(id="clerks", role="clerk", of=Customer)])
>>> view = policy.view(
...     Customer(id=CustomerId("c-17"), name="Ada Lovelace", region="north"),
...     actor="lin",
...     roles=["clerk"],
...     as_of=date(1998, 7, 1),
... )
>>> view.region
'north'
>>> view.name
Traceback (most recent call last):
    ...
crmcore.errors.AccessDeniedError: customer.name is denied: it needs a grant to 'lin' or role 'clerk'
"""

from __future__ import annotations

from ._decision import AccessDecision, Obstacle
from ._grant import Grant
from ._policy import AccessPolicy
from ._view import View

__all__ = ["AccessDecision", "AccessPolicy", "Grant", "Obstacle", "View"]
