"""The product-limit estimator on a million cases, against lifelines.

Run it with ``python benchmarks/survival.py``, and with a number to take fewer cases. It needs
numpy and lifelines. The cases are made up, the same ones each time; three in five have ended.
Durations are whole days of some years, as customers have them, or seconds, of which hardly two
are alike; each with and without weights and late entries. Both get the same arrays:

- crmcore: `kaplan_meier` of `Cases`, with the variance;
- lifelines: ``KaplanMeierFitter().fit``, with its intervals, which it always makes.

The base install without numpy is shown beside them, on lists. Rounds are interleaved, so that a
busy machine slows all ways alike; the table shows medians of the CPU time. The shares must
agree within 1e-9, or there is no table. A second table tells what more cases cost.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from lifelines import KaplanMeierFitter

from crmcore.statistics import Cases, kaplan_meier

CASES = 1_000_000
DAYS = 1_000
ROUNDS = 5
SOME = 50  # of so many steps the shares are compared

Columns: TypeAlias = Mapping[str, Any]
Way: TypeAlias = Callable[[], object]


def make_columns(count: int, kind: str, more: str) -> Columns:
    """Make cases up: each column an array."""
    chance = np.random.default_rng(20260930)
    durations = chance.exponential(DAYS / 4, count)
    if kind == "days":
        durations = np.minimum(np.ceil(durations), DAYS)
    columns = {"durations": durations, "ended": chance.random(count) < 0.6}
    if more == "weights":
        columns["weights"] = chance.integers(1, 5, count)
    if more == "late entry":
        is_late = (chance.random(count) < 0.3) & (durations > 2)
        columns["entries"] = np.where(is_late, np.floor(durations * 0.4), 0.0)
    return columns


def crmcore(columns: Columns) -> Any:  # noqa: ANN401 - a curve
    """Estimate by arrays, or by lists."""
    return kaplan_meier(Cases(**columns))


def lifelines(columns: Columns) -> Any:  # noqa: ANN401 - a curve
    """Estimate by the peer."""
    return KaplanMeierFitter().fit(
        columns["durations"],
        columns["ended"],
        entry=columns.get("entries"),
        weights=columns.get("weights"),
    )


def check(columns: Columns) -> None:
    """End where the shares of the ways differ."""
    found, peer = crmcore(columns), lifelines(columns)
    steps = range(0, len(found.times), max(1, len(found.times) // SOME))
    theirs = peer.survival_function_at_times([found.times[i] for i in steps]).to_numpy()
    if not np.allclose([found.survival[i] for i in steps], theirs, rtol=0, atol=1e-9):
        raise SystemExit("the ways do not agree; there is nothing to compare")


def medians(ways: Mapping[str, Way]) -> dict[str, float]:
    """Return the median CPU seconds of each way."""
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            gc.collect()
            start = time.process_time()
            way()
            rounds[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in rounds.items()}


def main(count: int = CASES) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    print(f"{count:,} cases, CPU seconds, medians of {ROUNDS} rounds\n")
    print(f"{'':<24} {'crmcore':>8} {'lifelines':>10} {'times':>6} {'base install':>13}")
    for kind in ("days", "seconds"):
        for more in ("", "weights", "late entry"):
            columns = make_columns(count, kind, more)
            check(columns)
            lists = {name: column.tolist() for name, column in columns.items()}
            found = medians(
                {
                    "crmcore": partial(crmcore, columns),
                    "lifelines": partial(lifelines, columns),
                }
            )
            slow = medians({"": partial(crmcore, lists)})[""]
            ratio = found["lifelines"] / found["crmcore"]
            name = f"{kind}, {more}" if more else kind
            print(
                f"{name:<24} {found['crmcore']:8.3f} {found['lifelines']:10.3f} "
                f"{ratio:6.1f} {slow:13.3f}"
            )
    print("\nhow it grows: CPU seconds of crmcore\n")
    print(f"{'cases':>12} {'days':>8} {'seconds':>8}")
    for part in (16, 4, 1):
        each = [make_columns(count // part, kind, "") for kind in ("days", "seconds")]
        days, seconds = (medians({"": partial(crmcore, columns)})[""] for columns in each)
        print(f"{count // part:12,} {days:8.3f} {seconds:8.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
