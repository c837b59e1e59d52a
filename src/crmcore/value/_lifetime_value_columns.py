"""The columns of lifetime values, and how they move with the parameters of both models.

What is asked of a model is asked once for each different history. The slopes with regard to the
logarithms of the parameters of purchases are found by differences on both sides, those of spend
from their formulas. A standard error needs no ten digits, and so the slopes are found with a
few moments.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import mul
from typing import Final, Protocol, TypeAlias, TypeVar

import attrs

from crmcore.durations import Duration
from crmcore.histories import Histories
from crmcore.likelihood import Fit

from ._gamma_gamma import GammaGamma, known_spends
from ._lifetime_value_moments import Moments, moments_of, opportunities
from ._model import PurchaseModel

Models: TypeAlias = tuple[PurchaseModel, GammaGamma]
Key = TypeVar("Key", bound=tuple[float, ...])

_STEP: Final = 1e-4  # of a logarithm
_EXACT: Final = 1e-11  # of a discounted number
_ROUGH: Final = 1e-3  # the same, where a standard error is all that follows from it


class Asked(Protocol):
    """Some customers of whom a model can be asked.

    Attributes:
        which: With which of the groups, of whom `expected` tells, each customer goes on.
    """

    @property
    def which(self) -> Sequence[int]:
        """With which group each customer goes on who is alive."""

    def alive(self, model: PurchaseModel) -> Sequence[float]:
        """Return how probable it is that each is still a customer."""

    def expected(self, model: PurchaseModel, t: float) -> Sequence[float]:
        """Return how many purchases each group is expected to make until *t*, if alive."""


@attrs.frozen
class KnownCustomers:
    """Customers with histories, in the unit of the model.

    How somebody goes on who is alive depends on the number of purchases and the age, and not on
    when the last purchase was. So those are a group who are alike in both.

    Attributes:
        histories: What they did.
        groups: One history for each group.
        which: The group of each history.
    """

    histories: Histories
    groups: Histories
    which: Sequence[int]

    @classmethod
    def of(cls, histories: Histories) -> KnownCustomers:
        """Put those together who go on in the same way."""
        keys, which = _numbered(zip(histories.frequency, histories.age, strict=True))
        groups = Histories.from_columns(
            frequency=[x for x, _ in keys],
            last_purchase_age=[age if x else 0.0 for x, age in keys],
            age=[age for _, age in keys],
            unit=histories.unit,
        )
        return cls(histories, groups, which)

    def alive(self, model: PurchaseModel) -> Sequence[float]:
        """Return how probable it is that each is still a customer."""
        return model.alive(self.histories)

    def expected(self, model: PurchaseModel, t: float) -> Sequence[float]:
        """Return how many purchases each group is expected to make until *t*, if alive."""
        return model.expected_if_alive(self.groups, horizon=Duration(t, model.unit))


@attrs.frozen
class NewCustomer:
    """Somebody who makes a first purchase now, which counts as so many.

    Attributes:
        first: What the first purchase counts, 0 or 1.
        which: The only group.
    """

    first: int
    which: Sequence[int] = (0,)

    def alive(self, model: PurchaseModel) -> Sequence[float]:
        """Return that a new customer is one."""
        del model
        return (1.0,)

    def expected(self, model: PurchaseModel, t: float) -> Sequence[float]:
        """Return how many purchases are expected until *t*."""
        return (self.first + model.new_customer_purchases(Duration(t, model.unit)),)


def different(histories: Histories) -> tuple[KnownCustomers, list[int]]:
    """Return the different histories, and which of them each history is."""
    columns = (histories.frequency, histories.last_purchase_age, histories.age)
    keys, which = _numbered(zip(*columns, strict=True))
    rows = Histories.from_columns(
        frequency=[x for x, _, _ in keys],
        last_purchase_age=[last for _, last, _ in keys],
        age=[age for _, _, age in keys],
        unit=histories.unit,
    )
    return KnownCustomers.of(rows), which


def _numbered(keys: Iterable[Key]) -> tuple[list[Key], list[int]]:
    """Return the different keys as they come, and the place of each key among them."""
    places: dict[Key, int] = {}
    which = [places.setdefault(key, len(places)) for key in keys]
    return list(places), which


def extremes(histories: Histories) -> KnownCustomers:
    """Return the customers whose expected purchases bend soonest, as far as can be seen.

    They are those observed for the shortest and for the longest time, and those who bought most
    and fastest.
    """
    places = range(len(histories))
    x, age = histories.frequency, histories.age
    found = set()
    if places:
        found = {
            min(places, key=lambda place: (age[place], x[place])),
            max(places, key=lambda place: (age[place], x[place])),
            max(places, key=lambda place: (x[place], -age[place])),
            max(places, key=lambda place: (x[place] / age[place] if x[place] else 0.0, place)),
        }
    return KnownCustomers.of(histories[:0].merge(*(histories[p : p + 1] for p in sorted(found))))


def moments_for(
    asked: Asked, model: PurchaseModel, horizon: float, force: float, tolerance: float = _EXACT
) -> Moments:
    """Return the moments at which to ask, and their weights; the last one is the horizon."""
    if model.IS_DISCRETE:
        return opportunities(horizon, force)
    return moments_of(lambda t: asked.expected(model, t), horizon, force, tolerance)


def discounted(
    asked: Asked, model: PurchaseModel, moments: Moments
) -> tuple[Sequence[float], list[float]]:
    """Return the purchases of each group, if alive: their number and the discounted one."""
    weights = [weight for _, weight in moments]
    columns = [asked.expected(model, t) for t, _ in moments]
    return columns[-1], [math.fsum(map(mul, weights, row)) for row in zip(*columns, strict=True)]


def log_variances(
    models: Models, histories: Histories, horizon: float, force: float
) -> list[float]:
    """Return the variance of the logarithm of each customer's value."""
    purchases, spend = models
    known, which = different(histories)
    slopes = _slopes_of(known, purchases, horizon, force)
    of_rows = [_variance(purchases.fitted, row) for row in zip(*slopes, strict=True)]
    pairs = zip(which, known_spends(histories), strict=True)
    return [
        of_rows[place] + _variance(spend.fitted, _spend_slopes(spend, *spent))
        for place, spent in pairs
    ]


def total_variance(
    models: Models, histories: Histories, horizon: float, force: float, values: Sequence[float]
) -> float:
    """Return the variance of the total of *values*, with which the customers stand in it.

    All customers have the same parameters, and so it is the slopes that add up.
    """
    purchases, spend = models
    known, which = different(histories)
    of_rows = [0.0] * len(known.histories)
    for place, value in zip(which, values, strict=True):
        of_rows[place] += value
    by_purchases = _slopes_of(known, purchases, horizon, force)
    by_spend = zip(*(_spend_slopes(spend, *each) for each in known_spends(histories)), strict=True)
    return _variance(purchases.fitted, _along(of_rows, by_purchases)) + _variance(
        spend.fitted, _along(values, by_spend)
    )


def new_customer_variance(models: Models, asked: Asked, moments: Moments) -> float:
    """Return the variance of the logarithm of a new customer's value."""
    purchases, spend = models
    slopes = [each[0] for each in _slopes(asked, purchases, moments)]
    return _variance(purchases.fitted, slopes) + _variance(
        spend.fitted, _spend_slopes(spend, 0, None)
    )


def _along(values: Sequence[float], slopes: Iterable[Iterable[float]]) -> list[float]:
    """Return the slopes of a sum of values, of which the slopes of the logarithms are given."""
    return [math.fsum(map(mul, values, each)) for each in slopes]


def _slopes_of(
    known: KnownCustomers, model: PurchaseModel, horizon: float, force: float
) -> list[list[float]]:
    """Return the slopes for different histories, found with a few moments."""
    few = moments_for(extremes(known.groups), model, horizon, force, _ROUGH)
    return _slopes(known, model, few)


def _slopes(asked: Asked, model: PurchaseModel, moments: Moments) -> list[list[float]]:
    """Return the slopes of the logarithm of what is expected of each customer, alive or not.

    There is a list for each parameter, with regard to its logarithm.
    """
    found = []
    for i in range(len(model.PARAMETERS)):
        up, down = _moved(model, i, _STEP), _moved(model, i, -_STEP)
        of_alive = _log_slopes(asked.alive(up), asked.alive(down))
        of_groups = _log_slopes(
            discounted(asked, up, moments)[1], discounted(asked, down, moments)[1]
        )
        pairs = zip(of_alive, asked.which, strict=True)
        found.append([alive + of_groups[group] for alive, group in pairs])
    return found


def _moved(model: PurchaseModel, i: int, step: float) -> PurchaseModel:
    parameters = list(model.parameters)
    parameters[i] *= math.exp(step)
    return model._with(parameters)  # noqa: SLF001 - of the same room


def _log_slopes(up: Sequence[float], down: Sequence[float]) -> list[float]:
    """Return the slopes of logarithms; where there is nothing, there is no slope."""
    return [
        math.log(high / low) / (2 * _STEP) if high > 0 < low else 0.0
        for high, low in zip(up, down, strict=True)
    ]


def _spend_slopes(model: GammaGamma, x: int, mean: float | None) -> tuple[float, float, float]:
    """Return the slopes of the logarithm of an expected spend along the logs of p, q and γ."""
    if mean is None:
        x, mean = 0, 0.0
    p, q, gamma = model.parameters
    parts = x * p + q - 1
    return (q - 1) / parts, -q / parts, gamma / (gamma + mean * x)


def _variance(fit: Fit | None, slopes: Sequence[float]) -> float:
    """Return the variance of what has these slopes; known parameters have none."""
    if fit is None:
        return 0.0
    size = range(len(slopes))
    terms = (slopes[i] * fit.covariance[i][j] * slopes[j] for i in size for j in size)
    return max(0.0, math.fsum(terms))
