"""Why a criterion holds, fails or is unknown, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import hypothesis.strategies as st
import pytest
from hypothesis import given

from crmcore.criteria import EVERYTHING, Criterion, F, any_of, as_of, named, unless
from crmcore.kernel import Phrase
from crmcore.verdicts import Verdict

TODAY = date(2026, 9, 30)
SLIPPING = (F.days > 90) & F.tier.in_(["gold", "silver"])


def test_an_explanation_has_summary_and_flips() -> None:
    """It says what was found, what decided, and what would turn it."""
    explanation = SLIPPING.explain({"days": 131, "tier": "gold"})

    assert str(explanation).splitlines() == [
        "holds: days is 131, more than 90; tier is gold, one of gold, silver",
        "would not hold if days were 90 or less",
        "would not hold if tier were none of gold, silver",
    ]
    assert explanation.summary.zh == "成立：days 为 131，大于 90；tier 为 gold，属于 gold、silver"
    assert explanation.flips[0].zh == "若 days 不大于 90，则不成立"


def test_one_failing_part_is_enough() -> None:
    """The witness of a conjunction that fails is one part, and the others are left out."""
    explanation = SLIPPING.explain({"days": 12, "tier": "gold"})

    assert [leaf.observed for leaf in explanation.witness] == [(("days", 12),)]
    assert str(explanation).splitlines() == [
        "fails: days is 12, 90 or less",
        "would hold if days were more than 90",
    ]


def test_the_smallest_witness_is_chosen() -> None:
    """Where several parts would do, the one with the fewest leaves is told."""
    criterion = ((F.a > 0) & (F.b > 0)) | (F.c > 0)

    explanation = criterion.explain({"a": 1, "b": 1, "c": 1})

    assert explanation.summary.en == "holds: c is 1, more than 0"


def test_what_is_unknown_names_what_is_missing() -> None:
    """The missing fields that keep the verdict open are named, and no others."""
    criterion = (F.a > 0) & (F.b > 0) & ((F.c > 0) | (F.d > 0))

    explanation = criterion.explain({"b": 1, "d": 1})

    assert explanation.verdict is Verdict.UNKNOWN
    assert explanation.missing == ("a",)
    assert explanation.summary == Phrase(
        "unknown: a is missing (asked is a more than 0)", "未知：a 缺失（要求 a 大于 0）"
    )


def test_a_definite_verdict_misses_nothing() -> None:
    """What is missing beside a settled verdict does not matter."""
    assert SLIPPING.explain({"tier": "base"}).missing == ()
    assert F.tier.is_missing().explain({}).missing == ()


def test_a_flip_is_left_out_where_other_parts_would_move_with_it() -> None:
    """Below 20 may also be below 10, so nothing is promised."""
    between = F.spend.between(10, 20)

    assert between.explain({"spend": 25}).flips == ()
    assert [flip.en for flip in between.explain({"spend": 15}).flips] == [
        "would not hold if spend were 20 or more",
        "would not hold if spend were less than 10",
    ]


@pytest.mark.parametrize(
    ("criterion", "found", "opposite"),
    [
        (F.x == 5, "x is 5", "x is 6, other than 5"),
        (F.x != 5, "x is 6, other than 5", "x is 5"),
        (F.x >= 6, "x is 6, 6 or more", "x is 5, less than 6"),
        (F.x < 6, "x is 5, less than 6", "x is 6, 6 or more"),
        (F.x <= 5, "x is 5, 5 or less", "x is 6, more than 5"),
        (F.x.in_([5, 7]), "x is 5, one of 5, 7", "x is 6, none of 5, 7"),
    ],
)
def test_the_wording_of_numbers(criterion: Criterion, found: str, opposite: str) -> None:
    """A leaf says the value and what it means for the test."""
    sentences = {criterion.explain({"x": value}).summary.en for value in (5, 6)}

    assert sentences == {f"holds: {found}", f"fails: {opposite}"}


@pytest.mark.parametrize(
    ("criterion", "value", "en", "zh"),
    [
        (F.x > date(2026, 1, 1), date(2026, 1, 2), "after 2026-01-01", "晚于 2026-01-01"),
        (F.x >= TODAY, TODAY, "2026-09-30 or later", "不早于 2026-09-30"),
        (F.x < TODAY, date(2026, 1, 1), "before 2026-09-30", "早于 2026-09-30"),
        (
            F.x <= as_of.shift(days=-1),
            date(2026, 1, 1),
            "2026-09-29 or earlier",
            "不晚于 2026-09-29",
        ),
        (F.x.starts_with("ad"), "ada", "text that starts with “ad”", "以 “ad” 开头"),
        (F.x.ends_with("da"), "ada", "text that ends with “da”", "以 “da” 结尾"),
        (F.x.contains("d"), "ada", "text that contains “d”", "包含 “d”"),
        (F.x.has("vip"), {"vip"}, "a set with vip", "含有 vip"),
        (F.x.has("vip"), (), "a set without vip", "不含 vip"),
        (F.x.starts_with("b"), "ada", "text that does not start with “b”", "不以 “b” 开头"),
    ],
)
def test_the_wording_of_days_texts_and_sets(
    criterion: Criterion, value: object, en: str, zh: str
) -> None:
    """Days come before and after, texts start and end, sets have."""
    sentence = criterion.explain({"x": value}, as_of=TODAY).summary

    assert sentence.en.endswith(f", {en}")
    assert sentence.zh.endswith(f"，{zh}")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "yes"),
        (Decimal("1E+3"), "1000"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+00:00"),
        (frozenset({"b", "a"}), "a, b"),
        ((), "∅"),
        ("gold", "gold"),
    ],
)
def test_how_values_are_shown(value: object, shown: str) -> None:
    """Values are shown as people write them, sets in a stated order."""
    sentence = F.x.in_(["never"]).explain({"x": value}).summary.en

    assert sentence == f"fails: x is {shown}, none of never"


def test_presence_is_said_without_the_value() -> None:
    """A field is missing or present, and no more is said of it."""
    assert F.email.is_missing().explain({}).summary.en == "holds: email is missing"
    assert F.email.is_present().explain({"email": "a@b.c"}).summary.zh == "成立：email 存在"


def test_presence_is_asked_without_a_not() -> None:
    """What is not missing is present, in the words of a rule too, and the other way round."""
    present = F.email.is_present()

    assert (present & F.vip.is_true()).words.en == "email is present and vip is yes"
    assert present.words.zh == "email 存在"
    assert (~present).words.en == "email is missing"
    assert (~(F.a > 1)).words.en == "not a is more than 1"


def test_the_witness_reaches_into_unless() -> None:
    """What shows that an *unless* does not hold is what shows that its part does."""
    criterion = unless(F.a.is_true() & F.b.is_true()) | F.c.is_true()

    explanation = criterion.explain({"a": True, "b": True})

    assert explanation.missing == ("c",)
    assert [leaf.observed[0][0] for leaf in explanation.witness] == ["a", "b", "c"]


def test_the_witness_of_a_name_that_holds_is_what_holds() -> None:
    """What is unknown inside a named part does not show that it holds, though it be shorter."""
    fan = named("fan", F.a.is_true() | (F.b.is_true() & F.c.is_true()))

    explanation = (F.d.is_true() & fan).explain({"b": True, "c": True})

    assert [leaf.subject.en for leaf in explanation.witness] == ["d", "b", "c"]
    assert explanation.missing == ("d",)


def test_a_flip_is_left_out_where_its_field_is_denied_elsewhere() -> None:
    """What moves with the field stays open behind a denial, too."""
    explanation = (~(F.visits > 1) & (F.visits < 5)).explain({"visits": 3})

    assert explanation.flips == ()


def test_a_flip_is_left_out_where_another_value_would_do_as_well() -> None:
    """Other than x may be y, and then it would still hold, whatever is unknown beside it."""
    criterion = (F.a == "x") | (F.a == "y") | F.b.is_true()

    assert criterion.explain({"a": "x"}).flips == ()


def test_two_fields_are_both_shown() -> None:
    """A comparison of two fields shows both values."""
    assert (F.spend < F.budget).explain({"spend": 5, "budget": 10}).summary == Phrase(
        "holds: spend is 5, less than budget (10)", "成立：spend 为 5，小于 budget（10）"
    )
    assert (F.spend < F.budget).explain({"spend": 5}).missing == ("budget",)


def test_what_holds_for_all_needs_no_leaf() -> None:
    """Everything and nothing have no leaves to show."""
    assert EVERYTHING.explain({}).summary == Phrase("holds for every record", "对任何记录成立")
    assert any_of().explain({}).summary.en == "fails for every record"


@pytest.mark.parametrize(
    ("criterion", "en", "zh"),
    [
        (
            SLIPPING,
            "days is more than 90 and tier is one of gold, silver",
            "days 大于 90，且 tier 属于 gold、silver",
        ),
        (
            ~(F.x > 1) | unless((F.y == "a") & F.tags.has("b")),
            "not x is more than 1 or unless (y is a and tags is a set with b)",
            "并非 x 大于 1，或 除非 （y 等于 a，且 tags 含有 b）",
        ),
        (
            F.day < as_of.shift(months=-1, days=2),
            "day is before the day of judgement minus 1 month plus 2 days",
            "day 早于 评判日减 1 个月加 2 天",
        ),
        (
            F.day == as_of.shift(days=-1),
            "day is the day of judgement minus 1 day",
            "day 等于 评判日减 1 天",
        ),
        (F.email.ends_with(".de"), "email is text that ends with “.de”", "email 以 “.de” 结尾"),
        (F.email.is_missing(), "email is missing", "email 缺失"),
        (F.vip.is_false(), "vip is no", "vip 等于 否"),
        (EVERYTHING, "this always holds", "恒成立"),
        (any_of(), "this never holds", "恒不成立"),
    ],
)
def test_a_criterion_in_words(criterion: Criterion, en: str, zh: str) -> None:
    """A criterion says what it asks for, in both languages."""
    assert criterion.words == Phrase(en, zh)


@pytest.mark.parametrize("around", [unless, lambda inner: ~inner])
def test_a_flip_does_not_guess_what_else_its_field_would_change(
    around: Callable[[Criterion], Criterion],
) -> None:
    """Where a field stands in two places, one beneath a negation, a flip counts only if sure."""
    criterion = (F.days > 90) & around((F.days > 400) & (F.tier == "gold"))

    held = criterion.explain({"days": 131, "tier": "gold"})

    assert held.verdict is Verdict.HOLDS
    assert "would not hold if days were 90 or less" in [flip.en for flip in held.flips]
    assert criterion.explain({"days": 31, "tier": "gold"}).flips == ()


def test_a_calculation_shows_its_value_and_its_fields() -> None:
    """The sentence says what came out, of what, and what that means for the test."""
    explanation = (F.spend / F.visits < 20).explain({"spend": 100, "visits": 8})

    assert str(explanation).splitlines() == [
        "holds: spend / visits is 12.5 (spend 100, visits 8), less than 20",
        "would not hold if spend / visits were 20 or more",
    ]
    assert explanation.summary.zh == "成立：spend / visits 为 12.5（spend 100，visits 8），小于 20"
    assert explanation.flips[0].zh == "若 spend / visits 不小于 20，则不成立"
    assert explanation.observed == (("spend", 100), ("visits", 8))


@pytest.mark.parametrize(
    ("criterion", "record", "en", "zh"),
    [
        (
            F.spend > F.budget * 2,
            {"spend": 50, "budget": 10},
            "holds: spend is 50, more than budget * 2 (20; budget 10)",
            "成立：spend 为 50，大于 budget * 2（20；budget 10）",
        ),
        (
            F.tier.otherwise("none") == "none",
            {"tier": None},
            "holds: tier (none where missing) is none (tier missing)",
            "成立：tier（缺失时为 none） 为 none（tier 缺失）",
        ),
        (
            F.spend / F.visits < 20,
            {"spend": 100, "visits": None},
            "unknown: visits is missing (asked is spend / visits less than 20)",
            "未知：visits 缺失（要求 spend / visits 小于 20）",
        ),
        (
            F.spend / F.visits < 20,
            {"spend": 100, "visits": 0},
            (
                "unknown: spend 100, visits 0: nothing is divided by zero "
                "(asked is spend / visits less than 20)"
            ),
            "未知：spend 100，visits 0：不能除以零（要求 spend / visits 小于 20）",
        ),
        (
            (F.a - F.b).is_missing(),
            {"a": 1},
            "holds: a - b is missing",
            "成立：a - b 缺失",
        ),
        (
            F.joined.days_until(as_of) > 30,
            {"joined": date(2026, 8, 16)},
            "holds: days from joined to 2026-09-30 is 45 (joined 2026-08-16), more than 30",
            "成立：从 joined 到 2026-09-30 的天数 为 45（joined 2026-08-16），大于 30",
        ),
        (
            F.a + F.a > 3,
            {"a": 2},
            "holds: a + a is 4 (a 2), more than 3",
            "成立：a + a 为 4（a 2），大于 3",
        ),
        (
            named("dach", F.country == "DE"),
            {"country": "FR"},
            "fails: country is FR, other than DE",
            "不成立：country 为 FR，不等于 DE",
        ),
    ],
)
def test_the_wording_of_calculations(
    criterion: Criterion, record: dict[str, object], en: str, zh: str
) -> None:
    """Value, fields and gaps are said in both languages."""
    assert criterion.explain(record, as_of=TODAY).summary == Phrase(en, zh)


def test_only_what_is_missing_in_the_way_is_named() -> None:
    """A gap that something else takes the place of is none."""
    criterion = F.a.otherwise(0) / F.b > 1

    assert criterion.explain({"a": None, "b": None}).missing == ("b",)
    assert criterion.explain({"a": None, "b": 0}).missing == ("b",)
    assert (F.a.otherwise(F.b) > 1).explain({}).missing == ("a", "b")
    assert (F.a.otherwise(F.b) > 1).explain({"b": 2}).missing == ()


def test_the_nearest_flip_comes_first() -> None:
    """Numbers and dates go by how far they are off, then what has no distance, then the unknown."""
    criterion = (
        (F.tier == "gold")
        & (F.orders >= 10)
        & (F.spend > 100)
        & (F.joined < TODAY)
        & (F.at < datetime(2026, 9, 30, tzinfo=UTC))
        & (F.visits / F.orders > 1)
    )
    record = {
        "tier": "gold",
        "orders": 11,
        "spend": Decimal(400),
        "joined": date(2026, 9, 29),
        "at": datetime(2026, 9, 29, 12, tzinfo=UTC),
        "visits": 23,
    }

    flips = [flip.en.split(" were ")[0] for flip in criterion.explain(record).flips]

    assert flips == [
        "would not hold if at",
        "would not hold if joined",
        "would not hold if orders",
        "would not hold if visits / orders",
        "would not hold if spend",
        "would not hold if tier",
    ]


def test_the_unknown_is_the_last_to_be_told() -> None:
    """What would have to become known comes after what would have to change."""
    criterion = (F.a > 1) | (F.b > 1) | (F.vip == True)  # noqa: E712

    flips = [flip.en for flip in criterion.explain({"b": -50, "vip": False}).flips]

    assert flips == [
        "would hold if b were more than 1",
        "would hold if vip were yes",
        "would hold if a were more than 1",
    ]


def test_dates_and_instants_have_no_distance_from_each_other() -> None:
    """Instants compared with what is none keep their place among the rest."""
    criterion = (F.a != F.b) & (F.c > 5)
    record = {"a": datetime(2026, 1, 1, tzinfo=UTC), "b": TODAY, "c": 6}

    flips = [flip.en.split(" were ")[0] for flip in criterion.explain(record).flips]

    assert flips == ["would not hold if c", "would not hold if a"]


def test_truths_have_no_distance() -> None:
    """Yes and no are no numbers, on either side."""
    criterion = (F.vip == F.old) & (F.size == F.vip) & (F.c > 5)
    record = {"vip": True, "old": True, "size": 1, "c": 600}

    assert criterion.explain(record).flips[0].en == "would not hold if c were 5 or less"


@given(
    st.tuples(*[st.none() | st.integers(-2, 2)] * 3),
    st.sampled_from(["all", "any", "mixed", "denied"]),
    st.integers(-2, 2),
)
def test_flips_and_witnesses_of_calculations_are_sound(
    values: tuple[int | None, ...], shape: str, bound: int
) -> None:
    """Whatever makes a leaf what a flip wants turns the verdict, by brute force over the fields."""
    ratio, total, one = F.a / F.b > bound, F.a + F.c >= bound, F.c * 2 < bound
    criterion = {
        "all": ratio & one,
        "any": ratio | one,
        "mixed": (ratio & total) | named("one", one),
        "denied": ~ratio & unless(one),
    }[shape]
    record = dict(zip("abc", values, strict=True))
    explanation = criterion.explain(record)
    told = {flip.en for flip in explanation.flips}
    other = [dict(zip("abc", each, strict=True)) for each in product(range(-2, 3), repeat=3)]

    for leaf, claim in product(explanation.leaves, ("claim", "opposite")):
        wanted = f"hold if {leaf.subject.en} were {getattr(leaf, claim).en}"
        if not any(flip.endswith(wanted) for flip in told):
            continue
        names = {name for name, _ in leaf.observed}
        place = explanation.leaves.index(leaf)
        for changed in ({**record, **{name: each[name] for name in names}} for each in other):
            again = criterion.explain(changed)
            if again.leaves[place].verdict.truth is (claim == "claim"):
                assert (again.verdict is Verdict.HOLDS) is not (
                    explanation.verdict is Verdict.HOLDS
                )
    free = set("abc") - {name for leaf in explanation.witness for name, _ in leaf.observed}
    for each in other:
        changed = {**record, **{name: each[name] for name in free}}
        assert criterion.evaluate(changed) is explanation.verdict
