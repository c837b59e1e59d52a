"""Continuity: an assignment that leaves today's alone, as far as it is asked to.

Three things can be asked. A move must win something worth the trouble (`spare`). Only so
many items may move that could stay (`limited`): all others are fixed where they are, and what
is left is a small problem of its own, with what is fixed taken off the load curves; its
prices tell which items are worth setting free, and it is solved again with those. Or nothing
but cover comes before continuity (`lexical`): the costs are scaled so that no sum of lesser
ones reaches a greater one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import gcd

import attrs

from crmcore.errors import InvalidValueError
from crmcore.kernel import Phrase

from ._budget import Incumbent
from ._descent import Descent
from ._finding import Effort, find, price
from ._model import Band, Holder
from ._table import FORBIDDEN, NEVER, Curve, Table

KEEPING = Phrase("keeping what can stay", "保留现有负责人")
_ROUNDS = 4
_MARGIN = 100


def spare(table: Table, held: list[int], bound: int, incumbent: Incumbent) -> list[int]:
    """Return what is left of an assignment when today's is spared what it may be spared."""
    today, nobody = table.current, table.nobody
    cost_today = table.value(today)
    drops_nothing = all(at == nobody or now != nobody for at, now in zip(held, today, strict=True))
    margin = cost_today - bound
    if drops_nothing and margin <= incumbent.tolerance * abs(bound):
        return today
    kept = Descent(table, held, 0)
    least = max(incumbent.dead_band, 1)
    while True:
        moved = [
            (kept.change(row, today[row]), row)
            for row, at in enumerate(kept.held)
            if at != today[row] != nobody
        ]
        worthless = [(loss, row) for loss, row in moved if loss < least]
        if not worthless:
            break
        for _, row in sorted(worthless):
            if kept.change(row, today[row]) < least:
                kept.move(row, today[row])
    return today if cost_today <= table.value(kept.held) else kept.held


def must_move(table: Table, due: Collection[str]) -> set[int]:
    """Return the rows that cannot stay: nobody may go on with them, or not with all of them.

    What is due has its place first. Of what is too much together, that stays which is dearest
    to change.
    """
    nobody = table.nobody
    loads = [0] * (nobody + 1)
    first = {row for row, item in enumerate(table.items) if item.id in due}
    places: dict[int, int] = {}
    rows = range(len(table.base))
    for row in sorted(rows, key=lambda row: (row not in first, -table.change[row], row)):
        at = _only(table.base[row]) if row in first else table.current[row]
        load = loads[at] + table.minutes[row][at]
        clash = any(places.get(foe) == at for foe in table.enemies[row])
        if at != nobody and load <= table.curves[at].limit and not clash:
            loads[at] = load
            places[row] = at
    return {row for row in rows if places.get(row) != table.current[row]}


def _only(costs: Sequence[int]) -> int:
    """Return the first column that can hold a row, or nobody's."""
    return next(at for at, cost in enumerate(costs) if cost < NEVER)


def moves_too_many(table: Table, held: Sequence[int], most: int, free: Collection[int]) -> bool:
    """Say whether more than so many rows move that could stay."""
    return len(_moved(table, held, free)) > most


def limited(table: Table, most: int, free: set[int], effort: Effort) -> list[int]:
    """Return an assignment in which at most so many rows move that could stay."""
    held = [table.nobody if row in free else at for row, at in enumerate(table.current)]
    chosen: set[int] = set()
    known: list[float] = []
    for _ in range(_ROUNDS):
        rows = sorted(free | chosen)
        part = _part(table, held, rows)
        priced = price(part, effort, known)
        known = priced.exact
        found = find(part, priced, effort, [[held[row] for row in rows]]).held
        is_done = bool(chosen) and all(held[row] == at for row, at in zip(rows, found, strict=True))
        for row, at in zip(rows, found, strict=True):
            held[row] = at
        chosen = _moved(table, held, free)
        more = _worth_moving(table, held, priced.exact, free | chosen)[: most - len(chosen)]
        if is_done or not more:
            break
        chosen.update(more)
    return held


def keeping(
    table: Table, wanted: Sequence[int], incumbent: Incumbent, effort: Effort
) -> list[int] | None:
    """Return what the incumbent's continuity leads to, where no search of the whole is needed.

    That is where nothing that could stay has to move, or where the prices want about as much
    to move as may, or more: what a search would win by that, would only be taken away again.
    """
    most = incumbent.most_moves
    if most is None and not incumbent.first:
        return None
    effort.tell(0, None, KEEPING)
    free = must_move(table, incumbent.due)
    if incumbent.first:
        return undisturbed(table, free, effort)
    if most and not moves_too_many(table, wanted, most * 3 // 4, free):
        return None
    return limited(table, most or 0, free, effort)


def undisturbed(table: Table, free: set[int], effort: Effort) -> list[int] | None:
    """Return an assignment that moves nothing that could stay, and covers all that can be.

    There is none where somebody holds too much today, or something must give way.
    """
    nobody = table.nobody
    if any(table.current[row] != nobody for row in free):
        return None
    held = limited(table, 0, free, effort)
    for row, at in enumerate(held):
        if at == nobody and min(table.base[row][:-1], default=NEVER) < NEVER:
            return None
    return held


def lexical(table: Table) -> Table:
    """Return a table in which cover comes before continuity, and continuity before costs.

    Each move counts what its change costs, in the largest unit that divides all of them, and
    one such unit where it costs nothing.

    Raises:
        InvalidValueError: If the costs are too large to be scaled.
    """
    lacks = [item.uncovered for item in table.items]
    common, unit = gcd(*table.change) or 1, gcd(*lacks) or 1
    weights = _weights(table, common)
    lack = sum(abs(cost) // unit for cost in lacks)
    ranges = {id(base): _range(base[:-1]) for base in table.base}
    costs = sum(ranges[id(base)] for base in table.base) + sum(c.most for c in table.curves)
    move = costs + 1
    cover = (sum(weights) + 1) * move
    if (lack + 1) * cover >= FORBIDDEN:
        # Then it has to do that a move outweighs a hundred times what one row can win, and
        # that ranks are as fine as can be counted.
        weights = _weights(table, max(common, max(table.change, default=0) // _MARGIN))
        move = _MARGIN * (max(ranges.values(), default=0) + _most_by_hours(table))
        cover = _MARGIN * (max(weights, default=0) + 1) * move
        steps = (FORBIDDEN - sum(weights) * move - costs) // cover - len(table.base) - 1
        unit = max(unit, -(-sum(map(abs, lacks)) // max(steps, 1)))
        lack = sum(-(-abs(cost) // unit) for cost in lacks)
    most = lack * cover + sum(weights) * move + costs
    if most >= FORBIDDEN:
        rule = f"have costs that come to less than {FORBIDDEN} when they are ranked"
        raise InvalidValueError("problem", most, rule)
    change = [weight * move for weight in weights]
    nobody = [-(-cost // unit) * cover + lost for cost, lost in zip(lacks, change, strict=True)]
    keys = [(id(base), cost) for base, cost in zip(table.base, nobody, strict=True)]
    shared = {key: (*base[:-1], key[1]) for base, key in zip(table.base, keys, strict=True)}
    return attrs.evolve(table, base=[shared[key] for key in keys], change=change)


def _weights(table: Table, unit: int) -> list[int]:
    """Return what each move counts, in units, and 1 at least."""
    return [
        0 if at == table.nobody else max(change // unit, 1)
        for at, change in zip(table.current, table.change, strict=True)
    ]


def _most_by_hours(table: Table) -> int:
    """Return more than a row can win or lose by the hours of its holder, and at least 1."""
    slopes = [curve.behind(curve.limit)[0] for curve in table.curves if curve.limit]
    longest = max((max(minutes) for minutes in table.minutes), default=0)
    return max([1, *(abs(slope) for slope in slopes)]) * (longest + 1)


def _range(costs: Sequence[int]) -> int:
    able = [0, *(cost for cost in costs if cost < NEVER)]
    return max(able) - min(able)


def _moved(table: Table, held: Sequence[int], free: Collection[int]) -> set[int]:
    """Return the rows that move though they could stay."""
    today = table.current
    return {row for row, at in enumerate(held) if at != today[row] and row not in free}


def _worth_moving(
    table: Table, held: Sequence[int], prices: Sequence[float], but: Collection[int]
) -> list[int]:
    """Return the rows that would win something by moving, those that win most first.

    Whoever gives saves what the last minutes cost, or what the minutes are worth to others;
    whoever takes pays what the next minutes cost, or what they are worth to others.
    """
    loads = table.loads(held)
    pairs = list(zip(table.curves, loads, prices, strict=True))
    saved = [max(curve.behind(load)[0], worth) for curve, load, worth in pairs]
    paid = [max(curve.ahead(load)[0], worth) for curve, load, worth in pairs]
    saved[table.nobody] = paid[table.nobody] = 0
    columns, costs = table.cheapest(paid)
    found = []
    for row, (to, cost) in enumerate(zip(columns, costs, strict=True)):
        at = table.current[row]
        if row not in but and to != at:
            gain = table.base[row][at] + table.minutes[row][at] * saved[at] - cost
            if gain > 0:
                found.append((-gain, row))
    return [row for _, row in sorted(found)]


def _part(table: Table, held: Sequence[int], rows: Sequence[int]) -> Table:
    """Return a table of some rows only; the others stay where they are held."""
    place = {row: at for at, row in enumerate(rows)}
    loads = table.loads(held)
    for row in rows:
        loads[held[row]] -= table.minutes[row][held[row]]
    base = []
    for row in rows:
        taken = {held[foe] for foe in table.enemies[row] if foe not in place} - {table.nobody}
        costs = table.base[row]
        base.append(
            tuple(NEVER if at in taken else cost for at, cost in enumerate(costs))
            if taken
            else costs
        )
    return attrs.evolve(
        table,
        items=[table.items[row] for row in rows],
        curves=[_rest(curve, load) for curve, load in zip(table.curves, loads, strict=True)],
        base=base,
        minutes=[table.minutes[row] for row in rows],
        current=[table.current[row] for row in rows],
        change=[table.change[row] for row in rows],
        enemies=[tuple(place[foe] for foe in table.enemies[row] if foe in place) for row in rows],
    )


def _rest(curve: Curve, load: int) -> Curve:
    """Return what is left of a load curve when it bears so many minutes already."""
    bands = []
    while load < curve.limit:
        slope, width = curve.ahead(load)
        bands.append(Band(width, slope))
        load += width
    return Curve(Holder("rest", bands))
