"""The plan of a department: who should do what, and who should look after whom."""

from __future__ import annotations

import hashlib
from datetime import date

import attrs

from crmcore.kernel import Phrase
from crmcore.plans import Move, Plan, Uncovered
from crmcore.reassignment import Scenario


@attrs.frozen(kw_only=True)
class DepartmentPlan:
    """Two plans that belong together: duties first, then customers in the hours left.

    Attributes:
        duties: Who should hold which duty.
        customers: Who should look after which customer.
        duty_scenario: What the first was made from, for `crmcore.reassignment.what_if`.
        customer_scenario: What the second was made from.

    .. versionadded:: 0.1.0
    """

    duties: Plan
    customers: Plan
    duty_scenario: Scenario = attrs.field(eq=False, repr=False)
    customer_scenario: Scenario = attrs.field(eq=False, repr=False)

    @property
    def as_of(self) -> date:
        """The day that it was made for."""
        return self.customers.as_of

    @property
    def moves(self) -> tuple[Move, ...]:
        """What changes hands: customers, then duties."""
        return (*self.customers.moves, *self.duties.moves)

    @property
    def uncovered(self) -> tuple[Uncovered, ...]:
        """What nobody can hold: duties, then customers."""
        return (*self.duties.uncovered, *self.customers.uncovered)

    @property
    def fingerprint(self) -> str:
        """What tells this plan from another: the same moves of the same day have the same."""
        both = f"{self.duties.fingerprint} {self.customers.fingerprint}"
        return hashlib.sha256(both.encode()).hexdigest()[:16]

    @property
    def certificate(self) -> Phrase:
        """How far from the best possible each of the two can be at most."""
        duties = self.duties.certificate.wording
        customers = self.customers.certificate.wording
        return Phrase(
            f"duties: {duties.en}; customers: {customers.en}",
            f"职责：{duties.zh}；客户：{customers.zh}",
        )

    def __repr__(self) -> str:
        """Return how much moves, and how good that is."""
        return (
            f"<DepartmentPlan as of {self.as_of}: {len(self.duties.moves)} duties and "
            f"{len(self.customers.moves)} customers move; {self.certificate}>"
        )
