"""Operands made of operands: arithmetic and the four functions."""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

import attrs

from crmcore.errors import InvalidValueError

from ._back_end import Arithmetic, BackEnd, Function
from ._operands import AsOf, Field, Kind, Literal

_OperandT = TypeVar("_OperandT")
_MeaningT = TypeVar("_MeaningT")

SIGNS: Final[dict[Arithmetic, str]] = {"add": "+", "sub": "-", "mul": "*", "div": "/"}


@attrs.frozen(cache_hash=True)
class Computed:
    """The sum, difference, product or quotient of two operands.

    One of them reads a field, because it was built with an operator of one. What has none is a
    constant, and Python has calculated it.
    """

    op: Arithmetic
    left: Operand
    right: Operand

    def __attrs_post_init__(self) -> None:
        """Refuse what can be no number, and a division by zero.

        Raises:
            InvalidValueError: If a side is a day or a constant that is no number, or if the
                denominator is 0.
        """
        for side in (self.left, self.right):
            if isinstance(side, AsOf):
                rule = "take numbers; days are counted with F.since.days_until(as_of)"
                raise InvalidValueError(SIGNS[self.op], side, rule)
            if isinstance(side, Literal) and not side.kind.is_number:
                raise InvalidValueError(SIGNS[self.op], side.value, "take numbers")
        if self.op == "div" and isinstance(self.right, Literal) and not self.right.value:
            raise InvalidValueError("/", self.right.value, "have a denominator other than 0")


@attrs.frozen(cache_hash=True)
class Called:
    """A function of operands; the one that it was asked of reads a field."""

    function: Function
    arguments: tuple[Operand, ...]

    def __attrs_post_init__(self) -> None:
        """Refuse to count the days to or from a constant that is no date.

        Raises:
            InvalidValueError: If there is one.
        """
        if self.function == "days_between":
            for side in self.arguments:
                if isinstance(side, Literal) and side.kind is not Kind.DATE:
                    raise InvalidValueError("days_between", side.value, "count between dates")


Operand: TypeAlias = Field | Literal | AsOf | Computed | Called


def folded(operand: Operand, back_end: BackEnd[_OperandT, _MeaningT]) -> _OperandT:
    """Return the meaning that a back end gives to an operand, from the leaves to the root."""
    if isinstance(operand, Field):
        return back_end.field(operand.name)
    if isinstance(operand, Literal):
        return back_end.literal(operand.value)
    if isinstance(operand, AsOf):
        return back_end.as_of(months=operand.months, days=operand.days)
    if isinstance(operand, Computed):
        left = folded(operand.left, back_end)
        return back_end.arithmetic(operand.op, left, folded(operand.right, back_end))
    return back_end.call(operand.function, [folded(part, back_end) for part in operand.arguments])
