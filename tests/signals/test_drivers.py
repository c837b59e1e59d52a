"""Key drivers: which attributes the overall judgement hangs on."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Reason, Undefined
from crmcore.signals import KeyDrivers, Quadrant, key_drivers
from crmcore.surveys import Audience, SurveyAnswer

Answer = dict[str, float]


def answers(count: int = 400, seed: int = 7) -> list[Answer]:
    """Return answers of which speed and manner make the judgement, price a little, parking none.

    Speed and manner go together, because the same people are quick and friendly.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up answers need no cryptographic chance
    rows = []
    for _ in range(count):
        team = chance.gauss(0, 7)
        speed, manner = 72 + team + chance.gauss(0, 6), 58 + team + chance.gauss(0, 6)
        price, parking = 75 + chance.gauss(0, 10), 40 + chance.gauss(0, 10)
        overall = 0.5 * speed + 0.4 * manner + 0.15 * price + chance.gauss(0, 5)
        rows.append(
            {
                "speed": speed,
                "manner": manner,
                "price": price,
                "parking": parking,
                "overall": overall,
            }
        )
    return rows


def r_squared(rows: list[Answer], names: tuple[str, ...]) -> float:
    """Return R² of the least-squares regression of the overall ratings, by NumPy."""
    y = np.array([row["overall"] for row in rows])
    x = np.array([[1.0, *(row[name] for name in names)] for row in rows])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(1 - left @ left / ((y - y.mean()) @ (y - y.mean())))


def test_known_drivers_are_recovered() -> None:
    """What made the judgement comes first, and what had no part in it last."""
    found = key_drivers(answers())

    assert isinstance(found, KeyDrivers)
    assert [driver.attribute for driver in found.drivers] == ["speed", "manner", "price", "parking"]
    assert [driver.quadrant for driver in found.drivers] == [
        Quadrant.KEEP_UP,
        Quadrant.CONCENTRATE,
        Quadrant.OVERKILL,
        Quadrant.LOW_PRIORITY,
    ]
    assert found.drivers[-1].importance < 0.02
    assert found.n == 400
    assert (
        str(found).splitlines()[0] == f"overall: {100 * found.r_squared:.0f} % explained, n = 400"
    )
    assert str(found).splitlines()[2].endswith(", concentrate here")


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(2, 4))
def test_weights_are_the_average_over_all_orders(seed: int, count: int) -> None:
    """NumPy fits every order of taking the attributes in; the weights sum to R² of all."""
    chance = random.Random(seed)  # noqa: S311 - made-up answers need no cryptographic chance
    names = tuple("abcd"[:count])
    rows = [{name: float(chance.randint(1, 5)) for name in (*names, "overall")} for _ in range(60)]
    orders = list(permutations(names))
    expected = dict.fromkeys(names, 0.0)
    for order in orders:
        for place, name in enumerate(order):
            added = r_squared(rows, order[: place + 1]) - r_squared(rows, order[:place])
            expected[name] += added / len(orders)

    found = key_drivers(rows, fewest=10)

    assert isinstance(found, KeyDrivers)
    weights = {driver.attribute: driver.weight for driver in found.drivers}
    assert weights == pytest.approx(expected, abs=1e-9)
    assert math.fsum(weights.values()) == pytest.approx(r_squared(rows, names))
    assert found.r_squared == pytest.approx(r_squared(rows, names))
    assert math.fsum(driver.importance for driver in found.drivers) == pytest.approx(1)
    for driver in found.drivers:
        alone = r_squared(rows, (driver.attribute,))
        assert driver.correlation**2 == pytest.approx(alone, abs=1e-9)
        assert driver.interval is not None
        assert driver.correlation in driver.interval


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_the_answers_does_not_matter(chance: random.Random) -> None:
    """The same answers in another order, and with their ratings in another, give the same bits."""
    rows = answers(90)
    shuffled = [
        dict(chance.sample(sorted(row.items()), len(row))) for row in chance.sample(rows, len(rows))
    ]

    assert key_drivers(shuffled) == key_drivers(rows)


def test_twins_share_what_they_explain() -> None:
    """Two attributes that say almost the same have almost the same weight."""
    rows = answers()
    nudge = random.Random(3)  # noqa: S311 - made-up answers need no cryptographic chance
    for row in rows:
        row["pace"] = row["speed"] + nudge.gauss(0, 0.5)

    found = key_drivers(rows)

    assert isinstance(found, KeyDrivers)
    weights = {driver.attribute: driver.weight for driver in found.drivers}
    assert weights["pace"] == pytest.approx(weights["speed"], rel=0.02)


def test_equal_attributes_are_all_important_and_good() -> None:
    """What is the mean but for rounding is high: nothing is left to concentrate on."""
    names, scale = ("speed", "manner", "price"), (0.3073211178, 0.2463811960, 0.0813687653)
    rows = [
        {**dict(zip(names, ratings, strict=True)), "overall": math.fsum(ratings)}
        for ratings in product(scale, repeat=3)
    ]

    found = key_drivers(rows, fewest=27)

    assert isinstance(found, KeyDrivers)
    assert found.r_squared == pytest.approx(1)
    assert [driver.importance for driver in found.drivers] == pytest.approx([1 / 3] * 3)
    assert {driver.quadrant for driver in found.drivers} == {Quadrant.KEEP_UP}


def test_who_has_no_opinion_counts_where_he_has_one() -> None:
    """Ratings without the others have a part in the performance, and none in the importance."""
    rows: list[dict[str, Decimal | float | None]] = [dict(row) for row in answers(90)]
    rows += [{"speed": 0, "manner": None}, {"speed": Decimal(0)}]

    found, full = key_drivers(rows), key_drivers(answers(90))

    assert isinstance(found, KeyDrivers)
    assert isinstance(full, KeyDrivers)
    speed, speed_of_full = (
        next(driver for driver in of.drivers if driver.attribute == "speed") for of in (found, full)
    )
    assert (found.n, speed.n) == (90, 92)
    assert speed.weight == speed_of_full.weight
    assert speed.performance == pytest.approx(speed_of_full.performance * 90 / 92)


def test_stated_importance_stands_beside_the_derived_one() -> None:
    """Who was asked says parking matters most; his judgement does not hang on it."""
    found = key_drivers(answers(), stated={"parking": Decimal("4.8"), "speed": 3.9})

    assert isinstance(found, KeyDrivers)
    stated = {driver.attribute: driver.stated for driver in found.drivers}
    assert stated == {"parking": 4.8, "speed": 3.9, "manner": None, "price": None}


def answer(
    respondent: str | None, item: str, score: int | None, *, wave: str = "2026-H1", day: int = 1
) -> SurveyAnswer:
    """Return what somebody answered to an item, from 1 to 5."""
    return SurveyAnswer(
        id=f"{respondent} {item} {wave} {day} {score}",
        survey="service",
        wave=wave,
        item=item,
        audience=Audience.CUSTOMER,
        respondent=respondent,
        at=datetime(2026, 3, day, 12, tzinfo=UTC),
        low=1,
        high=5,
        score=score,
    )


def test_answers_to_a_survey_belong_together_by_respondent_and_wave() -> None:
    """A person's ratings of one wave make one row, as indices; the last word on an item counts."""
    chance = random.Random(5)  # noqa: S311 - made-up answers need no cryptographic chance
    rows = [
        {item: chance.randint(1, 5) for item in ("speed", "manner", "overall")} for _ in range(80)
    ]
    given = [
        answer(f"customer {i % 40}", item, score, wave=f"wave {i // 40}", day=2)
        for i, row in enumerate(rows)
        for item, score in row.items()
    ]
    corrected = [answer("customer 0", "speed", 6 - rows[0]["speed"], wave="wave 0", day=1)]
    unsure = [answer("customer 90", "speed", None)]
    nameless = [answer(None, "speed", 1), answer(None, "speed", 5)]

    found = key_drivers([*corrected, *given, *unsure])
    turned = key_drivers([*reversed(given), *unsure, *corrected])
    plain = key_drivers([{item: 25 * (x - 1) for item, x in row.items()} for row in rows])
    with_nameless = key_drivers([*given, *nameless])

    assert found == turned == plain
    assert isinstance(found, KeyDrivers)
    assert isinstance(with_nameless, KeyDrivers)
    assert (found.n, with_nameless.n) == (80, 80)
    assert {driver.attribute: driver.n for driver in with_nameless.drivers} == {
        "manner": 80,
        "speed": 82,
    }


def test_attributes_can_be_chosen() -> None:
    """What else was asked, or not by all, has no part in it."""
    rows = answers(90)
    chosen = [
        {**{name: row[name] for name in ("speed", "manner")}, "overall": row["overall"]}
        for row in rows
    ]

    assert key_drivers(rows, attributes=["manner", "speed"]) == key_drivers(chosen)
    with pytest.raises(UnknownNameError, match="unknown attribute 'sped'; did you mean 'speed'"):
        key_drivers(rows, attributes=["sped", "manner"])


def test_too_few_answers_are_refused() -> None:
    """Four attributes need 50 + 4 · 8 full answers; the reason counts them."""
    enough, short = key_drivers(answers(82)), key_drivers(answers(81))

    assert isinstance(enough, KeyDrivers)
    assert isinstance(short, Undefined)
    assert short == Undefined(Reason.TOO_FEW)
    assert short.detail.en == "81 answers rate everything, 82 are needed"
    assert short.detail.zh == "完整作答81份，至少需要82份"
    assert key_drivers(answers(5), fewest=1) == Undefined(Reason.TOO_FEW)


def test_without_an_overall_judgement_nothing_hangs_on_it() -> None:
    """A name that no answer has is told, and not taken for a lack of answers."""
    found = key_drivers(answers(90), overall="satisfied")

    assert isinstance(found, Undefined)
    assert str(found) == "there is no data: nobody has rated 'satisfied'"
    assert found.detail.zh == "没有人对“satisfied”评分"


@pytest.mark.parametrize("name", ["speed", "overall"])
def test_where_all_judge_alike_nothing_can_be_told(name: str) -> None:
    """An attribute, or the judgement itself, that never varies goes together with nothing."""
    found = key_drivers([{**row, name: 4.0} for row in answers()])

    assert isinstance(found, Undefined)
    assert found == Undefined(Reason.NOT_APPLICABLE)
    assert found.detail.en == f"all ratings of {name} are the same"


def test_an_attribute_that_follows_from_others_is_refused() -> None:
    """Who rates the mean of two others adds nothing, and nobody could tell whose part it is."""
    nudge = random.Random(3)  # noqa: S311 - made-up answers need no cryptographic chance
    found = key_drivers(
        [{**row, "total": row["speed"] + row["manner"] + nudge.gauss(0, 1e-5)} for row in answers()]
    )

    assert isinstance(found, Undefined)
    assert found == Undefined(Reason.NOT_APPLICABLE)
    assert (
        found.detail.en == "the ratings of total follow from those of manner, parking, price, speed"
    )


def test_attributes_that_explain_nothing_have_no_importance() -> None:
    """Where no attribute goes together with the judgement there is nothing to share."""
    rows = [
        {"speed": a, "manner": b, "overall": a * b}
        for a in (-1.0, 1.0)
        for b in (-1.0, 1.0)
        for _ in range(5)
    ]

    found = key_drivers(rows, fewest=20)

    assert isinstance(found, Undefined)
    assert found.detail.en == "the attributes explain nothing of overall"


def test_impossible_answers_are_refused() -> None:
    """One attribute, thirteen, one that is not rated, and a rating without end."""
    with pytest.raises(InvalidValueError, match="answers must rate between 2 and 12 attributes"):
        key_drivers([{"speed": 1.0, "overall": 1.0}])
    with pytest.raises(InvalidValueError, match="answers must rate between 2 and 12 attributes"):
        key_drivers([{f"item {i}": 1.0 for i in range(13)}])
    with pytest.raises(UnknownNameError, match="unknown attribute 'sped'; did you mean 'speed'"):
        key_drivers(answers(), stated={"sped": 3})
    with pytest.raises(InvalidValueError, match="answers must hold finite ratings"):
        key_drivers([{"speed": math.inf, "manner": 1.0, "overall": 1.0}])


def test_the_unit_of_the_ratings_does_not_matter() -> None:
    """In the largest or the smallest of numbers an attribute explains as much as in points."""
    plain = answers()
    found = [
        key_drivers([{**row, "speed": row["speed"] * unit} for row in plain])
        for unit in (1, 1e200, 1e-200)
    ]

    shares = [
        {driver.attribute: driver.importance for driver in each.drivers}
        for each in found
        if isinstance(each, KeyDrivers)
    ]
    assert len(shares) == 3
    assert shares[1] == pytest.approx(shares[0])
    assert shares[2] == pytest.approx(shares[0])


def test_a_stated_importance_is_a_number() -> None:
    """NaN says as little about what people think as nothing does."""
    with pytest.raises(InvalidValueError, match="stated must hold finite ratings"):
        key_drivers(answers(), stated={"speed": math.nan})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"overall": 4, "speed": "good"}], "answers must hold ratings that are numbers"),
        ([{"overall": 4, "speed": [5]}], "answers must hold ratings that are numbers"),
        ([4, 5], "answers must be answers to a survey, or mappings from items to ratings"),
        (5, "answers must be answers to a survey, or mappings from items to ratings"),
    ],
)
def test_ratings_are_numbers(given: Any, message: str) -> None:  # noqa: ANN401 - refused
    """A word is no rating, and a rating alone is no answer."""
    with pytest.raises(InvalidValueError, match=message):
        key_drivers(given)
