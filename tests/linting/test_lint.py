"""Linting sets of criteria."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, all_of, any_of, as_of, unless
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.linting import Lint, LintKind, lint
from crmcore.verdicts import Use

SCHEMA = Schema.of(
    spend=int,
    visits=int,
    tier=str | None,
    stage=Literal["new", "loyal", "lost"],
    tags=frozenset[str],
    topics=frozenset[str] | None,
    since=date | None,
)
RFM = Schema.of(r=int, f=int, m=int).bounded(r=(1, 5), f=(1, 5), m=(1, 5))


def band(r: tuple[int, int], f: tuple[int, int]) -> Criterion:
    """Return a segment of the table of ten, whose monetary score is as its frequency."""
    bounds = {"r": r, "f": f, "m": f}
    return all_of(
        *(F(name) >= low for name, (low, _) in bounds.items()),
        *(F(name) <= high for name, (_, high) in bounds.items()),
    )


TEN = {
    "champions": band((4, 5), (4, 5)),
    "loyal": band((2, 5), (3, 5)),
    "potential": band((3, 5), (1, 3)),
    "new": band((4, 5), (1, 1)),
    "promising": band((3, 4), (1, 1)),
    "need_attention": band((2, 3), (2, 3)),
    "about_to_sleep": band((2, 3), (1, 2)),
    "at_risk": band((1, 2), (2, 5)),
    "cannot_lose": band((1, 1), (4, 5)),
    "lost": band((1, 2), (1, 2)),
}


def only(lints: tuple[Lint, ...], kind: LintKind) -> Lint:
    """Return the one finding of a kind."""
    (found,) = (one for one in lints if one.kind is kind)
    return found


def test_the_table_of_ten_segments() -> None:
    """The widely used table leaves 36 of 125 cells to nobody, and three segments win nothing."""
    lints = lint(TEN, schema=RFM)

    assert [(str(one.kind), one.names) for one in lints] == [
        ("shadowed", ("cannot_lose", "at_risk")),
        ("shadowed", ("new", "potential")),
        ("shadowed", ("promising", "potential")),
        ("gap", ()),
    ]
    assert (lints[-1].count, lints[-1].total) == (36, 125)
    assert lints[-1].message.en.startswith(
        "none of the criteria takes 36 of 125 combinations of f, m and r, such as f "
    )
    assert lints[-1].message.zh.startswith("f、m和r的125种组合中有36种不属于任何一项，例如 f ")


def test_where_one_should_hold_two_are_an_error() -> None:
    """In an exclusive table each pair that meets is an error, with a customer of both."""
    found = only(
        lint({"rich": F.spend > 10, "keen": F.visits > 3}, schema=SCHEMA, mode="exclusive"),
        LintKind.OVERLAP,
    )

    assert found.names == ("keen", "rich")
    assert found.is_error
    assert found.witness == (("spend", 11), ("visits", 4))
    assert str(found) == (
        "error · keen and rich both hold for some customers, such as spend 11, visits 4"
    )
    assert found.message.zh == "keen与rich同时适用于部分客户，例如 spend 11、visits 4"


def test_where_the_first_takes_all_an_overlap_is_the_custom() -> None:
    """Specific criteria before general ones are how such a list is written."""
    members = {"best": F.spend > 100, "good": F.spend > 10, "rest": EVERYTHING}

    assert lint(members, schema=SCHEMA) == ()


def test_everything_at_the_end_only() -> None:
    """What always holds may end a list, and nothing else."""
    members = {"rest": EVERYTHING, "good": F.spend > 10}

    lints = lint(members, schema=SCHEMA)

    assert [str(one) for one in lints] == [
        "warning · rest holds for everybody",
        "warning · good takes nobody: rest before it takes all of its customers, such as spend 11",
    ]
    assert only(lints, LintKind.TAUTOLOGY).message.zh == "rest对所有客户均成立"


def test_a_tautology_is_told_with_anybody() -> None:
    """What is always true of a field is as much a tautology as what reads none."""
    lints = lint(
        {"any": (F.spend > 10) | (F.spend <= 20), "good": F.spend > 10},
        schema=SCHEMA,
        mode="independent",
    )

    assert str(only(lints, LintKind.TAUTOLOGY)).startswith(
        "warning · any holds for everybody, such as spend "
    )


def test_a_contradiction_is_told_once() -> None:
    """What never holds is told as such, and compared with nothing."""
    members = {"none": (F.spend > 10) & (F.spend < 11), "all": F.spend >= 0, "neg": F.spend < 0}

    lints = lint(members, schema=SCHEMA)

    assert [one.kind for one in lints] == [LintKind.CONTRADICTION]
    assert lints[0].witness is None
    assert lints[0].message.en == "none never holds: nobody can meet it"
    assert lints[0].message.zh == "none恒不成立：没有客户能够满足"


def test_several_may_shadow_one_together() -> None:
    """Where no single criterion takes all customers of another, all that take some are told."""
    members = {
        "small": F.spend < 10,
        "large": F.spend >= 10,
        "unrelated": (F.spend >= 0) & (F.visits > 5),
        "lost": F.stage == "lost",
    }

    lints = lint(members, schema=SCHEMA)

    found = [one for one in lints if one.kind is LintKind.SHADOWED]
    assert [one.names for one in found] == [
        ("lost", "small", "large", "unrelated"),
        ("unrelated", "small", "large"),
    ]
    assert found[1].message.zh.startswith("unrelated不会命中任何客户：其客户均被前面的small和large")


def test_rules_that_say_the_same() -> None:
    """Where all apply, two ways to say the same count twice, and a narrower one is told."""
    members = {
        "a": F.spend > 10,
        "b": F.spend >= 11,
        "c": F.spend > 20,
        "d": F.visits > 1,
    }

    lints = lint(members, schema=SCHEMA, mode="independent", use=Use.RULE)

    assert [(one.kind, one.names) for one in lints] == [
        (LintKind.EQUIVALENT, ("a", "b")),
        (LintKind.IMPLIED, ("c", "a")),
        (LintKind.IMPLIED, ("c", "b")),
    ]
    assert lints[0].message.zh == "a与b适用于完全相同的客户，例如 spend 11"
    assert str(lints[1]) == "warning · whoever meets c meets a too, and others do, such as spend 11"
    assert lints[1].message.zh == "满足c的客户均满足a，后者还包括其他客户，例如 spend 11"


def test_a_gap_of_fields_that_are_not_counted() -> None:
    """Where there are too many values to count, the gap has a customer only."""
    lints = lint({"good": F.spend > 10, "vip": F.tags.has("vip")}, schema=SCHEMA)

    found = only(lints, LintKind.GAP)
    assert found.count is None
    assert found.witness == (("spend", 0), ("tags", frozenset()))
    assert found.message.en == "none of the criteria takes some customers, such as spend 0, tags {}"
    assert found.message.zh == "部分客户不属于任何一项，例如 spend 0、tags {}"


@pytest.mark.parametrize("criterion", [F.spend > 10, F.tier.length() > 10])
def test_a_gap_of_one_field_is_not_counted_where_it_is_large(criterion: Criterion) -> None:
    """Millions of values are no news, and texts have no number."""
    found = only(lint({"good": criterion}, schema=SCHEMA), LintKind.GAP)

    assert found.total is None


def test_missing_data_leaves_a_gap_of_its_own() -> None:
    """Who might be in a segment if something were known is told apart from who is in none."""
    members = {"gold": F.tier == "gold", "rest": F.tier != "gold"}

    found = only(lint(members, schema=SCHEMA), LintKind.UNPLACED)

    assert found.names == ("gold", "rest")
    assert found.witness == (("tier", None),)
    assert found.message.zh == "数据缺失时，可能属于gold和rest的客户不属于任何一项，例如 tier 缺失"


def test_a_negation_of_what_may_be_missing_shows_both_wordings() -> None:
    """The one wording leaves out whom the other takes in."""
    found = only(lint({"rest": F.tier != "gold"}, schema=SCHEMA), LintKind.NEGATION)

    assert not found.is_error
    assert found.message.en == (
        "rest asks “tier is other than gold” and leaves out customers of whom that is unknown, "
        "such as tier missing; “unless tier is gold” takes them in"
    )
    assert found.message.zh == (
        "rest要求“tier 不等于 gold”，不包括结果未知的客户，例如 tier 缺失；"
        "“除非 tier 等于 gold”则会将其包括在内"
    )


@pytest.mark.parametrize("use", [Use.PERMIT, Use.FORBID])
def test_in_access_it_is_an_error(use: Use) -> None:
    """Permissions and prohibitions must say which of the two wordings they mean."""
    found = only(
        lint({"x": ~F.topics.has("secret")}, schema=SCHEMA, use=use, mode="independent"),
        LintKind.NEGATION,
    )

    assert found.is_error
    assert found.message.en.endswith("takes them in; access must say which is meant")
    assert found.message.zh.endswith("权限须写明采用哪一种")


@pytest.mark.parametrize(
    "criterion",
    [
        F.tier.differs("gold"),
        unless(F.tier == "gold"),
        F.tier.is_present() & (F.tier != "gold"),
        F.tier.is_missing() | (F.tier != "gold"),
        ~F.tags.has("blocked"),
        F.stage != "lost",
        ~F.tier.is_missing(),
    ],
)
def test_a_negation_that_leaves_nobody_out_is_none(criterion: Criterion) -> None:
    """Whoever says what becomes of missing values is not asked again."""
    lints = lint({"x": criterion}, schema=SCHEMA, use=Use.PERMIT, mode="independent")

    assert not [one for one in lints if one.kind is LintKind.NEGATION]


def test_access_may_not_be_unknown() -> None:
    """A permission that may be unknown is told, a segment that may be is not."""
    members = {"gold": F.tier == "gold"}

    found = only(lint(members, schema=SCHEMA, use=Use.PERMIT), LintKind.INDEFINITE)

    assert found.message.en == "gold is unknown for some customers, such as tier missing"
    assert found.message.zh == "gold对部分客户的结果未知，例如 tier 缺失"
    assert not [one for one in lint(members, schema=SCHEMA) if one.kind is LintKind.INDEFINITE]


def test_a_customer_in_words() -> None:
    """Texts stand in quotes, sets in braces, and what is missing is called so."""
    criterion = F.tags.has("b") & F.tags.has("a") & (F.stage == "new") & F.since.is_missing()

    found = only(
        lint({"x": criterion, "y": criterion}, schema=SCHEMA, mode="exclusive"), LintKind.OVERLAP
    )

    assert found.message.en.endswith("such as since missing, stage “new”, tags {a, b}")
    assert found.message.zh.endswith("例如 since 缺失、stage “new”、tags {a, b}")


def test_the_order_of_errors_and_kinds() -> None:
    """Errors come first, then kinds in a fixed order, then names."""
    members = {
        "c": F.tier != "gold",
        "b": F.spend > 1,
        "a": (F.spend > 2) & (F.spend < 2),
    }

    lints = lint(members, schema=SCHEMA, mode="exclusive")

    assert [str(one.kind) for one in lints] == [
        "overlap",
        "contradiction",
        "gap",
        "unplaced",
        "negation",
    ]


def test_days_are_judged_as_of_a_day() -> None:
    """Where no day is given, it is a sample day, and the finding says which."""
    members = {"late": F.since < as_of, "early": F.since >= date(2024, 1, 1)}

    plain = lint(members, schema=SCHEMA, mode="exclusive")
    later = lint(members, schema=SCHEMA, mode="exclusive", as_of=date(2020, 1, 1))

    assert only(plain, LintKind.OVERLAP).as_of == date(2025, 1, 1)
    assert only(plain, LintKind.OVERLAP).witness == (("since", date(2024, 1, 1)),)
    assert not [one for one in later if one.kind is LintKind.OVERLAP]
    assert only(later, LintKind.GAP).as_of == date(2020, 1, 1)


def test_no_criteria_no_findings() -> None:
    """A table without segments has nothing to be wrong about."""
    assert lint({}, schema=SCHEMA) == ()


def test_refuses_what_cannot_run() -> None:
    """A criterion over a field that there is not, is refused with its name."""
    with pytest.raises(FaultsError, match=r"rich\..*unknown field 'spent'; did you mean 'spend'"):
        lint({"rich": F.spent > 10}, schema=SCHEMA)


def test_refuses_an_instant() -> None:
    """The day of judgement is a day."""
    with pytest.raises(InvalidValueError, match="as_of must be"):
        lint({"a": F.spend > 1}, schema=SCHEMA, as_of=datetime(2025, 1, 1, tzinfo=UTC))


def test_refuses_an_empty_budget() -> None:
    """A search of no steps finds nothing."""
    with pytest.raises(InvalidValueError, match="budget must be at least 1"):
        lint({"a": F.spend > 1}, schema=SCHEMA, budget=0)


@pytest.mark.parametrize(
    ("criterion", "idle"),
    [
        ((F.spend > 10) & (F.spend > 5), [F.spend > 5]),
        ((F.spend > 10) | (F.spend > 5), [F.spend > 10]),
        ((F.spend > 10) & ((F.visits > 3) | (F.spend > 5)), [(F.visits > 3) | (F.spend > 5)]),
        ((F.stage == "new") | ((F.spend > 1) & (F.spend < 1)), [(F.spend > 1) & (F.spend < 1)]),
        (unless((F.tier == "gold") & F.tier.is_present()), [F.tier.is_present()]),
        ((F.tier != "gold") & F.tier.is_present(), []),
        ((F.spend > 10) & (F.visits > 3), []),
        (F.spend > 10, []),
    ],
    ids=str,
)
def test_a_part_that_changes_nothing_may_go(criterion: Criterion, idle: list[Criterion]) -> None:
    """A part without which everybody's verdict is the same is told, and not what is in it."""
    lints = lint({"x": criterion, "rest": EVERYTHING}, schema=SCHEMA)

    assert [one.part for one in lints if one.kind is LintKind.IDLE] == idle


def test_a_part_that_changes_nothing_in_words() -> None:
    """The part is named in both languages, with a customer of the criterion."""
    members = {"big": (F.spend > 10) & (F.spend > 5), "rest": EVERYTHING}

    (found,) = lint(members, schema=SCHEMA)

    assert str(found) == "warning · in big, “spend is more than 5” changes nothing and may go"
    assert found.message.zh == "big中的“spend 大于 5”不起任何作用，可以删去"
    assert found.witness == (("spend", 11),)


def test_both_ends_of_an_interval_may_be_written() -> None:
    """A bound that is the end of the field itself is no finding, nor is what a tautology has."""
    members = {"high": (F.r >= 4) & (F.r <= 5), "all": (F.f >= 1) | (F.m > 3)}

    lints = lint(members, schema=RFM, mode="independent")

    assert {one.kind for one in lints} == {LintKind.TAUTOLOGY, LintKind.IMPLIED}
    assert lint(members, schema=RFM) == ()


def regional() -> dict[str, Criterion]:
    """Return a table as companies have them: by tier, region, silence and spend."""
    regions = {
        "dach": F.country.in_(["DE", "AT", "CH"]),
        "fr": F.country == "FR",
        "other": ~F.country.in_(["DE", "AT", "CH", "FR"]),
    }
    members = {"blocked": F.tags.has("blocked"), "never": F.days.is_missing()}
    for tier in ("gold", "silver", "bronze"):
        for name, region in regions.items():
            here = (F.tier == tier) & region
            recent = here & (F.days < 120)
            members |= {
                f"{tier} {name} lost": here & (F.days >= 366),
                f"{tier} {name} risk": here & F.days.between(120, 366),
                f"{tier} {name} new": recent & (F.visits <= 1),
                f"{tier} {name} large": recent & (F.visits > 1) & (F.spend >= 1000),
                f"{tier} {name} small": recent & (F.visits > 1) & (F.spend < 1000),
            }
    return members


def test_a_large_table_is_settled_within_the_budget() -> None:
    """Forty-seven segments over six fields leave nobody out, and nothing open."""
    schema = Schema.of(
        tier=Literal["gold", "silver", "bronze"],
        country=str,
        days=int | None,
        spend=int,
        visits=int,
        tags=frozenset[str],
    )

    assert lint(regional(), schema=schema) == ()


def hard(count: int) -> dict[str, Criterion]:
    """Return criteria that a wrong order of choices makes exponential."""
    pairs = [(F(f"x{n}") > n) & (F(f"y{n}") > n) for n in range(count)]
    return {"some": any_of(*pairs), "all": all_of(*pairs)}


@pytest.mark.parametrize("budget", [1, 40, 400, 4000])
def test_what_the_budget_cuts_off_is_told(budget: int) -> None:
    """With few steps, questions stay open; what is told is as true as with many."""
    schema = Schema.of(dict.fromkeys([f"{x}{n}" for x in "xy" for n in range(12)], int))
    members = {**hard(12), "same": hard(12)["all"], "never": (F.x0 > 1) & (F.x0 < 1)}

    lints = lint(members, schema=schema, mode="independent", budget=budget)
    told = {(one.kind, one.names) for one in lints if one.kind is not LintKind.NOT_DECIDED}

    everything = {(one.kind, one.names) for one in lint(members, schema=schema, mode="independent")}
    assert told <= everything
    assert told == everything or any(one.kind is LintKind.NOT_DECIDED for one in lints)


@pytest.mark.parametrize("mode", ["first_match", "exclusive"])
@pytest.mark.parametrize("budget", [1, 60, 300, 1000])
def test_tables_too(mode: Literal["first_match", "exclusive"], budget: int) -> None:
    """A table is searched within its budget too, and open questions are named."""
    members = {**TEN, "rest": F.r.differs(2) & (F.f < 9)}
    lints = lint(members, schema=RFM, mode=mode, budget=budget)

    full = {(one.kind, one.names[:1]) for one in lint(members, schema=RFM, mode=mode)}
    open_ones = [one for one in lints if one.kind is LintKind.NOT_DECIDED]
    assert {(one.kind, one.names[:1]) for one in lints} - full == {
        (one.kind, one.names[:1]) for one in open_ones
    }
    assert open_ones
    assert " was not decided for " in open_ones[0].message.en
    assert open_ones[0].message.zh.startswith("未能判定")


def test_a_gap_may_be_found_and_not_counted() -> None:
    """Where the steps do not suffice for counting, the gap is told without its size."""
    counts = [
        one.count
        for budget in range(2000, 9000, 500)
        for one in lint(TEN, schema=RFM, budget=budget)
        if one.kind is LintKind.GAP
    ]

    assert set(counts) == {None, 36}


def test_negations_are_left_open_too() -> None:
    """Whether a negation leaves somebody out may take too many steps."""
    schema = Schema.of(dict.fromkeys([f"x{place}" for place in range(8)], int | None))
    rings = [(F(f"x{place}") > place) & ~(F(f"x{(place + 3) % 8}") == 5) for place in range(8)]

    kinds = [
        {one.kind for one in lint({"ring": any_of(*rings)}, schema=schema, budget=budget)}
        for budget in range(4000, 40_000, 4000)
    ]

    assert kinds[0] == {LintKind.NOT_DECIDED}
    assert any(found >= {LintKind.NEGATION, LintKind.NOT_DECIDED} for found in kinds)


def test_too_many_things_to_tell_apart_are_left_open() -> None:
    """A criterion that names hundreds of elements is not searched at all."""
    members = {
        f"m{place}": all_of(*(F.tags.has(f"t{place}-{n}") for n in range(200)))
        for place in range(2)
    }

    lints = lint(members, schema=SCHEMA, mode="independent")

    assert {one.kind for one in lints} == {LintKind.NOT_DECIDED}


def test_criteria_without_names_are_refused() -> None:
    """A finding names the criteria, so that each needs a name."""
    listed: Any = [F.spend > 10]

    with pytest.raises(InvalidValueError, match="criteria must be a mapping from names to crit"):
        lint(listed, schema=SCHEMA)


def test_an_unknown_mode_is_refused() -> None:
    """A slip of the pen does not quietly ask for something else."""
    mode: Any = "first-match"

    with pytest.raises(UnknownNameError, match="unknown mode 'first-match'; did you mean 'first_"):
        lint({"rich": F.spend > 10}, schema=SCHEMA, mode=mode)
