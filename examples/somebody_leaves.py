"""Somebody leaves: hand over all that one member holds, and take it back.

The purchases are those of every tenth customer of CDNOW, 1997-01 to 1998-06 (see
``data/README.md``); the team, its book of customers and what is open with them are invented.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import attrs

from crmcore.activities import (
    Channel,
    Direction,
    Interaction,
    InteractionId,
    Matter,
    MatterId,
    MatterKind,
    Purchase,
)
from crmcore.calendar import midnight, zone
from crmcore.customers import Contact, ContactId, Customer, Ownership, OwnershipId
from crmcore.interop import PurchaseColumns, read_purchases
from crmcore.kernel import (
    CustomerId,
    DepartmentId,
    MemberId,
    ResponsibilityId,
    RoleId,
    TeamId,
)
from crmcore.memory import MemoryStore
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.policies import Policy
from crmcore.reassignment import AssignmentWeights
from crmcore.reviews import Handover, apply_plan, holdings_at, plan_handover, undo_plan
from crmcore.storage import Store, UnitOfWork, add_organization

DATA = Path(__file__).parent / "data"
AS_OF = date(1998, 7, 1)
LAST_DAY = date(1998, 8, 1)  # the first day on which Priya is no longer there
NEW_YORK = zone("America/New_York")
SINCE = midnight(date(1997, 4, 1), NEW_YORK)
NINE = midnight(AS_OF, NEW_YORK) + timedelta(hours=9)
DAY = timedelta(days=1)
PRIYA = MemberId("priya")

# Who has how many hours a week, speaks what, and is how good at negotiation.
PEOPLE = {
    "ben": (9, ["en"], 2),
    "chen": (10, ["en", "zh"], 4),
    "dora": (8, ["en"], 3),
    "fatima": (10, ["en", "zh"], 1),
    "priya": (10, ["en", "zh"], 3),
}
# Whose customers have ids from this one on.
BOOK = {"00000": "ben", "05000": "chen", "10000": "priya", "15000": "dora", "19000": "fatima"}
DUTIES = {("renewals", Duty.RESPONSIBLE): "priya", ("renewals", Duty.BACKUP): "chen"}


def team() -> Organization:
    """Return a small team with one responsibility."""
    care, desk, clerk = DepartmentId("care"), TeamId("desk"), RoleId("clerk")
    return Organization(
        department=Department(id=care, name="Customer care"),
        teams=[Team(id=desk, name="Desk", department=care, looks_after_customers=True)],
        roles=[Role(id=clerk, name="Clerk", has_authority=True)],
        members=[
            Member(
                id=MemberId(name),
                name=name.title(),
                team=desk,
                roles=[clerk],
                weekly_hours=hours,
                languages=languages,
                skills=[SkillLevel("negotiation", level)],
            )
            for name, (hours, languages, level) in PEOPLE.items()
        ],
        responsibilities=[
            Responsibility(
                id=ResponsibilityId("renewals"),
                name="Win customers back",
                role=clerk,
                team=desk,
                weekly_hours=2,
                skills=[SkillLevel("negotiation", 2)],
            )
        ],
        assignments=[
            Assignment(
                id=f"{responsibility} {duty}",
                responsibility=ResponsibilityId(responsibility),
                duty=duty,
                member=MemberId(member),
                since=SINCE,
            )
            for (responsibility, duty), member in DUTIES.items()
        ],
    )


def purchases() -> Iterator[Purchase]:
    """Yield the purchases of every tenth customer."""
    columns = PurchaseColumns(
        customer="customer_id", at="date", amount="dollar_value", quantity="number_of_cds"
    )
    source = DATA / "cdnow_master.csv.gz"
    for purchase in read_purchases(source, columns=columns, zone=NEW_YORK, currency="USD"):
        if purchase.customer.endswith("8"):
            yield purchase


def owner_of(customer: CustomerId) -> MemberId:
    """Return who owns a customer today."""
    return MemberId(BOOK[max(first for first in BOOK if first <= customer)])


def customer_of(key: CustomerId) -> Customer:
    """Return a customer; some want to be served in Chinese, some want a negotiator."""
    return Customer(
        id=key,
        name=f"Customer {key}",
        language="zh" if key.endswith("88") else None,
        needs=("negotiation",) if key.endswith("008") else (),
    )


def open_matters(customers: list[CustomerId]) -> Iterator[Matter]:
    """Yield what is open with some customers: a request, a complaint, an opportunity, a meeting."""
    told = {
        MatterKind.REQUEST: ("Send the invoice again", None, "Ask accounts for a copy"),
        MatterKind.COMPLAINT: ("A disc arrived scratched", "A new one, free", "Ship the new disc"),
        MatterKind.OPPORTUNITY: ("Wants the whole jazz series", None, "Send the list of titles"),
        MatterKind.MEETING: ("Yearly talk", None, "Prepare the figures of the year"),
    }
    for nth, customer in enumerate(customers):
        kind = list(told)[nth % len(told)]
        subject, promise, step = told[kind]
        yield Matter(
            id=MatterId(f"m-{customer}"),
            kind=kind,
            customer=customer,
            member=owner_of(customer),
            subject=subject,
            opened_at=NINE - 10 * DAY,
            due_at=NINE + (nth + 1) * DAY,
            promise=promise,
            next_step=step,
        )


def load(store: Store) -> None:
    """Load purchases, department, book, contacts and what is open."""
    with store.unit_of_work() as uow:
        add_organization(uow, team())
        bought = list(purchases())
        uow.purchases.add_all(bought)
        counts = Counter(purchase.customer for purchase in bought)
        uow.customers.add_all(customer_of(key) for key in counts)
        uow.ownerships.add_all(
            Ownership(id=OwnershipId(f"own-{key}"), customer=key, member=owner_of(key), since=SINCE)
            for key in counts
        )
        mine = [key for key in counts if owner_of(key) == PRIYA]
        best = sorted(mine, key=lambda key: (-counts[key], key))[:8]
        uow.matters.add_all(open_matters(best))
        for key in best[1::4]:  # those with a complaint
            name, phone = f"Ms Lee of {key}", "+1 212 555 0100"
            uow.contacts.add(Contact(id=ContactId(key), customer=key, name=name, phone=phone))
            uow.interactions.add(talk(f"i-{key}", key, PRIYA, "She waits for the new disc"))
        uow.commit()


def talk(
    key: str, customer: CustomerId, member: MemberId, note: str, *, days: int = -5
) -> Interaction:
    """Return a call, so many days from now."""
    return Interaction(
        id=InteractionId(key),
        customer=customer,
        member=member,
        at=NINE + days * DAY,
        channel=Channel.CALL,
        direction=Direction.OUTBOUND,
        note=note,
    )


def show(handover: Handover) -> None:
    """Show who takes over how much, how full they are then, and one note in two languages."""
    takers = Counter(move.to_member or "the pool" for move in handover.moves)
    carried = sum(len(move.carries.matters) for move in handover.moves if move.carries)
    print(f"{handover.member.name} hands over {len(handover.moves)} things:")
    for taker, count in sorted(takers.items()):
        print(f"  {count:3} to {taker}")
    print(f"{carried} open matters go along, {len(handover.uncovered)} things find nobody")
    if handover.customers is not None:
        print(f"who takes over the customers is {handover.customers.certificate}")
        for load in handover.customers.after.loads:
            print(f"  {load.member:6} {load.hours:5.1f} of {load.capacity:5.1f} h in four weeks")
    note = next(note for note in handover.notes if note.promises)
    print(f"\n{note}\n\n{note.in_language('zh-CN')}\n")


def go_on(uow: UnitOfWork, handover: Handover) -> None:
    """Let a month's work happen: the successor calls, and settles what was promised."""
    note = next(note for note in handover.notes if note.promises)
    promised = uow.matters.get(note.promises[0].id)
    successor = promised.member or PRIYA
    uow.interactions.add(talk("later", note.customer.id, successor, "The disc has arrived", days=7))
    uow.matters.save(attrs.evolve(promised, closed_at=NINE + 7 * DAY))


def main() -> int:
    """Plan, show, apply, go on, take back."""
    store = MemoryStore()
    load(store)
    handover = plan_handover(
        store,
        PRIYA,
        policy=Policy.default(),
        as_of=AS_OF,
        left_on=LAST_DAY,
        weights=AssignmentWeights(lowest_peak=True),
    )
    show(handover)

    before = holdings_at(store, NINE)
    receipt = apply_plan(store, handover, by="head-of-care", at=NINE, reason="Priya leaves")
    print(receipt)
    owners = dict(holdings_at(store, NINE).owners)
    print(f"Priya owns {sum(who == PRIYA for who in owners.values())} customers")

    with store.unit_of_work() as uow:
        go_on(uow, handover)
        uow.commit()
    later = NINE + 20 * DAY
    undone = undo_plan(store, receipt, by="head-of-care", at=later, reason="Priya stays")
    print(undone)
    for stays in undone.remains:
        print(f"  {stays}")
    same = holdings_at(store, later) == before
    print("everybody holds again what they held before" if same else "the states differ")
    return 0 if same and undone.remains else 1


if __name__ == "__main__":
    sys.exit(main())
