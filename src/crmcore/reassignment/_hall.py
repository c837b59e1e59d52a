"""Hall sets: items that cannot all be held, since too few hours are there for them.

Items that the same members may hold form a group. The plan sends each group's minutes to
members; what stays uncovered is sent as well, along chains that let others give way, as far as
hours go. Where a chain reaches nobody with hours left, all that it reached is a reason: these
groups take more than everybody has who may hold any of them (P. Hall, "On Representatives of
Subsets", Journal of the London Mathematical Society, 1935). What can be left out of it is left
out, one thing after another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

import attrs

Holders: TypeAlias = frozenset[str]

_MOST_WORK = 200_000  # pairs of a group and a holder to look at, in all


@attrs.frozen
class Need:
    """An item as far as hours go.

    Attributes:
        key: Which item.
        minutes: The work that it is, above 0.
        holders: Who may hold it and could take its minutes; nobody else may.
        by: Who holds it by the plan; None where it is open.
    """

    key: str
    minutes: int
    holders: Holders
    by: str | None


@attrs.frozen
class HallSet:
    """Items that want more than everybody has who may hold any of them.

    Attributes:
        needs: The items; with any one left out it would be no reason.
        holders: Everybody who may hold any of them.
        lacking: The minutes that are wanting for all that only these may hold.
        explained: The open items that only these may hold.
        is_irreducible: Whether really nothing can be left out; in a book of thousands of
            customers who all depend on each other, that may not be searched to the end.
    """

    needs: tuple[Need, ...]
    holders: Holders
    lacking: int
    explained: tuple[Need, ...]
    is_irreducible: bool


def hall_sets(needs: Iterable[Need], limits: Mapping[str, int]) -> Iterator[HallSet]:
    """Yield reasons until no open item is left that hours alone keep open.

    Args:
        needs: The items that somebody may hold, with who holds them by the plan.
        limits: The minutes that each holder can take at most.
    """
    groups: dict[Holders, list[Need]] = {}
    for need in sorted(needs, key=lambda one: one.key):
        groups.setdefault(need.holders, []).append(need)
    flow, work = _Flow(limits), [_MOST_WORK]
    for holders, members in groups.items():
        flow.add(holders, members)
    for holders in sorted(groups, key=sorted):
        while flow.unsent.get(holders) and (reached := flow.send(holders)):
            found = _reason(flow.part(reached), groups, limits, work)
            yield found
            for need in found.explained or [one for one in groups[holders] if one.by is None]:
                groups[need.holders].remove(need)
                flow.forget(need)


def _reason(
    part: _Flow, groups: Mapping[Holders, list[Need]], limits: Mapping[str, int], work: list[int]
) -> HallSet:
    """Return what cannot be left out of a part in which not everything can be sent."""
    part = _filtered(part, groups, work)
    holders = frozenset(chain.from_iterable(part.total))
    have = sum(limits[key] for key in holders)
    kept = {need.key: need for group in part.total for need in groups[group]}
    surplus = sum(need.minutes for need in kept.values()) - have
    for need in sorted(kept.values(), key=lambda one: (one.by is None, one.minutes, one.key)):
        if need.minutes < surplus:
            surplus -= need.minutes
            del kept[need.key]
    theirs = [need for group, needs in groups.items() if group <= holders for need in needs]
    return HallSet(
        needs=tuple(kept[key] for key in sorted(kept)),
        holders=holders,
        lacking=sum(need.minutes for need in theirs) - have,
        explained=tuple(need for need in theirs if need.by is None),
        is_irreducible=work[0] > 0,
    )


def _filtered(part: _Flow, groups: Mapping[Holders, list[Need]], work: list[int]) -> _Flow:
    """Leave out groups as long as the rest cannot be sent: first many at once, then each."""

    def matters(group: Holders) -> tuple[bool, int, list[str]]:
        return any(need.by is None for need in groups[group]), len(groups[group]), sorted(group)

    size = len(part.total)
    while size > 1 and work[0] > 0:
        size = -(-size // 2)
        order = sorted(part.total, key=matters)
        for start in range(0, len(order), size):
            work[0] -= part.size
            rest = part.part(part.total.keys() - set(order[start : start + size]))
            reached = rest.send_all() if work[0] > 0 else ()
            if reached:
                part = rest.part(reached)
    return part


class _Flow:
    """Minutes on their way from groups of items to holders."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.total: dict[Holders, int] = {}
        self.unsent: dict[Holders, int] = {}
        self._limits = limits
        self._spare = dict(limits)
        self._sent: dict[Holders, dict[str, int]] = {}
        self._from: dict[str, dict[Holders, None]] = {key: {} for key in limits}

    @property
    def size(self) -> int:
        """How many pairs of a group and a holder there are."""
        return sum(map(len, self.total))

    def add(self, group: Holders, needs: Iterable[Need]) -> None:
        """Take a group up, sent as far as somebody holds its items."""
        self.total[group] = self.unsent[group] = 0
        self._sent[group] = {}
        for need in needs:
            self.total[group] += need.minutes
            self.unsent[group] += need.minutes
            if need.by is not None:
                self._push(group, need.by, need.minutes)

    def forget(self, need: Need) -> None:
        """Leave out an open item, and take back what was sent of it."""
        group = need.holders
        self.total[group] -= need.minutes
        self.unsent[group] -= need.minutes
        for holder, minutes in list(self._sent[group].items()):
            self._push(group, holder, -min(minutes, max(-self.unsent[group], 0)))

    def part(self, groups: Iterable[Holders]) -> _Flow:
        """Return a flow of some of the groups only, with what is sent of them."""
        part = _Flow(self._limits)
        for group in sorted(groups, key=sorted):
            part.total[group] = part.unsent[group] = self.total[group]
            part._sent[group] = {}
            for holder, minutes in self._sent[group].items():
                part._push(group, holder, minutes)
        return part

    def send_all(self) -> set[Holders]:
        """Send what can be sent; return all groups that the rest has to do with."""
        stuck = [self.send(group) for group in list(self.total) if self.unsent[group]]
        return set().union(*stuck)

    def send(self, group: Holders) -> set[Holders]:
        """Send what is open of a group; return the groups that stand in the way of the rest."""
        while self.unsent[group]:
            came_from, end = self._chain(group)
            if end is None:
                return {one for one in came_from if isinstance(one, frozenset)}
            self._along(came_from, end)
        return set()

    def _chain(
        self, group: Holders
    ) -> tuple[dict[Holders | str, Holders | str | None], str | None]:
        """Look for somebody with minutes left, from group to holder to group."""
        came_from: dict[Holders | str, Holders | str | None] = {group: None}
        queue = deque([group])
        while queue:
            here = queue.popleft()
            for holder in sorted(here):
                if holder in came_from:
                    continue
                came_from[holder] = here
                if self._spare[holder] > 0:
                    return came_from, holder
                for other in self._from[holder]:
                    if other not in came_from:
                        came_from[other] = holder
                        queue.append(other)
        return came_from, None

    def _along(self, came_from: Mapping[Holders | str, Holders | str | None], end: str) -> None:
        steps: list[tuple[Holders, str]] = []  # each group sends more to the holder
        backs: list[tuple[Holders, str]] = []  # each group sends less to the holder
        holder: str | None = end
        while holder is not None:
            group = came_from[holder]
            assert isinstance(group, frozenset)  # noqa: S101
            steps.append((group, holder))
            before = came_from[group]
            holder = before if isinstance(before, str) else None
            if holder is not None:
                backs.append((group, holder))
        first = steps[-1][0]
        amount = min(
            self.unsent[first], self._spare[end], *(self._sent[g][h] for g, h in backs), 1 << 60
        )
        for group, who in backs:
            self._push(group, who, -amount)
        for group, who in steps:
            self._push(group, who, amount)

    def _push(self, group: Holders, holder: str, minutes: int) -> None:
        sent = self._sent[group]
        sent[holder] = sent.get(holder, 0) + minutes
        self._spare[holder] -= minutes
        self.unsent[group] -= minutes
        if sent[holder] > 0:
            self._from[holder][group] = None
        else:
            del sent[holder]
            self._from[holder].pop(group, None)
