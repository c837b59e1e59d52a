"""Policies as they are written down."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from pathlib import Path

import attrs
import pytest

from crmcore.errors import Fault, FaultsError
from crmcore.lifecycle import Stage
from crmcore.policies import Policy
from crmcore.segments import RfmBins

TEXT = resources.files("crmcore.policies").joinpath("default.toml").read_text("utf-8")


def changed(*replacements: tuple[str, str]) -> str:
    """Return the text of the default policy with the first of each passage replaced."""
    text = TEXT
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def faults_of(text: str) -> tuple[Fault, ...]:
    """Return everything that is wrong with the text of a policy."""
    with pytest.raises(FaultsError) as refused:
        Policy.from_toml(text, source="policy.toml")
    assert refused.value.source == "policy.toml"
    return refused.value.faults


def told(text: str) -> list[str]:
    """Return what is wrong with the text of a policy, as path and problem."""
    return [str(fault) for fault in faults_of(text)]


def test_the_default_policy_has_no_faults() -> None:
    """The linters find nothing in the policy that comes with the library."""
    assert Policy.default().findings() == ()


def test_the_default_policy_is_read_once() -> None:
    """Asking again gives the same value."""
    assert Policy.default() is Policy.default()


def test_the_default_policy_says_everything() -> None:
    """It has all stages, a segment table, four tiers, rules in two groups, goals and care."""
    policy = Policy.default()

    assert {rule.stage for rule in policy.stages.rules} == set(Stage) - {Stage.PROSPECT}
    assert len(policy.segments.segments) == 11
    assert [tier.name for tier in policy.tiers.tiers] == ["standard", "bronze", "silver", "gold"]
    assert {rule.group for rule in policy.rules.rules} == {"fit", "behaviour"}
    assert [goal.kpi for goal in policy.goals] == ["retention_rate", "purchase_frequency"]
    assert [care.tier for care in policy.book.care] == ["gold", "silver", "bronze", "standard"]


def test_every_segment_has_both_labels_and_advice() -> None:
    """People read the segments, and what to do with them, in English and in Chinese."""
    for segment in Policy.default().segments.segments:
        assert segment.advice is not None
        assert segment.label.en != segment.name
        assert not segment.label.zh.isascii()
        assert not segment.advice.zh.isascii()


def test_every_number_of_the_default_policy_has_a_reason() -> None:
    """Every stage and tier, and every line of numbers, has a comment before it."""
    headed = ("[[stages]]", "[[tiers]]", "recency =", "frequency =", "monetary =", "window_days")
    bare = [
        line
        for before, line in pairwise(TEXT.splitlines())
        if line.startswith(headed) and not before.startswith("#")
    ]

    assert bare == []


def test_a_policy_is_loaded_from_a_file(tmp_path: Path) -> None:
    """A copy of the file, with a number changed, is a policy with that number."""
    path = tmp_path / "policy.toml"
    path.write_text(changed(("enter = 300", "enter = 310")), "utf-8")

    policy = Policy.load(path)

    assert policy.tiers.tiers[-1].enter == 310
    assert policy == Policy.load(str(path))


def test_every_single_number_of_the_file_counts() -> None:
    """What stands at the top of the file is what the parts of the policy work with."""
    text = changed(
        ("window_days = 180", "window_days = 90"),
        ("active_days = 180", "active_days = 120"),
        ('initial_stage = "prospect"', 'initial_stage = "new"'),
        ("exactly_one_segment = true", "exactly_one_segment = false"),
        ('tier_feature = "recent_spend"', 'tier_feature = "spend"'),
        ("tier_minimum_days = 90", "tier_minimum_days = 30"),
        ('allowed_from = ["prospect"]', 'allowed_from = ["loyal"]'),
    )

    policy = Policy.from_toml(text)

    assert (policy.window_days, policy.active_days) == (90, 120)
    assert policy.stages.initial is Stage.NEW
    assert (policy.tiers.feature, policy.tiers.minimum_days) == ("spend", 30)
    assert Policy.default().segments.exactly_one is True
    assert policy.segments.exactly_one is False


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is told."""
    path = tmp_path / "nowhere.toml"

    with pytest.raises(FaultsError, match=r"nowhere\.toml has 1 fault:\n  the file: cannot be"):
        Policy.load(path)


def test_a_fault_names_the_file_and_the_place(tmp_path: Path) -> None:
    """The message of a faulty file begins with its path and tells the path of each fault."""
    path = tmp_path / "policy.toml"
    path.write_text(changed(("enter = 50", "entr = 50")), "utf-8")

    with pytest.raises(FaultsError) as refused:
        Policy.load(path)

    assert str(refused.value) == (
        f"{path} has 1 fault:\n  tiers[1].entr: unknown field 'entr'; did you mean 'enter'?"
    )


def test_comments_and_order_of_tables_do_not_change_the_fingerprint() -> None:
    """Policies that say the same have the same fingerprint, however they are written."""
    book = TEXT[TEXT.index("[[book]]") :]
    goals = TEXT[TEXT.index("[[goals]]") : TEXT.index("[[book]]")]
    turned = TEXT.replace(book, "").replace(goals, book + goals)

    assert turned != TEXT
    assert Policy.from_toml(turned).fingerprint == Policy.default().fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "1"', 'version = "2"'),
        ("window_days = 180", "window_days = 181"),
        ("recency = [31", "recency = [32"),
        ("points = 20", "points = 21"),
        ("at_risk = 20", "at_risk = 21"),
        ("r >= 4 and f >= 4", "r >= 5 and f >= 4"),
        ("target = 0.02", "target = 0.03"),
    ],
)
def test_every_change_changes_the_fingerprint(old: str, new: str) -> None:
    """A number that differs anywhere makes another policy."""
    text = changed((old, new)).replace("exactly_one_segment = true", "exactly_one_segment = false")
    same = changed().replace("exactly_one_segment = true", "exactly_one_segment = false")

    assert Policy.from_toml(text).fingerprint != Policy.from_toml(same).fingerprint


def test_overlapping_tiers_are_refused() -> None:
    """Tiers whose levels overlap are refused with both names and levels."""
    (fault,) = faults_of(changed(("leave = 70", "leave = 40")))

    assert fault.path == "tiers[2].leave"
    assert fault.problem == (
        "'silver' is left below 40, which overlaps 'bronze': "
        "it must be at least 50, at which 'bronze' below it is entered"
    )


def test_an_unreachable_segment_is_refused() -> None:
    """A segment that the ones before it leave nothing is refused, and so told what to do."""
    text = changed(
        ("exactly_one_segment = true", "exactly_one_segment = false"),
        ("r >= 4 and f >= 4 and m >= 4", "r >= 4 and f >= 3 and m >= 1"),
    )

    (fault,) = faults_of(text)

    assert fault.path == "segments[1]"
    assert fault.problem == (
        "Regulars can never win: segments before it take all of its 22 of 125 cells; "
        "4-3-1 goes to Champions; ask for it earlier in the order"
    )


def test_two_segments_for_one_cell_are_refused_where_one_should_hold() -> None:
    """Where exactly one segment should hold, an overlap is refused with a witness."""
    wider = ("r >= 4 and f >= 4 and m >= 4", "r >= 4 and f >= 3 and m >= 4")

    (fault,) = faults_of(changed(wider))

    assert fault.path == "segments[1]"
    assert fault.problem == (
        "Champions and Regulars both hold for 4 of 125 cells, such as 4-3-4; "
        "draw a border between the two"
    )


def test_a_dead_stage_rule_is_refused() -> None:
    """A rule that can move nobody is refused, each at its place in the file."""
    text = changed(('allowed_from = ["lost"]', 'allowed_from = ["reactivated", "lost"]'))
    (fault,) = faults_of(text)
    assert fault.path == "stages[2].allowed_from"

    dead = faults_of(changed(('allowed_from = ["prospect"]', 'allowed_from = ["lost"]')))

    assert [each.path for each in dead] == [f"stages[{place}]" for place in range(8)]


@pytest.mark.parametrize("later", ["segment", "alive", "expected_purchases", "lifetime_value"])
def test_a_stage_rule_reads_no_later_verdict(later: str) -> None:
    """What is judged after the stage cannot decide the stage, nor can it the tier."""
    (fault,) = faults_of(changed(("days_since_last > 365", f"{later} > 365")))
    (of_tiers,) = faults_of(changed(('"recent_spend"', f'"{later}"')))

    assert fault.path == "stages[0].entry.gt"
    assert fault.problem.startswith(f"unknown field '{later}'; ")
    assert of_tiers.path == "tier_feature"


def test_segments_and_rules_read_what_models_predict() -> None:
    """A segment may ask who has left, and a rule give points for what a customer will bring."""
    policy = Policy.from_toml(
        changed(
            ("exactly_one_segment = true", "exactly_one_segment = false"),
            ("r == 3 and f >= 3", "r == 3 and f >= 3 and alive < 0.5"),
            ("mean_spend >= 70", "lifetime_value >= 70"),
        )
    )

    assert {"alive"} <= policy.segments.segments[4].criterion.fields
    assert policy.rules.rules[1].when.fields == {"lifetime_value"}


def test_names_are_unique() -> None:
    """Two stage rules or two segments of one name are refused, with the place of the second."""
    text = changed(
        ('[[stages]]\nstage = "lost"', '[[stages]]\nname = "at_risk"\nstage = "lost"'),
        ('name = "hibernating"', 'name = "gone"'),
    )

    assert [fault.path for fault in faults_of(text)] == ["stages[1].name", "segments[10].name"]


def test_the_book_names_every_tier_once() -> None:
    """A tier without care, one with care twice and one that there is not are all told."""
    missing = told(changed(('tier = "silver"', 'tier = "sliver"')))
    twice = told(changed(('tier = "silver"', 'tier = "gold"')))

    assert missing == [
        "book[1].tier: unknown tier 'sliver'; did you mean 'silver'?",
        "book: says nothing of tier 'silver'; add a table for it",
    ]
    assert twice == [
        "book[1].tier: 'gold' has a table before this one; join the two",
        "book: says nothing of tier 'silver'; add a table for it",
    ]


def test_all_faults_are_told_at_once() -> None:
    """Whatever is wrong in different tables of the file comes in one message."""
    text = changed(
        ('zone = "America/New_York"', 'zone = "America/NewYork"'),
        ('currency = "USD"', 'currency = "XYZ"'),
        ("window_days = 180", "window_days = 0"),
        ('tier_feature = "recent_spend"', 'tier_feature = "recent_spent"'),
        ("frequency >= 5", "frequencies >= 5"),
        ("recency = [31, 91", "recency = [91, 31"),
        ("leave = 70", "leave = 40"),
        ("half_life_days = 70", "half_life_days = 0"),
        ('kpi = "retention_rate"', 'kpi = "retention"'),
        ("at_risk = 20", "at_rsk = 20"),
    )

    paths = {fault.path for fault in faults_of(text)}

    assert paths >= {
        "zone",
        "currency",
        "window_days",
        "tier_feature",
        "stages[3].entry.all[0].ge",
        "rfm.recency",
        "tiers[2].leave",
        "goals[0].kpi",
        "book[0].minutes.at_rsk.stage",
    }
    assert any(path.startswith("rules.rules[3].decay") for path in paths)


def test_a_policy_made_in_python_tells_its_findings() -> None:
    """What is noteworthy of a policy's bins, stages and segments is told, not refused."""
    policy = attrs.evolve(
        Policy.default(), rfm=RfmBins(recency=[180], frequency=[2], monetary=[35])
    )

    assert [finding.subject for finding in policy.findings()] == [
        "rfm:frequency",
        "rfm:monetary",
        "rfm:recency",
    ]


def test_the_short_of_a_policy_names_it() -> None:
    """A policy does not fill the screen: its name, edition, currency and zone will do."""
    found = repr(Policy.default())

    assert found == "<Policy 'default', version '1', in USD, America/New_York>"
