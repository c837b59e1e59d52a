"""The tables of a review: all rows, exact numbers, and nothing that a spreadsheet would run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest

from crmcore.kernel import Undefined
from crmcore.lifecycle import Stage
from crmcore.reports import write_tables
from crmcore.reviews import Review
from crmcore.signals import Rule

if TYPE_CHECKING:
    from tests.reports.conftest import CsvRows, ReadTables

NAMES = [
    *("kpis", "goals", "smart", "findings", "jobs", "training"),
    *("variation", "charts"),
    *("stages", "segments", "tiers", "flows", "cells"),
    *("customers", "ledger", "stage_changes", "tier_changes"),
    *("slipping", "values", "tenths", "tracking", "value_models"),
    *("duties", "duty_moves", "customer_moves", "handovers"),
    *("uncovered", "shortfalls", "workload", "changes"),
]


def test_there_is_a_file_for_each_table(review: Review, tmp_path: Path) -> None:
    """The files are named in their order, and the folder is made where it is not there."""
    paths = write_tables(review, tmp_path / "deep" / "tables")

    assert [path.name for path in paths] == [f"{name}.csv" for name in NAMES]
    assert all(path.exists() for path in paths)


def test_the_columns_do_not_depend_on_the_language(
    review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """What machines read by, they find under the same name in either language."""
    english = read_tables(review, tmp_path / "en")
    chinese = read_tables(review, tmp_path / "zh", language="zh-CN")

    for name in NAMES:
        assert [list(row) for row in english[name]] == [list(row) for row in chinese[name]]
    assert [row["customer"] for row in english["customers"]] == [
        row["customer"] for row in chinese["customers"]
    ]
    assert english["findings"][0]["severity"] == "critical"
    assert chinese["findings"][0]["severity"] == "严重"


def test_scores_are_the_sums_of_their_ledgers(tables: dict[str, CsvRows]) -> None:
    """For every customer the points of the ledger add up to the score, to the last digit."""
    sums: dict[str, Decimal] = {}
    for row in tables["ledger"]:
        sums[row["customer"]] = sums.get(row["customer"], Decimal(0)) + Decimal(row["points"])

    assert tables["customers"]
    for row in tables["customers"]:
        assert Decimal(row["score"]) == sums.get(row["customer"], Decimal(0))


@pytest.mark.parametrize("name", ["duty_moves", "customer_moves"])
def test_the_points_of_a_move_add_up(tables: dict[str, CsvRows], name: str) -> None:
    """What a move wins and gives up is what it wins on the whole."""
    assert tables[name]
    for row in tables[name]:
        parts = [
            Decimal(value)
            for column, value in row.items()
            if column.startswith("points_") and column != "points_net" and value
        ]
        assert sum(parts) == Decimal(row["points_net"])


def test_groups_add_up_to_all_customers(review: Review, tables: dict[str, CsvRows]) -> None:
    """Stages, segments and tiers each hold every customer once, with all that was spent."""
    spend = sum(Decimal(row["spend"]) for row in tables["customers"])
    for name in ("stages", "segments", "tiers"):
        assert sum(int(row["customers"]) for row in tables[name]) == len(review.judgements)
        assert sum(Decimal(row["spend"]) for row in tables[name]) == spend


def test_the_cells_of_the_map_add_up_to_who_has_bought(tables: dict[str, CsvRows]) -> None:
    """The map holds everybody with a score once, and the spend of the segments is in its cells."""
    scored = [row for row in tables["customers"] if row["r"]]

    assert sum(int(row["customers"]) for row in tables["cells"]) == len(scored)
    for segment in tables["segments"]:
        inside = [row for row in tables["cells"] if row["segment"] == segment["id"]]
        assert sum(Decimal(row["spend"]) for row in inside) == Decimal(segment["spend"])


def test_handovers_add_up_to_the_moves(review: Review, tables: dict[str, CsvRows]) -> None:
    """Who hands over to whom counts every customer who changes hands."""
    counted = sum(int(row["customers"]) for row in tables["handovers"])

    assert counted == len(tables["customer_moves"]) == len(review.plan.customers.moves)


def test_moves_name_ids_that_other_tables_know(tables: dict[str, CsvRows]) -> None:
    """A move can be joined with the customer and with the owners before and after."""
    customers = {row["customer"]: row for row in tables["customers"]}
    for move in tables["customer_moves"]:
        customer = customers[move["item"].removeprefix("customer:")]
        assert move["from"] == customer["owner"]
        assert move["to"] == customer["planned_owner"]


def test_histories_end_where_customers_stand(tables: dict[str, CsvRows]) -> None:
    """The last change of a stage and of a tier leads to those of the customer."""
    for name, column in (("stage_changes", "stage"), ("tier_changes", "tier")):
        last = {row["customer"]: row["after"] for row in tables[name]}
        for row in tables["customers"]:
            assert last.get(row["customer"], row[column]) == row[column]


def test_reasons_of_stages_are_those_of_their_rules(
    review: Review, tables: dict[str, CsvRows]
) -> None:
    """Every change of a stage has the wording of the rule that made it."""
    wordings = [change.reason.en for one in review.judgements for change in one.stages.changes]

    assert [row["reason"] for row in tables["stage_changes"]] == wordings


def test_kpis_are_exact(review: Review, tables: dict[str, CsvRows]) -> None:
    """A value in the table is the value itself, not what a page shows of it."""
    values = [
        None if isinstance(value, Undefined) else value.number
        for series in review.kpis
        for value in series.values
    ]

    assert [Decimal(row["number"]) if row["number"] else None for row in tables["kpis"]] == values
    assert any(len(row["number"]) > 15 for row in tables["kpis"])
    for row in tables["kpis"]:
        if row["number"] and row["denominator"]:
            ratio = Decimal(row["numerator"]) / Decimal(row["denominator"])
            assert abs(ratio - Decimal(row["number"])) < Decimal("1e-20")


def test_charts_are_exact(review: Review, tables: dict[str, CsvRows]) -> None:
    """Every month of every KPI with a value has its limits, unrounded, if there are any."""
    points = [
        (f"{chart.subject} {point.period}", point)
        for chart in review.charts
        for point in chart.points
    ]
    rows = {f"kpi:{row['kpi']} {row['period']}": row for row in tables["charts"]}

    assert list(rows) == [key for key, _ in points]
    for key, point in points:
        row = rows[key]
        limits = point.limits
        shown = [row[name] for name in ("low", "centre", "high")]
        if isinstance(limits, Undefined) or isinstance(point.value, Undefined):
            assert shown == ["", "", ""]
        else:
            assert [*map(Decimal, shown)] == [limits.low, limits.centre, limits.high]
        assert row["number"] == ("" if isinstance(point.value, Undefined) else f"{point.value:f}")


def test_rules_stand_where_values_break_them(review: Review, tables: dict[str, CsvRows]) -> None:
    """A month has the rules of its signals; a jump stands where it leads to."""
    broken: dict[tuple[str, str], set[str]] = {}
    shown = {str(period) for period in review.kpis[0].periods}
    for chart in review.charts:
        for signal in chart.signals:
            told = signal.periods[-1:] if signal.rule is Rule.JUMP else signal.periods
            for period in shown & {str(each) for each in told}:
                key = chart.subject.removeprefix("kpi:"), period
                broken.setdefault(key, set()).add(signal.rule.label.en)

    rules = {
        (row["kpi"], row["period"]): {*row["rules"].split("; ")}
        for row in tables["charts"]
        if row["rules"]
    }

    assert broken
    assert any(Rule.JUMP.label.en in names for names in broken.values())
    assert rules == broken


def test_what_has_changed_is_in_words(
    review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """Variation and assurance of each KPI stand in a table, in either language."""
    english = read_tables(review, tmp_path / "en")["variation"]
    chinese = read_tables(review, tmp_path / "zh", language="zh-CN")["variation"]

    for row, translated, chart in zip(english, chinese, review.charts, strict=True):
        changed, sure = chart.variation, chart.assurance
        told = changed.reason.label if isinstance(changed, Undefined) else changed.label
        assert (row["variation"], translated["variation"]) == (told.en, told.zh)
        assert row["assurance"] == ("" if isinstance(sure, Undefined) else sure.label.en)
        assert bool(row["because"]) is bool(chart.latest_signals)
    assert any(row["target"] and row["assurance"] for row in english)


def test_goals_are_in_numbers(review: Review, tables: dict[str, CsvRows]) -> None:
    """The table of goals holds baseline and target as numbers, shares as fractions."""
    for row, one in zip(tables["goals"], review.goals, strict=True):
        assert Decimal(row["baseline"]) == one.goal.baseline
        assert Decimal(row["target"]) == one.goal.target
        assert 0 <= float(row["chance"]) <= 1


def test_the_flows_of_a_month_are_its_changes(review: Review, tables: dict[str, CsvRows]) -> None:
    """The moves between two stages in a month are as many as customers made them."""
    counted = sum(flow.count for month in review.flows for flow in month.flows)

    assert sum(int(row["customers"]) for row in tables["flows"]) == counted
    assert {row["before"] for row in tables["flows"]} <= {stage.value for stage in Stage}


def test_the_workload_is_a_fraction(tables: dict[str, CsvRows]) -> None:
    """The share of the hours is a fraction of what there is, to fifteen digits."""
    for row in tables["workload"]:
        share = Decimal(row["hours_after"]) / Decimal(row["capacity"])
        assert abs(Decimal(row["used_after"]) - share) < Decimal("1e-14")


def test_text_is_no_formula_to_a_spreadsheet(
    hostile_review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """What a spreadsheet would run gets an apostrophe in front; all else stays as it is."""
    tables = read_tables(hostile_review, tmp_path)
    cells = [value for rows in tables.values() for row in rows for value in row.values()]

    assert any(value == "'=cmd()|ada" for value in cells)
    assert not any(value.startswith(("=", "@", "\t", "\r")) for value in cells)
    assert all(value[1:].replace(".", "").isdigit() for value in cells if value[:1] in {"-", "+"})
    assert any("line one\nline two" in value for value in cells)
    assert any('"quoted, <b>bold</b>"' in value for value in cells)


def test_scores_below_zero_are_numbers(
    review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """A minus sign in front of a number gets no apostrophe."""
    judgements = [
        attrs.evolve(one, features=attrs.evolve(one.features, spend=Decimal("-0.30")))
        for one in review.judgements
    ]

    tables = read_tables(attrs.evolve(review, judgements=tuple(judgements)), tmp_path)

    assert {row["spend"] for row in tables["customers"]} == {"-0.30"}


def test_a_department_without_anything_has_its_tables(
    empty_review: Review, tmp_path: Path, read_tables: ReadTables
) -> None:
    """Every file is there with its head, though most of them hold nothing."""
    tables = read_tables(empty_review, tmp_path)

    assert sorted(tables) == sorted(NAMES)
    assert tables["customers"] == tables["customer_moves"] == tables["goals"] == []
    assert {row["customers"] for row in tables["stages"]} == {"0"}
    assert {row["share"] for row in tables["stages"]} == {""}
