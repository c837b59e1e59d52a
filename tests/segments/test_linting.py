"""Segment tables over all fields: gaps, overlaps, and segments that never win."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from crmcore.criteria import F, Schema, as_of
from crmcore.linting import LintKind
from crmcore.segments import Segment, SegmentTable, Tier, TierPolicy

SCHEMA = Schema.of(spend=int, visits=int, since=date | None)


def test_the_first_segment_takes_its_customers() -> None:
    """A table in order has segments that never win, and customers in none."""
    table = SegmentTable(
        segments=[
            Segment("loyal", F.visits >= 5),
            Segment("keen", (F.visits >= 9) & (F.spend > 100)),
        ]
    )

    found = table.lint(SCHEMA)

    assert [(one.kind, one.names) for one in found] == [
        (LintKind.SHADOWED, ("keen", "loyal")),
        (LintKind.GAP, ()),
    ]
    assert all(table.assign(dict(one.witness or ())) is not table.segments[1] for one in found)


def test_where_exactly_one_should_hold_two_are_an_error() -> None:
    """The customer of an overlap is refused by the table itself."""
    table = SegmentTable(
        segments=[Segment("rich", F.spend >= 100), Segment("rest", F.spend <= 100)],
        exactly_one=True,
    )

    (found,) = table.lint(SCHEMA)

    assert found.is_error
    assert found.witness == (("spend", 100),)


def test_days_count_from_the_day_of_judgement() -> None:
    """What is impossible today may be possible on another day."""
    table = SegmentTable(
        segments=[Segment("new", (F.since > as_of) & (F.since < date(2026, 3, 31)))]
    )

    kinds = {
        day: {one.kind for one in table.lint(SCHEMA, as_of=day)}
        for day in (date(2026, 1, 1), date(2026, 4, 1))
    }

    assert LintKind.CONTRADICTION not in kinds[date(2026, 1, 1)]
    assert LintKind.CONTRADICTION in kinds[date(2026, 4, 1)]


def test_a_tier_that_nobody_can_enter() -> None:
    """A level above all that the feature can be is told; a policy within bounds is clean."""
    policy = TierPolicy(
        feature="recent_spend",
        tiers=[
            Tier(name="standard"),
            Tier(name="silver", enter=100, leave=50),
            Tier(name="gold", enter=5000, leave=3000),
        ],
    )
    spend = Schema.of(recent_spend=Decimal)

    found = policy.lint(spend.bounded(recent_spend=(0, 4000)))

    assert [(one.kind, one.names) for one in found] == [(LintKind.CONTRADICTION, ("gold",))]
    assert policy.lint(spend.bounded(recent_spend=(0, 5000))) == ()
