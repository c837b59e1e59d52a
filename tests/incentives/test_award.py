"""Awards: who gets what, why, and to the cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.calendar import Period
from crmcore.criteria import F
from crmcore.errors import InvalidValueError, MixedCurrenciesError, UnknownNameError
from crmcore.evaluation import Evaluation
from crmcore.incentives import (
    Awards,
    IncentiveKind,
    IncentiveRule,
    Nomination,
    PayoutCurve,
    Suggestion,
    SuggestionOutcome,
    award,
)
from crmcore.kernel import MemberId, Money, Reason, Undefined
from crmcore.scoring import Override

Scored = Callable[..., Evaluation]

AUGUST = date(1998, 8, 1)
CURVE = PayoutCurve(threshold=60, target=100, cap=120, at_cap="1.5")
BONUS = IncentiveRule(
    name="bonus", kind=IncentiveKind.BONUS, curve=CURVE, amount=Money(1000, "EUR")
)
HONOUR = IncentiveRule(
    name="member of the month",
    kind=IncentiveKind.HONOUR,
    eligible=F.score >= 100,
    needs_nomination=True,
    is_public=True,
)
IDEA = IncentiveRule(
    name="good idea", kind=IncentiveKind.IMPROVEMENT_AWARD, amount=Money("200.005", "EUR"), days=10
)


def awarded(
    evaluations: list[Evaluation],
    *rules: IncentiveRule,
    **more: Any,  # noqa: ANN401 - whatever awarding takes
) -> Awards:
    """What rules give on 1 August, in euros."""
    usual: dict[str, Any] = {"as_of": AUGUST, "currency": "EUR"}
    return award(evaluations, rules or [BONUS], **{**usual, **more})


def paid(given: Awards) -> dict[str, Decimal]:
    """What each subject is paid."""
    return dict(given.paid())


def test_a_bonus_follows_the_points(scored: Scored) -> None:
    """90 points are three quarters of the way from 60 to 100, 110 half of it to the cap.

    0.75 · 1000 = 750; 1.25 · 1000 = 1250; 60 points are the threshold, at which nothing is paid.
    """
    given = awarded([scored("member:wei", 90), scored("member:lin", 110), scored("member:yu", 60)])

    lin, wei = given.awards
    head, step = str(lin).splitlines()
    assert head.startswith("bonus / member:lin / 1998-06: 1250.00 EUR, because 110 points earn 125")
    assert step == "  the promised sum times the share for the points: 1250"
    assert (wei.money, wei.share) == (Money("750.00", "EUR"), Decimal("0.75"))
    assert wei.because.zh == "得90分，发放75%；人人适用"
    assert [str(each) for each in given.declined] == [
        "bonus / member:yu / 1998-06: none, because 60 points earn nothing, the curve begins at 60"
    ]
    assert (given.total, given.entitled) == (Money(2000, "EUR"), Decimal(2000))
    assert paid(given) == {"member:lin": 1250, "member:wei": 750, "member:yu": 0}
    assert given.awards[0].grant_by == date(1998, 7, 30)
    assert not given.is_cut


def test_a_rounding_is_a_step_of_its_own(scored: Scored) -> None:
    """A share of 0.3125 of 333.33 is 104.165625, rounded once, half up, to 104.17."""
    rule = attrs.evolve(BONUS, amount=Money("333.33", "EUR"))

    given = awarded([scored("member:wei", "72.5")], rule).awards[0]

    assert given.money == Money("104.17", "EUR")
    assert [(why.en, amount) for why, amount in given.ledger] == [
        ("the promised sum times the share for the points", Decimal("104.165625")),
        ("rounded half up to the minor unit", Decimal("0.004375")),
    ]
    assert str(given).splitlines()[1:] == [
        "  the promised sum times the share for the points: 104.17"
    ]


def test_a_currency_without_cents_is_paid_whole(scored: Scored) -> None:
    """Yen have no minor unit."""
    rule = attrs.evolve(BONUS, amount=Money(1001, "JPY"))

    given = awarded([scored("member:wei", 80)], rule, currency="JPY")

    assert given.total == Money(501, "JPY")


def test_a_share_of_the_pay(scored: Scored) -> None:
    """3 % of 4,250 at the target is 127.50 more pay."""
    rule = IncentiveRule(name="pay", kind=IncentiveKind.PAY, curve=CURVE, share_of_base="0.03")

    given = awarded([scored("member:wei", 100)], rule, bases={"member:wei": Money("4250", "EUR")})

    assert given.total == Money("127.50", "EUR")


def test_a_budget_is_shared_to_the_cent(scored: Scored) -> None:
    """Three equal claims of 1,000 share 100.00 as 33.34, 33.33 and 33.33, by name."""
    claims = [scored(f"member:{name}", 100) for name in ("yu", "lin", "wei")]

    given = awarded(claims, budget=Money("100.00", "EUR"))

    assert paid(given) == {
        "member:lin": Decimal("33.34"),
        "member:wei": Decimal("33.33"),
        "member:yu": Decimal("33.33"),
    }
    assert given.total == Money(100, "EUR")
    assert given.is_cut
    assert given.entitled == 3000
    why, amount = given.awards[0].ledger[1]
    assert (why.en, amount) == ("the budget, shared in proportion", Decimal("-966.66"))


def test_cents_left_over_go_to_the_largest_remainder(scored: Scored) -> None:
    """Ten cents for claims of 3 to 3 to 1 are 4.29, 4.29 and 1.43 each: the last one gets it."""
    claims = [scored("member:a", 90), scored("member:b", 90), scored("member:c", 70)]

    given = awarded(claims, budget=Money("0.10", "EUR"))

    assert list(paid(given).values()) == [Decimal("0.04"), Decimal("0.04"), Decimal("0.02")]


def test_rounding_up_does_not_break_the_budget(scored: Scored) -> None:
    """Two halves of a cent are a cent in all, not two, where a cent is all that there is."""
    rule = attrs.evolve(BONUS, amount=Money("0.01", "EUR"))
    claims = [scored("member:lin", 80), scored("member:wei", 80)]

    assert awarded(claims, rule, budget=Money("0.01", "EUR")).total == Money("0.01", "EUR")
    assert awarded(claims, rule).total == Money("0.02", "EUR")


def test_a_budget_that_is_enough_cuts_nothing(scored: Scored) -> None:
    """Not a cent less than the claims is enough for them."""
    given = awarded([scored("member:wei", 90)], budget=Money(750, "EUR"))

    assert given.total == Money(750, "EUR")
    assert not given.is_cut


@given(st.data())
def test_the_budget_is_spent_exactly(scored: Scored, data: st.DataObject) -> None:
    """Whatever is claimed, the payouts sum to the budget or to less, each near its share."""
    points = data.draw(st.lists(st.integers(0, 200), min_size=1, max_size=8))
    budget = Money(data.draw(st.decimals(0, 3000, places=2)), "EUR")
    claims = [scored(f"member:{i}", score) for i, score in enumerate(points)]

    free, bound = awarded(claims), awarded(claims, budget=budget)

    assert bound.total == min(free.total, budget)
    for each in bound.awards:
        assert each.money is not None
        assert each.money.amount == sum(amount for _, amount in each.ledger)
        claim, whole = Fraction(each.ledger[0][1]), Fraction(bound.entitled)
        fair = claim * min(Fraction(budget.amount) / whole, Fraction(1))
        assert abs(Fraction(each.money.amount) - fair) < Fraction(1, 100)


@given(st.data())
def test_more_points_never_earn_less(scored: Scored, data: st.DataObject) -> None:
    """Within one budget nobody overtakes whoever has more points."""
    points = sorted(data.draw(st.lists(st.integers(50, 150), min_size=2, max_size=6)))
    budget = Money(data.draw(st.decimals(0, 3000, places=2)), "EUR")
    claims = [scored(f"member:{9 - i}", score) for i, score in enumerate(points)]

    got = paid(awarded(claims, budget=budget))

    in_order = [got[claim.subject] for claim in claims]
    for place in range(1, len(points)):
        # Of equal claims the first by name may get the cent that is left over.
        if points[place] > points[place - 1]:
            assert in_order[place] >= in_order[place - 1]
        else:
            assert in_order[place - 1] - in_order[place] <= Decimal("0.01")


@given(st.data())
def test_order_does_not_matter(scored: Scored, data: st.DataObject) -> None:
    """The same evaluations and rules in another order give the same awards."""
    claims = [scored(f"member:{i}", 70 + 10 * i) for i in range(4)]
    rules = [BONUS, attrs.evolve(HONOUR, needs_nomination=False)]
    budget = Money(100, "EUR")

    turned = awarded(
        data.draw(st.permutations(claims)), *data.draw(st.permutations(rules)), budget=budget
    )

    assert turned == awarded(claims, *rules, budget=budget)


def test_only_whoever_is_surely_eligible_is_paid(scored: Scored) -> None:
    """A criterion may ask for score, points of a component, and facts; unknown is not enough."""
    rule = attrs.evolve(BONUS, eligible=(F.months >= 12) & (F.answered >= 90) & (F.score >= 90))
    claims = [scored(f"member:{name}", 100) for name in ("old", "new", "unknown")]
    facts = {"member:old": {"months": 30}, "member:new": {"months": 3}}

    given = awarded(claims, rule, facts=facts)

    assert [each.subject for each in given.awards] == ["member:old"]
    assert [str(each.because) for each in given.declined] == [
        "fails: months is 3, less than 12",
        "unknown: months is missing (asked is months 12 or more)",
    ]


def test_an_honour_wants_a_nomination(scored: Scored) -> None:
    """100 points and a proposal within the period make the member of the month; it is no money."""
    claims = [scored("member:wei", 100), scored("member:lin", 120), scored("member:yu", 90)]
    proposals = [
        Nomination(
            rule=HONOUR.name,
            subject=f"member:{name}",
            on=date(1998, month, 9),
            by="Lin",
            reason="helped everybody",
        )
        for name, month in [("wei", 6), ("lin", 7), ("yu", 6)]
    ]

    given = awarded(claims, HONOUR, nominations=proposals)

    (wei,) = given.awards
    assert wei.id == "member of the month / member:wei / 1998-06"
    assert str(wei) == f"{wei.id}: honour, because holds: score is 100, 100 or more"
    assert wei.money is None
    assert [str(each.because) for each in given.declined] == [
        "nobody has nominated it",
        "fails: score is 90, less than 100",
    ]
    assert given.total == Money(0, "EUR")
    assert paid(given) == {"member:lin": 0, "member:wei": 0, "member:yu": 0}


def test_no_score_is_no_bonus(scored: Scored) -> None:
    """Whoever could not be evaluated is not paid, and is told why; an honour may not ask."""
    nothing = scored("member:wei", Undefined(Reason.ZERO_DENOMINATOR))
    praise = IncentiveRule(name="thanks", kind=IncentiveKind.HONOUR)

    given = awarded([nothing], BONUS, praise)

    assert str(given.declined[0].because) == "there is no score: there is no data"
    assert [(each.rule.name, each.score) for each in given.awards] == [("thanks", None)]


def test_an_override_counts(scored: Scored) -> None:
    """The second number is paid while it lasts."""
    mercy = Override(value=100, author="Lin", reason="covered for two", expires=AUGUST)
    evaluation = scored("member:wei", 80).overridden(mercy)

    assert awarded([evaluation]).total == Money(1000, "EUR")


def idea(name: str, outcome: SuggestionOutcome, decided: date | None) -> Suggestion:
    """A suggestion of Wei's for an improvement."""
    return Suggestion(
        id=name,
        kind=IncentiveKind.IMPROVEMENT_AWARD,
        member=MemberId("wei"),
        title="One page with the ten most frequent questions",
        made_on=date(1998, 5, 4),
        outcome=outcome,
        decided_on=decided,
    )


def test_only_adopted_suggestions_earn_an_award() -> None:
    """Open, declined, and decided too late to be known: three reasons to get nothing."""
    july = date(1998, 7, 6)
    ideas = [
        idea("s-1", SuggestionOutcome.ADOPTED, july),
        idea("s-2", SuggestionOutcome.DECLINED, july),
        idea("s-3", SuggestionOutcome.OPEN, None),
        idea("s-4", SuggestionOutcome.ADOPTED, AUGUST),
    ]
    invention = attrs.evolve(IDEA, name="invention", kind=IncentiveKind.INNOVATION_AWARD)

    given = awarded([], IDEA, invention, BONUS, suggestions=ideas)

    assert [each.cause for each in given.awards] == ["suggestion s-1"]
    assert given.total == Money("200.01", "EUR")
    assert given.awards[0].grant_by == date(1998, 7, 16)
    assert [(each.cause, each.because.en) for each in given.declined] == [
        ("suggestion s-2", "the suggestion is declined"),
        ("suggestion s-3", "the suggestion is not decided yet"),
        ("suggestion s-4", "the suggestion is not decided yet"),
    ]


def test_a_rule_may_ask_more_of_a_suggestion() -> None:
    """An award may want the effect to be verified."""
    rule = attrs.evolve(IDEA, eligible=~F.effect.is_missing())
    adopted = idea("s-1", SuggestionOutcome.ADOPTED, date(1998, 7, 6))
    proven = attrs.evolve(adopted, id="s-2", effect="a third fewer calls")

    given = awarded([], rule, suggestions=[adopted, proven])

    assert [each.cause for each in given.awards] == ["suggestion s-2"]
    assert [each.cause for each in given.declined] == ["suggestion s-1"]


def test_an_old_period_keeps_its_rule(scored: Scored) -> None:
    """The version counts that was in force when the period began; before the first there is none.

    The bonus is 1,000 from June on, and 2,000 from 15 June on, which July sees first.
    """
    first = attrs.evolve(BONUS, since=date(1998, 6, 1))
    second = attrs.evolve(
        BONUS, since=date(1998, 6, 15), amount=Money(2000, "EUR"), version="2", reason="feedback"
    )
    claims = [scored("member:wei", 100, Period.month(1998, month)) for month in (5, 6, 7)]

    given = awarded(claims, second, first)

    assert [(each.cause, each.rule.version, each.money) for each in given.awards] == [
        ("1998-06", "1", Money("1000.00", "EUR")),
        ("1998-07", "2", Money("2000.00", "EUR")),
    ]
    assert given.declined == ()


EVALUATED = pytest.mark.parametrize(
    ("rules", "more", "message"),
    [
        ([], {}, "rules must hold at least one"),
        ([BONUS, BONUS], {}, "rules must begin on different days where they are versions of one"),
        (
            [attrs.evolve(BONUS, amount=None, share_of_base="0.1")],
            {},
            r"bases must name the base of whoever gets bonus \(got 'member:wei'\)",
        ),
        ([BONUS], {"budget": Money("10.001", "EUR")}, "budget must be a whole number of minor"),
        ([BONUS], {"budget": Money(-1, "EUR")}, "budget must be a whole number of minor units, 0"),
        ([BONUS], {"as_of": date(1998, 6, 30)}, "evaluations must be made by the day of judgement"),
        ([BONUS], {"as_of": "today"}, "as_of must be a date"),
    ],
)


@EVALUATED
def test_what_cannot_be_paid_is_refused(
    scored: Scored, rules: list[IncentiveRule], more: dict[str, Any], message: str
) -> None:
    """Rules, bases, budget and days that fit nothing are named."""
    usual: dict[str, Any] = {"as_of": AUGUST, "currency": "EUR"}

    with pytest.raises(InvalidValueError, match=message):
        award([scored("member:wei", 100)], rules, **{**usual, **more})


def test_nobody_to_reward_is_refused() -> None:
    """Neither evaluations nor suggestions: there is nothing to decide."""
    with pytest.raises(InvalidValueError, match="evaluations must hold at least one, or sugg"):
        awarded([])


def test_nobody_is_paid_twice_for_the_same(scored: Scored) -> None:
    """One evaluation for each subject and period, one line for each suggestion."""
    wei = scored("member:wei", 100)
    once = idea("s-1", SuggestionOutcome.OPEN, None)

    with pytest.raises(InvalidValueError, match=r"evaluations must be there once each .*1998-06"):
        awarded([wei, wei])
    with pytest.raises(InvalidValueError, match=r"suggestions must be there once each .*s-1"):
        awarded([], IDEA, suggestions=[once, once])


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        (attrs.evolve(BONUS, amount=Money(1, "USD")), {}),
        (BONUS, {"budget": Money(1, "USD")}),
        (
            attrs.evolve(BONUS, amount=None, share_of_base="0.1"),
            {"bases": {"member:wei": Money(1, "USD")}},
        ),
    ],
    ids=["rule", "budget", "base"],
)
def test_two_currencies_are_refused(
    scored: Scored, rule: IncentiveRule, more: dict[str, Any]
) -> None:
    """Euros and dollars are not paid from one pot."""
    with pytest.raises(MixedCurrenciesError, match="EUR"):
        awarded([scored("member:wei", 100)], rule, **more)


def test_a_nomination_for_no_rule_is_refused(scored: Scored) -> None:
    """A slip of the pen is met with the rule that was meant."""
    slip = Nomination(
        rule="member of the mont", subject="member:wei", on=AUGUST, by="Lin", reason="x"
    )

    with pytest.raises(
        UnknownNameError, match=r"unknown incentive rule .*did you mean 'member of the month'"
    ):
        awarded([scored("member:wei", 100)], HONOUR, nominations=[slip])
