"""Cells: how the value of a field stands in the columns of a row.

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
anything else           canonical JSON text
======================  ======================================================================
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

import attrs
import sqlalchemy as sa

from crmcore.checks import decimal
from crmcore.codec import from_json, to_json
from crmcore.criteria import Schema
from crmcore.errors import InvalidValueError
from crmcore.kernel import Money, minor_digits

from ._types import Instant, TextSet, instant, microseconds

Writer: TypeAlias = Callable[[Any], Any]
Reader: TypeAlias = Callable[..., Any]
# How a column is declared, written, read and compared; see `Cells`.
Single: TypeAlias = tuple[Any, Writer, Reader | None, Any]

_UNIONS: Final = {Union, types.UnionType}
_LARGEST: Final = 2**63 - 1
_MINOR_LENGTH: Final = 18  # digits that always fit into 64 bits
_KEPT_VALUES: Final = 4096


@attrs.frozen(kw_only=True)
class Cells:
    """The columns of one field.

    Attributes:
        field: The name of the field.
        columns: The columns, the first of them called as the field where there is only one.
        write: Returns the cells for a value that is not None.
        read: Returns the value for the cells; None where cells already are the value.
        compared: The column with the type with which criteria compare it; None where only
            Python can.
    """

    field: str
    columns: tuple[sa.Column[Any], ...]
    write: Callable[[Any], Sequence[Any]]
    read: Reader | None
    compared: sa.ColumnElement[Any] | None = None


def cells_of(name: str, annotation: Any) -> Cells:  # noqa: ANN401 - whatever a field is of
    """Return the columns of the field *name*, which is annotated so."""
    kind, is_optional = _plain_type(annotation)
    if kind is Money:
        return _money(name, is_optional=is_optional)
    sql_type, write, read, compared = _single(name, kind)
    column = sa.Column(name, sql_type, primary_key=name == "id", nullable=is_optional)
    return Cells(
        field=name,
        columns=(column,),
        write=lambda value: (write(value),),
        read=read,
        compared=None if compared is None else sa.type_coerce(column, compared),
    )


def _plain_type(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401
    """Return the type without None and without new names for it, and whether it took None."""
    choices = get_args(annotation) if get_origin(annotation) in _UNIONS else (annotation,)
    kind: Any = reduce(or_, [choice for choice in choices if choice is not type(None)])
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind, type(None) in choices


def _single(name: str, kind: Any) -> Single:  # noqa: ANN401
    if kind in _SINGLE:
        return _SINGLE[kind]
    if kind is Decimal:
        return sa.Text, str, lambda text: decimal(text, name), None
    if kind is int:
        return sa.BigInteger, lambda value: _integer(name, value), None, sa.BigInteger
    if isinstance(kind, type) and issubclass(kind, Enum):
        return sa.Text, lambda member: member.value, kind, sa.Text
    compared = TextSet if Schema.of(field=kind)["field"].kind.name == "TEXTS" else None
    return sa.Text, to_json, lru_cache(_KEPT_VALUES)(lambda text: from_json(kind, text)), compared


def _integer(name: str, value: int) -> int:
    if abs(value) > _LARGEST:
        raise InvalidValueError(name, value, "fit into 64 bits")
    return value


@lru_cache(_KEPT_VALUES)  # much happens at the beginning of a day
def _instant(count: int) -> datetime:
    return instant(count)


_SINGLE: Final[dict[Any, Single]] = {
    str: (sa.Text, str, None, sa.Text),
    bool: (sa.SmallInteger, int, bool, sa.Boolean),
    datetime: (sa.BigInteger, microseconds, _instant, Instant),
    date: (sa.Text, date.isoformat, date.fromisoformat, sa.Date),
}


def _money(name: str, *, is_optional: bool) -> Cells:
    return Cells(
        field=name,
        columns=(
            sa.Column(f"{name}_minor", sa.BigInteger, nullable=True),
            sa.Column(f"{name}_currency", sa.Text, nullable=is_optional),
            sa.Column(f"{name}_text", sa.Text, nullable=True),
        ),
        write=_write_money,
        read=_read_money,
    )


def _write_money(value: Money) -> tuple[int | None, str, str | None]:
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
