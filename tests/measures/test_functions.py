"""The functions that make one value out of several, each by a worked example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.measures import (
    FUNCTIONS,
    Count,
    Derived,
    Mean,
    Measure,
    Previous,
    Ratio,
    Sum,
    Value,
    evaluate,
)
from crmcore.statistics import Interval, two_proportions, wilson

JANUARY, FEBRUARY = (Period.month(1998, month) for month in (1, 2))
LATER = date(1998, 5, 1)


def value(number: str, **parts: Any) -> Value:  # noqa: ANN401 - parts of a value
    """Return a value of one record, unless told otherwise."""
    parts = {"n": 1, **parts}
    return Value(number=Decimal(number), period=JANUARY, as_of=LATER, definition="it", **parts)


def share(upper: int, lower: int) -> Value:
    """Return a share with its interval."""
    number = Decimal(upper) / lower
    return value(
        str(number),
        numerator=Decimal(upper),
        denominator=Decimal(lower),
        n=lower,
        interval=wilson(upper, lower),
    )


def made(name: str, *values: Value | Undefined, **given: str) -> Value:
    """Return what a function makes of values, which is a value."""
    result = FUNCTIONS[name](values, {key: Decimal(number) for key, number in given.items()})
    assert isinstance(result, Value)
    return result


@pytest.mark.parametrize(
    ("name", "numbers", "given", "expected"),
    [
        ("difference", ["9", "4"], {}, "5"),
        ("total", ["9", "4", "0.5"], {}, "13.5"),
        ("product", ["0.9", "0.8", "0.5"], {}, "0.360"),
        ("quotient", ["9", "4"], {}, "2.25"),
        ("growth", ["110", "100"], {}, "0.1"),
        ("complement", ["0.03"], {}, "0.97"),
        ("scaled", ["0.0125"], {"factor": "1000"}, "12.5"),
        ("rescale", ["4"], {"low": "1", "high": "5"}, "75"),
        ("rescale", ["7"], {"low": "1", "high": "5"}, "100"),
        ("rescale", ["-7"], {"low": "1", "high": "5"}, "0"),
        # m = 100, r = 0.8, i = 0.1: 80 / 0.3 and 110 / 0.3; the two differ by m.
        (
            "lifetime_value_after",
            ["100", "0.8"],
            {"discount": "0.1"},
            "266.6666666666666666666666667",
        ),
        (
            "lifetime_value_at_once",
            ["100", "0.8"],
            {"discount": "0.1"},
            "366.6666666666666666666666667",
        ),
        # 0.5 · 70 + 0.3 · 60 + 0.2 · 80
        ("weighted_mean", ["70", "60", "80"], {"a": "0.5", "b": "0.3", "c": "0.2"}, "69"),
        ("weighted_mean", ["70", "60", "80"], {}, "70"),
        # 40 of 100 are promoters and 10 detractors
        ("nps", ["40", "10", "100"], {}, "30"),
    ],
)
def test_a_function_is_its_formula(
    name: str, numbers: list[str], given: dict[str, str], expected: str
) -> None:
    """The number is that of the formula in the table of functions."""
    result = made(name, *(value(number) for number in numbers), **given)

    assert result.number == Decimal(expected)


def test_a_complement_turns_its_interval_round() -> None:
    """Of 800 customers 24 are lost: 3 %, and what is kept is 97 %."""
    kept = made("complement", share(24, 800))

    assert kept.number == Decimal("0.97")
    assert (kept.numerator, kept.denominator) == (Decimal(776), Decimal(800))
    assert kept.interval is not None
    expected = wilson(776, 800)
    assert kept.interval.low == pytest.approx(expected.low)
    assert kept.interval.high == pytest.approx(expected.high)


def test_rescaling_takes_the_interval_along() -> None:
    """A mean of 4 in 3.5 to 5.5, on a scale of 1 to 5, is an index of 75 in 62.5 to 100."""
    mean = value("4", interval=Interval(low=3.5, high=5.5, method="Student t"))

    index = made("rescale", mean, low="1", high="5")

    assert index.interval == Interval(low=62.5, high=100.0, method="Student t")
    assert made("scaled", mean, factor="-2").interval == Interval(
        low=-11.0, high=-7.0, method="Student t"
    )


def test_an_uplift_has_the_interval_of_two_shares() -> None:
    """56 of 70 and 48 of 80 differ by 0.2, in .0524 to .3339 (Newcombe, 1998, method 10)."""
    uplift = made("uplift", share(56, 70), share(48, 80))

    assert uplift.number == Decimal("0.2")
    assert uplift.n == 150
    assert uplift.interval == two_proportions(56, 70, 48, 80)
    assert f"{uplift.interval.low:.4f} {uplift.interval.high:.4f}" == "0.0524 0.3339"


def test_an_uplift_is_of_shares() -> None:
    """Of two sums there is no interval of shares."""
    with pytest.raises(InvalidValueError, match="uplift must be of two shares of counts"):
        made("uplift", value("3"), value("2"))


def test_a_missing_part_drops_from_both_sides() -> None:
    """(0.5 · 70 + 0.2 · 80) ÷ 0.7, and the value says that one part is missing."""
    nothing = Undefined(Reason.NO_DATA)

    mean = made("weighted_mean", value("70"), nothing, value("80"), a="0.5", b="0.3", c="0.2")

    assert mean.number.quantize(Decimal("0.0001")) == Decimal("72.8571")
    assert (mean.numerator, mean.denominator) == (Decimal(51), Decimal("0.7"))
    assert mean.missing == 1


@pytest.mark.parametrize(
    ("name", "values", "given", "reason"),
    [
        ("growth", [value("5"), value("0")], {}, Reason.NO_BASE),
        ("growth", [value("5"), value("-1")], {}, Reason.NO_BASE),
        ("growth", [value("5"), Undefined(Reason.NO_DATA)], {}, Reason.NO_BASE),
        ("growth", [value("5"), Undefined(Reason.IMMATURE)], {}, Reason.IMMATURE),
        ("growth", [Undefined(Reason.NO_DATA), value("5")], {}, Reason.NO_DATA),
        ("quotient", [value("5"), value("0")], {}, Reason.ZERO_DENOMINATOR),
        ("nps", [value("0"), value("0"), value("0")], {}, Reason.NO_DATA),
        ("total", [value("5"), Undefined(Reason.SUPPRESSED)], {}, Reason.SUPPRESSED),
        ("weighted_mean", [Undefined(Reason.NO_DATA)], {}, Reason.NO_DATA),
        (
            "weighted_mean",
            [value("5"), Undefined(Reason.NO_DATA)],
            {"a": "0", "b": "1"},
            Reason.ZERO_DENOMINATOR,
        ),
        # Who never leaves and is not discounted is worth an endless sum.
        (
            "lifetime_value_after",
            [value("5"), value("1")],
            {"discount": "0"},
            Reason.ZERO_DENOMINATOR,
        ),
    ],
)
def test_what_has_no_value_says_why(
    name: str, values: list[Value | Undefined], given: dict[str, str], reason: Reason
) -> None:
    """Never a zero, and never an infinite number."""
    numbers = {key: Decimal(number) for key, number in given.items()}

    assert FUNCTIONS[name](values, numbers) == Undefined(reason)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("rescale", {"low": "5", "high": "5"}, "high must be above low, 5"),
        ("weighted_mean", {"a": "0.9"}, "weights must sum to 1"),
        ("weighted_mean", {"a": "-1"}, "weights must be 0 or more"),
    ],
)
def test_wrong_numbers_are_refused(name: str, given: dict[str, str], message: str) -> None:
    """Numbers that come from parameters are looked at when they are known."""
    with pytest.raises(InvalidValueError, match=message):
        made(name, value("1"), **given)


@attrs.frozen(kw_only=True)
class Answer:
    """An answer to the question whether they would recommend us."""

    at: date
    score: int | None = None
    price: Money | None = None


def measured(measure: Measure, records: Sequence[Answer], **options: Any) -> Value | Undefined:  # noqa: ANN401
    """Return one measure of February."""
    table = evaluate({"it": measure}, records, periods=FEBRUARY, day="at", as_of=LATER, **options)
    return table.value("it")


ANSWERS = [
    *(Answer(at=date(1998, 2, 3), score=score) for score in (10, 9, 9, 8, 6, 0)),
    Answer(at=date(1998, 2, 3)),
]


def test_a_derived_value_is_about_its_own_period_and_name() -> None:
    """Three promoters and two detractors of six: 100 · 1 / 6."""
    nps = Derived("nps", (Count(F.score >= 9), Count(F.score <= 6), Count(F.score >= 0)))

    result = measured(nps, ANSWERS, version="3")

    assert isinstance(result, Value)
    assert str(result) == "16.6667 (1 of 6, -43.93 to 66.16 (95 %, adjusted Wald), 1998-02)"
    assert (result.definition, result.version, result.as_of) == ("it", "3", LATER)


def spread(values: Sequence[Any], given: Mapping[str, Decimal]) -> Decimal:
    """Return how far two values lie apart, in some unit."""
    one, other = (Decimal(value.number) for value in values)
    return abs(one - other) / given["unit"]


def test_own_functions_are_handed_in_by_name() -> None:
    """A definition names the function, and whoever evaluates it hands it in."""
    measure = Derived("spread", (Count(), Sum("score")), {"unit": "unit"})

    result = measured(measure, ANSWERS, functions={"spread": spread}, parameters={"unit": 5})

    assert isinstance(result, Value)
    assert str(result) == "7 (n = 6, 1 missing, 1998-02)"


def test_own_functions_see_no_undefined_parts_but_may_return_one() -> None:
    """What is undefined stays so; and a value that a function returns is told as its own."""
    small = Undefined(Reason.TOO_FEW)
    functions = {"never": lambda *_: small, "same": lambda values, _: values[0]}
    no_mean = Mean("score", F.score > 99)

    for measure, expected in (
        (Derived("never", (Count(),)), Reason.TOO_FEW),
        (Derived("same", (no_mean,)), Reason.NO_DATA),
    ):
        assert measured(measure, ANSWERS, functions=functions) == Undefined(expected)
    same = measured(Derived("same", (Previous(Count()),)), ANSWERS, functions=functions)
    assert same == Undefined(Reason.NO_DATA)
    same = measured(
        Derived("same", (Previous(Count()),)),
        ANSWERS,
        functions=functions,
        begin=date(1998, 1, 1),
    )
    assert str(same) == "0 (n = 0, 1998-02)"


@pytest.mark.parametrize("result", [1.5, None, Decimal("NaN")])
def test_own_functions_return_exact_numbers(result: object) -> None:
    """A float is no number to build on."""
    with pytest.raises(InvalidValueError, match="function odd must return a Value"):
        measured(Derived("odd", (Count(),)), ANSWERS, functions={"odd": lambda *_: result})


def test_unknown_functions_are_refused_with_the_nearest() -> None:
    """A slip of the pen in the name of a function is found before anything is counted."""
    with pytest.raises(UnknownNameError, match=r"unknown function 'grwth'; did you mean 'growth'"):
        measured(Derived("grwth", (Count(), Count())), ANSWERS)
    with pytest.raises(InvalidValueError, match="functions must be of other names"):
        measured(Count(), ANSWERS, functions={"growth": spread})


def paid(*prices: Money) -> list[Answer]:
    """Return answers of February with prices."""
    return [Answer(at=date(1998, 2, 3), price=price) for price in prices]


EUROS, DOLLARS = Money(3, "EUR"), Money(2, "USD")


def test_two_currencies_make_no_number() -> None:
    """Neither in a sum, nor in a function of two sums, nor in a ratio of them."""
    euros, dollars = (Sum("price", F.score == score) for score in (1, 2))
    records = [attrs.evolve(a, score=n) for n, a in enumerate(paid(EUROS, DOLLARS), start=1)]

    for measure in (
        Sum("price"),
        Sum("price.amount"),
        Derived("total", (euros, dollars)),
        Derived("growth", (euros, dollars)),
        Ratio(euros, dollars),
    ):
        with pytest.raises(MixedCurrenciesError, match="EUR"):
            measured(measure, records)
    assert isinstance(measured(Derived("total", (euros, euros)), records), Value)


def test_a_growth_of_money_has_no_currency() -> None:
    """Two growths in different currencies can be told together, and two prices cannot."""
    euros, dollars = (Sum("price", F.score == score) for score in (1, 2))
    records = [attrs.evolve(a, score=n) for n, a in enumerate(paid(EUROS, DOLLARS), start=1)]
    growths = tuple(Derived("growth", (each, each)) for each in (euros, dollars))
    prices = tuple(Ratio(each, Count()) for each in (euros, dollars))

    assert isinstance(measured(Derived("weighted_mean", growths), records), Value)
    with pytest.raises(MixedCurrenciesError):
        measured(Derived("weighted_mean", prices), records)


def test_money_and_plain_numbers_make_no_sum() -> None:
    """Three euros and two are not five of anything."""
    records = [{"at": date(1998, 2, 3), "x": x} for x in (EUROS, 2)]

    with pytest.raises(MixedCurrenciesError, match="no currency"):
        evaluate({"it": Sum("x")}, records, periods=FEBRUARY, day="at", as_of=LATER)


@pytest.mark.parametrize("name", ["difference", "growth", "total", "weighted_mean"])
def test_money_and_a_count_are_put_together_by_no_function(name: str) -> None:
    """Three euros less two answers is nothing; of no answers at all there is nothing to mix."""
    answers, none = Count(), Count(F.score == -1)
    records = paid(EUROS, EUROS)

    with pytest.raises(InvalidValueError, match=f"parts of {name} must all be money, as that in"):
        measured(Derived(name, (Sum("price"), answers)), records)
    if name in {"difference", "total"}:
        found = measured(Derived(name, (Sum("price"), none)), records)
        assert isinstance(found, Value)
        assert found.number == 6
