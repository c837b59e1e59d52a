"""Tiers, which customers enter at one level and leave at a lower one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import EVERYTHING, any_of
from crmcore.errors import FaultsError, InvalidValueError, UnknownNameError
from crmcore.features import CustomerFeatures
from crmcore.kernel import CustomerId, Phrase
from crmcore.segments import Tier, TierChange, TierPolicy

START = date(1998, 1, 1)
STANDARD = Tier(name="standard")
SILVER = Tier(name="silver", enter=Decimal(100), leave=Decimal(60))
GOLD = Tier(name="gold", enter=Decimal(300), leave=Decimal(200))
POLICY = TierPolicy(tiers=[STANDARD, SILVER, GOLD], minimum_days=90)


def paid(spend: Decimal | int, *, day: int = 0, name: str = "ada") -> CustomerFeatures:
    """Return what is known, so many days after the start, of a customer who paid so much."""
    return CustomerFeatures(
        customer=CustomerId(name),
        as_of=START + timedelta(days=day),
        frequency=1,
        recent_spend=Decimal(spend),
    )


def course(spends: Sequence[int], *, days: int = 30) -> list[CustomerFeatures]:
    """Return a customer's features at checkpoints so many days apart."""
    return [paid(spend, day=place * days) for place, spend in enumerate(spends)]


@pytest.mark.parametrize(
    ("current", "spend", "after"),
    [
        ("standard", "99.99", None),
        ("standard", "100", "silver"),
        ("standard", "300", "gold"),
        ("silver", "60", None),
        ("silver", "59.99", "standard"),
        ("silver", "299.99", None),
        ("gold", "200", None),
        ("gold", "199.99", "silver"),
        ("gold", "59.99", "standard"),
        ("gold", "-5", "standard"),
        ("standard", "-5", None),
    ],
)
def test_levels_include_their_lower_side(current: str, spend: str, after: str | None) -> None:
    """Who reaches the level enters; who is exactly at the level to leave stays."""
    change = POLICY.step(current, paid(Decimal(spend)))

    assert (change and change.after) == after


def test_a_change_says_which_level_was_crossed() -> None:
    """Moves up and down tell the feature, its value and the level."""
    up = POLICY.step("standard", paid(120))
    down = POLICY.step("silver", paid(20))

    assert up is not None
    assert up.is_up
    assert up.reason == Phrase(
        "recent_spend is 120: silver is entered at 100",
        "recent_spend 为 120：达到 100 即进入 silver",
    )
    assert down is not None
    assert str(down) == (
        "1998-01-01 · ada · silver → standard · recent_spend is 20: silver is left below 60"
    )


@pytest.mark.parametrize(("days", "after"), [(89, None), (90, "standard")])
def test_nobody_falls_before_the_minimum_stay(days: int, after: str | None) -> None:
    """A customer below the level to leave stays until the minimum has passed."""
    change = POLICY.step("silver", paid(0, day=days), since=START)

    assert (change and change.after) == after


def test_the_minimum_stay_holds_nobody_back() -> None:
    """Moving up needs no minimum stay."""
    change = POLICY.step("silver", paid(300, day=1), since=START)

    assert change is not None
    assert change.after == "gold"


def test_an_unknown_value_moves_nobody() -> None:
    """Where the feature has no value, the tier stays."""
    policy = TierPolicy(feature="mean_spend", tiers=[STANDARD, SILVER])

    assert policy.step("silver", paid(0)) is None


def test_a_count_can_decide() -> None:
    """A feature that counts decides as an amount does."""
    policy = TierPolicy(feature="frequency", tiers=[STANDARD, Tier(name="buyer", enter=Decimal(1))])

    change = policy.step("standard", paid(0))

    assert change is not None
    assert change.value == 1


spends = st.lists(st.integers(0, 400), min_size=1, max_size=24)


@given(spends, st.integers(1, 60))
def test_nobody_flaps(amounts: list[int], days: int) -> None:
    """After a move, nobody moves down within the minimum stay, whatever is paid."""
    changes = POLICY.replay(course(amounts, days=days)).changes

    for before, change in pairwise(changes):
        assert change.is_up or (change.day - before.day).days >= POLICY.minimum_days


@given(st.lists(st.integers(60, 99), max_size=20), st.sampled_from(["standard", "silver"]))
def test_between_the_levels_nothing_changes(amounts: list[int], tier: str) -> None:
    """Between the level to leave and the level to enter, everybody stays what they are."""
    assert all(POLICY.step(tier, features) is None for features in course(amounts))


@given(st.integers(-10, 500), st.sampled_from(["standard", "silver", "gold"]))
def test_a_steady_customer_moves_once(amount: int, tier: str) -> None:
    """After a move at a value, the same value moves the customer no further."""
    change = POLICY.step(tier, paid(amount))

    if change is not None:
        assert POLICY.step(change.after, paid(amount)) is None


def naive(amounts: Sequence[int], days: int) -> list[str]:
    """Replay the rules word by word: tier after each checkpoint."""
    tiers = [("standard", -1000, -1000), ("silver", 100, 60), ("gold", 300, 200)]
    tier, entered, found = 0, -(10**6), []
    for place, amount in enumerate(amounts):
        today = place * days
        for higher in range(2, tier, -1):
            if amount >= tiers[higher][1]:
                tier, entered = higher, today
                break
        else:
            if amount < tiers[tier][2] and today - entered >= POLICY.minimum_days:
                tier = next(t for t in (1, 0) if t < tier and amount >= tiers[t][2])
                entered = today
        found.append(tiers[tier][0])
    return found


@given(spends, st.integers(1, 60))
def test_replay_follows_the_rules_word_by_word(amounts: list[int], days: int) -> None:
    """The replay gives the tiers that a naive reading of the rules gives."""
    features = course(amounts, days=days)
    history = POLICY.replay(features)

    assert [history.tier_at(f.as_of) for f in features] == naive(amounts, days)


@given(st.data(), spends)
def test_replay_does_not_depend_on_the_order(data: st.DataObject, amounts: list[int]) -> None:
    """Checkpoints in another order give the same history."""
    shuffled = data.draw(st.permutations(course(amounts)))

    assert POLICY.replay(shuffled) == POLICY.replay(course(amounts))


def test_a_history_knows_the_tier_of_each_day() -> None:
    """The history tells the tier as of any day up to the last checkpoint."""
    history = POLICY.replay(course([0, 150, 150, 350]))

    assert history.initial == "standard"
    assert history.tier == "gold"
    assert history.entered == START + timedelta(days=90)
    assert history.tier_at(START - timedelta(days=1)) == "standard"
    assert history.tier_at(START + timedelta(days=89)) == "silver"


def test_a_history_without_changes() -> None:
    """Who never moved is where everybody begins, since the first checkpoint."""
    history = POLICY.replay(course([0, 0]))

    assert (history.tier, history.entered) == ("standard", START)


def test_a_history_ends() -> None:
    """Nothing is told of the days after the last checkpoint."""
    with pytest.raises(InvalidValueError, match="day must not be after 1998-01-01"):
        POLICY.replay(course([0])).tier_at(date(1998, 1, 2))


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([], "features must hold at least one checkpoint"),
        ([paid(1), paid(2)], "features must hold each day once"),
        ([paid(1), paid(1, day=1, name="bob")], "features must be those of one customer"),
    ],
)
def test_replay_wants_one_course(features: list[CustomerFeatures], message: str) -> None:
    """A replay takes one customer's features, of one day each."""
    with pytest.raises(InvalidValueError, match=message):
        POLICY.replay(features)


@given(st.integers(0, 400), st.sampled_from(POLICY.tiers))
def test_tiers_are_criteria(amount: int, current: Tier) -> None:
    """A customer moves just where the entry of a higher tier or the exit of the own one holds."""
    customer = paid(amount)
    higher = POLICY.tiers[POLICY.tiers.index(current) + 1 :]
    enters = [tier.name for tier in higher if POLICY.entry(tier.name).holds(customer)]
    leaves = POLICY.exit(current.name).holds(customer)

    move = POLICY.step(current.name, customer)

    assert (move is not None) == bool(enters or leaves)
    assert move is None or move.is_up == bool(enters)
    assert move is None or not enters or move.after == enters[-1]
    assert move is None or enters or not POLICY.exit(move.after).holds(customer)


def test_the_lowest_tier_takes_everybody_and_is_left_by_nobody_down() -> None:
    """The entry of the lowest tier holds for every record, its exit for none."""
    lowest = POLICY.tiers[0].name

    assert POLICY.entry(lowest) is EVERYTHING
    assert POLICY.exit(lowest) == any_of()
    with pytest.raises(UnknownNameError, match="unknown tier 'gild'; did you mean 'gold'"):
        POLICY.entry("gild")


def test_an_unknown_tier_is_refused() -> None:
    """A tier that the policy does not have is refused with the nearest one."""
    with pytest.raises(UnknownNameError, match="unknown tier 'gild'; did you mean 'gold'"):
        POLICY.step("gild", paid(1))


def test_an_unknown_feature_is_refused() -> None:
    """A feature that cannot decide is refused with the nearest one that can."""
    with pytest.raises(UnknownNameError, match="did you mean 'recent_spend'"):
        TierPolicy(feature="recent_spent", tiers=[STANDARD])


def test_a_tier_is_not_left_above_its_entry() -> None:
    """The level to leave is not above the level to enter."""
    with pytest.raises(FaultsError, match="'vip' is left below 11, which must not be above enter"):
        TierPolicy(tiers=[STANDARD, Tier(name="vip", enter=Decimal(10), leave=Decimal(11))])


def test_a_policy_has_a_tier() -> None:
    """Without a tier there is no policy."""
    with pytest.raises(InvalidValueError, match="tiers must name at least one tier"):
        TierPolicy(tiers=[])


def test_wrong_levels_are_refused_together_with_their_names() -> None:
    """A lowest tier with levels, overlapping and unordered levels are all told at once."""
    with pytest.raises(FaultsError) as refused:
        TierPolicy(
            tiers=[
                Tier(name="bronze", enter=Decimal(10), leave=Decimal(5)),
                Tier(name="gold", enter=Decimal(300), leave=Decimal(8)),
                Tier(name="silver", enter=Decimal(100), leave=Decimal(60)),
                Tier(name="silver", enter=Decimal(400), leave=Decimal(350)),
            ]
        )

    assert {fault.path: fault.problem for fault in refused.value.faults} == {
        "tiers[0].enter": (
            "'bronze' is the lowest tier and takes everybody else; leave both levels at 0"
        ),
        "tiers": "2 tiers are called 'silver'; give each its own name",
        "tiers[1].leave": (
            "'gold' is left below 8, which overlaps 'bronze': "
            "it must be at least 10, at which 'bronze' below it is entered"
        ),
        "tiers[2].enter": (
            "'silver' is entered at 100, "
            "which must be above 300, at which 'gold' below it is entered"
        ),
    }


def test_the_rule_for_up_and_down_is_the_level() -> None:
    """A change is up where the value reaches the level, and down where it falls below."""
    change = TierChange(
        customer=CustomerId("ada"),
        day=START,
        before="gold",
        after="silver",
        feature="spend",
        value=Decimal(199),
        level=Decimal(200),
    )

    assert not change.is_up
