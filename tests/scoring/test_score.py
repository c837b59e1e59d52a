"""Scores are the sums of their ledgers."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import count
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import EVERYTHING, Criterion, F, as_of
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.scoring import (
    Entry,
    EntryKind,
    EventRule,
    EventRuleSet,
    HalfLife,
    Linear,
    Override,
    Rule,
    RuleSet,
    Score,
    Step,
)

TODAY = date(2026, 9, 30)
ENGAGEMENT = RuleSet(
    "engagement",
    [
        Rule(
            "visited us",
            when=F.visits_30d >= 1,
            points=25,
            decay=HalfLife(days=14, since=F.last_visit),
        ),
        Rule("complained", when=F.open_complaints > 0, points=-40),
    ],
)


@attrs.frozen
class Features:
    """What is known of a customer."""

    visits_30d: int | None
    last_visit: date | None
    open_complaints: int | None


def numbers(score: Score) -> list[Decimal | int]:
    """Return value, low and high."""
    return [score.value, score.low, score.high]


def points(score: Score) -> list[Decimal | int]:
    """Return the points of the entries, in their order."""
    return [entry.points for entry in score.ledger]


def bare(*rules: Rule, **options: Any) -> RuleSet:  # noqa: ANN401 - options of the rule set
    """Return a rule set of these rules."""
    return RuleSet("test", rules, **options)


def test_the_example_of_the_front_page() -> None:
    """Half of 25 points is left after 14 days, and an unknown complaint is at stake."""
    visitor = Features(visits_30d=3, last_visit=date(2026, 9, 16), open_complaints=None)

    score = ENGAGEMENT.score(visitor, as_of=TODAY)

    assert numbers(score) == [Decimal("12.5"), Decimal("-27.5"), Decimal("12.5")]
    assert str(score).splitlines() == [
        "engagement: 12.5 (-27.5 to 12.5)",
        "  visited us: 25 × 0.50 (14 days old) = 12.5, because visits_30d is 1 or more",
        "  complained: 0, -40 at stake, because open_complaints is missing",
    ]


def test_all_rules_that_hold_apply() -> None:
    """Two rules of 1 and 2 points make 3, in two entries."""
    rules = bare(Rule("one", when=F.x > 0, points=1), Rule("two", when=F.x > 1, points=2))

    score = rules.score({"x": 5}, as_of=TODAY)

    assert score.value == 3
    assert [entry.rule for entry in score.ledger] == ["one", "two"]
    assert points(score) == [1, 2]
    assert score.is_certain


@pytest.mark.parametrize(
    ("decay", "whole", "happened", "left"),
    [
        (HalfLife(days=14, since=F.day), 25, date(2026, 9, 16), "12.5"),
        (Linear(days=60, since=F.day), 10, date(2026, 8, 31), "5"),
        (Linear(days=60, since=F.day), 10, date(2026, 8, 1), "0"),
        (Step(since=F.day, months={24: "0.75", 48: "0.25"}), 100, date(2024, 9, 30), "75"),
        (Step(since=F.day, months={24: "0.75", 48: "0.25"}), 100, date(2022, 9, 30), "25"),
        (None, 10, date(1990, 1, 1), "10"),
        (HalfLife(days=14, since=F.day), 25, date(2027, 1, 1), "25"),
        (HalfLife(days=10, since=F.day, continuous=True), 1000, date(2026, 9, 15), "353.553390593"),
    ],
)
def test_the_worked_examples_of_decay(
    decay: HalfLife | Linear | Step | None, whole: int, happened: date, left: str
) -> None:
    """Half-life, linear, stepped and none give what is written on paper."""
    rules = bare(Rule("did", when=F.day.is_present(), points=whole, decay=decay))

    score = rules.score({"day": happened}, as_of=TODAY)

    assert score.value == Decimal(left)


def test_a_missing_date_gives_nothing_and_says_so() -> None:
    """Without a date nobody knows what is left, so the points are at stake."""
    score = ENGAGEMENT.score(Features(3, None, 0), as_of=TODAY)

    (entry,) = score.ledger
    assert numbers(score) == [0, 0, 25]
    assert entry.kind is EntryKind.UNKNOWN
    assert entry.reason == Phrase("last_visit is missing", "last_visit 缺失")
    assert entry.evidence == (("last_visit", None), ("visits_30d", 3))


@pytest.mark.parametrize("gap", [None, float("nan"), Undefined(Reason.NO_DATA)])
def test_what_is_missing_is_named(gap: object) -> None:
    """Only what keeps a rule from being settled is named."""
    either = (F.a > 0) & (F.b > 0) & ((F.c > 0) | (F.d > 0))
    rules = bare(Rule("both", when=either, points=5, decay=Linear(days=9, since=F.day)))

    score = rules.score({"a": gap, "b": gap, "c": gap, "d": 1, "day": gap}, as_of=TODAY)

    assert score.ledger[0].reason.en == "a and b and day are missing"
    assert score.ledger[0].reason.zh == "a、b、day 缺失"
    assert score.high == 5


def test_a_rule_may_give_points_for_each_time() -> None:
    """Five points a visit, at most twenty in all; the cap is an entry of its own."""
    rules = bare(Rule("visits", when=F.visits > 0, points=5, times=F.visits, cap=20))

    few, many = (rules.score({"visits": visits}, as_of=TODAY) for visits in (3, 7))

    assert points(few) == [15]
    assert [str(entry) for entry in many.ledger] == [
        "visits: 35, because visits is more than 0",
        "visits: -15, because this rule gives at most 20 points",
    ]
    assert many.value == 20


def test_a_missing_count_is_worth_up_to_the_cap() -> None:
    """Nobody knows how often, so all that the cap allows is at stake."""
    gives = Rule("gives", when=F.x > 0, points=5, times=F.visits, cap=20)
    takes = Rule("takes", when=F.x > 0, points=-5, times=F.returns, cap=10)

    score = bare(gives, takes).score({"x": 1}, as_of=TODAY)

    assert numbers(score) == [0, -10, 20]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("continuous", [True, False])
def test_a_missing_count_outweighs_decay(sign: int, *, continuous: bool) -> None:
    """However little is left of the points, there may be enough of them to reach the cap."""
    decay = HalfLife(days=7, since=F.last, continuous=continuous)
    rules = bare(Rule("visits", when=F.x > 0, points=5 * sign, times=F.n, cap=20, decay=decay))
    fortnight = {"x": 1, "last": date(2026, 9, 16)}

    score = rules.score(fortnight, as_of=TODAY)

    assert sorted(numbers(score)) == sorted([0, 0, 20 * sign])
    for times in (0, 3, 16, 2**53 - 1):
        known = rules.score({**fortnight, "n": times}, as_of=TODAY)
        assert score.low <= known.value <= score.high


def test_what_is_worth_nothing_has_nothing_at_stake() -> None:
    """Neither a rule without points nor what is past its horizon can give any."""
    none = Rule("none", when=F.x > 0, points=0, times=F.n, cap=20)
    past = Rule("past", when=F.x > 0, points=-5, times=F.n, cap=20, decay=Linear(days=7, since="d"))

    score = bare(none, past).score({"x": 1, "d": date(2026, 9, 16)}, as_of=TODAY)

    assert numbers(score) == [0, 0, 0]
    assert [entry.sum for entry in score.ledger] == ["0, 0 at stake", "0, 0 at stake"]


def test_what_is_at_stake_has_decayed_and_is_capped() -> None:
    """What is known of an unknown rule counts: its date, its count and its cap."""
    fortnight = {"last": date(2026, 9, 16), "visits": 9}
    old = Rule("old", when=F.x > 0, points=25, decay=HalfLife(days=14, since=F.last))
    many = Rule("many", when=F.x > 0, points=5, times=F.visits, cap=20)

    assert numbers(bare(old).score(fortnight, as_of=TODAY)) == [0, 0, Decimal("12.5")]
    assert numbers(bare(many).score(fortnight, as_of=TODAY)) == [0, 0, 20]


def test_caps_bound_what_is_at_stake() -> None:
    """Above the cap of a group, a doubt below it changes nothing."""
    rules = bare(
        Rule("buys", when=F.x > 0, points=60, group="g"),
        Rule("complains", when=F.y > 0, points=-10, group="g"),
        Rule("returns", when=F.y > 1, points=-15, group="g"),
        group_caps={"g": 40},
    )

    assert numbers(rules.score({"x": 1}, as_of=TODAY)) == [40, 35, 40]


@pytest.mark.parametrize("visits", [-1, True, "3", Decimal(3), Decimal("sNaN")])
def test_a_count_is_a_count(visits: object) -> None:
    """A negative or broken count is refused by the name of its field."""
    rules = bare(Rule("visits", when=F.x > 0, points=5, times=F.visits, cap=20))

    with pytest.raises(InvalidValueError, match="visits must be a count, 0 or more"):
        rules.score({"x": 1, "visits": visits}, as_of=TODAY)


@pytest.mark.parametrize("day", [datetime(2026, 9, 1, tzinfo=UTC), "2026-09-01"])
def test_decay_counts_from_a_date(day: object) -> None:
    """An instant or a text is no date, because its day depends on more than itself."""
    with pytest.raises(InvalidValueError, match="last_visit must be a date"):
        ENGAGEMENT.score({"visits_30d": 1, "last_visit": day}, as_of=TODAY)


def test_a_cap_of_a_rule_that_takes_points() -> None:
    """A cap bounds both directions."""
    rules = bare(Rule("late", when=F.late > 0, points=-5, times=F.late, cap=12))

    score = rules.score({"late": 4}, as_of=TODAY)

    assert points(score) == [-20, 8]
    assert score.ledger[1].reason == Phrase(
        "this rule takes at most 12 points", "本规则最多扣 12 分"
    )


def test_groups_and_the_whole_have_caps() -> None:
    """A group's cap comes before the bounds of the whole, each as an entry of its own."""
    rules = bare(
        Rule("buys", when=F.x > 0, points=30, group="behaviour"),
        Rule("visits", when=F.x > 1, points=30, group="behaviour"),
        Rule("large", when=F.x > 2, points=70),
        group_caps={"behaviour": 40},
        cap=100,
        version="7",
    )

    score = rules.score({"x": 3}, as_of=TODAY)

    assert [(entry.kind.value, entry.rule, entry.version) for entry in score.ledger[3:]] == [
        ("capped", "behaviour", "7"),
        ("capped", "test", "7"),
    ]
    assert points(score) == [30, 30, 70, -20, -10]
    assert [entry.reason.zh for entry in score.ledger[3:]] == ["该组最多 ±40 分", "总分最高 100"]
    assert score.value == score.low == score.high == 100


def test_a_score_has_a_floor() -> None:
    """Below the floor, an entry fills up what lacks."""
    score = bare(Rule("left", when=F.x > 0, points=-30), floor=0).score({"x": 1}, as_of=TODAY)

    assert score.value == 0
    assert str(score.ledger[1]) == "test: 30, because a score is at least 0"


def test_a_rule_may_hold_for_everybody() -> None:
    """A rule that reads nothing has an entry without evidence."""
    score = bare(Rule("welcome", when=EVERYTHING, points=5)).score(object(), as_of=TODAY)

    assert score.value == 5
    assert score.ledger[0].evidence == ()


def test_a_group_without_entries_is_left_alone() -> None:
    """A cap of a group in which nothing holds has no entry."""
    rules = bare(Rule("a", when=F.x > 0, points=1, group="g"), group_caps=[("g", 5)])

    assert rules.score({"x": 0}, as_of=TODAY).ledger == ()


FIELDS = ("a", "b", "c")
_points = st.decimals(-50, 50, places=2)
_flags = st.fixed_dictionaries({name: st.none() | st.booleans() for name in FIELDS})


def _criteria() -> st.SearchStrategy[Criterion]:
    leaf = st.sampled_from([F[name].is_true() for name in FIELDS])
    return st.one_of(
        leaf,
        leaf.map(lambda criterion: ~criterion),
        st.builds(lambda one, other: one & other, leaf, leaf),
        st.builds(lambda one, other: one | other, leaf, leaf),
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Rule sets with groups and caps of all kinds."""
    cap = st.none() | st.decimals("0.5", 30, places=1)
    size = draw(st.integers(1, 5))
    rules = [
        Rule(
            f"rule {place}",
            when=draw(_criteria()),
            points=draw(_points),
            group=draw(st.sampled_from([None, "g", "h"])),
            cap=draw(cap),
        )
        for place in range(size)
    ]
    groups = sorted({rule.group for rule in rules if rule.group is not None})
    caps = {group: bound for group in groups if (bound := draw(cap)) is not None}
    floor = draw(st.none() | st.integers(-20, 0))
    top = draw(st.none() | st.integers(1, 20))
    return RuleSet("random", rules, group_caps=caps, floor=floor, cap=top)


def naive(rules: RuleSet, record: dict[str, bool | None]) -> Decimal:
    """Return the score as one would compute it by hand."""
    caps = dict(rules.group_caps)
    groups: dict[str | None, Decimal] = {}
    for rule in rules.rules:
        points = rule.points if rule.when.holds(record) else Decimal(0)
        if rule.cap is not None:
            points = max(-rule.cap, min(rule.cap, points))
        groups[rule.group] = groups.get(rule.group, Decimal(0)) + points
    for group, cap in caps.items():
        groups[group] = max(-cap, min(cap, groups[group]))
    value = sum(groups.values(), Decimal(0))
    value = value if rules.floor is None else max(rules.floor, value)
    return value if rules.cap is None else min(rules.cap, value)


@given(rule_sets(), _flags)
def test_the_ledger_adds_up(rules: RuleSet, record: dict[str, bool | None]) -> None:
    """The value is the sum of the entries, and what one would compute by hand."""
    score = rules.score(record, as_of=TODAY)

    assert score.value == sum(entry.points for entry in score.ledger)
    assert score.value == naive(rules, record)
    assert score.low <= score.value <= score.high


@given(rule_sets(), _flags)
def test_whatever_becomes_known_stays_within_the_bounds(
    rules: RuleSet, record: dict[str, bool | None]
) -> None:
    """Every way in which the gaps may be filled gives a score from low to high."""
    score = rules.score(record, as_of=TODAY)
    gaps = [name for name, value in record.items() if value is None]

    for values in itertools.product((True, False), repeat=len(gaps)):
        filled = rules.score({**record, **dict(zip(gaps, values, strict=True))}, as_of=TODAY)
        assert score.low <= filled.value <= score.high
        assert filled.is_certain


@given(rule_sets(), _flags, st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_no_number(
    rules: RuleSet,
    record: dict[str, bool | None],
    chance: Any,  # noqa: ANN401 - Hypothesis' own
) -> None:
    """Shuffled rules give the same value, bounds and entries, and the same fingerprint."""
    turned = list(rules.rules)
    chance.shuffle(turned)
    shuffled = attrs.evolve(rules, rules=turned)

    one, other = (each.score(record, as_of=TODAY) for each in (rules, shuffled))

    assert numbers(one) == numbers(other)
    assert sorted(map(str, one.ledger)) == sorted(map(str, other.ledger))
    assert rules.fingerprint == shuffled.fingerprint


@given(rule_sets(), _flags)
def test_the_context_of_the_caller_changes_nothing(
    rules: RuleSet, record: dict[str, bool | None]
) -> None:
    """One digit of precision elsewhere leaves every score as it is."""
    expected = rules.score(record, as_of=TODAY)

    with localcontext() as context:
        context.prec = 1
        assert rules.score(record, as_of=TODAY) == expected


def test_a_scorer_of_a_class_gives_the_same_scores() -> None:
    """Naming the class of the records only saves time, and objects score like mappings."""
    day = date(2026, 9, 1)
    known = Features(visits_30d=3, last_visit=day, open_complaints=1)
    expected = ENGAGEMENT.score(known, as_of=TODAY)

    assert ENGAGEMENT.scorer(as_of=TODAY, of=Features)(known) == expected
    assert ENGAGEMENT.scorer(as_of=TODAY, of=dict)(attrs.asdict(known)) == expected
    assert ENGAGEMENT.score(attrs.asdict(known), as_of=TODAY) == expected


def test_a_rule_may_depend_on_the_day() -> None:
    """The day of judgement is the one that the score is asked for."""
    rules = bare(Rule("new", when=F.joined > as_of - timedelta(days=30), points=5))

    assert rules.score({"joined": date(2026, 9, 15)}, as_of=TODAY).value == 5
    assert rules.score({"joined": date(2026, 9, 15)}, as_of=date(2026, 12, 1)).value == 0


def test_an_override_is_a_second_number() -> None:
    """It counts until it expires, and value and ledger stay what they are."""
    score = ENGAGEMENT.score(Features(0, None, 1), as_of=TODAY)
    override = Override(
        value=10, author="head-of-service", reason="settled by phone", expires=date(2026, 10, 1)
    )

    overridden = score.overridden(override)
    later = attrs.evolve(overridden, as_of=date(2026, 10, 1))

    assert score.effective == later.effective == -40
    assert overridden.effective == 10
    assert overridden.value == score.value
    assert overridden.ledger == score.ledger
    assert str(overridden).splitlines()[0] == "engagement: -40; head-of-service says 10"


def test_a_score_is_a_plain_value() -> None:
    """It equals another with the same content, has a hash, and travels."""
    known = Features(3, TODAY, 1)
    one, other = (ENGAGEMENT.score(known, as_of=TODAY) for _ in range(2))

    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own pickle
    assert pickle.loads(pickle.dumps(ENGAGEMENT)) == ENGAGEMENT  # noqa: S301 - our own pickle


def test_one_day_is_a_day() -> None:
    """Ages are said as people say them."""
    score = ENGAGEMENT.score(Features(1, date(2026, 9, 29), 0), as_of=TODAY)

    assert score.ledger[0].sum == "25 × 1.00 (1 day old) = 25"


def test_long_factors_are_shown_in_full() -> None:
    """No digit of a factor is hidden, so that the product can be checked."""
    score = ENGAGEMENT.score(Features(1, date(2026, 9, 20), 0), as_of=TODAY)

    assert score.ledger[0].sum == "25 × 0.707 (10 days old) = 17.675"


def test_a_score_within_its_bounds() -> None:
    """A score whose value lies outside its bounds cannot be built."""
    entry = Entry(
        kind=EntryKind.GIVEN,
        rule="a",
        version="1",
        points=Decimal(5),
        base=Decimal(5),
        reason=Phrase("x", "x"),
    )
    with pytest.raises(InvalidValueError, match="value must lie between low, 0, and high, 4"):
        Score(
            rule_set="a",
            version="1",
            as_of=TODAY,
            ledger=(entry,),
            low=Decimal(0),
            high=Decimal(4),
        )


def test_a_rule_set_knows_what_it_reads() -> None:
    """Criteria, counts and dates are among its fields."""
    rules = bare(Rule("v", when=F.x > 0, points=1, times=F.n, cap=2), *ENGAGEMENT.rules)

    assert rules.fields == {"x", "n", "visits_30d", "last_visit", "open_complaints"}
    assert bare().fields == frozenset()


def test_a_fingerprint_changes_with_the_rules() -> None:
    """A changed point is another rule set."""
    one = bare(Rule("a", when=F.x > 0, points=1))
    other = bare(Rule("a", when=F.x > 0, points=2))

    assert one.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 64


A = Rule("a", when=F.x > 0, points=1, group="g")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rule("", when=F.x > 0, points=1), "name must not be empty"),
        (lambda: Rule("a", when=cast("Criterion", 5), points=1), "when must be a Criterion"),
        (lambda: Rule("a", when=F.x > 0, points=cast("int", 0.5)), "points must be a decimal"),
        (lambda: Rule("a", when=F.x > 0, points=10**10), "points must be at most 1,000,000,000"),
        (lambda: Rule("a", when=F.x > 0, points="0.0000001"), "at most 6 digits after the point"),
        (lambda: Rule("a", when=F.x > 0, points=1, cap=0), "cap must be above 0"),
        (lambda: Rule("a", when=F.x > 0, points=1, times=F.n), "cap must be stated, because n"),
        (
            lambda: Rule("a", when=F.x > 0, points=1, decay=cast("HalfLife", 14)),
            "decay must be a HalfLife or Linear or Step",
        ),
        (lambda: bare(A, A), "rules must have names of their own"),
        (lambda: bare(A, floor=5, cap=5), "floor must be below the cap, 5"),
        (lambda: bare(A, group_caps={"g": 0}), "group_caps must be above 0"),
        (
            lambda: Override(value=1, author="a", reason="b", expires=cast("date", "later")),
            "expires must be a date",
        ),
        (
            lambda: Override(value=1, author="a", reason="b", expires=datetime(2027, 1, 1)),  # noqa: DTZ001 - the mistake
            "expires must be a day, not an instant",
        ),
        (lambda: bare(cast("Rule", F.x > 0)), "rules must be a list of Rule"),
        (lambda: bare(cast("Rule", EventRule("e", when=F.x > 0, points=1))), "list of Rule"),
        (lambda: RuleSet("s", cast("list[Rule]", None)), "rules must be a list of Rule"),
        (
            lambda: EventRuleSet("s", [cast("EventRule", A)], at="at", id="id"),
            "rules must be a list of EventRule",
        ),
        (
            lambda: bare(A).score({"x": 1}, as_of=TODAY).overridden(cast("Override", 7)),
            "override must be an Override",
        ),
    ],
    ids=count(),
)
def test_what_is_refused(make: Callable[[], object], message: str) -> None:
    """A rule that cannot be scored, or not exactly, is refused when it is built."""
    with pytest.raises(InvalidValueError, match=message):
        make()


def test_a_cap_needs_its_group() -> None:
    """A cap of a group that no rule is in is a slip, and the nearest group is suggested."""
    with pytest.raises(UnknownNameError, match="unknown group 'behavior'; did you mean"):
        bare(attrs.evolve(A, group="behaviour"), group_caps={"behavior": 5})


def test_the_day_of_judgement_is_a_date() -> None:
    """Ages count in days, and an instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day, not an instant"):
        ENGAGEMENT.score({}, as_of=datetime(2026, 9, 30, tzinfo=UTC))
