"""Rule sets: rules that never hold, or that give their points twice."""

from __future__ import annotations

from datetime import date

import pytest

from crmcore.criteria import Criterion, F, Schema, as_of
from crmcore.errors import FaultsError
from crmcore.linting import LintKind
from crmcore.scoring import Rule, RuleSet

SCHEMA = Schema.of(visits=int, tier=str | None, since=date)


def rules(**criteria: Criterion) -> RuleSet:
    """Return a rule set with one point for each criterion."""
    return RuleSet("s", [Rule(name, when=when, points=1) for name, when in criteria.items()])


def test_rules_over_one_another() -> None:
    """Rules that say the same, that imply one another, and that never hold, are told."""
    found = rules(
        often=F.visits > 4,
        five=F.visits >= 5,
        ten=F.visits >= 10,
        never=(F.visits < 0) & (F.visits > 0),
    ).lint(SCHEMA)

    assert [(one.kind, one.names) for one in found] == [
        (LintKind.CONTRADICTION, ("never",)),
        (LintKind.EQUIVALENT, ("five", "often")),
        (LintKind.IMPLIED, ("ten", "five")),
        (LintKind.IMPLIED, ("ten", "often")),
    ]


def test_rules_that_leave_out_the_unknown() -> None:
    """A negation over what may be missing is a warning in a score."""
    (found,) = rules(rest=F.tier != "gold").lint(SCHEMA)

    assert found.kind is LintKind.NEGATION
    assert not found.is_error


def test_days_count_from_the_day_of_judgement() -> None:
    """The day of judgement is handed on."""
    (found,) = rules(late=(F.since > as_of) & (F.since < date(2026, 1, 2))).lint(
        SCHEMA, as_of=date(2026, 1, 1)
    )

    assert found.kind is LintKind.CONTRADICTION


def test_refuses_what_cannot_run() -> None:
    """Rules over other fields are refused with their names."""
    with pytest.raises(FaultsError, match="unknown field 'visit'"):
        rules(often=F.visit > 4).lint(SCHEMA)
