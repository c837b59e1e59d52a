"""Walking through measures: what they are made of."""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.measures import Measure


def within(measure: Measure) -> Iterator[Measure]:
    """Yield a measure, and all that it is made of down to the atoms."""
    yield measure
    for part in measure.parts:
        yield from within(part)
