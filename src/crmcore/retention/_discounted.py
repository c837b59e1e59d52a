"""Sums of discounted survival, without a hypergeometric function that overflows.

The share that survives *t* renewals is ``S(t) = (β)_t / (α + β)_t``, and what is to be summed
is ``S(t) v^t`` for a discount factor *v*. Summed term by term it takes as many terms as periods
matter, which for days are very many. The infinite sum is ``₂F₁(1, β; α + β; v)``. With
``w = 1 - v``, what 1 loses by coming a period later, it is the mean of ``1 / (w + (1 - w) θ)``
over the beta distribution of θ, and so ``₂F₁(1, α; α + β; -v / w) / w`` (Pfaff). The continued
fraction of Gauss has positive terms only in this form, so that no digit is lost; ``20 / √w``
steps give all that a float holds, whatever α and β are.

Sources:
    P. S. Fader, B. G. S. Hardie, "Customer-Base Valuation in a Contractual Setting: The Perils
    of Ignoring Heterogeneity", Marketing Science 29(1), 2010: the sum as ``₂F₁``.
    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964: 15.3.4 (Pfaff).
    H. S. Wall, Analytic Theory of Continued Fractions, 1948: chapter 18 (Gauss).
"""

from __future__ import annotations

import math


def infinite_sum(alpha: float, beta: float, lost: float) -> float:
    """Return the sum of ``S(t) v^t`` from 0 on, for a discount factor of 1 less *lost*."""
    ratio, total = (1 - lost) / lost, alpha + beta
    tail = 1.0
    for m in range(20 + math.ceil(10 / math.sqrt(lost)), 0, -1):
        odd = (alpha + m) / (total + 2 * m) * ((total + m - 1) / (total + 2 * m - 1))
        even = m / (total + 2 * m - 1) * ((beta + m - 1) / (total + 2 * m - 2))
        tail = 1 + even * ratio / (1 + odd * ratio / tail)
    return 1 / (lost * (1 + alpha / total * ratio / tail))


def finite_sum(alpha: float, beta: float, factor: float, count: int) -> float:
    """Return the sum of the first terms, so many of them."""
    total, term = 0.0, 1.0
    for age in range(count):
        total += term
        term *= factor * ((beta + age) / (alpha + beta + age))
    return total
