"""Whether groups last equally long.

Sources:
    N. Mantel, "Evaluation of Survival Data and Two New Rank Order Statistics Arising in Its
    Consideration", Cancer Chemotherapy Reports 50(3), 1966: the test.
    R. Peto and J. Peto, "Asymptotically Efficient Rank Invariant Test Procedures", Journal of
    the Royal Statistical Society A 135(2), 1972: its name, and more than two groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from crmcore.errors import InvalidValueError

from ._cases import Cases, arrays, columns_of
from ._chi_square import chi_square_tail
from ._counting import Compared, Counted

_FEWEST = 2


@attrs.frozen(kw_only=True)
class LogRank:
    """How far the ends in some groups are from what they were, did all groups last equally long.

    The tuples have one item for each group.

    Attributes:
        groups: The names of the groups, sorted.
        observed: How many cases of the group ended.
        expected: How many would have ended, had each time taken its cases from all at risk.
        chi_square: The test statistic.
        df: Its degrees of freedom: one fewer than there are groups.

    .. versionadded:: 0.1.0
    """

    groups: tuple[str, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    chi_square: float
    df: int

    @property
    def p(self) -> float:
        """How probable a difference at least as large is where the groups are alike."""
        return chi_square_tail(self.chi_square, self.df)

    def __str__(self) -> str:
        """Return the statistic, its degrees of freedom and the p value."""
        return f"chi-square {self.chi_square:.4g} on {self.df} df, p = {self.p:.3g}"


def log_rank(
    groups: Mapping[str, Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int] | Cases],
) -> LogRank:
    """Test whether two or more groups last equally long.

    At each time at which cases end, those at risk share the ends according to their numbers,
    if the groups are alike. What was observed is compared with the sum of these shares.

    A case of weight 2 counts as two cases, as in `kaplan_meier`. Weights that only say how much
    a row matters should first be scaled until they sum up to the number of rows.

    Args:
        groups: For each group its cases, in any of the forms that `kaplan_meier` takes.

    Raises:
        InvalidValueError: If there are fewer than two groups, or one of them never was at risk
            together with the others when a case ended.

    Complexity:
        O(n log n + t · g²) of n cases, t different times and g groups.

    .. versionadded:: 0.1.0
    """
    if not isinstance(groups, Mapping):
        raise InvalidValueError("groups", groups, "name each group with its cases, as a dict does")
    if len(groups) < _FEWEST:
        raise InvalidValueError("groups", tuple(groups), "name at least two groups")
    if not all(isinstance(name, str) for name in groups):
        raise InvalidValueError("groups", tuple(groups), "have names that are text")
    names = tuple(sorted(groups))
    found = _compared([groups[name] for name in names])
    _check_connected(names, found.covariance)
    excess = [o - e for o, e in zip(found.observed, found.expected, strict=True)]
    return LogRank(
        groups=names,
        observed=found.observed,
        expected=found.expected,
        chi_square=_distance(excess, found.covariance),
        df=len(names) - 1,
    )


def _compared(
    groups: Sequence[Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int] | Cases],
) -> Compared:
    cases = [each for each in groups if isinstance(each, Cases)]
    if len(cases) == len(groups) and any(columns_of(each).are_arrays for each in cases):
        found: Compared = arrays().compared([columns_of(each) for each in cases])
        return found
    return _summed([_counted(each) for each in groups])


def _counted(
    cases: Iterable[tuple[float, bool]] | Mapping[tuple[float, bool], int] | Cases,
) -> Counted:
    if isinstance(cases, Cases):
        return Counted.of_columns(columns_of(cases))
    return Counted.of_pairs(cases)


def _risks(group: Counted, times: Sequence[float]) -> Iterator[float]:
    """Yield how many cases of the group are at risk at each of the times, in rising order."""
    came = sorted(group.came, reverse=True)
    gone = sorted(group.gone, reverse=True)
    at_risk = 0
    for time in times:
        while came and (came[-1] < time or came[-1] == 0):
            at_risk += group.came[came.pop()]
        while gone and gone[-1] < time:
            at_risk -= group.gone[gone.pop()]
        yield group.amount(at_risk)


def _summed(groups: Sequence[Counted]) -> Compared:
    times = sorted({time for group in groups for time in group.ended})
    size = range(len(groups))
    observed, expected = [0.0] * len(groups), [0.0] * len(groups)
    covariance = [[0.0] * len(groups) for _ in size]
    for time, risks in zip(
        times, zip(*(_risks(g, times) for g in groups), strict=True), strict=True
    ):
        ends = [group.amount(group.ended.get(time, 0)) for group in groups]
        at_risk, ended = sum(risks), sum(ends)
        spread = ended * (at_risk - ended) / (at_risk - 1) if at_risk > 1 else 0.0
        shares = [risk / at_risk for risk in risks]
        for i in size:
            observed[i] += ends[i]
            expected[i] += ended * shares[i]
            for j in size:
                covariance[i][j] += spread * shares[i] * ((i == j) - shares[j])
    return Compared(tuple(observed), tuple(expected), tuple(map(tuple, covariance)))


def _check_connected(names: Sequence[str], covariance: Sequence[Sequence[float]]) -> None:
    """Refuse groups of which some are never at risk together with the others."""
    reached = waiting = {0}
    while waiting:
        waiting = {j for i in waiting for j, each in enumerate(covariance[i]) if each} - reached
        reached |= waiting
    apart = [name for i, name in enumerate(names) if i not in reached]
    if apart:
        rule = (
            "be at risk together, with more than one case in weight, when some cases end and "
            f"others go on: {names[0]} and {apart[0]} never are"
        )
        raise InvalidValueError("groups", tuple(names), rule)


def _distance(excess: Sequence[float], covariance: Sequence[Sequence[float]]) -> float:
    """Return the square of the excess in units of its covariance.

    The last group adds nothing to the others. Without it the covariance is positive definite,
    so that elimination needs no change of rows.
    """
    size = len(excess) - 1
    rows = [[*covariance[i][:size], excess[i]] for i in range(size)]
    distance = 0.0
    for i, row in enumerate(rows):
        distance += row[-1] * row[-1] / row[i]
        for below in rows[i + 1 :]:
            factor = below[i] / row[i]
            for j in range(i, size + 1):
                below[j] -= factor * row[j]
    return distance
