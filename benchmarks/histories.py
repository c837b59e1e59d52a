"""Histories by customer: one million made-up purchases, against lifetimes.

Run it with ``python benchmarks/histories.py``. It needs lifetimes, which brings pandas. Both
answer for every customer how many repeat occasions there were, at which age the last one was,
how long the customer was observed, and what a repeat brought:

- crmcore: `summarize` over purchases, which are there as objects; it asks a time zone for the
  day of each, adds up exact amounts, and looks at the currency of each;
- lifetimes: ``summary_data_from_transaction_data`` over a data frame with customer, day and
  amount, the amounts being floats. The frame is made from the same purchases; or it is there as a
  CSV reader makes it, with texts for days; or it is there at its best, with local days as such and
  one object for each customer.

The purchases are those of customers who come at some time, buy at a rate of their own and leave
at some time, as the models of repeat buying have it. They come in the order of time, as a
journal has them, and once more shuffled. Rounds are interleaved, so that a busy machine slows
all of them alike; the table shows medians of the CPU time. The answers must agree, or there is
no table.

The second table tells how time and memory grow: with customers, and with purchases.
"""

from __future__ import annotations

import gc
import io
import random
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

with warnings.catch_warnings():  # they use what newer versions of their own ground call outdated
    warnings.simplefilter("ignore")
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

from crmcore.activities import Purchase, PurchaseId
from crmcore.durations import DAY
from crmcore.histories import Histories, OccasionTally, summarize
from crmcore.kernel import CustomerId, Money

PURCHASES: Final = 1_000_000
CUSTOMERS: Final = 112_000
DAYS: Final = 545
ROUNDS: Final = 3
ZONE: Final = "America/New_York"
BEGIN: Final = datetime(1997, 1, 1, 5, tzinfo=UTC)
AS_OF: Final = date(1998, 6, 30)


def make_purchases(count: int, customers: int) -> list[Purchase]:
    """Make purchases up, the same ones each time, in the order of time."""
    chance = random.Random(20260930)
    minutes = DAYS * 1440
    moments: list[tuple[int, int]] = []
    wanted = count / customers
    for customer in range(customers):
        born = chance.randrange(minutes)
        gone = min(minutes, born + int(chance.expovariate(2 / minutes)) + 1)
        repeats = int(chance.gammavariate(0.5, 2 * (wanted - 1)))
        moments.append((born, customer))
        moments += ((chance.randrange(born, gone), customer) for _ in range(repeats))
    if len(moments) > count:
        moments = chance.sample(moments, count)
    moments += ((chance.randrange(minutes), chance.randrange(customers)) for _ in range(count))
    ids = [CustomerId(f"c-{number:06}") for number in range(customers)]
    return [
        Purchase(
            id=PurchaseId(f"p-{number:07}"),
            customer=ids[customer],
            at=BEGIN + timedelta(minutes=minute),
            amount=Money(Decimal(int(chance.lognormvariate(8, 0.7))) / 100, "USD"),
        )
        for number, (minute, customer) in enumerate(sorted(moments[:count]))
    ]


def make_frame(purchases: Sequence[Purchase]) -> Any:  # noqa: ANN401 - a data frame
    """Make the data frame that lifetimes wants, with local days."""
    at = pd.Series(pd.to_datetime([p.at for p in purchases]))
    return pd.DataFrame(
        {
            "customer": [p.customer for p in purchases],
            "at": at.dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize(),
            "amount": [float(p.amount.amount) for p in purchases],
        }
    )


def through_csv(frame: Any) -> Any:  # noqa: ANN401
    """Return a data frame as it is read from a file."""
    file = io.StringIO()
    frame.to_csv(file, index=False)
    file.seek(0)
    return pd.read_csv(file)


def with_crmcore(purchases: Sequence[Purchase]) -> Histories:
    """Summarise purchases."""
    return summarize(purchases, as_of=AS_OF, unit=DAY, zone=ZONE)


def with_lifetimes(frame: Any) -> Any:  # noqa: ANN401
    """Summarise a data frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return summary_data_from_transaction_data(
            frame, "customer", "at", "amount", observation_period_end=AS_OF
        )


def agree(ours: Histories, theirs: Any) -> bool:  # noqa: ANN401
    """Say whether both found the same; they add floats up, and put 0 for no spend."""
    theirs = theirs.sort_index()
    ids = ours.customers or ()
    spends = ours.mean_spend or ()
    return (
        list(theirs.index) == list(ids)
        and list(theirs["frequency"]) == list(ours.frequency)
        and list(theirs["recency"]) == list(ours.last_purchase_age)
        and list(theirs["T"]) == list(ours.age)
        and all(
            abs(their - (our if x else 0.0)) < 1e-6
            for their, our, x in zip(theirs["monetary_value"], spends, ours.frequency, strict=True)
        )
    )


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds that a run takes, and its answer."""
    gc.collect()
    start = time.process_time()
    answer = run()
    return time.process_time() - start, answer


def compare(title: str, purchases: Sequence[Purchase]) -> None:
    """Measure and print what all ways take."""
    best = make_frame(purchases)
    read = through_csv(best)
    ways: dict[str, Callable[[], Any]] = {
        "crmcore": lambda: with_crmcore(purchases),
        "lifetimes, from the purchases": lambda: with_lifetimes(make_frame(purchases)),
        "lifetimes, frame as it is read": lambda: with_lifetimes(read),
        "lifetimes, frame at its best": lambda: with_lifetimes(best),
    }
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        seconds, answers = {}, {}
        for name, way in ways.items():
            seconds[name], answers[name] = timed(way)
        ours = answers.pop("crmcore")
        if not all(agree(ours, theirs) for theirs in answers.values()):
            raise SystemExit("the ways do not agree; there is nothing to compare")
        rounds.append(seconds)
    print(f"\n{len(purchases):,} purchases of {len(ours):,} customers, {title}\n")
    print(f"{'':<30} {'s':>6} {'µs each':>8} {'× crmcore':>10}")
    medians = {name: statistics.median(found[name] for found in rounds) for name in ways}
    for name, median in medians.items():
        each, ratio = median / len(purchases) * 1e6, median / medians["crmcore"]
        print(f"{name:<30} {median:6.2f} {each:8.2f} {ratio:10.2f}", flush=True)


def grow(count: int, customers: int) -> None:
    """Print the time and the memory of one size."""
    purchases = make_purchases(count, customers)
    seconds, _ = timed(lambda: with_crmcore(purchases))
    tracemalloc.start()
    tally = OccasionTally(as_of=AS_OF, zone=ZONE)
    tally.add_all(purchases)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found = len(tally.histories(DAY))
    print(
        f"{count:>10,} {found:>10,} {seconds:7.2f} {seconds / count * 1e6:8.2f} "
        f"{kept / 1e6:8.1f} {kept / found:13.0f}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    purchases = make_purchases(PURCHASES, CUSTOMERS)
    shuffled = random.Random(1).sample(purchases, len(purchases))
    gc.freeze()  # the input is the same for all; nobody pays for walking through it
    compare("in the order of time", purchases)
    compare("shuffled", shuffled)
    del purchases, shuffled
    gc.unfreeze()
    print("\nHow crmcore grows: time, and what a tally keeps\n")
    heads = ("purchases", "customers", "s", "µs each", "MB", "B a customer")
    print("{:>10} {:>10} {:>7} {:>8} {:>8} {:>13}".format(*heads))
    for count in (250_000, 500_000, 1_000_000):
        grow(count, 28_000)
    for customers in (56_000, 112_000):
        grow(1_000_000, customers)


if __name__ == "__main__":
    main()
