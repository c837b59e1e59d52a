"""The log-likelihood of BG/NBD and MBG/NBD, with its slope and its curvature.

A customer who made *x* repeat purchases, the last of them at age *t_x*, and who was observed up
to the age *T*, stood *j* times before the question whether to stay: once after each repeat
purchase and, in MBG/NBD, once at the beginning. With ``ρ = r + x`` the likelihood of such a
history is (Fader, Hardie & Lee 2005, equation 6; Batislam, Denizel & Filiztekin 2007)

    (r)_x α^r · (b)_j / (a + b)_j · [(α + T)^-ρ + a / (b + j - 1) · (α + t_x)^-ρ],

where ``(z)_n`` is the rising factorial and the last term is there only if *j* is above 0. What
is in brackets is the customer who is alive at *T*, and the one who left at *t_x*. Taken out of
the brackets, the second leaves ``log(1 + e)`` to add, where *e* are the odds of being alive:

    e = (b + j - 1) / a · ((α + t_x) / (α + T))^ρ.

Slope and curvature follow with the probability ``q = e / (1 + e)`` of being alive. So a kernel
has to give no more than 25 sums over rows, and all the rest is here, for both models and
kernels. Ages are measured in units of α: with ``τ = t/α`` the table of ages holds ``L = log(1 +
τ)`` and ``h = τ/(1 + τ)``. Nothing large is subtracted from anything large, so that customers
who hardly differ (r and α of a million) do no harm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from crmcore.likelihood import Derivatives, log_rising


class AgeSums(NamedTuple):
    """Sums over the ages at which each customer was last surely there, by weight.

    In those whose names begin with *x* the weight is multiplied by the number of repeats.
    """

    log: float
    x_log: float
    h: float
    x_u: float  # u is 1 - h
    uh: float
    x_uh: float


class AliveSums(NamedTuple):
    """Sums over the customers who may have left.

    *l* is the difference of L between *T* and *t_x*, *d* that of h, *k* is ``ρ d``, and *c* is
    ``1/(b + j - 1)``. Names that begin with *q* are weighted with the probability of being
    alive, and those that begin with *p* with ``q (1 - q)``.
    """

    log_odds: float  # of log(1 + e)
    q: float
    q_l: float
    q_d: float
    q_k: float
    q_ks: float  # s is 1 less both h
    q_c: float
    q_cc: float
    p: float
    p_l: float
    p_k: float
    p_c: float
    p_ll: float
    p_lk: float
    p_lc: float
    p_kk: float
    p_kc: float
    p_cc: float


class Table(Protocol):
    """Histories, arranged for their sums."""

    @property
    def counts(self) -> Sequence[int]:
        """The different numbers of repeats, ascending."""

    @property
    def weights(self) -> Sequence[float]:
        """How many customers made so many."""

    @property
    def exposure(self) -> float:
        """The ages at the end of the observation, summed up."""

    @property
    def size(self) -> int:
        """How many different histories there are."""

    def sums(self, r: float, alpha: float, a: float, b: float) -> tuple[AgeSums, AliveSums]:
        """Return the sums at one point."""


def derivatives(table: Table, first: int, logs: Sequence[float]) -> Derivatives:
    """Return log-likelihood, gradient and Hessian by the logarithms of r, α, a and b.

    Args:
        table: The histories.
        first: How often a customer may leave before the first repeat purchase: 1 in MBG/NBD.
        logs: The logarithms.
    """
    r, alpha, a, b = map(math.exp, logs)
    ages, alive = table.sums(r, alpha, a, b)
    chances = [x + first for x in table.counts]
    buying = _risen(table, r, table.counts)
    staying = _risen(table, b, [max(0, j - 1) for j in chances])
    facing = _risen(table, a + b, chances)
    repeats = math.fsum(w * x for w, x in zip(table.weights, table.counts, strict=True))
    mortal = math.fsum(w for w, j in zip(table.weights, chances, strict=True) if j)
    value = math.fsum(
        (
            buying[0],
            -r * ages.log,
            -ages.x_log,
            -repeats * logs[1],
            staying[0],
            -facing[0],
            mortal * logs[2],
            alive.log_odds,
        )
    )
    gradient = [
        r * (buying[1] - ages.log - alive.q_l),
        r * ages.h - ages.x_u - alive.q_k,
        mortal - alive.q - a * facing[1],
        b * (staying[1] - facing[1] + alive.q_c),
    ]
    rr = r * r * (buying[2] + alive.p_ll) + gradient[0]
    r_alpha = r * (ages.h - alive.q_d + alive.p_lk)
    ra = r * alive.p_l
    rb = -r * b * alive.p_lc
    alpha_alpha = alive.q_ks + alive.p_kk - r * ages.uh - ages.x_uh
    alpha_a = alive.p_k
    alpha_b = -b * alive.p_kc
    aa = alive.p - a * facing[1] - a * a * facing[2]
    ab = -a * b * facing[2] - b * alive.p_c
    bb = b * b * (staying[2] - facing[2] - alive.q_cc + alive.p_cc) + gradient[3]
    hessian = [
        [rr, r_alpha, ra, rb],
        [r_alpha, alpha_alpha, alpha_a, alpha_b],
        [ra, alpha_a, aa, ab],
        [rb, alpha_b, ab, bb],
    ]
    return value, gradient, hessian


def _risen(table: Table, base: float, counts: Sequence[int]) -> tuple[float, ...]:
    """Return the weighted sum of the logarithms of rising factorials, with two derivatives."""
    return tuple(
        math.fsum(w * each for w, each in zip(table.weights, column, strict=True))
        for column in log_rising(base, counts)
    )


def log_likelihood(
    parameters: Sequence[float], first: int, x: int, t_x: float, age: float
) -> float:
    """Return the log-likelihood of one history, at whichever parameters above 0.

    Args:
        parameters: r, α, a and b.
        first: How often a customer may leave before the first repeat purchase.
        x: The repeat purchases.
        t_x: The age at the last of them.
        age: The age at the end of the observation.
    """
    r, alpha, a, b = parameters
    chances = x + first
    if not chances:
        return -r * _log_growth(age, alpha)
    rho = r + x
    value = math.fsum(
        (
            log_rising(r, [x])[0][0],
            -x * math.log(alpha),
            -rho * _log_growth(t_x, alpha),
            math.log(a),
            log_rising(b, [chances - 1])[0][0],
            -log_rising(a + b, [chances])[0][0],
        )
    )
    odds = math.log(b + (chances - 1)) - math.log(a) - rho * math.log1p((age - t_x) / (alpha + t_x))
    return value + max(0.0, odds) + math.log1p(math.exp(-abs(odds)))


def _log_growth(t: float, alpha: float) -> float:
    """Return ``log((α + t) / α)``, also where the quotient is beyond a float."""
    tau = t / alpha
    return math.log1p(tau) if tau < math.inf else math.log(t) - math.log(alpha)
