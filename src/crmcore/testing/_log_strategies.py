"""Strategies for what a store keeps beside the company's records: facts, commands, the trail."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from crmcore.audit import AuditHead, AuditKind, AuditRecord, FieldChange, PersonalChange
from crmcore.facts import KpiFact, KpiScope, ScoreFact, StageFact, TierFact
from crmcore.kernel import Phrase, Reason
from crmcore.kpis import Unit
from crmcore.lifecycle import Stage
from crmcore.scoring import Entry, EntryKind, EventPart, EventUse, Override, Score
from crmcore.statistics import Interval
from crmcore.storage import Command

from . import _values as values

T = TypeVar("T")

_FEW: Final = 2
_YEAR: Final = 366

_digests: Final = st.text("0123456789abcdef", min_size=64, max_size=64)
_points: Final = st.integers(-(10**6), 10**6).map(lambda whole: Decimal(whole) / 100)
_shares: Final = st.integers(0, 1000).map(lambda whole: Decimal(whole) / 1000)
_numbers: Final = st.one_of(
    _points, st.integers(1, 10**6).map(lambda whole: Decimal(f"{whole}e-100"))
)
_phrases: Final = st.builds(Phrase, values.names, values.names)
_json: Final = st.sampled_from((None, "null", '"north"', "[1,2]"))


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.one_of(st.none(), strategy)


def _judged(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    usual: dict[str, st.SearchStrategy[Any]] = {
        "as_of": values.days,
        "policy": values.names,
        "policy_version": values.ids,
        "fingerprint": values.ids,
        "recorded_at": values.instants,
    }
    return usual | fields


def stage_facts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[StageFact]:
    """Return a strategy for facts about stages."""
    about = {"customer": values.ids, "stage": st.sampled_from(Stage)}
    return _since(StageFact, about, fields)


def tier_facts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[TierFact]:
    """Return a strategy for facts about tiers."""
    return _since(TierFact, {"customer": values.ids, "tier": values.ids}, fields)


def _since(
    kind: type[T],
    about: dict[str, st.SearchStrategy[Any]],
    fields: dict[str, st.SearchStrategy[Any]],
) -> st.SearchStrategy[T]:
    usual = _judged(**about)
    before = st.integers(0, _YEAR).map(lambda count: timedelta(days=count))
    return st.tuples(fields.get("as_of", usual["as_of"]), before).flatmap(
        lambda drawn: st.builds(
            kind,
            **usual
            | {"since": st.just(drawn[0] - drawn[1])}
            | fields
            | {"as_of": st.just(drawn[0])},
        )
    )


def score_facts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[ScoreFact]:
    """Return a strategy for facts about scores; the day is that of the score."""
    usual = _judged(customer=values.ids)
    del usual["as_of"]
    scores = fields.pop("score", _scores())
    return st.builds(ScoreFact.of, scores, **usual | fields)


@st.composite
def _scores(draw: st.DrawFn) -> Score:
    ledger = draw(st.lists(_entries, max_size=_FEW))
    value = sum((entry.points for entry in ledger), Decimal(0))
    override = st.builds(
        Override, value=_points, author=values.people, reason=values.remarks, expires=values.days
    )
    return Score(
        rule_set=draw(values.names),
        version=draw(values.ids),
        as_of=draw(values.days),
        ledger=tuple(ledger),
        low=value - draw(_shares),
        high=value + draw(_shares),
        override=draw(_maybe(override)),
    )


_evidence: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), _points, values.names, values.days, values.amounts()
)
_parts: Final = st.builds(
    EventPart,
    id=values.ids,
    day=_maybe(values.days),
    use=st.sampled_from(EventUse),
    points=_points,
    factor=_shares,
)


@st.composite
def _entry(draw: st.DrawFn) -> Entry:
    read = draw(st.dictionaries(values.ids, _evidence, max_size=_FEW))
    return Entry(
        kind=draw(st.sampled_from(EntryKind)),
        rule=draw(values.names),
        version=draw(values.ids),
        points=draw(_points),
        base=draw(_points),
        reason=draw(_phrases),
        factor=draw(_shares),
        age_days=draw(_maybe(st.integers(0, 10_000))),
        at_stake=draw(_points),
        fields=tuple(sorted(read)),
        values=tuple(read[name] for name in sorted(read)),
        events=tuple(draw(st.lists(_parts, max_size=_FEW))),
    )


_entries: Final = _entry()


def kpi_facts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[KpiFact]:
    """Return a strategy for facts about KPIs, with a value or without one."""
    usual = _judged(
        kpi=values.ids,
        definition_version=values.ids,
        unit=st.sampled_from(Unit),
        currency=_maybe(st.sampled_from(("USD", "JPY"))),
        stated_days=_maybe(st.integers(1, _YEAR)),
    )
    # JSON numbers of more than 30 digits are refused, those with large exponents among them.
    bounds = st.floats(-1e12, 1e12).map(lambda bound: round(bound, 9))
    interval = st.tuples(bounds, bounds).map(
        lambda ends: Interval(low=min(ends) + 0.0, high=max(ends) + 0.0, method="Wilson")
    )
    known = {
        "number": _numbers,
        "numerator": _maybe(_numbers),
        "denominator": _maybe(_numbers),
        "n": st.integers(0, 10**6),
        "missing": st.integers(0, 10**6),
        "interval": _maybe(interval),
    }
    unknown = {"reason": st.sampled_from(Reason), "detail": _maybe(_phrases)}
    whose = st.one_of(
        st.just((KpiScope.NOBODY, None)),
        st.tuples(st.sampled_from((KpiScope.DEPARTMENT, KpiScope.MEMBER)), values.ids),
    )

    def of(drawn: tuple[Any, Any, Any]) -> st.SearchStrategy[KpiFact]:
        period, (scope, key), value = drawn
        about = {
            "scope": scope,
            "scope_id": key,
            "period_start": period.start,
            "period_end": period.end,
        }
        settled = {name: st.just(found) for name, found in about.items()}
        return st.builds(KpiFact, **usual | settled | value | fields)

    return st.tuples(values.periods(), whose, st.sampled_from((known, unknown))).flatmap(of)


def commands(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    """Return a strategy for commands, answered or not."""
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": values.ids,
        "request": _digests,
        "answer": _maybe(values.remarks),
    }
    return st.builds(Command, **usual | fields)


def audit_records(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[AuditRecord]:
    """Return a strategy for links of chains, whose digests are any."""
    salt = _maybe(_digests)
    change = st.builds(FieldChange, field=values.ids, before=_json, after=_json)
    personal = st.builds(
        PersonalChange, field=values.ids, commitment=_digests, salt=salt, before=_json, after=_json
    )
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": _digests,
        "subject": values.ids.map(lambda key: f"customers/{key}"),
        "position": st.integers(1, 10**6),
        "kind": st.sampled_from(AuditKind),
        "by": _maybe(values.ids),
        "at": _maybe(values.instants),
        "reason": _maybe(values.remarks),
        "reason_salt": salt,
        "reason_commitment": _maybe(_digests),
        "plan": _maybe(values.ids),
        "changes": st.lists(change, max_size=_FEW).map(tuple),
        "personal_changes": st.lists(personal, max_size=_FEW).map(tuple),
        "previous": _maybe(_digests),
        "digest": _digests,
        "key": values.ids,
    }
    return st.builds(AuditRecord, **usual | fields)


def audit_heads(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[AuditHead]:
    """Return a strategy for the ends of chains."""
    usual: dict[str, st.SearchStrategy[Any]] = {
        "id": _digests,
        "subject": values.ids.map(lambda key: f"customers/{key}"),
        "position": st.integers(1, 10**6),
        "digest": _digests,
    }
    return st.builds(AuditHead, **usual | fields)
