"""Conflicts: where what is stored is not what a plan or a receipt takes for granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from crmcore.customers import OwnershipRole
from crmcore.errors import Fault
from crmcore.kernel import MemberId
from crmcore.receipts import Change

from ._books import Books, Interval, Key


@attrs.frozen
class Step:
    """One thing that is to change hands."""

    key: Key
    from_member: MemberId | None
    to_member: MemberId | None
    expected_version: int | None


@attrs.frozen
class Way:
    """The way back of one change: who gives it up again, and to whom."""

    key: Key
    change: Change
    holder: MemberId | None
    former: MemberId | None

    @classmethod
    def back(cls, change: Change, at: datetime) -> Way:
        """Return the way back at an instant.

        A change that began no interval leaves nobody to take it from; what would have come
        to its end by now goes back to nobody.
        """
        is_over = change.until is not None and change.until <= at
        return cls(
            Key.of(change),
            change,
            None if change.opened is None else change.to_member,
            None if is_over else change.from_member,
        )


def plan_faults(books: Books, steps: Iterable[Step]) -> Iterator[Fault]:
    for step in steps:
        for problem in (
            *_differs_from_plan(step, books.holders(step.key)),
            *books.obstacles(step.key, step.from_member, step.to_member),
        ):
            yield Fault(str(step.key), problem)


def receipt_faults(books: Books, ways: Iterable[Way], since: datetime) -> Iterator[Fault]:
    for way in ways:
        for problem in (
            *_differs_from_receipt(way, books.holders(way.key), since),
            *books.obstacles(way.key, way.holder, way.former),
        ):
            yield Fault(str(way.key), problem)


def _named(members: Iterable[MemberId]) -> str:
    return " and ".join(map(repr, sorted(members))) or "nobody"


def _differs_from_plan(step: Step, holders: Mapping[MemberId, Interval]) -> Iterator[str]:
    """Say where the holders are not those that the plan was made for.

    A duty may have two holders today, of whom the plan knows one; a customer has one owner.
    """
    expected = set() if step.from_member is None else {step.from_member}
    is_shared = step.key.is_shared and step.from_member is not None
    found = expected & set(holders) if is_shared else set(holders)
    if found != expected:
        yield f"the plan takes it from {_named(expected)}, now it is held by {_named(holders)}"
        return
    if step.from_member is not None:
        version = holders[step.from_member].version
        if step.expected_version == 0:
            yield f"the plan was made without a version, version {version} is stored"
        elif step.expected_version not in (None, version):
            yield f"the plan knows version {step.expected_version}, version {version} is stored"


def _differs_from_receipt(
    way: Way, holders: Mapping[MemberId, Interval], since: datetime
) -> Iterator[str]:
    """Say where the holders are not those that the receipt left, *since* its instant.

    What it began must still hold, and nothing else may have begun since, but for others who
    have begun to work beside an owner.
    """
    change = way.change
    if way.key.role is OwnershipRole.COLLABORATOR:
        concerned = {change.from_member, change.to_member}
        holders = {who: held for who, held in holders.items() if who in concerned}
    ours = next((held for held in holders.values() if held.id == change.opened), None)
    is_newer = any(held is not ours and held.since >= since for held in holders.values())
    if is_newer or (change.opened is not None and ours is None):
        left_to = "nobody" if change.to_member is None else repr(change.to_member)
        now = "it is held by" if _named(holders) != left_to else "it is held anew by"
        yield f"the receipt left it to {left_to}, now {now} {_named(holders)}"
    elif ours is not None and ours.version != change.version:
        yield f"the receipt left version {change.version}, version {ours.version} is stored"
