"""Working through a frame in several passes, of which the later read what the earlier found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import EVERYTHING, Schema
from crmcore.errors import InvalidValueError

from ._expressions import Expressions
from ._native import Either, Frame

Columns: TypeAlias = "Mapping[str, nw.Expr]"

_PREFIX = "_crmcore_"


def hidden(*parts: object) -> str:
    """Return the name of a column that no user sees."""
    return _PREFIX + "_".join(map(str, parts))


def aliased(columns: Columns) -> list[nw.Expr]:
    """Return the expressions with their names."""
    return [expression.alias(name) for name, expression in columns.items()]


def through_arrow(frame: Frame, reading: Iterable[str]) -> Frame:
    """Return a frame of pandas as one that is read as a table of pyarrow; another as it is.

    Constants are of NumPy's types in pandas, whatever the types of the columns are beside which
    they stand, and NumPy's numbers cannot be missing.

    Args:
        frame: The frame.
        reading: The columns that will be read; the others may hold what Arrow does not know.
    """
    if not frame.given.implementation.is_pandas():
        return frame
    readable: Any = frame.readable  # frames of pandas are eager
    names = [name for name in readable.columns if name in set(reading)]
    pyarrow: Any = nw.get_native_namespace(readable.select(names).to_arrow())
    columns = {name: readable[name].to_arrow() for name in names}
    rows = pyarrow.nulls(len(readable))
    return Frame(nw.from_native(pyarrow.table({hidden("rows"): rows, **columns})), frame.given)


def opened(
    native: object, *, schema: Schema | None, as_of: date | None, reading: Iterable[str]
) -> Expressions:
    """Return the expressions over a frame that is worked through in passes.

    Raises:
        InvalidValueError: If the frame is of another library.
        FaultsError: If a column does not hold what the schema says.
    """
    names = frozenset(reading)
    expressions = Expressions.opened(native, schema=schema, as_of=as_of, reading=names)
    return attrs.evolve(expressions, frame=through_arrow(expressions.frame, names))


def read(expressions: Expressions, name: str, kind: str) -> nw.Expr:
    """Return the values of a column of one kind.

    Raises:
        UnknownNameError: If there is no such column.
        InvalidValueError: If it is of another kind.
    """
    term = expressions.term(name)
    if term.kind != kind:
        rule = f"be a column of {'text' if kind == 'TEXT' else 'dates'}"
        raise InvalidValueError(name, term.column.kind.value, rule)
    return term.expression


def zeros(expressions: Expressions) -> nw.Expr:
    """Return a column of zeros, which engines do not take for a lone constant."""
    zero = nw.lit(0, nw.Int64)
    return nw.when(expressions.verdict(EVERYTHING)).then(zero).otherwise(zero)


def deferred(frame: Either) -> Either:
    """Return a frame of Polars as a lazy one, which does all its work at once at the end."""
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars():
        return frame.lazy()
    return frame


def finished(found: Either, *, like: Either) -> Any:  # noqa: ANN401 - whatever was given
    """Return a frame of the library that *like* is of, eager if that is."""
    if isinstance(found, nw.LazyFrame) and isinstance(like, nw.DataFrame):
        found = found.collect()
    native: Any = found.to_native()
    if like.implementation.is_pandas() and found.implementation.is_pyarrow():
        pandas: Any = nw.get_native_namespace(like)
        return native.to_pandas(types_mapper=pandas.ArrowDtype)
    return native


@attrs.frozen
class Passes:
    """Passes over a frame, and the columns that are added to it in the end.

    What one pass names, the next may read. So every part is evaluated once, on every engine,
    however often it is used.

    Attributes:
        frame: The frame.
        passes: The hidden columns of each pass.
        added: The columns that the user gets, which the last pass may all read.
    """

    frame: Frame
    passes: Sequence[Columns]
    added: Columns

    def run(self) -> Any:  # noqa: ANN401 - whatever was given
        """Return the given frame with the added columns, the hidden ones left out.

        Raises:
            InvalidValueError: If the frame has a column of such a name already.
        """
        given = self.frame.given
        names = given.collect_schema().names()
        refuse_names(names, self.added)
        found = deferred(self.frame.readable)
        for columns in filter(None, self.passes):
            found = found.with_columns(*aliased(columns))
        if not given.implementation.is_pandas():
            shown = found.select(*map(nw.col, names), *aliased(self.added))
            return finished(shown, like=given)
        new = finished(found.select(*aliased(self.added)), like=given)
        native: Any = given.to_native()
        return native.assign(**{name: new[name].set_axis(native.index) for name in self.added})


def refuse_names(there: Sequence[str], added: Iterable[str]) -> None:
    """Refuse to write over what somebody else wrote.

    Raises:
        InvalidValueError: If one of the names is there already.
    """
    for name in added:
        if name in there:
            rule = f"have no column called {name!r}, which is about to be added"
            raise InvalidValueError("frame", sorted(there), rule)
