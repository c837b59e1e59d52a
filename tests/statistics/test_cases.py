"""Cases by columns: late entry, weights, and arrays."""

from __future__ import annotations

import random
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from crmcore.errors import InvalidValueError, MissingExtraError
from crmcore.statistics import Cases, Survival, kaplan_meier

rows = st.tuples(
    st.one_of(st.integers(0, 12), st.floats(0, 12)),
    st.booleans(),
    st.floats(0, 1),
    st.sampled_from([0, 1, 2, 0.5, 0.1, 3.7]),
)
many = st.lists(rows, min_size=1, max_size=30)


def columns_of(cases: list[tuple[float, bool, float, float]]) -> dict[str, list[float]]:
    """The rows as columns; entries are a share of the duration, often the beginning."""
    return {
        "durations": [time for time, _, _, _ in cases],
        "ended": [ended for _, ended, _, _ in cases],
        "entries": [time * share if 0.3 < share < 0.9 else 0 for time, _, share, _ in cases],
        "weights": [weight for _, _, _, weight in cases],
    }


def arrays_of(columns: dict[str, list[float]]) -> dict[str, Any]:
    """The same columns as arrays."""
    return {name: np.array(column, float) for name, column in columns.items()}


def estimate(columns: dict[str, Any]) -> Survival | str:
    """The estimate, or the name of the column for which there is none."""
    try:
        return kaplan_meier(Cases(**columns))
    except InvalidValueError as error:
        return error.field.partition("[")[0]


def by_hand(columns: dict[str, list[float]]) -> list[tuple[float, float, float, float]]:
    """Each end with how many are at risk, how many end, and the share that is left."""
    cases = list(zip(*columns.values(), strict=True))
    share, steps = 1.0, []
    for time in sorted({time for time, ended, _, weight in cases if ended and weight}):
        risk = [c for c in cases if c[0] >= time and (c[2] < time or c[2] == 0)]
        at_risk = sum(c[3] for c in risk)
        died = sum(c[3] for c in risk if c[0] == time and c[1])
        share *= 1 - died / at_risk
        steps.append((time, at_risk, died, share))
    return steps


@given(many)
def test_each_step_is_as_counted_by_hand(cases: list[tuple[float, bool, float, float]]) -> None:
    """Whoever entered before a time and was not gone before it is at risk, with its weight."""
    columns = columns_of(cases)
    found = estimate(columns)

    if isinstance(found, Survival):
        for step, expected in zip(
            zip(found.times, found.at_risk, found.events, found.survival, strict=True),
            by_hand(columns),
            strict=True,
        ):
            assert step == pytest.approx(expected, abs=1e-12)
        assert found.since == min(e for e, w in zip(*list(columns.values())[2:], strict=True) if w)


@given(many)
def test_both_kernels_give_the_same(cases: list[tuple[float, bool, float, float]]) -> None:
    """Arrays and lists have the same curve, within 1e-9, and the same refusals."""
    columns = columns_of(cases)
    for left_out in ((), ("entries",), ("weights",), ("entries", "weights")):
        kept = {name: each for name, each in columns.items() if name not in left_out}
        plain, quick = estimate(kept), estimate(arrays_of(kept))

        if isinstance(plain, str) or isinstance(quick, str):
            assert plain == quick
            continue
        assert attrs.evolve(quick, survival=(), spread=()) == attrs.evolve(
            plain, survival=(), spread=()
        )
        assert quick.survival == pytest.approx(plain.survival, rel=1e-9, abs=1e-12)
        assert quick.spread == pytest.approx(plain.spread, rel=1e-9)


@given(many, st.randoms(use_true_random=False))
def test_order_does_not_matter(
    cases: list[tuple[float, bool, float, float]], chance: random.Random
) -> None:
    """Shuffled rows give the same bits in both kernels, whatever they weigh."""
    shuffled = chance.sample(cases, len(cases))

    for make in (dict, arrays_of):
        assert estimate(make(columns_of(cases))) == estimate(make(columns_of(shuffled)))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 4)), min_size=1))
def test_weights_equal_repetition(cases: list[tuple[int, bool, int]]) -> None:
    """Rows of weight 3 give the very bits of three such rows."""
    times, ended, weights = zip(*cases, (3, True, 1), strict=True)
    repeated = [(t, e) for t, e, weight in (*cases, (3, True, 1)) for _ in range(weight)]

    found = kaplan_meier(Cases(times, ended, weights=weights))

    assert found == kaplan_meier(repeated)


@pytest.mark.parametrize("make", [list, np.array])
@pytest.mark.parametrize("is_whole", [True, False])
def test_late_entry_and_weights_are_those_of_the_peer(make: Any, *, is_whole: bool) -> None:  # noqa: ANN401
    """Lifelines gives the same shares and the same log-log bounds."""
    chance = np.random.default_rng(2)
    durations = chance.exponential(20, 300) + 1
    durations = np.ceil(durations) if is_whole else durations
    ended = chance.random(300) < 0.6
    entries = np.where(chance.random(300) < 0.3, np.floor(durations * 0.4), 0.0)
    weights = chance.integers(1, 4, 300)
    columns = [make(each.tolist()) for each in (durations, ended, entries, weights)]

    found = kaplan_meier(Cases(*columns[:2], entries=columns[2], weights=columns[3]))

    peer = KaplanMeierFitter().fit(durations, ended, entry=entries, weights=weights)
    shares = peer.survival_function_at_times(found.times).to_numpy()
    assert found.survival == pytest.approx(shares, abs=1e-12)
    bounds = peer.confidence_interval_.loc[list(found.times)].to_numpy()
    for interval, (low, high) in list(zip(found.intervals, bounds, strict=True))[:-1]:
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)
    assert found.quantile() == peer.median_survival_time_


def test_shares_of_late_cases_are_of_those_that_last_so_long() -> None:
    """Where nobody was watched before 4, nothing is known of what is shorter."""
    found = kaplan_meier(Cases([6, 8, 9], [True, True, False], entries=[4, 5, 4]))

    assert found.since == 4
    assert found.at(3) is None
    assert found.at(4) == 1
    assert found.at(6) == pytest.approx(2 / 3)
    assert found.restricted_mean(8).mean == pytest.approx(4 + 2 + 2 * 2 / 3)


@pytest.mark.parametrize("make", [tuple, np.array])
def test_a_gap_without_anybody_at_risk_is_refused(make: Any) -> None:  # noqa: ANN401 - a column
    """Nobody can tell who gets from 2 to 3 while no case is watched."""
    with pytest.raises(InvalidValueError, match=r"up to 2 was watched longer.* from 3 on"):
        kaplan_meier(Cases(make([1, 2, 5]), [True, False, True], entries=[0, 0, 3]))
    with pytest.raises(InvalidValueError, match=r"up to 2 was watched longer.* from 2 on"):
        kaplan_meier(Cases(make([2, 2, 5]), [True, True, True], entries=[0, 1, 2]))
    with pytest.raises(InvalidValueError, match=r"up to 0 was watched longer.* from 0.5 on"):
        kaplan_meier(Cases(make([0, 1]), [False, False], entries=[0, 0.5]))


@pytest.mark.parametrize("make", [tuple, np.array])
def test_a_case_can_be_told_in_parts(make: Any) -> None:  # noqa: ANN401 - a column
    """One that was seen up to 2 and from 2 on is as one that was seen throughout."""
    whole = kaplan_meier([(5, True), (1, True)])

    parts = kaplan_meier(Cases(make([1, 2, 5]), [True, False, True], entries=[0, 0, 2]))

    assert (parts.survival, parts.spread) == (whole.survival, whole.spread)


def test_cases_without_weight_are_not_there() -> None:
    """Neither their ends nor their entries leave a trace, beside a weight that dwarfs them, too."""
    found = kaplan_meier(Cases([1, 2, 9], [1, 1, 1], entries=[0.5, 1, 0], weights=[0, 1e-30, 1]))

    assert (found.times, found.at_risk, found.until, found.since) == ((9,), (1,), 9, 0)


def test_the_number_of_cases_and_the_columns_are_shown() -> None:
    """A million rows are not printed."""
    cases = Cases([1, 2], [True, False], weights=[1, 2])

    assert len(cases) == 2
    assert repr(cases) == "Cases(2 × durations, ended, weights)"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"durations": [], "ended": []}, "durations must hold at least one case"),
        ({"weights": [0, 0]}, "durations must hold at least one case of a weight above 0"),
        ({"durations": [1, -1]}, r"durations\[1\] must be 0 or more, and finite"),
        ({"durations": [np.nan, 1]}, r"durations\[0\] must be 0 or more, and finite"),
        ({"durations": [1, np.inf]}, r"durations\[1\] must be 0 or more, and finite"),
        ({"ended": [1, 2]}, r"ended\[1\] must be true or false, or 0 or 1"),
        ({"ended": [1]}, "ended must have one item for each of the 2 durations"),
        ({"entries": [0, 2]}, r"entries\[1\] must be 0 or more, and before the duration"),
        ({"entries": [-1, 0]}, r"entries\[0\] must be 0 or more, and before the duration"),
        ({"weights": [1, -1]}, r"weights\[1\] must be 0 or more, and finite"),
        ({"weights": [1, 2, 3]}, "weights must have one item for each of the 2 durations"),
    ],
)
@pytest.mark.parametrize("make", [list, np.array])
def test_impossible_columns_are_refused(columns: Any, message: str, make: Any) -> None:  # noqa: ANN401
    """What is no duration, fate, entry or weight is refused with its place."""
    given_ = {"durations": [1, 2], "ended": [1, 0]} | columns

    with pytest.raises(InvalidValueError, match=message):
        Cases(**{name: make(column) for name, column in given_.items()})


@pytest.mark.parametrize("weight", [1e308, 1e-300])
@pytest.mark.parametrize("make", [list, np.array])
def test_weights_are_within_reach(weight: float, make: Any) -> None:  # noqa: ANN401 - a column
    """A sum of weights that no float can hold is refused."""
    cases = Cases(make([1, 2]), [True, False], weights=make([weight, weight]))

    with pytest.raises(InvalidValueError, match="weights must weigh between 1e-200 and"):
        kaplan_meier(cases)


@pytest.mark.parametrize("column", [np.array(["1", "2"]), np.array([[1, 2]]), np.array([1, None])])
def test_an_array_is_one_column_of_numbers(column: Any) -> None:  # noqa: ANN401 - no column
    """Words, tables and objects are refused."""
    with pytest.raises(InvalidValueError, match="durations must be one column of plain numbers"):
        Cases(column, [True, True])


@pytest.mark.parametrize("make", [list, np.array])
def test_words_are_no_numbers_in_any_column(make: Any) -> None:  # noqa: ANN401 - a column
    """What is no number is refused with its place, also beside a column that is an array."""
    with pytest.raises(InvalidValueError, match=r"weights\[1\] must be a number"):
        Cases(make([1, 2]), [True, False], weights=[1, "2"])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match=r"ended\[0\] must be true or false"):
        Cases(make([1, 2]), ["no", "yes"])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="ended must be a column of numbers"):
        Cases(make([1, 2]), "10")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="entries must be a column of numbers"):
        Cases(make([1, 2]), [True, False], entries=0)  # type: ignore[arg-type]


def test_masked_items_are_not_taken_for_numbers() -> None:
    """What is hidden behind a mask is no duration; a mask that hides nothing does no harm."""
    hidden = np.ma.masked_array([1.0, 2.0], mask=[True, False])

    with pytest.raises(InvalidValueError, match="durations must have a number for each case"):
        Cases(hidden, [True, True])
    assert kaplan_meier(Cases(np.ma.masked_array([1.0, 2.0]), [True, True])).times == (1, 2)


def test_exact_numbers_and_those_of_numpy_are_read_in_lists() -> None:
    """Decimals, fractions and single items of arrays give what floats give."""
    found = kaplan_meier(
        Cases(
            [Decimal("1.5"), np.int64(3)],  # type: ignore[list-item]
            [np.bool_(1), np.bool_(0)],  # type: ignore[list-item]
            weights=[Fraction(1, 2), Decimal(1)],  # type: ignore[list-item]
        )
    )

    assert found == kaplan_meier(Cases([1.5, 3], [1, 0], weights=[0.5, 1]))
    assert found.restricted_mean(3).mean == 1.5 + 1.5 * (1 - 0.5 / 1.5)


def test_no_case_is_left_over_by_rounding() -> None:
    """Where all have ended, none has not, and never less than none."""
    assert kaplan_meier(Cases([1, 2, 3], [1, 1, 1], weights=[0.1, 0.2, 0.3])).censored == 0


def test_arrays_need_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without numpy a column that has an array in it is refused, with what to install."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "crmcore.statistics._survival_numpy", raising=False)
    monkeypatch.delattr("crmcore.statistics._survival_numpy", raising=False)
    column = np.array([1.0])

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[value\]'"):
        Cases(column, [True])
