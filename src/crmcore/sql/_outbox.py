"""The outbox in a database: events in the order of their numbers, none before its time.

Numbers are given out in order, but kept in any: while number 7 is still being committed, 8 may
be there already. Whoever reads on behind 8 then never meets 7. So a reader goes only as far as
no number below is still on its way. SQLite lets one write at a time, and nothing is on its way.
On PostgreSQL whoever is about to take numbers first takes a lock that says "mine will be above
this one", shared and so never waited for, and loses it when the events are kept or taken back.

Events of one subject are told in the order in which they happened: whoever changes a record
that somebody else has changed takes the number after the other one has committed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa

from crmcore.codec import from_json, to_json
from crmcore.errors import InvalidCursorError, InvalidValueError
from crmcore.events import DomainEvent, Outbox, OutboxPage, RecordedEvent, Scalar

from ._database import Purpose
from ._rows import Row
from ._sessions import Source, lent
from ._tables import OUTBOX
from ._types import instant, microseconds

_LARGEST: Final = 2**63 - 1


@attrs.frozen
class SqlOutbox(Outbox):
    """The events of one tenant; a position is the number of the last one that was read."""

    _source: Source
    _tenant: str

    def read(self, *, after: str | None = None, limit: int = 500) -> OutboxPage:
        if limit < 1:
            raise InvalidValueError("limit", limit, "be at least 1")
        number = 0 if after is None else _number(after)
        columns = OUTBOX.c
        query = (
            sa.select(columns.number, columns.name, columns.subject, columns.at, columns.data)
            .where(columns.tenant == self._tenant, columns.number > number)
            .order_by(columns.number)
            .limit(min(limit, _LARGEST))
        )
        with lent(self._source, Purpose.FOLLOW, "reading the outbox") as connection:
            settled = self._source.database.settled(connection)
            rows = connection.execute(query.where(columns.number <= settled)).fetchall()
        events = tuple(_recorded(*row) for row in rows)
        return OutboxPage(events=events, position=str(events[-1].number if events else number))

    def prune(self, *, before: str) -> int:
        columns = OUTBOX.c
        past = sa.delete(OUTBOX).where(
            columns.tenant == self._tenant, columns.number <= _number(before)
        )
        with lent(self._source, Purpose.WRITE, "pruning the outbox") as connection:
            return connection.execute(past).rowcount


def event_row(tenant: str, event: DomainEvent) -> Row:
    """Return the cells of an event."""
    data = to_json(dict(event.data))
    return tenant, event.name, event.subject, microseconds(event.at), data


def _recorded(number: int, name: str, subject: str, at: int, data: str) -> RecordedEvent:
    pairs: dict[str, Any] = from_json(dict[str, Scalar], data)
    event = DomainEvent(name=name, subject=subject, at=instant(at), data=pairs)
    return RecordedEvent(number=number, event=event)


def _number(position: str) -> int:
    is_number = isinstance(position, str) and position.isascii() and position.isdigit()
    if not is_number or len(position) > len(str(_LARGEST)) or int(position) > _LARGEST:
        raise InvalidCursorError("is no position of this outbox")
    return int(position)


if TYPE_CHECKING:
    _: type[Outbox] = SqlOutbox
