"""Random histories: the same calls to a store and to plain dictionaries, which must agree."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, ClassVar, Final

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crmcore.activities import Purchase
from crmcore.criteria import Criterion, F, unless
from crmcore.customers import Customer, Ownership
from crmcore.errors import CrmError, UnitOfWorkClosedError
from crmcore.events import DomainEvent
from crmcore.facts import TierFact, in_order, latest
from crmcore.repositories import Page
from crmcore.storage import DEFAULT_TENANT, Capability, Store

from ._model import ModelCommands, ModelFacts, ModelRepository
from ._samples import NEW_YEAR, SPRING, SUMMER
from ._strategies import records

_STEPS: Final = 25
_MOST_PAGES: Final = 1_000

_keys: Final = st.sampled_from(("A", "a", "é", "中", "😀"))
_few: Final = st.sampled_from(("a", "é"))
_requests: Final = st.sampled_from(("do this", "do that"))
_moments: Final = st.sampled_from((NEW_YEAR, SPRING, SUMMER))
_ends: Final = st.sampled_from((None, datetime(9999, 12, 30, tzinfo=UTC)))
_days: Final = st.sampled_from((date(1997, 1, 1), date(1997, 4, 1)))
_records: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "customers": records(Customer, id=_keys),
    "ownerships": records(Ownership, id=_keys, customer=_keys, since=_moments, until=_ends),
    "purchases": records(Purchase, id=_keys, customer=_keys, at=_moments),
}
_tiers: Final = records(
    TierFact,
    customer=_few,
    tier=st.sampled_from(("gold", "silver")),
    as_of=_days,
    since=st.just(date(1996, 12, 1)),
    policy=st.just("shop"),
    policy_version=st.just("3"),
    fingerprint=_few,
)
_names: Final = st.sampled_from(sorted(_records))
_kinds: Final = {"customers": "customer", "ownerships": "ownership", "purchases": "purchase"}

# Each criterion beside what it means, in plain Python.
_QUERIES: Final[Mapping[str, tuple[tuple[Criterion, Callable[[Any], bool]], ...]]] = {
    "customers": (
        (F.region == "north", lambda found: found.region == "north"),
        (~(F.region == "north"), lambda found: found.region == "south"),
        (unless(F.region == "north"), lambda found: found.region != "north"),
        (F.known_since.is_missing(), lambda found: found.known_since is None),
    ),
    "ownerships": ((F.customer == "é", lambda found: found.customer == "é"),),
    "purchases": (
        (F.at >= SPRING, lambda found: found.at >= SPRING),
        (F.quantity < 10, lambda found: found.quantity < 10),  # noqa: PLR2004 - any number
    ),
}

# Each order beside a key for sorting, in plain Python; a sort by key leaves ties by id.
_ORDERS: Final[Mapping[str, tuple[tuple[tuple[str, ...], Callable[[Any], Any]], ...]]] = {
    "customers": (
        ((), lambda _: 0),
        (("region",), lambda found: found.region or ""),
        (("kind", "-known_since"), lambda found: (found.kind, -_number(found.known_since))),
    ),
    "ownerships": ((("-since", "member"), lambda found: (-_number(found.since), found.member)),),
    "purchases": (
        (("refund", "at"), lambda found: (found.refund, found.at)),
        (("channel", "-quantity"), lambda found: (found.channel or "", -found.quantity)),
    ),
}


def _number(day: date | None) -> int:
    return 0 if day is None else day.toordinal()


def _outcome(call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it is
    """Return what a call returns, or the type and the parts of the error that it raises."""
    try:
        return call()
    except CrmError as error:
        return type(error), error.args


def _write(some: list[Any], repository: Any) -> object:  # noqa: ANN401 - a store's, or the model's
    return repository.bulk_upsert(some, chunk=2)


class _History(RuleBasedStateMachine):
    """One unit of work after another, on a store and on dictionaries."""

    make: ClassVar[Callable[[], Store]]

    def __init__(self) -> None:
        super().__init__()
        self.store = type(self).make()
        can = self.store.capabilities
        self.tenants = (DEFAULT_TENANT, "other") if Capability.TENANTS in can else (DEFAULT_TENANT,)
        self.tells = Capability.OUTBOX in can
        self.kept: dict[str, dict[str, dict[str, Any]]] = {
            tenant: {name: {} for name in (*_records, "tiers", "commands")}
            for tenant in self.tenants
        }
        self.told: dict[str, list[DomainEvent]] = {tenant: [] for tenant in self.tenants}
        self.heard: dict[str, dict[int, DomainEvent]] = {tenant: {} for tenant in self.tenants}
        self.positions: dict[str, str | None] = dict.fromkeys(self.tenants)
        self._begin(DEFAULT_TENANT)

    def _begin(self, tenant: str) -> None:
        self.tenant = tenant
        self.rows = {name: dict(rows) for name, rows in self.kept[tenant].items()}
        self.recorded: list[DomainEvent] = []
        self.uow = self.store.unit_of_work(tenant=tenant)

    def _repository(self, name: str) -> Any:  # noqa: ANN401 - one of three
        return getattr(self.uow, name)

    def _model(self, name: str) -> ModelRepository:
        return ModelRepository(_kinds[name], self.rows[name])

    def _agree_on(self, name: str, call: Callable[[Any], Any]) -> None:
        """Make the same call to the store and to the model, with the same outcome."""
        expected = _outcome(lambda: call(self._model(name)))
        assert _outcome(lambda: call(self._repository(name))) == expected

    def _key(self, name: str, data: st.DataObject) -> str:
        """Return one of a few ids, more often than not one that is stored."""
        return data.draw(st.one_of(st.sampled_from(sorted(self.rows[name]) or ["a"]), _keys))

    def _record(self, name: str, data: st.DataObject) -> Any:  # noqa: ANN401 - a record
        """Return a record, more often than not at the version at which one is stored."""
        key = self._key(name, data)
        stored = self.rows[name].get(key)
        versions = (0, 1) if stored is None else (stored.version, stored.version, 0, 1)
        version = data.draw(st.sampled_from(versions))
        return attrs.evolve(data.draw(_records[name]), id=key, version=version)

    @initialize(data=st.data())
    def begin_with_some(self, data: st.DataObject) -> None:
        for name in _records:
            some = [attrs.evolve(data.draw(_records[name]), id=key) for key in ("A", "é", "😀")]
            self._agree_on(name, partial(_write, some))
        self.tell(["begun"], "histories")

    @rule(name=_names, data=st.data())
    def add(self, name: str, data: st.DataObject) -> None:
        record = self._record(name, data)
        self._agree_on(name, lambda repository: repository.add(record))

    @rule(name=_names, data=st.data())
    def save(self, name: str, data: st.DataObject) -> None:
        record = self._record(name, data)
        self._agree_on(name, lambda repository: repository.save(record))

    @rule(name=_names, data=st.data())
    def remove(self, name: str, data: st.DataObject) -> None:
        record = self._record(name, data)
        self._agree_on(name, lambda found: found.remove(record.id, version=record.version))

    @rule(name=_names, data=st.data(), chunk=st.integers(1, 3))
    def bulk_upsert(self, name: str, data: st.DataObject, chunk: int) -> None:
        some = [self._record(name, data) for _ in range(data.draw(st.integers(0, 4)))]
        self._agree_on(name, lambda repository: repository.bulk_upsert(some, chunk=chunk))

    @rule(name=_names, data=st.data(), at=_moments, with_archived=st.booleans())
    def ask(self, name: str, data: st.DataObject, at: datetime, *, with_archived: bool) -> None:
        key: Any = self._key(name, data)
        self._agree_on(name, lambda found: found.find(key, with_archived=with_archived))
        self._agree_on(name, lambda found: found.get(key))
        self._agree_on(name, lambda found: dict(found.get_many([key, "a"])))
        for where, holds in _QUERIES[name]:
            expected = self._model(name).all(holds, with_archived=with_archived)
            found = self._repository(name).stream(where, with_archived=with_archived)
            assert list(found) == expected
            count = self._repository(name).count(where, with_archived=with_archived)
            assert count == len(expected)

        bought = self._model("purchases").all(lambda p: p.customer == key)
        lasting = self._model("ownerships").all(lambda held: held.since <= at)
        before = self._model("purchases").all(lambda p: p.at < at)
        found = self.uow.purchases.of_customer(key)
        assert list(found) == sorted(bought, key=lambda p: (p.at, p.id))
        assert list(self.uow.ownerships.lasting(at=at)) == lasting
        assert list(self.uow.purchases.until(at)) == before

    @rule(name=_names, limit=st.integers(1, 2), with_archived=st.booleans())
    def page(self, name: str, limit: int, *, with_archived: bool) -> None:
        for order, key in _ORDERS[name]:
            left = sorted(self._model(name).all(with_archived=with_archived), key=key)
            wanted = {"order": order, "limit": limit, "with_archived": with_archived}
            for page in self._pages(name, wanted):
                assert list(page.items) == left[:limit]
                left = left[limit:]
                assert (page.next is None) is not bool(left)

    def _pages(self, name: str, wanted: dict[str, Any]) -> Iterator[Page[Any]]:
        page = self._repository(name).page(**wanted)
        yield page
        while page.next is not None:
            page = self._repository(name).page(after=page.next, **wanted)
            yield page

    @rule(facts=st.lists(_tiers, min_size=1, max_size=4), customer=_few, day=_days)
    def judge(self, facts: list[TierFact], customer: str, day: date) -> None:
        model = ModelFacts("tierfact", self.rows["tiers"])
        for fact in facts:
            expected = _outcome(partial(model.append, [fact]))
            assert _outcome(partial(self.uow.facts.tiers.append, [fact])) == expected

        known = [found for found in self.rows["tiers"].values() if found.customer == customer]
        assert self.uow.facts.tiers.of(customer) == in_order(known)
        assert self.uow.facts.tiers.on(customer, day) == latest(known, day)

    @rule(key=_few, request=_requests, text=_requests)
    def command(self, key: str, request: str, text: str) -> None:
        def asked() -> tuple[str | None] | None:
            found = self.uow.once(key, request=request)
            return None if found is None else (found.answer,)

        model = ModelCommands(self.rows["commands"])
        assert _outcome(asked) == _outcome(lambda: model.once(key, request=request))
        self.uow.answer(key, text)
        model.answer(key, text)

    @rule(key=_keys)
    def answer(self, key: str) -> None:
        model = ModelCommands(self.rows["commands"])
        expected = _outcome(lambda: model.answer(key, "late"))
        assert _outcome(lambda: self.uow.answer(key, "late")) == expected

    @rule(names=st.lists(_keys, max_size=3), subject=_few)
    def tell(self, names: list[str], subject: str) -> None:
        if self.tells:
            events = [DomainEvent(name=name, subject=subject, at=SPRING) for name in names]
            self.uow.record(*events)
            self.recorded += events

    def _hear(self, limit: int) -> None:
        """Read on, and want to have heard what was told, of each subject in its order."""
        if not self.tells:
            return
        outbox = self.store.outbox(tenant=self.tenant)
        heard = self.heard[self.tenant]
        page = outbox.read(after=self.positions[self.tenant], limit=limit)
        pages = 1
        while page.events:
            heard |= {told.number: told.event for told in page.events}
            page = outbox.read(after=page.position, limit=limit)
            pages += 1
            assert pages < _MOST_PAGES  # or it goes round and round
        self.positions[self.tenant] = page.position
        in_turn = [heard[number] for number in sorted(heard)]
        assert _by_subject(in_turn) == _by_subject(self.told[self.tenant])

    @rule(data=st.data(), limit=st.integers(1, 4))
    def commit(self, data: st.DataObject, limit: int) -> None:
        self.uow.commit()
        self.kept[self.tenant] = self.rows
        self.told[self.tenant] += self.recorded
        self._hear(limit)
        self._end(data)

    @rule(data=st.data(), by_leaving=st.booleans())
    def take_back(self, data: st.DataObject, *, by_leaving: bool) -> None:
        if by_leaving:
            with self.uow:
                pass
        else:
            self.uow.rollback()
        self._end(data)

    def _end(self, data: st.DataObject) -> None:
        with pytest.raises(UnitOfWorkClosedError):
            self.uow.commit()
        self._begin(data.draw(st.sampled_from(self.tenants)))

    @invariant()
    def agree(self) -> None:
        for name in _records:
            for with_archived in (False, True):
                expected = self._model(name).all(with_archived=with_archived)
                found = self._repository(name).stream(with_archived=with_archived)
                assert list(found) == expected
                assert self._repository(name).count(with_archived=with_archived) == len(expected)

    def teardown(self) -> None:
        with suppress(UnitOfWorkClosedError):  # it has ended where its end was the fault
            self.uow.rollback()
        self.store.close()


def _by_subject(events: list[DomainEvent]) -> dict[str, list[DomainEvent]]:
    found: dict[str, list[DomainEvent]] = {}
    for event in events:
        found.setdefault(event.subject, []).append(event)
    return found


def make_state_machine(
    make: Callable[[], Store], *, histories: int = 30, shrink: bool = True
) -> type[RuleBasedStateMachine]:
    """Return a state machine of Hypothesis that tells random histories of a store.

    In a history, units of work of two tenants follow one another. They add, save, remove,
    archive, query, judge, record events and carry out commands; then they are committed,
    rolled back or left. Plain dictionaries go through the same, and both must answer alike,
    also with the same error and the same parts in it.

    pytest collects it by a name that it has in a module: ``TestHistories =
    make_state_machine(MyStore).TestCase``.

    Args:
        make: Returns a new, empty store. It is called for each history; the store is closed
            afterwards.
        histories: How many to tell.
        shrink: Whether to look for the shortest history that fails. Against a server that
            takes minutes.

    .. versionadded:: 0.1.0
    """

    class History(_History):
        make: ClassVar[Callable[[], Store]]

    History.make = staticmethod(make)
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    History.TestCase.settings = settings(
        max_examples=histories,
        stateful_step_count=_STEPS,
        deadline=None,
        phases=[*phases, Phase.shrink] if shrink else phases,
        suppress_health_check=list(HealthCheck),
    )
    return History
