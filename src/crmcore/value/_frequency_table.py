"""How often customers came back, and how often a model says that they do.

Sources:
    W. G. Cochran, "Some Methods for Strengthening the Common chi-square Tests", Biometrics
    10(4), 1954: cells in which few are expected are put together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from crmcore.errors import InvalidValueError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.statistics import chi_square_tail

_FEWEST: Final = 5.0  # customers expected in a cell of the test
_LEVEL: Final = 0.05


@attrs.frozen(kw_only=True)
class FrequencyTable:
    """How many customers came back how often, observed and expected.

    The place of a number in the columns is how often those customers came back; the last place
    is for all who came back as often or more often.

    Attributes:
        model: The model.
        observed: How many customers came back so often.
        expected: How many the model says did, each over the customer's own age.
        free: How many parameters of the model were fitted to these customers.

    .. versionadded:: 0.1.0
    """

    model: str
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    free: int = 0

    @property
    def cells(self) -> tuple[tuple[float, float], ...]:
        """The cells of the test: observed and expected, with small ones put together.

        A cell in which fewer than five are expected goes with the one before it.
        """
        found: list[tuple[float, float]] = []
        for observed, expected in reversed([*zip(self.observed, self.expected, strict=True)]):
            if found and found[-1][1] < _FEWEST:
                behind = found.pop()
                found.append((observed + behind[0], expected + behind[1]))
            else:
                found.append((observed, expected))
        if len(found) > 1 and found[-1][1] < _FEWEST:
            first, second = found.pop(), found.pop()
            found.append((first[0] + second[0], first[1] + second[1]))
        return tuple(reversed(found))

    @property
    def chi_square(self) -> float:
        """How far observed and expected are apart: the chi-square statistic of the cells."""
        return math.fsum((o - e) ** 2 / e for o, e in self.cells if o or e)

    @property
    def df(self) -> int:
        """The degrees of freedom: the cells but one, without the parameters that were fitted."""
        return len(self.cells) - 1 - self.free

    @property
    def p(self) -> float | None:
        """How probable such a distance is, if the model is right; None without freedom.

        The parameters were fitted to single histories and not to these cells, so that the true
        probability lies between this one and that of as many degrees more as were fitted.
        Of many customers a small fault of the model shows that nobody would mind: look at the
        columns as well.
        """
        return chi_square_tail(self.chi_square, self.df) if self.df > 0 else None

    @property
    def words(self) -> Phrase:
        """What it says, in a sentence."""
        chi, p = f"{self.chi_square:.2f}", self.p
        if p is None:
            return Phrase(
                "there are too few customers to tell whether the model fits",
                "客户太少，无法判断模型是否符合",
            )
        test = f"chi-square {chi} on {self.df} df, p = {p:.2g}"
        test_zh = f"卡方 {chi}，自由度 {self.df}，p = {p:.2g}"
        if p < _LEVEL:
            return Phrase(
                f"customers came back more or less often than {self.model} says ({test})",
                f"客户的重复购买次数与 {self.model} 所述不符（{test_zh}）",
            )
        return Phrase(
            f"customers came back about as often as {self.model} says ({test})",
            f"客户的重复购买次数与 {self.model} 所述大致相符（{test_zh}）",
        )

    def __str__(self) -> str:
        """Return the sentence, and the columns."""
        last = len(self.observed) - 1
        rows = [
            f"{f'{x}+' if x == last else x!s:>8} {observed:>10,.6g} {expected:>10,.1f}"
            for x, (observed, expected) in enumerate(zip(self.observed, self.expected, strict=True))
        ]
        head = f"{'repeats':>8} {'observed':>10} {'expected':>10}"
        return "\n".join([self.words.en, "", head, *rows])


def frequency_table(
    model: str,
    histories: Histories,
    probabilities: Callable[[int, float], Sequence[float]],
    *,
    most: int = 7,
    free: int = 0,
) -> FrequencyTable:
    """Compare how often customers came back with how often a model says they do.

    Args:
        model: The name of the model.
        histories: What the customers did.
        probabilities: Returns how probable 0, 1, …, *n* repeat purchases are until an age.
        most: Customers with so many repeat purchases or more are counted together.
        free: How many parameters of the model were fitted to the histories.

    Raises:
        InvalidValueError: If there are no customers, or *most* is below 1.

    Complexity:
        O(n) for n customers, and the probabilities once for each different age.
    """
    if not isinstance(most, int) or most < 1:
        raise InvalidValueError("most", most, "be a whole number of 1 or more")
    if not histories.total_weight:
        raise InvalidValueError("histories", histories, "hold at least one customer")
    observed: list[list[float]] = [[] for _ in range(most + 1)]
    ages: dict[float, list[float]] = {}
    for x, _, age, weight in histories.rows():
        observed[min(x, most)].append(weight)
        ages.setdefault(age, []).append(weight)
    expected: list[list[float]] = [[] for _ in range(most + 1)]
    for age in sorted(ages):
        weight = math.fsum(ages[age])
        chances = probabilities(most - 1, age)
        rest = max(0.0, 1 - math.fsum(chances))
        for cell, chance in zip(expected, (*chances, rest), strict=True):
            cell.append(weight * chance)
    return FrequencyTable(
        model=model,
        observed=tuple(map(math.fsum, observed)),
        expected=tuple(map(math.fsum, expected)),
        free=free,
    )
