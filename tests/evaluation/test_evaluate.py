"""Evaluations: the score and its ledger, what is missing, and what is more than chance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.evaluation import (
    Component,
    ComponentKind,
    Curve,
    Evaluation,
    Level,
    WeightedScorecard,
    evaluate,
)
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Direction, KpiGroup
from crmcore.measures import Value
from crmcore.scoring import Override
from crmcore.signals import Limits
from crmcore.statistics import Interval, wilson

JUNE = Period.month(1998, 6)
TODAY = date(1998, 7, 3)


def share(definition: str, part: int, n: int) -> Value:
    """A share that was measured in June."""
    return Value(
        number=Decimal(part) / n,
        numerator=Decimal(part),
        denominator=Decimal(n),
        n=n,
        interval=wilson(part, n),
        period=JUNE,
        as_of=date(1998, 7, 1),
        definition=definition,
    )


def amount(definition: str, number: int) -> Value:
    """A total of June, which has no interval."""
    return Value(
        number=Decimal(number),
        n=number,
        period=JUNE,
        as_of=date(1998, 7, 1),
        definition=definition,
        version="2",
    )


def part(name: str, weight: str, **fields: Any) -> Component:  # noqa: ANN401 - any field
    """A component whose number is a share, with 100 points at 0.8."""
    usual = {
        "measure": name,
        "aspect": KpiGroup.SERVICE,
        "curve": Curve(threshold="0.3", target="0.8", stretch="0.9"),
    }
    return Component(name=name, weight=weight, **{**usual, **fields})


CARD = WeightedScorecard(
    name="service",
    components=[
        part("kept", "1", level=Level.TEAM, aspect=KpiGroup.RETENTION),
        part(
            "answered", "0.5", remedy=Phrase("add staff, or shorten the way", "增加人手或简化流程")
        ),
        part("solved", "0.5"),
    ],
    mix={Level.TEAM: "0.6", Level.PERSONAL: "0.4"},
)
VALUES: dict[str, Any] = {
    "kept": share("kept", 156, 200),
    "answered": share("answered", 100, 200),
    "solved": share("solved", 190, 200),
}


def wei(values: dict[str, Any], card: WeightedScorecard = CARD, **more: Any) -> Evaluation:  # noqa: ANN401
    """Wei's evaluation for June."""
    return evaluate("member:wei", card, values, period=JUNE, as_of=TODAY, **more)


def test_the_score_is_the_sum_of_its_ledger() -> None:
    """0.78 is 96 points for the team; 0.5 is 40 and 0.95 is 120 for Wei's own work.

    0.6 · 96 + 0.4 · (0.5 · 40 + 0.5 · 120) = 57.6 + 8 + 24 = 89.6.
    """
    found = wei(VALUES)

    assert found.score == Decimal("89.6")
    assert [entry.sum for entry in found.ledger] == [
        "96 × 0.6 = 57.6",
        "40 × 0.2 = 8",
        "120 × 0.2 = 24",
    ]
    assert found.part(Level.TEAM) == Decimal("57.6")
    assert found.part(Level.PERSONAL) == 32
    assert found.part(Level.COOPERATION) == 0


def test_an_entry_tells_its_evidence() -> None:
    """Number, parts, interval and curve stand beside the points."""
    entry = wei(VALUES).ledger[0]

    assert str(entry) == (
        "kept: 96 × 0.6 = 57.6, because 0.78 (156 of 200, 0.7176 to 0.8318 (95 %, Wilson), "
        "1998-06); 0 points at 0.3, 100 points at 0.8, 120 points at 0.9"
    )


@given(st.lists(st.integers(0, 200), min_size=3, max_size=3), st.permutations(list(VALUES)))
def test_order_does_not_matter(parts: list[int], order: list[str]) -> None:
    """The same numbers in another order give the same evaluation."""
    values = {name: share(name, n, 200) for name, n in zip(VALUES, parts, strict=True)}

    assert wei({name: values[name] for name in order}) == wei(values)


@given(st.lists(st.one_of(st.none(), st.integers(0, 200)), min_size=3, max_size=3))
def test_nothing_is_lost_between_ledger_and_score(parts: list[int | None]) -> None:
    """The score is the weighted mean of the points that are there, to 25 digits or exactly."""
    values: dict[str, Any] = {
        name: share(name, n, 200) for name, n in zip(VALUES, parts, strict=True) if n is not None
    }
    card = attrs.evolve(CARD, least_known="0.01")

    found = wei(values, card)

    if not values:
        assert found.score == Undefined(Reason.NO_DATA)
        return
    assert isinstance(found.score, Decimal)
    assert found.score == sum(entry.contribution for entry in found.ledger)
    shares = card.shares(values)
    expected = sum(
        shares[name] * Fraction(card.components[place].curve.points(values[name].number))
        for place, name in enumerate(VALUES)
        if name in values
    )
    assert abs(Fraction(found.score) - expected) < Fraction(1, 10**24)
    points = [entry.points for entry in found.ledger if entry.points is not None]
    assert min(points) - Decimal("1e-20") <= found.score <= max(points) + Decimal("1e-20")


def test_what_is_missing_is_reweighted_and_said() -> None:
    """Without a number for answers, Wei's own work is what was solved, and a finding says so."""
    values = {**VALUES, "answered": Undefined(Reason.ZERO_DENOMINATOR)}

    found = wei(values)

    assert found.score == Decimal("57.6") + 48
    assert found.missing == ("answered",)
    assert str(found.ledger[1]) == "answered: 0, because no number: the denominator is zero"
    told = next(each for each in found.findings if each.kind == "component_missing")
    assert told.title.en == "answered has no number, and the other components count for it"
    assert ("value", "the denominator is zero") in told.evidence


def test_a_policy_may_refuse_what_is_missing() -> None:
    """Where every number must be there, a single missing one leaves no score."""
    found = wei({"kept": VALUES["kept"]}, attrs.evolve(CARD, least_known=1))

    assert isinstance(found.score, Undefined)
    assert found.score.reason is Reason.TOO_FEW
    assert found.score.detail.en == "numbers are known for 60 % of the weight, 100 % are wanted"
    assert str(found).startswith("member:wei, 1998-06: there are too few observations")
    missing = [each for each in found.findings if each.kind == "component_missing"]
    assert [each.title.en for each in missing] == [
        "answered has no number",
        "solved has no number",
    ]


def test_the_least_share_itself_is_enough() -> None:
    """Where six tenths must be known, six tenths are a score."""
    found = wei({"kept": VALUES["kept"]}, attrs.evolve(CARD, least_known="0.6"))

    assert found.score == 96


def test_nothing_known_is_no_score() -> None:
    """No number at all is no zero."""
    assert wei({}).score == Undefined(Reason.NO_DATA)


def test_strengths_and_weak_points_are_more_than_chance() -> None:
    """190 of 200 is above the target whatever chance did, 100 of 200 below; 156 may be either."""
    found = wei(VALUES).findings

    assert [str(finding) for finding in found] == [
        "warning · member:wei · answered is to be improved: 40 points, 53.73 at most",
        "note · member:wei · solved is a strength: 120 points, 120 at least",
    ]
    assert found[0].suggestion == Phrase("add staff, or shorten the way", "增加人手或简化流程")
    assert found[1].suggestion is None
    assert dict(found[0].evidence)["definition"] == "answered, version 1"
    assert found[0].title.zh == "answered有待改进：40分，至多53.73分"


def test_full_points_all_along_are_a_strength() -> None:
    """Where a curve ends at its target, to be beyond it for sure is all that one can do."""
    curve = Curve(threshold="0.3", target="0.8")
    card = WeightedScorecard(name="service", components=[part("solved", "1", curve=curve)])

    found = wei({"solved": VALUES["solved"]}, card)

    assert [each.kind for each in found.findings] == ["strength"]
    assert found.ledger[0].least == 100


def test_a_difference_within_the_noise_is_no_finding() -> None:
    """The same shares of a tenth of the cases tell nothing of answers any more."""
    values = {
        "kept": share("kept", 16, 20),
        "answered": share("answered", 13, 20),
        "solved": share("solved", 18, 20),
    }

    assert wei(values).findings == ()


def test_without_an_interval_there_is_no_finding() -> None:
    """Whoever cannot tell how far a number varies cannot tell strength from luck."""
    card = WeightedScorecard(
        name="sales",
        components=[part("orders", "1", curve=Curve(threshold=0, target=100, stretch=200))],
    )

    found = wei({"orders": amount("orders", 180)}, card)

    assert found.score == 116
    assert (found.ledger[0].least, found.findings) == (None, ())


@pytest.mark.parametrize(
    ("low", "high", "kinds"),
    [(110, 190, ["strength"]), (90, 190, []), (10, 60, [])],
)
def test_natural_limits_tell_noise_from_news(low: int, high: int, kinds: list[str]) -> None:
    """A total is a strength only where a quiet month would be above its target, too."""
    card = WeightedScorecard(
        name="sales",
        components=[part("orders", "1", curve=Curve(threshold=0, target=100, stretch=200))],
    )
    limits = Limits(
        centre=Decimal(low + high) / 2,
        sigma=Decimal(1),
        low=Decimal(low),
        high=Decimal(high),
        moving_range=Decimal(1),
        range_limit=Decimal(3),
        n=12,
    )

    found = wei({"orders": amount("orders", 180)}, card, natural={"orders": limits})

    assert [finding.kind for finding in found.findings] == kinds


def test_unknown_natural_limits_change_nothing() -> None:
    """Too short a history says nothing of noise."""
    few = Undefined(Reason.TOO_FEW)

    assert wei(VALUES, natural={"kept": few}) == wei(VALUES)


def test_a_component_where_the_target_is_best() -> None:
    """Six visits a month are asked for; nine leave half of the points, and that is sure."""
    curve = Curve(direction=Direction.TARGET, threshold=0, target=6, far=12)
    card = WeightedScorecard(name="visits", components=[part("visits", "1", curve=curve)])
    visits = attrs.evolve(
        amount("visits", 9), interval=Interval(low=8.0, high=10.0, method="Student t")
    )

    found = wei({"visits": visits}, card)

    assert found.score == 50
    assert [finding.kind for finding in found.findings] == ["point_to_improve"]


def test_an_override_is_a_second_number() -> None:
    """It counts while it lasts, and the ledger stays as it is."""
    mercy = Override(value=95, author="Lin", reason="Wei covered for two", expires=date(1998, 8, 1))

    found = wei(VALUES).overridden(mercy)

    assert found.effective == 95
    assert found.score == Decimal("89.6")
    assert found.ledger == wei(VALUES).ledger
    assert str(found).splitlines()[0] == "member:wei, 1998-06: 89.6; Lin says 95"
    ended = attrs.evolve(mercy, expires=TODAY)
    assert found.overridden(ended).effective == Decimal("89.6")
    assert wei(VALUES).effective == Decimal("89.6")


def test_a_score_that_is_not_its_ledger_cannot_be_built() -> None:
    """Nobody can write a nicer number above the same entries."""
    found = wei(VALUES)

    with pytest.raises(InvalidValueError, match=r"score must be the sum of its ledger, 89\.6"):
        attrs.evolve(found, score=Decimal(90))


def test_an_unknown_component_is_refused() -> None:
    """A slip of the pen is met with the name that was meant."""
    with pytest.raises(UnknownNameError, match="unknown component 'solvd'; did you mean 'solved'"):
        wei({"solvd": VALUES["solved"]})
    with pytest.raises(UnknownNameError, match="unknown component 'keep'; did you mean 'kept'"):
        wei(VALUES, natural={"keep": Undefined(Reason.TOO_FEW)})


def test_the_number_of_another_kpi_is_refused() -> None:
    """A component of one KPI takes no number of another."""
    with pytest.raises(
        InvalidValueError, match=r"values must be of kept for kept \(got 'solved'\)"
    ):
        wei({"kept": VALUES["solved"]})


def test_other_kinds_take_numbers_of_any_name() -> None:
    """What a survey or the cooperation measured has a name of its own."""
    component = part("satisfied", "1", kind=ComponentKind.SURVEY)
    card = WeightedScorecard(name="survey", components=[component])

    assert wei({"satisfied": share("satisfied with duties", 160, 200)}, card).score == 100
