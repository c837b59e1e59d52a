"""Rotas: members who take turns, and all that is remembered between two arrivals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs

from crmcore.calendar import day_in
from crmcore.checks import day, decimal, is_zone, optional_utc, utc
from crmcore.checks import zone as zone_of
from crmcore.errors import (
    CrmError,
    Fault,
    FaultsError,
    UnknownNameError,
)
from crmcore.kernel import MemberId
from crmcore.organization import Member

from ._arrival import Arrival, Held
from ._batch import in_order
from ._decision import Decision
from ._kinds import each_is_a, is_a, listed, must_be
from ._memory import contradictions, repeated, starting_level
from ._need import Need
from ._share import CatchUp, Share, Start
from ._turns import Turns
from ._why import Outcome

_ANYBODY = Need()
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_SHARES = "list shares, as Share(member=…)"
_HELD = "list what is held, as Held(…)"
_SHARE = "be a Share, as Share(member=…)"


def _shares(shares: Iterable[Share]) -> tuple[Share, ...]:
    return listed(shares, "shares", _SHARES)


def _held(held: Iterable[Held]) -> tuple[Held, ...]:
    return listed(held, "held", _HELD)


def _count(held: tuple[Held, ...]) -> str:
    return f"<{sum(len(one.ids) for one in held)} ids>"


def _zone_name(zone: str | ZoneInfo) -> str:
    return zone.key if isinstance(zone, ZoneInfo) else zone


def _days(days: Iterable[date]) -> tuple[date, ...]:
    found = listed(days, "holidays", "list days, also a single one")
    return tuple(sorted({day(each, "holidays") for each in found}))


@attrs.frozen(kw_only=True)
class Rota:
    """Members who take turns, with the memory of what each was given.

    The next arrival goes to the member whose count for each unit of weight is lowest, of those
    who may take it; ties go by the order of the shares. A rota never changes: what changes it
    returns another one.

    Attributes:
        shares: The members with their terms, in the order that settles ties.
        zone: The IANA time zone in which days begin, for leave, weekdays and limits.
        holidays: The days on which nobody takes anything.
        catch_up: How much of what came while a member was away is made up for on return.
        held: What members were given and have not been released from.
        seen: The instant of the last arrival; none may be before it.

    .. versionadded:: 0.1.0
    """

    shares: tuple[Share, ...] = attrs.field(converter=_shares, validator=each_is_a(Share, _SHARES))
    zone: str = attrs.field(default="UTC", converter=_zone_name, validator=is_zone)
    holidays: tuple[date, ...] = attrs.field(default=(), converter=_days)
    catch_up: CatchUp = attrs.field(
        factory=CatchUp.none, validator=is_a(CatchUp, "be a CatchUp, such as CatchUp.capped(5)")
    )
    held: tuple[Held, ...] = attrs.field(
        default=(),
        converter=_held,
        repr=_count,
        validator=each_is_a(Held, _HELD),
    )
    seen: datetime | None = attrs.field(
        default=None,
        converter=attrs.Converter(optional_utc, takes_field=True),  # type: ignore[misc]
    )

    def __attrs_post_init__(self) -> None:
        """Refuse members that come twice, and what is held twice or by nobody.

        Raises:
            FaultsError: With every fault that was found.
        """
        faults = [*contradictions(self.shares, self.held)]
        if faults:
            raise FaultsError("rota", faults)

    @classmethod
    def of(
        cls,
        members: Iterable[Member],
        *,
        weights: Mapping[str, Decimal | int | str] | None = None,
        zone: str | ZoneInfo = "UTC",
        catch_up: CatchUp | None = None,
    ) -> Rota:
        """Return a rota in which members begin, ties by the order in which they come here.

        Args:
            members: The members.
            weights: The weight of each, by id; 1 where none is stated.
            zone: The time zone in which days begin.
            catch_up: How much is made up for on return; nothing by default.

        Raises:
            FaultsError: If weights are wrong or of nobody, or members come twice.
            InvalidValueError: If one of the members is none.
        """
        people = listed(members, "members", "list members")
        for member in people:
            must_be(Member, member, "members", "list members")
        if weights is not None:
            must_be(Mapping, weights, "weights", "be a mapping from ids of members to weights")
        stated = dict(weights or {})
        known = [member.id for member in people]
        faults = [
            Fault(f"weights.{name}", str(UnknownNameError("member", str(name), known)))
            for name in stated
            if name not in known
        ]
        shares = []
        for member in people:
            try:
                shares.append(Share(member=member, weight=stated.get(member.id, 1)))
            except CrmError as error:
                faults.append(Fault(f"weights.{member.id}", str(error)))
        faults += repeated(known)
        if faults:
            raise FaultsError("rota", dict.fromkeys(faults))
        return cls(shares=shares, zone=zone, catch_up=catch_up or CatchUp.none())

    def share(self, member: str) -> Share:
        """Return the share of a member.

        Raises:
            UnknownNameError: If the member takes no part; the message suggests the nearest.
        """
        for share in self.shares:
            if share.id == member:
                return share
        raise UnknownNameError("member", str(member), [share.id for share in self.shares])

    def held_by(self, member: str) -> tuple[str, ...]:
        """Return the ids of what a member holds, day by day.

        Raises:
            UnknownNameError: If the member takes no part; the message suggests the nearest.
        """
        key = self.share(member).id
        return tuple(each for one in self.held if one.member == key for each in one.ids)

    def assign(self, arrival: Arrival, *, to: str | None = None) -> tuple[Decision, Rota]:
        """Give an arrival to whoever is next, or by hand to a stated member.

        An arrival that somebody holds gets the same answer again, and changes nothing.

        Args:
            arrival: What has come.
            to: Who is to take it; the same check is made, and it counts for the turn.

        Raises:
            InvalidValueError: If the arrival lies before the last one, or is held by another
                member than *to*.
            FaultsError: If *to* may not take it, with every reason.
            UnknownNameError: If *to* takes no part in the rota.

        Complexity:
            Linear in the members and in what they hold; a `Desk` keeps both at hand.
        """
        turns = turns_from(self)
        decision = turns.assign(arrival, to)
        return decision, rota_after(self, turns)

    def distribute(self, arrivals: Iterable[Arrival]) -> Distribution:
        """Give arrivals out, each to whoever is next, by instant and then by id.

        Raises:
            FaultsError: With everything that is wrong with the arrivals; nothing is given then.
            InvalidValueError: If they are no list.

        Complexity:
            For each arrival, linear in the kinds of members who may take it and logarithmic in
            the members of a kind; once for each different need and each new day, linear in the
            members. Members are of one kind where every need that came fits all or none.
        """
        turns = turns_from(self)
        held = {key for one in self.held for key in one.ids}
        decisions = turns.assign_all(in_order(arrivals, since=self.seen or _BEGINNING, held=held))
        return Distribution(decisions=decisions, rota=rota_after(self, turns))

    def hand_out(
        self, ids: Iterable[str], *, at: datetime, need: Need = _ANYBODY, hours: Decimal | int = 0
    ) -> Distribution:
        """Give a batch of alike items out at one instant, such as the customers of a leaver.

        Args:
            ids: The ids of the items; they go in order of their ids.
            at: The instant.
            need: What each of them wants.
            hours: The work that each of them is.

        Raises:
            InvalidValueError: If the ids are no list of texts, the instant is naive or before
                the last one, or the hours are no whole minutes.
        """
        at, work = utc(at, "at"), decimal(hours, "hours")
        items = listed(ids, "ids", "be a list of ids, also of a single one")
        for each in items:
            must_be(str, each, "ids", "list ids, which are text")
        arrivals = [Arrival(id=each, at=at, need=need, hours=work) for each in sorted(items)]
        return self.distribute(arrivals)

    def release(self, arrival: str) -> Rota:
        """Return the rota after an arrival is no longer held: its room is free, its turn counts.

        Raises:
            InvalidValueError: If nobody holds an arrival of this id.
        """
        turns = turns_from(self)
        turns.release(arrival, as_if_never=False)
        return rota_after(self, turns)

    def take_back(self, arrival: str) -> Rota:
        """Return the rota as if an arrival had never been given to whoever holds it.

        Raises:
            InvalidValueError: If nobody holds an arrival of this id.
        """
        turns = turns_from(self)
        turns.release(arrival, as_if_never=True)
        return rota_after(self, turns)

    def joined_by(self, share: Share, *, start: Start = Start.MEAN) -> Rota:
        """Return the rota with one more member, last in the order, and nobody else changed.

        Args:
            share: The newcomer's share.
            start: The level from which the newcomer takes turns, among those who are there on
                the day of the last arrival; a higher level of the share's own stands.

        Raises:
            FaultsError: If the member takes part already.
            InvalidValueError: If *share* is none, such as a bare member.
            UnknownNameError: If there is no such start.
        """
        must_be(Share, share, "share", _SHARE)
        if start not in tuple(Start):
            raise UnknownNameError("start", str(start), [one.value for one in Start])
        today = None if self.seen is None else day_in(self.seen, zone_of(self.zone))
        newcomer = share.at_level(
            max(share.level, starting_level(self.shares, Start(start), today))
        )
        return attrs.evolve(self, shares=(*self.shares, newcomer))

    def without(self, member: str) -> Rota:
        """Return the rota without a member and what it holds, and nobody else changed.

        Raises:
            UnknownNameError: If the member takes no part; the message suggests the nearest.
            FaultsError: If nobody would be left.
        """
        gone = self.share(member)
        return attrs.evolve(
            self,
            shares=[share for share in self.shares if share is not gone],
            held=[one for one in self.held if one.member != gone.id],
        )

    def with_terms(self, share: Share) -> Rota:
        """Return the rota with another weight, other limits or newer facts of a member.

        The member keeps its place, what it was given, and its level: with another weight, as
        many items count as bring it to the same level, rounded up.

        Raises:
            UnknownNameError: If the member takes no part; the message suggests the nearest.
            InvalidValueError: If *share* is none, such as a bare member.
        """
        must_be(Share, share, "share", _SHARE)
        old = self.share(share.id)
        counted = old.counted if old.weight == share.weight else share.at_level(old.level).counted
        new = attrs.evolve(share, given=old.given, counted=counted)
        return attrs.evolve(self, shares=[new if one is old else one for one in self.shares])


@attrs.frozen(kw_only=True)
class Distribution:
    """What was given out, and the rota that remembers it.

    Attributes:
        decisions: A decision for each arrival, in the order in which they were given out.
        rota: The rota after the last of them.

    .. versionadded:: 0.1.0
    """

    decisions: Sequence[Decision]
    rota: Rota

    @property
    def undistributed(self) -> tuple[Decision, ...]:
        """The decisions on arrivals that nobody may take; each one's reasons are in its *why*."""
        return tuple(one for one in self.decisions if one.outcome is Outcome.NOBODY)

    @property
    def given(self) -> tuple[tuple[MemberId, int], ...]:
        """How many of the arrivals each member was newly given, in the stated order."""
        counts = Counter(
            one.member for one in self.decisions if one.outcome is not Outcome.REPEATED
        )
        return tuple((share.id, counts[share.id]) for share in self.rota.shares)


def turns_from(rota: Rota) -> Turns:
    """Return the running distribution that goes on from a rota."""
    return Turns(
        rota.shares,
        rota.held,
        seen=rota.seen,
        where=zone_of(rota.zone),
        holidays=rota.holidays,
        catch_up=rota.catch_up,
    )


def rota_after(rota: Rota, turns: Turns) -> Rota:
    """Return the rota as it is after a running distribution that went on from it."""
    return attrs.evolve(rota, shares=turns.shares(), held=turns.held(), seen=turns.seen)
