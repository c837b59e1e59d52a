"""Criteria over a frame: keeping rows, and giving every row its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import narwhals.stable.v2 as nw

from crmcore.criteria import Criterion, Schema
from crmcore.errors import InvalidValueError

from ._expressions import Expressions
from ._native import Frame
from ._passes import Passes, deferred, finished
from ._plugins import PythonOnly

_FrameT = TypeVar("_FrameT")


def verdict(
    frame: object,
    criterion: Criterion,
    *,
    as_of: date | None = None,
    schema: Schema | None = None,
    python_only: PythonOnly = "refuse",
) -> nw.Expr:
    """Return the expression of narwhals that gives the verdict for each row of a frame.

    It is true where the criterion holds, false where it fails, and null where it is unknown.
    It fits every frame of the same library with columns of the same types.

    Args:
        frame: A frame of Polars, DuckDB, PySpark or pyarrow. Of pandas, `judge` and `where`
            convert what is read, which an expression cannot.
        criterion: What is asked.
        as_of: The day of judgement; only needed where the criterion depends on it.
        schema: The types of the columns; those of `schema_of` if there is none.
        python_only: What to do with plugin predicates that have no expression of their own:
            ``"refuse"`` them, or ask them in Python about the ``"distinct"`` values of the fields
            that they read, at most 10,000, for which a lazy frame is evaluated at once.

    Raises:
        FaultsError: If the criterion cannot run over these columns.
        InvalidValueError: If the frame is of another library, *as_of* is needed and missing, or a
            plugin predicate cannot be asked.

    .. versionadded:: 0.1.0
    """
    expressions = Expressions.opened(
        frame, schema=schema, as_of=as_of, reading=_fields(criterion), python_only=python_only
    )
    if expressions.frame.given.implementation.is_pandas():
        rule = "not be one of pandas, whose expressions mix up what is missing; use judge or where"
        raise InvalidValueError("frame", "a frame of pandas", rule)
    return expressions.verdict(criterion)


def where(
    frame: _FrameT,
    criterion: Criterion,
    *,
    as_of: date | None = None,
    schema: Schema | None = None,
    python_only: PythonOnly = "refuse",
) -> _FrameT:
    """Return the rows of a frame for which a criterion holds.

    The rows for which it is unknown are left out, as in every query.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        criterion: What the rows must meet.
        as_of: The day of judgement; only needed where the criterion depends on it.
        schema: The types of the columns; those of `schema_of` if there is none.
        python_only: What to do with plugin predicates that have no expression of their own:
            ``"refuse"`` them, or ask them in Python about the ``"distinct"`` values of the fields
            that they read, at most 10,000, for which a lazy frame is evaluated at once.

    Raises:
        FaultsError: If the criterion cannot run over these columns.
        InvalidValueError: If the frame is of another library, *as_of* is needed and missing, or a
            plugin predicate cannot be asked.

    .. versionadded:: 0.1.0
    """
    expressions = Expressions.opened(
        frame, schema=schema, as_of=as_of, reading=_fields(criterion), python_only=python_only
    )
    kept: _FrameT = _filtered(expressions.frame, expressions.holds(criterion))
    return kept


def judge(
    frame: _FrameT,
    criteria: Mapping[str, Criterion],
    *,
    as_of: date | None = None,
    schema: Schema | None = None,
    python_only: PythonOnly = "refuse",
) -> _FrameT:
    """Return a frame with a column for each criterion, in which null is *unknown*.

    Args:
        frame: A frame of Polars, DuckDB, PySpark, pandas or pyarrow; a lazy one stays lazy.
        criteria: The criteria, by the name of the column that gets their verdicts.
        as_of: The day of judgement; only needed where a criterion depends on it.
        schema: The types of the columns; those of `schema_of` if there is none.
        python_only: What to do with plugin predicates that have no expression of their own:
            ``"refuse"`` them, or ask them in Python about the ``"distinct"`` values of the fields
            that they read, at most 10,000, for which a lazy frame is evaluated at once.

    Raises:
        FaultsError: If a criterion cannot run over these columns; its name begins the path.
        InvalidValueError: If the frame is of another library or has a column of such a name,
            *as_of* is needed and missing, or a plugin predicate cannot be asked.

    .. versionadded:: 0.1.0
    """
    if not isinstance(criteria, Mapping):
        raise InvalidValueError("criteria", criteria, "be criteria by the names of their columns")
    reading = frozenset().union(*map(_fields, criteria.values()))
    expressions = Expressions.opened(
        frame, schema=schema, as_of=as_of, reading=reading, python_only=python_only
    )
    columns = {name: expressions.verdict(found, path=name) for name, found in criteria.items()}
    judged: _FrameT = Passes(expressions.frame, (), columns).run()
    return judged


def _fields(criterion: Criterion) -> frozenset[str]:
    if not isinstance(criterion, Criterion):
        rule = "be a Criterion; crmcore.notation.from_text makes one of text"
        raise InvalidValueError("criterion", criterion, rule)
    return criterion.fields


def _filtered(frame: Frame, condition: nw.Expr) -> Any:  # noqa: ANN401 - whatever was given
    if not frame.given.implementation.is_pandas():
        return finished(deferred(frame.given).filter(condition), like=frame.given)
    mask: Any = frame.readable.select(condition.alias("mask"))
    given: Any = frame.given.to_native()
    return given[mask["mask"].to_numpy()]
