"""Reasons in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from crmcore.criteria import F
from crmcore.distribution import Arrival, Need, Outcome, Rota, Share, SkipReason
from crmcore.kernel import MemberId, TeamId
from crmcore.organization import Member, SkillLevel

MONDAY = datetime(2026, 9, 28, 9, tzinfo=UTC)


def team(count: int, **facts: Any) -> list[Member]:  # noqa: ANN401 - as Member takes them
    """Members m1, m2, …, all alike."""
    return [
        Member(
            id=MemberId(f"m{n}"),
            name=f"M {n}",
            team=TeamId("care"),
            weekly_hours=Decimal(38),
            **facts,
        )
        for n in range(1, count + 1)
    ]


def test_a_reason_names_the_levels_and_the_runner_up() -> None:
    """Who was able is told in the order of turns, as items for weight, exactly."""
    shares = [
        Share(member=member, weight=Decimal(weight), counted=counted)
        for member, weight, counted in zip(team(3), ["1", "2.50", "3"], [2, 4, 3], strict=True)
    ]

    decision, _ = Rota(shares=shares).assign(Arrival(id="c-1", at=MONDAY))

    assert decision.why.wording.en == "m3, by turn; in turn: m3 3/3, m2 4/2.5, m1 2/1"
    assert decision.why.wording.zh == "m3，按轮次；轮次：m3 3/3、m2 4/2.5、m1 2/1"
    assert decision.why.runner_up == "m2"
    assert str(decision) == f"c-1: {decision.why}"


def test_long_lists_are_cut() -> None:
    """Of many members, the first three are named, and how many more there are."""
    need = Need(language="zh")
    decision, _ = Rota.of(team(5)).assign(Arrival(id="c-1", at=MONDAY))
    nobody, _ = Rota.of(team(4)).assign(Arrival(id="c-1", at=MONDAY, need=need))

    assert "in turn: m1 0/1, m2 0/1, m3 0/1 and 2 more" in str(decision.why)
    assert "m1 0/1、m2 0/1、m3 0/1等5人" in decision.why.wording.zh
    assert "m3 (lacks language zh) and 1 more" in str(nobody.why)


def test_all_that_a_member_lacks_is_told() -> None:
    """A member who lacks a skill, the language, the region and a criterion hears of all four."""
    need = Need(
        skills=[SkillLevel("negotiation", 3)],
        language="zh",
        region="west",
        criterion=F.roles.has("senior"),
    )
    (member,) = team(1, regions=["east"])

    decision, _ = Rota.of([member]).assign(Arrival(id="c-1", at=MONDAY, need=need))

    assert [skip.wording.en for skip in decision.why.skipped] == [
        "lacks negotiation at level 3 or more",
        "lacks language zh",
        "lacks region west",
        "does not meet: roles is a set with senior",
    ]
    assert {skip.reason for skip in decision.why.skipped} == {SkipReason.LACKS}
    assert decision.why.skipped[0].wording.zh == "缺少3级以上的negotiation"


def test_names_that_nobody_knows_come_with_the_nearest() -> None:
    """A slip in a skill, a language or a region is pointed out where it leaves nobody."""
    need = Need(skills=[SkillLevel("negotiations", 1)], language="zh-CN", region="eats")
    people = team(2, skills=[SkillLevel("negotiation", 3)], languages=["en"], regions=["east"])

    decision, _ = Rota.of(people).assign(Arrival(id="c-1", at=MONDAY, need=need))

    assert decision.outcome is Outcome.NOBODY
    assert [hint.en for hint in decision.why.suggestions] == [
        "nobody has the skill negotiations; did you mean negotiation?",
        "nobody has the language zh-CN",
        "nobody has the region eats; did you mean east?",
    ]
    assert decision.why.suggestions[0].zh == "无人具备技能negotiations；是否指negotiation？"
    assert str(decision.why).endswith("did you mean east?")


def test_known_names_bring_no_suggestions() -> None:
    """What somebody has is known; a region is known where somebody serves all regions."""
    need = Need(skills=[SkillLevel("negotiation", 7)], language="en", region="mars")
    people = team(1, skills=[SkillLevel("negotiation", 3)], languages=["en"])

    decision, _ = Rota.of(people).assign(Arrival(id="c-1", at=MONDAY, need=need))

    assert decision.why.suggestions == ()


def test_a_decision_among_many_is_explained() -> None:
    """However many came before and after, a reason tells the levels of its own moment."""
    rota = Rota.of(team(3))
    batch = [Arrival(id=f"c-{n:05}", at=MONDAY + timedelta(seconds=n)) for n in range(10_000)]

    decisions = rota.distribute(batch).decisions

    assert str(decisions[0].why) == "m1, by turn; in turn: m1 0/1, m2 0/1, m3 0/1"
    assert str(decisions[4096].why) == "m2, by turn; in turn: m2 1365/1, m3 1365/1, m1 1366/1"
    assert str(decisions[9999].why) == "m1, by turn; in turn: m1 3333/1, m2 3333/1, m3 3333/1"


def test_outcomes_and_reasons_read_in_both_languages() -> None:
    """Every outcome and every reason has its two labels."""
    labels = [member.label for kind in (Outcome, SkipReason) for member in kind]

    assert all(label.en and label.zh for label in labels)
    assert Outcome.BY_TURN.label.zh == "按轮次"
