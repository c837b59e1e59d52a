"""The whole of each kind of record: one with every field filled, and one with little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import attrs

from crmcore.activities import MatterKind
from crmcore.calendar import Period
from crmcore.customers import Cause, CustomerKind, OwnershipRole
from crmcore.facts import KpiFact, KpiScope, ScoreFact, StageFact, TierFact
from crmcore.kernel import Money, Phrase, Reason
from crmcore.kpis import Unit
from crmcore.lifecycle import Stage
from crmcore.organization import (
    Department,
    Duty,
    Interest,
    Member,
    Responsibility,
    Role,
    SkillLevel,
    Team,
)
from crmcore.scoring import Entry, EntryKind, EventPart, EventUse, Override, Score
from crmcore.statistics import Interval
from crmcore.storage import UnitOfWork

from ._samples import (
    NEW_YEAR,
    SPRING,
    SUMMER,
    assignment,
    contact,
    customer,
    interaction,
    matter,
    ownership,
    purchase,
)

R = TypeVar("R")


def _make(cls: type[R], **fields: Any) -> R:  # noqa: ANN401 - any field of the class
    return cls(**fields)


_SKILLS: Final = (SkillLevel("mandarin", 5), SkillLevel("negotiation", 3))


def _judged(cls: type[R], **fields: Any) -> R:  # noqa: ANN401 - as above
    usual: dict[str, Any] = {
        "as_of": date(1997, 4, 1),
        "policy": "shop",
        "policy_version": "3",
        "fingerprint": "9f2c",
        "recorded_at": SUMMER,
    }
    return cls(**usual | fields)


_ENTRY: Final = Entry(
    kind=EntryKind.GIVEN,
    rule="buys often",
    version="2",
    points=Decimal("12.5"),
    base=Decimal(25),
    factor=Decimal("0.50"),
    age_days=14,
    reason=Phrase("4 orders, more than 3", "4 个订单，多于 3"),
    fields=("orders", "spend", "region", "archived", "last"),
    values=(4, Money("29.330", "USD"), None, False, date(1997, 3, 18)),
    events=(EventPart(id="p-1", day=None, use=EventUse.UNKNOWN),),
)
_SCORE: Final = Score(
    rule_set="warmth",
    version="7",
    as_of=date(1997, 4, 1),
    ledger=(_ENTRY,),
    low=Decimal("-0.5"),
    high=Decimal("12.50"),
    override=Override(
        value=Decimal(40), author="wei", reason="They said so.", expires=date(1997, 5, 1)
    ),
)
_FIGURE: Final[dict[str, Any]] = {
    "kpi": "sales",
    "definition_version": "1",
    "scope_id": "care",
    "period_start": date(1997, 1, 1),
    "period_end": date(1997, 4, 1),
    "unit": Unit.MONEY,
}

# For each repository, and each part of the log of facts, one record with every field filled,
# and one with as little as possible.
WHOLE: Final[Mapping[str, tuple[Any, Any]]] = {
    "customers": (
        customer(
            "c-1",
            name="O'Brien & 王伟 \"%_\\",
            kind=CustomerKind.ORGANIZATION,
            known_since=date(1900, 2, 28),
            language="zh",
            region="north",
            needs=("mandarin", "negotiation"),
            archived_at=SUMMER,
        ),
        customer("c-2"),
    ),
    "contacts": (
        contact("k-1", email="li@example.org", phone="+86 10 1234", position="buyer"),
        contact("k-2"),
    ),
    "ownerships": (
        ownership("o-1", until=SUMMER, role=OwnershipRole.COLLABORATOR, cause=Cause.PLAN),
        ownership("o-2", since=datetime(1, 1, 2, tzinfo=UTC)),
    ),
    "purchases": (
        purchase(
            "p-1",
            at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            amount=Money("-0.125", "USD"),
            quantity=0,
            refund=True,
            channel="web",
        ),
        purchase("p-2", amount=Money("1234567890123456789012.50", "JPY")),
    ),
    "interactions": (
        interaction("i-1", member="wei", minutes=0, note="first line\n\tsecond line"),
        interaction("i-2", at=datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)),
    ),
    "matters": (
        matter(
            "m-1",
            kind=MatterKind.OPPORTUNITY,
            member="wei",
            due_at=SPRING,
            closed_at=SUMMER,
            promise="An offer,\n\tin writing",
            next_step="打电话",
            amount=Money("48000.125", "USD"),
        ),
        matter("m-2", subject="O'Brien & 王伟 \"%_\\"),
    ),
    "departments": (
        _make(Department, id="care", name="Customer care", purpose="Keep the customers."),
        _make(Department, id="sales", name="Sales"),
    ),
    "teams": (
        _make(
            Team,
            id="service",
            name="Service",
            department="care",
            purpose="Answer.",
            lead="wei",
            indicators=("K17", "K15"),
            looks_after_customers=True,
        ),
        _make(Team, id="analysis", name="Analysis", department="care"),
    ),
    "roles": (
        _make(Role, id="head", name="Head", purpose="Lead.", skills=_SKILLS, has_authority=True),
        _make(Role, id="clerk", name="Clerk"),
    ),
    "members": (
        _make(
            Member,
            id="wei",
            name="伟",
            team="service",
            roles=("clerk", "head"),
            skills=_SKILLS,
            interests=(Interest("complaints", -1),),
            weekly_hours=Decimal("37.50"),
            leave=(Period(date(1998, 7, 6), date(1998, 7, 18)),),
            languages=("en", "zh"),
            regions=("north",),
            left_on=date(1999, 1, 1),
        ),
        _make(Member, id="ada", name="Ada", team="analysis", weekly_hours=0),
    ),
    "responsibilities": (
        _make(
            Responsibility,
            id="complaints",
            name="Complaints",
            role="clerk",
            team="service",
            content="Answer each.",
            expected_outcome="They stay.",
            weekly_hours="0.05",
            skills=_SKILLS,
            indicators=("K15",),
            importance=3,
            has_backup=False,
            segregated_from=("audits",),
        ),
        _make(
            Responsibility, id="audits", name="Audits", role="head", team="analysis", weekly_hours=1
        ),
    ),
    "assignments": (
        assignment("complaints/responsible/wei", until=SUMMER),
        assignment("a-2", duty=Duty.BACKUP),
    ),
    "stage_facts": (
        _judged(StageFact, customer="c-1", stage=Stage.AT_RISK, since=date(1997, 1, 31)),
        _judged(StageFact, customer="c-2", stage=Stage.PROSPECT, since=date.min, as_of=date.min),
    ),
    "tier_facts": (
        _judged(TierFact, customer="c-1", tier="gold", since=date(1997, 4, 1)),
        _judged(TierFact, customer="c-2", tier="金", since=date(1996, 2, 29), fingerprint="0"),
    ),
    "score_facts": (
        ScoreFact.of(
            _SCORE,
            customer="c-1",
            policy="shop",
            policy_version="3",
            fingerprint="9f2c",
            recorded_at=SUMMER,
        ),
        ScoreFact.of(
            attrs.evolve(_SCORE, ledger=(), low=Decimal(0), high=Decimal(0), override=None),
            customer="c-2",
            policy="shop",
            policy_version="3",
            fingerprint="9f2c",
            recorded_at=NEW_YEAR,
        ),
    ),
    "kpi_facts": (
        _judged(
            KpiFact,
            **_FIGURE,
            currency="USD",
            stated_days=90,
            number=Decimal("0.3333333333333333333333333333333333333333"),
            numerator=Decimal("1.50"),
            denominator=Decimal("4.5"),
            n=3,
            missing=1,
            interval=Interval(low=0.1, high=0.30000000000000004, method="Wilson"),
        ),
        _judged(
            KpiFact,
            **_FIGURE | {"scope": KpiScope.NOBODY, "scope_id": None},
            reason=Reason.NO_DATA,
            detail=Phrase("there were no orders", "没有订单"),
        ),
    ),
}


def put(uow: UnitOfWork, name: str, records: Iterable[Any]) -> None:
    """Store new records of one kind."""
    log, _, facts = name.partition("_")
    if facts:
        getattr(uow.facts, f"{log}s").append(records)
    else:
        getattr(uow, name).add_all(records)


def everything_of(uow: UnitOfWork, name: str) -> dict[str, Any]:
    """Return all records of one kind by id, archived ones too."""
    log, _, facts = name.partition("_")
    found = (
        getattr(uow.facts, f"{log}s").stream()
        if facts
        else getattr(uow, name).stream(with_archived=True)
    )
    return {record.id: record for record in found}
