"""Predicting purchases of many customers, beside lifetimes.

Run it with ``python benchmarks/predictions.py``; a number behind it is how many customers are
made up, a million unless stated. They buy and leave as BG/NBD says of CDNOW, and have whole days
for ages, as a real book has. There are three books. In the *cohort* all bought first within
twelve weeks, and were observed for 190 to 273 days, as CDNOW was. In that of *three years* they
began on any of 1,095 days. In that of *instants* they did so, too, but ages are no whole days,
and no two are the same. Asked are the purchases of the next 273 days.

Each program begins with columns of numbers in memory, those of `Histories` here and a data frame
there, as its own summary of purchases is one, and ends with a number for each customer. crmcore
does it in plain Python. Both run in turn in this process; the medians are told, in seconds of
the processor, so that whatever else the machine does counts little.

The dear part, what is expected of somebody who is alive, is computed once for each *pair* of a
number of purchases and an age, and where many share an age it is computed for all numbers of
purchases at once; where hardly any two do, it is read off a curve. So the cost has a part that
grows with the pairs, some 3 to 15 microseconds each, and one of about 0.2 microseconds that
grows with the customers: lifetimes, which calls two functions of C for each customer, is ahead
where there are few customers for a pair, and behind where there are many. The last column is the
greatest difference to lifetimes, which is right here.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import attrs
import numpy as np
import pandas as pd

from crmcore.durations import DAY, days
from crmcore.histories import Histories
from crmcore.value import BetaGeo

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lifetimes

MODEL = BetaGeo(r=0.2516, alpha=33.52, a=0.7234, b=2.161, unit=DAY)
HORIZON = days(273)
ROUNDS = 7
WANTED = 1.5  # times as fast as lifetimes, for the cohort

AGES = {"cohort": (190, 273), "three years": (0, 1_095), "instants": (0, 1_095)}


@attrs.frozen(kw_only=True)
class Outcome:
    """The median seconds of both programs, and how far apart their answers are."""

    ours: float
    theirs: float
    apart: float

    @property
    def times(self) -> float:
        """How many times as fast we are."""
        return self.theirs / self.ours


def made_up(book: str, count: int) -> Histories:
    """Make customers up, with whole days for ages."""
    chance = random.Random(count)
    if book == "instants":
        return MODEL.simulate([chance.uniform(*AGES[book]) for _ in range(count)], seed=count)
    histories = MODEL.simulate([chance.randint(*AGES[book]) for _ in range(count)], seed=count)
    return Histories.from_columns(
        frequency=histories.frequency,
        last_purchase_age=[math.ceil(age) for age in histories.last_purchase_age],
        age=histories.age,
        unit=DAY,
    )


def seconds(work: Callable[[], Sequence[float]]) -> tuple[float, Sequence[float]]:
    """Return how long some work takes the processor, and what it says."""
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def compare(histories: Histories) -> Outcome:
    """Ask both programs in turn."""
    fitter = lifetimes.BetaGeoFitter()
    fitter.params_ = pd.Series(dict(zip(MODEL.PARAMETERS, MODEL.parameters, strict=True)))
    summary = pd.DataFrame(
        {
            "frequency": np.array(histories.frequency),
            "recency": np.array(histories.last_purchase_age),
            "T": np.array(histories.age),
        }
    )

    def theirs() -> Sequence[float]:
        found: Sequence[float] = fitter.conditional_expected_number_of_purchases_up_to_time(
            HORIZON.in_unit(DAY), summary["frequency"], summary["recency"], summary["T"]
        )
        return found

    told: list[tuple[float, float]] = []
    apart = 0.0
    for _ in range(ROUNDS):
        our_seconds, ours = seconds(lambda: MODEL.expected_purchases(histories, horizon=HORIZON))
        their_seconds, others = seconds(theirs)
        told.append((our_seconds, their_seconds))
        apart = float(np.max(np.abs(np.array(ours) / others - 1)))
    return Outcome(
        ours=statistics.median(our for our, _ in told),
        theirs=statistics.median(their for _, their in told),
        apart=apart,
    )


def main() -> None:
    """Print how long both take; end with an error if the cohort is slower than it has to be."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    good = True
    print(
        f"{'book':<13}{'customers':>11}{'pairs':>9}{'lifetimes':>12}{'crmcore':>10}{'times':>7}"
        f"{'wanted':>8}{'us each':>9}   apart"
    )
    for book in AGES:
        for count in (most // 100, most // 10, *([] if book == "instants" else [most])):
            histories = made_up(book, count)
            pairs = len(set(zip(histories.frequency, histories.age, strict=True)))
            found = compare(histories)
            must = WANTED if (book, count) == ("cohort", most) else 0
            good = good and found.times >= must
            print(
                f"{book:<13}{count:>11,}{pairs:>9,}{1000 * found.theirs:>9.1f} ms"
                f"{1000 * found.ours:>7.1f} ms{found.times:>7.2f}{must or '-':>8}"
                f"{1e6 * found.ours / count:>9.2f}   {found.apart:.1e}",
                flush=True,
            )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
