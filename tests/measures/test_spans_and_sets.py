"""Records that speak of several days, values among entities, and sums of those in a set."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, MixedCurrenciesError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.measures import (
    Additivity,
    Balance,
    Both,
    Count,
    Cumulative,
    Derived,
    Distinct,
    LikeForLike,
    Measure,
    Ratio,
    Sum,
    Tally,
    Value,
    evaluate,
)

JANUARY, FEBRUARY = Period.month(1998, 1), Period.month(1998, 2)
QUARTER = Period(date(1998, 1, 1), date(1998, 4, 1))
YEAR = Period(date(1998, 1, 1), date(1999, 1, 1))
LATER = date(1999, 1, 1)


@attrs.frozen
class Row:
    """Something that happened."""

    day: date
    who: str | None = None
    number: int | Decimal | Money | None = None
    end: date | None = None
    kind: str = "plain"


def found(measure: Measure, rows: list[Row], period: Period = JANUARY) -> Value | Undefined:
    """Return what a measure comes to."""
    table = evaluate({"it": measure}, rows, periods=period, day="day", as_of=LATER)
    return table.value("it")


def one(measure: Measure, rows: list[Row], period: Period = JANUARY) -> Value:
    """Return what a measure comes to, which has a value."""
    value = found(measure, rows, period)
    assert isinstance(value, Value), value
    return value


def day(text: str) -> date:
    """Return a day of 1998, or of another year."""
    return date.fromisoformat(text if len(text) > 5 else f"1998-{text}")


# Sums of what lies wholly in the period.

FIGURES = [
    Row(day("01-01"), number=100, end=day("02-01")),
    Row(day("02-01"), number=Decimal("120.5"), end=day("03-01")),
    Row(day("01-01"), number=400, end=day("04-01")),
    Row(day("01-01"), number=2000, end=day("1999-01-01")),
    Row(day("01-05"), number=7),
    Row(day("01-05"), end=day("01-06")),
]
WHOLE = Sum("number", until="end")


@pytest.mark.parametrize(
    ("period", "total", "n"),
    [
        (JANUARY, "100", 1),
        (FEBRUARY, "120.5", 1),
        (QUARTER, "620.5", 3),
        (YEAR, "2620.5", 4),
        (Period(day("01-01"), day("01-31")), "0", 0),
    ],
)
def test_a_record_counts_where_all_its_days_are(period: Period, total: str, n: int) -> None:
    """January has its 100; the quarter 100 + 120.5 + 400; and 30 days hold no whole month."""
    value = one(WHOLE, FIGURES, period)

    assert value.number == Decimal(total)
    assert value.n == n


def test_what_names_no_end_is_missing() -> None:
    """One record has no end, and one no number."""
    assert one(WHOLE, FIGURES).missing == 2


def test_the_figure_of_a_quarter_is_no_sum_of_months() -> None:
    """It speaks of none of them, so that the sum is not additive, as a plain one is."""
    assert WHOLE.additivity is Additivity.NON_ADDITIVE
    assert Sum("number").additivity is Additivity.ADDITIVE


def test_parts_of_spans_merge() -> None:
    """Two tallies of a part each come to what one tally of all comes to."""
    whole, merged, other = (Tally({"it": WHOLE}, day="day") for _ in range(3))
    whole.add_all(FIGURES)
    merged.add_all(FIGURES[::2])
    other.add_all(FIGURES[1::2])

    merged.merge(other)

    periods = (JANUARY, FEBRUARY, QUARTER, YEAR)
    assert merged.table(periods, as_of=LATER) == whole.table(periods, as_of=LATER)


def test_spans_are_told_in_words() -> None:
    """A difference between two definitions can be told from their words."""
    assert WHOLE.words.en == "the sum of number with all days up to end in the period"
    assert "end" in WHOLE.words.zh


def test_a_field_for_the_end_is_a_field() -> None:
    """The end is read by its name."""
    with pytest.raises(InvalidValueError, match="until must be the name of a field"):
        Sum("number", until="the end")


# Values among entities.

INDICES = [
    Row(day("1997-06-01"), "acme", 65),
    Row(day("1997-06-01"), "bolt", 80),
    Row(day("01-10"), "bolt", 72),
    Row(day("01-12"), "core", 60),
    Row(day("01-20"), "core", 61),
    Row(day("06-01"), "core", 99),
]


@pytest.mark.parametrize(
    ("over", "ever", "this_month"),
    [
        ("highest", "72", "72"),
        ("lowest", "61", "61"),
        ("median", "65", "66.5"),
        ("sum", "198", "133"),
    ],
)
def test_the_latest_values_of_all_are_compared(over: Any, ever: str, this_month: str) -> None:  # noqa: ANN401
    """By the end of January 65, 72 and 61, of which the last two are of January itself."""
    balance = Balance("number", "who", over=over)

    assert one(Cumulative(balance), INDICES).number == Decimal(ever)
    assert one(balance, INDICES).number == Decimal(this_month)


def test_of_means_the_highest_may_be_another() -> None:
    """Core has 60 and 61 in January, a mean of 60.5; bolt has 72."""
    means = Balance("number", "who", take="mean", over="lowest")

    assert one(means, INDICES).number == Decimal("60.5")


def test_of_nobody_there_is_no_highest_value_but_a_sum_of_zero() -> None:
    """In May nobody has a value."""
    may = Period.month(1998, 5)

    nothing = found(Balance("number", "who", over="highest"), INDICES, may)

    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NO_DATA
    assert one(Balance("number", "who"), INDICES, may).number == 0


def test_what_is_made_of_all_values_is_told_in_words() -> None:
    """The highest is not the sum."""
    balance = Balance("number", "who", over="highest")

    assert balance.words.en == "the highest of the last number of each who"
    assert "最高" in balance.words.zh


def test_only_four_things_are_made_of_all_values() -> None:
    """A mean of entities is none of them."""
    with pytest.raises(InvalidValueError, match="over must be sum or highest or lowest or median"):
        Balance("number", "who", over="mean")  # type: ignore[arg-type]


# Sums of those who are in a set.

PAID = [
    Row(day("1997-12-10"), "ada", 100),
    Row(day("01-10"), "ada", 300),
    Row(day("01-15"), "bob", 200, kind="asked"),
    Row(day("01-20"), "cy", 50, kind="asked"),
    Row(day("01-25"), "cy", 5),
    Row(day("02-25"), "bob", 999),
]
ASKED = Distinct("who", F.kind == "asked")


@pytest.mark.parametrize(
    ("whose", "total", "n"),
    [
        (ASKED, 255, 2),
        (Cumulative(Distinct("who"), days=31, until="start"), 300, 1),
        (Both(ASKED, Cumulative(ASKED, days=13)), 55, 1),
    ],
)
def test_sums_of_those_in_a_set(whose: Measure, total: int, n: int) -> None:
    """Bob and Cy were asked: 200 + 50 + 5; Ada came in December: 300; Cy was asked of late: 55."""
    value = one(LikeForLike("number", "who", whose=whose), PAID)

    assert value.number == total
    assert value.n == n


def test_who_is_in_the_set_without_a_sum_adds_nothing() -> None:
    """Cy had nothing in December."""
    before = LikeForLike("number", "who", "before", whose=ASKED)

    assert one(before, PAID).number == 0


def test_before_the_records_of_a_set_begin_nothing_is_known_of_it() -> None:
    """The set is told by records of February, and the sums by those of January."""
    measure = LikeForLike("number", "who", whose=Distinct("who", source="asked"), source="paid")
    records = {"paid": PAID, "asked": [Row(day("02-10"), "ada")]}

    table = evaluate({"it": measure}, records, periods=JANUARY, day="day", as_of=LATER)

    nothing = table.value("it")
    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NO_DATA


def test_a_sum_over_a_set_reads_what_the_set_reads() -> None:
    """Its sources, its parameters and its depth are those of both."""
    members = Cumulative(Distinct("who", source="asked"), days="lately")
    measure = LikeForLike("number", "who", whose=members, source="paid")

    assert measure.sources == {"asked", "paid"}
    assert measure.parameters == {"lately"}
    assert measure.depth == 3
    assert "is told by" in measure.words.en


@pytest.mark.parametrize("whose", [Count(), Cumulative(Count(), days=3), "both"])
def test_only_a_set_says_who_they_are(whose: Any) -> None:  # noqa: ANN401 - wrong on purpose
    """A count knows how many, and not who."""
    with pytest.raises(InvalidValueError, match="whose must be a Distinct, a Cumulative of one"):
        LikeForLike("number", "who", whose=whose)


# What a treatment adds.


def share(group: str) -> Ratio:
    """Return the share of a group that has a number."""
    return Ratio(
        Count((F.kind == group) & F.number.is_present()), Count(F.kind == group), proportion=True
    )


def treated(count: int, number: int | Money | None, kind: str = "treated") -> list[Row]:
    """Return equal rows of one group."""
    return [Row(day("01-10"), f"{kind}-{n}", number, kind=kind) for n in range(count)]


UPLIFT = Derived("uplift", (share("treated"), share("control")))


def test_the_uplift_is_that_of_newcombe() -> None:
    """56 of 70 less 48 of 80 is 0.2; Newcombe (1998), method 10: 0.0524 to 0.3339."""
    rows = [
        *treated(56, 1),
        *treated(14, None),
        *treated(48, 1, "control"),
        *treated(32, None, "control"),
    ]

    value = one(UPLIFT, rows)

    assert value.number == Decimal("0.2")
    assert value.n == 150
    assert value.interval is not None
    assert (round(value.interval.low, 4), round(value.interval.high, 4)) == (0.0524, 0.3339)


RETURN = Derived(
    "incremental_return",
    (
        Sum("number", F.kind == "treated"),
        Count(F.kind == "treated"),
        Sum("number", F.kind == "control"),
        Count(F.kind == "control"),
        Sum("number", F.kind == "cost"),
    ),
)


def test_a_return_is_what_came_beyond_the_control_group_and_the_cost() -> None:
    """10 with 30 each, 5 of control with 20 each, a cost of 40: 300 - 200 - 40 = 60, over 40."""
    rows = [*treated(10, 30), *treated(5, 20, "control"), *treated(1, 40, "cost")]

    value = one(RETURN, rows)

    assert value.numerator == 60
    assert value.denominator == 40
    assert value.number == Decimal("1.5")
    assert value.n == 15


def test_a_return_of_money_is_in_one_currency() -> None:
    """Euros gained cannot be set against dollars spent."""
    rows = [
        *treated(10, Money(30, "EUR")),
        *treated(5, Money(20, "EUR"), "control"),
        *treated(1, Money(40, "USD"), "cost"),
    ]

    with pytest.raises(MixedCurrenciesError, match="EUR"):
        found(RETURN, rows)


@pytest.mark.parametrize("measure", [UPLIFT, RETURN])
def test_without_a_control_group_nothing_is_added_for_sure(measure: Measure) -> None:
    """The reason says what is missing."""
    nothing = found(measure, [*treated(10, 30), *treated(1, 40, "cost")])

    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NOT_APPLICABLE
    assert "control group" in nothing.detail.en


@pytest.mark.parametrize(
    ("rows", "reason"),
    [([], Reason.NO_DATA), (treated(5, 1, "control"), Reason.ZERO_DENOMINATOR)],
)
def test_without_anybody_treated_the_reason_is_that_of_their_share(
    rows: list[Row], reason: Reason
) -> None:
    """Whether there are no records at all, or none of the treated."""
    nothing = found(UPLIFT, rows)

    assert isinstance(nothing, Undefined)
    assert nothing.reason is reason


def test_without_records_of_a_control_group_the_reason_is_that_of_its_share() -> None:
    """Records that have not begun say something else than an empty group."""
    control = Ratio(
        Count(F.number.is_present(), source="control"), Count(source="control"), proportion=True
    )
    plain = Ratio(
        Count(F.number.is_present(), source="treated"), Count(source="treated"), proportion=True
    )
    records = {"treated": treated(3, 1), "control": []}

    table = evaluate(
        {"it": Derived("uplift", (plain, control))},
        records,
        periods=JANUARY,
        day="day",
        as_of=LATER,
    )

    nothing = table.value("it")
    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NO_DATA


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (Ratio(Sum("number"), Count(F.kind == "nobody")), "300 by 0"),
        (Derived("quotient", (Sum("number"), Count(F.kind == "nobody"))), "300 by 0"),
        (RETURN, "300 by 0"),
    ],
)
def test_a_quotient_by_zero_says_what_there_was_to_divide(measure: Measure, told: str) -> None:
    """The cost of winning nobody was spent all the same."""
    nothing = found(measure, [*treated(10, 30), *treated(5, 0, "control")])

    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.ZERO_DENOMINATOR
    assert nothing.detail.en == told
    assert "300" in nothing.detail.zh


@pytest.mark.parametrize(
    "measure",
    [
        Ratio(Count(), Sum("number")),
        Derived(
            "incremental_return", (Sum("number"), Count(), Sum("number"), Count(), Sum("number"))
        ),
    ],
)
def test_there_is_no_share_of_less_than_nothing(measure: Measure) -> None:
    """Where more went back than was paid, 3 by -6 are not -50 % of anything."""
    nothing = found(measure, treated(3, -2))

    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NOT_APPLICABLE
    assert nothing.detail.en.endswith("by -6, less than nothing")
    assert nothing.detail.zh.endswith("除以负数-6")


def test_money_by_a_count_is_money_and_money_by_money_is_none() -> None:
    """A price is in euros; how many times as much one amount is as another is a plain number."""
    money, count = Sum("number"), Count()
    measures = {
        "price": Derived("quotient", (money, count)),
        "times": Derived("quotient", (money, money)),
    }

    told = {
        name: evaluate(
            {name: measure},
            treated(3, Money(30, "EUR")),
            periods=JANUARY,
            day="day",
            as_of=LATER,
        ).currencies
        for name, measure in measures.items()
    }

    assert told == {"price": frozenset({"EUR"}), "times": frozenset()}


@pytest.mark.parametrize(
    "measure",
    [
        Balance("number", "who", over="highest"),
        LikeForLike("number", "who", whose=Distinct("who")),
        Both(Distinct("who"), Distinct("who")),
        Sum("number", until="end"),
    ],
)
def test_before_the_records_begin_nothing_is_known(measure: Measure) -> None:
    """In November nobody wrote anything down yet."""
    nothing = found(measure, PAID, Period.month(1997, 11))

    assert isinstance(nothing, Undefined)
    assert nothing.reason is Reason.NO_DATA
