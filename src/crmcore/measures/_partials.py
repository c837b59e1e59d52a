"""States that count records one by one, and those that read a field of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Self, TypeVar

from crmcore.calendar import Period
from crmcore.criteria import Criterion

from ._fields import reader
from ._measure import Measure, Partial

M = TypeVar("M", bound=Measure)

_MOST_KEPT = 1024


@lru_cache(maxsize=_MOST_KEPT)
def _judge(where: Criterion) -> Callable[[object], bool | None]:
    """Compile a criterion once for all periods and groups."""
    return where.compile()


class RecordPartial(Partial[M]):
    """A state that counts the records of its period for which a criterion holds."""

    __slots__ = ("_missing", "_n", "_takes")

    def __init__(self, measure: M, period: Period, where: Criterion | None, /) -> None:
        super().__init__(measure, period)
        self._takes = None if where is None else _judge(where)
        self._n = 0
        self._missing = 0

    def add(self, record: object, day: date | None = None) -> None:
        """Take a record into account, if it belongs to the period and the criterion holds."""
        if self._belongs(day) and (self._takes is None or self._takes(record)):
            self._count(record)

    def _belongs(self, day: date | None) -> bool:
        return day is not None and self.period.start <= day < self.period.end

    @abstractmethod
    def _count(self, record: object) -> None:
        """Count a record."""

    def _take_over(self, other: Self) -> None:
        self._n += other._n
        self._missing += other._missing


class FieldPartial(RecordPartial[M]):
    """A state that reads a field of each record, and counts apart where it is missing."""

    __slots__ = ("_field", "_read")

    def __init__(self, measure: M, period: Period, where: Criterion | None, field: str, /) -> None:
        super().__init__(measure, period, where)
        self._field = field
        self._read = reader(field)

    def _count(self, record: object) -> None:
        value = self._read(record)
        if value is None:
            self._missing += 1
        else:
            self._n += 1
            self._take(value, record)

    @abstractmethod
    def _take(self, value: Any, record: object) -> None:  # noqa: ANN401 - a field of any kind
        """Take the field of a record into account, which is not missing."""
