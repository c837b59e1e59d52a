"""Scorecards: weights, mixes, gaps and versions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.evaluation import Component, ComponentKind, Curve, Level, WeightedScorecard
from crmcore.kernel import Phrase
from crmcore.kpis import SCORECARDS, Direction, KpiGroup, Scorecard, kpi

CURVE = Curve(threshold=0, target=100)


def part(name: str, weight: str, **fields: Any) -> Component:  # noqa: ANN401 - any field
    """A component of a scorecard."""
    usual = {"measure": name.replace(" ", "_"), "aspect": KpiGroup.SERVICE, "curve": CURVE}
    return Component(name=name, weight=weight, **{**usual, **fields})


MIXED = WeightedScorecard(
    name="service",
    components=[
        part("kept customers", "1", level=Level.TEAM, aspect=KpiGroup.RETENTION),
        part("satisfaction", "0.75", aspect=KpiGroup.SATISFACTION),
        part("answered", "0.25"),
    ],
    mix={Level.PERSONAL: "0.4", Level.TEAM: "0.6"},
)


def test_a_mix_of_levels_is_exact() -> None:
    """0.6 for the team and 0.4 for the own work, of which three quarters are satisfaction."""
    assert MIXED.shares() == {
        "kept customers": Fraction(6, 10),
        "satisfaction": Fraction(3, 10),
        "answered": Fraction(1, 10),
    }
    assert MIXED.mix == ((Level.TEAM, Decimal("0.6")), (Level.PERSONAL, Decimal("0.4")))


def test_what_is_missing_is_shared_within_its_level() -> None:
    """The mix of team and own work stays as it is while each level has a number."""
    assert MIXED.shares(["kept customers", "answered"]) == {
        "kept customers": Fraction(6, 10),
        "satisfaction": 0,
        "answered": Fraction(4, 10),
    }
    assert MIXED.shares(["satisfaction"])["satisfaction"] == 1


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
    st.data(),
)
def test_shares_always_sum_to_one(parts: list[int], data: st.DataObject) -> None:
    """Whatever is missing, the weights of what is left sum to one and keep their ratios."""
    # Decimals cannot split one in any ratio, so the first component takes what is left over.
    weights = [Decimal(n) / 1000 for n in parts[1:]]
    weights.insert(0, 1 - sum(weights, Decimal(0)))
    card = WeightedScorecard(
        name="any", components=[part(f"c{i}", str(weight)) for i, weight in enumerate(weights)]
    )
    known = data.draw(st.sets(st.sampled_from([each.name for each in card.components]), min_size=1))

    shares = card.shares(known)

    assert sum(shares.values()) == 1
    assert {name for name, share in shares.items() if share} == known
    kept = [each for each in card.components if each.name in known]
    for one in kept:
        assert shares[one.name] * Fraction(kept[0].weight) == shares[kept[0].name] * Fraction(
            one.weight
        )


def test_a_component_of_a_kpi_speaks_of_it() -> None:
    """Name, measure and aspect come from the catalogue."""
    curve = Curve(threshold="0.7", target="0.8")

    found = Component.of_kpi(kpi("retention_rate"), weight=1, curve=curve, level=Level.TEAM)

    assert (found.name, found.measure) == ("customer retention rate", "retention_rate")
    assert (found.kind, found.aspect) == (ComponentKind.KPI, KpiGroup.RETENTION)
    short = Component.of_kpi(kpi("retention_rate"), weight=1, curve=curve, name="kept")
    assert (short.name, short.measure) == ("kept", "retention_rate")
    assert found.words.en == (
        "retention_rate (the team's result) at 100 %: 0 points at 0.7, 100 points at 0.8"
    )


def test_a_curve_in_the_wrong_direction_is_refused() -> None:
    """A KPI that is to rise has no curve that pays for its fall."""
    curve = Curve(direction=Direction.LOWER, threshold="0.8", target="0.7")

    with pytest.raises(
        InvalidValueError, match="curve must have the direction of retention_rate, higher is better"
    ):
        Component.of_kpi(kpi("retention_rate"), weight=1, curve=curve)


@pytest.mark.parametrize("team", SCORECARDS, ids=lambda team: team.id)
def test_the_scorecards_of_the_six_teams_are_ready(team: Scorecard) -> None:
    """With a curve for each of its three KPIs, a team is judged by a third of each."""
    curves = {
        name: Curve(
            direction=kpi(name).direction,
            threshold=9 if kpi(name).direction is Direction.LOWER else 1,
            target=5,
            far=9 if kpi(name).direction is Direction.TARGET else None,
        )
        for name in team.kpis
    }

    found = WeightedScorecard.of_team(team, curves, version="1998")

    assert (found.name, found.version) == (team.team.en, "1998")
    assert [str(each.weight) for each in found.components] == ["0.3334", "0.3333", "0.3333"]
    assert [each.measure for each in found.components] == [*team.kpis]


def test_a_team_needs_a_curve_for_each_kpi() -> None:
    """A missing curve is refused, and one too many, with the name that was meant."""
    team = Scorecard(id="care", team=Phrase("care", "关怀"), kpis=["retention_rate", "sales"])

    with pytest.raises(InvalidValueError, match=r"curves must have one for each KPI .*'retention"):
        WeightedScorecard.of_team(team, {"sales": CURVE})
    with pytest.raises(UnknownNameError, match=r"unknown KPI of the team .*did you mean 'sales'"):
        WeightedScorecard.of_team(team, {"sale": CURVE})


def test_a_fair_scorecard_has_no_gaps() -> None:
    """Cooperation, satisfaction and three aspects leave nothing to find."""
    card = WeightedScorecard(
        name="sales",
        components=[
            part("handled in time", "0.2", level=Level.COOPERATION, aspect=KpiGroup.TEAM),
            part("satisfaction", "0.4", aspect=KpiGroup.SATISFACTION),
            part("sales", "0.4", aspect=KpiGroup.SALES),
        ],
    )

    assert card.gaps() == ()
    assert [finding.kind for finding in card.gaps(fewest_aspects=4)] == ["scorecard_aspects"]


def test_what_a_scorecard_lacks_is_found() -> None:
    """One aspect alone, without work for others and without satisfaction, is three findings."""
    card = WeightedScorecard(name="sales", components=[part("sales", "1", aspect=KpiGroup.SALES)])

    found = card.gaps()

    assert [finding.title.en for finding in found] == [
        "sales tells about 1 of at least 3 aspects: acquisition, sales and market",
        "sales has no component about the work across departments",
        "sales has no component about satisfaction",
    ]
    assert {finding.subject for finding in found} == {"scorecard:sales"}
    assert found[1].title.zh == "sales没有跨部门协作的考核内容"


def test_a_new_version_says_what_it_changes() -> None:
    """What is dropped, new, weighted otherwise, or mixed otherwise, in words."""
    after = WeightedScorecard(
        name="service",
        components=[
            part("kept customers", "1", level=Level.TEAM, aspect=KpiGroup.RETENTION),
            part("satisfaction", "0.5", aspect=KpiGroup.SATISFACTION),
            part("knowledge", "0.5"),
        ],
        mix={Level.TEAM: "0.5", Level.PERSONAL: "0.5"},
        version="2",
        since=date(1998, 7, 1),
        reason="members said that their own work counts too little",
    )

    changes = [change.en for change in after.changes(MIXED)]

    personal = "the member's own result"
    line = "0 points at 0, 100 points at 100"
    was = f"satisfaction ({personal}) at 75 %: {line}"
    is_now = f"satisfaction ({personal}) at 50 %: {line}"
    mixed = f"the team's result 60 %, {personal} 40 %"
    assert changes == [
        "answered is dropped",
        f"knowledge is new: knowledge ({personal}) at 50 %: {line}",
        f"satisfaction was {was}; is {is_now}",
        f"the mix was {mixed}; is the team's result 50 %, {personal} 50 %",
    ]
    assert after.changes(after) == ()


def test_other_bars_are_told() -> None:
    """What must be known, and from where on there is praise or blame, belongs to a version."""
    after = attrs.evolve(MIXED, least_known=1, strength_from=110, improve_below=90)

    assert [change.en for change in after.changes(MIXED)] == [
        "the share that must be known was 0.5; is 1",
        "the bar for a strength was 100; is 110",
        "the bar for a point to improve was 100; is 90",
    ]


def test_the_end_of_a_mix_is_told() -> None:
    """A scorecard without a mix has none, in both languages."""
    plain = WeightedScorecard(
        name="service",
        components=[attrs.evolve(each, weight="0.5") for each in MIXED.components[1:]],
    )

    assert plain.changes(MIXED)[-1] == Phrase(
        "the mix was the team's result 60 %, the member's own result 40 %; is none",
        "比例：原为团队绩效60%、个人绩效40%；现为无",
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"components": []}, "components must hold at least one component"),
        ({"components": ["sales"]}, "components must be a list of Component"),
        (
            {"components": [part("a", "0.5"), part("b", "0.45")]},
            r"weights of the components must sum to 1 \(got '0.95'\)",
        ),
        (
            {"components": [part("a", "0.5"), part("a", "0.5")]},
            r"components must have names of their own \(got 'a'\)",
        ),
        (
            {"components": [part("a", "1")], "mix": {Level.TEAM: 1}},
            r"mix must be of personal \(got 'team'\)",
        ),
        (
            {"components": [part("a", "1")], "mix": {"persnal": 1, "team": 1}},
            r"mix must be of personal \(got 'team, persnal'\)",
        ),
        (
            {
                "components": [part("a", "1"), part("b", "1", level=Level.TEAM)],
                "mix": {Level.TEAM: "0.6", Level.PERSONAL: "0.3"},
            },
            r"mix must sum to 1 \(got '0.9'\)",
        ),
        (
            {
                "components": [part("a", "1"), part("b", "1", level=Level.TEAM)],
                "mix": {Level.TEAM: "1.1", Level.PERSONAL: "-0.1"},
            },
            r"mix must hold shares above 0 \(got '-0.1'\)",
        ),
        (
            {"components": [part("a", "0.9")], "mix": {Level.PERSONAL: 1}},
            r"weights of the member's own result must sum to 1 \(got '0.9'\)",
        ),
        ({"components": [part("a", "1")], "least_known": 0}, "least_known must be a fraction"),
        (
            {"components": [part("a", "1")], "improve_below": 101},
            "improve_below must be at most strength_from, 100",
        ),
        (
            {"components": [part("a", "1")], "since": datetime(1998, 7, 1)},  # noqa: DTZ001
            "since must be a day, not an instant",
        ),
    ],
)
def test_weights_that_do_not_sum_are_refused(fields: dict[str, Any], message: str) -> None:
    """A scorecard is exact, or it is none."""
    with pytest.raises(InvalidValueError, match=message):
        WeightedScorecard(name="service", **fields)


@pytest.mark.parametrize("weight", ["0", "40", "-0.1"])
def test_a_percentage_is_no_weight(weight: str) -> None:
    """Weights are fractions above 0."""
    with pytest.raises(InvalidValueError, match=r"weight must be a fraction above 0 .*0.4, not 40"):
        part("sales", weight)
