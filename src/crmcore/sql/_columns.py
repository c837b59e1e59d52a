"""Columns: what of a table can stand for a field, and as which expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs
import sqlalchemy as sa

from crmcore.criteria import Column
from crmcore.errors import InvalidValueError

from ._forms import Known, KnownNumeric, KnownSingle, Stored, Timestamp, Word
from ._types import FixedDecimal, Instant, Scaled, TextSet

_SINGLE_BITS: Final = 24  # the most binary digits that a float of 32 bits has


@attrs.frozen(eq=False, kw_only=True)
class Operand:
    """An expression, and what is known of its values.

    Attributes:
        sql: The expression; NULL where it is missing.
        kind: The name of what sort of values it has, as a schema calls it.
        bind: The type with which constants are bound that meet it.
        scale: How many digits a decimal has behind the point; None where they are as many as
            each value has.
        is_column: Whether it is a column and nothing else, so that an index may serve.
    """

    sql: sa.ColumnElement[Any]
    kind: str
    bind: Any
    scale: int | None = 0
    is_column: bool = False


def operand_of(name: str, column: sa.ColumnElement[Any], field: Column) -> Operand:
    """Return the operand for a field.

    Args:
        name: The name of the field.
        column: The column that stands for it.
        field: Its type in the schema.

    Raises:
        InvalidValueError: If the column's type cannot hold such values truly.
    """
    read, wanted = _READERS.get(field.kind.name, _ANY)
    found = read(column)
    if found is None:
        raise InvalidValueError(f"the column for {name}", repr(column.type), f"be {wanted}")
    if found.kind == "DECIMAL" and (found.scale or 0) > field.places:
        given = f"{found.scale} digits"
        rule = f"have at most {field.places} behind the point, as the schema says"
        raise InvalidValueError(f"the column for {name}", given, rule)
    return found


Reader: TypeAlias = Callable[["sa.ColumnElement[Any]"], "Operand | None"]


def _plain(kind: str, takes: type[Any], type_: Any) -> Reader:  # noqa: ANN401 - a type of SQLAlchemy
    def read(column: sa.ColumnElement[Any]) -> Operand | None:
        if not isinstance(column.type, takes):
            return None
        sql = Stored(column, type_=type_)
        return Operand(sql=sql, kind=kind, bind=type_, is_column=True)

    return read


def _float(column: sa.ColumnElement[Any]) -> Operand | None:
    if not isinstance(column.type, sa.Float):
        return None
    bits = column.type.precision
    is_single = isinstance(column.type, sa.REAL) or (bits is not None and bits <= _SINGLE_BITS)
    form = KnownSingle if is_single else Known
    return Operand(sql=form(column, type_=sa.Double), kind="FLOAT", bind=sa.Double())


def _decimal(column: sa.ColumnElement[Any]) -> Operand | None:
    if isinstance(column.type, FixedDecimal):
        bind = Scaled(column.type.scale)
        fixed = Stored(column, type_=bind)
        return Operand(sql=fixed, kind="DECIMAL", bind=bind, scale=bind.scale)
    if not isinstance(column.type, sa.Numeric) or isinstance(column.type, sa.Float):
        return None
    sql = KnownNumeric(column, type_=sa.Numeric)
    return Operand(sql=sql, kind="DECIMAL", bind=sa.Numeric(), scale=None)


def _text(column: sa.ColumnElement[Any]) -> Operand | None:
    if isinstance(column.type, sa.Enum):
        if not _is_of_values(column.type):
            return None
        return Operand(sql=Word(column, type_=sa.Text), kind="TEXT", bind=sa.Text())
    if not isinstance(column.type, sa.String) or isinstance(column.type, sa.CHAR | sa.NCHAR):
        return None
    sql = Stored(column, type_=sa.Text)
    return Operand(sql=sql, kind="TEXT", bind=sa.Text(), is_column=True)


def _is_of_values(enum: sa.Enum) -> bool:
    """Say whether the words in the database are the values of the class, not its names."""
    return enum.enum_class is None or enum.enums == [one.value for one in enum.enum_class]


def _datetime(column: sa.ColumnElement[Any]) -> Operand | None:
    if isinstance(column.type, Instant):
        sql = Stored(column, type_=column.type)
        return Operand(sql=sql, kind="DATETIME", bind=column.type)
    if not isinstance(column.type, sa.DateTime):
        return None
    type_ = sa.DateTime(timezone=column.type.timezone)
    return Operand(sql=Timestamp(column, type_=type_), kind="DATETIME", bind=type_)


def _texts(column: sa.ColumnElement[Any]) -> Operand | None:
    is_array = isinstance(column.type, sa.ARRAY) and isinstance(column.type.item_type, sa.Text)
    if not is_array and not isinstance(column.type, TextSet):
        return None
    return Operand(sql=Stored(column, type_=column.type), kind="TEXTS", bind=sa.Text())


def _other(column: sa.ColumnElement[Any]) -> Operand:
    return Operand(sql=Stored(column, type_=column.type), kind="OTHER", bind=column.type)


_ANY: Final[tuple[Reader, str]] = _other, ""
_READERS: Final[dict[str, tuple[Reader, str]]] = {
    "INT": (_plain("INT", sa.Integer, sa.BigInteger()), "of an integer type"),
    "BOOL": (_plain("BOOL", sa.Boolean, sa.Boolean()), "of the type Boolean"),
    "DATE": (_plain("DATE", sa.Date, sa.Date()), "of the type Date"),
    "FLOAT": (_float, "of the type Double or Float"),
    "DECIMAL": (_decimal, "of the type crmcore.sql.FixedDecimal, or Numeric on PostgreSQL"),
    "TEXT": (_text, "of the type Text or String, or an Enum that keeps values, not names"),
    "DATETIME": (_datetime, "of the type crmcore.sql.Instant, or DateTime on PostgreSQL"),
    "TEXTS": (_texts, "of the type crmcore.sql.TextSet, or ARRAY(Text) on PostgreSQL"),
}
