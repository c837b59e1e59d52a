"""Linting pools: what never decides, never binds, or belongs to two pools at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.activities import Channel, Direction, Interaction, InteractionId
from crmcore.calendar import Period
from crmcore.criteria import F, Schema
from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.improvement import Finding, Severity
from crmcore.kernel import CustomerId, MemberId, TeamId
from crmcore.organization import Member
from crmcore.pools import Activity, ClaimLimits, Pool, RecycleRule, Register, Whose, lint

FACTS = Schema.of(tier=str | None, market=str, contract_ends=date | None, tags=frozenset[str])
GOLD, CHINA = F.tier == "gold", F.market == "CN"
CONTACT, PURCHASE = Activity(), Activity(what="purchase")


def rule(name: str, days: int = 30, **terms: Any) -> RecycleRule:  # noqa: ANN401 - fields of a rule
    """Return a rule."""
    return RecycleRule(name=name, days=days, **terms)


def pool(*rules: RecycleRule, **terms: Any) -> Pool:  # noqa: ANN401 - fields of a pool
    """Return a pool in Shanghai with some rules."""
    stated: dict[str, Any] = {"name": "open", "zone": "Asia/Shanghai", "rules": rules}
    return Pool(**stated | terms)


def kinds(*pools: Pool) -> list[str]:
    """Return the kinds of what is found."""
    return [finding.kind for finding in lint(pools, schema=FACTS)]


def only(*pools: Pool) -> Finding:
    """Return the one finding."""
    (finding,) = lint(pools, schema=FACTS)
    return finding


def test_a_pool_in_order_has_no_findings() -> None:
    """Rules for everybody, limits that bind one after the other: nothing is told."""
    fine = pool(
        rule("gold", 30, when=GOLD, resets=[CONTACT]),
        rule("other", 90, resets=[CONTACT]),
        limits=ClaimLimits(held=50, owned=80, per_day=3, per_week=10),
        waiting_days=1,
        previous_owner_days=30,
        priority=["market", "-contract_ends"],
        who=F.skills.has("Mandarin"),
        warn_days=7,
    )

    assert lint([fine], schema=FACTS) == ()


def test_a_pool_for_nobody_is_told() -> None:
    """A condition that contradicts itself is for nobody, and nothing else is told of it."""
    found = only(pool(rule("a"), scope=CHINA & (F.market == "DE"), who=F.team.is_missing()))

    assert str(found) == "critical · pool:open · open is for nobody"


def test_a_pool_from_which_nobody_may_claim_is_told() -> None:
    """Nobody is of two teams."""
    found = only(pool(who=(F.team == "sales") & (F.team == "service")))

    assert (found.kind, found.severity) == ("nobody_may_claim", Severity.CRITICAL)


def test_what_else_is_known_of_members_may_be_asked() -> None:
    """A host that knows more of its members says what."""
    asks = pool(who=F.grade >= 2)

    assert lint([asks], schema=FACTS, members=Schema.of(grade=int)) == ()
    with pytest.raises(FaultsError, match="unknown field 'grade'"):
        lint([asks], schema=FACTS)


@pytest.mark.parametrize(
    "terms",
    [
        {"scope": CHINA, "rules": [rule("abroad", when=F.market == "DE"), rule("all")]},
        {"exempt": GOLD, "rules": [rule("gold", 5, when=GOLD), rule("all")]},
    ],
    ids=["scope", "exempt"],
)
def test_a_rule_for_nobody_is_told(terms: dict[str, Any]) -> None:
    """A rule of which nobody is left by the pool and its exemptions takes nobody back."""
    found = only(pool(**terms))

    name = terms["rules"][0].name
    assert str(found) == (
        f"warning · pool:open · the rule {name} takes nobody back: none of the customers of open "
        "is under it and not exempt"
    )


@pytest.mark.parametrize(
    ("first", "second", "shadowed"),
    [
        (rule("a", 30), rule("b", 30), "b"),
        (rule("a", 60), rule("b", 30), "a"),
        (rule("a", 30), rule("b", 60, when=GOLD), "b"),
        (rule("a", 60, when=GOLD), rule("b", 30, when=GOLD | CHINA), "a"),
        (rule("a", 30, resets=[CONTACT]), rule("b", 30, resets=[CONTACT, PURCHASE]), "b"),
        (rule("a", 30, leave_pauses=False), rule("b", 30), "b"),
        (rule("a", 30), rule("b", 30, since="contract_ends"), "b"),
        (rule("a", 30), rule("b", 30, settled_by=[PURCHASE]), "b"),
        (rule("a", 30, resets=[CONTACT, PURCHASE]), rule("b", 30, resets=[CONTACT]), None),
        (rule("a", 30, when=GOLD), rule("b", 60), None),
        (rule("a", 30), rule("b", 40, leave_pauses=False), None),
        (rule("a", 30, since="contract_ends"), rule("b", 60), None),
        (rule("a", 30, settled_by=[PURCHASE]), rule("b", 60), None),
    ],
    ids=[
        "equal",
        "later and longer",
        "narrower",
        "narrower than either",
        "reset by more",
        "paused",
        "from a day",
        "settled",
        "reset by less",
        "not for all",
        "not paused",
        "the first from a day",
        "the first settled",
    ],
)
def test_a_rule_that_never_decides_is_told(
    first: RecycleRule, second: RecycleRule, shadowed: str | None
) -> None:
    """Where another rule always runs out first, or first in order, this one is idle."""
    names = [
        str(finding.title).split()[2]
        for finding in lint([pool(first, second)], schema=FACTS)
        if finding.kind == "shadowed_rule"
    ]

    assert names == ([] if shadowed is None else [shadowed])


def test_a_shadowed_rule_comes_with_a_customer() -> None:
    """The witness is a customer of the rule, and the rule that wins is named."""
    found = only(pool(rule("all", 30), rule("gold", 60, when=GOLD)))

    assert str(found.title) == "the rule gold never decides: all always runs out first"
    assert found.evidence[:1] == (("with", "all"),)
    assert ("tier", "gold") in found.evidence


def test_customers_without_a_rule_are_told() -> None:
    """Who is silver, or of whom no tier is known, never comes back."""
    found = only(pool(rule("gold", when=GOLD), scope=CHINA))

    assert (found.kind, found.severity) == ("never_recycled", Severity.NOTE)
    witness = dict(found.evidence)
    assert witness["market"] == "CN"
    assert witness["tier"] != "gold"


@pytest.mark.parametrize(("warn_days", "is_told"), [(29, False), (30, True)])
def test_a_warning_that_begins_with_the_clock_is_told(
    warn_days: int,
    is_told: bool,  # noqa: FBT001
) -> None:
    """Whoever is warned all the time is not warned."""
    assert kinds(pool(rule("a"), warn_days=warn_days)) == ["warned_at_once"] * is_told


@pytest.mark.parametrize(
    ("limits", "title"),
    [
        (ClaimLimits(per_day=5, per_week=5), "per_day of 5 never binds, as per_week allows 5"),
        (ClaimLimits(held=9, owned=5), "held of 9 never binds, as owned allows 5"),
        (ClaimLimits(held=4, owned=5, per_day=4, per_week=5), None),
        (ClaimLimits(held=4, per_week=5), None),
    ],
    ids=str,
)
def test_a_limit_that_never_binds_is_told(limits: ClaimLimits, title: str | None) -> None:
    """Another limit is always reached first, or at the same time."""
    found = lint([pool(limits=limits)], schema=FACTS)

    assert [str(finding.title) for finding in found] == ([f"the limit {title}"] if title else [])


@pytest.mark.parametrize(
    ("waiting", "interval", "every", "is_told"),
    [
        (5, 5, False, True),
        (4, 5, False, False),
        (5, 0, False, False),
        (5, 5, True, False),
    ],
)
def test_an_interval_that_adds_nothing_is_told(
    waiting: int,
    interval: int,
    every: bool,  # noqa: FBT001
    is_told: bool,  # noqa: FBT001
) -> None:
    """Where everybody waits as long, the last owner waits no longer."""
    of = pool(waiting_days=waiting, previous_owner_days=interval, every_former_owner=every)

    assert kinds(of) == ["idle_interval"] * is_told


def test_a_customer_in_two_pools_is_told_for_each_pair() -> None:
    """Two pools that could both take a customer back come with such a customer."""
    pools = [pool(name="gold", scope=GOLD), pool(name="china", scope=CHINA)]
    apart = pool(name="rest", scope=(F.tier == "silver") & (F.market == "DE"))

    (found,) = lint([*pools, apart], schema=FACTS)

    assert str(found.title) == "a customer can be in china and in gold"
    assert dict(found.evidence) == {"with": "gold", "market": "CN", "tier": "gold"}


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    """Unknown facts, facts that are no days or have no order, and doubles of names."""
    odd = pool(
        rule("a", when=F.teir == "gold", since="market"),
        rule("b", since="contract_end"),
        scope=F.market > 3,
        limits=ClaimLimits(counting=F.boght.is_true()),
        exempt=F.key.is_true(),
        priority=["-tags", "worth"],
        who=F.taem == "sales",
    )

    with pytest.raises(FaultsError) as refused:
        lint([odd, pool(name="open")], schema=FACTS)

    assert [(fault.path, fault.problem.split(";")[0]) for fault in refused.value.faults] == [
        ("pool 'open'", "comes more than once"),
        ("pool 'open'.scope.gt", "market (text) cannot be compared with 3 (an integer)"),
        ("pool 'open'.limits.counting.eq", "unknown field 'boght'"),
        ("pool 'open'.rules.a.when.eq", "unknown field 'teir'"),
        ("pool 'open'.exempt.eq", "unknown field 'key'"),
        ("pool 'open'.who.eq", "unknown field 'taem'"),
        ("pool 'open'.rules.a.since", "market is text, and must be a day"),
        ("pool 'open'.rules.b.since", "unknown fact 'contract_end'"),
        ("pool 'open'.priority", "tags is a set of text, and must be what can be put in an order"),
        ("pool 'open'.priority", "unknown fact 'worth'"),
    ]


# What is called idle is idle

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
# Histories are costly to make up, and these rules are simple.
FEWER = settings(max_examples=50)

DAY = timedelta(days=1)

_activities = st.lists(
    st.sampled_from([CONTACT, Activity(by=Whose.ANYBODY), Activity(channels=[Channel.VISIT])]),
    max_size=2,
)
_rules = st.lists(
    st.builds(
        RecycleRule,
        name=st.sampled_from(["a", "b", "c"]),
        days=st.integers(1, 4),
        when=st.sampled_from([GOLD, CHINA, GOLD & CHINA, F.market.is_present()]),
        resets=_activities,
        settled_by=_activities,
        since=st.sampled_from([None, None, "contract_ends"]),
        leave_pauses=st.booleans(),
    ),
    min_size=2,
    max_size=3,
    unique_by=lambda one: one.name,
)


@given(st.data(), _rules)
@FEWER
def test_what_is_found_never_to_decide_never_does(
    data: st.DataObject, rules: list[RecycleRule]
) -> None:
    """Over histories of any kind, a dead or shadowed rule is never the one that decides."""
    of = pool(*rules, scope=data.draw(st.sampled_from([GOLD, CHINA])))
    idle = {
        str(finding.title).split()[2]
        for finding in lint([of], schema=FACTS)
        if finding.kind in {"dead_rule", "shadowed_rule"}
    }
    customers = [CustomerId(f"c-{place}") for place in range(6)]
    wei, lin = MemberId("wei"), MemberId("lin")
    leave = [Period(date(2026, 3, 3), date(2026, 3, data.draw(st.integers(4, 9))))]
    register = Register(
        customers=[Customer(id=name, name=name) for name in customers],
        members=[
            Member(id=name, name=name, team=TeamId("sales"), weekly_hours=38, leave=leave)
            for name in (wei, lin)
        ],
        ownerships=[
            Ownership(id=OwnershipId(f"o-{name}"), customer=name, member=wei, since=START)
            for name in customers
        ],
        interactions=[
            Interaction(
                id=InteractionId(f"i-{place}"),
                customer=name,
                member=data.draw(st.sampled_from([wei, lin])),
                at=START + data.draw(st.integers(0, 5)) * DAY,
                channel=data.draw(st.sampled_from([Channel.CALL, Channel.VISIT])),
                direction=Direction.OUTBOUND,
            )
            for place, name in enumerate(data.draw(st.lists(st.sampled_from(customers))))
        ],
        facts={
            name: {
                "tier": data.draw(st.sampled_from(["gold", "silver"])),
                "market": data.draw(st.sampled_from(["CN", "DE"])),
                "contract_ends": data.draw(st.sampled_from([None, date(2026, 3, 4)])),
            }
            for name in customers
        },
    )

    recycling = of.recycle(register, as_of=date(2026, 3, 8))

    deciding = [outlook.deciding.rule.name for outlook in recycling.outlooks if outlook.deciding]
    assert idle.isdisjoint(deciding)


def test_what_is_no_pool_and_no_schema_is_refused() -> None:
    """A single pool is no list of pools, and a mapping is no schema."""
    one = Pool(name="open", zone="UTC")

    for wrong in (one, ["open"], None):
        with pytest.raises(InvalidValueError, match="pools must list pools, also a single one"):
            lint(cast("Any", wrong), schema=FACTS)
    for name in ("schema", "members"):
        terms: dict[str, Any] = {"schema": FACTS} | {name: {"tier": str}}
        with pytest.raises(InvalidValueError, match=f"{name} must be a Schema"):
            lint([one], **terms)
