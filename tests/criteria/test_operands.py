"""Calculating with fields: arithmetic, the four functions, and criteria with a name."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from itertools import count
from typing import Any

import attrs
import pytest

from crmcore.criteria import EVERYTHING, Criterion, F, as_of, named, unless
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Phrase, Reason, Undefined
from crmcore.verdicts import Verdict

TODAY = date(2026, 9, 30)


class Tier(LabelledEnum):
    """A class of customers."""

    GOLD = "gold", "gold", "金牌"


@attrs.frozen
class Visit:
    """What a customer did when she came."""

    spend: int | float | Decimal | None = None
    visits: int | None = None


@pytest.mark.parametrize(
    ("operand", "record", "value"),
    [
        (F.a + F.b, {"a": 2, "b": 3}, 5),
        (F.a - F.b, {"a": 2, "b": 3}, -1),
        (F.a * F.b, {"a": 2, "b": 3}, 6),
        (F.a / F.b, {"a": 3, "b": 2}, 1.5),
        (1 + F.a, {"a": 2}, 3),
        (1 - F.a, {"a": 2}, -1),
        (3 * F.a, {"a": 2}, 6),
        (3 / F.a, {"a": 2}, 1.5),
        (-F.a, {"a": 2}, -2),
        (F.a + Decimal("0.10"), {"a": Decimal("0.2")}, Decimal("0.3")),
        (F.a * 3, {"a": Decimal("0.10")}, Decimal("0.3")),
        (F.a - 1, {"a": Decimal("0.50")}, Decimal("-0.5")),
        (F.a / 4, {"a": Decimal("0.50")}, 0.125),
        (F.a + 0.5, {"a": 2}, 2.5),
        (F.a * 2, {"a": 0.1}, 0.2),
        (abs(F.a), {"a": -2}, 2),
        (abs(F.a), {"a": -2.5}, 2.5),
        (abs(F.a), {"a": Decimal("-2.5")}, Decimal("2.5")),
        (F.a.length(), {"a": "Größe"}, 5),
        (F.a.length(), {"a": "客户😀"}, 3),
        (F.a.length(), {"a": Tier.GOLD}, 4),
        (F.a.length(), {"a": ""}, 0),
        (F.a.otherwise("none"), {"a": "gold"}, "gold"),
        (F.a.otherwise("none"), {"a": None}, "none"),
        (F.a.otherwise(F.b), {"a": None, "b": 3}, 3),
        (F.a.otherwise(F.b).otherwise(7), {"a": None, "b": None}, 7),
        (F.a.otherwise(as_of), {"a": None}, TODAY),
        (F.a.days_until(as_of), {"a": date(2026, 9, 1)}, 29),
        (F.a.days_until(as_of), {"a": date(2026, 10, 1)}, -1),
        (F.a.days_since(as_of), {"a": date(2026, 10, 1)}, 1),
        (F.a.days_until(F.b), {"a": date(2024, 2, 28), "b": date(2024, 3, 1)}, 2),
        (F.a.days_until(date(2026, 1, 1)), {"a": date(2025, 1, 1)}, 365),
        (F.a.days_until(as_of.shift(months=-1)), {"a": date(2026, 8, 30)}, 0),
        (abs(F.a - F.b) * 2 + F.c / F.b, {"a": 1, "b": 4, "c": 2}, 6.5),
    ],
    ids=count(),
)
def test_what_is_calculated(operand: Any, record: dict[str, Any], value: Any) -> None:  # noqa: ANN401
    """Each operation gives what its sign or name says."""
    criterion = operand == value

    assert criterion.evaluate(record, as_of=TODAY) is Verdict.HOLDS
    assert criterion.explain(record, as_of=TODAY).verdict is Verdict.HOLDS
    assert (operand != value).evaluate(record, as_of=TODAY) is Verdict.FAILS


@pytest.mark.parametrize(
    "operand",
    [
        F.x + F.y,
        F.y - F.x,
        F.x * 2,
        F.x / F.y,
        F.y / F.x,
        -F.x,
        abs(F.x),
        abs(F.y) * F.x,
        F.x.otherwise(F.x),
    ],
    ids=count(),
)
@pytest.mark.parametrize("gap", [None, float("nan"), Decimal("nan"), Undefined(Reason.TOO_FEW)])
def test_what_is_missing_stays_missing(operand: Any, gap: object) -> None:  # noqa: ANN401
    """A calculation with a missing part is missing, and its test is unknown."""
    record = {"x": gap, "y": 4}

    assert (operand > 0).evaluate(record) is Verdict.UNKNOWN
    assert (operand > 0).explain(record).missing == ("x",)
    assert operand.is_missing().holds(record)


@pytest.mark.parametrize("operand", [F.x.length(), F.x.days_until(F.y), F.y.days_until(F.x)])
def test_functions_of_nothing_are_missing(operand: Any) -> None:  # noqa: ANN401
    """A text has no length and days are not counted where one is missing."""
    record = {"x": None, "y": TODAY}

    assert (operand > 0).evaluate(record) is Verdict.UNKNOWN
    assert (operand > 0).explain(record).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("zero", [0, Decimal(0), Decimal("-0.00"), Decimal("1e-400")])
@pytest.mark.parametrize("spend", [5, 0, Decimal("1.5")])
def test_nothing_is_divided_by_zero(zero: Any, spend: Any) -> None:  # noqa: ANN401
    """The quotient is missing, and the field that is zero is named, though it is not missing."""
    record = {"spend": spend, "visits": zero}
    criterion = F.spend / F.visits > 1

    assert criterion.evaluate(record) is Verdict.UNKNOWN
    assert criterion.explain(record).missing == ("visits",)
    assert (F.spend / F.visits).is_missing().holds(record)
    assert ((F.spend / F.visits).otherwise(2.0) > 1).holds(record)


def test_a_zero_that_is_a_float_divides_nothing_either() -> None:
    """Floats are no exception, whatever their sign."""
    assert (F.a / F.b > 1).evaluate({"a": 1.0, "b": -0.0}) is Verdict.UNKNOWN


def test_infinities_that_cancel_out_are_missing() -> None:
    """Infinity less infinity is NaN, and NaN is missing."""
    record = {"a": float("inf"), "b": float("inf")}

    assert (F.a - F.b > 0).evaluate(record) is Verdict.UNKNOWN
    assert (F.a - F.b > 0).explain(record).verdict is Verdict.UNKNOWN
    assert (F.a - F.b).is_missing().holds(record)
    assert (F.a - F.b).otherwise(1.0).in_([1.0]).holds(record)
    assert (F.a - F.b != F.a).evaluate(record) is Verdict.UNKNOWN
    assert (F.a + F.b > 0).evaluate(record) is Verdict.HOLDS


def test_decimals_are_exact_in_any_context() -> None:
    """The precision of the thread does not reach into a calculation."""
    price = Decimal("123456789.12")
    criterion = (F.price + F.price == Decimal("246913578.24")) & (abs(F.price) == price)

    with localcontext(prec=3):
        assert criterion.holds({"price": price})
        assert criterion.explain({"price": price}).verdict is Verdict.HOLDS
        assert (F.a + Decimal("0.125") == Decimal("1000.125")).holds({"a": 1000})


def test_a_numerator_of_any_kind_is_divided_as_floats() -> None:
    """A decimal and an integer give the same quotient as the floats next to them."""
    assert (F.spend / F.visits).in_([0.1 / 3]).holds(Visit(Decimal("0.1"), 3))
    assert (F.spend / 3 == 1 / 3).holds(Visit(1))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: F.a + "b", r"\+ must take numbers \(got 'b'\)"),
        (lambda: True + F.a, r"\+ must take numbers \(got True\)"),
        (lambda: F.a - TODAY, "- must take numbers"),
        (lambda: F.a + as_of, r"days are counted with F.since.days_until\(as_of\)"),
        (lambda: as_of - F.a, r"days are counted with F.since.days_until\(as_of\)"),
        (lambda: as_of + F.a, r"days are counted with F.since.days_until\(as_of\)"),
        (lambda: F.a + None, "what is missing is asked for"),
        (lambda: F.a / 0, r"/ must have a denominator other than 0 \(got 0\)"),
        (lambda: F.a / Decimal("0.0"), "/ must have a denominator other than 0"),
        (lambda: F.a // 2, r"// must be divided with /, which gives a float; .* \(got F.a\)"),
        (lambda: 2 // F.a, "// must be divided with /"),
        (lambda: F.a % 2, r"% must not be used: engines give remainders different signs"),
        (lambda: 7 % F.a, r"% must not be used"),
        (lambda: F.a**2, r"must be written as a product: F.visits \* F.visits \(got F.a\)"),
        (lambda: round(F.a), "round must not be used: engines round halves differently"),
        (lambda: round(F.a, 2), "round must not be used"),
        (lambda: len(F.a), r"len must be written as F.name.length\(\)"),
        (lambda: "vip" in F.tags, r"in must be written as F.tags.has\(\"vip\"\)"),
        (lambda: F.a.days_until(5), r"days_between must count between dates \(got 5\)"),
        (lambda: F.a.days_since(datetime(2026, 1, 1, tzinfo=UTC)), "count between dates"),
        (lambda: (F.a + F.b).has("vip"), r"has must ask a field \(got F.a \+ F.b\)"),
        (lambda: bool(F.a + F.b), r"with is_true\(\) \(got F.a \+ F.b\)"),
        (lambda: named("a b", F.a > 1), r"name must be a plain name"),
        (lambda: named("dach", F.a), r"must be a criterion, such as F.days > 90 \(got F.a\)"),  # type: ignore[arg-type]
        (lambda: unless(F.a), r"must be a criterion, such as F.days > 90 \(got F.a\)"),  # type: ignore[arg-type]
    ],
    ids=count(),
)
def test_what_is_refused_at_once(mistake: Callable[[], object], message: str) -> None:
    """What means nothing, or something else on another engine, is told with what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        mistake()


@pytest.mark.parametrize(
    ("criterion", "record", "message"),
    [
        (F.a + F.b > 1, {"a": 1, "b": "x"}, r"a \+ b must be made of numbers.* \(got \(1, 'x'\)\)"),
        (F.a + F.b > 1, {"a": "y", "b": "x"}, r"a \+ b must be made of numbers"),
        (F.a * 2 > 1, {"a": "x"}, r"a \* 2 must be made of numbers"),
        (F.a + 1 > 1, {"a": True}, r"a \+ 1 must be made of numbers"),
        (F.a + F.b > 1, {"a": None, "b": "x"}, r"a \+ b must be made of numbers"),
        (F.a + F.b > 1, {"a": Decimal(1), "b": 0.5}, "not mix decimals with floats"),
        (F.a / F.b > 1, {"a": Decimal(1), "b": 0.5}, "not mix decimals with floats"),
        (F.a / F.b > 1, {"a": 10**400, "b": 3}, r"a / b must be made of numbers"),
        (abs(F.a) > 1, {"a": "x"}, r"a must be a number \(got 'x'\)"),
        (F.a.length() > 1, {"a": 5}, r"a must be text \(got 5\)"),
        (F.a.days_until(F.b) > 1, {"a": TODAY, "b": 5}, r"b must be a date \(got 5\)"),
        (
            F.a.days_until(as_of) > 1,
            {"a": datetime(2026, 1, 1, tzinfo=UTC)},
            r"a must be a date \(got datetime",
        ),
        ((F.a + F.b).starts_with("x"), {"a": 1, "b": 2}, r"a \+ b must be text \(got 3\)"),
        (F.a + F.b < "x", {"a": 1, "b": 2}, r"a \+ b must be comparable with 'x'"),
    ],
    ids=count(),
)
def test_values_of_another_kind_are_refused(
    criterion: Criterion, record: dict[str, Any], message: str
) -> None:
    """What cannot be calculated is an error that names the operand, the values and the rule."""
    for judge in (criterion.evaluate, criterion.explain):
        with pytest.raises(InvalidValueError, match=message):
            judge(record, as_of=TODAY)


@pytest.mark.parametrize(
    ("criterion", "source"),
    [
        (F.a + F.b > 2, "F.a + F.b > 2"),
        ((F.a + 1) * 2 > F.b - 1, "(F.a + 1) * 2 > F.b - 1"),
        (1 - F.a / F.b < 0, "1 - (F.a / F.b) < 0"),
        (abs(F.a - F.b) == 2, "abs(F.a - F.b) == 2"),
        (-F.a > 2, "0 - F.a > 2"),
        ((F.a + F.b).is_missing(), "(F.a + F.b).is_missing()"),
        ((F.a + F.b).in_([1, 2]), "(F.a + F.b).in_([1, 2])"),
        (F.a.length() > 2, "F.a.length() > 2"),
        (F.a.otherwise("x").starts_with("y"), "F.a.otherwise('x').starts_with('y')"),
        (F.a.otherwise(F.b + 1) > 2, "F.a.otherwise(F.b + 1) > 2"),
        (F.a.days_until(as_of) > 2, "F.a.days_until(as_of) > 2"),
        (F.a.days_since(as_of) > 2, "F.a.days_since(as_of) > 2"),
        (F.a.days_since(F.b) > 2, "F.b.days_until(F.a) > 2"),
        (~named("dach", F.a > 1), "~named('dach', F.a > 1)"),
    ],
)
def test_the_repr_is_python(criterion: Criterion, source: str) -> None:
    """A calculation shows the expression that builds it, in brackets only where they are needed."""
    assert repr(criterion) == source


@pytest.mark.parametrize(
    ("criterion", "en", "zh"),
    [
        (F.a + F.b > 2, "a + b is more than 2", "a + b 大于 2"),
        ((F.a - 1) * F.b < 2, "(a - 1) * b is less than 2", "(a - 1) * b 小于 2"),
        (abs(F.a - F.b) >= 2, "|a - b| is 2 or more", "|a - b| 不小于 2"),
        (F.a.length() > 2, "length of a is more than 2", "a 的长度 大于 2"),
        (F.a.length() * 2 > 2, "(length of a) * 2 is more than 2", "(a 的长度) * 2 大于 2"),
        (F.a.otherwise("x") == "y", "a (x where missing) is y", "a（缺失时为 x） 等于 y"),
        (
            F.a.otherwise(TODAY) < as_of,
            "a (2026-09-30 where missing) is before the day of judgement",
            "a（缺失时为 2026-09-30） 早于 评判日",
        ),
        (
            F.a.days_until(as_of) > 30,
            "days from a to the day of judgement is more than 30",
            "从 a 到 评判日 的天数 大于 30",
        ),
        (named("dach", F.a > 1), "“dach” holds", "“dach”成立"),
        (~named("dach", F.a > 1), "not “dach” holds", "并非 “dach”成立"),
    ],
)
def test_a_calculation_in_words(criterion: Criterion, en: str, zh: str) -> None:
    """A calculation says itself in both languages; days come before and after."""
    assert criterion.words == Phrase(en, zh)


def test_a_calculation_is_a_value() -> None:
    """Structure decides; equal calculations have one hash, and one fingerprint."""
    assert (F.a + F.b > 1) == (F.a + F.b > 1)
    assert (F.a + F.b > 1) != (F.b + F.a > 1)
    assert (F.a * 2 > 1) != (F.a * Decimal(2) > 1)
    assert len({F.a + F.b > 1, F.a + F.b > 1, F.a - F.b > 1, abs(F.a) > 1}) == 3
    assert pickle.loads(pickle.dumps(F.a + F.b > 1)) == (F.a + F.b > 1)  # noqa: S301 - our own


def test_a_calculation_has_no_hash_before_it_is_compared() -> None:
    """What ``==`` makes a criterion of cannot stand in a set."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(F.a + F.b)


def test_a_name_is_definite() -> None:
    """It holds where its part holds and fails elsewhere, so its denial takes all the rest."""
    dach = named("dach", F.country.in_(["DE", "AT", "CH"]))

    verdicts = [dach.evaluate({"country": country}) for country in ("DE", "FR", None)]
    denied = [(~dach).evaluate({"country": country}) for country in ("DE", "FR", None)]

    assert verdicts == [Verdict.HOLDS, Verdict.FAILS, Verdict.FAILS]
    assert denied == [Verdict.FAILS, Verdict.HOLDS, Verdict.HOLDS]


def test_the_fingerprint_covers_what_a_name_stands_for() -> None:
    """Two criteria of one name are two criteria, and a name is not its part."""
    one, other = named("dach", F.a > 1), named("dach", F.a > 2)

    assert one.fingerprint != other.fingerprint
    assert one.fingerprint != (F.a > 1).fingerprint
    assert one != other


def test_an_explanation_opens_what_a_name_stands_for() -> None:
    """The witness reaches into the named part, and so do the flips."""
    criterion = (F.days > 90) & ~named("dach", (F.country == "DE") & (F.size > 10))
    explanation = criterion.explain({"days": 100, "country": "DE"})

    assert explanation.verdict is Verdict.HOLDS
    assert explanation.parts[1].parts[0].name == "dach"
    assert [leaf.subject.en for leaf in explanation.witness] == ["days", "size"]
    assert [flip.en for flip in explanation.flips] == [
        "would not hold if days were 90 or less",
        "would not hold if size were more than 10",
    ]


def test_a_name_that_does_not_hold_shows_why() -> None:
    """Its witness is what keeps the part from holding, be it unknown or failing."""
    dach = named("dach", (F.a > 1) & (F.b > 1))

    assert [leaf.subject.en for leaf in dach.explain({"a": 5}).witness] == ["b"]
    assert [leaf.subject.en for leaf in (~dach).explain({"a": 5, "b": 5}).witness] == ["a", "b"]
    assert [leaf.subject.en for leaf in unless(~dach).explain({"a": 2, "b": 2}).witness] == [
        "a",
        "b",
    ]


def test_names_nest() -> None:
    """A named criterion is a part like any other."""
    inner = named("idle", F.days > 90)
    outer = named("lost", inner & (F.days > 400)) | EVERYTHING

    assert outer.fields == {"days"}
    assert outer.holds({"days": None})


def test_a_calculation_is_done_once() -> None:
    """Two tests of one calculation read each field once."""
    reads: list[str] = []

    class Counted:
        def __getattr__(self, name: str) -> int:
            reads.append(name)
            return 6

    criterion = (F.a / F.b > 0) & (F.a / F.b < 2)

    assert criterion.holds(Counted())
    assert sorted(reads) == ["a", "b"]


@pytest.mark.parametrize(
    ("criterion", "size"),
    [
        (F.a > 1, (1, 1, 0, 2)),
        (F.a > F.b, (1, 1, 0, 3)),
        (F.a + F.b > 1, (2, 2, 0, 4)),
        (F.a.in_([1, 2, 3]), (1, 1, 3, 5)),
        ((F.a > 1) & ~(F.b > 1), (4, 3, 0, 6)),
        (named("dach", F.a.is_missing()), (2, 2, 0, 3)),
        (EVERYTHING, (1, 1, 0, 1)),
    ],
)
def test_a_criterion_has_a_price(criterion: Criterion, size: tuple[int, ...]) -> None:
    """Nodes, depth, the longest list, and one step for each node, field and listed value."""
    found = criterion.size

    assert (found.nodes, found.depth, found.values, found.cost) == size


def test_calculations_count_as_depth() -> None:
    """Operands nest no deeper than criteria do."""
    total = F.a
    for _ in range(16):
        total = total + F.a

    with pytest.raises(InvalidValueError, match="must be nested at most 16 deep"):
        (total > 1).compile()


@pytest.mark.parametrize("wrap", [operator.invert, unless])
def test_a_criterion_of_great_depth_is_refused_in_words(
    wrap: Callable[[Criterion], Criterion],
) -> None:
    """No depth of nesting ends in Python's own error."""
    deep = F.a > 1
    for _ in range(20_000):
        deep = wrap(deep)

    with pytest.raises(InvalidValueError, match="must be nested at most 16 deep"):
        deep.compile()
