"""From a criterion to the expression that gives its verdict for every row of a frame."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import attrs
import narwhals.stable.v2 as nw

from crmcore.criteria import Criterion, Schema
from crmcore.errors import Fault, FaultsError

from ._back_end import Frames
from ._fields import problem_of, term_of
from ._native import Frame
from ._plugins import Plugins
from ._schema import schema_of_frame
from ._terms import Term, Truth, definite


@attrs.frozen
class Expressions:
    """The expressions of criteria over one frame.

    `opened` makes it; `verdict` and `holds` give an expression for each criterion.

    Attributes:
        frame: The frame; what the expressions are evaluated over is its ``readable``.
        schema: The fields that there are.
        back_end: What gives the parts their meanings.
    """

    frame: Frame
    schema: Schema
    back_end: Frames

    @classmethod
    def opened(
        cls,
        native: Any,  # noqa: ANN401 - any frame
        *,
        schema: Schema | None = None,
        as_of: date | None = None,
        reading: Iterable[str] | None = None,
        python_only: str = "refuse",
    ) -> Expressions:
        """Return the expressions over a frame.

        Args:
            native: The frame, of one of the supported libraries.
            schema: The types of its columns; they are those of the frame if there is none.
            as_of: The day of judgement.
            reading: The columns that will be read; None for all.
            python_only: What to do with plugin predicates without an expression of their own:
                ``refuse`` them, or ask them about the ``distinct`` values of their fields.

        Raises:
            InvalidValueError: If the frame is of another library.
            FaultsError: If a column does not hold what the schema says.
        """
        whole = () if schema is None else _integers(schema)
        frame = Frame.open(
            native, reading=None if reading is None else frozenset(reading), whole=whole
        )
        derived = schema_of_frame(frame)
        known = derived if schema is None else _restricted(schema, derived)
        plugins = Plugins(frame, python_only)
        return cls(frame, known, Frames({}, as_of, frame.dialect, plugins))

    def truth(self, criterion: Criterion, *, path: str = "") -> Truth:
        """Return what a criterion says of each row.

        Raises:
            FaultsError: If the criterion cannot run over these fields.
        """
        self.schema.check(criterion, path=path)
        self._read(criterion.fields)
        return criterion.fold(self.back_end)

    def verdict(self, criterion: Criterion, *, path: str = "") -> nw.Expr:
        """Return the column that is true where it holds, false where it fails, else null."""
        return self._column(self.truth(criterion, path=path))

    def holds(self, criterion: Criterion, *, path: str = "") -> nw.Expr:
        """Return the column that is true where it holds and else false, never null."""
        return self._column(definite(self.truth(criterion, path=path)))

    def term(self, name: str) -> Term:
        """Return the operand of a field.

        Raises:
            UnknownNameError: If there is no such field.
            FaultsError: If its column does not hold what the schema says.
        """
        self._read([name])
        return self.back_end.fields[name]

    def _read(self, names: Iterable[str]) -> None:
        types = self.frame.types
        faults = []
        for name in sorted(set(names) - set(self.back_end.fields)):
            problem = problem_of(self.schema[name], types[name], self.frame)
            if problem is None:
                self.back_end.fields[name] = term_of(
                    name, self.schema[name], types[name], self.frame
                )
            else:
                faults.append(Fault(name, problem))
        if faults:
            raise FaultsError("schema", faults)

    def _column(self, truth: Truth) -> nw.Expr:
        if not isinstance(truth.expression, bool):
            return truth.expression
        # A lone constant has another type, or one row only, on one engine or another.
        anything = nw.col(next(iter(self.frame.readable.collect_schema()))).is_null()
        return (anything | ~anything) if truth.expression else (anything & ~anything)


def _restricted(schema: Schema, derived: Schema) -> Schema:
    return Schema(tuple((name, schema[name]) for name in schema.names if name in derived))


def _integers(schema: Schema) -> tuple[str, ...]:
    return tuple(name for name, column in schema.columns if column.kind.name == "INT")
