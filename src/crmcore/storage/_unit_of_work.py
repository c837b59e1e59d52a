"""The unit of work over a transaction."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.customers import Contact, Customer, Ownership
from crmcore.organization import (
    Assignment,
    Department,
    Member,
    Responsibility,
    Role,
    Team,
)
from crmcore.repositories import Aggregate

from ._protocols import UnitOfWork
from ._records import Activities, Assignments, Contacts, Gate, Matters, Ownerships, Records
from ._table import Table, Transaction

A = TypeVar("A", bound=Aggregate)


class TableUnitOfWork:
    """A `UnitOfWork` over the tables of a `Transaction`.

    A store of your own writes the transaction and its tables; versions, errors, criteria, pages
    and the end of the unit come from here.

    .. versionadded:: 0.1.0
    """

    def __init__(self, transaction: Transaction, *, readonly: bool = False) -> None:
        """Begin a unit of work.

        Args:
            transaction: What it reads from and writes to.
            readonly: Whether writing is refused.
        """
        self._transaction = transaction
        self._gate = Gate(readonly)
        self.customers: Records[Customer] = Records(*self._parts("customers", Customer))
        self.contacts: Contacts = Contacts(*self._parts("contacts", Contact))
        self.ownerships: Ownerships = Ownerships(*self._parts("ownerships", Ownership))
        self.purchases: Activities[Purchase] = Activities(*self._parts("purchases", Purchase))
        self.interactions: Activities[Interaction] = Activities(
            *self._parts("interactions", Interaction)
        )
        self.matters: Matters = Matters(*self._parts("matters", Matter))
        self.departments: Records[Department] = Records(*self._parts("departments", Department))
        self.teams: Records[Team] = Records(*self._parts("teams", Team))
        self.roles: Records[Role] = Records(*self._parts("roles", Role))
        self.members: Records[Member] = Records(*self._parts("members", Member))
        self.responsibilities: Records[Responsibility] = Records(
            *self._parts("responsibilities", Responsibility)
        )
        self.assignments: Assignments = Assignments(*self._parts("assignments", Assignment))

    def _parts(self, name: str, record: type[A]) -> tuple[type[A], Table[A], Gate]:
        return record, self._transaction.table(name, record), self._gate

    def commit(self) -> None:
        """Keep everything, and end."""
        self._gate.read()
        self._gate.is_open = False
        try:
            self._transaction.commit()
        except BaseException:
            self._transaction.rollback()
            raise

    def rollback(self) -> None:
        """Keep nothing, and end."""
        self._gate.read()
        self._gate.is_open = False
        self._transaction.rollback()

    def __enter__(self) -> Self:
        """Begin the block that the unit of work lasts for."""
        self._gate.read()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Roll back, unless it was committed or rolled back already."""
        if self._gate.is_open:
            self.rollback()


if TYPE_CHECKING:
    _: type[UnitOfWork] = TableUnitOfWork
