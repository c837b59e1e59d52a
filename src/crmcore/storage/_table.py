"""Tables and transactions: the little that one store does differently from the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.audit import AuditHead, AuditRecord
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.customers import Contact, Customer, Ownership
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
from crmcore.repositories import Aggregate, Order

from ._command import Command

A = TypeVar("A", bound=Aggregate)

RECORDS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {
        "customers": Customer,
        "contacts": Contact,
        "ownerships": Ownership,
        "purchases": Purchase,
        "interactions": Interaction,
        "matters": Matter,
        "departments": Department,
        "teams": Team,
        "roles": Role,
        "members": Member,
        "responsibilities": Responsibility,
        "assignments": Assignment,
        "stage_facts": StageFact,
        "tier_facts": TierFact,
        "score_facts": ScoreFact,
        "kpi_facts": KpiFact,
        "commands": Command,
        "audit_heads": AuditHead,  # before the links: who meets somebody there may try again
        "audit_records": AuditRecord,
    }
)
"""Every kind of record that a store keeps, by the name of its table."""


@attrs.frozen(order=False)
class _Rank:
    """A value with its place among others: None first, or last where the order descends."""

    value: Any
    descending: bool

    def __lt__(self, other: _Rank) -> bool:
        low, high = (other.value, self.value) if self.descending else (self.value, other.value)
        if low is None or high is None:
            return low is None and high is not None
        return bool(low < high)


@attrs.frozen(kw_only=True)
class Selection:
    """Which rows of a table are wanted; what is None does not narrow it.

    Attributes:
        order: By which fields they come; always by id at last.
        after: Only rows behind this place: the values of the fields of *order*, and an id.
        archived: Whether rows that were put out of use are wanted too.
        customer: Only rows of this customer.
        member: Only rows of this member.
        before: Only rows whose ``at`` lies before this instant.
        lasting: Only rows whose interval, from ``since`` up to ``until``, holds this instant.
        open: Only matters that are open at this instant.
        where: What the rows are asked afterwards. A table that can may leave out rows for
            which this does not hold, and need not: it may as well look away.

    .. versionadded:: 0.1.0
    """

    order: tuple[Order, ...] = ()
    after: tuple[Any, ...] | None = None
    archived: bool = True
    customer: str | None = None
    member: str | None = None
    before: datetime | None = None
    lasting: datetime | None = None
    open: datetime | None = None
    where: Criterion = EVERYTHING

    def takes(self, row: Any) -> bool:  # noqa: ANN401 - a record of any kind that has the fields
        """Say whether *row* is wanted, the criterion apart: the plain meaning of a selection."""
        return (
            (self.after is None or self._rank(self.after) < self._rank(self.place(row)))
            and (self.archived or row.archived_at is None)
            and (self.customer is None or row.customer == self.customer)
            and (self.member is None or row.member == self.member)
            and (self.before is None or row.at < self.before)
            and (self.lasting is None or row.lasts_at(self.lasting))
            and (self.open is None or row.is_open_at(self.open))
        )

    def place(self, row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - as above
        """Return where *row* stands: the values of the fields of the order, and its id."""
        values = (getattr(row, by.field) for by in self.order)
        return (*(found.value if isinstance(found, Enum) else found for found in values), row.id)

    def sorted(self, rows: Iterable[A]) -> list[A]:
        """Return rows in their order."""
        return sorted(rows, key=lambda row: self._rank(self.place(row)))

    def _rank(self, place: Sequence[Any]) -> Any:  # noqa: ANN401 - what Python can compare
        if not self.order:
            return place[0]
        ranks = [_Rank(value, by.descending) for value, by in zip(place, self.order, strict=False)]
        return (*ranks, _Rank(place[-1], descending=False))


class Table(Protocol[A]):
    """What a store must be able to do with the records of one kind.

    Six plain deeds, without rules: `TableUnitOfWork` puts versions, errors, criteria, pages,
    facts, commands, the audit trail and the end of the unit of work on top of them, the same
    for every store.

    .. versionadded:: 0.1.0
    """

    def read(self, keys: Iterable[str], /) -> Iterable[A]:
        """Return the records stored under *keys*, in any order; each key comes once."""
        ...

    def scan(self, selection: Selection, /) -> Iterator[A]:
        """Yield the selected records in their order, in constant memory.

        The caller may write while it goes through them, and meets none of them twice.
        """
        ...

    def count(self, selection: Selection, /) -> int:
        """Return how many records are selected, the criterion apart."""
        ...

    def insert(self, records: Iterable[A], /) -> tuple[str, ...]:
        """Store records with version 1, whatever version they carry.

        Returns:
            The ids that were taken, by a stored record or by one that came before, in the
            order in which they came. All other records are stored.
        """
        ...

    def update(self, records: Iterable[A], /) -> tuple[str, ...]:
        """Store changed records, each with the version that it carries.

        Returns:
            The ids that are not stored at the version before, in the order in which they came.
            All other records are stored.
        """
        ...

    def delete(self, key: str, /, *, expected: int) -> bool:
        """Remove the record that is stored at version *expected*; say whether it was."""
        ...


class Transaction(Protocol):
    """What a store must be able to do for one unit of work.

    .. versionadded:: 0.1.0
    """

    def table(self, name: str, record: type[A], /) -> Table[A]:
        """Return the table of one kind of records, as this transaction sees it.

        Args:
            name: The name of the kind in `RECORDS`, such as ``customers``.
            record: The class of the records.
        """
        ...

    def emit(self, events: Sequence[DomainEvent], /) -> None:
        """Put events into the outbox; called once, right before `commit`, if there are any.

        Raises:
            UnsupportedError: If the store has no outbox.
        """
        ...

    def commit(self) -> None:
        """Keep everything, or raise and keep nothing."""
        ...

    def rollback(self) -> None:
        """Keep nothing."""
        ...
