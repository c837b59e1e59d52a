"""The generic repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

import attrs

from crmcore.criteria import EVERYTHING, Criterion


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
    """Some aggregates in order of their ids, and where to go on.

    Attributes:
        items: The aggregates.
        next: The id to go on after; None where this is the last page.

    .. versionadded:: 0.1.0
    """

    items: tuple[T_co, ...]
    next: str | None


class Repository(Protocol[A]):
    """Keeps aggregates of one kind and finds them again.

    What goes in comes out equal, but for the version, which the repository counts. All
    orders are by id, character by character, as Python compares text.

    .. versionadded:: 0.1.0
    """

    def get(self, key: str, /) -> A:
        """Return the aggregate stored under *key*.

        Raises:
            NotFoundError: If there is none.
        """
        ...

    def find(self, key: str, /) -> A | None:
        """Return the aggregate stored under *key*, or None."""
        ...

    def get_many(self, keys: Iterable[str], /) -> Mapping[str, A]:
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

    def remove(self, key: str, /, *, version: int) -> None:
        """Remove the aggregate stored under *key*.

        Raises:
            NotFoundError: If there is none.
            ConcurrencyConflictError: If the stored version is not *version*.
        """
        ...

    def stream(self, where: Criterion = EVERYTHING, /) -> Iterator[A]:
        """Yield the aggregates that *where* holds for, by id, in constant memory."""
        ...

    def page(
        self, where: Criterion = EVERYTHING, /, *, after: str | None = None, limit: int = 100
    ) -> Page[A]:
        """Return at most *limit* aggregates that *where* holds for, with ids behind *after*."""
        ...

    def count(self, where: Criterion = EVERYTHING, /) -> int:
        """Return how many aggregates *where* holds for."""
        ...
