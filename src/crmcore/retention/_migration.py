"""Migration: customers who move between states, period by period, as a chain of Markov.

Which state a customer will be in depends on the present one alone. With *P* the probabilities
of moving within a period, *R* what a state brings in a period and *v* what 1 is worth that
comes a period later, a customer is worth, by the present state,

    R + vPR + (vP)²R + … + (vP)ᵀR                     within T periods from now
    (I - vP)⁻¹ R                                      for ever

The first R is that of the present period and not discounted. What stands before R tells how many
(discounted) periods a customer will spend in each state, and the value is the sum over states of
these periods times what a period brings.

Sources:
    P. E. Pfeifer, R. L. Carraway, "Modeling customer relationships as Markov chains", Journal of
    Interactive Marketing 14(2), 2000: the method, and its table for T = 4 and for ever.
    J. G. Kemeny, J. L. Snell, Finite Markov Chains, 1960: absorbing chains, first passages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any, Final, TypeVar

import attrs

from crmcore.checks import refusal
from crmcore.durations import DiscountRate, Duration
from crmcore.errors import InvalidValueError, UnknownNameError
from crmcore.kernel import Money, Phrase, Reason, Undefined
from crmcore.statistics import Interval, wilson

from ._chain import lasting, power, reach, solve, steady
from ._migration_values import MigrationValues
from ._periods import check_number, is_prior, lasts, whole
from ._renewals import check_customers
from ._worth import worth

N = TypeVar("N")
S = TypeVar("S", bound=str)  # also a word of an enumeration

TOLERANCE: Final = 1e-9
_LEAST: Final = 1e-15  # a probability; what is less is rounding

_NOT_SURE = Phrase("it is not sure that this ever happens", "该事件并非必然发生")
_MANY_ENDS = Phrase(
    "where customers stay in the end depends on where they begin", "长期分布取决于客户的初始状态"
)
_UNSEEN = Phrase("nobody was seen to begin a period in this state", "没有客户在期初处于该状态")


# Plain functions, so that every type checker sees what the fields may be given as.
def _names(states: Iterable[str]) -> tuple[str, ...]:
    if isinstance(states, str | AbstractSet) or not isinstance(states, Iterable):
        raise refusal("states", states, "be a list of states, in the order of the rows")
    return tuple(text_of(state) if isinstance(state, str) else state for state in states)


def text_of(state: str) -> str:
    """Return the text itself, also of a word of an enumeration that would write its name."""
    return str.__str__(state)


def _rows(matrix: Iterable[Iterable[float | Decimal | Fraction]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(_share, row)) for row in _listed("matrix", matrix))


def _listed(name: str, rows: Iterable[Iterable[N]]) -> list[list[N]]:
    """Return rows as lists."""
    found = list(rows) if isinstance(rows, Iterable) else [rows]
    if not all(isinstance(row, Iterable) and not isinstance(row, str) for row in found):
        raise InvalidValueError(name, rows, "be a list of rows, each a list of numbers")
    return [list(row) for row in found]


def _share(entry: float | Decimal | Fraction) -> float:
    if isinstance(entry, bool) or not isinstance(entry, Real | Decimal):
        raise InvalidValueError("matrix", entry, "hold numbers")
    try:
        share = float(entry)
    except (OverflowError, ValueError):  # too large, or a NaN that signals
        share = math.nan
    if not (share == 0 or _LEAST <= share <= 1 + TOLERANCE):
        rule = f"hold probabilities: 0, or from {_LEAST} to 1"
        raise InvalidValueError("matrix", entry, rule)
    return min(1.0, share + 0.0)


def _counts(counts: Iterable[Iterable[int]] | None) -> tuple[tuple[int, ...], ...] | None:
    if counts is None:
        return None
    rows = _listed("counts", counts)
    found = tuple(tuple(map(whole, row)) for row in rows)
    if any(count < 0 for row in found for count in row):
        raise InvalidValueError("counts", rows, "hold whole numbers of 0 or more, below 2**63")
    return found


@attrs.frozen(kw_only=True)
class Migration:
    """How customers move between states within a period.

    Attributes:
        states: The states, in the order of the rows and columns.
        matrix: The probability of each move within a period: from the state of the row to the
            state of the column. Each row sums to 1, within a billionth; so does that of a
            state that nobody leaves, which has its 1 on the diagonal.
        period: How long a period is.
        counts: How many moves of each kind the probabilities were estimated from, if they were.
        prior: What was added to each count.

    .. versionadded:: 0.1.0
    """

    states: tuple[str, ...] = attrs.field(converter=_names)
    matrix: tuple[tuple[float, ...], ...] = attrs.field(converter=_rows)
    period: Duration = attrs.field(validator=lasts)
    counts: tuple[tuple[int, ...], ...] | None = attrs.field(default=None, converter=_counts)
    prior: float = attrs.field(default=0.0, validator=is_prior)

    @states.validator
    def _are_states(self, attribute: attrs.Attribute[Any], value: tuple[str, ...]) -> None:
        if not value or not all(isinstance(state, str) and state for state in value):
            raise refusal(attribute, list(value), "hold at least one state, each with a name")
        twice = sorted({state for state in value if value.count(state) > 1})
        if twice:
            raise refusal(attribute, twice, "name each state once")

    @matrix.validator
    def _is_stochastic(
        self, attribute: attrs.Attribute[Any], value: tuple[tuple[float, ...], ...]
    ) -> None:
        size = len(self.states)
        if len(value) != size or any(len(row) != size for row in value):
            rule = f"have {size} rows of {size} probabilities, as there are states"
            raise refusal(attribute, [len(row) for row in value], rule)
        sums = zip(self.states, map(math.fsum, value), strict=True)
        wrong = [f"{state}: {total:.10g}" for state, total in sums if abs(total - 1) > TOLERANCE]
        if wrong:
            raise refusal(attribute, ", ".join(wrong), "have rows that sum to 1")

    @counts.validator
    def _fits(self, attribute: attrs.Attribute[Any], value: Sequence[Sequence[int]] | None) -> None:
        size = len(self.states)
        if value is not None and (len(value) != size or any(len(row) != size for row in value)):
            raise refusal(attribute, value, f"have {size} rows of {size} counts")

    @property
    def absorbing(self) -> tuple[str, ...]:
        """The states that nobody leaves."""
        return tuple(
            state
            for i, state in enumerate(self.states)
            if not any(share for j, share in enumerate(self.matrix[i]) if j != i)
        )

    def probability(self, before: str, after: str, *, periods: int = 1) -> float:
        """Return the probability of being in *after*, so many periods after being in *before*."""
        row, column = self._place(before), self._place(after)
        return self.after(periods)[row][column]

    def after(self, periods: int) -> tuple[tuple[float, ...], ...]:
        """Return the probabilities of moves within so many periods, as a matrix."""
        found = power(self.matrix, check_number("periods", periods))
        return tuple(tuple(min(1.0, share) for share in row) for row in found)

    def project(self, customers: Mapping[S, int], *, periods: int) -> tuple[float, ...]:
        """Return how many customers are expected in each state after so many periods.

        Args:
            customers: How many there are now, by state; none in a state that is not named.
            periods: How many periods from now.
        """
        if not isinstance(customers, Mapping):
            rule = "say how many customers there are by state, as a dict does"
            raise InvalidValueError("customers", customers, rule)
        now = [0.0] * len(self.states)
        for state, count in customers.items():
            now[self._place(state)] = check_customers(state, count)
        columns = zip(*self.after(periods), strict=True)
        return tuple(math.fsum(n * share for n, share in zip(now, c, strict=True)) for c in columns)

    def interval(self, before: str, after: str, *, level: float = 0.95) -> Interval | Undefined:
        """Return the interval of the probability of a move within one period.

        It is Wilson's, of the moves that were counted; a prior is no observation.

        Raises:
            InvalidValueError: If the probabilities were not estimated from counts.
        """
        if self.counts is None:
            raise InvalidValueError("counts", None, "be there: stated probabilities have no errors")
        row = self.counts[self._place(before)]
        moves = row[self._place(after)]
        if not sum(row):
            return Undefined(Reason.NO_DATA, _UNSEEN)
        return wilson(moves, sum(row), level)

    def steady_state(self) -> tuple[float, ...] | Undefined:
        """Return the share of time that customers spend in each state in the long run.

        Where all of them end in the same states, there is one answer wherever they begin;
        otherwise it is undefined.
        """
        ends = lasting(self.matrix)
        if len(ends) > 1:
            return Undefined(Reason.NOT_APPLICABLE, _MANY_ENDS)
        (end,) = (sorted(found) for found in ends)
        shares = dict(zip(end, steady(_part(self.matrix, end)), strict=True))
        return tuple(shares.get(state, 0.0) for state in range(len(self.states)))

    def chance_of(self, *targets: str) -> tuple[float, ...]:
        """Return the probability, by the present state, of ever coming to one of some states."""
        goal = self._places(targets)
        reached = reach(self.matrix)
        inner = [i for i, seen in enumerate(reached) if seen & goal and i not in goal]
        found = self._leaving(inner, [[self._into(i, goal)] for i in inner])
        chances = {state: min(1.0, row[0]) for state, row in zip(inner, found, strict=True)}
        sure = range(len(self.states))
        return tuple(1.0 if i in goal else chances.get(i, 0.0) for i in sure)

    def time_until(self, *targets: str) -> tuple[float | Undefined, ...]:
        """Return after how many periods, by the present state, one of some states is reached.

        It is the mean; undefined where it is not sure that any of them ever is.
        """
        goal = self._places(targets)
        ways = [
            [share * (i not in goal) for share in row] for i, row in enumerate(self.matrix)
        ]  # whoever is there goes no further
        reached = reach(ways)
        sure = [i for i, seen in enumerate(reached) if all(reached[j] & goal for j in seen)]
        inner = [i for i in sure if i not in goal]
        found = self._leaving(inner, [[1.0] for _ in inner])
        times = {state: row[0] for state, row in zip(inner, found, strict=True)}
        never = Undefined(Reason.NOT_APPLICABLE, _NOT_SURE)
        return tuple(0.0 if i in goal else times.get(i, never) for i in range(len(self.states)))

    def values(
        self,
        rewards: Mapping[S, float | Decimal | Fraction | Money],
        *,
        discount: DiscountRate,
        horizon: Duration | None = None,
    ) -> MigrationValues:
        """Return what a customer is worth, by the present state.

        What a state brings in a period counts for the present period, undiscounted, and for
        each further one up to the horizon: four periods from now are five rewards.

        Args:
            rewards: What a customer in each state brings in a period; costs are below 0. Every
                state is to be named, also one that brings 0.
            discount: The discount rate.
            horizon: How far ahead to look, a whole number of periods; for ever unless stated.

        Raises:
            InfiniteMeanError: If it is for ever and undiscounted, and a state that is never
                left for good brings anything.
            InvalidValueError: If rewards are missing or absurdly large, or the horizon is no
                whole number of periods.
            UnknownNameError: If there is no such state.
            MixedCurrenciesError: If the rewards are of two currencies.

        Complexity:
            ``O(n³)`` for *n* states for ever, and ``O(n³ T)`` for *T* periods.
        """
        if not isinstance(rewards, Mapping):
            raise InvalidValueError(
                "rewards", rewards, "tell by state what it brings, as a dict does"
            )
        for state in rewards:
            self._place(state)
        return worth(
            states=self.states,
            matrix=self.matrix,
            period=self.period,
            observed=None
            if self.counts is None
            else [sum(row) + self.prior * len(row) for row in self.counts],
            rewards={text_of(state): reward for state, reward in rewards.items()},
            discount=discount,
            horizon=horizon,
        )

    def _place(self, state: str) -> int:
        try:
            return self.states.index(state)
        except ValueError:
            raise UnknownNameError("state", str(state), self.states) from None

    def _places(self, states: Iterable[str]) -> set[int]:
        found = {self._place(state) for state in states}
        if not found:
            raise InvalidValueError("targets", [], "name at least one state")
        return found

    def _into(self, state: int, goal: set[int]) -> float:
        return math.fsum(share for j, share in enumerate(self.matrix[state]) if j in goal)

    def _leaving(self, inner: Sequence[int], right: list[list[float]]) -> list[list[float]]:
        """Solve for states from which everybody goes elsewhere in the end."""
        outside = set(range(len(self.states))).difference(inner)
        lacks = [self._into(state, outside) for state in inner]
        return solve(_part(self.matrix, inner), lacks, right)

    def __str__(self) -> str:
        """Return a line for each state with the probabilities of its moves."""
        width = max(map(len, self.states))
        lines = [
            f"{state:<{width}}  {'  '.join(f'{share:.4f}' for share in row)}"
            for state, row in zip(self.states, self.matrix, strict=True)
        ]
        return "\n".join(lines)


def _part(matrix: Sequence[Sequence[float]], states: Sequence[int]) -> list[list[float]]:
    return [[matrix[i][j] for j in states] for i in states]
