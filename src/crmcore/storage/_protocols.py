"""Stores and units of work: what the rest of the library asks of storage."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from crmcore.activities import InteractionRepository, MatterRepository, PurchaseRepository
from crmcore.audit import Act
from crmcore.customers import ContactRepository, CustomerRepository, OwnershipRepository
from crmcore.events import DomainEvent, Outbox
from crmcore.facts import FactLog
from crmcore.organization import (
    AssignmentRepository,
    Department,
    Member,
    Responsibility,
    Role,
    Team,
)
from crmcore.repositories import Repository

from ._capability import DEFAULT_TENANT, Capability
from ._command import Command
from ._trail import Trail


class UnitOfWork(Protocol):
    """One real transaction over all repositories: everything in it happens, or nothing.

    It belongs to one thread, is used once, and keeps nothing unless `commit` is called: leaving
    its ``with`` block without that rolls it back, whether or not something was raised. It reads
    its own writes, and nothing that others have not committed. After its end every call raises
    `crmcore.errors.UnitOfWorkClosedError`.

    .. versionadded:: 0.1.0
    """

    @property
    def customers(self) -> CustomerRepository:
        """Who buys or may buy."""
        ...

    @property
    def contacts(self) -> ContactRepository:
        """Whom to talk to there."""
        ...

    @property
    def ownerships(self) -> OwnershipRepository:
        """Who looks after which customer, from when until when."""
        ...

    @property
    def purchases(self) -> PurchaseRepository:
        """What was bought and what went back."""
        ...

    @property
    def interactions(self) -> InteractionRepository:
        """Contacts that took place."""
        ...

    @property
    def matters(self) -> MatterRepository:
        """What is still to be settled with customers, and what was."""
        ...

    @property
    def departments(self) -> Repository[Department]:
        """The departments."""
        ...

    @property
    def teams(self) -> Repository[Team]:
        """Their teams."""
        ...

    @property
    def roles(self) -> Repository[Role]:
        """The roles that people have."""
        ...

    @property
    def members(self) -> Repository[Member]:
        """The people."""
        ...

    @property
    def responsibilities(self) -> Repository[Responsibility]:
        """What is to be done."""
        ...

    @property
    def assignments(self) -> AssignmentRepository:
        """Who holds which duty, from when until when."""
        ...

    @property
    def facts(self) -> FactLog:
        """What was judged when: stages, tiers, scores and KPIs."""
        ...

    @property
    def commands(self) -> Repository[Command]:
        """What was done once only, and answered; `once` and `answer` write them."""
        ...

    @property
    def trail(self) -> Trail:
        """Who changed what: the audit trail, where the store keeps one."""
        ...

    def record(self, *events: DomainEvent) -> None:
        """Tell others what has happened, once it is kept.

        Raises:
            UnsupportedError: If the store has no outbox; at the latest when committing.
        """
        ...

    def once(self, key: str, /, *, request: str) -> Command | None:
        """Begin what is to be done once only, under a key that whoever asks for it has chosen.

        The first time it returns None: do what was asked, hand the answer to `answer`, and
        commit. From then on it returns the command with that answer, and there is nothing to
        do. Of two who ask at the same moment, one is refused and finds the answer of the other
        when trying again.

        Args:
            key: The key, 1 to 64 characters.
            request: What is asked, as text of any length. Only a digest of it is kept.

        Raises:
            KeyReusedError: If the key stands for another request.
            ConcurrencyConflictError: If somebody else asks at the same moment.
        """
        ...

    def answer(self, key: str, text: str, /) -> None:
        """Keep what was answered to the command under *key*.

        Raises:
            NotFoundError: If there is no such command.
        """
        ...

    def commit(self) -> None:
        """Keep everything, for good where the store is durable, and end.

        Raises:
            ConcurrencyConflictError: If somebody else has changed the same record meanwhile.
            AlreadyExistsError: If somebody else has added the same id meanwhile.
            StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
            CommitUnknownError: If the connection broke at this very moment.
        """
        ...

    def rollback(self) -> None:
        """Keep nothing, and end."""
        ...

    def __enter__(self) -> Self:
        """Begin the block that the unit of work lasts for."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Roll back, unless it was committed or rolled back already."""
        ...


class Store(Protocol):
    """Where a company's records are kept.

    `crmcore.testing.check_store` holds an implementation to all that is said here, in
    `UnitOfWork` and in `crmcore.repositories.Repository`.

    .. versionadded:: 0.1.0
    """

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do beyond what every store does."""
        ...

    def unit_of_work(
        self, *, readonly: bool = False, tenant: str = DEFAULT_TENANT, act: Act | None = None
    ) -> UnitOfWork:
        """Return a new unit of work.

        Args:
            readonly: Whether it only reads. It then sees one state from its beginning to its
                end, whatever others commit, and waits for nobody; writing is refused.
            tenant: Whose records it is about. Those of others are not there for it.
            act: Who does it, when and why, for the audit trail.

        Raises:
            InvalidValueError: If *tenant* is no id.
            SchemaOutOfDateError: If the store was made by another version of the library.
            StorageUnavailableError: If the store cannot be reached, or is closed.
            UnsupportedError: If the store knows no tenants, and *tenant* is not the usual one.
        """
        ...

    def outbox(self, *, tenant: str = DEFAULT_TENANT) -> Outbox:
        """Return the events of one tenant.

        Raises:
            StorageUnavailableError: If the store is closed.
            UnsupportedError: If the store has no outbox.
        """
        ...

    def migrate(self, *, dry_run: bool = False) -> tuple[str, ...]:
        """Bring the store to the schema of this library.

        Args:
            dry_run: Whether only to tell the steps.

        Returns:
            The steps that were taken, or would be; none where nothing is to be done.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections. Closing twice is no mistake."""
        ...

    def __enter__(self) -> Self:
        """Begin the block that the store is used in."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        """Close it."""
        ...
