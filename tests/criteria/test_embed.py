"""Several criteria as parts of one function."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.criteria import Criterion, F, all_of, as_of, unless
from crmcore.errors import InvalidValueError
from crmcore.kernel import Reason, Undefined

TODAY = date(2026, 9, 30)
CRITERIA = [
    F.orders > 3,
    F.orders == 3,
    F.orders != F.returns,
    F.orders + F.returns > 5,
    F.price >= Decimal("9.99"),
    F.price == Decimal("9.99"),
    F.tier == "gold",
    ~(F.tier == "gold"),
    F.tier != "gold",
    F.tier.in_(["gold", "silver"]),
    ~F.tier.in_(["gold", "silver"]),
    F.tier.is_missing(),
    F.tier.is_present(),
    F.tier.starts_with("g"),
    ~F.tier.ends_with("d"),
    F.tier.contains("l"),
    F.tags.has("key"),
    ~F.tags.has("key"),
    F.seen > as_of - timedelta(days=30),
    unless(F.tier == "gold") & (F.orders < 9),
]
GAPS = st.sampled_from([None, float("nan"), Undefined(Reason.NO_DATA)])
RECORDS = st.fixed_dictionaries(
    {
        "orders": GAPS | st.integers(2, 4),
        "returns": GAPS | st.integers(2, 4),
        "price": GAPS | st.sampled_from([Decimal("9.99"), Decimal(10), Decimal("NaN")]),
        "tier": GAPS | st.sampled_from(["gold", "silver", ""]),
        "tags": GAPS | st.sampled_from([frozenset(["key"]), frozenset(), ("key",)]),
        "seen": GAPS | st.sampled_from([TODAY, date(2026, 1, 1)]),
    }
)


def embedded(*, by_key: bool, all_settled: bool) -> Callable[[Any], Any]:
    """Return one function that gives the verdicts of all criteria, in both ways of asking."""
    compiler = Criterion.compiler(as_of=TODAY)
    pairs = [criterion.embed(compiler) for criterion in CRITERIA]
    by_no = ", ".join(f"True if {pair.yes} else False if {pair.no} else None" for pair in pairs)
    by_gap = ", ".join(f"True if {pair.yes} else None if {pair.gap} else False" for pair in pairs)
    return compiler.function(
        [f"return [{by_no}], [{by_gap}]"], by_key=by_key, otherwise=id, all_settled=all_settled
    )


ALL_SETTLED = [embedded(by_key=by_key, all_settled=True) for by_key in (True, False)]
AS_NEEDED = [embedded(by_key=by_key, all_settled=False) for by_key in (True, False)]


@given(RECORDS)
def test_parts_of_a_function_say_what_criteria_say(record: dict[str, Any]) -> None:
    """Side by side, over one set of variables, every criterion keeps its verdict."""
    expected = [criterion.evaluate(record, as_of=TODAY).truth for criterion in CRITERIA]

    assert ALL_SETTLED[0](record) == (expected, expected)
    assert ALL_SETTLED[1](SimpleNamespace(**record)) == (expected, expected)


@given(RECORDS)
def test_what_is_not_settled_is_right_or_refused(record: dict[str, Any]) -> None:
    """Without a search for NaN, the record is passed on, or every verdict is what it was."""
    expected = [criterion.evaluate(record, as_of=TODAY).truth for criterion in CRITERIA]

    for function, known in zip(AS_NEEDED, (record, SimpleNamespace(**record)), strict=True):
        assert function(known) in ((expected, expected), id(known))


def test_fields_are_read_once() -> None:
    """Criteria of one function share the variables of what they read."""
    compiler = Criterion.compiler(as_of=TODAY)

    pairs = [(F.orders > bound).embed(compiler) for bound in (1, 2)]

    assert [pair.yes.count(compiler.field("orders")) for pair in pairs] == [2, 2]
    assert compiler.field("orders") != compiler.field("returns")


def test_what_is_embedded_has_its_limits() -> None:
    """A criterion too large to compile alone is too large to be a part."""
    compiler = Criterion.compiler(as_of=TODAY)

    with pytest.raises(InvalidValueError, match="criterion must have at most 256 parts"):
        all_of(*(F.orders > bound for bound in range(300))).embed(compiler)
    with pytest.raises(InvalidValueError, match="as_of must be a day"):
        Criterion.compiler(as_of=datetime(2026, 9, 30, tzinfo=UTC))
