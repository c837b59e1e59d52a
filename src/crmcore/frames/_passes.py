"""Working through a frame in several passes, of which the later read what the earlier found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import narwhals.stable.v2 as nw

from crmcore.errors import InvalidValueError

from ._native import Either, Frame

Columns: TypeAlias = "Mapping[str, nw.Expr]"

_PREFIX = "_crmcore_"


def hidden(*parts: object) -> str:
    """Return the name of a column that no user sees."""
    return _PREFIX + "_".join(map(str, parts))


def aliased(columns: Columns) -> list[nw.Expr]:
    """Return the expressions with their names."""
    return [expression.alias(name) for name, expression in columns.items()]


def deferred(frame: Either) -> Either:
    """Return a frame of Polars as a lazy one, which does all its work at once at the end."""
    if isinstance(frame, nw.DataFrame) and frame.implementation.is_polars():
        return frame.lazy()
    return frame


def finished(frame: Either, *, like: Either) -> Any:  # noqa: ANN401 - whatever was given
    """Return a frame of the user's library, eager if *like* is."""
    if isinstance(frame, nw.LazyFrame) and isinstance(like, nw.DataFrame):
        return frame.collect().to_native()
    return frame.to_native()


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
        refuse_names(self.frame.given.collect_schema().names(), self.added)
        given = self.frame.given
        found = deferred(self.frame.readable)
        for columns in filter(None, self.passes):
            found = found.with_columns(*aliased(columns))
        if self.frame.readable is given:
            names = given.collect_schema().names()
            shown = found.select(*map(nw.col, names), *aliased(self.added))
            return finished(shown, like=given)
        # Only pandas is read in other types than it was given in, and it is eager.
        evaluated: Any = found.select(*aliased(self.added))
        return given.with_columns(*evaluated.iter_columns()).to_native()


def refuse_names(there: Sequence[str], added: Iterable[str]) -> None:
    """Refuse to write over what somebody else wrote.

    Raises:
        InvalidValueError: If one of the names is there already.
    """
    for name in added:
        if name in there:
            rule = f"have no column called {name!r}, which is about to be added"
            raise InvalidValueError("frame", sorted(there), rule)
