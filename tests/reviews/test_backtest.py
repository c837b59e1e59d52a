"""Backtesting: two policies over the same history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from crmcore.criteria import F
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.features import Trail
from crmcore.kernel import Reason, Undefined
from crmcore.memory import MemoryStore
from crmcore.policies import Policy
from crmcore.prediction import Lift, lift
from crmcore.reviews import Backtest, backtest, review_department
from crmcore.scoring import Rule, RuleSet
from crmcore.segments import Segment, SegmentTable, Tier, TierPolicy

if TYPE_CHECKING:
    from tests.reviews.conftest import Shop

AS_OF = date(2026, 9, 30)
DAYS = (date(2026, 3, 1), date(2026, 5, 17), date(2026, 7, 1), date(2026, 9, 1))
OFTEN = RuleSet("often", [Rule("buys often", when=F.frequency >= 4, points=10)])


@pytest.fixture(name="policy")
def _policy(shop: Shop) -> Policy:
    return attrs.evolve(shop.review().policy, rules=OFTEN)


def _test(shop: Shop, old: Policy, new: Policy, **changes: Any) -> Backtest:  # noqa: ANN401 - passed on
    options: dict[str, Any] = {"days": DAYS, "as_of": AS_OF, "horizon_days": 60, **changes}
    return backtest(shop.into(MemoryStore()), old=old, new=new, **options)


def _rescored(policy: Policy, *rules: Rule) -> Policy:
    return attrs.evolve(policy, rules=RuleSet("often", rules, version="2"))


def test_a_policy_does_not_differ_from_itself(shop: Shop, policy: Policy) -> None:
    """The same policy on both sides changes nobody, and both lifts are the same."""
    found = _test(shop, policy, policy)

    assert found.differences == ()
    assert {count for day in found.days for _, count in day.changed} == {0}
    assert found.lifts[0] == found.lifts[1]
    assert found.cost[0] == found.cost[1]


def test_each_day_is_judged_as_a_review_of_that_day(shop: Shop, policy: Policy) -> None:
    """The old side of every difference is what a review as of the day says (oracle)."""
    store = shop.into(MemoryStore())
    nobody = Segment("nobody", F.frequency < 0)
    other = attrs.evolve(
        _rescored(policy, Rule("a constant", when=F.frequency >= 0, points=1)),
        segments=SegmentTable(segments=[nobody]),
        window_days=policy.window_days + 1,
    )

    found = backtest(store, old=policy, new=other, days=DAYS, as_of=AS_OF, horizon_days=60)

    for day in found.days:
        review = review_department(store, policy=policy, as_of=day.day)
        after = review_department(store, policy=other, as_of=day.day)
        for one in (each for each in found.differences if each.day == day.day):
            for place, judged in enumerate((review, after)):
                expected = judged.judgement(one.customer)
                assert one.score[place] == expected.score.value
                assert one.stage[place] == expected.features.stage
                assert one.segment[place] == expected.features.segment
                assert one.tier[place] == expected.features.tier
        assert day.customers == sum(
            known.features.known_days is not None or known.features.age_days is not None
            for known in review.judgements
        )
    assert len(found.differences) == sum(day.customers for day in found.days)


def test_who_changes_is_listed_and_counted(shop: Shop, policy: Policy) -> None:
    """A rule that counts for fewer customers changes exactly those between the two bounds."""
    new = _rescored(policy, Rule("buys often", when=F.frequency >= 6, points=10))

    found = _test(shop, policy, new)

    assert found.differences
    assert {one.changed for one in found.differences} == {("score",)}
    assert {one.score for one in found.differences} == {(Decimal(10), Decimal(0))}
    for day in found.days:
        count = sum(one.day == day.day for one in found.differences)
        assert dict(day.changed) == {"score": count, "stage": 0, "segment": 0, "tier": 0}


def test_moves_between_tiers_are_counted_and_cost_care(shop: Shop, policy: Policy) -> None:
    """A tier that is harder to enter moves customers down, and asks for less care."""
    tiers = [
        attrs.evolve(tier, enter=tier.enter * 3, leave=tier.leave * 3)
        for tier in policy.tiers.tiers
    ]
    new = attrs.evolve(policy, tiers=attrs.evolve(policy.tiers, tiers=tiers))

    found = _test(shop, policy, new)

    moved = [one for one in found.differences if "tier" in one.changed]
    assert sum(count for _, _, count in found.moves("tier")) == len(moved) > 0
    assert all(day.minutes[1] <= day.minutes[0] for day in found.days)
    assert any(day.minutes[1] < day.minutes[0] for day in found.days)


def test_the_outcome_is_looked_for_in_the_days_after(shop: Shop, policy: Policy) -> None:
    """The lift of a day is that of its scores against who bought within the horizon."""
    found = _test(shop, policy, policy)
    store = shop.into(MemoryStore())
    day, end = DAYS[0], DAYS[0] + timedelta(days=60)
    later = {purchase.customer for purchase in shop.purchases if day <= purchase.at.date() < end}

    review = review_department(store, policy=policy, as_of=day)

    known = [one for one in review.judgements if one.features.age_days or one.features.known_days]
    expected = lift([(one.score.value, one.customer in later) for one in known])
    assert found.days[0].lifts == (expected, expected)
    assert isinstance(found.lifts[0], Lift)
    assert found.lifts[0].count == sum(each.customers for each in found.days[:3])


def test_a_day_whose_time_has_not_passed_is_not_judged_by_its_outcome(
    shop: Shop, policy: Policy
) -> None:
    """Sixty days after the first of September are not over on the thirtieth."""
    found = _test(shop, policy, policy)
    none = _test(shop, policy, policy, days=DAYS[-1:])

    assert found.days[-1].lifts == (Undefined(Reason.IMMATURE),) * 2
    assert none.lifts == (Undefined(Reason.IMMATURE),) * 2


def test_an_outcome_may_be_ones_own(shop: Shop, policy: Policy) -> None:
    """Who is told of by a function of trail and days counts as having the outcome."""

    def never(_trail: Trail, start: date, end: date) -> bool:
        assert end - start == timedelta(days=60)
        return False

    found = _test(shop, policy, policy, outcome=never)

    assert isinstance(found.lifts[0], Lift)
    assert found.lifts[0].base_rate == 0


def test_the_order_of_days_and_records_does_not_matter(shop: Shop, policy: Policy) -> None:
    """Days twice and in any order, and records in any order, give the same backtest."""
    new = _rescored(policy, Rule("is new", when=F.age_days < 90, points=5))
    random = Random(7)  # noqa: S311 - an order is no secret

    def order(records: Any) -> list[Any]:  # noqa: ANN401 - records of any kind
        return random.sample(list(records), len(records))

    shuffled = _test(shop.shuffled(order), policy, new, days=[*reversed(DAYS), DAYS[0]])

    assert shuffled == _test(shop, policy, new)


def test_the_summary_says_what_the_change_does(shop: Shop, policy: Policy) -> None:
    """One screen names both policies, the changes, the care and what the scores knew."""
    new = attrs.evolve(
        _rescored(policy, Rule("buys often", when=F.frequency >= 6, points=10)),
        tiers=TierPolicy(
            tiers=[Tier(name="standard"), Tier(name="gold", enter=Decimal(1), leave=Decimal(1))]
        ),
        segments=SegmentTable(segments=[]),
        version="next",
    )
    found = _test(shop, policy, new)

    english, chinese = found.summary(), found.summary(language="zh-CN")

    assert str(found) == english
    assert f"{policy.name} {policy.version} against {policy.name} next, over 4 days" in english
    assert "tier differs" in english
    assert "→ gold" in english
    assert "→ –" in english
    assert "care on 2026-09-01:" in english
    assert "new score:" in english
    assert len(chinese.splitlines()) == len(english.splitlines())
    assert "层级不同" in chinese
    with pytest.raises(UnknownNameError, match="language"):
        found.summary(language="fr")


def test_what_has_no_lift_says_why(shop: Shop, policy: Policy) -> None:
    """A summary without judged outcomes shows the reason in place of a number."""
    immature = _test(shop, policy, policy, days=DAYS[-1:])
    constant = _test(shop, policy, policy, outcome=lambda _, __, ___: False)

    assert "old score: – (the time to judge has not passed yet)" in immature.summary()
    assert "old score: – (nobody had the outcome)" in constant.summary()


def test_a_difference_reads_as_a_line(shop: Shop, policy: Policy) -> None:
    """Customer, day, and what differs from old to new."""
    new = _rescored(policy, Rule("buys often", when=F.frequency >= 6, points=10))

    found = _test(shop, policy, new)

    one = found.differences[0]
    assert str(one) == f"{one.customer} on {one.day}: score 10 → 0"
    assert repr(found).startswith(f"<Backtest of {policy.name!r}, version {policy.version!r}, over")


def test_progress_is_told(shop: Shop, policy: Policy) -> None:
    """Whoever listens hears of the purchases read and of the customers judged."""
    heard: list[tuple[int, int | None, str]] = []

    _test(shop, policy, policy, progress=lambda d, t, what: heard.append((d, t, what.en)))

    assert heard[-1] == (len(shop.customers), len(shop.customers), "judging customers")
    assert any(what == "reading purchases" for _, _, what in heard)


def test_an_empty_store_has_nobody_to_judge(policy: Policy) -> None:
    """Without records there are days without customers, and no lift."""
    found = backtest(MemoryStore(), old=policy, new=policy, days=DAYS, as_of=AS_OF)

    assert [day.customers for day in found.days] == [0] * 4
    assert found.lifts == (Undefined(Reason.IMMATURE),) * 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": []}, "days must name 1 to 3,650 days"),
        ({"days": [date(2026, 10, 1)]}, "days must not be later than as_of, 2026-09-30"),
        ({"days": ["2026-09-01"]}, "days must be a date"),
        ({"horizon_days": 0}, "horizon_days must be a whole number, at least 1"),
        ({"horizon_days": 7.5}, "horizon_days must be a whole number, at least 1"),
    ],
)
def test_a_test_without_sense_is_refused(
    shop: Shop, policy: Policy, changes: dict[str, Any], message: str
) -> None:
    """There are days, none in the future, and a horizon."""
    with pytest.raises(InvalidValueError, match=message):
        _test(shop, policy, policy, **changes)


@pytest.mark.parametrize(("name", "value"), [("zone", "Asia/Shanghai"), ("currency", "CNY")])
def test_policies_of_two_worlds_are_not_compared(
    shop: Shop, policy: Policy, name: str, value: str
) -> None:
    """Both policies count days in one zone and amounts in one currency."""
    change: dict[str, Any] = {name: value}

    with pytest.raises(InvalidValueError, match=rf"new\.{name} must be that of the old policy"):
        _test(shop, policy, attrs.evolve(policy, **change))
