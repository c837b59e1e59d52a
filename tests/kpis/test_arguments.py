"""Arguments of another kind: each is refused by its name, with what would be right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.activities import Channel, Direction, Interaction, InteractionId, Purchase, PurchaseId
from crmcore.calendar import Period, WorkCalendar
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import CustomerId, Money
from crmcore.kpis import (
    CATALOGUE,
    SOURCES,
    Catalogue,
    KpiSeries,
    KpiTally,
    compute,
    coverage,
    diff,
    kpi,
    roll_up,
    value_over,
)
from crmcore.measures import Sum, Value

JUNE = Period.month(1998, 6)
JULY_1 = date(1998, 7, 1)
ORDER: dict[str, Any] = {
    "customer": "ada",
    "at": datetime(1998, 6, 5, tzinfo=UTC),
    "amount": Money(20, "EUR"),
}
# Of a class of one's own records may look alike, and hold what a purchase itself refuses.
LOOSE = {"purchases": attrs.evolve(SOURCES["purchases"], record=dict)}


def computed(**other: object) -> tuple[KpiSeries, ...]:
    """Return the sales of June, computed with something else than is right."""
    given: dict[str, Any] = {
        "records": {"purchases": [ORDER]},
        "periods": [JUNE],
        "kpis": ["sales"],
        "zone": "UTC",
        "currency": "EUR",
        "sources": LOOSE,
        **other,
    }
    return compute(given.pop("records"), given.pop("periods"), as_of=JULY_1, **given)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"records": {"purchases": None}}, r"^records must be records, such as .*got None"),
        ({"periods": "1998-06"}, r"^periods must be periods, such as .*got '1'"),
        ({"periods": [JULY_1]}, r"^periods must be periods, such as"),
        ({"periods": 6}, r"^periods must be periods, such as .*got 6"),
        ({"kpis": [5]}, r"^kpis must be definitions of KPIs, such as .*got 5"),
        ({"parameters": [180]}, r"^parameters must be given by name, as a mapping"),
        ({"parameters": {"margin_rate": Decimal("NaN")}}, r"^margin_rate must be a decimal from"),
        ({"by": 5}, r"^by must be the name of a dimension, .*got 5"),
        ({"by": [5]}, r"^by must be the name of a dimension, .*got \[5"),
        ({"where": "f > 1", "customers": {}}, r"^where must be a criterion, such as .*'f > 1'"),
    ],
)
def test_what_is_computed_with_is_looked_at_first(other: dict[str, Any], message: str) -> None:
    """Whoever hands in something else hears which argument it was, and what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        computed(**other)


@pytest.mark.parametrize("at", [datetime(1998, 6, 5), "1998-06-05"])  # noqa: DTZ001 - refused
def test_moments_are_of_one_kind(at: object) -> None:
    """Where the records begin cannot be told of instants with and without a zone, or of text."""
    with pytest.raises(InvalidValueError, match=r"^at must hold days of all records, or instants"):
        computed(records={"purchases": [ORDER, {**ORDER, "at": at}]})


BOUGHT = Purchase(
    id=PurchaseId("p"), customer=CustomerId("ada"), at=ORDER["at"], amount=Money(20, "EUR")
)
CALLED = Interaction(
    id=InteractionId("i"),
    customer=CustomerId("ada"),
    at=ORDER["at"],
    channel=Channel.CALL,
    direction=Direction.INBOUND,
)


OF_POINTS = attrs.evolve(kpi("sales"), measure=Sum("points", source="purchases"))


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([ORDER], "dict"),
        ([{"amount": 3}], "dict"),
        (iter([CALLED]), "Interaction"),
        ([BOUGHT, CALLED], "Interaction"),
        ([BOUGHT, {"amount": 3}], "dict"),
    ],
)
def test_records_are_of_the_class_of_their_kind(records: object, found: str) -> None:
    """Others are refused by the kind and the class it has, wherever among many they stand."""
    with pytest.raises(
        InvalidValueError,
        match=rf"^records must hold records of the class Purchase under 'purchases' .*{found}",
    ):
        computed(records={"purchases": records}, sources=SOURCES)


def test_a_tally_that_refused_a_stranger_counts_on() -> None:
    """Nothing of the stranger, nor of what came with it, has been counted."""
    tally = KpiTally(["sales"], zone="UTC", currency="EUR")

    with pytest.raises(InvalidValueError, match="class Purchase under 'purchases'"):
        tally.add_all([BOUGHT, CALLED], "purchases")
    tally.add(BOUGHT, "purchases")

    assert tally.series([JUNE], as_of=JULY_1) == computed(
        records={"purchases": [BOUGHT]}, sources=SOURCES
    )


def test_what_is_wrong_with_a_record_of_the_right_class_is_said_itself() -> None:
    """A purchase that cannot be counted is a purchase all the same."""
    with pytest.raises(UnknownNameError, match="unknown field of Purchase"):
        computed(records={"purchases": [BOUGHT]}, kpis=[OF_POINTS], sources=SOURCES)


def test_own_records_may_merely_look_alike() -> None:
    """Where a company hands in the kind itself, a mapping is as good as a purchase."""
    (series,) = computed()

    assert isinstance(series.latest, Value)
    assert series.latest.number == 20


def test_a_calendar_with_a_slip_is_not_left_out() -> None:
    """Hours under a mistyped name are refused; under a name of the catalogue they may wait."""
    hours = WorkCalendar.always("UTC")

    with pytest.raises(UnknownNameError, match="unknown calendar 'servce'; did you mean 'service'"):
        computed(calendars={"servce": hours})
    assert len(computed(calendars={"service": hours})) == 1


def test_a_tally_is_asked_for_what_it_counts() -> None:
    """Other tallies, sources, dimensions and KPIs are refused, of whatever kind they are."""
    tally = KpiTally(["sales"], zone="UTC", currency="EUR", by="channel")
    five: Any = 5

    with pytest.raises(InvalidValueError, match=r"^other must be a tally of the same KPIs"):
        tally.merge(five)
    with pytest.raises(UnknownNameError, match="unknown source '5'"):
        tally.add(ORDER, five)
    with pytest.raises(UnknownNameError, match="unknown dimension '5'"):
        tally.series([JUNE], as_of=JULY_1, by=five)
    with pytest.raises(UnknownNameError, match="unknown KPI '5'"):
        tally.series([JUNE], as_of=JULY_1, kpis=five)


def test_definitions_are_no_names() -> None:
    """A catalogue, its coverage and a difference are of definitions."""
    own = Catalogue(CATALOGUE)
    slip: Any = 5
    word: Any = ["sales"]
    day: Any = "1998-06-01"

    for refused in (Catalogue, own.with_own, coverage):
        with pytest.raises(InvalidValueError, match=r"^kpis must be definitions of KPIs"):
            refused(slip)
        with pytest.raises(InvalidValueError, match=r"^kpis must be definitions .*got 'sales'"):
            refused(word)
    with pytest.raises(InvalidValueError, match=r"^groups must be groups of KPIs, .*got 5"):
        coverage(own, groups=[slip])
    with pytest.raises(InvalidValueError, match=r"^theirs must be a Kpi or a KpiSeries"):
        diff(kpi("sales"), slip)
    with pytest.raises(UnknownNameError, match="unknown KPI '5'"):
        own.versions(slip)
    with pytest.raises(InvalidValueError, match=r"^on must be a date \(got '1998"):
        own.kpi("sales", on=day)


def test_a_series_is_rolled_up_to_grains_and_periods() -> None:
    """The word of a grain, and the name of a period, are no grain and no period."""
    (series,) = computed()
    word: Any = "quarter"

    with pytest.raises(InvalidValueError, match=r"^grain must be a grain, such as Grain.QUARTER"):
        roll_up(series, word)
    with pytest.raises(InvalidValueError, match=r"^period must be a period, such as Period.month"):
        value_over(series, word)
