"""What likelihoods are summed over: each different history once, with its weight."""

from __future__ import annotations

from collections.abc import Iterator
from operator import methodcaller
from typing import Final

import attrs

from ._columns import Counts, Numbers

_BY_BYTES: Final = methodcaller("tobytes")


@attrs.frozen(kw_only=True)
class Rows:
    """Different histories, in order, each with its weight: four columns of one length.

    The order is that of the numbers, so that sums over the rows are the same to the bit in
    whichever order the customers came.

    Attributes:
        x: Repeat occasions.
        t_x: Ages at the last purchase.
        age: Ages at the end of the observation.
        weight: How many customers have this history, above 0.

    .. versionadded:: 0.1.0
    """

    x: Counts = attrs.field(eq=_BY_BYTES)
    t_x: Numbers = attrs.field(eq=_BY_BYTES)
    age: Numbers = attrs.field(eq=_BY_BYTES)
    weight: Numbers = attrs.field(eq=_BY_BYTES)

    def __len__(self) -> int:
        """Return how many different histories there are."""
        return len(self.x)

    def __iter__(self) -> Iterator[tuple[int, float, float, float]]:
        """Yield x, t_x, age and weight of each."""
        return zip(self.x, self.t_x, self.age, self.weight, strict=True)

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"Rows({len(self):,} different histories)"
