"""MBG/NBD: customers buy at random and may leave after each purchase, the first one included."""

from __future__ import annotations

from typing import ClassVar, Self

import attrs

from crmcore.histories import Histories
from crmcore.likelihood import Kernel, Progress

from ._beta_geo import BetaGeo
from ._beta_geo_fit import fit_beta_geo
from ._beta_geo_sums import log_likelihood
from ._geometric_dropout import GeometricDropout


@attrs.frozen(kw_only=True)
class ModifiedBetaGeo(GeometricDropout):
    """The MBG/NBD model of repeat purchases: BG/NBD in which one may leave at once.

    All is as in `BetaGeo`, except that a customer may also leave after the very first purchase.
    So whoever bought once may be gone, and is the less likely to be alive the longer ago that
    was.

    >>> from crmcore.durations import WEEK, weeks
    >>> from crmcore.histories import PurchaseHistory
    >>> from crmcore.value import ModifiedBetaGeo
    >>> cds = ModifiedBetaGeo(r=0.525, alpha=6.183, a=0.891, b=1.614, unit=WEEK)
    >>> once = PurchaseHistory(frequency=0, last_purchase_age=0, age=38.86, unit=WEEK)
    >>> round(cds.predict(once, horizon=weeks(39)).alive, 3)
    0.39

    Attributes:
        r: The shape of the distribution of the rates; the lower, the more customers differ.
        alpha: Its scale, in *unit*; ``r / alpha`` is the mean rate.
        a: The first parameter of the distribution of the probability of leaving.
        b: The second; ``a / (a + b)`` is the mean probability.
        unit: The unit of time.
        fitted: What the fit told besides the parameters; None where they were known.

    Sources:
        E. P. Batislam, M. Denizel and A. Filiztekin, "Empirical validation and comparison of
        models for customer base analysis", International Journal of Research in Marketing
        24(3), 2007: the model, and the parameters for the CDNOW sample.

    .. versionadded:: 0.1.0
    """

    NAME: ClassVar[str] = "MBG/NBD"
    LEAVES_AT_ONCE: ClassVar[bool] = True

    @classmethod
    def _fit(
        cls, histories: Histories, *, kernel: Kernel | None, progress: Progress | None
    ) -> Self:
        fit = fit_beta_geo(histories, model=cls.NAME, first=1, kernel=kernel, progress=progress)
        r, alpha, a, b = fit.parameters
        return cls(r=r, alpha=alpha, a=a, b=b, unit=histories.unit, fitted=fit)

    def _log_likelihood(self, x: int, t_x: float, age: float) -> float:
        return log_likelihood(self.parameters, 1, x, t_x, age)

    def _onwards(self, x: int, age: float) -> BetaGeo:
        return BetaGeo(
            r=self.r + x, alpha=self.alpha + age, a=self.a, b=self.b + (x + 1), unit=self.unit
        )
