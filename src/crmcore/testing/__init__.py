"""Testing: what holds other people's stores to the promises, and records to test with.

A store of your own is tested by one line, with the examples and the random histories that test
the library's own stores:

>>> from crmcore.memory import MemoryStore
>>> from crmcore.testing import check_store
>>> check_store(MemoryStore, histories=2)

The other names are Hypothesis strategies for the records; each takes the strategies of the
fields that are to be something particular:

>>> from hypothesis import find, strategies as st
>>> from crmcore.testing import customers
>>> find(customers(id=st.just("c-17")), lambda customer: customer.region == "north").id
'c-17'

It needs the extra ``crmcore[testing]``.
"""

from __future__ import annotations

from crmcore.errors import MissingExtraError

try:
    import hypothesis  # noqa: F401 - only to see whether it is there
    import pytest
except ImportError:
    raise MissingExtraError("crmcore.testing", "testing") from None

# Before they are imported, so that a failing check shows both sides.
for _name in ("finding", "histories", "keeping", "units"):
    pytest.register_assert_rewrite(f"crmcore.testing._{_name}")

from ._check import check_store  # noqa: E402 - only once there is what it needs
from ._strategies import (  # noqa: E402 - as above
    assignments,
    contacts,
    customers,
    departments,
    interactions,
    members,
    organizations,
    ownerships,
    purchases,
    responsibilities,
    roles,
    teams,
)
from ._values import amounts  # noqa: E402 - as above

__all__ = [
    "amounts",
    "assignments",
    "check_store",
    "contacts",
    "customers",
    "departments",
    "interactions",
    "members",
    "organizations",
    "ownerships",
    "purchases",
    "responsibilities",
    "roles",
    "teams",
]
