"""Several criteria in one compiled function."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from crmcore.criteria import Criterion, F, all_of, as_of
from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined

TODAY = date(2026, 9, 30)
CRITERIA = (
    F.days > 90,
    F.spend / F.visits >= 20,
    F.tier == "gold",
    F.spend / F.visits < 30,
    F.joined < as_of.shift(days=-30),
    F.fees.otherwise(7) > 5,
)


@attrs.frozen(kw_only=True)
class Customer:
    """What is known of a customer."""

    days: Any = 100
    spend: Any = 100
    visits: Any = 4
    tier: Any = "gold"
    fees: Any = None
    joined: Any = date(2026, 1, 1)


def _function(*, by_key: bool, all_settled: bool) -> Any:  # noqa: ANN401 - of a record
    compiler = Criterion.compiler(as_of=TODAY)
    pairs = [criterion.embed(compiler) for criterion in CRITERIA]
    truths = ", ".join(f"({pair.yes}, {pair.no})" for pair in pairs)
    return compiler.function(
        [f"return [{truths}]"],
        by_key=by_key,
        otherwise=lambda record: record,
        all_settled=all_settled,
    )


@pytest.mark.parametrize("all_settled", [True, False])
def test_each_keeps_its_verdict(all_settled: bool) -> None:  # noqa: FBT001
    """What holds and what fails is the same as alone, whatever is missing."""
    by_attribute = _function(by_key=False, all_settled=all_settled)
    by_key = _function(by_key=True, all_settled=all_settled)
    gaps = [None, float("nan")]

    for days, visits, tier, fees in itertools.product(
        [5, 100, *gaps], [0, 4, *gaps], ["base", *gaps], [3, *gaps]
    ):
        customer = Customer(days=days, visits=visits, tier=tier, fees=fees)
        found = [(bool(yes), bool(no)) for yes, no in by_attribute(customer)]
        truths = [criterion.evaluate(customer, as_of=TODAY).truth for criterion in CRITERIA]

        assert found == [(truth is True, truth is False) for truth in truths]
        assert [(bool(y), bool(n)) for y, n in by_key(attrs.asdict(customer))] == found


@pytest.mark.parametrize(
    "customer",
    [Customer(days="many"), Customer(days=Undefined(Reason.TOO_FEW)), Customer(spend="much")],
)
def test_what_cannot_be_judged_so_is_handed_over(customer: Customer) -> None:
    """A value of another kind goes to whoever takes over, who says what is wrong."""
    function = _function(by_key=False, all_settled=False)

    assert function(customer) is customer


def test_limits_hold_for_each_part() -> None:
    """What is too large alone is too large as a part."""
    wide = all_of(*[F.days > place for place in range(300)])

    with pytest.raises(InvalidValueError, match="must have at most 256 parts"):
        wide.embed(Criterion.compiler(as_of=TODAY))


def test_the_day_of_judgement_is_a_date() -> None:
    """An instant has a day only in some zone."""
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        Criterion.compiler(as_of=datetime(2026, 9, 30, tzinfo=UTC))
