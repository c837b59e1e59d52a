"""What is kept of each entity of each day and group."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Literal

import attrs

from ._numbers import EXACT
from ._slots import Field, Key, Names, Row, is_nan


@attrs.frozen
class OfEntities(Field):
    """A state that keeps something for each entity; without an entity a record is missing."""

    fresh: ClassVar[tuple[str, ...]] = ("{}", "0")

    entity: str

    @property
    def further(self) -> tuple[Key, ...]:
        return (Key(self.entity),)

    @abstractmethod
    def keep(self, x: str, e: str) -> Sequence[str]:
        """Return the statements that change what is kept of an entity, in ``kept``."""

    @abstractmethod
    def join(self, one: Any, other: Any) -> Any:  # noqa: ANN401 - whatever it keeps
        """Return what two days keep of an entity, together."""

    def lines(self, at: int, names: Names) -> Sequence[str]:
        x, e = f"x_{names[self.main]}", names[Key(self.entity)]
        body = (
            f"kept = row[{at}]",
            f"try: old = kept.get({e})",
            f"except TypeError: raise no_key({self.entity!r}, {e}) from None",
            *self.keep(x, e),
        )
        return (
            f"if {e} is None or {is_nan(e)}: row[{at + 1}] += 1",
            "else:",
            *(f"    {line}" for line in body),
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at + 1] += theirs[at + 1]
        self._take_over(mine[at], theirs[at])

    def _take_over(self, mine: dict[Hashable, Any], theirs: Mapping[Hashable, Any]) -> None:
        for entity, kept in theirs.items():
            old = mine.get(entity)
            mine[entity] = kept if old is None else self.join(old, kept)

    def fold(self, rows: Sequence[Row], at: int) -> tuple[dict[Hashable, Any], int]:
        found: dict[Hashable, Any] = {}
        for row in rows:
            self._take_over(found, row[at])
        return found, sum(row[at + 1] for row in rows)


@attrs.frozen
class Holdings(OfEntities):
    """The sum of a field for each entity."""

    def keep(self, x: str, e: str) -> Sequence[str]:
        return (f"kept[{e}] = {x} if old is None else add(old, {x})",)

    def join(self, one: Decimal, other: Decimal) -> Decimal:
        return EXACT.add(one, other)


@attrs.frozen
class Balances(OfEntities):
    """The last, the first or the mean value of a field for each entity."""

    take: Literal["last", "first", "mean"]

    def keep(self, x: str, e: str) -> Sequence[str]:
        if self.take == "mean":
            return (f"kept[{e}] = (1, {x}) if old is None else (old[0] + 1, add(old[1], {x}))",)
        sign = ">" if self.take == "last" else "<"
        return (
            f"new = (moment, {x})",
            "try:",
            f"    if old is None or new {sign} old: kept[{e}] = new",
            "except TypeError: raise no_order('day', moment) from None",
        )

    def join(self, one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
        if self.take == "mean":
            return one[0] + other[0], EXACT.add(one[1], other[1])
        return max(one, other) if self.take == "last" else min(one, other)
