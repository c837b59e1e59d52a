"""Cases by columns: how long each was seen, and what else is known of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Final

import attrs

from crmcore.errors import InvalidValueError, MissingExtraError

from ._counting import Columns

if TYPE_CHECKING:
    from types import ModuleType

_FATE: Final = "be true or false, or 0 or 1"


def arrays() -> ModuleType:
    """Return the kernel for columns that are arrays, which knows numpy."""
    try:
        from . import _survival_numpy  # noqa: PLC0415 - numpy is not in the base install
    except ImportError:
        raise MissingExtraError("a column that is an array", "value") from None
    return _survival_numpy


def _column(name: str, values: Iterable[float]) -> Sequence[float]:
    """Return the column as an array where it is one, and else as a tuple."""
    if hasattr(values, "__array__"):
        array: Sequence[float] = arrays().column(name, values)
        return array
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidValueError(name, values, "be a column of numbers")
    found = tuple(values)
    if not set(map(type, found)) - {int, float, bool}:
        return found
    for i, value in enumerate(found):
        if name == "ended" and value not in (0, 1):
            raise InvalidValueError(f"{name}[{i}]", value, _FATE)
        if name != "ended" and not isinstance(value, Real | Decimal):
            raise InvalidValueError(f"{name}[{i}]", value, "be a number")
    return tuple(map(float, found))


@attrs.frozen(eq=False, repr=False, init=False)
class Cases:
    """Cases by columns, of which some have not ended yet.

    Columns that are arrays (of numpy, or of a frame that gives them to numpy) are read by
    numpy, which the extra ``value`` brings; lists and tuples are read without it. Both give
    the same numbers. Arrays of floats are not copied: leave them as they are.

    Attributes:
        durations: How long each case had lasted when it was last seen, 0 or more, in one unit.
        ended: Whether it ended then.
        entries: How long it had lasted when it was first watched, so that it could not have
            been seen to end before; 0 for a case that was watched from its beginning. None
            where all were.
        weights: For how many cases each one stands, 0 or more; None where each is one.

    .. versionadded:: 0.1.0
    """

    durations: Sequence[float]
    ended: Sequence[float]
    entries: Sequence[float] | None
    weights: Sequence[float] | None

    def __init__(
        self,
        durations: Iterable[float],
        ended: Iterable[float],
        *,
        entries: Iterable[float] | None = None,
        weights: Iterable[float] | None = None,
    ) -> None:
        """Take the columns, one item for each case in each of them.

        Args:
            durations: How long each case had lasted when it was last seen.
            ended: Whether it ended then, as truth values or as 0 and 1.
            entries: How long it had lasted when it was first watched.
            weights: For how many cases each one stands.

        Raises:
            InvalidValueError: If there is no case of any weight, columns differ in length, a
                duration or a weight is negative or infinite, or a case was first watched when
                it was over.
            MissingExtraError: If a column is an array, and numpy is not installed.
        """
        self.__attrs_init__(
            _column("durations", durations),
            _column("ended", ended),
            None if entries is None else _column("entries", entries),
            None if weights is None else _column("weights", weights),
        )
        columns = columns_of(self)
        for name, column in zip(Columns._fields, columns, strict=True):
            if column is not None and len(column) != len(self.durations):
                rule = f"have one item for each of the {len(self.durations)} durations"
                raise InvalidValueError(name, f"{len(column)} items", rule)
        if columns.are_arrays:
            arrays().check(columns)
        else:
            _check(columns)

    def __len__(self) -> int:
        """Return how many cases there are."""
        return len(self.durations)

    def __repr__(self) -> str:
        """Return how many cases there are, and what is known of them."""
        names = (a.name for a in attrs.fields(Cases) if getattr(self, a.name) is not None)
        return f"Cases({len(self)} × {', '.join(names)})"


def columns_of(cases: Cases) -> Columns:
    """Return the four columns together."""
    return Columns(cases.durations, cases.ended, cases.entries, cases.weights)


def _check(cases: Columns) -> None:
    for i, time in enumerate(cases.durations):
        if not 0 <= time < math.inf:
            raise InvalidValueError(f"durations[{i}]", time, "be 0 or more, and finite")
    for i, ended in enumerate(cases.ended):
        if ended not in (0, 1):
            raise InvalidValueError(f"ended[{i}]", ended, _FATE)
    for i, (entry, time) in enumerate(zip(cases.entries or (), cases.durations, strict=False)):
        if not (0 <= entry < time or entry == time == 0):
            rule = f"be 0 or more, and before the duration of the case, {time}"
            raise InvalidValueError(f"entries[{i}]", entry, rule)
    for i, weight in enumerate(cases.weights or ()):
        if not 0 <= weight < math.inf:
            raise InvalidValueError(f"weights[{i}]", weight, "be 0 or more, and finite")
    if not any((1,) * len(cases.durations) if cases.weights is None else cases.weights):
        raise InvalidValueError("durations", (), "hold at least one case of a weight above 0")
