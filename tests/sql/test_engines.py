"""Where databases part ways: for each of it, the rule that makes them say the same.

What is asked of random criteria is asked again here, one rule at a time and by name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from crmcore.criteria import Criterion, F, all_of, any_of, as_of, named, unless

Ask: TypeAlias = Callable[..., list[bool | None]]

NAN = float("nan")
LARGEST = 2**53 - 1


def test_what_is_missing_makes_a_comparison_unknown(ask: Ask) -> None:
    """NULL compares with nothing, in either direction, and neither does its opposite."""
    rows = [{"visits": 7}, {"visits": 3}, {"visits": None}]

    assert ask(F.visits > 5, *rows, visits=int | None) == [True, False, None]
    assert ask(~(F.visits > 5), *rows, visits=int | None) == [False, True, None]
    assert ask(F.visits != 7, *rows, visits=int | None) == [False, True, None]


def test_membership_of_what_is_missing_is_unknown(ask: Ask) -> None:
    """Neither being one of a list nor being none of it is known of NULL."""
    rows = [{"tier": "gold"}, {"tier": "base"}, {"tier": None}]
    chosen = F.tier.in_(["gold", "silver"])

    assert ask(chosen, *rows, tier=str | None) == [True, False, None]
    assert ask(~chosen, *rows, tier=str | None) == [False, True, None]


def test_the_total_complement_and_a_named_criterion_are_never_unknown(ask: Ask) -> None:
    """Unless holds where its part does not hold; what is named holds or fails."""
    rows = [{"country": "DE"}, {"country": "FR"}, {"country": None}]
    german = F.country == "DE"

    assert ask(unless(german), *rows, country=str | None) == [False, True, True]
    assert ask(named("german", german), *rows, country=str | None) == [True, False, False]
    assert ask(~named("german", german), *rows, country=str | None) == [False, True, True]


def test_groups_follow_kleene(ask: Ask) -> None:
    """Unknown gives way to what settles a group, and otherwise stays; no group is true at once."""
    rows = [{"a": a, "b": b} for a in (True, False, None) for b in (True, False, None)]
    a, b = F.a.is_true(), F.b.is_true()
    fields: dict[str, Any] = {"a": bool | None, "b": bool | None}

    conjunction = [True, False, None, False, False, False, None, False, None]
    disjunction = [True, True, True, True, False, None, True, None, None]
    assert ask(a & b, *rows, **fields) == conjunction
    assert ask(a | b, *rows, **fields) == disjunction
    assert ask(~(a & b), *rows, **fields) == [None if t is None else not t for t in conjunction]
    assert ask(~(a | b), *rows, **fields) == [None if t is None else not t for t in disjunction]
    assert ask(unless(~(a | b)), *rows, **fields) == [t is not False for t in disjunction]
    assert ask(all_of(), *rows, **fields) == [True] * 9
    assert ask(any_of(), *rows, **fields) == [False] * 9
    assert ask(~all_of(), *rows, **fields) == [False] * 9


def test_integers_are_as_wide_as_the_proof_says(ask: Ask) -> None:
    """Whatever the check lets through is calculated in 64 bits."""
    rows = [{"visits": 2**31 - 1}, {"visits": LARGEST}, {"visits": -LARGEST}]

    assert ask(F.visits + F.visits > 2**32, *rows, visits=int) == [False, True, False]
    assert ask(F.visits * 1000 > 10**15, *rows, visits=int) == [False, True, False]
    assert ask(abs(F.visits) == LARGEST, *rows, visits=int) == [False, True, True]


def test_integers_meet_fractions_without_rounding(ask: Ask) -> None:
    """An integer is compared with a fraction as the number line says, far out as well."""
    rows = [{"visits": 2}, {"visits": 3}, {"visits": LARGEST}, {"visits": None}]

    assert ask(F.visits > 2.5, *rows, visits=int | None) == [False, True, True, None]
    assert ask(F.visits <= Decimal("2.5"), *rows, visits=int | None) == [True, False, False, None]
    assert ask(F.visits == Decimal("2.5"), *rows, visits=int | None) == [False] * 3 + [None]
    assert ask(F.visits != Decimal("2.5"), *rows, visits=int | None) == [True] * 3 + [None]
    assert ask(F.visits < 1e280, *rows, visits=int | None) == [True, True, True, None]
    assert ask(F.visits <= -1e280, *rows, visits=int | None) == [False] * 3 + [None]


def test_a_quotient_is_a_float_and_missing_over_zero(ask: Ask) -> None:
    """Integers do not divide as integers, and no division by zero is an error or infinite."""
    rows = [
        {"won": 1, "all": 2},
        {"won": 1, "all": 0},
        {"won": 0, "all": 0},
        {"won": None, "all": 2},
    ]
    fields: dict[str, Any] = {"won": int | None, "all": int}

    assert ask(F.won / F.all >= 0.5, *rows, **fields) == [True, None, None, None]
    assert ask((F.won / F.all).is_missing(), *rows, **fields) == [False, True, True, True]


def test_nan_is_missing(ask: Ask) -> None:
    """NaN is neither the greatest number nor equal to itself, but no number at all."""
    rows = [{"ratio": 0.5}, {"ratio": NAN}, {"ratio": None}, {"ratio": float("-inf")}]

    assert ask(F.ratio < 1.0, *rows, ratio=float | None) == [True, None, None, True]
    assert ask(F.ratio > 1.0, *rows, ratio=float | None) == [False, None, None, False]
    assert ask(F.ratio.is_missing(), *rows, ratio=float | None) == [False, True, True, False]
    assert ask(F.ratio.otherwise(2.0) > 1.0, *rows, ratio=float) == [False, True, True, False]


def test_zero_has_no_sign(ask: Ask) -> None:
    """Minus zero is not below zero."""
    assert ask(F.ratio < 0.0, {"ratio": -0.0}, {"ratio": 0.0}, ratio=float) == [False, False]


def test_decimals_are_exact(ask: Ask) -> None:
    """A tenth and two tenths are three tenths, and a constant may be finer than the column."""
    rows = [{"spent": Decimal("0.30")}, {"spent": Decimal("-0.30")}, {"spent": None}]
    fields: dict[str, Any] = {"spent": Decimal | None}

    assert ask(F.spent + Decimal("0.1") == Decimal("0.4"), *rows, **fields) == [True, False, None]
    assert ask(F.spent * 3 == Decimal("0.9"), *rows, **fields) == [True, False, None]
    assert ask(F.spent < Decimal("0.305"), *rows, **fields) == [True, True, None]
    assert ask(F.spent >= Decimal("0.295"), *rows, **fields) == [True, False, None]
    assert ask(F.spent == Decimal("0.301"), *rows, **fields) == [False, False, None]
    assert ask(F.spent.in_([Decimal("0.301")]), *rows, **fields) == [False, False, None]
    assert ask(F.spent.in_([Decimal("0.301"), Decimal("-0.3")]), *rows, **fields) == [
        False,
        True,
        None,
    ]
    assert ask(F.spent < 10**15, *rows, **fields) == [True, True, None]


def test_dates_are_days_from_the_first_year_to_the_last(ask: Ask) -> None:
    """Days are counted over the whole calendar, leap days and all, and compared as days."""
    rows = [{"since": date(1, 1, 1)}, {"since": date(9999, 12, 31)}, {"since": date(2024, 2, 29)}]

    waited = F.since.days_until(as_of)
    assert ask(waited == 739_888, *rows, since=date) == [True, False, False]
    assert ask(waited < 0, *rows, since=date) == [False, True, False]
    assert ask(F.since < as_of - timedelta(days=90), *rows, since=date) == [True, False, True]
    assert ask(F.since.in_([date(2024, 2, 29)]), *rows, since=date) == [False, False, True]


def test_instants_are_compared_to_the_microsecond(ask: Ask) -> None:
    """Nothing is cut off, and an instant is the same in every zone."""
    noon = datetime(2026, 9, 30, 12, tzinfo=UTC)
    rows = [{"at": noon - timedelta(microseconds=1)}, {"at": noon}, {"at": None}]

    assert ask(F.at < noon, *rows, at=datetime | None) == [True, False, None]
    assert ask(F.at == noon, *rows, at=datetime | None) == [False, True, None]
    assert ask(F.at.in_([noon]), *rows, at=datetime | None) == [False, True, None]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (F.name == "ab", ["ab"]),
        (F.name.in_(["ab", "AB"]), ["ab", "AB"]),
        (F.name.starts_with("a"), ["ab", "a_b", "a%b", "abc"]),
        (F.name.ends_with("b"), ["ab", "a_b", "a%b"]),
        (F.name.contains("_"), ["a_b"]),
        (F.name.contains("%"), ["a%b"]),
        (F.name.contains("\\"), ["\\"]),
        (F.name.contains("'"), ["O'Brien"]),
        (F.name.ends_with("abcd"), []),
        (F.name.contains("strasse"), []),
        (F.name == "straße", ["straße"]),
        (F.name == "İ", ["İ"]),
        (F.name == "e\u0301", ["e\u0301"]),
        (F.name.starts_with("e"), ["e\u0301"]),
        (F.name.length() == 2, ["ab", "AB", "e\u0301", "客户"]),
        (F.name.length() == 0, [""]),
        (F.name.ends_with("户"), ["客户"]),
        (F.name.contains("😀"), ["😀"]),
        (F.name.length() == 1, ["\\", "İ", "😀", "\u200b"]),
    ],
)
def test_texts_are_compared_letter_by_letter(
    ask: Ask, criterion: Criterion, expected: list[str]
) -> None:
    """Case, accents, wildcards and what looks alike are what they are."""
    names = ["", "ab", "AB", "a_b", "a%b", "abc", "\\", "O'Brien", "straße", "STRASSE", "İ"]
    names += ["e\u0301", "客户", "😀", "\u200b"]

    truths = ask(criterion, *({"name": name} for name in names), name=str)

    assert [name for name, truth in zip(names, truths, strict=True) if truth] == expected


def test_an_element_of_a_set_is_a_whole_text(ask: Ask) -> None:
    """Quotes, commas and brackets are letters; only a missing set leaves it unknown."""
    rows = [
        {"needs": needs}
        for needs in ({"a"}, {"a,b"}, {'"a"', "\\"}, {"A", "客户", "😀"}, set(), None)
    ]
    fields: dict[str, Any] = {"needs": frozenset[str] | None}

    assert ask(F.needs.has("a"), *rows, **fields) == [True] + [False] * 4 + [None]
    assert ask(F.needs.has('"a"'), *rows, **fields) == [False, False, True, False, False, None]
    assert ask(F.needs.has("😀"), *rows, **fields) == [False, False, False, True, False, None]
    assert ask(~F.needs.has("a,b"), *rows, **fields) == [True, False, True, True, True, None]


def test_the_largest_criterion_fits(ask: Ask) -> None:
    """Criteria may be as deep, as wide and as long as the language lets them be."""
    deep, high = F.visits > 0, F.visits
    for step in range(15):
        wrapped = [unless(deep), ~deep, named("deeper", deep), deep & (F.visits < 10)]
        deep = wrapped[step % 4]
    for _ in range(7):
        high = high.otherwise(1) + 1
    wide = any_of(*(F.visits == number for number in range(255)))
    long = F.visits.in_(range(1000))

    for criterion in (deep, high > 0, wide, long):
        expected = [criterion.evaluate({"visits": number}).truth for number in (5, None)]
        assert ask(criterion, {"visits": 5}, {"visits": None}, visits=int | None) == expected
