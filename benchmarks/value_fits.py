"""Fitting models of customer value, beside lifetimes, on published and on made-up customers.

Run it with ``python benchmarks/value_fits.py``; a number behind it is how many customers are
made up, a million unless stated. The published ones are CDNOW: the 1/10 sample of 2,357
customers in weeks, as the papers fit it, and all 23,570 in days. The made-up ones buy and leave
as BG/NBD says of these 23,570, were observed for 190 to 273 days, and have whole days for ages.

Each fit begins with columns of numbers in memory, those of `Histories` here and arrays of numpy
there, and ends with parameters; crmcore has standard errors then, too. Each program runs in a
process of its own with one thread; a first run, on the sample, is not counted. Of the others
the median is told. The seconds are those of the processor, so that whatever else the machine
does counts little.

The log-likelihoods of a row belong to the same model and data: "short by" is how much less the
peer's parameters have than ours.

A fit costs an evaluation for each of 5 to 10 steps, and an evaluation costs in proportion to the
*different* histories; putting equal ones together costs in proportion to all of them, and
sorting what is left. The second table shows both.
"""

from __future__ import annotations

import csv
import gzip
import math
import multiprocessing
import os
import statistics
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from crmcore.durations import DAY, WEEK
from crmcore.histories import Histories
from crmcore.likelihood import Kernel
from crmcore.value import BetaGeo, GammaGamma, ModifiedBetaGeo, ParetoNbd

DATA = Path(__file__).parent.parent / "examples" / "data"
LAST_DAY = date(1997, 9, 30)
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

MODELS: dict[str, Any] = {
    "BG/NBD": BetaGeo,
    "MBG/NBD": ModifiedBetaGeo,
    "Pareto/NBD": ParetoNbd,
    "Gamma-Gamma": GammaGamma,
}
PEERS = {
    "BG/NBD": "BetaGeoFitter",
    "MBG/NBD": "ModifiedBetaGeoFitter",
    "Pareto/NBD": "ParetoNBDFitter",
    "Gamma-Gamma": "GammaGammaFitter",
}


@attrs.frozen
class Case:
    """A model to fit to some customers with a program: lifetimes, or a kernel of crmcore."""

    model: str
    customers: str
    program: str


@attrs.frozen
class Outcome:
    """The median seconds of a fit, the parameters, and how many customers there were."""

    seconds: float
    parameters: tuple[float, ...]
    customers: int
    different: int


@attrs.frozen
class Wanted:
    """How many times faster than lifetimes a kernel has to be."""

    model: str
    customers: str
    kernel: Kernel
    times: float


def wanted(many: str) -> list[Wanted]:
    """Return what has to be reached, and beside it what is only told."""
    plain, fast = Kernel
    return [
        Wanted("BG/NBD", "sample", plain, 6),
        Wanted("BG/NBD", "all", plain, 2.5),
        Wanted("BG/NBD", many, plain, 0),
        Wanted("BG/NBD", "sample", fast, 20),
        Wanted("BG/NBD", "all", fast, 30),
        Wanted("BG/NBD", many, fast, 25),
        Wanted("MBG/NBD", "sample", plain, 0),
        Wanted("MBG/NBD", "sample", fast, 0),
        Wanted("Gamma-Gamma", "sample", plain, 5),
        Wanted("Gamma-Gamma", "sample", fast, 0),
        Wanted("Pareto/NBD", "sample", plain, 0),
        Wanted("Pareto/NBD", "sample", fast, 5),
    ]


def published(name: str) -> Histories:
    """Read the CDNOW sample in weeks, or all customers in days."""
    path = DATA / {"sample": "cdnow_sample.csv", "all": "cdnow_master.csv.gz"}[name]
    unit = WEEK if name == "sample" else DAY
    spent: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            if day <= LAST_DAY:
                spent[row["customer_id"]][day.toordinal()] += float(row["dollar_value"])
    customers = sorted(spent)
    births = [min(spent[customer]) for customer in customers]
    repeats = [sorted(spent[customer].items())[1:] for customer in customers]
    return Histories.from_columns(
        frequency=[len(each) for each in repeats],
        last_purchase_age=[
            (each[-1][0] - birth) / unit.days if each else 0.0
            for each, birth in zip(repeats, births, strict=True)
        ],
        age=[(LAST_DAY.toordinal() - birth) / unit.days for birth in births],
        mean_spend=[
            math.fsum(s for _, s in each) / len(each) if each else None for each in repeats
        ],
        unit=unit,
        customers=customers,
        currency="USD",
    )


def made_up(count: int) -> Histories:
    """Make customers up who buy and leave as BG/NBD says, on whole days."""
    import numpy as np  # noqa: PLC0415 - a program that does without it stays without it

    chance = np.random.default_rng(count)
    rate = np.maximum(chance.gamma(0.2516, 1 / 33.52, count), 1e-9)
    leaving = chance.beta(0.7234, 2.161, count)
    age = chance.integers(190, 274, count).astype(np.float64)
    frequency, last = np.zeros(count, dtype=np.int64), np.zeros(count)
    there = np.arange(count)
    while len(there):
        at = last[there] + np.maximum(1, np.rint(chance.exponential(1 / rate[there])))
        in_time = at <= age[there]
        there = there[in_time]
        frequency[there] += 1
        last[there] = at[in_time]
        there = there[chance.random(len(there)) > leaving[there]]
    return Histories.from_columns(frequency=frequency, last_purchase_age=last, age=age, unit=DAY)


def customers(name: str) -> Histories:
    """Return the customers of a name, or made-up ones of a number."""
    return made_up(int(name)) if name.isdigit() else published(name)


def peer(model: str, histories: Histories) -> Callable[[], tuple[float, ...]]:
    """Return what fits the model of lifetimes."""
    import numpy as np  # noqa: PLC0415 - as above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes  # noqa: PLC0415 - one of several programs

    fitter = getattr(lifetimes, PEERS[model])
    x = np.array(histories.frequency)
    columns = [x, np.array(histories.last_purchase_age), np.array(histories.age)]
    if model == "Gamma-Gamma":
        spend = np.array(histories.mean_spend)
        paid = (x > 0) & (spend > 0)
        columns = [x[paid], spend[paid]]

    def fit() -> tuple[float, ...]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = fitter().fit(*columns).params_
        names = {"gamma": "v"} if model == "Gamma-Gamma" else {}
        return tuple(float(found[names.get(name, name)]) for name in MODELS[model].PARAMETERS)

    return fit


def own(model: str, histories: Histories, kernel: Kernel) -> Callable[[], tuple[float, ...]]:
    """Return what fits our model."""

    def fit() -> tuple[float, ...]:
        found: tuple[float, ...] = MODELS[model].fit(histories, kernel=kernel).fitted.parameters
        return found

    return fit


def run(case: Case) -> Outcome:
    """Fit once for nothing, and then as often as patience allows."""

    def program(histories: Histories) -> Callable[[], tuple[float, ...]]:
        if case.program == "lifetimes":
            return peer(case.model, histories)
        return own(case.model, histories, Kernel(case.program))

    program(published("sample"))()
    histories = customers(case.customers)
    fit = program(histories)
    seconds: list[float] = []
    parameters: tuple[float, ...] = ()
    while len(seconds) < 3 or (len(seconds) < 15 and sum(seconds) < 4):
        begin = time.process_time()
        parameters = fit()
        seconds.append(time.process_time() - begin)
    different = len(histories.rows())
    return Outcome(statistics.median(seconds), parameters, len(histories), different)


def shortfall(model: str, name: str, ours: Outcome, theirs: Outcome) -> float:
    """Return how much less likely the customers are under the peer's parameters than ours."""
    histories = customers(name)
    unit = {"currency": "USD"} if model == "Gamma-Gamma" else {"unit": histories.unit}

    def likelihood(parameters: tuple[float, ...]) -> float:
        named = dict(zip(MODELS[model].PARAMETERS, parameters, strict=True))
        return float(MODELS[model](**named, **unit).log_likelihood(histories))

    return likelihood(ours.parameters) - likelihood(theirs.parameters)


def outcomes(cases: list[Case]) -> Iterator[tuple[Case, Outcome]]:
    """Yield each case with its outcome, one after another."""
    for name in ONE_THREAD:
        os.environ[name] = "1"
    context = multiprocessing.get_context("spawn")
    with context.Pool(1, maxtasksperchild=1) as pool:
        yield from zip(cases, pool.imap(run, cases, chunksize=1), strict=True)


def compare(many: str) -> bool:
    """Print what is reached beside what has to be, and say whether all of it is."""
    rows = wanted(many)
    peers = dict.fromkeys(Case(row.model, row.customers, "lifetimes") for row in rows)
    cases = [*peers, *(Case(row.model, row.customers, row.kernel) for row in rows)]
    found = dict(outcomes(cases))
    print(
        f"{'fit of':<13}{'customers':>11}{'kernel':>8}{'lifetimes':>12}{'crmcore':>10}"
        f"{'times':>8}{'wanted':>8}   short by"
    )
    good = True
    for row in rows:
        theirs = found[Case(row.model, row.customers, "lifetimes")]
        ours = found[Case(row.model, row.customers, row.kernel)]
        times = theirs.seconds / ours.seconds
        good = good and times >= row.times
        told = f"{row.times:g}" + ("" if times >= row.times else " !") if row.times else "-"
        short = shortfall(row.model, row.customers, ours, theirs)
        print(
            f"{row.model:<13}{ours.customers:>11,}{row.kernel:>8}"
            f"{1000 * theirs.seconds:>9.1f} ms{1000 * ours.seconds:>7.1f} ms"
            f"{times:>8.1f}{told:>8}   {short:.1e}",
            flush=True,
        )
    return good


def grow(most: int) -> None:
    """Print how the cost of a fit grows with the customers."""
    sizes = [size for size in (10_000, 30_000, 100_000, 300_000, 1_000_000) if size <= most]
    cases = [Case("BG/NBD", str(size), kernel) for size in sizes for kernel in Kernel]
    print(f"\n{'customers':>11}{'different':>11}{'kernel':>8}{'seconds':>10}{'us each':>9}")
    for case, found in outcomes(cases):
        print(
            f"{found.customers:>11,}{found.different:>11,}{case.program:>8}{found.seconds:>10.4f}"
            f"{1e6 * found.seconds / found.customers:>9.2f}",
            flush=True,
        )


def main() -> None:
    """Print both tables; end with an error if something is slower than it has to be."""
    most = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    good = compare(most)
    grow(int(most))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
