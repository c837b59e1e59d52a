"""The log-likelihood of Pareto/NBD over rows of histories, with its slope and curvature.

A customer who has bought *x* times, the last time at *t*, is alive at *T* or has left at some
time between. What each of these outcomes says of the parameters is simple. The likelihood is
that of their mixture, so its slope is the mean of their slopes, and its curvature the mean of
their curvatures and the covariance of their slopes, under the probabilities that the history
gives to each. One sweep over the points of the integral brings all of these means.

Everything is told by what it differs from a customer who left right after the last purchase,
at *t*. With *y* the time of an outcome these differences are made of

    ``u = log((α + y) / (α + t))``,  ``i = (y - t) / (α + y)``,
    ``v = log((β + y) / (β + t))``,  ``j = (y - t) / (β + y)``,

and so nothing large is ever subtracted from anything large, with 5,000 purchases as with none.

Sources:
    D. C. Schmittlein, D. G. Morrison and R. Colombo, "Counting Your Customers: Who Are They
    and What Will They Do Next?", Management Science 33(1), 1987: the model.
    P. S. Fader and B. G. S. Hardie, "A Note on Deriving the Pareto/NBD Model and Related
    Expressions", 2005: the likelihood as an integral over the time of leaving.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from crmcore.histories import Rows
from crmcore.likelihood import Derivatives, log_rising

from ._pareto_nbd_mesh import rule, way
from ._search import PARTS, Number, Objective, unfolded


class Sums(NamedTuple):
    """Sums of 1, u, i, v, j and of their products over outcomes, by how likely each is."""

    one: Number
    u: Number
    i: Number
    v: Number
    j: Number
    uu: Number
    ui: Number
    uv: Number
    uj: Number
    ii: Number
    iv: Number
    ij: Number
    vv: Number
    vj: Number
    jj: Number

    def swapped(self) -> Sums:
        """Return the sums with u and i in the place of v and j."""
        one, u, i, v, j, uu, ui, uv, uj, ii, iv, ij, vv, vj, jj = self
        return Sums(one, v, j, u, i, vv, vj, uv, iv, jj, uj, ij, uu, ui, ii)


def odds(parameters: Sequence[float], x: int, t: float, age: float) -> tuple[float, float]:
    """Return what a history says of being alive at its end, and of having left before.

    Both are by what it would say of a customer who left at *t*; together they are at most 1.
    """
    r, alpha, s, beta = parameters
    rho, left = r + x, age - t
    alive = math.exp(-rho * math.log1p(left / (alpha + t)) - s * math.log1p(left / (beta + t)))
    near = min(alpha, beta) + t
    c = near / (max(alpha, beta) + t)
    a, b, front = (rho - 1, s + 1, s * c) if alpha <= beta else (s, rho, s)
    reach, rank = way(a, b, rho + s, c, math.log1p(left / near))
    gone = 0.0
    for z, weight in zip(*rule(rank), strict=True):
        q = z * reach
        gone += weight * math.exp(-a * q - b * math.log1p(c * math.expm1(q)))
    return alive, front * reach * gone


def log_likelihood(parameters: Sequence[float], x: int, t: float, age: float) -> float:
    """Return the log-likelihood of one history."""
    r, alpha, s, beta = parameters
    return (
        log_rising(r, [x])[0][0]
        - r * math.log1p(t / alpha)
        - x * math.log(alpha + t)
        - s * math.log1p(t / beta)
        + math.log(sum(odds(parameters, x, t, age)))
    )


def python_objective(rows: Rows) -> Objective:
    """Return the log-likelihood with its derivatives by the logarithms of the parameters."""
    counts = sorted(set(rows.x))
    held = tuple(rows)

    def objective(logs: Sequence[float]) -> Derivatives:
        r, alpha, s, beta = parameters = tuple(map(math.exp, logs))
        risings = dict(zip(counts, zip(*log_rising(r, counts), strict=True), strict=True))
        totals = [0.0] * PARTS
        for x, t, age, weight in held:
            u, v = math.log1p((age - t) / (alpha + t)), math.log1p((age - t) / (beta + t))
            alive = math.exp(-(r + x) * u - s * v)
            gone = _swept(r + x, s, (alpha + t) / (beta + t), u, v)
            i, j = (age - t) / (alpha + age), (age - t) / (beta + age)
            one, both, left = mixture((u, i, v, j), alive, gone)
            rising, slope, bend = risings[x]
            log_a, log_b = math.log1p(t / alpha), math.log1p(t / beta)
            value = rising - r * log_a - x * math.log(alpha + t) - s * log_b + math.log(one)
            parts = derivatives(parameters, (x, t), (slope, bend, log_a, log_b), both, left)
            for place, part in enumerate((value, *parts)):
                totals[place] += weight * part
        return unfolded(totals)

    return objective


def _swept(rho: float, s: float, ratio: float, u: float, v: float) -> Sums:
    """Return the sums over the time of leaving, from *t* to *T*.

    The inner loop of it all: whichever of alpha and beta is the smaller, u and i belong to it.
    """
    swap = ratio > 1
    a, b, c, end, front = (
        (s, rho, 1 / ratio, v, s) if swap else (rho - 1, s + 1, ratio, u, s * ratio)
    )
    reach, rank = way(a, b, rho + s, c, end)
    front *= reach
    exp, expm1, log1p = math.exp, math.expm1, math.log1p
    one = su = si = sv = sj = 0.0
    uu = ui = uv = uj = ii = iv = ij = vv = vj = jj = 0.0
    for z, weight in zip(*rule(rank), strict=True):
        u = z * reach
        e = expm1(u)
        i = e / (1 + e)
        e *= c
        j = e / (1 + e)
        v = log1p(e)
        w = weight * front * exp(-a * u - b * v)
        wu, wi, wv, wj = w * u, w * i, w * v, w * j
        one += w
        su += wu
        si += wi
        sv += wv
        sj += wj
        uu += wu * u
        ui += wu * i
        uv += wu * v
        uj += wu * j
        ii += wi * i
        iv += wi * v
        ij += wi * j
        vv += wv * v
        vj += wv * j
        jj += wj * j
    sums = Sums(one, su, si, sv, sj, uu, ui, uv, uj, ii, iv, ij, vv, vj, jj)
    return sums.swapped() if swap else sums


def mixture(
    end: tuple[Number, Number, Number, Number], alive: Number, gone: Sums
) -> tuple[Number, Sums, Sums]:
    """Return how likely all outcomes are, the means over them, and the part of who has left.

    Args:
        end: u, i, v and j at the end of the observation.
        alive: How likely the outcome is that the customer is alive then.
        gone: The sums over the outcomes of having left.
    """
    u, i, v, j = end
    both = alive + gone.one
    p = alive / both
    there = (1, u, i, v, j, u * u, u * i, u * v, u * j, i * i, i * v, i * j, v * v, v * j, j * j)
    left = Sums(*(each / both for each in gone))
    return both, Sums(*(gone + p * e for gone, e in zip(left, there, strict=True))), left


def derivatives(
    parameters: Sequence[float],
    history: tuple[Number, Number],
    terms: tuple[Number, Number, Number, Number],
    both: Sums,
    left: Sums,
) -> tuple[Number, ...]:
    """Return the four slopes and the upper half of the curvatures, row by row.

    Args:
        parameters: r, alpha, s and beta.
        history: x and t.
        terms: The derivatives of ``log(gamma(r + x) / gamma(r))``, and the logarithms of
            ``1 + t / alpha`` and of ``1 + t / beta``.
        both: The means over all outcomes.
        left: The part of them that belongs to those who have left.
    """
    r, alpha, s, beta = parameters
    x, t = history
    slope, bend, log_a, log_b = terms
    rho, a_t, b_t = r + x, t / (alpha + t), t / (beta + t)
    a, b = 1 - a_t, 1 - b_t
    # By how much the slopes are more, on average, than those of a customer who left at t.
    d_r, d_alpha = -r * both.u, rho * a * both.i
    d_s, d_beta = left.one - s * both.v, b * (s * both.j + left.j - left.one)
    g_r = r * (slope - log_a) + d_r
    g_s = d_s - s * log_b
    return (
        g_r,
        (r * t - x * alpha) / (alpha + t) + d_alpha,
        g_s,
        s * b_t + d_beta,
        g_r + r * r * (bend + both.uu) - d_r * d_r,
        r * (a_t + a * (both.i - rho * both.ui)) - d_r * d_alpha,
        r * (s * both.uv - left.u) - d_r * d_s,
        -r * b * (s * both.uj + left.uj - left.u) - d_r * d_beta,
        rho * a * (rho * a * both.ii - a_t * (1 - both.i) - a * (both.i - both.ii))
        - d_alpha * d_alpha,
        rho * a * (left.i - s * both.iv) - d_alpha * d_s,
        rho * a * b * (s * both.ij + left.ij - left.i) - d_alpha * d_beta,
        g_s + s * (s * both.vv - 2 * left.v) - d_s * d_s,
        s * (b_t + b * (both.j - s * both.vj + left.v - left.vj))
        + b * ((s + 1) * left.j - left.one)
        - d_s * d_beta,
        b * b * (s * s * both.jj + (2 * s + 1) * left.jj - 2 * (s + 1) * left.j + left.one)
        - b * (s * (b_t * (1 - both.j) + b * (both.j - both.jj)))
        - b * (b_t * (left.one - left.j) + b * (left.j - left.jj))
        - d_beta * d_beta,
    )
