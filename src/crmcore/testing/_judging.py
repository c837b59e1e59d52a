"""Examples of facts: what was judged is appended, kept as it was, and found by day."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import attrs
import pytest

from crmcore.criteria import F
from crmcore.errors import AlreadyExistsError
from crmcore.facts import TierFact
from crmcore.storage import Store, UnitOfWork

from ._promises import Promises
from ._samples import SUMMER, ids, look
from ._whole import WHOLE

JUDGING: Final = Promises()

_ONE_DAY: Final = timedelta(days=1)
_MARCH, _APRIL, _MAY = date(1997, 3, 1), date(1997, 4, 1), date(1997, 5, 1)


def _tier(tier: str, as_of: date, **fields: Any) -> TierFact:  # noqa: ANN401 - any field
    """Return that customer ``c-1`` is in a tier since the beginning of the year."""
    usual: dict[str, Any] = {
        "customer": "c-1",
        "tier": tier,
        "since": date(1997, 1, 1),
        "as_of": as_of,
        "policy": "shop",
        "policy_version": "3",
        "fingerprint": "9f2c",
        "recorded_at": SUMMER,
    }
    return TierFact(**usual | fields)


def _append(store: Store, *facts: TierFact) -> int:
    with store.unit_of_work() as uow:
        count = uow.facts.tiers.append(facts)
        uow.commit()
    return count


@JUDGING
def facts_are_appended_once(store: Store) -> None:
    """What was judged before is passed over when it is judged the same again; the new ones count.

    When it was written down makes no difference: the first time stays.
    """
    silver, gold = _tier("silver", _MARCH), _tier("gold", _APRIL)
    later = attrs.evolve(silver, recorded_at=SUMMER + _ONE_DAY)

    assert _append(store, silver, silver) == 1
    assert _append(store, later, gold) == 1
    assert _append(store, gold, silver) == 0

    found = look(store, lambda uow: uow.facts.tiers.of("c-1"))
    assert found == (attrs.evolve(silver, version=1), attrs.evolve(gold, version=1))
    assert found[0].recorded_at == SUMMER


@JUDGING
def facts_are_never_changed(store: Store) -> None:
    """Another judgement of the same as of the same day is refused, and changes nothing."""
    silver = _tier("silver", _MARCH)
    _append(store, silver)

    for some in ([_tier("gold", _MARCH)], [_tier("gold", _APRIL), _tier("silver", _APRIL)]):
        with store.unit_of_work() as uow, pytest.raises(AlreadyExistsError) as caught:
            uow.facts.tiers.append(some)
        assert (caught.value.kind, caught.value.key) == ("tierfact", some[0].id)

    assert look(store, lambda uow: uow.facts.tiers.of("c-1")) == (attrs.evolve(silver, version=1),)


@JUDGING
def two_policies_judge_apart(store: Store) -> None:
    """Another policy may judge the same day otherwise; what was written down last holds."""
    ours = _tier("gold", _MARCH)
    theirs = _tier("silver", _MARCH, fingerprint="77aa", recorded_at=SUMMER - _ONE_DAY)

    assert _append(store, ours, theirs) == len((ours, theirs))

    with store.unit_of_work(readonly=True) as uow:
        assert [fact.tier for fact in uow.facts.tiers.of("c-1")] == ["silver", "gold"]
        held = uow.facts.tiers.on("c-1", _MARCH)
        assert held is not None
        assert held.tier == "gold"


@JUDGING
def a_fact_holds_from_its_day_on(store: Store) -> None:
    """On a day holds what was judged as of it or last before it, and nothing before the first."""
    _append(store, _tier("gold", _MAY), _tier("silver", _MARCH))
    days = (_MARCH - _ONE_DAY, _MARCH, _MAY - _ONE_DAY, _MAY, date.max)

    with store.unit_of_work(readonly=True) as uow:
        held = [uow.facts.tiers.on("c-1", day) for day in days]
    tiers = [None if fact is None else fact.tier for fact in held]
    assert tiers == [None, "silver", "silver", "gold", "gold"]


@JUDGING
def facts_of_a_subject_come_by_day(store: Store) -> None:
    """All of one customer come in the order of their days, and none of another customer."""
    facts = [_tier("gold", _MAY), _tier("silver", _MARCH), _tier("bronze", _APRIL)]
    _append(store, *facts, _tier("gold", _APRIL, customer="c-2"))

    with store.unit_of_work(readonly=True) as uow:
        assert [fact.tier for fact in uow.facts.tiers.of("c-1")] == ["silver", "bronze", "gold"]
        assert uow.facts.tiers.of("c-3") == ()
        assert uow.facts.tiers.on("c-3", _MAY) is None


@JUDGING
def facts_stream_by_day(store: Store) -> None:
    """A stream of facts goes by id, and so by day, and takes a criterion."""
    facts = [
        _tier("gold", day, customer=f"c-{n}") for n in range(3) for day in (_MAY, _MARCH, _APRIL)
    ]
    _append(store, *facts)

    with store.unit_of_work(readonly=True) as uow:
        found = list(uow.facts.tiers.stream())
        since = ids(uow.facts.tiers.stream((F.as_of >= _APRIL) & (F.customer == "c-1")))
    assert ids(found) == sorted(fact.id for fact in facts)
    assert [fact.as_of for fact in found] == sorted(fact.as_of for fact in facts)
    assert since == sorted(f.id for f in facts if f.customer == "c-1" and f.as_of >= _APRIL)


@JUDGING
def each_kind_of_fact_is_found_by_its_subject(store: Store) -> None:
    """Stages, tiers and scores are about a customer, and a KPI is about its subject."""
    kinds = ("stages", "tiers", "scores", "kpis")

    def log(uow: UnitOfWork, kind: str) -> Any:  # noqa: ANN401 - one of four
        return getattr(uow.facts, kind)

    with store.unit_of_work() as uow:
        for kind in kinds:
            assert log(uow, kind).append(iter(WHOLE[f"{kind[:-1]}_facts"])) == len("12")
        uow.commit()

    with store.unit_of_work(readonly=True) as uow:
        for kind in kinds:
            for fact in WHOLE[f"{kind[:-1]}_facts"]:
                subject = fact.subject if kind == "kpis" else fact.customer
                expected = attrs.evolve(fact, version=1)
                assert log(uow, kind).of(subject) == (expected,)
                assert log(uow, kind).on(subject, date.max) == expected


@JUDGING
def personal_values_can_be_erased_from_facts(store: Store) -> None:
    """Erasing takes out why a score was overridden, and leaves every number as it was."""
    whole, bare = WHOLE["score_facts"]
    with store.unit_of_work() as uow:
        uow.facts.scores.append([whole, bare])
        uow.commit()

    with store.unit_of_work() as uow:
        assert uow.facts.scores.erase("c-1") == 1
        assert uow.facts.scores.erase("c-1") == 0
        assert uow.facts.scores.erase("c-2") == 0
        uow.commit()

    (found,) = look(store, lambda uow: uow.facts.scores.of("c-1"))
    assert whole.score.override.reason not in str(attrs.asdict(found))
    assert (found.points, found.score.ledger) == (whole.points, whole.score.ledger)
    with store.unit_of_work() as uow:
        assert uow.facts.scores.append([whole]) == 0


@JUDGING
def many_facts_are_appended_at_once(store: Store) -> None:
    """A stream longer than anybody writes at once is appended whole, and again not at all."""
    count = 1_200
    facts = [_tier("gold", _MARCH, customer=f"c-{n}") for n in range(count)]

    assert _append(store, *facts[:100]) == len(facts[:100])
    assert _append(store, *reversed(facts)) == count - len(facts[:100])
    assert _append(store, *facts) == 0
    assert look(store, lambda uow: sum(1 for _ in uow.facts.tiers.stream())) == count


@JUDGING
def facts_are_kept_with_the_rest(store: Store) -> None:
    """Facts of a unit of work that is not committed were never judged."""
    with store.unit_of_work() as uow:
        uow.facts.tiers.append([_tier("gold", _MARCH)])
        assert len(uow.facts.tiers.of("c-1")) == 1

    assert look(store, lambda uow: uow.facts.tiers.of("c-1")) == ()
