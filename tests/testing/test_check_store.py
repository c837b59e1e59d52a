"""The ways to test a store: in one line, by a class, and by random histories."""

from __future__ import annotations

import subprocess
import sys
from typing import ClassVar
from weakref import WeakSet

import pytest

from crmcore.errors import CrmError, MissingExtraError
from crmcore.storage import Capability
from crmcore.testing import SUITE, StoreConformance, check_store, make_state_machine
from tests.testing.conftest import (
    KEY,
    Conformance,
    PlainStore,
    PlainTransaction,
    broken,
)


def test_an_honest_store_passes() -> None:
    """A store that keeps every promise is not accused of anything, with histories or without."""
    check_store(PlainStore, histories=5)
    check_store(PlainStore, histories=0)


class _ForgetsTheTrail(PlainTransaction):
    """Keeps what was done, and not who did it."""

    def commit(self) -> None:
        self.rows |= {name: {} for name in ("audit_records", "audit_heads")}
        super().commit()


def test_a_store_that_was_given_a_key_is_held_to_its_trail() -> None:
    """Examples of the trail are gone through as well; the first that fails says what it is."""

    def make() -> PlainStore:
        store = broken(_ForgetsTheTrail)
        store.audit_key = KEY
        return store

    with pytest.raises((AssertionError, ValueError)) as caught:
        check_store(make, histories=0)

    assert caught.value.__notes__[0].startswith("the promise: Adding, saving and removing are")


class _NeverCloses(PlainStore):
    """Goes on after it was closed."""

    def close(self) -> None:
        """Do nothing."""


def test_what_a_store_fails_to_refuse_is_a_failed_assertion() -> None:
    """A check may be run without pytest, so nothing but plain errors leaves it."""
    with pytest.raises(AssertionError, match="DID NOT RAISE StorageUnavailableError"):
        check_store(_NeverCloses, histories=0)


class _Limited(PlainStore):
    """Can do nothing beyond what every store does, and says so."""

    capabilities: frozenset[Capability] = frozenset()


def test_what_a_store_does_not_claim_is_another_promise() -> None:
    """A store without tenants and outbox is asked to refuse them; this one does not."""
    with pytest.raises(AssertionError, match="DID NOT RAISE UnsupportedError"):
        check_store(_Limited, histories=0)


class _ForgetsAfterARollback(PlainTransaction):
    """Keeps nothing of the first unit of work that is committed after one that was not."""

    forgetful: ClassVar[WeakSet[PlainStore]] = WeakSet()

    def commit(self) -> None:
        if self.store in self.forgetful and self.writes:
            self.rows = self.store.rows[self.tenant]
        super().commit()
        self.forgetful.discard(self.store)

    def rollback(self) -> None:
        if self.writes:
            self.forgetful.add(self.store)
        super().rollback()


def forgetful() -> PlainStore:
    """Return a new store that forgets after a rollback."""
    return broken(_ForgetsAfterARollback)


def test_what_one_example_would_not_show_is_found_by_a_history() -> None:
    """Random histories meet what nobody has thought of."""
    machine = make_state_machine(forgetful, histories=1_000, shrink=False)

    with pytest.raises((AssertionError, CrmError)):
        machine.TestCase().runTest()


def test_histories_keep_to_what_a_store_can_do() -> None:
    """A store without tenants and outbox is told histories without them."""
    make_state_machine(_Limited, histories=5).TestCase().runTest()


def test_the_declaration_is_held_against_the_store() -> None:
    """Whoever declares too little, too much or another trail is told."""
    conformance = Conformance()

    for declared, audited in (((), False), (PlainStore.capabilities, True), (Capability, False)):
        type(conformance).declared = frozenset(declared)
        type(conformance).audited = audited
        with pytest.raises(AssertionError):
            conformance.test_the_declaration_is_true(PlainStore())


FILE = """
import pytest

from crmcore.memory import MemoryStore
from crmcore.testing import StoreConformance


class TestMyStore(StoreConformance):
    declared = MemoryStore.capabilities

    @pytest.fixture
    def store(self):
        yield MemoryStore()


class TestWithoutItsDriver(TestMyStore):
    @pytest.fixture
    def store(self):
        pytest.importorskip("a_driver_that_nobody_has")


class TestWithAKnownFault(TestMyStore):
    @pytest.mark.xfail(strict=True, reason="it is mended soon")
    def test_a_new_record_has_version_one(self, store):
        store.close()
        super().test_a_new_record_has_version_one(store)


class TestHasNoTenants(TestMyStore):
    declared = MemoryStore.capabilities - {"tenants"}
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what pytest says of each test in a file of a third party."""
    file = tmp_path_factory.mktemp("third_party") / "test_my_store.py"
    file.write_text(FILE)
    chosen = "declaration or skipped or version_one or one_tenant or needs_tenants"
    words = ["-q", "-rA", "-p", "no:cacheprovider", "-p", "no:randomly", "--strict-markers"]
    command = [sys.executable, "-m", "pytest", *words, "-k", chosen, str(file)]
    done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    found = {}
    for line in done.stdout.splitlines():
        outcome, _, rest = line.partition(" ")
        if outcome.isupper() and "::" in rest:
            _, name, test = rest.split(" - ")[0].split("::")
            found[f"{name}.{test}"] = outcome
        elif outcome == "SKIPPED":
            found[rest.split(": ", 1)[-1]] = outcome
    return found


def test_ten_lines_are_a_whole_test_file(outcomes: dict[str, str]) -> None:
    """Each promise is a test of its own, with a name that stays what it is."""
    mine = {name: told for name, told in outcomes.items() if name.startswith("TestMyStore.")}

    assert mine["TestMyStore.test_the_declaration_is_true"] == "PASSED"
    assert mine["TestMyStore.test_nobody_reads_what_others_keep"] == "PASSED"
    assert {*mine.values()} == {"PASSED"}


def test_a_driver_that_is_missing_hides_nothing(outcomes: dict[str, str]) -> None:
    """Where tests are skipped for another reason than the declaration, the last one fails."""
    assert outcomes["TestWithoutItsDriver.test_nothing_else_was_skipped"] == "FAILED"
    assert "TestWithoutItsDriver.test_a_new_record_has_version_one" not in outcomes


def test_a_fault_that_is_known_is_an_expected_failure(outcomes: dict[str, str]) -> None:
    """A test may be overridden to mark it, and counts as gone through."""
    assert outcomes["TestWithAKnownFault.test_a_new_record_has_version_one"] == "XFAIL"
    assert outcomes["TestWithAKnownFault.test_nothing_else_was_skipped"] == "PASSED"


def test_what_is_not_declared_is_skipped_with_the_reason(outcomes: dict[str, str]) -> None:
    """A test of a capability that is not declared is skipped, and the declaration is wrong."""
    reason = "nobody_reads_what_others_keep needs the capability 'tenants', which is not declared"

    assert outcomes[reason] == "SKIPPED"
    assert "TestHasNoTenants.test_nobody_reads_what_others_keep" not in outcomes
    assert outcomes["TestHasNoTenants.test_the_declaration_is_true"] == "FAILED"
    assert outcomes["TestHasNoTenants.test_nothing_else_was_skipped"] == "PASSED"


def test_each_example_states_its_promise() -> None:
    """The docstring of each test is the sentence that was promised."""
    names = [name for name in dir(StoreConformance) if name.startswith("test_")]

    assert len(names) > 120
    for name in names:
        assert getattr(StoreConformance, name).__doc__.split("\n")[0].endswith(".")


def test_the_suite_has_a_version() -> None:
    """Which examples a store was held to is told by two numbers."""
    assert SUITE == (1, 0)


def test_without_its_tools_the_room_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the room without its extra names the command that brings it."""
    for name in [name for name in sys.modules if name.startswith("crmcore.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'crmcore\[testing\]'"):
        __import__("crmcore.testing")
