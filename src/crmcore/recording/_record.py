"""Recording a review: all of its facts in one unit of work."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

from crmcore.audit import Act
from crmcore.checks import utc
from crmcore.errors import AlreadyExistsError
from crmcore.reviews import Review
from crmcore.storage import DEFAULT_TENANT, Capability, Store, UnitOfWork, run

from ._changed import changes, new_ones
from ._facts import ReviewFacts
from ._recorded import RecordedFacts


def record_review(
    store: Store,
    review: Review,
    *,
    by: str,
    at: datetime,
    tenant: str = DEFAULT_TENANT,
) -> RecordedFacts:
    """Write down what a review found, so that it can be told later what was known then.

    The stage, the tier and the score of every customer become facts, and the values of the
    KPIs of the department, of each member by the owner of the day, and of nobody. All of it is
    kept in one unit of work, or nothing.

    Done twice, it writes nothing the second time. A review of the same day by the same policy
    that found something else, because records came in late, is refused: what was judged stays.
    Review a later day instead.

    Where the store has an outbox, ``customer.stage_changed`` and ``customer.tier_changed`` are
    recorded of every customer of whom something else held the day before.

    Args:
        store: Where to keep it.
        review: What `crmcore.reviews.review_department` returned.
        by: Who has it written down.
        at: When, as an aware instant.
        tenant: Whose records it is about.

    Returns:
        How many facts were new, and what has changed.

    Raises:
        AlreadyExistsError: If something else was judged of the same day by the same policy.
        StorageUnavailableError: If the store cannot keep it. Nothing was kept then.
        InvalidValueError: If *at* is naive, or *by* is no id.

    Complexity:
        Linear in customers and in the facts of the latest day before.

    .. versionadded:: 0.1.0
    """
    instant = utc(at, "at")
    act = Act(by=by, at=instant)
    facts = ReviewFacts(review, instant)
    tells = Capability.OUTBOX in store.capabilities

    def work(uow: UnitOfWork) -> RecordedFacts:
        log = uow.facts
        stages, tiers = list(facts.stages()), list(facts.tiers())
        moved = (
            *changes(
                log.stages,
                new_ones(log.stages, stages),
                "customer.stage_changed",
                lambda fact: fact.stage.value,
            ),
            *changes(
                log.tiers,
                new_ones(log.tiers, tiers),
                "customer.tier_changed",
                lambda fact: fact.tier,
            ),
        )
        recorded = RecordedFacts(
            as_of=review.as_of,
            by=by,
            at=instant,
            stages=log.stages.append(stages),
            tiers=log.tiers.append(tiers),
            scores=log.scores.append(facts.scores()),
            kpis=log.kpis.append(facts.kpis()),
            events=tuple(sorted(moved, key=attrgetter("subject", "name"))),
        )
        if tells:
            uow.record(*recorded.events)
        return recorded

    try:
        return run(store, work, tenant=tenant, act=act)
    except AlreadyExistsError:  # somebody was faster, perhaps with the very same facts
        return run(store, work, tenant=tenant, act=act)
