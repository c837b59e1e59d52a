"""Criteria as plain data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crmcore.criteria import EVERYTHING, Criterion, F, Schema, as_of, unless
from crmcore.errors import FaultsError
from crmcore.notation import from_data, to_data

DAY_ONLY = Schema.of(day=int)
DAYS: dict[str, Any] = {"field": "days"}


def test_the_published_example() -> None:
    """The form that the documentation shows is read, and written as it stands."""
    data = {
        "crm-criteria": 1,
        "expr": {
            "all": [
                {"in": [{"field": "country"}, ["AT", "DE"]]},
                {"ge": [{"field": "revenue"}, {"decimal": "1000.5"}]},
                {"gt": [{"field": "last_order"}, {"shift": [{"param": "as_of"}, {"days": -90}]}]},
                {"unless": {"is_null": {"field": "email"}}},
            ]
        },
    }

    criterion = from_data(data)

    assert criterion == (
        F.country.in_(["DE", "AT"])
        & (F.revenue >= Decimal("1000.50"))
        & (F.last_order > as_of.shift(days=-90))
        & unless(F.email.is_missing())
    )
    assert to_data(criterion) == data


@pytest.mark.parametrize(
    ("data", "criterion"),
    [
        ({"gt": [DAYS, 90]}, F.days > 90),
        ({"gt": [90, DAYS]}, F.days < 90),
        ({"lt": [90, DAYS]}, F.days > 90),
        ({"le": [90, DAYS]}, F.days >= 90),
        ({"ge": [90, DAYS]}, F.days <= 90),
        ({"ne": [90, DAYS]}, F.days != 90),
        ({"eq": ["gold", {"field": "tier"}]}, F.tier == "gold"),
        ({"lt": [DAYS, {"field": "limit"}]}, F.days < F.limit),
        ({"gt": [DAYS, Decimal("1.5")]}, F.days > 1.5),
        ({"gt": [DAYS, {"decimal": "1.5"}]}, F.days > Decimal("1.5")),
        ({"gt": [{"field": "day"}, date(2026, 1, 1)]}, F.day > date(2026, 1, 1)),
        ({"gt": [{"field": "day"}, {"date": "2026-01-01"}]}, F.day > date(2026, 1, 1)),
        (
            {"gt": [{"field": "at"}, {"datetime": "2026-01-01T01:00:00+01:00"}]},
            F.at > datetime(2026, 1, 1, tzinfo=UTC),
        ),
        (
            {"gt": [{"field": "day"}, {"shift": [{"param": "as_of"}, {"months": -1, "days": 2}]}]},
            F.day > as_of.shift(months=-1, days=2),
        ),
        ({"eq": [{"field": "day"}, {"param": "as_of"}]}, F.day == as_of),
        (
            {"gt": [{"field": "day"}, {"shift": [{"param": "as_of"}, {"months": 3}]}]},
            F.day > as_of.shift(months=3),
        ),
        ({"between": [DAYS, 1, 5]}, F.days.between(1, 5)),
        ({"differs": [{"field": "tier"}, "gold"]}, F.tier.differs("gold")),
        ({"is_present": DAYS}, F.days.is_present()),
        ({"starts": [{"field": "email"}, "a"]}, F.email.starts_with("a")),
        ({"has": [{"field": "tags"}, "vip"]}, F.tags.has("vip")),
        ({"any": [{"not": {"gt": [DAYS, 1]}}, {"lt": [DAYS, 0]}]}, ~(F.days > 1) | (F.days < 0)),
        ({"all": []}, EVERYTHING),
    ],
)
def test_what_data_means(data: object, criterion: Criterion) -> None:
    """A comparison may stand either way round, intervals have a short form, and it returns."""
    assert from_data(data) == criterion
    assert from_data(to_data(criterion)) == criterion


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, r"criterion: a criterion must have one operator, as in .* \(got None\)"),
        ({}, "must have one operator"),
        ({"gt": [], "lt": []}, "must have one operator"),
        ({"gtt": [DAYS, 90]}, "unknown operator 'gtt'; did you mean 'gt'?"),
        ({5: [DAYS, 90]}, "unknown operator '5'"),
        ({"and": [DAYS, 90]}, "unknown operator 'and'; write all"),
        ({">=": [DAYS, 90]}, "unknown operator '>='; write ge"),
        ({"gt": [{"var": "days"}, 90]}, "unknown kind of operand 'var'; write field"),
        ({"gt": [DAYS]}, "gt: it must be a list of a field, a value"),
        ({"gt": ["days", 90]}, "gt: it must have a field on one side"),
        (
            {"gt": [{"feild": "days"}, 9]},
            r"gt\[0\]: unknown kind of operand 'feild'; did you mean 'field'",
        ),
        ({"gt": [DAYS, None]}, r"gt\[1\]: a constant must be .*; what is missing is asked for"),
        (
            {"gt": [DAYS, {"decimal": "many"}]},
            r"gt.1..decimal: it must be a decimal numb",
        ),
        ({"gt": [DAYS, {"decimal": "1e99999999"}]}, "number as text, of at most 18 digits"),
        ({"gt": [DAYS, {"date": "yesterday"}]}, "must be a date such as 2026-09-30"),
        ({"gt": [DAYS, {"datetime": "2026-01-01T00:00:00"}]}, "must carry a time zone"),
        ({"gt": [DAYS, Decimal("sNaN")]}, "must be a finite number"),
        ({"gt": [DAYS, Decimal("Infinity")]}, "must be a finite number"),
        ({"crm-criteria": Decimal("sNaN"), "expr": {"all": []}}, "crm-criteria must be 1"),
        ({"gt": [DAYS, b"x"]}, "a constant must be .* .got a value of the type bytes"),
        ({"gt": [DAYS, {"param": "now"}]}, "unknown parameter 'now'"),
        (
            {"gt": [DAYS, {"shift": [DAYS, {"days": 1}]}]},
            "unknown kind of operand 'field'; k",
        ),
        ({"gt": [DAYS, {"shift": [{"param": "as_of"}, 5]}]}, "a shift must move as_of"),
        ({"gt": [DAYS, {"shift": [{"param": "as_of"}, {"years": 1}]}]}, "a shift must move as_of"),
        (
            {"gt": [DAYS, {"shift": [{"param": "as_of"}, {"days": True}]}]},
            "a shift must move as_of",
        ),
        ({"is_null": "days"}, "a field must be written as {'field': 'days_since_last'}"),
        ({"is_null": {"param": "as_of"}}, "unknown kind of operand 'param'"),
        ({"is_null": {"field": "__class__"}}, "field must be a plain name"),
        ({"is_null": {"field": 5}}, r"is_null\.field: it must be text that is not empty \(got 5\)"),
        ({"in": [DAYS, []]}, "in_ must list at least one value"),
        ({"in": [DAYS, [None]]}, "what is missing is asked for"),
        (
            {"in": [DAYS, [DAYS]]},
            r"in\[1\]\[0\]: unknown kind of operand 'field'; known",
        ),
        ({"in": [DAYS, list(range(1001))]}, "must be a list of at most 1000"),
        ({"in": [DAYS, "gold"]}, "must be a list of at most 1000"),
        ({"starts": [DAYS, 5]}, "must be text that is not empty"),
        ({"between": [DAYS, 5, 1]}, "low must be below the high end, 1"),
        ({"all": DAYS}, "all: it must be a list of criteria"),
        ({"crm-criteria": 2, "expr": {"all": []}}, r"crm-criteria must be 1 \(got 2\)"),
        ({"crm-criteria": True, "expr": {"all": []}}, r"crm-criteria must be 1 \(got True\)"),
        ({"crm-criteria": 1}, "crm-criteria must have 'expr' beside it"),
    ],
)
def test_what_is_refused(data: object, message: str) -> None:
    """Each mistake is told with its path, what was found and what would be right."""
    with pytest.raises(FaultsError, match=message):
        from_data(data)


def test_all_faults_come_together() -> None:
    """Reading goes on after a fault, and every path begins where the data stands."""
    data = {"any": [{"not": {"gtt": []}}, {"gt": [DAYS, 5]}, {"eq": [DAYS, None]}]}

    with pytest.raises(FaultsError) as caught:
        from_data(data, path="segments[1].where")

    assert [fault.path for fault in caught.value.faults] == [
        "segments[1].where.any[0].not",
        "segments[1].where.any[2].eq[1]",
    ]


def test_types_are_checked_against_the_schema() -> None:
    """With a schema, an unknown field is refused with the nearest, under the same path."""
    with pytest.raises(FaultsError, match=r"when.expr.gt.0..field: unknown field 'days'; d"):
        from_data(
            {"crm-criteria": 1, "expr": {"gt": [DAYS, 1]}}, schema=Schema.of(day=int), path="when"
        )


def _nested(depth: int) -> object:
    data: object = {"gt": [DAYS, 1]}
    for _ in range(depth):
        data = {"not": data}
    return data


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: _nested(16), "must be nested at most 16 deep"),
        (lambda: _nested(500), "must be nested at most 16 deep"),
        (lambda: {"all": [{"gt": [DAYS, 1]}] * 1_000_000}, "at most 256 parts in all"),
        (lambda: {"all": [{"any": [{"gt": [DAYS, 1]}] * 200}] * 2}, "at most 256 parts in all"),
        (lambda: {"eq": [DAYS, "a" * 10_000_000]}, "must have at most 256 characters"),
        (lambda: {"eq": [DAYS, 10**100_000]}, "an integer of 332193 bits"),
        (lambda: {"eq" * 1_000_000: []}, "unknown operator"),
    ],
    ids=["deep", "very deep", "wide", "wide in two", "long text", "long integer", "long name"],
)
def test_hostile_data_is_refused(make: Callable[[], object], message: str) -> None:
    """Depth, width and size have limits, and the message stays short."""
    with pytest.raises(FaultsError, match=message) as caught:
        from_data(make())

    assert len(str(caught.value)) < 1000


def test_the_deepest_criterion_is_read() -> None:
    """Sixteen levels are allowed, with and without a schema."""
    criterion = from_data(_nested(15), schema=Schema.of(days=int))

    assert criterion.holds({"days": 1}) is True
