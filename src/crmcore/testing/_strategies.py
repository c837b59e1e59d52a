"""Strategies for records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from crmcore.activities import Channel, Direction, Interaction, Matter, MatterKind, Purchase
from crmcore.audit import AuditHead, AuditRecord
from crmcore.criteria import Criterion, Schema
from crmcore.customers import (
    Cause,
    Contact,
    Customer,
    CustomerKind,
    Ownership,
    OwnershipRole,
)
from crmcore.errors import UnknownNameError
from crmcore.facts import KpiFact, ScoreFact, StageFact, TierFact
from crmcore.organization import (
    Assignment,
    Department,
    Duty,
    Interest,
    Member,
    Organization,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.storage import Command

from . import _log_strategies as log
from . import _values as values
from ._edges import EDGES, random_rows
from ._random_criteria import Generator

T = TypeVar("T")

_FEW: Final = 3


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(st.none(), strategy)


def _few(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
    return st.lists(strategy, max_size=_FEW)


def _levels() -> st.SearchStrategy[list[SkillLevel]]:
    level = st.builds(SkillLevel, values.skills, st.integers(1, 7))
    return st.lists(level, max_size=_FEW, unique_by=lambda one: one.skill)


def _interests() -> st.SearchStrategy[list[Interest]]:
    interest = st.builds(Interest, values.skills, st.integers(-2, 2))
    return st.lists(interest, max_size=_FEW, unique_by=lambda one: one.subject)


def _between(since: datetime, until: datetime | None) -> dict[str, st.SearchStrategy[Any]]:
    return {"since": st.just(since), "until": st.just(until)}


def _customers(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Customer]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.people,
        "kind": st.sampled_from(CustomerKind),
        "known_since": _maybe(values.days),
        "language": _maybe(values.languages),
        "region": _maybe(values.regions),
        "needs": _few(values.skills),
        "archived_at": _maybe(values.instants),
    }
    return st.builds(Customer, **(usual | fields))


def _contacts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Contact]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "customer": values.ids,
        "name": values.people,
        "email": _maybe(values.people),
        "phone": _maybe(values.people),
        "position": _maybe(values.people),
    }
    return st.builds(Contact, **(usual | fields))


def _ownerships(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Ownership]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "customer": values.ids,
        "member": values.ids,
        "role": st.sampled_from(OwnershipRole),
        "cause": st.sampled_from(Cause),
    }
    return values.intervals().flatmap(
        lambda ends: st.builds(Ownership, **(usual | _between(*ends) | fields))
    )


def _purchases(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Purchase]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "customer": values.ids,
        "at": values.instants,
        "quantity": st.integers(0, 1000),
        "channel": _maybe(st.sampled_from(("shop", "web"))),
    }

    def of_kind(refund: bool) -> st.SearchStrategy[Purchase]:  # noqa: FBT001 - drawn by place
        kind = {"refund": st.just(refund), "amount": values.amounts(refund=refund)}
        return st.builds(Purchase, **(usual | kind | fields))

    return st.booleans().flatmap(of_kind)


def _interactions(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Interaction]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "customer": values.ids,
        "member": _maybe(values.ids),
        "at": values.instants,
        "channel": st.sampled_from(Channel),
        "direction": st.sampled_from(Direction),
        "minutes": _maybe(st.integers(0, 600)),
        "note": _maybe(values.remarks),
    }
    return st.builds(Interaction, **(usual | fields))


def _matters(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Matter]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "customer": values.ids,
        "member": _maybe(values.ids),
        "subject": values.people,
        "promise": _maybe(values.remarks),
        "next_step": _maybe(values.remarks),
    }

    def of_kind(kind: MatterKind, opened: datetime) -> st.SearchStrategy[Matter]:
        later = _maybe(values.instants.map(lambda at: max(at, opened)))
        worth = values.amounts() if kind is MatterKind.OPPORTUNITY else st.nothing()
        particular = {
            "kind": st.just(kind),
            "opened_at": st.just(opened),
            "due_at": later,
            "closed_at": later,
            "amount": st.none() | worth,
        }
        return st.builds(Matter, **(usual | particular | fields))

    return st.tuples(st.sampled_from(MatterKind), values.instants).flatmap(
        lambda drawn: of_kind(*drawn)
    )


def _departments(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Department]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.names,
        "purpose": _maybe(values.texts),
    }
    return st.builds(Department, **(usual | fields))


def _teams(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Team]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.names,
        "department": values.ids,
        "purpose": _maybe(values.texts),
        "lead": _maybe(values.ids),
        "indicators": _few(values.ids),
        "looks_after_customers": st.booleans(),
    }
    return st.builds(Team, **(usual | fields))


def _roles(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Role]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.names,
        "purpose": _maybe(values.texts),
        "skills": _levels(),
        "has_authority": st.booleans(),
    }
    return st.builds(Role, **(usual | fields))


def _members(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Member]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.people,
        "team": values.ids,
        "roles": _few(values.ids),
        "skills": _levels(),
        "interests": _interests(),
        "weekly_hours": values.hours(0),
        "leave": _few(values.periods()),
        "languages": _few(values.languages),
        "regions": _few(values.regions),
        "left_on": _maybe(values.days),
    }
    return st.builds(Member, **(usual | fields))


def _responsibilities(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Responsibility]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "name": values.names,
        "role": values.ids,
        "team": values.ids,
        "content": _maybe(values.texts),
        "expected_outcome": _maybe(values.texts),
        "weekly_hours": values.hours(1),
        "skills": _levels(),
        "indicators": _few(values.ids),
        "importance": st.integers(1, 3),
        "has_backup": st.booleans(),
    }
    return st.builds(Responsibility, **(usual | fields))


def _assignments(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Assignment]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "responsibility": values.ids,
        "duty": st.sampled_from(Duty),
        "member": values.ids,
    }
    return values.intervals().flatmap(
        lambda ends: st.builds(Assignment, **(usual | _between(*ends) | fields))
    )


def _id(held: Assignment) -> str:
    return held.id


def _held(held: Assignment) -> tuple[str, str, Duty]:
    return held.responsibility, held.member, held.duty


_STRATEGIES: Final[dict[type[Any], Callable[..., st.SearchStrategy[Any]]]] = {
    Assignment: _assignments,
    Contact: _contacts,
    Customer: _customers,
    Department: _departments,
    Interaction: _interactions,
    Matter: _matters,
    Member: _members,
    Ownership: _ownerships,
    Purchase: _purchases,
    Responsibility: _responsibilities,
    Role: _roles,
    Team: _teams,
    StageFact: log.stage_facts,
    TierFact: log.tier_facts,
    ScoreFact: log.score_facts,
    KpiFact: log.kpi_facts,
    Command: log.commands,
    AuditRecord: log.audit_records,
    AuditHead: log.audit_heads,
}


def records(kind: type[T], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Return a strategy for the records that a store keeps.

    Their personal fields hold a canary now and then, the text ``canary9f2c``: whoever finds it in
    an error or a log has found a leak.

    Args:
        kind: Their class, such as `crmcore.customers.Customer`.
        **fields: Strategies for fields that are to be something particular.

    Raises:
        UnknownNameError: If stores keep no records of this class.

    .. versionadded:: 0.1.0
    """
    if kind not in _STRATEGIES:
        known = [one.__name__ for one in _STRATEGIES]
        raise UnknownNameError("class of records", getattr(kind, "__name__", str(kind)), known)
    return _STRATEGIES[kind](**fields)


def organizations() -> st.SearchStrategy[Organization]:
    """Return a strategy for departments in which every name leads somewhere.

    .. versionadded:: 0.1.0
    """
    return _organizations()


@st.composite
def _organizations(draw: st.DrawFn) -> Organization:
    department = draw(_departments())
    drawn = {
        kind: draw(st.lists(values.ids, min_size=1, max_size=_FEW, unique=True))
        for kind in ("teams", "roles", "members", "responsibilities")
    }
    team, role, member, promised = (st.sampled_from(drawn[kind]) for kind in drawn)
    return Organization(
        department=department,
        teams=[
            draw(_teams(id=st.just(key), department=st.just(department.id), lead=_maybe(member)))
            for key in drawn["teams"]
        ],
        roles=[draw(_roles(id=st.just(key))) for key in drawn["roles"]],
        members=[
            draw(_members(id=st.just(key), team=team, roles=_few(role))) for key in drawn["members"]
        ],
        responsibilities=[
            draw(_responsibilities(id=st.just(key), team=team, role=role))
            for key in drawn["responsibilities"]
        ],
        assignments=draw(
            st.lists(
                _assignments(responsibility=promised, member=member),
                max_size=_FEW,
                unique_by=(_id, _held),
            )
        ),
    )


def criteria(schema: Schema = EDGES) -> st.SearchStrategy[Criterion]:
    """Return a strategy for criteria that a schema accepts, of every shape.

    Args:
        schema: The fields that they read; without it, one with fields of every kind.

    .. versionadded:: 0.1.0
    """
    chance = st.randoms(note_method_calls=False, use_true_random=False)
    rows = random_rows(0, count=20, schema=schema)
    return chance.map(lambda random: Generator.of(random, schema, rows).criterion())
