"""Departing: what ends with somebody who leaves, beyond customers and duties."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import attrs

from crmcore.activities import Matter
from crmcore.customers import owners_at
from crmcore.errors import Fault
from crmcore.kernel import MemberId
from crmcore.receipts import Departure, MatterChange, PlanReceipt
from crmcore.storage import UnitOfWork

from ._along import put_in_charge
from ._books import Books, Key
from ._handover import Handover


def departure_faults(
    books: Books, handover: Handover | None, keys: Collection[Key]
) -> Iterator[Fault]:
    """Yield what has changed about whoever hands over since the handover was planned.

    Whoever leaves for good must leave with nothing: what came in addition is a conflict.
    """
    if handover is None or handover.left_on is None:
        return
    known = handover.member
    stored = books.members.get(known.id)
    path = f"member {known.id!r}"
    if stored is None:
        yield Fault(path, f"there is no member {known.id!r} any more")
    elif stored.version != known.version:
        rule = f"the plan knows version {known.version}, version {stored.version} is stored"
        yield Fault(path, rule)
    for key in books.held_by(known.id):
        if key not in keys:
            yield Fault(str(key), f"the plan does not know that {known.id!r} holds it")


def depart(
    uow: UnitOfWork, books: Books, handover: Handover, at: datetime
) -> tuple[list[MatterChange], tuple[Departure, ...]]:
    """Hand on what is left with whoever hands over, and write the last day down.

    Open matters with other people's customers go to the owners of these, who must be there.
    """
    who = handover.member.id
    matters = [
        put_in_charge(uow, matter, owner)
        for matter in uow.matters.of_member(who)
        if matter.is_open_at(at)
        for owner in [_owner_of(uow, books, matter, at)]
        if owner != who
    ]
    if handover.left_on is None or handover.left_on == handover.member.left_on:
        return matters, ()
    saved = books.save(attrs.evolve(handover.member, left_on=handover.left_on))
    departure = Departure(
        member=who, before=handover.member.left_on, after=saved.left_on, version=saved.version
    )
    return matters, (departure,)


def _owner_of(uow: UnitOfWork, books: Books, matter: Matter, at: datetime) -> MemberId | None:
    """Return who owns the customer of a matter; None where nobody does who is still there."""
    held = owners_at(uow.ownerships.of_customer(matter.customer), at).get(matter.customer)
    return None if held is None or books.has_left(held.member) else held.member


def stay_after_all(books: Books, receipt: PlanReceipt) -> tuple[tuple[Departure, ...], list[Fault]]:
    """Take the last days of a receipt back; return that, and what stands in the way of it."""
    departures: list[Departure] = []
    faults: list[Fault] = []
    for departure in receipt.departures:
        stored = books.members.get(departure.member)
        path = f"member {departure.member!r}"
        if stored is None:
            faults.append(Fault(path, f"there is no member {departure.member!r} any more"))
        elif stored.left_on != departure.after:
            left, found = departure.after or "none", stored.left_on or "none"
            problem = f"the receipt left {left} as the day of leaving, now it is {found}"
            faults.append(Fault(path, problem))
        else:
            saved = books.save(attrs.evolve(stored, left_on=departure.before))
            departures.append(
                Departure(
                    member=saved.id,
                    before=departure.after,
                    after=departure.before,
                    version=saved.version,
                )
            )
    return tuple(departures), faults
