"""The owner index: who owned whom when, for many questions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from operator import attrgetter

import attrs

from crmcore.errors import Fault, FaultsError
from crmcore.kernel import CustomerId, MemberId

from ._ownership import Ownership, OwnershipRole, two_owners


@attrs.frozen(eq=False)
class OwnerIndex:
    """Who owned which customer when.

    Made by `owner_index`. It answers for any instant in the time of one binary search, so that
    a million purchases can each be credited to whoever owned the customer then.

    Attributes:
        owners: The intervals of the owners of each customer, by beginning.

    .. versionadded:: 0.1.0
    """

    owners: Mapping[CustomerId, tuple[Ownership, ...]] = attrs.field(repr=False)
    _begins: Mapping[CustomerId, tuple[datetime, ...]] = attrs.field(init=False, repr=False)

    @_begins.default
    def _begin(self) -> Mapping[CustomerId, tuple[datetime, ...]]:
        return {
            customer: tuple(one.since for one in held) for customer, held in self.owners.items()
        }

    def at(self, customer: CustomerId, at: datetime) -> MemberId | None:
        """Return who owned a customer at an instant, or None where nobody did.

        Complexity:
            ``O(log n)`` time for *n* intervals of the customer.
        """
        begins = self._begins.get(customer)
        if begins is None:
            return None
        place = bisect_right(begins, at)
        if not place:
            return None
        last = self.owners[customer][place - 1]
        return last.member if last.until is None or at < last.until else None

    def members_between(self, start: datetime, end: datetime) -> tuple[MemberId, ...]:
        """Return who owned any customer at any time from *start* up to, and without, *end*."""
        return tuple(
            sorted(
                {
                    one.member
                    for held in self.owners.values()
                    for one in held
                    if one.since < end and (one.until is None or start < one.until)
                }
            )
        )


def owner_index(ownerships: Iterable[Ownership]) -> OwnerIndex:
    """Return an index of who owned which customer when.

    Args:
        ownerships: Intervals of any customers, in any order. Those of collaborators are passed
            over.

    Raises:
        FaultsError: If a customer has two owners at the same time, with every such pair.

    Complexity:
        ``O(n log n)`` time for *n* intervals.

    .. versionadded:: 0.1.0
    """
    found: dict[CustomerId, list[Ownership]] = {}
    for held in ownerships:
        if held.role is OwnershipRole.OWNER:
            found.setdefault(held.customer, []).append(held)
    owners = {
        customer: tuple(sorted(found[customer], key=attrgetter("since", "id")))
        for customer in sorted(found)
    }
    faults = [fault for held in owners.values() for fault in _overlaps(held)]
    if faults:
        raise FaultsError("ownership", faults)
    return OwnerIndex(owners)


def _overlaps(held: tuple[Ownership, ...]) -> Iterator[Fault]:
    for earlier, later in pairwise(held):
        if earlier.until is None or later.since < earlier.until:
            yield two_owners(earlier, later, later.since)
