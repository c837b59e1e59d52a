"""Testing: what holds other people's stores and back ends to the promises, and what to test with.

A store of your own is tested by one line, with the examples and the random histories that test
the library's own stores:

>>> from crmcore.memory import MemoryStore
>>> from crmcore.testing import check_store
>>> check_store(MemoryStore, histories=2)

So is a back end of the language of criteria, by random criteria on records from the edge, where
engines part ways:

>>> from crmcore.testing import check_back_end
>>> def compiled(criteria, rows, as_of):
...     return [list(map(criterion.compile(as_of=as_of), rows)) for criterion in criteria]
>>> check_back_end(compiled, verdicts=2_000).verdicts
2000

Records and criteria come from Hypothesis strategies; that of records takes the strategies of
the fields that are to be something particular:

>>> from hypothesis import find, strategies as st
>>> from crmcore.customers import Customer
>>> from crmcore.testing import records
>>> northern = records(Customer, id=st.just("c-17"), region=st.just("north"))
>>> find(northern, lambda customer: customer.archived_at is None).id
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
for _name in (
    "archiving",
    "asking",
    "commanding",
    "conformance",
    "extremes",
    "finding",
    "histories",
    "judging",
    "keeping",
    "paging",
    "running",
    "telling",
    "tenants",
    "together",
    "trails",
    "units",
    "upserting",
):
    pytest.register_assert_rewrite(f"crmcore.testing._{_name}")

from ._back_ends import Tally, check_back_end  # noqa: E402 - only once there is what it needs
from ._check import check_store  # noqa: E402 - as above
from ._conformance import StoreConformance  # noqa: E402 - as above
from ._edges import EDGES, random_rows  # noqa: E402 - as above
from ._histories import make_state_machine  # noqa: E402 - as above
from ._predicates import check_predicate  # noqa: E402 - as above
from ._random_criteria import random_criteria  # noqa: E402 - as above
from ._solvers import check_solver  # noqa: E402 - as above
from ._strategies import criteria, organizations, records  # noqa: E402 - as above
from ._suite import SUITE  # noqa: E402 - as above
from ._values import amounts  # noqa: E402 - as above

__all__ = [
    "EDGES",
    "SUITE",
    "StoreConformance",
    "Tally",
    "amounts",
    "check_back_end",
    "check_predicate",
    "check_solver",
    "check_store",
    "criteria",
    "make_state_machine",
    "organizations",
    "random_criteria",
    "random_rows",
    "records",
]
