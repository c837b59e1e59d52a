"""Everything that is wrong with the records of a register, told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Protocol

from crmcore.customers import Ownership
from crmcore.errors import Fault, UnknownNameError
from crmcore.kernel import CustomerId

# Looking for the nearest of very many names takes its time; the first few slips get theirs.
_SUGGESTIONS: Final = 20
_MOST_KNOWN: Final = 20_000


class _Named(Protocol):
    @property
    def id(self) -> str: ...


class Names:
    """Names that are known, of one kind; it tells what is wrong with others."""

    def __init__(self, kind: str, known: Collection[str]) -> None:
        self._kind = kind
        self._known = known
        self._told: dict[str, str] = {}

    def unknown(self, name: object) -> str | None:
        """Return what is wrong with a name; None where it is known."""
        if not isinstance(name, str):
            return f"must be the id of a {self._kind} (got {name!r})"
        if name in self._known:
            return None
        if name not in self._told:
            helps = len(self._told) < _SUGGESTIONS and len(self._known) <= _MOST_KNOWN
            known = self._known if helps else ()
            plain = f"unknown {self._kind} {name!r}"
            self._told[name] = str(UnknownNameError(self._kind, name, known)) if helps else plain
        return self._told[name]


def twice(kind: str, records: Iterable[_Named]) -> Iterator[Fault]:
    """Find ids that come more than once, in order of the ids."""
    seen: set[str] = set()
    doubled: set[str] = set()
    for record in records:
        (doubled if record.id in seen else seen).add(record.id)
    for name in sorted(doubled):
        yield Fault(f"{kind} {name!r}", "comes more than once; hand each record in once")


def strangers(
    records: Iterable[tuple[str, Sequence[tuple[Names, str | None]]]],
) -> Iterator[Fault]:
    """Find records that name somebody who is not known."""
    for path, named in records:
        for names, name in named:
            problem = None if name is None else names.unknown(name)
            if problem is not None:
                yield Fault(path, problem)


def overlaps(owned: Mapping[str, Sequence[Ownership]]) -> Iterator[Fault]:
    """Find customers with two owners at once, in order of the customers."""
    for customer in sorted(owned):
        longest: Ownership | None = None
        for held in owned[customer]:
            if longest is not None and (longest.until is None or longest.until > held.since):
                yield Fault(
                    f"customer {customer!r}",
                    f"ownership {held.id!r} of {held.member!r} begins at "
                    f"{held.since.isoformat()}, while {longest.id!r} of {longest.member!r} "
                    "lasts; end one before the other begins",
                )
            if longest is None or (longest.until is not None and _ends_later(held, longest.until)):
                longest = held


def _ends_later(held: Ownership, until: datetime) -> bool:
    return held.until is None or held.until > until


def bad_locks(locks: Mapping[CustomerId, date | None], customers: Names) -> Iterator[Fault]:
    """Find locks of unknown customers, and ends of locks that are no days."""
    for customer in sorted(locks, key=str):
        until = locks[customer]
        problem = customers.unknown(customer)
        if problem is not None:
            yield Fault(f"lock of {customer!r}", problem)
        if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
            yield Fault(
                f"lock of {customer!r}", f"until must be a day, or None for good (got {until!r})"
            )
