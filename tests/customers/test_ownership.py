"""Ownership: which member looks after a customer, from when until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customers import (
    Cause,
    Ownership,
    OwnershipId,
    OwnershipRole,
    owner_index,
    owners_at,
)
from crmcore.errors import FaultsError, InvalidValueError
from crmcore.kernel import CustomerId, MemberId

NOON = datetime(1998, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def held(  # noqa: D103 - a short name for a record
    customer: str,
    member: str,
    since: datetime,
    until: datetime | None = None,
    role: OwnershipRole = OwnershipRole.OWNER,
) -> Ownership:
    return Ownership(
        id=OwnershipId(f"{customer}-{member}-{since:%H}-{role}"),
        customer=CustomerId(customer),
        member=MemberId(member),
        since=since,
        until=until,
        role=role,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Ownership]:
    """Customers who go from one member to the next, with or without a gap between."""
    history: list[Ownership] = []
    for customer in draw(st.sets(st.sampled_from(["c-1", "c-2", "c-3"]), min_size=1)):
        hours = sorted(draw(st.sets(st.integers(0, 23), max_size=6)))
        for begins, ends in zip(hours[::2], [*hours[1::2], None], strict=False):
            member = draw(st.sampled_from(["ana", "wei"]))
            since = NOON.replace(hour=begins)
            until = None if ends is None else NOON.replace(hour=ends)
            history.append(held(customer, member, since, until))
    return history


@given(histories(), st.integers(0, 23))
def test_the_owner_is_whose_interval_holds_the_instant(history: list[Ownership], hour: int) -> None:
    """It is what looking at every interval finds, and each customer has one owner at most."""
    at = NOON.replace(hour=hour)

    owners = owners_at(history, at)

    expected = {
        o.customer: o for o in history if o.since <= at and (o.until is None or at < o.until)
    }
    assert owners == expected
    assert list(owners) == sorted(expected)


@given(st.data(), histories())
def test_order_does_not_matter(data: st.DataObject, history: list[Ownership]) -> None:
    """The same intervals in another order name the same owners in the same order."""
    shuffled = data.draw(st.permutations(history))

    assert list(owners_at(history, NOON).items()) == list(owners_at(shuffled, NOON).items())


def test_an_interval_holds_its_first_instant_and_not_its_end() -> None:
    """Whoever takes over at noon owns the customer at noon, and nobody else does."""
    before, after = held("c-1", "ana", NOON - HOUR, NOON), held("c-1", "wei", NOON)

    assert owners_at([before, after], NOON)[CustomerId("c-1")].member == "wei"
    assert before.lasts_at(NOON - HOUR)
    assert not before.lasts_at(NOON)
    assert not after.lasts_at(NOON - HOUR)


def test_collaborators_own_nothing() -> None:
    """A collaborator beside the owner is no second owner."""
    beside = held("c-1", "ana", NOON, role=OwnershipRole.COLLABORATOR)

    assert owners_at([beside], NOON) == {}
    assert owners_at([beside, held("c-1", "wei", NOON)], NOON)[CustomerId("c-1")].member == "wei"


def test_two_owners_at_once_are_refused_together() -> None:
    """Every customer with two owners is told, with both."""
    doubled = [held(c, m, NOON) for c in ("c-1", "c-2") for m in ("ana", "wei")]

    with pytest.raises(FaultsError, match="both 'ana' and 'wei' own it") as caught:
        owners_at(doubled, NOON)

    assert [fault.path for fault in caught.value.faults] == ["customer 'c-1'", "customer 'c-2'"]


def test_an_interval_ends_after_it_begins() -> None:
    """An interval without length is refused."""
    with pytest.raises(InvalidValueError, match=r"^until must be after since, 1998-07-01T12"):
        held("c-1", "wei", NOON, NOON)


def test_an_ownership_says_how_it_came_about() -> None:
    """What nobody says was done by hand."""
    assert held("c-1", "wei", NOON).cause is Cause.MANUAL


@given(histories(), st.data())
def test_the_index_finds_whom_a_walk_finds(history: list[Ownership], data: st.DataObject) -> None:
    """For every customer and instant, the index names the owner whom `owners_at` names."""
    index = owner_index(data.draw(st.permutations(history)))

    for customer in map(CustomerId, ("c-1", "c-2", "c-3", "nobody's")):
        for hour in range(24):
            at = NOON.replace(hour=hour)
            found = owners_at(history, at).get(customer)
            assert index.at(customer, at) == (None if found is None else found.member)


@given(histories(), st.integers(0, 22), st.integers(1, 23))
def test_the_index_knows_who_owned_anybody_in_between(
    history: list[Ownership], first: int, hours: int
) -> None:
    """Whoever owned a customer at some instant of a stretch of time is named, and nobody else."""
    start = NOON.replace(hour=first)
    index = owner_index(history)

    owned = {
        held.member
        for hour in range(hours)
        for held in owners_at(history, start + hour * HOUR).values()
    }

    # All intervals begin and end on the hour, so that every hour stands for all of its instants.
    assert index.members_between(start, start + hours * HOUR) == tuple(sorted(owned))


def test_collaborators_own_nobody() -> None:
    """Who works beside the owner is not taken for one."""
    index = owner_index([held("c-1", "wei", NOON, role=OwnershipRole.COLLABORATOR)])

    assert index.at(CustomerId("c-1"), NOON) is None
    assert index.members_between(NOON, NOON + HOUR) == ()


def test_two_owners_at_any_time_are_refused() -> None:
    """An index that could name either of two owners is not made."""
    first = held("c-1", "wei", NOON, NOON + 2 * HOUR)
    second = held("c-1", "ana", NOON + HOUR)

    with pytest.raises(FaultsError, match="both 'wei' and 'ana' own it at 1998-07-01T13:00"):
        owner_index([second, first])
