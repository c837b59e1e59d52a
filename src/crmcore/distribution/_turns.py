"""Turns: the running distribution, which changes with each arrival."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import day_in, midnight
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError

from ._arrival import Arrival, Held
from ._decision import Decision
from ._meter import Meter
from ._need import Need
from ._page import Entry, Page, obstacles
from ._presence import absence
from ._queue import Group, Queue
from ._share import CatchUp, Share
from ._why import Outcome

_LONGEST_PAGE = 4096  # entries that an explanation has to add up at most
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Turns:
    """Members who take turns, from a stated memory on."""

    __slots__ = (
        "_catch_up",
        "_counts_hours",
        "_ends",
        "_given",
        "_groups",
        "_has_dated_needs",
        "_held",
        "_holidays",
        "_ids",
        "_kept",
        "_meters",
        "_page",
        "_places",
        "_present",
        "_queue",
        "_seen",
        "_shares",
        "_where",
    )

    def __init__(
        self,
        shares: Sequence[Share],
        held: Iterable[Held],
        *,
        seen: datetime | None,
        where: ZoneInfo,
        holidays: Collection[date],
        catch_up: CatchUp,
    ) -> None:
        """Go on from what was counted and is held."""
        self._shares = tuple(shares)
        self._where, self._holidays, self._catch_up = where, frozenset(holidays), catch_up
        self._ids = [share.id for share in shares]
        self._places: dict[str, int] = {key: place for place, key in enumerate(self._ids)}
        self._given = [share.given for share in shares]
        self._queue = Queue([s.weight for s in shares], [s.counted for s in shares])
        self._present = [False] * len(self._ids)
        self._groups: dict[Need, Group] = {}
        self._has_dated_needs = False
        self._counts_hours = any(limit.hours is not None for s in shares for limit in s.limits)
        self._seen = _BEGINNING if seen is None else seen
        self._ends = _BEGINNING
        self._kept = {one.id: one for one in held}
        self._held: dict[str, Entry] = {
            key: (self._places[one.member], 1, 1, one.minutes, one.day)
            for key, one in self._kept.items()
        }
        self._meters = [[Meter(limit) for limit in share.limits] for share in shares]
        self._read_meters()
        self._page = self._new_page(date.min)

    def _read_meters(self) -> None:
        """Count what is held, as of the last day on which something was given."""
        last = max((entry[-1] for entry in self._held.values()), default=date.min)
        for meters in self._meters:
            for meter in meters:
                meter.turn_to(last)
        for place, _, items, minutes, day in self._held.values():
            for meter in self._meters[place]:
                meter.count(items, minutes, day)

    @property
    def seen(self) -> datetime | None:
        """The instant of the last arrival."""
        return None if self._seen is _BEGINNING else self._seen

    def shares(self) -> tuple[Share, ...]:
        """Return the members' shares with what was given and what counts now."""
        self._raise_absent()
        return tuple(
            share
            if (share.given, share.counted) == (given, counted)
            else attrs.evolve(share, given=given, counted=counted)
            for share, given, counted in zip(
                self._shares,
                self._given,
                map(self._queue.counted, self._places.values()),
                strict=True,
            )
        )

    def held(self) -> tuple[Held, ...]:
        """Return what everybody holds, in the order in which it was given."""
        return tuple(
            self._kept.get(key) or Held(id=key, member=self._ids[place], minutes=minutes, day=day)
            for key, (place, _, _, minutes, day) in self._held.items()
        )

    def assign(self, arrival: Arrival, to: str | None = None) -> Decision:
        """Give an arrival to whoever is next, or by hand to a stated member."""
        if arrival.id in self._held:
            return self._again(arrival, to)
        at = arrival.at
        if at < self._seen:
            rule = f"not be before {self._seen.isoformat()}, when the last arrival was given out"
            raise InvalidValueError("at", at.isoformat(), rule)
        if to is not None:
            self._refuse_by_hand(arrival, to)
        if at >= self._ends:
            self._start_day(at)
        self._seen = at
        group = self._groups.get(arrival.need) or self._new_group(arrival.need)
        minutes = arrival.minutes
        if to is not None:
            outcome, place = Outcome.MANUAL, self._places[to]
        elif arrival.previous is not None and self._may_again(arrival.previous, group, minutes):
            outcome, place = Outcome.PREVIOUS, self._places[arrival.previous]
        else:
            outcome, place = Outcome.BY_TURN, self._next(group, minutes)
        page = self._page
        until = len(page.entries)
        if place < 0:
            outcome = Outcome.NOBODY
            return Decision(arrival=arrival, member=None, outcome=outcome, page=page, until=until)
        self._give(arrival.id, place, minutes)
        member = self._ids[place]
        return Decision(arrival=arrival, member=member, outcome=outcome, page=page, until=until)

    def release(self, key: str, *, as_if_never: bool) -> None:
        """Let a member hold an arrival no more; its turn counts on, or as if never given."""
        entry = self._held.pop(key, None)
        if entry is None:
            raise InvalidValueError("id", key, "be the id of an arrival that somebody holds")
        place, _, _, minutes, day = entry
        fewer = 0
        if as_if_never:
            self._raise_absent()
            counted = self._queue.counted(place)
            fewer = min(counted, 1)
            self._queue.put(place, counted - fewer)
            self._given[place] = max(self._given[place] - 1, 0)
        for meter in self._meters[place]:
            meter.count(-1, -minutes, day)
        self._write((place, -fewer, -1, -minutes, day))
        if not self._queue.is_open[place] and self._has_room(place):
            self._queue.open(place)

    def _again(self, arrival: Arrival, to: str | None) -> Decision:
        """Answer as before to an arrival that somebody holds."""
        member = self._ids[self._held[arrival.id][0]]
        if to not in {None, member}:
            rule = f"be {member!r}, who holds {arrival.id!r}; release that first, or take it back"
            raise InvalidValueError("to", to, rule)
        return Decision(arrival=arrival, member=member, outcome=Outcome.REPEATED)

    def _refuse_by_hand(self, arrival: Arrival, to: str) -> None:
        """Refuse a member who may not take an arrival, before anything has changed."""
        if to not in self._places:
            raise UnknownNameError("member", to, self._ids)
        place = self._places[to]
        day = self._page.day if arrival.at < self._ends else day_in(arrival.at, self._where)
        meters = [meter.copied() for meter in self._meters[place]]
        for meter in meters:
            meter.turn_to(day)
        found = [*obstacles(self._shares[place], meters, arrival, day, self._holidays)]
        if found:
            faults = [Fault(f"member {to}", skip.wording.en) for skip in found]
            raise FaultsError(f"giving {arrival.id!r} by hand", faults)

    def _may_again(self, previous: str, group: Group, minutes: int) -> bool:
        """Say whether whoever had it before may take it again."""
        place = self._places.get(previous, -1)
        return (
            place in group.members
            and self._present[place]
            and all(meter.fits(minutes) for meter in self._meters[place])
        )

    def _next(self, group: Group, minutes: int) -> int:
        """Return the place of the next in turn; below 0 where nobody may take it."""
        queue = self._queue
        key = self._next_with_hours(group, minutes) if self._counts_hours else queue.first(group)
        if key == queue.never:
            return -1
        group.highest = max(group.highest, key)
        return key % len(self._ids)

    def _next_with_hours(self, group: Group, minutes: int) -> int:
        """Return the key of the next in turn who has the hours, passing over who has not."""
        queue = self._queue
        passed = []
        while (key := queue.first(group)) != queue.never:
            place = key % len(self._ids)
            if all(meter.fits(minutes) for meter in self._meters[place]):
                break
            queue.close(place)
            passed.append(place)
        for place in passed:
            queue.open(place)
        return key

    def _give(self, key: str, place: int, minutes: int) -> None:
        """Count an arrival for whoever takes it."""
        day = self._page.day
        entry = self._held[key] = (place, 1, 1, minutes, day)
        self._given[place] += 1
        if self._meters[place]:
            for meter in self._meters[place]:
                meter.count(1, minutes, day)
            if not self._has_room(place):
                self._queue.is_open[place] = False
        self._queue.advance(place)
        self._write(entry)

    def _write(self, entry: Entry) -> None:
        """Write down what happened, on a new page where this one is full."""
        self._page.entries.append(entry)
        if len(self._page.entries) == _LONGEST_PAGE:
            self._page = self._new_page(self._page.day)

    def _new_page(self, day: date) -> Page:
        return Page(
            day=day,
            holidays=self._holidays,
            shares=self._shares,
            counted=[self._queue.counted(place) for place in range(len(self._ids))],
            meters=[[meter.copied() for meter in meters] for meters in self._meters],
        )

    def _start_day(self, at: datetime) -> None:
        """Ask anew who is there, and begin the limits of new periods from nothing."""
        self._raise_absent()
        day = day_in(at, self._where)
        self._ends = midnight(day + timedelta(days=1), self._where) if day < date.max else _END
        self._present = [absence(share, day, self._holidays) is None for share in self._shares]
        for meters in self._meters:
            for meter in meters:
                meter.turn_to(day)
        self._queue.is_open[:] = map(self._has_room, range(len(self._ids)))
        self._queue.restart()
        if self._has_dated_needs:
            self._groups.clear()
        for group in self._groups.values():
            group.highest = -1
        self._page = self._new_page(day)

    def _has_room(self, place: int) -> bool:
        """Say whether a member is there and below every limit of items."""
        return self._present[place] and not any(meter.is_full for meter in self._meters[place])

    def _new_group(self, need: Need) -> Group:
        """Find who has what is wanted."""
        has_all = need.check(self._page.day)
        members = [place for place, share in enumerate(self._shares) if has_all(share.member)]
        group = self._groups[need] = Group(frozenset(members))
        self._queue.split(group.members)
        self._has_dated_needs |= need.depends_on_the_day
        return group

    def _raise_absent(self) -> None:
        """Let nobody who is away fall further behind than is made up for on return.

        Whoever is there is never below the level at which something that it could have taken
        was given by turn. So whoever was away returns at the highest of these levels, less
        what it may catch up.
        """
        if self._catch_up.most is None:
            return
        absent = {place for place, present in enumerate(self._present) if not present}
        for group in self._groups.values():
            if group.highest >= 0:
                for place in group.members & absent:
                    even = self._queue.level_with(place, group.highest) - self._catch_up.most
                    if even > self._queue.counted(place):
                        self._queue.put(place, even)
