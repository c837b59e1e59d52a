"""Stages on frames: the step that every row takes is that of its record."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from crmcore.criteria import F, Schema, as_of
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.features import CustomerFeatures
from crmcore.frames import step_stages
from crmcore.kernel import CustomerId
from crmcore.lifecycle import Stage, StageModel, StageRule

TODAY = date(2026, 9, 30)
SCHEMA = Schema.of(
    stage=str | None,
    frequency=int | None,
    days_since_last=int | None,
    first_purchase=date | None,
    trend=Decimal | None,
)
CHANCE = random.Random(20260930)  # noqa: S311 - made-up customers
MODEL = StageModel(
    rules=[
        StageRule(
            stage=Stage.LOST,
            entry=F.days_since_last > 365,
            allowed_from=[Stage.NEW, Stage.ACTIVE, Stage.AT_RISK],
        ),
        StageRule(
            stage=Stage.REACTIVATED, entry=F.days_since_last <= 365, allowed_from=[Stage.LOST]
        ),
        StageRule(
            stage=Stage.AT_RISK,
            entry=F.trend < Decimal("-0.5"),
            allowed_from=[Stage.ACTIVE, Stage.LOYAL],
            name="waning",
        ),
        StageRule(
            stage=Stage.NEW,
            entry=F.first_purchase >= as_of.shift(days=-30),
            allowed_from=[Stage.PROSPECT],
        ),
        StageRule(
            stage=Stage.ACTIVE, entry=F.frequency > 1, allowed_from=[Stage.NEW, Stage.PROSPECT]
        ),
    ]
)


def maybe(value: object) -> Any:
    """Return a value, or None for a fifth of all."""
    return None if CHANCE.random() < 0.2 else value


CUSTOMERS = [
    {
        "stage": maybe(CHANCE.choice([stage.value for stage in Stage])),
        "frequency": CHANCE.randrange(5),
        "days_since_last": maybe(CHANCE.randrange(1, 700)),
        "first_purchase": maybe(TODAY - timedelta(days=CHANCE.randrange(60))),
        "trend": maybe(Decimal(CHANCE.randrange(-100, 100)) / 100),
    }
    for _ in range(300)
]


def expected(model: StageModel, customer: dict[str, Any]) -> tuple[str, str | None]:
    """Return the stage of a record after the step, and the rule behind it."""
    known = {name: value for name, value in customer.items() if name != "stage"}
    before = model.initial if customer["stage"] is None else Stage(customer["stage"])
    features = CustomerFeatures(customer=CustomerId("c"), as_of=TODAY, **known)
    change = model.step(before, features)
    return (before.value, None) if change is None else (change.after.value, change.rule.name)


def test_every_row_takes_the_step_of_its_record(engine: Any) -> None:
    """Of the rules that lead on from a stage, the first that holds moves the row."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    columns = engine.columns(step_stages(frame, MODEL, as_of=TODAY))

    found = list(zip(columns["stage_after"], columns["stage_rule"], strict=True))
    assert found == [expected(MODEL, customer) for customer in CUSTOMERS]
    assert len({rule for _, rule in found}) == 1 + len(MODEL.rules)


def test_a_model_without_rules_moves_nobody(engine: Any) -> None:
    """Everybody stays, and who has no stage is in the initial one."""
    model = StageModel(rules=[], initial=Stage.NEW)

    columns = engine.columns(
        step_stages(engine.frame(CUSTOMERS, SCHEMA), model, as_of=TODAY, prefix="next_")
    )

    assert columns["next_stage_after"] == [c["stage"] or "new" for c in CUSTOMERS]
    assert columns["next_stage_rule"] == [None] * len(CUSTOMERS)


def test_a_word_that_is_no_stage_gives_nulls(engine: Any) -> None:
    """Nobody is moved out of a stage that there is not."""
    rows = [{**CUSTOMERS[0], "stage": "asleep", "frequency": 5}]

    columns = engine.columns(step_stages(engine.frame(rows, SCHEMA), MODEL, as_of=TODAY))

    assert (columns["stage_after"], columns["stage_rule"]) == ([None], [None])


def test_rules_that_cannot_run_are_refused_before_they_run() -> None:
    """The path of a fault leads to the rule, and a stage is a word."""
    frame = pl.DataFrame({"stage": ["new"], "visits": [3]})
    model = StageModel(
        rules=[StageRule(stage=Stage.LOST, entry=F.visit > 3, allowed_from=[Stage.NEW])]
    )

    with pytest.raises(FaultsError, match=r"rules\[0\]\.entry\.gt: unknown field 'visit'"):
        step_stages(frame, model, as_of=TODAY)
    with pytest.raises(InvalidValueError, match="visits must be a column of text"):
        step_stages(frame, model, as_of=TODAY, stage="visits")
