"""What is kept of each day and group: cells in a row of a list.

All states of one source share a row for each day and group, in which each of them has cells of
its own. A state says what its cells hold at first, which statements of the generated loop change
them, how the cells of two rows become one, and what many rows come to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, TypeAlias

import attrs

from crmcore.criteria import Criterion
from crmcore.errors import MixedCurrenciesError

from ._numbers import EXACT, ZERO, total

Row: TypeAlias = "list[Any]"

NOTHING_YET = ""


class Key(NamedTuple):
    """A field that is read, as it is or as a number."""

    path: str
    is_number: bool = False


Names: TypeAlias = Mapping[Key, str]


def is_nan(v: str) -> str:
    """Return the expression that says whether a variable holds not a number, which is nothing."""
    return f"{v}.__class__ is float and {v} != {v}"


def one_currency(left: str | None, right: str | None) -> str | None:
    """Return the currency that two sums have in common.

    Raises:
        MixedCurrenciesError: If they have different ones, or only one of them is money.
    """
    if right in {left, NOTHING_YET}:
        return left
    if left == NOTHING_YET:
        return right
    raise MixedCurrenciesError(*sorted((left or "no currency", right or "no currency")))


@attrs.frozen
class Slots(ABC):
    """A state of each day and group.

    Attributes:
        source: The kind of records.
        where: Which of them it takes.
    """

    fresh: ClassVar[tuple[str, ...]] = ("0",)

    source: str | None
    where: Criterion | None

    @property
    def main(self) -> Key | None:
        """The field without which a record says nothing to it."""
        return None

    @property
    def further(self) -> tuple[Key, ...]:
        """What it reads besides."""
        return ()

    @abstractmethod
    def lines(self, at: int, names: Names) -> Sequence[str]:
        """Return the statements that take a record into account whose main field is there."""

    def lines_where_missing(self, at: int) -> Sequence[str]:  # noqa: ARG002 - most need none
        """Return those for a record whose main field is missing."""
        return ()

    @abstractmethod
    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        """Take over the cells of another row."""

    @abstractmethod
    def fold(self, rows: Sequence[Row], at: int) -> Any:  # noqa: ANN401 - each its own
        """Return what the cells of some rows come to."""


@attrs.frozen
class Tick(Slots):
    """How many records there are."""

    def lines(self, at: int, names: Names) -> Sequence[str]:  # noqa: ARG002
        return (f"row[{at}] += 1",)

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at] += theirs[at]

    def fold(self, rows: Sequence[Row], at: int) -> int:
        return sum(row[at] for row in rows)


class HowMany(NamedTuple):
    """How many records have a field, how many lack it, and in which currency it is."""

    n: int
    missing: int
    currency: str | None


@attrs.frozen
class Field(Slots):
    """A state about a field."""

    field: str
    is_number: ClassVar[bool] = True

    @property
    def main(self) -> Key:
        return Key(self.field, self.is_number)


@attrs.frozen
class Read(Field):
    """How many records have a field, as what follows it needs to know."""

    fresh: ClassVar[tuple[str, ...]] = ("0", "0", repr(NOTHING_YET))

    number: bool = True

    @property
    def main(self) -> Key:
        return Key(self.field, self.number)

    def lines(self, at: int, names: Names) -> Sequence[str]:
        plain = f"row[{at}] += 1"
        if not self.number:
            return (plain,)
        c = f"c_{names[self.main]}"
        cell = f"row[{at + 2}]"
        return (plain, f"if {cell} != {c}: {cell} = one_currency({cell}, {c})")

    def lines_where_missing(self, at: int) -> Sequence[str]:
        return (f"row[{at + 1}] += 1",)

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at] += theirs[at]
        mine[at + 1] += theirs[at + 1]
        mine[at + 2] = one_currency(mine[at + 2], theirs[at + 2])

    def fold(self, rows: Sequence[Row], at: int) -> HowMany:
        n = missing = 0
        currency: str | None = NOTHING_YET
        for row in rows:
            n += row[at]
            missing += row[at + 1]
            if row[at + 2] != currency:
                currency = one_currency(currency, row[at + 2])
        return HowMany(n, missing, currency or None)


@attrs.frozen
class Total(Field):
    """The sum of a field: that of whole numbers and that of decimals."""

    fresh: ClassVar[tuple[str, ...]] = ("0", "ZERO")

    def lines(self, at: int, names: Names) -> Sequence[str]:
        x = f"x_{names[self.main]}"
        return (
            f"if {x}.__class__ is int: row[{at}] += {x}",
            f"else: row[{at + 1}] = add(row[{at + 1}], {x})",
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at] += theirs[at]
        mine[at + 1] = EXACT.add(mine[at + 1], theirs[at + 1])

    def fold(self, rows: Sequence[Row], at: int) -> Decimal:
        whole = sum(row[at] for row in rows)
        return EXACT.add(Decimal(whole), total(row[at + 1] for row in rows))


@attrs.frozen
class Spans(Field):
    """The sum of a field, and of how many records, by the day after the last one they tell of."""

    fresh: ClassVar[tuple[str, ...]] = ("{}",)

    until: str

    @property
    def further(self) -> tuple[Key, ...]:
        return (Key(self.until),)

    def lines(self, at: int, names: Names) -> Sequence[str]:
        return (
            f"end = day_of({names[Key(self.until)]}, {self.until!r})",
            f"n, old = row[{at}].get(end, (0, ZERO))",
            f"row[{at}][end] = (n + 1, add(old, x_{names[self.main]}))",
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        self._take_over(mine[at], theirs[at])

    def _take_over(
        self, mine: dict[int | None, tuple[int, Decimal]], theirs: Mapping[int | None, Any]
    ) -> None:
        for end, (n, amount) in theirs.items():
            m, old = mine.get(end, (0, ZERO))
            mine[end] = (m + n, EXACT.add(old, amount))

    def fold(self, rows: Sequence[Row], at: int) -> dict[int | None, tuple[int, Decimal]]:
        found: dict[int | None, tuple[int, Decimal]] = {}
        for row in rows:
            self._take_over(found, row[at])
        return found


@attrs.frozen
class Squares(Total):
    """The sum of the squares of a field."""

    def lines(self, at: int, names: Names) -> Sequence[str]:
        x = f"x_{names[self.main]}"
        return (
            f"if {x}.__class__ is int: row[{at}] += {x} * {x}",
            f"else: row[{at + 1}] = fma({x}, {x}, row[{at + 1}])",
        )


@attrs.frozen
class Spread(Field):
    """How often each value of a field came."""

    fresh: ClassVar[tuple[str, ...]] = ("{}",)

    def lines(self, at: int, names: Names) -> Sequence[str]:
        x = f"x_{names[self.main]}"
        return (f"times = row[{at}]", f"times[{x}] = times.get({x}, 0) + 1")

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        for value, times in theirs[at].items():
            mine[at][value] = mine[at].get(value, 0) + times

    def fold(self, rows: Sequence[Row], at: int) -> dict[Decimal, int]:
        times: Counter[Any] = Counter()
        for row in rows:
            times.update(row[at])
        return {Decimal(value): n for value, n in times.items()}


@attrs.frozen
class Extremes(Field):
    """The least and the largest value of a field."""

    fresh: ClassVar[tuple[str, ...]] = ("None", "None")

    def lines(self, at: int, names: Names) -> Sequence[str]:
        x, low, high = f"x_{names[self.main]}", f"row[{at}]", f"row[{at + 1}]"
        return (
            f"if {low} is None: {low} = {high} = {x}",
            f"elif {x} < {low}: {low} = {x}",
            f"elif {x} > {high}: {high} = {x}",
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        both = [row for row in (mine, theirs) if row[at] is not None]
        if both:
            mine[at], mine[at + 1] = min(r[at] for r in both), max(r[at + 1] for r in both)

    def fold(self, rows: Sequence[Row], at: int) -> tuple[Decimal, Decimal] | None:
        there = [row for row in rows if row[at] is not None]
        if not there:
            return None
        return Decimal(min(r[at] for r in there)), Decimal(max(r[at + 1] for r in there))


@attrs.frozen
class Seen(Field):
    """The different values of a field."""

    fresh: ClassVar[tuple[str, ...]] = ("set()",)
    is_number: ClassVar[bool] = False

    def lines(self, at: int, names: Names) -> Sequence[str]:
        v = names[self.main]
        return (
            f"try: row[{at}].add({v})",
            f"except TypeError: raise no_key({self.field!r}, {v}) from None",
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        mine[at] |= theirs[at]

    def fold(self, rows: Sequence[Row], at: int) -> set[Hashable]:
        return set().union(*(row[at] for row in rows))


@attrs.frozen
class Ends(Field):
    """The first and the last value of a field, each with when it was, and what decides a tie."""

    fresh: ClassVar[tuple[str, ...]] = ("None", "None")

    at: str
    tie: str

    @property
    def further(self) -> tuple[Key, ...]:
        return (Key(self.at), Key(self.tie))

    def lines(self, at: int, names: Names) -> Sequence[str]:
        at_when, tie = (names[key] for key in self.further)
        own = f"{self.at} and {self.tie}"
        first, last = f"row[{at}]", f"row[{at + 1}]"
        return (
            f"end = (when({at_when}, {self.at!r}), {tie}, x_{names[self.main]})",
            f"if {first} is None: {first} = {last} = end",
            "else:",
            "    try:",
            f"        if end < {first}: {first} = end",
            f"        elif end > {last}: {last} = end",
            f"    except TypeError: raise no_order({own!r}, end[:2]) from None",
        )

    def merge(self, mine: Row, theirs: Row, at: int) -> None:
        both = [row for row in (mine, theirs) if row[at] is not None]
        if both:
            mine[at], mine[at + 1] = min(r[at] for r in both), max(r[at + 1] for r in both)

    def fold(self, rows: Sequence[Row], at: int) -> tuple[Decimal, Decimal] | None:
        there = [row for row in rows if row[at] is not None]
        if not there:
            return None
        first, last = min(row[at] for row in there), max(row[at + 1] for row in there)
        return Decimal(first[-1]), Decimal(last[-1])
