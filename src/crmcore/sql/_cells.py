"""Cells: how the value of a field stands in the columns of a row.

Both databases keep the same cells, so that there is one place to look at them:

======================  ======================================================================
a field of type         stands as
======================  ======================================================================
text                    text
whole number            a 64-bit integer
yes or no               1 or 0
enumeration             its word
day                     ISO 8601 text
instant                 microseconds since 1970-01-01T00:00:00Z, a 64-bit integer
exact decimal           its digits as text
money                   whole minor units, a 64-bit integer, and the currency; an amount that
                        these cannot write digit by digit stands as text beside them
a score                 canonical JSON text that tells its form, as `crmcore.codec.PayloadForm`
anything else           canonical JSON text
======================  ======================================================================
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache, partial, reduce
from operator import attrgetter, or_
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

import attrs
import sqlalchemy as sa

from crmcore.codec import from_data, payload_form, to_json
from crmcore.criteria import Schema
from crmcore.kernel import Money, minor_digits
from crmcore.notation import Limits, read_json

from ._forms import DayOfText, SetOfJson, TruthOfNumber
from ._types import Count, TextSet, instant, microseconds

Writer: TypeAlias = Callable[[Any], Any]
Reader: TypeAlias = Callable[..., Any]
Comparer: TypeAlias = Callable[["sa.Column[Any]"], "sa.ColumnElement[Any]"]

# Text is compared letter by letter; SQLite does so by itself.
TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_LARGE: Final = Limits(bytes=2**24, digits=30)
_UNIONS: Final = {Union, types.UnionType}
_LARGEST: Final = 2**63 - 1
_MINOR_LENGTH: Final = 18  # digits that always fit into 64 bits
_KEPT_VALUES: Final = 4096


def as_it_is(value: Any) -> Any:  # noqa: ANN401 - of any field
    """Return *value*, which is its own cell."""
    return value


class Shape(Enum):
    """What the cells of a field look like, for whoever makes something else of them."""

    PLAIN = auto()
    TRUTH = auto()
    DAY = auto()
    INSTANT = auto()
    DECIMAL = auto()
    MONEY = auto()
    TEXTS = auto()
    JSON = auto()


@attrs.frozen(kw_only=True)
class Cells:
    """The columns of one field.

    Attributes:
        field: The name of the field.
        columns: The columns, the first of them called as the field where there is only one.
        write: Returns the cells for a value that is not None, one where there is one column.
        read: Returns the value for the cells.
        shape: What the cells look like.
        compared: The column as criteria compare it; None where only Python can.
    """

    field: str
    columns: tuple[sa.Column[Any], ...]
    write: Writer
    read: Reader
    shape: Shape
    compared: sa.ColumnElement[Any] | None = None

    def of(self, value: Any) -> Sequence[Any]:  # noqa: ANN401 - of the type of the field
        """Return the cells for the value of a field that has several columns."""
        nothing = [None] * len(self.columns)
        return nothing if value is None else self.write(value)

    def value(self, *cells: Any) -> Any:  # noqa: ANN401 - as above
        """Return the value of a field that has several columns."""
        return None if cells.count(None) == len(cells) else self.read(*cells)

    def placed(self, value: Any) -> Any:  # noqa: ANN401 - as above
        """Return the cell for a value as orders have it, where enumerations are words."""
        is_cell = value is None or isinstance(value, str)
        return value if is_cell else self.write(value)


@attrs.frozen
class _Kind:
    """How a field of one column is declared, written, read and compared; see `Cells`."""

    sql_type: Any
    write: Writer = as_it_is
    read: Reader = as_it_is
    shape: Shape = Shape.PLAIN
    compared: Comparer | None = None


def cells_of(name: str, annotation: Any) -> Cells:  # noqa: ANN401 - whatever a field is of
    """Return the columns of the field *name*, which is annotated so."""
    type_, is_optional = _plain_type(annotation)
    if type_ is Money:
        return _money(name, is_optional=is_optional)
    kind = _kind(type_)
    column = sa.Column(name, kind.sql_type, primary_key=name == "id", nullable=is_optional)
    return Cells(
        field=name,
        columns=(column,),
        write=kind.write,
        read=kind.read,
        shape=kind.shape,
        compared=None if kind.compared is None else kind.compared(column),
    )


def _plain_type(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401
    """Return the type without None and without new names for it, and whether it took None."""
    choices = get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,)
    kind: Any = reduce(or_, [choice for choice in choices if choice is not type(None)])
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind, type(None) in choices


def _as(type_: Any) -> Comparer:  # noqa: ANN401 - a type of SQLAlchemy
    return lambda column: sa.type_coerce(column, type_)


_SINGLE: Final[dict[Any, _Kind]] = {
    str: _Kind(TEXT, compared=_as(sa.Text())),
    bool: _Kind(sa.SmallInteger, int, bool, Shape.TRUTH, TruthOfNumber),
    datetime: _Kind(
        sa.BigInteger, microseconds, lru_cache(_KEPT_VALUES)(instant), Shape.INSTANT, _as(Count())
    ),
    date: _Kind(
        TEXT,
        date.isoformat,
        date.fromisoformat,
        Shape.DAY,
        partial(DayOfText, type_=sa.Date),
    ),
}


def _kind(kind: Any) -> _Kind:  # noqa: ANN401
    if kind in _SINGLE:
        return _SINGLE[kind]
    if kind is Decimal:
        return _Kind(TEXT, str, Decimal, Shape.DECIMAL)
    if kind is int:
        return _Kind(sa.BigInteger, compared=_as(sa.BigInteger()))
    if isinstance(kind, type) and issubclass(kind, Enum):
        # The word, without the detour that Enum makes to it.
        return _Kind(TEXT, attrgetter("_value_"), kind, compared=_as(sa.Text()))
    return _in_json(kind)


def _in_json(kind: Any) -> _Kind:  # noqa: ANN401
    form = payload_form(kind)
    if form is not None:  # kept for years, and each different
        return _Kind(TEXT, form.write, form.read, Shape.JSON)
    read = partial(_from_cell, kind)
    if Schema.of(field=kind)["field"].kind.name == "TEXTS":
        # Few sets, in many rows. Texts are equal only where they are written alike.
        write, read_one = lru_cache(_KEPT_VALUES)(to_json), lru_cache(_KEPT_VALUES)(read)
        return _Kind(TEXT, write, read_one, Shape.TEXTS, partial(SetOfJson, type_=TextSet))
    return _Kind(TEXT, to_json, read, Shape.JSON)


def _from_cell(kind: type[Any], text: str) -> Any:  # noqa: ANN401 - of that kind
    # Exact numbers stand as text, so what stands as a number with a point is a float.
    return from_data(kind, read_json(text, source="cell", limits=_LARGE), source="cell")


def _money(name: str, *, is_optional: bool) -> Cells:
    return Cells(
        field=name,
        columns=(
            sa.Column(f"{name}_minor", sa.BigInteger, nullable=True),
            sa.Column(f"{name}_currency", TEXT, nullable=is_optional),
            sa.Column(f"{name}_text", TEXT, nullable=True),
        ),
        write=_write_money,
        read=_read_money,
        shape=Shape.MONEY,
    )


def _write_money(value: Money) -> Sequence[Any]:
    digits = minor_digits(value.currency)
    text = str(value.amount)
    _, figures, exponent = value.amount.as_tuple()
    if exponent == -digits and len(figures) <= _MINOR_LENGTH:
        return int(text.replace(".", "")), value.currency, None
    minor = Fraction(value.amount) * 10**digits
    fits = minor.denominator == 1 and abs(minor) <= _LARGEST
    return int(minor) if fits else None, value.currency, text


@lru_cache(_KEPT_VALUES)
def _read_money(minor: int, currency: str, text: str | None) -> Money:
    if text is None:
        return Money(f"{minor}e-{minor_digits(currency)}", currency)
    return Money(text, currency)
