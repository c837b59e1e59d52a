"""Reviewing what customers are worth, and who is slipping away."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest

from crmcore.activities import Purchase, PurchaseId
from crmcore.codec import from_json, to_json
from crmcore.criteria import F
from crmcore.customers import Customer, Ownership, OwnershipId
from crmcore.durations import WEEK, days, weeks
from crmcore.errors import NotIdentifiedError
from crmcore.histories import summarize
from crmcore.improvement import Finding, Severity
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    Money,
    Reason,
    TeamId,
    Undefined,
    round_half_up,
)
from crmcore.likelihood import Kernel
from crmcore.memory import MemoryStore
from crmcore.organization import Department, Member, Organization, Team
from crmcore.policies import Policy, ValuePolicy
from crmcore.reviews import (
    CustomerValue,
    Review,
    backtest,
    plan_handover,
    review_department,
)
from crmcore.scoring import Rule, RuleSet
from crmcore.segments import Segment, SegmentTable
from crmcore.storage import Store, add_organization
from crmcore.value import ModifiedBetaGeo, lifetime_values

PURCHASES = Path(__file__).parents[2] / "examples" / "data" / "cdnow_master.csv.gz"
EVERY = 100  # so many customers of CDNOW there are for each one who takes part
AS_OF = date(1998, 7, 1)
SINCE = datetime(1997, 1, 1, tzinfo=UTC)
POLICY = attrs.evolve(
    Policy.default(),
    value=ValuePolicy(margin=Decimal("0.4"), gone_after_days=300, worth=Decimal(10)),
)
FOR_NOTHING = (
    "Gamma-Gamma cannot be fitted: nobody bought again for more than nothing, as far as is known"
)
SILENT = attrs.evolve(POLICY, value=None)


def bought() -> Iterator[Purchase]:
    """Yield the real purchases of every hundredth customer."""
    with gzip.open(PURCHASES, "rt", newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows)):
            if int(row["customer_id"]) % EVERY == 0:
                day = date.fromisoformat(row["date"])
                yield Purchase(
                    id=PurchaseId(f"p-{number}"),
                    customer=CustomerId(row["customer_id"]),
                    at=datetime(day.year, day.month, day.day, 17, tzinfo=UTC),
                    amount=Money(row["dollar_value"], "USD"),
                )


SOLD = tuple(bought())
ALIKE = tuple(
    attrs.evolve(one, amount=Money("10.00", "USD"))
    for one in {(one.customer, one.at): one for one in SOLD}.values()
)


def filled(
    purchases: Sequence[Purchase] = SOLD,
    *,
    archived: Sequence[str] = (),
    owners: dict[str, str] | None = None,
) -> Store:
    """Return a store with a department of two, the purchases, and the customers who made them."""
    store = MemoryStore()
    department = Department(id=DepartmentId("care"), name="Customer care")
    team = Team(
        id=TeamId("sales"), name="Sales", department=department.id, looks_after_customers=True
    )
    members = [
        Member(id=MemberId(name), name=name.title(), team=team.id, weekly_hours=Decimal(38))
        for name in ("ben", "wei")
    ]
    with store.unit_of_work() as uow:
        add_organization(uow, Organization(department=department, teams=[team], members=members))
        names = dict.fromkeys(one.customer for one in purchases)
        uow.customers.add_all(
            Customer(
                id=name,
                name=str(name),
                archived_at=datetime(1998, 6, 1, tzinfo=UTC) if name in archived else None,
            )
            for name in [*names, CustomerId("prospect")]
        )
        uow.purchases.add_all(purchases)
        uow.ownerships.add_all(
            Ownership(
                id=OwnershipId(f"o-{customer}"),
                customer=CustomerId(customer),
                member=MemberId(member),
                since=SINCE,
            )
            for customer, member in (owners or {}).items()
        )
        uow.commit()
    return store


def reviewed(store: Store | None = None, policy: Policy = POLICY, **options: Any) -> Review:  # noqa: ANN401
    """Return the review of a store."""
    return review_department(store or filled(), policy=policy, **{"as_of": AS_OF, **options})


@pytest.fixture(scope="module")
def review() -> Review:
    """Return the review of some 235 customers."""
    return reviewed()


@pytest.fixture(scope="module")
def value(review: Review) -> CustomerValue:
    """Return what they are worth."""
    assert isinstance(review.value, CustomerValue)
    return review.value


def telling(review: Review, kind: str) -> Finding:
    """Return the only finding of a kind."""
    (found,) = (one for one in review.findings if one.kind == kind)
    return found


def test_histories_are_those_of_the_purchases(value: CustomerValue) -> None:
    """They say what summing up the purchases until the day before says (oracle)."""
    day_before = AS_OF - timedelta(days=1)

    expected = summarize(SOLD, as_of=day_before, unit=WEEK, zone="America/New_York")

    found = value.histories
    assert (found.customers, found.as_of, found.currency) == (
        expected.customers,
        day_before,
        "USD",
    )
    for one, other in zip(found, expected, strict=True):
        assert one.frequency == other.frequency
        assert (one.last_purchase_age, one.age) == (other.last_purchase_age, other.age)
        assert (one.mean_spend or 0) == pytest.approx(other.mean_spend or 0)


def test_each_value_is_what_the_models_say(review: Review, value: CustomerValue) -> None:
    """The models of the review give for its histories what its judgements hold."""
    asked = lifetime_values(
        value.histories,
        value.purchases,
        value.spend,
        horizon=weeks(52),
        discount=POLICY.value.discount if POLICY.value else value.discount,
        margin=0.4,
    )

    told = [one for one in review.judgements if one.value is not None]

    assert [one.value for one in told] == list(asked)
    assert [one.customer for one in review.judgements if one.value is None] == ["prospect"]


def test_features_are_rounded_parts_of_the_value(review: Review) -> None:
    """Six digits for what is predicted, those of money for money, half up."""
    for one in review.judgements:
        known, told = one.features, one.value
        if told is None:
            assert (known.alive, known.expected_purchases, known.lifetime_value) == (None,) * 3
            assert one.value_if_alive is None
            continue
        assert known.alive == round_half_up(Decimal(told.alive), 6)
        assert known.expected_purchases == round_half_up(Decimal(told.alive * told.purchases), 6)
        assert known.lifetime_value == round_half_up(Decimal(told.value), 2)
        assert one.value_if_alive == round_half_up(Decimal(told.value / told.alive), 2)


def test_the_total_is_the_sum(review: Review, value: CustomerValue) -> None:
    """What the department's customers come to is the sum over them, to the last digit."""
    told = [one.features for one in review.judgements if one.value is not None]

    assert value.customers == len(told) == 235
    assert value.total == sum(one.lifetime_value or 0 for one in told)
    assert value.alive == sum(one.alive or 0 for one in told)
    assert value.expected_purchases == sum(one.expected_purchases or 0 for one in told)
    assert Decimal(value.interval.low) < value.total < Decimal(value.interval.high)
    assert (value.is_sales, value.meant.en, value.currency) == (False, "margin", "USD")


def test_the_models_are_fitted_the_same_everywhere(value: CustomerValue) -> None:
    """Whether numpy is installed makes no difference to a review."""
    assert value.purchases.fitted is not None
    assert value.spend.fitted is not None
    assert {value.purchases.fitted.kernel, value.spend.fitted.kernel} == {Kernel.PYTHON}


def test_the_order_of_the_records_does_not_matter(review: Review) -> None:
    """The same purchases in another order are worth the same."""
    turned = list(SOLD)
    Random(5).shuffle(turned)  # noqa: S311 - no secret

    assert reviewed(filled(turned)) == review


def test_the_curve_counts_what_happened(value: CustomerValue) -> None:
    """Each week has all repeat occasions until its last day; the model adds up over customers."""
    bought_on: dict[str, set[date]] = {}
    for one in SOLD:
        bought_on.setdefault(one.customer, set()).add(one.at.date())
    repeats = [day for some in bought_on.values() for day in sorted(some)[1:]]
    first = [min(some) for some in bought_on.values()]
    found, until = value.tracking, AS_OF - timedelta(days=1)

    assert found.ends[-1] == until
    for day, actual in zip(found.ends, found.cumulative_actual, strict=True):
        assert actual == sum(each <= day for each in repeats)
    assert found.cumulative_expected[-1] == pytest.approx(
        sum(value.purchases.new_customer_purchases(days((until - day).days)) for day in first)
    )


def test_nothing_speaks_against_these_purchases(review: Review, value: CustomerValue) -> None:
    """That customers leave is borne out, and spend does not hang on how often they buy."""
    assert value.purchases.dropout_check(value.histories).is_supported
    assert value.independence == value.spend.independence(value.histories)
    assert value.cautions == ()
    assert "value_caution" not in {one.kind for one in review.findings}


def test_who_slips_away_has_left_not_long_ago_and_matters(review: Review) -> None:
    """Alive with less than even odds, silent for 300 days at most; worth ten dollars if there."""
    expected = [
        one
        for one in review.judgements
        if one.features.alive is not None
        and one.features.alive < Decimal("0.5")
        and (one.features.days_since_last or 0) <= 300
        and (one.value_if_alive or 0) >= 10
    ]

    assert 0 < len(review.slipping) < 100
    assert sorted(review.slipping, key=lambda one: one.customer) == expected
    stakes = [one.value_if_alive or 0 for one in review.slipping]
    assert stakes == sorted(stakes, reverse=True)


def test_limits_hold_their_lower_side(review: Review) -> None:
    """Whose last day and worth are those of the limits still slips away; whose odds are, not."""
    one = review.slipping[-1]
    assert POLICY.value is not None
    assert one.features.alive is not None
    assert one.features.days_since_last is not None
    assert one.value_if_alive is not None

    just = attrs.evolve(
        POLICY.value, gone_after_days=one.features.days_since_last, worth=one.value_if_alive
    )
    not_any_more = [
        attrs.evolve(just, slipping_below=one.features.alive),
        attrs.evolve(just, gone_after_days=one.features.days_since_last - 1),
        attrs.evolve(just, worth=one.value_if_alive + Decimal("0.01")),
    ]

    assert one in attrs.evolve(review, policy=attrs.evolve(POLICY, value=just)).slipping
    for rule in not_any_more:
        assert one not in attrs.evolve(review, policy=attrs.evolve(POLICY, value=rule)).slipping


def test_a_finding_tells_who_slips_away_and_whose_they_are(review: Review) -> None:
    """One finding counts them, what they would be worth, and by owner those with most at stake."""
    first, second, *_ = (one.customer for one in review.slipping)
    owned = reviewed(filled(owners={first: "wei", second: "gone"}))

    found = telling(owned, "slipping_away")

    stake = sum(one.value_if_alive or 0 for one in owned.slipping)
    assert found.severity is Severity.WARNING
    assert found.title.en == (
        f"{len(owned.slipping)} customers are slipping away, "
        f"who would be worth {stake:,} USD in 52 weeks"
    )
    assert found.title.zh == (
        f"{len(owned.slipping)}位客户正在流失，若能留住，52 周内价值{stake:,} USD"
    )
    evidence = dict(found.evidence)
    assert evidence["customers"] == str(len(owned.slipping))
    assert evidence["first of them"].startswith(f"{first} (wei), {second} (gone), ")
    assert evidence["owned by wei"] == f"1, worth {owned.slipping[0].value_if_alive} USD"
    there = sum(one.features.alive or 0 for one in owned.slipping)
    assert evidence["still there by the model"] == f"{round_half_up(Decimal(there), 0)} of them"
    assert [name for name, _ in found.evidence[3:]] == [
        "owned by nobody",
        "owned by wei",
        "owned by gone",
    ]
    assert found.suggestion is not None
    assert found.suggestion.en.endswith("; name somebody for those who have no owner")


def test_owners_call_their_own(review: Review) -> None:
    """Where all who slip away have an owner, nobody else is asked for."""
    owners = dict.fromkeys((str(one.customer) for one in review.slipping), "wei")

    found = telling(reviewed(filled(owners=owners)), "slipping_away")

    assert found.suggestion is not None
    assert found.suggestion.en.endswith("the ones who would be worth most first")


def test_nobody_slips_away_where_nobody_is_seen_to_leave() -> None:
    """Who buys on any day as readily as ever has not left: no silence is held against anybody."""
    dice = Random(3)  # noqa: S311 - no secret
    start = date(1997, 9, 1)
    sold = [
        attrs.evolve(
            SOLD[0],
            id=PurchaseId(f"p-{who}-{day}"),
            customer=CustomerId(f"c{who:02}"),
            at=datetime(start.year, start.month, start.day, 17, tzinfo=UTC) + timedelta(days=day),
            amount=Money(dice.randrange(500, 9900), "USD"),
        )
        for who in range(40)
        for day in range(300)
        if dice.random() < (who + 1) / 160
    ]
    assert POLICY.value is not None
    anybody = attrs.evolve(POLICY.value, slipping_below=Decimal(1), worth=Decimal(0))

    found = reviewed(filled(sold), attrs.evolve(POLICY, value=anybody))

    assert isinstance(found.value, CustomerValue)
    assert found.value.dropout is not None
    assert not found.value.tells_who_leaves
    assert found.slipping == ()
    assert "slipping_away" not in {one.kind for one in found.findings}
    assert "do not say that customers leave" in telling(found, "value_caution").title.en


def test_the_list_stays_where_that_cannot_be_told(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a comparison the review goes on, and lists whom the policy asks for."""

    def fails(*_: object) -> None:
        raise NotIdentifiedError("NBD", "nobody came back")

    monkeypatch.setattr(ModifiedBetaGeo, "dropout_check", fails)
    found = reviewed()

    assert isinstance(found.value, CustomerValue)
    assert found.value.dropout is None
    assert found.value.tells_who_leaves
    assert found.slipping == review.slipping


def test_a_value_that_may_be_anything_is_none() -> None:
    """One who came back does not tell how 200 will: no sum is told, and nothing fails."""
    first = datetime(1997, 1, 1, 17, tzinfo=UTC)
    bought_on = [(who, who * 5 // 2) for who in range(200)] + [(0, 30)]
    sold = [
        attrs.evolve(
            SOLD[0],
            id=PurchaseId(f"p-{who}-{day}"),
            customer=CustomerId(f"c{who:03}"),
            at=first + timedelta(days=day),
        )
        for who, day in bought_on
    ]
    assert POLICY.value is not None
    one = attrs.evolve(POLICY, value=attrs.evolve(POLICY.value, repeat_customers=1))

    found = reviewed(filled(sold), one)

    assert isinstance(found.value, Undefined)
    assert found.value.detail.en == (
        "the purchases leave open whether it is 10 times as much, or less than a tenth"
    )
    assert {each.value for each in found.judgements} == {None}
    assert "  worth " in found.summary()


def test_who_is_out_of_use_is_not_said_never_to_have_bought(review: Review) -> None:
    """Where all customers are archived, nobody is left to value; that is what is said."""
    everybody = [one.customer for one in review.judgements]

    found = reviewed(filled(archived=everybody)).value

    assert isinstance(found, Undefined)
    assert found.detail.en == "no customer in use has bought anything yet"


def test_one_alone_is_told_as_one(review: Review) -> None:
    """A single customer who slips away is no plural."""
    assert POLICY.value is not None
    most = review.slipping[0].value_if_alive or Decimal(0)
    few = attrs.evolve(POLICY, value=attrs.evolve(POLICY.value, worth=most))

    found = telling(reviewed(policy=few), "slipping_away")

    assert found.title.en.startswith("1 customer is slipping away, who would be worth ")


def test_where_nobody_slips_away_nothing_is_found() -> None:
    """A limit that nobody reaches leaves no finding, no list and no line."""
    assert POLICY.value is not None
    none = attrs.evolve(POLICY, value=attrs.evolve(POLICY.value, worth=Decimal(10**6)))

    found = reviewed(policy=none)

    assert found.slipping == ()
    assert "slipping_away" not in {one.kind for one in found.findings}
    assert "slipping away" not in found.summary()


def test_the_summary_has_a_line_for_each(review: Review, value: CustomerValue) -> None:
    """What the customers are worth, and how many slip away, in both languages."""
    stake = sum(one.value_if_alive or 0 for one in review.slipping)
    shown = [f"{round_half_up(Decimal(each), 0):,}" for each in (
        value.total, value.interval.low, value.interval.high, stake
    )]  # fmt: skip

    english, chinese = review.summary(), review.summary(language="zh-CN")

    assert f"\n  worth in 52 weeks                  {shown[0]} USD of margin " in english
    assert f" [{shown[1]} to {shown[2]}]\n" in english
    count = len(review.slipping)
    assert (
        f"\n  slipping away                      {count} customers, worth {shown[3]} USD "
        "had they not left\n" in english
    )
    assert f"\n  52 周内的价值：毛利{shown[0]} USD［{shown[1]}至{shown[2]}］\n" in chinese
    assert f"\n  正在流失：{count}位客户，若能留住价值{shown[3]} USD\n" in chinese


def test_it_is_printed_in_a_line_and_read_again_from_json(value: CustomerValue) -> None:
    """A value says what it comes to, and is the same after it was written down."""
    total = f"{round_half_up(value.total, 0):,}"

    assert str(value).startswith(f"235 customers are worth {total} USD of margin [")
    assert str(value).endswith("] in 52 weeks")
    assert repr(value) == f"<CustomerValue: {value}>"
    assert from_json(CustomerValue, to_json(value)) == value


def test_sales_are_called_sales() -> None:
    """Where the policy states no margin, the summary says that value is sales."""
    found = reviewed(policy=Policy.default())

    assert isinstance(found.value, CustomerValue)
    assert found.value.is_sales
    assert " USD of sales [" in found.summary()


def test_who_is_out_of_use_teaches_but_does_not_count(review: Review, value: CustomerValue) -> None:
    """Archived customers stay in the histories, since those who left are how one learns."""
    gone = [one.customer for one in review.judgements[:100]]

    found = reviewed(filled(archived=gone)).value

    assert isinstance(found, CustomerValue)
    assert found.histories == value.histories
    assert found.purchases == value.purchases
    assert found.customers == 135
    assert found.total == sum(one.features.lifetime_value or 0 for one in review.judgements[100:])
    assert found.interval.low < found.total < found.interval.high


def test_money_that_went_back_lowers_what_an_occasion_brings(value: CustomerValue) -> None:
    """A refund counts on its day, and brings nobody below nothing."""
    few, many = (value.histories[place] for place in _busiest(value))
    back = [
        attrs.evolve(
            _bought_by(str(one.customer)),
            id=PurchaseId(f"back-{one.customer}"),
            at=datetime(1998, 6, 1, 17, tzinfo=UTC),
            amount=Money(amount, "USD"),
            refund=True,
        )
        for one, amount in ((few, "-5.00"), (many, "-100000.00"))
    ]

    found = reviewed(filled([*SOLD, *back])).value

    assert isinstance(found, CustomerValue)
    lower, nothing = (found.histories[place] for place in _busiest(value))
    assert lower.frequency == few.frequency
    assert few.mean_spend is not None
    assert lower.mean_spend == pytest.approx(few.mean_spend - 5 / few.frequency)
    assert nothing.mean_spend == 0


def _busiest(value: CustomerValue) -> list[int]:
    """Return the places of the two who bought most often."""
    places = range(len(value.histories))
    return sorted(places, key=lambda place: -value.histories.frequency[place])[:2]


def _bought_by(customer: str) -> Purchase:
    return next(one for one in SOLD if one.customer == customer)


def test_segments_and_rules_read_what_was_predicted() -> None:
    """A segment of those who have left, and points for what somebody will bring."""
    gone = Segment("gone", F.alive < Decimal("0.2"))
    here = Segment("here", F.alive >= Decimal("0.2"))
    rules = RuleSet("value", [Rule("will bring", when=F.lifetime_value >= 5, points=10)])
    policy = attrs.evolve(POLICY, segments=SegmentTable(segments=[gone, here]), rules=rules)

    found = reviewed(policy=policy)

    assert {one.features.segment for one in found.judgements} == {"gone", "here", None}
    assert {one.score.value for one in found.judgements} == {Decimal(0), Decimal(10)}
    for one in found.judgements:
        alive, brings = one.features.alive, one.features.lifetime_value
        if alive is None or brings is None:
            assert one.features.segment is None
            continue
        assert (one.features.segment == "gone") is (alive < Decimal("0.2"))
        assert (one.score.value == 10) is (brings >= 5)


def test_a_backtest_predicts_from_what_was_known_then() -> None:
    """Past days are judged as reviews of these days judge; who asks for nothing gets nothing."""
    rules = RuleSet("value", [Rule("is there", when=F.alive >= Decimal("0.5"), points=10)])
    plain = RuleSet("value", [Rule("never", when=F.frequency < 0, points=10)])
    asking, other = (attrs.evolve(POLICY, rules=each) for each in (rules, plain))
    asked = [date(1998, 1, 1), date(1998, 4, 1)]
    store = filled()

    found = backtest(store, old=other, new=asking, days=asked, as_of=AS_OF)

    for day in asked:
        then = reviewed(store, asking, as_of=day)
        better = {one.customer for one in then.judgements if one.score.value == 10}
        assert better
        assert better == {
            one.customer
            for one in found.differences
            if one.day == day and one.score == (Decimal(0), Decimal(10))
        }


def test_a_backtest_of_days_without_a_value_goes_on() -> None:
    """Where too few had bought again by then, a rule that asks is unknown."""
    rules = RuleSet("value", [Rule("is there", when=F.alive >= 0, points=10)])
    asking = attrs.evolve(POLICY, rules=rules)

    found = backtest(filled(), old=POLICY, new=asking, days=[date(1997, 1, 20)], as_of=AS_OF)

    assert {one.score[1] for one in found.differences} == {Decimal(0)}


def test_a_handover_judges_as_a_review_does(review: Review) -> None:
    """Notes of customers who change hands say of them what the review says."""
    first = review.slipping[0]
    store = filled(owners={first.customer: "wei"})

    handover = plan_handover(store, "wei", policy=POLICY, as_of=AS_OF)

    (note,) = handover.notes
    assert note.judgement.value == first.value
    assert note.judgement.features == first.features
    alive = round_half_up(100 * (first.features.alive or Decimal(0)), 0)
    worth = f"{first.features.lifetime_value} USD"
    assert f"; alive {alive} %, worth {worth} in 52 weeks; " in note.in_language("en")
    assert f"；存活概率{alive} %，52 周内价值{worth}；" in note.in_language("zh-CN")


@pytest.mark.parametrize(
    ("policy", "purchases", "reason", "en"),
    [
        (SILENT, SOLD, Reason.NOT_APPLICABLE, "the policy tells no value"),
        (POLICY, (), Reason.NO_DATA, "no customer in use has bought anything yet"),
        (
            POLICY,
            [one for one in SOLD if one.customer < "02000"],
            Reason.TOO_FEW,
            "11 customers have bought again, and 30 are needed",
        ),
        (
            POLICY,
            [attrs.evolve(one, amount=Money("0.00", "USD")) for one in SOLD],
            Reason.NOT_APPLICABLE,
            FOR_NOTHING,
        ),
    ],
)
def test_where_no_value_can_be_told_the_review_says_why(
    policy: Policy, purchases: Sequence[Purchase], reason: Reason, en: str
) -> None:
    """Everything else is reviewed as ever, nobody has a value, and nobody slips away."""
    found = reviewed(filled(purchases), policy)

    assert isinstance(found.value, Undefined)
    assert found.value.reason is reason
    assert found.value.detail.en == en
    assert not found.value.detail.zh.isascii()
    assert found.slipping == ()
    assert {one.value for one in found.judgements} == {None}
    notes = [one for one in found.findings if one.kind == "no_customer_value"]
    if reason is Reason.NO_DATA:
        assert notes == []
    elif policy.value is None:
        assert notes == []
        assert "worth" not in found.summary()
    else:
        assert [one.severity for one in notes] == [Severity.NOTE]
        assert notes[0].title.en == f"what customers are worth cannot be told: {en}"
        assert f"\n  worth                              – ({en})\n" in found.summary()
        assert "\n  客户价值：–（" in found.summary(language="zh-CN")


def test_one_who_came_back_is_one() -> None:
    """A single customer who bought again is no plural."""
    twice = [one for one in SOLD if one.customer == "00100"]

    found = reviewed(filled(twice)).value

    assert isinstance(found, Undefined)
    assert found.detail.en == "1 customer has bought again, and 30 are needed"


def test_one_who_is_needed_is_one() -> None:
    """A single customer who must have bought again is no plural."""
    once = [next(one for one in SOLD if one.customer == "00100")]
    assert POLICY.value is not None
    one = attrs.evolve(POLICY, value=attrs.evolve(POLICY.value, repeat_customers=1))

    found = reviewed(filled(once), one).value

    assert isinstance(found, Undefined)
    assert found.detail.en == "0 customers have bought again, and 1 is needed"


def test_where_all_things_have_one_price_everybody_spends_the_mean() -> None:
    """Who leaves is told as ever; that customers do not differ in spend is said."""
    found = reviewed(filled(ALIKE))

    assert isinstance(found.value, CustomerValue)
    assert found.value.spend.fitted is None
    told = [one.value for one in found.judgements if one.value is not None]
    assert [one.spend for one in told] == pytest.approx([10.0] * len(told))
    assert found.slipping
    assert found.value.interval.low < found.value.total < found.value.interval.high
    (caution,) = found.value.cautions
    assert caution.en == (
        "customers are not seen to differ in what they spend: everybody is expected to spend the "
        "mean of all, 10.00 USD on an occasion"
    )
    assert caution.zh == "未见客户花费存在差异：均按全体平均每次10.00 USD估算"
    assert telling(found, "value_caution").severity is Severity.NOTE


def test_what_to_know_of_the_models_is_a_note() -> None:
    """Cautions of the fits come with the review, in one finding."""
    free = [
        attrs.evolve(one, amount=Money("0.00", "USD")) if one.customer < "05000" else one
        for one in SOLD
    ]

    found = reviewed(filled(free))

    assert isinstance(found.value, CustomerValue)
    assert any("paid nothing" in each.en for each in found.value.cautions)
    note = telling(found, "value_caution")
    assert note.severity is Severity.NOTE
    assert "paid nothing" in note.title.en
    assert not note.title.zh.isascii()
