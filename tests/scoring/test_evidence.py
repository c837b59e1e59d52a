"""A ledger is written down and read again, and says the same with the same values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.criteria import F
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.lifecycle import Stage
from crmcore.scoring import Entry, EntryKind, HalfLife, Override, Rule, RuleSet, Score
from crmcore.testing import EDGES, amounts, criteria, random_rows

AS_OF = date(2026, 9, 30)


class Colour(Enum):
    """An enumeration whose members are not their words."""

    RED = "red"


class Rank(IntEnum):
    """An enumeration whose members are numbers."""

    HIGH = 3


class Thing:
    """Something that says nothing of itself but where in memory it is."""


def scored(value: object) -> Score:
    """Return the score of a rule that has read a value."""
    entry = Entry(
        kind=EntryKind.GIVEN,
        rule="seen",
        version="1",
        points=Decimal(5),
        base=Decimal(5),
        reason=Phrase("it was seen", "已见"),
        fields=("thing",),
        values=(value,),
    )
    return Score(
        rule_set="care",
        version="1",
        as_of=AS_OF,
        ledger=(entry,),
        low=Decimal(5),
        high=Decimal(5),
    )


def kept(value: object) -> Any:  # noqa: ANN401 - whatever is kept
    """Return what a ledger keeps of a value."""
    return scored(value).ledger[-1].values[0]


numbers = st.one_of(st.integers(), st.floats(), st.decimals(), st.fractions())
times = st.one_of(
    st.dates(),
    st.datetimes(),
    st.datetimes(
        timezones=st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")])
    ),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    times,
    st.text(st.characters()),
    amounts(),
    st.sampled_from([*Stage, Colour.RED, Rank.HIGH]),
    st.builds(Undefined, st.sampled_from(Reason)),
)
values = st.one_of(
    scalars,
    st.frozensets(st.text(), max_size=4),
    st.frozensets(st.one_of(st.text(), st.integers(), st.dates()), max_size=4),
    st.lists(scalars, max_size=4),
    st.tuples(scalars, st.tuples(scalars)),
    st.dictionaries(st.text(), st.integers(), max_size=2),
)


@given(values)
def test_every_value_comes_back_with_its_type(value: object) -> None:
    """Whatever a rule has read, the score is read as it was written, down to the types."""
    score = scored(value)

    text = to_json(score)
    read = from_json(Score, text)

    assert read == score
    assert str(read) == str(score)
    assert to_json(read) == text
    assert [*map(type, read.ledger[0].values)] == [*map(type, score.ledger[0].values)]


@given(st.data(), st.integers(0, 50))
def test_every_score_of_every_criterion_comes_back(data: st.DataObject, seed: int) -> None:
    """Scores of records from the edge, by criteria of every shape, are read as written."""
    rule = Rule("any", when=data.draw(criteria()), points=Decimal("12.5"), version="2")
    visits = Rule(
        "visits",
        when=F.orders >= 0,
        points=3,
        times="visits",
        cap=1_000_000,
        decay=HalfLife(days=30, since=F.due, continuous=True),
    )
    rules = RuleSet("edges", [rule, visits], floor=-5, cap=900_000)
    override = Override(value=7, author="mia", reason="a promise", expires=date(2026, 12, 1))

    for row in random_rows(seed, count=3, schema=EDGES):
        score = rules.score(row, as_of=AS_OF).overridden(override)

        assert from_json(Score, to_json(score)) == score


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Stage.LOYAL, "loyal"),
        (Colour.RED, "red"),
        (Rank.HIGH, 3),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (pd.NaT, None),
        (float("inf"), "inf"),
        (Decimal("Infinity"), "Infinity"),
        (Decimal("1E+9999"), "1E+9999"),
        (1 << 10_000, "a number of 10001 bits"),
        (Fraction(1, 3), "1/3"),
        (Thing(), "a Thing"),
        ("lone \ud83d half", "lone \\ud83d half"),
        ("no\0thing", "no\\x00thing"),
        ([1, {"a", "b"}, (2, 3)], (1, frozenset({"a", "b"}), (2, 3))),
        ({1, 2}, frozenset({1, 2})),
        (pd.Timestamp("2026-09-30T12:00:00+02:00"), datetime(2026, 9, 30, 10, tzinfo=UTC)),
        (datetime(2026, 9, 30, 12), datetime(2026, 9, 30, 12)),  # noqa: DTZ001 - without one
        (
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
            "0001-01-01T00:00:00+05:00",
        ),
    ],
)
def test_values_of_few_types_are_kept(value: object, found: object) -> None:
    """What no file can keep exactly is kept as what it amounts to."""
    assert kept(value) == found
