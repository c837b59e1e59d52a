"""Tiers on frames: the step that every row takes is that of its record."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.criteria import Schema
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.frames import step_tiers
from crmcore.kernel import CustomerId
from crmcore.segments import Tier, TierPolicy

TODAY = date(2026, 9, 30)
TIERS = [
    Tier(name="basic"),
    Tier(name="silver", enter=Decimal(100), leave=Decimal("79.995")),
    Tier(name="gold", enter=Decimal(200), leave=Decimal(150)),
    Tier(name="platinum", enter=Decimal(500), leave=Decimal(200)),
]
POLICY = TierPolicy(tiers=TIERS, minimum_days=90)
SCHEMA = Schema.of(
    recent_spend=Decimal | None, tier=str | None, tier_since=date | None, frequency=int | None
)
CHANCE = random.Random(20260930)  # noqa: S311 - made-up customers


def maybe(value: object) -> Any:
    """Return a value, or None for a tenth of all."""
    return None if CHANCE.random() < 0.1 else value


CUSTOMERS = [
    {
        "recent_spend": maybe(Decimal(CHANCE.choice([7999, 8000, *range(0, 60_000, 500)])) / 100),
        "tier": maybe(CHANCE.choice([tier.name for tier in TIERS])),
        "tier_since": maybe(TODAY - timedelta(days=CHANCE.choice([1, 89, 90, 91, 400]))),
        "frequency": maybe(CHANCE.randrange(600)),
    }
    for _ in range(300)
]
TYPES: dict[str, Any] = {
    "recent_spend": pl.Decimal(18, 2),
    "tier": pl.String,
    "tier_since": pl.Date,
    "frequency": pl.Int64,
}


def expected(
    policy: TierPolicy, customer: dict[str, Any], *, with_since: bool = True
) -> tuple[str, date | None]:
    """Return the tier of a record after the step, and since when."""
    before = customer["tier"] or policy.tiers[0].name
    since = customer["tier_since"] if with_since else None
    features = CustomerFeatures(
        customer=CustomerId("c"), as_of=TODAY, **{policy.feature: customer[policy.feature]}
    )
    change = policy.step(before, features, since=since)
    return (before, since) if change is None else (change.after, TODAY)


def found(columns: dict[str, list[Any]]) -> list[tuple[str | None, date | None]]:
    """Return the tiers of a frame, and since when."""
    return list(zip(columns["tier_after"], columns["tier_entered"], strict=True))


def test_every_row_takes_the_step_of_its_record(engine: Any) -> None:
    """Up at once, down after the stay, and not at all where the feature is missing."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    columns = engine.columns(step_tiers(frame, POLICY, as_of=TODAY, since="tier_since"))

    assert found(columns) == [expected(POLICY, customer) for customer in CUSTOMERS]
    assert columns["tier"] == [customer["tier"] for customer in CUSTOMERS]


def test_without_a_day_everybody_has_stayed_long_enough(engine: Any) -> None:
    """Where nobody says since when, whoever falls below a level moves down."""
    whole = [TIERS[0], Tier(name="silver", enter=Decimal(100), leave=Decimal(80)), *TIERS[2:]]
    policy = TierPolicy(tiers=whole, feature="frequency", minimum_days=90)
    frame = engine.frame(CUSTOMERS, SCHEMA)

    columns = engine.columns(step_tiers(frame, policy, as_of=TODAY))

    assert found(columns) == [expected(policy, c, with_since=False) for c in CUSTOMERS]


def test_a_tier_that_nobody_knows_gives_nulls(engine: Any) -> None:
    """The policy refuses an unknown tier; a frame shows the row as refused."""
    rows = [{**CUSTOMERS[0], "tier": "bronze"}, {**CUSTOMERS[0], "tier": "gold"}]

    columns = engine.columns(step_tiers(engine.frame(rows, SCHEMA), POLICY, as_of=TODAY))

    assert (columns["tier_after"][0], columns["tier_entered"][0]) == (None, None)
    assert columns["tier_after"][1] is not None


def test_one_tier_takes_everybody(engine: Any) -> None:
    """With a single tier there is nowhere to go."""
    policy = TierPolicy(tiers=TIERS[:1])

    columns = engine.columns(
        step_tiers(engine.frame(CUSTOMERS[:9], SCHEMA), policy, as_of=TODAY, prefix="new_")
    )

    assert columns["new_tier_after"] == [
        "basic" if c["tier"] in {None, "basic"} else None for c in CUSTOMERS[:9]
    ]


LEVELS = st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True).map(sorted)


@settings(max_examples=50)
@given(LEVELS, st.data(), st.integers(0, 800))
def test_any_policy_moves_rows_as_records(
    levels: list[int], data: st.DataObject, minimum_days: int
) -> None:
    """Whatever the levels are, the frame agrees with the records."""
    tiers = [Tier(name="t-0")]
    for number, level in enumerate(levels, start=1):
        leave = data.draw(st.integers(int(tiers[-1].enter), level))
        tiers.append(Tier(name=f"t-{number}", enter=Decimal(level), leave=Decimal(leave)))
    policy = TierPolicy(tiers=tiers, minimum_days=minimum_days, feature="frequency")
    rows = [
        {
            **customer,
            "frequency": None if customer["frequency"] is None else customer["frequency"] % 70,
            "tier": f"t-{number % len(tiers)}",
        }
        for number, customer in enumerate(CUSTOMERS[:60])
    ]

    frame = step_tiers(pl.DataFrame(rows, schema=TYPES), policy, as_of=TODAY, since="tier_since")

    assert found(frame.to_dict(as_series=False)) == [expected(policy, row) for row in rows]


def test_a_mean_is_compared_with_decimal_levels() -> None:
    """Levels are decimals, and the mean on a frame is a float: they are fitted to each other."""
    policy = TierPolicy(tiers=TIERS[:2], feature="mean_spend")
    frame = pl.DataFrame({"mean_spend": [100.0, 99.99, float("nan")], "tier": "basic"})

    moved = step_tiers(frame, policy, as_of=TODAY)

    assert moved["tier_after"].to_list() == ["silver", "basic", "basic"]


def test_a_stay_may_be_longer_than_the_calendar() -> None:
    """Whoever must stay for ever stays, since whatever day it is."""
    policy = TierPolicy(tiers=TIERS, minimum_days=10**6)
    rows = [{"recent_spend": Decimal(0), "tier": "gold", "tier_since": s} for s in (date.min, None)]
    frame = pl.DataFrame(rows, schema={key: TYPES[key] for key in rows[0]})

    moved = step_tiers(frame, policy, as_of=TODAY, since="tier_since")

    assert moved["tier_after"].to_list() == ["gold", "basic"]


def test_wrong_columns_are_refused() -> None:
    """A tier is text, the day since when is a date, and both are there."""
    frame = pl.DataFrame(CUSTOMERS, schema=TYPES)

    with pytest.raises(InvalidValueError, match="frequency must be a column of text"):
        step_tiers(frame, POLICY, as_of=TODAY, tier="frequency")
    with pytest.raises(InvalidValueError, match="tier must be a column of dates"):
        step_tiers(frame, POLICY, as_of=TODAY, since="tier")
    with pytest.raises(UnknownNameError, match="unknown field 'tier_sinc'"):
        step_tiers(frame, POLICY, as_of=TODAY, since="tier_sinc")
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        step_tiers(frame, POLICY, as_of=datetime(2026, 9, 30))  # noqa: DTZ001 - refused
