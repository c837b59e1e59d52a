"""Plugin predicates in rules that are written down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import Criterion, F, Predicates, predicate
from crmcore.errors import Fault, FaultsError
from crmcore.notation import Limits, from_data, from_text, to_data, to_text


@predicate("acme.is_holiday_buyer", version="1.2", reads=["last_purchase"])
def is_holiday_buyer(
    customer: Any,  # noqa: ANN401 - any record
    country: str,
    *,
    within: int = 7,
    share: Decimal = Decimal("0.5"),
    weight: float = 1.0,
    since: date = date(2026, 1, 1),
) -> bool | None:
    """Buys before public holidays."""
    raise NotImplementedError(customer, country, within, share, weight, since)


@predicate("acme.crm.is_at_fair", version="3", reads=["region"])
def is_at_fair(customer: Any) -> bool | None:  # noqa: ANN401 - any record
    """Is expected at the fair."""
    raise NotImplementedError(customer)


KNOWN = Predicates.of(is_holiday_buyer, is_at_fair)
BUYER = is_holiday_buyer(country="CN", within=-3, share=Decimal("0.25"), weight=0.5)


def faults(data: object, **options: Any) -> list[str]:  # noqa: ANN401 - whatever from_data takes
    """Return what is wrong with data."""
    with pytest.raises(FaultsError) as caught:
        from_data(data, **{"predicates": KNOWN, **options})
    return [str(fault) for fault in caught.value.faults]


def test_a_call_as_data() -> None:
    """It has the name, all arguments, and the version that the rule was written with."""
    assert to_data(BUYER)["expr"] == {
        "call": [
            "acme.is_holiday_buyer",
            {
                "country": "CN",
                "within": -3,
                "share": {"decimal": "0.25"},
                "weight": 0.5,
                "since": {"date": "2026-01-01"},
            },
            "1.2",
        ]
    }


def test_a_call_as_text() -> None:
    """It reads like a call in Python; the version is that of the predicate that is handed in."""
    assert to_text(~BUYER & is_at_fair()) == (
        'not acme.is_holiday_buyer(country="CN", within=-3, share=0.25, weight=0.5e0, '
        "since=2026-01-01) and acme.crm.is_at_fair()"
    )


@pytest.mark.parametrize("criterion", [BUYER, ~is_at_fair(), BUYER & (F.a > 1) | is_at_fair()])
def test_calls_come_back(criterion: Criterion) -> None:
    """As data and as text."""
    assert from_data(to_data(criterion), predicates=KNOWN) == criterion
    assert from_text(to_text(criterion), predicates=KNOWN) == criterion


def test_arguments_that_have_a_default_can_be_left_out() -> None:
    """And a version is stated only where the rule is held to one."""
    asked = is_holiday_buyer(country="CN")

    assert from_data({"call": ["acme.is_holiday_buyer", {"country": "CN"}]}, predicates=KNOWN) == (
        asked
    )
    assert from_text('acme.is_holiday_buyer(country="CN")', predicates=KNOWN) == asked


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (["acme.is_at_fare", {}], "call: unknown predicate 'acme.is_at_fare'; did you mean 'acm"),
        (["acme.crm.is_at_fair", {"a": 1}], "call: unknown argument of acme.crm.is_at_fair 'a'"),
        (["acme.crm.is_at_fair", {}, "2"], "call: version of acme.crm.is_at_fair must be the one"),
        (["acme.is_holiday_buyer", {}], "call: country must be given"),
        (["acme.is_holiday_buyer", {"country": 5}], "call: country must be text, not an integer"),
        (["acme.is_holiday_buyer", {"country": None}], "call[1].country: a constant must be"),
        (["acme.is_holiday_buyer", {"country": "x" * 300}], "call[1].country: a text must have"),
        (["acme.is_holiday_buyer", {5: "CN"}], "call[1]: it must be text that is not empty (got 5"),
        (["acme.is_holiday_buyer", []], "call[1]: it must be a table of arguments (got a list of"),
        (["acme.is_holiday_buyer", {str(i): 1 for i in range(300)}], "call[1]: it must be a table"),
        ([5, {}], "call[0]: it must be text that is not empty (got 5)"),
        (["acme.crm.is_at_fair", {}, 3], "call[2]: it must be text that is not empty (got 3)"),
        (["acme.crm.is_at_fair"], "call: it must be a list of the name of a predicate, its argum"),
        ("acme.crm.is_at_fair", "call: it must be a list of the name of a predicate, its arg"),
    ],
)
def test_what_is_refused(call: object, fault: str) -> None:
    """A call is told with its path, and what would be right."""
    assert faults({"call": call})[0].startswith(fault)


def test_no_predicate_is_known_by_itself() -> None:
    """A rule can ask only what its reader was given."""
    call = {"call": ["acme.crm.is_at_fair", {}]}

    assert faults(call, predicates=None) == [
        "call: unknown predicate 'acme.crm.is_at_fair'; none is known"
    ]


def test_a_predicate_that_could_not_be_loaded_says_why() -> None:
    """The rule is refused, and not judged without it."""
    broken = Predicates(broken=(Fault("acme.crm.is_at_fair", "needs a newer crmcore"),))

    assert faults({"call": ["acme.crm.is_at_fair", {}]}, predicates=broken) == [
        "call: needs a newer crmcore"
    ]


def test_a_call_counts_as_a_part() -> None:
    """The limits hold for it too."""
    call = {"call": ["acme.crm.is_at_fair", {}]}

    assert faults({"all": [call, call]}, limits=Limits(nodes=2)) == [
        "all[1]: a criterion must have at most 2 parts in all"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("acme.(a=1)", "column 6: expected the rest of the name of a predicate, found '('"),
        ("acme.is_at_fair", "column 16: expected (, found the end"),
        ("acme.is_x(5)", "column 11: expected an argument, such as country, or ), found '5'"),
        ("acme.is_x(a)", "column 12: expected =, found ')'"),
        ("acme.is_x(a=b)", "column 13: expected a constant; fields are compared with =="),
        ("acme.is_x(a=1 b=2)", "column 15: expected ,, found 'b'"),
        ("acme.is_x(a=1, a=2)", "column 16: 'a' is given twice; keep one"),
        ("acme.is_x(a=1,)", "column 15: expected an argument, such as country, or ), found ')'"),
        ("acme.is_x()", "column 1: unknown predicate 'acme.is_x'; known are acme.crm.is_at_fair"),
        (
            'a > 1 and acme.is_holiday_buyer(country="CN", since=2026-02-30)',
            "column 53: it must be a date such as 2026-09-30 (got '2026-02-30')",
        ),
    ],
)
def test_what_is_refused_in_text(text: str, problem: str) -> None:
    """Each mistake is told with its place."""
    with pytest.raises(FaultsError) as caught:
        from_text(text, predicates=KNOWN)

    assert str(caught.value.faults[0]).startswith(f"line 1, {problem}")
