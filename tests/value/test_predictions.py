"""What BG/NBD and MBG/NBD predict, against the papers and fifty digits."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.durations import DAY, WEEK, days, weeks
from crmcore.errors import InvalidValueError
from crmcore.histories import Histories, PurchaseHistory
from crmcore.value import BetaGeo, ModifiedBetaGeo

MODELS: dict[str, type[BetaGeo | ModifiedBetaGeo]] = {
    "BG/NBD": BetaGeo,
    "MBG/NBD": ModifiedBetaGeo,
}
EITHER = pytest.mark.parametrize("model", [BetaGeo, ModifiedBetaGeo])

CDNOW = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)


def one(x: int, t_x: float, age: float) -> Histories:
    """Return a single history, in days."""
    return Histories.from_columns(frequency=[x], last_purchase_age=[t_x], age=[age], unit=DAY)


def test_the_published_prediction_for_one_customer() -> None:
    """Fader, Hardie and Lee's worked example: x = 2, t_x = 30.43, T = 38.86, 39 weeks."""
    ada = PurchaseHistory(frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK)

    told = CDNOW.predict(ada, horizon=weeks(39))

    assert round(told.purchases, 3) == 1.226
    assert told.purchases == pytest.approx(told.alive * told.purchases_if_alive, rel=1e-15)


@pytest.mark.parametrize(("t", "published"), [(1, 0.0532), (3, 0.1506), (32, 1.0437)])
def test_the_published_purchases_of_a_new_customer(t: float, published: float) -> None:
    """E[X(t)] of Fader and Hardie's spreadsheet, at the parameters it was computed with."""
    model = BetaGeo(r=0.242593, alpha=4.41353, a=0.79292, b=2.42590, unit=WEEK)

    assert round(model.new_customer_purchases(weeks(t)), 4) == published


def test_the_published_purchases_of_a_new_customer_in_78_weeks() -> None:
    """The spreadsheet says 1.8576, since its sum stops after 150 terms; in full it is 1.8579."""
    r, alpha, a, b = 0.242593, 4.41353, 0.79292, 2.42590
    z = 78 / (alpha + 78)
    term = series = 1.0
    for j in range(150):
        term *= (r + j) * (b + j) / ((a + b - 1 + j) * (j + 1)) * z
        series += term
    published = (a + b - 1) / (a - 1) * (1 - (1 - z) ** r * series)

    model = BetaGeo(r=r, alpha=alpha, a=a, b=b, unit=WEEK)

    assert round(published, 4) == 1.8576
    assert model.new_customer_purchases(weeks(78)) == pytest.approx(1.8579, abs=1e-4)


def table() -> list[dict[str, Any]]:
    """Return what ``write_predictions.py`` has computed with mpmath."""
    with Path(__file__).with_name("predictions.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                name: value if name in ("kind", "model") else float(value)
                for name, value in row.items()
            }
            for row in csv.DictReader(file)
        ]


def predicted(row: dict[str, Any]) -> float:
    """Return what the library says to a row of the table."""
    x = int(row["x"])
    parameters = {name: row[name] for name in ("r", "alpha", "a", "b")}
    model = MODELS[row["model"]](**parameters, unit=DAY)
    if row["kind"] == "probability":
        return model.purchase_probabilities(days(row["t"]), most=x)[x]
    history = one(x, row["t_x"], row["age"])
    if row["kind"] == "alive":
        return model.alive(history)[0]
    if row["kind"] == "expected":
        return model.expected_purchases(history, horizon=days(row["t"]))[0]
    return model.expected_if_alive(history, horizon=days(row["t"]))[0]


def test_hard_points_agree_with_fifty_digits() -> None:
    """At hundreds of points, most of them hard, ten digits are right everywhere."""
    rows = table()

    wrong = [
        (row, predicted(row))
        for row in rows
        if not math.isclose(predicted(row), row["value"], rel_tol=1e-10, abs_tol=1e-290)
    ]

    assert wrong == []
    assert len(rows) > 500


positive = st.floats(-3, 4).map(lambda log: 10**log)
anything = st.floats(-50, 50).map(lambda log: 10**log)
times = st.one_of(st.just(0.0), st.floats(-3, 5).map(lambda log: 10**log), st.just(1e300))


def test_rates_that_are_next_to_nothing() -> None:
    """Where hardly anybody buys, the expectation is r times a dilogarithm, if a = b = 1.

    For a long time *t* that is ``log(t)^2 / 2 + pi^2 / 6``, by the scale of the rates.
    """
    model = BetaGeo(r=1e-20, alpha=1, a=1, b=1, unit=DAY)

    told = model.new_customer_purchases(days(1e12))

    assert told == pytest.approx(1e-20 * (math.log(1e12) ** 2 / 2 + math.pi**2 / 6), rel=1e-11)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Any, Histories, float]:
    """Return a model, a history and a horizon from the whole space."""
    numbers = draw(st.sampled_from([positive, anything]))
    model = draw(st.sampled_from(list(MODELS.values())))(
        r=draw(numbers),
        alpha=draw(numbers),
        a=draw(st.one_of(st.just(1.0), numbers)),
        b=draw(numbers),
        unit=DAY,
    )
    x = draw(st.one_of(st.just(0), st.integers(1, 5_000)))
    age = draw(times)
    x = x if age else 0
    t_x = age * draw(st.sampled_from([1.0, 0.5, 1e-3])) if x else 0.0
    return model, one(x, t_x, age), draw(times)


@given(situations())
def test_every_prediction_is_a_number(situation: tuple[Any, Histories, float]) -> None:
    """Nowhere in the space is there NaN, infinity, or a probability that is none."""
    model, history, t = situation

    alive = model.alive(history)[0]
    if_alive = model.expected_if_alive(history, horizon=days(t))[0]
    purchases = model.expected_purchases(history, horizon=days(t))[0]
    probabilities = model.probabilities(history[0], horizon=days(t), most=5)

    assert 0 <= alive <= 1
    assert 0 <= if_alive < math.inf
    assert purchases == pytest.approx(alive * if_alive, rel=1e-9, abs=1e-300)
    assert all(0 <= each <= 1 + 1e-9 for each in probabilities)
    assert math.fsum(probabilities) <= 1 + 1e-9
    assert math.isfinite(model.new_customer_purchases(days(t)))


@given(situations(), st.floats(1, 100))
def test_more_time_brings_more_purchases(
    situation: tuple[Any, Histories, float], longer: float
) -> None:
    """The purchases that are expected grow with the horizon, and are none where it is nothing."""
    model, history, t = situation
    t = min(t, 1e12)

    shorter, longer = (
        model.expected_if_alive(history, horizon=days(each))[0] for each in (t, t * longer)
    )

    assert shorter <= longer * (1 + 1e-12)
    assert (shorter == 0) or t > 0


@EITHER
@given(st.tuples(positive, positive, positive, positive), times.filter(lambda t: t < 1e4))
def test_probabilities_make_up_the_expectation(
    model: type[BetaGeo], parameters: tuple[float, float, float, float], t: float
) -> None:
    """Probabilities are those of counts: with what lies beyond them they sum to 1.

    And so many purchases as are expected are at least those that are counted.
    """
    r, alpha, a, b = parameters
    customer = model(r=r, alpha=alpha, a=a, b=b, unit=DAY)

    told = customer.purchase_probabilities(days(t), most=60)
    longer = customer.purchase_probabilities(days(t), most=80)

    assert longer[:61] == pytest.approx(told, rel=1e-9, abs=1e-300)
    counted = math.fsum(k * each for k, each in enumerate(longer))
    assert counted <= customer.new_customer_purchases(days(t)) * (1 + 1e-9)
    assert math.fsum(longer) <= 1 + 1e-9


@EITHER
def test_probabilities_sum_to_one_where_all_are_counted(model: type[BetaGeo]) -> None:
    """Nothing is lost: probabilities sum to 1, and their mean is the expectation."""
    customer = model(r=0.5, alpha=2, a=0.8, b=2.4, unit=WEEK)

    told = customer.purchase_probabilities(weeks(10), most=400)

    assert math.fsum(told) == pytest.approx(1, rel=1e-12)
    mean = math.fsum(k * each for k, each in enumerate(told))
    assert mean == pytest.approx(customer.new_customer_purchases(weeks(10)), rel=1e-12)


@EITHER
@example((9_000.0, 1e-3, 1.0, 1e-3), [(5_000, 3), (1, 1), (0, 2)], 40.0)
@example((1.0, 1.0, 2.0, 1e4), [(3, 1), (9, 1), (0, 1)], 4.0)
@example((1.0, 1.0, 1e3, 1.0), [(50, 1), (9, 1), (0, 1)], 1.0)
@example((0.5, 2.0, 0.8, 2.4), [(50, 1), (9, 2), (0, 1)], 1.0)
@example((0.01, 30.0, 0.3, 100.0), [(x, 1 + x % 3) for x in range(90)], 400.0)
@given(
    st.tuples(positive, positive, positive, positive),
    st.lists(st.tuples(st.integers(0, 80), st.integers(1, 3)), min_size=1, max_size=9),
    times.filter(lambda t: t < 1e6),
)
def test_many_customers_are_told_what_each_is_told(
    model: type[BetaGeo],
    parameters: tuple[float, float, float, float],
    rows: list[tuple[int, int]],
    t: float,
) -> None:
    """The fast way for many customers says what the plain way says of each."""
    r, alpha, a, b = parameters
    book = model(r=r, alpha=alpha, a=a, b=b, unit=DAY)
    few = Histories.from_columns(
        frequency=[x for x, _ in rows],
        last_purchase_age=[age * (x % 2 + 1) / 2 if x else 0 for x, age in rows],
        age=[age for _, age in rows],
        unit=DAY,
    )
    many = few.merge(*[few] * 15)  # so many of an age are computed together

    alone = [book.predict(each, horizon=days(t)) for each in few] * 16

    same: dict[str, Any] = {"rel": 1e-10, "abs": 1e-300}
    assert book.alive(many) == pytest.approx([each.alive for each in alone], **same)
    assert book.expected_if_alive(many, horizon=days(t)) == pytest.approx(
        [each.purchases_if_alive for each in alone], **same
    )
    assert book.expected_purchases(many, horizon=days(t)) == pytest.approx(
        [each.purchases for each in alone], **same
    )


@EITHER
@example((0.5, 2.0, 0.8, 2.4), 3, 1.0, 30.0)
@example((0.5, 2.0, 0.8, 2.4), 0, 500.0, 0.0)
@example((0.5, 1e30, 0.8, 2.4), 3, 1.0, 30.0)
@example((30.0, 1e-3, 1e3, 40.0), 40, 4e3, 30.0)
@example((30.0, 1e-3, 1e-3, 40.0), 40, 4e3, 30.0)
@given(
    st.tuples(positive, positive, positive, positive),
    st.integers(0, 100),
    st.floats(0.1, 1e3),
    times.filter(lambda t: t < 1e6),
)
def test_customers_of_whom_no_two_share_an_age(
    model: type[BetaGeo],
    parameters: tuple[float, float, float, float],
    x: int,
    oldest: float,
    t: float,
) -> None:
    """Where each has an age of its own, a curve over the ages says what is said of each."""
    r, alpha, a, b = parameters
    book = model(r=r, alpha=alpha, a=a, b=b, unit=DAY)
    ages = [oldest / 1.2**at for at in range(100)]
    histories = Histories.from_columns(
        frequency=[x] * 100,
        last_purchase_age=[age / 2 if x else 0 for age in ages],
        age=ages,
        unit=DAY,
    )

    told = book.expected_if_alive(histories, horizon=days(t))

    for at in (0, 7, 48, 99):
        alone = book.predict(histories[at], horizon=days(t)).purchases_if_alive
        assert told[at] == pytest.approx(alone, rel=1e-10, abs=1e-300)


def test_customers_who_differ_in_age_alone() -> None:
    """Of two who bought alike, the one who is silent for longer is less likely to be alive."""
    histories = Histories.from_columns(
        frequency=[2, 2, 2], last_purchase_age=[3, 3, 3], age=[3, 9, 30], unit=WEEK
    )

    told = CDNOW.alive(histories)

    assert told[0] > told[1] > told[2]
    assert told == pytest.approx(
        [CDNOW.predict(each, horizon=weeks(1)).alive for each in histories], rel=1e-12
    )


def test_nobody_is_told_nothing() -> None:
    """An empty book has no predictions."""
    nobody = Histories.from_columns(frequency=[], last_purchase_age=[], age=[], unit=WEEK)

    assert CDNOW.alive(nobody) == CDNOW.expected_if_alive(nobody, horizon=weeks(1)) == ()
    assert CDNOW.expected_purchases(nobody, horizon=weeks(1)) == ()


@EITHER
@given(
    parameters=st.tuples(positive, positive, positive, positive),
    x=st.integers(0, 200),
    age=st.floats(0.5, 500),
    t=st.floats(0.1, 500),
)
def test_predictions_do_not_depend_on_the_unit(
    model: type[BetaGeo],
    parameters: tuple[float, float, float, float],
    x: int,
    age: float,
    t: float,
) -> None:
    """In days, in weeks and across both the same is predicted."""
    r, alpha, a, b = parameters
    in_weeks = model(r=r, alpha=alpha, a=a, b=b, unit=WEEK)
    in_days = in_weeks.in_unit(DAY)
    history = PurchaseHistory(
        frequency=x, last_purchase_age=age / 2 if x else 0, age=age, unit=WEEK
    )

    told = in_weeks.predict(history, horizon=weeks(t))
    again = in_days.predict(history, horizon=days(7 * t))

    assert again.alive == pytest.approx(told.alive, rel=1e-9)
    assert again.purchases == pytest.approx(told.purchases, rel=1e-9)
    assert in_days.in_unit(WEEK).parameters == pytest.approx(in_weeks.parameters, rel=1e-15)


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, True, 1e60])
@pytest.mark.parametrize("name", ["r", "alpha", "a", "b"])
def test_parameters_are_numbers_above_0(name: str, value: float) -> None:
    """A parameter that is none, or that leaves no room for computing, is refused by its name."""
    parameters: dict[str, Any] = {"r": 1, "alpha": 1, "a": 1, "b": 1, name: value}

    with pytest.raises(InvalidValueError, match=f"{name} must be above 0 and finite"):
        BetaGeo(**parameters, unit=WEEK)
