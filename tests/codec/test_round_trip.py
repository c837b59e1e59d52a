"""What is written is read again, and is written alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NewType

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore import testing
from crmcore.calendar import Grain, Period
from crmcore.codec import from_data, from_json, to_data, to_json
from crmcore.criteria import Criterion, F, named
from crmcore.errors import InvalidValueError
from crmcore.improvement import Finding, Severity
from crmcore.kernel import Money, Phrase, Reason, Undefined
from crmcore.organization import Organization
from crmcore.storage import RECORDS

Badge = NewType("Badge", str)


@attrs.frozen(kw_only=True)
class Sheet:
    """A record with a field of every type that a field may have."""

    share: Fraction = Fraction(1, 3)
    ratio: float = 0.5
    badge: Badge = Badge("b-1")
    side: Literal["left", 2] = "left"
    grain: Grain = Grain.MONTH
    value: Money | Decimal | int | Undefined = 3
    day: date | None = None
    at: datetime | str = "never"
    pair: tuple[str, int] = ("one", 1)
    words: frozenset[str] = frozenset({"b", "a"})
    marks: set[int] = attrs.field(factory=set)
    rows: list[Decimal] = attrs.field(factory=list)
    items: Sequence[int] = ()
    prices: Mapping[str, Money] = attrs.field(factory=dict)
    by_day: dict[date, int] = attrs.field(factory=dict)
    under: tuple[Sheet, ...] = ()
    where: Criterion | None = None
    anything: Any = None
    thing: object = None
    _hidden: int = 7
    total: int = attrs.field(default=9, init=False)


@given(data=st.data(), name=st.sampled_from(sorted(RECORDS)))
def test_every_record_comes_back(data: st.DataObject, name: str) -> None:
    """Every record of every kind survives JSON, and gives the same text again."""
    record = data.draw(testing.records(RECORDS[name]))

    text = to_json(record)

    assert from_json(RECORDS[name], text) == record
    assert from_data(RECORDS[name], to_data(record)) == record
    assert to_json(from_json(RECORDS[name], text)) == text


@settings(max_examples=25)
@given(testing.organizations())
def test_an_organization_comes_back(organization: Organization) -> None:
    """A whole department survives JSON."""
    assert from_json(Organization, to_json(organization)) == organization


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(),
        Sheet(
            share=Fraction(-7),
            ratio=-2.25,
            side=2,
            value=Money("0.125", "USD"),
            day=date(1997, 1, 1),
            at=datetime(1997, 1, 1, 5, 0, 0, 1, tzinfo=UTC),
            marks={2, 1},
            rows=[Decimal("1.50"), Decimal("1E+3")],
            items=(3, 1),
            prices={"b": Money(1, "EUR"), "a": Money(2, "EUR")},
            by_day={date(1997, 1, 1): 1},
            under=(Sheet(value=Undefined(Reason.NO_DATA)),),
            where=(F.region == "north") & ~F.name.is_missing(),
            anything={"list": [1, "two", None]},
            thing="text",
            hidden=8,
        ),
        Sheet(value=Undefined(Reason.TOO_FEW, Phrase("3 of 4 points", "4个数据点中的3个"))),
        Sheet(value=Decimal("1.50")),
        Sheet(where=named("big", (F.ratio > 0.1) & (F.spend > Decimal("0.10"))) & (F.n > 1)),
    ],
    ids=["bare", "full", "undefined", "decimal", "criterion"],
)
def test_every_type_comes_back(sheet: Sheet) -> None:
    """Every type that a field may have survives, as plain data and as JSON."""
    assert from_data(Sheet, to_data(sheet)) == sheet
    assert from_json(Sheet, to_json(sheet)) == sheet
    assert repr(from_json(Sheet, to_json(sheet)).value) == repr(sheet.value)


def test_the_detail_of_what_is_undefined_comes_back() -> None:
    """Two that are undefined for one reason are equal; so their details are looked at too."""
    undefined = Undefined(Reason.TOO_FEW, Phrase("3 of 4 points", "4个数据点中的3个"))

    assert to_data(Undefined(Reason.NO_DATA)) == {"undefined": "no_data"}
    assert from_data(Undefined, to_data(undefined)).detail == undefined.detail


def test_json_is_one_text_for_one_value() -> None:
    """Names are sorted, nothing is blank, letters stay letters, instants are in UTC."""
    finding = Finding(
        kind="overload",
        severity=Severity.WARNING,
        subject="member:wei",
        title=Phrase("Wei has too much to do", "伟的工作太多"),
        evidence=(("hours", "46"),),
    )

    assert to_json(finding) == (
        '{"evidence":[["hours","46"]],"kind":"overload","severity":"warning",'
        '"subject":"member:wei","suggestion":null,'
        '"title":{"en":"Wei has too much to do","zh":"伟的工作太多"}}'
    )
    assert from_json(Finding, to_json(finding)) == finding


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("29.30"), '"29.30"'),
        (Fraction(2, 6), '"1/3"'),
        (datetime(1997, 1, 1, tzinfo=timezone(timedelta(hours=-5))), '"1997-01-01T05:00:00Z"'),
        (date(1997, 1, 1), '"1997-01-01"'),
        (Period.month(1998, 6), '{"end":"1998-07-01","start":"1998-06-01"}'),
        (frozenset({"b", "a"}), '["a","b"]'),
        ({Grain.DAY: 1}, '{"day":1}'),
        ((1, None, True, "x"), '[1,null,true,"x"]'),
    ],
)
def test_each_type_has_its_plain_form(value: object, text: str) -> None:
    """Exact numbers are text, sets are sorted lists, and words are words."""
    assert to_json(value) == text


@given(st.permutations(["north", "south", "east", "west"]))
def test_order_does_not_matter_to_sets_and_tables(words: list[str]) -> None:
    """Permutation: sets and tables are written in one order, whichever they were built in."""
    assert to_json(set(words)) == '["east","north","south","west"]'
    assert json.loads(to_json(dict.fromkeys(words, 1))) == dict.fromkeys(words, 1)
    assert to_json(dict.fromkeys(words, 1)) == '{"east":1,"north":1,"south":1,"west":1}'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "value must be finite"),
        ([float("inf")], "value must be finite"),
        (datetime(1997, 1, 1), "value must carry a time zone"),  # noqa: DTZ001 - that is the point
        (test_each_type_has_its_plain_form, "value must be a record, or plain data"),
        ({1: "one"}, "key must be text"),
        (b"bytes", "value must be a record, or plain data"),
    ],
)
def test_what_has_no_plain_form_is_refused(value: object, message: str) -> None:
    """NaN, naive instants, functions and the like are refused when they are written."""
    with pytest.raises(InvalidValueError, match=message):
        to_json(value)
