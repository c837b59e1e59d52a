"""The unit of work over a transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.audit import Act, AuditHead, AuditKey, AuditRecord
from crmcore.customers import Contact, Customer, Ownership
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    InvalidValueError,
    KeyReusedError,
)
from crmcore.events import DomainEvent
from crmcore.facts import KpiFact, ScoreFact, StageFact, TierFact
from crmcore.organization import (
    Assignment,
    Department,
    Member,
    Responsibility,
    Role,
    Team,
)
from crmcore.repositories import Aggregate

from ._capability import DEFAULT_TENANT
from ._command import Command
from ._facts import Facts, FactTables
from ._protocols import UnitOfWork
from ._records import Activities, Assignments, Contacts, Gate, Matters, Ownerships, Records
from ._table import Table, Transaction
from ._trail import AuditedTable, Auditor, Trail

A = TypeVar("A", bound=Aggregate)

_COMMAND: Final = Command.__name__.lower()


class TableUnitOfWork:
    """A `UnitOfWork` over the tables of a `Transaction`.

    A store of your own writes the transaction and its tables; versions, errors, criteria,
    pages, facts, commands, the audit trail and the end of the unit come from here. It has a
    repository for each kind of records under the name that `UnitOfWork` gives it.

    .. versionadded:: 0.1.0
    """

    def __init__(
        self,
        transaction: Transaction,
        *,
        readonly: bool = False,
        tenant: str = DEFAULT_TENANT,
        act: Act | None = None,
        audit_key: AuditKey | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Begin a unit of work.

        Args:
            transaction: What it reads from and writes to.
            readonly: Whether writing is refused.
            tenant: Whose records the transaction is about, for the audit trail.
            act: Who does it, when and why, for the audit trail.
            audit_key: What the audit trail is kept with; None for keeping none.
            random: Returns so many random bytes, which make personal values in the audit trail
                unguessable once they are erased from it.

        Raises:
            InvalidValueError: If *act* or *audit_key* is none; the transaction is rolled back.
        """
        for name, found, wanted in (("act", act, Act), ("audit_key", audit_key, AuditKey)):
            if found is not None and not isinstance(found, wanted):
                transaction.rollback()
                rule = f"be an {wanted.__name__}"
                raise InvalidValueError(name, f"a {type(found).__name__}", rule)
        self._transaction = transaction
        self._gate = Gate(readonly)
        self._events: list[DomainEvent] = []
        self._auditor: Auditor | None = None
        self.commands: Records[Command] = Records(*self._parts("commands", Command))
        self.facts: FactTables = self._facts()
        links = Records(*self._parts("audit_records", AuditRecord))
        heads = Records(*self._parts("audit_heads", AuditHead))
        if audit_key is not None:
            self._auditor = Auditor(key=audit_key, act=act, tenant=tenant, random=random)
        self.trail: Trail = Trail(links, heads, self._auditor)
        # What follows is audited.
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
        table = self._transaction.table(name, record)
        if self._auditor is not None:
            table = AuditedTable(
                name,
                table,
                self._auditor,
                records=self._transaction.table("audit_records", AuditRecord),
                heads=self._transaction.table("audit_heads", AuditHead),
                gate=self._gate,
            )
        return record, table, self._gate

    def __repr__(self) -> str:
        """Return what it may do yet."""
        may = "only reads" if self._gate.readonly else "reads and writes"
        return f"<{type(self).__name__} that {may if self._gate.is_open else 'has ended'}>"

    def _facts(self) -> FactTables:
        return FactTables(
            stages=Facts(Records(*self._parts("stage_facts", StageFact)), "customer"),
            tiers=Facts(Records(*self._parts("tier_facts", TierFact)), "customer"),
            scores=Facts(Records(*self._parts("score_facts", ScoreFact)), "customer"),
            kpis=Facts(Records(*self._parts("kpi_facts", KpiFact)), "subject"),
        )

    def record(self, *events: DomainEvent) -> None:
        """Tell others what has happened, once it is kept."""
        self._gate.write()
        for event in events:
            if not isinstance(event, DomainEvent):
                raise InvalidValueError("events", f"a {type(event).__name__}", "be a DomainEvent")
        self._events.extend(events)

    def once(self, key: str, /, *, request: str) -> Command | None:
        """Return the command that was carried out under *key*, or begin it and return None."""
        self._gate.write()
        if not isinstance(request, str):
            raise InvalidValueError("request", f"a {type(request).__name__}", "be text")
        asked = request.encode(errors="surrogatepass")  # it may be whatever somebody has typed
        command = Command(id=key, request=hashlib.sha256(asked).hexdigest())
        found = self.commands.find(key)
        if found is None:
            try:
                self.commands.add(command)
            except AlreadyExistsError as error:  # by somebody who has committed since
                raise _conflict(error) from None
        elif found.request != command.request:
            raise KeyReusedError(key)
        return found

    def answer(self, key: str, text: str, /) -> None:
        """Keep what was answered to the command under *key*."""
        self.commands.save(attrs.evolve(self.commands.get(key), answer=text))

    def commit(self) -> None:
        """Keep everything, and end."""
        self._gate.read()
        self._gate.is_open = False
        try:
            self._gate.keep()
            if self._events:
                self._transaction.emit(tuple(self._events))
            self._transaction.commit()
        except BaseException as error:
            self._transaction.rollback()
            if isinstance(error, AlreadyExistsError) and error.kind == _COMMAND:
                raise _conflict(error) from None
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


def _conflict(error: AlreadyExistsError) -> ConcurrencyConflictError:
    """Return the refusal after which to try again, and find what the other one was answered."""
    return ConcurrencyConflictError(error.kind, error.key, 0, 1)


if TYPE_CHECKING:
    _: type[UnitOfWork] = TableUnitOfWork
