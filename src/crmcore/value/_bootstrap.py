"""What a fit might have been, had chance fallen out otherwise: the parametric bootstrap.

Customers are made up who follow the fitted model, as many and of the same ages as the real
ones, and the model is fitted to them. How the refitted models scatter tells how far the fit
itself may be from the truth, with no normal distribution assumed. Not every sample can be
fitted; those that cannot are counted and told of.

Sources:
    B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993: chapters 6 and 13.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from numbers import Real
from random import Random
from typing import Generic, TypeVar

import attrs

from crmcore.errors import DidNotConvergeError, InvalidValueError, NotIdentifiedError
from crmcore.histories import Histories
from crmcore.kernel import Phrase
from crmcore.likelihood import Progress
from crmcore.statistics import Interval

from ._simulation import chance

M = TypeVar("M")

_FITTING = Phrase("samples refitted", "已重新拟合的样本")


@attrs.frozen(kw_only=True)
class Bootstrap(Generic[M]):
    """A model, refitted to made-up customers who follow it.

    Attributes:
        model: The model that they follow.
        refits: The models that were fitted to them.
        failures: Why samples could not be fitted, each with how often.
        seed: What chance began with.

    .. versionadded:: 0.1.0
    """

    model: M
    refits: tuple[M, ...]
    failures: tuple[tuple[str, int], ...] = ()
    seed: int

    @property
    def samples(self) -> int:
        """How many samples were made up."""
        return len(self.refits) + self.failed

    @property
    def failed(self) -> int:
        """How many of them could not be fitted."""
        return sum(count for _, count in self.failures)

    @property
    def cautions(self) -> tuple[Phrase, ...]:
        """What a reader of its intervals has to know."""
        if not self.failures:
            return ()
        failed, samples = self.failed, self.samples
        return (
            Phrase(
                f"{failed} of {samples} samples could not be fitted; the intervals leave them "
                "out, and are too narrow for it",
                f"{samples} 个样本中有 {failed} 个无法拟合；区间未包含这些样本，因而偏窄",
            ),
        )

    def values(self, quantity: Callable[[M], float]) -> tuple[float, ...]:
        """Return what a quantity is in each of the refitted models, ascending."""
        return tuple(sorted(quantity(model) for model in self.refits))

    def standard_error(self, quantity: Callable[[M], float]) -> float:
        """Return how far a quantity scatters: the standard deviation over the refits.

        Raises:
            InvalidValueError: If fewer than two samples could be fitted.
        """
        values = self.values(quantity)
        if len(values) < 2:  # noqa: PLR2004 - one value has no spread
            raise InvalidValueError("refits", len(values), "be 2 or more, to tell a spread")
        mean = math.fsum(values) / len(values)
        return math.sqrt(math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1))

    def interval(self, quantity: Callable[[M], float], *, level: float = 0.95) -> Interval:
        """Return the bounds that leave out equally many of the refitted models on both sides.

        Args:
            quantity: Computes the quantity from a model.
            level: The confidence, as a fraction.

        Raises:
            InvalidValueError: If *level* is no fraction above 0 and below 1, or if no sample
                could be fitted.
        """
        if not (isinstance(level, Real) and 0 < level < 1):
            rule = "be a fraction above 0 and below 1 (0.95, not 95)"
            raise InvalidValueError("level", level, rule)
        values = self.values(quantity)
        if not values:
            raise InvalidValueError("refits", 0, "be 1 or more, to tell an interval")
        return Interval(
            low=_quantile(values, (1 - level) / 2),
            high=_quantile(values, (1 + level) / 2),
            level=level,
            method=f"bootstrap, {len(values)} samples",
        )


def resample(
    model: M,
    draw: Callable[[Random], Histories],
    fit: Callable[[Histories], M],
    *,
    samples: int,
    seed: int,
    progress: Progress | None = None,
) -> Bootstrap[M]:
    """Return the models fitted to samples that are made up.

    Each sample has a seed of its own, so that the first hundred of a thousand are those of a
    hundred.
    """
    if type(samples) is not int or samples < 1:
        raise InvalidValueError("samples", samples, "be a whole number of 1 or more")
    refits: list[M] = []
    failures: Counter[str] = Counter()
    for sample in range(samples):
        if progress is not None:
            progress(sample, samples, _FITTING)
        made_up = draw(chance(seed, sample))
        try:
            refits.append(fit(made_up))
        except (NotIdentifiedError, DidNotConvergeError) as error:
            failures[_reason(error)] += 1
    if progress is not None:
        progress(samples, samples, _FITTING)
    return Bootstrap(
        model=model, refits=tuple(refits), failures=tuple(sorted(failures.items())), seed=seed
    )


def _reason(error: NotIdentifiedError | DidNotConvergeError) -> str:
    """Return what samples that fail alike have in common."""
    return error.reason if isinstance(error, NotIdentifiedError) else error.code


def _quantile(ascending: tuple[float, ...], p: float) -> float:
    """Return a quantile, with a straight line between neighbours."""
    place = p * (len(ascending) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ascending) - 1)
    part = place - below
    return (1 - part) * ascending[below] + part * ascending[above]
