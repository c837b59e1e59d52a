"""Writes ``predictions.csv``: what BG/NBD and MBG/NBD predict, computed with mpmath.

Run it with ``python tests/value/write_predictions.py``; it takes some minutes. The formulas are
those of the papers and not those of the library:

- expected purchases of somebody alive, with ``ρ = r + x``, ``β = b + x`` (BG/NBD) or ``b + x + 1``
  (MBG/NBD), ``γ = a + β - 1``, ``z = t / (alpha + T + t)``:
  ``γ / (a - 1) · (1 - (1 - z)^ρ · 2F1(ρ, β; γ; z))`` (Fader, Hardie and Lee 2005, equation 10),
  with *a* moved by 1e-40 of itself where that is singular. Digits are added until two
  computations agree to 25;
- the probability of being alive: its equation for P(alive), and that of Batislam, Denizel and
  Filiztekin 2007;
- the probability of *k* purchases of a new customer: equation 8, summed up term by term;
- ``mixed``: MBG/NBD from its assumptions alone, as integrals over the rate λ and the probability
  p of leaving: of those who are alive, ``λ^x e^(-λ T) (1 - p)^(x+1)``, and of those who left
  after the last purchase, ``λ^x e^(-λ t_x) p (1 - p)^x``, both by the gamma density of λ and the
  beta density of p; the purchases expected of the former are ``(1 - e^(-λ p t)) / p``.
"""

from __future__ import annotations

import csv
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mpmath as mp

TABLE = Path(__file__).with_name("predictions.csv")
SECONDS = 2  # for one computation; a point that takes longer is left out
FIELDS = ("kind", "model", "r", "alpha", "a", "b", "x", "t_x", "age", "t", "value")


def if_alive(digits: int, first: int, p: dict[str, Any]) -> Any:  # noqa: ANN401 - mpmath is untyped
    """Return the purchases that are expected of somebody alive."""
    with mp.workdps(digits):
        r, alpha, a, b, x, age, t = (
            mp.mpf(p[name]) for name in ("r", "alpha", "a", "b", "x", "age", "t")
        )
        gamma = a + b + x + first - 1
        if a == 1 or (gamma <= 0 and gamma == mp.floor(gamma)):
            a *= 1 + mp.mpf(10) ** -40
            gamma = a + b + x + first - 1
        z = t / (alpha + age + t)
        series = mp.hyp2f1(r + x, b + x + first, gamma, z)
        return gamma / (a - 1) * (1 - (1 - z) ** (r + x) * series)


def settled(first: int, p: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the same once two computations agree, or None where that takes too long."""
    last = None
    for digits in (60, 120, 240, 480, 960, 1920):
        signal.alarm(SECONDS)
        try:
            found = if_alive(digits, first, p)
        except (ValueError, ArithmeticError, mp.libmp.NoConvergence):
            continue
        except TimeoutError:
            return None
        finally:
            signal.alarm(0)
        if last is not None and found > 0 and abs(found / last - 1) < mp.mpf(10) ** -25:
            return found
        last = found
    return None


def alive(first: int, p: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the probability of being alive."""
    with mp.workdps(50):
        r, alpha, a, b, x, t_x, age = (
            mp.mpf(p[name]) for name in ("r", "alpha", "a", "b", "x", "t_x", "age")
        )
        if not x + first:
            return mp.mpf(1)
        return 1 / (1 + a / (b + x + first - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x))


def probability(k: int, p: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the probability that a new customer buys *k* times again, under BG/NBD."""
    with mp.workdps(500):  # for what lies beyond the counts is a small difference
        r, alpha, a, b, t = (mp.mpf(p[name]) for name in ("r", "alpha", "a", "b", "t"))
        z = t / (alpha + t)

        def counted(j: int) -> Any:  # noqa: ANN401
            return mp.rf(r, j) / mp.factorial(j) * (1 - z) ** r * z**j

        stays = mp.beta(a, b + k) / mp.beta(a, b) * counted(k)
        if not k:
            return stays
        more = 1 - mp.fsum(counted(j) for j in range(k))
        return stays + mp.beta(a + 1, b + k - 1) / mp.beta(a, b) * more


def mixed(p: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the probability of being alive and the purchases that are expected of all."""
    with mp.workdps(20):
        r, alpha, a, b, x, t_x, age, t = (mp.mpf(p[name]) for name in FIELDS[2:-1])

        def both(weight: Any) -> Any:  # noqa: ANN401
            def of(p: Any) -> Any:  # noqa: ANN401
                density = p ** (a - 1) * (1 - p) ** (b - 1)
                inner = mp.quad(
                    lambda rate: weight(rate, p) * rate ** (r + x - 1) * mp.exp(-alpha * rate),
                    [0, (r + x) / (alpha + age), 10 * (r + x + 1) / (alpha + t_x), mp.inf],
                )
                return density * inner

            return mp.quad(of, [0, mp.mpf(1) / 2, 1])

        living = both(lambda rate, p: mp.exp(-rate * age) * (1 - p) ** (x + 1))
        gone = both(lambda rate, p: mp.exp(-rate * t_x) * p * (1 - p) ** x)
        buying = both(
            lambda rate, p: (
                mp.exp(-rate * age) * (1 - p) ** (x + 1) * (1 - mp.exp(-rate * p * t)) / p
            )
        )
        return living / (living + gone), buying / (living + gone)


def points(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield hard and easy points over the whole space, for ever."""

    def over(low: float, high: float) -> float:
        return float(f"{10 ** chance.uniform(low, high):.6g}")

    while True:
        x = chance.choice([0, 0, 1, 2, 7, 30, 200, 1_000, 5_000])
        age = chance.choice([0.0, over(-1, 1), over(1, 4)]) if not x else over(-1, 4)
        wide = chance.random() < 0.7
        yield {
            "r": over(-3, 4) if wide else over(-1, 0.5),
            "alpha": over(-3, 4) if wide else over(0, 2),
            "a": chance.choice([1.0, over(-3, 4), over(-3, 0)]) if wide else over(-1, 0.5),
            "b": chance.choice([over(-3, 4), over(-3, -0.5)]) if wide else over(-0.5, 1),
            "x": x,
            "t_x": float(f"{age * chance.choice([1, chance.random()]):.6g}") if x else 0.0,
            "age": age,
            "t": over(-2, 6) if wide else over(0, 3),
        }


def rows() -> Iterator[dict[str, Any]]:
    """Yield the rows of the table."""
    chance = random.Random(2005)  # noqa: S311 - no secret
    every = points(chance)
    for number in range(240):
        first = number % 2
        model = ("BG/NBD", "MBG/NBD")[first]
        p = next(every)
        found = settled(first, p)
        if found is not None:
            yield {"kind": "if_alive", "model": model, **p, "value": mp.nstr(found, 20)}
        yield {"kind": "alive", "model": model, **p, "value": mp.nstr(alive(first, p), 20)}
    for _ in range(120):
        p = next(every)
        p["x"], p["t_x"], p["age"] = chance.choice([0, 1, 2, 5, 20, 100]), 0.0, 0.0
        value = mp.nstr(probability(p["x"], p), 20)
        yield {"kind": "probability", "model": "BG/NBD", **p, "value": value}
    for x, t_x, age, t in [(0, 0.0, 10.0, 20.0), (1, 3.0, 9.0, 5.0), (4, 8.0, 9.5, 30.0)]:
        p = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
        p |= {"x": x, "t_x": t_x, "age": age, "t": t}
        living, expected = mixed(p)
        yield {"kind": "alive", "model": "MBG/NBD", **p, "value": mp.nstr(living, 12)}
        yield {"kind": "expected", "model": "MBG/NBD", **p, "value": mp.nstr(expected, 12)}


def give_up(*_: object) -> None:
    """End what takes too long."""
    raise TimeoutError


def main() -> None:
    """Write the table."""
    signal.signal(signal.SIGALRM, give_up)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        for row in rows():
            writer.writerow(row)
            file.flush()


if __name__ == "__main__":
    main()
