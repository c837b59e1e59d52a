"""What is kept of each entity over all days and groups."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from ._slots import Key, Names, Row, Slots, is_nan
from ._table import Group, in_order

Trail: TypeAlias = "dict[Hashable, Any]"


def comes_first(one: Group, other: Group) -> bool:
    """Say whether, of two records of one moment, the one of this group counts as the first."""
    return in_order(one) < in_order(other)


def _old(e: str, trail: str, entity: str) -> Sequence[str]:
    """Return the statements that look up what is kept of an entity."""
    return (
        f"try: old = {trail}.get({e})",
        f"except TypeError: raise no_key({entity!r}, {e}) from None",
    )


@attrs.frozen
class Trails(Slots):
    """A state of each entity, with a cell of each day for the records that name none.

    Beside its cell it has one trail for all rows, which the loop calls ``trail``.
    """

    entity: str

    @property
    def main(self) -> Key:
        return Key(self.entity)

    def lines_where_missing(self, at: int) -> Sequence[str]:
        return (f"row[{at}] += 1",)

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at] += theirs[at]

    def fold(self, rows: Sequence[Row], at: int) -> int:
        return sum(row[at] for row in rows)

    def lines(self, at: int, names: Names) -> Sequence[str]:
        e, trail = names[self.main], f"trail{at}"
        kept = self.kept(names)
        return (
            *_old(e, trail, self.entity),
            f"if old is None: {trail}[{e}] = [{kept}]",
            f"else: old.append({kept})",
        )

    def kept(self, names: Names) -> str:  # noqa: ARG002 - some read more
        """Return the expression of what is kept of a record."""
        return "(day, moment, group)"

    def take_over(self, mine: Trail, theirs: Mapping[Hashable, Any]) -> None:
        """Take over another trail; that one stays as it is."""
        for entity, kept in theirs.items():
            mine.setdefault(entity, []).extend(kept)


@attrs.frozen
class Events(Trails):
    """All events of each entity: day, moment and group."""


@attrs.frozen
class Firsts(Trails):
    """The first event of each entity: day, moment and group."""

    def lines(self, at: int, names: Names) -> Sequence[str]:
        e, trail = names[self.main], f"trail{at}"
        return (
            *_old(e, trail, self.entity),
            "try: may_be = old is None or moment <= old[1]",
            "except TypeError: raise no_order('day', moment) from None",
            "if may_be and (old is None or moment < old[1] or comes_first(group, old[2])):",
            f"    {trail}[{e}] = (day, moment, group)",
        )

    def take_over(self, mine: Trail, theirs: Mapping[Hashable, Any]) -> None:
        for entity, new in theirs.items():
            old = mine.get(entity)
            if old is None or (new[1], in_order(new[2])) < (old[1], in_order(old[2])):
                mine[entity] = new


@attrs.frozen
class Peers(Trails):
    """All values of a field of each entity: day, moment and value."""

    field: str

    @property
    def main(self) -> Key:
        return Key(self.field, is_number=True)

    @property
    def further(self) -> tuple[Key, ...]:
        return (Key(self.entity),)

    def lines(self, at: int, names: Names) -> Sequence[str]:
        e, trail = names[Key(self.entity)], f"trail{at}"
        return (
            f"plain_number(c_{names[self.main]}, {self.field!r})",
            f"if {e} is None or {is_nan(e)}: row[{at}] += 1",
            "else:",
            *(f"    {line}" for line in _old(e, trail, self.entity)),
            f"    if old is None: old = {trail}[{e}] = []",
            f"    old.append((day, moment, x_{names[self.main]}))",
        )
