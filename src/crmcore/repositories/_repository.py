"""The generic repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import attrs

from crmcore.criteria import EVERYTHING, Criterion

from ._order import Order


class Aggregate(Protocol):
    """A frozen record that a repository keeps.

    .. versionadded:: 0.1.0
    """

    @property
    def id(self) -> str:
        """The key under which it is kept."""
        ...

    @property
    def version(self) -> int:
        """How often it was saved; 0 before the first time."""
        ...


A = TypeVar("A", bound=Aggregate)
T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(kw_only=True)
class Page(Generic[T_co]):
    """Some aggregates in their order, and where to go on.

    Attributes:
        items: The aggregates.
        next: The cursor of the next page; None where this is the last one. It is text to hand
            in again and not to look into; it holds the values of the fields that the order
            goes by.

    .. versionadded:: 0.1.0
    """

    items: tuple[T_co, ...]
    next: str | None


@attrs.frozen(kw_only=True)
class BulkResult:
    """What became of many aggregates.

    Attributes:
        inserted: How many are new.
        updated: How many were changed.
        conflicts: The ids of those that were not written, in the order in which they came:
            new ones whose id is taken, and changed ones whose version is not the stored one.

    .. versionadded:: 0.1.0
    """

    inserted: int = 0
    updated: int = 0
    conflicts: tuple[str, ...] = ()


class Repository(Protocol[A]):
    """Keeps aggregates of one kind and finds them again.

    What goes in comes out equal, but for the version, which the repository counts. Where
    nothing else is said, orders are by id, character by character, as Python compares text.

    What was put out of use, and so has an ``archived_at``, is found by nobody who does not
    ask for it with *with_archived*. It keeps its id, and can be saved and removed.

    .. versionadded:: 0.1.0
    """

    def get(self, key: str, /, *, with_archived: bool = False) -> A:
        """Return the aggregate stored under *key*.

        Raises:
            NotFoundError: If there is none.
        """
        ...

    def find(self, key: str, /, *, with_archived: bool = False) -> A | None:
        """Return the aggregate stored under *key*, or None."""
        ...

    def get_many(self, keys: Iterable[str], /, *, with_archived: bool = False) -> Mapping[str, A]:
        """Return the aggregates stored under *keys*, by id; missing ones are absent."""
        ...

    def add(self, aggregate: A, /) -> A:
        """Store a new aggregate and return it with version 1.

        Raises:
            AlreadyExistsError: If its id is taken.
        """
        ...

    def add_all(self, aggregates: Iterable[A], /) -> int:
        """Store new aggregates from a stream of any length and return how many.

        Raises:
            AlreadyExistsError: If an id is taken, or comes twice. Roll the unit of work
                back then: which of the others went in is not promised.
        """
        ...

    def save(self, aggregate: A, /) -> A:
        """Store a changed aggregate and return it with the next version.

        Raises:
            NotFoundError: If there is none under its id.
            ConcurrencyConflictError: If the stored version is not the aggregate's own.
        """
        ...

    def bulk_upsert(self, aggregates: Iterable[A], /, *, chunk: int = 5_000) -> BulkResult:
        """Store aggregates from a stream of any length, new ones and changed ones.

        One of version 0 is new; every other one is a change of the version that it carries.
        What cannot be written is told, and hinders nothing else. The outcome is that of
        writing one after the other, whatever the *chunk*.

        Args:
            aggregates: What to store.
            chunk: How many to write at once.

        Raises:
            InvalidValueError: If *chunk* is below 1.
        """
        ...

    def remove(self, key: str, /, *, version: int) -> None:
        """Remove the aggregate stored under *key*.

        Raises:
            NotFoundError: If there is none.
            ConcurrencyConflictError: If the stored version is not *version*.
        """
        ...

    def stream(
        self, where: Criterion = EVERYTHING, /, *, with_archived: bool = False
    ) -> Iterator[A]:
        """Yield the aggregates that *where* holds for, by id, in constant memory."""
        ...

    def page(
        self,
        where: Criterion = EVERYTHING,
        /,
        *,
        order: Sequence[str | Order] = (),
        after: str | None = None,
        limit: int = 100,
        with_archived: bool = False,
    ) -> Page[A]:
        """Return some of the aggregates that *where* holds for.

        A page costs the same wherever it lies. What is stored or changed between two pages
        shows in the second one if its place is behind the first.

        Args:
            where: Which ones.
            order: By which fields, as ``("region", "-known_since")``; always by id at last.
                Text, whole numbers, days, instants, enumerations and booleans have an order;
                personal data has none, because cursors travel.
            after: The cursor of the page before; None for the first page.
            limit: How many at most.
            with_archived: Whether those that were put out of use are among them.

        Raises:
            InvalidCursorError: If *after* is no cursor, or one of another kind or order.
            InvalidValueError: If a field has no order, or *limit* is below 1.
            UnknownNameError: If there is no such field.
        """
        ...

    def count(self, where: Criterion = EVERYTHING, /, *, with_archived: bool = False) -> int:
        """Return how many aggregates *where* holds for."""
        ...
