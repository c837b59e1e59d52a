"""Policies: what linting finds in their criteria."""

from __future__ import annotations

from decimal import Decimal

import attrs

from crmcore.criteria import Criterion, F
from crmcore.features import FEATURES
from crmcore.improvement import Severity
from crmcore.lifecycle import StageModel
from crmcore.linting import LintKind
from crmcore.policies import Policy
from crmcore.scoring import Rule, RuleSet
from crmcore.segments import Segment, SegmentTable, Tier, TierPolicy


def with_rules(**criteria: Criterion) -> Policy:
    """Return the default policy with other rules."""
    rules = [Rule(name, when=when, points=1) for name, when in criteria.items()]
    return attrs.evolve(Policy.default(), rules=RuleSet("s", rules))


def with_segments(*segments: Segment) -> Policy:
    """Return the default policy with other segments, of which the first wins."""
    return attrs.evolve(Policy.default(), segments=SegmentTable(segments=segments))


def test_the_default_rules_only_build_on_each_other() -> None:
    """Its linting finds that two rules imply a third, as is meant, and nothing else."""
    found = Policy.default().rules.lint(FEATURES)

    assert [(one.kind, one.names) for one in found] == [
        (LintKind.IMPLIED, ("buys again and again", "bought lately")),
        (LintKind.IMPLIED, ("known for more than a year", "bought lately")),
    ]


def test_the_default_segments_leave_out_who_never_bought() -> None:
    """Its linting finds that customers without scores are in no segment, and nothing else."""
    (found,) = Policy.default().segments.lint(FEATURES)

    assert found.kind is LintKind.UNPLACED


def test_rules_that_say_the_same_are_a_finding() -> None:
    """Points that are given twice are told, with a customer who gets them."""
    (found,) = with_rules(often=F.frequency > 4, five=F.frequency >= 5).findings()

    assert str(found) == (
        "warning · rule:five · five and often hold for the same customers, such as frequency 5"
    )
    assert found.evidence == (("frequency", "5"),)


def test_segments_that_ask_for_more_than_scores_are_checked_too() -> None:
    """A segment that never wins is found whatever it asks for."""
    policy = with_segments(
        Segment("buyers", F.spend > 0), Segment("big", F.spend > 100), Segment("rest", F.spend <= 0)
    )

    found = [one for one in policy.findings() if one.kind == "shadowed"]

    assert [one.subject for one in found] == ["segment:big"]


def test_a_gap_is_about_all_segments() -> None:
    """A gap has no segment of its own; overlaps where one should hold are critical."""
    policy = attrs.evolve(
        Policy.default(),
        segments=SegmentTable(
            segments=[Segment("much", F.spend > 10), Segment("more", F.spend > 20)],
            exactly_one=True,
        ),
    )

    found = {one.kind: one for one in policy.findings()}

    assert found["gap"].subject == "segments"
    assert found["overlap"].severity is Severity.CRITICAL


def test_a_tier_that_nobody_can_enter_is_a_finding() -> None:
    """A tier that asks for more occasions than there are days is told."""
    tiers = TierPolicy(
        feature="frequency", tiers=[Tier(name="standard"), Tier(name="daily", enter=10**7)]
    )

    found = attrs.evolve(Policy.default(), tiers=tiers).findings()

    assert [(one.kind, one.subject) for one in found] == [("contradiction", "tier:daily")]


def test_a_stage_that_nobody_can_enter_is_a_finding() -> None:
    """The criterion of a stage that never holds is told."""
    model = Policy.default().stages
    first = attrs.evolve(model.rules[0], entry=(F.frequency > 3) & (F.frequency < 4))
    stages = attrs.evolve(model, rules=[first, *model.rules[1:]])

    found = attrs.evolve(Policy.default(), stages=stages).findings()

    assert ("contradiction", f"stage_rule:{first.name}") in {
        (one.kind, one.subject) for one in found
    }


def test_what_is_not_decided_is_a_note() -> None:
    """What linting cannot know is told, without alarm."""
    product = F.recent_frequency * F.recent_contacts
    (found,) = with_rules(odd=(product < 0) & (F.recent_contacts > 99)).findings()

    assert (found.kind, found.severity) == ("not_decided", Severity.NOTE)


def test_criteria_over_other_fields_are_left_to_their_owner() -> None:
    """A policy made in Python may read what is no feature, and is not refused for it."""
    policy = attrs.evolve(
        with_rules(odd=F.horoscope == "lion"),
        segments=SegmentTable(segments=[Segment("odd", F.horoscope == "lion")]),
        stages=StageModel(rules=[attrs.evolve(Policy.default().stages.rules[-1], entry=F.x > 1)]),
        tiers=TierPolicy(tiers=[Tier(name="low"), Tier(name="high", enter="0.00000000000000001")]),
    )

    kinds = {one.kind for one in policy.findings()}

    assert not kinds & {str(kind) for kind in LintKind}


def test_who_asks_for_predictions_needs_a_policy_that_tells_value() -> None:
    """Without it they are missing for ever, and so is the answer: a finding names who asks."""
    gone = Segment("gone", F.alive < Decimal("0.2"))
    rules = RuleSet("s", [Rule("will bring", when=F.lifetime_value >= 5, points=1)])
    asking = attrs.evolve(with_segments(gone), rules=rules)

    found = [one for one in attrs.evolve(asking, value=None).findings() if one.kind == "untold"]

    assert [one.subject for one in found] == ["rule:will bring", "segment:gone"]
    assert {one.severity for one in found} == {Severity.WARNING}
    assert found[1].title.en == "the segment 'gone' asks for alive, and the policy tells no value"
    assert not found[1].title.zh.isascii()
    assert "untold" not in {one.kind for one in asking.findings()}
