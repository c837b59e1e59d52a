"""What goes along: the open matters of a customer who changes hands, and back again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

import attrs

from crmcore.activities import Channel, Direction, Interaction, Matter
from crmcore.customers import OwnershipRole
from crmcore.kernel import CustomerId, MemberId
from crmcore.receipts import Change, MatterChange, PlanReceipt, Remainder, RemainderKind
from crmcore.storage import UnitOfWork

_FEW = 200
_SENT = frozenset({Channel.EMAIL, Channel.LETTER})


def open_matters(
    uow: UnitOfWork, customers: Collection[CustomerId], at: datetime
) -> Iterator[Matter]:
    """Yield the matters of some customers that are open at an instant.

    A few customers are asked for one by one; many are picked from all that is open.
    """
    if len(customers) <= _FEW:
        for customer in sorted(customers):
            yield from (one for one in uow.matters.of_customer(customer) if one.is_open_at(at))
    else:
        yield from (one for one in uow.matters.open(at=at) if one.customer in customers)


def carry_along(
    uow: UnitOfWork,
    changes: Iterable[Change],
    at: datetime,
    *,
    but: Collection[str] = (),
    since: datetime | None = None,
) -> list[MatterChange]:
    """Give the open matters of whoever gives a customer up to whoever takes over.

    What others are in charge of stays with them, and so does what is closed.

    Args:
        uow: Where they are kept.
        changes: What has changed hands; only owners matter.
        at: The instant at which it did.
        but: The ids of matters that are dealt with already.
        since: Only matters that came up at this instant or later go along, if given.
    """
    moved = {
        change.customer: change
        for change in changes
        if change.customer is not None and change.role is OwnershipRole.OWNER
    }
    return [
        put_in_charge(uow, matter, change.to_member)
        for matter in sorted(open_matters(uow, moved.keys(), at), key=lambda one: one.id)
        if matter.id not in but and (since is None or matter.opened_at >= since)
        for change in [moved[matter.customer]]
        if matter.member == change.from_member
    ]


def put_in_charge(uow: UnitOfWork, matter: Matter, who: MemberId | None) -> MatterChange:
    """Give a matter to somebody and return the change."""
    saved = uow.matters.save(attrs.evolve(matter, member=who))
    return MatterChange(
        matter=matter.id,
        kind=matter.kind,
        customer=matter.customer,
        from_member=matter.member,
        to_member=who,
        version=saved.version,
    )


def bring_back(
    uow: UnitOfWork,
    receipt: PlanReceipt,
    at: datetime,
    *,
    rightful: Callable[[MatterChange], MemberId | None],
) -> tuple[list[MatterChange], list[Remainder]]:
    """Give back the matters that a receipt says went along, as far as nobody touched them.

    Returns:
        What was given back, and what stays: a matter that was closed meanwhile, or given to
        somebody else, stays where it is; one that was changed goes back as it is now.
    """
    stored = uow.matters.get_many(change.matter for change in receipt.matters)
    changes: list[MatterChange] = []
    remains: list[Remainder] = []
    for change in receipt.matters:
        matter = stored.get(change.matter)
        kind = _touched(matter, change, at)
        if kind is not None:
            remains.append(_remainder(kind, change, matter))
        if matter is not None and kind in {None, RemainderKind.CHANGED}:
            changes.append(put_in_charge(uow, matter, rightful(change)))
    return changes, remains


def _touched(matter: Matter | None, change: MatterChange, at: datetime) -> RemainderKind | None:
    """Return what has happened to a matter since a change; None where nothing has."""
    if matter is None:
        return RemainderKind.GONE
    if not matter.is_open_at(at):
        return RemainderKind.CLOSED
    if matter.member != change.to_member:
        return RemainderKind.GIVEN_ON
    return None if matter.version == change.version else RemainderKind.CHANGED


def _remainder(kind: RemainderKind, change: MatterChange, matter: Matter | None) -> Remainder:
    given_on = matter is not None and kind is RemainderKind.GIVEN_ON
    return Remainder(
        kind=kind,
        customer=change.customer,
        matter=change.matter,
        matter_kind=change.kind,
        member=matter.member if matter is not None and given_on else None,
        at=matter.closed_at if matter is not None else None,
    )


def what_took_place(uow: UnitOfWork, receipt: PlanReceipt, until: datetime) -> Iterator[Remainder]:
    """Yield what new owners have said and sent to their customers since a receipt."""
    for change in receipt.changes:
        if change.customer is None or change.opened is None:
            continue
        done = [
            one
            for one in uow.interactions.of_customer(change.customer)
            if receipt.at <= one.at < until and one.member == change.to_member
        ]
        sent = [one for one in done if _is_notice(one)]
        talked = [one for one in done if not _is_notice(one)]
        for kind, some in ((RemainderKind.CONTACT, talked), (RemainderKind.NOTICE, sent)):
            if some:
                yield Remainder(
                    kind=kind,
                    customer=change.customer,
                    member=change.to_member,
                    count=len(some),
                    at=some[-1].at,
                )


def _is_notice(interaction: Interaction) -> bool:
    """Say whether it is a message that went out, which nobody can take back unread."""
    return interaction.direction is Direction.OUTBOUND and interaction.channel in _SENT
