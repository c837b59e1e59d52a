"""Building criteria with operators."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Any, cast

import attrs
import pytest

from crmcore.criteria import (
    EVERYTHING,
    Criterion,
    F,
    all_of,
    any_of,
    as_of,
    named,
    unless,
)
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import LabelledEnum, Reason, Undefined
from crmcore.verdicts import Verdict

TODAY = date(2026, 9, 30)


class Tier(LabelledEnum):
    """A class of customers."""

    GOLD = "gold", "gold", "金牌"


@attrs.frozen
class Ada:
    """A customer with nothing but a name."""

    name: str = "Ada"


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        (F.x > 90, 91),
        (F.x >= 90, 90),
        (F.x < 90, 89),
        (F.x <= 90, 90),
        (F.x == 90, 90),
        (F.x != 90, 91),
        (F.x.between(10, 20), 10),
        (F.x.in_([1, Decimal("2.5")]), Decimal("2.50")),
        (F.x.in_({"gold", "silver"}), "silver"),
        (F.x == "gold", Tier.GOLD),
        (F.x == Tier.GOLD, "gold"),
        (F.x.in_([Tier.GOLD]), "gold"),
        (F.x.starts_with("a"), "ada"),
        (F.x.ends_with("a"), "ada"),
        (F.x.contains("d"), "ada"),
        (F.x.has("vip"), ("press", "vip")),
        (F.x.has("vip"), frozenset({"vip"})),
        (F.x.is_true(), True),
        (F.x.is_false(), False),
        (F.x.is_missing(), None),
        (F.x.is_missing(), float("nan")),
        (F.x.is_missing(), Decimal("nan")),
        (F.x.is_missing(), Undefined(Reason.NO_DATA)),
        (F.x.is_present(), 0),
        (F.x.differs("gold"), None),
        (F.x.differs("gold"), "silver"),
        (F.x == as_of, TODAY),
        (as_of == F.x, TODAY),
        (F.x <= as_of - timedelta(days=90), date(2026, 7, 2)),
        (F.x >= as_of + timedelta(days=1), date(2026, 10, 1)),
        (F.x == as_of.shift(months=-7), date(2026, 2, 28)),
        (F.x < datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)),
    ],
)
def test_what_holds(criterion: Criterion, value: object) -> None:
    """Each operator says what its symbol or name says."""
    verdict = criterion.evaluate({"x": value}, as_of=TODAY)

    assert verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        (F.x > 90, 90),
        (F.x < 90, 90),
        (F.x.between(10, 20), 20),
        (F.x.in_([1, 2]), 3),
        (F.x.in_([1, 2]), [1]),
        (F.x.starts_with("A"), "ada"),
        (F.x.ends_with("A"), "ada"),
        (F.x.contains("D"), "ada"),
        (F.x.has("vip"), ["press"]),
        (F.x.is_true(), False),
        (F.x.is_missing(), 0),
        (F.x.is_missing(), ""),
        (F.x.is_present(), None),
        (F.x.differs("gold"), "gold"),
        (F.x == "Gold", "gold"),
    ],
)
def test_what_fails(criterion: Criterion, value: object) -> None:
    """Each operator fails beside its boundary, and text is compared letter by letter."""
    verdict = criterion.evaluate({"x": value}, as_of=TODAY)

    assert verdict is Verdict.FAILS


@pytest.mark.parametrize(
    "criterion",
    [
        F.x > 90,
        F.x != 90,
        F.x.in_([1]),
        F.x.starts_with("a"),
        F.x.has("a"),
        F.x == F.y,
        F.y > F.x,
        ~(F.x > 90),
        (F.x > 90) & (F.y > 0),
        (F.x > 90) | (F.y < 0),
    ],
)
@pytest.mark.parametrize("gap", [None, float("nan"), Undefined(Reason.TOO_FEW)])
def test_what_is_unknown(criterion: Criterion, gap: object) -> None:
    """A test of something missing is unknown, and so is its negation."""
    assert criterion.evaluate({"x": gap, "y": 1}) is Verdict.UNKNOWN
    assert criterion.explain({"x": gap, "y": 1}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: (F.x > 1) and (F.y > 1),
        lambda: (F.x > 1) or (F.y > 1),
        lambda: not (F.x > 1),
        lambda: 1 < F.x < 2,
    ],
    ids=["and", "or", "not", "chain"],
)
def test_python_words_are_refused_in_place_of_operators(mistake: Callable[[], object]) -> None:
    """``and``, ``or``, ``not`` and a chain would silently drop a part, so they raise."""
    with pytest.raises(InvalidValueError, match=r"must be joined with &, \| and ~, not with and"):
        mistake()


def test_a_bare_field_is_no_criterion() -> None:
    """A field of yes or no is asked in so many words."""
    with pytest.raises(InvalidValueError, match=r"with is_true\(\) \(got F.is_vip\)"):
        bool(F.is_vip)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: F.x == None, r"what is missing is asked for with is_missing\(\)"),  # noqa: E711
        (lambda: F.x == math.nan, "must be a finite number"),  # noqa: PLW0177
        (lambda: F.x > float("inf"), "must be a finite number"),
        (lambda: F.x > Decimal("NaN"), "must be a finite number"),
        (lambda: F.x > Decimal("1e99999999"), "must have at most 18 digits"),
        (lambda: F.x > 2**53, "got 'an integer of 54 bits'"),
        (lambda: F.x > datetime(2026, 1, 1), "must carry a time zone"),  # noqa: DTZ001 - meant
        (lambda: F.x == "a" * 257, "must have at most 256 characters"),
        (lambda: F.x == {}, "must be a number, text, yes or no"),
        (lambda: F.x == Enum("Odd", {"A": object()}).A, "must be a number, text"),  # type: ignore[attr-defined]
        (lambda: F.x.in_([]), "must list at least one value"),
        (lambda: F.x.in_("gold"), "must be a list of values, not one text"),
        (lambda: F.x.between(5, 5), "low must be below the high end, 5"),
        (lambda: F.x.starts_with(""), "must be text that is not empty"),
        (lambda: F.x.has(cast("str", 5)), "must be text that is not empty"),
        (lambda: F("a b"), "must be a plain name"),
        (lambda: F["class"], "must be a plain name"),
        (lambda: F("__class__"), "must be a plain name"),
        (lambda: F("a" * 65), "must be a plain name"),
        (lambda: F("\ufb01eld"), "must be a plain name"),
        (lambda: as_of - timedelta(hours=1), "must be a whole number of days"),
        (lambda: as_of.shift(days=10**9), "days must be between -36525 and 36525"),
    ],
    ids=count(),
)
def test_what_is_refused(mistake: Callable[[], object], message: str) -> None:
    """Constants that mean nothing, or something else on another engine, are refused at once."""
    with pytest.raises(InvalidValueError, match=message):
        mistake()


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: as_of + cast("timedelta", 1),
        lambda: as_of - cast("timedelta", 1),
    ],
    ids=["+", "-"],
)
def test_foreign_operands_are_left_to_python(mistake: Callable[[], object]) -> None:
    """What an operator cannot join raises Python's own error."""
    with pytest.raises(TypeError, match="unsupported operand"):
        mistake()


@pytest.mark.parametrize(
    ("mistake", "found"),
    [
        (lambda: F.x > 1 & F.y, "F.y"),
        (lambda: F.x == "a" | F.y, "F.y"),
        (lambda: F.x > 1 & F.y.is_missing(), "1"),
        (lambda: F.x > 1 | F.y.is_missing(), "1"),
        (lambda: F.y & (F.x > 1), "F.y"),
        (lambda: F.y | (F.x > 1), "F.y"),
        (lambda: (F.x > 1) & cast("Criterion", F.y), "F.y"),
        (lambda: (F.x > 1) | cast("Criterion", 1), "1"),
    ],
    ids=count(),
)
def test_what_is_joined_stands_in_brackets(mistake: Callable[[], object], found: str) -> None:
    """``&`` binds tighter than ``>``: who forgets the brackets is told to write them."""
    rule = r"each comparison in brackets: \(F.a > 1\) & \(F.b == 2\); .* is asked with is_true\(\)"
    with pytest.raises(InvalidValueError, match=rf"{rule}.* \(got {found}\)"):
        mistake()


def test_a_field_is_not_turned_round() -> None:
    """``~`` takes a criterion, and whoever puts a field after it is shown one."""
    with pytest.raises(InvalidValueError, match=r"~ must stand before a criterion: ~\(F.a > 1\)"):
        _ = ~F.is_vip


@pytest.mark.parametrize("day", [datetime(2026, 9, 30, tzinfo=UTC), "2026-09-30"])
def test_the_day_of_judgement_is_a_date(day: Any) -> None:  # noqa: ANN401
    """An instant has a day only in some zone, and text has none."""
    with pytest.raises(InvalidValueError, match="as_of must be a da"):
        (F.x > 1).holds({"x": 2}, as_of=day)


def test_fields_are_named_in_three_ways() -> None:
    """An attribute, a key and a call name the same field, and its text is the name."""
    assert (F.spend > 1) == (F["spend"] > 1) == (F("spend") > 1)
    assert str(F.spend) == "spend"
    assert repr(F) == "F"


def test_names_may_be_in_any_script() -> None:
    """A field is found under the letters that it is written in, by attribute and by key."""
    criterion = F["größe"] + F["年龄"] > 1
    record = attrs.make_class("Record", ["größe", "年龄"])(1, 1)

    assert criterion.holds(record)
    assert criterion.explain(record).verdict is Verdict.HOLDS
    assert criterion.holds(attrs.asdict(record))


def test_private_names_are_no_fields() -> None:
    """Python's own probing of attributes is answered as for any object."""
    assert not hasattr(F, "__wrapped__")


def test_equal_criteria_are_one() -> None:
    """Structure decides: the order of a list and the digits of a decimal do not."""
    assert F.x.in_(["b", "a", "a"]) == F.x.in_(["a", "b"])
    assert (F.x > Decimal("1.50")) == (F.x > Decimal("1.5"))
    assert (F.x > Decimal("1E+3")).fingerprint == (F.x > Decimal(1000)).fingerprint
    assert (F.x > -0.0).fingerprint == (F.x > 0.0).fingerprint
    assert (F.x > Decimal(-0)) == (F.x > Decimal(0))
    assert len({F.x > 1, F.x > 1, F.x > Decimal(1), F.x == True, F.x == 1}) == 4  # noqa: E712


def test_joining_does_not_nest() -> None:
    """Three criteria joined are one conjunction, however they were grouped."""
    a, b, c = F.a > 1, F.b > 1, F.c > 1

    assert (a & b) & c == a & (b & c) == all_of(a, b, c)
    assert (a | b) | c == a | (b | c) == any_of(a, b, c)
    assert all_of(a) == any_of(a) == a & EVERYTHING == a
    assert all_of() == EVERYTHING


def test_nothing_is_the_empty_choice() -> None:
    """One of no criteria holds nowhere."""
    assert any_of().evaluate({}) is Verdict.FAILS


def test_a_criterion_knows_what_it_reads() -> None:
    """Fields and the need of a day are told without a record."""
    criterion = unless((F.last_order < as_of.shift(days=-90)) | ~F.tags.has("vip"))

    assert criterion.fields == {"last_order", "tags"}
    assert criterion.needs_as_of
    assert not (F.x > 1).needs_as_of


@pytest.mark.parametrize("day", [None, datetime(2026, 9, 30, tzinfo=UTC)])
def test_the_day_of_judgement_is_handed_in(day: Any) -> None:  # noqa: ANN401
    """Nothing reads a clock: a criterion that needs the day refuses to go without."""
    with pytest.raises(InvalidValueError, match="as_of must be"):
        (F.last_order < as_of).evaluate({"last_order": TODAY}, as_of=day)


def test_an_object_without_the_field_is_refused() -> None:
    """A mistyped attribute is an error, not a missing value."""
    with pytest.raises(UnknownNameError, match="unknown field 'nam'; did you mean 'name'"):
        (F.nam == "Ada").evaluate(Ada())


@pytest.mark.parametrize(
    ("criterion", "value", "message"),
    [
        (F.x > 5, "many", "x must be comparable with 5"),
        (F.x.starts_with("a"), 5, "x must be text"),
        (F.x.ends_with("a"), 5, "x must be text"),
        (F.x.contains("a"), frozenset("a"), "x must be text"),
        (F.x.has("a"), "abc", "x must be a set of text"),
    ],
)
def test_a_value_of_another_kind_is_refused(
    criterion: Criterion, value: object, message: str
) -> None:
    """What cannot be tested so is an error that names field, value and rule."""
    with pytest.raises(InvalidValueError, match=message):
        criterion.evaluate({"x": value})


def test_a_criterion_of_any_size_is_not_compiled() -> None:
    """The limits hold for criteria that were built in Python, too."""
    deep = F.x > 1
    for _ in range(16):
        deep = ~deep

    with pytest.raises(InvalidValueError, match="must be nested at most 16 deep"):
        deep.compile()
    with pytest.raises(InvalidValueError, match="must have at most 256 parts"):
        all_of(*[F.x > place for place in range(256)]).compile()
    with pytest.raises(InvalidValueError, match="must list at most 1000 values"):
        F.x.in_(range(1001)).compile()


@pytest.mark.parametrize(
    ("criterion", "source"),
    [
        ((F.x > 1) & (F.y < 2) | ~(F.z == "a"), "((F.x > 1) & (F.y < 2)) | ~(F.z == 'a')"),
        (F.day > as_of.shift(months=-1, days=2), "F.day > as_of.shift(months=-1, days=2)"),
        (F.day > as_of, "F.day > as_of"),
        (unless(F.x.is_missing()), "unless(F.x.is_missing())"),
        (EVERYTHING, "EVERYTHING"),
        (any_of(), "any_of()"),
    ],
)
def test_the_repr_is_python(criterion: Criterion, source: str) -> None:
    """A criterion shows the expression that builds it."""
    assert repr(criterion) == source


_DAY = {"field": "day"}
_AS_OF = {"param": "as_of"}


@pytest.mark.parametrize(
    ("criterion", "plain"),
    [
        (F.day < as_of, {"lt": [_DAY, _AS_OF]}),
        (F.day < as_of.shift(days=2), {"lt": [_DAY, {"shift": [_AS_OF, {"days": 2}]}]}),
        (F.day < as_of.shift(months=-1), {"lt": [_DAY, {"shift": [_AS_OF, {"months": -1}]}]}),
        (F.day > TODAY, {"gt": [_DAY, {"date": "2026-09-30"}]}),
        (
            F.a / 2 + 1 > F.b,
            {"gt": [{"add": [{"div": [{"field": "a"}, 2]}, 1]}, {"field": "b"}]},
        ),
        (abs(F.a) == Decimal("1.50"), {"eq": [{"abs": {"field": "a"}}, {"decimal": "1.5"}]}),
        (F.a.length() > 1, {"gt": [{"length": {"field": "a"}}, 1]}),
        (
            F.a.otherwise("x").starts_with("y"),
            {"starts": [{"coalesce": [{"field": "a"}, "x"]}, "y"]},
        ),
        (F.day.days_until(as_of) > 1, {"gt": [{"days_between": [_DAY, _AS_OF]}, 1]}),
        (F.day.days_since(as_of) > 1, {"gt": [{"days_between": [_AS_OF, _DAY]}, 1]}),
        ((F.a - F.b).is_missing(), {"is_null": {"sub": [{"field": "a"}, {"field": "b"}]}}),
        (named("x", F.a * 2 > 1), {"named": ["x", {"gt": [{"mul": [{"field": "a"}, 2]}, 1]}]}),
    ],
)
def test_the_plain_form(criterion: Criterion, plain: object) -> None:
    """One key by object, with the operands in their order; the fingerprint is made of it."""
    assert criterion.plain == plain
