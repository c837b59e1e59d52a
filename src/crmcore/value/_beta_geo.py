"""BG/NBD: customers buy at random and may leave after each repeat purchase."""

from __future__ import annotations

from typing import ClassVar, Self

import attrs

from crmcore.histories import Histories
from crmcore.likelihood import Kernel, Progress

from ._beta_geo_fit import fit_beta_geo
from ._beta_geo_sums import log_likelihood
from ._geometric_dropout import GeometricDropout


@attrs.frozen(kw_only=True)
class BetaGeo(GeometricDropout):
    """The BG/NBD model of repeat purchases (beta-geometric / negative binomial).

    1. While a customer is one, purchases come at random, at a rate of the customer's own.
    2. The rates are gamma distributed over customers, with shape *r* and scale *alpha*.
    3. After each repeat purchase the customer leaves for good with a probability of the
       customer's own.
    4. These probabilities are beta distributed over customers, with *a* and *b*.
    5. The rate tells nothing of the probability of leaving.

    Nobody can leave before the first repeat purchase: whoever bought once is alive for certain.
    Where that is too good to be true, see `ModifiedBetaGeo` and `ParetoNbd`.

    >>> from crmcore.durations import WEEK, weeks
    >>> from crmcore.histories import PurchaseHistory
    >>> from crmcore.value import BetaGeo
    >>> cds = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
    >>> ada = PurchaseHistory(frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK)
    >>> round(cds.predict(ada, horizon=weeks(39)).purchases, 3)
    1.226

    Attributes:
        r: The shape of the distribution of the rates; the lower, the more customers differ.
        alpha: Its scale, in *unit*; ``r / alpha`` is the mean rate.
        a: The first parameter of the distribution of the probability of leaving.
        b: The second; ``a / (a + b)`` is the mean probability.
        unit: The unit of time.
        fitted: What the fit told besides the parameters; None where they were known.

    Complexity:
        A fit takes some 5 to 10 steps, each of which costs in proportion to the *different*
        histories; putting equal ones together costs in proportion to all of them.

    Sources:
        P. S. Fader, B. G. S. Hardie and K. L. Lee, "'Counting Your Customers' the Easy Way: An
        Alternative to the Pareto/NBD Model", Marketing Science 24(2), 2005: the likelihood (6),
        E[X(t)] (9), E[Y(t)] (10), and the parameters for the CDNOW sample.

    .. versionadded:: 0.1.0
    """

    NAME: ClassVar[str] = "BG/NBD"
    LEAVES_AT_ONCE: ClassVar[bool] = False

    @classmethod
    def _fit(
        cls, histories: Histories, *, kernel: Kernel | None, progress: Progress | None
    ) -> Self:
        fit = fit_beta_geo(histories, model=cls.NAME, first=0, kernel=kernel, progress=progress)
        r, alpha, a, b = fit.parameters
        return cls(r=r, alpha=alpha, a=a, b=b, unit=histories.unit, fitted=fit)

    def _log_likelihood(self, x: int, t_x: float, age: float) -> float:
        return log_likelihood(self.parameters, 0, x, t_x, age)

    def _onwards(self, x: int, age: float) -> BetaGeo:
        return BetaGeo(r=self.r + x, alpha=self.alpha + age, a=self.a, b=self.b + x, unit=self.unit)
