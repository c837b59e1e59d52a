"""All examples, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from crmcore.storage import Store

from ._archiving import ARCHIVING
from ._asking import ASKING
from ._commanding import COMMANDING
from ._extremes import EXTREMES
from ._finding import FINDING
from ._judging import JUDGING
from ._keeping import KEEPING
from ._paging import PAGING
from ._promises import Example
from ._running import RUNNING
from ._telling import NOT_TELLING, TELLING
from ._tenants import NO_TENANTS, TENANTS, TENANTS_WITH_EVENTS
from ._together import INTERLEAVED, SNAPSHOTS, TOGETHER
from ._trails import TRAILS, TRAILS_OF_TENANTS
from ._units import UNITS
from ._upserting import UPSERTING

SUITE: Final = (1, 0)
"""The version of the examples that stores are held to.

The second number changes when there are new examples. In the version in which they come they
are advisory: a store that fails one is told so and passes all the same; from the next one on
they are required. The first number changes when an example asks for something else."""

_GROUPS: Final = (
    KEEPING,
    TRAILS,
    TRAILS_OF_TENANTS,
    EXTREMES,
    UPSERTING,
    ARCHIVING,
    FINDING,
    ASKING,
    PAGING,
    JUDGING,
    UNITS,
    RUNNING,
    COMMANDING,
    TOGETHER,
    INTERLEAVED,
    SNAPSHOTS,
    TELLING,
    NOT_TELLING,
    TENANTS,
    TENANTS_WITH_EVENTS,
    NO_TENANTS,
)
EXAMPLES: Final = tuple(example for group in _GROUPS for example in group.examples)


def go_through(example: Example, store: Store) -> None:
    """Go through an example on a new, empty store.

    Raises:
        AssertionError: If the store breaks the promise; the note says which. What the store
            itself raises comes as it is, with the same note.
    """
    try:
        with as_assertions():
            example.check(store)
    except BaseException as error:
        error.add_note(f"the promise: {example.promise}")
        raise


@contextmanager
def as_assertions() -> Iterator[None]:
    """Turn what pytest says of an error that was not raised into a plain failed assertion."""
    try:
        yield
    except pytest.fail.Exception as failed:
        raise AssertionError(failed.msg) from failed
