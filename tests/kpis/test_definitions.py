"""Catalogues of definitions, what they cover, and the scorecards of the teams."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Phrase
from crmcore.kpis import (
    CATALOGUE,
    PARAMETERS,
    SCORECARDS,
    SOURCES,
    Catalogue,
    Kpi,
    KpiGroup,
    KpiId,
    Scorecard,
    coverage,
    kpi,
)

SHIPPED = Catalogue(CATALOGUE)
SALES = kpi("sales")
NET = attrs.evolve(SALES, version="2", since=date(2026, 1, 1), source="our accountants")


def test_a_catalogue_is_asked_by_id_or_code() -> None:
    """The word and the number lead to the same definition; a slip is answered."""
    assert SHIPPED.kpi("K32") is SHIPPED.kpi("sales") is SALES
    with pytest.raises(UnknownNameError, match="unknown KPI 'sale'; did you mean 'sales'"):
        SHIPPED.kpi("sale")


def test_a_definition_of_ones_own_begins_on_its_day() -> None:
    """Before it the shipped one is in force, and both stand in the catalogue."""
    ours = SHIPPED.with_own([NET])

    assert ours.kpi("sales", date(2025, 12, 31)) == SALES
    assert ours.kpi("sales", date(2026, 1, 1)) == ours.kpi("sales") == NET
    assert ours.versions("K32") == (SALES, NET)
    assert len(ours) == len(SHIPPED) + 1
    assert [*ours] == [*ours.kpis]
    assert repr(ours) == f"<Catalogue of {len(CATALOGUE) + 1} definitions>"


def test_a_definition_of_ones_own_stands_in_place_of_the_shipped_one() -> None:
    """Where both begin on the same day, the company's holds."""
    ours = SHIPPED.with_own([attrs.evolve(NET, since=None)])

    assert ours.versions("sales") == (attrs.evolve(NET, since=None),)
    assert len(ours) == len(SHIPPED)


def test_a_definition_of_ones_own_stands_beside_the_shipped_ones() -> None:
    """A new word makes a new KPI, in the order of the codes."""
    beside = attrs.evolve(SALES, id=KpiId("ours"), code="K2b")

    ours = SHIPPED.with_own([beside])

    assert ours.kpi("K2b") is beside
    assert ours.kpi("sales") is SALES
    codes = [each.code for each in ours if each.code in {"K2b", "K15", "K32"}]
    assert codes == ["K2b", "K15", "K32"]


def test_a_code_without_a_number_comes_last() -> None:
    """Whoever numbers otherwise is welcome."""
    ours = SHIPPED.with_own([attrs.evolve(SALES, id=KpiId("ours"), code="X")])

    assert ours.kpis[-1].code == "X"


def test_before_the_first_definition_there_is_none() -> None:
    """The day on which it begins is told."""
    ours = Catalogue([NET])

    with pytest.raises(InvalidValueError, match="on must be 2026-01-01 or later, when sales"):
        ours.kpi("sales", date(2025, 12, 31))


@pytest.mark.parametrize(
    ("other", "match"),
    [
        (
            {"version": "3"},
            "since must differ between two definitions of sales, which both",
        ),
        (
            {"since": date(2026, 2, 1)},
            "version must differ between the definitions of sales",
        ),
        ({"id": "ours"}, "code must be of one KPI only, not of "),
        ({"id": "K32", "code": "K99"}, "code must be of one KPI only, not of "),
    ],
)
def test_what_cannot_be_told_apart_is_refused(other: dict[str, Any], match: str) -> None:
    """Two definitions of one KPI for one day, one version of two, and one name of two KPIs."""
    with pytest.raises(InvalidValueError, match=match):
        Catalogue([NET, attrs.evolve(NET, **other)])


def test_own_definitions_that_clash_are_refused_before_they_replace_anything() -> None:
    """Two of the company's own for one day are two too many."""
    with pytest.raises(InvalidValueError, match="since must differ"):
        SHIPPED.with_own([NET, attrs.evolve(NET, version="3")])


# What a choice covers.


def test_a_choice_that_looks_at_sales_alone_is_told_what_it_does_not_see() -> None:
    """Each missing group is a finding, with the KPIs that would fill the gap."""
    found = coverage([SALES, kpi("churn_rate")])

    missing = [group for group in KpiGroup if group not in {KpiGroup.SALES, KpiGroup.RETENTION}]
    assert [one.subject for one in found] == [f"kpi_group:{group.value}" for group in missing]
    assert found[0].title == Phrase(
        "no KPI tells of satisfaction and feedback", "没有任何指标反映满意度与反馈"
    )


def test_the_groups_that_matter_can_be_named() -> None:
    """A company that has no service needs no KPI of it."""
    wanted = [KpiGroup.SALES, KpiGroup.RETENTION]

    found = coverage([SALES], groups=wanted)

    (missing,) = found
    assert missing.subject == "kpi_group:retention"
    assert ("K16", "churn_rate") in missing.evidence


def test_the_catalogue_covers_every_group() -> None:
    """Satisfaction, retention, sales, service, interaction, data and team."""
    assert coverage(CATALOGUE) == ()


# The scorecards.


def test_six_teams_have_three_metrics_each() -> None:
    """The eighteen metrics that are named for the six teams, by their codes."""
    codes = {card.id: [kpi(name).code for name in card.kpis] for card in SCORECARDS}

    assert codes == {
        "service": ["K02", "K15", "K48"],
        "sales": ["K33", "K29", "K20"],
        "marketing": ["K39", "K40", "K30"],
        "support": ["K43", "K46", "K14"],
        "success": ["K54", "K15", "K08"],
        "data": ["K55", "K57", "K58"],
    }


def test_a_scorecard_names_each_kpi_once() -> None:
    """None, or one twice, is a slip."""
    card = Scorecard(id="ours", team=Phrase("ours", "本队"), kpis=["sales", "orders"])

    assert str(card) == "ours: sales, orders"
    for kpis in ((), ("sales", "sales")):
        with pytest.raises(InvalidValueError, match="kpis must name one KPI or more, each once"):
            attrs.evolve(card, kpis=kpis)


# What definitions speak of.


@pytest.mark.parametrize("each", CATALOGUE, ids=lambda each: each.id)
def test_a_definition_speaks_of_what_is_known(each: Kpi) -> None:
    """Its records have a name and a class, and what it leaves open has a default."""
    assert each.measure.sources <= SOURCES.keys()
    assert set(each.stated) <= PARAMETERS.keys()


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_names_fields_of_its_records(name: str) -> None:
    """The day, the customer and the person are where the source says that they are."""
    source = SOURCES[name]

    for path in (source.day, source.customer, source.person):
        assert path is None or source.tells(path)
