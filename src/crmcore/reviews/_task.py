"""Tasks: all that one member holds, and what there is to tell of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final, TypeVar

import attrs

from crmcore.activities import Interaction, Matter
from crmcore.calendar import Period
from crmcore.customers import Contact, Ownership, OwnershipRole
from crmcore.kernel import CustomerId, MemberId
from crmcore.organization import Member
from crmcore.plans import Move
from crmcore.storage import UnitOfWork

from ._assigning import Planning
from ._judging import Judgement
from ._note import HandoverNote
from ._records import Progress, Records, silent

_LATEST: Final = 5  # contacts in a note
_FEW: Final = 200  # customers who are asked about one by one

_R = TypeVar("_R", Contact, Interaction)


@attrs.frozen(kw_only=True)
class Task:
    """All that one member holds when a day begins, and how it is to be handed over.

    Attributes:
        records: What was stored then.
        judgements: Where each customer stands.
        planning: What a plan is made with.
        member: Who hands over.
        owned: The customers that the member owns, in use or not.
        beside: Who else works with each of them, by customer.
        quiet: Those of them for whom the policy has no time, and with whom nothing is open.
        collaborations: Where the member works beside the owner.
        matters: The open matters that the member is in charge of with other people's customers.
        rest_to: Who takes the quiet ones, if anybody is to.
        others_may_move: Whether what others hold may move as well.
        progress: Hears how much is done.
    """

    records: Records
    judgements: tuple[Judgement, ...]
    planning: Planning
    member: Member
    owned: Mapping[CustomerId, Ownership]
    beside: Mapping[CustomerId, tuple[MemberId, ...]]
    quiet: frozenset[CustomerId]
    collaborations: tuple[Ownership, ...]
    matters: tuple[Matter, ...]
    rest_to: MemberId | None = None
    others_may_move: bool = False
    progress: Progress = silent

    @property
    def period(self) -> Period:
        """The days that are planned."""
        start = self.planning.as_of
        return Period(start, start + timedelta(weeks=self.planning.weeks))


def task_of(
    uow: UnitOfWork,
    member: str,
    records: Records,
    judgements: tuple[Judgement, ...],
    planning: Planning,
) -> Task:
    """Read what a member holds, beside what the records of a review tell."""
    leaver = records.organization.member(member)
    lasting = list(uow.ownerships.lasting(at=records.at))
    mine = [held for held in lasting if held.member == leaver.id]
    owned = {held.customer: held for held in mine if held.role is OwnershipRole.OWNER}
    beside: dict[CustomerId, tuple[MemberId, ...]] = {}
    for held in sorted(lasting, key=lambda held: held.member):
        if held.customer in owned and held.role is OwnershipRole.COLLABORATOR:
            beside[held.customer] = (*beside.get(held.customer, ()), held.member)
    book = planning.policy.book
    return Task(
        records=records,
        judgements=judgements,
        planning=planning,
        member=leaver,
        owned=owned,
        beside=beside,
        quiet=frozenset(
            one.customer
            for one in judgements
            if one.customer in owned
            and one.customer not in records.matters
            and not book.minutes(str(one.features.tier), str(one.features.stage))
        ),
        collaborations=tuple(held for held in mine if held.role is OwnershipRole.COLLABORATOR),
        matters=tuple(
            matter
            for some in records.matters.values()
            for matter in some
            if matter.member == leaver.id and matter.customer not in owned
        ),
    )


def notes_of(uow: UnitOfWork, task: Task, moves: Iterable[Move]) -> Iterator[HandoverNote]:
    """Yield what to tell of each customer in use who changes hands, by customer."""
    successors = {move.customer: move.to_member for move in moves if move.customer in task.owned}
    policy, at = task.planning.policy, task.records.at
    labels = {tier.name: tier.label for tier in policy.tiers.tiers}
    people = _of_each(successors, uow.contacts.of_customer, uow.contacts.stream)
    talks = _of_each(successors, uow.interactions.of_customer, lambda: uow.interactions.until(at))
    for judgement in task.judgements:
        customer = judgement.customer
        if customer not in successors:
            continue
        done = [one for one in talks.get(customer, ()) if one.at < at]
        yield HandoverNote(
            customer=task.records.customers[customer],
            from_member=task.member.id,
            since=task.owned[customer].since,
            successor=successors[customer],
            judgement=judgement,
            tier=labels[str(judgement.features.tier)],
            currency=policy.currency,
            zone=policy.zone,
            contacts=tuple(people.get(customer, ())),
            collaborators=task.beside.get(customer, ()),
            interactions=sorted(done, key=lambda one: (one.at, one.id))[-_LATEST:],
            matters=task.records.matters.get(customer, ()),
        )


def _of_each(
    customers: Collection[CustomerId | None],
    ask: Callable[[CustomerId], Iterable[_R]],
    everything: Callable[[], Iterable[_R]],
) -> Mapping[CustomerId, Iterable[_R]]:
    """Return the records of some customers: asked for one by one, or picked from all."""
    wanted = [customer for customer in customers if customer is not None]
    if len(wanted) <= _FEW:
        return {customer: ask(customer) for customer in wanted}
    found: dict[CustomerId, list[_R]] = {customer: [] for customer in wanted}
    for record in everything():
        if record.customer in found:
            found[record.customer].append(record)
    return found
