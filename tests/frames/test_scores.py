"""Scoring whole frames: the same points, bounds and masks as record by record."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, any_of, as_of, unless
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.frames import score
from crmcore.scoring import HalfLife, Linear, Rule, RuleSet, Step

TODAY = date(2026, 9, 30)
SCHEMA = Schema.of(
    visits=int | None,
    spend=Decimal | None,
    orders=int | None,
    tier=str | None,
    last_visit=date | None,
    last_order=date | None,
    opened=float | None,
)
FIT = Rule("visits often", when=F.visits > 4, points=10)


def make_customers(count: int) -> Iterator[dict[str, Any]]:
    """Yield customers of whom a quarter of everything is missing, some with impossible counts."""
    chance = random.Random(20260930)  # noqa: S311 - made-up customers

    def maybe(value: object) -> object:
        return None if chance.random() < 0.25 else value

    for _ in range(count):
        yield {
            "visits": maybe(chance.randrange(10)),
            "spend": maybe(Decimal(chance.randrange(1000)) / 100),
            "orders": maybe(chance.choice([0, 1, 2, 2, 3, 3, 5, 40, 10**12, -1, 2**53])),
            "tier": maybe(chance.choice(["gold", "silver"])),
            "last_visit": maybe(TODAY - timedelta(days=chance.randrange(-5, 120))),
            "last_order": maybe(TODAY - timedelta(days=chance.randrange(-5, 800))),
            "opened": maybe(chance.choice([0.5, 1.5, float("nan")])),
        }


CUSTOMERS = list(make_customers(250))
EVERY_KIND = RuleSet(
    "every kind",
    [
        FIT,
        Rule("spends little", when=F.spend < Decimal("5.5"), points="-2.25", group="money"),
        Rule(
            "was here",
            when=F.tier == "gold",
            points=25,
            decay=HalfLife(days=14, since=F.last_visit),
            group="money",
        ),
        Rule("never seen", when=F.visits.is_missing(), points=7),
        Rule("orders", when=F.tier != "silver", points=3, times=F.orders, cap=10),
        Rule(
            "sends back",
            when=F.visits < 8,
            points=-3,
            times=F.orders,
            cap="10.5",
            decay=Linear(days=30, since=F.last_visit),
            group="trouble",
        ),
        Rule(
            "bought",
            when=unless(F.visits > 3),
            points=4,
            decay=Step(months={3: "0.5", 12: 0}, since=F.last_order),
            cap=3,
        ),
        Rule("knows us", when=EVERYTHING, points=1, decay=HalfLife(days=14, since=F.last_visit)),
        Rule("impossible", when=any_of(), points=100),
        Rule("everybody", when=EVERYTHING, points="0.5", group="trouble"),
        Rule("for nothing", when=F.last_visit > as_of.shift(days=-30), points=0),
        Rule("counts for nothing", when=F.visits > 3, points=0, times=F.orders, cap=2),
        Rule("opens mail", when=F.opened > 1.0, points=-9),
    ],
    floor=-5,
    cap=30,
    group_caps={"money": 12, "trouble": 4},
)
RULE_SETS = [
    EVERY_KIND,
    RuleSet("without caps", [rule for rule in EVERY_KIND.rules if rule.cap is None]),
    RuleSet("many", [Rule(f"r{n}", when=F.visits > n % 10, points=n - 20) for n in range(130)]),
    RuleSet("only a floor", [FIT, Rule("mail", when=F.opened > 1.0, points=-7)], floor=0),
    RuleSet("only a cap", [FIT, Rule("mail", when=F.opened > 1.0, points=7)], cap=12),
    RuleSet("no rules", []),
    RuleSet(
        "fine and large",
        [
            Rule(
                "large",
                when=F.visits > 2,
                points=999_999,
                decay=Linear(days=100, since=F.last_order),
            ),
            Rule("fine", when=F.visits > 2, points="0.000001"),
        ],
    ),
    RuleSet(
        "decay alike",
        [
            Rule(name, when=when, points=points, decay=HalfLife(days=3, since=F.last_visit))
            for name, when, points in [("a", F.visits > 2, 5), ("b", F.visits.is_missing(), -7)]
        ],
    ),
]


def mask(row: Mapping[str, Any], name: str) -> int:
    """Return the mask that several columns of 63 bits make."""
    words = [name, f"{name}_2", f"{name}_3"]
    return sum(row[word] << 63 * place for place, word in enumerate(words) if word in row)


def rows_of(columns: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """Return the rows of a frame."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def same_as_objects(rules: RuleSet, customer: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Say whether a row has what its record gets, to the last digit; nulls for a refused one."""
    try:
        expected = rules.score(customer, as_of=TODAY)
    except InvalidValueError:
        return {value for name, value in row.items() if name not in customer} == {None}
    points = [Decimal(str(row[name])) for name in ("score", "low", "high")]
    nearest = [float(value) for value in (expected.value, expected.low, expected.high)]
    masks = rules.masks(customer, as_of=TODAY)
    return (
        points == [expected.value, expected.low, expected.high]
        and [row["score"], row["low"], row["high"]] == nearest
        and (mask(row, "fired"), mask(row, "unknown")) == (masks.fired, masks.unknown)
    )


@pytest.mark.once
@pytest.mark.parametrize("rules", RULE_SETS, ids=lambda rules: str(rules.name))
def test_every_row_gets_what_its_record_gets(engine: Any, rules: RuleSet) -> None:
    """Points, bounds and masks are those of the object path, on every engine."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    rows = rows_of(engine.columns(score(frame, rules, as_of=TODAY)))

    assert len(rows) == len(CUSTOMERS)
    for customer, row in zip(CUSTOMERS, rows, strict=True):
        assert same_as_objects(rules, customer, row), (customer, row)


def test_any_ledger_can_be_written_from_the_masks(engine: Any) -> None:
    """The masks of a row and its record give the whole ledger, which sums to the score."""
    sound = [customer for customer in CUSTOMERS if customer["orders"] in (None, 0, 1, 2, 3)]
    scored = rows_of(engine.columns(score(engine.frame(sound, SCHEMA), EVERY_KIND, as_of=TODAY)))

    ledgers = [
        EVERY_KIND.ledger(customer, fired=row["fired"], unknown=row["unknown"], as_of=TODAY)
        for customer, row in zip(sound, scored, strict=True)
    ]

    assert ledgers == [EVERY_KIND.score(customer, as_of=TODAY) for customer in sound]
    assert [float(ledger.value) for ledger in ledgers] == [row["score"] for row in scored]


def test_the_types_do_not_depend_on_the_rules(engine: Any) -> None:
    """Points are floats and masks are integers, on every engine and for every rule set."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    for rules in (
        EVERY_KIND,
        RuleSet("sure", [Rule("a", when=EVERYTHING, points=1)]),
        RULE_SETS[5],
    ):
        row = rows_of(engine.columns(score(frame, rules, as_of=TODAY)))[1]
        added = {name: type(value) for name, value in row.items() if name not in SCHEMA}
        assert set(added.values()) == {float, int}
        masks = {name for name, kind in added.items() if kind is int}
        assert masks == {name for name in added if name.startswith(("fired", "unknown"))}


def test_what_there_was_stays(engine: Any) -> None:
    """The columns of the frame stay in front, in their order; no hidden one is left over."""
    frame = engine.frame(CUSTOMERS, SCHEMA)

    columns = engine.columns(score(frame, EVERY_KIND, as_of=TODAY, prefix="fit_"))

    added = ["fit_score", "fit_low", "fit_high", "fit_fired", "fit_unknown"]
    assert list(columns) == [*SCHEMA.names, *added]
    assert columns["tier"] == [customer["tier"] for customer in CUSTOMERS]


@pytest.mark.parametrize(
    ("bounds", "masks", "names"),
    [
        (False, False, ["score"]),
        (True, False, ["score", "low", "high"]),
        (False, True, ["score", "fired", "unknown"]),
    ],
)
def test_whoever_wants_less_gets_less(bounds: bool, masks: bool, names: list[str]) -> None:  # noqa: FBT001
    """Bounds and masks can be left out, and the rest is the same."""
    frame = pl.DataFrame(CUSTOMERS, schema_overrides={"spend": pl.Decimal(18, 2)})

    whole = score(frame, EVERY_KIND, as_of=TODAY)
    part = score(frame, EVERY_KIND, as_of=TODAY, bounds=bounds, masks=masks)

    assert part.columns == [*frame.columns, *names]
    assert part[names].equals(whole[names])


def test_a_lazy_frame_stays_lazy() -> None:
    """Nothing is evaluated before somebody asks."""
    frame = pl.LazyFrame({"visits": [5, None]})

    scored = score(frame, RuleSet("fit", [FIT]), as_of=TODAY)

    assert isinstance(scored, pl.LazyFrame)
    assert scored.collect()["score"].to_list() == [10.0, 0.0]


def test_numpy_columns_of_pandas_are_read_and_left_as_they_are() -> None:
    """A frame of pandas with NumPy's types is scored, and keeps its index and its columns."""
    frame = pd.DataFrame({"visits": [5.0, float("nan")], "who": [object(), "Ada"]}, index=[7, 3])

    scored = score(frame, RuleSet("fit", [FIT]), as_of=TODAY, schema=Schema.of(visits=int | None))

    assert scored["score"].to_list() == [10.0, 0.0]
    assert scored["high"].to_list() == [10.0, 10.0]
    assert list(scored.index) == [7, 3]
    assert scored[["visits", "who"]].equals(frame)


def test_one_row_is_scored_as_many_are() -> None:
    """A frame of one row, which engines treat as a constant, gets the same number."""
    rules = RuleSet("fit", [Rule("a", when=F.visits > 4, points="1.386")])

    (alone,) = score(pl.DataFrame({"visits": [5]}), rules, as_of=TODAY)["score"]
    among = score(pl.DataFrame({"visits": [5, 5, 1]}), rules, as_of=TODAY)["score"]

    assert (alone, among[0]) == (1.386, 1.386)


def test_numbers_are_fitted_to_the_columns_they_meet(engine: Any) -> None:
    """A rule that was written with decimals also reads a column of floats."""
    rules = RuleSet("mail", [Rule("opens", when=F.opened > Decimal("0.75"), points=2)])

    columns = engine.columns(score(engine.frame(CUSTOMERS, SCHEMA), rules, as_of=TODAY))

    assert columns["score"] == [2.0 * (c["opened"] == 1.5) for c in CUSTOMERS]


def test_before_the_calendar_nothing_is_old() -> None:
    """On the first day of the calendar no step of a decay has a day to be compared with."""
    rules = RuleSet("x", [Rule("a", when=EVERYTHING, points=4, decay=HalfLife(days=9, since="at"))])
    first = date(1, 1, 1)

    scored = score(pl.DataFrame({"at": [first, None]}), rules, as_of=first)

    assert scored["score"].to_list() == [4.0, 0.0]
    assert scored["high"].to_list() == [4.0, 4.0]


CRITERIA = st.sampled_from(
    [
        F.visits > 4,
        F.visits.is_missing(),
        F.spend < Decimal(5),
        F.tier == "gold",
        EVERYTHING,
    ]
)
DECAYS = st.sampled_from(
    [
        None,
        HalfLife(days=14, since=F.last_visit),
        Linear(days=60, since=F.last_order),
        Step(days={10: "0.75", 90: "0.125"}, since=F.last_visit),
    ]
)
POINTS = st.decimals(-50, 50, places=2)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Draw rule sets with decays, counts, groups, caps and a floor."""
    rules = []
    for number in range(draw(st.integers(1, 6))):
        times = draw(st.sampled_from([None, None, "orders"]))
        cap = draw(st.sampled_from([Decimal("7.5"), Decimal(30)] + [None] * (times is None)))
        when: Criterion = draw(CRITERIA)
        rule = Rule(
            f"rule {number}",
            when=when,
            points=draw(POINTS),
            decay=draw(DECAYS),
            group=draw(st.sampled_from([None, "a", "b"])),
            times=times,
            cap=cap,
        )
        rules.append(rule)
    groups = {rule.group for rule in rules if rule.group}
    caps = {group: draw(st.integers(1, 60)) for group in sorted(groups) if draw(st.booleans())}
    floor, most = draw(st.sampled_from([(None, None), (0, None), (None, 20), (-10, 15)]))
    return RuleSet("drawn", rules, group_caps=caps, floor=floor, cap=most)


POLARS = pl.DataFrame(
    CUSTOMERS[:60],
    schema={
        "visits": pl.Int64,
        "spend": pl.Decimal(18, 2),
        "orders": pl.Int64,
        "tier": pl.String,
        "last_visit": pl.Date,
        "last_order": pl.Date,
        "opened": pl.Float64,
    },
)


@settings(max_examples=40)
@given(rule_sets())
def test_any_rule_set_gives_every_row_what_its_record_gets(rules: RuleSet) -> None:
    """Whatever decays, counts and caps come together, the frame agrees with the records."""
    rows = score(POLARS, rules, as_of=TODAY).rows(named=True)

    for customer, row in zip(CUSTOMERS, rows, strict=False):
        assert same_as_objects(rules, customer, row), (customer, row)


@settings(max_examples=40)
@given(rule_sets(), st.randoms())
def test_the_order_of_rules_and_rows_changes_no_points(
    rules: RuleSet, chance: random.Random
) -> None:
    """Rules and rows in another order give the same points and bounds."""
    shuffled = list(rules.rules)
    chance.shuffle(shuffled)
    places = list(range(len(POLARS)))
    chance.shuffle(places)
    turned = RuleSet(
        "turned", shuffled, group_caps=rules.group_caps, floor=rules.floor, cap=rules.cap
    )

    first = score(POLARS, rules, as_of=TODAY, masks=False)
    second = score(POLARS[places], turned, as_of=TODAY, masks=False)

    assert first[places].equals(second)


def test_a_curve_is_refused_with_the_reason() -> None:
    """A continuous half-life has no steps, and is for objects alone."""
    decay = HalfLife(days=14, since=F.last_visit, continuous=True)
    rules = RuleSet("x", [Rule("a", when=EVERYTHING, points=4, decay=decay)])

    with pytest.raises(InvalidValueError, match="half-life must be sampled in steps"):
        score(POLARS, rules, as_of=TODAY)


def test_points_that_would_not_be_exact_are_refused() -> None:
    """More than fifteen digits do not go through a float."""
    rules = RuleSet("x", [Rule("a", when=F.visits > 4, points=10**9 - Decimal("0.000001"))] * 1)
    larger = RuleSet("x", [*rules.rules, Rule("b", when=F.visits > 4, points=10)])
    counted = RuleSet(
        "x", [Rule("c", when=EVERYTHING, points="0.000001", times=F.orders, cap=10**9)]
    )

    assert score(POLARS, rules, as_of=TODAY)["high"].max() == 999999999.999999
    with pytest.raises(InvalidValueError, match=r"rules must give less than 10\^15 units"):
        score(POLARS, larger, as_of=TODAY)
    with pytest.raises(InvalidValueError, match=r"rules must give less than 10\^15 units"):
        score(POLARS, counted, as_of=TODAY)


def test_a_column_that_is_there_is_not_overwritten() -> None:
    """Somebody else's column is not lost; a prefix makes room."""
    frame = POLARS.with_columns(score=1)

    with pytest.raises(InvalidValueError, match="have no column called 'score'"):
        score(frame, EVERY_KIND, as_of=TODAY)
    assert "fit_score" in score(frame, EVERY_KIND, as_of=TODAY, prefix="fit_").columns


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Rule("a", when=F.visit > 4, points=1), r"rules\[0\]\.when\.gt: unknown field 'visit'"),
        (Rule("a", when=EVERYTHING, points=1, times=F.tier, cap=2), "times: tier must be an int"),
        (
            Rule("a", when=EVERYTHING, points=1, decay=Linear(days=3, since=F.visits)),
            "since: visits must be a date",
        ),
    ],
)
def test_rules_that_cannot_run_are_refused_before_they_run(rule: Rule, problem: str) -> None:
    """Unknown fields and wrong types are faults with a path."""
    with pytest.raises(FaultsError, match=problem):
        score(POLARS, RuleSet("x", [rule]), as_of=TODAY)


def test_an_instant_is_no_day_of_judgement() -> None:
    """The day of judgement is a date."""
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        score(POLARS, EVERY_KIND, as_of=datetime(2026, 9, 30))  # noqa: DTZ001 - refused


def test_a_library_without_a_promise_is_refused() -> None:
    """What is no frame is refused with the libraries that are supported."""
    with pytest.raises(InvalidValueError, match="frame must be one of Polars, DuckDB"):
        score([{"visits": 5}], EVERY_KIND, as_of=TODAY)
