"""What is kept for years is read by what comes later, and what is of tomorrow is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from crmcore.codec import PayloadForm, from_data, payload_form, to_data
from crmcore.errors import FaultsError, InvalidValueError, SchemaOutOfDateError
from crmcore.kernel import Money, Reason, Undefined
from crmcore.scoring import Score

PAYLOADS = Path(__file__).parent / "payloads"

# What the rules of the two stored scores have read; form 1 told no kinds of dates and decimals.
SEEN = {
    1: ("2026-09-16", "2026-09-01T08:00:00Z", "0.30"),
    2: (date(2026, 9, 16), datetime(2026, 9, 1, 8, tzinfo=UTC), Decimal("0.30")),
}


@attrs.frozen
class Box:
    """A record of a third form: it was ``{"w"}`` first, then ``{"width"}``."""

    width: int
    unit: str


def _spell_out(data: Any) -> Any:  # noqa: ANN401 - plain data
    return {"width": data["w"]}


def _add_unit(data: Any) -> Any:  # noqa: ANN401 - plain data
    return {**data, "unit": "cm"}


BOXES = PayloadForm(Box, [_spell_out, _add_unit])


@attrs.frozen
class Find:
    """A record with fields that may hold anything."""

    thing: object
    things: tuple[object, ...] = ()


def scores() -> PayloadForm[Score]:
    """Return the form of the scores that are kept."""
    form = payload_form(Score)
    assert form is not None
    return form


def test_every_form_of_a_score_is_stored_here() -> None:
    """Whoever gives scores a new form stores one of it, and leaves those of old as they are."""
    stored = sorted(path.stem for path in PAYLOADS.glob("score_*.json"))

    assert stored == [f"score_{form}" for form in range(1, scores().present + 1)]


@pytest.mark.parametrize("form", [1, 2])
def test_scores_of_every_form_are_read(form: int) -> None:
    """A score says years later what it said when it was written."""
    score = scores().read((PAYLOADS / f"score_{form}.json").read_text("utf-8"))

    visited, seen, share = SEEN[form]
    evidence = dict(pair for entry in score.ledger for pair in entry.evidence)
    assert str(score).splitlines()[:2] == [
        "care: 30 (-9 to 30); mia says 62",
        "  visits: 25 × 0.50 (14 days old) = 12.5, because visits is 1 or more",
    ]
    assert evidence == {
        "last_visit": visited,
        "visits": 3,
        "tags": frozenset({"tea", "books"}),
        "ratio": 0.3,
        "open_complaints": None,
        "tier": "gold",
        "paid": Money("12.50", "EUR"),
        "is_vip": True,
        "seen": seen,
        "share": share,
    }
    assert scores().read(scores().write(score)) == score


def test_other_evidence_of_the_first_form_stays_what_it_shows() -> None:
    """What is undefined stays so, and a table that is no money becomes text."""
    [entry, *_] = to_data(scores().read((PAYLOADS / "score_2.json").read_text("utf-8")))["ledger"]
    values: list[Any] = [{"undefined": "too_few"}, {"b": 1, "a": [2]}]
    old = {"ledger": [{**entry, "values": values}]}

    new = scores().upcasters[0](old)

    assert new["ledger"][0]["values"] == [{"undefined": "too_few"}, '{"a":[2],"b":1}']
    assert old["ledger"][0]["values"] is values


@pytest.mark.parametrize(
    "text",
    [
        '{"w": 3}',
        '{"form": 1, "record": {"w": 3}}',
        '{"form": 2, "record": {"width": 3}}',
        '{"form": 3, "record": {"unit": "cm", "width": 3}}',
    ],
)
def test_each_step_leads_to_the_next_form(text: str) -> None:
    """Whichever form something was written in, it is read in the present one."""
    assert BOXES.read(text) == Box(3, "cm")
    assert BOXES.write(BOXES.read(text)) == '{"form":3,"record":{"unit":"cm","width":3}}'


def test_what_a_later_version_has_written_is_refused() -> None:
    """Nothing is guessed about forms that are still to come."""
    with pytest.raises(SchemaOutOfDateError, match="upgrade crmcore") as caught:
        BOXES.read('{"form": 4, "record": {"width": 3}}')

    assert (caught.value.have, caught.value.need) == (4, 3)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"form": 0, "record": {}}', "form: must be a whole number of 1 or more"),
        ('{"form": "3", "record": {}}', "form: must be a whole number of 1 or more"),
        ('{"form": 1, "record": {"width": 3}}', "record: is not what a Box of form 1 looks like"),
        ("[1]", "record: is not what a Box of form 1 looks like"),
        ('{"form": 3, "record": {"width": "3"}}', "width: must be a whole number"),
    ],
)
def test_what_is_no_payload_is_refused(text: str, fault: str) -> None:
    """What others have written into a payload is told with its fault."""
    with pytest.raises(FaultsError) as caught:
        BOXES.read(text)

    assert str(caught.value.faults[0]).startswith(fault)


def test_other_types_have_no_form() -> None:
    """Only what is kept as a payload tells its form."""
    assert payload_form(Money) is None


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "text", 3, -(2**53), 2**60, 0.1, -2.5e-300, Decimal("1.50")),
        *(Decimal("1E+40"), date(1997, 1, 1), datetime(1997, 1, 1, 5, tzinfo=UTC)),
        datetime(1997, 1, 1, 5, 0, 0, 1),  # noqa: DTZ001 - it had no zone
        *(Money("12.50", "EUR"), Undefined(Reason.TOO_FEW), frozenset({"a", "b"})),
        *(frozenset({1, Decimal("1.5"), "a"}), (1, (Decimal(2), None), frozenset())),
    ],
)
def test_values_tell_their_kind_where_no_field_does(value: object) -> None:
    """What may be anything comes back as what it was."""
    find = Find(value, (value, value))

    read = from_data(Find, to_data(find))

    assert read == find
    assert type(read.thing) is type(value)


@pytest.mark.parametrize(
    "thing",
    [
        *([1], {}, {"a": 1}, {"int": "1.5"}, {"int": 3}, {"float": "x"}, {"float": "inf"}),
        *({"float": 0.1}, {"float": "1" * 40}, {"decimal": 3}, {"decimal": "1e999"}),
        *({"date": "1997"}, {"datetime": "1997"}, {"datetime": 3}, {"set": 3}, {"list": [[]]}),
        *({"money": "3"}, {"undefined": "because"}, {"int": "1", "float": "1"}),
    ],
)
def test_what_tells_no_kind_is_refused(thing: object) -> None:
    """A table that is no value of a known kind is no value."""
    with pytest.raises(FaultsError, match="thing"):
        from_data(Find, {"thing": thing})


def test_a_member_of_an_enumeration_is_written_as_its_word() -> None:
    """Nobody has to know the enumeration to read what was seen."""
    assert to_data(Find(Reason.TOO_FEW)) == {"thing": "too_few", "things": []}


def test_what_has_no_kind_is_not_written() -> None:
    """A table, which may hold anything in its turn, is none of the values."""
    with pytest.raises(InvalidValueError, match="be a scalar, or a set or tuple of them"):
        to_data(Find({"a": 1}))
