"""Changes to a scenario: in words, and in what a change of hands costs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import attrs

from crmcore.kernel import Phrase, round_half_up
from crmcore.organization import Member

from ._weights import AssignmentWeights
from ._wish import Lock, Pin


def hours_changed(member: str, more: Decimal) -> Phrase:
    """Say that a member has so many hours more, or below 0 fewer."""
    shown = f"{round_half_up(abs(more), 2).normalize() + 0:f}"
    if more < 0:
        return Phrase(f"{shown} h less for {member}", f"{member}减少{shown}小时")
    return Phrase(f"{shown} h more for {member}", f"{member}增加{shown}小时")


def joined(member: Member) -> Phrase:
    """Say that a member has come."""
    return Phrase(f"with {member.id}", f"{member.id}加入")


def said(pin: Pin | Lock, *, is_added: bool) -> Phrase:
    """Say that there is a wish, or that it is given up."""
    what = pin.subject
    if isinstance(pin, Lock):
        wish = Phrase(f"{what} locked", f"锁定{what}")
    else:
        wish = Phrase(f"{what} pinned to {pin.member}", f"将{what}指定给{pin.member}")
    return wish if is_added else Phrase(f"not {wish.en}", f"不再{wish.zh}")


def told(changes: Sequence[Phrase]) -> Phrase:
    """Say on one line what was changed."""
    if not changes:
        return Phrase("as it is", "维持现状")
    return Phrase(
        "; ".join(change.en for change in changes), "；".join(change.zh for change in changes)
    )


def points_at(points: int, times: Fraction) -> int:
    """Return so many times the points, rounded half up."""
    return int(points * times + Fraction(1, 2))


def weights_at(weights: AssignmentWeights, times: Fraction) -> AssignmentWeights:
    """Return the weights with every change of hands at so many times its price."""
    return attrs.evolve(
        weights,
        change=points_at(weights.change, times),
        valuable_change=points_at(weights.valuable_change, times),
        yearly_change=points_at(weights.yearly_change, times),
    )
