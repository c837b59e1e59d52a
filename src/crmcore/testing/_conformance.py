"""The class that tests a store, an example at a time."""

# ruff: noqa: S101 - assert is how a check speaks

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, ClassVar, Final

import pytest

from crmcore.storage import Capability, Store

from ._promises import Example
from ._suite import EXAMPLES, go_through
from ._trails import keeps_a_trail


class StoreConformance:
    """Every promise of `crmcore.storage.Store`, each as a test of its own.

    A subclass whose name begins with ``Test`` says what its store can do, and has a fixture
    ``store`` that yields a new, empty one. That is a whole test file::

        class TestMyStore(StoreConformance):
            declared = {Capability.TENANTS, Capability.OUTBOX}

            @pytest.fixture
            def store(self, tmp_path):
                with MyStore(tmp_path / "crm.my") as store:
                    yield store

    The names of the tests stay what they are. Those about a capability that is not declared
    are skipped with the reason; ``-k needs_outbox`` chooses those of one capability. One more
    test wants the declaration to be true, and the last one wants nothing else to be skipped,
    so that a driver which is not installed cannot pass for a store that keeps its promises.
    A test that is known to fail is not to be skipped but overridden and marked ``xfail``.

    `crmcore.storage.Capability.DURABLE` and `crmcore.storage.Capability.MULTI_PROCESS` are
    taken at their word: no example can pull the plug, or knows how another process opens the
    store. Show them in tests of your own.

    Attributes:
        declared: What the store can do, and says that it can do.
        audited: Whether the stores of the fixture were given a key, and keep an audit trail.

    .. versionadded:: 0.1.0
    """

    declared: ClassVar[Collection[Capability]] = frozenset()
    audited: ClassVar[bool] = False
    _due: ClassVar[set[str]]
    _done: ClassVar[set[str]]

    def __init_subclass__(cls) -> None:
        """Begin with no test gone through."""
        super().__init_subclass__()
        cls._due, cls._done = set(), set()

    @pytest.fixture(autouse=True)
    def _only_what_is_declared(self, request: pytest.FixtureRequest) -> None:
        """Skip what is beside the declaration, before anybody makes a store for it."""
        name = request.function.__name__
        if name in _BY_TEST:
            example = _BY_TEST[name]
            reason = example.beside(frozenset(self.declared), audited=self.audited)
            if reason is not None:
                pytest.skip(f"{example.name} {reason}")
            self._due.add(name)

    def test_the_declaration_is_true(self, store: Store) -> None:
        """The store can do what is declared, and claims nothing else."""
        assert store.capabilities == frozenset(self.declared)
        assert keeps_a_trail(store) is self.audited


def _test_of(name: str, example: Example) -> Callable[[Any, Store], None]:
    """Return the test that goes through an example."""

    def test(self: StoreConformance, store: Store) -> None:
        self._done.add(name)
        go_through(example, store)

    test.__name__ = name
    test.__qualname__ = f"{StoreConformance.__name__}.{name}"
    test.__doc__ = example.promise
    for needed in example.needs:
        setattr(test, f"needs_{needed.value}", True)  # -k finds such names
    return test


def _nothing_else_was_skipped(self: StoreConformance) -> None:
    """Of the tests before this one, all that are about what is declared were gone through."""
    assert sorted(self._due - self._done) == []


_BY_TEST: Final = {f"test_{example.name}": example for example in EXAMPLES}

for _name, _example in _BY_TEST.items():
    setattr(StoreConformance, _name, _test_of(_name, _example))

# The last one in the class is the last one to be run.
StoreConformance.test_nothing_else_was_skipped = _nothing_else_was_skipped  # type: ignore[attr-defined]
