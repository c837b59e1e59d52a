"""Members, roles, responsibilities and assignments, each by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import MemberId, ResponsibilityId, RoleId, TeamId
from crmcore.organization import (
    Assignment,
    Duty,
    Interest,
    Member,
    Responsibility,
    Role,
    SkillLevel,
)

JULY = Period.month(1998, 7)
FIRST = datetime(1998, 7, 1, tzinfo=UTC)

SKILLS = [SkillLevel("negotiation", 4), SkillLevel("mandarin", 5)]
INTERESTS = [Interest("negotiation", 2), Interest("complaints", -1)]


def member(**fields: Any) -> Member:  # noqa: ANN401
    """Make Wei, who works 38 hours a week."""
    return Member(
        **{
            "id": MemberId("wei"),
            "name": "Wei",
            "team": TeamId("service"),
            "weekly_hours": Decimal(38),
            **fields,
        }
    )


def responsibility(**fields: Any) -> Responsibility:  # noqa: ANN401
    """Make the answering of complaints, 12 hours a week."""
    return Responsibility(
        **{
            "id": ResponsibilityId("complaints"),
            "name": "Answer complaints",
            "role": RoleId("clerk"),
            "team": TeamId("service"),
            "weekly_hours": Decimal(12),
            **fields,
        }
    )


def test_what_a_member_has_comes_in_any_order() -> None:
    """Skills, interests, roles, languages and leave in another order make the same member."""
    leave = [Period(date(1998, 8, 1), date(1998, 8, 9)), Period(date(1998, 7, 6), date(1998, 7, 7))]
    one = member(
        skills=SKILLS,
        interests=INTERESTS,
        roles=["clerk", "lead", "clerk"],
        languages=["zh", "en"],
        leave=leave,
    )
    other = member(
        skills=reversed(SKILLS),
        interests=reversed(INTERESTS),
        roles=["lead", "clerk"],
        languages=["en", "zh"],
        leave=reversed(leave),
    )

    assert one == other
    assert hash(one) == hash(other)


def test_a_member_without_a_skill_has_it_at_level_0() -> None:
    """What is not said is not there: no skill, and neither a wish nor a dislike."""
    wei = member(skills=SKILLS, interests=INTERESTS)

    assert (wei.level_of("mandarin"), wei.level_of("sql")) == (5, 0)
    assert (wei.interest_in("complaints"), wei.interest_in("sql")) == (-1, 0)


def test_availability_is_the_share_of_the_days_there() -> None:
    """Days of leave and days after leaving count as away, each day once."""
    fortnight = Period(date(1998, 7, 6), date(1998, 7, 20))
    within = Period(date(1998, 7, 6), date(1998, 7, 8))

    assert member().availability(JULY) == 1
    assert member(leave=[fortnight, within]).availability(JULY) == Fraction(31 - 14, 31)
    assert member(left_on=date(1998, 7, 2)).availability(JULY) == Fraction(1, 31)
    assert member(left_on=date(1998, 7, 1)).availability(JULY) == 0


@given(st.integers(0, 40), st.integers(1, 40))
def test_availability_is_what_counting_days_finds(begin: int, length: int) -> None:
    """It agrees with a count of the days that are no leave."""
    away = Period(
        date(1998, 6, 20) + timedelta(begin), date(1998, 6, 20) + timedelta(begin + length)
    )

    there = [d for d in range(31) if date(1998, 7, 1) + timedelta(d) not in away]

    assert member(leave=[away]).availability(JULY) == Fraction(len(there), 31)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weekly_hours": Decimal(169)}, r"^weekly_hours must be between 0 and 168"),
        ({"weekly_hours": Decimal("0.001")}, r"^weekly_hours must be hours that are a whole"),
        ({"weekly_hours": 37.5}, r"^weekly_hours must be a decimal, an integer or text"),
        ({"skills": [SkillLevel("sql", 1), SkillLevel("sql", 2)]}, r"^skills must name each skill"),
        ({"interests": [Interest("sql", 1), Interest("sql", 2)]}, r"^interests must name each sub"),
        ({"team": ""}, r"^team must not be empty"),
    ],
)
def test_a_member_refuses_what_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        member(**fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"weekly_hours": Decimal(0)}, r"^weekly_hours must be above 0 and at most 168"),
        ({"weekly_hours": Decimal(169)}, r"^weekly_hours must be above 0 and at most 168"),
        ({"weekly_hours": Decimal("0.001")}, r"^weekly_hours must be hours that are a whole"),
        ({"skills": [SkillLevel("sql", 1), SkillLevel("sql", 2)]}, r"^skills must name each skill"),
        ({"importance": 4}, r"^importance must be between 1 and 3"),
        ({"expected_outcome": ""}, r"^expected_outcome must not be empty"),
        ({"segregated_from": ["complaints"]}, r"^segregated_from must not name the resp"),
    ],
)
def test_a_responsibility_refuses_what_cannot_be(fields: dict[str, Any], message: str) -> None:
    """Each field says what would be right."""
    with pytest.raises(InvalidValueError, match=message):
        responsibility(**fields)


@pytest.mark.parametrize("level", [0, 8])
def test_levels_go_from_1_to_7(level: int) -> None:
    """The scale is that of SFIA."""
    with pytest.raises(InvalidValueError, match=r"^level must be between 1 and 7"):
        SkillLevel("sql", level)


@pytest.mark.parametrize("strength", [-3, 3])
def test_wishes_go_from_minus_2_to_2(strength: int) -> None:
    """A stronger wish than very much is refused."""
    with pytest.raises(InvalidValueError, match=r"^strength must be between -2 and 2"):
        Interest("sql", strength)


@pytest.mark.parametrize("skills", [["negotiation"], {"negotiation": 3}])
def test_skills_come_with_their_levels(skills: Any) -> None:  # noqa: ANN401
    """A bare name says nothing of how well; the message shows what to write."""
    with pytest.raises(InvalidValueError, match=r"such as SkillLevel\('negotiation', 3\)"):
        Role(id=RoleId("seller"), name="Seller", skills=skills)


def test_a_role_wants_each_skill_once() -> None:
    """A role with one skill at two levels is refused."""
    with pytest.raises(InvalidValueError, match=r"^skills must name each skill once"):
        Role(id=RoleId("r"), name="R", skills=(SkillLevel("sql", 1), SkillLevel("sql", 2)))


def test_duties_cost_their_share_of_the_hours() -> None:
    """Answering for something costs 15 % of its hours, doing it all, and standing by 20 %."""
    shares = {duty.value: duty.hours_share for duty in Duty}

    assert shares == {
        "accountable": Fraction(15, 100),
        "responsible": 1,
        "backup": Fraction(20, 100),
    }


def test_an_assignment_lasts_from_its_first_instant_up_to_its_end() -> None:
    """The end itself does not belong to it, and one without an end goes on."""
    held = Assignment(
        id="a-1",
        responsibility=ResponsibilityId("complaints"),
        duty=Duty.BACKUP,
        member=MemberId("wei"),
        since=FIRST,
        until=FIRST + timedelta(days=1),
    )

    assert held.lasts_at(FIRST)
    assert not held.lasts_at(FIRST + timedelta(days=1))
    assert not held.lasts_at(FIRST - timedelta(microseconds=1))


def test_an_assignment_ends_after_it_begins() -> None:
    """An interval without length is refused."""
    with pytest.raises(InvalidValueError, match=r"^until must be after since, 1998-07-01"):
        Assignment(
            id="a-1",
            responsibility=ResponsibilityId("complaints"),
            duty=Duty.BACKUP,
            member=MemberId("wei"),
            since=FIRST,
            until=FIRST,
        )


@pytest.mark.parametrize("field", ["languages", "regions", "roles"])
def test_one_text_is_no_list(field: str) -> None:
    """It would fall apart into its letters: not one language, ``en``, but ``e`` and ``n``."""
    text: Any = {field: "en"}

    with pytest.raises(InvalidValueError, match=rf"^{field} must be a list of texts, also of a "):
        Member(
            id=MemberId("m-1"), name="Wei", team=TeamId("care"), weekly_hours=Decimal(38), **text
        )


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("left_on", datetime(1998, 7, 1, 23, tzinfo=UTC), "be a day, not an instant"),
        ("leave", [(date(1998, 7, 6), date(1998, 7, 18))], "list periods, as Period"),
    ],
)
def test_days_are_days_and_periods_periods(field: str, value: Any, rule: str) -> None:  # noqa: ANN401
    """A database would keep them, and could not read them again."""
    odd: Any = {field: value}

    with pytest.raises(InvalidValueError, match=rf"^{field} must {rule}"):
        Member(id=MemberId("m-1"), name="Wei", team=TeamId("care"), weekly_hours=Decimal(38), **odd)
