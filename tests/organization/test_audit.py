"""The audit of who does what: one flaw at a time in a department that has none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.improvement import Finding, Severity
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
    audit,
)

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(1998, 7, 1)
SINCE = datetime(1998, 1, 1, tzinfo=UTC)

SERVICE = Team(id=TeamId("service"), name="Service", department=DepartmentId("care"))
CLERK = Role(id=RoleId("clerk"), name="Clerk")
LEAD = Role(id=RoleId("lead"), name="Lead", has_authority=True)


def person(key: str, level: int = 4, *, lead: bool = False, **fields: Any) -> Member:  # noqa: ANN401
    """Make somebody who can negotiate and works ten hours a week."""
    return Member(
        **{
            "id": MemberId(key),
            "name": key.capitalize(),
            "team": SERVICE.id,
            "roles": [LEAD.id if lead else CLERK.id],
            "skills": [SkillLevel("negotiation", level)] if level else [],
            "weekly_hours": Decimal(10),
            **fields,
        }
    )


def work(key: str, **fields: Any) -> Responsibility:  # noqa: ANN401
    """Make a responsibility of ten hours a week that wants negotiation at level 3."""
    return Responsibility(
        **{
            "id": ResponsibilityId(key),
            "name": key.capitalize(),
            "role": CLERK.id,
            "team": SERVICE.id,
            "expected_outcome": "Customers stay.",
            "indicators": ["churn_rate"],
            "weekly_hours": Decimal(10),
            "skills": [SkillLevel("negotiation", 3)],
            **fields,
        }
    )


def held(duty: Duty, member: str, responsibility: str = "complaints") -> Assignment:
    """Give a duty to a member."""
    return Assignment(
        id=f"{responsibility}/{duty}/{member}",
        responsibility=ResponsibilityId(responsibility),
        duty=duty,
        member=MemberId(member),
        since=SINCE,
    )


ANA, WEI, BEN = person("ana", lead=True), person("wei"), person("ben")
DUTIES = (
    held(Duty.ACCOUNTABLE, "ana"),
    held(Duty.RESPONSIBLE, "wei"),
    held(Duty.BACKUP, "ben"),
)


def department(
    *,
    members: Iterable[Member] = (ANA, WEI, BEN),
    responsibilities: Iterable[Responsibility] = (work("complaints"),),
    assignments: Iterable[Assignment] = DUTIES,
) -> Organization:
    """Make a department; as it is, only idle capacity is found."""
    return Organization(
        department=Department(id=DepartmentId("care"), name="Customer care"),
        teams=[SERVICE],
        roles=[CLERK, LEAD],
        members=members,
        responsibilities=responsibilities,
        assignments=assignments,
    )


def findings(organization: Organization, kind: str | None = None, **options: Any) -> list[Finding]:  # noqa: ANN401
    """Return the findings of a kind, or else all but idle capacity."""
    found = audit(organization, as_of=TODAY, zone=NEW_YORK, **options)
    return [f for f in found if (f.kind == kind if kind else f.kind != "idle_capacity")]


def the(organization: Organization, kind: str, **options: Any) -> Finding:  # noqa: ANN401
    """Return the only finding of a kind."""
    (found,) = findings(organization, kind, **options)
    return found


def test_nothing_is_wrong_where_nothing_is() -> None:
    """A department that is covered, able and described gives no finding but idle hours."""
    assert findings(department()) == []


@pytest.mark.parametrize(
    ("duty", "importance", "severity", "title"),
    [
        (Duty.RESPONSIBLE, 3, Severity.CRITICAL, "Nobody is responsible for “Complaints”"),
        (Duty.RESPONSIBLE, 2, Severity.WARNING, "Nobody is responsible for “Complaints”"),
        (Duty.ACCOUNTABLE, 3, Severity.WARNING, "Nobody is accountable for “Complaints”"),
        (Duty.BACKUP, 2, Severity.WARNING, "Nobody is backup of “Complaints”"),
        (Duty.BACKUP, 1, Severity.NOTE, "Nobody is backup of “Complaints”"),
    ],
)
def test_a_duty_that_nobody_holds_is_a_gap(
    duty: Duty, importance: int, severity: Severity, title: str
) -> None:
    """How grave it is depends on the duty and on how important the responsibility is."""
    organization = department(
        responsibilities=[work("complaints", importance=importance)],
        assignments=[a for a in DUTIES if a.duty is not duty],
    )

    gap = the(organization, "gap")

    assert (gap.severity, gap.title.en, gap.subject) == (
        severity,
        title,
        "responsibility:complaints",
    )
    assert dict(gap.evidence) == {
        "duty": duty.value,
        "weekly hours": "10",
        "importance": str(importance),
    }


def test_where_no_backup_is_wanted_none_is_missed() -> None:
    """A responsibility may do without a backup."""
    organization = department(
        responsibilities=[work("complaints", has_backup=False)], assignments=DUTIES[:2]
    )

    assert findings(organization, "gap") == []


def test_a_duty_not_begun_or_ended_is_a_gap() -> None:
    """Only what holds as the day begins in the zone covers a duty."""
    ends_at_midnight = attrs.evolve(DUTIES[1], until=datetime(1998, 7, 1, 4, tzinfo=UTC))
    begins_later = attrs.evolve(DUTIES[2], since=datetime(1998, 7, 1, 4, 1, tzinfo=UTC))
    organization = department(assignments=[DUTIES[0], ends_at_midnight, begins_later])

    gaps = findings(organization, "gap")

    assert sorted(dict(gap.evidence)["duty"] for gap in gaps) == ["backup", "responsible"]


@pytest.mark.parametrize(
    ("others", "suggestion"),
    [
        ([], "There is nobody else to take it; hire somebody"),
        (
            [person("cy", 1), person("dee", 2)],
            (
                "Nobody else has all that it wants; nearest is Dee, "
                "with negotiation at level 2 instead of 3"
            ),
        ),
        ([person("cy"), person("dee", 2)], "Cy could take it, as far as skills and authority go"),
        (
            [person("cy"), person("dee", interests=[Interest("negotiation", 1)])],
            "Dee and Cy could take it, as far as skills and authority go",
        ),
        (
            [person(key) for key in ("gil", "fay", "eve", "dee")]
            + [person("cy", interests=[Interest("complaints", -1)])],
            "Dee, Eve and Fay could take it, as far as skills and authority go",
        ),
    ],
)
def test_a_gap_names_who_could_fill_it(others: list[Member], suggestion: str) -> None:
    """The keenest of those who can come first; where nobody can, the nearest is named."""
    organization = department(members=[ANA, WEI, *others], assignments=DUTIES[:2])

    assert str(the(organization, "gap").suggestion) == suggestion


def test_whoever_is_to_answer_for_it_needs_authority() -> None:
    """Skills alone do not make a candidate for being accountable."""
    organization = department(
        members=[ANA, WEI, BEN, person("cy"), person("dee", lead=True)],
        assignments=[*DUTIES[1:]],
    )

    suggestion = the(organization, "gap").suggestion

    assert str(suggestion) == "Ana and Dee could take it, as far as skills and authority go"


def test_a_duty_of_somebody_who_has_left_is_found() -> None:
    """It is told as that, and not as a gap or as overload as well."""
    left = attrs.evolve(WEI, left_on=TODAY)
    organization = department(members=[ANA, left, BEN])

    (found,) = findings(organization)

    assert (found.kind, found.severity) == ("held_by_former_member", Severity.WARNING)
    assert found.title.en == ("Wei, who left on 1998-07-01, is still responsible for “Complaints”")
    assert str(found.suggestion).startswith("There is nobody else")


def test_whoever_leaves_tomorrow_is_still_there() -> None:
    """The first day away is the first day on which duties must be elsewhere."""
    leaves = attrs.evolve(WEI, left_on=date(1998, 7, 2))

    assert findings(department(members=[ANA, leaves, BEN]), "held_by_former_member") == []


@pytest.mark.parametrize("duty", list(Duty))
def test_two_people_on_one_duty_overlap(duty: Duty) -> None:
    """A second backup is only a note."""
    organization = department(
        members=[ANA, WEI, BEN, person("cy", lead=True)], assignments=[*DUTIES, held(duty, "cy")]
    )

    overlap = the(organization, "overlap")

    assert overlap.severity is (Severity.NOTE if duty is Duty.BACKUP else Severity.WARNING)
    assert overlap.title.en.startswith("2 people are ")
    assert "cy" in dict(overlap.evidence)["members"].split(", ")


@pytest.mark.parametrize(
    ("member", "word"), [("wei", "responsible for"), ("ana", "accountable for")]
)
def test_nobody_backs_up_oneself(member: str, word: str) -> None:
    """The backup is neither who does it nor who answers for it."""
    organization = department(assignments=[*DUTIES[:2], held(Duty.BACKUP, member)])

    found = the(organization, "backup_is_same_person")

    name = member.capitalize()
    assert found.title.en == f"{name} is both {word} and backup of “Complaints”"
    assert str(found.suggestion).startswith("Ben could take it")


def test_to_answer_for_something_takes_authority() -> None:
    """Somebody without it who is accountable is found, with the roles there are."""
    organization = department(assignments=[held(Duty.ACCOUNTABLE, "ben"), *DUTIES[1:2]])

    assert dict(the(organization, "no_authority").evidence) == {"member": "ben", "roles": "clerk"}


def test_segregated_work_is_in_two_hands() -> None:
    """It is broken whichever of the two names the other, and told once if both do."""
    complaints = work("complaints", segregated_from=["refunds"])
    refunds = work("refunds", segregated_from=["complaints"], has_backup=False)
    hands = [held(Duty.ACCOUNTABLE, "ana", "refunds"), held(Duty.RESPONSIBLE, "wei", "refunds")]
    organization = department(responsibilities=[complaints, refunds], assignments=[*DUTIES, *hands])

    broken = the(organization, "segregation_broken")

    assert (broken.severity, broken.subject) == (Severity.CRITICAL, "member:wei")
    assert dict(broken.evidence) == {"responsibilities": "complaints, refunds"}


def test_segregated_work_in_two_hands_is_well() -> None:
    """Being backup or accountable for the other one is no breach."""
    refunds = work("refunds", segregated_from=["complaints"])
    hands = [
        held(Duty.ACCOUNTABLE, "ana", "refunds"),
        held(Duty.RESPONSIBLE, "ben", "refunds"),
        held(Duty.BACKUP, "wei", "refunds"),
    ]
    organization = department(
        responsibilities=[work("complaints"), refunds], assignments=[*DUTIES, *hands]
    )

    assert findings(organization, "segregation_broken") == []


def test_what_is_not_written_down_is_found() -> None:
    """An outcome nobody stated, an indicator nobody named, a role nobody gave."""
    organization = department(
        members=[ANA, WEI, attrs.evolve(BEN, roles=[])],
        responsibilities=[work("complaints", expected_outcome=None, indicators=[])],
    )

    found = {finding.kind: finding.subject for finding in findings(organization)}

    assert found == {
        "no_outcome": "responsibility:complaints",
        "no_indicator": "responsibility:complaints",
        "no_role": "member:ben",
    }


@pytest.mark.parametrize(
    ("hours", "severity"),
    [
        (Decimal(10), None),
        (Decimal("10.5"), Severity.WARNING),
        (Decimal(11), Severity.WARNING),
        (Decimal("11.05"), Severity.CRITICAL),
    ],
)
def test_more_work_than_hours_is_overload(hours: Decimal, severity: Severity | None) -> None:
    """Exactly the hours is fine; above a tenth more it is critical."""
    organization = department(responsibilities=[work("complaints", weekly_hours=hours)])

    found = findings(organization, "overload")

    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_overload_says_by_how_much() -> None:
    """The numbers of the title are the evidence, and the suggestion is their difference."""
    organization = department(responsibilities=[work("complaints", weekly_hours="12.5")])

    overload = the(organization, "overload")

    assert overload.title.en == "Wei has 12.5 h of work in weeks of 10 h"
    assert overload.title.zh == "Wei每周可用10小时，却有12.5小时的工作"
    assert str(overload.suggestion) == "Hand over 2.5 h of work a week"
    assert dict(overload.evidence) == {
        "hours a week of duties": "12.5",
        "hours a week of other work": "0",
        "weekly hours": "10",
        "weekly hours with leave taken off": "10",
        "looked ahead": "1998-07-01/1998-07-29",
    }


def test_leave_takes_hours_off() -> None:
    """Two of four weeks away leave half of the hours, in the weeks that are looked at."""
    away = attrs.evolve(WEI, leave=[Period(date(1998, 7, 8), date(1998, 7, 22))])
    organization = department(members=[ANA, away, BEN])

    assert the(organization, "overload").title.en == (
        "Wei has 10 h of work in weeks of 5 h, with the days away taken off"
    )
    assert findings(organization, "overload", weeks=1) == []


def test_other_work_counts_too() -> None:
    """Hours for the own customers stand beside the duties."""
    overload = the(department(), "overload", other_hours={"wei": Decimal(3)})

    assert overload.title.en == "Wei has 13 h of work in weeks of 10 h"
    assert dict(overload.evidence)["hours a week of other work"] == "3"


def test_the_threshold_of_overload_is_stated() -> None:
    """Whoever allows a fifth more finds less."""
    organization = department(responsibilities=[work("complaints", weekly_hours=12)])

    assert findings(organization, "overload", overload_above=Decimal("1.2")) == []


def test_hours_without_work_are_noted() -> None:
    """Below half of the hours there is room, and the note says for how much."""
    idle = findings(department(), "idle_capacity")

    assert [(f.subject, str(f.suggestion)) for f in idle] == [
        ("member:ana", "There is room for 8.5 h a week"),
        ("member:ben", "There is room for 8 h a week"),
    ]
    assert findings(department(), "idle_capacity", idle_below=Decimal("0.1")) == []


def test_too_few_hours_are_critical() -> None:
    """All duties together, also those nobody holds, are compared with all hours there are."""
    organization = department(
        responsibilities=[
            work("complaints", weekly_hours=20),
            work("refunds", weekly_hours=10, has_backup=False),
        ],
    )

    found = the(organization, "too_few_hours")

    # 20 h times 1.35 with a backup, and 10 h times 1.15 without one.
    assert dict(found.evidence)["hours a week wanted"] == "38.5"
    assert dict(found.evidence)["hours a week available"] == "30"
    assert (found.subject, found.severity) == ("department:care", Severity.CRITICAL)


@pytest.mark.parametrize(
    ("members", "suggestion"),
    [
        ([person("ana", 2, lead=True), person("wei", 1)], "Train Ana, who has level 2, or hire"),
        (
            [person("ana", 2, lead=True), person("wei", 2)],
            "Train Ana and Wei, who have level 2, or hire",
        ),
        ([person("ana", 0, lead=True)], "Hire or train somebody"),
        ([], "Hire or train somebody"),
    ],
)
def test_a_skill_that_nobody_has_is_critical(members: list[Member], suggestion: str) -> None:
    """Whoever comes nearest is named."""
    organization = department(members=members, assignments=[])

    missing = the(organization, "missing_skill")

    assert (missing.severity, missing.subject) == (Severity.CRITICAL, "skill:negotiation")
    assert dict(missing.evidence)["wanted level"] == "3"
    assert str(missing.suggestion) == suggestion


def test_a_skill_that_only_one_has_is_a_single_point_of_failure() -> None:
    """Others below the wanted level do not count, nor does somebody who has left."""
    organization = department(
        members=[person("ana", 2, lead=True), WEI, attrs.evolve(BEN, left_on=TODAY)],
    )

    found = the(organization, "single_point_of_failure")

    assert found.title.en == ("Only Wei has negotiation at level 3, which “Complaints” wants")
    assert str(found.suggestion) == "Let Wei teach a second person"


def test_a_skill_may_be_missing_at_one_level_and_rare_at_another() -> None:
    """Each is told once, at the lowest level at which it is so."""
    organization = department(
        members=[person("ana", 2, lead=True), WEI],
        responsibilities=[
            work("complaints", skills=[SkillLevel("negotiation", 5)]),
            work("disputes", skills=[SkillLevel("negotiation", 6)]),
            work("offers", skills=[SkillLevel("negotiation", 3)]),
            work("refunds", skills=[SkillLevel("negotiation", 4)]),
            work("thanks", skills=[SkillLevel("negotiation", 2)]),
            work("greetings", skills=[]),
        ],
        assignments=[],
    )

    missing, rare = the(organization, "missing_skill"), the(organization, "single_point_of_failure")

    assert missing.title.en == (
        "Nobody has negotiation at level 5, which “Complaints” with 1 more wants"
    )
    assert missing.title.zh == "“Complaints”等2项职责需要5级的negotiation，但无人具备"
    assert dict(missing.evidence)["responsibilities"] == "complaints, disputes"
    assert dict(rare.evidence)["responsibilities"] == "offers, refunds"
    assert dict(rare.evidence)["wanted level"] == "3"


@pytest.mark.parametrize(
    ("duty", "level", "severity"),
    [
        (Duty.ACCOUNTABLE, 2, Severity.NOTE),
        (Duty.RESPONSIBLE, 2, Severity.NOTE),
        (Duty.RESPONSIBLE, 1, Severity.WARNING),
        (Duty.BACKUP, 1, Severity.NOTE),
        (Duty.BACKUP, 0, Severity.WARNING),
    ],
)
def test_holders_below_the_level_are_found(duty: Duty, level: int, severity: Severity) -> None:
    """One level short can be learned on the way, for a backup two; more is a warning."""
    cy = person("cy", level, lead=True)
    organization = department(
        members=[ANA, WEI, BEN, cy],
        assignments=[a for a in DUTIES if a.duty is not duty] + [held(duty, "cy")],
    )

    below = the(organization, "below_level")

    assert (below.severity, below.subject) == (severity, "member:cy")
    assert dict(below.evidence)["level had"] == str(level)
    assert str(below.suggestion).startswith(
        "Train Cy" if severity is Severity.NOTE else "Hand it to somebody"
    )


@given(st.data())
def test_order_does_not_matter(data: st.DataObject) -> None:
    """The same records in another order give the same findings; every flaw of a random state."""
    members = [
        person(key, data.draw(st.integers(0, 5)), lead=data.draw(st.booleans()))
        for key in ("ana", "ben", "wei")
    ]
    responsibilities = [work("complaints"), work("refunds", segregated_from=["complaints"])]
    possible = [
        held(duty, member.id, responsibility.id)
        for duty in Duty
        for member in members
        for responsibility in responsibilities
    ]
    assignments = data.draw(st.lists(st.sampled_from(possible), unique=True))

    told = audit(
        department(members=members, responsibilities=responsibilities, assignments=assignments),
        as_of=TODAY,
        zone=NEW_YORK,
    )

    again = audit(
        department(
            members=data.draw(st.permutations(members)),
            responsibilities=data.draw(st.permutations(responsibilities)),
            assignments=data.draw(st.permutations(assignments)),
        ),
        as_of=TODAY,
        zone=NEW_YORK,
    )
    assert told == again
    covered = {(a.responsibility, a.duty) for a in assignments}
    assert len([f for f in told if f.kind == "gap"]) == 6 - len(covered)


def test_other_work_of_nobody_is_refused() -> None:
    """A name that leads nowhere would be work that nobody counts."""
    with pytest.raises(UnknownNameError, match=r"^unknown member 'wie'; did you mean 'wei'"):
        findings(department(), other_hours={"wie": Decimal(1)})


def test_no_week_is_nothing_to_look_at() -> None:
    """At least one week lies ahead."""
    with pytest.raises(InvalidValueError, match=r"^weeks must be at least 1"):
        findings(department(), weeks=0)
