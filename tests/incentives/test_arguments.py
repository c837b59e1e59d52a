"""What awards are made of: money, and arguments of the right kind, in any context."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest

from crmcore.errors import InvalidValueError
from crmcore.evaluation import Evaluation
from crmcore.incentives import (
    Awards,
    IncentiveKind,
    IncentiveRule,
    PayoutCurve,
    audit_fairness,
    award,
)
from crmcore.kernel import Money

PAY = IncentiveRule(
    name="pay", kind=IncentiveKind.PAY, curve=PayoutCurve(threshold=50), share_of_base="0.0333"
)
JULY_1 = date(1998, 7, 1)
BASE = Money("51234.56", "EUR")


def awarded(scored: Callable[..., Evaluation], **other: object) -> Awards:
    """Return what 73.1234 points are paid, with something else than is right."""
    given: dict[str, Any] = {
        "evaluations": [scored("member:wei", "73.1234")],
        "rules": [PAY],
        "bases": {"member:wei": BASE},
        **other,
    }
    evaluations, rules = given.pop("evaluations"), given.pop("rules")
    return award(evaluations, rules, as_of=JULY_1, currency="EUR", **given)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"evaluations": [5]}, r"^evaluations must be a list of Evaluation \(got 5"),
        ({"evaluations": 5}, r"^evaluations must be a list of Evaluation \(got 5"),
        ({"rules": ["pay"]}, r"^rules must be a list of IncentiveRule \(got 'pay'"),
        ({"suggestions": [5]}, r"^suggestions must be a list of Suggestion \(got 5"),
        ({"nominations": [5]}, r"^nominations must be a list of Nomination \(got 5"),
        ({"bases": 5}, r"^bases must be given by subject, as a mapping \(got 5"),
        ({"facts": 5}, r"^facts must be given by subject, as a mapping \(got 5"),
        ({"bases": {"member:wei": 5}}, r"^money must be Money in EUR \(got 5"),
        ({"budget": 5}, r"^money must be Money in EUR \(got 5"),
        (
            {"bases": {"member:wei": Money(-5000, "EUR")}},
            r"^bases must be 0 or more, for member:wei \(got '-5000 EUR'",
        ),
    ],
)
def test_awards_are_made_of_what_they_rest_on(
    scored: Callable[..., Evaluation], other: dict[str, Any], message: str
) -> None:
    """Something else is refused by its name, and a base below nothing, which would cost pay."""
    with pytest.raises(InvalidValueError, match=message):
        awarded(scored, **other)


def test_pay_does_not_depend_on_the_context_of_the_caller(
    scored: Callable[..., Evaluation],
) -> None:
    """Sums are exact to the cent, whatever decimal context is set.

    (73.1234 - 50) / 50 of 3.33 % of 51234.56 EUR are 789.02 EUR.
    """
    evaluation = scored("member:wei", "73.1234")

    with localcontext(Context(prec=3)):
        given = award([evaluation], [PAY], as_of=JULY_1, currency="EUR", bases={"member:wei": BASE})

    assert given.total == Money("789.02", "EUR")
    assert given == awarded(scored)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"amounts": [5]}, r"^amounts must be given by subject, as a mapping"),
        ({"groups": ["east"]}, r"^groups must be given by subject, as a mapping"),
        ({"groups": {"ann": None}}, r"^groups must name groups by text, .*got None"),
        ({"groups": {"ann": ["east"]}}, r"^groups must name groups by text, .*got \['east'"),
        ({"level": 0.0}, r"^level must be a fraction above 0 and below 1 .*got 0.0"),
        ({"level": "95"}, r"^level must be a fraction above 0 and below 1 .*got '95'"),
    ],
)
def test_fairness_is_between_named_groups(other: dict[str, Any], message: str) -> None:
    """A group without a name, or a level that is no fraction, is refused."""
    given: dict[str, Any] = {"amounts": {"ann": Decimal(5)}, "groups": {"ann": "east"}, **other}

    with pytest.raises(InvalidValueError, match=message):
        audit_fairness(given.pop("amounts"), given.pop("groups"), **given)
