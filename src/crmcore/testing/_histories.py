"""Random histories: the same calls to a store and to plain dictionaries, which must agree."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from crmcore.activities import Purchase
from crmcore.criteria import Criterion, F, unless
from crmcore.customers import Customer, Ownership
from crmcore.errors import (
    AlreadyExistsError,
    ConcurrencyConflictError,
    NotFoundError,
    UnitOfWorkClosedError,
)
from crmcore.storage import Store

from ._samples import NEW_YEAR, SPRING, SUMMER
from ._strategies import records

_STEPS: Final = 20

_keys: Final = st.sampled_from(("A", "a", "é", "中", "😀"))
_moments: Final = st.sampled_from((NEW_YEAR, SPRING, SUMMER))
_ends: Final = st.sampled_from((None, datetime(9999, 12, 30, tzinfo=UTC)))
_records: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "customers": records(Customer, id=_keys),
    "ownerships": records(Ownership, id=_keys, customer=_keys, since=_moments, until=_ends),
    "purchases": records(Purchase, id=_keys, customer=_keys, at=_moments),
}
_names: Final = st.sampled_from(sorted(_records))

# Each criterion beside what it means, in plain Python.
_QUERIES: Final[Mapping[str, tuple[tuple[Criterion, Callable[[Any], bool]], ...]]] = {
    "customers": (
        (F.region == "north", lambda found: found.region == "north"),
        (~(F.region == "north"), lambda found: found.region == "south"),
        (unless(F.region == "north"), lambda found: found.region != "north"),
        (F.archived_at.is_missing(), lambda found: found.archived_at is None),
    ),
    "ownerships": ((F.customer == "é", lambda found: found.customer == "é"),),
    "purchases": (
        (F.at >= SPRING, lambda found: found.at >= SPRING),
        (F.quantity < 10, lambda found: found.quantity < 10),  # noqa: PLR2004 - any number
    ),
}


class _History(RuleBasedStateMachine):
    """One unit of work after another, on a store and on dictionaries."""

    make: ClassVar[Callable[[], Store]]

    def __init__(self) -> None:
        super().__init__()
        self.store = type(self).make()
        self.committed: dict[str, dict[str, Any]] = {name: {} for name in _records}
        self._begin()

    def _begin(self) -> None:
        self.model = {name: dict(records) for name, records in self.committed.items()}
        self.uow = self.store.unit_of_work()

    def _repository(self, name: str) -> Any:  # noqa: ANN401 - one of three
        return getattr(self.uow, name)

    def _key(self, name: str, data: st.DataObject) -> str:
        """Return one of a few ids, more often than not one that is stored."""
        return data.draw(st.one_of(st.sampled_from(sorted(self.model[name]) or ["a"]), _keys))

    @rule(name=_names, data=st.data())
    def add(self, name: str, data: st.DataObject) -> None:
        record = attrs.evolve(data.draw(_records[name]), id=self._key(name, data))
        if record.id in self.model[name]:
            with pytest.raises(AlreadyExistsError):
                self._repository(name).add(record)
        else:
            expected = attrs.evolve(record, version=1)
            assert self._repository(name).add(record) == expected
            self.model[name][record.id] = expected

    @rule(name=_names, data=st.data())
    def save(self, name: str, data: st.DataObject) -> None:
        key = self._key(name, data)
        record = attrs.evolve(data.draw(_records[name]), id=key)
        stored = self.model[name].get(key)
        with pytest.raises(ConcurrencyConflictError if stored else NotFoundError):
            self._repository(name).save(record)  # which is of version 0
        if stored:
            expected = attrs.evolve(record, version=stored.version + 1)
            changed = attrs.evolve(record, version=stored.version)
            assert self._repository(name).save(changed) == expected
            self.model[name][key] = expected

    @rule(name=_names, data=st.data())
    def remove(self, name: str, data: st.DataObject) -> None:
        key = self._key(name, data)
        stored = self.model[name].pop(key, None)
        with pytest.raises(ConcurrencyConflictError if stored else NotFoundError):
            self._repository(name).remove(key, version=0)
        if stored:
            self._repository(name).remove(key, version=stored.version)

    @rule(name=_names, key=_keys)
    def find(self, name: str, key: str) -> None:
        assert self._repository(name).find(key) == self.model[name].get(key)

    @rule(name=_names, after=st.one_of(st.none(), _keys), limit=st.integers(1, 4))
    def page(self, name: str, after: str | None, limit: int) -> None:
        behind = [r for r in self._sorted(name) if after is None or r.id > after]
        page = self._repository(name).page(after=after, limit=limit)

        assert list(page.items) == behind[:limit]
        assert page.next == (behind[limit - 1].id if len(behind) > limit else None)

    @rule(name=_names)
    def query(self, name: str) -> None:
        for where, holds in _QUERIES[name]:
            expected = [record for record in self._sorted(name) if holds(record)]
            assert list(self._repository(name).stream(where)) == expected
            assert self._repository(name).count(where) == len(expected)

    @rule(customer=_keys, at=_moments)
    def ask(self, customer: Any, at: datetime) -> None:  # noqa: ANN401 - an id of a customer
        bought = [p for p in self._sorted("purchases") if p.customer == customer]
        lasting = [held for held in self._sorted("ownerships") if held.since <= at]
        before = [p for p in self._sorted("purchases") if p.at < at]

        found = self.uow.purchases.of_customer(customer)
        assert list(found) == sorted(bought, key=lambda p: (p.at, p.id))
        assert list(self.uow.ownerships.lasting(at=at)) == lasting
        assert list(self.uow.purchases.until(at)) == before

    @rule()
    def commit(self) -> None:
        self.uow.commit()
        self.committed = self.model
        self._end()

    @rule()
    def roll_back(self) -> None:
        self.uow.rollback()
        self._end()

    @rule()
    def leave(self) -> None:
        with self.uow:
            pass
        self._end()

    def _end(self) -> None:
        with pytest.raises(UnitOfWorkClosedError):
            self.uow.commit()
        self._begin()

    @invariant()
    def agree(self) -> None:
        for name in _records:
            assert list(self._repository(name).stream()) == self._sorted(name)
            assert self._repository(name).count() == len(self.model[name])

    def _sorted(self, name: str) -> list[Any]:
        return sorted(self.model[name].values(), key=lambda record: record.id)

    def teardown(self) -> None:
        with suppress(UnitOfWorkClosedError):  # it has ended where its end was the fault
            self.uow.rollback()
        self.store.close()


def check_histories(make_store: Callable[[], Store], *, count: int, shrink: bool) -> None:
    """Try random histories on new stores.

    Args:
        make_store: Returns a new, empty store.
        count: How many histories to try.
        shrink: Whether to look for the shortest history that fails.
    """

    class History(_History):
        make = staticmethod(make_store)

    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=count,
            stateful_step_count=_STEPS,
            deadline=None,
            phases=[*phases, Phase.shrink] if shrink else phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
