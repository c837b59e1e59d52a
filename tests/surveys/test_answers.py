"""Answers: scores on scales, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import F, Schema
from crmcore.errors import InvalidValueError
from crmcore.surveys import Audience, SurveyAnswer
from crmcore.verdicts import Verdict

NOON = datetime(1998, 6, 3, 12, tzinfo=UTC)


def answer(**fields: Any) -> SurveyAnswer:  # noqa: ANN401 - any field of an answer
    """Return a customer's answer on a scale from 1 to 5."""
    usual: dict[str, Any] = {
        "id": "a-1",
        "survey": "service",
        "wave": "1998-H1",
        "item": "delivery",
        "audience": Audience.CUSTOMER,
        "at": NOON,
        "low": 1,
        "high": 5,
        "score": 4,
    }
    return SurveyAnswer(**usual | fields)


@st.composite
def answers(draw: st.DrawFn) -> SurveyAnswer:
    """Draw an answer on any scale, also one that begins below 0."""
    low = draw(st.integers(-5, 5))
    high = low + draw(st.integers(1, 12))
    return answer(low=low, high=high, score=draw(st.integers(low, high)))


@pytest.mark.parametrize(
    ("low", "high", "score", "index"),
    [
        (1, 5, 1, "0"),
        (1, 5, 4, "75"),
        (1, 5, 5, "100"),
        (0, 10, 7, "70"),
        (-2, 2, 1, "75"),
        # 100 * (3 - 1) / (7 - 1) does not end.
        (1, 7, 3, "33.33333333333333333333333333"),
    ],
)
def test_an_index_goes_from_0_to_100(low: int, high: int, score: int, index: str) -> None:
    """Scales of any length can be compared by it."""
    assert answer(low=low, high=high, score=score).index == Decimal(index)


@given(answers())
def test_the_index_is_that_of_the_formula(given_: SurveyAnswer) -> None:
    """It is 100 * (score - low) / (high - low), to 28 digits, whatever context is set."""
    assert given_.score is not None
    exact = Fraction(100 * (given_.score - given_.low), given_.high - given_.low)

    with localcontext(prec=3):
        index = given_.index

    assert index is not None
    assert abs(Fraction(index) - exact) < Fraction(1, 10**24)


@pytest.mark.parametrize(
    ("low", "high", "satisfied"),
    [
        (1, 5, {4, 5}),
        (0, 10, {9, 10}),
        (1, 7, {6, 7}),
        (0, 4, {3, 4}),
        # Fewer than five points: only the top box.
        (1, 4, {4}),
        (1, 3, {3}),
        (0, 1, {1}),
    ],
)
def test_the_top_boxes_are_satisfied(low: int, high: int, satisfied: set[int]) -> None:
    """Two boxes at the top of a scale of five points or more, one of a shorter scale."""
    found = {
        score
        for score in range(low, high + 1)
        if answer(low=low, high=high, score=score).is_satisfied
    }

    assert found == satisfied


def test_promoters_and_detractors_are_told_from_0_to_10() -> None:
    """9 and 10 promote, 0 to 6 detract, 7 and 8 do neither."""
    scores = [answer(low=0, high=10, score=score) for score in range(11)]

    assert [each.score for each in scores if each.is_promoter] == [9, 10]
    assert [each.score for each in scores if each.is_detractor] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("low", "high"), [(1, 5), (1, 10), (0, 5), (0, 11)])
def test_on_other_scales_nobody_promotes(low: int, high: int) -> None:
    """The question of recommendation has one scale; on another it says nothing."""
    found = answer(low=low, high=high, score=high)

    assert (found.is_promoter, found.is_detractor) == (None, None)


def test_who_does_not_know_has_answered_without_a_score() -> None:
    """Such an answer is neither satisfied nor dissatisfied, and has no index."""
    found = answer(low=0, high=10, score=None)

    assert found.index is None
    assert (found.is_satisfied, found.is_promoter, found.is_detractor) == (None, None, None)


def test_criteria_ask_for_what_is_derived() -> None:
    """What an answer says can be asked for like a field; without a score it is unknown."""
    criterion = F.is_satisfied.is_true() & (F.index >= 75)

    assert Schema.of(SurveyAnswer).faults(criterion) == ()
    assert criterion.evaluate(answer(score=4)) is Verdict.HOLDS
    assert criterion.evaluate(answer(score=3)) is Verdict.FAILS
    assert criterion.evaluate(answer(score=None)) is Verdict.UNKNOWN


def test_an_answer_may_be_anonymous() -> None:
    """Who answered, which way, and what it is about may be unknown."""
    found = answer(at=NOON.astimezone(timezone(timedelta(hours=8))))

    assert (found.respondent, found.channel, found.about) == (None, None, None)
    assert found == answer()
    assert [audience.label.zh for audience in Audience] == ["客户", "内部成员", "市场公众"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, r"^id must not be empty"),
        ({"survey": ""}, r"^survey must not be empty"),
        ({"wave": ""}, r"^wave must not be empty"),
        ({"item": ""}, r"^item must not be empty"),
        ({"audience": "customer"}, r"^audience must be one of Audience.CUSTOMER, "),
        ({"respondent": ""}, r"^respondent must not be empty"),
        ({"at": datetime(1998, 6, 3)}, r"^at must carry a time zone"),  # noqa: DTZ001 - that is what is refused
        ({"channel": ""}, r"^channel must not be empty"),
        ({"about": ""}, r"^about must not be empty"),
        ({"low": 0.5}, r"^low must be a whole number \(got 0.5\)"),
        ({"high": True}, r"^high must be a whole number \(got True\)"),
        ({"low": 5}, r"^high must be above low, 5 \(got 5\)"),
        ({"score": 0}, r"^score must be a whole number on the scale from 1 to 5 \(got 0\)"),
        ({"score": 6}, r"^score must be a whole number on the scale from 1 to 5 \(got 6\)"),
        ({"score": 4.5}, r"^score must be a whole number on the scale from 1 to 5 \(got 4.5\)"),
        ({"score": True}, r"^score must be a whole number on the scale"),
    ],
)
def test_an_answer_refuses_what_it_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        answer(**fields)
