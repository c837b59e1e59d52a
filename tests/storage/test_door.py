"""The door: what no store could keep, or give back as it was, is no record in the first place."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import attrs
import pytest

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind, Purchase
from crmcore.customers import Contact, Customer, Ownership
from crmcore.errors import InvalidValueError
from crmcore.kernel import Money
from crmcore.organization import Assignment, Department, Duty, Member, Responsibility, Role, Team
from crmcore.storage import RECORDS, Command

NEW_YEAR = datetime(1997, 1, 1, 5, tzinfo=UTC)

SAMPLES: Final[dict[str, Any]] = {
    "customers": Customer(id="c-17", name="Northwind"),  # type: ignore[arg-type]
    "contacts": Contact(id="p-1", customer="c-17", name="Ada"),  # type: ignore[arg-type]
    "ownerships": Ownership(id="o-1", customer="c-17", member="wei", since=NEW_YEAR),  # type: ignore[arg-type]
    "purchases": Purchase(id="b-1", customer="c-17", at=NEW_YEAR, amount=Money("29.33", "USD")),  # type: ignore[arg-type]
    "interactions": Interaction(
        id="i-1",  # type: ignore[arg-type]
        customer="c-17",  # type: ignore[arg-type]
        at=NEW_YEAR,
        channel=Channel.CALL,
        direction=Direction.INBOUND,
    ),
    "matters": Matter(
        id="m-1",  # type: ignore[arg-type]
        kind=MatterKind.OPPORTUNITY,
        customer="c-17",  # type: ignore[arg-type]
        subject="Ada renews",
        opened_at=NEW_YEAR,
    ),
    "departments": Department(id="care", name="Customer care"),  # type: ignore[arg-type]
    "teams": Team(id="service", name="Customer service", department="care"),  # type: ignore[arg-type]
    "roles": Role(id="clerk", name="Service clerk"),  # type: ignore[arg-type]
    "members": Member(id="wei", name="Wei", team="service", weekly_hours=38),  # type: ignore[arg-type]
    "responsibilities": Responsibility(
        id="complaints",  # type: ignore[arg-type]
        name="Answer complaints",
        role="clerk",  # type: ignore[arg-type]
        team="service",  # type: ignore[arg-type]
        weekly_hours=12,
    ),
    "assignments": Assignment(
        id="a-1",
        responsibility="complaints",  # type: ignore[arg-type]
        duty=Duty.BACKUP,
        member="wei",  # type: ignore[arg-type]
        since=NEW_YEAR,
    ),
    "commands": Command(id="k-1", request="digest"),
}


class Number(IntEnum):
    """A number with a name, which a store would give back without it."""

    ONE = 1


# For each kind of field: what is handed in, and how it is refused.
BAD: Final[dict[str, dict[str, tuple[object, str]]]] = {
    "text": {
        "NUL": ("a\0b", "hold no control characters"),
        "lone surrogate": ("a\ud800b", "hold no control characters, line separators or lone"),
        "line separator": ("a\u2028b", "hold no control characters, line separators"),
        "empty": ("", "not be empty"),
        "blank": (" \u3000", "not be empty"),
        "long": ("x" * 10_001, r"have at most [\d]+ characters \(got 10001 characters\)"),
        "bytes": (b"c-17", "be text"),
        "number": (17, "be text"),
        "yes": (True, "be text"),
    },
    "id": {
        "NUL": ("a\0b", "hold no control characters"),
        "lone surrogate": ("a\ud800b", "hold no control characters, line separators or lone"),
        "65 code points": ("😀" * 65, r"have at most 64 characters \(got 65 characters\)"),
        "blank end": ("c-17 ", "have no blanks at its ends"),
        "empty": ("", "not be empty"),
        "bytes": (b"c-17", "be text"),
        "number": (17, "be text"),
    },
    "whole number": {
        "yes": (True, "be a whole number"),
        "enumeration": (Number.ONE, "be a whole number"),
        "float": (1.0, "be a whole number"),
        "NaN": (float("nan"), "be a whole number"),
        "decimal": (Decimal(1), "be a whole number"),
        "text": ("1", "be a whole number"),
        "below": (-1, "be (at least|between)"),
        "beyond 64 bits": (2**63, "be (at most|between)"),
        "far beyond": (10**5_000, "be (at most|between)"),
        "far below": (-(2**63) - 1, "be (at least|between)"),
    },
    "yes or no": {
        "one": (1, "be True or False"),
        "text": ("yes", "be True or False"),
        "nothing": (None, "be True or False"),
    },
    "word": {
        "text": ("manual", "be one of [A-Z]"),
        "nothing": (None, "be one of [A-Z]"),
        "another enumeration": (Number.ONE, "be one of [A-Z]"),
    },
    "decimal": {
        "float": (37.5, "be a decimal, an integer or text, not a float"),
        "NaN": (Decimal("NaN"), "be finite"),
        "signalling NaN": ("sNaN", "be finite"),
        "infinity": ("-inf", "be finite"),
        "yes": (True, "be a decimal"),
        "bytes": (b"38", "be a decimal"),
        "words": ("much", "be a decimal number"),
        "huge": ("1e9999", "have at most 30 digits"),
        "long": ("1" * 31, "have at most 30 digits"),
    },
    "instant": {
        "naive": (datetime(1997, 1, 1), "carry a time zone"),  # noqa: DTZ001 - the point of it
        "day": (date(1997, 1, 1), "be a datetime"),
        "text": ("1997-01-01T05:00:00Z", "be a datetime"),
        "number": (852_094_800, "be a datetime"),
        "first day": (datetime.min.replace(tzinfo=UTC), "lie between"),
        "last day": (datetime.max.replace(tzinfo=UTC), "lie between"),
    },
    "day": {
        "instant": (NEW_YEAR, "be a day, not an instant"),
        "text": ("1997-01-01", "be a date"),
        "number": (19970101, "be a date"),
    },
    "money": {
        "float": (29.33, "be money"),
        "decimal": (Decimal("29.33"), "be money"),
        "text": ("29.33 USD", "be money"),
    },
    "texts": {
        "one text": ("north", "be a list of texts, also of a single one"),
        "bytes": (b"north", "be a list of texts"),
        "number": (3, "be a list of texts"),
        "numbers": (["north", 3], "hold nothing but texts"),
        "NUL": (["nor\0th"], "hold no control characters"),
        "long": (["x" * 201], r"have at most [\d]+ characters"),
    },
    "records": {
        "text": ("negotiation", "list "),
        "texts": (["negotiation"], "list "),
        "nothing": (None, "list "),
    },
}

KINDS: Final = {
    str: "text",
    int: "whole number",
    bool: "yes or no",
    Decimal: "decimal",
    datetime: "instant",
    date: "day",
    Money: "money",
}


def kind_of(annotation: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    """Return what sort of field it is."""
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
    if hasattr(annotation, "__supertype__"):
        return "id"
    if get_origin(annotation) is tuple:
        return "texts" if kind_of(get_args(annotation)[0]) in {"id", "text"} else "records"
    if attrs.has(annotation) and annotation is not Money:
        return "record"
    return "word" if issubclass(annotation, Enum) else KINDS[annotation]


def fields() -> Iterator[Any]:
    """Yield every field of every record with its kind."""
    for name, sample in SAMPLES.items():
        for field, annotation in get_type_hints(type(sample)).items():
            if (name, field) != ("commands", "answer"):  # an answer may be of any length
                kind = "id" if field == "id" else kind_of(annotation)
                yield pytest.param(sample, field, kind, id=f"{name}.{field}")


def test_the_samples_are_the_nouns_that_stores_keep() -> None:
    """A new kind of record has to go through the door too; facts and the trail make their own."""
    made = {name for name in RECORDS if name.endswith("_facts") or name.startswith("audit_")}

    assert SAMPLES.keys() == RECORDS.keys() - made
    assert all(type(sample) is RECORDS[name] for name, sample in SAMPLES.items())


@pytest.mark.parametrize(("sample", "field", "kind"), [*fields()])
def test_what_no_store_could_keep_is_refused(sample: Any, field: str, kind: str) -> None:  # noqa: ANN401
    """Each field refuses what a store would lose or change, in the words of all other records."""
    for value, rule in BAD[kind].values():
        with pytest.raises(InvalidValueError, match=f"^{field} must {rule}"):
            attrs.evolve(sample, **{field: value})


@pytest.mark.parametrize("amount", [29.33, "NaN", Decimal("Infinity"), True, b"29.33"], ids=repr)
def test_money_is_exact(amount: Any) -> None:  # noqa: ANN401
    """Money that was calculated with floats is no money."""
    with pytest.raises(InvalidValueError, match=r"^amount must be (a decimal|finite)"):
        Money(amount, "USD")


def test_an_instant_of_another_library_becomes_a_plain_one() -> None:
    """What a library of one's own adds to an instant would not come back from a store."""

    class Stamp(datetime):
        """An instant that knows more than a store keeps."""

    made = attrs.evolve(SAMPLES["purchases"], at=Stamp(1997, 1, 1, 5, tzinfo=UTC))

    assert type(made.at) is datetime
    assert made.at == NEW_YEAR
