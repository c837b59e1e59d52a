"""Personal data: what is read is never told where it may be somebody's."""

from __future__ import annotations

import traceback
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from crmcore.checks import decimal, is_name
from crmcore.codec import PayloadForm, from_data, from_json, read_toml
from crmcore.customers import Contact, Customer, CustomerKind
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.organization import Organization
from crmcore.privacy import masked, personal

CANARY = "Ada Canary"


@attrs.frozen(kw_only=True)
class Guest:
    """Somebody who stays for a night, with personal fields of every kind."""

    id: str
    name: str = attrs.field(default="Ada", metadata=personal("name"), repr=masked)
    born: date | None = attrs.field(default=None, metadata=personal("text"), repr=masked)
    spent: Decimal = attrs.field(
        default=Decimal(0),
        converter=attrs.Converter(decimal, takes_field=True),  # type: ignore[misc]
        metadata=personal("text"),
        repr=masked,
    )
    kind: CustomerKind | None = attrs.field(default=None, metadata=personal("text"), repr=masked)
    friends: tuple[Guest, ...] = attrs.field(default=(), metadata=personal("text"), repr=masked)
    wishes: dict[str, int] = attrs.field(factory=dict, metadata=personal("text"), repr=masked)
    nights: int = attrs.field(default=1)

    @nights.validator
    def _agrees(self, _: object, value: int) -> None:
        """Refuse a stay that does not fit, and blame the name for it."""
        if value > 9:
            raise InvalidValueError("name", self.name, "be that of somebody who may stay so long")

    def __attrs_post_init__(self) -> None:
        """Refuse a record as a whole, and blame the name for it."""
        if self.nights < 0:
            raise InvalidValueError("name", self.name, "be that of somebody who stays")


def said(error: BaseException) -> str:
    """Return all that an error holds, its causes among it, and what a traceback shows."""
    found, waiting = [], [error]
    while waiting:
        one = waiting.pop()
        found += [str(one), repr(one), repr(one.args), repr(getattr(one, "__dict__", ""))]
        found += getattr(one, "__notes__", [])
        waiting += [each for each in (one.__cause__, one.__context__) if each is not None]
    return "\n".join([*found, *traceback.format_exception(error)])


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("name", ["Ada Canary"], "must be text (got a list)"),
        ("name", 1815, "must be text (got an int)"),
        ("born", "1815-12-32 Canary", "must be a day such as 1997-01-01 (got 17 characters)"),
        ("spent", "Canary", "must be a decimal number (got 6 characters)"),
        ("spent", 18.15, "must be a decimal, an integer or text, not a float (got a float)"),
        ("kind", "Canary", "cannot be read; it is personal, so nothing of it is shown"),
        ("friends", CANARY, "must be a list (got 10 characters)"),
        ("friends", [CANARY], "must be a table of the fields of a Guest (got 10 characters)"),
        ("friends", [{"id": "g-2", "spent": "Canary"}], "must be a decimal number (got 6 char"),
        ("wishes", {CANARY: "1815"}, "must be a whole number (got 4 characters)"),
        ("nights", 10, "must be that of somebody who may stay so long (got 10 characters)"),
        ("nights", -1, "must be that of somebody who stays (got 10 characters)"),
    ],
)
def test_a_personal_field_tells_what_is_wrong_and_not_what_was_found(
    field: str, value: object, problem: str
) -> None:
    """Whatever stands in a personal field, faults tell its kind and its length."""
    data = {"id": "g-1", "name": CANARY, field: value}

    with pytest.raises(FaultsError) as caught:
        from_data(Guest, data)

    (fault,) = caught.value.faults
    assert problem in fault.problem
    assert fault.path == ("name" if field == "nights" else field)
    assert "Canary" not in said(caught.value)
    assert "1815" not in said(caught.value)


@pytest.mark.parametrize(
    ("cls", "data"),
    [
        (Contact, CANARY),
        (list[Contact], CANARY),
        (dict[str, Contact], [CANARY]),
        (tuple[str, Contact], [CANARY]),
        (Contact | Customer, CANARY),
        (Contact | None, CANARY),
        (Organization, CANARY),
        (Organization, {"department": {"id": "care", "name": "Care"}, "members": CANARY}),
        (Organization, {"department": {"id": "care", "name": "Care"}, "members": [[CANARY]]}),
    ],
    ids=str,
)
def test_what_stands_in_the_place_of_people_is_not_told(cls: Any, data: object) -> None:  # noqa: ANN401
    """Text where a record of somebody was expected may be about somebody."""
    with pytest.raises(FaultsError, match=r"must be .* \(got ") as caught:
        from_data(cls, data)

    assert "Canary" not in said(caught.value)


def test_what_is_missing_is_told_as_ever() -> None:
    """That a name is missing gives nothing away."""
    with pytest.raises(FaultsError, match="name: is missing; state it"):
        from_data(Contact, {"id": "p-1", "customer": "c-17"})


@pytest.mark.parametrize(
    "text",
    [
        f'{{"name": "{CANARY}"',
        f'{{"name": "{CANARY}", "name": "{CANARY}"}}',
        f'{{"name": "{CANARY}\\ud800"}}',
        f'{{"name": "{CANARY}", "id": 1e999}}',
        f'{{"name": "{CANARY}'.encode("utf-16"),
        f'{{"name": "{CANARY}'.encode() + b"\xff",
        f'{{"name": "{CANARY}", "customer": {"[" * 99}',
    ],
    ids=["cut", "twice", "surrogate", "number", "UTF-16", "latin", "deep"],
)
def test_text_that_cannot_be_read_is_not_told(text: str | bytes) -> None:
    """An error of the parser carries the whole text along; ours does not carry that error."""
    with pytest.raises(FaultsError) as caught:
        from_json(Contact, text)

    assert "Canary" not in said(caught.value)


@pytest.mark.parametrize(
    "text",
    [f'name = "{CANARY}', f'name = "{CANARY}"\nname = "{CANARY}"', f'name = "{CANARY}\\q"'],
    ids=["cut", "twice", "escape"],
)
def test_toml_that_cannot_be_read_is_not_told(text: str) -> None:
    """A file of people that is no TOML is told by line and column."""
    with pytest.raises(FaultsError, match=r"line|end of document") as caught:
        read_toml(text)

    assert "Canary" not in said(caught.value)


def test_an_upcaster_that_fails_tells_nothing() -> None:
    """What goes wrong in an upcaster may hold what it read, and stays there."""
    form: PayloadForm[Guest] = PayloadForm(Guest, [lambda data: {}[data["name"]]])

    with pytest.raises(FaultsError, match="is not what a Guest of form 1 looks like") as caught:
        form.read(f'{{"name": "{CANARY}"}}')

    assert "Canary" not in said(caught.value)


@attrs.frozen
class Node:
    """A record that holds its like, and nobody's data."""

    id: str = attrs.field(validator=is_name)
    below: tuple[Node, ...] = ()


def test_what_is_not_personal_is_told_as_ever() -> None:
    """Where no record of people is expected, what was found helps to find the mistake."""
    with pytest.raises(FaultsError, match=r"below\[0\]: must be a table .* \(got 'root'\)"):
        from_data(Node, {"id": "top", "below": ["root"]})
