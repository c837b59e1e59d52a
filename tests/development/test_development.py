"""What people must learn for what they do, or are to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.development import SkillGap, TrainingNeed, skill_gaps, training_needs
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import DepartmentId, MemberId, ResponsibilityId, RoleId, TeamId
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Interest,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)

TODAY = date(1998, 7, 1)
SERVICE = Team(id=TeamId("service"), name="Service", department=DepartmentId("care"))
CLERK = Role(id=RoleId("clerk"), name="Clerk")


def person(key: str, *, left_on: date | None = None, wish: int = 0, **levels: int) -> Member:
    """Make somebody with skills at levels."""
    return Member(
        id=MemberId(key),
        name=key.capitalize(),
        team=SERVICE.id,
        weekly_hours=Decimal(38),
        skills=[SkillLevel(skill, level) for skill, level in levels.items()],
        interests=[Interest("sql", wish)],
        left_on=left_on,
    )


def work(key: str, importance: int, wants: Mapping[str, int]) -> Responsibility:
    """Make a responsibility that wants skills at levels."""
    return Responsibility(
        id=ResponsibilityId(key),
        name=key.capitalize(),
        role=CLERK.id,
        team=SERVICE.id,
        weekly_hours=Decimal(10),
        importance=importance,
        skills=[SkillLevel(skill, level) for skill, level in wants.items()],
    )


ORGANIZATION = Organization(
    department=Department(id=DepartmentId("care"), name="Customer care"),
    teams=[SERVICE],
    roles=[CLERK],
    members=[
        person("ana", sql=4, tact=1),
        person("ben", sql=4, wish=2),
        person("cy", sql=5, left_on=TODAY),
        person("dee", sql=2),
        person("eve"),
    ],
    responsibilities=[
        work("reports", 3, {"sql": 4}),
        work("lists", 1, {"sql": 3, "tact": 2}),
    ],
)


def held(member: str, responsibility: str, duty: Duty = Duty.RESPONSIBLE) -> Assignment:
    """Give a duty to a member."""
    return Assignment(
        id=f"{responsibility}/{duty}/{member}",
        responsibility=ResponsibilityId(responsibility),
        duty=duty,
        member=MemberId(member),
        since=datetime(1998, 1, 1, tzinfo=UTC),
    )


def gap(
    member: str, has: int, needs: int, because: str = "reports", skill: str = "sql"
) -> SkillGap:
    """Make a gap."""
    return SkillGap(member=MemberId(member), skill=skill, has=has, needs=needs, because=[because])


def needs(*gaps: SkillGap) -> tuple[TrainingNeed, ...]:
    """Return the training needs in the department of the tests."""
    return training_needs(gaps, organization=ORGANIZATION, as_of=TODAY)


def test_a_gap_counts_the_missing_levels() -> None:
    """They are what is wanted less what is had; reasons come once, sorted."""
    missing = attrs.evolve(gap("dee", 2, 4), because=["reports", "lists", "reports"])

    assert (missing.missing_levels, missing.because) == (2, ("lists", "reports"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"needs": 2}, r"^needs must be above the level had, 2"),
        ({"needs": 8}, r"^needs must be between 1 and 7"),
        ({"has": -1}, r"^has must be between 0 and 7"),
        ({"skill": ""}, r"^skill must not be empty"),
        ({"member": ""}, r"^member must not be empty"),
    ],
)
def test_a_gap_is_a_gap(fields: dict[str, Any], message: str) -> None:
    """Whoever has what is wanted lacks nothing."""
    with pytest.raises(InvalidValueError, match=message):
        attrs.evolve(gap("dee", 2, 4), **fields)


def test_holders_lack_what_their_duties_want_more() -> None:
    """One gap for each member and skill, up to the highest level, with all that want it."""
    found = skill_gaps(
        ORGANIZATION, [held("eve", "lists"), held("dee", "lists"), held("dee", "reports")]
    )

    assert [(g.member, g.skill, g.has, g.needs, g.because) for g in found] == [
        ("dee", "sql", 2, 4, ("lists", "reports")),
        ("dee", "tact", 0, 2, ("lists",)),
        ("eve", "sql", 0, 3, ("lists",)),
        ("eve", "tact", 0, 2, ("lists",)),
    ]


def test_whoever_has_it_all_has_no_gap() -> None:
    """A level above the wanted one is enough as well."""
    assert skill_gaps(ORGANIZATION, [held("ana", "reports"), held("cy", "reports")]) == ()


@given(
    st.lists(
        st.builds(
            held,
            st.sampled_from(["ana", "ben", "dee", "eve"]),
            st.sampled_from(["reports", "lists"]),
            st.sampled_from(Duty),
        )
    ),
    st.data(),
)
def test_order_does_not_matter(assignments: list[Assignment], data: st.DataObject) -> None:
    """The same assignments in another order give the same gaps, and these the same needs."""
    found = skill_gaps(ORGANIZATION, assignments)

    assert skill_gaps(ORGANIZATION, data.draw(st.permutations(assignments))) == found
    assert needs(*data.draw(st.permutations(found))) == needs(*found)


@given(
    st.lists(
        st.builds(
            gap,
            st.sampled_from(["ana", "ben", "dee", "eve"]),
            st.integers(0, 2),
            st.integers(3, 5),
            st.sampled_from(["reports", "lists"]),
            st.sampled_from(["sql", "tact"]),
        ),
        max_size=8,
    )
)
def test_every_missing_level_is_in_one_need(gaps: list[SkillGap]) -> None:
    """The steps of all needs, by member, are the levels of all gaps: none lost, none added."""
    lacking = {(g.member, g.skill, level) for g in gaps for level in range(g.has + 1, g.needs + 1)}

    steps = [(member, n.skill, n.level) for n in needs(*gaps) for member in n.members]

    assert sorted(steps) == sorted(lacking)


def test_what_matters_most_comes_first() -> None:
    """By importance, then by how many need it, then by skill and level."""
    found = needs(
        gap("dee", 2, 3, "lists"),
        gap("eve", 0, 1, "lists"),
        gap("dee", 0, 1, "lists", "tact"),
        gap("eve", 0, 1, "lists", "tact"),
        gap("eve", 3, 4),
    )

    assert [(n.skill, n.level, n.importance, len(n.members)) for n in found] == [
        ("sql", 4, 3, 1),
        ("tact", 1, 1, 2),
        ("sql", 1, 1, 1),
        ("sql", 3, 1, 1),
    ]


def test_teachers_are_those_who_have_the_level() -> None:
    """The best first, then the keenest, then by id; whoever has left teaches nobody."""
    (need,) = needs(gap("dee", 3, 4))

    assert need.teachers == ("ben", "ana")
    assert str(need) == "Dee has to reach level 4 of sql"
    assert need.title.zh == "Dee需要达到4级sql"
    assert str(need.suggestion) == "Ben or 1 more could teach it"


def test_one_teacher_is_named_alone() -> None:
    """With nobody else there is no talk of more."""
    (need,) = needs(gap("dee", 0, 1, skill="tact"), gap("eve", 0, 1, skill="tact"))

    assert str(need.title) == "Dee and Eve have to reach level 1 of tact"
    assert str(need.suggestion) == "Ana could teach it"


def test_where_nobody_can_teach_a_course_is_due() -> None:
    """Whoever has left by then does not count."""
    (need,) = needs(gap("dee", 4, 5))

    assert need.teachers == ()
    assert need.suggestion.zh == "部门内无人能授课，请寻找外部课程"


def test_a_gap_without_a_reason_matters_least() -> None:
    """No responsibility means the lowest importance."""
    (need,) = needs(attrs.evolve(gap("dee", 2, 3), because=[]))

    assert (need.importance, need.because) == (1, ())


def test_unknown_names_are_refused() -> None:
    """A gap of nobody, or for nothing, is a mistake."""
    with pytest.raises(UnknownNameError, match=r"^unknown member 'de'; did you mean 'dee'"):
        needs(gap("de", 2, 3))
    with pytest.raises(UnknownNameError, match=r"^unknown responsibility 'report'"):
        needs(gap("dee", 2, 3, "report"))
    with pytest.raises(UnknownNameError, match=r"^unknown member 'de'"):
        skill_gaps(ORGANIZATION, [held("de", "lists")])
