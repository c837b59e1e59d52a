"""Evaluating measures over streams of records, once, by day and group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from crmcore.calendar import Period

from ._measure import Measure
from ._table import Table

Reading: TypeAlias = "str | Callable[[Any], Any]"


class Tally:
    """What some measures have counted so far, by day and group."""

    def __init__(
        self,
        measures: Mapping[str, Measure],
        *,
        day: Reading | Mapping[str, Reading] | None = None,
        by: str | Sequence[str] | Mapping[str, Reading | Mapping[str, Reading]] = (),
        zone: ZoneInfo | str | None = None,
        parameters: Mapping[str, int | Decimal] | None = None,
        calendars: Mapping[str, Any] | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        """Begin with nothing counted."""
        raise NotImplementedError


def evaluate(
    measures: Mapping[str, Measure],
    records: Iterable[Any] | Mapping[str, Iterable[Any]],
    *,
    periods: Period | Iterable[Period],
    day: Reading | Mapping[str, Reading] | None = None,
    by: str | Sequence[str] | Mapping[str, Reading | Mapping[str, Reading]] = (),
    zone: ZoneInfo | str | None = None,
    as_of: date,
    version: str = "1",
    parameters: Mapping[str, int | Decimal] | None = None,
    calendars: Mapping[str, Any] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Table:
    """Evaluate measures over records in one pass, by period and group."""
    raise NotImplementedError
