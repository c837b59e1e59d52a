"""One chain under examination: link after link, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import attrs

from crmcore.repositories import Aggregate

from ._canonical import text_of
from ._differences import told_fields
from ._digest import digest_of, is_kept, is_reason_kept
from ._key import AuditKey
from ._record import AuditHead, AuditKind, AuditRecord
from ._seal import is_signed
from ._tampering import Tampering, TamperingKind

# A value as the trail last told it, None once erased, and the position of the link.
_Told: TypeAlias = "tuple[str | None, int]"
_REASON: Final = ""  # stands for the reason among the names of fields


@attrs.define
class Chain:
    """What is known of a chain so far.

    Attributes:
        key: The id of its head, which the ids of its links begin with.
        head: Its head, if there is one.
        sealed: Its head when it was sealed, if it was.
        keys: The keys that digests may be made with, by name.
        tenant: Whose chain it is.
        subject: Whose chain it is, once something says so truly.
        last: The position of the last link; 0 before the first.
        exists: Whether there is a record now, by what the links say; None while they do not.
        told: The values of its fields, by what the links say.
        faults: What is wrong so far.
    """

    key: str
    head: AuditHead | None
    sealed: AuditHead | None
    keys: Mapping[str, AuditKey]
    tenant: str
    subject: str = ""
    last: int = 0
    exists: bool | None = None
    told: dict[str, _Told] = attrs.field(factory=dict)
    faults: list[Tampering] = attrs.field(factory=list)
    _digest: str | None = None
    _is_true: bool = True  # whether the last link is what was signed
    _gaps: list[tuple[int, int]] = attrs.field(factory=list)
    _late: set[int] = attrs.field(factory=set)
    _erased: dict[str, list[int]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Find out whose chain it is."""
        for head in (self.head, self.sealed):
            if head is not None and AuditHead.id_of(head.subject) == self.key:
                self.subject = head.subject

    def _blame(self, kind: TamperingKind, position: int, count: int = 1) -> None:
        found = Tampering(kind=kind, subject=self.subject, position=position, count=count)
        self.faults.append(found)

    def add(self, position: int, record: AuditRecord) -> None:
        """Examine the next link, which stands at *position* by its id."""
        is_true = self._is_signed(position, record)
        if position <= self.last:
            self._blame(TamperingKind.OUT_OF_ORDER, position)
            self._late.add(position)
            return
        if position > self.last + 1:
            self._gaps.append((self.last + 1, position))
        elif is_true and self._is_true and record.previous != self._digest:
            self._blame(TamperingKind.REPLACED, position)
        if is_true:
            self._remember(position, record)
        if self.sealed is not None and position == self.sealed.position:
            self._compare_with_seal(record, is_true=is_true)
        self.last, self._digest, self._is_true = position, record.digest, is_true

    def _is_signed(self, position: int, record: AuditRecord) -> bool:
        """Say whether a link is what was signed, and tell if it is not."""
        if record.subject != self.subject and AuditHead.id_of(record.subject) == self.key:
            self.subject = record.subject
        key = self.keys.get(record.key)
        if key is None:
            self._blame(TamperingKind.UNKNOWN_KEY, position)
            return False
        is_true = (
            record.position == position
            and record.subject == self.subject
            and is_signed(record.digest, digest_of(record, key=key, tenant=self.tenant))
            and is_reason_kept(record)
            and all(map(is_kept, record.personal_changes))
        )
        if not is_true:
            self._blame(TamperingKind.ALTERED, position)
        return is_true

    def _remember(self, position: int, record: AuditRecord) -> None:
        """Note what a link tells of its subject, and which values it has lost."""
        if record.kind is AuditKind.ERASED:
            for field in (_REASON, *(change.field for change in record.changes)):
                self._erased.pop(field, None)
        else:
            self.exists = record.kind is not AuditKind.REMOVED
            for change in record.changes:
                if change.after is not None:
                    self.told[change.field] = change.after, position
            for held in record.personal_changes:
                self.told[held.field] = held.after, position
                if held.salt is None:
                    self._erased.setdefault(held.field, []).append(position)
        if record.reason_commitment is not None and record.reason_salt is None:
            self._erased.setdefault(_REASON, []).append(position)

    def _compare_with_seal(self, record: AuditRecord, *, is_true: bool) -> None:
        if is_true and self.sealed is not None and record.digest != self.sealed.digest:
            self._blame(TamperingKind.NOT_AS_SEALED, record.position)

    def end(self) -> None:
        """Examine the end of the chain, once all links have come."""
        for first, end in self._gaps:
            self._blame_missing(first, end)
        for position in sorted({place for places in self._erased.values() for place in places}):
            self._blame(TamperingKind.ERASED_BY_HAND, position)
        sealed = 0 if self.sealed is None else self.sealed.position
        headed = 0 if self.head is None else self.head.position
        due = max(sealed, headed)
        if not self.last:
            self._blame(TamperingKind.CHAIN_REMOVED, 1, due)
            return
        if self.head is None:
            self._blame(TamperingKind.HEAD_MISSING, self.last)
        if due > self.last:
            self._blame(TamperingKind.TAIL_CUT, self.last + 1, due - self.last)
        if self.head is not None:
            self._compare_with_head(self.head)

    def _compare_with_head(self, head: AuditHead) -> None:
        if head.position < self.last:
            self._blame(TamperingKind.BEYOND_HEAD, head.position + 1, self.last - head.position)
        differs = head.position == self.last and self._is_true and head.digest != self._digest
        if differs or AuditHead.id_of(head.subject) != self.key:
            self._blame(TamperingKind.HEAD_ALTERED, self.last)

    def _blame_missing(self, first: int, end: int) -> None:
        """Tell of the links from *first* up to *end* that did not come later either."""
        for late in sorted(late for late in self._late if first <= late < end):
            if late > first:
                self._blame(TamperingKind.MISSING, first, late - first)
            first = late + 1
        if end > first:
            self._blame(TamperingKind.MISSING, first, end - first)

    def compare(self, stored: Aggregate | None) -> Iterator[Tampering]:
        """Yield what is not stored as the links tell, unless something is wrong with them."""
        if self.faults or self.exists is None:
            return
        if self.exists is not (stored is not None):
            yield self._unlike(self.last, None)
        elif stored is not None:
            for name, field, _ in told_fields(type(stored)):
                told, position = self.told.get(name, (None, 0))
                if told is not None and told != text_of(getattr(stored, field)):
                    yield self._unlike(position, name)

    def _unlike(self, position: int, field: str | None) -> Tampering:
        return Tampering(
            kind=TamperingKind.NOT_AS_STORED, subject=self.subject, position=position, field=field
        )

    def findings(self) -> Iterator[Tampering]:
        """Yield what is wrong, under the name that the chain turned out to have."""
        if not self.subject:  # nothing is as it should be; the id is all that there is
            self.subject = self.key if self.head is None else self.head.subject
        for found in self.faults:
            yield attrs.evolve(found, subject=self.subject)
