"""Turns: the running distribution, which changes with each arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import day_in, midnight
from crmcore.errors import Fault, FaultsError, InvalidValueError, UnknownNameError
from crmcore.kernel import MemberId

from ._arrival import Arrival, Held
from ._decision import Decision, Decisions, decision
from ._kinds import must_be
from ._meter import Meter
from ._need import Need
from ._page import Entry, Page, obstacles
from ._presence import absence
from ._queue import Group, Queue
from ._share import CatchUp, Share
from ._why import Outcome

_LONGEST_PAGE = 4096  # entries that an explanation has to add up at most
_MOST_NEEDS = 4096  # different ones that are kept at hand, each with who has what it wants
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
        self._held: dict[str, Entry] = {
            key: (self._places[one.member], 1, 1, one.minutes, one.day)
            for one in held
            for key in one.ids
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
        """Return what everybody holds, by day, then in the stated order."""
        groups: defaultdict[tuple[date, int, int], list[str]] = defaultdict(list)
        for key, (place, _, _, minutes, day) in self._held.items():
            groups[day, place, minutes].append(key)
        return tuple(
            Held(member=self._ids[place], day=day, minutes=minutes, ids=ids)
            for (day, place, minutes), ids in sorted(groups.items())
        )

    def assign(self, arrival: Arrival, to: str | None = None) -> Decision:
        """Give an arrival to whoever is next, or by hand to a stated member."""
        must_be(Arrival, arrival, "arrival", "be an Arrival, as Arrival(id=…, at=…)")
        if to is not None:
            must_be(str, to, "to", "be the id of a member")
        outcome, place = self._decide(arrival, to)
        member = None if place < 0 else self._ids[place]
        page, until = self._before(outcome)
        return decision(arrival, member, outcome, page, until)

    def assign_all(self, arrivals: Sequence[Arrival]) -> Decisions:
        """Give arrivals to whoever is next, one after the other."""
        members: list[MemberId | None] = []
        outcomes: list[Outcome] = []
        pages: list[Page | None] = []
        counts: list[int] = []
        ids: list[MemberId | None] = [*self._ids, None]
        for arrival in arrivals:
            outcome, place = self._decide(arrival, None)
            page, until = self._before(outcome)
            outcomes.append(outcome)
            members.append(ids[place])
            pages.append(page)
            counts.append(until)
        return Decisions(arrivals, members, outcomes, pages, counts)

    def _before(self, outcome: Outcome) -> tuple[Page | None, int]:
        """Return the page and the count of its entries before the last decision."""
        if outcome is Outcome.REPEATED:
            return None, 0
        return self._page, len(self._page.entries) - (outcome is not Outcome.NOBODY)

    def _decide(self, arrival: Arrival, to: str | None) -> tuple[Outcome, int]:
        """Count an arrival for whoever takes it, whose place is returned; -1 for nobody."""
        if arrival.id in self._held:
            return Outcome.REPEATED, self._holder(arrival, to)
        if to is not None:
            self._refuse_by_hand(arrival, to)
        at = arrival.at
        if not self._seen <= at < self._ends:
            self._start_day(at)
        self._seen = at
        page = self._page
        if len(page.entries) >= _LONGEST_PAGE:
            page = self._page = self._new_page(page.day)
        group = self._groups.get(arrival.need) or self._new_group(arrival.need)
        minutes = arrival.minutes
        outcome = Outcome.BY_TURN
        if to is not None or arrival.previous is not None:
            outcome, place = self._without_turn(arrival, to, group, minutes)
        elif self._counts_hours:
            place = self._take_with_hours(group, minutes)
        else:
            place = self._queue.take(group)
        if place < 0:
            return Outcome.NOBODY, place
        self._held[arrival.id] = entry = (place, 1, 1, minutes, page.day)
        page.entries.append(entry)
        self._given[place] += 1
        if self._meters[place]:
            self._count(place, minutes, page.day)
        return outcome, place

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
        self._page.entries.append((place, -fewer, -1, -minutes, day))
        if not self._queue.is_open[place] and self._has_room(place):
            self._queue.open(place)

    def _holder(self, arrival: Arrival, to: str | None) -> int:
        """Return the place of whoever holds an arrival already."""
        place = self._held[arrival.id][0]
        if to not in {None, self._ids[place]}:
            rule = (
                f"be {self._ids[place]!r}, who holds {arrival.id!r}; "
                "release that first, or take it back"
            )
            raise InvalidValueError("to", to, rule)
        return place

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

    def _without_turn(
        self, arrival: Arrival, to: str | None, group: Group, minutes: int
    ) -> tuple[Outcome, int]:
        """Give an arrival to a stated member, to whoever had it before, or else by turn."""
        if to is not None:
            place = self._places[to]
            self._queue.advance(place)
            return Outcome.MANUAL, place
        place = self._places.get(arrival.previous or "", -1)
        if place in group.members and self._present[place] and self._fits(place, minutes):
            self._queue.advance(place)
            return Outcome.PREVIOUS, place
        return Outcome.BY_TURN, self._take_with_hours(group, minutes)

    def _take_with_hours(self, group: Group, minutes: int) -> int:
        """Give so many minutes to the next in turn who has them, passing over who has not."""
        queue = self._queue
        passed = []
        while (key := queue.first(group)) != queue.never:
            place = key % len(self._ids)
            if self._fits(place, minutes):
                break
            queue.close(place)
            passed.append(place)
        place = queue.take(group)
        for each in passed:
            queue.open(each)
        return place

    def _fits(self, place: int, minutes: int) -> bool:
        """Say whether a member has room for so many minutes."""
        return all(meter.fits(minutes) for meter in self._meters[place])

    def _count(self, place: int, minutes: int, day: date) -> None:
        """Count what a member was given, and ask it no more where nothing more fits."""
        for meter in self._meters[place]:
            meter.count(1, minutes, day)
        if not self._has_room(place):
            self._queue.close(place)

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
        if at < self._seen:
            rule = f"not be before {self._seen.isoformat()}, when the last arrival was given out"
            raise InvalidValueError("at", at.isoformat(), rule)
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
        self._page = self._new_page(day)

    def _has_room(self, place: int) -> bool:
        """Say whether a member is there and below every limit of items."""
        return self._present[place] and not any(meter.is_full for meter in self._meters[place])

    def _new_group(self, need: Need) -> Group:
        """Find who has what is wanted, and forget the others where there are too many."""
        if len(self._groups) >= _MOST_NEEDS:
            self._raise_absent()
            self._groups.clear()
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
            highest, group.highest = group.highest, -1
            if highest >= 0:
                for place in group.members & absent:
                    even = self._queue.level_with(place, highest) - self._catch_up.most
                    if even > self._queue.counted(place):
                        self._queue.put(place, even)
