"""Decisions: who takes an arrival, with the reason at hand when somebody asks."""

from __future__ import annotations

import attrs

from crmcore.kernel import MemberId

from ._arrival import Arrival
from ._page import Page
from ._why import Outcome, Why


@attrs.frozen(kw_only=True)
class Decision:
    """Who takes an arrival.

    Attributes:
        arrival: What came.
        member: Who takes it; None where nobody may.
        outcome: How it was decided.

    .. versionadded:: 0.1.0
    """

    arrival: Arrival
    member: MemberId | None
    outcome: Outcome
    _page: Page | None = attrs.field(default=None, eq=False, repr=False)
    _until: int = attrs.field(default=0, eq=False, repr=False)

    @property
    def why(self) -> Why:
        """Why, with what counted for everybody at that moment.

        It is worked out when it is asked for, and costs nothing where nobody asks.
        """
        if self._page is None:
            return Why(outcome=self.outcome, member=self.member)
        return self._page.tell(
            self.arrival, member=self.member, outcome=self.outcome, until=self._until
        )

    def __str__(self) -> str:
        """Return what goes to whom, and why, in English."""
        return f"{self.arrival.id}: {self.why}"
