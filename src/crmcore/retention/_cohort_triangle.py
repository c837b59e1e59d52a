"""Cohort triangles: of those who came in the same period, how many were back at each age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import attrs

from crmcore.calendar import Grain, Period
from crmcore.errors import InvalidValueError
from crmcore.kernel import LabelledEnum, Money, Phrase, Reason, Undefined
from crmcore.statistics import Interval, wilson

IMMATURE = Undefined(
    Reason.IMMATURE, Phrase("this age has not been seen to its end", "该阶段尚未观察完整")
)


class CohortKind(LabelledEnum):
    """What it takes for a customer to count as back.

    .. versionadded:: 0.1.0
    """

    BOUNDED = "bounded", "bought in that very period", "在该周期内购买"
    UNBOUNDED = "unbounded", "bought in that period or later", "在该周期或之后购买"
    BRACKET = (
        "bracket",
        "bought within a window of days since the first purchase",
        "在首购后的时间窗内购买",
    )


@attrs.frozen(kw_only=True)
class CohortCell:
    """How many of a cohort were back at an age that has been seen to its end.

    Attributes:
        returned: How many customers were back.
        size: How many there are in the cohort.
        revenue: What the cohort paid at that age, less refunds; None where no currency was
            named.

    .. versionadded:: 0.1.0
    """

    returned: int
    size: int
    revenue: Money | None = None

    @property
    def share(self) -> Fraction:
        """The share of the cohort that was back, from 0 to 1."""
        return Fraction(self.returned, self.size)

    def interval(self, *, level: float = 0.95) -> Interval:
        """Return Wilson's interval of the share."""
        return wilson(self.returned, self.size, level)

    def __str__(self) -> str:
        """Return the share in percent, and the customers that it rests on."""
        return f"{float(100 * self.share):.1f} % ({self.returned} of {self.size})"


@attrs.frozen(kw_only=True)
class CohortRow:
    """The customers who first bought in one period, and how many were back at each age.

    Attributes:
        cohort: The period of the first purchases.
        size: How many customers there are; until the period is over, so far.
        cells: A cell for each age; undefined where the age has not been seen to its end.

    .. versionadded:: 0.1.0
    """

    cohort: Period
    size: int
    cells: tuple[CohortCell | Undefined, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many were back at each age that has been seen to its end."""
        return tuple(cell.returned for cell in self.cells if isinstance(cell, CohortCell))


@attrs.frozen(kw_only=True)
class CohortTriangle:
    """Cohorts, one below the other, and how many of each were back at each age.

    Attributes:
        kind: What it takes to count as back.
        grain: The periods that cohorts are told apart by, and ages are counted in.
        windows: The first and the last day of each window since the first purchase, where the
            kind is ``bracket``; empty otherwise.
        as_of: The day at whose beginning it was known.
        zone: The time zone whose days count.
        currency: Of the revenue, where it was asked for.
        rows: The cohorts with at least one customer, the oldest first.
        later: How many purchases and refunds were left out because they are not before *as_of*.
        unplaced: The refunds of those who had not bought before, which are in no cell; None
            where no currency was named.

    .. versionadded:: 0.1.0
    """

    kind: CohortKind
    grain: Grain
    windows: tuple[tuple[int, int], ...] = ()
    as_of: date
    zone: str
    currency: str | None = None
    rows: tuple[CohortRow, ...]
    later: int = 0
    unplaced: Money | None = None

    @property
    def averages(self) -> tuple[CohortCell | Undefined, ...]:
        """All cohorts together, by age: only those that have been seen through it count.

        Each cohort weighs as much as it has customers. The averages of two ages are about
        different cohorts, so that they need not fall where each row does.
        """
        columns = zip(*(row.cells for row in self.rows), strict=True)
        return tuple(map(_together, columns))

    def row(self, day: date) -> CohortRow:
        """Return the cohort of the period that holds *day*.

        Raises:
            InvalidValueError: If nobody came in that period.
        """
        for row in self.rows:
            if day in row.cohort:
                return row
        raise InvalidValueError("day", str(day), "lie in a period in which customers first bought")

    def __str__(self) -> str:
        """Return the shares in percent, cohort by cohort, and the averages."""
        sized = [(str(row.cohort), str(row.size), row.cells) for row in self.rows]
        lines = [*sized, ("all", str(sum(row.size for row in self.rows)), self.averages)]
        names, sizes = (max(len(line[i]) for line in lines) for i in (0, 1))
        return "\n".join(
            f"{name:<{names}}  {size:>{sizes}}  {'  '.join(map(_percent, cells))}".rstrip()
            for name, size, cells in lines
        )


def _together(cells: Iterable[CohortCell | Undefined]) -> CohortCell | Undefined:
    mature = [cell for cell in cells if isinstance(cell, CohortCell)]
    if not mature:
        return IMMATURE
    revenues = [cell.revenue for cell in mature if cell.revenue is not None]
    return CohortCell(
        returned=sum(cell.returned for cell in mature),
        size=sum(cell.size for cell in mature),
        revenue=sum(revenues[1:], revenues[0]) if revenues else None,
    )


def _percent(cell: CohortCell | Undefined) -> str:
    return "     ." if isinstance(cell, Undefined) else f"{float(100 * cell.share):6.1f}"
