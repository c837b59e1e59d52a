"""Incentive rules, ideas and proposals: what they may be, and what a new version changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import attrs
import pytest

from crmcore.criteria import F
from crmcore.errors import InvalidValueError
from crmcore.incentives import (
    Award,
    Grant,
    IncentiveKind,
    IncentiveRule,
    Nomination,
    PayoutCurve,
    Suggestion,
    SuggestionOutcome,
)
from crmcore.kernel import Money, Phrase

CURVE = PayoutCurve(threshold=60)
BONUS = IncentiveRule(
    name="bonus", kind=IncentiveKind.BONUS, curve=CURVE, amount=Money(1000, "EUR")
)


def test_a_new_version_says_what_it_changes_and_why() -> None:
    """After feedback the curve begins earlier, and only members with a year get it."""
    after = attrs.evolve(
        BONUS,
        curve=PayoutCurve(threshold=50),
        eligible=F.months >= 12,
        version="2",
        since=date(1998, 7, 1),
        reason="three of five teams said that 60 points are out of reach in summer",
    )

    line = "0 % at 50 points, 100 % at 100 points"
    assert [change.en for change in after.changes(BONUS)] == [
        "bonus was bonus of 1000 EUR, 0 % at 60 points, 100 % at 100 points; within 30 days",
        f"bonus is bonus of 1000 EUR, {line}, where months is 12 or more; within 30 days",
        "because: three of five teams said that 60 points are out of reach in summer",
    ]
    assert BONUS.changes(BONUS) == ()


def test_a_change_without_a_reason_says_so() -> None:
    """Whoever changes a rule silently is told on."""
    after = attrs.evolve(BONUS, amount=None, share_of_base="0.05", version="2")

    changes = after.changes(BONUS)

    assert changes[1].en.startswith("bonus is bonus of 5 % of the base, 0 % at 60 points")
    assert changes[2] == Phrase("because: no reason is stated", "原因：未说明原因")


def test_an_honour_has_no_sum_to_tell() -> None:
    """Where nothing is paid, the words tell kind and days only."""
    words = IncentiveRule(name="thanks", kind=IncentiveKind.HONOUR, days=7).words

    assert words == Phrase("honour; within 7 days", "荣誉；7天内兑现")


def test_who_proposes_and_who_hears_of_it_is_told() -> None:
    """A rule that wants a nomination, or is to be made public, says so."""
    praise = IncentiveRule(
        name="thanks", kind=IncentiveKind.HONOUR, needs_nomination=True, is_public=True
    )

    assert praise.words == Phrase(
        "honour, on nomination, made public; within 30 days",
        "荣誉，须经提名，予以公布；30天内兑现",
    )


@pytest.mark.parametrize("kind", IncentiveKind)
def test_each_kind_is_paid_in_one_way(kind: IncentiveKind) -> None:
    """By points, by suggestion, or not at all."""
    assert kind.is_paid_by_points is (kind in {IncentiveKind.BONUS, IncentiveKind.PAY})
    assert kind.is_for_suggestions is kind.value.endswith("_award")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"curve": None}, "curve must be stated for a bonus or an adjustment of pay"),
        (
            {"kind": IncentiveKind.HONOUR, "amount": None},
            "curve must be stated for a bonus or an adjustment of pay, and only there",
        ),
        (
            {"kind": IncentiveKind.HONOUR, "curve": None},
            "share_of_base must be left out, as an amount, where no money is paid",
        ),
        (
            {"kind": IncentiveKind.PROMOTION, "curve": None, "amount": None, "share_of_base": 1},
            "share_of_base must be left out, as an amount, where no money is paid",
        ),
        ({"amount": None}, "share_of_base must be stated where no amount is, and only there"),
        ({"share_of_base": "0.1"}, "share_of_base must be stated where no amount is"),
        ({"amount": None, "share_of_base": 3}, r"share_of_base must be a fraction .*0.03, not 3"),
        ({"amount": Money(0, "EUR")}, r"amount must be above 0 \(got '0 EUR'\)"),
        (
            {"kind": IncentiveKind.INNOVATION_AWARD, "curve": None, "amount": None},
            "amount must be stated for innovation and improvement awards",
        ),
        (
            {"kind": IncentiveKind.IMPROVEMENT_AWARD, "curve": None, "share_of_base": "0.1"},
            "share_of_base must be left out for innovation and improvement awards",
        ),
        ({"since": datetime(1998, 7, 1)}, "since must be a day, not an instant"),  # noqa: DTZ001
        ({"eligible": "score > 5"}, "eligible must be a Criterion"),
    ],
)
def test_rules_that_promise_nothing_clear_are_refused(fields: dict[str, Any], message: str) -> None:
    """A rule promises one thing in one way."""
    with pytest.raises(InvalidValueError, match=message):
        attrs.evolve(BONUS, **fields)


IDEA: dict[str, Any] = {
    "id": "s-1",
    "kind": IncentiveKind.INNOVATION_AWARD,
    "member": "wei",
    "title": "Answer the ten most frequent questions on one page",
    "made_on": date(1998, 5, 4),
}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": IncentiveKind.BONUS}, "kind must be IncentiveKind.INNOVATION_AWARD or"),
        (
            {"outcome": SuggestionOutcome.ADOPTED},
            "decided_on must be stated where something was decided, and only there",
        ),
        ({"decided_on": date(1998, 5, 5)}, "decided_on must be stated where something was"),
        (
            {"outcome": SuggestionOutcome.DECLINED, "decided_on": date(1998, 5, 3)},
            "decided_on must not be before made_on, 1998-05-04",
        ),
        ({"made_on": "1998-05-04"}, "made_on must be a date"),
    ],
)
def test_odd_suggestions_are_refused(fields: dict[str, Any], message: str) -> None:
    """A decision has a day, and comes after the idea."""
    with pytest.raises(InvalidValueError, match=message):
        Suggestion(**{**IDEA, **fields})


def test_what_people_wrote_stays_out_of_sight() -> None:
    """Ideas, reasons and names are personal."""
    idea = Suggestion(**IDEA, effect="Half as many questions on Mondays")
    proposed = Nomination(
        rule="honour", subject="member:wei", on=date(1998, 6, 3), by="Lin", reason="always there"
    )

    assert "Mondays" not in repr(idea)
    assert "Lin" not in repr(proposed)


def test_days_of_grants_and_proposals_are_days() -> None:
    """A grant has a day, and is made public on that day or later; so has a proposal."""
    today: Any = "today"

    with pytest.raises(InvalidValueError, match="on must be a date"):
        Grant(award="a", on=today)
    with pytest.raises(InvalidValueError, match="published_on must not be before the grant, 1998"):
        Grant(award="a", on=date(1998, 7, 2), published_on=date(1998, 7, 1))
    with pytest.raises(InvalidValueError, match="on must be a date"):
        Nomination(rule="r", subject="s", on=today, by="Lin", reason="x")


def test_money_without_steps_cannot_be_awarded() -> None:
    """What is paid is the sum of the steps that lead to it."""
    with pytest.raises(InvalidValueError, match="money must be the sum of its ledger, 0"):
        Award(
            subject="member:wei",
            rule=BONUS,
            cause="1998-06",
            money=Money(1, "EUR"),
            because=Phrase("", ""),
            grant_by=date(1998, 7, 30),
        )
