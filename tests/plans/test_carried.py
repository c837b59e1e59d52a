"""What a move carries along."""

from __future__ import annotations

from datetime import UTC, datetime

from crmcore.activities import Matter, MatterId, MatterKind
from crmcore.kernel import CustomerId, Phrase
from crmcore.plans import Carried

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


def matter(key: str, kind: MatterKind, due_at: datetime | None = None) -> Matter:
    """Return an open matter of a customer."""
    return Matter(
        id=MatterId(key),
        kind=kind,
        customer=CustomerId("c-1"),
        subject=key,
        opened_at=JANUARY,
        due_at=due_at,
    )


def test_what_is_due_first_comes_first() -> None:
    """Matters are in order of their day, those without a day last, then by id."""
    later, sooner = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    request, complaint = MatterKind.REQUEST, MatterKind.COMPLAINT

    meeting = matter("d", MatterKind.MEETING, sooner)

    carried = Carried(
        [matter("b", request), matter("a", request), matter("c", complaint, later), meeting]
    )

    assert [one.id for one in carried.matters] == ["d", "c", "a", "b"]
    assert carried.count(request) == 2
    assert str(carried) == "2 requests, 1 complaint, 1 meeting"
    assert carried.wording.zh.startswith("2项")


def test_nothing_open_is_said() -> None:
    """A customer without open matters carries nothing."""
    assert Carried().wording == Phrase("nothing open", "无未结事项")
