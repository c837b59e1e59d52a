"""Internal surveys: results by group, with those hidden who could be told from others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import UnknownNameError
from crmcore.evaluation import SurveyResult, survey_results
from crmcore.kernel import Reason, Undefined
from crmcore.measures import Value
from crmcore.privacy import ALL, groups_to_hide
from crmcore.statistics import mean_interval, wilson
from crmcore.surveys import Audience, SurveyAnswer

JUNE = Period.month(1998, 6)
HIDDEN = Undefined(Reason.SUPPRESSED)


def answer(
    respondent: str | None,
    score: int | None,
    *,
    id: str = "",  # noqa: A002 - as the field is called
    item: str = "clear duties",
    audience: Audience = Audience.MEMBER,
    day: int = 3,
    about: str | None = None,
) -> SurveyAnswer:
    """An answer from 1 to 5 on a day of June."""
    return SurveyAnswer(
        id=id or f"{respondent} {item} {day}",
        survey="duties",
        wave="1998-H1",
        item=item,
        audience=audience,
        respondent=respondent,
        at=datetime(1998, 6, day, 12, tzinfo=UTC),
        low=1,
        high=5,
        score=score,
        about=about,
    )


def results(
    answers: Sequence[SurveyAnswer], by: dict[str, str] | str, minimum: int = 5
) -> tuple[SurveyResult, ...]:
    """The results of June, known in July."""
    return survey_results(
        answers, by=by, period=JUNE, as_of=date(1998, 7, 1), zone="UTC", minimum=minimum
    )


def team(name: str, scores: Sequence[int | None]) -> tuple[list[SurveyAnswer], dict[str, str]]:
    """A team whose members gave these scores, and where each of them belongs."""
    people = [f"{name}-{i}" for i in range(len(scores))]
    given = [answer(who, score) for who, score in zip(people, scores, strict=True)]
    return given, dict.fromkeys(people, name)


def test_teams_see_their_own_and_all() -> None:
    """Five of eight are satisfied; the mean index of 5 4 4 2 1 3 5 4 is 62.5.

    28 points on a scale from 1 to 5: 100 · (28 - 8) / (8 · 4) = 62.5.
    """
    service, where = team("service", [5, 4, 4, 2, 1, 3, 5, 4])
    sales, there = team("sales", [5, 5, 5, 5, 4])

    found = results([*service, *sales], where | there)

    assert [(each.item, each.group, each.is_total, each.people) for each in found] == [
        ("clear duties", "sales", False, 5),
        ("clear duties", "service", False, 8),
        ("clear duties", None, True, 13),
    ]
    ours = found[1]
    assert isinstance(ours.satisfied, Value)
    assert isinstance(ours.index, Value)
    assert (ours.satisfied.number, ours.satisfied.interval) == (Decimal("0.625"), wilson(5, 8))
    scores = [100.0, 75.0, 75.0, 25.0, 0.0, 50.0, 100.0, 75.0]
    assert ours.index.number == Decimal("62.5")
    assert ours.index.interval is not None
    expected = mean_interval(mean(scores), stdev(scores), 8)
    assert expected is not None
    assert ours.index.interval.low == pytest.approx(expected.low)


def test_small_teams_are_hidden_with_whom_would_give_them_away() -> None:
    """Three answers of one team are hidden, and so is the smallest other team."""
    small, where = team("data", [1, 1, 2])
    middle, there = team("sales", [4] * 6)
    large, over_there = team("service", [4] * 9)

    found = results([*small, *middle, *large], where | there | over_there)

    assert {each.group for each in found if each.is_hidden} == {"data", "sales"}
    hidden = found[0]
    assert (hidden.people, hidden.satisfied, hidden.index) == (HIDDEN, HIDDEN, HIDDEN)
    assert found[-1].people == 18


def test_a_team_too_small_in_all_shows_nothing() -> None:
    """Three people are no survey."""
    given, where = team("data", [1, 1, 2])

    assert all(each.is_hidden for each in results(given, where))


def test_each_item_is_protected_by_those_who_answered_it() -> None:
    """Who does not know has not answered, and may make the group too small for that item."""
    first, where = team("data", [3, 3, 3, 3, 3])
    second = [answer(who, None if who.endswith("0") else 4, item="load") for who in where]
    more = [answer(f"x-{i}", 3, item=item) for i in range(7) for item in ("clear duties", "load")]

    found = results([*first, *second, *more], where)

    assert {each.item for each in found if each.is_hidden} == {"load"}
    total = found[-1]
    assert isinstance(total.satisfied, Value)
    assert (total.people, total.satisfied.missing) == (11, 1)


def test_nobody_counts_twice() -> None:
    """Four people who answer twice are four; five answers without a name are five people."""
    twice = [answer(f"p-{i}", 4, day=day) for i in range(4) for day in (3, 9)]
    nameless = [answer(None, 2, id=f"a-{i}", about="other") for i in range(5)]

    found = results([*twice, *nameless], "about")

    assert found[-1].people == 9
    assert [(each.group, each.is_hidden) for each in found] == [
        ("other", True),
        (None, True),
        (None, False),
    ]


def test_only_members_of_the_period_count() -> None:
    """Customers, other months, and answers of the day of judgement are left out."""
    given, where = team("service", [4] * 5)
    outside = [
        answer("c-1", 1, audience=Audience.CUSTOMER),
        answer("late", 1, day=30),
    ]

    found = survey_results(
        [*given, *outside], by=where, period=JUNE, as_of=date(1998, 6, 30), zone="UTC"
    )

    assert [each.people for each in found] == [5, 5]


def test_an_item_that_nobody_knows_has_no_number() -> None:
    """Answers without a score are no data, and hide nobody."""
    given = [answer(f"p-{i}", None) for i in range(6)]

    found = results(given, {})

    assert [(each.people, each.satisfied, each.index) for each in found] == [
        (0, Undefined(Reason.NO_DATA), Undefined(Reason.NO_DATA))
    ] * 2


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 5)), max_size=40), st.integers(1, 6)
)
def test_what_is_shown_is_what_privacy_allows(
    given_scores: list[tuple[str, int]], minimum: int
) -> None:
    """Exactly the groups are hidden that the rule of small groups names."""
    answers = [answer(f"p-{i}", score) for i, (_, score) in enumerate(given_scores)]
    where = {f"p-{i}": name for i, (name, _) in enumerate(given_scores)}
    names = list(where.values())

    found = results(answers, where, minimum)

    hidden = groups_to_hide({(name,): names.count(name) for name in names}, minimum=minimum)
    assert {(ALL if each.is_total else each.group,) for each in found if each.is_hidden} == hidden


@given(st.permutations([answer(f"p-{i}", 1 + i % 5) for i in range(9)]))
def test_order_does_not_matter(answers: list[SurveyAnswer]) -> None:
    """The same answers in another order give the same results."""
    where = {f"p-{i}": "ab"[i % 2] for i in range(9)}

    assert results(answers, where, 2) == results(answers[::-1], where, 2)


def test_an_unknown_field_is_refused() -> None:
    """Groups come from a field that every answer has, or from a table."""
    with pytest.raises(UnknownNameError, match="unknown field 'abut'; did you mean 'about'"):
        results([], "abut")
