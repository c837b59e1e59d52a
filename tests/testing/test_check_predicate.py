"""The check of predicates is itself checked: each of these breaks one promise."""

# ruff: noqa: ANN401 - a predicate is handed an object of no class that it could name

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import pytest

from crmcore.criteria import Criterion, Schema, predicate
from crmcore.errors import InvalidValueError
from crmcore.testing import check_predicate

Row = Mapping[str, Any]
CALLS = itertools.count()


def asking(
    function: Callable[..., Any],
    reads: Any = {"last_purchase": date | None, "orders": int},  # noqa: B006 - nobody changes it
) -> Any:
    """Return a predicate with a given answer."""
    return predicate("acme.test", version="1", reads=reads)(function)


def bought_in(customer: Any, *, month: Literal["march", "may"] = "may", least: int = 0) -> Any:
    """Buy in a month."""
    if customer.last_purchase is None:
        return None
    named = {"march": 3, "may": 5}[month]
    return customer.last_purchase.month == named and customer.orders >= least


def test_a_sound_predicate_passes() -> None:
    """Whoever keeps the promises is told how much was asked."""
    tally = check_predicate(asking(bought_in))

    assert tally.criteria == 100
    assert tally.rows == 100
    assert min(tally.holds, tally.fails, tally.unknown) > 0


def test_without_arguments_it_is_asked_once_about_each_record() -> None:
    """There is but one choice of no arguments."""
    tally = check_predicate(asking(lambda customer: customer.orders > 3), rows=50, seed=7)

    assert (tally.criteria, tally.rows) == (1, 50)


def too_sure(customer: Any) -> bool:
    """Forget that a purchase may be missing."""
    return bool(customer.last_purchase.month == 5)


def too_exact(customer: Any, *, share: int) -> bool:
    """Forget that an argument may be zero."""
    return bool(customer.orders / share > 1)


def too_curious(customer: Any) -> bool:
    """Read what was not declared."""
    return bool(customer.region == "north")


def too_vague(customer: Any) -> Any:
    """Answer with a number."""
    return customer.orders % 2


def moody(customer: Any) -> bool:
    """Answer by the number of questions."""
    return bool((next(CALLS) // 7 + customer.orders) % 3 == 0)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (too_sure, "fails: AttributeError: 'NoneType' object has no attribute 'month'"),
        (too_exact, "fails: ZeroDivisionError: division by zero"),
        (too_curious, "fails: AttributeError: acme.test declares last_purchase, orders, and reads"),
        (too_vague, "fails: it answered int, not True, False or None"),
        (moody, "before"),
    ],
)
def test_a_broken_promise_is_told(function: Callable[..., Any], said: str) -> None:
    """The message says what went wrong, with the record and the arguments."""
    with pytest.raises(AssertionError) as caught:
        check_predicate(asking(function))

    first, record, *rest = str(caught.value).splitlines()
    assert first.startswith("acme.test ")
    assert said in first
    assert record.startswith("  record:    {'last_purchase': ")
    assert rest == [] or rest[0].startswith("  arguments: {'share': 0")


def test_a_name_without_a_type_is_tried_with_each() -> None:
    """A predicate that declares names alone keeps its promises for some type of each field."""
    tally = check_predicate(asking(bought_in, ["last_purchase", "orders"]), rows=40)

    assert tally.verdicts == 4_000


def test_no_type_helps_a_predicate_that_fails_for_all() -> None:
    """What it fails with first is told."""
    with pytest.raises(AssertionError, match=r"acme.test fails: ZeroDivisionError"):
        check_predicate(asking(lambda customer: customer.orders == 1 / 0, ["orders"]))


def test_many_names_without_types_need_a_schema() -> None:
    """Three fields of unknown types are too many to try; a schema says what they are."""
    reads = ["last_purchase", "orders", "tier"]
    schema = Schema.of(last_purchase=date | None, orders=int, tier=str, other=float)

    with pytest.raises(InvalidValueError, match=r"schema must be given, because acme.test de"):
        check_predicate(asking(bought_in, reads))
    assert check_predicate(asking(bought_in, reads), schema=schema).criteria == 100


def form(of: Callable[[Row, Mapping[str, Any]], bool | None]) -> Any:
    """Return the judge of a form, which takes the place of an engine."""

    def judge(
        asked: Sequence[Criterion], rows: Sequence[Row], as_of: date
    ) -> list[list[bool | None]]:
        del as_of
        plain: list[Any] = [one.plain for one in asked]
        return [[of(row, data["call"][1]) for row in rows] for data in plain]

    return judge


def test_the_forms_are_held_to_the_function() -> None:
    """A form that answers otherwise is told with the record and the arguments."""

    def at_least(customer: Any, *, least: int) -> bool:
        return bool(customer.orders >= least)

    sound = form(lambda row, given: row["orders"] >= given["least"])
    broken = form(lambda row, given: row["orders"] > given["least"])
    asked = asking(at_least, {"orders": int})

    check_predicate(asked, judges=[sound])
    with pytest.raises(AssertionError, match="where the language says holds") as caught:
        check_predicate(asked, judges=[sound, broken])

    assert "  criterion: predicates['acme.test'](least=" in str(caught.value)
