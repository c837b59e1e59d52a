"""Walking along a trail: the stage and the tier that a policy gives, checkpoint by checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs

from crmcore.features import CustomerFeatures
from crmcore.lifecycle import Stage
from crmcore.policies import Policy
from crmcore.scoring import Score
from crmcore.segments import Placement

Predicted: TypeAlias = Mapping[str, Any]

NOTHING: Final[Predicted] = MappingProxyType({})


def verdicts(
    features: CustomerFeatures,
    policy: Policy,
    *,
    stage: str,
    tier: str,
    predicted: Predicted = NOTHING,
) -> tuple[CustomerFeatures, Placement, Score]:
    """Return the features with every verdict filled in, the segment and the score.

    Args:
        features: What is known of the customer.
        policy: What it is judged by.
        stage: The stage of the customer.
        tier: The tier.
        predicted: What models say of the customer, by the names of the features.
    """
    features = attrs.evolve(features, stage=stage, tier=tier, **predicted)
    cell = policy.rfm.cell(features)
    if cell is not None:
        features = attrs.evolve(features, r=cell.r, f=cell.f, m=cell.m)
    placement = policy.segments.place(features)
    if placement.segment is not None:
        features = attrs.evolve(features, segment=placement.segment.name)
    return features, placement, policy.rules.score(features, as_of=features.as_of)


@attrs.frozen
class Standing:
    """What a policy says of a customer on a day."""

    stage: str
    tier: str
    segment: str | None
    score: Decimal
    minutes: int


@attrs.define
class Walk:
    """One customer under one policy, from checkpoint to checkpoint.

    Attributes:
        policy: The policy.
        stage: Where the customer stands after the latest checkpoint.
        tier: The tier of the customer after it.
        since: The day of the latest change of tier; None before the first.
    """

    policy: Policy
    stage: Stage
    tier: str
    since: date | None = None

    @classmethod
    def begin(cls, policy: Policy) -> Walk:
        """Return a walk of which no checkpoint has been seen."""
        return cls(policy, policy.stages.initial, policy.tiers.tiers[0].name)

    def step(self, features: CustomerFeatures) -> None:
        """Pass a checkpoint."""
        move = self.policy.stages.step(self.stage, features)
        if move is not None:
            self.stage = move.after
        change = self.policy.tiers.step(self.tier, features, since=self.since)
        if change is not None:
            self.tier, self.since = change.after, change.day

    def standing(self, features: CustomerFeatures, predicted: Predicted) -> Standing:
        """Return where the customer would stand, were the day of *features* a checkpoint."""
        here = attrs.evolve(self)
        here.step(features)
        judged, _, score = verdicts(
            features, self.policy, stage=here.stage.value, tier=here.tier, predicted=predicted
        )
        return Standing(
            stage=here.stage.value,
            tier=here.tier,
            segment=judged.segment,
            score=score.value,
            minutes=self.policy.book.minutes(here.tier, here.stage.value),
        )
