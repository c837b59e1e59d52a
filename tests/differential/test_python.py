"""The compiled function and the explanation give the verdicts that the language means."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from crmcore.criteria import Criterion
from crmcore.notation import from_data, from_text, to_data, to_text
from crmcore.testing import EDGES, check_back_end, random_criteria

VERDICTS = int(os.environ.get("CRMCORE_VERDICTS", "50000"))
SEED = int(os.environ.get("CRMCORE_SEED", "0"))

Rows = Sequence[Mapping[str, Any]]
Truths = list[list[bool | None]]

Record: Any = attrs.make_class("Record", list(EDGES.names), frozen=True, slots=True)


def on_mappings(criteria: Sequence[Criterion], rows: Rows, as_of: date) -> Truths:
    """Judge rows with functions that are compiled for mappings."""
    return [list(map(one.compile(as_of=as_of, of=dict), rows)) for one in criteria]


def on_objects(criteria: Sequence[Criterion], rows: Rows, as_of: date) -> Truths:
    """Judge objects with functions that are compiled for their class."""
    records = [Record(**row) for row in rows]
    return [list(map(one.compile(as_of=as_of, of=Record), records)) for one in criteria]


def by_explaining(criteria: Sequence[Criterion], rows: Rows, as_of: date) -> Truths:
    """Judge rows with everything that is seen on the way."""
    return [[one.explain(row, as_of=as_of).verdict.truth for row in rows] for one in criteria]


def test_the_compiled_function_means_what_the_language_means() -> None:
    """On mappings and on objects it gives the verdict that a few plain lines give."""
    assert check_back_end(on_mappings, verdicts=VERDICTS, seed=SEED).verdicts >= VERDICTS
    assert check_back_end(on_objects, verdicts=VERDICTS, seed=SEED + 1).verdicts >= VERDICTS


def test_the_explanation_means_what_the_language_means() -> None:
    """What keeps all that it saw comes to the same verdict."""
    few = VERDICTS // 5

    assert check_back_end(by_explaining, verdicts=few, seed=SEED + 2).verdicts >= few


def test_criteria_survive_every_form() -> None:
    """Data, text and pickles give a criterion back as it was."""
    for one in random_criteria(SEED + 3, count=500):
        assert from_data(to_data(one), schema=EDGES) == one
        assert from_text(to_text(one), schema=EDGES) == one
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own pickle
