"""Verifying a trail: is it all there, and as it was signed?"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

import attrs

from crmcore.errors import InvalidValueError
from crmcore.repositories import Aggregate

from ._chain import Chain
from ._key import AuditKey
from ._merkle import Tree, each_once, leaf_of
from ._record import AuditHead, AuditRecord, is_chain, place_of
from ._seal import Seal, is_signed, seal_digest
from ._tampering import SEALS, Tampering, TamperingKind

T = TypeVar("T")
Present: TypeAlias = Mapping[str, Mapping[str, Aggregate]]


def verify(
    records: Iterable[AuditRecord],
    heads: Iterable[AuditHead],
    *,
    keys: Iterable[AuditKey],
    seals: Sequence[Seal] = (),
    sealed: Iterable[AuditHead] = (),
    present: Present | None = None,
    tenant: str = "default",
) -> tuple[Tampering, ...]:
    """Return everything that is wrong with a trail, each with its place.

    Records, heads and sealed heads come in order of their ids, as stores stream them. They are
    read side by side, once, so that memory grows with what is wrong and not with the trail.

    What nobody can find without a seal is a history whose end, or all of which, was removed
    together with its head. What nobody can find at all is what was never written, and what
    was written by somebody who has the key.

    Args:
        records: All records of the trail.
        heads: All heads.
        keys: The keys that it was signed with, now and before.
        seals: Seals that were made of it, one after the other; the first need not be the first
            that was made.
        sealed: The heads that one of the seals was made over. Without them a seal tells only
            how many chains there were.
        present: The records as they are stored, by id, by the name of their repository, to be
            compared with what the trail last told of them. Chains of other repositories are
            not compared, nor are values that were erased.
        tenant: Whose trail it is.

    Returns:
        The findings by subject, then position; none where all is as it was signed.

    Raises:
        InvalidValueError: If there are no keys, or two of one name; if something does not come
            in order of its ids; or if heads are said to be sealed, and there is no seal.

    .. versionadded:: 0.1.0
    """
    trail = _Trail(keys=_by_name(keys), tenant=tenant, present=present or {})
    tree = Tree()
    trail.read(records, heads, _noted(sealed, tree))
    trail.found += _untold(trail.present, trail.visited)
    trail.found += _broken_seals(seals, trail.keys, tenant)
    trail.found += _unlike_seals(seals, tree, trail.count)
    return tuple(sorted(trail.found, key=_place))


def _by_name(keys: Iterable[AuditKey]) -> dict[str, AuditKey]:
    known: dict[str, AuditKey] = {}
    for key in keys:
        if known.setdefault(key.name, key) != key:
            raise InvalidValueError("keys", key.name, "have a name of its own each")
    if not known:
        raise InvalidValueError("keys", (), "hold at least one key")
    return known


def _noted(sealed: Iterable[AuditHead], tree: Tree) -> Iterator[AuditHead]:
    """Yield the sealed heads, and build the tree over them meanwhile."""
    for head in sealed:
        tree.add(leaf_of(head))
        yield head


class _Lane(Generic[T]):
    """Things that belong to chains, in order of these, the next of them in sight."""

    def __init__(self, things: Iterator[tuple[str, T]]) -> None:
        self._things = things
        self.next = next(things, None)

    def of(self, chain: str) -> Iterator[T]:
        """Yield what belongs to a chain, and go on to the next chain."""
        while self.next is not None and self.next[0] == chain:
            thing = self.next[1]
            self.next = next(self._things, None)
            yield thing


@attrs.define
class _Trail:
    """A trail on its way past, and what is wrong with it so far."""

    keys: Mapping[str, AuditKey]
    tenant: str
    present: Present
    found: list[Tampering] = attrs.field(factory=list)
    visited: set[str] = attrs.field(factory=set)
    count: int = 0  # the chains of which something is left

    def read(
        self,
        records: Iterable[AuditRecord],
        heads: Iterable[AuditHead],
        sealed: Iterable[AuditHead],
    ) -> None:
        """Read everything once, chain by chain."""
        links = _Lane(self._links(records))
        ends = _Lane(self._heads(each_once(heads)))
        marks = _Lane((head.id, head) for head in each_once(sealed, "sealed"))
        while waiting := [lane.next[0] for lane in (links, ends, marks) if lane.next is not None]:
            key = min(waiting)
            chain = Chain(
                key=key,
                head=next(ends.of(key), None),
                sealed=next(marks.of(key), None),
                keys=self.keys,
                tenant=self.tenant,
            )
            for position, record in links.of(key):
                chain.add(position, record)
            self._end(chain)

    def _end(self, chain: Chain) -> None:
        chain.end()
        self.found += chain.findings()
        self.count += chain.head is not None or chain.last > 0
        repository, _, key = chain.subject.partition("/")
        if repository in self.present:
            self.visited.add(chain.subject)
            self.found += chain.compare(self.present[repository].get(key))

    def _links(
        self, records: Iterable[AuditRecord]
    ) -> Iterator[tuple[str, tuple[int, AuditRecord]]]:
        """Yield the records with chain and position; blame those whose id has neither."""
        last = ""
        for record in records:
            place = place_of(record)
            if place is None:
                self._blame(TamperingKind.ALTERED, record.subject, record.position)
                continue
            chain, position = place
            if chain < last:
                raise InvalidValueError("records", record.id, "come in order of their ids")
            last = chain
            yield chain, (position, record)

    def _heads(self, heads: Iterable[AuditHead]) -> Iterator[tuple[str, AuditHead]]:
        """Yield the heads by their chains; blame those whose id is that of none."""
        for head in heads:
            if is_chain(head.id):
                yield head.id, head
            else:
                self._blame(TamperingKind.HEAD_ALTERED, head.subject, head.position)

    def _blame(self, kind: TamperingKind, subject: str, position: int) -> None:
        self.found.append(Tampering(kind=kind, subject=subject, position=position))


def _untold(present: Present, visited: Container[str]) -> Iterator[Tampering]:
    """Yield what is stored and has no chain."""
    for repository, stored in present.items():
        for key in stored:
            subject = f"{repository}/{key}"
            if subject not in visited:
                yield Tampering(kind=TamperingKind.NOT_AS_STORED, subject=subject, position=0)


def _broken_seals(
    seals: Sequence[Seal], keys: Mapping[str, AuditKey], tenant: str
) -> Iterator[Tampering]:
    """Yield the seals that are not what was signed, and those that do not follow."""
    last: Seal | None = None
    for made in seals:
        key = keys.get(made.key)
        expected = "" if key is None else seal_digest(made, key=key, tenant=tenant)
        if not is_signed(made.digest, expected):
            yield Tampering(kind=TamperingKind.SEAL_ALTERED, subject=SEALS, position=made.position)
        elif last is not None and made.previous != last.digest:
            yield Tampering(kind=TamperingKind.SEAL_MISSING, subject=SEALS, position=made.position)
        last = made


def _unlike_seals(seals: Sequence[Seal], tree: Tree, count: int) -> Iterator[Tampering]:
    """Yield what the seals say of the number of chains, and of the list of sealed ones."""
    if tree.count and not seals:
        raise InvalidValueError("seals", (), "hold the seal that was made over the sealed heads")
    if tree.count:
        listed, root = tree.count, tree.root()
        if not any(made.count == listed and made.root == root for made in seals):
            yield Tampering(
                kind=TamperingKind.LIST_ALTERED,
                subject=SEALS,
                position=seals[-1].position,
                count=listed,
            )
    elif seals:
        fullest = max(seals, key=lambda made: (made.count, made.position))
        if fullest.count > count:
            yield Tampering(
                kind=TamperingKind.CHAIN_REMOVED,
                subject=SEALS,
                position=fullest.position,
                count=fullest.count - count,
            )


def _place(found: Tampering) -> tuple[str, int, TamperingKind, str]:
    return found.subject, found.position, found.kind, found.field or ""
