"""Constants: how they meet an operand in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

import attrs
import sqlalchemy as sa

from crmcore.errors import InvalidValueError

from ._columns import Operand
from ._types import Scaled

Scalar: TypeAlias = "bool | int | Decimal | float | str | date | datetime"

_LARGEST_INTEGER: Final = 2**63 - 1
_KINDS: Final[dict[type, str]] = {
    bool: "BOOL",
    int: "INT",
    Decimal: "DECIMAL",
    float: "FLOAT",
    str: "TEXT",
    datetime: "DATETIME",
    date: "DATE",
}
_TYPES: Final[dict[str, Any]] = {
    "BOOL": sa.Boolean(),
    "INT": sa.BigInteger(),
    "FLOAT": sa.Double(),
    "TEXT": sa.Text(),
    "DATE": sa.Date(),
}


@attrs.frozen
class Constant:
    """A constant, which gets its SQL where it meets an operand."""

    value: Any

    @property
    def kind(self) -> str:
        """The name of what sort of value it is."""
        return _KINDS[type(self.value)]

    @property
    def operand(self) -> Operand:
        """The operand with the constant's own kind and digits."""
        if self.kind != "DECIMAL":
            bind = _TYPES[self.kind]
            return Operand(sql=sa.literal(self.value, bind), kind=self.kind, bind=bind)
        scale = max(0, -self.value.as_tuple().exponent)
        bind = Scaled(scale)
        sql = sa.literal(self.value, bind)
        return Operand(sql=sql, kind="DECIMAL", bind=bind, scale=scale)


def bound(value: Scalar, like: Operand) -> sa.ColumnElement[Any]:
    """Return a constant of the kind and the scale of the operand that it meets."""
    return sa.literal(_as_bound(value, like), like.bind)


def listed(values: Sequence[Scalar], like: Operand) -> sa.BindParameter[Any]:
    """Return constants as the list of a membership."""
    as_bound = [_as_bound(value, like) for value in values]
    return sa.bindparam(None, as_bound, type_=like.bind, expanding=True, unique=True)


def _as_bound(value: Any, like: Operand) -> Any:  # noqa: ANN401 - constants of any kind
    if like.kind == "TEXT":
        return text_that_lasts(value)
    if like.kind == "FLOAT":
        return float(value)
    if like.kind == "DECIMAL":
        return Decimal(value)
    if like.kind == "DATETIME" and not like.bind.timezone:
        return value.replace(tzinfo=None)
    return value


def text_that_lasts(text: str) -> str:
    """Return a text that both databases keep as it is.

    Raises:
        InvalidValueError: If it has a character that one of them does not.
    """
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        rule = "have neither U+0000 nor half a surrogate pair, which databases do not keep"
        raise InvalidValueError("value", ascii(text), rule)
    return text


def nearest(op: str, value: Any, like: Operand) -> Decimal | int | bool:  # noqa: ANN401 - a number
    """Return the number to compare an operand with instead of *value*, to the same effect.

    The constant comes to the digits of the operand, so that nothing is rounded and an index of
    the operand serves: where x has two digits, x >= 1.234 is x >= 1.24. Where no number has
    these digits, the comparison is always true, or never, unless the operand is missing.
    """
    scale = like.scale or 0
    exact = Fraction(value) * 10**scale
    if op in {"eq", "ne"}:
        if exact.denominator != 1:
            return op == "ne"
        whole = int(exact)
    else:
        whole = ceil(exact) if op in {"lt", "ge"} else floor(exact)
        if abs(whole) > _LARGEST_INTEGER:  # a float may be
            return (op in {"lt", "le"}) is (whole > 0)
    return whole if like.kind == "INT" else Decimal(whole).scaleb(-scale)
