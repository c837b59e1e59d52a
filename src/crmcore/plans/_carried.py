"""Carried: what goes along when a customer changes hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import attrs

from crmcore.activities import Matter, MatterKind
from crmcore.kernel import Phrase

_NO_DATE = datetime.max.replace(tzinfo=UTC)

_MANY = {
    MatterKind.REQUEST: "requests",
    MatterKind.COMPLAINT: "complaints",
    MatterKind.OPPORTUNITY: "opportunities",
    MatterKind.MEETING: "meetings",
}


def _by_due(matters: Iterable[Matter]) -> tuple[Matter, ...]:
    return tuple(sorted(matters, key=lambda one: (one.due_at or _NO_DATE, one.id)))


@attrs.frozen
class Carried:
    """The open matters that a move carries along, as they were when the plan was made.

    Attributes:
        matters: What goes along; what is due first comes first, what has no date last.

    .. versionadded:: 0.1.0
    """

    matters: tuple[Matter, ...] = attrs.field(default=(), converter=_by_due)

    def count(self, kind: MatterKind) -> int:
        """Return how many of them are of one kind."""
        return sum(matter.kind is kind for matter in self.matters)

    @property
    def wording(self) -> Phrase:
        """What goes along on one line, such as ``2 requests, 1 meeting``."""
        counts = Counter(matter.kind for matter in self.matters)
        found = [(kind, counts[kind]) for kind in MatterKind if counts[kind]]
        if not found:
            return Phrase("nothing open", "无未结事项")
        english = (f"{n} {kind.label.en if n == 1 else _MANY[kind]}" for kind, n in found)
        chinese = (f"{n}项{kind.label.zh}" for kind, n in found)
        return Phrase(", ".join(english), "、".join(chinese))

    def __str__(self) -> str:
        """Return the English wording."""
        return self.wording.en
