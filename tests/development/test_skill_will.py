"""The skill–will matrix: who is directed, guided, excited, and left to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crmcore.development import SkillWill, skill_will
from crmcore.kernel import MemberId, Phrase, ResponsibilityId, RoleId, TeamId, Undefined
from crmcore.organization import Interest, Member, Responsibility, SkillLevel

RENEWALS = Responsibility(
    id=ResponsibilityId("renewals"),
    name="Renewals",
    role=RoleId("advisor"),
    team=TeamId("service"),
    weekly_hours=Decimal(8),
    skills=[SkillLevel("law", 2), SkillLevel("negotiation", 3)],
)


def person(negotiation: int, /, **wishes: int) -> Member:
    """Return somebody who knows the law, with a level of negotiation and some wishes."""
    return Member(
        id=MemberId("wei"),
        name="Wei",
        team=TeamId("service"),
        weekly_hours=Decimal(38),
        skills=[SkillLevel("law", 2), SkillLevel("negotiation", negotiation)],
        interests=[Interest(subject, strength) for subject, strength in wishes.items()],
    )


@pytest.mark.parametrize(
    ("negotiation", "wish", "field"),
    [
        (2, -1, SkillWill.DIRECT),
        (2, 1, SkillWill.GUIDE),
        (3, -1, SkillWill.EXCITE),
        (3, 0, SkillWill.EXCITE),
        (3, 1, SkillWill.DELEGATE),
        (7, 2, SkillWill.DELEGATE),
    ],
)
def test_the_matrix_has_four_fields(negotiation: int, wish: int, field: SkillWill) -> None:
    """One level less than wanted is too little ability, and a wish of 0 is none."""
    assert skill_will(person(negotiation, renewals=wish), RENEWALS) is field


def test_wishes_for_skills_count_where_nothing_else_is_said() -> None:
    """The wishes for the skills add up, unless the responsibility has one of its own."""
    assert skill_will(person(3, negotiation=2, law=-1), RENEWALS) is SkillWill.DELEGATE
    assert skill_will(person(3, negotiation=1, law=-1), RENEWALS) is SkillWill.EXCITE
    assert skill_will(person(3, negotiation=2, renewals=-1), RENEWALS) is SkillWill.EXCITE


def test_who_has_said_nothing_is_in_no_field() -> None:
    """To have told no wish about it is not the same as to have none."""
    assert isinstance(skill_will(person(3, repair=2), RENEWALS), Undefined)


def test_the_fields_have_labels_in_both_languages() -> None:
    """What a lead reads."""
    assert [field.label for field in SkillWill] == [
        Phrase("direct", "指令"),
        Phrase("guide", "辅导"),
        Phrase("excite", "激励"),
        Phrase("delegate", "授权"),
    ]
