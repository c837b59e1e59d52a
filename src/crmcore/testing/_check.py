"""The one line that tests a store."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis.stateful import run_state_machine_as_test

from crmcore.storage import Store

from ._histories import make_state_machine
from ._suite import EXAMPLES, as_assertions, go_through
from ._trails import keeps_a_trail


def check_store(make: Callable[[], Store], *, histories: int = 30, shrink: bool = True) -> None:
    """Check that a store keeps every promise of `crmcore.storage.Store`.

    First come the examples: each is short, and says in a sentence what was promised. Those
    about a capability that the store does not claim are left out. Then come random histories,
    as `make_state_machine` tells them.

    `StoreConformance` goes through the same examples with a test for each.

    Args:
        make: Returns a new, empty store. It is called for each example and each history; the
            store is closed afterwards.
        histories: How many random histories to try; 0 for none.
        shrink: Whether to look for the shortest history that fails. Against a server that
            takes minutes.

    Raises:
        AssertionError: If the store breaks a promise; the note says which. What the store
            itself raises comes as it is, with the same note.

    .. versionadded:: 0.1.0
    """
    with make() as store:
        capabilities = store.capabilities
        audited = keeps_a_trail(store)
    for example in EXAMPLES:
        if example.beside(capabilities, audited=audited) is None:
            store = make()
            try:
                go_through(example, store)
            finally:
                store.close()
    if histories:
        machine = make_state_machine(make, histories=histories, shrink=shrink)
        with as_assertions():
            run_state_machine_as_test(machine, settings=machine.TestCase.settings)
