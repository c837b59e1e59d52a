"""Judging customers: from a trail to stage, scores, segment, tier and points.

What each verdict needs comes before it: what models predict follows from all customers, the
stage and the tier from replaying the trail month by month, the cell and the segment from the
features of today, and the points of the rules may read all of these.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from crmcore.calendar import Grain
from crmcore.features import CustomerFeatures, Trail
from crmcore.kernel import CustomerId, MemberId, Phrase, Undefined
from crmcore.lifecycle import StageHistory
from crmcore.policies import Policy
from crmcore.scoring import Score
from crmcore.segments import Placement, TierHistory
from crmcore.value import LifetimeValue

from ._predicting import Appraisal, by_customer, in_money, predicted
from ._records import Progress, Records
from ._walk import verdicts

_STEP = 1000


@attrs.frozen(kw_only=True)
class Judgement:
    """Where one customer stands, with all that led there.

    Attributes:
        features: What is known of the customer, with every verdict filled in.
        stages: The stages that the customer went through.
        tiers: The tiers that the customer went through.
        placement: The segment, and those of which it is unknown.
        score: The points of the rules, with their ledger.
        owner: Who looks after the customer; None where nobody does.
        value: What purchases to come are expected to bring, with all that it is a product of;
            None where nothing was bought yet, or no model tells.

    .. versionadded:: 0.1.0
    """

    features: CustomerFeatures
    stages: StageHistory
    tiers: TierHistory
    placement: Placement
    score: Score
    owner: MemberId | None
    value: LifetimeValue | None = None

    @property
    def customer(self) -> CustomerId:
        """Whom it is about."""
        return self.features.customer

    @property
    def value_if_alive(self) -> Decimal | None:
        """What the customer would be worth who had certainly not left; None without a value."""
        return None if self.value is None else in_money(self.value.if_alive, self.value.currency)

    def __repr__(self) -> str:
        """Return the verdicts, without what led there."""
        known = self.features
        return (
            f"<Judgement of {known.customer!r} as of {known.as_of}: {known.stage}, "
            f"{known.segment or 'no segment'}, {known.tier}, {self.score.value} points>"
        )


def checkpoints(first: date, as_of: date) -> tuple[date, ...]:
    """Return the days at which customers are judged: each month's first up to *as_of*."""
    anchor = Grain.MONTH.start(first)
    days: list[date] = []
    while (day := Grain.MONTH.after(anchor, len(days) + 1)) < as_of:
        days.append(day)
    return (*days, as_of)


def judge(
    records: Records,
    appraisal: Appraisal | Undefined,
    *,
    policy: Policy,
    as_of: date,
    progress: Progress,
) -> tuple[Judgement, ...]:
    """Judge every customer in use, in order of their ids."""
    values = by_customer(appraisal)
    days = checkpoints(records.first_day or as_of, as_of)
    found: list[Judgement] = []
    step, count = Phrase("judging customers", "评估客户"), len(records.customers)
    for customer in sorted(records.customers):
        held = records.owners.get(customer)
        owner = None if held is None else held.member
        value = values.get(customer)
        found.append(_judge_one(records.trails[customer], policy, days, owner, value))
        if len(found) % _STEP == 0:
            progress(len(found), count, step)
    progress(len(found), count, step)
    return tuple(found)


def _judge_one(
    trail: Trail,
    policy: Policy,
    days: Iterable[date],
    owner: MemberId | None,
    value: LifetimeValue | None,
) -> Judgement:
    course = [trail.at(day, window_days=policy.window_days) for day in days]
    stages = policy.stages.replay(course)
    tiers = policy.tiers.replay(course)
    features, placement, score = verdicts(
        course[-1],
        policy,
        stage=stages.stage.value,
        tier=tiers.tier,
        predicted=predicted(value),
    )
    return Judgement(
        features=features,
        stages=stages,
        tiers=tiers,
        placement=placement,
        score=score,
        owner=owner,
        value=value,
    )
