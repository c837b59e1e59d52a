"""Personal data: a rule may read it, and the ledger does not keep it."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from crmcore.criteria import F
from crmcore.privacy import masked, personal
from crmcore.scoring import Rule, RuleSet


@attrs.frozen
class Guest:
    """Somebody who stays for a night."""

    nights: int | None
    name: str | None = attrs.field(default=None, metadata=personal("name"), repr=masked)


RULES = RuleSet(
    "regulars",
    [Rule("namesakes", when=(F.name == "Ada Canary") & (F.nights > 2), points=5)],
)


@pytest.mark.parametrize(
    ("guest", "values"),
    [
        (Guest(3, "Ada Canary"), ("<personal>", 3)),
        (Guest(None, "Ada Canary"), ("<personal>", None)),
        (Guest(3, None), (None, 3)),
    ],
    ids=["given", "unknown", "missing"],
)
def test_a_ledger_keeps_nothing_personal(guest: Guest, values: tuple[object, ...]) -> None:
    """Nobody erases a ledger, so a value that is personal is hidden in it; a gap is told."""
    (entry,) = RULES.scorer(as_of=date(1998, 7, 1), of=Guest)(guest).ledger

    assert entry.fields == ("name", "nights")
    assert entry.values == values
