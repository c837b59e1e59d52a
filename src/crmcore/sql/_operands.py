"""Operands: arithmetic and functions in SQL.

The schema has proved already that no number leaves the range in which both databases are exact.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import attrs
import sqlalchemy as sa

from crmcore.errors import InvalidValueError

from ._columns import Operand
from ._constants import Constant, bound
from ._forms import (
    DaysBetween,
    Difference,
    Double,
    DoubleOfDecimal,
    Finer,
    FirstKnown,
    Form,
    Known,
    Length,
    Product,
    Quotient,
    Size,
    Sum,
    Wide,
)
from ._types import Scaled

Part: TypeAlias = Operand | Constant

_FORMS: Final[dict[str, type[Form]]] = {"add": Sum, "sub": Difference, "mul": Product}


def calculated(op: str, left: Part, right: Part) -> Operand:
    """Return the sum, difference, product or quotient of two numbers."""
    one, other = _known(left), _known(right)
    if op == "div":
        return _float(Quotient(_double(one), _double(other), type_=sa.Double))
    form, kinds = _FORMS[op], {one.kind, other.kind}
    if "FLOAT" in kinds:
        return _float(form(one.sql, other.sql, type_=sa.Double))
    if kinds == {"INT"}:
        return _integer(form(Wide(one.sql), Wide(other.sql), type_=sa.BigInteger))
    if op == "mul":  # by a whole number, which leaves the digits behind the point alone
        scale = one.scale if one.kind == "DECIMAL" else other.scale
    else:
        (one, other), scale = aligned(one, other)
    return _decimal(form, one, other, scale)


def called(function: str, *arguments: Part) -> Operand:
    """Return the value of a function."""
    if function == "coalesce":
        return _first_known(*arguments)
    operands = [_known(part) for part in arguments]
    if function == "days_between":
        days = (operand.sql for operand in operands)
        return _integer(DaysBetween(*days, type_=sa.BigInteger))
    (operand,) = operands
    if function == "length":
        return _integer(Length(operand.sql, type_=sa.BigInteger))
    wide = Wide(operand.sql) if operand.kind == "INT" else operand.sql
    return attrs.evolve(operand, sql=Size(wide, type_=operand.bind), is_column=False)


def _first_known(first: Part, second: Part) -> Operand:
    """Return the first value that is not missing; the first part reads a field."""
    one = _known(first)
    if one.kind == "DECIMAL":
        (one, other), scale = aligned(one, _known(second))
        return _decimal(FirstKnown, one, other, scale)
    if isinstance(second, Operand):
        want_alike(one, second)
    sql = second.sql if isinstance(second, Operand) else bound(second.value, one)
    return attrs.evolve(one, sql=FirstKnown(one.sql, sql, type_=one.bind), is_column=False)


def want_alike(one: Operand, other: Operand) -> None:
    """Want two operands whose values stand alike in the database.

    Raises:
        InvalidValueError: If one is a datetime with a time zone and one has none.
    """
    if one.kind == "DATETIME" and one.bind.timezone is not other.bind.timezone:
        rule = "both have a time zone, or both have none"
        raise InvalidValueError("datetimes", [str(one.sql), str(other.sql)], rule)


def aligned(one: Operand, other: Operand) -> tuple[tuple[Operand, Operand], int | None]:
    """Return two numbers with as many digits behind the point as the finer one has."""
    if one.scale is None or other.scale is None:
        return (one, other), None
    finest = max(one.scale, other.scale)
    return (_finer(one, finest), _finer(other, finest)), finest


def _finer(operand: Operand, scale: int) -> Operand:
    factor = 10 ** (scale - (operand.scale or 0))
    if factor == 1:
        return operand
    sql = Finer(operand.sql, sa.literal(factor, sa.BigInteger), type_=Scaled(scale))
    return attrs.evolve(operand, sql=sql, scale=scale, is_column=False)


def _known(part: Part) -> Operand:
    return part if isinstance(part, Operand) else part.operand


def _double(operand: Operand) -> sa.ColumnElement[Any]:
    if not operand.scale:
        return Double(operand.sql, type_=sa.Double)
    return DoubleOfDecimal(operand.sql, sa.literal(10.0**operand.scale, sa.Double), type_=sa.Double)


def _integer(sql: Form) -> Operand:
    return Operand(sql=sql, kind="INT", bind=sa.BigInteger())


def _float(sql: Form) -> Operand:
    return Operand(sql=Known(sql, type_=sa.Double), kind="FLOAT", bind=sa.Double())


def _decimal(form: type[Form], one: Operand, other: Operand, scale: int | None) -> Operand:
    bind = sa.Numeric() if scale is None else Scaled(scale)
    return Operand(sql=form(one.sql, other.sql, type_=bind), kind="DECIMAL", bind=bind, scale=scale)
