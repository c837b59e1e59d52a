"""Mentions: where the texts of everybody else name a subject."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from crmcore.audit import AuditRecord
from crmcore.storage import RECORDS, Command, UnitOfWork

from ._answers import receipt_in
from ._finder import Finder, personal_texts
from ._manifest import Mention
from ._walk import LOGS

_WITHOUT_TEXTS = {"audit_heads"}


def mentions_of(
    uow: UnitOfWork, words: Finder, *, but: Collection[tuple[str, str]]
) -> Iterator[Mention]:
    """Yield where personal texts hold one of some words, in constant memory.

    Args:
        uow: Where to read.
        words: What to look for.
        but: Records to leave out, by kind and id; of audit records the chain.
    """
    for table in RECORDS:
        found: dict[Mention, None] = {}
        for record in () if table in _WITHOUT_TEXTS else _stream(uow, table):
            key = record.subject if isinstance(record, AuditRecord) else record.id
            if (table, key) in but:
                continue
            for field, text in _texts(record):
                if words.finds(text):
                    found[Mention(kind=table, id=key, field=field)] = None
        yield from found


def _stream(uow: UnitOfWork, table: str) -> Iterator[Any]:
    if table in LOGS:
        stream: Iterator[Any] = getattr(uow.facts, LOGS[table]).stream()
    elif table == "audit_records":
        stream = uow.trail.stream()
    else:
        stream = getattr(uow, table).stream(with_archived=True)
    return stream


def _texts(record: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of any kind
    """Yield the personal texts of a record; of a command that of its receipt, or all of it."""
    if not isinstance(record, Command):
        yield from personal_texts(record)
        return
    receipt = receipt_in(record)
    texts = [record.answer] if receipt is None else [receipt.reason]
    yield from (("answer", text) for text in texts if text is not None)
