"""What nobody can hold: true and irreducible reasons, and remedies that do what they promise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.criteria import F
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Phrase,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.plans import Plan, Remedy, Shortfall, Uncovered
from crmcore.reassignment import (
    Apart,
    AssignmentWeights,
    Bundle,
    Capacity,
    CustomerNeed,
    Eligibility,
    assign_customers,
    assign_responsibilities,
)
from tests.reassignment.making import DAY, holder, need

NOON = datetime(2026, 9, 30, tzinfo=UTC)
CALM = AssignmentWeights(idle=0, tolerance=Decimal(0), dead_band=0)
SKILLS = ("law", "repair")


def plan(
    book: Iterable[CustomerNeed],
    holders: Iterable[Capacity],
    **more: Any,  # noqa: ANN401
) -> Plan:
    """Plan with calm weights."""
    return assign_customers(book, holders, **{"as_of": DAY, "weights": CALM, **more})


def only_shortfall(found: Plan) -> Shortfall:
    """Return the single shortfall of a plan."""
    (shortfall,) = found.shortfalls
    return shortfall


def only_gap(found: Plan) -> Uncovered:
    """Return the single uncovered item of a plan."""
    (gap,) = found.uncovered
    return gap


def test_few_who_have_the_skill_have_too_few_hours() -> None:
    """Three customers want what two people have, who are short of hours together."""
    law = {"skills": [SkillLevel("law", 4)], "importance": 2}
    book = [need("c-1", 10, **law), need("c-2", 10, **law), need("c-3", 10, **law), need("c-4")]
    able = {"skills": [SkillLevel("law", 4)]}

    found = plan(book, [holder("wei", 10, **able), holder("lin", 10, **able), holder("bob", 30)])

    reason = only_shortfall(found)
    assert reason.items == ("customer:c-1", "customer:c-2", "customer:c-3")
    assert reason.holders == ("lin", "wei")
    assert [reason.need, reason.have, reason.short, reason.lacking] == [30, 22, 8, 8]
    assert reason.wants == (Phrase("law at level 4 or more", "4级以上的law"),)
    assert reason.wording == Phrase(
        "customer:c-1, customer:c-2 and customer:c-3 want law at level 4 or more: "
        "only lin and wei can, together 8 h short of 30 h",
        "customer:c-1、customer:c-2、customer:c-3需要4级以上的law："
        "仅lin、wei可以承担，合计需30小时，缺8小时",
    )
    assert len(reason.uncovered) == 1


def test_many_uncovered_are_few_reasons() -> None:
    """Forty customers without anybody are two reasons, each with all that it explains."""
    book = [need(f"f-{at:02}", language="fr") for at in range(20)]
    book += [need(f"l-{at:02}", skills=[SkillLevel("law", 2)]) for at in range(20)]

    found = plan(book, [holder("wei", 10, skills=[SkillLevel("law", 3)])])

    by_hours, by_nobody = sorted(found.shortfalls, key=lambda one: not one.holders)
    assert len(found.uncovered) == 35
    assert by_nobody.items == ("customer:f-00",)
    assert len(by_nobody.uncovered) == 20
    assert str(by_nobody) == (
        "customer:f-00 wants language fr: nobody has that; 20 stay uncovered for this"
    )
    assert len(by_hours.items) == 6
    assert by_hours.lacking == 29
    assert "h short for all that only they may hold; 15 stay uncovered" in str(by_hours)
    assert "仅其可承担的事项合计缺29小时；因此15项无人承担" in by_hours.wording.zh


def test_nobody_has_both() -> None:
    """Where somebody has each of two things, but nobody both, the two are the reason."""
    people = [
        holder("wei", 10, skills=[SkillLevel("law", 4)], languages=["zh"]),
        holder("lin", 10, languages=["fr", "zh"]),
    ]

    found = plan([need("c-1", skills=[SkillLevel("law", 2)], language="fr")], people)

    assert str(only_shortfall(found)) == (
        "customer:c-1 wants law at level 2 or more and language fr: nobody has that"
    )


def test_nobody_has_so_many_hours_at_once() -> None:
    """What is larger than anybody's limit can be held by nobody, however many there are."""
    reason = only_shortfall(plan([need("c-1", 15)], [holder("wei", 10), holder("lin", 10)]))

    assert reason.wants == (Phrase("15 h of one member", "同一成员的15小时"),)
    assert reason.holders == ()
    assert reason.lacking == 15


def test_pieces_do_not_fit() -> None:
    """Three halves do not fit on two people, though their hours are enough together."""
    found = plan([need(f"c-{at}", 6) for at in range(3)], [holder("wei", 10), holder("lin", 10)])

    reason = only_shortfall(found)
    assert reason.items == ("customer:c-0", "customer:c-1", "customer:c-2")
    assert [reason.short, reason.lacking] == [0, 0]
    assert str(reason).endswith(
        ": only lin and wei can, and 18 h in whole pieces do not fit into 22 h"
    )
    assert "18小时无法整项分配到22小时之内" in reason.wording.zh


def test_only_so_much_is_tried() -> None:
    """Where dozens of pieces do not fit, some are explained; the rest has its funnel."""
    regions = [f"r{at}" for at in range(16)]
    people = [holder(f"{key}-{region}", 10, regions=[region]) for region in regions for key in "ab"]
    book = [need(f"c-{region}-{at}", 6, region=region) for region in regions for at in range(3)]

    found = plan(book, people)

    assert len(found.uncovered) == 16
    assert 5 < len(found.shortfalls) < 16
    assert {len(reason.items) for reason in found.shortfalls if reason.is_irreducible} == {3}
    assert sum(not reason.is_irreducible for reason in found.shortfalls) <= 1


def test_competitors_are_too_many() -> None:
    """Three who must be apart have two who could look after them."""
    rule = Apart([CustomerId(f"c-{at}") for at in range(3)])

    found = plan(
        [need(f"c-{at}") for at in range(4)], [holder("wei", 10), holder("lin", 10)], rules=[rule]
    )

    reason = only_shortfall(found)
    assert reason.items == ("customer:c-0", "customer:c-1", "customer:c-2")
    assert len(reason.apart) == 3
    assert "and some of them need different holders" in str(reason)
    assert "且其中部分须由不同成员承担" in reason.wording.zh


def test_what_is_dear_is_not_impossible() -> None:
    """Where somebody could, but an hour costs more than it is worth, that is the reason."""
    costly = attrs.evolve(CALM, over=600)

    found = plan([need("c-1", 32)], [holder("wei", 30)], weights=costly)

    gap = only_gap(found)
    assert found.shortfalls == ()
    assert gap.dearer == pytest.approx(Decimal("132.375"))
    assert gap.reason.zh.endswith("但其工时用于他处更有价值，每小时相差132.4分")


def test_a_bundle_is_short_as_a_whole() -> None:
    """What goes as one has the reasons of all its parts, and no remedy for one of them."""
    book = [
        need("c-1", language="fr"),
        need("c-2", skills=[SkillLevel("law", 2)]),
    ]
    people = [holder("wei", 10, languages=["fr"]), holder("lin", 10, skills=[SkillLevel("law", 2)])]

    found = plan(book, people, rules=[Bundle([CustomerId("c-1"), CustomerId("c-2")])])

    assert [gap.reason.en for gap in found.uncovered] == [
        "2 members → 1 with language fr → none with all that goes with it",
        "2 members → 1 with law at level 2 or more → none with all that goes with it",
    ]
    assert all(gap.remedies == () for gap in found.uncovered)
    assert only_shortfall(found).uncovered == ("customer:c-1", "customer:c-2")


def test_a_bundle_that_is_dear_counts_all_its_hours() -> None:
    """Whoever could take a bundle whole is measured by what the whole would cost."""
    costly = attrs.evolve(CALM, over=600)
    book = [need("c-1", 16), need("c-2", 16)]

    found = plan(
        book,
        [holder("wei", 30)],
        weights=costly,
        rules=[Bundle([CustomerId("c-1"), CustomerId("c-2")])],
    )

    assert found.shortfalls == ()
    assert {gap.dearer for gap in found.uncovered} != {None}
    assert len(found.uncovered) == 2


@attrs.frozen
class Small:
    """A small book with the people for it."""

    book: tuple[CustomerNeed, ...]
    people: tuple[Capacity, ...]

    @property
    def able(self) -> Mapping[str, frozenset[str]]:
        """Who may look after each customer."""
        return {
            one.customer: frozenset(
                capacity.member.id
                for capacity in self.people
                if all(capacity.member.level_of(w.skill) >= w.level for w in one.skills)
            )
            for one in self.book
        }

    @property
    def limits(self) -> Mapping[str, int]:
        """The minutes that each can take at most."""
        return {
            capacity.member.id: int(capacity.hours * 60 * Decimal("1.1"))
            for capacity in self.people
        }

    def minutes(self, keys: Collection[str]) -> int:
        """Return the minutes of some customers."""
        return sum(int(one.hours * 60) for one in self.book if one.customer in keys)

    def can_cover(self, keys: Collection[str]) -> bool:
        """Say whether somebody can be found for each of these customers, by trying all ways."""
        wanted = [one for one in self.book if one.customer in keys]
        for who in product(*(sorted(self.able[one.customer]) for one in wanted)):
            loads = dict.fromkeys(self.limits, 0)
            for one, at in zip(wanted, who, strict=True):
                loads[at] += int(one.hours * 60)
            if all(loads[key] <= most for key, most in self.limits.items()):
                return True
        return False

    def is_hall_set(self, keys: Collection[str]) -> bool:
        """Say whether some customers want more hours than all have who may hold any of them."""
        roomy = {
            key: {who for who in self.able[key] if self.limits[who] >= self.minutes([key])}
            for key in keys
        }
        holders = set().union(*roomy.values())
        return self.minutes(keys) > sum(self.limits[who] for who in holders)


def small(seed: int) -> Small:
    """Return a small book that is often too much."""
    chance = Random(seed)  # noqa: S311 - made-up customers need no cryptographic chance
    people = tuple(
        holder(
            key,
            chance.randint(2, 10),
            skills=[
                SkillLevel(skill, chance.randint(1, 3))
                for skill in chance.sample(SKILLS, chance.randint(1, 2))
            ],
        )
        for key in ("ann", "bob", "cem")[: chance.randint(1, 3)]
    )
    book = tuple(
        need(
            f"c-{at}",
            chance.randint(1, 6),
            importance=chance.randint(1, 3),
            skills=[SkillLevel(chance.choice(SKILLS), chance.randint(1, 3))],
        )
        for at in range(chance.randint(1, 6))
    )
    return Small(book, people)


@given(seed=st.integers(0, 100_000))
def test_a_reason_is_true_and_nothing_can_be_left_out(seed: int) -> None:
    """No way covers the items of a reason, and what is left without any of them is none."""
    case = small(seed)

    found = plan(case.book, case.people)

    for reason in found.shortfalls:
        items = [key.partition(":")[2] for key in reason.items]
        parts = [part for part in combinations(items, len(items) - 1) if part]
        assert reason.is_irreducible
        assert not case.can_cover(items)
        assert {f"customer:{key}" for key in items} == set(reason.items)
        assert reason.need == Decimal(case.minutes(items)) / 60
        assert reason.have == Decimal(sum(case.limits[who] for who in reason.holders)) / 60
        if reason.short:
            assert case.is_hall_set(items)
            assert not any(case.is_hall_set(part) for part in parts)
        else:
            assert all(case.can_cover(part) for part in parts)
        assert set(reason.uncovered) <= {gap.subject for gap in found.uncovered}


@given(seed=st.integers(0, 100_000))
@example(seed=243)  # what is in the way could move, but for something else
@example(seed=718)  # nothing less than all five items is too much
def test_whatever_cannot_be_covered_is_told(seed: int) -> None:
    """There is a reason exactly where not everything together can be covered."""
    case = small(seed)
    everything = [one.customer for one in case.book]

    found = plan(case.book, case.people)

    assert bool(found.shortfalls) is not case.can_cover(everything)
    assert all(gap.reason for gap in found.uncovered)


def with_remedy(case: Small, remedy: Remedy) -> tuple[Capacity, ...]:
    """Return the people once a remedy is carried out."""

    def helped(one: Capacity) -> Capacity:
        if one.member.id != remedy.member:
            return one
        reached = {level.skill for level in remedy.skills}
        skills = [level for level in one.member.skills if level.skill not in reached]
        member = attrs.evolve(one.member, skills=[*skills, *remedy.skills])
        return attrs.evolve(one, member=member, hours=one.hours + remedy.hours)

    return tuple(map(helped, case.people))


@given(seed=st.integers(0, 100_000))
def test_a_remedy_does_what_it_promises(seed: int) -> None:
    """Planned again with a remedy, the plan wins at least what the remedy is worth."""
    case = small(seed)

    found = plan(case.book, case.people)

    for gap in found.uncovered:
        for remedy in gap.remedies:
            assert remedy.changes in {1, 2}
            again = plan(case.book, with_remedy(case, remedy))
            won = Decimal(found.certificate.value - again.certificate.bound) / 1000
            assert won >= remedy.worth > 0


@given(seed=st.integers(0, 100_000))
def test_the_hours_of_a_remedy_are_the_fewest(seed: int) -> None:
    """With a quarter of an hour less, taking what is uncovered would not pay, or not fit."""
    case = small(seed)
    curves = {one.member.id: (one.hours, one.member) for one in case.people}

    found = plan(case.book, case.people)

    loads = {load.member: int(load.hours * 60) for load in found.after.loads}
    for gap in found.uncovered:
        for remedy in gap.remedies:
            if not remedy.hours or remedy.changes > 1:
                continue
            one = next(one for one in case.book if one.customer == gap.customer)
            hours, member = curves[remedy.member]
            minutes = int((hours + remedy.hours) * 60) - 15
            curve = CALM.holder(remedy.member, minutes)
            load, more = loads[remedy.member], int(one.hours * 60)
            if load + more > curve.limit:
                continue
            level = member.level_of(one.skills[0].skill) - one.skills[0].level
            fit = one.importance * (100 - min(70 + 10 * level, 100)) * 1000
            assert fit + curve.cost(load + more) - curve.cost(load) >= gap.cost * 1000


def test_two_changes_where_one_is_not_enough() -> None:
    """Somebody without the level and without the hours needs both, and it says so."""
    book = [need("c-1", 12, skills=[SkillLevel("law", 3)], importance=3)]

    gap = only_gap(plan(book, [holder("wei", 10, skills=[SkillLevel("law", 2)])]))

    (remedy,) = gap.remedies
    assert (remedy.changes, remedy.skills) == (2, (SkillLevel("law", 3),))
    assert remedy.wording.en == (
        f"{remedy.hours:f} h more for wei and training wei in law up to level 3 would do"
    )
    assert remedy.wording.zh == f"为wei增加{remedy.hours:f}小时并将wei的law培训至3级即可"


def test_three_changes_are_no_remedy() -> None:
    """Whoever lacks three things is not told to change all of them."""
    wanted = need("c-1", skills=[SkillLevel("law", 3), SkillLevel("repair", 3)], language="fr")

    gap = only_gap(
        plan([wanted], [holder("wei", 10, skills=[SkillLevel("law", 1), SkillLevel("repair", 1)])])
    )

    assert (gap.remedies, gap.remedy) == ((), None)


def test_a_competitor_may_be_let_in() -> None:
    """Where a rule between two customers is all that is in the way, lifting it is a remedy."""
    rule = Apart([CustomerId("c-1"), CustomerId("c-2")])

    gap = only_gap(plan([need("c-1"), need("c-2")], [holder("wei", 10)], rules=[rule]))

    (remedy,) = gap.remedies
    assert remedy.lifts == (f"customer:{'c-1' if gap.customer == 'c-2' else 'c-2'}",)
    assert str(remedy) == f"letting wei hold {remedy.lifts[0]} beside it would do"


def test_a_rule_of_the_company_may_be_what_is_lacking() -> None:
    """A rule that only one keeps who is full is named beside the hours."""
    rule = Eligibility(
        only=F.seniority >= 3, label=Phrase("three years of service", "三年以上资历")
    )
    junior = attrs.evolve(holder("jun", 10), facts={"seniority": 1})

    gap = only_gap(plan([need("c-1")], [junior], rules=[rule]))

    assert gap.remedy == Phrase(
        "three years of service for jun would do", "使jun具备三年以上资历即可"
    )


def test_who_keeps_something_against_a_rule_may_be_taught() -> None:
    """The holder who lacks a level is the nearest remedy, and what it wins is told."""
    book = [need("c-1", owner="wei", skills=[SkillLevel("law", 3)])]

    found = plan(book, [holder("wei", 10, skills=[SkillLevel("law", 2)])])

    (remedy,) = only_gap(found).remedies
    assert only_gap(found).stays_with == "wei"
    assert (remedy.member, remedy.skills) == ("wei", (SkillLevel("law", 3),))
    assert remedy.worth == 450 - 30
    assert only_shortfall(found).uncovered == ("customer:c-1",)


CARE = DepartmentId("care")


def department(
    people: Iterable[Member], works: Iterable[Responsibility], held: Iterable[Assignment] = ()
) -> Organization:
    """Return a department of one team with a role that has authority."""
    return Organization(
        department=Department(id=CARE, name="Care"),
        teams=[Team(id=TeamId("t"), name="Team", department=CARE)],
        roles=[Role(id=RoleId("lead"), name="Lead", has_authority=True)],
        members=people,
        responsibilities=works,
        assignments=held,
    )


def person(key: str, level: int, *, hours: int = 38, lead: bool = False) -> Member:
    """Return a member with a level of Mandarin."""
    return Member(
        id=MemberId(key),
        name=key.title(),
        team=TeamId("t"),
        weekly_hours=Decimal(hours),
        roles=["lead"] if lead else [],
        skills=[SkillLevel("Mandarin", level)] if level else [SkillLevel("law", 1)],
    )


def work(key: str, **more: Any) -> Responsibility:  # noqa: ANN401
    """Return a responsibility without a backup that wants Mandarin."""
    return Responsibility(
        **{
            "id": key,
            "name": key.title(),
            "role": "lead",
            "team": TeamId("t"),
            "weekly_hours": Decimal(15),
            "has_backup": False,
            "skills": [SkillLevel("Mandarin", 5)],
            **more,
        }
    )


def test_duties_are_called_by_their_names() -> None:
    """Three responsibilities want Mandarin, and the two who have it are short of hours."""
    people = [
        person("wei", 4, hours=15),
        person("lin", 4, hours=15),
        person("ann", 4, hours=10, lead=True),
        person("bob", 0),
    ]
    works = [work("renewals"), work("complaints"), work("returns")]

    found = assign_responsibilities(department(people, works), as_of=DAY)

    reason = next(one for one in found.shortfalls if one.holders)
    assert reason.names[0] == Phrase("Complaints (responsible)", "Complaints（执行）")
    assert reason.holders == ("lin", "wei")
    assert reason.wants[0] == Phrase("Mandarin at level 4 or more", "4级以上的Mandarin")
    assert "together" in str(reason)


def test_a_second_person_is_wanting() -> None:
    """The only one who can be responsible cannot be the backup of it."""
    people = [person("wei", 5, lead=True), person("bob", 0)]

    found = assign_responsibilities(
        department(people, [work("renewals", has_backup=True)]), as_of=DAY
    )

    reason = only_shortfall(found)
    assert "responsibility:renewals:backup" in reason.items
    assert reason.apart
    assert reason.holders == ("wei",)
    assert str(reason).startswith("Renewals (")


def test_training_goes_on_until_the_fit_is_above_nothing() -> None:
    """Enough levels for the rule but too few for any fit are trained further."""
    hard = work(
        "renewals", skills=[SkillLevel(skill, 3) for skill in ("Mandarin", "law", "repair")]
    )
    novice = attrs.evolve(
        person("ann", 2, lead=True),
        skills=[SkillLevel(skill, 2) for skill in ("Mandarin", "law", "repair")],
    )

    found = assign_responsibilities(department([novice], [hard]), as_of=DAY)

    for gap in found.uncovered:
        (remedy,) = gap.remedies
        assert remedy.skills == (SkillLevel("repair", 3),)
        trained = attrs.evolve(
            novice,
            skills=[SkillLevel("Mandarin", 2), SkillLevel("law", 2), SkillLevel("repair", 3)],
        )
        assert assign_responsibilities(department([trained], [hard]), as_of=DAY).uncovered == ()


def test_who_fits_nothing_of_another_team_has_no_remedy() -> None:
    """Where no level is lacking and the fit is still nothing, no training helps."""
    weights = AssignmentWeights(other_team=100)
    away = attrs.evolve(person("ann", 5, lead=True), team=TeamId("o"))
    organization = attrs.evolve(
        department([], [work("renewals")]),
        teams=[
            Team(id=TeamId("t"), name="Team", department=CARE),
            Team(id=TeamId("o"), name="Office", department=CARE),
        ],
        members=[away],
    )

    found = assign_responsibilities(organization, as_of=DAY, weights=weights)

    assert [gap.remedies for gap in found.uncovered] == [(), ()]
    assert {gap.responsibility for gap in found.uncovered} == {ResponsibilityId("renewals")}
    assert {gap.duty for gap in found.uncovered} == {Duty.ACCOUNTABLE, Duty.RESPONSIBLE}
