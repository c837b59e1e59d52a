"""What operations on values mean: the Python to which all other engines are held.

None stands for missing, and goes through: whatever is done with it gives None. Decimals are
exact, whatever the context of the thread says.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime
from decimal import Context, Decimal
from itertools import product
from typing import Any, Final

from ._back_end import Arithmetic, Function

# Wide enough for all that the check of types lets through, and silent about what it does not.
_EXACT: Final = Context(prec=100, Emin=-(10**6), Emax=10**6, traps=[])


_NUMBERS: Final = (int, Decimal, float)
# The pairs of classes that mix; a set of them answers at once for all that is in order.
_MIXES: Final = frozenset(product(_NUMBERS, repeat=2)) - {(Decimal, float), (float, Decimal)}


def _known(result: Any) -> Any:  # noqa: ANN401 - a number
    # NaN is the one value that differs from itself.
    return None if result != result else result  # noqa: PLR0124


def _mix(left: object, right: object) -> bool:
    """Say whether both are there, and refuse what is no number or does not mix."""
    if (left.__class__, right.__class__) in _MIXES:
        return True
    for value in (left, right):
        if value is not None and (isinstance(value, bool) or not isinstance(value, _NUMBERS)):
            raise TypeError(0)
    if {Decimal, float} == {type(left), type(right)}:
        raise TypeError(0)
    return left is not None and right is not None


def _exact(
    plain: Callable[[Any, Any], Any], exact: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    def calculate(left: Any, right: Any) -> Any:  # noqa: ANN401 - numbers or None
        if not _mix(left, right):
            return None
        is_decimal = isinstance(left, Decimal) or isinstance(right, Decimal)
        return _known((exact if is_decimal else plain)(left, right))

    return calculate


def _quotient(left: Any, right: Any) -> Any:  # noqa: ANN401 - numbers or None
    if not _mix(left, right):
        return None
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        left, right = float(left), float(right)
    return _known(left / right) if right else None


def _size(value: Any) -> Any:  # noqa: ANN401 - a number or None
    if not _mix(value, value):
        return None
    return _EXACT.abs(value) if isinstance(value, Decimal) else abs(value)


def _length(value: object) -> int | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(0)
    return None if value is None else len(value)


def _coalesce(*values: object) -> object:
    return next((value for value in values if value is not None), None)


def _days_between(start: object, end: object) -> int | None:
    for place, day in enumerate((start, end)):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise TypeError(place)
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    return (end - start).days


# What does not take its operands raises a TypeError with the place of the wrong one: never with
# the operand, which may be personal.
ARITHMETIC: Final[dict[Arithmetic, Callable[[Any, Any], Any]]] = {
    "add": _exact(operator.add, _EXACT.add),
    "sub": _exact(operator.sub, _EXACT.subtract),
    "mul": _exact(operator.mul, _EXACT.multiply),
    "div": _quotient,
}
FUNCTIONS: Final[dict[Function, Callable[..., Any]]] = {
    "abs": _size,
    "length": _length,
    "coalesce": _coalesce,
    "days_between": _days_between,
}
