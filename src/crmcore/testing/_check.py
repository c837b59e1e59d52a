"""The one line that tests a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from crmcore.storage import Store

from ._finding import FINDING
from ._histories import check_histories
from ._keeping import KEEPING
from ._units import UNITS


def check_store(make: Callable[[], Store], *, histories: int = 30, shrink: bool = True) -> None:
    """Check that a store keeps every promise of `crmcore.storage.Store`.

    First come the examples: each is short, and says in a sentence what was promised. Then come
    random histories of adding, saving, removing, finding, committing and rolling back; a plain
    dictionary goes through the same, and both must answer alike.

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
    for example in (*KEEPING, *FINDING, *UNITS):
        store = make()
        try:
            with _as_assertions():
                example(store)
        except BaseException as error:
            error.add_note(f"the promise: {example.__doc__}")
            raise
        finally:
            store.close()
    if histories:
        with _as_assertions():
            check_histories(make, count=histories, shrink=shrink)


@contextmanager
def _as_assertions() -> Iterator[None]:
    """Turn what pytest says of an error that was not raised into a plain failed assertion."""
    try:
        yield
    except pytest.fail.Exception as failed:
        raise AssertionError(failed.msg) from failed
