"""The log-likelihood of BG/BB over rows of histories, with its slope and curvature.

A customer who has bought on *x* of *n* opportunities, on the last of them for the last time at
*t*, was there for *n* of them, or for ``t, t + 1, …, n - 1`` and then left. What each of these
outcomes says of the parameters is a product of a few rising factorials, such as
``alpha (alpha + 1) … (alpha + x - 1)``; so no function of the gamma family is needed, and
nothing large is subtracted from anything large. The likelihood is the sum over the outcomes:
its slope is the mean of their slopes, and its curvature the mean of their curvatures and the
covariance of their slopes, under the probabilities that the history gives to each.

Sources:
    P. S. Fader, B. G. S. Hardie and J. Shang, "Customer-Base Analysis in a Discrete-Time
    Noncontractual Setting", Marketing Science 29(6), 2010.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from crmcore.histories import Rows
from crmcore.likelihood import Derivatives, log_rising

from ._search import PARTS, Number, Objective, unfolded


class Table(NamedTuple):
    """The logarithms of a rising factorial by its length, and two derivatives."""

    log: Number
    slope: Number
    bend: Number


class Tables(NamedTuple):
    """The tables of the five rising factorials that there are."""

    alpha: Table
    beta: Table
    alpha_beta: Table
    delta: Table
    gamma_delta: Table


def tables(
    parameters: Sequence[float], longest: int, column: Callable[[list[float]], Number]
) -> Tables:
    """Return the tables up to one more than the longest history."""
    alpha, beta, gamma, delta = parameters
    bases = (alpha, beta, alpha + beta, delta, gamma + delta)
    lengths = range(longest + 2)
    return Tables(*(Table(*map(column, log_rising(base, lengths))) for base in bases))


def outcome(
    parameters: Sequence[float], at: Tables, x: Number, k: Number, left: Number
) -> tuple[Number, ...]:
    """Return the log-likelihood of an outcome, its slopes and the upper half of its curvatures.

    They are by the logarithms of the parameters.

    Args:
        parameters: alpha, beta, gamma and delta.
        at: The tables.
        x: The number of purchases.
        k: For how many opportunities the customer was there.
        left: 1 if the customer left then, 0 if that was all there was to see.
    """
    alpha, beta, gamma, delta = parameters
    both, there, end = at.alpha_beta, at.delta, at.gamma_delta
    log = (
        (at.alpha.log[x] + at.beta.log[k - x] - both.log[k])
        + (there.log[k] - end.log[k + left])
        + left * math.log(gamma)
    )
    g_alpha = alpha * (at.alpha.slope[x] - both.slope[k])
    g_beta = beta * (at.beta.slope[k - x] - both.slope[k])
    g_gamma = left - gamma * end.slope[k + left]
    g_delta = delta * (there.slope[k] - end.slope[k + left])
    bend, bend_end = both.bend[k], end.bend[k + left]
    return (
        log,
        g_alpha,
        g_beta,
        g_gamma,
        g_delta,
        g_alpha + alpha * alpha * (at.alpha.bend[x] - bend) + g_alpha * g_alpha,
        g_alpha * g_beta - alpha * beta * bend,
        g_alpha * g_gamma,
        g_alpha * g_delta,
        g_beta + beta * beta * (at.beta.bend[k - x] - bend) + g_beta * g_beta,
        g_beta * g_gamma,
        g_beta * g_delta,
        g_gamma - left - gamma * gamma * bend_end + g_gamma * g_gamma,
        g_gamma * g_delta - gamma * delta * bend_end,
        g_delta + delta * delta * (there.bend[k] - bend_end) + g_delta * g_delta,
    )


def mixed(log: Number, means: Sequence[Number]) -> tuple[Number, ...]:
    """Return value, slopes and the upper half of the curvatures of a mixture of outcomes.

    Args:
        log: The logarithm of what the outcomes say together.
        means: The means over the outcomes of their slopes, and of their curvatures and the
            products of their slopes.
    """
    a, b, c, d = means[:4]
    squares = (a * a, a * b, a * c, a * d, b * b, b * c, b * d, c * c, c * d, d * d)
    bends = (mean - square for mean, square in zip(means[4:], squares, strict=True))
    return (log, a, b, c, d, *bends)


def python_objective(rows: Rows) -> Objective:
    """Return the log-likelihood with its derivatives by the logarithms of the parameters."""
    held = tuple((x, int(t), int(n), weight) for x, t, n, weight in rows)
    longest = max(n for _, _, n, _ in held)

    def objective(logs: Sequence[float]) -> Derivatives:
        parameters = tuple(map(math.exp, logs))
        at = tables(parameters, longest, list)
        totals = [0.0] * PARTS
        for x, t, n, weight in held:
            for place, part in enumerate(_row(parameters, at, x, t, n)):
                totals[place] += weight * part
        return unfolded(totals)

    return objective


def _row(parameters: Sequence[float], at: Tables, x: int, t: int, n: int) -> tuple[float, ...]:
    outcomes = [outcome(parameters, at, x, k, 1) for k in range(t, n)]
    outcomes.append(outcome(parameters, at, x, n, 0))
    top = max(each[0] for each in outcomes)
    weights = [math.exp(each[0] - top) for each in outcomes]
    total = math.fsum(weights)
    means = [
        math.fsum(w * each[place] for w, each in zip(weights, outcomes, strict=True)) / total
        for place in range(1, PARTS)
    ]
    return mixed(top + math.log(total), means)


def log_likelihood(parameters: Sequence[float], x: int, t: int, n: int) -> float:
    """Return the log-likelihood of one history."""
    return float(_row(parameters, tables(parameters, n, list), x, t, n)[0])
