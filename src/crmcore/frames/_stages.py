"""Stages on frames: the step that every row takes from the stage in which it stands."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Final, TypeVar

import narwhals.stable.v2 as nw

from crmcore.checks import day
from crmcore.criteria import Schema
from crmcore.lifecycle import Stage, StageModel

from ._choices import first_of
from ._passes import Passes, hidden, opened, read

_FrameT = TypeVar("_FrameT")

_STANDS: Final = hidden("stands")


def step_stages(
    frame: _FrameT,
    model: StageModel,
    *,
    as_of: date,
    stage: str = "stage",
    schema: Schema | None = None,
    prefix: str = "",
) -> _FrameT:
    """Return a frame with the stage of each row after the step that is due, and by which rule.

    The columns are ``stage_after``, the stage after the step of `crmcore.lifecycle.StageModel`,
    and ``stage_rule``, the name of the rule that moved the row, null where none did. Who has no
    stage yet is taken to be in the initial one. A row with a word that is no stage has nulls in
    both.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        model: The rules. Number literals are fitted to the columns that they meet.
        as_of: The day of the move, at whose beginning the features hold.
        stage: The column with the stage in which each customer stands, as its word.
        schema: The types of the columns; those of `schema_of` if there is none.
        prefix: What the names of the columns begin with.

    Raises:
        FaultsError: If a rule cannot run over these columns.
        InvalidValueError: If the frame is of another library or has a column of such a name, or
            *stage* is no text.
        UnknownNameError: If *stage* is no column.

    .. versionadded:: 0.1.0
    """
    reading = frozenset({stage}).union(*(rule.entry.fields for rule in model.rules))
    expressions = opened(frame, schema=schema, as_of=day(as_of), reading=reading)
    found = read(expressions, stage, "TEXT")
    words = [(found == known.value, nw.lit(known.value)) for known in Stage]
    initial = (found.is_null(), nw.lit(model.initial.value))
    rules = {
        hidden("holds", number): expressions.verdict(
            expressions.schema.fit(rule.entry), path=f"rules[{number}].entry"
        )
        for number, rule in enumerate(model.rules)
    }
    stands = nw.col(_STANDS)
    moves = [
        (nw.col(name) & reduce(or_, (stands == before.value for before in rule.allowed_from)), rule)
        for name, rule in zip(rules, model.rules, strict=True)
    ]
    never = (stands == "", nw.lit(""))
    stages = [(is_due, nw.lit(rule.stage.value)) for is_due, rule in moves]
    names = [(is_due, nw.lit(rule.name)) for is_due, rule in moves]
    added = {
        prefix + "stage_after": first_of([never, *stages], stands),
        prefix + "stage_rule": first_of([never, *names]),
    }
    moved: _FrameT = Passes(
        expressions.frame, [{_STANDS: first_of([initial, *words]), **rules}], added
    ).run()
    return moved
