"""Likelihood: the parameters that make what was seen most probable, and how sure they are.

One engine serves every model: a damped Newton search over the logarithms of the parameters,
which is given the exact slope and curvature of the log-likelihood. It ends at a maximum, or it
says why not; it never returns a point at which the likelihood still rises.

Of 10 customers 7 came back. The probability ``p`` of coming back has odds of ``7 / 3``:

>>> import math
>>> from crmcore.likelihood import maximize
>>> def objective(logs):
...     p = 1 / (1 + math.exp(-logs[0]))
...     return 7 * math.log(p) + 3 * math.log(1 - p), [7 - 10 * p], [[-10 * p * (1 - p)]]
>>> fit = maximize(objective, [0.0], model="coming back", names=["odds"], weight=10)
>>> print(fit)
odds=2.333 ± 1.61
>>> print(fit.intervals()[0])
0.6034 to 9.023 (95 %, Wald, log scale)
"""

from __future__ import annotations

from ._delta import Scale, delta_interval
from ._fit import Fit
from ._gamma import digamma, log_beta, log_gamma_ratio, log_rising, trigamma
from ._kernel import Kernel, choose_kernel
from ._maximize import Derivatives, Progress, maximize
from ._quadrature import gauss_legendre

__all__ = [
    "Derivatives",
    "Fit",
    "Kernel",
    "Progress",
    "Scale",
    "choose_kernel",
    "delta_interval",
    "digamma",
    "gauss_legendre",
    "log_beta",
    "log_gamma_ratio",
    "log_rising",
    "maximize",
    "trigamma",
]
