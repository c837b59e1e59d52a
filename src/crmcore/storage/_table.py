"""Tables and transactions: the little that one store does differently from the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

import attrs

from crmcore.activities import Interaction, Matter, Purchase
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.customers import Contact, Customer, Ownership
from crmcore.kernel import CustomerId, MemberId
from crmcore.organization import (
    Assignment,
    Department,
    Member,
    Responsibility,
    Role,
    Team,
)
from crmcore.repositories import Aggregate

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
    }
)


@attrs.frozen(kw_only=True)
class Selection:
    """Which rows of a table are wanted; what is None does not narrow it.

    Attributes:
        after: Only ids behind this one, character by character.
        customer: Only rows of this customer.
        member: Only rows of this member.
        before: Only rows whose ``at`` lies before this instant.
        lasting: Only rows whose interval, from ``since`` up to ``until``, holds this instant.
        open: Only matters that are open at this instant.
        where: What the rows are asked afterwards. A table that can may leave out rows for
            which this does not hold, and need not: it may as well look away.

    .. versionadded:: 0.1.0
    """

    after: str | None = None
    customer: CustomerId | None = None
    member: MemberId | None = None
    before: datetime | None = None
    lasting: datetime | None = None
    open: datetime | None = None
    where: Criterion = EVERYTHING

    def takes(self, row: Any) -> bool:  # noqa: ANN401 - a record of any kind that has the fields
        """Say whether *row* is wanted, the criterion apart: the plain meaning of a selection."""
        return (
            (self.after is None or row.id > self.after)
            and (self.customer is None or row.customer == self.customer)
            and (self.member is None or row.member == self.member)
            and (self.before is None or row.at < self.before)
            and (self.lasting is None or row.lasts_at(self.lasting))
            and (self.open is None or row.is_open_at(self.open))
        )


class Table(Protocol[A]):
    """What a store must be able to do with the records of one kind.

    Six plain deeds, without rules: `TableUnitOfWork` puts versions, errors, criteria, pages
    and the end of the unit of work on top of them, the same for every store.

    .. versionadded:: 0.1.0
    """

    def read(self, keys: Iterable[str], /) -> Iterable[A]:
        """Return the records stored under *keys*, in any order; each key comes once."""
        ...

    def scan(self, selection: Selection, /) -> Iterator[A]:
        """Yield the selected records by id, as code points compare, in constant memory.

        The caller may write while it goes through them, and meets none of them twice.
        """
        ...

    def count(self) -> int:
        """Return how many records there are."""
        ...

    def insert(self, records: Iterable[A], /) -> str | None:
        """Store records with version 1, whatever version they carry.

        Returns:
            None, or the first id that was taken. What went in before it is not promised.
        """
        ...

    def replace(self, record: A, /, *, expected: int) -> bool:
        """Store *record* where its id is stored at version *expected*; say whether it was."""
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
            name: The name of the repository, such as ``customers``.
            record: The class of the records.
        """
        ...

    def commit(self) -> None:
        """Keep everything, or raise and keep nothing."""
        ...

    def rollback(self) -> None:
        """Keep nothing."""
        ...
