"""Service: what customers asked for, complained of and said, and what became of it.

A `ServiceRequest` runs from the first call to the final solution, with the pauses in which
nothing could be done. A `Complaint` belongs to a matter, so that who complains twice of the
same is counted once. `Feedback` is what customers say without waiting for an answer, and an
`Outcome` is what a customer was to reach by a day.

>>> from datetime import UTC, datetime
>>> from crmcore.kernel import CustomerId
>>> from crmcore.service import ServiceRequest
>>> request = ServiceRequest(
...     id="r-1",
...     customer=CustomerId("c-17"),
...     opened_at=datetime(1998, 6, 3, 9, tzinfo=UTC),
...     responded_at=datetime(1998, 6, 3, 9, 20, tzinfo=UTC),
...     solved_at=datetime(1998, 6, 4, 15, tzinfo=UTC),
...     contacts=1,
... )
>>> request.is_solved_at_first, request.settled_at == request.solved_at
(True, True)
"""

from __future__ import annotations

from ._complaint import Complaint
from ._feedback import Feedback
from ._outcome import Outcome
from ._pause import Pause
from ._request import ServiceRequest

__all__ = ["Complaint", "Feedback", "Outcome", "Pause", "ServiceRequest"]
