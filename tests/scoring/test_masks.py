"""Totals and masks say what the ledger says, and the ledger can be made from them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from enum import IntEnum
from itertools import count
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F, all_of, any_of, as_of, unless
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Reason, Undefined
from crmcore.scoring import EntryKind, HalfLife, Linear, Masks, Rule, RuleSet, Score, Step
from crmcore.verdicts import Verdict

TODAY = date(2026, 9, 30)
NAN = float("nan")
NO_DATA = Undefined(Reason.NO_DATA)

LEAVES = [
    F.orders >= 3,
    F.orders == 0,
    F.spend > 100.0,
    F.spend <= 2.5,
    F.price > Decimal("9.99"),
    F.price == Decimal("9.99"),
    F.tier == "gold",
    F.tier != "gold",
    F.tier.in_(["gold", "silver"]),
    F.tier.is_missing(),
    F.spend.is_missing(),
    F.mail.contains("@"),
    F.tags.has("key"),
    F.seen > as_of - timedelta(days=30),
    F.seen <= F.joined,
    F.subscribed.is_true(),
    F.orders + F.returns > 4,
    F.spend / F.orders > 20.0,
    F.tier.otherwise("none") == "none",
    F.seen.days_until(as_of) < 60,
]
CRITERIA = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        inner.map(lambda criterion: ~criterion),
        inner.map(unless),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: all_of(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: any_of(*parts)),
    ),
    max_leaves=4,
)
DECAYS = st.sampled_from(
    [
        None,
        HalfLife(days=14, since=F.seen),
        HalfLife(days=14, since=F.seen, continuous=True),
        Linear(days=60, since=F.joined),
        Step(since=F.seen, days={20: "0.5", 40: 0}),
        Step(since=F.joined, months={1: "0.75", 4: "0.25"}),
    ]
)
CAPS = st.none() | st.decimals("0.5", 60, places=1)
POINTS = st.decimals(-50, 50, places=2)


def record_fields() -> dict[str, st.SearchStrategy[Any]]:
    """Return the values of each field, gaps of every kind among them."""
    days = st.integers(-5, 200).map(lambda age: TODAY - timedelta(days=age))
    known: dict[str, st.SearchStrategy[Any]] = {
        "orders": st.integers(0, 6),
        "returns": st.integers(0, 6),
        "spend": st.sampled_from([0.0, 2.5, 99.9, 250.0, float("inf")]),
        "price": st.sampled_from([Decimal("9.99"), Decimal("10.00"), Decimal("NaN")]),
        "tier": st.sampled_from(["gold", "silver", "bronze"]),
        "mail": st.sampled_from(["ada@firm.de", "none"]),
        "tags": st.sampled_from([frozenset(), frozenset(["key"])]),
        "seen": days,
        "joined": days,
        "subscribed": st.booleans(),
    }
    gaps = st.sampled_from([None, NAN, NO_DATA])
    return {name: values | gaps for name, values in known.items()}


RECORDS = st.fixed_dictionaries(record_fields())


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Rule sets with decays, counts, groups and caps of all kinds."""
    rules = []
    for place in range(draw(st.integers(0, 6))):
        times = draw(st.sampled_from([None, None, "orders"]))
        cap = draw(CAPS if times is None else CAPS.filter(lambda cap: cap is not None))
        rules.append(
            Rule(
                f"rule {place}",
                when=draw(CRITERIA),
                points=draw(POINTS),
                decay=draw(DECAYS),
                group=draw(st.sampled_from([None, "g", "h"])),
                times=times,
                cap=cap,
            )
        )
    groups = sorted({rule.group for rule in rules if rule.group is not None})
    caps = {group: bound for group in groups if (bound := draw(CAPS)) is not None}
    floor = draw(st.none() | st.integers(-20, 0))
    top = draw(st.none() | st.integers(1, 20))
    return RuleSet("random", rules, group_caps=caps, floor=floor, cap=top)


def masks_of(rules: RuleSet, score: Score) -> tuple[int, int]:
    """Return the masks that a ledger shows."""
    places = {rule.name: 1 << place for place, rule in enumerate(rules.rules)}
    entries = [entry for entry in score.ledger if entry.kind is not EntryKind.CAPPED]
    fired = sum(places[entry.rule] for entry in entries if entry.kind is EntryKind.GIVEN)
    return fired, sum(places[entry.rule] for entry in entries) - fired


def by_hand(rules: RuleSet, record: Mapping[str, Any]) -> Masks:
    """Judge and add rule by rule, in decimals, as one would with a pencil."""
    fired = unknown = 0
    sums: dict[str | None, Decimal] = {None: Decimal(0)}
    for place, rule in enumerate(rules.rules):
        verdict = rule.when.evaluate(record, as_of=TODAY)
        needed = {rule.times, None if rule.decay is None else rule.decay.since} - {None}
        lacks = any(is_gap(record[str(name)]) for name in needed)
        if verdict is Verdict.FAILS:
            continue
        if verdict is Verdict.UNKNOWN or lacks:
            unknown |= 1 << place
            continue
        fired |= 1 << place
        points = rule.points * (1 if rule.times is None else record[rule.times])
        if rule.decay is not None:
            points *= rule.decay.factor(record[str(rule.decay.since)], as_of=TODAY)
        if rule.cap is not None:
            points = max(-rule.cap, min(rule.cap, points))
        sums[rule.group] = sums.get(rule.group, Decimal(0)) + points
    for group, cap in rules.group_caps:
        sums[group] = max(-cap, min(cap, sums.get(group, Decimal(0))))
    total = sum(sums.values(), Decimal(0))
    total = total if rules.floor is None else max(rules.floor, total)
    return Masks(total if rules.cap is None else min(rules.cap, total), fired, unknown)


def is_gap(value: object) -> bool:
    """Say whether a value is missing."""
    return value is None or value == NO_DATA or value != value  # noqa: PLR0124 - NaN


@given(rule_sets(), RECORDS)
def test_total_and_masks_are_what_one_computes_by_hand(
    rules: RuleSet, record: dict[str, Any]
) -> None:
    """The compiled function, on mappings and on objects, agrees with a pencil to the digit."""
    expected = by_hand(rules, record)
    thing = SimpleNamespace(**record)

    assert rules.masks(record, as_of=TODAY) == expected
    assert rules.masks(thing, as_of=TODAY) == expected
    assert rules.total(record, as_of=TODAY) == expected.total
    assert rules.total(thing, as_of=TODAY) == expected.total
    assert rules.scorer(as_of=TODAY, of=SimpleNamespace).masks(thing) == expected
    assert rules.scorer(as_of=TODAY, of=dict).total(record) == expected.total


@given(rule_sets(), RECORDS)
def test_the_ledger_comes_from_the_masks(rules: RuleSet, record: dict[str, Any]) -> None:
    """A ledger that is made later equals the first, with value, low and high, and adds up."""
    score = rules.score(record, as_of=TODAY)
    masks = rules.masks(record, as_of=TODAY)

    assert score.value == masks.total == sum(entry.points for entry in score.ledger)
    assert masks_of(rules, score) == (masks.fired, masks.unknown)
    rebuilt = rules.ledger(record, fired=masks.fired, unknown=masks.unknown, as_of=TODAY)
    assert rebuilt == score


@given(rule_sets(), RECORDS)
def test_the_context_of_the_caller_changes_nothing(rules: RuleSet, record: dict[str, Any]) -> None:
    """One digit of precision elsewhere leaves every total as it is."""
    expected = rules.total(record, as_of=TODAY)

    with localcontext() as context:
        context.prec = 1
        assert rules.scorer(as_of=TODAY).total(record) == expected


def test_a_set_may_have_more_rules_than_a_machine_word_has_bits() -> None:
    """The mask of two hundred rules is an integer like any other."""
    rules = RuleSet(
        "many", [Rule(f"rule {at}", when=F.x >= at, points=1, cap=1) for at in range(200)]
    )

    masks = rules.masks({"x": 149}, as_of=TODAY)
    gap = rules.masks({"x": None}, as_of=TODAY)

    assert masks == Masks(Decimal(150), 2**150 - 1, 0)
    assert gap == Masks(Decimal(0), 0, 2**200 - 1)
    assert rules.score({"x": 149}, as_of=TODAY).value == 150
    assert rules.score({}, as_of=TODAY).high == 200


def test_a_ledger_asks_no_criterion_whether_it_holds() -> None:
    """The masks decide, so the columns that only the criterion reads may be gone by then."""
    rules = RuleSet(
        "value",
        [
            Rule("visited", when=F.visits > 0, points=25, decay=HalfLife(days=14, since=F.seen)),
            Rule("complained", when=F.complaints > 0, points=-40),
        ],
    )
    row = {"seen": date(2026, 9, 16)}

    score = rules.ledger(row, fired=0b01, unknown=0b10, as_of=TODAY)

    assert (score.value, score.low, score.high) == (Decimal("12.5"), Decimal("-27.5"), score.value)


def test_many_digits_are_counted_exactly() -> None:
    """Six digits behind the point, thousandths of them, and a large count lose nothing."""
    rules = RuleSet(
        "exact",
        [
            Rule(
                "many",
                when=F.x > 0,
                points="0.000001",
                times=F.x,
                cap=10**9,
                decay=Step(since=F.seen, days={1: "0.001"}),
            ),
            Rule("large", when=F.x > 0, points=10**9),
        ],
    )
    record = {"x": 2**53 - 1, "seen": date(2026, 9, 29)}

    score = rules.score(record, as_of=TODAY)

    assert score.value == rules.total(record, as_of=TODAY) == Decimal("1009007199.254740991")


def test_every_digit_of_a_curve_counts() -> None:
    """A continuous half-life has twelve digits, and a total all of them."""
    curve = HalfLife(days=10, since=F.seen, continuous=True)
    rules = RuleSet("curve", [Rule("seen", when=F.seen.is_present(), points=1, decay=curve)])
    record = {"seen": date(2026, 9, 15)}

    assert rules.total(record, as_of=TODAY) == Decimal("0.353553390593")
    assert rules.score(record, as_of=TODAY).value == Decimal("0.353553390593")


def test_parts_of_a_point_are_taken_and_capped() -> None:
    """A rule that takes half a point each time is cut off below, not above."""
    late = Rule("late", when=F.n > 0, points="-0.5", times=F.n, cap=2)
    rules = RuleSet("s", [late])

    assert [rules.total({"n": times}, as_of=TODAY) for times in (1, 4, 9)] == [
        *(Decimal("-0.5"), Decimal(-2), Decimal(-2))
    ]


@pytest.mark.parametrize("lost", [date(1, 1, 1), date(1, 6, 1)])
def test_a_calendar_has_a_first_day(lost: date) -> None:
    """Steps that lie before the calendar are never reached, and nothing fails."""
    decays: list[HalfLife | Linear | Step] = [
        HalfLife(days=400, since=F.day),
        Linear(days=400, since=F.day),
        Step(since=F.day, days={400: "0.5"}),
        Step(since=F.day, months={1: "0.5", 13: "0.25"}),
    ]
    rules = RuleSet(
        "old",
        [
            Rule(f"rule {at}", when=F.day.is_present(), points=100, decay=decay)
            for at, decay in enumerate(decays)
        ],
    )

    score = rules.score({"day": lost}, as_of=date(1, 6, 1))

    expected = sum(100 * decay.factor(lost, as_of=date(1, 6, 1)) for decay in decays)
    assert score.value == rules.total({"day": lost}, as_of=date(1, 6, 1)) == expected


class Visits(IntEnum):
    """A count that is not quite a plain integer."""

    TWO = 2


def test_what_only_looks_strange_is_counted() -> None:
    """A count of a class of its own is read slowly, and gives the same."""
    rules = RuleSet("s", [Rule("v", when=F.x > 0, points=5, times=F.n, cap=20)])

    assert rules.masks({"x": 1, "n": Visits.TWO}, as_of=TODAY) == Masks(Decimal(10), 1, 0)
    assert rules.total({"x": 1, "n": Visits.TWO}, as_of=TODAY) == 10
    assert rules.masks({"x": None, "n": Visits.TWO}, as_of=TODAY) == Masks(Decimal(0), 0, 1)


COUNTED = RuleSet(
    "s",
    [
        Rule("v", when=F.x > 0, points=5, times=F.n, cap=20, decay=Linear(days=9, since=F.day)),
        Rule("w", when=F.x > 1, points=5),
    ],
)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"x": 1, "n": -1, "day": TODAY}, "n must be a count, 0 or more and below 2\\^53"),
        ({"x": 1, "n": 2**53, "day": TODAY}, "n must be a count, 0 or more and below 2\\^53"),
        ({"x": 1, "n": True, "day": TODAY}, "n must be a count"),
        ({"x": 1, "n": 1, "day": "today"}, "day must be a date"),
        ({"x": 1, "n": 1, "day": datetime(2026, 9, 1, tzinfo=UTC)}, "day must be a date"),
        ({"x": "one", "n": 1, "day": TODAY}, "x"),
    ],
    ids=count(),
)
@pytest.mark.parametrize("ask", [RuleSet.total, RuleSet.masks, RuleSet.score])
def test_what_cannot_be_scored_is_refused(
    ask: Callable[..., object], record: dict[str, Any], message: str
) -> None:
    """Totals and masks refuse what the score refuses, by the name of the field."""
    with pytest.raises(InvalidValueError, match=message):
        ask(COUNTED, record, as_of=TODAY)


def test_a_field_that_is_not_there_is_named() -> None:
    """A record without an attribute that a rule reads is refused, in each of the three."""
    for ask in (COUNTED.total, COUNTED.masks, COUNTED.score):
        with pytest.raises(UnknownNameError, match="unknown field 'day'"):
            ask(SimpleNamespace(x=1, n=1), as_of=TODAY)
    with pytest.raises(UnknownNameError, match="unknown field 'day'"):
        COUNTED.ledger(SimpleNamespace(x=1, n=1), fired=1, unknown=0, as_of=TODAY)


@pytest.mark.parametrize(
    ("fired", "unknown", "message"),
    [
        (4, 0, "fired must be a mask of the 2 rules of the set"),
        (0, -1, "unknown must be a mask of the 2 rules"),
        (True, 0, "fired must be a mask of the 2 rules"),
        (1, 1, "unknown must share no rule with fired"),
        (1, 0, "fired must be a rule whose count and date are there"),
    ],
)
def test_masks_that_cannot_be_are_refused(fired: int, unknown: int, message: str) -> None:
    """The masks of another rule set or of another record are told from one's own."""
    with pytest.raises(InvalidValueError, match=message):
        COUNTED.ledger({"x": 1, "n": None, "day": TODAY}, fired=fired, unknown=unknown, as_of=TODAY)


def test_what_is_unknown_without_a_gap() -> None:
    """A quotient by zero has no value although nothing is missing, and the entry says so."""
    rules = RuleSet("s", [Rule("margin", when=F.profit / F.sales > 0.5, points=5)])

    score = rules.score({"profit": 1, "sales": 0}, as_of=TODAY)

    (entry,) = score.ledger
    assert entry.kind is EntryKind.UNKNOWN
    assert score.high == 5
    assert entry.reason.en == f"nobody can tell whether {rules.rules[0].when.words.en}"
    assert entry.reason.zh == f"无法判断是否 {rules.rules[0].when.words.zh}"


def test_the_three_verdicts_of_a_rule() -> None:
    """Holds is a bit in one mask, unknown a bit in the other, fails a bit in none."""
    rules = RuleSet("s", [Rule("a", when=F.x > 0, points=1), Rule("b", when=F.y > 0, points=2)])
    values = (1, 0, None)

    found = [
        rules.masks({"x": x, "y": y}, as_of=TODAY)[1:] for x, y in itertools.product(values, values)
    ]

    assert found == [
        *((0b11, 0b00), (0b01, 0b00), (0b01, 0b10)),
        *((0b10, 0b00), (0b00, 0b00), (0b00, 0b10)),
        *((0b10, 0b01), (0b00, 0b01), (0b00, 0b11)),
    ]


@attrs.frozen
class Customer:
    """What is known of a customer."""

    x: int | None
    n: int | None
    day: date | None


def test_a_scorer_keeps_its_functions() -> None:
    """The functions are compiled once, and are plain ones to hand on."""
    scorer = COUNTED.scorer(as_of=TODAY, of=Customer)
    customer = Customer(2, 3, TODAY)

    assert scorer.total is scorer.total
    assert [*map(scorer.total, [customer] * 2)] == [Decimal(20)] * 2
    assert scorer.masks(customer) == Masks(Decimal(20), 0b11, 0)
    assert scorer(customer) == scorer.ledger(customer, fired=0b11, unknown=0)
    assert scorer.as_of == TODAY


def test_a_strange_record_is_judged_rule_by_rule() -> None:
    """Where one value needs care, what holds, fails and is unknown stays what it was."""
    rules = RuleSet(
        "s",
        [
            Rule("counted", when=F.n > 0, points=5, times=F.n, cap=20),
            Rule("fails", when=F.x > 5, points=1),
            Rule("unknown", when=F.y > 0, points=2),
            Rule("undated", when=F.x > 0, points=4, decay=Linear(days=9, since=F.day)),
        ],
    )

    masks = rules.masks({"n": Visits.TWO, "x": 1}, as_of=TODAY)

    assert masks == Masks(Decimal(10), 0b0001, 0b1100)


class Broken:
    """A record that does not know since when."""

    x = 1

    @property
    def last(self) -> date:
        """Read what is not there."""
        return self.purchases[-1].day  # type: ignore[attr-defined, no-any-return]


def test_a_date_that_cannot_be_read_is_not_unknown() -> None:
    """The record has the field; the message says why it has no value."""
    decay = HalfLife(days=14, since=F.last)
    rules = RuleSet("s", [Rule("r", when=F.x > 0, points=5, decay=decay)])

    for ask in (rules.score, rules.total, rules.masks):
        with pytest.raises(InvalidValueError, match=r"last must be .* says: .*purchases"):
            ask(Broken(), as_of=TODAY)
