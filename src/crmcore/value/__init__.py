"""Value: what customers are likely to buy, whether they are still there, and what that is worth.

A model of purchases is fitted to the `histories <crmcore.histories.Histories>` of all customers,
and says of each how likely it is that somebody is still there, and how many purchases to expect.
With a model of what is spent on a purchase, that is a lifetime value with its ledger. Every
model says how sure it is, and can be held against what happened later:

>>> from crmcore.durations import WEEK, annual, weeks
>>> from crmcore.histories import Histories, PurchaseHistory
>>> from crmcore.value import BetaGeo, GammaGamma, lifetime_values
>>> cds = BetaGeo(r=0.243, alpha=4.414, a=0.793, b=2.426, unit=WEEK)
>>> spend = GammaGamma(p=6.25, q=3.74, gamma=15.44, currency="USD")
>>> ada = PurchaseHistory(
...     customer="ada",
...     frequency=2,
...     last_purchase_age=30.43,
...     age=38.86,
...     unit=WEEK,
...     mean_spend=22.35,
...     currency="USD",
... )
>>> print(cds.predict(ada, horizon=weeks(39)))
ada: alive with probability 0.727; 1.226 purchases expected in 39 weeks
>>> [worth] = lifetime_values(
...     Histories.of([ada]), cds, spend, horizon=weeks(39), discount=annual(0.15)
... )
>>> for words, _ in worth.ledger:
...     print(words.en)
alive 0.73
1.69 purchases in 39 weeks
24.66 USD a purchase
0.95 for discount at 15 % a year
margin 1.00
>>> round(worth.value, 2)
28.8
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
from ._holdout_report import HoldoutLine, HoldoutReport
from ._lifetime_value import LifetimeValue
from ._lifetime_values import LifetimeValues, lifetime_values, new_customer_value
from ._model import PurchaseModel
from ._modified_beta_geo import ModifiedBetaGeo
from ._pareto_nbd import ParetoNbd
from ._prediction import Prediction
from ._tracking import Tracking

__all__ = [
    "BetaGeo",
    "BetaGeoBetaBinomial",
    "Bootstrap",
    "DropoutCheck",
    "FrequencyTable",
    "GammaGamma",
    "HoldoutLine",
    "HoldoutReport",
    "LifetimeValue",
    "LifetimeValues",
    "ModifiedBetaGeo",
    "ParetoNbd",
    "Prediction",
    "PurchaseModel",
    "SpendIndependence",
    "SpendPrediction",
    "Tracking",
    "lifetime_values",
    "new_customer_value",
]
