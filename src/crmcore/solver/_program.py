"""The program: a choice among ways, written down in rows and columns for HiGHS.

What it minimises is not the cost but the distance from the bound that the prices prove. Both
differ by a constant, but the distance is made of small numbers that are 0 or more:

- each way loses what the survey says;
- each minute of a holder's band that is worked although it costs more than the price loses
  the difference, and so does each minute that is not worked although it costs less.

So whatever tolerance an engine of floating-point numbers has, it is one of the distance, and
not one of the cost, which may be a million times as large.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import attrs

from crmcore.allocation import Holder, Problem

from ._survey import NOBODY, Survey, Way

Entries = list[tuple[int, float]]


@attrs.frozen(kw_only=True)
class Program:
    """Columns with their costs, bounds and entries, and rows with their bounds.

    Costs are counted in grains of the survey, and work in its steps.

    Attributes:
        ways: The way that each of the first columns stands for; these are whole numbers.
        costs: What each column costs.
        most: What each column is at most; the least is 0.
        start: What each column is in the solution that is known.
        starts: Where the entries of each column begin, and where the last ones end.
        rows: The row of each entry.
        entries: The entries.
        low: What each row is at least.
        high: What each row is at most.
    """

    ways: list[Way]
    costs: list[float] = attrs.field(factory=list)
    most: list[float] = attrs.field(factory=list)
    start: list[float] = attrs.field(factory=list)
    starts: list[int] = attrs.field(factory=lambda: [0])
    rows: list[int] = attrs.field(factory=list)
    entries: list[float] = attrs.field(factory=list)
    low: list[float] = attrs.field(factory=list)
    high: list[float] = attrs.field(factory=list)

    @property
    def width(self) -> float:
        """How wide the columns are together."""
        return sum(self.most)

    def add(self, cost: float, most: float, start: float, column: Entries) -> None:
        """Add a column."""
        self.costs.append(cost)
        self.most.append(most)
        self.start.append(start)
        self.rows.extend(row for row, _ in column)
        self.entries.extend(entry for _, entry in column)
        self.starts.append(len(self.rows))


def program_of(problem: Problem, prices: Mapping[str, int], survey: Survey) -> Program:
    """Write down the choice between the ways of a survey."""
    ways = sorted([*survey.held, *survey.others], key=lambda way: way[1:])
    held = set(survey.held)
    program = Program(ways=ways)
    items, holders = len(problem.items), len(problem.holders)
    program.low.extend([1.0] * items)
    program.high.extend([1.0] * items)
    apart = _rivals(problem, ways)
    for way in ways:
        column = [(way.item, 1.0)]
        if way.holder != NOBODY and way.minutes:
            column.append((items + way.holder, way.minutes / survey.step))
        rivals = [(items + holders + row, 1.0) for row in apart.get((way.item, way.holder), ())]
        program.add(way.loss / survey.grain, 1.0, float(way in held), column + rivals)
    loads = [0] * holders
    for way in survey.held:
        loads[way.holder] += way.minutes  # nobody's is 0 minutes
    for at, (holder, load) in enumerate(zip(problem.holders, loads, strict=True)):
        price = prices[holder.id]
        _add_bands(program, holder, survey, row=items + at, price=price, load=load)
    pairs = sum(len(rows) for rows in apart.values()) // 2
    program.low.extend([0.0] * pairs)
    program.high.extend([1.0] * pairs)
    return program


def _add_bands(
    program: Program, holder: Holder, survey: Survey, *, row: int, price: int, load: int
) -> None:
    """Add the row of a holder's load, and a column for each band."""
    wanted = 0.0
    for band in holder.bands:
        used = min(load, band.minutes)
        load -= used
        worth = band.slope < price  # its minutes are worth their price: what is idle loses
        width = band.minutes / survey.step
        start = (band.minutes - used if worth else used) / survey.step
        loss = abs(band.slope - price) * survey.step / survey.grain
        program.add(loss, width, start, [(row, 1.0 if worth else -1.0)])
        wanted += width if worth else 0.0
    program.low.append(wanted)
    program.high.append(wanted)


def _rivals(problem: Problem, ways: list[Way]) -> dict[tuple[int, int], list[int]]:
    """Return the rows in which a way excludes another one."""
    place = {item.id: at for at, item in enumerate(problem.items)}
    holders: dict[int, set[int]] = defaultdict(set)
    if problem.conflicts:
        for way in ways:
            holders[way.item].add(way.holder)
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    count = 0
    for pair in problem.conflicts:
        one, other = place[pair.one], place[pair.other]
        for holder in sorted(holders[one] & holders[other] - {NOBODY}):
            rows[one, holder].append(count)
            rows[other, holder].append(count)
            count += 1
    return rows
