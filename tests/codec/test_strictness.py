"""What data must be like, and how its faults are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any, Literal

import attrs
import pytest

from crmcore.activities import Purchase
from crmcore.calendar import Grain
from crmcore.codec import from_data
from crmcore.criteria import Criterion
from crmcore.customers import Ownership
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.organization import Member, Organization, SkillLevel


class Shade(Enum):
    """An enumeration whose values are no text."""

    DARK = 1
    LIGHT = 2


def _even(value: int) -> int:
    if value % 2:
        raise InvalidValueError("low", value, "be even")
    return value


@attrs.frozen(kw_only=True)
class Form:
    """A record whose checks look at other fields."""

    low: int = attrs.field(converter=_even)
    high: int = attrs.field()
    shade: Shade = Shade.DARK
    numbers: tuple[int, ...] = attrs.field(factory=tuple)

    @high.validator
    def _is_above_low(self, attribute: attrs.Attribute[int], value: int) -> None:
        if value <= self.low:
            raise InvalidValueError(attribute.name, value, f"be above low, {self.low}")


def faults(cls: type[Any], data: object) -> list[str]:
    """Return what is wrong with data, a line for each fault."""
    with pytest.raises(FaultsError) as caught:
        from_data(cls, data, source="form")
    assert caught.value.source == "form"
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_are_told_together() -> None:
    """Unknown, missing and wrong fields, however deep, are told at once, each with its path."""
    data = {
        "department": {"id": "care", "name": "Care"},
        "teams": [{"id": "service", "name": "Service", "department": "care"}],
        "members": [
            {"id": "wei", "name": "Wei", "team": "service", "weekly_hours": "38"},
            {
                "id": " ada",
                "name": 7,
                "team": "service",
                "weekly_hours": 200,
                "skils": [],
                "skills": [{"skill": "negotiation", "level": 9}, {"skill": "", "level": True}],
            },
        ],
        "roles": {"id": "clerk"},
    }

    assert faults(Organization, data) == [
        "members[1].name: must be text (got an int)",
        "members[1].skils: unknown field 'skils'; did you mean 'skills'?",
        "members[1].skills[0].level: must be between 1 and 7 (got 9)",
        "members[1].skills[1].level: must be a whole number (got True)",
        "members[1].skills[1].skill: must not be empty (got '')",
        "members[1].id: must have no blanks at its ends (got ' ada')",
        "members[1].weekly_hours: must be between 0 and 168 (got '200')",
        "roles: must be a list (got a table of fields)",
    ]


def test_names_that_lead_nowhere_keep_their_path() -> None:
    """What the record itself finds in its parts is told as it tells it."""
    data = {
        "department": {"id": "care", "name": "Care"},
        "members": [{"id": "wei", "name": "Wei", "team": "servce", "weekly_hours": 38}],
        "teams": [{"id": "service", "name": "Service", "department": "care"}],
    }

    assert faults(Organization, data) == [
        "members.wei.team: unknown team 'servce'; did you mean 'service'?"
    ]


def test_a_check_over_two_fields_is_told_at_its_own() -> None:
    """A check that compares two fields is told where it stands, and not where one is missing."""
    assert faults(Form, {"low": 4, "high": 2}) == ["high: must be above low, 4 (got 2)"]
    assert faults(Form, {"low": "4", "high": 2}) == ["low: must be a whole number (got '4')"]
    assert faults(Form, {"high": 2}) == ["low: is missing; state it"]
    assert faults(Form, {"low": 3, "high": 2}) == ["low: must be even (got 3)"]
    assert faults(Form, {"low": 4, "high": 2, "shade": 5}) == [
        "shade: must be one of 1, 2 (got 5)",
        "high: must be above low, 4 (got 2)",
    ]


def test_a_refund_is_checked_against_its_amount() -> None:
    """A fault that a field's check finds in another field stands at that other field."""
    data = {
        "id": "p-1",
        "customer": "c-1",
        "at": "1997-01-01T05:00:00Z",
        "amount": {"amount": "-1", "currency": "USD"},
    }

    assert faults(Purchase, data) == [
        "amount: must be 0 or more unless the purchase is marked as a refund (got '-1 USD')"
    ]


def test_an_interval_ends_after_it_began() -> None:
    """A converter that refuses is told at its field, and the others are looked at still."""
    data = {"id": "", "customer": "c-1", "member": "wei", "since": "1997-02-01T00:00:00Z"}

    assert faults(Ownership, {**data, "until": "1997-01-01T00:00:00+00:00"}) == [
        "id: must not be empty (got '')",
        "until: must be after since, 1997-02-01T00:00:00+00:00 (got '1997-01-01T00:00:00+00:00')",
    ]


@pytest.mark.parametrize(
    ("cls", "data", "problem"),
    [
        (str, 7, "must be text (got 7)"),
        (bool, 1, "must be true or false (got 1)"),
        (int, True, "must be a whole number (got True)"),
        (int, Decimal("5.0"), "must be a whole number (got 5.0)"),
        (float, "0.5", "must be a number (got '0.5')"),
        (float, Decimal("1e400"), "must be finite (got 1E+400)"),
        (float, 10**400, "must be finite"),
        (Decimal, 0.5, "must be a decimal, an integer or text, not a float (got 0.5)"),
        (Decimal, "much", "must be a decimal number (got 'much')"),
        (Decimal, "NaN", "must be finite (got 'NaN')"),
        (Fraction, "1/0", "must have a denominator that is not 0 (got '1/0')"),
        (Fraction, "half", "must be a decimal number (got 'half')"),
        (date, "01.02.1997", "must be a day such as 1997-01-01 (got '01.02.1997')"),
        (date, "1997-W01-1", "must be a day such as 1997-01-01"),
        (date, datetime(1997, 1, 1, tzinfo=UTC), "must be a day such as 1997-01-01"),
        (datetime, "1997-01-01", "must be an instant such as 1997-01-01T05:00:00Z"),
        (datetime, "1997-01-01T05:00", "must carry a time zone"),
        (datetime, "tomorrow at noon", "must be an instant such as"),
        (datetime, date(1997, 1, 1), "must be an instant such as"),
        (datetime, "0001-01-01T00:00:00+14:00", "must lie between 0001-01-02 and 9999-12-30"),
        (type(None), 0, "must be left out (got 0)"),
        (Grain, "mnth", "unknown grain 'mnth'; did you mean 'month'?"),
        (Grain, 3, "must be one of day, week, month, quarter, year (got 3)"),
        (Literal["left", "right"], "up", "must be one of left, right (got 'up')"),
        (Money, "29.33 USD", "must be a table of the fields of a Money (got '29.33 USD')"),
        (Organization, 1, "must be a table of the fields of an Organization (got an int)"),
        (Undefined, {"undefined": "no_dat"}, "unknown reason 'no_dat'; did you mean 'no_data'?"),
        (tuple[str, ...], "text", "must be a list (got 'text')"),
        (tuple[str, int], ["one"], "must be a list of 2 items (got ['one'])"),
        (frozenset[int], {"a": 1}, "must be a list (got a table of fields)"),
        (Mapping[str, int], [1], "must be a table (got [1])"),
        (bool, [3, Decimal("0.5"), [date(1998, 7, 1)]], "(got [3, 0.5, [1998-07-01]])"),
        (bool, [{}] * 3, "must be true or false (got a list)"),
        pytest.param(
            str, 10**5_000, "must be text (got a number of very many digits)", id="many digits"
        ),
        (Decimal | bool, "much", "must be of one of the types that the field takes"),
        (str, ["x"] * 100, "must be text (got a list)"),
        (int, "x" * 100, f"must be a whole number (got '{'x' * 39}…)"),
    ],
)
def test_each_type_is_read_strictly(cls: type[Any], data: object, problem: str) -> None:
    """Nothing is guessed: a number is no text, and an instant without zone is no instant."""
    (fault,) = faults(cls, data)

    assert problem in fault


@pytest.mark.parametrize(
    ("cls", "data", "value"),
    [
        (float, 2, 2.0),
        (float, Decimal("0.5"), 0.5),
        (Decimal, 38, Decimal(38)),
        (Fraction, "0.25", Fraction(1, 4)),
        (Fraction, "-1/3", Fraction(-1, 3)),
        (date, date(1997, 1, 1), date(1997, 1, 1)),
        (datetime, "1997-01-01T00:00:00-05:00", datetime(1997, 1, 1, 5, tzinfo=UTC)),
        (Money | Undefined, {"undefined": "no_base"}, Undefined(Reason.NO_BASE)),
        (type(None), None, None),
        (Decimal | int, 1, 1),
        (dict[str, int] | int, {"a": 1}, {"a": 1}),
        (Decimal | str, "1.5", Decimal("1.5")),
        (Decimal | str, "much", "much"),
        (bool | int, 1, 1),
        (int | None, None, None),
        (list[int], (1, 2), [1, 2]),
        (tuple[SkillLevel, ...], {"mandarin": 5}, (SkillLevel("mandarin", 5),)),
        (dict[str, Any], {"a": [1]}, {"a": [1]}),
    ],
)
def test_what_is_clear_is_taken(cls: type[Any], data: object, value: object) -> None:
    """Whole numbers are exact, days and instants may be days and instants already."""
    found = from_data(cls, data)

    assert found == value
    assert type(found) is type(value)


def test_faults_in_tables_stand_at_their_names() -> None:
    """A table's faults carry the name, be it a value's or the name's own."""
    assert faults(dict[date, int], {"1997-01-01": "x", "soon": 1}) == [
        "1997-01-01: must be a whole number (got 'x')",
        "soon: must be a day such as 1997-01-01 (got 'soon')",
    ]
    assert faults(tuple[SkillLevel, ...], {"mandarin": 9}) == [
        "mandarin.level: must be between 1 and 7 (got 9)"
    ]
    assert faults(tuple[int, str], ["a", 1]) == [
        "[0]: must be a whole number (got 'a')",
        "[1]: must be text (got 1)",
    ]


def test_of_two_records_the_nearer_one_is_meant() -> None:
    """Where a field takes two kinds of records, the names of the fields tell which is meant."""
    either: Any = Money | Member

    assert faults(either, {"amount": "x", "currency": "USD"}) == [
        "amount: must be a decimal number (got 'x')"
    ]


def test_a_criterion_is_read_by_its_own_rules() -> None:
    """A criterion in data is checked by the language itself."""
    (fault,) = faults(Criterion, {"equals": 1})

    assert "equals" in fault


@pytest.mark.parametrize("cls", [complex, type])
def test_a_type_that_no_data_describes_is_refused(cls: type[Any]) -> None:
    """What cannot be read at all is the caller's mistake, and no fault of the data."""
    with pytest.raises(InvalidValueError, match="cls must be a type that data can be read as"):
        from_data(cls, {})
