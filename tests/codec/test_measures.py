"""Measures and definitions of KPIs as data: what is written comes back, and faults are told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Grain
from crmcore.codec import from_data, from_json, load_kpis, read_toml, to_data, to_json, to_toml
from crmcore.criteria import F
from crmcore.errors import FaultsError
from crmcore.kpis import CATALOGUE, Kpi, kpi
from crmcore.measures import (
    Both,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Duration,
    InTime,
    LikeForLike,
    Mean,
    Measure,
    Newcomers,
    Previous,
    Quantile,
    Rank,
    Ratio,
    Stock,
    Sum,
)

WEB_SHARE = """
[[kpis]]
id = "web_share"
code = "W1"
name = { en = "share of orders on the web", zh = "网上订单占比" }
group = "sales"
unit = "share"
direction = "higher_better"
numerator = { en = "orders on the web", zh = "网上订单数" }
denominator = { en = "orders", zh = "订单数" }
definition = { en = "Orders on the web by all orders.", zh = "网上订单数除以订单总数。" }
source = "our own"

[kpis.measure.ratio]
proportion = true
denominator = { kpi = "orders" }

[kpis.measure.ratio.numerator.count]
source = "purchases"
where = 'refund is false and channel == "web"'
"""


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: f"{each.id}@{each.version}")
def test_every_definition_of_the_catalogue_comes_back(each: Kpi) -> None:
    """A definition survives JSON, and gives the same text again."""
    text = to_json(each)

    found = from_json(Kpi, text)

    assert found == each
    assert to_json(found) == text


def test_the_whole_catalogue_comes_back_from_toml() -> None:
    """What was written as TOML is read as the same definitions, and gives the same text again."""
    text = to_toml({"kpis": CATALOGUE})

    found = load_kpis(text)

    assert found == CATALOGUE
    assert to_toml({"kpis": found}) == text


FIELDS = st.sampled_from(["quantity", "amount.amount", "minutes"])
SOURCES = st.sampled_from([None, "purchases", "requests"])
FILTERS = st.sampled_from([None, F.refund.is_false(), (F.quantity > 2) & F.channel.in_(("a", "b"))])
DAYS = st.one_of(st.integers(1, 400), st.just("active_days"))


def _named(cls: Any, *parts: Any, **more: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - of any kind
    return st.builds(cls, *parts, where=FILTERS, source=SOURCES, **more)


ATOMS: st.SearchStrategy[Measure] = st.one_of(
    _named(Count),
    _named(Sum, FIELDS),
    _named(Mean, FIELDS),
    _named(Quantile, FIELDS, st.sampled_from([Decimal("0.5"), Decimal("0.9")])),
    _named(Distinct, FIELDS),
    _named(Newcomers, st.just("customer")),
    _named(
        Stock, st.just("since"), st.just("until"), moment=st.sampled_from(["start", "end", "mean"])
    ),
    _named(LikeForLike, FIELDS, st.just("customer"), st.sampled_from(["now", "before", "kept"])),
    _named(InTime, st.just("since"), st.just("done"), days=DAYS),
    _named(Duration, st.just("since"), st.just("until"), calendar=st.just("service")),
    st.builds(
        Conversion,
        st.just("customer"),
        FILTERS,
        FILTERS,
        days=DAYS,
        first=st.booleans(),
        source=SOURCES,
    ),
)
SETS = st.builds(
    Cumulative, _named(Distinct, FIELDS), DAYS, until=st.sampled_from(["end", "start"])
)
TERMS = st.one_of(_named(Count), _named(Sum, FIELDS), st.builds(Both, SETS, SETS))
COMPOUNDS: st.SearchStrategy[Measure] = st.one_of(
    SETS,
    st.builds(Cumulative, _named(Sum, FIELDS), to_date=st.sampled_from(Grain)),
    st.builds(Ratio, TERMS, TERMS),
    st.builds(Previous, TERMS, st.sampled_from([None, Grain.YEAR])),
    st.builds(
        Derived,
        st.just("rescale"),
        st.tuples(ATOMS),
        st.tuples(
            st.tuples(st.just("low"), st.decimals(-9, 0, places=2)),
            st.tuples(st.just("high"), st.just("best_mark")),
        ),
    ),
    st.builds(Derived, st.just("total"), st.lists(ATOMS, min_size=1, max_size=3).map(tuple)),
    st.builds(Rank, ATOMS, FIELDS, st.just("subject")),
)


@given(st.one_of(ATOMS, COMPOUNDS))
def test_every_measure_comes_back(measure: Measure) -> None:
    """Whatever the algebra can say survives JSON, and gives the same text again."""
    text = to_json(measure)

    found: Measure = from_json(Measure, text)  # type: ignore[type-abstract]

    assert found == measure
    assert to_json(found) == text
    assert from_data(Measure, read_toml(to_toml(measure))) == measure  # type: ignore[type-abstract]


def test_what_has_its_default_is_left_out() -> None:
    """A definition is as short as what it says."""
    assert to_data(Count()) == {"count": {}}
    assert to_data(Distinct("customer", source="purchases")) == {
        "distinct": {"field": "customer", "source": "purchases"}
    }


def test_what_a_function_is_given_may_be_a_table() -> None:
    """People write names and numbers as a table, and the order of weights is kept."""
    found: Measure = from_data(
        Measure,  # type: ignore[type-abstract]
        read_toml(
            """
            [derived]
            function = "weighted_mean"
            of = [{ mean = { field = "price" } }, { mean = { field = "care" } }]
            given = { price = 0.75, care = 0.25 }
            """
        ),
    )

    weights = (("price", Decimal("0.75")), ("care", Decimal("0.25")))
    assert found == Derived("weighted_mean", (Mean("price"), Mean("care")), weights)


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ("count", ["must be a measure as a table of its kind"]),
        ({}, ["must be a measure as a table of its kind"]),
        ({"count": {}, "sum": {}}, ["must be a measure as a table of its kind"]),
        ({"cout": {}}, ["cout: unknown measure 'cout'; did you mean 'count'?"]),
        ({"count": 3}, ["count: must be a table of the fields of a Count"]),
        ({"sum": {}}, ["sum.field: is missing"]),
        ({"count": {"where": "a is 1"}}, ["count.where: line 1"]),
        (
            {"ratio": {"numerator": {"summ": {}}, "denominator": {"count": {"sorce": "x"}}}},
            [
                "ratio.numerator.summ: unknown measure 'summ'; did you mean 'sum'?",
                "ratio.denominator.count.sorce: unknown field 'sorce'; did you mean 'source'?",
            ],
        ),
        (
            {"derived": {"function": "growth", "of": [{"count": {}}]}},
            ["derived.of: must be 2, for growth"],
        ),
    ],
)
def test_every_fault_of_a_measure_is_told_with_its_path(data: object, faults: list[str]) -> None:
    """Whoever wrote it hears of all that is wrong at once, and where."""
    with pytest.raises(FaultsError) as refusal:
        from_data(Measure, data)  # type: ignore[type-abstract]

    said = str(refusal.value)
    assert len(refusal.value.faults) == len(faults)
    assert all(fault in said for fault in faults)


def test_definitions_are_read_from_toml_text(tmp_path: Path) -> None:
    """A definition may refer to another one by its name; text and file say the same."""
    path = tmp_path / "ours.toml"
    path.write_text(WEB_SHARE, "utf-8")

    (found,) = load_kpis(WEB_SHARE)

    ordered = F.refund.is_false()
    assert found.measure == Ratio(
        Count(ordered & (F.channel == "web"), source="purchases"),
        Count(ordered, source="purchases"),
        proportion=True,
    )
    assert load_kpis(path) == (found,)


def test_definitions_are_read_from_a_json_file(tmp_path: Path) -> None:
    """What a program has written is read as well."""
    path = tmp_path / "ours.json"
    path.write_text(to_json({"kpis": [to_data(kpi("sales"))]}), "utf-8")
    no_table = tmp_path / "list.json"
    no_table.write_text("[]", "utf-8")

    assert load_kpis(path) == (kpi("sales"),)
    with pytest.raises(FaultsError, match="must be a table with a list of kpis"):
        load_kpis(no_table)


def test_definitions_of_a_file_may_refer_to_each_other() -> None:
    """The file's own definition is meant before one of the catalogue."""
    growth = WEB_SHARE.replace("web_share", "web_growth").replace("W1", "W2")
    growth = growth[: growth.index("[kpis.measure")]
    growth += 'measure = { derived = { function = "growth", of = [{ kpi = "web_share" }, '
    growth += '{ previous = { measure = { kpi = "web_share" } } }] } }\n'

    found = load_kpis(growth + WEB_SHARE)

    share = found[1].measure
    assert found[0].measure == Derived("growth", (share, Previous(share)))


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        (
            'kpi = "orders"',
            'kpi = "web_share"',
            ["refers to itself: web_share -> web_share"],
        ),
        (
            'kpi = "orders"',
            'kpi = "order"',
            ["unknown KPI 'order'; did you mean 'orders'?"],
        ),
        ('kpi = "orders"', "kpi = 3", ["denominator: unknown KPI '3'"]),
        ('"higher_better"', '"up"', ["kpis[0].direction: "]),
        (
            "[[kpis]]",
            "[[kpi]]",
            ["unknown field 'kpi'; did you mean 'kpis'?", "kpis: must"],
        ),
    ],
)
def test_every_fault_of_a_file_is_told(before: str, after: str, faults: list[str]) -> None:
    """A definition that refers to itself, an unknown name, a misspelt word: each with its path."""
    with pytest.raises(FaultsError) as refusal:
        load_kpis(WEB_SHARE.replace(before, after))

    assert [fault in str(refusal.value) for fault in faults] == [True] * len(faults)


def test_faults_beside_an_unknown_name_are_told_too() -> None:
    """An unknown reference does not hide what else is wrong."""
    text = WEB_SHARE.replace('"orders"', '"order"').replace('"higher_better"', '"up"')

    with pytest.raises(FaultsError) as refusal:
        load_kpis(text)

    assert [fault.path for fault in refusal.value.faults] == [
        "kpis[0].measure.ratio.denominator",
        "kpis[0].direction",
    ]


def test_a_definition_without_a_measure_is_told_so() -> None:
    """What is missing is said at the definition."""
    with pytest.raises(FaultsError, match=r"kpis\[0\].measure: is missing"):
        load_kpis(WEB_SHARE[: WEB_SHARE.index("[kpis.measure")])
    with pytest.raises(FaultsError, match=r"kpis\[0\]: must be a table of the fields of a Kpi"):
        load_kpis("kpis = [1]")


def test_two_definitions_of_one_kpi_are_refused() -> None:
    """Which of them holds would hang on their order in the file."""
    with pytest.raises(FaultsError, match="kpis: since must differ between two definitions of web"):
        load_kpis(WEB_SHARE + WEB_SHARE)
