"""Purchase histories, one by one and in columns."""

from __future__ import annotations

import copy
import math
import pickle
from array import array
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import from_json, to_json
from crmcore.durations import DAY, MONTH, WEEK, YEAR, TimeUnit
from crmcore.errors import (
    CrmError,
    FaultsError,
    InvalidValueError,
    MixedCurrenciesError,
    UnitMismatchError,
    UnknownNameError,
)
from crmcore.histories import Histories, PurchaseHistory
from crmcore.kernel import CustomerId
from tests.value import cdnow

ADA = PurchaseHistory(
    customer=CustomerId("ada"),
    frequency=2,
    last_purchase_age=30.43,
    age=38.86,
    mean_spend=24.5,
    unit=WEEK,
    as_of=date(1997, 9, 30),
    currency="USD",
)
BOB = PurchaseHistory(
    customer=CustomerId("bob"),
    frequency=0,
    last_purchase_age=0,
    age=12,
    unit=WEEK,
    as_of=date(1997, 9, 30),
    currency="USD",
)


@st.composite
def tables(draw: st.DrawFn, *, weighted: bool = False) -> Histories:
    """Histories with few different numbers, so that some are equal, with customers or without."""
    ages = st.sampled_from([0.5, 1.0, 2.0, 38.86])
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        x = draw(st.integers(0, 2))
        last = draw(ages) if x else 0.0
        spend = draw(st.none() | st.sampled_from([0.0, 9.9, 24.5])) if x else None
        rows.append((x, last, last + draw(ages), spend))
    weights = st.sampled_from([0.0, 0.1, 1.0, 3.0])
    return Histories.from_columns(
        frequency=[row[0] for row in rows],
        last_purchase_age=[row[1] for row in rows],
        age=[row[2] for row in rows],
        unit=draw(st.sampled_from(TimeUnit)),
        mean_spend=draw(st.sampled_from([None, [row[3] for row in rows]])),
        weight=[draw(weights) for _ in rows] if weighted else None,
        customers=draw(st.sampled_from([None, [f"c-{n:02}" for n in range(len(rows))]])),
    )


def test_a_history_knows_how_long_ago_the_last_purchase_was() -> None:
    """The age at the last purchase is not the time since: 8.43 weeks are 59 days."""
    assert ADA.days_since_last == pytest.approx(59.01)
    assert BOB.days_since_last == 84


def test_numbers_of_any_kind_become_floats() -> None:
    """Ages and spend may be whole numbers, decimals and fractions."""
    exact: Any = {"last_purchase_age": Fraction(1, 2), "age": 1, "mean_spend": Decimal("9.90")}
    history = PurchaseHistory(frequency=1, unit=YEAR, **exact)

    found = (history.last_purchase_age, history.age, history.mean_spend)

    assert found == (0.5, 1.0, 9.9)
    assert {type(number) for number in found} == {float}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"last_purchase_age": 40}, r"last_purchase_age must be at most age, 38\.86 \(got 40\.0\)"),
        ({"frequency": 0}, "must be 0 where frequency is 0: it is an age, and not the time since"),
        ({"last_purchase_age": 0}, "last_purchase_age must be above 0 where frequency is 2"),
        ({"frequency": 2.0}, "frequency must be a whole number"),
        ({"frequency": True}, "frequency must be a whole number"),
        ({"frequency": -1}, "frequency must be at least 0"),
        ({"age": -1}, "age must be at least 0"),
        ({"age": math.nan}, "age must be finite"),
        ({"age": math.inf}, "age must be finite"),
        ({"age": 10**400}, "age must be finite"),
        ({"age": "38"}, "age must be a number"),
        ({"last_purchase_age": math.nan}, "last_purchase_age must be finite"),
        ({"last_purchase_age": True}, "last_purchase_age must be a number"),
        ({"mean_spend": -0.01}, "mean_spend must be at least 0"),
        ({"mean_spend": math.nan}, "mean_spend must be finite"),
        ({"frequency": 0, "last_purchase_age": 0}, "mean_spend must be left out where frequency"),
        ({"unit": "week"}, r"unit must be one of TimeUnit\.DAY"),
        ({"customer": ""}, "customer must not be empty"),
        ({"as_of": datetime(1997, 9, 30)}, "as_of must be a day"),  # noqa: DTZ001 - refused
        ({"currency": "USX"}, "unknown currency 'USX'"),
    ],
)
def test_a_history_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    """Each refusal names the field, the rule and what was found."""
    whole: dict[str, Any] = {
        "customer": "ada",
        "frequency": 2,
        "last_purchase_age": 30.43,
        "age": 38.86,
        "mean_spend": 24.5,
        "unit": WEEK,
    }

    with pytest.raises(CrmError, match=message):
        PurchaseHistory(**whole | fields)


def test_a_history_of_no_age_or_of_very_many_purchases_is_one() -> None:
    """Who came on the last day has age 0, and 5,000 repeats are possible."""
    today = PurchaseHistory(frequency=0, last_purchase_age=0, age=0, unit=DAY)
    busy = PurchaseHistory(frequency=5_000, last_purchase_age=5_001, age=5_002, unit=DAY)

    assert list(Histories.of([today, busy]).age) == [0, 5_002]


def test_many_histories_are_a_sequence_by_customer() -> None:
    """They are sorted, and are counted, asked, sliced and gone through as lists are."""
    histories = Histories.of([BOB, ADA])

    assert list(histories) == [ADA, BOB]
    assert len(histories) == 2
    assert (histories[0], histories[-1]) == (ADA, BOB)
    assert list(histories[1:]) == [BOB]
    assert BOB in histories
    assert histories.customers == ("ada", "bob")
    with pytest.raises(IndexError):
        histories[2]


def test_columns_of_any_kind_make_the_same_histories() -> None:
    """Lists, tuples, arrays of Python and of numpy, whole floats: the table is what counts."""
    whole, last, age = [2, 0, 1], [30.43, 0.0, 2.0], [38.86, 38.0, 3.0]
    columns: list[tuple[Any, Any, Any]] = [
        (whole, last, age),
        (tuple(whole), iter(last), array("d", age)),
        (array("q", whole), array("f", [30.43, 0, 2]), age),
        (np.array(whole), np.array(last), np.array(age)),
        (np.array(whole, dtype=float), np.array(last)[::1], np.array([age, age]).T[:, 0]),
        ([2.0, 0.0, 1.0], last, age),
        (np.array(whole, dtype="i4"), last, age),
    ]

    found = [
        Histories.from_columns(frequency=x, last_purchase_age=t, age=total, unit=WEEK)
        for x, t, total in columns
    ]

    for histories in (*found[:2], *found[3:]):
        assert histories == found[0]
        assert hash(histories) == hash(found[0])
    assert found[2].last_purchase_age[0] == pytest.approx(30.43, rel=1e-7)
    assert found[0].customers is None
    assert found[0][1].customer is None


def test_the_columns_are_numpys_without_a_copy() -> None:
    """A kernel looks at the very numbers."""
    histories = cdnow.calibration()

    ages = np.frombuffer(histories.age)

    assert ages.sum() == pytest.approx(sum(histories.age))
    assert np.frombuffer(histories.frequency, dtype=np.int64).sum() == 2_457


def test_columns_of_spend_may_lack_some() -> None:
    """Of who has no repeats, 0 says as little as NaN or None; a known 0 of a repeat is kept."""
    histories = Histories.from_columns(
        frequency=[0, 0, 0, 1, 1],
        last_purchase_age=[0, 0, 0, 1, 1],
        age=[2] * 5,
        unit=WEEK,
        mean_spend=[0, math.nan, None, None, 0],
    )

    assert [each.mean_spend for each in histories] == [None, None, None, None, 0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"last_purchase_age": [40, 0]}, r"row 0: last_purchase_age must be at most age, 3\.0"),
        ({"last_purchase_age": [0, 0]}, "row 0: last_purchase_age must be above 0"),
        ({"frequency": [2, 1]}, "row 1: last_purchase_age must be above 0"),
        ({"last_purchase_age": [1, 1]}, "row 1: last_purchase_age must be 0"),
        ({"last_purchase_age": [-1, 0]}, "row 0: last_purchase_age must be at least 0"),
        ({"age": [3, math.nan]}, "row 1: age must be finite"),
        ({"age": [math.inf, 3]}, "row 0: age must be finite"),
        ({"last_purchase_age": [math.nan, 0]}, "row 0: last_purchase_age must be finite"),
        ({"frequency": [-2, 0]}, "row 0: frequency must be at least 0"),
        ({"mean_spend": [-1, None]}, "row 0: mean_spend must be at least 0"),
        ({"mean_spend": [math.inf, None]}, "row 0: mean_spend must be finite"),
        ({"mean_spend": [9, 29.33]}, "row 1: mean_spend must be left out where frequency is 0"),
        ({"weight": [1, -1]}, "row 1: weight must be finite and at least 0"),
        ({"weight": [1, math.nan]}, "row 1: weight must be finite and at least 0"),
        ({"weight": [math.inf, 1]}, "row 0: weight must be finite and at least 0"),
        ({"customers": ["ada", ""]}, "row 1, customer '': customer must not be empty"),
        ({"customers": ["ada", 7]}, "row 1, customer 7: customer must be text"),
        ({"customers": ["a" * 65, "b"]}, "row 0, .*customer must have at most 64"),
        ({"customers": ["a\n", "b"]}, "row 0, .*customer must hold no control characters"),
    ],
)
def test_a_table_tells_all_its_faulty_rows(columns: dict[str, Any], message: str) -> None:
    """What one history refuses, a table refuses with the row and the customer."""
    whole: dict[str, Any] = {
        "frequency": [2, 0],
        "last_purchase_age": [1, 0],
        "age": [3, 3],
        "unit": WEEK,
    }

    with pytest.raises(FaultsError, match=message):
        Histories.from_columns(**whole | columns)


def test_a_table_tells_many_faults_at_once() -> None:
    """Whoever made it hears of each row."""
    with pytest.raises(FaultsError, match="histories has 3 faults") as caught:
        Histories.from_columns(
            frequency=[1] * 4, last_purchase_age=[9, 1, 9, 9], age=[2] * 4, unit=WEEK
        )

    assert [fault.path for fault in caught.value.faults] == ["row 0", "row 2", "row 3"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"frequency": [1.5, 0]}, r"frequency must be a whole number \(got 1\.5\)"),
        ({"frequency": [math.nan, 0]}, "frequency must be a whole number"),
        ({"frequency": [math.inf, 0]}, "frequency must be a whole number"),
        ({"frequency": ["2", 0]}, "frequency must be a whole number"),
        ({"frequency": [2**63, 0]}, "frequency must fit into 64 bits"),
        ({"frequency": 2}, "frequency must be a column of numbers"),
        ({"frequency": "20"}, "frequency must be a column of numbers"),
        ({"age": b"1234567812345678"}, "age must be a column of numbers"),
        ({"age": [3, "3"]}, r"age must hold nothing but numbers \(got '3'\)"),
        ({"age": [3, 10**400]}, "age must be finite"),
        ({"age": [3]}, r"age must have as many rows as frequency, 2 \(got 1\)"),
        ({"mean_spend": [9]}, "mean_spend must have as many rows"),
        ({"weight": [1, 1, 1]}, "weight must have as many rows"),
        ({"customers": ["ada"]}, "customers must have as many rows"),
        ({"customers": ["ada", "ada"]}, r"customers must name each customer once \(got 'ada'\)"),
        ({"unit": "week"}, r"unit must be one of TimeUnit\.DAY"),
    ],
)
def test_a_column_that_is_none_is_refused(columns: dict[str, Any], message: str) -> None:
    """A column holds numbers, as many as the others."""
    whole: dict[str, Any] = {
        "frequency": [2, 0],
        "last_purchase_age": [1, 0],
        "age": [3, 3],
        "unit": WEEK,
    }

    with pytest.raises(InvalidValueError, match=message):
        Histories.from_columns(**whole | columns)


def test_ids_may_hold_letters_of_any_language() -> None:
    """What is no plain text is looked at closely, and taken."""
    histories = Histories.from_columns(
        frequency=[0, 0],
        last_purchase_age=[0, 0],
        age=[1, 2],
        unit=DAY,
        customers=["李雷", "Jörg M"],
    )

    assert histories.customers == ("Jörg M", "李雷")
    assert list(histories.age) == [2, 1]


def changed(history: PurchaseHistory, **fields: Any) -> PurchaseHistory:  # noqa: ANN401
    """Return another history."""
    names = ("customer", "frequency", "last_purchase_age", "age", "mean_spend", "unit", "as_of")
    held = {name: getattr(history, name) for name in (*names, "currency")}
    return PurchaseHistory(**held | fields)


@pytest.mark.parametrize(
    ("other", "error", "message"),
    [
        (changed(BOB, unit=DAY), UnitMismatchError, "cannot put times in week and in day together"),
        (changed(BOB, as_of=None), InvalidValueError, "as_of must be the same for all histories"),
        (changed(BOB, currency="EUR"), MixedCurrenciesError, "cannot put EUR and USD together"),
        (changed(ADA, customer="eve", currency=None), MixedCurrenciesError, "an unknown currency"),
        (changed(BOB, customer=None), InvalidValueError, "customer must be told of all"),
        (changed(BOB, customer="ada"), InvalidValueError, "name each customer once"),
    ],
)
def test_what_does_not_go_together_is_refused(
    other: PurchaseHistory, error: type[CrmError], message: str
) -> None:
    """Units, last days, currencies and customers are refused by name, in lists and in merges."""
    with pytest.raises(error, match=message):
        Histories.of([ADA, other])
    with pytest.raises(error, match=message.replace("customer must", "customers must")):
        Histories.of([ADA]).merge(Histories.of([other]))


def test_no_histories_have_no_unit() -> None:
    """An empty list cannot tell its unit; a table can."""
    empty = Histories.from_columns(frequency=[], last_purchase_age=[], age=[], unit=WEEK)

    with pytest.raises(InvalidValueError, match="histories must hold at least one history"):
        Histories.of([])
    assert (len(empty), empty.total_weight, len(empty.rows()), len(empty.weighted())) == (0,) * 4


def test_weights_count_for_rows() -> None:
    """A row of weight 3 stands for three customers, and one of weight 0 for none."""
    histories = Histories.of([BOB, ADA], weights=[3, 0])

    assert histories.total_weight == 3
    assert list(histories.rows()) == [(0, 0.0, 12.0, 3.0)]
    assert repr(histories.rows()) == "Rows(1 different histories)"
    assert list(histories.weight or ()) == [0, 3]
    assert [each.age for each in histories.weighted()] == [12]


@given(st.data(), tables())
def test_rows_do_not_depend_on_the_order(data: st.DataObject, histories: Histories) -> None:
    """The same histories in another order are the same rows, to the bit."""
    order = data.draw(st.permutations(range(len(histories))))
    turned = Histories.from_columns(
        frequency=[histories.frequency[n] for n in order],
        last_purchase_age=[histories.last_purchase_age[n] for n in order],
        age=[histories.age[n] for n in order],
        unit=histories.unit,
        customers=histories.customers and [histories.customers[n] for n in order],
    )

    assert list(turned.rows()) == list(histories.rows())
    assert sorted(histories.rows()) == list(histories.rows())
    assert sum(histories.rows().weight) == histories.total_weight == len(histories)
    if histories.customers and not histories.mean_spend:
        assert turned == histories


@given(tables(weighted=True))
def test_weighing_is_repeating(histories: Histories) -> None:
    """Rows of the different histories, spend included, are the rows of all."""
    weighted = histories.weighted()

    assert list(weighted.rows()) == list(histories.rows())
    assert weighted.total_weight == pytest.approx(histories.total_weight)
    assert weighted.weighted() == weighted
    assert len(set(weighted)) == len(weighted)


@given(tables(weighted=True), st.sampled_from(TimeUnit))
def test_another_unit_changes_nothing_but_the_ages(histories: Histories, unit: TimeUnit) -> None:
    """Days are weeks times seven; frequency, spend and weights stay."""
    there = histories.in_unit(unit)

    factor = histories.unit.days / unit.days
    assert list(there.age) == pytest.approx([age * factor for age in histories.age])
    assert there.frequency == histories.frequency
    assert there.weight == histories.weight
    assert list(there.in_unit(histories.unit).age) == pytest.approx(list(histories.age))
    assert histories.in_unit(histories.unit) is histories


@given(tables(weighted=True), st.integers(0, 12), st.integers(0, 12))
def test_parts_merge_to_the_whole(histories: Histories, one: int, other: int) -> None:
    """Histories in parts, in any order, are the histories again."""
    low, high = sorted((one, other))
    parts = [histories[:low], histories[low:high], histories[high:]]

    whole = parts[2].merge(parts[0], parts[1])

    assert list(whole.rows()) == list(histories.rows())
    if histories.customers:
        assert whole == histories


def test_a_merge_fills_what_one_part_does_not_know() -> None:
    """No weights count as 1, and no spend as unknown."""
    known = Histories.of([ADA], weights=[2])
    other = Histories.of([BOB])

    merged = known.merge(other)

    assert list(merged.weight or ()) == [2, 1]
    assert [each.mean_spend for each in merged] == [24.5, None]
    assert other.merge(changed_currency := Histories.of([changed(BOB, customer="eve")])).currency
    assert changed_currency.mean_spend is None


@given(tables(weighted=True))
def test_histories_go_through_json_and_pickle(histories: Histories) -> None:
    """What is written is read back equal, NaN and all."""
    assert from_json(Histories, to_json(histories)) == histories
    assert pickle.loads(pickle.dumps(histories)) == histories  # noqa: S301 - our own bytes
    assert copy.deepcopy(histories) == histories


def test_a_history_goes_through_json() -> None:
    """One customer's history is a record like any other."""
    assert from_json(PurchaseHistory, to_json(ADA)) == ADA
    assert from_json(Histories, to_json(cdnow.calibration())) == cdnow.calibration()
    with pytest.raises(FaultsError, match="row 0: last_purchase_age must be at most age"):
        from_json(
            Histories,
            '{"frequency": [1], "last_purchase_age": [5], "age": [2], "unit": "week"}',
        )
    with pytest.raises(FaultsError, match="unknown time unit"):
        from_json(Histories, '{"frequency": [], "last_purchase_age": [], "age": [], "unit": "W"}')


def test_histories_are_equal_only_to_histories() -> None:
    """A list of the same histories is another thing."""
    histories = Histories.of([ADA, BOB])

    assert histories == Histories.of([BOB, ADA])
    assert histories != histories[:1]
    assert histories != [ADA, BOB]


def test_histories_say_what_they_are() -> None:
    """A million of them are said in one line."""
    assert repr(cdnow.calibration()) == (
        "Histories(2,357 histories in weeks up to 1997-09-30 with spend in USD)"
    )
    assert repr(cdnow.donations()) == "Histories(22 histories in years)"
    unknown = Histories.from_columns(
        frequency=[1], last_purchase_age=[1], age=[1], unit=MONTH, mean_spend=[9]
    )
    assert repr(unknown) == "Histories(1 history in months with spend in some currency)"


def test_an_unknown_currency_is_refused() -> None:
    """Spend is in a currency that exists."""
    with pytest.raises(UnknownNameError, match="did you mean 'USD'"):
        Histories.from_columns(
            frequency=[], last_purchase_age=[], age=[], unit=WEEK, currency="USX"
        )


def test_ages_are_asked_for_in_a_unit() -> None:
    """The word of a unit is none yet."""
    with pytest.raises(InvalidValueError, match=r"unit must be one of TimeUnit\.DAY"):
        Histories.of([ADA]).in_unit("day")  # type: ignore[arg-type]
