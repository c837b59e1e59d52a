"""Confidential figures: nobody is told apart, not even by subtraction."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase, Reason, Undefined
from crmcore.kpis import Direction, Kpi, KpiGroup, KpiId, KpiSeries, Unit, compute
from crmcore.measures import Count, Cumulative, Derived, Distinct, Mean, Measure, Previous, Ratio
from crmcore.surveys import Audience, SurveyAnswer

JANUARY, FEBRUARY = (Period.month(1998, month) for month in (1, 2))
TERMS: dict[str, Any] = {"as_of": date(1998, 7, 1), "zone": "UTC", "currency": "EUR"}


def answer(number: int, person: str | None, score: int, team: str, month: int = 1) -> SurveyAnswer:
    """Return what a member answered about the own team."""
    return SurveyAnswer(
        id=f"a-{number}",
        survey="duties",
        wave="1998",
        item="allocation",
        audience=Audience.MEMBER,
        respondent=person,
        at=datetime(1998, month, 15, 12, tzinfo=UTC),
        low=1,
        high=5,
        score=score,
        about=team,
    )


def answers(**teams: int) -> list[SurveyAnswer]:
    """Return an answer of each of so many members of each team."""
    return [
        answer(1000 * place + number, f"{team}-{number}", 1 + number % 5, team)
        for place, (team, count) in enumerate(sorted(teams.items()))
        for number in range(count)
    ]


MEAN = Mean("index", source="answers")


def view(measure: Measure = MEAN, **fields: Any) -> Kpi:  # noqa: ANN401 - fields of several types
    """Return a confidential KPI."""
    usual: dict[str, Any] = {
        "id": KpiId("view"),
        "code": "X1",
        "name": Phrase("view of the duties", "对职责分配的看法"),
        "group": KpiGroup.TEAM,
        "unit": Unit.INDEX,
        "direction": Direction.HIGHER,
        "measure": measure,
        "numerator": Phrase("ratings", "评分"),
        "denominator": Phrase("answers", "回答"),
        "definition": Phrase("What members say.", "成员的回答。"),
        "source": "our own",
        "confidential": True,
    }
    return Kpi(**(usual | fields))


def shown(found: tuple[KpiSeries, ...]) -> dict[Any, str]:
    """Return for each group whether it is shown, or why not."""
    return {
        one.scope[0][1] if one.scope else "": value.reason.value
        if isinstance(value, Undefined)
        else "shown"
        for one in found
        for value in one.values[:1]
    }


def test_small_groups_and_what_would_give_them_away_are_withheld() -> None:
    """Of a team of three nothing is told, nor of the one that subtraction would need."""
    records = {"answers": answers(care=3, sales=6, service=9)}

    by_team = compute(records, [JANUARY], kpis=[view()], by="about", **TERMS)
    whole = compute(records, [JANUARY], kpis=[view()], **TERMS)
    open_ = compute(records, [JANUARY], kpis=[view(confidential=False)], by="about", **TERMS)

    assert shown(by_team) == {"care": "suppressed", "sales": "suppressed", "service": "shown"}
    assert shown(whole) == {"": "shown"}
    assert set(shown(open_).values()) == {"shown"}


def test_the_whole_may_be_too_small_itself() -> None:
    """Four members are no crowd, and the number of them is not told either."""
    (found,) = compute({"answers": answers(care=4)}, [JANUARY], kpis=[view(smallest=9)], **TERMS)

    assert found.values == (Undefined(Reason.SUPPRESSED),)
    assert "4" not in str(found.values[0])


def test_people_are_counted_and_not_their_answers() -> None:
    """Ten answers of one member are one member's; answers without a name are each somebody's."""
    one = [answer(number, "wei", 3, "care") for number in range(10)]
    nameless = [answer(number, None, 3, "care") for number in range(5)]

    mine = compute({"answers": one}, [JANUARY], kpis=[view()], **TERMS)
    theirs = compute({"answers": nameless}, [JANUARY], kpis=[view()], **TERMS)

    assert (shown(mine), shown(theirs)) == ({"": "suppressed"}, {"": "shown"})


def test_the_company_says_how_many_are_a_crowd() -> None:
    """Three is the least that may be stated."""
    records = {"answers": answers(care=3)}

    found = compute(records, [JANUARY], kpis=[view()], parameters={"smallest_group": 3}, **TERMS)

    assert shown(found) == {"": "shown"}
    with pytest.raises(InvalidValueError, match="smallest_group must be a whole number from 3"):
        compute(records, [JANUARY], kpis=[view()], parameters={"smallest_group": 2}, **TERMS)


GOOD = Ratio(
    Count(F.is_satisfied.is_true(), source="answers"), Count(source="answers"), proportion=True
)


@pytest.mark.parametrize(
    "measure",
    [
        GOOD,
        Derived("complement", (GOOD,)),
        Derived("difference", (MEAN, MEAN)),
        Cumulative(Distinct("respondent", source="answers"), 90),
    ],
)
def test_whatever_is_made_of_answers_is_withheld(measure: Measure) -> None:
    """A share, a difference and a stretch of days tell of the same few members."""
    few, many = ({"answers": answers(care=count)} for count in (4, 5))

    withheld = compute(few, [JANUARY], kpis=[view(measure)], **TERMS)
    told = compute(many, [JANUARY], kpis=[view(measure)], **TERMS)

    assert (shown(withheld), shown(told)) == ({"": "suppressed"}, {"": "shown"})


def test_a_change_tells_of_the_period_before_too() -> None:
    """Four members in January and ten in February: the change would tell of the four."""
    change = view(Derived("difference", (MEAN, Previous(MEAN))), unit=Unit.INDEX_POINTS)
    february = [
        attrs.evolve(each, id=f"{each.id}'", at=datetime(1998, 2, 15, tzinfo=UTC))
        for each in answers(care=10)
    ]

    (found,) = compute(
        {"answers": [*answers(care=4), *february]}, [FEBRUARY], kpis=[change], **TERMS
    )

    assert found.values == (Undefined(Reason.SUPPRESSED),)


def test_records_of_nobody_cannot_be_confidential() -> None:
    """Whom a cost is about is not recorded, so nobody knows how many are behind it."""
    secret = view(Count(source="costs"), denominator=None)

    with pytest.raises(InvalidValueError, match="count records that tell whom they are about, and"):
        compute({"costs": []}, [JANUARY], kpis=[secret], **TERMS)


@given(
    st.dictionaries(st.sampled_from(["care", "sales", "service", "data"]), st.integers(1, 9)),
)
def test_no_small_group_is_ever_told(teams: dict[str, int]) -> None:
    """Whatever the sizes, no group below five is shown, and never just one is withheld."""
    found = compute({"answers": answers(**teams)}, [JANUARY], kpis=[view()], by="about", **TERMS)

    told = shown(found)
    assert all(told[team] == "suppressed" for team, count in teams.items() if count < 5)
    withheld = [teams[team] for team, word in told.items() if word == "suppressed"]
    assert len(withheld) != 1 or len(teams) == 1
