"""Charts of KPIs, and the findings that they give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.improvement import Severity
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Direction, KpiSeries, Unit, kpi
from crmcore.measures import Value
from crmcore.signals import (
    Assurance,
    ChartKind,
    ControlChart,
    Limits,
    Variation,
    chart,
    findings,
)

if TYPE_CHECKING:
    from tests.signals.conftest import Draw

CALM = [103, 97] * 6
Found = int | str | tuple[int | str, int] | Reason


def value_of(found: Found, period: Period, name: str) -> Value | Undefined:
    """Return a value of a plain number, or of a numerator and a denominator."""
    if isinstance(found, Reason):
        return Undefined(found)
    parts = found if isinstance(found, tuple) else (found, 1)
    number = Decimal(parts[0]) / parts[1]
    return Value(
        number=number,
        numerator=Decimal(parts[0]) if isinstance(found, tuple) else None,
        denominator=Decimal(parts[1]) if isinstance(found, tuple) else None,
        n=1,
        period=period,
        as_of=date(2027, 1, 1),
        definition=name,
    )


def series_of(name: str, values: Sequence[Found]) -> KpiSeries:
    """Return the monthly values of a KPI from January 2024 on."""
    first, of = date(2024, 1, 1), kpi(name)
    months = tuple(
        Period(Grain.MONTH.after(first, place), Grain.MONTH.after(first, place + 1))
        for place in range(len(values))
    )
    found = tuple(value_of(x, month, of.id) for x, month in zip(values, months, strict=True))
    currency = "EUR" if of.unit is Unit.MONEY else None
    return KpiSeries(
        kpi=of, periods=months, values=found, as_of=date(2027, 1, 1), currency=currency
    )


def test_a_share_of_customers_has_limits_by_their_number() -> None:
    """Retention is a share of counted customers, from 0 to 1, and more of it is better."""
    row: list[Found] = [(80, 100), (170, 200)] * 6

    found = chart(series_of("retention_rate", [*row, Reason.NO_DATA, (16, 40)]))

    assert found.kind is ChartKind.P
    assert found.subject == "kpi:retention_rate"
    assert found.direction is Direction.HIGHER
    assert found.points[12].value == Undefined(Reason.NO_DATA)
    wide, narrow = found.points[0].limits, found.points[1].limits
    assert isinstance(wide, Limits)
    assert isinstance(narrow, Limits)
    assert wide.sigma > narrow.sigma
    assert wide.centre == narrow.centre == Decimal(1500) / 1800
    assert found.variation is Variation.CONCERN
    assert found.latest_signals[0].words.en.startswith("2025-02: 40.0 % is below the lower limit")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([(130, 100), (260, 200)], ChartKind.U),
        ([("130.5", 100), (260, 200)], ChartKind.XMR),
        (["1.3", (260, 200)], ChartKind.XMR),
    ],
)
def test_orders_per_customer_are_counts(values: list[Found], kind: ChartKind) -> None:
    """Whole orders per customer are charted as counts; what is no count, as single values."""
    found = chart(series_of("purchase_frequency", values * 6))

    assert found.kind is kind


def test_a_number_that_is_no_quotient_of_its_parts_is_a_single_value() -> None:
    """Where a share was reckoned otherwise than from its parts, the parts are left alone."""
    series = series_of("retention_rate", [(80, 100)] * 12)
    odd = [
        Value(
            number=Decimal("0.79"),
            numerator=each.numerator,
            denominator=each.denominator,
            n=each.n,
            period=each.period,
            as_of=each.as_of,
            definition=each.definition,
        )
        for each in series.values
        if isinstance(each, Value)
    ]

    found = chart(
        KpiSeries(kpi=series.kpi, periods=series.periods, values=tuple(odd), as_of=series.as_of)
    )

    assert found.kind is ChartKind.XMR
    assert isinstance(found.limits, Limits)
    assert found.limits.centre == Decimal("0.79")


def test_a_share_without_parts_stays_between_nothing_and_all() -> None:
    """Single values of a share have natural bounds, too."""
    found = chart(series_of("retention_rate", ["0.98", "0.02"] * 6))

    assert found.kind is ChartKind.XMR
    assert isinstance(found.limits, Limits)
    assert found.limits.low == 0
    assert found.limits.high == 1


def test_customers_are_never_fewer_than_none_and_money_may_be() -> None:
    """The unit says what a value cannot be; of money it says nothing."""
    new, sales = (chart(series_of(name, [0, 40] * 6)).limits for name in ("new_customers", "sales"))

    assert isinstance(new, Limits)
    assert isinstance(sales, Limits)
    assert new.low == 0
    assert sales.low == 20 - Decimal("2.66") * 40


def test_money_is_shown_with_its_currency() -> None:
    """The words of a signal show numbers as the KPI does."""
    found = chart(series_of("sales", [*CALM, 500]))

    assert str(found.signals[-1]) == ("2025-01: 500.00 EUR is above the upper limit, 115.96 EUR")


def test_a_kind_can_be_chosen_and_must_fit() -> None:
    """Medians are asked for; shares cannot be made of sums without parts."""
    sales = series_of("sales", [*CALM, 500])

    assert chart(sales, kind=ChartKind.XMR_MEDIAN).kind is ChartKind.XMR_MEDIAN
    with pytest.raises(InvalidValueError, match="kind must be xmr or xmr_median for values that"):
        chart(sales, kind=ChartKind.P)


def test_baseline_changes_and_target_reach_the_chart() -> None:
    """The options of a chart are those of its values."""
    why = Phrase("the shop has moved", "店铺搬迁")

    found = chart(
        series_of("sales", [*CALM, *[200] * 14]),
        baseline=13,
        changes={date(2025, 1, 1): why},
        target=150,
    )

    assert found.changes == ((date(2025, 1, 1), why),)
    assert [point.is_baseline for point in found.points] == [True] * 25 + [False]
    assert found.assurance is Assurance.ALWAYS


def test_a_part_of_the_company_is_named() -> None:
    """The series of a team is told from that of another one, and from the whole."""
    of_team = attrs.evolve(series_of("sales", CALM), scope=(("team", "north"), ("channel", None)))

    found = chart(of_team)

    assert found.subject == "kpi:sales team north channel -"
    assert found.name == Phrase(
        "sales amount (team north, channel -)", "销售额（team north，channel -）"
    )


def test_another_definition_begins_other_limits() -> None:
    """Values of version 2 are not judged by what version 1 brought; a stated reason stands."""
    series = series_of("sales", [*CALM, *[50, 54] * 6, 60])
    new = attrs.evolve(series.kpi, version="2", since=date(2025, 1, 1))
    redefined = attrs.evolve(series, kpi=new, former=(series.kpi,))
    why = Phrase("refunds count from now on", "自此计入退款")

    found, told = chart(redefined), chart(redefined, changes={date(2025, 1, 1): why})

    assert found.changes == (
        (date(2025, 1, 1), Phrase("version 2 of the definition", "定义第2版")),
    )
    assert isinstance(found.limits, Limits)
    assert found.limits.centre == 52
    assert found.signals == ()
    assert told.changes == ((date(2025, 1, 1), why),)


def test_findings_tell_what_the_last_value_says(draw: Draw) -> None:
    """Worse is a warning, better and otherwise are notes, and what is over is not told again."""
    charts = {
        "worse": draw([*CALM, 120], subject="complaints:worse"),
        "better": draw([*CALM, 80], subject="complaints:better"),
        "odd": draw([*CALM, 120], subject="complaints:odd", direction=Direction.TARGET),
        "over": draw([*CALM, 120, 100, 101, 100], subject="complaints:over"),
    }

    found = findings(charts.values())

    assert [(each.subject, each.severity) for each in found] == [
        ("complaints:worse", Severity.WARNING),
        ("complaints:better", Severity.NOTE),
        ("complaints:odd", Severity.NOTE),
    ]
    assert found[0].title == Phrase(
        "late deliveries, a change for the worse: 2025-01: the value rises from 97 to 120, "
        "further than by chance; 2025-01: 120 is above the upper limit, 115.96",
        "延迟交付，特殊原因（恶化）：2025-01：数值由97升至120，超出相邻值的正常差距；"
        "2025-01：120高于上控制限115.96",
    )
    assert found[0].evidence == (("jump", "2024-12, 2025-01"), ("outside", "2025-01"))


def test_findings_tell_of_a_target_that_is_never_met(draw: Draw) -> None:
    """A process whose limits do not reach the target must itself be changed."""
    (found,) = findings([draw(CALM, target=50)])

    assert (found.kind, found.severity) == ("target_out_of_reach", Severity.WARNING)
    assert found.evidence == (("target", "… to 50"), ("natural limits", "84.04 to 115.96"))
    assert findings([draw(CALM, target=100), draw(CALM, target=200)]) == ()


def test_findings_tell_where_limits_are_wanting(draw: Draw) -> None:
    """Too few values are said to be too few, and no signal is guessed."""
    (found,) = findings([draw([*CALM[:10], 500])])

    assert (found.kind, found.severity) == ("no_limits", Severity.NOTE)
    assert found.title.en == (
        "late deliveries, no limits yet: "
        "a baseline needs 12 values and 6 pairs of neighbours, and has 11 and 10"
    )


def test_a_surge_of_one_kind_of_complaint_is_found() -> None:
    """Of three kinds of complaints the one that breaks out of its limits is named, and no other."""
    by_kind = {
        "delay": [4, 6, 5, 7, 4, 5, 6, 4, 5, 7, 5, 6, 5, 6],
        "damage": [2, 1, 3, 2, 2, 1, 2, 3, 1, 2, 2, 1, 2, 9],
        "invoice": [0] * 14,
    }
    months = [Grain.MONTH.period(Grain.MONTH.after(date(2025, 1, 1), i)) for i in range(14)]

    found = findings(
        ControlChart.of(
            dict(zip(months, counts, strict=True)),
            subject=f"complaints:{kind}",
            name=Phrase(kind, kind),
            direction=Direction.LOWER,
            lower=0,
        )
        for kind, counts in by_kind.items()
    )

    assert [(each.subject, each.severity) for each in found] == [
        ("complaints:damage", Severity.WARNING)
    ]


def test_a_number_of_customers_that_is_a_difference_knows_no_bounds() -> None:
    """Where more customers leave than come, the limits of the net number lie below 0 too."""
    found = chart(series_of("new_customers", [-5, -7] * 6))

    assert isinstance(found.limits, Limits)
    assert found.limits.low < found.limits.centre < found.limits.high < 0


def test_an_index_beyond_100_is_none_from_0_to_100() -> None:
    """An index of one's own may be 120; to cut its limits at 100 would make no sense."""
    found = chart(series_of("satisfaction_index", [118, 122] * 6))

    assert isinstance(found.limits, Limits)
    assert found.limits.low > 100


def test_a_chart_of_a_kpi_reads_in_its_unit() -> None:
    """Limits of a share are percentages, in both languages, as its signals are."""
    drawn = chart(series_of("satisfaction_rate", [(70, 100), (74, 100)] * 6 + [(90, 100)]))

    assert str(drawn).splitlines() == [
        "satisfaction rate (CSAT): 72.0 %, naturally 61.4 % to 82.6 %",
        "  2025-01: the value rises from 74.0 % to 90.0 %, further than by chance",
        "  2025-01: 90.0 % is above the upper limit, 82.6 %",
    ]
    assert drawn.words.zh == "72.0 %，自然波动范围61.4 %至82.6 %"


def test_a_chart_without_limits_says_why_in_both_languages() -> None:
    """Six values are no baseline, and the words say so."""
    drawn = chart(series_of("satisfaction_rate", [(70, 100)] * 6))

    assert drawn.words.en.startswith("there are too few observations: a baseline needs 12 values")
    assert drawn.words.zh.startswith("观测值太少：")


def test_what_is_no_series_is_refused() -> None:
    """Several series at once, as they were computed, and bare values have no one chart."""
    series = series_of("satisfaction_rate", [(70, 100)] * 12)
    several: Any = (series, series)
    values: Any = [70, 74]

    for refused in (several, values):
        with pytest.raises(InvalidValueError, match="series must be one KpiSeries; of several, ch"):
            chart(refused)


def test_findings_are_asked_of_charts() -> None:
    """A chart alone, and a series without its chart, are refused with what would be right."""
    series: Any = series_of("satisfaction_rate", [(70, 100)] * 12)
    alone: Any = chart(series)

    for refused in ([series], alone):
        with pytest.raises(InvalidValueError, match=r"charts must be charts, such as \[chart"):
            findings(refused)
