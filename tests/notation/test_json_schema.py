"""The published JSON Schema says what the reader takes."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest

from crmcore.criteria import Predicates, Schema, predicate
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.notation import Limits, from_data, json_schema, to_data
from crmcore.testing import random_criteria

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
A: dict[str, Any] = {"field": "a"}
LEAF: dict[str, Any] = {"gt": [A, 1]}


@predicate("acme.is_at_fair", version="1.0", reads=["a"])
def is_at_fair(customer: Any, country: str) -> bool:  # noqa: ANN401 - any record
    """Is expected at the fair."""
    return bool(customer.a) and bool(country)


FAIR = Predicates.of(is_at_fair)


def documents() -> list[dict[str, Any]]:
    """Return the plain form of random criteria, in which no name has two meanings."""
    found = [to_data(is_at_fair(country="DE"))]
    for criterion in random_criteria(11, count=120):
        try:
            found.append(to_data(criterion))
        except InvalidValueError as error:
            assert "give one meaning to each name" in str(error)  # noqa: PT017 - not all are
    return found


DOCUMENTS = documents()


def test_the_schema_is_one() -> None:
    """It keeps to its own dialect."""
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_published_file_is_the_schema() -> None:
    """The file in the pages is what the library says; the script in docs writes it."""
    script = runpy.run_path(str(ROOT / "docs" / "write_json_schema.py"))

    assert script["FILE"].read_text("utf-8") == script["text"]()


def test_what_is_written_is_valid() -> None:
    """Every criterion in its plain form, with and without the definitions around it."""
    for document in DOCUMENTS:
        VALIDATOR.validate(document)
        VALIDATOR.validate(document["expr"])


@pytest.mark.parametrize(
    "data",
    [
        {"between": [A, 1, 5]},
        {"differs": [A, "gold"]},
        {"is_present": {"abs": A}},
        {"gt": [5, A]},
        {"gt": [{"shift": [{"param": "as_of"}, {"days": -90, "months": 1}]}, A]},
        {"in": [A, [1, {"decimal": "1.50"}, {"date": "2026-09-30"}]]},
        {"gt": [A, {"datetime": "2026-09-30T12:00:00+00:00"}]},
        {"call": ["acme.is_at_fair", {"country": "DE"}]},
        {"call": ["acme.is_at_fair", {"country": "DE"}, "1.0"]},
        {"crm-criteria": 1, "expr": LEAF, "where": {}},
        {"all": []},
    ],
)
def test_what_is_read_is_valid(data: object) -> None:
    """Also the short forms, and comparisons either way round."""
    assert from_data(data, predicates=FAIR).fingerprint
    VALIDATOR.validate(data)


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        [],
        {},
        {"gtt": [A, 1]},
        {"gt": [A, 1], "lt": [A, 5]},
        {"gt": [A]},
        {"gt": [A, 1, 2]},
        {"gt": [1, 2]},
        {"gt": [A, None]},
        {"gt": [A, [1]]},
        {"gt": [{"feld": "a"}, 1]},
        {"gt": [{"field": ""}, 1]},
        {"gt": [{"field": "x" * 65}, 1]},
        {"gt": [{"add": [1, 2]}, 1]},
        {"gt": [{"abs": 5}, 1]},
        {"gt": [{"coalesce": ["none", A]}, 1]},
        {"gt": [A, {"decimal": 1.5}]},
        {"gt": [A, {"decimal": "many"}]},
        {"gt": [A, {"decimal": "1e99999999"}]},
        {"gt": [A, {"date": "yesterday"}]},
        {"gt": [A, {"param": "now"}]},
        {"gt": [A, {"shift": [A, {"days": 1}]}]},
        {"gt": [A, {"shift": [{"param": "as_of"}, {}]}]},
        {"gt": [A, {"shift": [{"param": "as_of"}, {"years": 1}]}]},
        {"eq": [A, "x" * 257]},
        {"in": [A, []]},
        {"in": [A, [A]]},
        {"in": [A, list(range(1001))]},
        {"has": [{"abs": A}, "vip"]},
        {"starts": [A, ""]},
        {"starts": [A, 5]},
        {"is_null": "a"},
        {"all": LEAF},
        {"not": [LEAF]},
        {"named": 5},
        {"call": ["acme.is_at_fair"]},
        {"call": ["acme.is_at_fair", {"country": [1]}]},
        {"matches": [A, ".*"]},
        {"crm-criteria": 2, "expr": LEAF},
        {"crm-criteria": 1},
        {"crm-criteria": 1, "expr": LEAF, "were": {}},
        {"crm-criteria": 1, "expr": LEAF, "where": []},
        {"crm-criteria": 1, "expr": LEAF, "where": {"a": 5}},
    ],
)
def test_what_is_broken_is_invalid(data: object) -> None:
    """The reader refuses it, and the schema sees it before."""
    with pytest.raises(FaultsError):
        from_data(data, predicates=FAIR)
    assert not VALIDATOR.is_valid(data)


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - data
    inside = data.items() if isinstance(data, dict) else enumerate(data)
    found = [path] if path else []
    for key, part in inside:
        found += _places(part, (*path, key)) if isinstance(part, dict | list) else [(*path, key)]
    return found


def _broken(random: Random, data: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of data with something changed somewhere."""
    found: Any = copy.deepcopy(data)
    *way, last = random.choice(_places(found))
    part = found
    for key in way:
        part = part[key]
    change = random.randrange(5)
    if change == 0:
        del part[last]
    elif change == 1 and isinstance(part, dict):
        part[random.choice(("gt", "not", "field", "add", "shift", "in"))] = part.pop(last)
    elif change == 2:
        part[last] = [part[last]]
    elif change == 3:
        part[last] = random.choice(_places(found))[-1]
    else:
        part[last] = random.choice(
            (None, 5, 1.5, True, "x", {}, [], A, LEAF, [A, 1], {"named": "x"})
        )
    return found  # type: ignore[no-any-return]  # a document still


def test_what_the_reader_takes_is_valid() -> None:
    """Whatever is done to data, the schema never refuses what the reader takes."""
    random = Random(20260930)  # noqa: S311 - made-up mistakes need no cryptographic chance
    taken = refused = seen = 0
    for _ in range(400):
        data = _broken(random, random.choice(DOCUMENTS))
        is_valid = VALIDATOR.is_valid(data)
        try:
            from_data(data, predicates=FAIR)
        except FaultsError:
            refused += 1
            seen += not is_valid
        else:
            taken += 1
            assert is_valid, data

    assert taken > 20
    assert seen > refused / 2


def test_the_schema_can_know_the_fields_and_the_limits() -> None:
    """An editor then completes the names of fields, and sees what is too long."""
    schema = json_schema(schema=Schema.of(a=int, b=int), limits=Limits(text=3, values=2, nodes=4))
    narrow = jsonschema.Draft202012Validator(schema)

    assert narrow.is_valid(LEAF)
    assert not narrow.is_valid({"gt": [{"field": "c"}, 1]})
    assert not narrow.is_valid({"eq": [A, "gold"]})
    assert not narrow.is_valid({"in": [A, [1, 2, 3]]})
    assert not narrow.is_valid({"all": [LEAF] * 5})


def test_the_definitions_serve_larger_schemas() -> None:
    """The schema of a file with rules refers to that of a criterion."""
    larger = {
        "type": "object",
        "properties": {"when": {"$ref": "#/$defs/criterion"}, "points": {"type": "number"}},
        "$defs": json_schema()["$defs"],
    }
    validator = jsonschema.Draft202012Validator(larger)

    assert validator.is_valid({"when": LEAF, "points": 5})
    assert not validator.is_valid({"when": {"gtt": []}, "points": 5})
    assert json.loads(json.dumps(larger)) == larger
