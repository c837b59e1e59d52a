"""Cursors: what leads from one page to the next, and what does not."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from crmcore.customers import Customer
from crmcore.errors import InvalidCursorError
from crmcore.kernel import CustomerId
from crmcore.memory import MemoryStore
from crmcore.repositories import Page
from crmcore.storage import run

ORDER = ("region", "kind", "-known_since", "archived_at")


def page(after: str | None = None) -> Page[Customer]:
    """Return the first of two customers, or what is behind it."""
    store = MemoryStore()
    rows = [Customer(id=CustomerId(key), name="Canary", region="north") for key in ("a", "b")]
    run(store, lambda uow: uow.customers.add_all(rows))
    return run(
        store, lambda uow: uow.customers.page(order=ORDER, after=after, limit=1), readonly=True
    )


def altered(**parts: Any) -> str:  # noqa: ANN401 - whatever a cursor must not say
    """Return a cursor that says something else."""
    cursor = page().next
    assert cursor is not None
    said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    text = json.dumps({name: value for name, value in (said | parts).items() if value is not ...})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_leads_on() -> None:
    """What is behind the first of two is the second, also from a cursor that was written anew."""
    assert [row.id for row in page(page().next).items] == ["b"]
    assert [row.id for row in page(altered()).items] == ["b"]


def test_a_cursor_holds_nothing_personal() -> None:
    """It holds the values of the fields of the order and the id: it travels."""
    cursor = page().next
    assert cursor is not None

    assert b"Canary" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"form": 2}, "is one of another version of crmcore"),
        ({"form": "1"}, "is none that a page has given"),
        ({"form": ...}, "is none that a page has given"),
        ({"more": 1}, "is none that a page has given"),
        ({"kind": "contact"}, "is one of contact, not of customer"),
        ({"order": []}, "belongs to the order id"),
        ({"order": ["-region"]}, "belongs to the order -region, id"),
        ({"place": []}, "was altered"),
        ({"place": ["north", "person", None, None]}, "was altered"),
        ({"place": ["north", "person", None, None, "a", "b"]}, "was altered"),
        ({"place": ["north", "person", "1997-02-30", None, "a"]}, "was altered"),
        ({"place": ["north", "person", None, "yesterday", "a"]}, "was altered"),
        ({"place": [1, "person", None, None, "a"]}, "was altered"),
        ({"place": ["north", "person", None, None, "\0"]}, "was altered"),
        ({"place": ["\ud800", "person", None, None, "a"]}, "was altered"),
    ],
)
def test_what_was_altered_leads_nowhere(parts: dict[str, Any], reason: str) -> None:
    """A cursor that no page has given is refused, with the reason."""
    with pytest.raises(InvalidCursorError, match=f"the cursor {reason}"):
        page(altered(**parts))


@pytest.mark.parametrize("version", [2**63, -(2**70)])
def test_a_number_that_no_store_holds_leads_nowhere(version: int) -> None:
    """A cursor may be typed by hand: no store is asked what is behind a number beyond 64 bits."""
    store = MemoryStore()
    said = {"form": 1, "kind": "customer", "order": ["version"], "place": [version, "a"]}
    cursor = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    with pytest.raises(InvalidCursorError, match="was altered"):
        run(store, lambda uow: uow.customers.page(order=["version"], after=cursor), readonly=True)


@pytest.mark.parametrize("text", ["x" * 5_000, 17, b"abc", "é", "bnVsbA", "W10", "e30", "*"])
def test_what_is_no_cursor_leads_nowhere(text: Any) -> None:  # noqa: ANN401 - that is wrong
    """Whatever else is handed in is refused in the same way."""
    with pytest.raises(InvalidCursorError, match="begin again at the first page"):
        page(text)
