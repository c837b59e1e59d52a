"""Saying in a plan what each move carries along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from crmcore.activities import Matter
from crmcore.kernel import CustomerId
from crmcore.plans import Carried, Plan


def by_customer(matters: Iterable[Matter]) -> Mapping[CustomerId, tuple[Matter, ...]]:
    """Return matters by the customer whom they concern."""
    found: dict[CustomerId, list[Matter]] = {}
    for matter in matters:
        found.setdefault(matter.customer, []).append(matter)
    return {customer: tuple(some) for customer, some in found.items()}


def carrying(plan: Plan, matters: Mapping[CustomerId, Sequence[Matter]]) -> Plan:
    """Return the plan, in which each move of a customer says what goes along.

    That is what whoever gives the customer up is in charge of, or nobody, where nobody does.
    """
    moves = tuple(
        move
        if move.customer is None
        else attrs.evolve(
            move,
            carries=Carried(
                matter
                for matter in matters.get(move.customer, ())
                if matter.member == move.from_member
            ),
        )
        for move in plan.moves
    )
    return attrs.evolve(plan, moves=moves)
