"""Solutions: an assignment with its certificate."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ._certificate import Assigned, Certificate, Method, added_up
from ._model import Problem


@attrs.frozen(kw_only=True)
class Solution:
    """An assignment with its certificate.

    Attributes:
        assignment: Who holds each item, or None for nobody, in order of the items' ids.
        certificate: How far from the best possible it can be at most.
        stopped: Whether the time was over before the search was done.
        seconds: How long the search took by the watch; None without one. It does not count
            when two solutions are compared.

    .. versionadded:: 0.1.0
    """

    assignment: Assigned
    certificate: Certificate
    stopped: bool = False
    seconds: float | None = attrs.field(default=None, eq=False)

    def improved(
        self,
        problem: Problem,
        assignment: Iterable[tuple[str, str | None]],
        *,
        bound: int | None = None,
        stopped: bool = False,
    ) -> Solution:
        """Return what a solver makes of this solution.

        The cost of the assignment is added up anew, so that a solver need not know it. Where
        it is no lower, this solution's own assignment stays. So does its bound, where that
        is higher.

        Args:
            problem: What is solved.
            assignment: Who should hold each item, or None for nobody.
            bound: What no assignment can be below, if the solver has proven that.
            stopped: Whether the solver's time was over before it was done.

        Raises:
            InvalidValueError: If the assignment does not name each item once, or breaks a
                rule of the problem, or the bound is above the cost.

        .. versionadded:: 0.1.0
        """
        mine, theirs = self.certificate, tuple(sorted(assignment))
        value = added_up(problem, theirs)
        better = value < mine.value
        least = mine.bound if bound is None else max(bound, mine.bound)
        return attrs.evolve(
            self,
            assignment=theirs if better else self.assignment,
            certificate=attrs.evolve(
                mine,
                value=value if better else mine.value,
                bound=least,
                method=Method.SOLVER if least > mine.bound else mine.method,
            ),
            stopped=stopped,
        )
