"""Value: what customers are likely to buy, whether they are still there, and what that is worth.

A `PurchaseHistory` is what a customer's purchases come to: how often somebody has bought again,
until when, and for how long that was observed. Models of repeat buying ask for no more. The
ages carry their unit, so that days are never taken for weeks:

>>> from crmcore.durations import DAY, WEEK
>>> from crmcore.value import Histories, PurchaseHistory
>>> ada = PurchaseHistory(
...     customer="ada", frequency=2, last_purchase_age=30.43, age=38.86, unit=WEEK
... )
>>> bob = PurchaseHistory(customer="bob", frequency=0, last_purchase_age=0, age=38.86, unit=WEEK)
>>> histories = Histories.of([bob, ada])
>>> histories
Histories(2 histories in weeks)
>>> round(histories.in_unit(DAY)[0].days_since_last)
59
"""

from __future__ import annotations

from ._beta_binomial import BetaGeoBetaBinomial
from ._beta_geo import BetaGeo
from ._bootstrap import Bootstrap
from ._dropout import DropoutCheck
from ._frequency_table import FrequencyTable
from ._gamma_gamma import GammaGamma
from ._gamma_gamma_independence import SpendIndependence
from ._gamma_gamma_prediction import SpendPrediction
from ._histories import Histories
from ._history import PurchaseHistory
from ._holdout_report import HoldoutLine, HoldoutReport
from ._lifetime_value import LifetimeValue
from ._lifetime_values import LifetimeValues, lifetime_values, new_customer_value
from ._model import PurchaseModel
from ._modified_beta_geo import ModifiedBetaGeo
from ._pareto_nbd import ParetoNbd
from ._prediction import Prediction
from ._refunds import Refunds
from ._rows import Rows
from ._split import Holdout, split
from ._summarize import summarize
from ._tally import OccasionTally
from ._tracking import Tracking

__all__ = [
    "BetaGeo",
    "BetaGeoBetaBinomial",
    "Bootstrap",
    "DropoutCheck",
    "FrequencyTable",
    "GammaGamma",
    "Histories",
    "Holdout",
    "HoldoutLine",
    "HoldoutReport",
    "LifetimeValue",
    "LifetimeValues",
    "ModifiedBetaGeo",
    "OccasionTally",
    "ParetoNbd",
    "Prediction",
    "PurchaseHistory",
    "PurchaseModel",
    "Refunds",
    "Rows",
    "SpendIndependence",
    "SpendPrediction",
    "Tracking",
    "lifetime_values",
    "new_customer_value",
    "split",
    "summarize",
]
