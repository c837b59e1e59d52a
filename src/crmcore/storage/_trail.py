"""The audit trail over tables: what is written is recorded in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from crmcore.audit import Act, AuditHead, AuditKey, AuditRecord, audited, erasure
from crmcore.criteria import EVERYTHING, Criterion
from crmcore.errors import (
    ConcurrencyConflictError,
    StorageCorruptError,
    UnknownNameError,
    UnsupportedError,
)
from crmcore.repositories import Aggregate

from ._records import Gate, Records, without_repetition
from ._table import RECORDS, Table

A = TypeVar("A", bound=Aggregate)

_AT_ONCE: Final = 1_000
_SALT_BYTES: Final = 16


@attrs.frozen(kw_only=True)
class Auditor:
    """What the audit trail of a unit of work is written with.

    Attributes:
        key: What the chains are signed with.
        act: Who does it, when and why.
        tenant: Whose records they are.
        random: Returns so many random bytes.
    """

    key: AuditKey
    act: Act | None
    tenant: str
    random: Callable[[int], bytes]

    @property
    def how(self) -> dict[str, Any]:
        """The arguments of the functions that make links."""
        return {
            "act": self.act,
            "key": self.key,
            "tenant": self.tenant,
            "salt": lambda: self.random(_SALT_BYTES),
        }


@attrs.frozen
class Trail:
    """Who changed what, from which to which value, when, and by which plan.

    It is empty where the store was given no key to keep one with.

    .. versionadded:: 0.1.0
    """

    _records: Records[AuditRecord]
    _heads: Records[AuditHead]
    _auditor: Auditor | None

    def of(self, kind: str, key: str, /) -> tuple[AuditRecord, ...]:
        """Return what happened to one record, the first first.

        Args:
            kind: The name of its repository, such as ``customers``.
            key: Its id.

        Raises:
            UnknownNameError: If there is no such repository.
        """
        if kind not in RECORDS:
            raise UnknownNameError("kind", kind, RECORDS)
        head = self._heads.find(AuditHead.id_of(f"{kind}/{key}"))
        if head is None:
            return ()
        positions = range(1, head.position + 1)
        found = self._records.get_many(AuditRecord.id_of(head.subject, n) for n in positions)
        return tuple(found.values())

    def stream(self, where: Criterion = EVERYTHING, /) -> Iterator[AuditRecord]:
        """Yield what *where* holds for, chain after chain, by id and in constant memory."""
        return self._records.stream(where)

    def heads(self) -> Iterator[AuditHead]:
        """Yield the end of each chain, in order of the ids and in constant memory."""
        return self._heads.stream()

    def erase(self, kind: str, key: str, /, *, reasons: Collection[str] | None = None) -> int:
        """Take the personal values out of what happened to one record; return from how many.

        The chain still verifies: it is made of commitments to these values. That they were
        erased is told by a link of its own.

        Args:
            kind: The name of its repository, such as ``customers``.
            key: Its id.
            reasons: Where given, only reasons that are among these are taken out.

        Raises:
            UnsupportedError: If the store was given no key to keep a trail with.
        """
        records = self.of(kind, key)
        if not records:
            return 0
        if self._auditor is None:
            raise UnsupportedError("erasing from the audit trail", "audit_key")
        head = self._heads.get(AuditHead.id_of(records[0].subject))
        found = erasure(records, head, reasons=reasons, **self._auditor.how)
        if found is None:
            return 0
        changed, link, new_head = found
        self._heads.save(new_head)  # first, as below
        for record in changed:
            self._records.save(record)
        self._records.add(link)
        return len(changed)


class AuditedTable(Generic[A]):
    """A table whose changes are recorded."""

    def __init__(
        self,
        name: str,
        table: Table[A],
        auditor: Auditor,
        *,
        records: Table[AuditRecord],
        heads: Table[AuditHead],
        gate: Gate,
    ) -> None:
        """Record the changes of *table*, which is called *name*, in *records* and *heads*.

        What fails to be recorded closes *gate* to the commit.
        """
        self._name = name
        self._table = table
        self._auditor = auditor
        self._records = records
        self._heads = heads
        self._gate = gate
        self.read = table.read
        self.scan = table.scan
        self.count = table.count

    def insert(self, records: Iterable[A], /) -> tuple[str, ...]:
        taken: list[str] = []
        for some in without_repetition(records, _AT_ONCE):
            refused = self._table.insert(some)
            taken += refused
            stored = [
                (None, attrs.evolve(record, version=1))  # type: ignore[misc]  # each record is attrs
                for record in some
                if record.id not in refused
            ]
            self._tell(stored)
        return tuple(taken)

    def update(self, records: Iterable[A], /) -> tuple[str, ...]:
        missed: list[str] = []
        for some in without_repetition(records, _AT_ONCE):
            before = {record.id: record for record in self._table.read([r.id for r in some])}
            refused = self._table.update(some)
            missed += refused
            changed = [(before[r.id], r) for r in some if r.id not in refused]
            self._tell(changed)
        return tuple(missed)

    def delete(self, key: str, /, *, expected: int) -> bool:
        before = [*self._table.read([key])]
        if not self._table.delete(key, expected=expected):
            return False
        self._tell([(before[0], None)])
        return True

    def _tell(self, changes: Sequence[tuple[A | None, A | None]]) -> None:
        """Record changes from a record to another one of the same id, no id twice.

        They are written already: whoever swallows a failure here must not keep them.
        """
        try:
            self._add_links(changes)
        except BaseException as error:
            self._gate.failure = error
            raise

    def _add_links(self, changes: Sequence[tuple[A | None, A | None]]) -> None:
        keys = [AuditHead.id_of(f"{self._name}/{_id(*change)}") for change in changes]
        known = {head.id: head for head in self._heads.read(keys)}
        how = self._auditor.how
        told = [
            audited(before, after, name=self._name, head=known.get(key), **how)
            for key, (before, after) in zip(keys, changes, strict=True)
        ]
        written = [both for both in told if both is not None]
        # The heads go first: of two that lengthen one chain at once, the later is refused there.
        self._heads_go_on([head for _, head in written], known)
        if self._records.insert([record for record, _ in written]):
            # The head has gone back behind its chain: without a link nothing may change.
            raise StorageCorruptError("lengthening a chain of the audit trail")

    def _heads_go_on(self, heads: Sequence[AuditHead], known: Mapping[str, AuditHead]) -> None:
        refused = [
            *self._heads.insert([head for head in heads if head.id not in known]),
            *self._heads.update(
                [attrs.evolve(head, version=head.version + 1) for head in heads if head.id in known]
            ),
        ]
        for key in refused:
            expected = known[key].version if key in known else 0
            found = next(iter(self._heads.read([key])), None)
            actual = None if found is None else found.version
            raise ConcurrencyConflictError("audithead", key, expected, actual)


def _id(before: Aggregate | None, after: Aggregate | None) -> str:
    told = after if after is not None else before
    return "" if told is None else told.id


if TYPE_CHECKING:
    _: type[Table[Any]] = AuditedTable[Any]
