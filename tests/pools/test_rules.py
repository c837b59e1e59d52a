"""The terms of pools: what they refuse, and how they are told in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from zoneinfo import ZoneInfo

import attrs
import pytest

from crmcore.activities import Channel, Direction, MatterKind
from crmcore.codec import from_json, to_json
from crmcore.criteria import F, as_of
from crmcore.errors import CrmError
from crmcore.organization import SkillLevel
from crmcore.pools import Activity, ClaimLimits, Pool, RecycleRule, Whose


def rule(**terms: Any) -> RecycleRule:  # noqa: ANN401 - fields of a rule
    """Return a rule of thirty days."""
    stated: dict[str, Any] = {"name": "silent", "days": 30}
    return RecycleRule(**stated | terms)


def pool(**terms: Any) -> Pool:  # noqa: ANN401 - fields of a pool
    """Return a pool in Shanghai."""
    return Pool(**{"name": "open", "zone": "Asia/Shanghai"} | terms)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: rule(days=0), "days must be between 1 and 3650"),
    (lambda: rule(days=-3), "days must be between 1 and 3650"),
    (lambda: rule(days=36500), "days must be between 1 and 3650"),
    (lambda: rule(days=30.5), "days must be a whole number between 1 and 3650"),
    (lambda: rule(name=""), "name must not be empty"),
    (lambda: rule(when="tier = gold"), "when must be a Criterion; crmcore.notation"),
    (
        lambda: rule(when=F.contract_ends < as_of),
        "when must not ask for the day of judgement; count from a day with since=",
    ),
    (lambda: rule(resets=["contact"]), "resets must list activities, as Activity(what="),
    (lambda: rule(settled_by=Activity()), "settled_by must list activities, as Activity("),
    (lambda: rule(leave_pauses="no"), "leave_pauses must be True or False (got 'no')"),
    (lambda: rule(since=""), "since must not be empty"),
    (lambda: ClaimLimits(held=0), "held must be between 1 and 1000000"),
    (lambda: ClaimLimits(per_day=-1), "per_day must be between 1 and 1000000"),
    (lambda: ClaimLimits(owned=10**9), "owned must be between 1 and 1000000"),
    (lambda: ClaimLimits(per_week=cast("int", 2.5)), "per_week must be a whole number"),
    (lambda: Activity(what=cast("Any", "calls")), "unknown kind of activity 'calls'"),
    (
        lambda: Activity(channels=cast("list[Channel]", ["visits"])),
        "unknown channel 'visits'; did you mean 'visit'",
    ),
    (
        lambda: Activity(what="matter", kinds=cast("list[MatterKind]", ["request", "claim"])),
        "unknown kind of matter 'claim'",
    ),
    (
        lambda: Activity(what="purchase", direction=Direction.INBOUND),
        "what must be contact where by, channels or direction narrow it",
    ),
    (
        lambda: Activity(what="matter", by=Whose.ANYBODY),
        "what must be contact where by, channels or direction narrow it",
    ),
    (
        lambda: Activity(kinds=[MatterKind.MEETING]),
        "what must be matter where kinds narrow it",
    ),
    (lambda: Activity(what=cast("Any", None)), "unknown kind of activity 'None'"),
    (lambda: Activity(channels=cast("Any", "call")), "channels must be a list, also of a single"),
    (lambda: Activity(by=cast("Any", "owners")), "unknown choice of by 'owners'; did you mean"),
    (lambda: Activity(direction=cast("Any", "in")), "unknown direction 'in'; known are inbound"),
    (lambda: pool(zone=8), "zone must be the name of a time zone (got 8)"),
    (lambda: pool(serves="no"), "serves must be True or False (got 'no')"),
    (lambda: pool(every_former_owner=1), "every_former_owner must be True or False (got 1)"),
    (lambda: pool(rules=rule()), "rules must list rules, as RecycleRule(name=…, days=…)"),
    (lambda: pool(skills="tax"), "skills must list levels of skills"),
    (lambda: pool(priority=[1]), "priority must be a list of names, also of a single one"),
    (lambda: pool(exempt_while_open=None), "kinds of matters must be a list"),
    (lambda: pool(zone="Asia/Shangai"), "unknown time zone 'Asia/Shangai'; did you mean"),
    (lambda: pool(name=" "), "name must not be empty"),
    (lambda: pool(limits=5), "limits must be ClaimLimits, as ClaimLimits(held=…)"),
    (lambda: pool(rules=["silent"]), "rules must list rules, as RecycleRule(name=…, days=…)"),
    (lambda: pool(skills=["tax"]), "skills must list levels of skills, such as SkillLevel("),
    (lambda: pool(waiting_days=-1), "waiting_days must be between 0 and 3650"),
    (lambda: pool(previous_owner_days=9999), "previous_owner_days must be between 0"),
    (lambda: pool(warn_days=-7), "warn_days must be between 0 and 3650"),
    (lambda: pool(exempt="gold"), "exempt must be a Criterion"),
    (lambda: pool(rules=[rule(), rule()]), "rules must differ in name; give each rule its own"),
    (lambda: pool(priority="value"), "priority must be a list of names"),
    (lambda: pool(priority=["value", "-value"]), "priority must name each fact once"),
    (lambda: pool(priority=["-"]), "priority must name each fact once"),
]


@pytest.mark.parametrize(
    ("make", "message"),
    REFUSED,
    ids=[f"{place}: {message}" for place, (_, message) in enumerate(REFUSED)],
)
def test_terms_refuse_what_makes_no_sense(make: Callable[[], object], message: str) -> None:
    """Negative and absurd limits, text for criteria, doubles: each says what would be right."""
    with pytest.raises(CrmError) as refused:
        make()

    assert message in str(refused.value)


def test_words_are_taken_as_they_are_written_down() -> None:
    """What a file says as text is the same as the member of the enumeration."""
    written = Activity(by=cast("Any", "anybody"), direction=cast("Any", "inbound"))

    assert written == Activity(by=Whose.ANYBODY, direction=Direction.INBOUND)
    assert written.by is Whose.ANYBODY


def test_a_rule_is_a_value() -> None:
    """The order and doubles of activities change nothing, and equal pools hash alike."""
    calls, sales = Activity(channels=[Channel.CALL]), Activity(what="purchase")
    one = pool(rules=[rule(resets=[calls, sales])])
    other = pool(rules=[rule(resets=[sales, calls, sales])])

    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("terms", "english", "chinese"),
    [
        ({"days": 1}, "held for 1 full day", "持有满1天"),
        (
            {"resets": [Activity()]},
            "no contact by the owner for 30 full days",
            "无负责人的联系满30天",
        ),
        (
            {"resets": [Activity(by=Whose.HOLDERS, channels=[Channel.VISIT, Channel.CALL])]},
            "no call or visit by the owner or a collaborator for 30 full days",
            "无负责人或协作人的电话或拜访满30天",
        ),
        (
            {"resets": [Activity(by=Whose.ANYBODY, direction=Direction.INBOUND)]},
            "no contact from the customer by anybody for 30 full days",
            "无任何成员的客户发起的联系满30天",
        ),
        (
            {"settled_by": [Activity(what="purchase")], "resets": [Activity()]},
            "no contact by the owner and no purchase for 30 full days",
            "无负责人的联系且无购买满30天",
        ),
        (
            {"resets": [Activity(what="matter", kinds=[MatterKind.OPPORTUNITY])]},
            "no new opportunity for 30 full days",
            "无新商机满30天",
        ),
        ({"resets": [Activity(what="matter")]}, "no new matter for 30 full days", "无新事项满30天"),
        (
            {"since": "contract_ends"},
            "held for 30 full days after contract_ends",
            "自contract_ends起持有满30天",
        ),
    ],
    ids=str,
)
def test_a_rule_is_told_in_words(terms: dict[str, Any], english: str, chinese: str) -> None:
    """What has to come true for a customer to come back, in both languages."""
    assert (rule(**terms).wording.en, rule(**terms).wording.zh) == (english, chinese)


def test_a_pool_names_the_facts_that_it_reads() -> None:
    """Whoever builds a register knows what to put into it."""
    of = pool(
        scope=F.market == "CN",
        limits=ClaimLimits(counting=F.bought.is_false()),
        priority=["-value"],
        exempt=F.key_account.is_true(),
        rules=[rule(when=F.tier == "gold", since="contract_ends")],
    )

    assert of.fields == {"bought", "contract_ends", "key_account", "market", "tier", "value"}


def test_a_pool_can_be_kept_in_a_file() -> None:
    """Its rules are written down and read again, and a zone is told by its name."""
    of = pool(
        zone=ZoneInfo("Asia/Shanghai"),
        scope=F.market == "CN",
        limits=ClaimLimits(held=50, counting=F.bought.is_false()),
        skills=[SkillLevel("negotiation", 3)],
        priority=["-value"],
        exempt_while_open=[MatterKind.COMPLAINT],
        rules=[rule(when=F.tier == "gold", resets=[Activity(by=Whose.ANYBODY)], since="ends")],
    )

    assert of == attrs.evolve(of, zone="Asia/Shanghai")
    assert from_json(Pool, to_json(of)) == of
