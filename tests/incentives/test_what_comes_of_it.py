"""After the award: whether it came in time, who was made public, and what is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import attrs
import pytest

from crmcore.errors import UnknownNameError
from crmcore.evaluation import Evaluation
from crmcore.incentives import Awards, Grant, IncentiveKind, IncentiveRule, PayoutCurve, award
from crmcore.kernel import Money

Scored = Callable[..., Evaluation]

RULES = [
    IncentiveRule(
        name="bonus",
        kind=IncentiveKind.BONUS,
        curve=PayoutCurve(threshold=60),
        amount=Money(1000, "EUR"),
    ),
    IncentiveRule(name="honour", kind=IncentiveKind.HONOUR, is_public=True),
]


@pytest.fixture
def given(scored: Scored) -> Awards:
    """A bonus and an honour for Wei, to be granted by 30 July."""
    return award([scored("member:wei", 150)], RULES, as_of=date(1998, 7, 2), currency="EUR")


def test_late_grants_are_listed(given: Awards) -> None:
    """The honour came a day late and was not made public, the bonus has not come at all."""
    late = Grant(award="honour / member:wei / 1998-06", on=date(1998, 7, 31))

    found = given.late([late], as_of=date(1998, 8, 3))

    by = "was to be granted by 1998-07-30"
    assert [str(finding) for finding in found] == [
        f"warning · member:wei · bonus (1998-06) {by} and is not",
        f"note · member:wei · honour (1998-06) {by} and came on 1998-07-31",
        "note · member:wei · honour (1998-06) was to be made public and is not",
    ]
    assert found[0].evidence[0] == ("award", "bonus / member:wei / 1998-06")


@pytest.mark.parametrize(
    ("as_of", "kinds"),
    [
        (date(1998, 7, 30), []),
        (date(1998, 7, 31), ["award_overdue", "award_overdue"]),
    ],
)
def test_the_last_day_is_in_time(given: Awards, as_of: date, kinds: list[str]) -> None:
    """An award is overdue when its last day has passed; a grant of today is not known yet."""
    today = Grant(award="bonus / member:wei / 1998-06", on=as_of)

    assert [finding.kind for finding in given.late([today], as_of=as_of)] == kinds


def test_in_time_and_public_is_nothing_to_find(given: Awards) -> None:
    """Of two grants of one award the first counts."""
    on = date(1998, 7, 9)
    grants = [
        Grant(award="honour / member:wei / 1998-06", on=on, published_on=on),
        Grant(award="honour / member:wei / 1998-06", on=date(1998, 8, 9)),
        Grant(award="bonus / member:wei / 1998-06", on=date(1998, 7, 30)),
    ]

    assert given.late(grants, as_of=date(1998, 8, 30)) == ()
    assert given.late(grants[::-1], as_of=date(1998, 8, 30)) == ()
    assert [each.rule.name for each in given.role_models(grants)] == ["honour"]


def test_a_grant_of_nothing_is_refused(given: Awards) -> None:
    """A grant belongs to an award that was given."""
    grant = Grant(award="bonus / member:wei / 1998-05", on=date(1998, 7, 9))

    with pytest.raises(UnknownNameError, match=r"unknown award .*did you mean .*1998-06"):
        given.late([grant], as_of=date(1998, 8, 30))


def test_weak_points_want_an_action(scored: Scored) -> None:
    """150 points are a strength; 40 points ask for an action, which only Lin has agreed on."""
    evaluations = [scored("member:wei", 150), scored("member:yu", 40), scored("member:lin", 40)]
    given = award(evaluations, RULES, as_of=date(1998, 7, 2), currency="EUR")

    found = given.follow_up(evaluations, {("member:lin", "answered"): "task-7"})

    lin, wei, yu = found
    assert (lin.actions, lin.findings) == ((("answered", "task-7"),), ())
    assert (wei.strengths, wei.actions) == (("answered",), ())
    assert wei.awards == ("bonus / member:wei / 1998-06", "honour / member:wei / 1998-06")
    assert yu.awards == ("honour / member:yu / 1998-06",)
    assert [str(finding) for finding in yu.findings] == [
        "warning · member:yu · nothing is agreed on to improve answered since 1998-06"
    ]
    assert given.follow_up(evaluations[::-1])[1] == wei


def test_what_is_paid_adds_up(scored: Scored) -> None:
    """Two sums for one subject are one line of what is paid."""
    second = attrs.evolve(RULES[0], name="second bonus")

    given = award(
        [scored("member:wei", 80)], [RULES[0], second], as_of=date(1998, 7, 2), currency="EUR"
    )

    assert given.paid() == {"member:wei": 1000}
